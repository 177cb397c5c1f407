package deploy_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	admission "k8s.io/pod-security-admission/api"
	standards "k8s.io/pod-security-admission/policy"
)

// cluster is what kubernetes.yaml makes.
type cluster struct {
	namespace  core.Namespace
	deployment apps.Deployment
	budget     policy.PodDisruptionBudget
	service    core.Service
}

// pod returns what the Deployment makes, and its container.
func (c *cluster) pod() (*core.PodTemplateSpec, *core.Container) {
	return &c.deployment.Spec.Template, &c.deployment.Spec.Template.Spec.Containers[0]
}

// readCluster decodes kubernetes.yaml as an API server does that is asked to be
// strict: a field that is unknown, given twice or of another type is an error.
func readCluster(t *testing.T) *cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{core.AddToScheme, apps.AddToScheme, policy.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	c := &cluster{}
	documents := strings.Split(read(t, "kubernetes.yaml"), "\n---\n")
	for _, document := range documents {
		object, kind, err := decoder.Decode([]byte(document), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		switch o := object.(type) {
		case *core.Namespace:
			c.namespace = *o
		case *apps.Deployment:
			c.deployment = *o
		case *policy.PodDisruptionBudget:
			c.budget = *o
		case *core.Service:
			c.service = *o
		default:
			t.Fatalf("no test looks at %s", kind)
		}
	}
	if len(documents) != 4 || len(c.deployment.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%d objects, of which the Deployment is %+v", len(documents), c.deployment)
	}
	return c
}

// probes returns what the cluster asks the server.
func probes(t *testing.T) map[string]*core.HTTPGetAction {
	t.Helper()
	_, container := readCluster(t).pod()
	all := map[string]*core.HTTPGetAction{}
	for name, p := range map[string]*core.Probe{
		"startup": container.StartupProbe, "readiness": container.ReadinessProbe, "liveness": container.LivenessProbe,
	} {
		if p == nil || p.HTTPGet == nil {
			t.Fatalf("there is no %s probe by HTTP", name)
		}
		all[name] = p.HTTPGet
	}
	return all
}

func TestTheProbesAskWhatTheyShould(t *testing.T) {
	_, container := readCluster(t).pod()
	ports := map[string]int32{}
	for _, p := range container.Ports {
		ports[p.Name] = p.ContainerPort
	}
	want := map[string]string{"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
	for name, p := range probes(t) {
		if p.Path != want[name] || fmt.Sprint(ports[p.Port.StrVal]) != port {
			t.Errorf("%s: %s at %s", name, p.Path, p.Port.String())
		}
	}
	if s := container.StartupProbe; time.Duration(s.PeriodSeconds*s.FailureThreshold)*time.Second < 3*time.Minute {
		t.Error("a start may wait two minutes for another node that changes the schema")
	}
}

func TestEverythingInTheClusterFitsTogether(t *testing.T) {
	c := readCluster(t)
	pod, container := c.pod()
	for name, o := range map[string]meta.Object{"deployment": &c.deployment, "budget": &c.budget, "service": &c.service} {
		if o.GetNamespace() != c.namespace.Name {
			t.Errorf("%s: is in %q", name, o.GetNamespace())
		}
	}
	selectors := map[string]*meta.LabelSelector{
		"deployment": c.deployment.Spec.Selector, "budget": c.budget.Spec.Selector,
		"service": {MatchLabels: c.service.Spec.Selector},
	}
	for _, s := range pod.Spec.TopologySpreadConstraints {
		selectors["spread by "+s.TopologyKey] = s.LabelSelector
	}
	if len(selectors) != 5 {
		t.Errorf("pods are spread by %v", pod.Spec.TopologySpreadConstraints)
	}
	for name, s := range selectors {
		selector, err := meta.LabelSelectorAsSelector(s)
		if err != nil || selector.Empty() || !selector.Matches(labels.Set(pod.Labels)) {
			t.Errorf("%s: %v selects no pod: %v", name, s, err)
		}
	}
	for _, p := range c.service.Spec.Ports {
		if p.TargetPort.StrVal != container.Ports[0].Name || fmt.Sprint(p.Port) != port {
			t.Errorf("the service's port is %+v", p)
		}
	}
	if pod.Annotations["prometheus.io/port"] != port {
		t.Errorf("annotations: %v", pod.Annotations)
	}
	if n := c.deployment.Spec.Replicas; n == nil || *n < 3 {
		t.Errorf("replicas: %v", n)
	}
	if most := c.budget.Spec.MaxUnavailable; most == nil || most.IntValue() != 1 {
		t.Errorf("the budget allows %v", most)
	}
}

func TestTheClusterGivesAPodTimeToStop(t *testing.T) {
	pod, container := readCluster(t).pod()
	pause := time.Duration(container.Lifecycle.PreStop.Sleep.Seconds) * time.Second
	grace := time.Duration(*pod.Spec.TerminationGracePeriodSeconds) * time.Second
	if pause <= 0 || grace < pause+longestStop(t) {
		t.Errorf("a pod has %v, of which %v go before the stop, which may take %v", grace, pause, longestStop(t))
	}
}

func TestSecretsOfTheClusterAreReferences(t *testing.T) {
	_, container := readCluster(t).pod()
	secrets := map[string]string{}
	for _, e := range container.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			secrets[e.Name] = e.ValueFrom.SecretKeyRef.Name + "/" + e.ValueFrom.SecretKeyRef.Key
		}
	}
	want := map[string]string{"BELAY_STORE": "belay/store", "BELAY_OPERATOR_KEY": "belay/operator-key"}
	if !maps.Equal(secrets, want) {
		t.Errorf("secrets: %v", secrets)
	}
	// The page tells how to make it.
	page := read(t, "../docs/how-to/deploy.md")
	for _, key := range []string{"create secret generic belay ", "--from-file=store=", "--from-file=operator-key="} {
		if !strings.Contains(page, key) {
			t.Errorf("%q is not on the page", key)
		}
	}
}

