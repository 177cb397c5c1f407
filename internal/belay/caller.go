package belay

// Caller is who makes a call, as its credential proved it.
type Caller struct {
	Role Role
	// AppID is the app of an app's key or token, and of its developer; zero otherwise.
	AppID ID
	// SiteID is the one site that the credential is good for; zero where the call
	// names the site and the role decides.
	SiteID ID
	// KeyID is the API key used; zero for a token.
	KeyID ID
	// UserID is the person behind the call, where one is known.
	UserID string
	// Guest is true for who came by a portal link: UserID is then what the platform
	// calls them. A guest is shown no secrets and lets nobody else in.
	Guest bool

	// What the audit log keeps beside: Name is what the person, the key or the app
	// is called, KeyHint the last characters of the key, Address where the call came
	// from. Nothing is decided by them.
	Name, KeyHint, Address string
}

// OfApp reports whether a caller speaks for one app alone: by its key, by a token, or
// as its developer.
func (c Caller) OfApp() bool { return c.Role == RoleApp || c.Role == RoleDeveloper }

// Identity returns who an act is recorded as: the person where one is known, else
// the app or the key.
func (c Caller) Identity() Identity {
	switch {
	case c.UserID != "":
		return Identity{UserID: c.UserID}
	case !c.AppID.IsZero():
		return Identity{AppID: c.AppID}
	default:
		return Identity{UserID: c.KeyID.String()}
	}
}
