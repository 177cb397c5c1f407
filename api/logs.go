package api

import "encoding/json"

// ActivationLog is an activation as the compatible wire tells it: what it is
// now, and when it became each thing that it was.
type ActivationLog struct {
	ID                 string         `json:"id" required:"true" format:"uuid"`
	AutomationID       string         `json:"automationId" required:"true" format:"uuid"`
	AutomationRevision Int64          `json:"automationRevision" required:"true"`
	Status             string         `json:"status" required:"true" enum:"INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED"`
	CreatedDate        Time           `json:"createdDate" required:"true"`
	InitiatedInfo      *InitiatedInfo `json:"initiatedInfo,omitzero"`
	ScheduledInfo      *ScheduledInfo `json:"scheduledInfo,omitzero"`
	StartedInfo        *StartedInfo   `json:"startedInfo,omitzero"`
	EndedInfo          *EndedInfo     `json:"endedInfo,omitzero"`
	CancelledInfo      *CancelledInfo `json:"cancelledInfo,omitzero"`
	FailedInfo         *FailedInfo    `json:"failedInfo,omitzero"`
	SkippedInfo        *SkippedInfo   `json:"skippedInfo,omitzero"`
	Warnings           []Warning      `json:"warnings" required:"true"`

	EventID    string `json:"eventId" required:"true" format:"uuid"`
	AppID      string `json:"appId" required:"true" format:"uuid"`
	TriggerKey string `json:"triggerKey" required:"true"`
	DueDate    Time   `json:"dueDate,omitzero" description:"When there is next something to do."`
	Cause      string `json:"cause" required:"true" enum:"EVENT,RUN,TEST,RERUN,OCCURRENCE" description:"What made it; EVENT for an event that was reported."`
}

// InitiatedInfo tells how an activation began.
type InitiatedInfo struct {
	StatusChangedDate Time            `json:"statusChangedDate" required:"true"`
	Target            string          `json:"target" required:"true" enum:"IMMEDIATE,SCHEDULE"`
	Payload           json.RawMessage `json:"payload,omitzero"`
	ExternalEntityID  string          `json:"externalEntityId,omitempty" format:"uuid"`
	RequestID         string          `json:"requestId,omitempty"`
}

// ScheduledInfo tells what an activation waited for.
type ScheduledInfo struct {
	StatusChangedDate Time   `json:"statusChangedDate" required:"true"`
	ScheduleID        string `json:"scheduleId" required:"true" format:"uuid"`
	Date              Time   `json:"date" required:"true"`
}

// StartedInfo tells when actions began.
type StartedInfo struct {
	StatusChangedDate Time            `json:"statusChangedDate" required:"true"`
	Payload           json.RawMessage `json:"payload,omitzero"`
}

// EndedInfo tells when everything was done.
type EndedInfo struct {
	StatusChangedDate Time `json:"statusChangedDate" required:"true"`
	WithFailedActions bool `json:"withFailedActions" required:"true"`
}

// CancelledInfo tells who called an activation off, and why.
type CancelledInfo struct {
	StatusChangedDate Time     `json:"statusChangedDate" required:"true"`
	Reason            string   `json:"reason" required:"true"`
	Initiator         Identity `json:"initiator" required:"true"`
}

// FailedInfo tells why an activation, or an action, failed.
type FailedInfo struct {
	StatusChangedDate Time   `json:"statusChangedDate" required:"true"`
	ErrorDescription  string `json:"errorDescription" required:"true"`
	ErrorCode         string `json:"errorCode" required:"true"`
	ErrorReason       string `json:"errorReason,omitempty"`
}

// SkippedInfo tells why an activation never began.
type SkippedInfo struct {
	StatusChangedDate Time            `json:"statusChangedDate" required:"true"`
	Reason            string          `json:"reason" required:"true"`
	Payload           json.RawMessage `json:"payload,omitzero"`
	ExternalEntityID  string          `json:"externalEntityId,omitempty" format:"uuid"`
	RequestID         string          `json:"requestId,omitempty"`
}

// Warning is something that did not stop an activation.
type Warning struct {
	Type string `json:"type" required:"true"`
}

// ActivationLogRequest names an activation.
type ActivationLogRequest struct {
	ID string `path:"activationId" json:"-" format:"uuid"`
}

