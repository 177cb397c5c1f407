package api

import "encoding/json"

// What Belay calls an app's server for. Each call is a POST of a ProviderCall below
// the app's base URL, at one of these paths.
const (
	PathInvoke         = "/v1/invoke"                 // InvokeRequest, InvokeResponse
	PathValidateAction = "/v1/validate-configuration" // ValidateActionRequest, ValidateConfigurationResponse
	PathQuotaInfo      = "/v1/quota-info"             // QuotaInfoRequest, QuotaInfoResponse

	PathValidateTrigger = "/validate-configuration" // ValidateTriggerRequest, ValidateConfigurationResponse
	PathDynamicSchema   = "/dynamic-schema"         // DynamicSchemaRequest, DynamicSchemaResponse
	PathRefreshPayload  = "/refresh-payload"        // RefreshPayloadRequest, RefreshPayloadResponse
)

// ProviderIssuer is the issuer of signed envelopes, the one that the compatible
// wire's clients insist on.
const ProviderIssuer = "wix.com"

// The kinds of calls, by what they are for.
const (
	ActionProvider  = "AUTOMATIONS_ACTION_PROVIDER"
	TriggerProvider = "AUTOMATIONS_TRIGGER_PROVIDER"
)

// ProviderCall is one call of an app's server: the claim "data" of a signed
// envelope, or the body of plain JSON.
type ProviderCall struct {
	Request  json.RawMessage  `json:"request" required:"true"`
	Metadata ProviderMetadata `json:"metadata" required:"true"`
}

// ProviderMetadata says for whom an app's server is called.
type ProviderMetadata struct {
	RequestID        string           `json:"requestId" required:"true"`
	InstanceID       string           `json:"instanceId" required:"true" description:"The app's installation on the site."`
	Currency         string           `json:"currency,omitempty"`
	Languages        []string         `json:"languages" required:"true"`
	Identity         ProviderIdentity `json:"identity" required:"true"`
	AppExtensionType string           `json:"appExtensionType" required:"true"`
	AppExtensionID   string           `json:"appExtensionId,omitempty"`
	SiteID           string           `json:"siteId" required:"true" description:"Belay's own."`
}

// ProviderIdentity is who caused a call: an app, where one did.
type ProviderIdentity struct {
	IdentityType string `json:"identityType" required:"true"`
	AppID        string `json:"appId,omitempty"`
}

// InvokeRequest asks an app to carry out an action.
type InvokeRequest struct {
	ActionKey         string            `json:"actionKey" required:"true"`
	ActionParams      json.RawMessage   `json:"actionParams" required:"true"`
	ActivationContext ActivationContext `json:"activationContext" required:"true"`
}

// ActivationContext tells for which activation an action is carried out.
type ActivationContext struct {
	ActivationID    string          `json:"activationId" required:"true"`
	AutomationID    string          `json:"esbConfigurationId" required:"true"`
	TriggerKey      string          `json:"triggerKey" required:"true"`
	TriggerAppID    string          `json:"triggerAppId" required:"true"`
	ActionID        string          `json:"actionId" required:"true"`
	Payload         json.RawMessage `json:"payload" required:"true"`
	ActionAppID     string          `json:"actionAppId" required:"true"`
	InvocationToken string          `json:"invocationToken" required:"true"`
}

// The ways in which an app answers an invocation: it is done, or says until when it
// reports that it is.
const (
	TimeoutImmediate = "IMMEDIATE"
	TimeoutLength    = "TIMEOUT_LENGTH"
	TimeoutDate      = "TIMEOUT_DATE"
)

// InvokeResponse is an app's answer to an invocation.
type InvokeResponse struct {
	// Result is the action's output; of an action that is not done, what counts if
	// its completion is never reported.
	Result json.RawMessage `json:"result,omitzero"`
	// TimeoutType is IMMEDIATE where it is left out and no options are given.
	TimeoutType          string                `json:"timeoutType,omitempty"`
	TimeoutLengthOptions *TimeoutLengthOptions `json:"timeoutLengthOptions,omitzero"`
	TimeoutDateOptions   *TimeoutDateOptions   `json:"timeoutDateOptions,omitzero"`
}

