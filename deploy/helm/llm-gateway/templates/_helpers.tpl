{{- define "llm-gateway.selector" -}}
app.kubernetes.io/name: llm-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "llm-gateway.labels" -}}
app.kubernetes.io/name: llm-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "llm-gateway.scheme" -}}
{{- if not .Values.config.server }}HTTP{{ else }}{{ if .Values.config.server.tls }}HTTPS{{ else }}HTTP{{ end }}{{ end }}
{{- end }}
