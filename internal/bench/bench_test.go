package bench_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/bench"
)

// tiny is large enough for each phase to measure something.
func tiny(t *testing.T) bench.Config {
	return bench.Config{
		Pending: 1000, Few: 200, Slice: 200 * time.Millisecond, Rounds: 1, Connections: 4,
		Rate: 100, Herd: 50, Sites: 3, Dir: t.TempDir(), Progress: t.Output(), JSON: true,
	}
}

func TestEveryPhaseGivesFigures(t *testing.T) {
	var out bytes.Buffer
	if err := bench.Run(t.Context(), tiny(t), &out); err != nil {
		t.Fatal(err)
	}
	var report bench.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, r := range report.Rows {
		seen[r.Phase] = true
		// What a thousand pending take in memory drowns in what else comes and goes.
		if r.Value == 0 || r.Value < 0 && !strings.HasPrefix(r.Figure, "RAM per pending") {
			t.Errorf("%s: %s = %v %s", r.Phase, r.Figure, r.Value, r.Unit)
		}
		if (r.Target == "") != (r.Verdict == "") {
			t.Errorf("%s: %s has the target %q and the verdict %q", r.Phase, r.Figure, r.Target, r.Verdict)
		}
	}
	for _, name := range bench.Phases() {
		if !seen[name] {
			t.Errorf("the phase %s gave no figure", name)
		}
	}
	if report.Machine.Fsyncs == 0 {
		t.Error("no fsync was measured")
	}
}

func TestOnlyThePhasesNamedRun(t *testing.T) {
	c := tiny(t)
	c.Only, c.JSON = []string{"single"}, false
	var out bytes.Buffer
	if err := bench.Run(t.Context(), c, &out); err != nil {
		t.Fatal(err)
	}
	table := out.String()
	if !strings.Contains(table, "ratio ≥ 0.35") || strings.Contains(table, "herd") {
		t.Errorf("the table is\n%s", table)
	}
}

func TestRunRefusesAPhaseThatDoesNotExist(t *testing.T) {
	c := tiny(t)
	c.Only = []string{"sprint"}
	if err := bench.Run(t.Context(), c, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "lateness") {
		t.Errorf("Run = %v; want an error that lists the phases", err)
	}
}
