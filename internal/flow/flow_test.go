package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/belay-events/belay/internal/belay"
)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
}

// at reads a time of the tests, all in November 2026 unless they say otherwise.
func at(t tester, s string) belay.Instant {
	t.Helper()
	if !strings.Contains(s, "T") {
		s = "2026-11-23T" + s + "Z"
	}
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return belay.At(v)
}

func plan(t tester, configuration string) *Plan {
	t.Helper()
	p, err := compile(t, configuration)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func compile(t tester, configuration string) (*Plan, error) {
	t.Helper()
	var spec belay.AutomationSpec
	if err := json.Unmarshal([]byte(`{"configuration":`+configuration+`}`), &spec); err != nil {
		t.Fatal(err)
	}
	return Compile(&spec, func(app belay.ID, key string) bool { return app == belay.BuiltIn && key == "send" })
}

// retry has three attempts, a minute and then ten minutes apart.
func retry(n int, _ float64) (time.Duration, bool) {
	waits := map[int]time.Duration{2: time.Minute, 3: 10 * time.Minute}
	w, ok := waits[n]
	return w, ok
}

func input(now belay.Instant) Input {
	return Input{Now: now, Payload: map[string]any{}, Zone: time.UTC, Lease: time.Minute, Retry: retry}
}

const send = `{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"to":"{{var(\"email\")}}"}%s}}`

func sends(post ...string) string {
	if len(post) == 0 {
		return fmt.Sprintf(send, "")
	}
	ids, _ := json.Marshal(post)
	return fmt.Sprintf(send, `,"postActionIds":`+string(ids))
}

func TestASingleActionIsSentAtOnceAndEnds(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	in.Payload["email"] = "ada@example.com"
	a := p.Begin(belay.Activation{}, in)
	if a.Status != belay.Initiated || a.Due != in.Now {
		t.Fatalf("Begin = %v due %s; want INITIATED, due now", a.Status, a.Due)
	}
	a, effects, _ := p.Step(a, in, nil)
	if len(effects) != 1 || string(effects[0].Input) != `{"to":"ada@example.com"}` || effects[0].Attempt != 1 {
		t.Fatalf("effects = %+v; want one first attempt with the address", effects)
	}
	if a.Status != belay.Started || a.InFlight() != 1 || a.Due != in.Now.Add(time.Minute) {
		t.Fatalf("after the start: %v, %d in flight, due %s; want STARTED, 1, when the lease ends", a.Status, a.InFlight(), a.Due)
	}
	in.Now = at(t, "09:00:01")
	a, effects, changed := p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Delivered, Output: []byte(`{"id":7}`)}})
	if !changed || len(effects) != 0 || a.Status != belay.Ended || a.Due != 0 || a.WithFailedActions {
		t.Errorf("after the delivery: %v due %s, effects %v; want ENDED without failures", a.Status, a.Due, effects)
	}
}

func TestWhatComesTooLateChangesNothing(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	for name, r := range map[string]Result{
		"an action nobody knows":  {ActionID: "other", Attempt: 1, Verdict: Delivered},
		"an attempt of the past":  {ActionID: "mail", Attempt: 0, Verdict: Delivered},
		"an attempt not yet made": {ActionID: "mail", Attempt: 2, Verdict: Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			if next, effects, changed := p.Step(a, in, []Result{r}); changed || len(effects) > 0 || next.Version != a.Version {
				t.Errorf("Step took it: changed %v, effects %v", changed, effects)
			}
		})
	}
}

