package app

import (
	"errors"
	"log/slog"
	"os"
	"testing"

	"github.com/belay-events/belay/internal/store"
)

func TestABrokenStoreIsOpenedAnew(t *testing.T) {
	s := opened(t)
	was := s.current()
	fresh, err := s.reopen(was)
	if err != nil || fresh == was {
		t.Fatalf("reopen = %v, %v; want another store", fresh, err)
	}
	if _, err := fresh.Due(t.Context(), store.DueQuery{Until: 1, Limit: 1}); err != nil {
		t.Errorf("the new store answers %v", err)
	}
	if s.current() != fresh {
		t.Error("the new store is not the one in use")
	}
}

func TestAStoreThatCannotBeOpenedRefusesAsBroken(t *testing.T) {
	s := opened(t)
	was := s.current()
	if err := was.Close(); err != nil {
		t.Fatal(err)
	}
	// Somebody else has the folder by now.
	other, err := openStorage(s.dir, s.log)
	if err != nil {
		t.Fatal(err)
	}
	stand, err := s.reopen(was)
	if err != nil {
		t.Fatal(err)
	}
	// The engine comes back to reopen for this error alone.
	if _, err := stand.Commit(t.Context(), &store.Batch{}); !errors.Is(err, store.ErrBroken) {
		t.Errorf("Commit = %v, want ErrBroken", err)
	}
	if again, err := s.reopen(stand); err != nil || again != stand {
		t.Errorf("reopen = %v, %v before the wait is over; want the same", again, err)
	}
	if err := other.close(); err != nil {
		t.Fatal(err)
	}
	s.after = s.after.Add(-lastWait)
	if fresh, err := s.reopen(stand); err != nil || fresh == stand {
		t.Errorf("reopen = %v, %v once the folder is free; want a store", fresh, err)
	}
}

func opened(t *testing.T) *storage {
	t.Helper()
	s, err := openStorage(t.TempDir(), slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}
