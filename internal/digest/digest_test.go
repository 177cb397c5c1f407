package digest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/digest"
	"github.com/belay-events/belay/internal/schema"
)

const salon = "a5c3a1f0-5a0e-4f3b-9a55-6d1f6c2b7e01"

// maker knows one app with two triggers and an action.
func maker() *digest.Maker {
	payload := []schema.Property{
		{Key: "size", Type: "integer", Title: "Party size"},
		{Key: "paid", Type: "boolean", Title: "Paid"},
		{Key: "customer", Type: "object", Title: "Customer", Properties: []schema.Property{
			{Key: "email", Type: "string", Format: "email", Title: "Email"},
		}},
		{Key: "lines", Type: "array", Title: "Lines", Properties: []schema.Property{{Key: "sku", Title: "Article"}}},
		{Key: "ends", Type: "string", Format: "date-time", Title: "End"},
	}
	return &digest.Maker{
		Trigger: func(app belay.ID, key string) (digest.Trigger, bool) {
			switch {
			case app == belay.BuiltIn:
				return digest.Trigger{Name: "On a schedule"}, true
			case app.String() != salon:
				return digest.Trigger{}, false
			}
			return digest.Trigger{
				Name: map[string]string{"starting": "Appointment is about to start", "booked": "Appointment booked"}[key], Scheduled: key == "starting", Payload: payload,
				Filters: json.RawMessage(`[{"id":"f1","valueInput":{"label":"Service","staticItems":{"staticValues":[{"value":"s1","displayName":"Haircut"}]}},"followUpFilters":[{"id":"f2","valueInput":{"label":"Chair"}}]}]`),
			}, key == "starting" || key == "booked"
		},
		App: func(app belay.ID) string {
			if app == belay.BuiltIn {
				return "Belay"
			}
			return map[string]string{salon: "Appointments"}[app.String()]
		},
		Action: func(app belay.ID, key string) string {
			return map[string]string{"send_email": "Send an email", "notify": "Notify the team", "sms": "Send a text message"}[key]
		},
	}
}