func TestScheduledStarts(t *testing.T) {
	event := "2026-11-30T10:00:00Z"
	actions := `"rootActionIds":["mail"],"actions":{"mail":` + sends() + `}`
	before := func(n string, unit string) string {
		return `{"trigger":{"scheduledEventOffset":{"preScheduledEventOffsetExpression":"` + n + `","scheduledEventOffsetTimeUnit":"` + unit + `"}},` + actions + `}`
	}
	after := `{"rootActionIds":["wait"],"actions":{"mail":` + sends() + `,"wait":{"type":"DELAY","delayInfo":{"offsetExpression":"{{2}}","offsetTimeUnit":"HOURS","postActionIds":["mail"]}}}}`
	for name, tt := range map[string]struct {
		configuration string
		now           string
		status        belay.Status
		due           string
		skip          belay.SkipReason
	}{
		"a day before":                          {before("{{1}}", "DAYS"), "2026-11-23T09:00:00Z", belay.Scheduled, "2026-11-29T10:00:00Z", ""},
		"the sign of an offset counts for none": {before("{{-1}}", "DAYS"), "2026-11-23T09:00:00Z", belay.Scheduled, "2026-11-29T10:00:00Z", ""},
		"an offset from the payload":            {before("{{var(\\\"lead\\\")}}", "HOURS"), "2026-11-23T09:00:00Z", belay.Scheduled, "2026-11-30T07:00:00Z", ""},
		"at the very start":                     {before("{{1}}", "DAYS"), "2026-11-29T10:00:00Z", belay.Scheduled, "2026-11-29T10:00:00Z", ""},
		"a second past a start before":          {before("{{1}}", "DAYS"), "2026-11-29T10:00:01Z", belay.Skipped, "", belay.ScheduleDateExpired},
		"an offset that is no number":           {before("{{var(\\\"email\\\")}}", "DAYS"), "2026-11-23T09:00:00Z", belay.Failed, "", ""},
		"an offset beyond all calendars":        {before("{{999999999}}", "MONTHS"), "2026-11-23T09:00:00Z", belay.Failed, "", ""},
		"at the event":                          {"{" + actions + "}", "2026-11-23T09:00:00Z", belay.Scheduled, event, ""},
		"at the event, reported 60 s late":      {"{" + actions + "}", "2026-11-30T10:01:00Z", belay.Scheduled, event, ""},
		"at the event, reported 61 s late":      {"{" + actions + "}", "2026-11-30T10:01:01Z", belay.Skipped, "", belay.ScheduleDateExpired},
		"after the event, its time to come":     {after, "2026-11-30T11:00:00Z", belay.Scheduled, event, ""},
		"after the event, its time gone":        {after, "2026-11-30T12:00:01Z", belay.Skipped, "", belay.ScheduleDateExpired},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(at(t, tt.now))
			in.TakesPlaceAt = at(t, event)
			in.Payload["lead"], in.Payload["email"] = 3.0, "ada@example.com"
			a := plan(t, tt.configuration).Begin(belay.Activation{}, in)
			if a.Status != tt.status || a.SkipReason != tt.skip {
				t.Fatalf("Begin = %v %s (%s); want %v %s", a.Status, a.SkipReason, a.Error, tt.status, tt.skip)
			}
			if tt.due != "" && a.Due != at(t, tt.due) {
				t.Errorf("due %s; want %s", a.Due, at(t, tt.due))
			}
			if a.Status.Final() && a.Due != 0 {
				t.Errorf("a final activation is due %s", a.Due)
			}
		})
	}
}

func TestAWaitAfterTheEventCountsFromTheEvent(t *testing.T) {
	p := plan(t, `{"rootActionIds":["wait"],"actions":{"mail":`+sends()+`,"wait":{"type":"DELAY","delayInfo":{"offsetExpression":"{{2}}","offsetTimeUnit":"HOURS","postActionIds":["mail"]}}}}`)
	in := input(at(t, "09:00:00"))
	in.TakesPlaceAt = at(t, "10:00:00")
	a := p.Begin(belay.Activation{}, in)
	in.Now = at(t, "10:40:00") // the server was away
	a, effects, _ := p.Step(a, in, nil)
	if len(effects) > 0 || a.Due != at(t, "12:00:00") {
		t.Errorf("started 40 minutes late, the wait ends %s; want 12:00, two hours after the event", a.Due)
	}
}

