package api

import "encoding/json"

// RunsRequest asks for a page of a site's runs, newest first.
type RunsRequest struct {
	AutomationID     string `query:"automationId" json:"-" format:"uuid"`
	ExternalEntityID string `query:"externalEntityId" json:"-" format:"uuid"`
	State            string `query:"state" json:"-" enum:"OPEN,DONE,FAILED,CANCELED,SKIPPED" description:"OPEN: under way, or waiting. FAILED: also where a step failed and the rest was done; DONE is without those."`
	Search           string `query:"search" json:"-" maxLength:"200" description:"Only runs whose payload holds this value, whole, at any depth: a text, whatever its case, or a number."`
	ListRequest
}

// RunsResponse is a page of runs, with the names that a list shows.
type RunsResponse struct {
	Runs           []RunRow `json:"runs" required:"true" description:"A page may be short, or empty, and still be followed by others: a call looks at a bounded number of runs."`
	PagingMetadata Paging   `json:"pagingMetadata" required:"true"`
}

// RunRow is an activation as a list shows it.
type RunRow struct {
	ID               string `json:"id" required:"true" format:"uuid"`
	EventID          string `json:"eventId" required:"true" format:"uuid"`
	AutomationID     string `json:"automationId" required:"true" format:"uuid"`
	AutomationName   string `json:"automationName,omitempty" description:"As it is now; absent where the site has it no longer."`
	TriggerName      string `json:"triggerName,omitempty"`
	ExternalEntityID string `json:"externalEntityId,omitempty" format:"uuid"`
	Status           string `json:"status" required:"true" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED"`
	Cause            string `json:"cause" required:"true" enum:"EVENT,RUN,TEST,RERUN,OCCURRENCE"`

	InitiatedDate     Time   `json:"initiatedDate" required:"true"`
	StartedDate       Time   `json:"startedDate,omitzero"`
	EndedDate         Time   `json:"endedDate,omitzero"`
	DueDate           Time   `json:"dueDate,omitzero" description:"When there is next something to do."`
	SkipReason        string `json:"skipReason,omitempty"`
	CancelReason      string `json:"cancelReason,omitempty"`
	Error             string `json:"error,omitempty" description:"Of the run, or of the last of its steps that failed."`
	WithFailedActions bool   `json:"withFailedActions" required:"true"`
	StepsDone         int    `json:"stepsDone" required:"true"`
	// About is what people know it by.
	About []RunField `json:"about" required:"true" description:"The first fields of the payload that say something to people, at most 2."`
}

// RunField is a field of a payload.
type RunField struct {
	Title string          `json:"title" required:"true"`
	Value json.RawMessage `json:"value" required:"true" description:"A text of at most 120 characters, or a number."`
}
