package httpapi

import (
	"context"
	"encoding/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// builder answers with all that an automation is edited with, so that a page of it
// is shown after one call.
func (d *door) builder(ctx context.Context, c *call, in *api.BuilderRequest) (*api.BuilderResponse, error) {
	w, err := d.book.Workbench(ctx, c.by, c.site, optionalID(in.AutomationID))
	if err != nil {
		return nil, err
	}
	answer := &api.BuilderResponse{
		Site:          api.BuilderSite{ID: w.Site.ID.String(), Name: w.Site.Name, TimeZone: w.Site.TimeZone, Locale: w.Site.Locale},
		DraftOutdated: w.Outdated(), Editable: w.Editable, Apps: each(w.Offers, d.offerTold),
	}
	whole := []string{withSchemas, asStored}
	if w.Live != nil {
		if answer.Automation, err = documentOf(w.Live, whole); err != nil {
			return nil, err
		}
	}
	if w.Draft != nil {
		draft, err := documentOf(w.Draft, whole)
		if err != nil {
			return nil, err
		}
		answer.Draft = api.PartialDocument(draft)
	}
	return answer, nil
}

func (d *door) offerTold(o *config.Offer) api.BuilderApp {
	told := api.BuilderApp{
		ID: o.App.ID.String(), Name: o.App.Name, BuiltIn: o.App.ID == belay.BuiltIn,
		Triggers: each(o.Triggers, catalogTriggerOf), Actions: each(o.Actions, catalogActionOf),
	}
	if registry := d.engine.Actions(); told.BuiltIn && registry != nil {
		told.Actions = each(registry.All(), builtInAction)
	}
	return told
}

// automationDigest says what an automation does that somebody is still writing.
func (d *door) automationDigest(ctx context.Context, c *call, in *api.AutomationDigestRequest) (*api.AutomationDigestResponse, error) {
	candidate, snapshot, err := d.book.Candidate(ctx, c.by, c.site, json.RawMessage(in.Automation))
	if err != nil {
		return nil, err
	}
	return &api.AutomationDigestResponse{Digest: d.digests(snapshot).Of(candidate.Spec)}, nil
}
