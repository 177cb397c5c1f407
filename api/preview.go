package api

import "encoding/json"

// PreviewRequest asks what a report would do. Nothing is kept and nothing is sent.
type PreviewRequest struct {
	TriggerKey string          `json:"triggerKey,omitempty" maxLength:"100" description:"May be left out where eventId or automation is given."`
	AppID      string          `json:"appId,omitempty" format:"uuid" description:"For callers who are no app: whose trigger it is. Not needed where the key alone tells."`
	Payload    json.RawMessage `json:"payload,omitzero" description:"A JSON object, at most 64 KiB; the trigger's example where neither it nor eventId is given."`
	EventID    string          `json:"eventId,omitempty" format:"uuid" description:"An event of the site whose payload is taken."`
	Now        Time            `json:"now,omitzero" description:"When the report would come; the server's time where it is left out."`
	Automation PartialDocument `json:"automation,omitzero" description:"An automation that need not be kept: it alone is looked at, as if it were active."`
}

// PreviewResponse says what a report would do.
type PreviewResponse struct {
	Now               Time                  `json:"now" required:"true" description:"When the report is taken to come."`
	TimeZone          string                `json:"timeZone" required:"true" description:"The site's."`
	AppID             string                `json:"appId" required:"true" format:"uuid"`
	TriggerKey        string                `json:"triggerKey" required:"true"`
	TriggerName       string                `json:"triggerName" required:"true"`
	Scheduled         bool                  `json:"scheduled" required:"true"`
	PayloadSource     string                `json:"payloadSource" required:"true" enum:"GIVEN,EVENT,EXAMPLE"`
	Payload           json.RawMessage       `json:"payload" required:"true" description:"The payload that was looked at."`
	PayloadViolations []FieldViolation      `json:"payloadViolations" required:"true" description:"Why a report of that payload would be refused; then no automation is looked at."`
	TakesPlaceDate    Time                  `json:"takesPlaceDate,omitzero" description:"When a scheduled event takes place."`
	Automations       []PreviewedAutomation `json:"automations" required:"true" maxItems:"100"`
	More              bool                  `json:"more" required:"true" description:"The trigger has more automations than the 100 that are looked at."`
}

// PreviewedAutomation is what a report would do to one automation.
type PreviewedAutomation struct {
	AutomationID string `json:"automationId,omitempty" format:"uuid" description:"Absent for one that was sent along without an ID."`
	Name         string `json:"name" required:"true"`
	Active       bool   `json:"active" required:"true"`
	Outcome      string `json:"outcome" required:"true" enum:"RUNS,SKIPPED,FAILED,INACTIVE,NOT_READY" description:"RUNS where it would make an activation that begins, at once or later; NOT_READY where it cannot act as it is."`
	Reason       string `json:"reason,omitempty" description:"A skip reason or fail reason of activations: TRIGGER_FILTERS_NOT_PASSED, SCHEDULE_DATE_EXPIRED, RATE_LIMIT_EXCEEDED, SCHEDULE_DATE_EVALUATION_FAILED, UNEXPECTED_ERROR_REASON."`
	Error        string `json:"error,omitempty"`

	Filters     []PreviewedExpression `json:"filters" required:"true" description:"The automation's filters, each with what it compared."`
	Limit       *PreviewedLimit       `json:"limit,omitzero" description:"The limit on how often the automation runs."`
	StartsDate  Time                  `json:"startsDate,omitzero" description:"When it would begin."`
	StartsLocal string                `json:"startsLocal,omitempty" description:"startsDate in the site's time zone."`
	EndsDate    Time                  `json:"endsDate,omitzero" description:"When it would be over, as far as can be told."`
	Steps       []PreviewedStep       `json:"steps" required:"true" maxItems:"100" description:"In the order in which they would be reached."`
	Violations  []FieldViolation      `json:"violations" required:"true" description:"Why it is NOT_READY."`
	// Refreshes says that the payload may be another one by then.
	Refreshes bool `json:"refreshes" required:"true" description:"The trigger's app is asked for the payload as it is then, before what has waited goes on; the preview keeps to the one given."`
	Cut       bool `json:"cut" required:"true" description:"There are more steps than are shown."`
}

