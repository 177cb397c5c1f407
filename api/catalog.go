package api

import "encoding/json"

// CatalogTrigger is a trigger as the compatible wire's catalog tells it.
type CatalogTrigger struct {
	ID                     string          `json:"id" required:"true" format:"uuid" description:"Follows from the app and the key."`
	AppID                  string          `json:"appId" required:"true" format:"uuid"`
	TriggerKey             string          `json:"triggerKey" required:"true"`
	DisplayName            string          `json:"displayName" required:"true"`
	Maturity               string          `json:"maturity" required:"true" enum:"CREATED,GA" description:"CREATED for a hidden trigger, which is offered to nobody; else GA."`
	PayloadDataSchema      json.RawMessage `json:"payloadDataSchema,omitzero"`
	AutomationConfigSchema json.RawMessage `json:"automationConfigSchema,omitzero" description:"What an automation sets for itself in automationConfigMapping."`
	Filters                json.RawMessage `json:"filters" required:"true"`
	Metadata               CatalogMetadata `json:"metadata" required:"true"`
	ImplementedMethods     CatalogMethods  `json:"implementedMethods" required:"true"`
	Source                 CatalogSource   `json:"source" required:"true"`
	CreatedDate            Time            `json:"createdDate,omitzero"`
	UpdatedDate            Time            `json:"updatedDate,omitzero"`
}

// CatalogMetadata says whether a trigger is offered.
type CatalogMetadata struct {
	Hidden bool `json:"hidden" required:"true"`
}

// CatalogMethods are the calls that the app's server answers for a trigger.
type CatalogMethods struct {
	ValidateConfiguration bool `json:"validateConfiguration" required:"true"`
	GetDynamicSchema      bool `json:"getDynamicSchema" required:"true"`
	RefreshPayload        bool `json:"refreshPayload" required:"true"`
}

// CatalogSource is where a declaration came from; always the same here.
type CatalogSource struct {
	Type string `json:"type" required:"true" enum:"DEV_CENTER"`
}

// CatalogAction is an action as a catalog tells it.
type CatalogAction struct {
	AppID        string          `json:"appId" required:"true" format:"uuid"`
	ActionKey    string          `json:"actionKey" required:"true"`
	DisplayName  string          `json:"displayName" required:"true"`
	Description  string          `json:"description,omitempty"`
	Maturity     string          `json:"maturity" required:"true" enum:"GA"`
	InputSchema  json.RawMessage `json:"inputSchema" required:"true"`
	OutputSchema json.RawMessage `json:"outputSchema,omitzero"`
	CreatedDate  Time            `json:"createdDate,omitzero"`
	UpdatedDate  Time            `json:"updatedDate,omitzero"`
}

// CatalogQuery says which, in what order, and how many.
type CatalogQuery struct {
	Filter       json.RawMessage `json:"filter,omitzero" description:"Such as {\"appId\": \"…\"}, with the operators of a query of automations."`
	Sort         []Sorting       `json:"sort,omitempty" maxItems:"5"`
	Paging       *OffsetPaging   `json:"paging,omitzero"`
	CursorPaging *CatalogCursor  `json:"cursorPaging,omitzero"`
	Fields       []string        `json:"fields,omitempty" description:"Taken, without effect."`
	Fieldsets    []string        `json:"fieldsets,omitempty" description:"Taken, without effect."`
}

// OffsetPaging asks for a page by counting.
type OffsetPaging struct {
	Limit  int `json:"limit,omitzero" minimum:"1" maximum:"100" description:"50 where it is left out."`
	Offset int `json:"offset,omitzero" minimum:"0" maximum:"1000000"`
}

// CatalogCursor asks for a page by the cursor of the one before.
type CatalogCursor struct {
	Limit  int    `json:"limit,omitzero" minimum:"1" maximum:"100" description:"50 where it is left out."`
	Cursor string `json:"cursor,omitempty" maxLength:"64000"`
}

// CatalogPaging says how a list goes on.
type CatalogPaging struct {
	Count          int     `json:"count" required:"true"`
	Offset         int     `json:"offset" required:"true"`
	Total          int     `json:"total" required:"true"`
	TooManyToCount bool    `json:"tooManyToCount" required:"true"`
	Cursors        Cursors `json:"cursors" required:"true"`
	HasNext        bool    `json:"hasNext" required:"true"`
}

// ResolveRequest asks for what automations of a site can choose from.
type ResolveRequest struct {
	Query           *CatalogQuery `json:"query,omitzero"`
	AppID           string        `json:"appId,omitempty" format:"uuid" description:"Of this app alone."`
	BasicFieldsOnly bool          `json:"basicFieldsOnly,omitempty" description:"Leave out schemas and filters."`
}

// CatalogQueryRequest asks for declarations, whatever site they are used on.
type CatalogQueryRequest struct {
	Query *CatalogQuery `json:"query,omitzero"`
}

// CatalogTriggersResponse is a page of triggers. Metadata repeats paging, where
// some clients look for it.
type CatalogTriggersResponse struct {
	Results  []CatalogTrigger `json:"results" required:"true"`
	Paging   CatalogPaging    `json:"paging" required:"true"`
	Metadata CatalogPaging    `json:"metadata" required:"true" description:"The same as paging."`
}

// CatalogActionsResponse is a page of actions. Metadata repeats paging.
type CatalogActionsResponse struct {
	Results  []CatalogAction `json:"results" required:"true"`
	Paging   CatalogPaging   `json:"paging" required:"true"`
	Metadata CatalogPaging   `json:"metadata" required:"true" description:"The same as paging."`
}

