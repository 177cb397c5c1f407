package flow

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
)

// forest draws a random automation: actions whose post actions have higher
// numbers and one parent each.
func forest(t *rapid.T) string {
	n := rapid.IntRange(1, 8).Draw(t, "actions")
	post := make([][]string, n)
	roots := []string{"a0"}
	for i := 1; i < n; i++ {
		if parent := rapid.IntRange(-1, i-1).Draw(t, "parent"); parent < 0 {
			roots = append(roots, fmt.Sprintf("a%d", i))
		} else {
			post[parent] = append(post[parent], fmt.Sprintf("a%d", i))
		}
	}
	actions := ""
	for i := range n {
		if i > 0 {
			actions += ","
		}
		next := quoted(post[i])
		switch rapid.IntRange(0, 2).Draw(t, "type") {
		case 0:
			actions += fmt.Sprintf(`"a%d":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":%s}}`, i, next)
		case 1:
			minutes := rapid.IntRange(-5, 120).Draw(t, "minutes")
			actions += fmt.Sprintf(`"a%d":{"type":"DELAY","delayInfo":{"offsetExpression":"{{%d}}","offsetTimeUnit":"MINUTES","postActionIds":%s}}`, i, minutes, next)
		default:
			actions += fmt.Sprintf(`"a%d":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"OR","booleanExpressions":["{{%t}}"]}],"truePostActionIds":%s}}`, i, rapid.Bool().Draw(t, "passes"), next)
		}
	}
	return fmt.Sprintf(`{"rootActionIds":%s,"actions":{%s}}`, quoted(roots), actions)
}

func quoted(ids []string) string {
	out := "["
	for i, id := range ids {
		if i > 0 {
			out += ","
		}
		out += `"` + id + `"`
	}
	return out + "]"
}

// Whatever an automation is and however its attempts go, it ends: nothing is
// early, no action begins twice, at most one attempt at an action is out, and
// something is due for as long as it is not over.
func TestEveryActivationEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := forest(t)
		p := plan(t, spec)
		in := input(belay.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)))
		a := p.Begin(belay.Activation{}, in)
		out := map[string]Effect{}
		for steps := 0; !a.Status.Final(); steps++ {
			if steps > 500 {
				t.Fatalf("not over after 500 steps: %+v of %s", a, spec)
			}
			if a.Due == 0 {
				t.Fatalf("%v, and nothing is due: %+v", a.Status, a)
			}
			var results []Result
			for id, e := range out {
				if rapid.Bool().Draw(t, "answered") {
					verdict := rapid.SampledFrom([]Verdict{Delivered, Retry, Rejected, Released}).Draw(t, "verdict")
					results = append(results, Result{ActionID: id, Attempt: e.Attempt, Verdict: verdict})
					delete(out, id)
				}
			}
			if len(results) == 0 {
				in.Now = max(in.Now, a.Due)
			}
			next, effects, changed := p.Step(a, in, results)
			if changed != (next.Version == a.Version+1) {
				t.Fatalf("changed %v, but the version went from %d to %d", changed, a.Version, next.Version)
			}
			if !changed && len(results) == 0 {
				t.Fatalf("due at %s, and nothing changed: %+v", a.Due, a)
			}
			seen := map[string]bool{}
			for _, s := range next.Actions {
				if seen[s.ActionID] {
					t.Fatalf("%s began twice", s.ActionID)
				}
				seen[s.ActionID] = true
				if s.Type == belay.Delay && s.Status == belay.ActionEnded && s.EndedAt < s.Due {
					t.Fatalf("the delay %s ended at %s, before %s", s.ActionID, s.EndedAt, s.Due)
				}
			}
			for _, e := range effects {
				if e.Due > in.Now {
					t.Fatalf("%s starts at %s, before it is due at %s", e.ActionID, in.Now, e.Due)
				}
				out[e.ActionID] = e
			}
			a = next
		}
		if a.Due != 0 || a.InFlight() != 0 {
			t.Fatalf("over, but due %s with %d in flight", a.Due, a.InFlight())
		}
	})
}
