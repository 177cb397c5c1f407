package config

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/storetest"
)

var (
	theApp  = belay.Caller{Role: belay.RoleApp, AppID: appID1, KeyID: id(0xfe)}
	theSite = belay.Caller{Role: belay.RoleSite, SiteID: siteID, KeyID: id(0xfd)}
)

// bringing is an automation that an app brings as a component.
func bringing(component belay.ID, changes map[string]any) string {
	all := map[string]any{"origin": "PREINSTALLED", "preinstalledInfo/componentId": component.String()}
	for path, value := range changes {
		all[path] = value
	}
	return automation(all)
}

func (d *desk) bring(changes map[string]any) belay.Automation {
	d.t.Helper()
	d.clock++ // what is made within a millisecond has no order
	a, err := d.CreatePreinstalled(d.t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), changes))})
	d.must(err)
	return a
}

func (d *desk) rebring(revision int64, changes map[string]any) belay.Automation {
	d.t.Helper()
	a, err := d.UpdatePreinstalled(d.t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), changes))}, revision)
	d.must(err)
	return a
}

// acting returns the IDs and revisions of what acts on a site for "paid".
func (d *desk) acting(site belay.ID) []string {
	d.t.Helper()
	s, err := d.Refresh(d.t.Context(), site)
	d.must(err)
	var list []string
	for _, a := range s.Active(appID1, "paid") {
		list = append(list, fmt.Sprint(a.Automation.ID, " ", a.Automation.Revision))
	}
	return list
}

func is(a belay.Automation) []string { return []string{fmt.Sprint(a.ID, " ", a.Revision)} }

func TestPreinstalledAutomationActsOnEachSiteThatHasTheApp(t *testing.T) {
	d := newDesk(t).furnish()
	own := d.create(automation(nil))
	a := d.bring(nil)
	if got := d.acting(siteID); len(got) != 2 {
		t.Errorf("on a site with the app %v acts; want its own and the app's", got)
	}
	if got := d.acting(otherID); len(got) != 0 {
		t.Errorf("on a site without the app %v acts", got)
	}
	_, _, err := d.Install(t.Context(), operator, otherID, appID1, belay.ID{})
	d.must(err)
	if got := d.acting(otherID); !cmp.Equal(got, is(a)) {
		t.Errorf("on a site that has just got the app %v acts; want %v", got, is(a))
	}
	if got := openDesk(t, d.store).acting(otherID); !cmp.Equal(got, is(a)) {
		t.Errorf("after a restart %v acts; want %v", got, is(a))
	}
	next := d.rebring(1, map[string]any{"name": "Thank them more"})
	if got := d.acting(otherID); next.Revision != 2 || !cmp.Equal(got, is(next)) {
		t.Errorf("after an update %v acts; want %v", got, is(next))
	}
	list, err := d.ListAutomations(t.Context(), theSite, siteID)
	d.must(err)
	if len(list) != 2 || list[0].ID != own.ID || list[1].SiteID != siteID || list[1].Preinstalled.Override {
		t.Errorf("the site lists %+v", list)
	}
	d.must(d.Uninstall(t.Context(), operator, siteID, appID1))
	if got := d.acting(siteID); len(got) != 1 { // its own trigger's app is gone too, which the report finds
		t.Errorf("after the app has gone %v acts", got)
	}
	_, err = d.GetAutomation(t.Context(), theSite, siteID, a.ID)
	refusedWith(t, err, belay.NotFound, "")
}

