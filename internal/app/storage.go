package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
)

// storage is the store's folder, which is opened anew after a write that failed.
type storage struct {
	dir string
	log *slog.Logger

	mu    sync.Mutex
	store store.Store
	wait  time.Duration // since the last try failed
	after time.Time     // no try before
}

// How long the folder is left alone after it could not be opened.
const (
	firstWait = 100 * time.Millisecond
	lastWait  = 10 * time.Second
)

func openStorage(dir string, log *slog.Logger) (*storage, error) {
	s, err := pebble.Open(dir, pebble.Options{Logger: log})
	if err != nil {
		return nil, err
	}
	return &storage{dir: dir, log: log, store: s}, nil
}

func (s *storage) current() store.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store
}

// reopen closes the broken store and opens the folder again. While that fails it
// returns a store that refuses everything as broken, so that the engine comes
// back here; the folder is tried again after a wait that grows.
func (s *storage) reopen(broken store.Store) (store.Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.after) {
		return s.store, nil
	}
	if err := broken.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		s.log.Warn("the broken store did not close well", "data", s.dir, "error", err)
	}
	fresh, err := pebble.Open(s.dir, pebble.Options{Logger: s.log})
	if err != nil {
		s.wait = min(max(2*s.wait, firstWait), lastWait)
		s.after = time.Now().Add(s.wait)
		s.store = down{}
		s.log.Error("the store cannot be opened; nothing is accepted", "data", s.dir, "again", s.wait, "error", err)
		return s.store, nil
	}
	s.wait, s.after, s.store = 0, time.Time{}, fresh
	s.log.Warn("the store was opened anew after a failed write", "data", s.dir)
	return fresh, nil
}

// watch registers the size of the store.
func (s *storage) watch(r prometheus.Registerer) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "belay_store_bytes", Help: "What the store's folder takes of the disk.",
	}, func() float64 {
		folder, ok := s.current().(*pebble.Store)
		if !ok {
			return 0
		}
		return float64(folder.DiskBytes())
	}))
}

// Snapshots is the folder, in that of a store, that copies are made in while the
// store is in use.
const Snapshots = "snapshots"

// backup copies the store into a new folder, and returns its path.
func (s *storage) backup() (string, error) {
	whole, ok := s.current().(*pebble.Store)
	if !ok {
		return "", store.ErrBroken
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, Snapshots)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	copied := filepath.Join(dir, time.Now().UTC().Format("2006-01-02T15-04-05.000000Z"))
	return copied, whole.Checkpoint(copied)
}

func (s *storage) close() error {
	if err := s.current().Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		return err
	}
	return nil
}

// down stands in for a store that cannot be opened.
type down struct{}

func (down) Commit(context.Context, *store.Batch) (*store.Result, error) {
	return nil, store.ErrBroken
}

func (down) Trail(context.Context, store.TrailQuery) ([]store.Entry, error) {
	return nil, store.ErrBroken
}

func (down) Due(context.Context, store.DueQuery) ([]store.Due, error) { return nil, store.ErrBroken }

func (down) Upcoming(context.Context, store.UpcomingQuery) ([]store.Due, store.Due, error) {
	return nil, store.Due{}, store.ErrBroken
}

func (down) Event(context.Context, belay.ID, belay.ID) (belay.Event, error) {
	return belay.Event{}, store.ErrBroken
}

func (down) Activation(context.Context, belay.ID, belay.ID) (belay.Activation, error) {
	return belay.Activation{}, store.ErrBroken
}

func (down) Events(context.Context, store.EventQuery) ([]belay.Event, error) {
	return nil, store.ErrBroken
}

func (down) Activations(context.Context, store.ActivationQuery) ([]belay.Activation, error) {
	return nil, store.ErrBroken
}

func (down) Tally(context.Context, store.TallyQuery) ([]store.Tally, error) {
	return nil, store.ErrBroken
}

func (down) Doc(context.Context, store.DocKey) (store.Doc, error) {
	return store.Doc{}, store.ErrBroken
}

func (down) Docs(context.Context, belay.ID, string, string, int) ([]store.Doc, int64, error) {
	return nil, 0, store.ErrBroken
}

func (down) Entries(context.Context, store.EntryQuery) ([]store.Entry, error) {
	return nil, store.ErrBroken
}

func (down) Delivery(context.Context, belay.ID, belay.ID) (belay.Delivery, error) {
	return belay.Delivery{}, store.ErrBroken
}

func (down) FirstDelivery(context.Context, belay.ID, belay.ID, belay.ID) (belay.Delivery, error) {
	return belay.Delivery{}, store.ErrBroken
}

func (down) Deliveries(context.Context, store.DeliveryQuery) ([]belay.Delivery, error) {
	return nil, store.ErrBroken
}

func (down) Places(context.Context, store.PlaceQuery) ([]store.Place, error) {
	return nil, store.ErrBroken
}

func (down) DueDeliveries(context.Context, store.DueDeliveryQuery) ([]store.DueDelivery, error) {
	return nil, store.ErrBroken
}

func (down) Stats(context.Context) (store.Stats, error) { return store.Stats{}, store.ErrBroken }
func (down) Close() error                               { return nil }
