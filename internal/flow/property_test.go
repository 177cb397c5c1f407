package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
)

// forest draws a random automation: actions of all types that run, whose post
// actions have higher numbers and one parent each, but for merges, which may have
// several.
func forest(t *rapid.T) string {
	n := rapid.IntRange(1, 9).Draw(t, "actions")
	types := make([]string, n)
	for i := range types {
		types[i] = rapid.SampledFrom([]string{"APP_DEFINED", "DELAY", "CONDITION", "CODE_CONDITION", "SPLIT", "SET_VARIABLES", "MERGE", "OUTPUT", "RATE_LIMIT"}).Draw(t, "type")
	}
	post := make([][]string, n)
	var roots []string
	for i := range n {
		parents := 1
		if types[i] == "MERGE" {
			parents = rapid.IntRange(1, 3).Draw(t, "parents")
		}
		for range parents {
			parent := -1
			if i > 0 {
				parent = rapid.IntRange(-1, i-1).Draw(t, "parent")
			}
			switch name := fmt.Sprintf("a%d", i); {
			case parent < 0 || types[parent] == "OUTPUT": // nothing follows an output
				roots = append(roots, name)
			default:
				post[parent] = append(post[parent], name)
			}
		}
	}
	actions := ""
	for i := range n {
		if i > 0 {
			actions += ","
		}
		skip := ""
		if rapid.IntRange(0, 5).Draw(t, "skip") == 0 {
			skip = `,"skipActionExpression":"{{` + rapid.SampledFrom([]string{"true", "false", `1;`}).Draw(t, "whether") + `}}"`
			skip = strings.Replace(skip, "1;", "var(\\\"nowhere\\\")", 1)
		}
		if rapid.IntRange(0, 3).Draw(t, "continues") == 0 {
			skip += `,"continueOnFailure":true`
		}
		actions += fmt.Sprintf(`"a%d":{"type":%q%s,%s}`, i, types[i], skip, info(t, types[i], post[i]))
	}
	return fmt.Sprintf(`{"rootActionIds":%s,"actions":{%s}}`, quoted(roots), actions)
}

// info draws what an action of a type holds.
func info(t *rapid.T, kind string, post []string) string {
	next := quoted(post)
	switch kind {
	case "APP_DEFINED":
		skipped := ""
		if rapid.IntRange(0, 5).Draw(t, "may be skipped") == 0 {
			skipped = `,"skipConditionOrExpressionGroups":` + someGroups(t)
		}
		return `"appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":` + next + skipped + `}`
	case "DELAY":
		return `"delayInfo":{` + someDelay(t) + `,"postActionIds":` + next + `}`
	case "CONDITION":
		half := rapid.IntRange(0, len(post)).Draw(t, "half")
		return fmt.Sprintf(`"conditionInfo":{"orExpressionGroups":%s,"truePostActionIds":%s,"falsePostActionIds":%s}`,
			someGroups(t), quoted(post[:half]), quoted(post[half:]))
	case "RATE_LIMIT":
		return `"rateLimitInfo":{` + someLimit(t) + `,"postActionIds":` + next + `}`
	case "CODE_CONDITION":
		body := rapid.SampledFrom([]string{"true", "false", "1", "p.x.y", "p.n > 1", "p.list.some(v => v === p.n)"}).Draw(t, "code")
		half := rapid.IntRange(0, len(post)).Draw(t, "half")
		return fmt.Sprintf(`"codeConditionInfo":{"snippet":{"language":"JAVASCRIPT","code":"export default p => %s"},"dynamicVariableExpressions":["{{var(\"n\")}}","{{list}}"],"truePostActionIds":%s,"falsePostActionIds":%s}`,
			body, quoted(post[:half]), quoted(post[half:]))
	case "SPLIT":
		paths := []string{`{"name":"nowhere"}`}
		for _, id := range post {
			paths = append(paths, `{"name":"to","postActionId":"`+id+`"}`)
		}
		return `"splitInfo":{"paths":[` + strings.Join(paths, ",") + `]}`
	case "SET_VARIABLES":
		return `"setVariablesInfo":{"outputMapping":{"x":"{{sum(var(\"n\");1)}}"},"postActionIds":` + next + `}`
	case "OUTPUT":
		return `"outputInfo":{"outputMapping":{"x":"{{var(\"setVariable.x\")}}"}}`
	}
	return `"mergeInfo":{"postActionIds":` + next + `}`
}

