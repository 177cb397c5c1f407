package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// maxActs bounds how many acts one commit carries, so that none waits long for
// the others of its batch to be laid out.
const maxActs = 1024

// committer is the group commit: many callers hand in batches, and one commit is
// made of all that waits. Where a store serves many commits at once, batches wait
// in lanes, one for each bucket; those of a lane are committed one after the other.
type committer struct {
	store   atomic.Pointer[store.Store]
	slots   chan struct{} // one for each batch that waits
	lanes   []lane
	mu      sync.Mutex // guards lanes
	ready   chan int   // lanes that have something and nobody at it
	writers int
	share   share
	away    away
	closed  chan struct{} // closed when run ends
	metrics *Metrics
	watch   *watch
	// reopen makes a new store after a write broke the old one.
	reopen func(broken store.Store) (store.Store, error)
}

// lane is a queue of batches.
type lane struct {
	waiting []*submission
	busy    bool // it is ready, or somebody is at it
}

// submission is one caller's batch and where its answer goes: to whoever waits for
// done, or else to answer.
type submission struct {
	batch  *store.Batch
	result *store.Result
	err    error
	done   chan struct{}
	answer func(*store.Result, error)
}

// settled gives the answer.
func (s *submission) settled(result *store.Result, err error) {
	s.result, s.err = result, err
	if s.answer != nil {
		s.answer(result, err)
		return
	}
	close(s.done)
}

func newCommitter(o *Options, m *Metrics, w *watch) *committer {
	lanes := 1
	if o.Writers > 0 {
		lanes = belay.Buckets + 1
	}
	c := &committer{
		slots: make(chan struct{}, o.CommitQueue), lanes: make([]lane, lanes), ready: make(chan int, lanes),
		writers: max(o.Writers, 1), closed: make(chan struct{}), metrics: m, watch: w, reopen: o.Reopen,
	}
	c.share.set(c.writers)
	c.store.Store(&o.Store)
	return c
}

func (c *committer) current() store.Store { return *c.store.Load() }

// laneOf returns where a batch waits: with others of its bucket, or, if it has
// several or is of scope zero, in the last lane.
func (c *committer) laneOf(b *store.Batch) int {
	if len(c.lanes) == 1 {
		return 0
	}
	at := -1
	take := func(site belay.ID) {
		bucket := int(belay.Bucket(site))
		if site.IsZero() || at >= 0 && at != bucket {
			bucket = belay.Buckets
		}
		at = bucket
	}
	for i := range b.Changes {
		take(b.Changes[i].Scope)
	}
	for i := range b.Cancels {
		take(b.Cancels[i].SiteID)
	}
	for i := range b.Reports {
		take(b.Reports[i].Event.SiteID)
	}
	for i := range b.Saves {
		take(b.Saves[i].Activation.SiteID)
	}
	for i := range b.Entries {
		take(b.Entries[i].SiteID)
	}
	for i := range b.Deliveries {
		take(b.Deliveries[i].Delivery.SiteID)
	}
	for i := range b.Purges {
		take(b.Purges[i].SiteID)
	}
	return max(at, 0)
}

// put hands a batch in; the caller has a slot for it.
func (c *committer) put(b *store.Batch) *submission {
	s := &submission{batch: b, done: make(chan struct{})}
	if at := c.laneOf(b); !c.away.hand(c, at, s) {
		c.queue(at, s)
	}
	return s
}

// queue has a submission wait in a lane.
func (c *committer) queue(at int, s *submission) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lanes[at]
	l.waiting = append(l.waiting, s)
	if !l.busy {
		l.busy = true
		c.ready <- at
	}
}

// errBusy tells a caller to come back: the queue is full.
var errBusy = belay.Refuse(belay.ResourceExhausted, "COMMIT_QUEUE_FULL",
	"more is being reported than can be kept at the moment; try again in a second")

// errStopping tells a caller that the server takes nothing more.
var errStopping = belay.Refuse(belay.Unavailable, "STOPPING", "the server is stopping; try again")

// settle is how long a caller who can be refused waits for the answer to a commit
// that was lost.
const settle = 15 * time.Second

// try commits a batch for a caller who can be refused: where the queue is full
// it answers ResourceExhausted at once, and where there is no room to write it
// answers Unavailable. Nothing was kept then. Where the answer to the commit is
// lost, it asks again.
func (c *committer) try(ctx context.Context, b *store.Batch) (*store.Result, error) {
	select {
	case <-c.closed:
		return nil, errStopping
	default:
	}
	select {
	case c.slots <- struct{}{}:
	default:
		c.metrics.refused.Inc()
		return nil, errBusy
	}
	r, err := c.wait(c.put(b))
	if !errors.Is(err, store.ErrUncertain) || len(b.Changes) > 0 {
		return r, err
	}
	// It goes on without the caller's context: what was handed in is kept or not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	if r, again := c.must(ctx, b); again == nil {
		return r, nil
	}
	return nil, err
}

