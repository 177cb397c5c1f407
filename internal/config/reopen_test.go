package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store/pebble"
)

func TestConfigurationOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	s, err := pebble.Open(dir, pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := openDesk(t, s).furnish()
	a := d.create(automation(nil))
	draft, came := d.draftOf(a.ID), d.bring(nil)
	pending := d.awaits(siteID, came.ID, 1)
	plain, _, err := d.EnsureOperatorKey(t.Context())
	d.must(err)
	token, _, _ := d.token()
	want := d.seen(d.shown())
	d.must(s.Close())

	s, err = pebble.Open(dir, pebble.Options{})
	d.must(err)
	t.Cleanup(func() { d.must(s.Close()) })
	again := openDesk(t, s)
	if diff := cmp.Diff(want, again.seen(again.shown())); diff != "" {
		t.Errorf("snapshot (-before +after):\n%s", diff)
	}
	for name, credential := range map[string]string{"key": plain, "token": token} {
		if _, err := again.Authenticate(credential); err != nil {
			t.Errorf("%s made before: %v", name, err)
		}
	}
	for _, id := range []belay.ID{a.ID, came.ID} {
		if _, err := again.Plan(t.Context(), siteID, id, 1); err != nil {
			t.Errorf("Plan: %v", err)
		}
	}
	if got := again.draftOf(a.ID); got.ID != draft.ID {
		t.Errorf("the draft is %s; want that of before, %s", got.ID, draft.ID)
	}
	again.rebring(1, map[string]any{"configuration/status": "INACTIVE"})
	if reason := again.canceledFor(siteID, pending); reason != belay.AutomationDeactivated {
		t.Errorf("what was pending was canceled for %q", reason)
	}
	if _, created, err := again.EnsureOperatorKey(t.Context()); err != nil || created {
		t.Errorf("EnsureOperatorKey: created %v, %v; want the key of before", created, err)
	}
}
