package api

import "encoding/json"

// Event is one event as it was reported.
type Event struct {
	ID               string          `json:"id" required:"true" format:"uuid"`
	SiteID           string          `json:"siteId" required:"true" format:"uuid"`
	AppID            string          `json:"appId" required:"true" format:"uuid"`
	TriggerKey       string          `json:"triggerKey" required:"true"`
	ExternalEntityID string          `json:"externalEntityId,omitempty" format:"uuid"`
	IdempotencyKey   string          `json:"idempotencyKey,omitempty"`
	RequestID        string          `json:"requestId,omitempty"`
	ReportedDate     Time            `json:"reportedDate" required:"true"`
	TakesPlaceDate   Time            `json:"takesPlaceDate,omitzero" description:"When a scheduled event takes place; absent for a real-time one."`
	Payload          json.RawMessage `json:"payload" required:"true"`
	ActivationIDs    []string        `json:"activationIds" required:"true"`
	Cause            string          `json:"cause" required:"true" enum:"EVENT,RUN,TEST,RERUN,OCCURRENCE" description:"What made it; EVENT where it was reported."`
}

// EventRequest names an event.
type EventRequest struct {
	ID string `path:"eventId" json:"-" format:"uuid"`
}

// EventResponse holds an event with all that came of it.
type EventResponse struct {
	Event Event `json:"event" required:"true"`
	// Activations are the first 100 of the event's, with their actions.
	Activations []Activation `json:"activations" required:"true"`
}

// EventsRequest asks for a page of events, newest first: of a site, or, where the call
// names none, of all sites that the caller may see.
type EventsRequest struct {
	AppID            string `query:"appId" json:"-" format:"uuid"`
	TriggerKey       string `query:"triggerKey" json:"-" maxLength:"100"`
	ExternalEntityID string `query:"externalEntityId" json:"-" format:"uuid" description:"Only events about it; needs appId and triggerKey."`
	IdempotencyKey   string `query:"idempotencyKey" json:"-" maxLength:"80" description:"Only events that were reported under it."`
	Status           string `query:"status" json:"-" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED,NONE" description:"Only events of which an activation has it; NONE for events that activated nothing."`
	ListRequest
}

// EventsResponse is a page of events.
type EventsResponse struct {
	Events         []Event `json:"events" required:"true"`
	PagingMetadata Paging  `json:"pagingMetadata" required:"true"`
}

// Activation is one activation of one automation by one event, with its actions.
type Activation struct {
	ID                 string `json:"id" required:"true" format:"uuid"`
	EventID            string `json:"eventId" required:"true" format:"uuid"`
	AutomationID       string `json:"automationId" required:"true" format:"uuid"`
	AutomationRevision Int64  `json:"automationRevision" required:"true" description:"The revision that the activation keeps to."`
	AppID              string `json:"appId" required:"true" format:"uuid"`
	TriggerKey         string `json:"triggerKey" required:"true"`
	ExternalEntityID   string `json:"externalEntityId,omitempty" format:"uuid"`
	Status             string `json:"status" required:"true" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED"`

	Cause   string `json:"cause" required:"true" enum:"EVENT,RUN,TEST,RERUN,OCCURRENCE" description:"What made it; EVENT for an event that was reported."`
	RerunOf string `json:"rerunOf,omitempty" format:"uuid" description:"The activation that a rerun repeats."`

	InitiatedDate Time `json:"initiatedDate" required:"true"`
	ScheduledDate Time `json:"scheduledDate,omitzero" description:"When it became SCHEDULED."`
	StartsDate    Time `json:"startsDate,omitzero" description:"The computed start of a scheduled activation."`
	StartedDate   Time `json:"startedDate,omitzero"`
	EndedDate     Time `json:"endedDate,omitzero" description:"When it became final, whichever way."`
	DueDate       Time `json:"dueDate,omitzero" description:"When there is next something to do."`

	SkipReason        string           `json:"skipReason,omitempty"`
	CancelReason      string           `json:"cancelReason,omitempty"`
	CanceledBy        *Identity        `json:"canceledBy,omitzero"`
	FailReason        string           `json:"failReason,omitempty"`
	Error             string           `json:"error,omitempty"`
	ErrorCode         string           `json:"errorCode,omitempty"`
	WithFailedActions bool             `json:"withFailedActions" required:"true"`
	Actions           []ActivityAction `json:"actions" required:"true" description:"Those that were reached, in that order."`

	Payload         json.RawMessage `json:"payload,omitzero" description:"What the trigger's app last gave in the place of the event's payload; absent where it never did."`
	RefreshAttempts []Attempt       `json:"refreshAttempts,omitempty" description:"Calls of the trigger's app for the payload, before the start."`
	Warnings        []Warning       `json:"warnings,omitempty"`

	Hurried *ByHand `json:"hurried,omitzero" description:"Somebody had it begin before its time."`
}

// ByHand is what a person did to something that waited.
type ByHand struct {
	Date       Time     `json:"date" required:"true"`
	By         Identity `json:"by" required:"true"`
	Person     *Person  `json:"person,omitzero" description:"The same by name; where one run is told, and who it was is known."`
	WasDueDate Time     `json:"wasDueDate,omitzero" description:"When it would have gone on."`
}

// Identity is who did something.
type Identity struct {
	UserID string `json:"userId,omitempty"`
	AppID  string `json:"appId,omitempty" format:"uuid"`
}

