package belay

// Grant is one thing that a person may be: an operator, the developer of an app,
// the owner of a site, or one who may look at a site.
type Grant struct {
	Role   Role `json:"role"`
	AppID  ID   `json:"appId,omitzero"`  // of a developer
	SiteID ID   `json:"siteId,omitzero"` // of a site's owner or viewer
}
