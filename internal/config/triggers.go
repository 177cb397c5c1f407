package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

// TriggerInput is a trigger as an app declares it.
type TriggerInput struct {
	AppID   belay.ID        `json:"appId"`
	Key     string          `json:"triggerKey"`
	Name    string          `json:"displayName"`
	Schema  json.RawMessage `json:"payloadSchema"`
	Filters json.RawMessage `json:"filters,omitempty"`
	// ConfigSchema is what an automation's own configuration of the trigger must
	// obey; nil where that may be anything.
	ConfigSchema json.RawMessage `json:"automationConfigSchema,omitempty"`
	// Scheduled may say what the schema must come to; nil leaves it to the schema.
	Scheduled *bool  `json:"scheduled,omitempty"`
	Hidden    bool   `json:"hidden,omitempty"`
	BaseURL   string `json:"baseUrl,omitempty"`
	// Methods are what the app's server answers for this trigger.
	Methods belay.TriggerMethods `json:"implementedMethods,omitzero"`
}

// Triggers returns the triggers of an app, or of all apps where app is zero, in
// the order of app and key. An app sees its own alone; hidden ones are for
// operators and the app itself.
func (b *Book) Triggers(ctx context.Context, by belay.Caller, app belay.ID) ([]*Trigger, error) {
	if app.IsZero() && by.OfApp() {
		app = by.AppID
	}
	if err := seesApp(by, app, "read triggers"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var all []*Trigger
	for r, t := range b.shared.Load().triggers.all {
		if (app.IsZero() || r.app == app) && offered(by, t) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, c *Trigger) int { return compareRefs(ref{a.AppID, a.Key}, ref{c.AppID, c.Key}) })
	return all, nil
}

func compareRefs(a, b ref) int {
	if n := slices.Compare(a.app[:], b.app[:]); n != 0 {
		return n
	}
	return strings.Compare(a.key, b.key)
}

// offered reports whether a caller who may see what the app declared sees this
// trigger.
func offered(by belay.Caller, t *Trigger) bool {
	return !t.Hidden || by.Role == belay.RoleOperator || by.OfApp()
}

// Trigger returns one trigger, or NotFound, also for one that is hidden from the
// caller.
func (b *Book) Trigger(ctx context.Context, by belay.Caller, app belay.ID, key string) (*Trigger, error) {
	if err := seesApp(by, app, "read triggers"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	if t, ok := builtInTriggers()[key]; ok && app == belay.BuiltIn {
		return t, nil
	}
	t, ok := b.shared.Load().triggers.get(ref{app, key})
	if !ok || !offered(by, t) {
		return nil, errNoTrigger()
	}
	return t, nil
}

func errNoTrigger() error {
	return belay.Refuse(belay.NotFound, "", "the app has declared no such trigger")
}

// PutTrigger declares a trigger. Once an automation of any site has used it, what
// automations rely on is fixed: the base URL, and by schema.CheckChange the
// payload schema; such a change is FailedPrecondition with the reason
// TRIGGER_IN_USE. An operator may, and the app's developers.
func (b *Book) PutTrigger(ctx context.Context, by belay.Caller, in TriggerInput) (*Trigger, Outcome, error) {
	if err := develops(by, in.AppID, "declare triggers"); err != nil {
		return nil, Unchanged, err
	}
	next, err := checkTrigger(in)
	if err != nil {
		return nil, Unchanged, err
	}
	r := ref{in.AppID, in.Key}
	var done Outcome
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.apps.get(in.AppID); !ok {
			return nil, errNoApp()
		}
		now := b.now()
		done, next.CreatedAt, next.UpdatedAt = Created, now, now
		old, exists := s.triggers.get(r)
		if exists {
			if sameTrigger(old, next) {
				done, next = Unchanged, old
				return nil, nil
			}
			if _, used := s.used.get(r); used {
				if err := checkTriggerChange(old, next); err != nil {
					return nil, err
				}
			}
			done, next.CreatedAt = Updated, old.CreatedAt
		}
		return one(keep(kindTrigger, r.String(), next.Trigger))
	})
	if err != nil {
		return nil, Unchanged, err
	}
	return next, done, nil
}

func sameTrigger(a, b *Trigger) bool {
	return a.Name == b.Name && bytes.Equal(a.Schema, b.Schema) && bytes.Equal(a.Filters, b.Filters) &&
		bytes.Equal(a.ConfigSchema, b.ConfigSchema) && a.Hidden == b.Hidden && a.BaseURL == b.BaseURL && a.Methods == b.Methods
}

