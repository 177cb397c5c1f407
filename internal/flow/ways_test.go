package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// story carries an automation out, each attempt delivered at once with the output
// {"by":"ID"}, and tells what became of each action, in the order in which they
// were reached.
func story(t *testing.T, configuration string, payload map[string]any) (told []string, inputs map[string]string, a belay.Activation) {
	t.Helper()
	p := plan(t, configuration)
	in := input(at(t, "09:00:00"))
	in.Payload = payload
	a = p.Begin(belay.Activation{}, in)
	inputs = map[string]string{}
	var results []Result
	for range 100 {
		next, effects, changed := p.Step(a, in, results)
		if !changed {
			break
		}
		a, results = next, nil
		for _, e := range effects {
			inputs[e.ActionID] = string(e.Input)
			results = append(results, Result{ActionID: e.ActionID, Attempt: e.Attempt, Verdict: Delivered, Output: fmt.Appendf(nil, `{"by":%q}`, e.ActionID)})
		}
		if len(results) == 0 && !a.Status.Final() {
			in.Now = max(in.Now, a.Due)
		}
	}
	if a.Status != belay.Ended {
		t.Fatalf("the activation is %v; want it ended: %+v", a.Status, a)
	}
	for _, s := range a.Actions {
		told = append(told, s.ActionID+" "+s.Status.String())
	}
	return told, inputs, a
}

const (
	waits  = `{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS","postActionIds":[%s]}}`
	tellsX = `{"type":"APP_DEFINED","namespace":%q,"appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"x":"%s"}%s}}`
)

