// Helm of the testbed, unchanged upstream code: `go build helm.sh/helm/v3/cmd/helm` in this folder.
// Of the control plane's version of Kubernetes, so that it shares its modules and its build cache.
module lockkeeper.dev/testbed/helm

go 1.26.0

tool helm.sh/helm/v3/cmd/helm

require (
	helm.sh/helm/v3 v3.19.5
	k8s.io/api v0.34.4
	k8s.io/apiextensions-apiserver v0.34.4
	k8s.io/apimachinery v0.34.4
	k8s.io/apiserver v0.34.4
	k8s.io/cli-runtime v0.34.4
	k8s.io/client-go v0.34.4
	k8s.io/component-base v0.34.4
	k8s.io/kubectl v0.34.4
)
