package flow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func asking(info string) string {
	return `{"rootActionIds":["s"],"actions":{"s":{"type":"CODE_CONDITION","codeConditionInfo":` + info + `}}}`
}

// ask is an automation that sends to one of two ways as its code says.
func ask(t *testing.T, body, variables, policy string) *Plan {
	t.Helper()
	return plan(t, fmt.Sprintf(`{"rootActionIds":["ask"],"actions":{"yes":%s,"no":%s,"ask":{"type":"CODE_CONDITION"%s,
		"codeConditionInfo":{"snippet":{"language":"JAVASCRIPT","code":%q},"dynamicVariableExpressions":%s,
		"truePostActionIds":["yes"],"falsePostActionIds":["no"]}}}}`, sends(), sends(), policy, "export default function (payload) { "+body+" }", variables))
}

func TestCodeChoosesAWay(t *testing.T) {
	all := `["{{var(\"contact.name\")}}","{{ var('lines') }}","{{party}}"]`
	for name, tt := range map[string]struct {
		body, variables, policy string
		want                    string // the action that follows, "" for none
		fault                   string
	}{
		"true":                     {"return payload.party > 2", all, "", "yes", ""},
		"false":                    {"return payload.lines.length > 5", all, "", "no", ""},
		"a field within":           {"return payload.contact.name === 'Ada'", all, "", "yes", ""},
		"only what is listed":      {"return payload.contact.mail === undefined && payload.party === undefined", `["{{var(\"contact.name\")}}"]`, "", "yes", ""},
		"nothing is listed":        {"return Object.keys(payload).length === 0", `[]`, "", "yes", ""},
		"one within another":       {"return payload.contact.mail === 'a@b.c'", `["{{var(\"contact.name\")}}","{{var(\"contact\")}}"]`, "", "yes", ""},
		"null where there is none": {"return payload.a.b === null", `["{{var(\"a.b\")}}"]`, "", "yes", ""},
		"no answer":                {"return 1", all, "", "", "the code returned a number, not true or false"},
		"thrown":                   {"throw new Error('no such line')", all, "", "", "the code threw Error: no such line"},
		"without an end":           {"for (;;);", all, "", "", "its budget of 50000 steps is spent"},
		"thrown, and it goes on":   {"return payload.nothing.here", all, `,"continueOnFailure":true`, "no", "TypeError"},
	} {
		t.Run(name, func(t *testing.T) {
			p := ask(t, tt.body, tt.variables, tt.policy)
			in := input(at(t, "09:00:00"))
			in.Payload = map[string]any{
				"contact": map[string]any{"name": "Ada", "mail": "a@b.c"}, "lines": []any{1.0}, "party": 3.0,
			}
			a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			state := a.Actions[0]
			if tt.fault != "" {
				if state.Status != belay.ActionFailed || state.ErrorCode != "CODE" || !strings.Contains(state.Error, tt.fault) {
					t.Errorf("%v %s %q; want FAILED with %q", state.Status, state.ErrorCode, state.Error, tt.fault)
				}
			} else if state.Status != belay.ActionEnded || state.Passed != (tt.want == "yes") || state.Error != "" {
				t.Errorf("%v, passed %v, %q; want ENDED", state.Status, state.Passed, state.Error)
			}
			if tt.want == "" {
				if a.Status != belay.Ended || !a.WithFailedActions || len(effects) != 0 {
					t.Errorf("%v with failed actions %v, %d attempts; want ENDED, true, none", a.Status, a.WithFailedActions, len(effects))
				}
			} else if len(effects) != 1 || effects[0].ActionID != tt.want {
				t.Errorf("effects = %+v; want %s", effects, tt.want)
			}
			if len(in.Payload["contact"].(map[string]any)) != 2 {
				t.Errorf("the payload was written to: %v", in.Payload)
			}
		})
	}
}

