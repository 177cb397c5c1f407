package api

import "encoding/json"

// AutomationDocument is an Automation as JSON. What Belay does not know in it is
// kept and returned.
type AutomationDocument json.RawMessage

// MarshalJSON returns the document as it is, null for none.
func (d AutomationDocument) MarshalJSON() ([]byte, error) { return json.RawMessage(d).MarshalJSON() }

// UnmarshalJSON keeps a copy of b.
func (d *AutomationDocument) UnmarshalJSON(b []byte) error {
	*d = append((*d)[:0], b...)
	return nil
}

// Automation is what a site owner set up: one trigger, its filters and timing,
// and a graph of actions. These are the parts that Belay reads or writes itself;
// documents may hold more.
type Automation struct {
	ID            string                  `json:"id,omitempty" format:"uuid" description:"The server's own; ignored on create."`
	Revision      Int64                   `json:"revision,omitzero" description:"Raised by each update, which must send the one it read."`
	CreatedBy     *Identity               `json:"createdBy,omitzero" description:"The server's own."`
	UpdatedBy     *Identity               `json:"updatedBy,omitzero" description:"The server's own."`
	CreatedDate   Time                    `json:"createdDate,omitzero" description:"The server's own."`
	UpdatedDate   Time                    `json:"updatedDate,omitzero" description:"The server's own."`
	Preinstalled  *PreinstalledInfo       `json:"preinstalledInfo,omitzero" description:"The server's own, but where an app brings the automation."`
	Name          string                  `json:"name" required:"true" minLength:"1" maxLength:"500"`
	Description   string                  `json:"description,omitempty" maxLength:"2000"`
	Origin        string                  `json:"origin" required:"true" enum:"USER,APPLICATION,PREINSTALLED,RECIPE" description:"Fixed once it is created."`
	Settings      json.RawMessage         `json:"settings,omitzero"`
	Configuration AutomationConfiguration `json:"configuration" required:"true"`
}

// AutomationConfiguration is what an automation does.
type AutomationConfiguration struct {
	Status        string                      `json:"status" required:"true" enum:"ACTIVE,INACTIVE"`
	Trigger       AutomationTrigger           `json:"trigger" required:"true"`
	RootActionIDs []string                    `json:"rootActionIds" required:"true" maxItems:"20"`
	Actions       map[string]AutomationAction `json:"actions" required:"true"`
}

// AutomationTrigger is the trigger of an automation, with its filters and timing.
type AutomationTrigger struct {
	AppID           string             `json:"appId" required:"true"`
	TriggerKey      string             `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	Filters         []AutomationFilter `json:"filters,omitempty" maxItems:"5"`
	ScheduledOffset *ScheduledOffset   `json:"scheduledEventOffset,omitzero"`
	RateLimit       *TriggerRateLimit  `json:"rateLimit,omitzero"`
	ConfigMapping   json.RawMessage    `json:"automationConfigMapping,omitzero"`
	OverrideSchema  json.RawMessage    `json:"overrideSchema,omitzero" description:"Returned only where fields has OVERRIDE_SCHEMA."`
	SkipWhenLater   *SkipWhenLater     `json:"skipWhenLater,omitzero"`
}

// AutomationFilter is a condition on the payload; all must hold.
type AutomationFilter struct {
	ID               string `json:"id" format:"uuid"`
	FieldKey         string `json:"fieldKey" minLength:"1" maxLength:"110"`
	FilterExpression string `json:"filterExpression" maxLength:"5000"`
}

// ScheduledOffset moves the start before a scheduled event's time.
type ScheduledOffset struct {
	Expression string `json:"preScheduledEventOffsetExpression" maxLength:"1000"`
	Unit       string `json:"scheduledEventOffsetTimeUnit" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
}

