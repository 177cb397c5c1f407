package pebble

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func small(t *testing.T) (*Store, belay.Event, belay.Activation) {
	t.Helper()
	s, err := Open("data", Options{FS: vfs.NewMem(), CacheBytes: 1 << 20, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	site := belay.ID{1, 15: 1}
	e := belay.Event{
		ID: belay.ID{2, 15: 1}, SiteID: site, AppID: belay.ID{3}, TriggerKey: "t", EntityID: belay.ID{4},
		IdempotencyKey: "k", Payload: []byte(`{"total":1}`), Activations: []belay.ID{{5, 15: 1}},
	}
	a := belay.Activation{
		ID: e.Activations[0], SiteID: site, EventID: e.ID, AutomationID: belay.ID{6}, AppID: e.AppID, TriggerKey: "t",
		EntityID: e.EntityID, Status: belay.Scheduled, Version: 1, Due: 9,
		Actions: []belay.ActionState{{ActionID: "x", Input: []byte(`{"a":[1]}`)}},
	}
	_, err = s.Commit(t.Context(), &store.Batch{
		Reports: []store.Report{{Event: e, Activations: []belay.Activation{a}, KeyUntil: 100}},
		Entries: []store.Entry{{SiteID: site, Stream: "outbox", ID: e.ID, Value: []byte("\xff")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), &store.Batch{Changes: []store.Change{{
		Scope: site, Puts: []store.Put{{Kind: "automation", Key: e.ID.String(), Value: []byte(`{"name":"n"}`)}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return s, e, a
}

func TestCheckFindsEveryKeyThatIsGoneOrTooMany(t *testing.T) {
	s, e, a := small(t)
	check := func() []string {
		t.Helper()
		found, err := s.Check(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := check(); len(found) > 0 {
		t.Fatalf("Check of a sound store = %q", found)
	}
	keys := map[string][]byte{}
	err := scan(context.Background(), s.db, nil, func(key []byte, value func() ([]byte, error)) error {
		v, err := value()
		keys[string(key)] = append([]byte(nil), v...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) != 11 {
		t.Errorf("%d keys for one event with one activation, a document and an entry; want 11", len(keys))
	}
	for key, value := range keys {
		if strings.IndexByte("CWS", key[0]) >= 0 {
			continue // nothing else tells of these
		}
		if err := s.db.Delete([]byte(key), pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		if found := check(); len(found) == 0 {
			t.Errorf("Check without the key of kind %c finds nothing", key[0])
		}
		if err := s.db.Set([]byte(key), value, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
	}
	done := a
	done.Status = belay.Ended
	other := e
	other.EntityID = belay.ID{9}
	called := a.Cancel(belay.EventCancelled, belay.Identity{}, 5)
	called.Place = belay.Place{Counter: belay.ID{7}, At: 3}
	holds := *placeOf(&called, called.Place.Counter, called.Place.At)
	elsewhere := holds
	elsewhere.AutomationID = belay.ID{8}
	value, err := s.codec.activation(&called)
	if err != nil {
		t.Fatal(err)
	}
	stored := siteKey(kindActivation, a.SiteID, a.ID)
	for name, p := range map[string]struct {
		place store.Place
		value []byte
	}{
		"of an activation that never started": {holds, value},
		"of another automation":               {elsewhere, keys[string(stored)]},
	} {
		if err := s.db.Set(stored, p.value, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		before := len(check())
		if err := s.db.Set(placeKey(&p.place), make([]byte, 8), pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		if found := check(); len(found) != before+1 {
			t.Errorf("Check with a place %s finds %d more; want 1", name, len(found)-before)
		}
		if err := s.db.Delete(placeKey(&p.place), pebble.NoSync); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.db.Set(stored, keys[string(stored)], pebble.NoSync); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{
		"due later":           dueKey(belay.Bucket(a.SiteID), 99, a.ID),
		"has ended":           activationIndex(&done)[1],
		"of another entity":   eventIndex(&other),
		"of no event":         idempotencyKey(a.SiteID, keyHash{1}),
		"free at other times": expiryKey(a.SiteID, 99, hashKey(&e)),
		"cut short":           {kindDue, 1, 2},
		"a place cut short":   siteKey(kindPlace, a.SiteID, belay.ID{7}),
		"an unread record":    siteKey(kindActivation, a.SiteID, belay.ID{7}),
	} {
		if err := s.db.Set(key, a.SiteID[:], pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		if found := check(); len(found) == 0 {
			t.Errorf("Check with a key too many, %s, finds nothing", name)
		}
		if err := s.db.Delete(key, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
	}
	if found := check(); len(found) > 0 {
		t.Errorf("Check of a mended store = %q", found)
	}
}

func TestInspectShowsWhatAnIDNames(t *testing.T) {
	s, e, a := small(t)
	for name, want := range map[string][]string{
		e.ID.String():                          {`"kind":"event"`, `"payload":{"total":1}`, `"kind":"document"`, `"document":{"name":"n"}`, `"kind":"entry"`},
		a.ID.String():                          {`"kind":"activation"`, `"SCHEDULED"`, `"input":{"a":[1]}`, `"actionId":"x"`},
		"99000000-0000-0000-0000-000000000000": nil,
		"no ID":                                nil,
	} {
		t.Run(name, func(t *testing.T) {
			records, err := s.Inspect(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(records)
			if err != nil {
				t.Fatal(err)
			}
			if len(want) == 0 && len(records) > 0 {
				t.Errorf("Inspect = %s; want nothing", text)
			}
			for _, w := range want {
				if !strings.Contains(strings.ToLower(string(text)), strings.ToLower(w)) {
					t.Errorf("Inspect = %s; want %s in it", text, w)
				}
			}
		})
	}
}

// A thousand keys that are free again go in a few commits, on the site whose
// time has come alone.
func TestKeysThatAreFreeAreSweptInPortions(t *testing.T) {
	s, _, _ := small(t)
	sites := []belay.ID{{1, 15: 1}, {1, 15: 2}}
	n := byte(0)
	report := func(site belay.ID, count int, now belay.Instant) {
		t.Helper()
		var b store.Batch
		for range count {
			n++
			e := belay.Event{ID: belay.ID{8, n, byte(now)}, SiteID: site, IdempotencyKey: string([]byte{n, byte(now)}), TriggerKey: "t"}
			b.Reports = append(b.Reports, store.Report{Event: e, Now: now, KeyUntil: now + 10, SiteVersion: version(t, s, site)})
		}
		if _, err := s.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	for now := range belay.Instant(5) {
		report(sites[0], 200, now)
		report(sites[1], 100, now)
	}
	for i, want := range []int{1001 - 64 + 1, 1001 - 128 + 2, 1001 - 192 + 3} {
		report(sites[0], 1, belay.Instant(50+i))
		if got := count(t, s, kindExpiry, sites[0]); got != want {
			t.Errorf("%d keys after commit %d; want %d", got, i+1, want)
		}
	}
	for i := range 20 {
		report(sites[0], 1, belay.Instant(100+i))
	}
	if got := count(t, s, kindExpiry, sites[0]); got > 12 {
		t.Errorf("%d keys are left; want those not yet free", got)
	}
	// One whose time lies before what was swept is not overlooked.
	report(sites[0], 1, 60)
	report(sites[0], 1, 300)
	report(sites[0], 1, 301)
	if got := count(t, s, kindExpiry, sites[0]); got != 2 {
		t.Errorf("%d keys are left; want the 2 not yet free", got)
	}
	if k, x := count(t, s, kindIdempotency, sites[1]), count(t, s, kindExpiry, sites[1]); k != 500 || x != 500 {
		t.Errorf("another site has %d keys, %d by time; want all 500", k, x)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check = %q, %v", found, err)
	}
}

func version(t *testing.T, s *Store, scope belay.ID) int64 {
	t.Helper()
	_, v, err := s.Docs(t.Context(), scope, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func count(t *testing.T, s *Store, kind byte, site belay.ID) (n int) {
	t.Helper()
	err := scan(t.Context(), s.db, siteKey(kind, site), func([]byte, func() ([]byte, error)) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
