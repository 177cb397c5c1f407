package api

import "encoding/json"

// ValidateAutomationRequest asks what stands against an automation that is not
// kept, or not yet as it is sent.
type ValidateAutomationRequest struct {
	Automation PartialDocument    `json:"automation" required:"true"`
	Settings   ValidationSettings `json:"validationSettings,omitzero"`
}

// ValidateKeptAutomationRequest asks the same of an automation or a draft.
type ValidateKeptAutomationRequest struct {
	ID       string             `path:"automationId" json:"-" format:"uuid"`
	Settings ValidationSettings `json:"validationSettings,omitzero"`
}

// ValidationSettings narrow what is looked at.
type ValidationSettings struct {
	ActionIDs               []string `json:"actionIds,omitempty" maxItems:"30" description:"These actions alone are looked at, and not the trigger."`
	SkipProviderValidations bool     `json:"skipProviderValidations,omitempty" description:"No app is asked."`
}

// ValidateAutomationResponse says what stands against an automation, in the terms
// of both generations of the compatible wire: valid, severity and
// actionValidationInfo of the older, status, errorSeverity and
// actionValidationErrors of the present one.
type ValidateAutomationResponse struct {
	Valid                      bool                   `json:"valid" required:"true" description:"Whether nothing but warnings was found."`
	Status                     string                 `json:"status" required:"true" enum:"VALID,VALID_WITH_WARNINGS,INVALID"`
	TriggerValidationErrors    []ValidationFinding    `json:"triggerValidationErrors" required:"true" maxItems:"100"`
	ActionValidationInfo       []ActionValidationInfo `json:"actionValidationInfo" required:"true" maxItems:"100" description:"Each action that was looked at."`
	ActionValidationErrors     []ValidationFinding    `json:"actionValidationErrors" required:"true" maxItems:"100"`
	AutomationValidationErrors []ValidationFinding    `json:"automationValidationErrors" required:"true" maxItems:"100" description:"What stands against the automation as a whole, its graph above all."`
}

// ActionValidationInfo is what stands against one action.
type ActionValidationInfo struct {
	ActionID         string              `json:"actionId" required:"true"`
	AppID            string              `json:"appId" required:"true" description:"Empty for an action of no app."`
	ActionKey        string              `json:"actionKey" required:"true"`
	ValidationErrors []ValidationFinding `json:"validationErrors" required:"true"`
}

// ValidationFinding is one thing that stands against an automation.
type ValidationFinding struct {
	ActionID                   string                      `json:"actionId,omitempty" description:"In actionValidationErrors alone."`
	ErrorType                  string                      `json:"errorType" required:"true" enum:"CONFIGURATION_ERROR,PROVIDER_ERROR"`
	Severity                   string                      `json:"severity" required:"true" enum:"ERROR,WARNING"`
	ErrorSeverity              string                      `json:"errorSeverity" required:"true" enum:"CRITICAL,WARNING" description:"The same in the present wire's words."`
	ConfigurationError         *ConfigurationError         `json:"configurationError,omitzero"`
	ProviderConfigurationError *ProviderConfigurationError `json:"providerConfigurationError,omitzero"`
}

// ConfigurationError is what Belay found itself.
type ConfigurationError struct {
	ErrorType      string `json:"errorType" required:"true" description:"The compatible wire's word; UNKNOWN_TRIGGER_ERROR_TYPE, UNKNOWN_ACTION_ERROR_TYPE or UNKNOWN_AUTOMATION_ERROR_TYPE where it has none."`
	FilterFieldKey string `json:"filterFieldKey,omitempty" description:"Of a filter of the trigger."`
	FieldKey       string `json:"fieldKey,omitempty" description:"Of a field of an action."`
	Reason         string `json:"reason" required:"true" description:"Our own: the rule that is broken, or the kind of fault in an expression."`
	Field          string `json:"field,omitempty" description:"Our own: the place in the automation."`
	Character      int    `json:"character,omitzero" description:"Our own: where in the expression at that place, counted from 1."`
	Message        string `json:"message" required:"true" description:"Our own: for people."`
}

// ProviderConfigurationError is what the app that provides a trigger or an action
// has against how it is used.
type ProviderConfigurationError struct {
	FieldKey string `json:"fieldKey,omitempty"`
	Title    string `json:"title" required:"true"`
	Message  string `json:"message" required:"true"`
	CTALabel string `json:"ctaLabel,omitempty"`
	CTAURL   string `json:"ctaUrl,omitempty"`
}

// AutomationActionSchemaRequest asks what an action of an automation or a draft sees.
type AutomationActionSchemaRequest struct {
	ID       string `path:"automationId" json:"-" format:"uuid"`
	ActionID string `path:"actionId" json:"-"`
}

// AutomationActionSchemaResponse holds a JSON Schema of the trigger's payload with what the
// actions before give, each under its namespace.
type AutomationActionSchemaResponse struct {
	Schema json.RawMessage `json:"schema" required:"true"`
}
