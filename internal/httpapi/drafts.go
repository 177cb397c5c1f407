package httpapi

import (
	"context"
	"encoding/json"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

func (d *door) createDraft(ctx context.Context, c *call, in *api.CreateDraftRequest) (*api.DraftResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.CreateDraft(ctx, c.by, c.site, json.RawMessage(in.Automation))
	if err != nil {
		return nil, err
	}
	return draftAnswer(&a, in.Fields)
}

func (d *door) draftOf(ctx context.Context, c *call, in *api.DraftOfRequest) (*api.DraftResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.DraftOf(ctx, c.by, c.site, optionalID(in.OriginalID))
	if err != nil {
		return nil, err
	}
	return draftAnswer(&a, in.Fields)
}

func (d *door) updateDraft(ctx context.Context, c *call, in *api.UpdateDraftRequest) (*api.DraftResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	id := optionalID(in.ID)
	var given struct {
		ID string `json:"id"`
	}
	if err := jsonv2.Unmarshal(in.Automation, &given); err != nil {
		return nil, misread("automation", in.Automation, err)
	}
	if given.ID != "" && !strings.EqualFold(given.ID, id.String()) {
		return nil, errOtherID
	}
	a, err := d.book.UpdateDraft(ctx, c.by, c.site, id, int64(in.DraftRevision), func(stored json.RawMessage) (json.RawMessage, error) {
		if in.FieldMask == "" {
			return json.RawMessage(in.Automation), nil
		}
		return masked(stored, json.RawMessage(in.Automation), in.FieldMask)
	})
	if err != nil {
		return nil, err
	}
	return draftAnswer(&a, in.Fields)
}

func draftAnswer(a *belay.Automation, fields []string) (*api.DraftResponse, error) {
	doc, err := documentOf(a, fields)
	return &api.DraftResponse{Automation: api.PartialDocument(doc)}, err
}

var errOtherID = belay.Invalid("automation.id", "AMBIGUOUS", "is not the ID in the path")

func (d *door) deleteDraft(ctx context.Context, c *call, in *api.AutomationRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteDraft(ctx, c.by, c.site, optionalID(in.ID))
}

func (d *door) publishDraft(ctx context.Context, c *call, in *api.PublishDraftRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	a, err := d.book.PublishDraft(ctx, c.by, c.site, optionalID(in.ID), int64(in.OriginalRevision))
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}

func draftInfoOf(d *belay.DraftOf) (info api.DraftInfo) {
	if !d.OriginalID.IsZero() {
		info.OriginalAutomationID = d.OriginalID.String()
	}
	return info
}

func (d *door) queryWithDrafts(ctx context.Context, c *call, in *api.QueryAutomationsRequest) (*api.QueryWithDraftsResponse, error) {
	list, page, err := d.queried(ctx, c, in, true)
	if err != nil {
		return nil, err
	}
	answer := &api.QueryWithDraftsResponse{
		Automations: make([]api.PartialDocument, len(list.Automations)), PagingMetadata: list.PagingMetadata,
		OriginalAutomationIDToDrafts: make(map[string]api.DraftIDs, len(page.Drafts)),
	}
	for i, doc := range list.Automations {
		answer.Automations[i] = api.PartialDocument(doc)
	}
	for original, draft := range page.Drafts {
		answer.OriginalAutomationIDToDrafts[original.String()] = api.DraftIDs{DraftAutomationIDs: []string{draft.String()}}
	}
	return answer, nil
}

func (d *door) copyAutomation(ctx context.Context, c *call, in *api.CopyAutomationRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	document, err := d.book.CopyAutomation(ctx, c.by, c.site, optionalID(in.ID), in.Origin, json.RawMessage(in.Automation))
	if err != nil {
		return nil, err
	}
	shown, err := shownDocument(document, in.Fields)
	if err != nil {
		return nil, err
	}
	doc, err := compact(shown)
	return &api.AutomationResponse{Automation: api.AutomationDocument(doc)}, err
}

func (d *door) getRevision(ctx context.Context, c *call, in *api.GetRevisionRequest) (*api.AutomationResponse, error) {
	if err := checkFields(in.Fields); err != nil {
		return nil, err
	}
	var a belay.Automation
	var err error
	if in.Revision == 0 {
		a, err = d.book.GetAutomation(ctx, c.by, c.site, optionalID(in.ID))
	} else {
		a, err = d.book.GetRevision(ctx, c.by, c.site, optionalID(in.ID), int64(in.Revision))
	}
	if err != nil {
		return nil, err
	}
	return automationAnswer(&a, in.Fields)
}
