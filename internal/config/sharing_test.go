package config

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/storetest"
)

// seen is what a snapshot shows, to compare two Books by.
func (d *desk) seen(s *Snapshot) map[string]any {
	var triggers, active []string
	for _, key := range []string{"paid", "starting"} {
		for _, app := range []belay.ID{appID1, appID2} {
			if trigger, ok := s.Trigger(app, key); ok {
				triggers = append(triggers, fmt.Sprint(app, key, trigger.Name, trigger.Scheduled))
			}
			for _, a := range s.Active(app, key) {
				active = append(active, fmt.Sprint(a.Automation.ID, a.Automation.Revision, a.Plan != nil))
			}
		}
	}
	var all []string
	for _, k := range s.all() {
		all = append(all, fmt.Sprint(k.ID, k.SiteID, k.Revision, k.Preinstalled != nil && k.Preinstalled.Override))
	}
	return map[string]any{
		"automations": all,
		"versions":    [2]int64{s.SiteVersion, s.GlobalVersion}, "site": s.Site.Name, "zone": s.Zone.String(),
		"installed": fmt.Sprint(s.Installed(appID1), s.Installed(appID2)), "triggers": triggers, "active": active,
	}
}

func TestBooksOfOneStoreAgreeOnceRefreshed(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	a := d.create(automation(nil))
	old, err := other.Snapshot(t.Context(), siteID)
	d.must(err)
	d.create(automation(map[string]any{"configuration/status": "INACTIVE"}))
	d.create(automation(nil))
	d.must(d.DeleteAutomation(t.Context(), operator, siteID, a.ID))
	_, _, err = d.Install(t.Context(), operator, siteID, appID2, belay.ID{})
	d.must(err)
	_, _, err = d.PutSite(t.Context(), operator, belay.Site{ID: siteID, Name: "Renamed", TimeZone: "Asia/Tokyo"})
	d.must(err)

	stale, err := other.Snapshot(t.Context(), siteID)
	d.must(err)
	if stale != old {
		t.Error("Snapshot of a site that was read before reads it again")
	}
	report := store.Report{
		Event:       belay.Event{ID: id(100), SiteID: siteID, AppID: appID1, TriggerKey: "paid", ReportedAt: d.clock, Payload: []byte(`{}`)},
		SiteVersion: stale.SiteVersion, GlobalVersion: stale.GlobalVersion, Now: d.clock,
	}
	result, err := d.store.Commit(t.Context(), &store.Batch{Reports: []store.Report{report}})
	d.must(err)
	if result.Reports[0].Outcome != store.Stale {
		t.Fatalf("report on the old snapshot: %+v; want Stale", result.Reports[0])
	}
	got, err := other.Refresh(t.Context(), siteID)
	d.must(err)
	want, err := d.Snapshot(t.Context(), siteID)
	d.must(err)
	if diff := cmp.Diff(d.seen(want), d.seen(got)); diff != "" {
		t.Errorf("after Refresh (-changed by +refreshed):\n%s", diff)
	}
	report.SiteVersion, report.GlobalVersion = got.SiteVersion, got.GlobalVersion
	if result, err = d.store.Commit(t.Context(), &store.Batch{Reports: []store.Report{report}}); err != nil || result.Reports[0].Outcome != store.Accepted {
		t.Errorf("report on the refreshed snapshot: %+v, %v; want Accepted", result, err)
	}
	if reason, err := other.Standing(t.Context(), siteID, a.ID, 1); err != nil || reason != belay.AutomationDeleted {
		t.Errorf("Standing of the deleted: %q, %v", reason, err)
	}
}

func TestBookThatFellFarBehindReadsTheWhole(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	_, err := other.Snapshot(t.Context(), siteID)
	d.must(err)
	for n := range journalKept + 20 {
		_, _, err := d.PutAutomation(t.Context(), operator, siteID, id(50), json.RawMessage(automation(map[string]any{"name": fmt.Sprint("Name ", n)})))
		d.must(err)
	}
	got, err := other.Refresh(t.Context(), siteID)
	d.must(err)
	want, err := d.Snapshot(t.Context(), siteID)
	d.must(err)
	if diff := cmp.Diff(d.seen(want), d.seen(got)); diff != "" {
		t.Errorf("after Refresh (-changed by +refreshed):\n%s", diff)
	}
	docs, _, err := d.store.Docs(t.Context(), siteID, kindJournal, "", 0)
	d.must(err)
	if len(docs) != journalKept {
		t.Errorf("the journal keeps %d changes; want %d", len(docs), journalKept)
	}
}

// What others write into a scope without a journal must not go unseen.
func TestChangeWithoutAJournalIsSeen(t *testing.T) {
	d := newDesk(t).furnish()
	d.create(automation(nil))
	docs, _, err := d.store.Docs(t.Context(), siteID, kindAutomation, "", 0)
	d.must(err)
	_, err = d.store.Commit(t.Context(), &store.Batch{Changes: []store.Change{{Scope: siteID, Puts: []store.Put{{Kind: kindAutomation, Key: docs[0].Key, Expect: store.AnyRevision}}}}})
	d.must(err)
	s, err := d.Refresh(t.Context(), siteID)
	d.must(err)
	if n := len(s.Active(appID1, "paid")); n != 0 {
		t.Errorf("%d active automations; want none", n)
	}
}

