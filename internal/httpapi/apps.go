package httpapi

import (
	"context"
	"encoding/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/validate"
)

// Apps asks the apps of an automation's trigger and actions, by the engine: it is what
// Options.Providers takes, and its Quota what Options.Quota takes.
type Apps struct{ Engine *engine.Engine }

// CheckTrigger returns what a trigger's app has against how it is used; nothing where
// the app is not asked.
func (a Apps) CheckTrigger(ctx context.Context, site belay.ID, use *belay.TriggerUse) ([]validate.Complaint, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil {
		return nil, err
	}
	answer, err := a.Engine.ValidateTrigger(ctx, site, app, use.TriggerKey, selected(use), use.ConfigMapping)
	return complaints(&answer), err
}

// CheckAction returns what an action's app has against how it is used; nothing where
// the app is not asked.
func (a Apps) CheckAction(ctx context.Context, site belay.ID, use *belay.AppDefinedInfo) ([]validate.Complaint, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil || app == belay.BuiltIn {
		return nil, err
	}
	mapping := use.InputMapping
	if len(mapping) == 0 {
		mapping = json.RawMessage("{}")
	}
	answer, err := a.Engine.ValidateAction(ctx, site, app, use.ActionKey, mapping)
	return complaints(&answer), err
}

// PayloadSchema returns the schema of what the app adds to the payload for the filters
// chosen; nil where the app is not asked.
func (a Apps) PayloadSchema(ctx context.Context, site belay.ID, use *belay.TriggerUse) (json.RawMessage, error) {
	app, err := flow.ActionApp(use.AppID)
	if err != nil {
		return nil, err
	}
	return a.Engine.DynamicSchema(ctx, site, app, use.TriggerKey, selected(use))
}

// Quota is a [Quota]: what an app says may still be used of an action.
func (a Apps) Quota(ctx context.Context, site belay.ID, d belay.ActionDeclaration) (json.RawMessage, bool, error) {
	info, ok, err := a.Engine.QuotaInfo(ctx, site, d.AppID, d.Key)
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
