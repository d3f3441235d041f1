{{/* Names and labels. */}}
{{- define "dnsproxy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "dnsproxy.fullname" -}}
{{- $name := include "dnsproxy.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 55 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 55 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 55 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "dnsproxy.selectorLabels" -}}
app.kubernetes.io/name: {{ include "dnsproxy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The pods that answer: not the one of `helm test`. */}}
{{- define "dnsproxy.serverLabels" -}}
{{ include "dnsproxy.selectorLabels" . }}
app.kubernetes.io/component: server
{{- end }}

{{- define "dnsproxy.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "dnsproxy.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "dnsproxy.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "dnsproxy.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "dnsproxy.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{/* What the series of this release are labelled with, by its monitors. */}}
{{- define "dnsproxy.seriesSelector" -}}
{{- with .Values.metrics.prometheusRule.selector }}
{{- . }}
{{- else -}}
namespace="{{ .Release.Namespace }}",job="{{ include "dnsproxy.fullname" . }}"
{{- end }}
{{- end }}

{{/* Refuses values that each look right and together do not work. */}}
{{- define "dnsproxy.check" -}}
{{- $external := has .Values.service.type (list "LoadBalancer" "NodePort") }}
{{- if and $external (eq .Values.service.externalTrafficPolicy "Cluster") (not (and (eq .Values.service.type "LoadBalancer") .Values.service.loadBalancerSourceRanges)) }}
{{- fail "service.externalTrafficPolicy Cluster hides clients behind the nodes' addresses, which settings.listen.allow lets in: anybody could ask. Use Local, or a LoadBalancer with service.loadBalancerSourceRanges." }}
{{- end }}
{{- if and .Values.autoscaling.enabled (ne .Values.kind "Deployment") }}
{{- fail "autoscaling.enabled needs kind Deployment: a DaemonSet has an instance on each node." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
{{- fail "metrics.serviceMonitor and metrics.podMonitor would count everything twice: enable one of them." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) }}
{{- fail "metrics.serviceMonitor needs metrics.service.enabled; or use metrics.podMonitor." }}
{{- end }}
{{- if and .Values.redis.enabled (ne 1 (len (without (list .Values.redis.host (join "," .Values.redis.clusterNodes) .Values.redis.sentinel.master) ""))) }}
{{- fail "redis.enabled needs one of redis.host, redis.clusterNodes and redis.sentinel.master." }}
{{- end }}
{{- if and .Values.redis.sentinel.master (not .Values.redis.sentinel.nodes) }}
{{- fail "redis.sentinel.master needs redis.sentinel.nodes." }}
{{- end }}
{{- if and .Values.hostPort.enabled .Values.hostNetwork }}
{{- fail "hostNetwork makes ports.dns a port of the node: leave hostPort.enabled off." }}
{{- end }}
{{- if dig "listen" "port" nil .Values.settings }}
{{- fail "settings.listen.port is ports.dns." }}
{{- end }}
{{- if dig "listen" "tls" nil .Values.settings }}
{{- fail "settings.listen.tls is clientTls and ports.dnsOverTls." }}
{{- end }}
{{- if hasKey .Values.settings "shutdown" }}
{{- fail "settings.shutdown is shutdown.delaySeconds and shutdown.graceSeconds, with which the pod's own times keep step." }}
{{- end }}
{{- if and .Values.upstreamCa.existingSecret (dig "upstream" "ssl-bundle" nil .Values.settings) }}
{{- fail "settings.upstream.ssl-bundle and upstreamCa.existingSecret name two trust stores: give one." }}
{{- end }}
{{- end }}