// TimeoutLengthOptions say how long an app takes at most: from 1 minute to a day.
type TimeoutLengthOptions struct {
	TimeoutInMinutes int `json:"timeoutInMinutes"`
}

// TimeoutDateOptions say until when an app takes at most, within a year.
type TimeoutDateOptions struct {
	TimeoutDate Time `json:"timeoutDate"`
}

// ValidateActionRequest asks an app about an action's input mapping, which travels
// as text.
type ValidateActionRequest struct {
	ActionKey    string `json:"actionKey"`
	InputMapping string `json:"inputMapping"`
}

// ValidateTriggerRequest asks an app about how an automation uses a trigger.
type ValidateTriggerRequest struct {
	TriggerKey              string                 `json:"triggerKey"`
	SelectedFilterOptions   []SelectedFilterOption `json:"selectedFilterOptions"`
	AutomationConfigMapping json.RawMessage        `json:"automationConfigMapping,omitzero"`
}

// ValidateConfigurationResponse is an app's answer about an action or a trigger.
type ValidateConfigurationResponse struct {
	Valid               bool                         `json:"valid"`
	ConfigurationErrors []ProviderConfigurationError `json:"configurationErrors"`
}

// QuotaInfoRequest asks an app what may still be used of an action.
type QuotaInfoRequest struct {
	ActionKey string `json:"actionKey"`
}

// QuotaInfoResponse is what may still be used of an action.
type QuotaInfoResponse struct {
	ActionQuotaInfo ActionQuotaInfo `json:"actionQuotaInfo"`
}

// ActionQuotaInfo is what may be used of an action, for people to see.
type ActionQuotaInfo struct {
	Enforced  bool        `json:"enforced" required:"true"`
	QuotaInfo []QuotaInfo `json:"quotaInfo" required:"true"`
}

// QuotaInfo is what some plans give.
type QuotaInfo struct {
	Plans      []QuotaPlan `json:"plans" required:"true"`
	Quotas     []Quota     `json:"quotas" required:"true"`
	UpgradeCTA *QuotaCTA   `json:"upgradeCta,omitzero"`
}

// QuotaPlan is a plan that gives a quota.
type QuotaPlan struct {
	ID   string `json:"id" required:"true"`
	Name string `json:"name" required:"true"`
}

// Quota is how much of a feature has been used, and how much may be.
type Quota struct {
	FeatureName    string               `json:"featureName" required:"true"`
	RenewalDate    Time                 `json:"renewalDate,omitzero"`
	CurrentUsage   Int64                `json:"currentUsage" required:"true"`
	Limit          *Int64               `json:"limit,omitzero" description:"Absent where there is none."`
	AdditionalInfo *QuotaAdditionalInfo `json:"additionalInfo,omitzero"`
}

// QuotaAdditionalInfo says more of a quota.
type QuotaAdditionalInfo struct {
	Description string    `json:"description,omitempty"`
	CTA         *QuotaCTA `json:"cta,omitzero"`
}

// QuotaCTA is a link for people.
type QuotaCTA struct {
	URL   string `json:"url" required:"true"`
	Label string `json:"label" required:"true"`
}

// DynamicSchemaRequest asks an app for the part of a trigger's payload schema that
// depends on what a site's user chose.
type DynamicSchemaRequest struct {
	TriggerKey            string                 `json:"triggerKey"`
	SelectedFilterOptions []SelectedFilterOption `json:"selectedFilterOptions"`
}

// DynamicSchemaResponse is that part.
type DynamicSchemaResponse struct {
	DynamicSchema json.RawMessage `json:"dynamicSchema"`
}

// RefreshPayloadRequest asks an app for a payload as it is now.
type RefreshPayloadRequest struct {
	TriggerKey       string          `json:"triggerKey,omitempty"`
	ExternalEntityID string          `json:"externalEntityId,omitempty"`
	Payload          json.RawMessage `json:"payload"`
}

