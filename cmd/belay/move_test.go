package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/postgres"
)

// The scripts of a move have three empty databases on a real server, one of them
// occupied.
func TestMoveScripts(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{})
	occupied := s.Database(t)
	if _, _, err := postgres.Migrate(t.Context(), occupied); err != nil {
		t.Fatal(err)
	}
	other, err := postgres.Open(t.Context(), occupied, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.Commit(t.Context(), &store.Batch{Changes: []store.Change{{Scope: [16]byte{1}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/move",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DATABASE", s.Database(t))
			e.Setenv("OTHER", s.Database(t))
			e.Setenv("OCCUPIED", occupied)
			e.Setenv("BELAY_KEY", "the-operators-own-key")
			e.Setenv("BELAY_OPERATOR_KEY", "the-operators-own-key")
			e.Setenv("TZ", "UTC")
			e.Values[servers{}] = make(map[string]*running)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "end": end, "exits": exits, "until": until, "in": in,
		},
	})
}

// A move that ended between its two last steps has the folder marked and the
// database not yet given over.
func TestAMoveThatWasCutOffAtItsEndIsEnded(t *testing.T) {
	ctx, dir, url := t.Context(), t.TempDir(), pgtest.Start(t, pgtest.Options{}).Database(t)
	from, err := pebble.Open(dir, pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := from.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := postgres.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	to, err := postgres.OpenLoader(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := to.Begin(ctx, postgres.Moving{ID: "mine", From: dir}); err != nil {
		t.Fatal(err)
	}
	if err := pebble.WriteMove(dir, pebble.Move{ID: "mine", To: redacted(url), MovedAt: 1}); err != nil {
		t.Fatal(err)
	}
	var out, failed strings.Builder
	p := &process{ctx: ctx, out: &out, err: &failed, getenv: func(string) string { return "" }}
	if code := p.main([]string{"move", "--from", dir, "--to", url}); code != 0 {
		t.Fatalf("code %d: %s", code, failed.String())
	}
	if !strings.Contains(out.String(), "nothing is left to do") {
		t.Errorf("it says %q", out.String())
	}
	s, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatalf("the database is not to be had: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestNumbersAndSpansAreWrittenForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234: "-1,234", -123: "-123", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		1234 * time.Millisecond: "1.2s", 12345 * time.Millisecond: "12s", 90 * time.Second: "1m30s", time.Microsecond: "0s",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%d) = %q, want %q", d, got, want)
		}
	}
}