// However many sites have an app, a change of what it brings is one commit of a few
// documents, and no site's scope moves.
func TestChangeOfAPreinstalledAutomationWritesNothingToSites(t *testing.T) {
	d := newDesk(t).furnish()
	for n := range 50 {
		site := id(byte(100 + n))
		_, _, err := d.PutSite(t.Context(), operator, belay.Site{ID: site, Name: "Site", TimeZone: "UTC"})
		d.must(err)
		_, _, err = d.Install(t.Context(), operator, site, appID1, belay.ID{})
		d.must(err)
	}
	a := d.bring(nil)
	d.batches = nil
	d.rebring(1, map[string]any{"name": "Other"})
	d.rebring(2, map[string]any{"configuration/status": "INACTIVE"})
	d.must(d.DeletePreinstalled(t.Context(), theApp, appID1, id(60)))
	puts := 0
	for _, b := range d.batches {
		for _, c := range b.Changes {
			if !c.Scope.IsZero() {
				t.Errorf("the scope of site %s was changed", c.Scope)
			}
			puts += len(c.Puts)
		}
	}
	if puts > 20 {
		t.Errorf("three changes wrote %d documents", puts)
	}
	docs, _, err := d.store.Docs(t.Context(), belay.ID{}, kindCallOff, "", 0)
	d.must(err)
	if len(docs) != 0 {
		t.Errorf("%d call-offs of %s are left", len(docs), a.ID)
	}
}

func TestFirstUpdateOfASiteMakesItsOwnCopy(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"another name": {"name": "Ours"}, "the status": {"configuration/status": "INACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			_, _, err := d.Install(t.Context(), operator, otherID, appID1, belay.ID{})
			d.must(err)
			a := d.bring(nil)
			own, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), change)))
			d.must(err)
			if own.ID != a.ID || own.Revision != 2 || !own.Preinstalled.Override || own.SiteID != siteID {
				t.Errorf("the site's copy is %+v", own)
			}
			d.rebring(1, map[string]any{"name": "Theirs"})
			theirs := d.rebring(2, map[string]any{"name": "Theirs again"})
			got, err := d.GetAutomation(t.Context(), theSite, siteID, a.ID)
			d.must(err)
			if got.Revision != 2 || !got.Preinstalled.Override {
				t.Errorf("after the app's update the site has %+v; want its own copy", got)
			}
			if got := d.acting(otherID); !cmp.Equal(got, is(theirs)) {
				t.Errorf("elsewhere %v acts; want %v", got, is(theirs))
			}
			for revision, want := range map[int64]string{1: "Thank the customer", 2: nameOf(t, own.Document)} {
				past, err := d.GetRevision(t.Context(), theSite, siteID, a.ID, revision)
				d.must(err)
				if got := nameOf(t, past.Document); got != want {
					t.Errorf("revision %d of the copy is %q; want %q", revision, got, want)
				}
			}
			_, err = d.GetRevision(t.Context(), theSite, siteID, a.ID, 3)
			refusedWith(t, err, belay.NotFound, "")
		})
	}
}

func nameOf(t *testing.T, document json.RawMessage) string {
	t.Helper()
	spec, err := readSpec(document)
	if err != nil {
		t.Fatal(err)
	}
	return spec.Name
}

func TestCopyOfASiteIsOutOfSightWhileTheAppIsGone(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	_, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), map[string]any{"name": "Ours"})))
	d.must(err)
	d.must(d.Uninstall(t.Context(), operator, siteID, appID1))
	_, err = d.GetAutomation(t.Context(), theSite, siteID, a.ID)
	refusedWith(t, err, belay.NotFound, "")
	if got := d.acting(siteID); len(got) != 0 {
		t.Errorf("%v acts without its app", got)
	}
	if reason, err := d.Standing(t.Context(), siteID, a.ID, 2); err != nil || reason != belay.AppUninstalled {
		t.Errorf("Standing = %q, %v", reason, err)
	}
	_, _, err = d.Install(t.Context(), operator, siteID, appID1, belay.ID{})
	d.must(err)
	got, err := d.GetAutomation(t.Context(), theSite, siteID, a.ID)
	d.must(err)
	if nameOf(t, got.Document) != "Ours" {
		t.Errorf("after the app is back the site has %s", got.Document)
	}
}

