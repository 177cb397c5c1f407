package api

// AuditRequest asks for a page of the audit log, newest first.
type AuditRequest struct {
	SiteID    string `query:"siteId" json:"-" format:"uuid" description:"Only what happened on it; a site's owner sees no other."`
	Actor     string `query:"actor" json:"-" maxLength:"200" description:"The ID of a user, a key or an app, or a part of the name."`
	Operation string `query:"operation" json:"-" enum:"CREATED,CHANGED,DELETED,SWITCHED_ON,SWITCHED_OFF,CANCELED,SIGNED_IN,SIGN_IN_REFUSED,SIGNED_OUT"`
	Kind      string `query:"kind" json:"-" enum:"APP,TRIGGER,ACTION,SIGNING_KEYS,WEBHOOKS,PREINSTALLED_AUTOMATION,SITE,INSTALLATION,AUTOMATION,API_KEY,USER,SESSION,PORTAL,EXTERNAL_ENTITY,ACTIVATION"`
	Since     Time   `query:"since" json:"-" description:"Only what happened then or later."`
	Until     Time   `query:"until" json:"-" description:"Only what happened before."`
	ListRequest
}

// AuditResponse is a page of the audit log. A page that is filtered may hold less
// than it asks for, and go on.
type AuditResponse struct {
	Entries        []AuditEntry `json:"entries" required:"true"`
	PagingMetadata Paging       `json:"pagingMetadata" required:"true"`
}

// AuditEntry is one act that changed something.
type AuditEntry struct {
	ID        string     `json:"id" required:"true" format:"uuid"`
	Date      Time       `json:"date" required:"true"`
	SiteID    string     `json:"siteId,omitempty" format:"uuid" description:"The site that it happened on; absent for what all sites share."`
	SiteName  string     `json:"siteName,omitempty" description:"What the site is called now."`
	Operation string     `json:"operation" required:"true" enum:"CREATED,CHANGED,DELETED,SWITCHED_ON,SWITCHED_OFF,CANCELED,SIGNED_IN,SIGN_IN_REFUSED,SIGNED_OUT"`
	Kind      string     `json:"kind" required:"true" enum:"APP,TRIGGER,ACTION,SIGNING_KEYS,WEBHOOKS,PREINSTALLED_AUTOMATION,SITE,INSTALLATION,AUTOMATION,API_KEY,USER,SESSION,PORTAL,EXTERNAL_ENTITY,ACTIVATION"`
	Thing     string     `json:"thing,omitempty" description:"Its ID or, of a trigger and an action, its key."`
	Name      string     `json:"name,omitempty" description:"What it was called then; of an external entity, what its trigger is called now."`
	AppID     string     `json:"appId,omitempty" format:"uuid" description:"The app that it is of."`
	By        AuditActor `json:"by" required:"true"`
	From      string     `json:"from,omitempty" description:"The address that the call came from."`

	PreviousRevision Int64        `json:"previousRevision,omitzero" description:"Absent where there was nothing before."`
	Revision         Int64        `json:"revision,omitzero" description:"Absent where there is nothing any more."`
	ChangedFields    []string     `json:"changedFields,omitempty" description:"Names of the fields that differ, 20 at most; the last is … where there were more."`
	Cancel           *AuditCancel `json:"cancel,omitzero" description:"Of a cancel."`
}

// AuditActor is who did it; all is absent where Belay did it by itself.
type AuditActor struct {
	Role    string `json:"role,omitempty" enum:"OPERATOR,DEVELOPER,APP,SITE,VIEWER"`
	UserID  string `json:"userId,omitempty"`
	KeyID   string `json:"keyId,omitempty" format:"uuid"`
	KeyHint string `json:"keyHint,omitempty" description:"The last characters of the API key."`
	AppID   string `json:"appId,omitempty" format:"uuid"`
	Name    string `json:"name,omitempty" description:"What the person, the key or the app was called."`
}

// AuditCancel is what a cancel found.
type AuditCancel struct {
	TriggerKey string `json:"triggerKey,omitempty" description:"Of an external entity."`
	Reason     string `json:"reason,omitempty"`
	Canceled   int    `json:"canceled" required:"true" description:"Activations that it called off."`
	InFlight   int    `json:"inFlight" required:"true" description:"Actions of those with an attempt out when it was committed."`
	Ended      int    `json:"ended" required:"true" description:"Activations that had ended before, counted up to 1,000."`
}