func TestWhatHappensOnTheWay(t *testing.T) {
	for name, tt := range map[string]struct {
		actions string
		told    string
		inputs  map[string]string
	}{
		"a split goes all its ways": {
			`"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"a"},{"name":"none"},{"name":"b","postActionId":"b"}]}},"a":` + sends() + `,"b":` + sends(),
			"r ENDED, a ENDED, b ENDED", nil,
		},
		"variables are seen behind, and the later wins": {
			`"r":{"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"n":"{{1}}","m":"{{2}}"},"postActionIds":["s"]}},
			 "s":{"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"n":"{{sum(var(\"setVariable.m\");3)}}"},"postActionIds":["a"]}},
			 "a":` + fmt.Sprintf(tellsX, "", `{{var(\"setVariable.n\")}} {{var(\"setVariable.m\")}}`, ""),
			"r ENDED, s ENDED, a ENDED",
			map[string]string{"a": `{"x":"5 2"}`},
		},
		"variables of another branch are not": {
			`"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"v"},{"name":"b","postActionId":"a"}]}},
			 "v":{"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"n":"{{1}}"}}},
			 "a":` + fmt.Sprintf(tellsX, "", `{{if(isEmpty(var(\"setVariable.n\"));\"none\";\"some\")}}`, ""),
			"r ENDED, v ENDED, a ENDED",
			map[string]string{"a": `{"x":"none"}`},
		},
		"an output is kept and ends its branch": {
			`"r":{"type":"OUTPUT","outputInfo":{"outputMapping":{"total":"{{var(\"total\")}}"}}}`,
			"r ENDED", nil,
		},
		"a skipped action gives nothing, and what follows goes on": {
			`"r":{"type":"APP_DEFINED","skipActionExpression":"{{true}}","namespace":"r","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["a"]}},
			 "a":` + fmt.Sprintf(tellsX, "", `{{if(isEmpty(var(\"r.by\"));\"nobody\";\"somebody\")}}`, ""),
			"r SKIPPED, a ENDED",
			map[string]string{"a": `{"x":"nobody"}`},
		},
		"skip groups are joined by OR": {
			`"r":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["a"],"skipConditionOrExpressionGroups":[
				{"operator":"AND","booleanExpressions":["{{true}}","{{false}}"]},{"operator":"OR","booleanExpressions":["{{false}}","{{eq(var(\"total\");12)}}"]}]}},
			 "a":` + sends(),
			"r SKIPPED, a ENDED", nil,
		},
		"a skip condition that cannot be evaluated does not hold": {
			`"r":{"type":"APP_DEFINED","skipActionExpression":"{{sum(1;\"x\")}}","appDefinedInfo":{"appId":"belay","actionKey":"send"}}`,
			"r ENDED", nil,
		},
		"a merge waits for the longest branch, once": {
			`"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"a"},{"name":"b","postActionId":"w"}]}},
			 "a":` + fmt.Sprintf(tellsX, "a", "1", `,"postActionIds":["m"]`) + `,
			 "w":` + fmt.Sprintf(waits, `"b"`) + `,
			 "b":` + fmt.Sprintf(tellsX, "b", "2", `,"postActionIds":["m"]`) + `,
			 "m":{"type":"MERGE","mergeInfo":{"postActionIds":["z"]}},
			 "z":` + fmt.Sprintf(tellsX, "", `{{var(\"a.by\")}}{{var(\"b.by\")}}`, ""),
			"r ENDED, a ENDED, w ENDED, m ENDED, b ENDED, z ENDED",
			map[string]string{"z": `{"x":"ab"}`},
		},
		"a merge does not wait for a branch that ended before it": {
			`"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"a"},{"name":"b","postActionId":"c"}]}},
			 "a":` + sends("m") + `,
			 "c":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"OR","booleanExpressions":["{{false}}"]}],"truePostActionIds":["m"]}},
			 "m":{"type":"MERGE","mergeInfo":{"postActionIds":["z"]}},"z":` + sends(),
			"r ENDED, a ENDED, c ENDED, m ENDED, z ENDED", nil,
		},
		"a merge that nobody reaches does not begin": {
			`"r":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"OR","booleanExpressions":["{{false}}"]}],"truePostActionIds":["m"]}},
			 "m":{"type":"MERGE"}`,
			"r ENDED", nil,
		},
		"merges in a row": {
			`"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"m"},{"name":"b","postActionId":"m"},{"name":"c","postActionId":"n"}]}},
			 "m":{"type":"MERGE","mergeInfo":{"postActionIds":["n"]}},"n":{"type":"MERGE","mergeInfo":{"postActionIds":["z"]}},"z":` + sends(),
			"r ENDED, m ENDED, n ENDED, z ENDED", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			told, inputs, _ := story(t, `{"rootActionIds":["r"],"actions":{`+tt.actions+`}}`, map[string]any{"total": "12", "email": "ada@example.com"})
			if want := strings.Split(tt.told, ", "); !slices.Equal(told, want) {
				t.Errorf("it went\n  %v\nwant\n  %v", told, want)
			}
			for id, want := range tt.inputs {
				if inputs[id] != want {
					t.Errorf("the input of %s is %s; want %s", id, inputs[id], want)
				}
			}
		})
	}
}

func TestAnOutputIsKept(t *testing.T) {
	_, _, a := story(t, `{"rootActionIds":["r"],"actions":{"r":{"type":"OUTPUT","outputInfo":{"outputMapping":{"total":"{{var(\"total\")}}"}}}}}`, map[string]any{"total": 12.5})
	if got := string(a.Actions[0].Output); got != `{"total":12.5}` {
		t.Errorf("the output kept is %s", got)
	}
}

// A cancel while branches wait for each other leaves nothing open.
func TestACancelWithdrawsAMergeThatWaits(t *testing.T) {
	p := plan(t, `{"rootActionIds":["r"],"actions":{"r":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"m"},{"name":"b","postActionId":"w"}]}},
		"w":`+fmt.Sprintf(waits, `"m"`)+`,"m":{"type":"MERGE","mergeInfo":{"postActionIds":["z"]}},"z":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	if a.Status != belay.Started || a.Due != at(t, "10:00:00") {
		t.Fatalf("while it waits: %v, due %s", a.Status, a.Due)
	}
	a = a.Cancel(belay.EventCancelled, belay.Identity{}, in.Now)
	for _, s := range a.Actions {
		if s.Status.Open() {
			t.Errorf("%s is %v after the cancel", s.ActionID, s.Status)
		}
	}
}
