package pebble_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/storetest"
)

const dir = "data"

// open opens a store on a file system, small in memory.
func open(t testing.TB, fs vfs.FS) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(dir, pebble.Options{FS: fs, CacheBytes: 3 << 20, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPebbleKeepsTheContract(t *testing.T) {
	var disks sync.Map
	storetest.Run(t, storetest.Fixture{
		Open: func(t testing.TB) store.Store {
			fs := vfs.NewMem()
			s := open(t, fs)
			disks.Store(s, fs)
			return s
		},
		Reopen: func(t testing.TB, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			fs, _ := disks.LoadAndDelete(s)
			again := open(t, fs.(vfs.FS))
			disks.Store(again, fs)
			return again
		},
		Check: func(t testing.TB, s store.Store) { sound(t, s.(*pebble.Store)) },
	})
}

// sound checks that everything in a store fits together.
func sound(t testing.TB, s *pebble.Store) {
	t.Helper()
	found, err := s.Check(t.Context())
	if err != nil {
		t.Error(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

var site = belay.ID{1, 15: 1}

func numbered(kind byte, n int) belay.ID {
	id := belay.ID{kind}
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// reportOf is the n-th report: one event of the size with one activation.
func reportOf(n, size int) store.Report {
	e := belay.Event{
		ID: numbered(1, n), SiteID: site, AppID: belay.ID{2}, TriggerKey: "t", EntityID: numbered(3, n),
		IdempotencyKey: fmt.Sprint("k", n), ReportedAt: belay.Instant(n + 1), Payload: make([]byte, size),
		Activations: []belay.ID{numbered(4, n)},
	}
	// Bytes that do not compress.
	for i, x := 0, uint64(n)*0x9e3779b97f4a7c15+1; i < size; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		e.Payload[i] = byte(x)
	}
	a := belay.Activation{
		ID: numbered(4, n), SiteID: site, EventID: e.ID, AutomationID: belay.ID{5}, AppID: e.AppID, TriggerKey: "t",
		EntityID: e.EntityID, Status: belay.Scheduled, Version: 1, Due: belay.Instant(n + 1000), InitiatedAt: e.ReportedAt,
	}
	return store.Report{Event: e, Activations: []belay.Activation{a}, KeyUntil: 1 << 40, Now: e.ReportedAt}
}

// report commits the n-th report.
func report(t testing.TB, s store.Store, n, size int) error {
	return commit(t.Context(), s, n, size)
}

func commit(ctx context.Context, s store.Store, n, size int) error {
	r, err := s.Commit(ctx, &store.Batch{Reports: []store.Report{reportOf(n, size)}})
	if err == nil && r.Reports[0].Outcome != store.Accepted {
		err = fmt.Errorf("report %d: outcome %d; want it accepted", n, r.Reports[0].Outcome)
	}
	return err
}

// holds checks that the first n reports are there, whole, and the store sound.
// It returns how many there are in all.
func holds(t testing.TB, s *pebble.Store, n int) int {
	t.Helper()
	for i := range n {
		if _, err := s.Event(t.Context(), site, numbered(1, i)); err != nil {
			t.Fatalf("event %d of %d acknowledged: %v", i, n, err)
		}
		if _, err := s.Activation(t.Context(), site, numbered(4, i)); err != nil {
			t.Fatalf("activation %d of %d acknowledged: %v", i, n, err)
		}
	}
	sound(t, s)
	for {
		_, err := s.Event(t.Context(), site, numbered(1, n))
		if errors.Is(err, store.ErrNotFound) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
}

func closed(t testing.TB, s *pebble.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
