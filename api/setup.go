package api

import "encoding/json"

// Paging says how a list goes on.
type Paging struct {
	Count   int     `json:"count" required:"true" description:"How many there are on this page."`
	Cursors Cursors `json:"cursors" required:"true"`
	HasNext bool    `json:"hasNext" required:"true"`
}

// Cursors are opaque: they are handed back as they came.
type Cursors struct {
	Next string `json:"next,omitempty"`
	Prev string `json:"prev,omitempty"`
}

// ListRequest asks for a page of a list.
type ListRequest struct {
	Limit  int    `query:"limit" json:"-" minimum:"1" maximum:"500" description:"How many at most; 50 where it is left out."`
	Cursor string `query:"cursor" json:"-" maxLength:"1000" description:"Where the page begins: the cursor of the page before."`
}

// Outcome says what putting something did: created, updated or unchanged.
type Outcome string

// App is a program that declares triggers and actions.
type App struct {
	ID          string   `json:"id" required:"true" format:"uuid"`
	Name        string   `json:"name" required:"true"`
	CreatedDate Time     `json:"createdDate" required:"true"`
	UpdatedDate Time     `json:"updatedDate" required:"true"`
	Secrets     []Secret `json:"secrets" required:"true"`
	Provider    Provider `json:"provider,omitzero" description:"How the app's own server is called."`
}

// Secret is a credential without its value.
type Secret struct {
	ID          string `json:"id" required:"true" format:"uuid"`
	Hint        string `json:"hint" required:"true" description:"The last four characters."`
	CreatedDate Time   `json:"createdDate" required:"true"`
	ExpiresDate Time   `json:"expiresDate,omitzero" description:"Absent for one that stays valid."`
}

// PutAppRequest sets up an app under an ID of the caller's choice.
type PutAppRequest struct {
	ID   string `path:"appId" json:"-" format:"uuid"`
	Name string `json:"name" required:"true" minLength:"1" maxLength:"100"`
	// Provider is how the app's own server is called; left out, it is not.
	Provider Provider `json:"provider,omitzero"`
}

// CreateAppRequest sets up a new app, which is given an ID.
type CreateAppRequest struct {
	Name     string   `json:"name" required:"true" minLength:"1" maxLength:"100"`
	Provider Provider `json:"provider,omitzero"`
}

// AppRequest names an app.
type AppRequest struct {
	ID string `path:"appId" json:"-" format:"uuid"`
}

// AppListRequest asks for a page of what belongs to an app.
type AppListRequest struct {
	ID string `path:"appId" json:"-" format:"uuid"`
	ListRequest
}

