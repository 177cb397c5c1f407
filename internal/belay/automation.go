package belay

import "encoding/json"

// ActionType says what an action is, in the wire's words.
type ActionType string

// The types of actions that the compatible model knows.
const (
	AppDefined    ActionType = "APP_DEFINED"
	Condition     ActionType = "CONDITION"
	CodeCondition ActionType = "CODE_CONDITION"
	Delay         ActionType = "DELAY"
	RateLimit     ActionType = "RATE_LIMIT"
	SetVariables  ActionType = "SET_VARIABLES"
	Split         ActionType = "SPLIT"
	Output        ActionType = "OUTPUT"
	Merge         ActionType = "MERGE"
)

// AutomationStatus is whether an automation acts.
type AutomationStatus string

// The two settings of an automation's switch.
const (
	Active   AutomationStatus = "ACTIVE"
	Inactive AutomationStatus = "INACTIVE"
)

// Automation is what a site owner set up: one trigger, its filters and timing,
// and a graph of actions. Document is the whole as it was written, so that parts
// that Belay does not read are kept and given back; Spec is what it reads in it.
type Automation struct {
	ID        ID       `json:"id"`
	SiteID    ID       `json:"siteId"`
	Revision  int64    `json:"revision"`
	CreatedAt Instant  `json:"createdDate"`
	UpdatedAt Instant  `json:"updatedDate"`
	CreatedBy Identity `json:"createdBy,omitzero"`
	UpdatedBy Identity `json:"updatedBy,omitzero"`
	// Draft is set of a draft alone, which never acts.
	Draft *DraftOf `json:"draft,omitempty"`
	// Preinstalled is set of one that came with an app.
	Preinstalled *Preinstalled `json:"preinstalled,omitempty"`
	// Document is a JSON object of the compatible wire's Automation, less the
	// fields above.
	Document json.RawMessage `json:"document"`
}

// Preinstalled says which app an automation came with to every site that has the
// app, and as what.
type Preinstalled struct {
	AppID       ID `json:"appId"`
	ComponentID ID `json:"componentId"`
	// ComponentVersion is the app's own count.
	ComponentVersion int64 `json:"componentVersion,omitempty"`
	// Override says that this is the site's own, changed copy; OfRevision is the
	// revision of the app's that it was first made from.
	Override   bool  `json:"override,omitempty"`
	OfRevision int64 `json:"ofRevision,omitempty"`
}

// DraftOf says which automation a draft is to replace, and the revision that it
// was made from; both are zero for a draft of a new one.
type DraftOf struct {
	OriginalID ID    `json:"originalAutomationId,omitzero"`
	Revision   int64 `json:"originalRevision,omitempty"`
}

// AutomationSpec is the part of an automation's document that the engine reads.
// The names, limits and meanings are those of the compatible wire's model.
type AutomationSpec struct {
	Name          string           `json:"name"`
	Description   string           `json:"description"`
	Origin        string           `json:"origin"`
	Settings      json.RawMessage  `json:"settings,omitempty"`
	Configuration AutomationConfig `json:"configuration"`
}

// AutomationConfig is what an automation does.
type AutomationConfig struct {
	Status        AutomationStatus  `json:"status"`
	Trigger       TriggerUse        `json:"trigger"`
	RootActionIDs []string          `json:"rootActionIds"`
	Actions       map[string]Action `json:"actions"`
}

// TriggerUse is the trigger of an automation with its filters and timing.
type TriggerUse struct {
	AppID           string           `json:"appId"`
	TriggerKey      string           `json:"triggerKey"`
	Filters         []TriggerFilter  `json:"filters,omitempty"`
	ScheduledOffset *ScheduledOffset `json:"scheduledEventOffset,omitempty"`
	RateLimit       *TriggerLimit    `json:"rateLimit,omitempty"`
	ConfigMapping   json.RawMessage  `json:"automationConfigMapping,omitempty"`
	OverrideSchema  json.RawMessage  `json:"overrideSchema,omitempty"`
	// SkipWhenLater is Belay's own: what starts later than this after its due
	// time is skipped, so that nothing stale goes out after an outage.
	SkipWhenLater *SkipWhenLater `json:"skipWhenLater,omitempty"`
}

// TriggerFilter is one condition on the payload; all must hold.
type TriggerFilter struct {
	ID         string `json:"id"`
	FieldKey   string `json:"fieldKey"`
	Expression string `json:"filterExpression"`
}

// ScheduledOffset moves the start of a scheduled trigger's automation before the
// event's time. The sign of the expression's value is ignored: it is always before.
type ScheduledOffset struct {
	Expression string `json:"preScheduledEventOffsetExpression"`
	Unit       Unit   `json:"scheduledEventOffsetTimeUnit"`
}

// SkipWhenLater bounds how late an automation may still start.
type SkipWhenLater struct {
	Expression string `json:"durationExpression"`
	Unit       Unit   `json:"durationTimeUnit"`
}

