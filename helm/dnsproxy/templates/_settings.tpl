{{/* application.yml: the values as settings of the proxy. */}}
{{- define "dnsproxy.applicationYaml" -}}
{{- $shutdown := dict "delay" (printf "%vs" .Values.shutdown.delaySeconds) "grace" (printf "%vs" .Values.shutdown.graceSeconds) }}
{{- $dnsproxy := mustMergeOverwrite (deepCopy .Values.settings) (dict "listen" (dict "port" .Values.ports.dns) "shutdown" $shutdown) }}
{{- /* The proxy may take its total timeout, 4 s unless set, where the grace time is shorter. */}}
{{- $phase := printf "%vs" (add .Values.shutdown.delaySeconds (max .Values.shutdown.graceSeconds 4) 1) }}
{{- $spring := dict "lifecycle" (dict "timeout-per-shutdown-phase" $phase) }}
{{- $bundles := dict }}
{{- $imports := list }}
{{- if .Values.clientTls.existingSecret }}
{{- $keystore := dict "certificate" "file:/etc/dnsproxy-client-tls/tls.crt" "private-key" "file:/etc/dnsproxy-client-tls/tls.key" }}
{{- $_ := set $bundles "clients" (dict "reload-on-update" true "keystore" $keystore) }}
{{- $_ := mustMergeOverwrite $dnsproxy (dict "listen" (dict "tls" (dict "ssl-bundle" "clients" "port" .Values.ports.dnsOverTls))) }}
{{- end }}
{{- if .Values.upstreamCa.existingSecret }}
{{- $_ := set $bundles "upstream" (dict "reload-on-update" true "truststore" (dict "certificate" (printf "file:/etc/dnsproxy-upstream-ca/%s" .Values.upstreamCa.key))) }}
{{- $_ := mustMergeOverwrite $dnsproxy (dict "upstream" (dict "ssl-bundle" "upstream")) }}
{{- end }}
{{- with .Values.redis }}
{{- if .enabled }}
{{- $_ := mustMergeOverwrite $dnsproxy (dict "cache" (dict "redis" (dict "enabled" true))) }}
{{- $redis := dict }}
{{- if .clusterNodes }}
{{- $_ := set $redis "cluster" (dict "nodes" .clusterNodes) }}
{{- else if .sentinel.master }}
{{- $_ := set $redis "sentinel" (dict "master" .sentinel.master "nodes" .sentinel.nodes) }}
{{- else }}
{{- $_ := mustMergeOverwrite $redis (dict "host" .host "port" .port) }}
{{- end }}
{{- with .username }}
{{- $_ := set $redis "username" . }}
{{- end }}
{{- if .existingSecret }}
{{- $imports = append $imports "configtree:/etc/dnsproxy-secrets/" }}
{{- end }}
{{- if .tls.enabled }}
{{- if .tls.existingSecret }}
{{- $_ := set $bundles "redis" (dict "truststore" (dict "certificate" (printf "file:/etc/dnsproxy-redis-ca/%s" .tls.key))) }}
{{- $_ := set $redis "ssl" (dict "enabled" true "bundle" "redis") }}
{{- else }}
{{- $_ := set $redis "ssl" (dict "enabled" true) }}
{{- end }}
{{- end }}
{{- $_ := set $spring "data" (dict "redis" $redis) }}
{{- end }}
{{- end }}
{{- if .Values.settingsSecret }}
{{- $imports = append $imports "configtree:/etc/dnsproxy-settings/" }}
{{- end }}
{{- if $imports }}
{{- $_ := set $spring "config" (dict "import" $imports) }}
{{- end }}
{{- if $bundles }}
{{- $_ := set $spring "ssl" (dict "bundle" (dict "pem" $bundles)) }}
{{- end }}
{{- $all := dict "dnsproxy" $dnsproxy "spring" $spring }}
{{- if eq .Values.logFormat "ecs" }}
{{- $_ := set $all "logging" (dict "structured" (dict "format" (dict "console" "ecs"))) }}
{{- end }}
{{- toYaml (mustMergeOverwrite $all (deepCopy .Values.springSettings)) }}
{{- end }}

{{/* The servers that are asked over TLS, bootstrap servers too. */}}
{{- define "dnsproxy.servers" -}}
{{- $upstream := default dict .Values.settings.upstream }}
{{- toJson (concat (default list $upstream.servers) (default list $upstream.bootstrap)) }}
{{- end }}

{{/* The servers of routes, as host, port and whether they are asked in plain DNS; written as text or as host and port. */}}
{{- define "dnsproxy.routeServers" -}}
{{- $all := list }}
{{- range default list .Values.settings.routes }}
{{- $servers := .servers }}
{{- if kindIs "string" $servers }}
{{- $servers = splitList "," $servers }}
{{- end }}
{{- range $servers }}
{{- $text := kindIs "string" . | ternary . "" | trim }}
{{- if kindIs "map" . }}
{{- $text = .host }}
{{- if .port }}
{{- $text = printf "%s@%v" .host .port }}
{{- end }}
{{- end }}
{{- $plain := hasPrefix "udp://" $text }}
{{- $text = regexReplaceAll "#.*$" (trimPrefix "udp://" $text) "" }}
{{- $port := regexFind "(@|\\]:)[0-9]+$" $text }}
{{- if and $plain (not $port) (not (regexMatch ":.*:" $text)) }}
{{- $port = regexFind ":[0-9]+$" $text }}
{{- end }}
{{- $host := trimSuffix ($port | trimPrefix "]") $text | trimPrefix "[" | trimSuffix "]" }}
{{- $number := regexFind "[0-9]+$" $port | default (ternary "53" (toString (dig "upstream" "port" 853 $.Values.settings)) $plain) | int }}
{{- $all = append $all (dict "host" $host "port" $number "plain" $plain) }}
{{- end }}
{{- end }}
{{- toJson (uniq $all) }}
{{- end }}

{{/* Not empty if the pod must look up a name by the cluster's DNS. */}}
{{- define "dnsproxy.looksUpNames" -}}
{{- $upstream := default dict .Values.settings.upstream }}
{{- if not $upstream.bootstrap }}
{{- range default list $upstream.servers }}
{{- if not (include "dnsproxy.isAddress" .host) }}yes{{ end }}
{{- end }}
{{- range include "dnsproxy.routeServers" . | fromJsonArray }}
{{- if not (include "dnsproxy.isAddress" .host) }}yes{{ end }}
{{- end }}
{{- end }}
{{- if .Values.redis.enabled }}
{{- range include "dnsproxy.redisNodes" . | fromJsonArray }}
{{- if not (include "dnsproxy.isAddress" (regexReplaceAll ":[0-9]+$" . "" | trimPrefix "[" | trimSuffix "]")) }}yes{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The nodes of Redis that the values name, as host:port. */}}
{{- define "dnsproxy.redisNodes" -}}
{{- with .Values.redis }}
{{- if .host }}
{{- toJson (list (printf "%s:%v" .host .port)) }}
{{- else }}
{{- toJson (concat .clusterNodes .sentinel.nodes) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Not empty for an IP address; without that a host name. */}}
{{- define "dnsproxy.isAddress" -}}
{{- if or (contains ":" .) (regexMatch "^[0-9.]+$" .) }}yes{{ end }}
{{- end }}
