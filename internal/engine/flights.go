package engine

import (
	"context"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// launch is an attempt whose start is durable.
type launch struct {
	site, event, activation belay.ID
	known                   *seen // the row that records the start
	flow.Effect
}

// flightKey names one action of one activation; at most one attempt at it is out.
type flightKey struct {
	activation belay.ID
	action     string
}

// stage is how far an attempt has come on this node.
type stage uint8

const (
	waiting  stage = iota // started, not yet sent: a cancel still drops it
	sent                  // about to dial, or dialled: a cancel names it as in flight
	grounded              // canceled before it was sent
	returned              // given back because the server stops
)

type flight struct {
	launch
	stage  stage
	host   string // where it goes, "" where that is not counted
	parked bool   // it waits for its host
	abort  func() // ends the attempt's context, set while it is out
}

// flights are the attempts that this node has started and not yet recorded, with
// the limits on how many go out at once.
//
// The order that makes a cancel final: the sender marks its flight sent, then
// reads the row once more, then dials. A cancel commits, then looks here. So a
// sender that read the row before the cancel's commit is seen here as sent, and
// one that reads it later sees the cancel.
type flights struct {
	mu      sync.Mutex
	out     map[flightKey]*flight
	bySite  map[belay.ID]int
	hosts   map[string]*gate
	perHost int
	idle    chan struct{} // closed and replaced whenever the last flight lands
	moved   chan struct{} // closed and replaced whenever one is sent, parked or landed
	closed  bool

	promises int // given, and not redeemed
}

func newFlights(perHost int) *flights {
	return &flights{
		out: make(map[flightKey]*flight), bySite: make(map[belay.ID]int),
		hosts: make(map[string]*gate), perHost: perHost, idle: make(chan struct{}), moved: make(chan struct{}),
	}
}

// room reports whether another attempt of a site may be started.
func (f *flights) room(site belay.ID, o *Options) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.has(site, o)
}

// has is room, with f.mu held.
func (f *flights) has(site belay.ID, o *Options) bool {
	return !f.closed && len(f.out) < o.Attempts && f.bySite[site] < o.PerSite
}

// promise counts on work that what reports start is carried out here, and reports
// whether there is room for it. It counts nothing once the engine waits for its work.
// Whoever was given one redeems it, once what they start is under way or is nothing.
func (f *flights) promise(reports []store.Report, o *Options, work *sync.WaitGroup) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(reports) == 0 {
		return false
	}
	for i := range reports {
		if !f.has(reports[i].Event.SiteID, o) {
			return false
		}
	}
	work.Add(1)
	f.promises++
	return true
}

// redeem counts a promise as kept.
func (f *flights) redeem(work *sync.WaitGroup) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.promises--
	f.move()
	work.Done()
}

func (f *flights) add(l launch) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl := &flight{launch: l}
	if f.closed {
		fl.stage = returned
	}
	f.out[flightKey{l.activation, l.ActionID}] = fl
	f.bySite[l.site]++
	return fl
}

// send marks a flight as sent; false if it was grounded or given back before.
func (f *flights) send(fl *flight, abort func()) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.stage != waiting {
		return false
	}
	fl.stage, fl.abort = sent, abort
	f.move()
	return true
}

// move wakes whoever waits for flights to leave; f.mu is held.
func (f *flights) move() {
	close(f.moved)
	f.moved = make(chan struct{})
}

// left waits until every flight that may leave has left, and what is promised with
// them: what then waits, waits for its host.
func (f *flights) left(ctx context.Context) {
	for {
		f.mu.Lock()
		moved, about := f.moved, f.promises > 0
		for _, fl := range f.out {
			about = about || fl.stage == waiting && !fl.parked
		}
		f.mu.Unlock()
		if !about {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// land forgets a flight whose outcome is recorded, or never will be.
func (f *flights) land(fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := flightKey{fl.activation, fl.ActionID}
	if f.out[key] == fl {
		delete(f.out, key)
	}
	if f.bySite[fl.site]--; f.bySite[fl.site] <= 0 {
		delete(f.bySite, fl.site)
	}
	f.move()
	if len(f.out) == 0 {
		close(f.idle)
		f.idle = make(chan struct{})
	}
}

// ground drops the attempt if it has not been sent, and returns how far it came;
// known is false for an attempt that is not, or no longer, under way here.
func (f *flights) ground(in store.InFlight) (at stage, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.out[flightKey{in.ActivationID, in.ActionID}]
	if !ok {
		return waiting, false
	}
	if own := (belay.Attempt{Number: fl.Attempt, Since: fl.Since}); !own.Is(in.Attempt, in.Since) {
		return waiting, false
	}
	if fl.stage == waiting {
		fl.stage = grounded
	}
	return fl.stage, true
}

// drain gives back what is waiting, waits up to d for what was sent, then ends it.
func (f *flights) drain(d time.Duration) {
	f.mu.Lock()
	f.closed = true
	for _, fl := range f.out {
		if fl.stage == waiting {
			fl.stage = returned
		}
	}
	for _, g := range f.hosts {
		g.wake()
	}
	f.mu.Unlock()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	for {
		f.mu.Lock()
		idle, n := f.idle, len(f.out)
		f.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-idle:
		case <-deadline.C:
			f.mu.Lock()
			for _, fl := range f.out {
				if fl.abort != nil {
					fl.abort()
				}
			}
			f.mu.Unlock()
			return
		}
	}
}

// gate bounds how many attempts go to one host at once, and lets sites in by turns.
type gate struct {
	free  int
	turns fair[*flightWait]
}

type flightWait struct {
	flight *flight
	open   chan struct{}
}

// enter waits until the host takes another attempt; "" has no bound.
func (f *flights) enter(host string, fl *flight) {
	if host == "" {
		return
	}
	f.mu.Lock()
	g := f.hosts[host]
	if g == nil {
		g = &gate{free: f.perHost}
		f.hosts[host] = g
	}
	if g.free > 0 {
		g.free--
		f.mu.Unlock()
		return
	}
	w := &flightWait{fl, make(chan struct{})}
	g.turns.push(fl.site, w)
	fl.parked = true
	f.move()
	if f.closed {
		g.wake()
	}
	f.mu.Unlock()
	<-w.open
}

// leave lets the next one in, or closes an empty gate.
func (f *flights) leave(host string) {
	if host == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.hosts[host]
	if w, ok := g.turns.pop(); ok {
		w.flight.parked = false
		close(w.open)
		return
	}
	if g.free++; g.free == f.perHost {
		delete(f.hosts, host)
	}
}

// wake lets all in that wait, beyond the bound: each finds itself given back.
func (g *gate) wake() {
	for {
		w, ok := g.turns.pop()
		if !ok {
			return
		}
		g.free--
		close(w.open)
	}
}

// count returns how many attempts are out or waiting.
func (f *flights) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.out)
}
