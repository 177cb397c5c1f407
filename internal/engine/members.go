package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// How nodes that share a store know of each other.
const (
	// beatEvery is the pause between two heartbeats of a node.
	beatEvery = time.Second
	// lifeOfBeat is how long a node counts as living without one; then the others
	// take its buckets. It is no promise: starts are decided by the store, so two nodes that both hold a
	// bucket do no harm.
	lifeOfBeat = 5 * beatEvery
	// handover bounds how long a stop waits for the others to take over.
	handover = 3 * beatEvery
)

// members are the nodes that share a store, and what this one looks after: the
// buckets whose due work it reads. Any node may report, cancel and record anything.
type members struct {
	e     *Engine
	nodes store.Nodes
	self  store.Node

	beating chan struct{} // holds one while a heartbeat is on its way
	// owned are this node's buckets, nil for all.
	owned atomic.Pointer[store.Buckets]
	// owners are who looks after each bucket, this node among them unless it leaves.
	owners atomic.Pointer[owners]

	mu      sync.Mutex
	living  []store.Node
	seenAll chan struct{} // closed and replaced when living is known anew
	now     time.Time     // of the store, at the last heartbeat
	leaving bool
}

func newMembers(e *Engine, o *Options) *members {
	return &members{
		e: e, nodes: o.Nodes, beating: make(chan struct{}, 1), seenAll: make(chan struct{}),
		self: store.Node{ID: o.Node, Name: o.NodeName, Version: o.Version, Address: o.Address, Key: o.Key, Machine: o.Machine},
	}
}

// alone reports whether nobody else can serve the store.
func (m *members) alone() bool { return m.nodes == nil }

// owns reports whether this node looks after a site's due work.
func (m *members) owns(site belay.ID) bool { return m.owned.Load().Has(belay.Bucket(site)) }

// errMissed says that the others may have taken over what this node looks after: it
// goes on as before until a heartbeat is in time.
var errMissed = errors.New("engine: the heartbeat came too late to count")

// beat says that this node lives, and takes in who else does. One is made at a time: of
// two on their way, the one that does not know yet that this node leaves might be the
// last word of it. A node that leaves goes on reading the due work that was its own, as
// the others learn of it at their next heartbeat; see handOver.
func (m *members) beat(ctx context.Context) error {
	select {
	case m.beating <- struct{}{}:
		defer func() { <-m.beating }()
	case <-ctx.Done():
		return ctx.Err()
	}
	m.mu.Lock()
	self := m.self
	self.Leaving = m.leaving
	m.mu.Unlock()
	b, err := m.nodes.Heartbeat(ctx, self, lifeOfBeat)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(b.Nodes, func(n store.Node) bool { return n.ID == self.ID }) {
		return errMissed // whoever waited for the database for long, or whose clock was set
	}
	m.e.clock.look(b.Now, m.e.clock.wall())
	shares := ownersOf(b.Nodes)
	share := shares.of(self.ID)
	owned := share
	if self.Leaving {
		owned = *m.owned.Load()
	}
	changed := m.owned.Load() == nil || *m.owned.Load() != owned
	m.owned.Store(&owned)
	if m.e.o.Peers != nil {
		m.e.o.Peers.Meet(b.Nodes)
		m.owners.Store(shares)
	}
	m.mu.Lock()
	before := len(m.living)
	m.living, m.now = b.Nodes, b.Now
	close(m.seenAll)
	m.seenAll = make(chan struct{})
	m.mu.Unlock()
	if changed {
		m.e.log.InfoContext(ctx, "due work is shared anew", "node", self.Name, "nodes", len(b.Nodes), "before", before, "buckets", owned.Len())
		m.e.due.shared()
		m.e.outbox.shared()
	}
	sharers := shares.count()
	if share.Len() == 0 { // it commits only what it can hand to nobody
		sharers = len(b.Nodes)
	}
	m.e.commits.among(len(b.Nodes), sharers)
	if m.e.o.Beside != nil {
		m.e.o.Beside(beside(&m.self, b.Nodes))
	}
	return nil
}

// run beats until ctx ends. Between two beats, configuration that is shared by
// all sites is read as it has become.
func (m *members) run(ctx context.Context) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := m.beat(ctx); err != nil {
			if ctx.Err() == nil {
				m.e.metrics.beatErrors.Inc()
				m.e.log.Warn("the database did not take a heartbeat", "error", err)
			}
			continue
		}
		if err := m.e.book.Reload(ctx); err != nil && ctx.Err() == nil {
			m.e.log.Warn("what has changed in the configuration could not be read", "error", err)
		}
		m.e.outbox.review()
	}
}

// handOver says that this node stops, and returns when every other one has learned
// of it and had time to look, or when they take too long. Until then its due work goes
// on as before.
func (m *members) handOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, handover)
	defer cancel()
	m.mu.Lock()
	m.leaving = true
	m.mu.Unlock()
	// The first is durable before the second, whose time the others must pass.
	for range 2 {
		if err := m.beat(ctx); err != nil {
			m.e.log.Warn("the other nodes could not be told that this one stops", "error", err)
			return
		}
	}
	m.mu.Lock()
	since := m.now
	m.mu.Unlock()
	for !m.toldAll(since) {
		m.mu.Lock()
		anew := m.seenAll
		m.mu.Unlock()
		select {
		case <-anew:
		case <-ctx.Done():
			return
		}
	}
	select {
	case <-time.After(graceOfPoll): // they have learned of it, and look now
	case <-ctx.Done():
	}
}

// toldAll reports whether every other node has beaten since then, and so knows.
func (m *members) toldAll(then time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.living {
		n := &m.living[i]
		if n.ID != m.self.ID && !n.Leaving && !n.Seen.After(then) {
			return false
		}
	}
	return true
}

// leave is the last word of a node.
func (m *members) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := m.nodes.Leave(ctx, m.self.ID); err != nil {
		m.e.log.Warn("this node could not take its leave; the others will notice", "error", err)
	}
}

// owner returns the other node that looks after a bucket and takes batches of it,
// nil where there is none. One of another version may not know what a batch says.
func (m *members) owner(bucket uint8) *store.Node {
	owners := m.owners.Load()
	if owners == nil {
		return nil
	}
	n := owners[bucket]
	if n.ID == m.self.ID || n.Address == "" || n.Version != m.self.Version {
		return nil
	}
	return n
}

// Shared reports whether other processes may serve the same store.
func (e *Engine) Shared() bool { return !e.members.alone() }

// Nodes returns the nodes that serve the store, as of the last heartbeat, with
// the number of buckets that each looks after, none for one that leaves.
func (e *Engine) Nodes() []Member {
	if e.members.alone() {
		return []Member{{Node: e.members.self, Buckets: belay.Buckets, Self: true}}
	}
	e.members.mu.Lock()
	living := slices.Clone(e.members.living)
	e.members.mu.Unlock()
	buckets := map[string]int{}
	if len(living) > 0 {
		for _, n := range ownersOf(living) {
			buckets[n.ID]++
		}
	}
	out := make([]Member, len(living))
	for i, n := range living {
		out[i] = Member{Node: n, Buckets: buckets[n.ID], Self: n.ID == e.members.self.ID}
	}
	return out
}

// Member is a node as the others see it.
type Member struct {
	store.Node
	Buckets int
	Self    bool
}