func checkTrigger(in TriggerInput) (*Trigger, error) {
	f := faults{list: schema.CheckKey("triggerKey", in.Key)}
	if in.AppID.IsZero() {
		f.add("appId", "REQUIRED", "must not be empty")
	}
	f.length("displayName", in.Name, 5, 80)
	f.baseURL("baseUrl", in.BaseURL)
	filters := f.filters("filters", in.Filters)
	payload := f.payloadSchema("payloadSchema", in.Schema)
	in.ConfigSchema = f.actionSchema("automationConfigSchema", in.ConfigSchema, false)
	if payload != nil && in.Scheduled != nil {
		switch scheduled := payload.FutureDate() != ""; {
		case *in.Scheduled && !scheduled:
			f.add("scheduled", "SCHEDULED", "is true, and no property of payloadSchema is marked futureDate")
		case !*in.Scheduled && scheduled:
			f.add("scheduled", "SCHEDULED", "is false, and payloadSchema.properties.%s is marked futureDate", payload.FutureDate())
		}
	}
	if err := f.err("the trigger"); err != nil {
		return nil, err
	}
	config, err := compileConfig(in.ConfigSchema)
	if err != nil {
		return nil, err
	}
	return &Trigger{
		Trigger: belay.Trigger{
			AppID: in.AppID, Key: in.Key, Name: in.Name, Schema: payload.Canonical(), Filters: filters, ConfigSchema: in.ConfigSchema,
			Scheduled: payload.FutureDate() != "", Hidden: in.Hidden, BaseURL: in.BaseURL, Methods: in.Methods,
		},
		Payload: payload, Config: config,
	}, nil
}

// compileConfig compiles what an automation's own configuration of a trigger must
// obey, nil where nothing is said of it.
func compileConfig(raw json.RawMessage) (*schema.Action, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	return schema.CheckActionSchema("automationConfigSchema", raw)
}

// ConfigFaults returns how an automation's own configuration of the trigger breaks
// what the trigger's app declared of it. One that is left out is an empty object.
// field is where it stands in the caller's words.
func (t *Trigger) ConfigFaults(field string, mapping json.RawMessage) []belay.Violation {
	if t.Config == nil {
		return nil
	}
	value := any(map[string]any{})
	if s := strings.TrimSpace(string(mapping)); s != "" && s != "null" && json.Unmarshal(mapping, &value) != nil {
		return nil // flow says that it is no object
	}
	e, ok := errors.AsType[*belay.Error](t.Config.Validate(field, value))
	if !ok {
		return nil
	}
	return e.Violations
}

func (f *faults) payloadSchema(field string, raw json.RawMessage) *schema.Payload {
	if len(raw) == 0 {
		f.add(field, "REQUIRED", "must not be empty")
		return nil
	}
	payload, err := schema.Declare(field, raw)
	f.take(err)
	return payload
}

func checkTriggerChange(old, next *Trigger) error {
	f := faults{list: schema.CheckChange("payloadSchema", old.Payload, next.Payload)}
	if old.BaseURL != next.BaseURL {
		f.add("baseUrl", "BASE_URL_FIXED", "must stay %q while the trigger is in use", old.BaseURL)
	}
	return f.refusal(belay.FailedPrecondition, "TRIGGER_IN_USE", "the trigger is in use, and the change")
}

// DeleteTrigger removes a trigger that no automation has ever used; one that was
// used can be hidden. An operator may.
func (b *Book) DeleteTrigger(ctx context.Context, by belay.Caller, app belay.ID, key string) error {
	if err := develops(by, app, "delete triggers"); err != nil {
		return err
	}
	r := ref{app, key}
	return b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.triggers.get(r); !ok {
			return nil, errNoTrigger()
		}
		if _, used := s.used.get(r); used {
			return nil, belay.Refuse(belay.FailedPrecondition, "TRIGGER_IN_USE", "an automation has used the trigger; hide it instead")
		}
		return []document{remove(kindTrigger, r.String())}, nil
	})
}

// markUsed marks a trigger as used, before the automation that uses it is kept.
// One that nobody declared is left unmarked: it has no schema to protect.
func (b *Book) markUsed(ctx context.Context, r ref) error {
	s := b.shared.Load()
	_, exists := s.triggers.get(r)
	if _, used := s.used.get(r); used || !exists {
		return nil
	}
	return b.editShared(ctx, belay.Caller{}, func(s *shared) ([]document, error) {
		_, exists := s.triggers.get(r)
		if _, used := s.used.get(r); used || !exists {
			return nil, nil
		}
		return one(keep(kindUsed, r.String(), struct{}{}))
	})
}
