package action_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/action"
)

func TestRetryWaitFollowsTheList(t *testing.T) {
	schedule := action.StandardSchedule()
	for name, tt := range map[string]struct {
		n      int
		jitter float64
		want   time.Duration
		ok     bool
	}{
		"no attempt zero":        {0, 0, 0, false},
		"first at once":          {1, 0.9, 0, true},
		"second after the first": {2, 0, 5 * time.Second, true},
		"jitter adds a tenth":    {2, 0.5, 5500 * time.Millisecond, true},
		"last":                   {10, 0, 24 * time.Hour, true},
		"spent":                  {11, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := schedule.RetryWait(tt.n, tt.jitter); got != tt.want || ok != tt.ok {
				t.Errorf("RetryWait(%d, %v) = %v, %v; want %v, %v", tt.n, tt.jitter, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestRetryWaitStretchesByAFifthAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "base"))
		jitter := rapid.Float64Range(0, 0.999999).Draw(t, "jitter")
		got, ok := action.RetrySchedule{base}.RetryWait(2, jitter)
		if !ok || got < base || got > base+base/5+1 {
			t.Fatalf("RetryWait(2, %v) of %v = %v, %v", jitter, base, got, ok)
		}
	})
}

func TestAnEmptyScheduleNeverRetries(t *testing.T) {
	if _, ok := (action.RetrySchedule{}).RetryWait(2, 0); ok {
		t.Error("RetryWait(2) of an empty schedule allows an attempt")
	}
}

func FuzzBoundKeepsOneShortLine(f *testing.F) {
	f.Add("plain")
	f.Add("two\r\nlines")
	f.Add(strings.Repeat("é", 1000))
	f.Add("bad \xff byte")
	f.Fuzz(func(t *testing.T, s string) {
		got := action.Bound(s)
		if len(got) > action.MaxDetail || !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("Bound(%q) = %q", s, got)
		}
		if again := action.Bound(got); again != got {
			t.Errorf("Bound(Bound(%q)) = %q, want %q", s, again, got)
		}
	})
}

type idle struct{}

func (idle) Do(context.Context, action.Attempt) action.Outcome { return action.Outcome{} }

func TestRegistryRefusesIncompleteDefinitions(t *testing.T) {
	whole := action.Definition{
		Key: "a", Name: "A", Do: idle{}, Timeout: time.Second,
		InputSchema: json.RawMessage(`{}`), OutputSchema: json.RawMessage(`{}`),
	}
	broken := func(change func(*action.Definition)) []action.Definition {
		d := whole
		change(&d)
		return []action.Definition{d}
	}
	for name, definitions := range map[string][]action.Definition{
		"no key":       broken(func(d *action.Definition) { d.Key = "" }),
		"no name":      broken(func(d *action.Definition) { d.Name = "" }),
		"no doer":      broken(func(d *action.Definition) { d.Do = nil }),
		"no timeout":   broken(func(d *action.Definition) { d.Timeout = 0 }),
		"no schema":    broken(func(d *action.Definition) { d.OutputSchema = nil }),
		"not a schema": broken(func(d *action.Definition) { d.InputSchema = json.RawMessage(`[]`) }),
		"twice":        {whole, whole},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := action.NewRegistry(definitions...); err == nil {
				t.Error("NewRegistry accepted it")
			}
		})
	}
}

func TestRegistryFindsByKeyAndListsInOrder(t *testing.T) {
	define := func(key string) action.Definition {
		return action.Definition{
			Key: key, Name: key, Do: idle{}, Timeout: time.Second,
			InputSchema: json.RawMessage(`{}`), OutputSchema: json.RawMessage(`{}`),
		}
	}
	r, err := action.NewRegistry(define("b"), define("a"))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := r.Find("b"); !ok || d.Key != "b" {
		t.Errorf(`Find("b") = %v, %v`, d.Key, ok)
	}
	if _, ok := r.Find("c"); ok {
		t.Error(`Find("c") found something`)
	}
	if all := r.All(); len(all) != 2 || all[0].Key != "a" || all[1].Key != "b" {
		t.Errorf("All() = %v", all)
	}
}