// The app may bring its next revision while a site makes its own copy: what acted on
// the site as revision 2 must not be another automation afterwards.
func TestTheFirstUpdateOfASiteSharesNoRevisionWithTheApps(t *testing.T) {
	s := storetest.NewModel()
	d := openDesk(t, s).furnish()
	a := d.bring(nil)
	app := openDesk(t, s)
	d.before = func() { app.rebring(1, map[string]any{"name": "Theirs"}) }
	ours := json.RawMessage(bringing(id(60), map[string]any{"name": "Ours"}))
	_, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, ours)
	refusedWith(t, err, belay.Aborted, "")
	own, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 2, ours)
	d.must(err)
	if own.Revision != 3 || own.Preinstalled.OfRevision != 2 {
		t.Errorf("the site's copy is revision %d of revision %d; want 3 of 2", own.Revision, own.Preinstalled.OfRevision)
	}
	for revision, want := range map[int64]string{2: "Theirs", 3: "Ours"} {
		past, err := d.GetRevision(t.Context(), theSite, siteID, a.ID, revision)
		d.must(err)
		if got := nameOf(t, past.Document); got != want {
			t.Errorf("revision %d is %q; want %q", revision, got, want)
		}
	}
}

func TestSiteMayDeleteAPreinstalledAutomationForGood(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	d.must(d.DeleteAutomation(t.Context(), theSite, siteID, a.ID))
	d.rebring(1, map[string]any{"name": "Again"})
	if got := d.acting(siteID); len(got) != 0 {
		t.Errorf("%v acts after the site has deleted it", got)
	}
	refusedWith(t, d.DeleteAutomation(t.Context(), theSite, siteID, a.ID), belay.NotFound, "")
	if reason, err := d.Standing(t.Context(), siteID, a.ID, 1); err != nil || reason != belay.AutomationDeleted {
		t.Errorf("Standing = %q, %v", reason, err)
	}
	own, _, err := d.PutAutomation(t.Context(), operator, siteID, a.ID, json.RawMessage(bringing(id(60), map[string]any{"name": "Back"})))
	d.must(err)
	if got := d.acting(siteID); own.Revision != 3 || !cmp.Equal(got, is(own)) {
		t.Errorf("put back, %v acts; want %v, of revision 3", got, is(own))
	}
}

// awaits keeps a scheduled activation of an automation on a site.
func (d *desk) awaits(site, automation belay.ID, revision int64) belay.ID {
	d.t.Helper()
	s, err := d.Refresh(d.t.Context(), site)
	d.must(err)
	d.clock++
	one, err := d.newID()
	d.must(err)
	result, err := d.store.Commit(d.t.Context(), &store.Batch{Reports: []store.Report{{
		Event: belay.Event{ID: one, SiteID: site, AppID: appID1, TriggerKey: "paid", ReportedAt: d.clock, Payload: []byte(`{}`), Activations: []belay.ID{one}},
		Activations: []belay.Activation{{
			ID: one, SiteID: site, EventID: one, AutomationID: automation, AppID: appID1, TriggerKey: "paid", Revision: revision,
			Status: belay.Scheduled, Version: 1, Due: d.clock + 1e9, InitiatedAt: d.clock,
		}},
		SiteVersion: s.SiteVersion, GlobalVersion: s.GlobalVersion, Now: d.clock,
	}}})
	d.must(err)
	if result.Reports[0].Outcome != store.Accepted {
		d.t.Fatalf("report: %+v", result.Reports[0])
	}
	return one
}

func (d *desk) canceledFor(site, activation belay.ID) belay.CancelReason {
	d.t.Helper()
	a, err := d.store.Activation(d.t.Context(), site, activation)
	d.must(err)
	return a.CancelReason
}