func TestPodsKeepToTheRestrictedStandard(t *testing.T) {
	c := readCluster(t)
	if c.namespace.Labels[admission.EnforceLevelLabel] != string(admission.LevelRestricted) {
		t.Errorf("the namespace has %v", c.namespace.Labels)
	}
	evaluator, err := standards.NewEvaluator(standards.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pod, container := c.pod()
	restricted := admission.LevelVersion{Level: admission.LevelRestricted, Version: admission.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			t.Errorf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
		}
	}
	user, group, _ := strings.Cut(readImage(t).user, ":")
	s := pod.Spec.SecurityContext
	if fmt.Sprint(*s.RunAsUser) != user || fmt.Sprint(*s.RunAsGroup) != group {
		t.Errorf("runs as %d:%d, the image as %s:%s", *s.RunAsUser, *s.RunAsGroup, user, group)
	}
	if !*container.SecurityContext.ReadOnlyRootFilesystem || *pod.Spec.AutomountServiceAccountToken {
		t.Error("the container may do more than it needs")
	}
}

func TestTheGarbageCollectorKnowsTheLimitOfMemory(t *testing.T) {
	_, container := readCluster(t).pod()
	limit := container.Resources.Limits.Memory().Value()
	for _, e := range container.Env {
		var mebibytes int64
		if e.Name != "GOMEMLIMIT" {
			continue
		}
		if _, err := fmt.Sscanf(e.Value, "%dMiB", &mebibytes); err != nil {
			t.Fatal(err)
		}
		if share := float64(mebibytes<<20) / float64(limit); share < 0.8 || share > 0.95 {
			t.Errorf("%s of %d bytes", e.Value, limit)
		}
		return
	}
	t.Error("GOMEMLIMIT is not set")
}
