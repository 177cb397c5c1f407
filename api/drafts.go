package api

import "encoding/json"

// PartialDocument is an Automation as JSON of which anything may be missing.
type PartialDocument json.RawMessage

// MarshalJSON returns the document as it is, null for none.
func (d PartialDocument) MarshalJSON() ([]byte, error) { return json.RawMessage(d).MarshalJSON() }

// UnmarshalJSON keeps a copy of b.
func (d *PartialDocument) UnmarshalJSON(b []byte) error {
	*d = append((*d)[:0], b...)
	return nil
}

// PartialAutomation is an Automation of which anything may be missing.
type PartialAutomation struct {
	ID            string            `json:"id,omitempty" format:"uuid" description:"The server's own."`
	Revision      Int64             `json:"revision,omitzero" description:"The server's own."`
	CreatedBy     *Identity         `json:"createdBy,omitzero" description:"The server's own."`
	UpdatedBy     *Identity         `json:"updatedBy,omitzero" description:"The server's own."`
	CreatedDate   Time              `json:"createdDate,omitzero" description:"The server's own."`
	UpdatedDate   Time              `json:"updatedDate,omitzero" description:"The server's own."`
	DraftInfo     *DraftInfo        `json:"draftInfo,omitzero" description:"The server's own; of a draft alone."`
	Preinstalled  *PreinstalledInfo `json:"preinstalledInfo,omitzero" description:"The server's own."`
	Name          string            `json:"name,omitempty" maxLength:"500"`
	Description   string            `json:"description,omitempty" maxLength:"2000"`
	Origin        string            `json:"origin,omitempty" enum:"USER,APPLICATION,PREINSTALLED,RECIPE"`
	Settings      json.RawMessage   `json:"settings,omitzero"`
	Configuration json.RawMessage   `json:"configuration,omitzero" description:"As an Automation's."`
}

// DraftResponse holds a draft.
type DraftResponse struct {
	Automation PartialDocument `json:"automation" required:"true"`
}

// DraftInfo is what only a draft has.
type DraftInfo struct {
	OriginalAutomationID string `json:"originalAutomationId,omitempty" format:"uuid" description:"The automation that the draft replaces when it is published; left out in a draft of a new one."`
}

// CreateDraftRequest keeps a draft of a new automation.
type CreateDraftRequest struct {
	Automation PartialDocument `json:"automation,omitzero" description:"May lack anything; what is there keeps to the limits."`
	Fields     []string        `json:"fields,omitempty" maxItems:"20" description:"OVERRIDE_SCHEMA asks for overrideSchema and overrideOutputSchema too; AS_STORED leaves out what was not written."`
}

// DraftOfRequest asks for the draft of an automation.
type DraftOfRequest struct {
	OriginalID string   `path:"originalAutomationId" json:"-" format:"uuid"`
	Fields     []string `json:"fields,omitempty" maxItems:"20" description:"As in CreateDraftRequest."`
}

// UpdateDraftRequest replaces a draft, or the parts of it that the mask names. No
// revision is needed; two who edit at once notice each other by one.
type UpdateDraftRequest struct {
	ID         string          `path:"automationId" json:"-" format:"uuid"`
	Automation PartialDocument `json:"automation" required:"true"`
	FieldMask  string          `json:"fieldMask,omitempty" maxLength:"5000" description:"Paths joined by commas, such as name,configuration; left out, all is replaced."`
	// DraftRevision is ours.
	DraftRevision Int64    `json:"draftRevision,omitzero" minimum:"1" maximum:"9223372036854775807" description:"Ours: the revision that the draft was read at; a draft that has changed since is refused. Left out, whoever comes last has said it."`
	Fields        []string `json:"fields,omitempty" maxItems:"20" description:"As in CreateDraftRequest."`
}

// PublishDraftRequest makes the live automation be what the draft says.
type PublishDraftRequest struct {
	ID               string   `path:"automationId" json:"-" format:"uuid"`
	OriginalRevision Int64    `json:"originalRevision,omitzero" minimum:"1" maximum:"9223372036854775807" description:"Ours: the revision of the original that the draft is to replace; left out, the one that the draft was made from."`
	Fields           []string `json:"fields,omitempty" maxItems:"20" description:"As in CreateDraftRequest."`
}

// QueryWithDraftsResponse is a page of automations and drafts.
type QueryWithDraftsResponse struct {
	Automations    []PartialDocument `json:"automations" required:"true"`
	PagingMetadata Paging            `json:"pagingMetadata" required:"true"`
	// OriginalAutomationIDToDrafts concerns the automations and drafts of this page.
	OriginalAutomationIDToDrafts map[string]DraftIDs `json:"originalAutomationIdToDrafts" required:"true"`
}

// DraftIDs are the drafts of one automation.
type DraftIDs struct {
	DraftAutomationIDs []string `json:"draftAutomationIds" required:"true" maxItems:"1"`
}

// CopyAutomationRequest asks for a copy of an automation that is not saved.
type CopyAutomationRequest struct {
	ID         string          `path:"automationId" json:"-" format:"uuid"`
	Origin     string          `json:"origin,omitempty" enum:"USER,APPLICATION,PREINSTALLED,RECIPE" description:"Of the copy; USER where it is left out."`
	Automation PartialDocument `json:"automation,omitzero" description:"Members that the copy has instead of the original's, such as name."`
	Fields     []string        `json:"fields,omitempty" maxItems:"20" description:"As in CreateDraftRequest."`
}

// GetRevisionRequest asks for an automation as it was.
type GetRevisionRequest struct {
	ID       string   `path:"automationId" json:"-" format:"uuid"`
	Revision Int64    `query:"revision" json:"-" minimum:"1" maximum:"9223372036854775807" description:"Left out, the present one."`
	Fields   []string `query:"fields" json:"-" maxItems:"20" description:"As in CreateDraftRequest."`
}
