package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/calendar"
	"github.com/belay-events/belay/internal/schema"
)

// builtInTriggers returns the triggers of the built-in app by key. They are
// declared like any app's, and are nobody's to change.
var builtInTriggers = sync.OnceValue(func() map[string]*Trigger {
	list := map[string]*Trigger{}
	for _, t := range []belay.Trigger{
		{
			Key: belay.TriggerSchedule, Name: "On a schedule",
			Schema: json.RawMessage(`{"type":"object","properties":{"date":{"type":"string","format":"date-time","title":"Date and time","examples":["2030-01-07T09:00:00.000Z"]}}}`),
		},
		{
			Key: belay.TriggerWebhook, Name: "When a webhook is called",
			Schema:  json.RawMessage(`{"type":"object","properties":{"webhookId":{"type":"string","title":"Webhook","examples":["6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14"]}}}`),
			Filters: json.RawMessage(`[{"id":"` + webhookFilterID + `","fieldKeyType":"STATIC_FIELD_KEY","staticFieldKey":"webhookId","valueInput":{"type":"STATIC_ITEMS","label":"Webhook","required":false,"staticItems":{"multiSelect":false,"staticValues":[]}},"followUpFilters":[]}]`),
		},
		{
			Key: belay.TriggerCustom, Name: "When the site's code says so",
			Schema: json.RawMessage(`{"type":"object","properties":{"hookId":{"type":"string","title":"Trigger","examples":["new-lead"]}}}`),
		},
	} {
		t.AppID = belay.BuiltIn
		payload, err := schema.Declare("payloadSchema", t.Schema)
		if err != nil {
			panic("config: built-in trigger " + t.Key + ": " + err.Error())
		}
		t.Schema = payload.Canonical()
		list[t.Key] = &Trigger{Trigger: t, Payload: payload}
	}
	return list
})

// BuiltInTriggers returns the triggers that every site has, in the order of keys.
func BuiltInTriggers() []*Trigger {
	return slices.SortedFunc(maps.Values(builtInTriggers()), func(a, b *Trigger) int { return strings.Compare(a.Key, b.Key) })
}

// webhookFilterID is the one filter that a webhook trigger offers.
//
// Source: the compatible API's documents about webhook triggers.
const webhookFilterID = "6104302c-891a-4d14-8e9b-849c2233d903"

// hook is what an automation of a webhook or custom trigger is called by.
type hook struct{ key, id string }

// builtInUse is what an automation sets for itself of a built-in trigger; it is
// zero for a trigger of an app.
type builtInUse struct {
	schedule *calendar.Schedule
	hook     string
	override *schema.Action // of the payload; nil where there is none
	declared map[string]bool
}

// Schedule returns the calendar of an automation that has one, else nil.
func (a *Active) Schedule() *calendar.Schedule { return a.use.schedule }

// Hook returns the field that holds what the automation is called by and its
// value; nothing for an automation of another trigger.
func (a *Active) Hook() (field, id string) {
	if a.use.hook == "" {
		return "", ""
	}
	return hookField(a.trigger.key), a.use.hook
}

func hookField(key string) string {
	if key == belay.TriggerWebhook {
		return "webhookId"
	}
	return "hookId"
}

// Validate returns nil where a payload obeys the schema that the automation has in
// the place of its trigger's, or where it has none. A custom trigger with one takes
// no field that it does not declare.
func (a *Active) Validate(field string, payload map[string]any) error {
	if a.use.override == nil {
		return nil
	}
	if err := a.use.override.Validate(field, payload); err != nil {
		return err
	}
	if a.trigger.key != belay.TriggerCustom {
		return nil
	}
	var f faults
	for _, key := range slices.Sorted(maps.Keys(payload)) {
		if !a.use.declared[key] {
			f.add(field+"."+key, "UNKNOWN_FIELD", "is not declared in the automation's schema")
		}
	}
	return f.refusal(belay.FailedPrecondition, "SCHEMA_VALIDATION_FAILED", "the payload")
}

