package belay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"
)

// App is a program by some vendor. It declares triggers and actions, and what it
// reports is its own.
type App struct {
	ID        ID      `json:"id"`
	Name      string  `json:"name"`
	CreatedAt Instant `json:"createdDate"`
	UpdatedAt Instant `json:"updatedDate"`
	// Secrets prove the app to the token endpoint. During a rotation two are valid.
	Secrets []Secret `json:"secrets,omitempty"`
	// Provider is how the app's own server is called.
	Provider Provider `json:"provider,omitzero"`
}

// Provider is how an app's server is called for its triggers and its actions.
type Provider struct {
	// BaseURL is where it answers, for triggers and actions without one of their own.
	BaseURL string         `json:"baseUrl,omitempty"`
	Format  ProviderFormat `json:"format,omitempty"`
}

// ProviderFormat is what a call to an app's server looks like.
type ProviderFormat string

// The formats: the compatible wire's signed envelope, also where nothing is said;
// or plain JSON with the headers of Standard Webhooks.
const (
	FormatJWT     ProviderFormat = "jwt"
	FormatWebhook ProviderFormat = "webhook"
)

// Signer is what calls to an app's server are signed with.
type Signer struct {
	// Keys sign envelopes. They are newest first; the newest that signs already does.
	Keys []SigningKey `json:"keys"`
	// Secrets sign plain JSON. During a rotation two do, each with a signature.
	Secrets []SigningSecret `json:"secrets"`
}

// Signing returns the key that signs at now, false where none does.
func (s Signer) Signing(now Instant) (SigningKey, bool) {
	for _, k := range s.Keys {
		if k.SignsFrom <= now {
			return k, true
		}
	}
	return SigningKey{}, false
}

// Public returns the half that receivers know.
func (k *SigningKey) Public() (*rsa.PublicKey, error) {
	private, err := x509.ParsePKCS8PrivateKey(k.Private)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	pair, ok := private.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is no RSA key", k.ID)
	}
	return &pair.PublicKey, nil
}

// SigningKey is a private key whose public half receivers know.
type SigningKey struct {
	ID        ID      `json:"id"`
	Private   []byte  `json:"private"` // RSA, PKCS #8
	CreatedAt Instant `json:"createdDate"`
	// SignsFrom is when it begins to sign. Receivers may know it before.
	SignsFrom Instant `json:"signsFromDate"`
	// ExpiresAt is when receivers need it no more; zero for the newest.
	ExpiresAt Instant `json:"expiresDate,omitzero"`
}

// Secret is a credential of which only the SHA-256 is kept.
type Secret struct {
	ID        ID      `json:"id"`
	Hash      []byte  `json:"hash"`
	Hint      string  `json:"hint"` // the last four characters, to tell two apart
	CreatedAt Instant `json:"createdDate"`
	// ExpiresAt is zero for a secret that stays valid.
	ExpiresAt Instant `json:"expiresDate,omitzero"`
}

// ValidAt reports whether the secret can still be used at now.
func (s Secret) ValidAt(now Instant) bool { return s.ExpiresAt.IsZero() || now < s.ExpiresAt }

// Site is one tenant: a business that installs apps.
type Site struct {
	ID       ID     `json:"id"`
	Name     string `json:"name"`
	TimeZone string `json:"timeZone"` // IANA, such as Europe/Berlin
	Locale   string `json:"locale"`   // BCP 47, such as de-DE
	// RetentionDays is how long what happened on the site is kept after it was
	// over; 0 leaves that to the server.
	RetentionDays int     `json:"retentionDays,omitempty"`
	CreatedAt     Instant `json:"createdDate"`
	UpdatedAt     Instant `json:"updatedDate"`
	// SigningSecrets sign what the site's automations send (Standard Webhooks,
	// "whsec_…"). During a rotation two are used, each with a signature.
	SigningSecrets []SigningSecret `json:"signingSecrets,omitempty"`
}

