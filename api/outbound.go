package api

// AllowedAddressesResponse is where calls to apps, webhooks and HTTP requests of
// automations may go beside public addresses.
type AllowedAddressesResponse struct {
	Ranges []string `json:"ranges" required:"true" description:"Address ranges such as 10.1.0.0/16 that the operator allows (--allow); calls to other addresses that are not public are refused with REFUSED_ADDRESS."`
}