// must commits a batch that may not be lost: it waits for its place in the queue
// and tries again, with growing pauses, while the store has no room, does not
// answer or is being opened anew. It gives up only when ctx ends or the server has
// stopped.
func (c *committer) must(ctx context.Context, b *store.Batch) (*store.Result, error) {
	pause := 50 * time.Millisecond
	for {
		select {
		case c.slots <- struct{}{}:
		case <-c.closed:
			return nil, errStopping
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		r, err := c.wait(c.put(b))
		if err == nil || !passing(err) {
			return r, err
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, 2*time.Second)
		case <-c.closed:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// wait returns a submission's answer. It does not give up with a caller's
// context: what was handed in is kept or not, and the caller must be told which.
func (c *committer) wait(s *submission) (*store.Result, error) {
	select {
	case <-s.done:
	case <-c.closed:
		select {
		case <-s.done:
		default:
			return nil, errStopping
		}
	}
	return s.result, outward(s.err)
}

// outward dresses the store's answers for the doors.
func outward(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_FULL",
			"there is no room left to keep anything; nothing of this call was kept"), err)
	case errors.Is(err, store.ErrUnreachable):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_UNREACHABLE",
			"the database does not answer; nothing of this call was kept. Try again"), err)
	case errors.Is(err, store.ErrUncertain):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_BROKEN",
			"the answer to a write was lost; whether this call was kept is not known. Repeat it with the same idempotency key"), err)
	case errors.Is(err, store.ErrBroken), errors.Is(err, store.ErrClosed):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_BROKEN",
			"a write failed; whether this call was kept is not known. Repeat it with the same idempotency key"), err)
	default:
		return fmt.Errorf("engine: commit: %w", err)
	}
}

// passing reports whether a commit that failed with err may succeed later.
func passing(err error) bool {
	return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrBroken) ||
		errors.Is(err, store.ErrUnreachable) || errors.Is(err, store.ErrUncertain)
}

// run commits until ctx ends and nothing waits any more.
func (c *committer) run(ctx context.Context) {
	defer close(c.closed)
	var writers sync.WaitGroup
	for n := range c.writers {
		writers.Go(func() { c.write(ctx, n) })
	}
	writers.Wait()
}

// fewestWriters is how many commits a node makes at once however many nodes there
// are.
const fewestWriters = 2

// among says how many nodes share the store, and among how many of them this one
// shares the commits that go on at once: more would not be faster, but each would
// carry less. Several nodes have some fewer in all than one has, since a bucket waits
// for its own node's alone, and what waits for it goes along (docs/performance.md).
func (c *committer) among(nodes, sharers int) {
	n := c.writers
	if nodes > 1 {
		n = min(n, max(fewestWriters, n*3/4/sharers))
	}
	c.share.set(n)
}

// share is how many writers may write.
type share struct {
	mu    sync.Mutex
	n     int
	moved chan struct{} // closed and replaced when n changes
}

func (s *share) set(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moved != nil {
		close(s.moved)
	}
	s.n, s.moved = n, make(chan struct{})
}

