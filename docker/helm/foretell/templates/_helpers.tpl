{{- define "foretell.name" -}}
{{- if contains "foretell" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-foretell{{ end }}
{{- end }}

{{/* What selects the pods of a role; never changes over upgrades. */}}
{{- define "foretell.selector" -}}
app.kubernetes.io/name: foretell
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "foretell.labels" -}}
{{ include "foretell.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "foretell.claim" -}}
{{- .Values.shared.existingClaim | default (printf "%s-shared" (include "foretell.name" .)) }}
{{- end }}

{{- define "foretell.sharedVolume" -}}
{{- if eq .Values.mode "distributed" }}
- name: shared
  persistentVolumeClaim: {claimName: {{ include "foretell.claim" . }}}
{{- end }}
{{- end }}

{{- define "foretell.claimTemplate" -}}
- metadata: {name: data}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClass }}
    storageClassName: {{ . | quote }}
    {{- end }}
    resources: {requests: {storage: {{ .size | quote }}}}
{{- end }}

{{/*
The template of a pod. It takes root, role (single or a role of the server), sizes (the values of the role),
and ephemeral: whether its data folder ends with the pod.
*/}}
{{- define "foretell.pod" -}}
metadata:
  labels:
    {{- include "foretell.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ include (print .root.Template.BasePath "/configmap.yaml") .root | sha256sum }}
    {{- with .root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if has .role (list "gateway" "worker") }}
  initContainers:
    # The desk makes the keys and the administrator's token, without which the others refuse to start.
    - name: wait-for-desk
      image: {{ include "foretell.image" .root }}
      command: [sh, -c, "until [ -s /shared/admin.token ]; do sleep 1; done"]
      securityContext:
        {{- include "foretell.confined" . | nindent 8 }}
      volumeMounts:
        - {name: shared, mountPath: /shared, readOnly: true}
  {{- end }}
  containers:
    - name: foretell
      image: {{ include "foretell.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args:
        - serve
        - --config=/etc/foretell/foretell.yaml
        - --data=/data
        - --bind=0.0.0.0
        {{- if ne .role "single" }}
        - --roles={{ .role }}
        {{- end }}
      {{- with .root.Values.secretEnv }}
      env:
        {{- range . }}
        - name: FORETELL_{{ .key | replace "." "_" | replace "-" "_" | upper }}
          valueFrom:
            secretKeyRef: {name: {{ .secret }}, key: {{ .secretKey }}}
        {{- end }}
      {{- end }}
      ports:
        - {name: http, containerPort: 8080}
        {{- if has .role (list "single" "gateway") }}
        - {name: mqtt, containerPort: 1883}
        - {name: mqtts, containerPort: 8883}
        - {name: coap, containerPort: 5683, protocol: UDP}
        - {name: coaps, containerPort: 5684, protocol: UDP}
        {{- end }}
      startupProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 2
        failureThreshold: 90
      livenessProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 3
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
      lifecycle:
        # Connections go to another one before this one stops listening.
        preStop: {exec: {command: [sleep, "5"]}}
      resources:
        {{- toYaml .sizes.resources | nindent 8 }}
      securityContext:
        {{- include "foretell.confined" . | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/foretell, readOnly: true}
        - {name: data, mountPath: /data}
        - {name: tmp, mountPath: /tmp}
        {{- if ne .role "single" }}
        - {name: shared, mountPath: /shared}
        {{- end }}
        {{- if .root.Values.tls.secret }}
        - {name: tls, mountPath: /tls, readOnly: true}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ include "foretell.name" .root }}}
    # Native libraries are unpacked here.
    - name: tmp
      emptyDir: {sizeLimit: 256Mi}
    {{- if .ephemeral }}
    - name: data
      emptyDir: {}
    {{- end }}
    {{- with .root.Values.tls.secret }}
    - name: tls
      secret: {secretName: {{ . }}, defaultMode: 288}
    {{- end }}
    {{- include "foretell.sharedVolume" .root | nindent 4 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "foretell.selector" . | nindent 10 }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "foretell.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "foretell.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