func TestWhatIsPendingOfAPreinstalledAutomationIsCanceledWithTheReason(t *testing.T) {
	inactive := map[string]any{"configuration/status": "INACTIVE"}
	for name, tt := range map[string]struct {
		do                func(d *desk, a belay.Automation) error
		here, there, copy belay.CancelReason
	}{
		"the app switches it off": {func(d *desk, a belay.Automation) error {
			d.rebring(1, inactive)
			return nil
		}, belay.AutomationDeactivated, belay.AutomationDeactivated, ""},
		"the app takes it away": {func(d *desk, _ belay.Automation) error {
			return d.DeletePreinstalled(d.t.Context(), theApp, appID1, id(60))
		}, belay.AutomationDeleted, belay.AutomationDeleted, ""},
		"the app changes it": {func(d *desk, _ belay.Automation) error {
			d.rebring(1, map[string]any{"name": "Other"})
			return nil
		}, "", "", ""},
		"the site switches it off": {func(d *desk, a belay.Automation) error {
			_, err := d.UpdateAutomation(d.t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), inactive)))
			return err
		}, belay.AutomationDeactivated, "", ""},
		"the site changes it": {func(d *desk, a belay.Automation) error {
			_, err := d.UpdateAutomation(d.t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), map[string]any{"name": "Ours"})))
			return err
		}, "", "", ""},
		"the site deletes it": {func(d *desk, a belay.Automation) error {
			return d.DeleteAutomation(d.t.Context(), theSite, siteID, a.ID)
		}, belay.AutomationDeleted, "", ""},
		"the site loses the app": {func(d *desk, a belay.Automation) error {
			return d.Uninstall(d.t.Context(), operator, siteID, appID1)
		}, belay.AppUninstalled, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			third := id(5)
			_, _, err := d.PutSite(t.Context(), operator, belay.Site{ID: third, Name: "With a copy", TimeZone: "UTC"})
			d.must(err)
			for _, site := range []belay.ID{otherID, third} {
				_, _, err := d.Install(t.Context(), operator, site, appID1, belay.ID{})
				d.must(err)
			}
			a := d.bring(nil)
			_, err = d.UpdateAutomation(t.Context(), operator, third, a.ID, 1, json.RawMessage(bringing(id(60), nil)))
			d.must(err)
			here, there, copied := d.awaits(siteID, a.ID, 1), d.awaits(otherID, a.ID, 1), d.awaits(third, a.ID, 2)
			d.must(tt.do(d, a))
			got := [3]belay.CancelReason{d.canceledFor(siteID, here), d.canceledFor(otherID, there), d.canceledFor(third, copied)}
			if want := [3]belay.CancelReason{tt.here, tt.there, tt.copy}; got != want {
				t.Errorf("canceled on the site, elsewhere and where there is a copy: %q; want %q", got, want)
			}
		})
	}
}

// A process that dies between switching off and canceling leaves nothing that goes
// on, also where the automation is switched on again before anybody has canceled.
func TestCallOffThatACrashInterruptedIsMadeGood(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	old := d.awaits(siteID, a.ID, 1)
	crash := func() { // the commit of the change returns, then no other does
		real := d.Book.commit
		first := true
		d.Book.commit = func(ctx context.Context, b *store.Batch) (*store.Result, error) {
			if !first {
				return nil, store.ErrClosed
			}
			first = false
			return real(ctx, b)
		}
		d.t.Cleanup(func() { d.Book.commit = real })
	}
	crash()
	d.rebring(1, map[string]any{"configuration/status": "INACTIVE"})
	if reason := d.canceledFor(siteID, old); reason != "" {
		t.Fatalf("the test's crash came too late: %q", reason)
	}
	again := openDesk(t, d.store)
	if reason, err := again.Standing(t.Context(), siteID, a.ID, 1); err != nil || reason != belay.AutomationDeactivated {
		t.Errorf("Standing while it is off = %q, %v", reason, err)
	}
	again.rebring(2, nil)
	young := again.awaits(siteID, a.ID, 3)
	for revision, want := range map[int64]belay.CancelReason{1: belay.AutomationDeactivated, 3: ""} {
		if reason, err := again.Standing(t.Context(), siteID, a.ID, revision); err != nil || reason != want {
			t.Errorf("Standing of revision %d when it is on again = %q, %v; want %q", revision, reason, err, want)
		}
	}
	d.must(again.CallOff(t.Context()))
	if reason := again.canceledFor(siteID, young); reason != "" {
		t.Errorf("what began when it was on again was canceled: %q", reason)
	}

	again.rebring(3, map[string]any{"configuration/status": "INACTIVE"})
	if got := [2]belay.CancelReason{again.canceledFor(siteID, old), again.canceledFor(siteID, young)}; got != [2]belay.CancelReason{belay.AutomationDeactivated, belay.AutomationDeactivated} {
		t.Errorf("canceled: %q", got)
	}
	docs, _, err := again.store.Docs(t.Context(), belay.ID{}, kindCallOff, "", 0)
	d.must(err)
	if len(docs) != 0 {
		t.Errorf("%d call-offs are left", len(docs))
	}
}

