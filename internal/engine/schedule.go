package engine

import (
	"container/heap"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// How much the scheduler takes into memory at once. What does not fit is read
// when there is room: the store, not the memory, holds what is due.
const (
	nearLimit    = 50_000 // within the horizon
	overdueLimit = 10_000 // overdue already when it is read
)

// overdueAfter is from which lateness on found work counts as overdue: it drains
// behind what is due now.
const overdueAfter = time.Second

// graceOfPoll is how long another node's poll may take.
const graceOfPoll = 100 * time.Millisecond

// nextPoll returns when the nodes that share a store look into it next. They do so
// at the same moments, so that one that makes something due knows whether the one
// that looks after it will see it in time.
func (s *scheduler) nextPoll() belay.Instant {
	every := belay.Instant(s.e.o.Poll.Milliseconds())
	return (s.e.Now()/every + 1) * every
}

// scheduler holds what is due within the horizon in a heap, and hands each item
// to a bounded number of starters at its time. It claims nothing: the start is
// decided by the commit that records it.
type scheduler struct {
	e  *Engine
	mu sync.Mutex
	// tracked are all activations in near, now or late, each with the earliest
	// time under which it is held.
	tracked map[belay.ID]belay.Instant
	// busy are being started. They are still overdue in the store until that is
	// committed.
	busy    map[belay.ID]struct{}
	near    dueHeap
	now     fair[store.Due] // due, to be started next
	late    fair[store.Due] // overdue work; gets one start in four while now has any
	turn    int
	horizon belay.Instant // everything due before it has been read
	more    bool          // overdue work was left in the store for lack of room
	kick    chan struct{} // the heap has a new first item, or a start has ended
	hungry  chan struct{} // there is room for more
	active  int           // starters under way
	starts  sync.WaitGroup
}

func newScheduler(e *Engine) *scheduler {
	return &scheduler{e: e, tracked: make(map[belay.ID]belay.Instant), busy: make(map[belay.ID]struct{}), kick: make(chan struct{}, 1), hungry: make(chan struct{}, 1)}
}

// add takes an activation up if it is due within what is held in memory.
// Anything later is found in the store in time: by this node, or by the one that
// looks after the site, which may not look there before its next poll.
func (s *scheduler) add(due belay.Instant, site, id belay.ID) {
	if due.IsZero() {
		return
	}
	mine := s.e.members.owns(site) || due <= s.nextPoll().Add(graceOfPoll)
	s.mu.Lock()
	taken := mine && due < s.horizon && s.track(store.Due{At: due, SiteID: site, ActivationID: id})
	s.mu.Unlock()
	if taken {
		s.wake()
	}
}

// track puts an item on the heap unless it is held under the same or an earlier time.
func (s *scheduler) track(d store.Due) bool {
	if at, ok := s.tracked[d.ActivationID]; ok && at <= d.At {
		return false
	}
	s.tracked[d.ActivationID] = d.At
	heap.Push(&s.near, d)
	return true
}

func (s *scheduler) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// run starts due work until ctx ends. Finding it is left to a goroutine of its
// own, so that reading a long page keeps nothing that is due waiting.
func (s *scheduler) run(ctx context.Context) {
	var finder sync.WaitGroup
	finder.Go(func() { s.find(ctx) })
	defer finder.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(s.dispatch())
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
		case <-timer.C:
		}
	}
}

// find reads due work, once in each poll and whenever there is room for more.
func (s *scheduler) find(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	pause := 100 * time.Millisecond
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-s.hungry:
		}
		if err := s.load(ctx, s.e.Now()); err == nil {
			pause = 100 * time.Millisecond
			if s.e.members.alone() {
				timer.Reset(s.e.o.Poll)
			} else {
				timer.Reset(s.e.until(s.nextPoll()))
			}
		} else if ctx.Err() == nil {
			s.e.log.Error("due work could not be read; trying again", "error", err, "after", pause)
			s.e.metrics.loadErrors.Inc()
			timer.Reset(pause)
			pause = min(2*pause, s.e.o.Poll)
		}
		s.wake()
	}
}

