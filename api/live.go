package api

// LiveRequest asks for what happens from now on, as server-sent events. The header
// Last-Event-ID, where there is one, asks for what has happened since that message.
type LiveRequest struct {
	AppID string   `query:"appId" json:"-" format:"uuid" description:"Only what came of the app's events."`
	Kinds []string `query:"kinds" json:"-" maxItems:"5" description:"Only these kinds of message; all where it is left out. The others are told in any case."`
}

// LiveMessage is the data of one message. Its kind is the message's event, and its
// id is where to go on after it.
type LiveMessage struct {
	Kind   string `json:"kind" required:"true" enum:"event,activation,automation,notification,mail,changed,ready,reset" description:"What it is about. After changed, something of the site is to be read anew; after reset, everything: messages were left out. ready is the first of a stream, with resumed where all since Last-Event-ID follows."`
	SiteID string `json:"siteId,omitempty" format:"uuid" description:"Absent where every site may be concerned."`
	ID     string `json:"id,omitempty" format:"uuid" description:"The event, activation, automation, notification or mail."`

	AppID             string       `json:"appId,omitempty" format:"uuid" description:"The app of the trigger."`
	TriggerKey        string       `json:"triggerKey,omitempty"`
	ExternalEntityID  string       `json:"externalEntityId,omitempty" format:"uuid"`
	EventID           string       `json:"eventId,omitempty" format:"uuid" description:"Of an activation; absent where it was canceled."`
	AutomationID      string       `json:"automationId,omitempty" format:"uuid" description:"Of an activation; absent where it was canceled by its external entity."`
	Status            string       `json:"status,omitempty" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED" description:"Of an activation, as it is by now."`
	DueDate           Time         `json:"dueDate,omitzero"`
	WithFailedActions bool         `json:"withFailedActions,omitzero"`
	Actions           []LiveAction `json:"actions,omitempty" description:"Those that were reached, in that order."`

	Removed bool `json:"removed,omitzero" description:"The automation was deleted."`
	Draft   bool `json:"draft,omitzero" description:"The automation is a draft."`
	Resumed bool `json:"resumed,omitzero"`
}

// LiveAction is how one action of an activation stands.
type LiveAction struct {
	ActionID string `json:"actionId" required:"true"`
	Status   string `json:"status" required:"true" enum:"STARTED,INVOKED_ASYNC,ENDED,SKIPPED,FAILED,CANCELLED"`
	InFlight bool   `json:"inFlight,omitzero"`
	Attempts int    `json:"attempts" required:"true"`
}
