package api

import "encoding/json"

// AutomationCardsRequest asks for a page of what a list of automations shows.
type AutomationCardsRequest struct {
	Limit  int    `query:"limit" json:"-" minimum:"1" maximum:"200" description:"200 where it is left out."`
	Cursor string `query:"cursor" json:"-" maxLength:"2000"`
	Search string `query:"search" json:"-" maxLength:"200" description:"Words that must all stand, whatever their case, in the name, the description, or the name of the trigger, of an action or of one of their apps."`
	Show   string `query:"show" json:"-" enum:"ALL,ACTIVE,INACTIVE,DRAFT,PREINSTALLED" description:"DRAFT: drafts of new automations, and automations with changes that are not published. PREINSTALLED: what came with apps. ALL where it is left out."`
	Sort   string `query:"sort" json:"-" enum:"NAME,UPDATED,CREATED" description:"By name, or newest first. UPDATED where it is left out."`
}

// AutomationCardsResponse is a page of cards, with what all of them share.
type AutomationCardsResponse struct {
	Cards []AutomationCard `json:"cards" required:"true"`
	// Days are those that the counts of runs are of.
	Days           []string   `json:"days" required:"true" description:"Seven days of the site's calendar, such as 2030-05-12; the last is today."`
	TimeZone       string     `json:"timeZone" required:"true" description:"The site's."`
	Locale         string     `json:"locale" required:"true" description:"The site's."`
	Counts         CardCounts `json:"counts" required:"true"`
	PagingMetadata Paging     `json:"pagingMetadata" required:"true"`
}

// CardCounts says how many cards each choice of show has; they ignore search and
// cursor.
type CardCounts struct {
	All          int `json:"all" required:"true"`
	Active       int `json:"active" required:"true"`
	Inactive     int `json:"inactive" required:"true"`
	Draft        int `json:"draft" required:"true"`
	Preinstalled int `json:"preinstalled" required:"true"`
}

// AutomationCard is an automation as a list shows it. A draft of a new automation
// is a card of its own; one of an automation belongs to that automation's card.
type AutomationCard struct {
	ID           string            `json:"id" required:"true" format:"uuid"`
	Name         string            `json:"name" required:"true"`
	Description  string            `json:"description,omitempty"`
	Status       string            `json:"status" required:"true" enum:"ACTIVE,INACTIVE"`
	Revision     Int64             `json:"revision" required:"true" description:"An update must send it."`
	Origin       string            `json:"origin,omitempty" enum:"USER,APPLICATION,PREINSTALLED,RECIPE"`
	CreatedDate  Time              `json:"createdDate" required:"true"`
	UpdatedDate  Time              `json:"updatedDate" required:"true"`
	Draft        bool              `json:"draft,omitzero" description:"Whether this is a draft of a new automation, which never runs."`
	Unpublished  *UnpublishedDraft `json:"unpublished,omitzero" description:"The draft of this automation, where there is one."`
	Locks        *CardLocks        `json:"locks,omitzero" description:"What its settings keep the site from changing."`
	Preinstalled *CardApp          `json:"preinstalled,omitzero" description:"The app that it came with."`
	Digest       AutomationDigest  `json:"digest" required:"true"`
	Runs         CardRuns          `json:"runs" required:"true"`
	NextDate     Time              `json:"nextDate,omitzero" description:"When it next has something to do, as far as the 200 runs of the site that are due first tell."`
}

// UnpublishedDraft is the draft of an automation.
type UnpublishedDraft struct {
	ID          string `json:"id" required:"true" format:"uuid"`
	UpdatedDate Time   `json:"updatedDate" required:"true"`
}

// CardLocks are what the settings of an automation that came with an app lock.
type CardLocks struct {
	ReadOnly     bool `json:"readOnly,omitzero"`
	NoDelete     bool `json:"noDelete,omitzero"`
	NoStatus     bool `json:"noStatus,omitzero" description:"It cannot be switched on or off."`
	TriggerFixed bool `json:"triggerFixed,omitzero"`
}