func TestADigestTellsWhatIsSetUp(t *testing.T) {
	starting := &api.TriggerDigest{AppID: salon, AppName: "Appointments", TriggerKey: "starting", Name: "Appointment is about to start", Kind: "SCHEDULED"}
	size := &api.FieldDigest{Path: "size", Title: "Party size"}
	raw := func(texts ...string) (list []json.RawMessage) {
		for _, text := range texts {
			list = append(list, json.RawMessage(text))
		}
		return list
	}
	with := func(change func(*api.TriggerDigest)) *api.TriggerDigest {
		d := *starting
		change(&d)
		return &d
	}
	for name, tt := range map[string]struct {
		configuration string
		want          api.AutomationDigest
	}{
		"nothing yet": {`{}`, api.AutomationDigest{}},
		"a reminder": {
			`{"trigger":{"appId":"` + salon + `","triggerKey":"starting","scheduledEventOffset":{"preScheduledEventOffsetExpression":"{{1}}","scheduledEventOffsetTimeUnit":"DAYS"}},
			"rootActionIds":["mail","if"],"actions":{
			"mail":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send_email","inputMapping":{"to":"{{var(\"customer.email\")}}"}}},
			"if":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"AND","booleanExpressions":["{{numberGt(var(\"size\");8)}}"]}],"truePostActionIds":["tell"],"falsePostActionIds":["gone"]}},
			"tell":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"` + belay.BuiltIn.String() + `","actionKey":"notify"}},
			"apart":{"type":"OUTPUT"}}}`,
			api.AutomationDigest{
				Trigger: with(func(d *api.TriggerDigest) { d.Before = &api.SpanDigest{Amount: 1, Unit: "DAYS"} }),
				Roots:   []string{"mail", "if"},
				Steps: []api.StepDigest{
					{
						ID: "mail", Kind: "APP_DEFINED", AppID: "belay", AppName: "Belay", ActionKey: "send_email", ActionName: "Send an email",
						Recipient: &api.ValueDigest{Field: &api.FieldDigest{Path: "customer.email", Title: "Email", Owner: "Customer", Format: "email"}},
					},
					{
						ID: "if", Kind: "CONDITION", Next: []string{"tell"}, Otherwise: []string{"gone"},
						Conditions: []api.GroupDigest{{All: true, Conditions: []api.ConditionDigest{{Field: size, Relation: "GREATER", Values: raw("8")}}}},
					},
					{ID: "tell", Kind: "APP_DEFINED", AppID: "belay", AppName: "Belay", ActionKey: "notify", ActionName: "Notify the team"},
				},
			},
		},
		"filters by what the trigger calls them": {
			`{"trigger":{"appId":"` + salon + `","triggerKey":"starting","filters":[
			{"id":"f1","fieldKey":"service","filterExpression":"{{contains([\"s1\",\"s2\"];var(\"service\"))}}"},
			{"id":"f2","fieldKey":"chair","filterExpression":"{{contains([\"red\"];var(\"chair\"))}}"},
			{"id":"f3","fieldKey":"paid","filterExpression":"{{boolEq(var(\"paid\");false)}}"},
			{"id":"f4","fieldKey":"lines[0].sku","filterExpression":"{{arraySome([\"a\"];contains(arrayMap(var(\"lines\");\"sku\");$_))}}"},
			{"id":"f5","fieldKey":"size","filterExpression":"{{gt(sum(var(\"size\");1);3)}}"}]}}`,
			api.AutomationDigest{Trigger: with(func(d *api.TriggerDigest) {
				d.Filters = []api.ConditionDigest{
					{Field: &api.FieldDigest{Path: "service", Title: "Service"}, Relation: "ONE_OF", Values: raw(`"Haircut"`, `"s2"`)},
					{Field: &api.FieldDigest{Path: "chair", Title: "Chair"}, Relation: "EQUALS", Values: raw(`"red"`)},
					{Field: &api.FieldDigest{Path: "paid", Title: "Paid"}, Relation: "TRUE", Not: true},
					{Field: &api.FieldDigest{Path: "lines.sku", Title: "Article", Owner: "Lines"}, Relation: "EQUALS", Items: "SOME", Values: raw(`"a"`)},
					{Field: size, Relation: "FORMULA", Expression: `{{gt(sum(var("size");1);3)}}`},
				}
			})},
		},
		"waits, limits and ways": {
			`{"trigger":{"appId":"` + salon + `","triggerKey":"starting"},"rootActionIds":["wait"],"actions":{
			"wait":{"type":"DELAY","displayName":"Later","delayInfo":{"offsetExpression":"2","offsetTimeUnit":"HOURS","postActionIds":["until"]}},
			"until":{"type":"DELAY","delayInfo":{"dueDateExpression":"{{var(\"ends\")}}","offsetExpression":"{{var(\"size\")}}","offsetTimeUnit":"DAYS","postActionIds":["limit"]}},
			"limit":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"{{3}}","rateLimitDurationExpression":"1","rateLimitDurationTimeUnit":"WEEKS","postActionIds":["split"]}},
			"split":{"type":"SPLIT","splitInfo":{"paths":[{"name":"A","postActionId":"sms"},{"name":"B"}]}},
			"sms":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"` + salon + `","actionKey":"sms","inputMapping":{"phone":"+351 1"},"postActionIds":["wait"]}}}}`,
			api.AutomationDigest{
				Trigger: starting, Roots: []string{"wait"},
				Steps: []api.StepDigest{
					{ID: "wait", Kind: "DELAY", Label: "Later", Delay: &api.SpanDigest{Amount: 2, Unit: "HOURS"}, Next: []string{"until"}},
					{
						ID: "until", Kind: "DELAY", Delay: &api.SpanDigest{Expression: `{{var("size")}}`, Unit: "DAYS"}, Next: []string{"limit"},
						Until: &api.ValueDigest{Field: &api.FieldDigest{Path: "ends", Title: "End", Format: "date-time"}},
					},
					{ID: "limit", Kind: "RATE_LIMIT", Max: &api.SpanDigest{Amount: 3}, Within: &api.SpanDigest{Amount: 1, Unit: "WEEKS"}, Next: []string{"split"}},
					{ID: "split", Kind: "SPLIT", Paths: []api.PathDigest{{Name: "A", Next: "sms"}, {Name: "B"}}},
					{
						ID: "sms", Kind: "APP_DEFINED", AppID: salon, AppName: "Appointments", ActionKey: "sms", ActionName: "Send a text message",
						Recipient: &api.ValueDigest{Text: "+351 1"}, Next: []string{"wait"},
					},
				},
			},
		},
		"what nobody declared": {
			`{"trigger":{"appId":"0b0a4c1d-0000-4000-8000-000000000001","triggerKey":"gone"},"rootActionIds":["a","b"],"actions":{
			"a":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"0b0a4c1d-0000-4000-8000-000000000001","actionKey":"gone","inputMapping":{"to":"{{concat(var(\"a\");\"b\")}}"}}}}}`,
			api.AutomationDigest{
				Trigger: &api.TriggerDigest{AppID: "0b0a4c1d-0000-4000-8000-000000000001", TriggerKey: "gone", Kind: "REAL_TIME"}, Roots: []string{"a"},
				Steps: []api.StepDigest{{
					ID: "a", Kind: "APP_DEFINED", AppID: "0b0a4c1d-0000-4000-8000-000000000001", ActionKey: "gone",
					Recipient: &api.ValueDigest{Expression: `{{concat(var("a");"b")}}`},
				}},
			},
		},
		"a calendar of its own": {
			`{"trigger":{"appId":"` + belay.BuiltIn.String() + `","triggerKey":"schedule","automationConfigMapping":{"startDate":"2030-05-12T09:00:00Z","repetitions":{"everyNthWeek":2,"endDate":"2031-01-01T00:00:00Z"}}}}`,
			api.AutomationDigest{Trigger: &api.TriggerDigest{
				AppID: belay.BuiltIn.String(), AppName: "Belay", TriggerKey: "schedule", Name: "On a schedule", Kind: "CALENDAR",
				Calendar: &api.CalendarDigest{Start: "2030-05-12T09:00", Every: 2, Unit: "WEEKS", End: "2031-01-01T00:00"},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &belay.AutomationSpec{}
			if err := json.Unmarshal([]byte(tt.configuration), &spec.Configuration); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, maker().Of(spec), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Of() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADigestIsBounded(t *testing.T) {
	spec := &belay.AutomationSpec{}
	spec.Configuration.Actions = map[string]belay.Action{}
	for i := range 45 {
		id := string(rune('A' + i))
		spec.Configuration.RootActionIDs = append(spec.Configuration.RootActionIDs, id)
		spec.Configuration.Actions[id] = belay.Action{Type: belay.Output}
	}
	d := maker().Of(spec)
	if len(d.Steps) != 20 || d.More != 25 {
		t.Errorf("%d steps and %d more; want 20 and 25", len(d.Steps), d.More)
	}
}
