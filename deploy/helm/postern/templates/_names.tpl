{{- define "postern.name" -}}
{{- if contains "postern" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-postern" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "postern.selector" -}}
app.kubernetes.io/name: postern
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "postern.labels" -}}
{{ include "postern.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "postern.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "postern.secretVariable" -}}
{{- if .key }}
- name: {{ .name }}
  value: /secrets/{{ .key }}
{{- end }}
{{- end }}

{{- /* A pod of its own volume is replaced, not doubled. */}}
{{- define "postern.check" -}}
{{- if and (not .Values.existingSecret) (or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled) }}
{{- fail "existingSecret is required with more than one replica: it names the Secret with database-url (postgres://…), master-key and admin-token. For one pod with SQLite, set replicaCount=1." }}
{{- end }}
{{- end }}
