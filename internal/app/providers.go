package app

import (
	"context"
	"encoding/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/validate"
)

// providers asks the apps of an automation's trigger and actions, by the engine.
type providers struct{ engine *engine.Engine }

func (p providers) CheckTrigger(ctx context.Context, site belay.ID, use *belay.TriggerUse) ([]validate.Complaint, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil {
		return nil, err
	}
	answer, err := p.engine.ValidateTrigger(ctx, site, app, use.TriggerKey, selected(use), use.ConfigMapping)
	return complaints(&answer), err
}

func (p providers) CheckAction(ctx context.Context, site belay.ID, use *belay.AppDefinedInfo) ([]validate.Complaint, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil || app == belay.BuiltIn {
		return nil, err
	}
	mapping := use.InputMapping
	if len(mapping) == 0 {
		mapping = json.RawMessage("{}")
	}
	answer, err := p.engine.ValidateAction(ctx, site, app, use.ActionKey, mapping)
	return complaints(&answer), err
}

func (p providers) PayloadSchema(ctx context.Context, site belay.ID, use *belay.TriggerUse) (json.RawMessage, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil {
		return nil, err
	}
	return p.engine.DynamicSchema(ctx, site, app, use.TriggerKey, selected(use))
}

// quota returns what an app says may still be used of an action.
func (p providers) quota(ctx context.Context, site belay.ID, a belay.ActionDeclaration) (json.RawMessage, bool, error) {
	info, ok, err := p.engine.QuotaInfo(ctx, site, a.AppID, a.Key)
	if err != nil || !ok {
		return nil, false, err
	}
	raw, err := json.Marshal(info)
	return raw, err == nil, err
}

// complaints returns what an app has against something; an answer that is valid has
// nothing against it.
func complaints(answer *api.ValidateConfigurationResponse) []validate.Complaint {
	if answer.Valid {
		return nil
	}
	var list []validate.Complaint
	for _, e := range answer.ConfigurationErrors {
		list = append(list, validate.Complaint{FieldKey: e.FieldKey, Title: e.Title, Message: e.Message, Label: e.CTALabel, URL: e.CTAURL})
	}
	if len(list) == 0 {
		list = append(list, validate.Complaint{Title: "Not valid", Message: "the app says that this is not valid, and not why"})
	}
	return list
}

// selected returns what was chosen in a trigger's filters, as it travels.
func selected(use *belay.TriggerUse) []api.SelectedFilterOption {
	options := []api.SelectedFilterOption{}
	for _, o := range validate.Selected(use) {
		options = append(options, api.SelectedFilterOption{FieldKey: o.FieldKey, Values: o.Values})
	}
	return options
}
