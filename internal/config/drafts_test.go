package config

import (
	"encoding/json"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// with returns an edit that makes a draft be doc.
func with(doc string) func(json.RawMessage) (json.RawMessage, error) {
	return func(json.RawMessage) (json.RawMessage, error) { return json.RawMessage(doc), nil }
}

func (d *desk) draftOf(id belay.ID) belay.Automation {
	d.t.Helper()
	a, err := d.DraftOf(d.t.Context(), operator, siteID, id)
	d.must(err)
	return a
}

func TestDraftIsThereAfterARestartAndOnItsSiteAlone(t *testing.T) {
	d := newDesk(t).furnish()
	made, err := d.CreateDraft(t.Context(), operator, siteID, json.RawMessage(`{"name":"Later"}`))
	d.must(err)
	original := d.create(automation(nil))
	of := d.draftOf(original.ID)

	again := openDesk(t, d.store)
	for _, id := range []belay.ID{made.ID, of.ID, original.ID} {
		if a := again.draftOf(id); a.Draft == nil || a.ID != made.ID && a.ID != of.ID {
			t.Errorf("DraftOf(%s) after a restart: %+v", id, a)
		}
		_, err = again.DraftOf(t.Context(), operator, otherID, id)
		refusedWith(t, err, belay.NotFound, "")
	}
	refusedWith(t, again.DeleteDraft(t.Context(), operator, otherID, made.ID), belay.NotFound, "")
	_, err = again.PublishDraft(t.Context(), operator, otherID, of.ID, 0)
	refusedWith(t, err, belay.NotFound, "")
	_, err = again.GetRevision(t.Context(), operator, siteID, made.ID, 1)
	refusedWith(t, err, belay.NotFound, "")
}

func TestDraftNeverActs(t *testing.T) {
	d := newDesk(t).furnish()
	_, err := d.CreateDraft(t.Context(), operator, siteID, json.RawMessage(automation(nil)))
	d.must(err)
	a := d.create(automation(map[string]any{"configuration/status": "INACTIVE"}))
	_, err = d.UpdateDraft(t.Context(), operator, siteID, d.draftOf(a.ID).ID, 0, with(automation(nil)))
	d.must(err)
	if n := len(d.shown().Active(appID1, "paid")); n != 0 {
		t.Errorf("%d active automations beside drafts; want none", n)
	}
	if n := len(openDesk(t, d.store).shown().owned.ordered); n != 1 {
		t.Errorf("a fresh snapshot holds %d automations; want the live one alone", n)
	}
}

func TestPublishedDraftReplacesItsAutomationInOneAct(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.create(automation(nil))
	draft := d.draftOf(a.ID)
	_, err := d.UpdateDraft(t.Context(), operator, siteID, draft.ID, 0, with(automation(map[string]any{"name": "New", "configuration/status": "INACTIVE"})))
	d.must(err)
	d.batches = nil
	got, err := d.PublishDraft(t.Context(), operator, siteID, draft.ID, 0)
	d.must(err)
	if got.ID != a.ID || got.Revision != 2 || got.Draft != nil || got.CreatedAt != a.CreatedAt {
		t.Errorf("published %+v; want revision 2 of %s", got, a.ID)
	}
	if len(d.batches) != 1 || len(d.batches[0].Changes[0].Cancels) != 1 {
		t.Errorf("publishing an inactive draft of an active automation took %d commits; want one, with a cancel", len(d.batches))
	}
	if next := d.draftOf(a.ID); next.ID == draft.ID || next.Draft.Revision != 2 {
		t.Errorf("the next draft is %+v; want a new one, of revision 2", next)
	}
	_, err = d.PublishDraft(t.Context(), operator, siteID, draft.ID, 0)
	refusedWith(t, err, belay.NotFound, "")
}

func TestDraftThatChangesWhileItIsPublishedIsPublishedAsItThenIs(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	a := d.create(automation(nil))
	draft := d.draftOf(a.ID)
	d.before = func() {
		_, err := other.UpdateDraft(t.Context(), operator, siteID, draft.ID, 0, with(automation(map[string]any{"name": "Theirs"})))
		d.must(err)
	}
	got, err := d.PublishDraft(t.Context(), operator, siteID, draft.ID, 0)
	d.must(err)
	spec, err := readSpec(got.Document)
	if err != nil || spec.Name != "Theirs" {
		t.Errorf("published %q, %v; want what was said last", spec.Name, err)
	}
}

func TestPublishChecksThatTheAutomationCanActAlsoWhileInactive(t *testing.T) {
	d := newDesk(t).furnish()
	a, err := d.CreateDraft(t.Context(), operator, siteID, json.RawMessage(automation(map[string]any{
		"configuration/status": "INACTIVE", "configuration/actions/send/appDefinedInfo/postActionIds": []any{"lost"},
	})))
	d.must(err)
	_, err = d.PublishDraft(t.Context(), operator, siteID, a.ID, 0)
	refusedWith(t, err, belay.FailedPrecondition, "AUTOMATION_NOT_READY",
		breach{"automation.configuration.actions.send.appDefinedInfo.postActionIds[0]", "POST_ACTION_NOT_FOUND"})
}

func TestLocksHoldForWhatADraftChanges(t *testing.T) {
	d := newDesk(t).furnish()
	settings := map[string]any{"origin": "APPLICATION", "settings/readonly": true}
	a := d.create(automation(settings))
	settings["name"] = "Mine"
	site := belay.Caller{Role: belay.RoleSite, SiteID: siteID}
	draft, err := d.DraftOf(t.Context(), site, siteID, a.ID)
	d.must(err)
	_, err = d.UpdateDraft(t.Context(), site, siteID, draft.ID, 0, with(automation(settings)))
	d.must(err)
	_, err = d.PublishDraft(t.Context(), site, siteID, draft.ID, 0)
	refusedWith(t, err, belay.PermissionDenied, "AUTOMATION_READONLY")
}

func TestDraftKeepsSchemasThatAnUpdateDoesNotName(t *testing.T) {
	d := newDesk(t).furnish()
	a, err := d.CreateDraft(t.Context(), operator, siteID, json.RawMessage(automation(withSchemas(nil))))
	d.must(err)
	next, err := d.UpdateDraft(t.Context(), operator, siteID, a.ID, 0, with(automation(map[string]any{"configuration/status": "INACTIVE"})))
	d.must(err)
	if string(next.Document) != string(a.Document) {
		t.Errorf("document after the update:\n%s\nwant:\n%s", next.Document, a.Document)
	}
}

func TestDraftGoesWithItsAutomationAndItsSite(t *testing.T) {
	d := newDesk(t).furnish()
	stored := func() int {
		n := 0
		for _, kind := range []string{kindDraft, kindDraftOf} {
			docs, _, err := d.store.Docs(t.Context(), siteID, kind, "", 0)
			d.must(err)
			n += len(docs)
		}
		return n
	}
	a := d.create(automation(nil))
	d.draftOf(a.ID)
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, a.ID))
	if n := stored(); n != 0 {
		t.Errorf("%d documents of drafts are left of a deleted automation", n)
	}
	d.draftOf(d.create(automation(nil)).ID)
	_, err := d.CreateDraft(t.Context(), operator, siteID, nil)
	d.must(err)
	d.must(d.DeleteSite(t.Context(), operator, siteID))
	if n := stored(); n != 0 {
		t.Errorf("%d documents of drafts are left of a deleted site", n)
	}
}

func TestRefusedDraftLeavesNothing(t *testing.T) {
	d := newDesk(t).furnish()
	_, err := d.CreateDraft(t.Context(), operator, siteID, json.RawMessage(`{"name":7}`))
	refusedWith(t, err, belay.InvalidArgument, "", breach{"automation.name", "TYPE"})
	_, err = d.CreateDraft(t.Context(), belay.Caller{Role: belay.RoleViewer, SiteID: siteID}, siteID, nil)
	refusedWith(t, err, belay.PermissionDenied, "ROLE_NOT_ALLOWED")
	if len(d.batches) != 0 {
		t.Errorf("%d batches were committed", len(d.batches))
	}
}
