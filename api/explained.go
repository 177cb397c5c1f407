package api

import "encoding/json"

// EventExplainedResponse is all there is to say of an event, in one answer.
type EventExplainedResponse struct {
	Event   Event             `json:"event" required:"true"`
	AppName string            `json:"appName,omitempty" description:"Absent where the app is no longer set up."`
	Trigger *ExplainedTrigger `json:"trigger,omitzero" description:"As it is declared now; absent where it no longer is."`
	Schema  ExplainedSchema   `json:"schema" required:"true"`
	// Automations are those that the event activated, then others that use its
	// trigger, at most 100 in all.
	Automations     []ExplainedAutomation `json:"automations" required:"true" description:"What the event activated, and what else uses its trigger, with the reason of each; at most 100."`
	MoreAutomations bool                  `json:"moreAutomations" required:"true" description:"There are more automations than are listed."`
	Activations     []Activation          `json:"activations" required:"true" description:"The first 100 of the event's, with their actions, attempts and what these sent and got."`
	Cancels         []ExplainedCancel     `json:"cancels" required:"true" description:"Who called off what of it, in the order of time."`
}

// ExplainedTrigger is the trigger of an event as it is declared now.
type ExplainedTrigger struct {
	DisplayName   string          `json:"displayName" required:"true"`
	Scheduled     bool            `json:"scheduled" required:"true"`
	Hidden        bool            `json:"hidden" required:"true"`
	PayloadSchema json.RawMessage `json:"payloadSchema" required:"true"`
	UpdatedDate   Time            `json:"updatedDate" required:"true"`
	ChangedSince  bool            `json:"changedSince" required:"true" description:"It was declared anew after the event was reported."`
}

// ExplainedSchema says how an event's payload stands to its trigger's schema. A
// payload obeyed the schema that held when it was reported, else it had been refused.
type ExplainedSchema struct {
	Result     string           `json:"result" required:"true" enum:"OBEYS,BREAKS,UNKNOWN" description:"Against the schema as it is now; UNKNOWN where there is none."`
	Violations []FieldViolation `json:"violations" required:"true"`
}

// ExplainedAutomation says what became of an event at one automation, and why.
type ExplainedAutomation struct {
	AutomationID string `json:"automationId" required:"true" format:"uuid"`
	Name         string `json:"name,omitempty"`
	Revision     Int64  `json:"revision" required:"true" description:"The revision that is told of."`
	Known        string `json:"known" required:"true" enum:"AT_REPORT,NOW" description:"Whether the automation is told as it was when the event was reported, or, where that is not known any more, as it is now."`
	Verdict      string `json:"verdict" required:"true" enum:"ACTIVATED,FILTERED,EXPIRED,LIMITED,FAILED,INACTIVE,LATER,OTHER_TRIGGER,NOT_ASKED,UNKNOWN" description:"FILTERED: a filter did not pass. EXPIRED: its time had passed. LIMITED: its rate limit was spent. FAILED: its start could not be worked out. INACTIVE: it was switched off. LATER: it was made after the event. OTHER_TRIGGER: it used another trigger then. NOT_ASKED: the event was made for one automation alone."`
	ActivationID string `json:"activationId,omitempty" format:"uuid"`
	// Filters are those of the automation's trigger, each with what it compared.
	Filters []ExplainedFilter `json:"filters" required:"true"`
	Actions []ExplainedAction `json:"actions" required:"true" description:"What its actions are called, by their IDs: those that an app carries out."`
	Offset  string            `json:"offset,omitempty" description:"How long before the event it starts, as a formula."`
	Unit    string            `json:"unit,omitempty" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
	Error   string            `json:"error,omitempty"`
}

// ExplainedAction is what an action of an automation is called.
type ExplainedAction struct {
	ActionID string `json:"actionId" required:"true"`
	Name     string `json:"name" required:"true"`
}

// ExplainedFilter is one filter of an automation, evaluated on an event's payload.
type ExplainedFilter struct {
	FieldKey   string          `json:"fieldKey" required:"true"`
	Expression string          `json:"expression" required:"true"`
	Passed     bool            `json:"passed" required:"true"`
	Error      string          `json:"error,omitempty"`
	Compared   []ComparedValue `json:"compared" required:"true" description:"What the expression read of the payload."`
}

// ComparedValue is what an expression found at a place of a payload.
type ComparedValue struct {
	Path  string          `json:"path" required:"true" description:"Such as customer.email."`
	Value json.RawMessage `json:"value,omitzero" description:"Absent where the payload has none; cut to null where it is longer than 1 KiB."`
}

// ExplainedCancel is one act that called activations of an event off.
type ExplainedCancel struct {
	Date          Time     `json:"date" required:"true"`
	Reason        string   `json:"reason" required:"true"`
	By            Identity `json:"by" required:"true"`
	Person        *Person  `json:"person,omitzero" description:"The same by name; absent where it was nobody in particular."`
	ActivationIDs []string `json:"activationIds" required:"true"`
	InFlight      int      `json:"inFlight" required:"true" description:"Actions whose attempt is out still."`
}

// Exchange is what an attempt sent over HTTP and what it got, as far as it is kept.
type Exchange struct {
	Method   string           `json:"method" required:"true"`
	URL      string           `json:"url" required:"true" description:"Without user, password and the values of its query."`
	Request  ExchangedMessage `json:"request" required:"true"`
	Response ExchangedMessage `json:"response" required:"true" description:"Empty where nothing was answered."`
}

// ExchangedMessage is one side of an exchange.
type ExchangedMessage struct {
	Headers []ExchangedHeader `json:"headers" required:"true"`
	Body    string            `json:"body,omitempty" description:"The first bytes of the body, as text."`
	Bytes   int               `json:"bytes" required:"true" description:"How long the whole body was, as far as it was read."`
}

// ExchangedHeader is one header. The values of those that may hold a secret are
// never kept.
type ExchangedHeader struct {
	Name   string `json:"name" required:"true"`
	Value  string `json:"value,omitempty"`
	Hidden bool   `json:"hidden" required:"true" description:"Its value was not kept."`
}