// ActivityAction is what has become of one action of an activation.
type ActivityAction struct {
	ActionID    string             `json:"actionId" required:"true"`
	Type        string             `json:"type" required:"true"`
	Status      string             `json:"status" required:"true" enum:"STARTED,INVOKED_ASYNC,ENDED,SKIPPED,FAILED,CANCELLED"`
	StartedDate Time               `json:"startedDate,omitzero"`
	EndedDate   Time               `json:"endedDate,omitzero"`
	DueDate     Time               `json:"dueDate,omitzero" description:"The end of a delay, or the time of the next attempt."`
	InFlight    bool               `json:"inFlight" required:"true" description:"An attempt is out and its outcome unknown."`
	Attempts    []Attempt          `json:"attempts" required:"true"`
	Input       json.RawMessage    `json:"input,omitzero"`
	Output      json.RawMessage    `json:"output,omitzero"`
	Passed      *bool              `json:"passed,omitzero" description:"A condition's result."`
	Expressions []ExpressionResult `json:"expressions,omitempty"`
	Error       string             `json:"error,omitempty"`
	ErrorCode   string             `json:"errorCode,omitempty"`

	InvokedDate     Time        `json:"invokedDate,omitzero" description:"When its app took it, to say later that it is done."`
	TimeoutDate     Time        `json:"timeoutDate,omitzero" description:"Until when the app may say so."`
	Completion      *Completion `json:"completion,omitzero"`
	Postponed       *Postponed  `json:"postponed,omitzero"`
	RefreshAttempts []Attempt   `json:"refreshAttempts,omitempty" description:"Calls of the trigger's app for the payload, at the end of a delay."`
	Warnings        []Warning   `json:"warnings,omitempty"`

	Hurried  *ByHand `json:"hurried,omitzero" description:"Somebody ended the wait before its time."`
	LeaveOut *ByHand `json:"leaveOut,omitzero" description:"Somebody asked to leave out what follows the delay."`
	LeftOut  *ByHand `json:"leftOut,omitzero" description:"Somebody asked to leave this action out."`
}

// Completion is what an app reported of an action that it had taken.
type Completion struct {
	Date   Time   `json:"date" required:"true"`
	Status string `json:"status" required:"true" enum:"SUCCESS,FAILURE"`
}

// Postponed says that attempts were put off, as the action's app has been failing.
type Postponed struct {
	Times    int  `json:"times" required:"true"`
	LastDate Time `json:"lastDate" required:"true"`
}

// ExpressionResult is what one expression of a condition gave.
type ExpressionResult struct {
	Expression string `json:"expression" required:"true"`
	Passed     bool   `json:"passed" required:"true"`
	Error      string `json:"error,omitempty"`
}

// Attempt is one try at carrying out an action.
type Attempt struct {
	Number      int    `json:"number" required:"true"`
	StartedDate Time   `json:"startedDate" required:"true"`
	EndedDate   Time   `json:"endedDate,omitzero"`
	LatenessMs  int64  `json:"latenessMs" required:"true" description:"Start minus due time, in milliseconds."`
	LatencyMs   int64  `json:"latencyMs" required:"true" description:"How long the attempt took, in milliseconds."`
	Result      string `json:"result,omitempty" description:"DELIVERED, RETRY, REJECTED, LOST or RELEASED; absent while the attempt is out."`
	Status      int    `json:"status,omitzero" description:"HTTP's or SMTP's."`
	Code        string `json:"code,omitempty"`
	Detail      string `json:"detail,omitempty"`

	Exchange *Exchange `json:"exchange,omitzero" description:"What it sent and got, where one activation is asked for; of the last ten attempts of an action."`
}

// ActivationRequest names an activation.
type ActivationRequest struct {
	ID string `path:"activationId" json:"-" format:"uuid"`
}

// ActivationResponse holds an activation.
type ActivationResponse struct {
	Activation Activation `json:"activation" required:"true"`
}

// ActivationsRequest asks for a page of a site's activations, newest first.
type ActivationsRequest struct {
	AutomationID     string `query:"automationId" json:"-" format:"uuid"`
	ExternalEntityID string `query:"externalEntityId" json:"-" format:"uuid"`
	Status           string `query:"status" json:"-" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED"`
	ListRequest
}

// ActivationsResponse is a page of activations.
type ActivationsResponse struct {
	Activations    []Activation `json:"activations" required:"true"`
	PagingMetadata Paging       `json:"pagingMetadata" required:"true"`
}

// Mail is a mail that was kept instead of sent, as no SMTP server is configured.
type Mail struct {
	ID           string   `json:"id" required:"true" format:"uuid"`
	Date         Time     `json:"at" required:"true"`
	From         string   `json:"from" required:"true"`
	To           []string `json:"to" required:"true"`
	Cc           []string `json:"cc" required:"true"`
	ReplyTo      string   `json:"replyTo,omitempty"`
	Subject      string   `json:"subject" required:"true"`
	Text         string   `json:"text,omitempty"`
	HTML         string   `json:"html,omitempty"`
	MessageID    string   `json:"messageId,omitempty"`
	EventID      string   `json:"eventId,omitempty" format:"uuid"`
	ActivationID string   `json:"activationId,omitempty" format:"uuid"`
}

// MailsResponse is a page of a site's outbox, newest first.
type MailsResponse struct {
	Mails          []Mail `json:"mails" required:"true"`
	PagingMetadata Paging `json:"pagingMetadata" required:"true"`
}

// Notification is a message to the people of a site.
type Notification struct {
	ID           string `json:"id" required:"true" format:"uuid"`
	Date         Time   `json:"at" required:"true"`
	Title        string `json:"title,omitempty"`
	Message      string `json:"message" required:"true"`
	EventID      string `json:"eventId,omitempty" format:"uuid"`
	ActivationID string `json:"activationId,omitempty" format:"uuid"`
}

// NotificationsResponse is a page of a site's inbox, newest first.
type NotificationsResponse struct {
	Notifications  []Notification `json:"notifications" required:"true"`
	PagingMetadata Paging         `json:"pagingMetadata" required:"true"`
}
