package api

// BuilderRequest asks for all that an automation is edited with.
type BuilderRequest struct {
	AutomationID string `query:"automationId" json:"-" format:"uuid" description:"An automation of the site, or a draft; left out, what a new one can be made of."`
}

// BuilderResponse is all that an automation is edited with, in one answer.
type BuilderResponse struct {
	Site BuilderSite `json:"site" required:"true"`
	// Automation and Draft are as they are stored, override schemas included.
	Automation    AutomationDocument `json:"automation,omitzero" description:"The live automation; absent for a new one."`
	Draft         PartialDocument    `json:"draft,omitzero" description:"Its draft, or the draft of a new one; absent where there is none."`
	DraftOutdated bool               `json:"draftOutdated" required:"true" description:"The live automation has changed since the draft was made from it."`
	Editable      bool               `json:"editable" required:"true" description:"Whether the caller may change the site's automations."`
	Apps          []BuilderApp       `json:"apps" required:"true" description:"The built-in app, then those that are installed on the site, in the order of their names."`
}

// BuilderSite is what is known of a site by whoever sets up its automations.
type BuilderSite struct {
	ID       string `json:"id" required:"true" format:"uuid"`
	Name     string `json:"name" required:"true"`
	TimeZone string `json:"timeZone" required:"true" description:"IANA, such as Europe/Lisbon."`
	Locale   string `json:"locale" required:"true" description:"BCP 47, such as pt-PT."`
}

// BuilderApp is what one app offers to automations.
type BuilderApp struct {
	ID       string           `json:"id" required:"true" format:"uuid"`
	Name     string           `json:"name" required:"true"`
	BuiltIn  bool             `json:"builtIn" required:"true" description:"Every site has it."`
	Triggers []CatalogTrigger `json:"triggers" required:"true" description:"In the order of their keys. A hidden one is there only if the automation or its draft uses it."`
	Actions  []CatalogAction  `json:"actions" required:"true" description:"In the order of their keys."`
}