func TestActivationKeepsToTheRevisionOfThePreinstalledAutomationThatItBeganWith(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	d.rebring(1, map[string]any{"name": "Second"})
	first, err := d.Plan(t.Context(), siteID, a.ID, 1)
	d.must(err)
	elsewhere, err := openDesk(t, d.store).Plan(t.Context(), otherID, a.ID, 1)
	d.must(err)
	second, err := d.Plan(t.Context(), siteID, a.ID, 2)
	d.must(err)
	if first == second || elsewhere == nil {
		t.Error("two revisions have one plan")
	}
	d.must(d.DeletePreinstalled(t.Context(), theApp, appID1, id(60)))
	if again, err := d.Plan(t.Context(), siteID, a.ID, 1); err != nil || again != first {
		t.Errorf("plan after the deletion: %v, %v", again, err)
	}
}

func TestReportOnASnapshotBeforeAPreinstalledAutomationCameIsStale(t *testing.T) {
	d := newDesk(t).furnish()
	s, err := d.Refresh(t.Context(), siteID)
	d.must(err)
	d.bring(nil)
	result, err := d.store.Commit(t.Context(), &store.Batch{Reports: []store.Report{{
		Event:       belay.Event{ID: id(90), SiteID: siteID, AppID: appID1, TriggerKey: "paid", ReportedAt: d.clock, Payload: []byte(`{}`)},
		SiteVersion: s.SiteVersion, GlobalVersion: s.GlobalVersion, Now: d.clock,
	}}})
	d.must(err)
	if result.Reports[0].Outcome != store.Stale {
		t.Errorf("report: %+v; want Stale", result.Reports[0])
	}
}

func TestPreinstalledAutomationNeedsTheAppsOfItsActions(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, err := d.PutAction(t.Context(), operator, belay.ActionDeclaration{AppID: appID2, Key: "wave", Name: "Wave at them", BaseURL: "https://example.com", InputSchema: json.RawMessage(`{"type":"object"}`)})
	d.must(err)
	d.bring(map[string]any{"configuration/actions/send/appDefinedInfo/appId": appID2.String(), "configuration/actions/send/appDefinedInfo/actionKey": "wave"})
	if got := d.acting(siteID); len(got) != 0 {
		t.Errorf("without the action's app %v acts", got)
	}
	_, _, err = d.Install(t.Context(), operator, siteID, appID2, belay.ID{})
	d.must(err)
	if got := d.acting(siteID); len(got) != 1 {
		t.Errorf("with the action's app %v acts", got)
	}
}