// AppResponse holds an app.
type AppResponse struct {
	App     App     `json:"app" required:"true"`
	Outcome Outcome `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// AppsResponse is a page of apps.
type AppsResponse struct {
	Apps           []App  `json:"apps" required:"true"`
	PagingMetadata Paging `json:"pagingMetadata" required:"true"`
}

// RotateAppSecretRequest gives an app a new secret.
type RotateAppSecretRequest struct {
	ID             string `path:"appId" json:"-" format:"uuid"`
	Value          string `json:"value,omitempty" minLength:"16" maxLength:"200" description:"The secret itself; left out to have one made."`
	OverlapSeconds int64  `json:"overlapSeconds,omitzero" minimum:"0" maximum:"2592000" description:"How long the last secret stays good."`
}

// RotateSigningSecretRequest gives a site a new signing secret.
type RotateSigningSecretRequest struct {
	ID             string `path:"siteId" json:"-" format:"uuid"`
	Value          string `json:"value,omitempty" minLength:"16" maxLength:"200" description:"whsec_ and base64; left out to have one made."`
	OverlapSeconds int64  `json:"overlapSeconds,omitzero" minimum:"0" maximum:"2592000" description:"How long the last secret goes on signing beside it."`
}

// SecretResponse holds a secret in plain. An app's cannot be read again.
type SecretResponse struct {
	Secret string `json:"secret" required:"true"`
}

// Trigger is a kind of happening that an app declared.
type Trigger struct {
	AppID         string          `json:"appId" required:"true" format:"uuid"`
	TriggerKey    string          `json:"triggerKey" required:"true"`
	DisplayName   string          `json:"displayName" required:"true"`
	PayloadSchema json.RawMessage `json:"payloadSchema" required:"true" description:"A JSON Schema of draft-07."`
	Filters       json.RawMessage `json:"filters,omitzero"`
	ConfigSchema  json.RawMessage `json:"automationConfigSchema,omitzero" description:"What an automation sets for itself in automationConfigMapping, by JSON Schema; absent where that may be any object."`
	Scheduled     bool            `json:"scheduled" required:"true" description:"A property of the schema is marked futureDate: it says when an event takes place."`
	Hidden        bool            `json:"hidden" required:"true" description:"Hidden triggers are offered to nobody; events under them still count."`
	BaseURL       string          `json:"baseUrl,omitempty"`
	Methods       TriggerMethods  `json:"implementedMethods,omitzero"`
	CreatedDate   Time            `json:"createdDate" required:"true"`
	UpdatedDate   Time            `json:"updatedDate" required:"true"`
}

// PutTriggerRequest declares a trigger of an app.
type PutTriggerRequest struct {
	ID            string          `path:"appId" json:"-" format:"uuid"`
	Key           string          `path:"triggerKey" json:"-" minLength:"1" maxLength:"100"`
	DisplayName   string          `json:"displayName" required:"true"`
	PayloadSchema json.RawMessage `json:"payloadSchema" required:"true" description:"A JSON Schema of draft-07, at most 256 KiB."`
	Filters       json.RawMessage `json:"filters,omitzero"`
	ConfigSchema  json.RawMessage `json:"automationConfigSchema,omitzero" description:"What an automation must set for itself in automationConfigMapping: a JSON Schema of an object, at most 256 KiB."`
	Scheduled     *bool           `json:"scheduled,omitzero" description:"What the schema must come to; left out, the schema alone decides."`
	Hidden        bool            `json:"hidden,omitzero"`
	BaseURL       string          `json:"baseUrl,omitempty" maxLength:"256" description:"Where the app's server is called for it; the app's own where it is left out."`
	Methods       TriggerMethods  `json:"implementedMethods,omitzero"`
}

// TriggerRequest names a trigger.
type TriggerRequest struct {
	ID  string `path:"appId" json:"-" format:"uuid"`
	Key string `path:"triggerKey" json:"-" minLength:"1" maxLength:"100"`
}

// TriggerResponse holds a trigger.
type TriggerResponse struct {
	Trigger Trigger `json:"trigger" required:"true"`
	Outcome Outcome `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// TriggersResponse is a page of triggers.
type TriggersResponse struct {
	Triggers       []Trigger `json:"triggers" required:"true"`
	PagingMetadata Paging    `json:"pagingMetadata" required:"true"`
}

// Action is an action that an app provides.
type Action struct {
	AppID        string          `json:"appId" required:"true" format:"uuid"`
	ActionKey    string          `json:"actionKey" required:"true"`
	DisplayName  string          `json:"displayName" required:"true"`
	InputSchema  json.RawMessage `json:"inputSchema" required:"true"`
	OutputSchema json.RawMessage `json:"outputSchema,omitzero"`
	BaseURL      string          `json:"baseUrl,omitempty"`
	Methods      ActionMethods   `json:"implementedMethods,omitzero"`
	CreatedDate  Time            `json:"createdDate" required:"true"`
	UpdatedDate  Time            `json:"updatedDate" required:"true"`
}

// PutActionRequest declares an action of an app.
type PutActionRequest struct {
	ID           string          `path:"appId" json:"-" format:"uuid"`
	Key          string          `path:"actionKey" json:"-" minLength:"1" maxLength:"100"`
	DisplayName  string          `json:"displayName" required:"true"`
	InputSchema  json.RawMessage `json:"inputSchema" required:"true"`
	OutputSchema json.RawMessage `json:"outputSchema,omitzero"`
	BaseURL      string          `json:"baseUrl,omitempty" maxLength:"256" description:"Where the app's server is called for it; the app's own where it is left out."`
	Methods      ActionMethods   `json:"implementedMethods,omitzero"`
}

// ActionRequest names an action.
type ActionRequest struct {
	ID  string `path:"appId" json:"-" format:"uuid"`
	Key string `path:"actionKey" json:"-" minLength:"1" maxLength:"100"`
}

// ActionResponse holds an action.
type ActionResponse struct {
	Action  Action  `json:"action" required:"true"`
	Outcome Outcome `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// ActionsResponse is a page of actions.
type ActionsResponse struct {
	Actions        []Action `json:"actions" required:"true"`
	PagingMetadata Paging   `json:"pagingMetadata" required:"true"`
}

// BuiltInAction is an action that Belay carries out itself.
type BuiltInAction struct {
	AppID        string          `json:"appId" required:"true" format:"uuid"`
	ActionKey    string          `json:"actionKey" required:"true"`
	DisplayName  string          `json:"displayName" required:"true"`
	Description  string          `json:"description" required:"true"`
	InputSchema  json.RawMessage `json:"inputSchema" required:"true"`
	OutputSchema json.RawMessage `json:"outputSchema" required:"true"`
}

// BuiltInActionsResponse lists them all, by key.
type BuiltInActionsResponse struct {
	Actions []BuiltInAction `json:"actions" required:"true"`
}

// Site is one tenant.
type Site struct {
	ID             string          `json:"id" required:"true" format:"uuid"`
	Name           string          `json:"name" required:"true"`
	TimeZone       string          `json:"timeZone" required:"true"`
	Locale         string          `json:"locale" required:"true"`
	RetentionDays  int             `json:"retentionDays,omitzero" description:"How many days what happened is kept after it was over; where it is missing, the server decides."`
	CreatedDate    Time            `json:"createdDate" required:"true"`
	UpdatedDate    Time            `json:"updatedDate" required:"true"`
	SigningSecrets []SigningSecret `json:"signingSecrets" required:"true" description:"Those in use, newest first. Viewers do not see them."`
}

// SigningSecret is what a receiver checks signatures with.
type SigningSecret struct {
	ID          string `json:"id" required:"true" format:"uuid"`
	Value       string `json:"value" required:"true"`
	CreatedDate Time   `json:"createdDate" required:"true"`
	ExpiresDate Time   `json:"expiresDate,omitzero"`
}

// CreateSiteRequest sets up a new site, which is given an ID.
type CreateSiteRequest struct {
	Name          string `json:"name" required:"true" minLength:"1" maxLength:"100"`
	TimeZone      string `json:"timeZone" required:"true" description:"Of the IANA database, such as Europe/Berlin."`
	Locale        string `json:"locale,omitempty" description:"Of BCP 47, such as de-DE; en where it is left out."`
	RetentionDays int    `json:"retentionDays,omitzero" minimum:"1" maximum:"36500" description:"How many days what happened is kept after it was over; left to the server where it is left out."`
}

// PutSiteRequest sets up a site under an ID of the caller's choice.
type PutSiteRequest struct {
	ID            string `path:"siteId" json:"-" format:"uuid"`
	Name          string `json:"name" required:"true" minLength:"1" maxLength:"100"`
	TimeZone      string `json:"timeZone" required:"true" description:"Of the IANA database, such as Europe/Berlin."`
	Locale        string `json:"locale,omitempty" description:"Of BCP 47, such as de-DE; en where it is left out."`
	RetentionDays int    `json:"retentionDays,omitzero" minimum:"1" maximum:"36500" description:"How many days what happened is kept after it was over; left to the server where it is left out."`
}

// SiteRequest names a site.
type SiteRequest struct {
	ID string `path:"siteId" json:"-" format:"uuid"`
}

// SiteListRequest asks for a page of what belongs to a site.
type SiteListRequest struct {
	ID string `path:"siteId" json:"-" format:"uuid"`
	ListRequest
}

// SiteResponse holds a site.
type SiteResponse struct {
	Site    Site    `json:"site" required:"true"`
	Outcome Outcome `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// SitesResponse is a page of sites.
type SitesResponse struct {
	Sites          []Site `json:"sites" required:"true"`
	PagingMetadata Paging `json:"pagingMetadata" required:"true"`
}

// Installation is an app on a site.
type Installation struct {
	AppID       string `json:"appId" required:"true" format:"uuid"`
	SiteID      string `json:"siteId" required:"true" format:"uuid"`
	InstanceID  string `json:"instanceId" required:"true" format:"uuid"`
	CreatedDate Time   `json:"createdDate" required:"true"`
}

// PutInstallationRequest installs an app on a site.
type PutInstallationRequest struct {
	ID         string `path:"siteId" json:"-" format:"uuid"`
	AppID      string `path:"appId" json:"-" format:"uuid"`
	InstanceID string `json:"instanceId,omitempty" format:"uuid" description:"The ID to give; left out to have one made. It counts only where the app is not installed yet."`
}

// InstallationRequest names an installation.
type InstallationRequest struct {
	ID    string `path:"siteId" json:"-" format:"uuid"`
	AppID string `path:"appId" json:"-" format:"uuid"`
}

// InstallationResponse holds an installation.
type InstallationResponse struct {
	Installation Installation `json:"installation" required:"true"`
	Outcome      Outcome      `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// InstallationsResponse is a page of installations.
type InstallationsResponse struct {
	Installations  []Installation `json:"installations" required:"true"`
	PagingMetadata Paging         `json:"pagingMetadata" required:"true"`
}

// Key is an API key without its value.
type Key struct {
	ID          string `json:"id" required:"true" format:"uuid"`
	Name        string `json:"name" required:"true"`
	Role        string `json:"role" required:"true" enum:"operator,app,site,viewer"`
	AppID       string `json:"appId,omitempty" format:"uuid"`
	SiteID      string `json:"siteId,omitempty" format:"uuid"`
	Hint        string `json:"hint" required:"true" description:"The last four characters."`
	CreatedDate Time   `json:"createdDate" required:"true"`
	ExpiresDate Time   `json:"expiresDate,omitzero"`
}

// CreateKeyRequest makes an API key.
type CreateKeyRequest struct {
	Name        string `json:"name" required:"true" minLength:"1" maxLength:"100"`
	Role        string `json:"role" required:"true" enum:"operator,app,site,viewer"`
	AppID       string `json:"appId,omitempty" format:"uuid" description:"Of an app's key alone."`
	SiteID      string `json:"siteId,omitempty" format:"uuid" description:"Of a site's or a viewer's key alone."`
	ExpiresDate Time   `json:"expiresDate,omitzero"`
	Value       string `json:"value,omitempty" minLength:"16" maxLength:"200" description:"The key itself; left out to have one made."`
}

// CreateKeyResponse holds a key and its value, which cannot be read again.
type CreateKeyResponse struct {
	Key    Key    `json:"key" required:"true"`
	Secret string `json:"secret" required:"true"`
}

// KeyRequest names an API key.
type KeyRequest struct {
	ID string `path:"keyId" json:"-" format:"uuid"`
}

// KeysResponse is a page of API keys.
type KeysResponse struct {
	Keys           []Key  `json:"keys" required:"true"`
	PagingMetadata Paging `json:"pagingMetadata" required:"true"`
}