// TriggerLimit bounds how many activations an automation makes in a window of
// time, for each value of the identifier; without one, all of them together.
type TriggerLimit struct {
	Max        string  `json:"maxActivationsExpression"`
	Duration   string  `json:"durationExpression,omitempty"` // none means for ever
	Unit       Unit    `json:"durationTimeUnit,omitempty"`
	Identifier *string `json:"uniqueIdentifierExpression,omitempty"`
}

// Action is one node of an automation. Exactly one Info belongs to each type.
type Action struct {
	ID             string     `json:"id,omitempty"`
	Type           ActionType `json:"type"`
	Namespace      string     `json:"namespace,omitempty"`
	DisplayName    string     `json:"displayName,omitempty"`
	SkipExpression string     `json:"skipActionExpression,omitempty"`
	// ContinueOnFailure is Belay's own: what follows goes on where the action failed.
	ContinueOnFailure bool               `json:"continueOnFailure,omitempty"`
	AppDefined        *AppDefinedInfo    `json:"appDefinedInfo,omitempty"`
	Condition         *ConditionInfo     `json:"conditionInfo,omitempty"`
	Delay             *DelayInfo         `json:"delayInfo,omitempty"`
	RateLimit         *RateLimitInfo     `json:"rateLimitInfo,omitempty"`
	SetVariables      *SetVariablesInfo  `json:"setVariablesInfo,omitempty"`
	CodeCondition     *CodeConditionInfo `json:"codeConditionInfo,omitempty"`
	Split             *SplitInfo         `json:"splitInfo,omitempty"`
	Output            *OutputInfo        `json:"outputInfo,omitempty"`
	Merge             *MergeInfo         `json:"mergeInfo,omitempty"`
}

// AppDefinedInfo is an action that an app carries out.
type AppDefinedInfo struct {
	AppID        string          `json:"appId"`
	ActionKey    string          `json:"actionKey"`
	InputMapping json.RawMessage `json:"inputMapping,omitempty"`
	// SkipGroups are joined by OR: where one passes, the action is left out.
	SkipGroups []ExpressionGroup `json:"skipConditionOrExpressionGroups,omitempty"`
	Post       []string          `json:"postActionIds,omitempty"`
}

// ConditionInfo goes one of two ways; it passes when any group does.
type ConditionInfo struct {
	Groups []ExpressionGroup `json:"orExpressionGroups"`
	True   []string          `json:"truePostActionIds,omitempty"`
	False  []string          `json:"falsePostActionIds,omitempty"`
}

// ExpressionGroup joins boolean expressions by AND or OR.
type ExpressionGroup struct {
	Operator    string   `json:"operator"`
	Expressions []string `json:"booleanExpressions"`
}

// CodeConditionInfo goes one of two ways, as its code says.
type CodeConditionInfo struct {
	Snippet CodeSnippet `json:"snippet"`
	// Variables are the fields of the payload that the code is given.
	Variables []string `json:"dynamicVariableExpressions,omitempty"`
	True      []string `json:"truePostActionIds,omitempty"`
	False     []string `json:"falsePostActionIds,omitempty"`
}

// CodeSnippet is a module with a function as its default export.
type CodeSnippet struct {
	Language string `json:"language,omitempty"` // JAVASCRIPT
	Code     string `json:"code"`
}

// DelayInfo waits: for an offset, until a date, or until a date moved by an offset.
type DelayInfo struct {
	Offset   string   `json:"offsetExpression,omitempty"`
	Unit     Unit     `json:"offsetTimeUnit,omitempty"`
	DueEpoch string   `json:"dueDateEpochExpression,omitempty"` // milliseconds since 1970
	DueDate  string   `json:"dueDateExpression,omitempty"`      // ISO date-time or a formula
	Post     []string `json:"postActionIds,omitempty"`
}

// RateLimitInfo lets what follows go on so many times in a window of time, for
// each value of the identifier; without one, all activations together.
type RateLimitInfo struct {
	Max        string   `json:"maxActivationsExpression"`
	Duration   string   `json:"rateLimitDurationExpression,omitempty"` // none means for ever
	Unit       Unit     `json:"rateLimitDurationTimeUnit,omitempty"`
	Identifier *string  `json:"uniqueIdentifierExpression,omitempty"`
	Post       []string `json:"postActionIds,omitempty"`
}

// SetVariablesInfo gives values names that every later action finds under
// "setVariable".
type SetVariablesInfo struct {
	OutputMapping json.RawMessage `json:"outputMapping,omitempty"`
	Post          []string        `json:"postActionIds,omitempty"`
}

// SplitInfo goes several ways at once.
type SplitInfo struct {
	Paths []SplitPath `json:"paths"`
}

// SplitPath is one way; without an action it ends where it begins.
type SplitPath struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
	Post string `json:"postActionId,omitempty"`
}

// OutputInfo is what the automation gives as a whole.
type OutputInfo struct {
	OutputMapping json.RawMessage `json:"outputMapping,omitempty"`
}

// MergeInfo goes on when every branch that leads to it has come or ended.
//
// The compatible wire has the type and says nothing of what it holds; the field is
// Belay's own.
type MergeInfo struct {
	Post []string `json:"postActionIds,omitempty"`
}
