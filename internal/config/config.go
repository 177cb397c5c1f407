// Package config holds what is set up: apps, sites, installations, triggers,
// actions, API keys and automations. It checks every rule about them and decides
// who may do what, keeps them as documents in a store, and hands them to the way
// of an event as immutable snapshots.
//
// Nothing of an event, an activation or an attempt lives here. Start reading at
// Book, then Snapshot (what a report reads) and editSite (how anything changes).
//
// A scope's documents change in a line: each change writes a journal entry under
// the version that it makes, so of two Books that change one scope at once, one
// wins and the other reads again and repeats its checks. Refreshing reads the
// journal and then only what has changed.
package config

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	_ "time/tzdata" // zones are checked against the same list on every machine

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// Commit makes a batch durable through the engine's group commit.
type Commit func(ctx context.Context, b *store.Batch) (*store.Result, error)

// Options say what a Book stands on. Store, Commit and Now are required.
type Options struct {
	Store  store.Store
	Commit Commit
	Now    func() belay.Instant
	// Carried reports whether an action of an app can be carried out at all;
	// every action can where it is nil.
	Carried func(app belay.ID, key string) bool
	// Inputs returns what is wrong with the input mapping of an action, at a place
	// in the caller's words, whatever its expressions will give; nil checks nothing.
	Inputs func(app belay.ID, key, place string, mapping map[string]any) []belay.Violation
	// Shown returns an automation as the wire shows it, for those who are told of
	// changes; nil shows what is stored.
	Shown func(*belay.Automation) (json.RawMessage, error)
	// CalendarChanged is told, after the change, of each automation with a calendar
	// whose occurrences may be others now; nobody is where it is nil.
	CalendarChanged func(ctx context.Context, site, automation belay.ID)
	// Logger hears of stored automations that can no longer be compiled; nobody
	// does where it is nil.
	Logger *slog.Logger
	// Chance is where identifiers and secrets come from; crypto/rand where nil.
	Chance io.Reader
}

// How many sites and plans are kept in memory.
const (
	cachedSites = 10_000
	cachedPlans = 10_000
	frontSites  = 4096
)

// Book is the configuration. Its methods may be called at once by many callers.
// Several Books may share a store, one in each process; each sees the changes of
// the others when it is told to refresh and before each of its own.
type Book struct {
	store   store.Store
	commit  Commit
	now     func() belay.Instant
	carried func(app belay.ID, key string) bool
	inputs  func(app belay.ID, key, place string, mapping map[string]any) []belay.Violation
	shown   func(*belay.Automation) (json.RawMessage, error)
	moved   func(ctx context.Context, site, automation belay.ID)
	log     *slog.Logger
	chance  io.Reader
	turns   atomic.Uint32 // of newTurn

	shared atomic.Pointer[shared]
	sharer sync.Mutex // held while scope zero is refreshed or changed

	// front is looked at before sites, without a lock. For one site there is at
	// most one entry in both.
	front [frontSites]atomic.Pointer[entry]
	sites *lru.Cache[belay.ID, *entry]
	enter sync.Mutex // held while an entry is added to front and sites
	plans *lru.Cache[planKey, *flow.Plan]

	hashing chan struct{} // one for each password that is being hashed
}

// Open returns the Book of a store, with scope zero read into memory. The first
// Book of a store makes the key that signs tokens.
func Open(ctx context.Context, o Options) (*Book, error) {
	b := &Book{
		store: o.Store, commit: o.Commit, now: o.Now,
		carried: o.Carried, inputs: o.Inputs, shown: o.Shown, moved: o.CalendarChanged, log: o.Logger, chance: o.Chance,
		hashing: make(chan struct{}, hashesAtOnce),
	}
	if b.carried == nil {
		b.carried = func(belay.ID, string) bool { return true }
	}
	if b.shown == nil {
		b.shown = storedAutomation
	}
	if b.moved == nil {
		b.moved = func(context.Context, belay.ID, belay.ID) {}
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.chance == nil {
		b.chance = rand.Reader
	}
	var err error
	if b.sites, err = lru.New[belay.ID, *entry](cachedSites); err != nil {
		return nil, fmt.Errorf("config: cache of sites: %w", err)
	}
	if b.plans, err = lru.New[planKey, *flow.Plan](cachedPlans); err != nil {
		return nil, fmt.Errorf("config: cache of plans: %w", err)
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	if err := b.ensureTokenKey(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Reload reads what has changed in scope zero since it was last read; where
// nothing has, it costs one small read.
func (b *Book) Reload(ctx context.Context) error {
	b.sharer.Lock()
	defer b.sharer.Unlock()
	_, err := b.freshShared(ctx)
	return err
}

// newID returns a new identifier.
func (b *Book) newID() (belay.ID, error) {
	var chance [10]byte
	if err := b.draw(chance[:]); err != nil {
		return belay.ID{}, err
	}
	return belay.NewID(b.now().Time(), chance), nil
}

// draw fills p with chance.
func (b *Book) draw(p []byte) error {
	if _, err := io.ReadFull(b.chance, p); err != nil {
		return fmt.Errorf("config: draw chance: %w", err)
	}
	return nil
}
