package pebble_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/storetest"
)

// open opens a store on a file system, small in memory.
func open(t testing.TB, fs vfs.FS) *pebble.Store {
	t.Helper()
	s, err := pebble.Open("data", pebble.Options{FS: fs, CacheBytes: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPebbleKeepsTheContract(t *testing.T) {
	disks := map[store.Store]vfs.FS{}
	storetest.Run(t, storetest.Fixture{
		Open: func(t testing.TB) store.Store {
			fs := vfs.NewMem()
			s := open(t, fs)
			disks[s] = fs
			return s
		},
		Reopen: func(t testing.TB, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			again := open(t, disks[s])
			disks[again] = disks[s]
			return again
		},
	})
}
