// Package engine orders the steps: what a report, a cancel and a due time do,
// in which commit, and what goes out when that commit has returned. It is the
// only place that reads the clock. The rules themselves stand in flow, config and
// belay; storage and carrying out stand behind store and action.
//
// Start with Report, Cancel and advance. Three promises meet here: what is
// accepted is durable (group commit), a cancel is final (flights), and nothing
// is early (scheduler).
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
)

// Options is how an engine is set up. Store is required; every other zero value works.
type Options struct {
	Store store.Store
	// Reopen opens the store anew after a failed write broke it; nil leaves it broken.
	Reopen func(broken store.Store) (store.Store, error)
	// Actions makes the built-in actions; it is given the engine's inbox and outbox.
	Actions func(Streams) (*action.Registry, error)
	// Provider calls the servers of apps; where it is nil, no action of an app can be
	// carried out.
	Provider *provider.Client
	// Webhooks sends deliveries; nil sends none, and they wait.
	Webhooks Sender
	// Shown returns an automation as the wire shows it.
	Shown   func(*belay.Automation) (json.RawMessage, error)
	Logger  *slog.Logger
	Metrics prometheus.Registerer

	// Clock is the machine's clock, which may be wrong where Nodes is set; time.Now.
	Clock func() time.Time

	Horizon time.Duration // how far ahead due work is held in memory; 10 s
	Poll    time.Duration // how often the store is asked for due work; half of Horizon
	Lease   time.Duration // how long an attempt may be out; 60 s
	Drain   time.Duration // how long a stop waits for attempts that are out; 10 s
	// Calendars is how often all calendars are looked at for what has not been planned;
	// a minute.
	Calendars time.Duration
	// Retention is how long what happened is kept after it was over, on sites that
	// say nothing else; 90 days. Negative keeps it for ever.
	Retention time.Duration
	Retry     action.RetrySchedule
	// GiveUp is how long a delivery is tried; 48 h. PerReceiver is how many go to one
	// app at once; 16.
	GiveUp      time.Duration
	PerReceiver int
	// SoleOwner says that no other process serves this store, so that leases left
	// by an earlier process are known to be dead.
	SoleOwner bool
	// Nodes tells the processes that share the store of each other; nil where there
	// is only one. Node is then the ID of this start of the process, never used
	// before, NodeName what people call it, Version that of Belay.
	Nodes                   store.Nodes
	Node, NodeName, Version string
	// Peers hands batches to the node that looks after their bucket, under the
	// fences of the store; nil has each node commit what came to it. Address and Key
	// are what the others find this node by.
	Peers  Peers
	Fences store.Fences
	// Machine tells the node's machine from others, "" where that is not known. Of the
	// nodes of one machine the eldest looks after the buckets of all. Beside, where it is
	// set, hears at each heartbeat among how many nodes this one's processors are
	// divided: those that live on its machine, or 1 for the eldest.
	Machine string
	Beside  func(nodes int)
	// Commits says in which buckets any node has committed, for those who watch; nil
	// where there is only one.
	Commits store.Commits
	Address string
	Key     []byte

	// Writers is how many commits go on at once, each of another bucket, where the
	// store gains by it; 0 for one at a time, of all buckets.
	Writers     int
	CommitQueue int // how many calls may wait for a commit; 8,192
	Starts      int // how many activations start at once; 256
	PerHost     int // attempts out at once to one host; 64
	PerSite     int // attempts out or waiting at once for one site; 4,096
	Attempts    int // attempts out or waiting at once in all; 16,384
}