func TestOverdueStartsAreDecided(t *testing.T) {
	actions := `"rootActionIds":["mail"],"actions":{"mail":` + sends() + `}`
	before := `"scheduledEventOffset":{"preScheduledEventOffsetExpression":"{{1}}","scheduledEventOffsetTimeUnit":"HOURS"}`
	later := `"skipWhenLater":{"durationExpression":"{{10}}","durationTimeUnit":"MINUTES"}`
	for name, tt := range map[string]struct {
		trigger, now string
		want         belay.Status
	}{
		"before the event, which is to come":      {before, "09:59:59", belay.Started},
		"before the event, which is now":          {before, "10:00:00", belay.Skipped},
		"before the event, which has passed":      {before, "11:00:00", belay.Skipped},
		"at the event, hours late":                {"", "15:00:00", belay.Started},
		"within what the automation allows":       {later, "10:10:00", belay.Started},
		"later than what the automation allows":   {later, "10:10:01", belay.Skipped},
		"before, later than the automation wants": {before + "," + later, "09:10:01", belay.Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, `{"trigger":{`+tt.trigger+`},`+actions+`}`)
			in := input(at(t, "08:00:00"))
			in.TakesPlaceAt = at(t, "10:00:00")
			a := p.Begin(belay.Activation{}, in)
			in.Now = at(t, tt.now)
			a, effects, _ := p.Step(a, in, nil)
			if a.Status != tt.want || (len(effects) == 1) != (tt.want == belay.Started) {
				t.Errorf("at %s: %v with %d attempts; want %v", tt.now, a.Status, len(effects), tt.want)
			}
			if tt.want == belay.Skipped && a.SkipReason != belay.ScheduleDateExpired {
				t.Errorf("reason %q; want SCHEDULE_DATE_EXPIRED", a.SkipReason)
			}
		})
	}
}

func TestFiltersMustAllPass(t *testing.T) {
	p := plan(t, `{"trigger":{"filters":[
		{"fieldKey":"service","filterExpression":"{{contains([\"cut\",\"wash\"];var(\"service\"))}}"},
		{"fieldKey":"party","filterExpression":"{{numberGt(var(\"party\");2)}}"}]},
		"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	for name, tt := range map[string]struct {
		payload map[string]any
		want    belay.Status
	}{
		"both pass":       {map[string]any{"service": "cut", "party": 3.0}, belay.Initiated},
		"one does not":    {map[string]any{"service": "cut", "party": 2.0}, belay.Skipped},
		"a field missing": {map[string]any{"service": "cut"}, belay.Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(at(t, "09:00:00"))
			in.Payload = tt.payload
			a := p.Begin(belay.Activation{}, in)
			if a.Status != tt.want {
				t.Errorf("Begin = %v (%s); want %v", a.Status, a.Error, tt.want)
			}
			if tt.want == belay.Skipped && a.SkipReason != belay.TriggerFiltersNotPassed {
				t.Errorf("reason %q; want TRIGGER_FILTERS_NOT_PASSED", a.SkipReason)
			}
		})
	}
}

func TestAFailedAttemptIsRepeatedUntilTheyAreSpent(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends("next")+`,"next":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	message := effects[0].MessageID
	for n, want := range []string{"09:01:00", "09:11:00"} {
		a, effects, _ = p.Step(a, in, []Result{{ActionID: "mail", Attempt: n + 1, Verdict: Retry, Detail: "503"}})
		if len(effects) != 0 || a.Due != at(t, want) {
			t.Fatalf("after attempt %d: due %s with %d attempts out; want %s and none", n+1, a.Due, len(effects), want)
		}
		in.Now = a.Due
		a, effects, _ = p.Step(a, in, nil)
		if len(effects) != 1 || effects[0].Attempt != n+2 || effects[0].MessageID != message {
			t.Fatalf("effects = %+v; want attempt %d under the same message ID", effects, n+2)
		}
	}
	a, _, _ = p.Step(a, in, []Result{{ActionID: "mail", Attempt: 3, Verdict: Retry, Detail: "503"}})
	if a.Status != belay.Ended || !a.WithFailedActions || len(a.Actions) != 1 || a.Actions[0].Status != belay.ActionFailed {
		t.Errorf("after the last: %v, failures %v, %d actions; want ENDED with failures and no post action", a.Status, a.WithFailedActions, len(a.Actions))
	}
	if got := len(a.Actions[0].Attempts); got != 3 {
		t.Errorf("%d attempts are recorded; want 3", got)
	}
}

func TestTheReceiversOwnWaitIsHonoured(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	a, _, _ = p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Retry, After: 300_000}})
	if a.Due != at(t, "09:05:00") {
		t.Errorf("due %s; want 09:05, as the receiver asked for five minutes", a.Due)
	}
}

