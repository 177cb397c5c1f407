package api

import "encoding/json"

// WebhookRequest calls an automation by its own address. The body is the payload:
// a JSON object, or a form.
type WebhookRequest struct {
	SiteID    string `path:"siteId" json:"-" format:"uuid"`
	WebhookID string `path:"webhookId" json:"-" format:"uuid"`
	MessageID string `header:"webhook-id" json:"-" description:"What the sender calls this message; a repeat with the same makes nothing."`
}

// CallCustomTriggerRequest begins the automation of a custom trigger.
type CallCustomTriggerRequest struct {
	TriggerID string          `json:"triggerId" required:"true" minLength:"1" maxLength:"100"`
	Payload   json.RawMessage `json:"payload,omitzero" description:"A JSON object that obeys the automation's schema, at most 64 KiB."`

	Idempotency *Idempotency `json:"idempotency,omitzero"`
}