func TestAFailedActionGoesOnWhereItsPolicySaysSo(t *testing.T) {
	for name, tt := range map[string]struct {
		first    string // what fails, with %s for the policy
		verdicts []Verdict
	}{
		"rejected":             {`{"type":"APP_DEFINED"%s,"appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["next"]}}`, []Verdict{Rejected}},
		"spent":                {`{"type":"APP_DEFINED"%s,"appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["next"]}}`, []Verdict{Retry, Retry, Retry}},
		"input that has none":  {`{"type":"APP_DEFINED"%s,"appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"n":"{{sum(\"x\";1)}}"},"postActionIds":["next"]}}`, nil},
		"a delay without end":  {`{"type":"DELAY"%s,"delayInfo":{"dueDateExpression":"soon","postActionIds":["next"]}}`, nil},
		"a limit of nothing":   {`{"type":"RATE_LIMIT"%s,"rateLimitInfo":{"maxActivationsExpression":"{{var(\"none\")}}","postActionIds":["next"]}}`, nil},
		"variables of nothing": {`{"type":"SET_VARIABLES"%s,"setVariablesInfo":{"outputMapping":{"n":"{{sum(\"x\";1)}}"},"postActionIds":["next"]}}`, nil},
	} {
		for policy, want := range map[string]int{"": 1, `,"continueOnFailure":false`: 1, `,"continueOnFailure":true`: 2} {
			t.Run(name+policy, func(t *testing.T) {
				p := plan(t, `{"rootActionIds":["first"],"actions":{"first":`+fmt.Sprintf(tt.first, policy)+`,"next":`+sends()+`}}`)
				in := input(at(t, "09:00:00"))
				a, effects, _, _ := p.Advance(p.Begin(belay.Activation{}, in), in, nil)
				for i, v := range tt.verdicts {
					a, effects, _ = p.Step(a, in, []Result{{ActionID: "first", Attempt: i + 1, Verdict: v}})
					if i < len(tt.verdicts)-1 {
						in.Now = a.Due
						a, effects, _ = p.Step(a, in, nil)
					}
				}
				if a.Actions[0].Status != belay.ActionFailed || len(a.Actions) != want || len(effects) != want-1 {
					t.Fatalf("%d actions, %d attempts: %+v; want the first failed and %d actions", len(a.Actions), len(effects), a.Actions, want)
				}
				if want == 2 {
					a, _, _ = p.Step(a, in, []Result{{ActionID: "next", Attempt: 1, Verdict: Delivered}})
				}
				if a.Status != belay.Ended || !a.WithFailedActions {
					t.Errorf("%v, with failed actions %v; want ENDED with failed actions", a.Status, a.WithFailedActions)
				}
			})
		}
	}
}

// refusedLimit stands in a row's results for a limit whose claim did not pass.
const refusedLimit = "refused"