// CatalogTriggerRequest names a trigger.
type CatalogTriggerRequest struct {
	AppID      string `path:"appId" json:"-" format:"uuid"`
	Key        string `path:"triggerKey" json:"-"`
	Identities bool   `query:"enrichWithIdentitySchema" json:"-" description:"Taken, without effect: nothing is added to payloads."`
}

// CatalogTriggerResponse holds a trigger.
type CatalogTriggerResponse struct {
	Trigger CatalogTrigger `json:"trigger" required:"true"`
}

// CatalogActionRequest names an action.
type CatalogActionRequest struct {
	AppID string `path:"appId" json:"-" format:"uuid"`
	Key   string `path:"actionKey" json:"-"`
}

// CatalogActionResponse holds an action.
type CatalogActionResponse struct {
	Action CatalogAction `json:"action" required:"true"`
}

// CreateCatalogTriggerRequest declares a trigger that is not there yet.
type CreateCatalogTriggerRequest struct {
	Trigger CatalogTriggerInput `json:"trigger" required:"true"`
	BaseURI string              `json:"baseUri,omitempty" maxLength:"256"`
}

// CatalogTriggerInput is a trigger as it is declared through the catalog.
type CatalogTriggerInput struct {
	AppID             string           `json:"appId,omitempty" format:"uuid"`
	TriggerKey        string           `json:"triggerKey,omitempty" maxLength:"100"`
	DisplayName       string           `json:"displayName,omitempty" maxLength:"80"`
	PayloadDataSchema json.RawMessage  `json:"payloadDataSchema,omitzero"`
	ConfigSchema      json.RawMessage  `json:"automationConfigSchema,omitzero"`
	Filters           json.RawMessage  `json:"filters,omitzero"`
	Maturity          string           `json:"maturity,omitempty" enum:"CREATED,BETA,GA,ARCHIVED" description:"CREATED and ARCHIVED hide it."`
	Metadata          *CatalogMetadata `json:"metadata,omitzero"`

	ImplementedMethods *CatalogMethods `json:"implementedMethods,omitzero"`
}

// UpdateCatalogTriggerRequest changes the fields of a trigger that are given.
type UpdateCatalogTriggerRequest struct {
	ID      string              `path:"triggerId" json:"-" format:"uuid"`
	Trigger CatalogTriggerInput `json:"trigger" required:"true"`
}

// UpdateCatalogTriggerResponse holds the trigger as it is now.
type UpdateCatalogTriggerResponse struct {
	UpdatedTrigger CatalogTrigger `json:"updatedTrigger" required:"true"`
}

// DeleteCatalogTriggerRequest removes a trigger that no automation has used.
type DeleteCatalogTriggerRequest struct {
	AppID string `query:"triggerAppId" json:"-" required:"true" format:"uuid"`
	Key   string `query:"triggerKey" json:"-" required:"true" maxLength:"100"`
}

// SelectedFilterOption is what a user chose of a filter.
type SelectedFilterOption struct {
	FieldKey string   `json:"fieldKey" required:"true" minLength:"1" maxLength:"110"`
	Values   []string `json:"values,omitempty" maxItems:"100"`
}

// CatalogDynamicSchemaRequest asks for what a trigger's payload has beside its declared
// schema, for what a user has chosen of its filters.
type CatalogDynamicSchemaRequest struct {
	AppID                 string                 `json:"appId" required:"true" format:"uuid"`
	TriggerKey            string                 `json:"triggerKey" required:"true" minLength:"1" maxLength:"100"`
	SelectedFilterOptions []SelectedFilterOption `json:"selectedFilterOptions,omitempty" maxItems:"5"`
}

// CatalogDynamicSchema holds what the app said; it is empty where it has nothing to.
type CatalogDynamicSchema struct {
	DynamicSchema json.RawMessage `json:"dynamicSchema" required:"true"`
}

// IdentitiesSchemaResponse holds what is added to payloads about people: nothing.
type IdentitiesSchemaResponse struct {
	IdentitiesSchema json.RawMessage `json:"identitiesSchema" required:"true"`
}

// ActionSchemaRequest asks for the schema of an action that is set up in some way.
type ActionSchemaRequest struct {
	AppID        string          `json:"appId" required:"true" description:"A GUID, or belay for the built-in actions."`
	ActionKey    string          `json:"actionKey" required:"true" minLength:"1" maxLength:"100"`
	InputMapping json.RawMessage `json:"inputMapping,omitzero"`
}

// ActionInputSchemaResponse holds what an action takes.
type ActionInputSchemaResponse struct {
	InputSchema json.RawMessage `json:"inputSchema" required:"true"`
	UISchema    json.RawMessage `json:"uiSchema" required:"true" description:"Always empty: actions declare none."`
}

// ActionOutputSchemaResponse holds what an action gives; it is left out where the
// action has not said.
type ActionOutputSchemaResponse struct {
	OutputSchema json.RawMessage `json:"outputSchema,omitzero"`
}

// BulkActionOutputSchemaRequest asks for what many actions give.
type BulkActionOutputSchemaRequest struct {
	Actions []ActionSchemaRequest `json:"actions" required:"true" minItems:"1" maxItems:"20"`
}

// BulkActionOutputSchemaResponse has a result for each action, in the order sent.
type BulkActionOutputSchemaResponse struct {
	Results            []ActionOutputSchemaResult `json:"results" required:"true"`
	BulkActionMetadata BulkActionMetadata         `json:"bulkActionMetadata" required:"true"`
}

// ActionOutputSchemaResult is what one of many actions gives.
type ActionOutputSchemaResult struct {
	ItemMetadata ItemMetadata    `json:"itemMetadata" required:"true"`
	OutputSchema json.RawMessage `json:"outputSchema,omitzero"`
}
