package pebble

import (
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func TestAKeyWithoutAnEndIsReadFromTheRun(t *testing.T) {
	s, _, a := small(t)
	done := a
	done.Version, done.Status, done.EndedAt, done.Due = 2, belay.Failed, 3*store.TallyStep+5, 0
	if _, err := s.Commit(t.Context(), &store.Batch{Saves: []store.Save{{Activation: done, Version: 1}}}); err != nil {
		t.Fatal(err)
	}
	want := []store.Tally{{AutomationID: a.AutomationID, At: 3 * store.TallyStep, Status: belay.Failed, Count: 1}}
	key := siteKey(kindEndedAutomation, a.SiteID, a.AutomationID, a.ID)
	for name, value := range map[string][]byte{"as it is written": endingValue(&done), "as it was written once": nil} {
		if err := s.db.Set(key, value, pebble.Sync); err != nil {
			t.Fatal(err)
		}
		got, err := s.Tally(t.Context(), store.TallyQuery{SiteID: a.SiteID, Automations: []belay.ID{a.AutomationID}, Look: 9})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("%s: the check finds %q, %v; want nothing", name, found, err)
		}
	}
	done.Status = belay.Ended
	if err := s.db.Set(key, endingValue(&done), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("the check of a key that says otherwise finds %q, %v; want one thing", found, err)
	}
}