// SkipWhenLater is ours: what would start later than this after its due time is skipped.
type SkipWhenLater struct {
	Expression string `json:"durationExpression" maxLength:"1000"`
	Unit       string `json:"durationTimeUnit" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
}

// TriggerRateLimit bounds how many activations an automation makes in a window.
type TriggerRateLimit struct {
	Max        string `json:"maxActivationsExpression" required:"true" minLength:"1" maxLength:"1000"`
	Duration   string `json:"durationExpression,omitempty" maxLength:"1000" description:"For ever, where it is left out."`
	Unit       string `json:"durationTimeUnit,omitempty" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
	Identifier string `json:"uniqueIdentifierExpression,omitempty" minLength:"1" maxLength:"400" description:"Each value has a count of its own."`
}

// RateLimitInfo lets what follows go on so many times in a window.
type RateLimitInfo struct {
	Max           string   `json:"maxActivationsExpression" required:"true" minLength:"1" maxLength:"1000"`
	Duration      string   `json:"rateLimitDurationExpression,omitempty" maxLength:"1000" description:"For ever, where it is left out."`
	Unit          string   `json:"rateLimitDurationTimeUnit,omitempty" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
	Identifier    string   `json:"uniqueIdentifierExpression,omitempty" minLength:"1" maxLength:"400" description:"Each value has a count of its own."`
	PostActionIDs []string `json:"postActionIds,omitempty" maxItems:"20"`
}

// AutomationAction is one node; the info of its type alone is set.
type AutomationAction struct {
	ID                string          `json:"id,omitempty"`
	Type              string          `json:"type" required:"true" enum:"APP_DEFINED,CONDITION,CODE_CONDITION,DELAY,RATE_LIMIT,SET_VARIABLES,SPLIT,OUTPUT,MERGE"`
	Namespace         string          `json:"namespace,omitempty" maxLength:"100"`
	DisplayName       string          `json:"displayName,omitempty" maxLength:"60"`
	SkipExpression    string          `json:"skipActionExpression,omitempty" maxLength:"1000"`
	ContinueOnFailure bool            `json:"continueOnFailure,omitempty" description:"Ours: what follows goes on where the action failed."`
	AppDefined        *AppDefinedInfo `json:"appDefinedInfo,omitzero"`
	Condition         *ConditionInfo  `json:"conditionInfo,omitzero"`
	Delay             *DelayInfo      `json:"delayInfo,omitzero"`
	RateLimit         *RateLimitInfo  `json:"rateLimitInfo,omitzero"`
	SetVariables      json.RawMessage `json:"setVariablesInfo,omitzero"`
	CodeCondition     json.RawMessage `json:"codeConditionInfo,omitzero"`
	Split             json.RawMessage `json:"splitInfo,omitzero"`
	Output            json.RawMessage `json:"outputInfo,omitzero"`
}

// AppDefinedInfo is an action that an app carries out.
type AppDefinedInfo struct {
	AppID                string          `json:"appId" required:"true" description:"A GUID, or belay for the built-in actions."`
	ActionKey            string          `json:"actionKey" required:"true" minLength:"1" maxLength:"100"`
	InputMapping         json.RawMessage `json:"inputMapping,omitzero"`
	SkipGroups           json.RawMessage `json:"skipConditionOrExpressionGroups,omitzero"`
	PostActionIDs        []string        `json:"postActionIds,omitempty" maxItems:"20"`
	OverrideOutputSchema json.RawMessage `json:"overrideOutputSchema,omitzero" description:"Returned only where fields has OVERRIDE_SCHEMA."`
}

// ConditionInfo goes one of two ways; it passes when any group does.
type ConditionInfo struct {
	Groups             []ExpressionGroup `json:"orExpressionGroups" required:"true" minItems:"1" maxItems:"10"`
	TruePostActionIDs  []string          `json:"truePostActionIds,omitempty" maxItems:"20"`
	FalsePostActionIDs []string          `json:"falsePostActionIds,omitempty" maxItems:"20"`
}

// ExpressionGroup joins boolean expressions.
type ExpressionGroup struct {
	Operator    string   `json:"operator" enum:"AND,OR"`
	Expressions []string `json:"booleanExpressions" minItems:"1" maxItems:"20"`
}

// DelayInfo waits: for an offset, until a date, or until a date moved by an offset.
type DelayInfo struct {
	OffsetExpression  string   `json:"offsetExpression,omitempty" maxLength:"1000"`
	OffsetTimeUnit    string   `json:"offsetTimeUnit,omitempty" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
	DueDateEpoch      string   `json:"dueDateEpochExpression,omitempty" maxLength:"1000"`
	DueDateExpression string   `json:"dueDateExpression,omitempty" maxLength:"1000"`
	PostActionIDs     []string `json:"postActionIds,omitempty" maxItems:"20"`
}