// CardApp is the app that an automation came with.
type CardApp struct {
	ID       string `json:"id" required:"true" format:"uuid"`
	Name     string `json:"name" required:"true"`
	Override bool   `json:"override,omitzero" description:"Whether this is the site's own, changed copy."`
}

// CardRuns counts the runs that ended on each of the seven days, and how.
type CardRuns struct {
	Done     []int `json:"done" required:"true"`
	Failed   []int `json:"failed" required:"true"`
	Canceled []int `json:"canceled" required:"true"`
	Skipped  []int `json:"skipped" required:"true"`
	Bounded  bool  `json:"bounded,omitzero" description:"Whether only the 5,000 ended runs that began last were looked at, and there may be more."`
}

// AutomationDigest is an automation in the parts of a sentence, with the names that
// people know. It says what is set up, whether it can act or not.
type AutomationDigest struct {
	Trigger *TriggerDigest `json:"trigger,omitzero"`
	Roots   []string       `json:"roots" required:"true" description:"The steps that begin at once."`
	Steps   []StepDigest   `json:"steps" required:"true" description:"At most 20, in the order in which they are reached."`
	More    int            `json:"more,omitzero" description:"How many steps were left out."`
}

// TriggerDigest is a trigger, with its timing and filters.
type TriggerDigest struct {
	AppID      string            `json:"appId" required:"true"`
	AppName    string            `json:"appName,omitempty"`
	TriggerKey string            `json:"triggerKey" required:"true"`
	Name       string            `json:"name,omitempty" description:"Left out where nobody declared the trigger."`
	Kind       string            `json:"kind" required:"true" enum:"REAL_TIME,SCHEDULED,CALENDAR,WEBHOOK,CUSTOM"`
	Before     *SpanDigest       `json:"before,omitzero" description:"How long before the time that the trigger speaks of; left out for at that time."`
	Calendar   *CalendarDigest   `json:"calendar,omitzero"`
	Filters    []ConditionDigest `json:"filters,omitempty" description:"All must hold."`
}

// SpanDigest is a length of time.
type SpanDigest struct {
	Amount     float64 `json:"amount,omitzero" description:"Left out where it is worked out."`
	Unit       string  `json:"unit,omitempty" enum:"MINUTES,HOURS,DAYS,WEEKS,MONTHS"`
	Expression string  `json:"expression,omitempty" description:"What works it out."`
}

// CalendarDigest is a schedule of an automation's own, on the site's wall clock.
type CalendarDigest struct {
	Start string `json:"start,omitempty" description:"Such as 2030-05-12T09:00; the first time."`
	Every int    `json:"every,omitzero" description:"Left out for once."`
	Unit  string `json:"unit,omitempty" enum:"DAYS,WEEKS,MONTHS"`
	Cron  string `json:"cron,omitempty" description:"Where it goes by a cron expression."`
	End   string `json:"end,omitempty"`
}

// StepDigest is one step. Which members it has follows from its kind.
type StepDigest struct {
	ID         string        `json:"id" required:"true"`
	Kind       string        `json:"kind" required:"true" enum:"APP_DEFINED,CONDITION,CODE_CONDITION,DELAY,RATE_LIMIT,SET_VARIABLES,SPLIT,OUTPUT,MERGE"`
	Label      string        `json:"label,omitempty" description:"What its author calls it."`
	AppID      string        `json:"appId,omitempty" description:"A GUID, or belay for the built-in actions."`
	AppName    string        `json:"appName,omitempty"`
	ActionKey  string        `json:"actionKey,omitempty"`
	ActionName string        `json:"actionName,omitempty" description:"Left out where nobody declared the action."`
	Recipient  *ValueDigest  `json:"recipient,omitzero" description:"Whom an email goes to, or where a request does."`
	Delay      *SpanDigest   `json:"delay,omitzero"`
	Until      *ValueDigest  `json:"until,omitzero" description:"The date that is waited for."`
	Max        *SpanDigest   `json:"max,omitzero" description:"How often a limit lets runs pass, without a unit."`
	Within     *SpanDigest   `json:"within,omitzero" description:"In what time; left out for ever."`
	Conditions []GroupDigest `json:"conditions,omitempty" description:"One of these groups must hold."`
	Next       []string      `json:"next,omitempty"`
	Otherwise  []string      `json:"otherwise,omitempty" description:"The steps where a condition does not hold."`
	Paths      []PathDigest  `json:"paths,omitempty"`
}

