package provider

import "github.com/belay-events/belay/api"

// What callers hand in and get back, as it travels.
type (
	InvokeRequest                 = api.InvokeRequest
	ActivationContext             = api.ActivationContext
	RefreshPayloadRequest         = api.RefreshPayloadRequest
	SelectedFilterOption          = api.SelectedFilterOption
	ValidateConfigurationResponse = api.ValidateConfigurationResponse
	ActionQuotaInfo               = api.ActionQuotaInfo
)
