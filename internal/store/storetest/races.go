package storetest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// pair is one store through two handles, which may be those of two processes.
type pair struct {
	*exam
	a, b store.Store
}

// raceCases runs each case on a store of its own, through both handles.
func raceCases(t *testing.T, f Fixture, all map[string]func(*pair)) {
	cases(t, f, func() map[string]func(*exam) {
		out := map[string]func(*exam){}
		for name, do := range all {
			out[name] = func(x *exam) {
				p := &pair{exam: x, a: x.s, b: x.s}
				if f.Second != nil {
					p.b = f.Second(x, x.s)
				}
				do(p)
			}
		}
		return out
	}())
}

// together starts all at one moment and waits for them.
func together(acts ...func()) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, act := range acts {
		all.Go(func() {
			<-start
			act()
		})
	}
	close(start)
	all.Wait()
}

// through commits by one of the handles; it may be called by any goroutine.
func (p *pair) through(s store.Store, b store.Batch) *store.Result {
	r, err := s.Commit(p.ctx, &b)
	if err != nil {
		p.Errorf("Commit() = %v", err)
		// What the caller looks at, as if nothing had happened.
		return &store.Result{
			Changes: make([]store.Changed, len(b.Changes)), Cancels: make([]store.Canceled, len(b.Cancels)),
			Reports: make([]store.Reported, len(b.Reports)), Saves: make([]store.Saved, len(b.Saves)), Purges: make([]store.Purged, len(b.Purges)),
		}
	}
	return r
}

const rounds = 20

func races(t *testing.T, f Fixture) {
	raceCases(t, f, map[string]func(*pair){
		"a key that is reported twice at once is taken once":           keyRace,
		"a cancel, starts and a report of one entity":                  cancelRace,
		"of two starts one wins":                                       startRace,
		"no report counts on what a change has replaced":               changeRace,
		"pages hold all that was there, once, while others write":      pageRace,
		"what is purged is saved no more, and what was saved is there": purgeRace,
		"an attempt whose lease lapsed is taken over once":             leaseRace,
		"no more pass than there are places":                           claimRace,
		"a place that is given back is taken by who asks after":        giveBackRace,
		"documents: of two who expect one revision one wins":           documentRace,
		"a batch happens only under the fence that it names":           fences,
		"every commit of a bucket raises its number":                   commits,
	})
}

func keyRace(p *pair) {
	for i := range rounds {
		first, second := p.event(withKey(fmt.Sprint(i))), p.event(withKey(fmt.Sprint(i)))
		a, b := p.of(first, p.activation(first)), p.of(second, p.activation(second))
		var got [2]store.Reported
		together(
			func() { got[0] = p.through(p.a, store.Batch{Reports: []store.Report{a}}).Reports[0] },
			func() { got[1] = p.through(p.b, store.Batch{Reports: []store.Report{b}}).Reports[0] },
		)
		won, lost := a, b
		if got[1].Outcome == store.Accepted {
			won, lost = b, a
			got[0], got[1] = got[1], got[0]
		}
		p.equal("answers", got, [2]store.Reported{
			{Outcome: store.Accepted},
			{Outcome: store.Repeated, EventID: won.Event.ID, Activations: won.Event.Activations},
		})
		p.equal("winner", p.stored(won.Activations[0].ID), won.Activations[0])
		p.missing(lost.Event.ID, lost.Activations[0].ID)
	}
}

func cancelRace(p *pair) {
	for i := range rounds {
		entity := belay.ID{5, 15: byte(i + 1)}
		made := p.manyOf(entity, 3)
		var starts store.Batch
		for _, id := range made {
			a := p.stored(id)
			started(p.exam)(&a)
			a.Version++
			starts.Saves = append(starts.Saves, store.Save{Activation: a, Version: a.Version - 1})
		}
		e := p.event(func(e *belay.Event) { e.EntityID = entity })
		late := p.activation(e)
		report := p.of(e, late)
		var called store.Canceled
		var saved []store.Saved
		together(
			func() {
				called = p.through(p.a, store.Batch{Cancels: []store.Cancel{p.cancelOf(p.entity(entity))}}).Cancels[0]
			},
			func() {
				// One by one, so that the cancel may come between.
				for _, s := range starts.Saves {
					saved = append(saved, p.through(p.b, store.Batch{Saves: []store.Save{s}}).Saves...)
				}
			},
			func() {
				r := p.through(p.b, store.Batch{Reports: []store.Report{report}}).Reports[0]
				if r.Outcome != store.Accepted {
					p.Errorf("report = %+v; want it accepted", r)
				}
			},
		)
		want := store.Canceled{Count: 3, IDs: slices.Clone(made)}
		for n, id := range made {
			before := starts.Saves[n].Activation
			if saved[n] == store.Kept {
				want.InFlight = append(want.InFlight, store.InFlight{ActivationID: id, ActionID: "out", Attempt: 2, Since: 4})
			} else {
				before.Version, before.Status, before.StartedAt, before.Actions = 1, belay.Scheduled, 0, nil
			}
			p.equal("what was there before the cancel", p.stored(id), before.Cancel(belay.EventCancelled, belay.Identity{AppID: p.app}, p.now))
		}
		got := p.stored(late.ID)
		if called.Count == 4 {
			want.Count, want.IDs = 4, append(want.IDs, late.ID)
			late = late.Cancel(belay.EventCancelled, belay.Identity{AppID: p.app}, p.now)
		}
		p.equal("what was reported meanwhile", got, late)
		p.equal("answer", called, want)
	}
}