// ActivationLogResponse holds an activation's log.
type ActivationLogResponse struct {
	ActivationLog ActivationLog `json:"activationLog" required:"true"`
}

// ActivationLogsRequest asks for a page of logs, newest first.
type ActivationLogsRequest struct {
	IdentifierType string `query:"identifierType" json:"-" enum:"UNKNOWN_TYPE,AUTOMATION_ID,PREINSTALLED_IDENTIFIER"`
	AutomationID   string `query:"automationIdInfo.automationId" json:"-" format:"uuid"`
	AppID          string `query:"preinstalledIdentifierInfo.appId" json:"-" format:"uuid"`
	ComponentID    string `query:"preinstalledIdentifierInfo.componentId" json:"-" format:"uuid"`
	From           Time   `query:"fromCreatedDate" json:"-" description:"30 days ago where it is left out."`
	To             Time   `query:"toCreatedDate" json:"-" description:"Now where it is left out."`
	Limit          int    `query:"cursorPaging.limit" json:"-" minimum:"1" maximum:"500" description:"50 where it is left out."`
	Cursor         string `query:"cursorPaging.cursor" json:"-" maxLength:"16000"`
	IncludePayload bool   `query:"includePayload" json:"-"`
	// PayloadMask are paths of the payload; only these are shown.
	PayloadMask []string `query:"payloadMask" json:"-" description:"With includePayload: paths such as customer.email, by themselves or joined by commas; only these are shown."`
}

// SearchActivationLogsRequest asks for activations whose payload holds a value.
type SearchActivationLogsRequest struct {
	Value                      string                     `json:"value" required:"true" minLength:"1" maxLength:"50" description:"A whole value of the payload, such as an e-mail address, a telephone number or a GUID, at any depth. Case does not matter; telephone numbers are compared by their digits."`
	FilterBy                   string                     `json:"filterBy,omitempty" enum:"UNKNOWN_TYPE,AUTOMATION_ID,PREINSTALLED_IDENTIFIER"`
	AutomationIDInfo           AutomationIDInfo           `json:"automationIdInfo,omitzero"`
	PreinstalledIdentifierInfo PreinstalledIdentifierInfo `json:"preinstalledIdentifierInfo,omitzero"`
	From                       Time                       `json:"fromCreatedDate,omitzero" description:"30 days ago where it is left out."`
	To                         Time                       `json:"toCreatedDate,omitzero" description:"Now where it is left out."`
	CursorPaging               LogPaging                  `json:"cursorPaging,omitzero"`
	IncludePayload             bool                       `json:"includePayload,omitzero"`
}

// AutomationIDInfo names an automation.
type AutomationIDInfo struct {
	AutomationID string `json:"automationId,omitempty" format:"uuid"`
}

// PreinstalledIdentifierInfo names an automation that came with an app.
type PreinstalledIdentifierInfo struct {
	AppID       string `json:"appId,omitempty" format:"uuid"`
	ComponentID string `json:"componentId,omitempty" format:"uuid"`
}

// LogPaging asks for a page of a search. One that holds nothing may still be
// followed by others: a call looks at 10,000 events at most.
type LogPaging struct {
	Limit  int    `json:"limit,omitzero" minimum:"1" maximum:"500" description:"50 where it is left out."`
	Cursor string `json:"cursor,omitempty" maxLength:"16000"`
}

// ActivationLogsResponse is a page of logs.
type ActivationLogsResponse struct {
	ActivationLogs []ActivationLog `json:"activationLogs" required:"true"`
	PagingMetadata Paging          `json:"pagingMetadata" required:"true"`
}

