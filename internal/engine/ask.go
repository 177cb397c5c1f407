package engine

import (
	"context"
	"encoding/json"

	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// What apps are asked while somebody waits for the answer. Callers have checked who
// may ask. The error is a *belay.Error: NotFound for a trigger or an action that the
// app has not declared, FailedPrecondition with PROVIDER_ERROR where the app refuses
// or gives no answer that can be used, Unavailable with PROVIDER_UNAVAILABLE where it
// cannot be reached.

// ValidateTrigger asks the app of a trigger whether an automation's use of it is
// right. A trigger that does not implement the call is; so is every trigger where no
// apps are called.
func (e *Engine) ValidateTrigger(ctx context.Context, site, app belay.ID, key string, selected []provider.SelectedFilterOption, configuration json.RawMessage) (provider.ValidateConfigurationResponse, error) {
	call, t, err := e.askTrigger(ctx, site, app, key)
	if err != nil || call == nil || !t.Methods.ValidateConfiguration {
		return provider.ValidateConfigurationResponse{Valid: true}, err
	}
	return e.o.Provider.ValidateTrigger(ctx, *call, key, selected, configuration)
}

// DynamicSchema asks the app of a trigger for the part of its payload schema that
// depends on what was chosen; nil where the trigger does not implement the call.
func (e *Engine) DynamicSchema(ctx context.Context, site, app belay.ID, key string, selected []provider.SelectedFilterOption) (json.RawMessage, error) {
	call, t, err := e.askTrigger(ctx, site, app, key)
	if err != nil || call == nil || !t.Methods.GetDynamicSchema {
		return nil, err
	}
	return e.o.Provider.DynamicSchema(ctx, *call, key, selected)
}

// ValidateAction asks the app of an action whether an input mapping is right; an
// action that does not implement the call takes any.
func (e *Engine) ValidateAction(ctx context.Context, site, app belay.ID, key string, mapping json.RawMessage) (provider.ValidateConfigurationResponse, error) {
	call, a, err := e.askAction(ctx, site, app, key)
	if err != nil || call == nil || !a.Methods.ValidateConfiguration {
		return provider.ValidateConfigurationResponse{Valid: true}, err
	}
	return e.o.Provider.ValidateAction(ctx, *call, key, mapping)
}

// QuotaInfo asks the app of an action what may still be used of it; ok is false
// where the action does not implement the call.
func (e *Engine) QuotaInfo(ctx context.Context, site, app belay.ID, key string) (info provider.ActionQuotaInfo, ok bool, err error) {
	call, a, err := e.askAction(ctx, site, app, key)
	if err != nil || call == nil || !a.Methods.QuotaInfo {
		return info, false, err
	}
	info, err = e.o.Provider.QuotaInfo(ctx, *call, key)
	return info, err == nil, err
}

func (e *Engine) askTrigger(ctx context.Context, site, app belay.ID, key string) (*provider.Call, *config.Trigger, error) {
	s, err := e.book.Refresh(ctx, site)
	if err != nil {
		return nil, nil, err
	}
	t, ok := s.Trigger(app, key)
	if !ok || !s.Installed(app) {
		return nil, nil, noTrigger(key)
	}
	call, err := e.asks(ctx, s, app, t.BaseURL)
	return call, t, err
}

func (e *Engine) askAction(ctx context.Context, site, app belay.ID, key string) (*provider.Call, *config.Action, error) {
	s, err := e.book.Refresh(ctx, site)
	if err != nil {
		return nil, nil, err
	}
	a, ok := s.Action(app, key)
	if !ok || !s.Installed(app) {
		return nil, nil, belay.Refuse(belay.NotFound, "ACTION_NOT_FOUND", "there is no action with the key "+quote(key))
	}
	call, err := e.asks(ctx, s, app, a.BaseURL)
	return call, a, err
}

// asks returns a call of an app, nil where the app cannot be called.
func (e *Engine) asks(ctx context.Context, s *config.Snapshot, app belay.ID, own string) (*provider.Call, error) {
	if e.o.Provider == nil || s.BaseURL(app, own) == "" {
		return nil, nil
	}
	target, err := e.provider(ctx, s, app, own)
	if err != nil {
		return nil, err
	}
	now := e.Now()
	return &provider.Call{App: target, MessageID: e.newID(now).String(), Now: now.Time()}, nil
}
