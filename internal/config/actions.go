package config

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// Action is an action that an app declared, with its schemas.
type Action struct {
	belay.ActionDeclaration

	compile sync.Once
	schemas ActionSchemas
	err     error
}

// ActionSchemas are an action's schemas, ready to check values. Output is nil where
// none was declared.
type ActionSchemas struct {
	Input, Output *schema.Action
	// Takes is what the input schema says by type.
	Takes formula.Type
}

// Schemas returns the action's schemas. They are compiled when they are first
// asked for.
func (a *Action) Schemas() (ActionSchemas, error) {
	a.compile.Do(func() {
		if a.schemas.Input, a.err = schema.CheckActionSchema("inputSchema", a.InputSchema); a.err == nil && len(a.OutputSchema) > 0 {
			a.schemas.Output, a.err = schema.CheckActionSchema("outputSchema", a.OutputSchema)
		}
		var input any
		if a.err == nil {
			a.err = json.Unmarshal(a.InputSchema, &input)
		}
		if a.schemas.Takes = formula.TypeOf(input); a.err != nil {
			a.err = fmt.Errorf("config: stored action %s/%s: %w", a.AppID, a.Key, a.err)
		}
	})
	return a.schemas, a.err
}

// Actions returns the actions of an app, or of all apps where app is zero, in
// the order of app and key. An app sees its own alone.
func (b *Book) Actions(ctx context.Context, by belay.Caller, app belay.ID) ([]belay.ActionDeclaration, error) {
	if app.IsZero() && by.OfApp() {
		app = by.AppID
	}
	if err := seesApp(by, app, "read actions"); err != nil {
		return nil, err
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	var all []belay.ActionDeclaration
	for r, a := range b.shared.Load().actions.all {
		if app.IsZero() || r.app == app {
			all = append(all, a.ActionDeclaration)
		}
	}
	slices.SortFunc(all, func(a, c belay.ActionDeclaration) int {
		return compareRefs(ref{a.AppID, a.Key}, ref{c.AppID, c.Key})
	})
	return all, nil
}

// Action returns one action, or NotFound.
func (b *Book) Action(ctx context.Context, by belay.Caller, app belay.ID, key string) (belay.ActionDeclaration, error) {
	if err := seesApp(by, app, "read actions"); err != nil {
		return belay.ActionDeclaration{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.ActionDeclaration{}, err
	}
	a, ok := b.shared.Load().actions.get(ref{app, key})
	if !ok {
		return belay.ActionDeclaration{}, errNoAction()
	}
	return a.ActionDeclaration, nil
}

func errNoAction() error {
	return belay.Refuse(belay.NotFound, "", "the app has declared no such action")
}

// PutAction declares an action of an app. The times in it are ignored. An
// operator may, and the app's developers.
func (b *Book) PutAction(ctx context.Context, by belay.Caller, in belay.ActionDeclaration) (belay.ActionDeclaration, Outcome, error) {
	if err := develops(by, in.AppID, "declare actions"); err != nil {
		return belay.ActionDeclaration{}, Unchanged, err
	}
	if err := checkAction(&in); err != nil {
		return belay.ActionDeclaration{}, Unchanged, err
	}
	r := ref{in.AppID, in.Key}
	var done Outcome
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.apps.get(in.AppID); !ok {
			return nil, errNoApp()
		}
		now := b.now()
		done, in.CreatedAt, in.UpdatedAt = Created, now, now
		if old, exists := s.actions.get(r); exists {
			if old.Name == in.Name && old.BaseURL == in.BaseURL && old.Methods == in.Methods &&
				bytes.Equal(old.InputSchema, in.InputSchema) && bytes.Equal(old.OutputSchema, in.OutputSchema) {
				done, in = Unchanged, old.ActionDeclaration
				return nil, nil
			}
			done, in.CreatedAt = Updated, old.CreatedAt
		}
		return one(keep(kindAction, r.String(), in))
	})
	return in, done, err
}

func checkAction(in *belay.ActionDeclaration) error {
	f := faults{list: schema.CheckKey("actionKey", in.Key)}
	if in.AppID.IsZero() {
		f.add("appId", "REQUIRED", "must not be empty")
	}
	f.length("displayName", in.Name, 1, 80)
	f.baseURL("baseUrl", in.BaseURL)
	in.InputSchema = f.actionSchema("inputSchema", in.InputSchema, true)
	in.OutputSchema = f.actionSchema("outputSchema", in.OutputSchema, false)
	return f.err("the action")
}

// actionSchema checks a schema and returns it compact, nil where there is none.
func (f *faults) actionSchema(field string, raw json.RawMessage, required bool) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		if required {
			f.add(field, "REQUIRED", "must not be empty")
		}
		return nil
	}
	if _, err := schema.CheckActionSchema(field, raw); err != nil {
		f.take(err)
		return nil
	}
	value := jsontext.Value(raw).Clone()
	if err := value.Compact(); err != nil {
		f.add(field, "JSON", "is not JSON: %v", err)
		return nil
	}
	return json.RawMessage(value)
}

// DeleteAction removes an action that an app declared. An operator may.
func (b *Book) DeleteAction(ctx context.Context, by belay.Caller, app belay.ID, key string) error {
	if err := develops(by, app, "delete actions"); err != nil {
		return err
	}
	return b.editShared(ctx, by, func(s *shared) ([]document, error) {
		r := ref{app, key}
		if _, ok := s.actions.get(r); !ok {
			return nil, errNoAction()
		}
		return []document{remove(kindAction, r.String())}, nil
	})
}
