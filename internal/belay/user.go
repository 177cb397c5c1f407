package belay

import (
	"slices"
	"time"
)

// User is a person who may sign in. Somebody who has been invited is one from the
// start, with neither a password nor a subject until the invitation is taken up.
type User struct {
	ID    ID     `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"` // in lower case
	// Password is the hash of the password, in the form that says how it was made;
	// empty for a person who has none.
	Password string `json:"password,omitempty"`
	// Subject is who the person is at the identity provider: its address, a space and
	// its name for the person. Empty until the person has come from there.
	Subject string  `json:"subject,omitempty"`
	Grants  []Grant `json:"grants"`
	// Link lets its bearer choose a password for this person; nil where there is none.
	Link *OneTimeLink `json:"link,omitempty"`
	// SessionsFrom ends all sessions that began before.
	SessionsFrom Instant `json:"sessionsFrom,omitzero"`
	CreatedAt    Instant `json:"createdDate"`
	UpdatedAt    Instant `json:"updatedDate"`
}

// Joined reports whether the person can sign in: an invitation alone is not enough.
func (u *User) Joined() bool { return u.Password != "" || u.Subject != "" }

// Is reports whether the person has a grant.
func (u *User) Is(g Grant) bool { return slices.Contains(u.Grants, g) }

// Operates reports whether the person is an operator.
func (u *User) Operates() bool { return u.Is(Grant{Role: RoleOperator}) }

// Grant is one thing that a person may be: an operator, the developer of an app,
// the owner of a site, or one who may look at a site.
type Grant struct {
	Role   Role `json:"role"`
	AppID  ID   `json:"appId,omitzero"`  // of a developer
	SiteID ID   `json:"siteId,omitzero"` // of a site's owner or viewer
}

// OneTimeLink is good for one use, until it ends. Of what it holds only the SHA-256
// is kept.
type OneTimeLink struct {
	Hash      []byte  `json:"hash"`
	ExpiresAt Instant `json:"expiresDate,omitzero"` // zero for one that ends by its use alone
}

// Entrance is the way by which a session began.
type Entrance string

// The entrances.
const (
	ByPassword Entrance = "PASSWORD"
	ByLink     Entrance = "LINK" // that made the person's password
	ByProvider Entrance = "OIDC" // an identity provider vouched
	ByPortal   Entrance = "PORTAL"
)

// Session is a person at a browser, or a guest who came by a portal link.
type Session struct {
	ID ID `json:"id"`
	// Owner is the ID of the person; zero for a guest.
	Owner ID `json:"owner,omitzero"`
	// Site, Role and Guest are those of a portal link: which site it opens, as what,
	// and who the platform says that the guest is.
	Site  ID     `json:"siteId,omitzero"`
	Role  Role   `json:"role,omitempty"`
	Guest string `json:"guest,omitempty"`

	Hash      []byte   `json:"hash,omitempty"` // the SHA-256 of its secret
	Entrance  Entrance `json:"entrance"`
	Agent     string   `json:"agent,omitempty"`   // what the browser calls itself
	Address   string   `json:"address,omitempty"` // from where it began
	CreatedAt Instant  `json:"createdDate"`
	// SeenAt is when it was used last, to within five minutes.
	SeenAt Instant `json:"seenDate"`
}

// How long sessions last: without use, and at all.
const (
	personIdle  = 3 * 24 * time.Hour
	personWhole = 30 * 24 * time.Hour
	guestIdle   = 2 * time.Hour
	guestWhole  = 12 * time.Hour
)

// Ends returns when a session is over if it is not used again: sooner for guests,
// whose platform makes a new link for them at any time.
func (s *Session) Ends() Instant {
	idle := personIdle
	if s.Owner.IsZero() {
		idle = guestIdle
	}
	return min(s.SeenAt.Add(idle), s.Over())
}

// Over returns when a session is over however much it is used.
func (s *Session) Over() Instant {
	if s.Owner.IsZero() {
		return s.CreatedAt.Add(guestWhole)
	}
	return s.CreatedAt.Add(personWhole)
}