// PreviewedExpression is a filter, or one expression of a condition, with what it
// compared.
type PreviewedExpression struct {
	FieldKey   string           `json:"fieldKey,omitempty" description:"Of a filter."`
	Expression string           `json:"expression" required:"true"`
	Passed     bool             `json:"passed" required:"true"`
	Error      string           `json:"error,omitempty"`
	Values     []PreviewedValue `json:"values" required:"true" description:"The fields that it reads."`
}

// PreviewedValue is a field that an expression reads.
type PreviewedValue struct {
	Path  string          `json:"path" required:"true"`
	Value json.RawMessage `json:"value" required:"true" description:"null where there is none."`
}

// PreviewedLimit is how much of a limit is used up.
type PreviewedLimit struct {
	Max    int  `json:"max" required:"true"`
	Taken  int  `json:"taken" required:"true" description:"The places that are taken now, counted up to max."`
	Since  Time `json:"since,omitzero" description:"The beginning of the window; absent where it has none."`
	Passed bool `json:"passed" required:"true"`
}

// PreviewedStep is a step as it would be carried out.
type PreviewedStep struct {
	ActionID  string `json:"actionId" required:"true"`
	Type      string `json:"type" required:"true"`
	AppID     string `json:"appId,omitempty" format:"uuid" description:"Of an action that an app carries out."`
	ActionKey string `json:"actionKey,omitempty"`
	Name      string `json:"name" required:"true" description:"What people call it: the step's own name, else the action's; empty for a step that has neither."`

	Date       Time   `json:"date" required:"true" description:"When it would be reached."`
	Local      string `json:"local" required:"true" description:"date in the site's time zone."`
	UntilDate  Time   `json:"untilDate,omitzero" description:"Of a delay: when it would end."`
	UntilLocal string `json:"untilLocal,omitempty" description:"untilDate in the site's time zone."`
	Outcome    string `json:"outcome" required:"true" enum:"DONE,WAITS,PASSED,NOT_PASSED,SKIPPED,FAILED" description:"WAITS of a delay, PASSED and NOT_PASSED of a condition or a limit."`
	// Assumed names the actions whose outputs are unknown until they run.
	Assumed     []string              `json:"assumed" required:"true" description:"The actions before it whose outputs it depends on. They are unknown before they run, so examples made of their schemas stand in for them."`
	Expressions []PreviewedExpression `json:"expressions" required:"true" description:"Of a condition."`
	Limit       *PreviewedLimit       `json:"limit,omitzero" description:"Of a rate limit."`
	Input       json.RawMessage       `json:"input,omitzero" description:"What the action would be carried out with."`
	Output      json.RawMessage       `json:"output,omitzero" description:"The values of variables; of an action that an app carries out, an example made of its schema."`
	Error       string                `json:"error,omitempty"`
	ErrorCode   string                `json:"errorCode,omitempty"`

	Mail         *PreviewedMail         `json:"mail,omitzero"`
	Request      *PreviewedRequest      `json:"request,omitzero"`
	Notification *PreviewedNotification `json:"notification,omitzero"`
}

// PreviewedMail is a mail as it would be sent.
type PreviewedMail struct {
	From    string   `json:"from" required:"true"`
	To      []string `json:"to" required:"true"`
	Cc      []string `json:"cc" required:"true"`
	ReplyTo string   `json:"replyTo,omitempty"`
	Subject string   `json:"subject" required:"true"`
	Text    string   `json:"text,omitempty"`
	HTML    string   `json:"html,omitempty"`
}

// PreviewedRequest is an HTTP request as it would be sent, less its signature.
type PreviewedRequest struct {
	Method  string            `json:"method" required:"true"`
	URL     string            `json:"url" required:"true"`
	Headers map[string]string `json:"headers" required:"true"`
	Body    string            `json:"body,omitempty"`
}

// PreviewedNotification is a message as it would be shown to the people of the site.
type PreviewedNotification struct {
	Title   string `json:"title,omitempty"`
	Message string `json:"message" required:"true"`
	ChatURL string `json:"chatUrl,omitempty" description:"The chat that it would be sent to as well."`
}
