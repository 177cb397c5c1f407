package api

import "encoding/json"

// ActionsQuotaResponse is what may still be used of the actions of a site's apps.
type ActionsQuotaResponse struct {
	Quotas []ActionProviderQuota `json:"actionProviderQuotaInfo" required:"true"`
}

// ActionProviderQuota is what may still be used of an action, as its app says it.
// It is shown to people; Belay holds nobody to it.
type ActionProviderQuota struct {
	AppID     string          `json:"appId" required:"true" format:"uuid"`
	ActionKey string          `json:"actionKey" required:"true"`
	Info      json.RawMessage `json:"actionQuotaInfo" required:"true"`
}
