package api

// Portal is how the console looks in a platform's own pages, and which pages may
// hold it in a frame.
type Portal struct {
	Appearance
	// Ancestors are origins such as https://shop.example.com or https://*.example.com.
	Ancestors   []string `json:"ancestors" required:"true" maxItems:"20"`
	UpdatedDate Time     `json:"updatedDate,omitzero"`
}

// PutPortalRequest replaces the portal of all sites that say nothing else.
type PutPortalRequest struct {
	Appearance
	Ancestors []string `json:"ancestors,omitempty" maxItems:"20"`
}

// PutSitePortalRequest replaces the portal of a site. What it leaves out is as the
// server's portal says.
type PutSitePortalRequest struct {
	ID string `path:"siteId" json:"-" format:"uuid"`
	PutPortalRequest
}

// PortalResponse holds a portal.
type PortalResponse struct {
	Portal Portal `json:"portal" required:"true"`
	// Effective is, of a site, what its guests see: its own portal filled up with the
	// server's.
	Effective *Portal `json:"effective,omitzero"`
	Outcome   Outcome `json:"outcome,omitempty" enum:"updated,unchanged"`
}

// CreatePortalLinkRequest asks for a link that opens the console for one site, once.
type CreatePortalLinkRequest struct {
	ID              string `path:"siteId" json:"-" format:"uuid"`
	UserID          string `json:"userId" required:"true" minLength:"1" maxLength:"100" description:"What the platform calls the person; recorded as who did what the person does."`
	Role            string `json:"role,omitempty" enum:"SITE,VIEWER" description:"SITE, who may change the site's automations, where it is left out; VIEWER may look at them."`
	LifetimeSeconds int64  `json:"lifetimeSeconds,omitzero" minimum:"1" maximum:"3600" description:"How long the link may wait to be opened; 300 where it is left out."`
}

// PortalLinkResponse holds a link, which cannot be read again.
type PortalLinkResponse struct {
	OneTimeLink
}

// CreatePortalSessionRequest opens what a portal link is for.
type CreatePortalSessionRequest struct {
	SiteID string `json:"siteId" required:"true" format:"uuid"`
	Token  string `json:"token" required:"true" minLength:"1" maxLength:"200" description:"What stands behind # in the link."`
}

// Guest is somebody who came by a portal link and may still be there.
type Guest struct {
	ID          string `json:"id" required:"true" format:"uuid" description:"Of the guest's session; who comes twice has two."`
	UserID      string `json:"userId" required:"true" description:"What the platform calls the person."`
	Role        string `json:"role" required:"true" enum:"SITE,VIEWER"`
	Agent       string `json:"agent,omitempty" description:"What the browser calls itself."`
	Address     string `json:"address,omitempty" description:"From where the guest came."`
	CreatedDate Time   `json:"createdDate" required:"true"`
	SeenDate    Time   `json:"seenDate" required:"true" description:"When the guest did something last, to within five minutes."`
	EndsDate    Time   `json:"endsDate" required:"true" description:"When the session is over if it is not used again."`
}

// GuestsResponse lists a site's guests, the one who did something last first.
type GuestsResponse struct {
	Guests []Guest `json:"guests" required:"true"`
}

// GuestRequest names the session of a guest.
type GuestRequest struct {
	SiteID string `path:"siteId" json:"-" format:"uuid"`
	ID     string `path:"sessionId" json:"-" format:"uuid"`
}

// PortalSessionResponse holds the token of a guest, for the Authorization header.
type PortalSessionResponse struct {
	AccessToken string `json:"accessToken" required:"true"`
	ExpiresDate Time   `json:"expiresDate" required:"true" description:"When it ends at the latest; sooner where it is not used for two hours."`
}
