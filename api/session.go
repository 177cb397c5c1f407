package api

// Session says who calls, and what the console shows them.
type Session struct {
	// User is absent for an API key, a token and the guest of a portal link.
	User *User `json:"user,omitzero"`
	// KeyRole is the role of an API key or token; absent for people.
	KeyRole string `json:"keyRole,omitempty" enum:"operator,app,site,viewer"`
	// SessionID names the session of a person who signed in.
	SessionID string `json:"sessionId,omitempty" format:"uuid"`
	// HasPassword is false for people who sign in by an identity provider alone.
	HasPassword bool    `json:"hasPassword" required:"true"`
	Grants      []Grant `json:"grants" required:"true"`
	// Sites and Apps are those that the caller may look at, in the order of names;
	// of more than 1,000 the first, and then MoreSites or MoreApps is true.
	Sites     []SessionSite `json:"sites" required:"true"`
	Apps      []SessionApp  `json:"apps" required:"true"`
	MoreSites bool          `json:"moreSites" required:"true"`
	MoreApps  bool          `json:"moreApps" required:"true"`
	// Portal is how the platform of a portal link looks; absent for everybody else.
	Portal *SessionPortal `json:"portal,omitzero"`
	// SignIn is how people may sign in to this server.
	SignIn  SignIn `json:"signIn" required:"true"`
	Version string `json:"version" required:"true"`
}

// User is a person who may sign in.
type User struct {
	ID    string `json:"id" required:"true" format:"uuid"`
	Name  string `json:"name" required:"true"`
	Email string `json:"email" required:"true"`
}

// Grant is one thing that a person may be: an operator, the developer of an app,
// the owner of a site, or one who may look at a site.
type Grant struct {
	Role   string `json:"role" required:"true" enum:"OPERATOR,DEVELOPER,SITE,VIEWER"`
	AppID  string `json:"appId,omitempty" format:"uuid" description:"Of a DEVELOPER."`
	SiteID string `json:"siteId,omitempty" format:"uuid" description:"Of a SITE or a VIEWER."`
}

// SessionSite is a site that the caller may look at.
type SessionSite struct {
	ID       string `json:"id" required:"true" format:"uuid"`
	Name     string `json:"name" required:"true"`
	TimeZone string `json:"timeZone" required:"true"`
	Locale   string `json:"locale" required:"true"`
}

// SessionApp is an app that the caller may look at.
type SessionApp struct {
	ID   string `json:"id" required:"true" format:"uuid"`
	Name string `json:"name" required:"true"`
}

// SessionPortal is the site that a portal link opens, and how its platform looks.
type SessionPortal struct {
	SiteID string `json:"siteId" required:"true" format:"uuid"`
	Appearance
}

// Appearance is how a platform looks, so that the console looks like a part of it.
type Appearance struct {
	Name    string `json:"name,omitempty" maxLength:"60" description:"What the platform calls the console."`
	LogoURL string `json:"logoUrl,omitempty" maxLength:"32768" description:"An https address, or a data URI of a PNG, JPEG, WebP or SVG image."`
	Colors  Colors `json:"colors,omitzero"`
}

// Colors are those of a platform, each #rrggbb; one that is left out is the console's own.
type Colors struct {
	Primary    string `json:"primary,omitempty" maxLength:"7" description:"Of buttons, links and what is chosen."`
	Background string `json:"background,omitempty" maxLength:"7" description:"Of the page, where the reader prefers light."`
}

// SignIn is how people may sign in to a server.
type SignIn struct {
	// FirstOperator is true until the first operator has been made, by the link that
	// the server prints when it starts.
	FirstOperator bool `json:"firstOperator" required:"true"`
	// OIDC is the name of the identity provider that people may sign in by; empty
	// where there is none.
	OIDC string `json:"oidc,omitempty"`
}