// Hooked returns the active automation that is called by an ID under a built-in
// trigger; nil where there is none.
func (s *Snapshot) Hooked(key, id string) *Active { return s.owned.hooked[hook{key, id}] }

// Acting returns an active automation, or nil.
func (s *Snapshot) Acting(id belay.ID) *Active {
	if k := s.owned.automations[id]; k != nil {
		return k.active
	}
	return nil
}

// Scheduled returns the active automations that have a calendar.
func (s *Snapshot) Scheduled() []*Active {
	return s.owned.active[ref{belay.BuiltIn, belay.TriggerSchedule}]
}

// readBuiltIn reads what an automation sets of a built-in trigger. Violations name
// their places below the automation.
func readBuiltIn(use *belay.TriggerUse) (u builtInUse, wrong []belay.Violation) {
	const at = "automation.configuration.trigger."
	app, _ := appID(use.AppID)
	key := belay.BuiltInTrigger(app, use.TriggerKey)
	var f faults
	switch key {
	case "":
		return u, nil
	case belay.TriggerSchedule:
		u.schedule = f.schedule(at+"automationConfigMapping", use.ConfigMapping)
	default:
		u.hook = f.hook(at+"automationConfigMapping", key, use.ConfigMapping)
	}
	if s := strings.TrimSpace(string(use.OverrideSchema)); s != "" && s != "null" && s != "{}" {
		var err error
		u.override, err = schema.CheckActionSchema(at+"overrideSchema", use.OverrideSchema)
		f.take(err)
		var top struct {
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if err == nil && json.Unmarshal(use.OverrideSchema, &top) == nil {
			u.declared = map[string]bool{hookField(key): true}
			for name := range top.Properties {
				u.declared[name] = true
			}
		}
	}
	return u, f.list
}

func (f *faults) schedule(at string, mapping json.RawMessage) *calendar.Schedule {
	if len(mapping) == 0 {
		f.add(at, "REQUIRED", "is required: it says when")
		return nil
	}
	s, wrong := calendar.Parse(mapping)
	for _, v := range wrong {
		v.Field = strings.TrimSuffix(at+"."+v.Field, ".")
		f.list = append(f.list, v)
	}
	return s
}

// hook reads what a webhook or custom trigger is called by. A webhook's is a GUID,
// as nothing but its being unknown keeps strangers out.
func (f *faults) hook(at, key string, mapping json.RawMessage) string {
	field := hookField(key)
	var m map[string]any
	if len(mapping) > 0 {
		if err := json.Unmarshal(mapping, &m); err != nil {
			f.typed(at, err)
			return ""
		}
	}
	id, isText := m[field].(string)
	switch {
	case m[field] == nil:
		f.add(at+"."+field, "REQUIRED", "is required: it is what the automation is called by")
	case !isText:
		f.add(at+"."+field, "TYPE", "must be a string")
	case key == belay.TriggerWebhook:
		parsed, err := belay.ParseID(id)
		if err != nil {
			f.add(at+"."+field, "GUID", "%v", err)
		}
		return parsed.String()
	default:
		f.length(at+"."+field, id, 1, maxKey)
	}
	return id
}

// checkBuiltInReady checks an automation of a built-in trigger, of the ID self, that
// is to be active on a site.
func (f *faults) checkBuiltInReady(s *Snapshot, use *belay.TriggerUse, self belay.ID) {
	u, wrong := readBuiltIn(use)
	f.list = append(f.list, wrong...)
	if use.ScheduledOffset != nil {
		f.add("automation.configuration.trigger.scheduledEventOffset", "REAL_TIME_TRIGGER", "may be given for a scheduled trigger of an app only")
	}
	if u.hook == "" {
		return
	}
	app, _ := appID(use.AppID)
	key := belay.BuiltInTrigger(app, use.TriggerKey)
	if other := s.Hooked(key, u.hook); other != nil && other.Automation.ID != self {
		f.add("automation.configuration.trigger.automationConfigMapping."+hookField(key), "TAKEN",
			"is that of the automation %s, which is active", other.Automation.ID)
	}
}