func TestPreinstalledAutomationThatIsWrongIsRefused(t *testing.T) {
	const info = "automation.preinstalledInfo"
	for name, tt := range map[string]struct {
		change map[string]any
		code   belay.Code
		reason string
		want   []breach
	}{
		"another origin":        {map[string]any{"origin": "USER"}, belay.InvalidArgument, "INVALID_ORIGIN_TYPE", []breach{{"automation.origin", "IMMUTABLE"}}},
		"no component":          {map[string]any{"preinstalledInfo/componentId": nil}, belay.InvalidArgument, "", []breach{{info + ".componentId", "REQUIRED"}}},
		"a component's name":    {map[string]any{"preinstalledInfo/componentId": "x"}, belay.InvalidArgument, "", []breach{{info + ".componentId", "GUID"}}},
		"a component's number":  {map[string]any{"preinstalledInfo/componentId": 5}, belay.InvalidArgument, "", []breach{{info + ".componentId", "TYPE"}}},
		"a version too high":    {map[string]any{"preinstalledInfo/componentVersion": 1 << 31}, belay.InvalidArgument, "", []breach{{info + ".componentVersion", "RANGE"}}},
		"another app":           {map[string]any{"preinstalledInfo/appId": appID2.String()}, belay.InvalidArgument, "", []breach{{info + ".appId", "AMBIGUOUS"}}},
		"no name":               {map[string]any{"name": nil}, belay.InvalidArgument, "", []breach{{"automation.name", "REQUIRED"}}},
		"a trigger nobody has":  {map[string]any{"configuration/trigger/triggerKey": "lost"}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", []breach{{"automation.configuration.trigger.triggerKey", "NOT_FOUND"}}},
		"an app that nobody is": {map[string]any{"configuration/trigger/appId": id(9).String()}, belay.FailedPrecondition, "AUTOMATION_NOT_READY", []breach{{"automation.configuration.trigger.appId", "APP_NOT_INSTALLED"}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			_, err := d.CreatePreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), tt.change))})
			refusedWith(t, err, tt.code, tt.reason, tt.want...)
			if len(d.batches) != 0 {
				t.Errorf("%d batches were committed", len(d.batches))
			}
		})
	}
	t.Run("twice", func(t *testing.T) {
		d := newDesk(t).furnish()
		d.bring(nil)
		_, err := d.CreatePreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), nil))})
		refusedWith(t, err, belay.AlreadyExists, "")
		_, err = d.UpdatePreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), nil))}, 7)
		refusedWith(t, err, belay.Aborted, "")
		_, err = d.UpdatePreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(61), nil))}, 1)
		refusedWith(t, err, belay.NotFound, "")
	})
	t.Run("too many", func(t *testing.T) {
		d := newDesk(t).furnish()
		for n := range maxPreinstalled {
			_, _, err := d.PutPreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(byte(100+n)), nil))})
			d.must(err)
		}
		_, _, err := d.PutPreinstalled(t.Context(), theApp, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), nil))})
		refusedWith(t, err, belay.FailedPrecondition, "TOO_MANY_PREINSTALLED")
	})
}

func TestWhoMayBringAutomations(t *testing.T) {
	for name, tt := range map[string]struct {
		by  belay.Caller
		may bool
	}{
		"an operator":      {operator, true},
		"the app's key":    {theApp, true},
		"the app's token":  {belay.Caller{Role: belay.RoleApp, AppID: appID1, SiteID: siteID}, false},
		"another app":      {belay.Caller{Role: belay.RoleApp, AppID: appID2}, false},
		"a site":           {theSite, false},
		"a viewer":         {belay.Caller{Role: belay.RoleViewer, SiteID: siteID}, false},
		"one without role": {belay.Caller{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			_, _, err := d.PutPreinstalled(t.Context(), tt.by, PreinstalledInput{AppID: appID1, Document: json.RawMessage(bringing(id(60), nil))})
			gone := d.DeletePreinstalled(t.Context(), tt.by, appID1, id(60))
			if tt.may {
				d.must(err)
				d.must(gone)
				return
			}
			refusedWith(t, err, belay.PermissionDenied, "ROLE_NOT_ALLOWED")
			refusedWith(t, gone, belay.PermissionDenied, "ROLE_NOT_ALLOWED")
		})
	}
}

