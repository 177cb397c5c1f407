package engine

import (
	"context"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// tops are the top lists of a node.
type tops struct {
	sites, apps top[belay.ID]
	hosts       top[string]
}

// Tops are who reported most to this node, and the hosts at which most of its attempts
// failed, in the last quarter to half of an hour.
type Tops struct {
	Sites, Apps []Top[belay.ID]
	Failing     []Top[string]
}

// topListed is how long a top list is.
const topListed = 10

// Tops returns the top lists.
func (e *Engine) Tops() Tops {
	now := time.Now()
	count := func(t Tally) int64 { return t.Count }
	return Tops{
		Sites: e.tops.sites.list(now, topListed, count), Apps: e.tops.apps.list(now, topListed, count),
		Failing: e.tops.hosts.list(now, topListed, func(t Tally) int64 { return t.Failed }),
	}
}

// RetentionDays is how long sites keep what happened that say nothing else, -1 for ever.
func (e *Engine) RetentionDays() int {
	if e.o.Retention < 0 {
		return -1
	}
	return int(e.o.Retention / (24 * time.Hour))
}

// Horizons are up to when pending work is counted, from now: what is overdue, the next
// minute, hour, day and week, and all that is later.
func Horizons() []time.Duration {
	return []time.Duration{0, time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, -1}
}

// BacklogMost is up to where each part of the backlog is counted.
const BacklogMost = 1000

// Backlog is what is pending of all nodes, by due time.
type Backlog struct {
	At belay.Instant
	// Counts are one for each of Horizons, at most BacklogMost each.
	Counts []int
	// Oldest is the due time of what is longest overdue, zero where nothing is.
	Oldest belay.Instant
}

// backlogKept is how long a count serves whoever asks.
const backlogKept = 15 * time.Second

type backlog struct {
	mu   sync.Mutex
	last Backlog
}

// Backlog counts what is pending, or returns what was counted a moment ago.
func (e *Engine) Backlog(ctx context.Context) (Backlog, error) {
	b := &e.backlog
	b.mu.Lock()
	defer b.mu.Unlock()
	now := e.Now()
	if b.last.At != 0 && now.Sub(b.last.At) < backlogKept {
		return b.last, nil
	}
	next := Backlog{At: now}
	var from belay.Instant
	for _, horizon := range Horizons() {
		until := now.Add(horizon)
		if horizon < 0 {
			until = 1 << 62
		}
		due, err := e.Store().Due(ctx, store.DueQuery{From: from, Until: until, Limit: BacklogMost})
		if err != nil {
			return Backlog{}, err
		}
		if horizon == 0 && len(due) > 0 {
			next.Oldest = due[0].At
		}
		next.Counts, from = append(next.Counts, len(due)), until
	}
	b.last = next
	return next, nil
}

// kept is how long what was counted of the store serves whoever asks: counting reads
// all of it.
const storeKept = 5 * time.Minute

type storeFigures struct {
	mu   sync.Mutex
	at   time.Time
	last store.Stats
}

// StoreFigures returns what the store counted within the last minutes, and when.
func (e *Engine) StoreFigures(ctx context.Context) (store.Stats, time.Time, error) {
	f := &e.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.at.IsZero() && time.Since(f.at) < storeKept {
		return f.last, f.at, nil
	}
	last, err := e.Store().Stats(ctx)
	if err == nil {
		f.last, f.at = last, time.Now()
	}
	return f.last, f.at, err
}
