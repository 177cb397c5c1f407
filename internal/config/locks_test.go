package config

import (
	"encoding/json"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

const (
	schemaOfTrigger = `{"type":"object","title":"The trigger's"}`
	schemaOfAction  = `{"type":"object","title":"The action's"}`
)

// withSchemas are the changes that give an automation both override schemas.
func withSchemas(more map[string]any) map[string]any {
	changes := map[string]any{
		"configuration/status":                                           "INACTIVE",
		"configuration/trigger/overrideSchema":                           json.RawMessage(schemaOfTrigger),
		"configuration/actions/send/appDefinedInfo/overrideOutputSchema": json.RawMessage(schemaOfAction),
	}
	for path, value := range more {
		changes[path] = value
	}
	return changes
}

func TestAnUpdateThatDoesNotNameAnOverrideSchemaKeepsIt(t *testing.T) {
	const trigger, action = "configuration/trigger/overrideSchema", "configuration/actions/send/appDefinedInfo/overrideOutputSchema"
	null := json.RawMessage("null")
	for name, tt := range map[string]struct {
		change          map[string]any
		trigger, action string
	}{
		"neither is named":   {map[string]any{trigger: nil, action: nil, "name": "Other"}, schemaOfTrigger, schemaOfAction},
		"both are named":     {map[string]any{"name": "Other"}, schemaOfTrigger, schemaOfAction},
		"another is given":   {map[string]any{trigger: json.RawMessage(`{"type":"object"}`), action: nil}, `{"type":"object"}`, schemaOfAction},
		"null removes them":  {map[string]any{trigger: null, action: null}, "", ""},
		"another trigger":    {map[string]any{trigger: nil, action: nil, "configuration/trigger/triggerKey": "starting"}, "", schemaOfAction},
		"another action key": {map[string]any{trigger: nil, action: nil, "configuration/actions/send/appDefinedInfo/actionKey": "other"}, schemaOfTrigger, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			a := d.create(automation(withSchemas(nil)))
			next, err := d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(withSchemas(tt.change))))
			d.must(err)
			var got struct {
				Configuration struct {
					Trigger struct {
						Schema json.RawMessage `json:"overrideSchema"`
					} `json:"trigger"`
					Actions map[string]struct {
						Info struct {
							Schema json.RawMessage `json:"overrideOutputSchema"`
						} `json:"appDefinedInfo"`
					} `json:"actions"`
				} `json:"configuration"`
			}
			d.must(json.Unmarshal(next.Document, &got))
			if s := string(got.Configuration.Trigger.Schema); s != tt.trigger {
				t.Errorf("overrideSchema = %s, want %s", s, tt.trigger)
			}
			if s := string(got.Configuration.Actions["send"].Info.Schema); s != tt.action {
				t.Errorf("overrideOutputSchema = %s, want %s", s, tt.action)
			}
		})
	}
}

func TestAnOverrideSchemaOfAnAppsTriggerMayBeActiveIfItIsASchema(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.create(automation(withSchemas(nil)))
	if _, err := d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(nil))); err != nil {
		t.Fatal(err)
	}
	const place = "configuration/trigger/overrideSchema"
	_, err := d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 2, json.RawMessage(automation(map[string]any{place: map[string]any{"type": "nothing"}})))
	refusedWith(t, err, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{"automation.configuration.trigger.overrideSchema.type", "TYPE"})
}

// wait and when are actions that can be added, vary is one that cannot.
var (
	vary = map[string]any{"type": "SET_VARIABLES", "setVariablesInfo": map[string]any{"outputMapping": map[string]any{"x": "1"}}}
	wait = map[string]any{"type": "DELAY", "delayInfo": map[string]any{"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS"}}
	when = map[string]any{"type": "CONDITION", "conditionInfo": map[string]any{
		"orExpressionGroups": []any{map[string]any{"operator": "AND", "booleanExpressions": []any{"{{true}}"}}},
	}}
)