func TestALapsedLeaseIsRecordedAndRepeated(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	in.Now = at(t, "09:01:00")
	a, effects, _ := p.Step(a, in, nil)
	if len(effects) != 1 || effects[0].Attempt != 2 {
		t.Fatalf("effects = %+v; want a second attempt", effects)
	}
	if got := a.Actions[0].Attempts[0].Result; got != string(Lost) {
		t.Errorf("the first attempt is recorded as %q; want LOST", got)
	}
	if _, _, changed := p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Delivered}}); changed {
		t.Error("the outcome of the lost attempt was taken for the second one's")
	}
}

func TestAReleasedAttemptDoesNotCount(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	a, effects, _ := p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Released}})
	if len(effects) != 0 || a.Due != in.Now || len(a.Actions[0].Attempts) != 0 {
		t.Fatalf("due %s, %d attempts out, %d recorded; want due now, none, none", a.Due, len(effects), len(a.Actions[0].Attempts))
	}
	if _, effects, _ = p.Step(a, in, nil); len(effects) != 1 || effects[0].Attempt != 1 {
		t.Errorf("effects = %+v; want the first attempt again", effects)
	}
}

// What was given back starts again under its number; to say once more that it never
// left, as somebody does whose answer was lost, is not about the new attempt.
func TestARepeatedReleaseIsNotTheNextAttempts(t *testing.T) {
	for name, late := range map[string]bool{"open": false, "canceled": true} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
			in := input(at(t, "09:00:00"))
			a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			back := Result{ActionID: "mail", Attempt: 1, Since: effects[0].Since, Verdict: Released}
			a, _, _ = p.Step(a, in, []Result{back})
			a, effects, _ = p.Step(a, in, nil)
			if len(effects) != 1 || effects[0].Attempt != 1 || effects[0].Since == back.Since {
				t.Fatalf("effects = %+v; want another first attempt than that of version %d", effects, back.Since)
			}
			var changed bool
			if late {
				a, changed = Late(a.Cancel(belay.EventCancelled, belay.Identity{}, in.Now), in.Now, back)
			} else {
				a, _, changed = p.Step(a, in, []Result{back})
			}
			if changed || a.InFlight() != 1 {
				t.Errorf("it was taken: %d in flight, changed %v; want the second attempt out", a.InFlight(), changed)
			}
		})
	}
}

func TestBranchesGoOnByThemselves(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail","wait"],"actions":{
		"mail":`+sends("after")+`,"after":`+sends()+`,
		"wait":{"type":"DELAY","delayInfo":{"offsetExpression":"{{10}}","offsetTimeUnit":"MINUTES","postActionIds":["late"]}},
		"late":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	if len(effects) != 1 || a.Due != at(t, "09:01:00") {
		t.Fatalf("%d attempts, due %s; want one, and the lease's end before the wait's", len(effects), a.Due)
	}
	a, effects, _ = p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Rejected, Code: "HTTP_410"}})
	if len(effects) != 0 || a.Status != belay.Started || a.Due != at(t, "09:10:00") {
		t.Fatalf("after the rejection: %d attempts, %v, due %s; want none, STARTED, the wait's end", len(effects), a.Status, a.Due)
	}
	in.Now = a.Due
	a, effects, _ = p.Step(a, in, nil)
	if len(effects) != 1 || effects[0].ActionID != "late" || effects[0].Due != in.Now {
		t.Fatalf("effects = %+v; want the action after the wait", effects)
	}
	a, _, _ = p.Step(a, in, []Result{{ActionID: "late", Attempt: 1, Verdict: Delivered}})
	if a.Status != belay.Ended || !a.WithFailedActions {
		t.Errorf("%v, failures %v; want ENDED with failures", a.Status, a.WithFailedActions)
	}
}