// someDelay draws one of the forms of a wait; some of them fail.
func someDelay(t *rapid.T) string {
	offset := fmt.Sprintf(`"offsetExpression":"{{%s}}","offsetTimeUnit":%q`,
		rapid.SampledFrom([]string{"-5", "0", "1", "120", `var(\"n\")`}).Draw(t, "offset"),
		rapid.SampledFrom([]string{"MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS"}).Draw(t, "unit"))
	due := rapid.SampledFrom([]string{
		`"dueDateExpression":"2026-11-24T10:00:00Z"`, `"dueDateExpression":"2020-01-01T00:00:00Z"`,
		`"dueDateExpression":"{{var(\"n\")}}"`, `"dueDateEpochExpression":"{{1795608000000}}"`, `"dueDateEpochExpression":"{{var(\"n\")}}"`,
	}).Draw(t, "due")
	return rapid.SampledFrom([]string{offset, due, offset + "," + due}).Draw(t, "form")
}

// someGroups draws what a condition asks: groups of expressions, some of which are no
// truth value or read what is not there.
func someGroups(t *rapid.T) string {
	expression := rapid.SampledFrom([]string{`"{{true}}"`, `"{{false}}"`, `"{{gt(var(\"n\");1)}}"`, `"{{var(\"nowhere\")}}"`})
	var list []string
	for range rapid.IntRange(1, 3).Draw(t, "groups") {
		list = append(list, fmt.Sprintf(`{"operator":%q,"booleanExpressions":[%s]}`,
			rapid.SampledFrom([]string{"AND", "OR"}).Draw(t, "operator"),
			strings.Join(rapid.SliceOfN(expression, 1, 3).Draw(t, "expressions"), ",")))
	}
	return "[" + strings.Join(list, ",") + "]"
}

