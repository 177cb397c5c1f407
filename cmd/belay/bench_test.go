package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/bench"
)

// This test binary stands in for the program that the bench starts once more for
// each node.
func TestBenchMeasuresNodesInProcessesOfTheirOwn(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	var out bytes.Buffer
	p := &process{ctx: t.Context(), out: &out, err: t.Output(), getenv: func(string) string { return "" }}
	code := p.main([]string{
		"bench", "--store", server.URL("postgres"), "--nodes", "2", "--only", "single", "--seconds", "0.2",
		"--rounds", "1", "--connections", "4", "--dir", t.TempDir(), "--json",
	})
	if code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var report bench.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	of := make(map[string]float64)
	for _, r := range report.Rows {
		of[r.Figure] = r.Value
	}
	if of["2 nodes, events"] <= 0 {
		t.Errorf("two nodes took no events: %v", of)
	}
	// Only a process of its own can tell what a node used.
	if _, told := of["2 nodes, processor time of the nodes, per event"]; !told {
		t.Errorf("there is no figure of the nodes' processor time among %v", of)
	}
}
