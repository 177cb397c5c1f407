package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/validate"
)

func (d *door) validateAutomation(ctx context.Context, c *call, in *api.ValidateAutomationRequest) (*api.ValidateAutomationResponse, error) {
	r, err := d.validator.Validate(ctx, c.by, c.site, json.RawMessage(in.Automation), settingsOf(&in.Settings))
	if err != nil {
		return nil, err
	}
	return reportOf(r), nil
}

func (d *door) validateKept(ctx context.Context, c *call, in *api.ValidateKeptAutomationRequest) (*api.ValidateAutomationResponse, error) {
	r, err := d.validator.ValidateKept(ctx, c.by, c.site, optionalID(in.ID), settingsOf(&in.Settings))
	if err != nil {
		return nil, err
	}
	return reportOf(r), nil
}

func (d *door) actionSchema(ctx context.Context, c *call, in *api.AutomationActionSchemaRequest) (*api.AutomationActionSchemaResponse, error) {
	schema, err := d.validator.Schema(ctx, c.by, c.site, optionalID(in.ID), in.ActionID)
	if err != nil {
		return nil, err
	}
	raw, err := jsonv2.Marshal(schema, jsonv2.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("httpapi: schema of an action: %w", err)
	}
	return &api.AutomationActionSchemaResponse{Schema: raw}, nil
}

func settingsOf(in *api.ValidationSettings) validate.Settings {
	return validate.Settings{ActionIDs: in.ActionIDs, SkipProviders: in.SkipProviderValidations}
}

// reportOf writes a report in the terms of both generations of the wire.
func reportOf(r *validate.Report) *api.ValidateAutomationResponse {
	out := &api.ValidateAutomationResponse{
		Valid: r.Valid(), Status: r.Status(),
		TriggerValidationErrors:    findingsOf(r.Trigger),
		ActionValidationInfo:       make([]api.ActionValidationInfo, len(r.Actions)),
		ActionValidationErrors:     []api.ValidationFinding{},
		AutomationValidationErrors: findingsOf(r.Whole),
	}
	for i := range r.Actions {
		a := &r.Actions[i]
		found := findingsOf(a.Findings)
		out.ActionValidationInfo[i] = api.ActionValidationInfo{ActionID: a.ID, AppID: a.AppID, ActionKey: a.Key, ValidationErrors: found}
		for _, f := range found {
			if len(out.ActionValidationErrors) < validate.MaxFindings {
				f.ActionID = a.ID
				out.ActionValidationErrors = append(out.ActionValidationErrors, f)
			}
		}
	}
	return out
}

func findingsOf(found []validate.Finding) []api.ValidationFinding {
	list := make([]api.ValidationFinding, len(found))
	for i := range found {
		list[i] = findingOf(&found[i])
	}
	return list
}

func findingOf(f *validate.Finding) api.ValidationFinding {
	e := api.ValidationFinding{ErrorType: "CONFIGURATION_ERROR", Severity: string(f.Severity), ErrorSeverity: "WARNING"}
	if f.Severity == validate.Error {
		e.ErrorSeverity = "CRITICAL"
	}
	if c := f.Complaint; c != nil {
		e.ErrorType = "PROVIDER_ERROR"
		e.ProviderConfigurationError = &api.ProviderConfigurationError{
			FieldKey: c.FieldKey, Title: c.Title, Message: c.Message, CTALabel: c.Label, CTAURL: c.URL,
		}
		return e
	}
	e.ConfigurationError = &api.ConfigurationError{
		Reason: f.Reason, Field: middleCut(f.Field, maxPlace), Character: f.Character, Message: middleCut(f.Message, maxSentence),
	}
	switch f.Part {
	case validate.Trigger:
		e.ConfigurationError.ErrorType = cmp.Or(f.Type, "UNKNOWN_TRIGGER_ERROR_TYPE")
		e.ConfigurationError.FilterFieldKey = f.FieldKey
	case validate.Action:
		e.ConfigurationError.ErrorType = cmp.Or(f.Type, "UNKNOWN_ACTION_ERROR_TYPE")
		e.ConfigurationError.FieldKey = f.FieldKey
	default:
		e.ConfigurationError.ErrorType = "UNKNOWN_AUTOMATION_ERROR_TYPE"
	}
	return e
}
