package pebble_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
)

func TestANewerFormatIsRefusedAndNothingChanged(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"of the layout": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "BELAY"), []byte("belay pebble store, format 2\n"))
		},
		"of the tree": func(t *testing.T, dir string) {
			old, err := filepath.Glob(filepath.Join(dir, "marker.format-version.*"))
			if err != nil || len(old) != 1 {
				t.Fatalf("markers %v, %v", old, err)
			}
			if err := os.Rename(old[0], filepath.Join(dir, "marker.format-version.000099.999")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			s := openDir(t, home)
			if err := report(t, s, 0, 10); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			change(t, home)
			before := snapshot(t, home)
			if _, err := pebble.Open(home, pebble.Options{}); !errors.Is(err, store.ErrNewer) {
				t.Fatalf("Open() = %v; want %v", err, store.ErrNewer)
			}
			if diff := cmp.Diff(before, snapshot(t, home)); diff != "" {
				t.Errorf("the folder has changed:\n%s", diff)
			}
		})
	}
}

func TestAFolderThatIsNoStoreIsRefused(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"a format that names none": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "BELAY"), []byte("1")) },
		"a tree without a format": func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "BELAY")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			closed(t, openDir(t, home))
			change(t, home)
			if _, err := pebble.Open(home, pebble.Options{}); err == nil || !strings.Contains(err.Error(), "BELAY") {
				t.Errorf("Open() = %v; want an error that names the file", err)
			}
		})
	}
}

func TestOneFolderHasOneStore(t *testing.T) {
	home := t.TempDir()
	for name, o := range map[string]pebble.Options{"in memory": {FS: vfs.NewMem()}, "on disk": {}} {
		t.Run(name, func(t *testing.T) {
			s, err := pebble.Open(home, o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pebble.Open(home, o); !errors.Is(err, store.ErrInUse) {
				t.Errorf("a second Open() = %v; want %v", err, store.ErrInUse)
			}
			if err := report(t, s, 0, 10); err != nil {
				t.Error(err)
			}
			closed(t, s)
			again, err := pebble.Open(home, o)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, again, 1)
			closed(t, again)
		})
	}
}

func TestAFolderThatCannotBeMadeIsNotInUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	if _, err := pebble.Open(filepath.Join(file, "data"), pebble.Options{}); err == nil || errors.Is(err, store.ErrInUse) {
		t.Errorf("Open() = %v; want an error about the path", err)
	}
}

func TestACheckpointIsAStore(t *testing.T) {
	home, backup := t.TempDir(), filepath.Join(t.TempDir(), "deep", "backup")
	s := openDir(t, home)
	for n := range 50 {
		if err := report(t, s, n, 20_000); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Checkpoint(backup); err != nil {
		t.Fatal(err)
	}
	for n := 50; n < 60; n++ {
		if err := report(t, s, n, 20_000); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Checkpoint(backup); err == nil {
		t.Error("a checkpoint over another was made")
	}
	kept := snapshot(t, backup)
	copied := openDir(t, backup)
	if got := holds(t, copied, 50); got != 50 {
		t.Errorf("the checkpoint holds %d reports; want the 50 before it", got)
	}
	if err := report(t, copied, 50, 10); err != nil {
		t.Error(err)
	}
	closed(t, copied)
	holds(t, s, 60)
	closed(t, s)

	// A checkpoint that was not finished is none.
	part := filepath.Join(t.TempDir(), "part")
	maps.DeleteFunc(kept, func(name string, _ []byte) bool { return name == "BELAY" })
	for name, data := range kept {
		write(t, filepath.Join(part, name), data)
	}
	if _, err := pebble.Open(part, pebble.Options{}); err == nil {
		t.Error("an unfinished checkpoint was opened")
	}
}

func TestACheckpointThatCannotBeWrittenHarmsNothing(t *testing.T) {
	home := t.TempDir()
	s := openDir(t, home)
	if err := report(t, s, 0, 10); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	if err := s.Checkpoint(filepath.Join(file, "backup")); err == nil {
		t.Error("a checkpoint was made inside a file")
	}
	if err := report(t, s, 1, 10); err != nil {
		t.Error(err)
	}
	holds(t, s, 2)
	closed(t, s)
}

func TestAStoreRunsInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, fs := range map[string]vfs.FS{"memory": vfs.NewMem(), "disk": vfs.Default} {
			home := filepath.Join(t.TempDir(), name)
			s, err := pebble.Open(home, pebble.Options{FS: fs, CacheBytes: 3 << 20, VirtualTime: true})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 60 {
				if err := report(t, s, n, 20_000); err != nil {
					t.Fatal(err)
				}
				<-time.After(24 * time.Hour)
			}
			holds(t, s, 60)
			closed(t, s)
		}
	})
}
