package pebble_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
)

// changesDisk are operations that a full or broken disk fails.
func changesDisk(k errorfs.OpKind) bool {
	switch k {
	case errorfs.OpCreate, errorfs.OpLink, errorfs.OpRename, errorfs.OpReuseForWrite, errorfs.OpFileWrite,
		errorfs.OpFileWriteAt, errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
		return true
	}
	return false
}

// TestAWriteThatFailsBreaksTheStoreAndLosesNothing fails the n-th operation on
// the disk and all after it, for every n until a run passes clean.
func TestAWriteThatFailsBreaksTheStoreAndLosesNothing(t *testing.T) {
	const reports = 40 // of 20 KB, so that memory is flushed to tables several times
	clean := false
	for n := int64(1); !clean; n += 1 + n/20 {
		disk := vfs.NewMem()
		var count atomic.Int64
		var broken atomic.Bool
		fs := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if changesDisk(op.Kind) && count.Add(1) >= n && broken.CompareAndSwap(false, true) || broken.Load() && changesDisk(op.Kind) {
				return syscall.EIO
			}
			return nil
		}))
		acknowledged := 0
		s, err := pebble.Open(dir, pebble.Options{FS: fs, CacheBytes: 3 << 20, ReserveBytes: -1})
		if err == nil {
			for err == nil && acknowledged < reports {
				if err = report(t, s, acknowledged, 20_000); err == nil {
					acknowledged++
				}
			}
			if err != nil && !errors.Is(err, store.ErrBroken) {
				t.Fatalf("operation %d: Commit = %v; want %v", n, err, store.ErrBroken)
			}
			if err != nil {
				if _, err := s.Commit(t.Context(), &store.Batch{}); !errors.Is(err, store.ErrBroken) {
					t.Fatalf("operation %d: Commit once broken = %v; want %v", n, err, store.ErrBroken)
				}
			}
			soon(t, fmt.Sprint("Close after operation ", n), func() { _ = s.Close() })
		}
		clean = !broken.Load()
		again := open(t, disk)
		if got := holds(t, again, acknowledged); got > acknowledged+1 {
			t.Fatalf("operation %d: %d reports are there, %d were acknowledged", n, got, acknowledged)
		}
		if err := report(t, again, 1_000_000, 10); err != nil {
			t.Fatal(err)
		}
		closed(t, again)
	}
}

// soon fails when do takes more than half a minute.
func soon(t testing.TB, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { do(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s hangs", what)
	}
}

// Tables that cannot be written for a while are written later; the log holds
// what they would.
func TestTablesThatFailAreWrittenLater(t *testing.T) {
	disk := vfs.NewMem()
	var failed atomic.Int64
	s := open(t, errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if changesDisk(op.Kind) && strings.HasSuffix(op.Path, ".sst") && failed.Add(1) <= 4 {
			return syscall.ENOSPC
		}
		return nil
	})))
	const n = 400 // far more than memory holds
	for i := range n {
		if err := report(t, s, i, 20_000); err != nil {
			t.Fatal(err)
		}
	}
	if failed.Load() <= 4 {
		t.Errorf("%d writes of tables; want more than failed", failed.Load())
	}
	closed(t, s)
	again := open(t, disk)
	holds(t, again, n)
	closed(t, again)
}

// A commit that waits for tables which are never written ends when the store is closed.
func TestCloseEndsACommitThatWaitsForTheDisk(t *testing.T) {
	disk := vfs.NewMem()
	s := open(t, errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if changesDisk(op.Kind) && strings.HasSuffix(op.Path, ".sst") {
			return syscall.EIO
		}
		return nil
	})))
	var acknowledged atomic.Int64
	ended := make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			if err := report(t, s, n, 20_000); err != nil {
				ended <- err
				return
			}
			acknowledged.Add(1)
		}
	}()
	// It is stuck when nothing was acknowledged for a while.
	for last := int64(-1); last != acknowledged.Load(); {
		last = acknowledged.Load()
		<-time.After(200 * time.Millisecond)
	}
	soon(t, "Close", func() { _ = s.Close() })
	if err := <-ended; !errors.Is(err, store.ErrBroken) && !errors.Is(err, store.ErrClosed) {
		t.Errorf("the commit that waited = %v; want %v", err, store.ErrBroken)
	}
	again := open(t, disk)
	holds(t, again, int(acknowledged.Load()))
	closed(t, again)
}

func TestAFullDiskRefusesAndGoesOn(t *testing.T) {
	const reserve = 100 << 20
	disk := vfs.NewMem()
	free := func(n uint64) { disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: n, TotalBytes: 1 << 40}) }
	free(2 * reserve)
	s, err := pebble.Open(dir, pebble.Options{FS: disk, ReserveBytes: reserve})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if err := report(t, s, n, 10); err != nil {
			t.Fatal(err)
		}
	}
	cancel := store.Cancel{SiteID: site, Selector: store.Selector{ActivationID: numbered(4, 0)}, Now: 5}
	save := func() store.Save {
		a, err := s.Activation(t.Context(), site, numbered(4, 1))
		if err != nil {
			t.Fatal(err)
		}
		a.Version++
		return store.Save{Activation: a, Version: a.Version - 1}
	}
	entry := store.Entry{SiteID: site, Stream: "s", ID: belay.ID{1}}
	for name, tt := range map[string]struct {
		free                     uint64
		reports, cancels, others bool
	}{
		"room":                   {reserve, true, true, true},
		"half of the reserve":    {reserve - 1, false, true, false},
		"just half of it":        {reserve / 2, false, true, false},
		"less than half of it":   {reserve/2 - 1, false, false, false},
		"nothing":                {1, false, false, false},
		"more than was ever had": {1 << 39, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			free(tt.free)
			for act, ask := range map[string]struct {
				batch store.Batch
				ok    bool
			}{
				"report":          {store.Batch{Reports: []store.Report{reportOf(0, 10)}}, tt.reports},
				"cancel":          {store.Batch{Cancels: []store.Cancel{cancel}}, tt.cancels},
				"save":            {store.Batch{Saves: []store.Save{save()}}, tt.cancels},
				"cancel and save": {store.Batch{Cancels: []store.Cancel{cancel}, Saves: []store.Save{save()}}, tt.others},
				"change":          {store.Batch{Changes: []store.Change{{Scope: belay.ID{9}}}}, tt.others},
				"entry":           {store.Batch{Entries: []store.Entry{entry}}, tt.others},
			} {
				// A disk with much room is not asked for every commit.
				for range 65 {
					_, err = s.Commit(t.Context(), &ask.batch)
				}
				if ask.ok && err != nil || !ask.ok && !errors.Is(err, store.ErrFull) {
					t.Errorf("%s with %d free = %v; want it done: %v", act, tt.free, err, ask.ok)
				}
			}
			holds(t, s, 2)
		})
	}
	closed(t, s)
}

func TestNoRoomToOpenIsSaid(t *testing.T) {
	disk := vfs.NewMem()
	s := open(t, disk)
	if err := report(t, s, 0, 10); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	full := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWrite {
			return syscall.ENOSPC
		}
		return nil
	}))
	if _, err := pebble.Open(dir, pebble.Options{FS: full}); !errors.Is(err, store.ErrFull) {
		t.Fatalf("Open() = %v; want %v", err, store.ErrFull)
	}
	again := open(t, disk)
	holds(t, again, 1)
	closed(t, again)
}