// PathDigest is one way of a split.
type PathDigest struct {
	Name string `json:"name,omitempty"`
	Next string `json:"next,omitempty"`
}

// GroupDigest joins conditions.
type GroupDigest struct {
	All        bool              `json:"all" required:"true" description:"Whether all must hold, else one."`
	Conditions []ConditionDigest `json:"conditions" required:"true"`
}

// ConditionDigest is one condition: a field held against values; or an expression
// that says more than that.
type ConditionDigest struct {
	Field      *FieldDigest      `json:"field,omitzero"`
	Relation   string            `json:"relation" required:"true" enum:"EQUALS,ONE_OF,CONTAINS,STARTS_WITH,ENDS_WITH,GREATER,AT_LEAST,LESS,AT_MOST,BEFORE,AFTER,EMPTY,TRUE,FORMULA" description:"FORMULA where it is told by the expression alone."`
	Not        bool              `json:"not,omitzero"`
	Items      string            `json:"items,omitempty" enum:"SOME,EVERY" description:"Of how many items of the field, a list, it must hold."`
	Values     []json.RawMessage `json:"values,omitempty" description:"Texts, numbers and booleans; at most 10."`
	More       int               `json:"more,omitzero" description:"How many values were left out."`
	Expression string            `json:"expression,omitempty"`
}

// FieldDigest is a field of the payload, or of what a step gave.
type FieldDigest struct {
	Path   string `json:"path" required:"true"`
	Title  string `json:"title,omitempty" description:"Of its schema; left out where that says nothing of it."`
	Owner  string `json:"owner,omitempty" description:"The title of the object that it is a part of."`
	Format string `json:"format,omitempty"`
}

// ValueDigest is a value that somebody chose: a text, a field, or more than that.
type ValueDigest struct {
	Text       string       `json:"text,omitempty"`
	Field      *FieldDigest `json:"field,omitzero"`
	Expression string       `json:"expression,omitempty"`
}

// AutomationVersionsRequest asks what an automation was before.
type AutomationVersionsRequest struct {
	ID     string `path:"automationId" json:"-" format:"uuid"`
	Limit  int    `query:"limit" json:"-" minimum:"1" maximum:"50" description:"10 where it is left out."`
	Before Int64  `query:"before" json:"-" minimum:"1" maximum:"9223372036854775807" description:"Only versions before this revision: the last one of the page before."`
}

// AutomationVersionsResponse is a page of versions, newest first.
type AutomationVersionsResponse struct {
	Versions []AutomationVersion `json:"versions" required:"true"`
	HasMore  bool                `json:"hasMore" required:"true" description:"Whether there may be earlier ones."`
}

// AutomationVersion is what an automation was at one revision.
type AutomationVersion struct {
	Revision    Int64            `json:"revision" required:"true"`
	Name        string           `json:"name" required:"true"`
	Status      string           `json:"status" required:"true" enum:"ACTIVE,INACTIVE"`
	UpdatedDate Time             `json:"updatedDate" required:"true"`
	UpdatedBy   *Identity        `json:"updatedBy,omitzero"`
	Digest      AutomationDigest `json:"digest" required:"true"`
}

// AutomationDigestRequest asks for the digest of an automation that need not be kept.
type AutomationDigestRequest struct {
	Automation PartialDocument `json:"automation" required:"true" description:"May lack anything."`
}

// AutomationDigestResponse holds a digest.
type AutomationDigestResponse struct {
	Digest AutomationDigest `json:"digest" required:"true"`
}