// ActionLog is one action of an activation.
type ActionLog struct {
	ID               string             `json:"id" required:"true"`
	ActivationID     string             `json:"activationId" required:"true" format:"uuid"`
	Type             string             `json:"type" required:"true"`
	ActivationStatus string             `json:"activationStatus" required:"true" enum:"STARTED,INVOKED_ASYNC,ENDED,SKIPPED,FAILED,CANCELLED" description:"The action's status; CANCELLED for one that was under way when its activation was called off."`
	StartedInfo      *ActionStartedInfo `json:"startedInfo,omitzero"`
	InvokedAsyncInfo *ActionAsyncInfo   `json:"invokedAsyncInfo,omitzero"`
	EndedInfo        *ActionEndedInfo   `json:"endedInfo,omitzero"`
	SkippedInfo      *ActionSkippedInfo `json:"skippedInfo,omitzero"`
	FailedInfo       *FailedInfo        `json:"failedInfo,omitzero"`
	Warnings         []Warning          `json:"warnings" required:"true"`

	Attempts []Attempt       `json:"attempts" required:"true"`
	Input    json.RawMessage `json:"input,omitzero"`
	Output   json.RawMessage `json:"output,omitzero"`
	Error    string          `json:"error,omitempty"`
	DueDate  Time            `json:"dueDate,omitzero"`
	InFlight bool            `json:"inFlight" required:"true"`

	Completion      *Completion `json:"completion,omitzero" description:"What the app reported of an action that it had taken."`
	Postponed       *Postponed  `json:"postponed,omitzero" description:"Attempts that were put off, as the action's app has been failing."`
	RefreshAttempts []Attempt   `json:"refreshAttempts,omitempty" description:"Calls of the trigger's app for the payload, at the end of a delay."`
}

// ActionStartedInfo tells how an action began.
type ActionStartedInfo struct {
	StatusChangedDate    Time            `json:"statusChangedDate" required:"true"`
	AppDefinedActionInfo *ActionInput    `json:"appDefinedActionInfo,omitzero"`
	DelayActionInfo      *DelayStartInfo `json:"delayActionInfo,omitzero"`
}

// ActionInput is what an action was carried out with.
type ActionInput struct {
	Input json.RawMessage `json:"input,omitzero"`
}

// ActionOutput is what an action gave.
type ActionOutput struct {
	Output      json.RawMessage `json:"output,omitzero"`
	TimeoutDate Time            `json:"timeoutDate,omitzero"`
}

// DelayStartInfo tells until when a delay waits.
type DelayStartInfo struct {
	Date Time `json:"date,omitzero"`
}

// ActionAsyncInfo tells that an app has taken an action and will say when it is done.
type ActionAsyncInfo struct {
	StatusChangedDate    Time          `json:"statusChangedDate,omitzero"`
	AppDefinedActionInfo *ActionOutput `json:"appDefinedActionInfo,omitzero"`
}

// ActionEndedInfo tells what came of an action.
type ActionEndedInfo struct {
	StatusChangedDate      Time                 `json:"statusChangedDate" required:"true"`
	AppDefinedActionInfo   *ActionOutput        `json:"appDefinedActionInfo,omitzero"`
	ConditionActionInfo    *ConditionActionInfo `json:"conditionActionInfo,omitzero"`
	RateLimitActionInfo    *RateLimitActionInfo `json:"rateLimitActionInfo,omitzero"`
	DelayActionInfo        *DelayEndInfo        `json:"delayActionInfo,omitzero"`
	SetVariablesActionInfo *ActionOutput        `json:"setVariablesActionInfo,omitzero"`
}

// ConditionActionInfo is what a condition came to.
type ConditionActionInfo struct {
	Passed            bool                       `json:"passed" required:"true"`
	ExpressionResults map[string]ConditionResult `json:"expressionResults" required:"true"`
}

// ConditionResult is what one expression gave.
type ConditionResult struct {
	Passed bool   `json:"passed" required:"true"`
	Error  string `json:"error,omitempty"`
}

// RateLimitActionInfo is what a rate limit came to.
type RateLimitActionInfo struct {
	Passed bool `json:"passed" required:"true"`
}

// DelayEndInfo is the payload with which an activation went on after a delay.
type DelayEndInfo struct {
	Payload json.RawMessage `json:"payload,omitzero"`
}

// ActionSkippedInfo tells when an action was skipped.
type ActionSkippedInfo struct {
	StatusChangedDate Time `json:"statusChangedDate" required:"true"`
}

// ActionLogsRequest names an activation.
type ActionLogsRequest struct {
	ActivationID string `query:"activationId" json:"-" required:"true" format:"uuid"`
}

// ActionLogsResponse holds an activation's actions, in the order in which they
// were reached.
type ActionLogsResponse struct {
	ActivationActionLogs []ActionLog `json:"activationActionLogs" required:"true"`
}
