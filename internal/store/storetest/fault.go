package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// ErrInjected is what a store of FailAt fails with.
var ErrInjected = errors.New("storetest: a fault on purpose")

// FailAt returns s with its n-th call, counted from 1 over all methods but
// Close, failing with ErrInjected before it does anything. The calls before and
// after it succeed. Call it with n from 1 up until Failed reports that a run
// passed without a fault.
func FailAt(s store.Store, n int) *Faulty {
	return &Faulty{s: s, fail: n}
}

// BreakAt returns s with its n-th Commit, counted from 1, answering
// store.ErrBroken, as if a write had failed; kept says whether the batch was
// kept all the same. Every later call but Close answers store.ErrBroken.
func BreakAt(s store.Store, n int, kept bool) *Faulty {
	return &Faulty{s: s, breaks: n, kept: kept}
}

// Faulty is a store that fails once. It is safe for concurrent use.
type Faulty struct {
	s    store.Store
	kept bool

	mu           sync.Mutex
	fail, breaks int // which call, which commit
	calls        int
	commits      int
	failed       bool
	broken       bool
}

// Failed reports whether the fault has come about.
func (f *Faulty) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// call counts a call and returns what it is to fail with.
func (f *Faulty) call(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return fmt.Errorf("%s: %w", name, store.ErrBroken)
	}
	if f.calls++; f.calls == f.fail {
		f.failed = true
		return fmt.Errorf("%s: %w", name, ErrInjected)
	}
	return nil
}

// Commit may break the store.
func (f *Faulty) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if err := f.call("Commit"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.commits++
	if f.commits == f.breaks {
		f.failed, f.broken = true, true
	}
	broken := f.broken
	f.mu.Unlock()
	if !broken {
		return f.s.Commit(ctx, b)
	}
	err := fmt.Errorf("commit: %w: %w", store.ErrBroken, ErrInjected)
	if f.kept {
		if _, failed := f.s.Commit(ctx, b); failed != nil {
			return nil, errors.Join(err, failed)
		}
	}
	return nil, err
}

// Due may fail.
func (f *Faulty) Due(ctx context.Context, q store.DueQuery) ([]store.Due, error) {
	if err := f.call("Due"); err != nil {
		return nil, err
	}
	return f.s.Due(ctx, q)
}

// Upcoming may fail.
func (f *Faulty) Upcoming(ctx context.Context, q store.UpcomingQuery) ([]store.Due, store.Due, error) {
	if err := f.call("Upcoming"); err != nil {
		return nil, store.Due{}, err
	}
	return f.s.Upcoming(ctx, q)
}

// Event may fail.
func (f *Faulty) Event(ctx context.Context, site, id belay.ID) (belay.Event, error) {
	if err := f.call("Event"); err != nil {
		return belay.Event{}, err
	}
	return f.s.Event(ctx, site, id)
}

// Activation may fail.
func (f *Faulty) Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error) {
	if err := f.call("Activation"); err != nil {
		return belay.Activation{}, err
	}
	return f.s.Activation(ctx, site, id)
}

// Events may fail.
func (f *Faulty) Events(ctx context.Context, q store.EventQuery) ([]belay.Event, error) {
	if err := f.call("Events"); err != nil {
		return nil, err
	}
	return f.s.Events(ctx, q)
}

// Activations may fail.
func (f *Faulty) Activations(ctx context.Context, q store.ActivationQuery) ([]belay.Activation, error) {
	if err := f.call("Activations"); err != nil {
		return nil, err
	}
	return f.s.Activations(ctx, q)
}

// Tally may fail.
func (f *Faulty) Tally(ctx context.Context, q store.TallyQuery) ([]store.Tally, error) {
	if err := f.call("Tally"); err != nil {
		return nil, err
	}
	return f.s.Tally(ctx, q)
}

// Doc may fail.
func (f *Faulty) Doc(ctx context.Context, key store.DocKey) (store.Doc, error) {
	if err := f.call("Doc"); err != nil {
		return store.Doc{}, err
	}
	return f.s.Doc(ctx, key)
}

// Docs may fail.
func (f *Faulty) Docs(ctx context.Context, scope belay.ID, kind, after string, limit int) ([]store.Doc, int64, error) {
	if err := f.call("Docs"); err != nil {
		return nil, 0, err
	}
	return f.s.Docs(ctx, scope, kind, after, limit)
}

// Trail may fail.
func (f *Faulty) Trail(ctx context.Context, q store.TrailQuery) ([]store.Entry, error) {
	if err := f.call("Trail"); err != nil {
		return nil, err
	}
	return f.s.Trail(ctx, q)
}

// Entries may fail.
func (f *Faulty) Entries(ctx context.Context, q store.EntryQuery) ([]store.Entry, error) {
	if err := f.call("Entries"); err != nil {
		return nil, err
	}
	return f.s.Entries(ctx, q)
}

// Places may fail.
func (f *Faulty) Places(ctx context.Context, q store.PlaceQuery) ([]store.Place, error) {
	if err := f.call("Places"); err != nil {
		return nil, err
	}
	return f.s.Places(ctx, q)
}

// Stats may fail.
func (f *Faulty) Stats(ctx context.Context) (store.Stats, error) {
	if err := f.call("Stats"); err != nil {
		return store.Stats{}, err
	}
	return f.s.Stats(ctx)
}

// Close closes the store below.
func (f *Faulty) Close() error { return f.s.Close() }