// someLimit draws a limit with and without a window and what it counts by.
func someLimit(t *rapid.T) string {
	s := fmt.Sprintf(`"maxActivationsExpression":"{{%s}}"`, rapid.SampledFrom([]string{"1", "3", "0", `var(\"n\")`}).Draw(t, "at most"))
	if rapid.Bool().Draw(t, "has a window") {
		s += fmt.Sprintf(`,"rateLimitDurationExpression":"{{%d}}","rateLimitDurationTimeUnit":%q`,
			rapid.IntRange(1, 48).Draw(t, "window"), rapid.SampledFrom([]string{"MINUTES", "HOURS", "DAYS"}).Draw(t, "unit"))
	}
	if rapid.Bool().Draw(t, "counts by something") {
		s += `,"uniqueIdentifierExpression":"{{var(\"n\")}}"`
	}
	return s
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

// answer draws how an attempt ends.
func answer(t *rapid.T, now belay.Instant, e Effect) Result {
	r := Result{ActionID: e.ActionID, Attempt: e.Attempt, Since: e.Since, Refresh: e.Refresh, After: 60_000}
	r.Verdict = rapid.SampledFrom([]Verdict{Delivered, Retry, Rejected, Released}).Draw(t, "verdict")
	switch {
	case e.Refresh:
		r.Cancel = rapid.IntRange(0, 9).Draw(t, "calls it off") == 0
		r.Payload, r.Output = map[string]any{"x": "new"}, []byte(`{"x":"new"}`)
	case rapid.IntRange(0, 3).Draw(t, "is postponed") == 0:
		r.Verdict = Postponed
	case rapid.Bool().Draw(t, "says later that it is done"):
		r.Until = now + 600_000
	}
	return r
}

// completed draws whether an app says of an action that it is done, and checks that
// it may say so once.
func completed(t *rapid.T, p *Plan, a belay.Activation, in Input) (belay.Activation, []Effect, bool) {
	if len(a.Actions) == 0 || rapid.IntRange(0, 4).Draw(t, "completes") > 0 {
		return a, nil, false
	}
	id := rapid.SampledFrom(a.Actions).Draw(t, "action").ActionID
	c := belay.Completion{At: in.Now, Failed: rapid.Bool().Draw(t, "fails")}
	next, effects, err := p.Complete(a, in, id, c)
	if err != nil {
		return a, nil, false
	}
	if next.Version != a.Version+1 {
		t.Fatalf("the version went from %d to %d", a.Version, next.Version)
	}
	if _, _, err := p.Complete(next, in, id, c); err == nil {
		t.Fatalf("%s was completed twice", id)
	}
	return next, effects, true
}

// payload draws what the actions of forest read, or something else in its place.
func payload(t *rapid.T) map[string]any {
	value := rapid.SampledFrom([]any{1.0, 2.5, "2", "x", true, nil, []any{2.5}, map[string]any{"y": 1.0}})
	p := map[string]any{}
	for _, name := range []string{"n", "list"} {
		if rapid.Bool().Draw(t, "has "+name) {
			p[name] = value.Draw(t, name)
		}
	}
	return p
}

// consistent checks that the log of an activation that has ended holds just what
// its own words lead to: roots, and what follows actions that went on.
func consistent(t *rapid.T, p *Plan, a *belay.Activation) {
	if a.Status != belay.Ended {
		return
	}
	want := map[string]bool{}
	for _, id := range p.roots {
		want[id] = true
	}
	failed := false
	for i := range a.Actions {
		s := &a.Actions[i]
		n := p.nodes[s.ActionID]
		failed = failed || s.Status == belay.ActionFailed
		way := n.post
		switch {
		case s.Status == belay.ActionFailed && s.ErrorCode != "TIMED_OUT" && !n.continues:
			way = nil
		case s.Status == belay.ActionFailed && n.kind == belay.CodeCondition:
			way = n.otherwise
		case s.Status == belay.ActionEnded && (n.kind == belay.Condition || n.kind == belay.CodeCondition) && !s.Passed:
			way = n.otherwise
		case s.Status == belay.ActionEnded && n.kind == belay.RateLimit && !s.Passed:
			way = nil
		}
		for _, id := range way {
			want[id] = id != ""
		}
		if s.Status == belay.ActionFailed && (s.Error == "" || s.ErrorCode == "") && s.ErrorCode != "REJECTED" && s.ErrorCode != "APP_FAILED" {
			t.Fatalf("%s failed and nobody says why: %+v", s.ActionID, s)
		}
	}
	for id, reached := range want {
		if reached != (find(a.Actions, id) != nil) {
			t.Fatalf("%q is in the log: %v; want %v of %+v", id, !reached, reached, a.Actions)
		}
	}
	for i := range a.Actions {
		if !want[a.Actions[i].ActionID] {
			t.Fatalf("%s is in the log, and nothing led to it", a.Actions[i].ActionID)
		}
	}
	if failed != a.WithFailedActions {
		t.Fatalf("with failed actions: %v; want %v", a.WithFailedActions, failed)
	}
}

// Whatever an automation is and however its attempts go, it ends: nothing is
// early, no action begins twice, at most one attempt at an action is out, and
// something is due for as long as it is not over.
func TestEveryActivationEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := forest(t)
		p := plan(t, spec)
		in := input(belay.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)))
		in.Refreshes = rapid.Bool().Draw(t, "refreshes")
		if rapid.Bool().Draw(t, "scheduled") {
			in.TakesPlaceAt = in.Now + 60_000
		}
		in.Payload = payload(t)
		a := p.Begin(belay.Activation{}, in)
		out := map[string]Effect{}
		var before []Result
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
					results = append(results, answer(t, in.Now, e))
					delete(out, id)
				}
			}
			if next, effects, ok := completed(t, p, a, in); ok {
				a = next
				for _, e := range effects {
					out[e.ActionID] = e
				}
				if a.Status.Final() {
					break
				}
			}
			if len(results) == 0 {
				in.Now = max(in.Now, a.Due)
			}
			next, effects, claimed, changed := p.Advance(a, in, results)
			again, same, _, _ := p.Advance(a, in, slices.Concat(before, results, results))
			if diff := cmp.Diff(next, again) + cmp.Diff(effects, same); diff != "" {
				t.Fatalf("the same step, told again what was said before, gave something else: %s", diff)
			}
			before = append(before, results...)
			if claimed != nil && rapid.Bool().Draw(t, "refused") {
				next, effects = claimed.Otherwise, claimed.Effects
			}
			asked := p.Out(&next)
			for _, e := range effects {
				if !slices.ContainsFunc(asked, func(o Effect) bool { return cmp.Equal(o, e) }) {
					t.Fatalf("the step asks for %+v, but what is out is %+v", e, asked)
				}
			}
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
		consistent(t, p, &a)
		if a.Due != 0 || a.InFlight() != 0 && a.Status != belay.Cancelled {
			t.Fatalf("over, but due %s with %d in flight", a.Due, a.InFlight())
		}
	})
}