// CreateAutomationRequest keeps a new automation.
type CreateAutomationRequest struct {
	Automation AutomationDocument `json:"automation" required:"true"`
	Fields     []string           `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// UpdateAutomationRequest replaces an automation, or the parts of it that the
// mask names.
type UpdateAutomationRequest struct {
	ID         string             `path:"automationId" json:"-" format:"uuid"`
	Automation AutomationDocument `json:"automation" required:"true"`
	FieldMask  string             `json:"fieldMask,omitempty" maxLength:"5000" description:"Paths joined by commas, such as name,configuration.status; left out, all is replaced."`
	Fields     []string           `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// PutAutomationRequest makes the automation of an ID be what the document says.
type PutAutomationRequest struct {
	ID         string             `path:"automationId" json:"-" format:"uuid"`
	Automation AutomationDocument `json:"automation" required:"true"`
}

// GetAutomationRequest asks for an automation.
type GetAutomationRequest struct {
	ID     string   `path:"automationId" json:"-" format:"uuid"`
	Fields []string `query:"fields" json:"-" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// AutomationRequest names an automation.
type AutomationRequest struct {
	ID string `path:"automationId" json:"-" format:"uuid"`
}

// AutomationResponse holds an automation.
type AutomationResponse struct {
	Automation AutomationDocument `json:"automation" required:"true"`
	Outcome    Outcome            `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// BulkDeleteAutomationsRequest removes many automations.
type BulkDeleteAutomationsRequest struct {
	AutomationIDs []string `json:"automationIds" required:"true" minItems:"1" maxItems:"200" apart:"true"`
}

// BulkDeleteAutomationsResponse has a result for each, in the order sent.
type BulkDeleteAutomationsResponse struct {
	Results            []BulkItem         `json:"results" required:"true"`
	BulkActionMetadata BulkActionMetadata `json:"bulkActionMetadata" required:"true"`
}

// BulkItem is what became of one of many.
type BulkItem struct {
	ItemMetadata ItemMetadata `json:"itemMetadata" required:"true"`
}

// QueryAutomationsRequest asks for automations.
type QueryAutomationsRequest struct {
	Query  Query    `json:"query,omitzero"`
	Fields []string `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// Query says which, in what order, and how many. With a cursor it says how many
// alone: the cursor knows the rest.
type Query struct {
	Filter       json.RawMessage `json:"filter,omitzero" description:"Such as {\"configuration.status\": \"ACTIVE\"}, with $ne, $gt, $gte, $lt, $lte, $startsWith, $endsWith, $contains, $in, $hasSome, $hasAll, $exists, $and, $or and $not; at most three levels."`
	Sort         []Sorting       `json:"sort,omitempty" maxItems:"5"`
	CursorPaging CursorPaging    `json:"cursorPaging,omitzero"`
	Paging       json.RawMessage `json:"paging,omitzero" description:"Refused: cursorPaging asks for a page."`
}

// Sorting orders by one field.
type Sorting struct {
	FieldName string `json:"fieldName" required:"true" minLength:"1" maxLength:"512"`
	Order     string `json:"order,omitempty" enum:"ASC,DESC"`
}

// CursorPaging asks for a page.
type CursorPaging struct {
	Limit  int    `json:"limit,omitzero" minimum:"1" maximum:"500" description:"50 where it is left out."`
	Cursor string `json:"cursor,omitempty" maxLength:"64000"`
}

// QueryAutomationsResponse is a page of automations.
type QueryAutomationsResponse struct {
	Automations    []AutomationDocument `json:"automations" required:"true"`
	PagingMetadata Paging               `json:"pagingMetadata" required:"true"`
}