// For every type of action and each state that it can be in: what a cancel makes
// of it. Those that take no time are over before a cancel can come.
func TestACancelMeetsEveryTypeInEveryState(t *testing.T) {
	app := `{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["after"]}}`
	wait := `{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS","postActionIds":[%s]}}`
	toAfter := fmt.Sprintf(wait, `"after"`)
	until := belay.At(at(t, "09:30:00").Time())
	limit := func(more, next string) string {
		return `{"type":"RATE_LIMIT"` + more + `,"rateLimitInfo":{"maxActivationsExpression":"1","postActionIds":[` + next + `]}}`
	}
	split := func(a, b string) string {
		return `"s":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"` + a + `"},{"name":"b","postActionId":"` + b + `"}]}}`
	}
	for name, tt := range map[string]struct {
		actions string // besides "after"
		results []Result
		want    belay.ActionStatus // of "x" after the cancel
		out     int                // attempts still out then
	}{
		"an app's, its attempt out":     {`"x":` + app, nil, belay.ActionStarted, 1},
		"an app's, waiting to repeat":   {`"x":` + app, []Result{{ActionID: "x", Attempt: 1, Verdict: Retry}}, belay.ActionWithdrawn, 0},
		"an app's, given back":          {`"x":` + app, []Result{{ActionID: "x", Attempt: 1, Verdict: Released}}, belay.ActionWithdrawn, 0},
		"an app's, postponed":           {`"x":` + app, []Result{{ActionID: "x", Attempt: 1, Verdict: Postponed}}, belay.ActionWithdrawn, 0},
		"an app's, taken for later":     {`"x":` + app, []Result{{ActionID: "x", Attempt: 1, Verdict: Delivered, Until: until}}, belay.ActionWithdrawn, 0},
		"an app's, over":                {`"x":` + strings.Replace(app, `"after"`, `"w"`, 1) + `,"w":` + toAfter, []Result{{ActionID: "x", Attempt: 1, Verdict: Delivered}}, belay.ActionEnded, 0},
		"an app's, failed":              {`"x":` + strings.Replace(app, `{"type"`, `{"continueOnFailure":true,"type"`, 1), []Result{{ActionID: "x", Attempt: 1, Verdict: Rejected}}, belay.ActionFailed, 1},
		"an app's, skipped":             {`"x":` + strings.Replace(app, `{"type"`, `{"skipActionExpression":"{{true}}","type"`, 1), nil, belay.ActionSkipped, 1},
		"a delay, waiting":              {`"x":` + toAfter, nil, belay.ActionWithdrawn, 0},
		"a delay, over":                 {`"x":` + strings.Replace(toAfter, `{{1}}`, `{{0}}`, 1), nil, belay.ActionEnded, 1},
		"a delay, failed":               {`"x":` + strings.Replace(toAfter, `{"type"`, `{"continueOnFailure":true,"type"`, 1), nil, belay.ActionWithdrawn, 0},
		"a merge, waiting":              {`"s":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"x"},{"name":"b","postActionId":"w"}]}},"x":{"type":"MERGE","mergeInfo":{"postActionIds":["after"]}},"w":` + fmt.Sprintf(wait, `"x"`), nil, belay.ActionWithdrawn, 0},
		"a merge, over":                 {`"x":{"type":"MERGE","mergeInfo":{"postActionIds":["w"]}},"w":` + toAfter, nil, belay.ActionEnded, 0},
		"a split, over":                 {`"x":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"after"},{"name":"b"}]}}`, nil, belay.ActionEnded, 1},
		"a condition, over":             {`"x":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"booleanExpressions":["{{true}}"]}],"truePostActionIds":["after"]}}`, nil, belay.ActionEnded, 1},
		"a code condition, over":        {`"x":{"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"code":"export default () => true"},"truePostActionIds":["after"]}}`, nil, belay.ActionEnded, 1},
		"a code condition, failed":      {`"x":{"continueOnFailure":true,"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"code":"export default () => 1"},"falsePostActionIds":["after"]}}`, nil, belay.ActionFailed, 1},
		"variables, over":               {`"x":{"type":"SET_VARIABLES","setVariablesInfo":{"postActionIds":["after"]}}`, nil, belay.ActionEnded, 1},
		"variables, failed":             {`"x":{"continueOnFailure":true,"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"a":"{{sum(\"x\";1)}}"},"postActionIds":["after"]}}`, nil, belay.ActionFailed, 1},
		"a limit, waiting for its turn": {split("l", "x") + `,"l":` + limit("", "") + `,"x":` + limit("", `"after"`), nil, belay.ActionWithdrawn, 0},
		"a limit, passed":               {`"x":` + limit("", `"after"`), nil, belay.ActionEnded, 1},
		"a limit, refused, beside a branch": {
			split("x", "after") + `,"x":` + limit("", `"w"`) + `,"w":` + sends(),
			[]Result{{ActionID: refusedLimit}},
			belay.ActionEnded, 1,
		},
		"a limit, failed":                  {`"x":` + strings.Replace(limit(`,"continueOnFailure":true`, `"after"`), `"1"`, `"{{var(\"none\")}}"`, 1), nil, belay.ActionFailed, 1},
		"an output, over, beside a branch": {`"s":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"x"},{"name":"b","postActionId":"after"}]}},"x":{"type":"OUTPUT","outputInfo":{}}`, nil, belay.ActionEnded, 1},
	} {
		t.Run(name, func(t *testing.T) {
			root := "x"
			if strings.HasPrefix(tt.actions, `"s":`) {
				root = "s"
			}
			p := plan(t, `{"rootActionIds":["`+root+`"],"actions":{`+tt.actions+`,"after":`+sends()+`}}`)
			in := input(at(t, "09:00:00"))
			a, _, claimed, _ := p.Advance(p.Begin(belay.Activation{}, in), in, nil)
			switch {
			case tt.results != nil && tt.results[0].ActionID == refusedLimit:
				a = claimed.Otherwise
			case tt.results != nil:
				a, _, _ = p.Step(a, in, tt.results)
			}
			if a.Status != belay.Started {
				t.Fatalf("it is %v before the cancel: %+v", a.Status, a.Actions)
			}
			a = a.Cancel(belay.EventCancelled, belay.Identity{}, in.Now)
			if s := find(a.Actions, "x"); s.Status != tt.want || a.InFlight() != tt.out || a.Due != 0 {
				t.Errorf("%v with %d out, due %s; want %v with %d, nothing due", s.Status, a.InFlight(), a.Due, tt.want, tt.out)
			}
			in.Now = at(t, "12:00:00")
			if _, effects, changed := p.Step(a, in, []Result{{ActionID: "x", Attempt: 1, Verdict: Delivered}}); changed || len(effects) > 0 {
				t.Error("something followed the cancel")
			}
			for _, s := range Expired(a, in.Now).Actions {
				if s.Status.Open() {
					t.Errorf("%s is open for ever", s.ActionID)
				}
			}
		})
	}
}
