package bench_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/bench"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// tinyNodes is large enough for each phase with nodes to measure something.
func tinyNodes(t *testing.T, store string) bench.Config {
	return bench.Config{
		Store: store, Nodes: []int{1, 2}, Scale: 1,
		Slice: 200 * time.Millisecond, Rounds: 1, Connections: 4, Rate: 100, Sites: 3,
		Dir: t.TempDir(), Progress: t.Output(), JSON: true,
	}
}

func measure(t *testing.T, c bench.Config) bench.Report {
	t.Helper()
	var out bytes.Buffer
	if err := bench.Run(t.Context(), c, &out); err != nil {
		t.Fatal(err)
	}
	var report bench.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryPhaseGivesFiguresOfEachNumberOfNodes(t *testing.T) {
	t.Parallel()
	report := measure(t, tinyNodes(t, pgtest.Shared(t).Database(t)))
	seen := make(map[string]bool)
	for _, r := range report.Rows {
		nodes, figure, _ := strings.Cut(r.Figure, ", ")
		seen[r.Phase+" "+nodes] = true
		// A lost start is rare, and the clock of processor time coarse.
		none := strings.HasPrefix(figure, "starts lost") || strings.HasPrefix(figure, "processor time")
		if r.Value < 0 || r.Value == 0 && !none {
			t.Errorf("%s: %s = %v %s", r.Phase, r.Figure, r.Value, r.Unit)
		}
		if beside := nodes == "2 nodes"; beside != (r.BaselineOf == "1 node") {
			t.Errorf("%s: %s is held against %q", r.Phase, r.Figure, r.BaselineOf)
		}
		if (figure == "events") != (r.Floor > 0) {
			t.Errorf("%s: %s has the floor %v", r.Phase, r.Figure, r.Floor)
		}
		if (r.Target == "") != (r.Verdict == "") {
			t.Errorf("%s: %s has the target %q and the verdict %q", r.Phase, r.Figure, r.Target, r.Verdict)
		}
	}
	for _, phase := range bench.NodePhases() {
		for _, nodes := range []string{"1 node", "2 nodes"} {
			if !seen[phase+" "+nodes] {
				t.Errorf("the phase %s gave no figure of %s", phase, nodes)
			}
		}
	}
	if !strings.HasPrefix(report.Server, "PostgreSQL ") {
		t.Errorf("the server is %q", report.Server)
	}
}

func TestTheFloorIsTakenWithoutPgbenchAndNoDatabaseIsLeft(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, pgtest.Options{}) // nobody else makes databases there
	c := tinyNodes(t, server.Database(t))
	c.Nodes, c.NoPgbench, c.Only = []int{1}, true, []string{"single"}
	c.Store += "&pool_max_conns=4" // nodes alone understand it
	report := measure(t, c)
	if len(report.Rows) == 0 || report.Rows[0].Floor == 0 || !strings.Contains(report.FloorBy, "loop") {
		t.Errorf("the floor by %q; rows %v", report.FloorBy, report.Rows)
	}
	left := server.Exec(t, "postgres", `select datname from pg_database where datname like 'belay\_bench\_%'`)
	if left != "" {
		t.Errorf("there are still %s", left)
	}
}

func TestRunRefusesWhatNodesCannotBeMeasuredWith(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*bench.Config)
		want   string
	}{
		"a phase of a single server": {func(c *bench.Config) { c.Only = []string{"herd"} }, "one-site"},
		"no node":                    {func(c *bench.Config) { c.Nodes = []int{1, 0} }, "0 nodes"},
		"a store that is no URL":     {func(c *bench.Config) { c.Store = "host=db" }, "URL"},
	} {
		t.Run(name, func(t *testing.T) {
			c := bench.Config{Store: "postgres://nobody@127.0.0.1:1/none", Dir: t.TempDir()}
			tt.change(&c)
			if err := bench.Run(t.Context(), c, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Run = %v; want an error that names %s", err, tt.want)
			}
		})
	}
}
