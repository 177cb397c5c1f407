package api

// TokenRequest asks for an app's access token on one site. It may be sent as
// JSON or as a form.
type TokenRequest struct {
	GrantType    string `json:"grant_type" required:"true" enum:"client_credentials"`
	ClientID     string `json:"client_id" required:"true" format:"uuid" description:"The app's ID."`
	ClientSecret string `json:"client_secret" required:"true" minLength:"1" maxLength:"200" description:"One of the app's secrets."`
	InstanceID   string `json:"instance_id" required:"true" format:"uuid" description:"The app's installation on the site."`
}

// TokenResponse holds a token for the Authorization header.
type TokenResponse struct {
	AccessToken string `json:"access_token" required:"true"`
	TokenType   string `json:"token_type" required:"true"`
	ExpiresIn   int64  `json:"expires_in" required:"true" description:"In seconds."`
}

// LegacyTokenRequest asks for an app's access token by the older way of the
// compatible wire. Both the code and the refresh token are the instance ID of the
// app's installation: nobody is sent to the app with a code. It may be sent as JSON
// or as a form.
type LegacyTokenRequest struct {
	GrantType    string `json:"grant_type" required:"true" enum:"authorization_code,refresh_token"`
	ClientID     string `json:"client_id" required:"true" format:"uuid" description:"The app's ID."`
	ClientSecret string `json:"client_secret" required:"true" minLength:"1" maxLength:"200" description:"One of the app's secrets."`
	Code         string `json:"code,omitempty" format:"uuid" description:"The app's installation on the site, for authorization_code."`
	RefreshToken string `json:"refresh_token,omitempty" format:"uuid" description:"The same, for refresh_token."`
}

// LegacyTokenResponse holds a token for the Authorization header, and what to ask for
// the next one with.
type LegacyTokenResponse struct {
	TokenResponse
	RefreshToken string `json:"refresh_token" required:"true"`
}

// TokenInfoRequest asks what a token stands for.
type TokenInfoRequest struct {
	Token string `json:"token" required:"true" minLength:"1" maxLength:"4000"`
}

// TokenInfo is what a token stands for. Of one that is not good it says only that.
type TokenInfo struct {
	Active      bool   `json:"active" required:"true"`
	SubjectType string `json:"subjectType,omitempty" description:"APP"`
	SubjectID   string `json:"subjectId,omitempty" format:"uuid"`
	IssuedAt    int64  `json:"iat,omitzero" description:"In seconds since 1970."`
	ExpiresAt   int64  `json:"exp,omitzero" description:"In seconds since 1970."`
	ClientID    string `json:"clientId,omitempty" format:"uuid"`
	SiteID      string `json:"siteId,omitempty" format:"uuid"`
	InstanceID  string `json:"instanceId,omitempty" format:"uuid"`
}

// Caller says as whom a call is made.
type Caller struct {
	Role   string `json:"role" required:"true" enum:"operator,app,developer,site,viewer"`
	AppID  string `json:"appId,omitempty" format:"uuid"`
	SiteID string `json:"siteId,omitempty" format:"uuid" description:"The one site that the credential is good for."`
	KeyID  string `json:"keyId,omitempty" format:"uuid"`
	UserID string `json:"userId,omitempty"`
}
