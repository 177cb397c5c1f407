package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// load is what clients do to a cluster, and what they were answered.
type load struct {
	c *cluster
	// bound is how long a client waits for an answer before it asks another node.
	bound time.Duration
	// strict has only nodes that are told to end refuse a call, or not answer it.
	strict bool

	later sync.WaitGroup // cancels that wait for their time
	mu    sync.Mutex
	told  []*story
	flips []flip

	tries, refused, uncertain, repeats atomic.Int64
}

// story is one idempotency key: the event that was reported under it.
type story struct {
	site    int
	trigger string
	key     string
	due     time.Time // of a scheduled event
	entity  *entity

	mu          sync.Mutex
	lines       []string
	began       time.Time // of the first try
	answered    time.Time // the first time
	event       string
	activations []string
}

// entity is what events are about, with its cancels.
type entity struct {
	id string

	mu    sync.Mutex
	lines []string
	tries []cancelTry
}

// cancelTry is one call, answered or not.
type cancelTry struct {
	began, ended time.Time
	answer       *api.Canceled
}

// flip is a change of an automation's status. It began with the first call, and
// was known to hold at answered.
type flip struct {
	automation      string
	active          bool
	began, answered time.Time
}

func clusterRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

func guid(r *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.Uint32()>>16, r.Uint32()>>20, r.Uint32()>>20, r.Uint64()>>16)
}

// clock is a line of a history.
func clock(t time.Time) string { return t.UTC().Format("15:04:05.000 ") }

func (s *story) tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, clock(time.Now())+fmt.Sprintf(format, args...))
}

// ask makes a call through any node, and again through any until it is answered.
// each is told of every try.
func (l *load) ask(r *rand.Rand, site int, what string, each func(began, ended time.Time, line string, err error), do func(context.Context, *client.Client) error) bool {
	for {
		n := l.c.nodes[r.IntN(len(l.c.nodes))]
		began := time.Now()
		ctx, cancel := context.WithTimeout(l.c.ctx, l.bound)
		at := n.at.Load()
		err := do(ctx, at.client.On(l.c.sites[site]))
		cancel()
		ended := time.Now()
		l.tries.Add(1)
		each(began, ended, fmt.Sprintf("%s at %s from %s: %v", what, n.name, clock(began), err), err)
		if err == nil {
			return true
		}
		if l.c.ctx.Err() != nil {
			l.c.Errorf("%s: never answered: %v", what, err)
			return false
		}
		if l.strict && !n.ending.Load() && n.at.Load() == at {
			l.c.Errorf("%s at %s, which is well: %v", what, n.name, err)
		}
		if !l.again(err) {
			l.c.Errorf("%s at %s: %v", what, n.name, err)
			return false
		}
		l.c.pause(time.Duration(20+r.IntN(100)) * time.Millisecond)
	}
}

// again reports whether a call may be repeated after an error: it was lost, or
// refused for now.
func (l *load) again(err error) bool {
	refusal, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok || refusal.Code == "STORAGE_BROKEN":
		l.uncertain.Add(1)
		return true
	case refusal.Status == http.StatusServiceUnavailable, refusal.Status == http.StatusTooManyRequests:
		l.refused.Add(1)
		return true
	}
	return false
}

// pause lets time pass, which is what load and faults are made of.
func (c *cluster) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.ctx.Done():
	}
}

// story returns a new one. Scheduled events are due within seconds.
func (l *load) story(r *rand.Rand, site int, trigger string, about *entity) *story {
	s := &story{site: site, trigger: trigger, key: guid(r), entity: about}
	if trigger == "soon" {
		s.due = time.Now().Add(time.Second + time.Duration(r.IntN(5000))*time.Millisecond).Truncate(time.Millisecond)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, s)
	return s
}

func (s *story) payload() json.RawMessage {
	if s.due.IsZero() {
		return json.RawMessage(`{"key":"` + s.key + `"}`)
	}
	return json.RawMessage(`{"key":"` + s.key + `","at":"` + s.due.UTC().Format(time.RFC3339Nano) + `"}`)
}

// report reports the event of a story.
func (l *load) report(r *rand.Rand, s *story) {
	var got api.ReportEventResponse
	ok := l.ask(r, s.site, "report", s.tried, func(ctx context.Context, c *client.Client) (err error) {
		got, err = c.Report(ctx, api.ReportEventRequest{
			TriggerKey: s.trigger, Payload: s.payload(), ExternalEntityID: s.entity.id, AppID: clusterApp,
			Idempotency: &api.Idempotency{Key: s.key},
		})
		return err
	})
	if ok {
		l.accepted(s, got.EventID, got.ActivationIDs, got.Repeated)
	}
}

func (s *story) tried(began, ended time.Time, line string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, clock(ended)+line)
	if s.began.IsZero() || began.Before(s.began) {
		s.began = began
	}
	if err == nil && s.answered.IsZero() {
		s.answered = ended
	}
}

