package api

// SignInRequest asks for a session.
type SignInRequest struct {
	Email    string `json:"email" required:"true" minLength:"1" maxLength:"254"`
	Password string `json:"password" required:"true" minLength:"1" maxLength:"200"`
}

// WelcomeRequest is what the bearer of a one-time link says: a link chooses the
// password of a person, or makes the first operator.
type WelcomeRequest struct {
	Token    string `json:"token" required:"true" minLength:"1" maxLength:"200" description:"What stands behind # in the link."`
	Name     string `json:"name,omitempty" maxLength:"100" description:"Needed for the first operator; others keep theirs where it is left out."`
	Email    string `json:"email,omitempty" maxLength:"254" description:"Of the first operator alone."`
	Password string `json:"password" required:"true" minLength:"12" maxLength:"200"`
}

// WelcomeLookRequest asks what a one-time link is for; it uses it not.
type WelcomeLookRequest struct {
	Token string `json:"token" required:"true" minLength:"1" maxLength:"200"`
}

// WelcomeLink is what a one-time link is for.
type WelcomeLink struct {
	FirstOperator bool   `json:"firstOperator" required:"true"`
	Name          string `json:"name,omitempty"`
	Email         string `json:"email,omitempty"`
	// Returning is true for a person who could sign in before.
	Returning bool `json:"returning" required:"true"`
}

// PutAccountRequest changes what a person is called.
type PutAccountRequest struct {
	Name string `json:"name" required:"true" minLength:"1" maxLength:"100"`
}

// PutPasswordRequest changes a person's password, which ends their other sessions.
type PutPasswordRequest struct {
	OldPassword string `json:"oldPassword" required:"true" minLength:"1" maxLength:"200"`
	Password    string `json:"password" required:"true" minLength:"12" maxLength:"200"`
}

// AccountResponse holds who a person is.
type AccountResponse struct {
	User User `json:"user" required:"true"`
}

// OpenSession is one session of a person, as a list shows it.
type OpenSession struct {
	ID       string `json:"id" required:"true" format:"uuid"`
	Current  bool   `json:"current" required:"true" description:"The one that asks."`
	Entrance string `json:"entrance" required:"true" enum:"PASSWORD,LINK,OIDC"`
	Agent    string `json:"agent,omitempty" description:"What the browser calls itself."`
	Address  string `json:"address,omitempty" description:"From where it began."`

	CreatedDate Time `json:"createdDate" required:"true"`
	SeenDate    Time `json:"seenDate" required:"true" description:"When it was used last, to within five minutes."`
	EndsDate    Time `json:"endsDate" required:"true" description:"When it is over if it is not used again."`
}

// OpenSessionsResponse lists sessions, the one used last first.
type OpenSessionsResponse struct {
	Sessions []OpenSession `json:"sessions" required:"true"`
}

// SessionRequest names one of one's own sessions.
type SessionRequest struct {
	ID string `path:"sessionId" json:"-" format:"uuid"`
}

// UserSessionRequest names a session of a user.
type UserSessionRequest struct {
	UserID string `path:"userId" json:"-" format:"uuid"`
	ID     string `path:"sessionId" json:"-" format:"uuid"`
}

// UserDetails are what an operator sees of a user.
type UserDetails struct {
	User
	Grants []Grant `json:"grants" required:"true"`
	// Password and Provider say by what the person can sign in; neither, of one who
	// has not taken up the invitation.
	Password bool `json:"password" required:"true"`
	Provider bool `json:"provider" required:"true"`
	// LinkEndsDate is when the last link that was made for the person ends; absent
	// where there is none that could be used.
	LinkEndsDate Time `json:"linkEndsDate,omitzero"`
	CreatedDate  Time `json:"createdDate" required:"true"`
	UpdatedDate  Time `json:"updatedDate" required:"true"`
}

// InviteUserRequest makes a user.
type InviteUserRequest struct {
	Name   string  `json:"name" required:"true" minLength:"1" maxLength:"100"`
	Email  string  `json:"email" required:"true" minLength:"1" maxLength:"254"`
	Grants []Grant `json:"grants" required:"true" maxItems:"200"`
}

// PutUserRequest changes a user.
type PutUserRequest struct {
	ID     string  `path:"userId" json:"-" format:"uuid"`
	Name   string  `json:"name" required:"true" minLength:"1" maxLength:"100"`
	Email  string  `json:"email" required:"true" minLength:"1" maxLength:"254"`
	Grants []Grant `json:"grants" required:"true" maxItems:"200"`
}

// UserRequest names a user.
type UserRequest struct {
	ID string `path:"userId" json:"-" format:"uuid"`
}

// UserResponse holds a user.
type UserResponse struct {
	User    UserDetails `json:"user" required:"true"`
	Outcome Outcome     `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// UserLinkResponse holds a user and a one-time link, which cannot be read again.
type UserLinkResponse struct {
	User UserDetails `json:"user" required:"true"`
	Link OneTimeLink `json:"link" required:"true"`
}

// OneTimeLink is good for one use.
type OneTimeLink struct {
	URL         string `json:"url" required:"true" format:"uri"`
	ExpiresDate Time   `json:"expiresDate" required:"true"`
}

// UsersResponse is a page of users.
type UsersResponse struct {
	Users          []UserDetails `json:"users" required:"true"`
	PagingMetadata Paging        `json:"pagingMetadata" required:"true"`
}