// wait returns when the writer of that number, from 0, may write, or ctx has ended.
func (s *share) wait(ctx context.Context, number int) {
	for {
		s.mu.Lock()
		may, moved := number < s.n, s.moved
		s.mu.Unlock()
		if may {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

func (c *committer) write(ctx context.Context, number int) {
	for {
		c.share.wait(ctx, number)
		select {
		case at := <-c.ready:
			c.serve(at)
		case <-ctx.Done():
			c.finish()
			return
		}
	}
}

// finish commits what waits, and what comes back from other nodes.
func (c *committer) finish() {
	for back := c.away.stop(); ; {
		select {
		case at := <-c.ready:
			c.serve(at)
			continue
		default:
		}
		select {
		case at := <-c.ready:
			c.serve(at)
		case <-back:
			if len(c.ready) == 0 {
				return
			}
		}
	}
}

// serve makes one commit of what waits in a lane.
func (c *committer) serve(at int) {
	c.commit(c.gather(at))
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lanes[at]
	if l.busy = len(l.waiting) > 0; l.busy {
		c.ready <- at
	}
}

// gather takes what waits in a lane, up to maxActs.
func (c *committer) gather(at int) []*submission {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lanes[at]
	n, acts, fence := 0, 0, int64(0)
	for n < len(l.waiting) && acts < maxActs {
		if f := l.waiting[n].batch.Fence; f != 0 && fence != 0 && f != fence {
			break
		} else if f != 0 {
			fence = f
		}
		acts += size(l.waiting[n].batch)
		n++
	}
	group := l.waiting[:n:n]
	if l.waiting = l.waiting[n:]; len(l.waiting) == 0 {
		l.waiting = nil
	}
	for range group {
		<-c.slots
	}
	return group
}

// waiting returns how many batches wait for a commit.
func (c *committer) waiting() int { return len(c.slots) }

func size(b *store.Batch) int {
	return len(b.Changes) + len(b.Cancels) + len(b.Reports) + len(b.Saves) + len(b.Entries) + len(b.Deliveries) + len(b.Purges)
}

func (c *committer) commit(group []*submission) {
	all := group[0].batch
	if len(group) > 1 {
		all = &store.Batch{}
		for _, s := range group {
			all.Fence = max(all.Fence, s.batch.Fence)
			all.Changes = append(all.Changes, s.batch.Changes...)
			all.Cancels = append(all.Cancels, s.batch.Cancels...)
			all.Reports = append(all.Reports, s.batch.Reports...)
			all.Saves = append(all.Saves, s.batch.Saves...)
			all.Entries = append(all.Entries, s.batch.Entries...)
			all.Deliveries = append(all.Deliveries, s.batch.Deliveries...)
			all.Purges = append(all.Purges, s.batch.Purges...)
		}
	}
	began := time.Now()
	result, err := c.current().Commit(context.Background(), all)
	c.metrics.commits(size(all), time.Since(began), err)
	switch {
	case errors.Is(err, store.ErrBroken) && c.rebuild():
		err = fmt.Errorf("%w: %w", store.ErrUncertain, err)
		fallthrough
	case errors.Is(err, store.ErrUncertain):
		for _, s := range group {
			mark(s.batch)
		}
	}
	if errors.Is(err, store.ErrFull) && len(group) > 1 {
		c.apart(group, err)
		return
	}
	if errors.Is(err, store.ErrFenced) {
		c.fenced(group, err)
		return
	}
	if err == nil {
		c.watch.committed(all, result)
	}
	for _, s := range group {
		if err != nil {
			s.settled(nil, err)
		} else {
			s.settled(take(result, s.batch), nil)
		}
	}
}

// fenced refuses the batches of a group that name a fence, and commits the others.
func (c *committer) fenced(group []*submission, why error) {
	var rest []*submission
	for _, s := range group {
		if s.batch.Fence != 0 {
			s.settled(nil, why)
		} else {
			rest = append(rest, s)
		}
	}
	if len(rest) > 0 {
		c.commit(rest)
	}
}

// apart commits again what a full disk refused as a whole: cancels and saves are
// let in when nothing else is any more, but only among themselves.
func (c *committer) apart(group []*submission, full error) {
	var cancels, saves, rest []*submission
	for _, s := range group {
		switch n := size(s.batch); n {
		case len(s.batch.Cancels):
			cancels = append(cancels, s)
		case len(s.batch.Saves) + len(s.batch.Deliveries):
			saves = append(saves, s)
		default:
			rest = append(rest, s)
		}
	}
	for _, kind := range [][]*submission{cancels, saves} {
		if len(kind) == len(group) {
			rest = group // they were among themselves
		} else if len(kind) > 0 {
			c.commit(kind)
		}
	}
	for _, s := range rest {
		s.settled(nil, full)
	}
}

// rebuild opens the store anew after a failed write. Where that fails too, the
// broken store stays and the next commit tries again.
func (c *committer) rebuild() bool {
	if c.reopen == nil {
		return false
	}
	fresh, err := c.reopen(c.current())
	if err != nil {
		return false
	}
	c.store.Store(&fresh)
	return true
}

// mark says of a batch's acts that they may have been kept, so that they can be
// committed again and count once. Entries are appended once in any case, and a
// purge of what is gone does nothing.
func mark(b *store.Batch) {
	for i := range b.Reports {
		b.Reports[i].Again = true
	}
	for i := range b.Cancels {
		b.Cancels[i].Again = true
	}
	for i := range b.Saves {
		b.Saves[i].Again = true
	}
	for i := range b.Deliveries {
		b.Deliveries[i].Again = true
	}
}

// take cuts one batch's answers off the front of a whole commit's.
func take(all *store.Result, b *store.Batch) *store.Result {
	var own store.Result
	own.Changes, all.Changes = cut(all.Changes, len(b.Changes))
	own.Cancels, all.Cancels = cut(all.Cancels, len(b.Cancels))
	own.Reports, all.Reports = cut(all.Reports, len(b.Reports))
	own.Saves, all.Saves = cut(all.Saves, len(b.Saves))
	own.Deliveries, all.Deliveries = cut(all.Deliveries, len(b.Deliveries))
	own.Purges, all.Purges = cut(all.Purges, len(b.Purges))
	return &own
}

func cut[T any](all []T, n int) (own, rest []T) { return all[:n:n], all[n:] }