func startRace(p *pair) {
	for range rounds {
		a := p.scheduled(belay.ID{5})
		var saved [2]store.Saved
		var by [2]belay.Activation
		for i := range by {
			by[i] = a
			by[i].Version, by[i].Error = 2, fmt.Sprint(i)
		}
		together(
			func() {
				saved[0] = p.through(p.a, store.Batch{Saves: []store.Save{{Activation: by[0], Version: 1}}}).Saves[0]
			},
			func() {
				saved[1] = p.through(p.b, store.Batch{Saves: []store.Save{{Activation: by[1], Version: 1}}}).Saves[0]
			},
		)
		if saved[0] == saved[1] {
			p.Fatalf("saved = %v; want that one of both is", saved)
		}
		winner := 0
		if saved[1] == store.Kept {
			winner = 1
		}
		p.equal("activation", p.stored(a.ID), by[winner])
	}
}

func changeRace(p *pair) {
	const changes = 60
	var reached atomic.Int64 // the version of the last change that returned
	events := make([]belay.Event, 3*changes)
	for i := range events {
		events[i] = p.event()
	}
	var accepted []belay.ID
	together(
		func() {
			for range changes {
				r := p.through(p.a, store.Batch{Changes: []store.Change{{Scope: p.site}}})
				reached.Store(r.Changes[0].Version)
			}
		},
		func() {
			for i, e := range events {
				known := reached.Load()
				// One before the last, the last, or what might be by then.
				version := max(known+int64(i%3)-1, 0)
				r := p.through(p.b, store.Batch{Reports: []store.Report{{Event: e, SiteVersion: version, Now: p.now, KeyUntil: p.now}}}).Reports[0]
				switch {
				case r.Outcome == store.Accepted && version < known:
					p.Errorf("a report on version %d was accepted after version %d was there", version, known)
				case r.Outcome == store.Accepted:
					accepted = append(accepted, e.ID)
				case r.Outcome != store.Stale:
					p.Errorf("answer = %+v", r)
				}
			}
		},
	)
	p.equal("version", p.version(p.site), int64(changes))
	p.equal("events", p.events(store.EventQuery{Page: store.Page{Limit: 1000}}), accepted)
	p.keep(p.of(p.event()))
}

func pageRace(p *pair) {
	entity := belay.ID{5}
	before := p.manyOf(entity, 60)
	fixed := map[belay.ID]bool{}
	var writes []store.Batch
	for i, id := range before {
		fixed[id] = true
		if i%2 == 0 {
			writes = append(writes, store.Batch{Cancels: []store.Cancel{p.cancelOf(byID(id))}})
		} else {
			a := p.stored(id)
			a.Version, a.Due = 2, a.Due+1000
			writes = append(writes, store.Batch{Saves: []store.Save{{Activation: a, Version: 1}}})
		}
		e := p.event(func(e *belay.Event) { e.EntityID = entity })
		writes = append(writes, store.Batch{Reports: []store.Report{p.of(e, p.activation(e))}})
	}
	var done atomic.Bool
	together(
		func() {
			for _, b := range writes {
				p.through(p.b, b)
			}
			done.Store(true)
		},
		func() {
			for last := false; !last && !p.Failed(); {
				last = done.Load()
				for name, q := range map[string]store.ActivationQuery{
					"site": {}, "entity": {EntityID: entity}, "automation": {AutomationID: p.automation},
				} {
					for _, newest := range []bool{false, true} {
						p.walk(name, q, newest, fixed)
					}
				}
			}
		},
	)
}

