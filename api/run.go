package api

import "encoding/json"

// AutomationTarget names the automation that a call carries out.
type AutomationTarget struct {
	IdentifierType string                  `json:"identifierType,omitempty" enum:"AUTOMATION,PREINSTALLED" description:"Which of the two identifiers counts; it may be left out where one is given."`
	Automation     *AutomationIdentifier   `json:"automationIdentifier,omitzero"`
	Preinstalled   *PreinstalledIdentifier `json:"preinstalledIdentifier,omitzero"`
}

// AutomationIdentifier names an automation by its ID.
type AutomationIdentifier struct {
	AutomationID string `json:"automationId" required:"true" format:"uuid"`
}

// PreinstalledIdentifier names the automation that an app brought along.
type PreinstalledIdentifier struct {
	AppID       string `json:"appId" required:"true" format:"uuid"`
	ComponentID string `json:"componentId" required:"true" format:"uuid"`
}

// RunAutomationRequest carries out one automation, as it is or as a test.
type RunAutomationRequest struct {
	AutomationTarget
	Payload          json.RawMessage `json:"payload,omitzero" description:"A JSON object that obeys the trigger's payload schema, at most 64 KiB."`
	ExternalEntityID string          `json:"externalEntityId,omitempty" format:"uuid" description:"What it is about; it can be canceled by this, under the automation's trigger."`
	Idempotency      *Idempotency    `json:"idempotency,omitzero"`
}

// RerunActivationRequest repeats an activation.
type RerunActivationRequest struct {
	ActivationID string       `json:"activationId" required:"true" format:"uuid"`
	Idempotency  *Idempotency `json:"idempotency,omitzero"`
}

// CarriedOut answers a run, a test or a rerun, which are on disk when it is sent.
type CarriedOut struct {
	ActivationID string `json:"activationId" required:"true" format:"uuid"`
	EventID      string `json:"eventId" required:"true" format:"uuid" description:"The event that stands for it."`
	Repeated     bool   `json:"repeated" required:"true" description:"The idempotency key had been used: this is the first call's answer."`
}
