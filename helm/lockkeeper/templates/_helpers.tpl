{{/* What the objects are called. */}}
{{- define "lockkeeper.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 41 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{/* Drains leave pods with this label in the operator's namespace alone, so it never depends on the release's name. */}}
{{- define "lockkeeper.selectorLabels" -}}
app.kubernetes.io/name: lockkeeper
{{- end -}}

{{- define "lockkeeper.labels" -}}
{{ include "lockkeeper.selectorLabels" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{- define "lockkeeper.serviceAccountName" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else if .Values.serviceAccount.create -}}
{{- include "lockkeeper.fullname" . -}}
{{- else -}}
default
{{- end -}}
{{- end -}}

{{- define "lockkeeper.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/*
The Service's address: the one in the values, else the one that it has, which an upgrade must not lose. Empty where it is not known, as
while it is being made.
*/}}
{{- define "lockkeeper.clusterIP" -}}
{{- $there := lookup "v1" "Service" .Release.Namespace (include "lockkeeper.fullname" .) -}}
{{- $has := dig "spec" "clusterIP" "" ($there | default dict) -}}
{{- $wanted := .Values.service.clusterIP -}}
{{- if and $wanted $has (ne $wanted $has) -}}
{{- fail (printf "service.clusterIP is %s, but the Service %s has %s, and the address of a Service cannot be changed: set that one, or delete the Service first." $wanted (include "lockkeeper.fullname" .) $has) -}}
{{- end -}}
{{- $wanted | default $has -}}
{{- end -}}

{{/* Whether the cluster has OpenShift's security, which chooses the pods' user ids. */}}
{{- define "lockkeeper.openshift" -}}
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" -}}true{{- end -}}
{{- end -}}

{{/* The spec of one of Lockkeeper's objects in the cluster, as JSON; empty if there is none. Of: the root, kind, name. */}}
{{- define "lockkeeper.there" -}}
{{- $root := index . 0 -}}
{{- $kind := index . 1 -}}
{{- if $root.Capabilities.APIVersions.Has (printf "lockkeeper.dev/v1alpha1/%s" $kind) -}}
{{- with lookup "lockkeeper.dev/v1alpha1" $kind "" (index . 2) -}}
{{- dig "spec" dict . | toJson -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Not empty if something of the first is otherwise in the second, which may have more. */}}
{{- define "lockkeeper.differs" -}}
{{- $there := index . 1 -}}
{{- if and (kindIs "map" (index . 0)) (kindIs "map" $there) -}}
{{- range $key, $value := index . 0 -}}
{{- include "lockkeeper.differs" (list $value (get $there $key)) -}}
{{- end -}}
{{- else if ne (toJson (index . 0)) (toJson $there) -}}
differs
{{- end -}}
{{- end -}}
