{{/* One alert: its severity, its place in docs/runbook.md, and what it says. */}}
{{- define "dnsproxy.alertTail" -}}
{{- $rule := .root.Values.metrics.prometheusRule }}
labels:
  severity: {{ .severity }}
  {{- with $rule.alertLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  summary: {{ .summary | quote }}
  description: {{ .description | quote }}
  runbook: {{ printf "docs/runbook.md#%s" (lower .alert) | quote }}
  {{- with $rule.runbookUrl }}
  runbook_url: {{ printf "%s#%s" . (lower $.alert) | quote }}
  {{- end }}
{{- end }}

{{/* Every alert, most urgent first. docs/runbook.md has a section for each. */}}
{{- define "dnsproxy.alerts" -}}
{{- $s := include "dnsproxy.seriesSelector" . }}
{{- $limits := .Values.metrics.prometheusRule.thresholds }}
{{- $where := "{{ $labels.namespace }}/{{ $labels.job }}" }}
- alert: DnsproxyAbsent
  expr: sum by (namespace, job) (up{ {{- $s -}} }) == 0 or absent(up{ {{- $s -}} })
  for: 5m
  {{- dict "root" . "alert" "DnsproxyAbsent" "severity" "critical" "summary" "No instance of dnsproxy is scraped"
    "description" (printf "%s: Prometheus has reached no instance for 5 minutes. Either none runs, or it is not scraped." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyNoUsableUpstream
  expr: max by (namespace, job, pod) (dnsproxy_upstream_usable{ {{- $s -}} }) == 0
  for: 1m
  {{- dict "root" . "alert" "DnsproxyNoUsableUpstream" "severity" "critical" "summary" "An instance of dnsproxy has no usable upstream"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }} can ask nobody: it answers from its cache and from stale data, and everything else with SERVFAIL."
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyServfailRatio
  expr: >-
    sum by (namespace, job) (rate(dnsproxy_responses_total{rcode="SERVFAIL",{{ $s }}}[5m]))
    / sum by (namespace, job) (rate(dnsproxy_responses_total{ {{- $s -}} }[5m]))
    > {{ $limits.servfailRatio }}
  for: 5m
  {{- dict "root" . "alert" "DnsproxyServfailRatio" "severity" "critical" "summary" "Many answers of dnsproxy are SERVFAIL"
    "description" (printf "%s: {{ $value | humanizePercentage }} of the answers are SERVFAIL." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyCertificateRejected
  expr: sum by (namespace, job, upstream, reason) (increase(dnsproxy_upstream_errors_total{reason=~"certificate|pin",{{ $s }}}[15m])) > 0
  for: 1m
  {{- dict "root" . "alert" "DnsproxyCertificateRejected" "severity" "critical" "summary" "An upstream shows a certificate that dnsproxy does not accept"
    "description" (printf "%s: {{ $labels.upstream }} fails authentication ({{ $labels.reason }}). It is not asked; somebody may be in between." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyOverloaded
  expr: >-
    sum by (namespace, job, pod) (increase(dnsproxy_shed_total{ {{- $s -}} }[5m]))
    + sum by (namespace, job, pod) (increase(dnsproxy_upstream_errors_total{reason="overloaded",{{ $s }}}[5m]))
    > 0
  for: 2m
  {{- dict "root" . "alert" "DnsproxyOverloaded" "severity" "critical" "summary" "A queue of dnsproxy is at its bound"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }}: {{ $value | humanize }} queries in 5 minutes found a queue full."
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyUpstreamDown
  expr: avg by (namespace, job, upstream) (dnsproxy_upstream_usable{ {{- $s -}} }) < 0.5
  for: 10m
  {{- dict "root" . "alert" "DnsproxyUpstreamDown" "severity" "warning" "summary" "An upstream of dnsproxy is not usable"
    "description" (printf "%s: more than half of the instances cannot use {{ $labels.upstream }}. The others do its work." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyClientsWait
  expr: >-
    histogram_quantile(0.99, sum by (namespace, job, le) (rate(dnsproxy_query_duration_seconds_bucket{ {{- $s -}} }[5m])))
    > {{ $limits.clientLatencySeconds }}
  for: 10m
  {{- dict "root" . "alert" "DnsproxyClientsWait" "severity" "warning" "summary" "Clients of dnsproxy wait long"
    "description" (printf "%s: 1 %% of the queries are answered only after {{ $value | humanizeDuration }} or later." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyUpstreamSlow
  expr: >-
    histogram_quantile(0.95, sum by (namespace, job, upstream, le) (rate(dnsproxy_upstream_latency_seconds_bucket{ {{- $s -}} }[5m])))
    > {{ $limits.upstreamLatencySeconds }}
  for: 10m
  {{- dict "root" . "alert" "DnsproxyUpstreamSlow" "severity" "warning" "summary" "An upstream of dnsproxy is slow"
    "description" (printf "%s: 5 %% of the exchanges with {{ $labels.upstream }} take longer than {{ $value | humanizeDuration }}." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyServesStale
  expr: >-
    sum by (namespace, job) (rate(dnsproxy_cache_stale_total{ {{- $s -}} }[5m]))
    / sum by (namespace, job) (rate(dnsproxy_queries_total{ {{- $s -}} }[5m]))
    > {{ $limits.staleRatio }}
  for: 10m
  {{- dict "root" . "alert" "DnsproxyServesStale" "severity" "warning" "summary" "Many answers of dnsproxy are stale"
    "description" (printf "%s: {{ $value | humanizePercentage }} of the queries get old answers, since upstreams give no new ones." $where)
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxySocketDrops
  expr: sum by (namespace, job, pod) (rate(dnsproxy_drops_total{reason="socket",{{ $s }}}[5m])) > 1
  for: 5m
  {{- dict "root" . "alert" "DnsproxySocketDrops" "severity" "warning" "summary" "The system drops queries before dnsproxy reads them"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }}: {{ $value | humanize }} queries a second find its sockets full."
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyConnectionsRefused
  expr: sum by (namespace, job, pod) (increase(dnsproxy_tcp_refused_total{ {{- $s -}} }[5m])) > 0
  for: 10m
  {{- dict "root" . "alert" "DnsproxyConnectionsRefused" "severity" "warning" "summary" "dnsproxy closes TCP connections of clients as they come"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }}: {{ $value | humanize }} connections in 5 minutes were beyond the bounds."
    | include "dnsproxy.alertTail" | nindent 2 }}
- alert: DnsproxyRestarts
  expr: changes(process_start_time_seconds{ {{- $s -}} }[30m]) >= {{ $limits.restarts }}
  {{- dict "root" . "alert" "DnsproxyRestarts" "severity" "warning" "summary" "An instance of dnsproxy restarts again and again"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }} has started {{ $value }} times within half an hour."
    | include "dnsproxy.alertTail" | nindent 2 }}
{{- if .Values.redis.enabled }}
- alert: DnsproxyRedisUnreachable
  expr: dnsproxy_redis_breaker_open{ {{- $s -}} } == 1
  for: 5m
  {{- dict "root" . "alert" "DnsproxyRedisUnreachable" "severity" "warning" "summary" "dnsproxy does without Redis"
    "description" "{{ $labels.namespace }}/{{ $labels.pod }} has had no answer from Redis in time for 5 minutes, and does not ask it."
    | include "dnsproxy.alertTail" | nindent 2 }}
{{- end }}
{{- end }}