// A newer Belay may keep kinds of documents that this one does not know.
func TestDocumentsOfUnknownKindsAreLeftAlone(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	for _, scope := range []belay.ID{{}, siteID} {
		_, now, err := d.store.Docs(t.Context(), scope, kindJournal, "", 0)
		d.must(err)
		_, moved, err := other.write(t.Context(), operator, scope, now, siteEdit{docs: []document{{"quota", "of the future", []byte(`{}`)}}}, nil)
		if err != nil || moved {
			t.Fatal(moved, err)
		}
	}
	before := d.seen(d.shown())
	d.create(automation(nil))
	if after := d.seen(d.shown()); cmp.Equal(before, after) {
		t.Error("the change after that of an unknown kind is not seen")
	}
}

func (d *desk) shown() *Snapshot {
	d.t.Helper()
	s, err := d.Snapshot(d.t.Context(), siteID)
	d.must(err)
	return s
}

func TestUpdatesByTwoBooksLoseNothing(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	a := d.create(automation(nil))
	d.before = func() {
		_, err := other.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(map[string]any{"name": "Theirs"})))
		d.must(err)
	}
	_, err := d.UpdateAutomation(t.Context(), operator, siteID, a.ID, 1, json.RawMessage(automation(map[string]any{"name": "Ours"})))
	refusedWith(t, err, belay.Aborted, "")
	d.clock++
	other.clock = d.clock
	d.before = func() {
		_, err := other.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(nil)))
		d.must(err)
	}
	d.create(automation(nil))
	list, err := other.ListAutomations(t.Context(), operator, siteID)
	d.must(err)
	if len(list) != 3 || list[0].ID != a.ID {
		t.Errorf("%d automations; want three, the first the oldest", len(list))
	}
}

func TestUninstallMeanwhileKeepsAnAutomationFromActing(t *testing.T) {
	d := newDesk(t).furnish()
	other := openDesk(t, d.store)
	d.create(automation(nil)) // so that the trigger is marked as used, and the next commit is the save
	d.before = func() { d.must(other.Uninstall(t.Context(), operator, siteID, appID1)) }
	_, err := d.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(nil)))
	refusedWith(t, err, belay.FailedPrecondition, "AUTOMATION_NOT_READY", breach{"automation.configuration.trigger.appId", "APP_NOT_INSTALLED"})
}

// A Book that changes and one that reads everything anew must see the same,
// whatever the changes.
func TestSnapshotAfterAnyChangesIsThatOfAFreshBook(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := &desk{t: t, store: storetest.NewModel(), clock: 1e12}
		d.Book = openDesk(t, d.store).Book
		d.furnish()
		other := openDesk(t, d.store)
		for range rapid.IntRange(1, 15).Draw(r, "changes") {
			by := d
			if rapid.Bool().Draw(r, "other") {
				by = other
			}
			change(r, by)
		}
		fresh := openDesk(t, d.store)
		want, err := fresh.Snapshot(t.Context(), siteID)
		d.must(err)
		for _, book := range []*desk{d, other} {
			got, err := book.Refresh(t.Context(), siteID)
			d.must(err)
			if diff := cmp.Diff(d.seen(want), d.seen(got)); diff != "" {
				r.Fatalf("snapshots (-fresh +kept):\n%s", diff)
			}
		}
	})
}

func change(r *rapid.T, d *desk) {
	ctx := d.t.Context()
	name := rapid.SampledFrom([]string{"First", "Second", "Third"}).Draw(r, "name")
	app := rapid.SampledFrom([]belay.ID{appID1, appID2}).Draw(r, "app")
	automationID := id(50 + rapid.Byte().Draw(r, "automation")%4)
	// Refusals are part of it: what matters is what is seen afterwards.
	switch rapid.IntRange(0, 9).Draw(r, "verb") {
	case 0:
		_, _, _ = d.Install(ctx, operator, siteID, app, belay.ID{})
	case 1:
		_ = d.Uninstall(ctx, operator, siteID, app)
	case 2:
		status := rapid.SampledFrom([]any{"ACTIVE", "INACTIVE"}).Draw(r, "status")
		_, _, _ = d.PutAutomation(ctx, operator, siteID, automationID, json.RawMessage(automation(map[string]any{"name": name, "configuration/status": status, "configuration/trigger/appId": app.String()})))
	case 3:
		_ = d.DeleteAutomation(ctx, operator, siteID, automationID)
	case 4:
		_, _, _ = d.PutTrigger(ctx, operator, TriggerInput{AppID: app, Key: "paid", Name: name + " name", Schema: json.RawMessage(realTime)})
	case 5:
		_ = d.DeleteTrigger(ctx, operator, app, "starting")
	case 7:
		status := rapid.SampledFrom([]any{"ACTIVE", "INACTIVE"}).Draw(r, "status")
		component := id(60 + rapid.Byte().Draw(r, "component")%2)
		_, _, _ = d.PutPreinstalled(ctx, operator, PreinstalledInput{AppID: app, Document: json.RawMessage(bringing(component, map[string]any{"name": name, "configuration/status": status}))})
	case 8:
		_ = d.DeletePreinstalled(ctx, operator, app, id(60+rapid.Byte().Draw(r, "component")%2))
	case 9:
		list, err := d.ListAutomations(ctx, operator, siteID)
		d.must(err)
		if len(list) == 0 {
			return
		}
		a := rapid.SampledFrom(list).Draw(r, "one")
		if rapid.Bool().Draw(r, "delete") {
			_ = d.DeleteAutomation(ctx, operator, siteID, a.ID)
			return
		}
		_, _ = d.UpdateAutomation(ctx, operator, siteID, a.ID, a.Revision, a.Document)
	case 6:
		_, _, _ = d.PutSite(ctx, operator, belay.Site{ID: siteID, Name: name, TimeZone: "UTC"})
	}
}