// SigningSecret is a secret that both sides know.
type SigningSecret struct {
	ID        ID      `json:"id"`
	Value     string  `json:"value"`
	CreatedAt Instant `json:"createdDate"`
	ExpiresAt Instant `json:"expiresDate,omitzero"`
}

// Zone returns the site's time zone, and UTC where the name is not known to
// this machine; a site's zone is checked when it is set.
func (s Site) Zone() *time.Location {
	l, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return l
}

// Installation is an app on a site: what lets the app report for that site.
type Installation struct {
	AppID      ID      `json:"appId"`
	SiteID     ID      `json:"siteId"`
	InstanceID ID      `json:"instanceId"`
	CreatedAt  Instant `json:"createdDate"`
}

// Trigger is a kind of happening that an app declared.
type Trigger struct {
	AppID  ID              `json:"appId"`
	Key    string          `json:"triggerKey"`
	Name   string          `json:"displayName"`
	Schema json.RawMessage `json:"payloadSchema"`
	// Filters are what the trigger offers to automations, in the compatible
	// wire's form.
	Filters json.RawMessage `json:"filters,omitempty"`
	// ConfigSchema is what an automation says of itself to the trigger's app, by JSON
	// Schema; nil where it may say anything.
	ConfigSchema json.RawMessage `json:"automationConfigSchema,omitempty"`
	// Scheduled follows from the schema: one property is marked futureDate.
	Scheduled bool `json:"scheduled"`
	// Hidden triggers are offered to nobody; events under them still count.
	Hidden  bool   `json:"hidden"`
	BaseURL string `json:"baseUrl,omitempty"`
	// Methods are what the app's server answers for this trigger.
	Methods   TriggerMethods `json:"implementedMethods,omitzero"`
	CreatedAt Instant        `json:"createdDate"`
	UpdatedAt Instant        `json:"updatedDate"`
}

// TriggerMethods are the calls that an app's server may answer for a trigger.
type TriggerMethods struct {
	ValidateConfiguration bool `json:"validateConfiguration,omitempty"`
	GetDynamicSchema      bool `json:"getDynamicSchema,omitempty"`
	RefreshPayload        bool `json:"refreshPayload,omitempty"`
}

// ActionMethods are the calls that an app's server may answer for an action beside
// the invocation.
type ActionMethods struct {
	ValidateConfiguration bool `json:"validateConfiguration,omitempty"`
	QuotaInfo             bool `json:"quotaInfo,omitempty"`
}

// ActionDeclaration is an action that an app provides.
type ActionDeclaration struct {
	AppID        ID              `json:"appId"`
	Key          string          `json:"actionKey"`
	Name         string          `json:"displayName"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema,omitempty"`
	BaseURL      string          `json:"baseUrl,omitempty"`
	Methods      ActionMethods   `json:"implementedMethods,omitzero"`
	CreatedAt    Instant         `json:"createdDate"`
	UpdatedAt    Instant         `json:"updatedDate"`
}

// Role is what an API key may do.
type Role string

// The roles. An operator may do all; an app's key reports and cancels that app's
// events on sites that installed it; a site's key sets up that site's
// automations and reads its logs; a viewer's reads them. A developer is a person,
// never a key: who sets up what one app declares, and sees and reports its events.
const (
	RoleOperator  Role = "operator"
	RoleApp       Role = "app"
	RoleDeveloper Role = "developer"
	RoleSite      Role = "site"
	RoleViewer    Role = "viewer"
)

// APIKey is a credential of which only the SHA-256 is kept.
type APIKey struct {
	ID        ID      `json:"id"`
	Name      string  `json:"name"`
	Role      Role    `json:"role"`
	AppID     ID      `json:"appId,omitzero"`  // of an app's key
	SiteID    ID      `json:"siteId,omitzero"` // of a site's or viewer's key
	Hash      []byte  `json:"hash"`
	Hint      string  `json:"hint"`
	CreatedAt Instant `json:"createdDate"`
	ExpiresAt Instant `json:"expiresDate,omitzero"`
}
