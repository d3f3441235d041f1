{{/* The pod, of a Deployment or a DaemonSet. */}}
{{- define "dnsproxy.podTemplate" -}}
metadata:
  annotations:
    checksum/config: {{ include "dnsproxy.applicationYaml" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "dnsproxy.serverLabels" . | nindent 4 }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    {{- with .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    # The job of its series, by the monitor's jobLabel.
    dnsproxy/job: {{ include "dnsproxy.fullname" . }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "dnsproxy.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A Service called dnsproxy would else give the container variables that look like settings.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds | default (add .Values.shutdown.delaySeconds .Values.shutdown.graceSeconds 15) }}
  {{- if .Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  dnsPolicy: {{ .Values.dnsPolicy | default (ternary "ClusterFirstWithHostNet" "ClusterFirst" .Values.hostNetwork) }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: dnsproxy
      image: {{ include "dnsproxy.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      env:
        # Read by the JVM whatever the image's command line is.
        - name: JAVA_TOOL_OPTIONS
          value: {{ join " " .Values.jvm.options | quote }}
        - name: SPRING_CONFIG_ADDITIONAL_LOCATION
          value: file:/etc/dnsproxy/
        - name: MANAGEMENT_SERVER_PORT
          value: {{ .Values.ports.management | quote }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: dns-udp
          containerPort: {{ .Values.ports.dns }}
          {{- with include "dnsproxy.hostPort" . }}
          {{- . | nindent 10 }}
          {{- end }}
          protocol: UDP
        - name: dns-tcp
          containerPort: {{ .Values.ports.dns }}
          {{- with include "dnsproxy.hostPort" . }}
          {{- . | nindent 10 }}
          {{- end }}
          protocol: TCP
        {{- if .Values.clientTls.existingSecret }}
        - name: dns-over-tls
          containerPort: {{ .Values.ports.dnsOverTls }}
          protocol: TCP
        {{- end }}
        - name: management
          containerPort: {{ .Values.ports.management }}
          protocol: TCP
      {{- with .Values.startupProbe }}
      startupProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.livenessProbe }}
      livenessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.readinessProbe }}
      readinessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/dnsproxy
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if .Values.clientTls.existingSecret }}
        - name: client-tls
          mountPath: /etc/dnsproxy-client-tls
          readOnly: true
        {{- end }}
        {{- if .Values.upstreamCa.existingSecret }}
        - name: upstream-ca
          mountPath: /etc/dnsproxy-upstream-ca
          readOnly: true
        {{- end }}
        {{- if .Values.settingsSecret }}
        - name: settings
          mountPath: /etc/dnsproxy-settings
          readOnly: true
        {{- end }}
        {{- if and .Values.redis.enabled .Values.redis.existingSecret }}
        - name: secrets
          mountPath: /etc/dnsproxy-secrets
          readOnly: true
        {{- end }}
        {{- if and .Values.redis.enabled .Values.redis.tls.enabled .Values.redis.tls.existingSecret }}
        - name: redis-ca
          mountPath: /etc/dnsproxy-redis-ca
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "dnsproxy.fullname" . }}
    # The web server's working folder; nothing is kept there.
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
    {{- with .Values.clientTls.existingSecret }}
    - name: client-tls
      secret:
        secretName: {{ . }}
        items:
          - key: tls.crt
            path: tls.crt
          - key: tls.key
            path: tls.key
    {{- end }}
    {{- with .Values.upstreamCa }}
    {{- if .existingSecret }}
    - name: upstream-ca
      secret:
        secretName: {{ .existingSecret }}
        items:
          - key: {{ .key }}
            path: {{ .key }}
    {{- end }}
    {{- end }}
    {{- with .Values.settingsSecret }}
    - name: settings
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- with .Values.redis }}
    {{- if and .enabled .existingSecret }}
    - name: secrets
      secret:
        secretName: {{ .existingSecret }}
        items:
          - key: {{ .passwordKey }}
            path: spring.data.redis.password
    {{- end }}
    {{- if and .enabled .tls.enabled .tls.existingSecret }}
    - name: redis-ca
      secret:
        secretName: {{ .tls.existingSecret }}
        items:
          - key: {{ .tls.key }}
            path: {{ .tls.key }}
    {{- end }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and .Values.topologySpreadConstraints (eq .Values.kind "Deployment") }}
  topologySpreadConstraints:
    {{- range .Values.topologySpreadConstraints }}
    - {{ toYaml (merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" (include "dnsproxy.serverLabels" $ | fromYaml)))) | nindent 6 | trim }}
    {{- end }}
  {{- end }}
{{- end }}

{{- define "dnsproxy.hostPort" -}}
{{- if .Values.hostPort.enabled -}}
hostPort: {{ .Values.hostPort.port }}
{{- with .Values.hostPort.ip }}
hostIP: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A new pod first, unless both would want the same port of the node. */}}
{{- define "dnsproxy.updateStrategy" -}}
{{- if .Values.updateStrategy }}
{{- toYaml .Values.updateStrategy }}
{{- else if or .Values.hostPort.enabled .Values.hostNetwork -}}
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 1
  maxSurge: 0
{{- else -}}
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 0
  maxSurge: 1
{{- end }}
{{- end }}