func TestWhatAnAppsAutomationLocksAnOperatorAloneMayChange(t *testing.T) {
	const input = "configuration/actions/send/appDefinedInfo/inputMapping/url"
	const behind = "configuration/actions/send/appDefinedInfo/postActionIds"
	site := belay.Caller{Role: belay.RoleSite, SiteID: siteID, KeyID: id(70)}
	for name, tt := range map[string]struct {
		settings, change map[string]any
		want             string // the reason; empty where the site may
	}{
		"no lock":                        {map[string]any{"hidden": true}, map[string]any{"name": "Other"}, ""},
		"the name of a readonly one":     {map[string]any{"readonly": true}, map[string]any{"name": "Other"}, "AUTOMATION_READONLY"},
		"the status of a readonly one":   {map[string]any{"readonly": true}, map[string]any{"configuration/status": "INACTIVE"}, ""},
		"a fixed status":                 {map[string]any{"disableStatusChange": true}, map[string]any{"configuration/status": "INACTIVE"}, "STATUS_LOCKED"},
		"beside a fixed status":          {map[string]any{"disableStatusChange": true}, map[string]any{"name": "Other"}, ""},
		"a readonly one's fixed status":  {map[string]any{"readonly": true, "disableStatusChange": true}, map[string]any{"configuration/status": "INACTIVE"}, "STATUS_LOCKED"},
		"the settings that lock":         {map[string]any{"readonly": true}, map[string]any{"settings": nil}, "SETTINGS_LOCKED"},
		"a permanent action removed":     {map[string]any{"actionSettings": map[string]any{"permanentActionIds": []any{"send"}}}, map[string]any{"configuration/actions/send": nil, "configuration/rootActionIds": []any{}, "configuration/status": "INACTIVE"}, "ACTION_PERMANENT"},
		"a permanent action changed":     {map[string]any{"actionSettings": map[string]any{"permanentActionIds": []any{"send"}}}, map[string]any{input: "https://example.org"}, ""},
		"a readonly action changed":      {map[string]any{"actionSettings": map[string]any{"readonlyActionIds": []any{"send"}}}, map[string]any{input: "https://example.org"}, "ACTION_READONLY"},
		"a delay behind a readonly one":  {map[string]any{"actionSettings": map[string]any{"readonlyActionIds": []any{"send"}}}, map[string]any{"configuration/actions/wait": wait, behind: []any{"wait"}}, ""},
		"a delay where none may be":      {map[string]any{"actionSettings": map[string]any{"disableDelayAddition": true}}, map[string]any{"configuration/actions/wait": wait, behind: []any{"wait"}}, "DELAY_LOCKED"},
		"a condition where none may be":  {map[string]any{"actionSettings": map[string]any{"disableConditionAddition": true}}, map[string]any{"configuration/actions/when": when, behind: []any{"when"}}, "CONDITION_LOCKED"},
		"the trigger":                    {map[string]any{"triggerSettings": map[string]any{"disableConfigurationModification": true}}, map[string]any{"configuration/trigger/triggerKey": "starting"}, "TRIGGER_LOCKED"},
		"beside the trigger":             {map[string]any{"triggerSettings": map[string]any{"disableConfigurationModification": true}}, map[string]any{"name": "Other"}, ""},
		"another kind of action":         {map[string]any{"hidden": true}, map[string]any{"configuration/actions/vary": vary, behind: []any{"vary"}}, "ACTION_TYPE_LOCKED"},
		"the last action removed":        {map[string]any{"hidden": true}, map[string]any{"configuration/actions/send": nil, "configuration/actions/wait": wait, "configuration/rootActionIds": []any{"wait"}}, "LAST_ACTION"},
		"a condition where delays stand": {map[string]any{"actionSettings": map[string]any{"disableDelayAddition": true}}, map[string]any{"configuration/actions/when": when, behind: []any{"when"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, origin := range []string{"APPLICATION", "PREINSTALLED", "USER"} {
				d := newDesk(t).furnish()
				a := d.create(automation(map[string]any{"origin": origin, "settings": tt.settings}))
				change := map[string]any{"origin": origin, "settings": tt.settings}
				for path, value := range tt.change {
					change[path] = value
				}
				doc := json.RawMessage(automation(change))
				_, err := d.UpdateAutomation(t.Context(), site, siteID, a.ID, 1, doc)
				if tt.want == "" || origin == "USER" {
					d.must(err)
					continue
				}
				refusedWith(t, err, belay.PermissionDenied, tt.want)
				_, _, err = d.PutAutomation(t.Context(), site, siteID, a.ID, doc)
				refusedWith(t, err, belay.PermissionDenied, tt.want)
				_, err = d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, doc)
				d.must(err)
			}
		})
	}
}

func TestOnlyAnAppBringsPreinstalledAutomations(t *testing.T) {
	d := newDesk(t).furnish()
	_, err := d.CreateAutomation(t.Context(), theSite, siteID, json.RawMessage(automation(map[string]any{"origin": "PREINSTALLED"})))
	refusedWith(t, err, belay.PermissionDenied, "ORIGIN_NOT_ALLOWED")
	draft, err := d.CreateDraft(t.Context(), theSite, siteID, json.RawMessage(automation(map[string]any{"origin": "PREINSTALLED"})))
	d.must(err)
	_, err = d.PublishDraft(t.Context(), theSite, siteID, draft.ID, 0)
	refusedWith(t, err, belay.PermissionDenied, "ORIGIN_NOT_ALLOWED")
}

func TestWhatFollowsAReadonlySplitIsNoPartOfIt(t *testing.T) {
	split := func(next string) any {
		path := map[string]any{"name": "one"}
		if next != "" {
			path["postActionId"] = next
		}
		return map[string]any{"type": "SPLIT", "splitInfo": map[string]any{"paths": []any{path, map[string]any{"name": "two"}}}}
	}
	d := newDesk(t).furnish()
	change := map[string]any{
		"origin": "APPLICATION", "configuration/status": "INACTIVE", "configuration/actions/ways": split(""),
		"settings": map[string]any{"actionSettings": map[string]any{"readonlyActionIds": []any{"ways"}}},
	}
	a := d.create(automation(change))
	change["configuration/actions/ways"], change["configuration/actions/wait"] = split("wait"), wait
	_, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(automation(change)))
	d.must(err)
}
