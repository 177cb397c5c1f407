package belay

// Caller is who makes a call, as its credential proved it.
type Caller struct {
	Role Role
	// AppID is the app of an app's key or token; zero otherwise.
	AppID ID
	// SiteID is the one site that the credential is good for; zero where the call
	// names the site and the role decides.
	SiteID ID
	// KeyID is the API key used; zero for a token.
	KeyID ID
	// UserID is the person behind the call, where one is known.
	UserID string

	// What the audit log keeps beside: Name is what the person, the key or the app
	// is called, KeyHint the last characters of the key, Address where the call came
	// from. Nothing is decided by them.
	Name, KeyHint, Address string
}

// Identity returns who an act is recorded as: the app for an app's call, else
// the user or the key.
func (c Caller) Identity() Identity {
	switch {
	case !c.AppID.IsZero():
		return Identity{AppID: c.AppID}
	case c.UserID != "":
		return Identity{UserID: c.UserID}
	default:
		return Identity{UserID: c.KeyID.String()}
	}
}