func TestConditionsChooseAWayAndSayWhy(t *testing.T) {
	p := plan(t, `{"rootActionIds":["if"],"actions":{"yes":`+sends()+`,"no":`+sends()+`,
		"if":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[
			{"operator":"AND","booleanExpressions":["{{numberGt(var(\"party\");8)}}","{{not(isEmpty(var(\"name\")))}}"]},
			{"operator":"OR","booleanExpressions":["{{stringEq(var(\"vip\");\"yes\")}}","{{toNumber(var(\"name\"))}}"]}],
			"truePostActionIds":["yes"],"falsePostActionIds":["no"]}}}}`)
	for name, tt := range map[string]struct {
		payload map[string]any
		want    string
	}{
		"both of the first group": {map[string]any{"party": 9.0, "name": "Ada"}, "yes"},
		"one of the first group":  {map[string]any{"party": 9.0}, "no"},
		"one of the second":       {map[string]any{"vip": "yes"}, "yes"},
		"none":                    {map[string]any{"party": 1.0, "name": "Ada"}, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(at(t, "09:00:00"))
			in.Payload = tt.payload
			a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			if len(effects) != 1 || effects[0].ActionID != tt.want {
				t.Fatalf("effects = %+v; want %s", effects, tt.want)
			}
			results := a.Actions[0].Expressions
			if len(results) != 4 || results[3].Error == "" || results[3].Passed {
				t.Errorf("results = %+v; want four, the last an error that did not pass", results)
			}
		})
	}
}