// load reads what is overdue and what falls due within the horizon.
func (s *scheduler) load(ctx context.Context, now belay.Instant) error {
	st, mine := s.e.Store(), s.e.members.owned.Load()
	overdue, err := st.Due(ctx, store.DueQuery{Buckets: mine, Until: now, Limit: overdueLimit})
	if err != nil {
		return fmt.Errorf("engine: reading overdue work: %w", err)
	}
	// What is added from here on is added to the heap by add, if it is due before
	// the horizon; so the horizon moves before the store is read.
	until := now.Add(s.e.o.Horizon)
	s.mu.Lock()
	before := s.horizon
	s.horizon = max(until, before)
	s.mu.Unlock()
	from := now
	if s.e.o.SoleOwner {
		from = max(now, before) // nobody else adds anything earlier
	}
	near, err := st.Due(ctx, store.DueQuery{Buckets: mine, From: from, Until: until, Limit: nearLimit})
	if err != nil {
		s.mu.Lock()
		s.horizon = before
		s.mu.Unlock()
		return fmt.Errorf("engine: reading due work: %w", err)
	}
	s.takeUp(overdue)
	s.takeUp(near)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more = len(overdue) == overdueLimit
	if len(near) == nearLimit {
		s.horizon = near[len(near)-1].At
	}
	return nil
}

// takeUp tracks what was read, a little at a time, as it keeps dispatch waiting.
func (s *scheduler) takeUp(found []store.Due) {
	for part := range slices.Chunk(found, 256) {
		s.mu.Lock()
		for _, d := range part {
			if _, busy := s.busy[d.ActivationID]; !busy {
				s.track(d)
			}
		}
		s.mu.Unlock()
	}
}

// shared is called when this node's buckets have changed. What others look after
// now it leaves to them, but for what is due before they have looked.
func (s *scheduler) shared() {
	soon := s.nextPoll().Add(graceOfPoll)
	s.mu.Lock()
	s.near = slices.DeleteFunc(s.near, func(d store.Due) bool {
		others := d.At > soon && !s.e.members.owns(d.SiteID)
		if others && s.tracked[d.ActivationID] == d.At {
			delete(s.tracked, d.ActivationID)
		}
		return others
	})
	heap.Init(&s.near)
	s.mu.Unlock()
	select {
	case s.hungry <- struct{}{}:
	default:
	}
}

// wantsMore reports whether what was left in the store for lack of room should
// be read before the next poll.
func (s *scheduler) wantsMore() bool {
	if s.more && s.late.len() < overdueLimit/10 && len(s.tracked) < overdueLimit/2 {
		return true
	}
	return len(s.near) < nearLimit/2 && s.horizon > 0 && s.horizon < s.e.Now().Add(s.e.o.Horizon/4)
}

// dispatch starts what is due and returns how long nothing else will be.
func (s *scheduler) dispatch() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.e.Now()
	for len(s.near) > 0 && s.near[0].At <= now {
		d := heap.Pop(&s.near).(store.Due)
		if s.tracked[d.ActivationID] != d.At {
			continue // held under an earlier time as well
		}
		if now.Sub(d.At) > overdueAfter {
			s.late.push(d.SiteID, d)
		} else {
			s.now.push(d.SiteID, d)
		}
	}
	for s.active < s.e.o.Starts {
		d, ok := s.next()
		if !ok {
			break
		}
		s.active++
		delete(s.tracked, d.ActivationID)
		s.busy[d.ActivationID] = struct{}{}
		s.starts.Add(1)
		s.e.work.Go(func() { s.start(d) })
	}
	if s.wantsMore() {
		select {
		case s.hungry <- struct{}{}:
		default:
		}
	}
	if len(s.near) == 0 {
		return time.Hour // whatever is added kicks
	}
	return max(0, s.e.until(s.near[0].At))
}

// next takes what is due now before what is overdue, but one in four.
func (s *scheduler) next() (store.Due, bool) {
	may := func(site belay.ID) bool { return s.e.flights.room(site, &s.e.o) }
	first, second := &s.now, &s.late
	if s.turn++; s.turn%4 == 0 {
		first, second = second, first
	}
	if d, ok := first.popIf(may); ok {
		return d, true
	}
	return second.popIf(may)
}

func (s *scheduler) start(d store.Due) {
	defer s.starts.Done()
	err := s.e.advance(s.e.life, d.SiteID, d.ActivationID, nil, nil)
	s.mu.Lock()
	s.active--
	delete(s.busy, d.ActivationID)
	s.mu.Unlock()
	s.wake()
	if err != nil && s.e.life.Err() == nil {
		s.e.log.Error("a due activation could not be advanced; it stays due",
			"site", d.SiteID, "activation", d.ActivationID, "error", err)
	}
}

// started waits until what dispatch has begun to start is started.
func (s *scheduler) started(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.starts.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// depths returns how many items wait for their time, are due, and are overdue.
func (s *scheduler) depths() (near, now, late int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.near), s.now.len(), s.late.len()
}

type dueHeap []store.Due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].At < h[j].At }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(store.Due)) }
func (h *dueHeap) Pop() any {
	old := *h
	n := len(old) - 1
	d := old[n]
	*h = old[:n]
	return d
}