// Readers go on while the configuration changes, and never see less than what
// was there before they began. Run with -race.
func TestSnapshotsAreReadWhileTheyAreReplaced(t *testing.T) {
	d := newDesk(t).furnish()
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			last := int64(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				s, err := d.Snapshot(t.Context(), siteID)
				if err != nil || s.SiteVersion < last || !s.Installed(appID1) {
					t.Errorf("Snapshot gave %+v, %v after version %d", s, err, last)
					return
				}
				last = s.SiteVersion
				for _, a := range s.Active(appID1, "paid") {
					if a.Plan == nil {
						t.Error("an active automation has no plan")
					}
				}
			}
		})
	}
	for n := range 50 {
		_, _, err := d.PutAutomation(t.Context(), operator, siteID, id(50), json.RawMessage(automation(map[string]any{"name": fmt.Sprint("Name ", n)})))
		d.must(err)
		_, _, err = d.PutApp(t.Context(), operator, belay.App{ID: appID2, Name: fmt.Sprint("App ", n)})
		d.must(err)
	}
	close(done)
	wg.Wait()
}

func TestSitesBeyondTheCacheAreReadAgain(t *testing.T) {
	d := newDesk(t).furnish()
	d.sites.Resize(1)
	d.create(automation(nil))
	for range 3 {
		for _, site := range []belay.ID{siteID, otherID} {
			d.slot(siteID).Store(nil)
			d.slot(otherID).Store(nil)
			s, err := d.Snapshot(t.Context(), site)
			d.must(err)
			if want := map[belay.ID]int{siteID: 1}[site]; len(s.Active(appID1, "paid")) != want {
				t.Errorf("%d active automations on %s; want %d", len(s.Active(appID1, "paid")), site, want)
			}
		}
	}
	if _, err := d.Snapshot(t.Context(), id(90)); belay.CodeOf(err) != belay.NotFound {
		t.Errorf("Snapshot of an unknown site: %v; want NotFound", err)
	}
}

func TestTableIsAMapThatDraftsDoNotChange(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		table, model := newTable[int, int](), map[int]int{}
		for range rapid.IntRange(1, 8).Draw(r, "drafts") {
			before, size := table, len(model)
			d := table.draft()
			for range rapid.IntRange(0, 20).Draw(r, "writes") {
				k := rapid.IntRange(0, 40).Draw(r, "key")
				if v := rapid.Int().Draw(r, "value"); v%3 == 0 {
					d.remove(k)
					delete(model, k)
				} else {
					d.set(k, v)
					model[k] = v
				}
			}
			n := 0
			for range before.all {
				n++
			}
			if n != size {
				r.Fatalf("a draft changed its table: %d entries, were %d", n, size)
			}
			table = d.table
		}
		got := map[int]int{}
		for k, v := range table.all {
			got[k] = v
		}
		if diff := cmp.Diff(model, got); diff != "" {
			r.Fatalf("entries (-map +table):\n%s", diff)
		}
	})
}

func BenchmarkSnapshot(b *testing.B) {
	s := storetest.NewModel()
	book, err := Open(b.Context(), Options{Store: s, Commit: s.Commit, Now: func() belay.Instant { return 1e12 }})
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := book.PutSite(b.Context(), operator, belay.Site{ID: siteID, Name: "Site", TimeZone: "UTC"}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		snapshot, err := book.Snapshot(b.Context(), siteID)
		if err != nil || len(snapshot.Active(appID1, "paid")) != 0 {
			b.Fatal(err)
		}
		snapshot.Trigger(appID1, "paid")
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	s := storetest.NewModel()
	book, err := Open(b.Context(), Options{Store: s, Commit: s.Commit, Now: func() belay.Instant { return 1e12 }})
	if err != nil {
		b.Fatal(err)
	}
	plain, _, err := book.EnsureOperatorKey(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Authenticate(plain); err != nil {
			b.Fatal(err)
		}
	}
}
