package config

import (
	"encoding/json"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func (d *desk) workbench(id belay.ID) *Workbench {
	d.t.Helper()
	w, err := d.Workbench(d.t.Context(), operator, siteID, id)
	d.must(err)
	return w
}

// offered returns the keys of the triggers that an app offers.
func (w *Workbench) offered(app belay.ID) (keys []string) {
	for _, o := range w.Offers {
		for _, t := range o.Triggers {
			if o.App.ID == app {
				keys = append(keys, t.Key)
			}
		}
	}
	return keys
}

func TestWorkbenchHasTheAutomationAndItsDraftByEitherID(t *testing.T) {
	d := newDesk(t).furnish()
	live := d.create(automation(nil))
	if w := d.workbench(live.ID); w.Live == nil || w.Draft != nil || !w.Editable {
		t.Errorf("without a draft: %+v", w)
	}
	draft := d.draftOf(live.ID)
	for _, id := range []belay.ID{live.ID, draft.ID} {
		w := d.workbench(id)
		if w.Live == nil || w.Live.ID != live.ID || w.Draft == nil || w.Draft.ID != draft.ID || w.Outdated() {
			t.Errorf("by %s: live %v, draft %v, outdated %v", id, w.Live, w.Draft, w.Outdated())
		}
	}
	_, err := d.UpdateAutomation(t.Context(), operator, siteID, live.ID, live.Revision, json.RawMessage(automation(map[string]any{"name": "Other"})))
	d.must(err)
	if !d.workbench(draft.ID).Outdated() {
		t.Error("the draft is not told to be outdated by a change of the live automation")
	}
	fresh, err := d.CreateDraft(t.Context(), operator, siteID, nil)
	d.must(err)
	if w := d.workbench(fresh.ID); w.Live != nil || w.Draft == nil || w.Outdated() {
		t.Errorf("a draft of a new one: %+v", w)
	}
	_, err = d.Workbench(t.Context(), operator, otherID, live.ID)
	refusedWith(t, err, belay.NotFound, "")
}

func TestWorkbenchOffersWhatIsInstalledAndHiddenTriggersOnlyInUse(t *testing.T) {
	d := newDesk(t).furnish()
	w := d.workbench(belay.ID{})
	if w.Offers[0].App.ID != belay.BuiltIn || len(w.offered(appID1)) != 2 || len(w.offered(appID2)) != 0 {
		t.Errorf("offers: %+v", w.Offers)
	}
	live := d.create(automation(nil))
	_, _, err := d.PutTrigger(t.Context(), operator, TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime), Hidden: true})
	d.must(err)
	if keys := d.workbench(belay.ID{}).offered(appID1); len(keys) != 1 {
		t.Errorf("a new automation is offered %v; the hidden trigger should be left out", keys)
	}
	if keys := d.workbench(live.ID).offered(appID1); len(keys) != 2 {
		t.Errorf("the automation that uses the hidden trigger is offered %v", keys)
	}
}

func TestAViewerLooksAtTheWorkbenchAndAnAppDoesNot(t *testing.T) {
	d := newDesk(t).furnish()
	w, err := d.Workbench(t.Context(), belay.Caller{Role: belay.RoleViewer, SiteID: siteID}, siteID, belay.ID{})
	d.must(err)
	if w.Editable {
		t.Error("a viewer is told to be able to edit")
	}
	_, err = d.Workbench(t.Context(), belay.Caller{Role: belay.RoleApp, AppID: appID1}, siteID, belay.ID{})
	refusedWith(t, err, belay.PermissionDenied, "ROLE_NOT_ALLOWED")
}

func TestTwoWhoEditADraftNoticeEachOther(t *testing.T) {
	d := newDesk(t).furnish()
	draft, err := d.CreateDraft(t.Context(), operator, siteID, nil)
	d.must(err)
	_, err = d.UpdateDraft(t.Context(), operator, siteID, draft.ID, draft.Revision, with(`{"name":"First"}`))
	d.must(err)
	_, err = d.UpdateDraft(t.Context(), operator, siteID, draft.ID, draft.Revision, with(`{"name":"Second"}`))
	refusedWith(t, err, belay.Aborted, "DRAFT_CHANGED")
	if a := d.draftOf(draft.ID); string(a.Document) != `{"name":"First"}` {
		t.Errorf("the draft is %s; want it as the first left it", a.Document)
	}
}