// RefreshPayloadResponse is the payload, or says that the activation no longer
// matters.
type RefreshPayloadResponse struct {
	Payload          json.RawMessage `json:"payload,omitzero"`
	CancelActivation bool            `json:"cancelActivation,omitzero"`
}

// The words with which an app reports that an action is done.
const (
	CompletionSuccess = "SUCCESS"
	CompletionFailure = "FAILURE"
)

// ReportActionInvocationCompletedRequest says that an action which an app has taken
// is done.
type ReportActionInvocationCompletedRequest struct {
	InvocationToken string                 `json:"invocationToken" required:"true" minLength:"1" maxLength:"500"`
	Status          string                 `json:"status" required:"true" enum:"SUCCESS,FAILURE,UNKNOWN_STATUS"`
	SuccessInfo     *CompletionSuccessInfo `json:"successInfo,omitzero"`
	FailureInfo     *CompletionFailureInfo `json:"failureInfo,omitzero"`
}

// CompletionSuccessInfo is what an action came to.
type CompletionSuccessInfo struct {
	Result json.RawMessage `json:"result,omitzero"`
}

// CompletionFailureInfo is why an action failed.
type CompletionFailureInfo struct {
	ErrorDescription string `json:"errorDescription,omitempty" maxLength:"1000"`
}

// Provider is how an app's server is called.
type Provider struct {
	BaseURL string `json:"baseUrl,omitempty" maxLength:"256" description:"Where it answers, for triggers and actions without a base URL of their own."`
	Format  string `json:"format,omitempty" enum:"jwt,webhook" description:"jwt, also where it is left out: a signed envelope. webhook: plain JSON with the headers of Standard Webhooks."`
}

// TriggerMethods are the calls that an app's server answers for a trigger.
type TriggerMethods struct {
	ValidateConfiguration bool `json:"validateConfiguration,omitzero"`
	GetDynamicSchema      bool `json:"getDynamicSchema,omitzero"`
	RefreshPayload        bool `json:"refreshPayload,omitzero"`
}

// ActionMethods are the calls that an app's server answers for an action beside the
// invocation.
type ActionMethods struct {
	ValidateConfiguration bool `json:"validateConfiguration,omitzero"`
	QuotaInfo             bool `json:"quotaInfo,omitzero"`
}

// SigningKey is what receivers check signed envelopes with.
type SigningKey struct {
	ID            string `json:"id" required:"true" format:"uuid" description:"The kid of envelopes that it signs."`
	PublicKeyPEM  string `json:"publicKeyPem" required:"true" description:"SPKI in PEM."`
	CreatedDate   Time   `json:"createdDate" required:"true"`
	SignsFromDate Time   `json:"signsFromDate" required:"true" description:"When it begins to sign."`
	ExpiresDate   Time   `json:"expiresDate,omitzero" description:"When it is needed no more; absent for the newest."`
}

// SigningKeysResponse holds what calls to an app's server are checked with, newest
// first.
type SigningKeysResponse struct {
	Keys    []SigningKey    `json:"keys" required:"true"`
	Secrets []SigningSecret `json:"secrets" required:"true" description:"Of Standard Webhooks. Each signs until it expires."`
}

// RotateSigningKeysRequest gives an app a new signing key and a new secret.
type RotateSigningKeysRequest struct {
	ID             string `path:"appId" json:"-" format:"uuid"`
	OverlapSeconds int64  `json:"overlapSeconds,omitzero" minimum:"0" maximum:"2592000" description:"How long the last key goes on signing while receivers take up the new one, and the last secret beside the new one."`
}

// JSONWebKeySet is public keys as RFC 7517 has them.
type JSONWebKeySet struct {
	Keys []JSONWebKey `json:"keys" required:"true"`
}

// JSONWebKey is one RSA key.
type JSONWebKey struct {
	KeyType   string `json:"kty" required:"true"`
	Use       string `json:"use" required:"true"`
	Algorithm string `json:"alg" required:"true"`
	KeyID     string `json:"kid" required:"true"`
	Modulus   string `json:"n" required:"true"`
	Exponent  string `json:"e" required:"true"`
}