func (o *Options) fill() {
	set(&o.Horizon, 10*time.Second)
	if o.Nodes != nil {
		set(&o.Poll, time.Second) // others add what only the store shows
	}
	set(&o.Poll, o.Horizon/2)
	set(&o.Calendars, time.Minute)
	set(&o.Lease, time.Minute)
	set(&o.Drain, 10*time.Second)
	set(&o.Retention, 90*24*time.Hour)
	set(&o.GiveUp, 48*time.Hour)
	set(&o.PerReceiver, 16)
	set(&o.CommitQueue, 8192)
	set(&o.Starts, 256)
	set(&o.PerHost, 64)
	set(&o.PerSite, 4096)
	set(&o.Attempts, 16384)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Retry == nil {
		o.Retry = action.StandardSchedule()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Engine carries out what site owners set up. Make one with New, and call Run
// before the first report.
type Engine struct {
	o       Options
	log     *slog.Logger
	metrics *Metrics
	commits *committer
	watch   *watch
	book    *config.Book
	actions *action.Registry
	inputs  map[string]*inputs // of the built-in actions, by key
	due     *scheduler
	// calendars are the occurrences that are known to be pending.
	calendars calendars
	outbox    *outbox
	members   *members
	clock     clock
	flights   *flights
	tops      tops
	backlog   backlog
	figures   storeFigures
	work      sync.WaitGroup // goroutines that advance activations or make attempts

	// life ends when a stop has waited long enough; what is not recorded then is
	// taken up again when leases lapse.
	life        context.Context
	end         context.CancelFunc
	stopCommits context.CancelFunc
}

// New returns an engine over the store, with its configuration loaded. Its group
// commit works at once; due work begins with Run. Close it in any case.
func New(ctx context.Context, o Options) (*Engine, error) {
	if o.Store == nil {
		return nil, errors.New("engine: a store is required")
	}
	o.fill()
	e := &Engine{o: o, log: o.Logger}
	e.life, e.end = context.WithCancel(context.WithoutCancel(ctx))
	e.metrics = newMetrics(o.Metrics)
	e.watch = newWatch(e.Now, e.newID, e.metrics)
	e.commits = newCommitter(&o, e.metrics, e.watch)
	e.flights = newFlights(o.PerHost)
	e.clock.wall = o.Clock
	e.due = newScheduler(e)
	e.outbox = newOutbox(e)
	e.members = newMembers(e, &o)
	if o.Peers != nil && o.Writers > 0 {
		e.commits.away = away{peers: o.Peers, fences: o.Fences, members: e.members}
	}
	e.metrics.watch(o.Metrics, e)
	commitCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stopCommits = stop
	go e.commits.run(commitCtx)

	var err error
	if !e.members.alone() { // first of all, for the time
		if err := e.members.beat(ctx); err != nil {
			stop()
			return nil, fmt.Errorf("engine: joining the other nodes: %w", err)
		}
	}
	if o.Actions != nil {
		if e.actions, err = o.Actions(Streams{e}); err == nil {
			err = e.learnInputs()
		}
	}
	if err == nil {
		err = e.fits()
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("engine: actions: %w", err)
	}
	e.book, err = config.Open(ctx, config.Options{
		Store: live{e.commits}, Commit: e.commitChange, Now: e.Now, Carried: e.carried, Inputs: e.inputFaults,
		CalendarChanged: e.calendarChanged, Shown: o.Shown, Logger: o.Logger,
	})
	if err != nil {
		stop()
		return nil, fmt.Errorf("engine: configuration: %w", err)
	}
	if o.SoleOwner { // before the first report: its attempts are this process's own
		if err := e.recover(ctx); err != nil {
			stop()
			return nil, fmt.Errorf("engine: taking up where the last process stopped: %w", err)
		}
	}
	return e, nil
}

// LeaseError says that an attempt could outlast its lease.
type LeaseError struct {
	Lease, Least time.Duration
	Action       string // the action that needs Least
}

// Error names both times and the action.
func (e *LeaseError) Error() string {
	return fmt.Sprintf("a lease of %v is too short: attempts at %s need at least %v", e.Lease, e.Action, e.Least)
}

// fits refuses a lease under which an attempt could lapse while it is still out,
// and names the longest.
func (e *Engine) fits() error {
	longest := LeaseError{Lease: e.o.Lease}
	if e.o.Provider != nil {
		longest.Least, longest.Action = provider.InvokeTimeout*5/4, "the servers of apps"
	}
	if e.actions != nil {
		for _, a := range e.actions.All() {
			if least := a.Timeout * 5 / 4; least > longest.Least {
				longest.Least, longest.Action = least, a.Key
			}
		}
	}
	if e.o.Lease < longest.Least {
		return &longest
	}
	return nil
}

func (e *Engine) learnInputs() error {
	e.inputs = make(map[string]*inputs)
	for _, d := range e.actions.All() {
		in, err := readInputs(d)
		if err != nil {
			return err
		}
		e.inputs[d.Key] = in
	}
	return nil
}

// Book returns the configuration.
func (e *Engine) Book() *config.Book { return e.book }

// Actions returns the built-in actions.
func (e *Engine) Actions() *action.Registry { return e.actions }

func (e *Engine) newID(now belay.Instant) belay.ID {
	var chance [10]byte
	a, b := rand.Uint64(), rand.Uint64()
	for i := range 8 {
		chance[i] = byte(a >> (8 * i))
	}
	chance[8], chance[9] = byte(b), byte(b>>8)
	return belay.NewID(now.Time(), chance)
}

func (e *Engine) carried(app belay.ID, key string) bool {
	switch {
	case app != belay.BuiltIn:
		return e.o.Provider != nil
	case e.actions == nil:
		return false
	}
	_, ok := e.actions.Find(key)
	return ok
}

// commitChange makes a change of configuration durable, and lets go of attempts
// of activations that it canceled.
func (e *Engine) commitChange(ctx context.Context, b *store.Batch) (*store.Result, error) {
	r, err := e.commits.try(ctx, b)
	if err != nil {
		return nil, err
	}
	for i := range r.Changes {
		if len(b.Changes[i].Deliveries) > 0 {
			e.outbox.kick(b.Changes[i].Scope)
		}
		for j := range r.Changes[i].Cancels {
			e.ground(ctx, b.Changes[i].Cancels[j].SiteID, &r.Changes[i].Cancels[j])
			e.toldOf(b.Changes[i].Cancels[j].SiteID, &r.Changes[i].Cancels[j], b.Changes[i].Cancels[j].Tell)
		}
	}
	for i := range r.Cancels {
		e.ground(ctx, b.Cancels[i].SiteID, &r.Cancels[i])
		e.toldOf(b.Cancels[i].SiteID, &r.Cancels[i], b.Cancels[i].Tell)
	}
	return r, nil
}

// Run starts due work and blocks until ctx ends. It then hands what is due over to
// the other nodes, if there are any, takes nothing more up, waits up to
// Options.Drain for attempts that are out, gives back what had not left, and
// returns when all of that is recorded.
func (e *Engine) Run(ctx context.Context) error {
	e.work.Go(func() { e.sweep(ctx) })
	e.work.Go(func() { e.outbox.run(ctx) })
	e.work.Go(func() { e.lookAtCalendars(ctx) })
	e.work.Go(func() { e.watchOthers(ctx) })
	if e.members.alone() {
		e.due.run(ctx)
		e.drain()
		return nil
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var beating, starting sync.WaitGroup
	beating.Go(func() { e.members.run(working) })
	dispatching, halt := context.WithCancel(working)
	starting.Go(func() { e.due.run(dispatching) })
	<-ctx.Done()
	e.members.handOver(working)
	halt()
	starting.Wait()
	// What was begun goes out from here: given back, it would wait for another
	// node's next look.
	last, end := context.WithTimeout(working, handover)
	e.due.started(last)
	e.flights.left(last)
	end()
	e.drain()
	stop()
	beating.Wait()
	e.members.leave()
	return nil
}

// drain ends what is under way.
func (e *Engine) drain() {
	e.flights.drain(e.o.Drain)
	last := time.AfterFunc(e.o.Drain, e.end)
	defer last.Stop()
	e.work.Wait()
}

// Close ends the group commit; what was handed in before is committed. Call it
// after Run has returned. The store stays open.
func (e *Engine) Close() {
	e.EndWatches()
	e.end()
	e.stopCommits()
	<-e.commits.closed
}

// Store returns the store in use, for what only reads.
func (e *Engine) Store() store.Store { return e.commits.current() }