func TestQueryShowsWhatCameWithAppsAndCopiesInItsPlace(t *testing.T) {
	d := newDesk(t).furnish()
	d.create(automation(map[string]any{"name": "own"}))
	a := d.bring(map[string]any{"name": "theirs"})
	if got := d.names(Query{Sort: []Sort{{Field: "name"}}}); !cmp.Equal(got, []string{"own", "theirs"}) {
		t.Errorf("query gave %v", got)
	}
	if got := d.names(Query{Filter: json.RawMessage(`{"origin":"PREINSTALLED"}`)}); !cmp.Equal(got, []string{"theirs"}) {
		t.Errorf("query by origin gave %v", got)
	}
	_, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), map[string]any{"name": "ours"})))
	d.must(err)
	if got := d.names(Query{Sort: []Sort{{Field: "name"}}}); !cmp.Equal(got, []string{"ours", "own"}) {
		t.Errorf("query gave %v", got)
	}
	page, err := d.QueryPreinstalled(t.Context(), theApp, appID1, Query{Filter: json.RawMessage(`{"name":"theirs"}`)})
	d.must(err)
	if got := d.namesOf(page); !cmp.Equal(got, []string{"theirs"}) {
		t.Errorf("the app's own query gave %v", got)
	}
}

func TestLocksHoldForWhatCameWithAnApp(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(map[string]any{"settings/readonly": true, "settings/disableDelete": true})
	locked := map[string]any{"settings/readonly": true, "settings/disableDelete": true}
	locked["name"] = "Ours"
	_, err := d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), locked)))
	refusedWith(t, err, belay.PermissionDenied, "AUTOMATION_READONLY")
	refusedWith(t, d.DeleteAutomation(t.Context(), theSite, siteID, a.ID), belay.PermissionDenied, "DELETE_DISABLED")
	delete(locked, "name")
	locked["configuration/status"] = "INACTIVE"
	_, err = d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), locked)))
	d.must(err)
}

func TestKeyBeforeAnID(t *testing.T) {
	for _, of := range []belay.ID{id(0), id(1), {5: 1}, {0: 1}} {
		b, err := belay.ParseID(before(of))
		if err != nil || b.String() >= of.String() {
			t.Errorf("before(%s) = %s, %v", of, b, err)
		}
	}
	if s := before(belay.ID{0: 1}); s != "00ffffff-ffff-ffff-ffff-ffffffffffff" {
		t.Errorf("before = %s", s)
	}
}

func TestPreinstalledAutomationThatComesBackIsTheSame(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, err := d.Install(t.Context(), operator, otherID, appID1, belay.ID{})
	d.must(err)
	a := d.bring(nil)
	_, err = d.UpdateAutomation(t.Context(), theSite, siteID, a.ID, 1, json.RawMessage(bringing(id(60), map[string]any{"name": "Ours"})))
	d.must(err)
	d.must(d.DeletePreinstalled(t.Context(), theApp, appID1, id(60)))
	if got := d.acting(otherID); len(got) != 0 {
		t.Errorf("%v acts after it was taken away", got)
	}
	again := d.bring(nil)
	if again.ID != a.ID || again.Revision != 3 {
		t.Errorf("it came back as %s at revision %d; want %s at 3", again.ID, again.Revision, a.ID)
	}
	if got := d.acting(siteID); len(got) != 1 || got[0] != fmt.Sprint(a.ID, " ", 2) {
		t.Errorf("where there is a copy %v acts; want the copy alone", got)
	}
	if reason, err := d.Standing(t.Context(), otherID, a.ID, 1); err != nil || reason == "" {
		t.Errorf("Standing of what began before = %q, %v; want it called off", reason, err)
	}
}

func TestPreinstalledAutomationOfAnAppThatComesBackIsTheSame(t *testing.T) {
	d := newDesk(t).furnish()
	a := d.bring(nil)
	d.must(d.Uninstall(t.Context(), operator, siteID, appID1))
	d.must(d.DeleteApp(t.Context(), operator, appID1))
	_, _, err := d.PutApp(t.Context(), operator, belay.App{ID: appID1, Name: "Again"})
	d.must(err)
	_, _, err = d.PutTrigger(t.Context(), operator, TriggerInput{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime)})
	d.must(err)
	if again := d.bring(nil); again.ID != a.ID || again.Revision != 3 {
		t.Errorf("it came back as %s at revision %d; want %s at 3", again.ID, again.Revision, a.ID)
	}
}