// walk pages through a list by the first handle.
func (p *pair) walk(name string, q store.ActivationQuery, newest bool, fixed map[belay.ID]bool) {
	q.SiteID, q.Page = p.site, store.Page{Limit: 7, Newest: newest}
	seen := map[belay.ID]bool{}
	found := 0
	for {
		list, err := p.a.Activations(p.ctx, q)
		if err != nil {
			p.Errorf("%s: %v", name, err)
			return
		}
		for _, a := range list {
			if seen[a.ID] {
				p.Errorf("%s: %s comes twice", name, a.ID)
			}
			seen[a.ID] = true
			if fixed[a.ID] {
				found++
			}
			if newest {
				q.Before = a.ID
			} else {
				q.After = a.ID
			}
		}
		if len(list) < q.Limit {
			break
		}
	}
	if found != len(fixed) {
		p.Errorf("%s: %d of the %d that were there before", name, found, len(fixed))
	}
}

func purgeRace(p *pair) {
	for range rounds {
		a := p.scheduled(belay.ID{5})
		over := overAt(a, p.now)
		p.equal("saved", p.save(over, 1), true)
		// An outcome that came in late, and with it the activation's end.
		next := over
		next.Version, next.EndedAt, next.Error = 3, p.now+10, "late"
		var purged store.Purged
		var saved store.Saved
		together(
			func() {
				purged = p.through(p.a, store.Batch{Purges: []store.Purge{{SiteID: p.site, Events: []belay.ID{a.EventID}, EndedBefore: p.now + 5}}}).Purges[0]
			},
			func() {
				saved = p.through(p.b, store.Batch{Saves: []store.Save{{Activation: next, Version: 2}}}).Saves[0]
			},
		)
		if saved == store.Kept {
			p.equal("purged", purged, store.Purged{})
			p.equal("activation", p.stored(a.ID), next)
		} else {
			p.equal("purged", purged, store.Purged{Events: 1, Activations: 1})
			p.missing(a.EventID, a.ID)
		}
	}
}

func leaseRace(p *pair) {
	for range rounds {
		a := p.scheduled(belay.ID{5}, started(p.exam), func(a *belay.Activation) { a.Due = p.now - 1 })
		q := store.DueQuery{Until: p.now, Limit: 10}
		want := []store.Due{{At: a.Due, SiteID: p.site, ActivationID: a.ID}}
		var saved [2]store.Saved
		var acts []func()
		for i, s := range []store.Store{p.a, p.b} {
			got, err := s.Due(p.ctx, q)
			p.ok(err)
			p.equal("due", got, want)
			next := a.Clone()
			next.Version, next.Due, next.Actions[1].Attempts[1].Node = 2, p.now+belay.Instant(i)+5, fmt.Sprint(i)
			acts = append(acts, func() {
				saved[i] = p.through(s, store.Batch{Saves: []store.Save{{Activation: next, Version: 1}}}).Saves[0]
			})
		}
		together(acts...)
		if saved[0] == saved[1] {
			p.Fatalf("saved = %v; want that one of both is", saved)
		}
		winner := 0
		if saved[1] == store.Kept {
			winner = 1
		}
		got := p.stored(a.ID)
		p.equal("node", got.Actions[1].Attempts[1].Node, fmt.Sprint(winner))
		for _, s := range []store.Store{p.a, p.b} {
			due, err := s.Due(p.ctx, q)
			p.ok(err)
			p.equal("due any more", due, []store.Due(nil))
		}
		p.cancel(byID(a.ID))
	}
}

func documentRace(p *pair) {
	for i := range rounds {
		key := fmt.Sprint(i)
		var got [2]store.Changed
		together(
			func() {
				got[0] = p.through(p.a, store.Batch{Changes: []store.Change{{Scope: p.site, Puts: []store.Put{put(key, "0", 0)}}}}).Changes[0]
			},
			func() {
				got[1] = p.through(p.b, store.Batch{Changes: []store.Change{{Scope: p.site, Puts: []store.Put{put(key, "1", 0)}}}}).Changes[0]
			},
		)
		winner := 0
		if got[1].Conflict < 0 {
			winner = 1
		}
		version := int64(i + 1)
		p.equal("winner", got[winner], store.Changed{Conflict: -1, Version: version})
		p.equal("loser", got[1-winner], store.Changed{Conflict: 0, Version: version})
		stored, err := p.s.Doc(p.ctx, store.DocKey{Scope: p.site, Kind: "automation", Key: key})
		p.ok(err)
		p.equal("document", stored, doc(key, fmt.Sprint(winner), 1))
	}
}
