package flow

import (
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// A wait of days is on the site's clock; one of hours is as long as it says.
func TestDelaysAreStepsOnTheSitesCalendar(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ now, info, want string }{
		"a day into winter time":        {"2026-10-24T07:00:00Z", `"offsetExpression":"{{1}}","offsetTimeUnit":"DAYS"`, "2026-10-25T08:00:00Z"},
		"24 hours into winter time":     {"2026-10-24T07:00:00Z", `"offsetExpression":"{{24}}","offsetTimeUnit":"HOURS"`, "2026-10-25T07:00:00Z"},
		"a week into summer time":       {"2027-03-22T08:00:00Z", `"offsetExpression":"{{1}}","offsetTimeUnit":"WEEKS"`, "2027-03-29T07:00:00Z"},
		"a month from the 31st":         {"2027-01-31T08:00:00Z", `"offsetExpression":"{{1}}","offsetTimeUnit":"MONTHS"`, "2027-02-28T08:00:00Z"},
		"a due date moved by a day":     {"2026-10-20T07:00:00Z", `"dueDateExpression":"2026-10-24T09:00:00+02:00","offsetExpression":"{{1}}","offsetTimeUnit":"DAYS"`, "2026-10-25T08:00:00Z"},
		"a past date moved to to-day":   {"2026-10-25T07:00:00Z", `"dueDateExpression":"2026-10-24T09:00:00+02:00","offsetExpression":"{{1}}","offsetTimeUnit":"DAYS"`, "2026-10-25T08:00:00Z"},
		"a formula of the site's clock": {"2026-10-20T07:00:00Z", `"dueDateExpression":"{{addToDate(var(\"day\");0;0;1)}}"`, "2026-10-25T08:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, `{"rootActionIds":["wait"],"actions":{"wait":{"type":"DELAY","delayInfo":{`+tt.info+`}}}}`)
			in := input(at(t, tt.now))
			in.Zone, in.Payload = zone, map[string]any{"day": "2026-10-24T09:00:00+02:00"}
			a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			if want := at(t, tt.want); a.Due != want {
				t.Errorf("due %s; want %s", a.Due, want)
			}
		})
	}
}

func TestOutputsStandUnderTheirNamespaceOrAtTheTop(t *testing.T) {
	for name, tt := range map[string]struct{ first, second, want string }{
		"under a namespace":          {`"namespace":"a",`, `"namespace":"b",`, `{"a":1,"b":2,"bare":"kept"}`},
		"equal namespaces overwrite": {`"namespace":"a",`, `"namespace":"a",`, `{"a":2,"b":null,"bare":"kept"}`},
		"without one, at the top":    {``, ``, `{"a":null,"b":null,"bare":2}`},
		"one of each":                {``, `"namespace":"b",`, `{"a":null,"b":2,"bare":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, `{"rootActionIds":["one"],"actions":{
				"one":{`+tt.first+`"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["two"]}},
				"two":{`+tt.second+`"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","postActionIds":["three"]}},
				"three":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{
					"a":"{{var(\"a.n\")}}","b":"{{var(\"b.n\")}}","bare":"{{var(\"n\")}}"}}}}}`)
			in := input(at(t, "09:00:00"))
			in.Payload = map[string]any{"n": "kept"}
			a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
			a, _, _ = p.Step(a, in, []Result{{ActionID: "one", Attempt: 1, Verdict: Delivered, Output: []byte(`{"n":1}`)}})
			_, effects, _ := p.Step(a, in, []Result{{ActionID: "two", Attempt: 1, Verdict: Delivered, Output: []byte(`{"n":2}`)}})
			if len(effects) != 1 || string(effects[0].Input) != tt.want {
				t.Errorf("effects = %+v; want the input %s", effects, tt.want)
			}
			if in.Payload["n"] != "kept" {
				t.Errorf("the payload was written to: %v", in.Payload)
			}
		})
	}
}