// accepted compares an answer with earlier ones under the same key.
func (l *load) accepted(s *story, event string, activations []string, repeated bool) {
	if repeated {
		l.repeats.Add(1)
	}
	s.tell("is event %s with activations %v, repeated: %t", event, activations, repeated)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.event == "" {
		s.event, s.activations = event, activations
	} else if s.event != event || !slices.Equal(s.activations, activations) {
		l.c.Errorf("the key %s was answered with two events:\n%v", s.key, s.lines)
	}
}

// bulk reports many events under one trigger in one call, and what is refused of
// them again.
func (l *load) bulk(r *rand.Rand, list []*story) {
	for len(list) > 0 {
		in := api.BulkReportEventRequest{TriggerKey: list[0].trigger, AppID: clusterApp}
		for _, s := range list {
			in.EventsInfo = append(in.EventsInfo, api.EventInfo{
				Payload: s.payload(), ExternalEntityID: s.entity.id, Idempotency: &api.Idempotency{Key: s.key},
			})
		}
		var got api.BulkReportEventResponse
		var began, ended time.Time
		each := func(b, e time.Time, line string, err error) {
			began, ended = b, e
			for _, s := range list {
				if err != nil {
					s.tried(b, e, line, err)
				}
			}
		}
		ok := l.ask(r, list[0].site, "bulk report", each, func(ctx context.Context, c *client.Client) (err error) {
			got, err = c.BulkReport(ctx, in)
			return err
		})
		if !ok {
			return
		}
		var rest []*story
		for i, s := range list {
			item := &got.Results[i]
			var err error
			if e := item.ItemMetadata.Error; e != nil {
				if e.Code == "INTERNAL" || e.Data != nil { // not refused for now
					l.c.Errorf("an event of a bulk report: %+v", e)
					return
				}
				err = &client.Error{Status: http.StatusServiceUnavailable, Code: e.Code, Message: e.Description}
				l.again(err)
				rest = append(rest, s)
			}
			s.tried(began, ended, "as one of many", err)
			if err == nil {
				l.accepted(s, item.EventID, item.ActivationIDs, item.Repeated)
			}
		}
		list = rest
	}
}

// cancel calls off an entity.
func (l *load) cancel(r *rand.Rand, s *story) {
	e := s.entity
	var got api.Canceled
	each := func(began, ended time.Time, line string, err error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		try := cancelTry{began: began, ended: ended}
		if err == nil {
			answer := got
			try.answer = &answer
			line += fmt.Sprintf(" %d canceled, %d ended, in flight %v", answer.CanceledActivations, answer.EndedActivations, answer.InFlight)
		}
		e.tries = append(e.tries, try)
		e.lines = append(e.lines, clock(ended)+line)
	}
	l.ask(r, s.site, "cancel", each, func(ctx context.Context, c *client.Client) (err error) {
		got, err = c.Cancel(ctx, api.CancelEventRequest{TriggerKey: s.trigger, ExternalEntityID: e.id, AppID: clusterApp})
		return err
	})
}

// cancelAt calls an entity off at a time, and then may report the same entity again.
func (l *load) cancelAt(r *rand.Rand, at time.Time, s *story, again bool) {
	r = clusterRand(r.Uint64(), 0) // the caller goes on with its own
	l.later.Go(func() {
		l.c.pause(time.Until(at))
		l.cancel(r, s)
		if again {
			l.report(r, l.story(r, s.site, s.trigger, s.entity))
		}
	})
}

// act does one thing that a client of a site does.
func (l *load) act(r *rand.Rand) {
	site, trigger := r.IntN(len(l.c.sites)), []string{"now", "soon"}[r.IntN(2)]
	s := l.story(r, site, trigger, &entity{id: guid(r)})
	switch n := r.IntN(100); {
	case n < 5: // several about one entity
		list := []*story{s}
		for range 5 + r.IntN(10) {
			list = append(list, l.story(r, site, trigger, s.entity))
		}
		l.bulk(r, list)
	case n < 10: // the same, twice at once
		var both sync.WaitGroup
		other := clusterRand(r.Uint64(), 0)
		both.Go(func() { l.report(other, s) })
		l.report(r, s)
		both.Wait()
	case n < 15: // the same, twice
		l.report(r, s)
		l.report(r, s)
	default:
		l.report(r, s)
	}
	switch n := r.IntN(100); {
	case n < 12 && trigger == "soon": // before it is due
		l.cancelAt(r, time.Now().Add(time.Duration(r.Int64N(max(1, int64(time.Until(s.due)))))), s, n < 4)
	case n < 40 && trigger == "soon": // as it falls due
		l.cancelAt(r, s.due.Add(time.Duration(r.IntN(30)-10)*time.Millisecond), s, false)
	case n < 30 && trigger == "now": // while it may be out
		l.cancelAt(r, time.Now(), s, false)
	}
}

// run has clients act, each so often, until ctx ends, and then waits for all that
// they have begun.
func (l *load) run(ctx context.Context, clients int, every time.Duration, act func(*rand.Rand)) {
	var working sync.WaitGroup
	for i := range clients {
		r := clusterRand(l.c.seed, uint64(i)+1)
		working.Go(func() {
			ticker := time.NewTicker(every)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
					act(r)
				}
			}
		})
	}
	working.Wait()
	l.later.Wait()
}
