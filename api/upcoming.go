package api

// UpcomingRequest asks for a page of what waits on a site, earliest first.
type UpcomingRequest struct {
	AutomationID     string `query:"automationId" json:"-" format:"uuid"`
	AppID            string `query:"appId" json:"-" format:"uuid"`
	TriggerKey       string `query:"triggerKey" json:"-" maxLength:"100"`
	ExternalEntityID string `query:"externalEntityId" json:"-" format:"uuid" description:"Only what is about it; with appId and triggerKey, what a cancel of the entity would call off."`
	From             Time   `query:"from" json:"-" description:"Only what is due at this time or later; from the beginning where it is left out."`
	To               Time   `query:"to" json:"-" description:"Only what is due before this time; without end where it is left out."`
	ListRequest
}

// UpcomingResponse is a page of what waits on a site. A page that holds nothing may
// still be followed by others: a call looks at a bounded number of activations.
type UpcomingResponse struct {
	Upcoming       []Upcoming `json:"upcoming" required:"true"`
	TimeZone       string     `json:"timeZone" required:"true" description:"The site's."`
	PagingMetadata Paging     `json:"pagingMetadata" required:"true"`
}

// Upcoming is an activation that waits, with what it does next.
type Upcoming struct {
	ActivationID       string `json:"activationId" required:"true" format:"uuid"`
	EventID            string `json:"eventId" required:"true" format:"uuid"`
	AutomationID       string `json:"automationId" required:"true" format:"uuid"`
	AutomationRevision Int64  `json:"automationRevision" required:"true" description:"The revision that the activation keeps to."`
	AutomationName     string `json:"automationName" required:"true" description:"As it is now; empty where the automation is gone."`
	AppID              string `json:"appId" required:"true" format:"uuid"`
	TriggerKey         string `json:"triggerKey" required:"true"`
	TriggerName        string `json:"triggerName" required:"true"`
	ExternalEntityID   string `json:"externalEntityId,omitempty" format:"uuid"`
	// About is what people know it by.
	About  []RunField `json:"about" required:"true" description:"The first fields of the payload that say something to people, at most 2."`
	Status string     `json:"status" required:"true" enum:"INITIATED,SCHEDULED,STARTED"`
	Cause  string     `json:"cause" required:"true" enum:"EVENT,RUN,TEST,RERUN,OCCURRENCE"`

	DueDate          Time           `json:"dueDate" required:"true" description:"When what waits goes on."`
	InitiatedDate    Time           `json:"initiatedDate" required:"true"`
	TakesPlaceDate   Time           `json:"takesPlaceDate,omitzero" description:"When what it is about takes place; absent for a real-time trigger."`
	Wait             string         `json:"wait" required:"true" enum:"START,DELAY,RETRY" description:"START before the first step, DELAY at a delay, RETRY before the next attempt at a step that failed."`
	WaitingActionIDs []string       `json:"waitingActionIds" required:"true" description:"The delays that end then, or the steps that are tried again."`
	LeftOut          bool           `json:"leftOut" required:"true" description:"Somebody asked to leave the next steps out; what follows them goes on."`
	Next             []UpcomingStep `json:"next" required:"true" description:"The steps that begin at dueDate, as far as can be told before."`
}

// UpcomingStep is a step that is to begin.
type UpcomingStep struct {
	ActionID  string `json:"actionId" required:"true"`
	Type      string `json:"type" required:"true"`
	AppID     string `json:"appId,omitempty" format:"uuid" description:"Of an action that an app carries out."`
	ActionKey string `json:"actionKey,omitempty"`
	Name      string `json:"name" required:"true" description:"What people call it: the step's own name, else the action's; empty for a step that has neither."`
}

// UpcomingDaysRequest asks how much waits on each day of a span of time.
type UpcomingDaysRequest struct {
	AutomationID     string `query:"automationId" json:"-" format:"uuid"`
	AppID            string `query:"appId" json:"-" format:"uuid"`
	TriggerKey       string `query:"triggerKey" json:"-" maxLength:"100"`
	ExternalEntityID string `query:"externalEntityId" json:"-" format:"uuid"`
	Month            string `query:"month" json:"-" required:"true" minLength:"7" maxLength:"7" description:"Such as 2026-11, in the site's time zone."`
}

// UpcomingDaysResponse counts what waits on each day of a month that has any.
type UpcomingDaysResponse struct {
	Month    string        `json:"month" required:"true"`
	TimeZone string        `json:"timeZone" required:"true" description:"The site's: days begin and end in it."`
	Days     []UpcomingDay `json:"days" required:"true" maxItems:"31"`
	Complete bool          `json:"complete" required:"true" description:"Whether everything was counted; false where there is more than one call counts."`
}

// UpcomingDay is how much waits on one day.
type UpcomingDay struct {
	Date  string `json:"date" required:"true" format:"date"`
	Count int    `json:"count" required:"true"`
}

// HurriedResponse answers a run-now, which is on disk when it is sent.
type HurriedResponse struct {
	ActivationID string `json:"activationId" required:"true" format:"uuid"`
	DueDate      Time   `json:"dueDate" required:"true" description:"When what waited goes on: now."`
	WasDueDate   Time   `json:"wasDueDate" required:"true" description:"When it would have gone on."`
}

// SkippedResponse answers a skip, which is on disk when it is sent.
type SkippedResponse struct {
	ActivationID string         `json:"activationId" required:"true" format:"uuid"`
	Ended        bool           `json:"ended" required:"true" description:"The activation had not begun and is canceled, or nothing of it is left."`
	LeftOut      []UpcomingStep `json:"leftOut" required:"true" description:"The steps that are left out; what follows them goes on."`
}
