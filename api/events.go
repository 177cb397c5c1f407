package api

import "encoding/json"

// MaxKeyLifeDays is the longest that an idempotency key is kept, in days.
const MaxKeyLifeDays = 366

// Idempotency makes a report repeatable: of all reports of an app on a site
// under one trigger with the same key, the first counts.
type Idempotency struct {
	Key string `json:"key" required:"true" minLength:"1" maxLength:"80"`
	// TTL is how long the key is kept, in milliseconds: a week where it is
	// nil, at most 366 days.
	TTL *Int64 `json:"ttlInMilliseconds,omitempty" minimum:"1" maximum:"31622400000" description:"How long the key is kept, in milliseconds; a week where it is left out, at most 366 days."`
}

// EventInfo is an event as it is reported.
type EventInfo struct {
	Payload          json.RawMessage `json:"payload,omitzero" description:"A JSON object that obeys the trigger's payload schema, at most 64 KiB."`
	ExternalEntityID string          `json:"externalEntityId,omitempty" format:"uuid" description:"What the event is about; an event can be canceled by it, and not without."`
	Idempotency      *Idempotency    `json:"idempotency,omitzero"`
}

// ReportEventRequest reports one event.
type ReportEventRequest struct {
	TriggerKey       string          `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	Payload          json.RawMessage `json:"payload,omitzero" description:"A JSON object that obeys the trigger's payload schema, at most 64 KiB."`
	ExternalEntityID string          `json:"externalEntityId,omitempty" format:"uuid" description:"What the event is about; an event can be canceled by it, and not without."`
	Idempotency      *Idempotency    `json:"idempotency,omitzero"`
	// AppID is for callers who are no app. It may be left out where one app on the
	// site alone has a trigger of that key.
	AppID string `json:"appId,omitempty" format:"uuid" description:"For callers who are no app: whose trigger it is. Not needed where the key alone tells."`
}

// ReportEventResponse answers a report. The event and its activations are on
// disk when it is sent.
type ReportEventResponse struct {
	// ActivationIDs are at most the first 100.
	ActivationIDs []string `json:"activationIds" required:"true"`
	EventID       string   `json:"eventId" required:"true" format:"uuid"`
	// Repeated says that the idempotency key had been used: the rest is the first
	// report's answer, and nothing was made.
	Repeated bool `json:"repeated" required:"true" description:"The idempotency key had been used: this is the first report's answer."`
}

// BulkReportEventRequest reports many events under one trigger.
type BulkReportEventRequest struct {
	TriggerKey string      `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	EventsInfo []EventInfo `json:"eventsInfo" required:"true" minItems:"1" maxItems:"100" apart:"true"`
	AppID      string      `json:"appId,omitempty" format:"uuid" description:"For callers who are no app: whose trigger it is. Not needed where the key alone tells."`
}

// BulkReportEventResponse has a result for each event, in the order reported.
type BulkReportEventResponse struct {
	TriggerKey         string             `json:"triggerKey" required:"true"`
	Results            []BulkReportResult `json:"results" required:"true"`
	BulkActionMetadata BulkActionMetadata `json:"bulkActionMetadata" required:"true"`
}

// BulkReportResult is what became of one of many reports.
type BulkReportResult struct {
	ItemMetadata  ItemMetadata `json:"itemMetadata" required:"true"`
	EventInfo     SentEvent    `json:"eventInfo" required:"true" description:"The event as it was sent."`
	ActivationIDs []string     `json:"activationIds" required:"true"`
	EventID       string       `json:"eventId,omitempty" format:"uuid"`
	Repeated      bool         `json:"repeated" required:"true"`
}

// SentEvent is an EventInfo as it was sent, which may break rules.
type SentEvent struct {
	Payload          json.RawMessage  `json:"payload,omitzero"`
	ExternalEntityID string           `json:"externalEntityId,omitempty"`
	Idempotency      *SentIdempotency `json:"idempotency,omitzero"`
}

// SentIdempotency is an Idempotency as it was sent.
type SentIdempotency struct {
	Key string `json:"key" required:"true"`
	TTL Int64  `json:"ttlInMilliseconds,omitzero"`
}

// ItemMetadata says whether one of many succeeded.
type ItemMetadata struct {
	ID            string            `json:"id,omitempty" format:"uuid"`
	OriginalIndex int               `json:"originalIndex" required:"true"`
	Success       bool              `json:"success" required:"true"`
	Error         *ApplicationError `json:"error,omitzero"`
}

// BulkActionMetadata counts what became of many.
type BulkActionMetadata struct {
	TotalSuccesses     int `json:"totalSuccesses" required:"true"`
	TotalFailures      int `json:"totalFailures" required:"true"`
	UndetailedFailures int `json:"undetailedFailures" required:"true"`
}

// CancelEventRequest calls off all events of an external entity under a trigger.
type CancelEventRequest struct {
	TriggerKey       string `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	ExternalEntityID string `json:"externalEntityId" required:"true" format:"uuid"`
	AppID            string `json:"appId,omitempty" format:"uuid" description:"For callers who are no app: whose trigger it is. Not needed where the key alone tells."`
}

// Canceled says what a cancel found. It is all zeros for what was never reported.
type Canceled struct {
	CanceledActivations int `json:"canceledActivations" required:"true" description:"How many activations were called off: nothing of them starts any more."`
	InFlightActions     int `json:"inFlightActions" required:"true" description:"How many of their actions had left before. They are not tried again."`
	EndedActivations    int `json:"endedActivations" required:"true" description:"How many activations were over before, counted up to 1,000."`
	// CanceledActivationIDs and InFlight hold at most the first 100.
	CanceledActivationIDs []string         `json:"canceledActivationIds" required:"true"`
	InFlight              []InFlightAction `json:"inFlight" required:"true"`
}

// InFlightAction names an action that had left before its activation was called off.
type InFlightAction struct {
	ActivationID string `json:"activationId" required:"true" format:"uuid"`
	ActionID     string `json:"actionId" required:"true"`
}

// BulkCancelEventRequest cancels many external entities under one trigger.
type BulkCancelEventRequest struct {
	TriggerKey        string   `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	ExternalEntityIDs []string `json:"externalEntityIds" required:"true" minItems:"1" maxItems:"100" apart:"true"`
	AppID             string   `json:"appId,omitempty" format:"uuid" description:"For callers who are no app: whose trigger it is. Not needed where the key alone tells."`
}

// BulkCancelEventResponse has a result for each external entity, in the order sent.
type BulkCancelEventResponse struct {
	TriggerKey         string             `json:"triggerKey" required:"true"`
	Results            []BulkCancelResult `json:"results" required:"true"`
	BulkActionMetadata BulkActionMetadata `json:"bulkActionMetadata" required:"true"`
}

// BulkCancelResult is what became of one of many cancels.
type BulkCancelResult struct {
	ItemMetadata     ItemMetadata `json:"itemMetadata" required:"true"`
	ExternalEntityID string       `json:"externalEntityId" required:"true"`
	Canceled
}
