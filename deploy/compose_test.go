package deploy_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose reads compose.yaml as Docker Compose does, with what .env would hold.
func compose(t *testing.T, env map[string]string) (*types.Project, error) {
	t.Helper()
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  ".",
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml"}},
		Environment: env,
	})
}

func composed(t *testing.T) *types.Project {
	t.Helper()
	project, err := compose(t, map[string]string{"POSTGRES_PASSWORD": "p:w/d@?#%", "BELAY_OPERATOR_KEY": "belay_key_of_an_operator"})
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestComposeWantsBothSecrets(t *testing.T) {
	for _, env := range []map[string]string{{}, {"POSTGRES_PASSWORD": "p"}, {"BELAY_OPERATOR_KEY": "k"}} {
		if _, err := compose(t, env); err == nil {
			t.Errorf("with %v alone there was no complaint", slices.Sorted(maps.Keys(env)))
		}
	}
}

func TestComposeRunsNodesThatDifferInTheirNamesOnly(t *testing.T) {
	project := composed(t)
	var nodes []string
	for name, s := range project.Services {
		if s.Image != "belay" {
			continue
		}
		nodes = append(nodes, name)
		if *s.Environment["BELAY_NODE"] != name {
			t.Errorf("%s calls itself %s", name, *s.Environment["BELAY_NODE"])
		}
		if *s.Environment["BELAY_STORE"] != "postgres://belay@postgres/belay" {
			t.Errorf("%s uses %s", name, *s.Environment["BELAY_STORE"])
		}
		if s.DependsOn["postgres"].Condition != types.ServiceConditionHealthy {
			t.Errorf("%s does not wait for the database", name)
		}
		if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) < longestStop(t) {
			t.Errorf("%s is given %v to stop, and may need %v", name, s.StopGracePeriod, longestStop(t))
		}
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.Ports) > 0 {
			t.Errorf("%s may do more than it needs", name)
		}
		if s.Build == nil || s.Build.Dockerfile != "deploy/Dockerfile" {
			t.Errorf("%s is built from %+v", name, s.Build)
		}
	}
	if len(nodes) < 3 {
		t.Fatalf("nodes: %v", nodes)
	}

	slices.Sort(nodes)
	var upstreams []string
	for _, n := range nodes {
		upstreams = append(upstreams, n+":"+port)
	}
	m := regexp.MustCompile(`reverse_proxy (.*) \{`).FindStringSubmatch(read(t, "Caddyfile"))
	if m == nil || !slices.Equal(strings.Fields(m[1]), upstreams) {
		t.Errorf("the proxy goes to %q, the nodes are %v", m, upstreams)
	}
}

func TestComposeAnswersOnThisMachineOnly(t *testing.T) {
	project := composed(t)
	for name, s := range project.Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" || p.Published != port || fmt.Sprint(p.Target) != port {
				t.Errorf("%s publishes %+v", name, p)
			}
		}
	}
	if len(project.Services["proxy"].Ports) != 1 {
		t.Error("the proxy publishes nothing")
	}
	if !strings.Contains(read(t, "Caddyfile"), "\n:"+port+" {\n") {
		t.Errorf("the proxy does not answer at %s", port)
	}
}

func TestComposeKeepsTheDatabase(t *testing.T) {
	db := composed(t).Services["postgres"]
	_, tag, _ := strings.Cut(db.Image, ":")
	if version, err := strconv.Atoi(tag); err != nil || version < 15 {
		t.Errorf("image %s: Belay needs PostgreSQL 15", db.Image)
	}
	if db.HealthCheck == nil || !slices.Contains(db.HealthCheck.Test, "pg_isready") {
		t.Errorf("health is asked by %+v", db.HealthCheck)
	}
	if len(db.Volumes) != 1 || db.Volumes[0].Type != types.VolumeTypeVolume || db.Volumes[0].Source != "database" {
		t.Errorf("volumes: %+v", db.Volumes)
	}
}