func TestLaterActionsSeeWhatAncestorsGave(t *testing.T) {
	p := plan(t, `{"rootActionIds":["first","side"],"actions":{
		"first":{"namespace":"made","type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["second"]}},
		"side":{"namespace":"aside","type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send"}},
		"second":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{
			"number":"{{var(\"made.number\")}}","aside":"<{{var(\"aside.number\")}}>"}}}}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	a, _, _ = p.Step(a, in, []Result{{ActionID: "side", Attempt: 1, Verdict: Delivered, Output: []byte(`{"number":1}`)}})
	_, effects, _ := p.Step(a, in, []Result{{ActionID: "first", Attempt: 1, Verdict: Delivered, Output: []byte(`{"number":2}`)}})
	if len(effects) != 1 || string(effects[0].Input) != `{"aside":"<>","number":2}` {
		t.Errorf("effects = %+v; want the ancestor's number, typed, and nothing of the sibling's", effects)
	}
	if len(in.Payload) != 0 {
		t.Errorf("the payload was written to: %v", in.Payload)
	}
}

func TestDelaysOfAllThreeForms(t *testing.T) {
	for name, tt := range map[string]struct{ info, want string }{
		"from when it begins":     {`"offsetExpression":"{{90}}","offsetTimeUnit":"MINUTES"`, "10:30:00"},
		"until a date":            {`"dueDateExpression":"{{var(\"when\")}}"`, "12:00:00"},
		"until a literal date":    {`"dueDateExpression":"2026-11-23T13:00:00Z"`, "13:00:00"},
		"until an epoch":          {`"dueDateEpochExpression":"{{var(\"epoch\")}}"`, "14:00:00"},
		"until a date, moved":     {`"dueDateExpression":"{{var(\"when\")}}","offsetExpression":"{{1}}","offsetTimeUnit":"DAYS"`, "2026-11-24T12:00:00Z"},
		"until a date, and back":  {`"dueDateExpression":"{{var(\"when\")}}","offsetExpression":"{{-1}}","offsetTimeUnit":"HOURS"`, "11:00:00"},
		"a date that has passed":  {`"dueDateExpression":"2026-11-22T13:00:00Z"`, ""},
		"an offset of the past":   {`"offsetExpression":"{{-5}}","offsetTimeUnit":"MINUTES"`, ""},
		"a date that is no date":  {`"dueDateExpression":"{{var(\"name\")}}"`, "failed"},
		"an offset of no number":  {`"offsetExpression":"{{var(\"name\")}}","offsetTimeUnit":"DAYS"`, "failed"},
		"half a day":              {`"offsetExpression":"{{0.5}}","offsetTimeUnit":"DAYS"`, "failed"},
		"beyond what can be kept": {`"offsetExpression":"{{99999999}}","offsetTimeUnit":"MONTHS"`, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, `{"rootActionIds":["wait"],"actions":{"mail":`+sends()+`,"wait":{"type":"DELAY","delayInfo":{`+tt.info+`,"postActionIds":["mail"]}}}}`)
			in := input(at(t, "09:00:00"))
			in.Payload = map[string]any{"when": "2026-11-23T13:00:00+01:00", "epoch": float64(at(t, "14:00:00")), "name": "Ada"}
			a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			switch tt.want {
			case "":
				if len(effects) != 1 {
					t.Errorf("%d attempts; want one at once", len(effects))
				}
			case "failed":
				if a.Status != belay.Ended || !a.WithFailedActions || a.Actions[0].Error == "" {
					t.Errorf("%v %+v; want ENDED with the delay failed and a reason", a.Status, a.Actions)
				}
			default:
				if a.Due != at(t, tt.want) {
					t.Errorf("due %s; want %s", a.Due, at(t, tt.want))
				}
			}
		})
	}
}

func TestACanceledActivationTakesOutcomesButGoesNowhere(t *testing.T) {
	p := plan(t, `{"rootActionIds":["mail","wait"],"actions":{"mail":`+sends("next")+`,"next":`+sends()+`,
		"wait":{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"DAYS"}}}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	a = a.Cancel(belay.EventCancelled, belay.Identity{}, at(t, "09:00:01"))
	in.Now = at(t, "10:00:00")
	if _, effects, changed := p.Step(a, in, []Result{{ActionID: "mail", Attempt: 1, Verdict: Delivered}}); changed || len(effects) > 0 {
		t.Fatalf("Step moved a canceled activation: %v %v", changed, effects)
	}
	for verdict, want := range map[Verdict]belay.ActionStatus{
		Delivered: belay.ActionEnded, Rejected: belay.ActionFailed, Retry: belay.ActionWithdrawn, Released: belay.ActionWithdrawn,
	} {
		next, changed := Late(a, in.Now, Result{ActionID: "mail", Attempt: 1, Verdict: verdict})
		if !changed || next.Status != belay.Cancelled || next.Actions[0].Status != want || next.Due != 0 || next.InFlight() != 0 {
			t.Errorf("Late %s: %v, action %v, due %s; want CANCELLED, %v, nothing due", verdict, next.Status, next.Actions[0].Status, next.Due, want)
		}
	}
	if got := a.Actions[1].Status; got != belay.ActionWithdrawn {
		t.Errorf("the delay that waited is %v; want withdrawn", got)
	}
}

func TestCompileNamesEachFault(t *testing.T) {
	mail := `"mail":` + sends()
	for name, tt := range map[string]struct {
		configuration string
		field, rule   string
	}{
		"no action at all":        {`{"rootActionIds":[],"actions":{}}`, "configuration.rootActionIds", "MIN_ITEMS"},
		"a root that is not":      {`{"rootActionIds":["mail","x"],"actions":{` + mail + `}}`, "configuration.rootActionIds[1]", "POST_ACTION_NOT_FOUND"},
		"a post action that isnt": {`{"rootActionIds":["mail"],"actions":{"mail":` + sends("x") + `}}`, "configuration.actions.mail.appDefinedInfo.postActionIds[0]", "POST_ACTION_NOT_FOUND"},
		"a cycle":                 {`{"rootActionIds":["mail"],"actions":{"mail":` + sends("b") + `,"b":` + sends("mail") + `}}`, "configuration.actions.b.appDefinedInfo.postActionIds[0]", "CYCLE"},
		"two parents":             {`{"rootActionIds":["mail","b"],"actions":{"mail":` + sends("c") + `,"b":` + sends("c") + `,"c":` + sends() + `}}`, "configuration.actions.b.appDefinedInfo.postActionIds[0]", "TWO_PARENTS"},
		"an orphan":               {`{"rootActionIds":["mail"],"actions":{` + mail + `,"alone":` + sends() + `}}`, "configuration.actions.alone", "ORPHAN"},
		"a formula that is none":  {`{"rootActionIds":["mail"],"actions":{` + mail + `},"trigger":{"filters":[{"fieldKey":"a","filterExpression":"{{contains(}}"}]}}`, "configuration.trigger.filters[0].filterExpression", "EXPRESSION"},
		"an input that is none":   {`{"rootActionIds":["m"],"actions":{"m":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"to":"{{nope()}}"}}}}}`, "configuration.actions.m.appDefinedInfo.inputMapping", "EXPRESSION"},
		"a unit nobody knows":     {`{"rootActionIds":["w"],"actions":{"w":{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"SECONDS"}}}}`, "configuration.actions.w.delayInfo.offsetExpression", "UNIT"},
		"an unknown type":         {`{"rootActionIds":["w"],"actions":{"w":{"type":"DANCE"}}}`, "configuration.actions.w.type", "ENUM"},
		"a condition of nothing":  {`{"rootActionIds":["w"],"actions":{"w":{"type":"CONDITION","conditionInfo":{}}}}`, "configuration.actions.w.conditionInfo.orExpressionGroups", "MIN_ITEMS"},
		"no built-in action":      {`{"rootActionIds":["m"],"actions":{"m":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"nope"}}}}`, "configuration.actions.m.appDefinedInfo.actionKey", "NOT_FOUND"},
		"another app's action":    {`{"rootActionIds":["m"],"actions":{"m":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14","actionKey":"x"}}}}`, "configuration.actions.m.appDefinedInfo.actionKey", "NOT_SUPPORTED_YET"},
		"a split without paths":   {`{"rootActionIds":["s"],"actions":{"s":{"type":"SPLIT"}}}`, "configuration.actions.s.splitInfo", "REQUIRED"},
		"a path to nobody":        {`{"rootActionIds":["s"],"actions":{"s":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a"},{"name":"b","postActionId":"x"}]}}}}`, "configuration.actions.s.splitInfo.paths[1].postActionId", "POST_ACTION_NOT_FOUND"},
		"variables that are none": {`{"rootActionIds":["s"],"actions":{"s":{"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":[1]}}}}`, "configuration.actions.s.setVariablesInfo.outputMapping", "TYPE"},
		"a skip that is none":     {`{"rootActionIds":["mail"],"actions":{"mail":{"type":"SPLIT","skipActionExpression":"{{nope()}}","splitInfo":{"paths":[]}}}}`, "configuration.actions.mail.skipActionExpression", "EXPRESSION"},
		"a cycle through a merge": {`{"rootActionIds":["m"],"actions":{"m":{"type":"MERGE","mergeInfo":{"postActionIds":["b"]}},"b":` + sends("m") + `}}`, "configuration.actions.b.appDefinedInfo.postActionIds[0]", "CYCLE"},
		"a code condition":        {`{"rootActionIds":["s"],"actions":{"s":{"type":"CODE_CONDITION"}}}`, "configuration.actions.s.codeConditionInfo", "REQUIRED"},
		"code with a mistake":     {asking(`{"snippet":{"code":"export default 1"}}`), "configuration.actions.s.codeConditionInfo.snippet.code", "CODE"},
		"code in another tongue":  {asking(`{"snippet":{"language":"PYTHON","code":"export default () => true"}}`), "configuration.actions.s.codeConditionInfo.snippet.language", "ENUM"},
		"a variable that is none": {asking(`{"snippet":{"code":"export default () => true"},"dynamicVariableExpressions":["{{lower(var(\"a\"))}}"]}`), "configuration.actions.s.codeConditionInfo.dynamicVariableExpressions[0]", "VARIABLE"},
		"a way that is none":      {asking(`{"snippet":{"code":"export default () => true"},"falsePostActionIds":["x"]}`), "configuration.actions.s.codeConditionInfo.falsePostActionIds[0]", "POST_ACTION_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compile(t, tt.configuration)
			e, ok := err.(*belay.Error)
			if !ok {
				t.Fatalf("Compile = %v; want a refusal", err)
			}
			if !slices.ContainsFunc(e.Violations, func(v belay.Violation) bool { return v.Field == tt.field && v.Rule == tt.rule }) {
				t.Errorf("violations %+v; want %s at %s", e.Violations, tt.rule, tt.field)
			}
			if yet := tt.rule == "NOT_SUPPORTED_YET"; (e.Code == belay.FailedPrecondition) != yet {
				t.Errorf("code %s for rule %s", e.Code, tt.rule)
			}
		})
	}
}
