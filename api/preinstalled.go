package api

import "encoding/json"

// PreinstalledInfo says which app an automation came with, and as what.
type PreinstalledInfo struct {
	AppID            string `json:"appId" format:"uuid"`
	ComponentID      string `json:"componentId" format:"uuid" description:"The app's own name for the automation."`
	ComponentVersion int64  `json:"componentVersion" minimum:"0" maximum:"2147483647" description:"The app's own count."`
	Override         bool   `json:"override" description:"Whether this is the site's own, changed copy."`
}

// PreinstalledRequest brings an automation to every site that has the app, or, with
// the revision that was read, changes it there.
type PreinstalledRequest struct {
	Automation           AutomationDocument `json:"automation" required:"true" description:"preinstalledInfo.componentId names it; an update needs revision."`
	AppID                string             `json:"appId,omitempty" format:"uuid" description:"The app; an app's own key may leave it out."`
	SpecInfo             *SpecInfo          `json:"specInfo,omitzero"`
	OriginAutomationInfo json.RawMessage    `json:"originAutomationInfo,omitzero" description:"Without effect."`
	Fields               []string           `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// SpecInfo is about experiments, which Belay has none of: it has no effect.
type SpecInfo struct {
	Spec              string `json:"spec,omitempty" maxLength:"128"`
	VariantValue      string `json:"variantValue,omitempty" maxLength:"128"`
	ExperimentVersion Int64  `json:"experimentVersion,omitzero"`
}

// PutPreinstalledRequest makes what an app brings as a component be what the
// document says.
type PutPreinstalledRequest struct {
	AppID       string             `path:"appId" json:"-" format:"uuid"`
	ComponentID string             `path:"componentId" json:"-" format:"uuid"`
	Automation  AutomationDocument `json:"automation" required:"true"`
}

// DeletePreinstalledRequest names what an app brings.
type DeletePreinstalledRequest struct {
	ComponentID string `path:"componentId" json:"-" format:"uuid"`
	AppID       string `query:"appId" json:"-" format:"uuid" description:"The app; an app's own key may leave it out."`
}

// QueryPreinstalledRequest asks for what an app brings.
type QueryPreinstalledRequest struct {
	Query  Query    `json:"query,omitzero"`
	AppID  string   `json:"appId,omitempty" format:"uuid" description:"The app; an app's own key may leave it out."`
	Fields []string `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}
