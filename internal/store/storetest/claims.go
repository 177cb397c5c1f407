package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// counter is that of most cases.
var counter = belay.ID{7, 15: 1}

const minute belay.Instant = 60_000

// under returns a report of one activation that asks for one of max places of a
// minute.
func (x *exam) under(of belay.ID, max int, with ...func(*belay.Event)) store.Report {
	x.Helper()
	e := x.event(with...)
	a := x.activation(e, func(a *belay.Activation) { a.Place = belay.Place{Counter: of, At: x.now} })
	r := x.of(e, a)
	r.Claims = []store.Claim{x.claim(a, of, max)}
	return r
}

// claim is a's for one of max places of a minute.
func (x *exam) claim(a belay.Activation, of belay.ID, max int) store.Claim {
	otherwise := a.Clone()
	otherwise.Place, otherwise.Due, otherwise.EndedAt = belay.Place{}, 0, x.now
	otherwise.Status, otherwise.SkipReason = belay.Skipped, belay.RateLimitExceeded
	return store.Claim{
		Claim:     belay.Claim{Counter: of, Max: max, Since: x.now - minute, At: x.now, Until: x.now + minute},
		Otherwise: otherwise,
	}
}

// ask reports all at once, each of which must be accepted, and says which passed.
func (x *exam) ask(reports ...store.Report) (passed []bool) {
	x.Helper()
	for i, r := range x.commit(store.Batch{Reports: reports}).Reports {
		if r.Outcome != store.Accepted || len(r.Passed) != 1 {
			x.Fatalf("report = %+v; want it accepted and its claim decided", r)
		}
		passed = append(passed, r.Passed[0])
		want := reports[i].Activations[0]
		if !r.Passed[0] {
			want = reports[i].Claims[0].Otherwise
		}
		x.equal("what is kept of the claim", x.stored(want.ID), want)
	}
	return passed
}

// places are those of the site.
func (x *exam) places() []store.Place {
	x.Helper()
	got, err := x.s.Places(x.ctx, store.PlaceQuery{SiteID: x.site, Limit: 1000})
	x.ok(err)
	return got
}

func (x *exam) place(a belay.Activation, c store.Claim) store.Place {
	return store.Place{
		SiteID: a.SiteID, AutomationID: a.AutomationID, Counter: c.Counter, At: c.At, ActivationID: a.ID, Until: c.Until,
	}
}

// begun returns the start of a pending activation by a step that asks for a place.
func (x *exam) begun(a belay.Activation, of belay.ID, max int) store.Save {
	next := a.Clone()
	next.Version, next.Status, next.StartedAt, next.Due = a.Version+1, belay.Started, x.now, x.now+5
	next.Actions = []belay.ActionState{{ActionID: "limit", Type: belay.RateLimit, Status: belay.ActionEnded, Passed: true}}
	c := x.claim(a, of, max)
	c.Otherwise = next.Clone()
	c.Otherwise.Actions[0].Passed = false
	c.Otherwise.Status, c.Otherwise.EndedAt, c.Otherwise.Due = belay.Ended, x.now, 0
	return store.Save{Activation: next, Version: a.Version, Claim: &c}
}

func claims(t *testing.T, f Fixture) {
	entity := belay.ID{5, 15: 1}
	cases(t, f, map[string]func(*exam){
		"as many pass as there are places, whoever comes first": func(x *exam) {
			x.equal("passed", x.ask(x.under(counter, 2), x.under(counter, 2), x.under(counter, 2)), []bool{true, true, false})
			x.equal("passed", x.ask(x.under(counter, 2)), []bool{false})
			x.equal("places", len(x.places()), 2)
		},
		"a place is there, whole": func(x *exam) {
			r := x.under(counter, 1)
			x.ask(r)
			x.equal("places", x.places(), []store.Place{x.place(r.Activations[0], r.Claims[0])})
		},
		"a counter of nothing lets nothing pass": func(x *exam) {
			x.equal("passed", x.ask(x.under(counter, 0)), []bool{false})
			x.equal("places", x.places(), []store.Place(nil))
		},
		"a place counts to its last millisecond": func(x *exam) {
			x.ask(x.under(counter, 1))
			began := x.now
			x.now = began + minute - 1
			x.equal("a millisecond before", x.ask(x.under(counter, 1)), []bool{false})
			x.now = began + minute
			x.equal("then", x.ask(x.under(counter, 1)), []bool{true})
			x.now = began + 2*minute - 1
			x.equal("a millisecond before the next", x.ask(x.under(counter, 1)), []bool{false})
		},
		"a window slides: never more than that many within it": func(x *exam) {
			var taken []belay.Instant
			for range 60 {
				x.now += 7_000
				if x.ask(x.under(counter, 3))[0] {
					taken = append(taken, x.now)
				}
			}
			for i := 3; i < len(taken); i++ {
				if taken[i]-taken[i-3] < minute {
					x.Errorf("four places within %d ms", taken[i]-taken[i-3])
				}
			}
			if len(taken) < 18 {
				x.Errorf("only %d places were taken", len(taken))
			}
		},
		"claims of one batch have their own bounds, each in its turn": func(x *exam) {
			var reports []store.Report
			var want []bool
			for _, tt := range []struct {
				max    int
				passes bool
			}{{1, true}, {1, false}, {3, true}, {2, false}, {3, true}, {3, false}, {5, true}, {4, false}, {0, false}, {5, true}} {
				reports, want = append(reports, x.under(counter, tt.max)), append(want, tt.passes)
			}
			x.equal("passed", x.ask(reports...), want)
		},
		"claims of one batch have their own times": func(x *exam) {
			now := x.now
			at := func(ms belay.Instant) store.Report {
				x.now = now + ms
				return x.under(counter, 1)
			}
			first := []store.Report{at(0), at(-1), at(minute - 1), at(minute), at(minute + 5), at(2*minute - 1), at(minute + 1), at(2 * minute)}
			x.equal("passed", x.ask(first...), []bool{true, false, false, true, false, false, false, true})
		},
		"counters do not know each other": func(x *exam) {
			other := x.under(counter, 1)
			other.Activations[0].AutomationID = belay.ID{3, 15: 9}
			other.Claims[0].Otherwise.AutomationID = belay.ID{3, 15: 9}
			elsewhere := x.under(counter, 1, func(e *belay.Event) { e.SiteID = belay.ID{9} })
			got := x.commit(store.Batch{Reports: []store.Report{x.under(counter, 1), x.under(belay.ID{7, 15: 2}, 1), other, elsewhere}}).Reports
			for _, r := range got {
				x.equal("report", r, store.Reported{Outcome: store.Accepted, Passed: []bool{true}})
			}
			x.equal("places of the site", len(x.places()), 3)
		},
		"activations of one event ask each for itself": func(x *exam) {
			e := x.event()
			a, b, c := x.activation(e), x.activation(e), x.activation(e)
			r := x.of(e, a, b, c)
			r.Claims = []store.Claim{x.claim(c, counter, 0), x.claim(a, belay.ID{8}, 1)}
			r.Claims[0].Of = 2
			x.equal("report", x.commit(store.Batch{Reports: []store.Report{r}}).Reports[0],
				store.Reported{Outcome: store.Accepted, Passed: []bool{false, true}})
			x.equal("without a claim", x.stored(b.ID), b)
			x.equal("passed", x.stored(a.ID), a)
			x.equal("not passed", x.stored(c.ID), r.Claims[0].Otherwise)
		},
		"a report that is not kept takes no place": func(x *exam) {
			first := x.under(counter, 1, withKey("k"))
			x.ask(first)
			repeated := x.under(counter, 9, withKey("k"))
			stale := x.under(counter, 9)
			stale.SiteVersion++
			got := x.commit(store.Batch{Reports: []store.Report{repeated, stale, x.under(counter, 2)}}).Reports
			x.equal("answers", got, []store.Reported{
				{Outcome: store.Repeated, EventID: first.Event.ID, Activations: first.Event.Activations, Passed: []bool{false}},
				{Outcome: store.Stale, Passed: []bool{false}},
				{Outcome: store.Accepted, Passed: []bool{true}},
			})
			x.equal("places", len(x.places()), 2)
		},
		"a report that is sent again takes its place once": func(x *exam) {
			for _, key := range []string{"", "k"} {
				of := belay.ID{7, 14: byte(len(key) + 1)}
				first, second := x.under(of, 1, withKey(key)), x.under(of, 1)
				first.Again, second.Again = true, true
				x.equal("at first", x.ask(first, second), []bool{true, false})
				got := x.commit(store.Batch{Reports: []store.Report{first, second}}).Reports
				x.equal("again", got, []store.Reported{
					{Outcome: store.Repeated, EventID: first.Event.ID, Activations: first.Event.Activations, Passed: []bool{true}},
					{Outcome: store.Repeated, EventID: second.Event.ID, Activations: second.Event.Activations, Passed: []bool{false}},
				})
				x.equal("what passed", x.stored(first.Activations[0].ID), first.Activations[0])
			}
			x.equal("places", len(x.places()), 2)
		},
		"a save that asks for a place keeps one or the other": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(entity)
			first, second := x.begun(a, counter, 1), x.begun(b, counter, 1)
			x.equal("saved", x.commit(store.Batch{Saves: []store.Save{first, second}}).Saves, []store.Saved{store.Kept, store.KeptOtherwise})
			x.equal("passed", x.stored(a.ID), first.Activation)
			x.equal("not passed", x.stored(b.ID), second.Claim.Otherwise)
			x.equal("places", x.places(), []store.Place{x.place(a, *first.Claim)})
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"a save that loses takes no place": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(entity)
			first, second := x.begun(a, counter, 1), x.begun(b, counter, 1)
			first.Version, first.Activation.Version, first.Claim.Otherwise.Version = 4, 5, 5
			gone := x.begun(x.activation(x.event()), counter, 1)
			got := x.commit(store.Batch{Saves: []store.Save{first, gone, second}}).Saves
			x.equal("saved", got, []store.Saved{store.Lost, store.Lost, store.Kept})
			x.equal("places", x.places(), []store.Place{x.place(b, *second.Claim)})
		},
		"saves of one activation keep their order, with claims and without": func(x *exam) {
			a := x.scheduled(entity)
			first := x.begun(a, counter, 1)
			plain := first.Activation.Clone()
			plain.Version, plain.Due = 3, x.now+9
			last := x.begun(plain, belay.ID{7, 15: 2}, 1)
			got := x.commit(store.Batch{Saves: []store.Save{first, {Activation: plain, Version: 2}, last}}).Saves
			x.equal("saved", got, []store.Saved{store.Kept, store.Kept, store.Kept})
			x.equal("activation", x.stored(a.ID), last.Activation)
		},
		"a save that is sent again counts once, however its claim came out": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(entity)
			first, second := x.begun(a, counter, 1), x.begun(b, counter, 1)
			first.Again, second.Again = true, true
			for range 2 {
				got := x.commit(store.Batch{Saves: []store.Save{first, second}}).Saves
				x.equal("saved", got, []store.Saved{store.Kept, store.KeptOtherwise})
			}
			other := x.begun(a, counter, 9)
			other.Again, other.Activation.Error, other.Claim.Otherwise.Error = true, "another", "another"
			x.equal("another's", x.commit(store.Batch{Saves: []store.Save{other}}).Saves[0], store.Lost)
			x.equal("places", x.places(), []store.Place{x.place(a, *first.Claim)})
		},
		"reports and saves of a batch compete": func(x *exam) {
			a := x.scheduled(entity)
			save, report := x.begun(a, counter, 1), x.under(counter, 1)
			r := x.commit(store.Batch{Reports: []store.Report{report}, Saves: []store.Save{save}})
			x.equal("report", r.Reports[0].Passed, []bool{true})
			x.equal("save", r.Saves[0], store.KeptOtherwise)
		},
		"what is canceled before it started gives its place back": func(x *exam) {
			for i, by := range []func(belay.Activation) store.Selector{
				func(a belay.Activation) store.Selector { return byID(a.ID) },
				func(belay.Activation) store.Selector { return x.entity(entity) },
				func(belay.Activation) store.Selector { return store.Selector{AutomationID: x.automation} },
				func(belay.Activation) store.Selector { return store.Selector{AppID: x.app} },
			} {
				of := belay.ID{7, 14: byte(i + 1)}
				r := x.under(of, 1, func(e *belay.Event) { e.EntityID = entity })
				x.ask(r)
				x.equal("canceled", x.cancel(by(r.Activations[0])).Count, 1)
				x.equal("places", x.places(), []store.Place(nil))
				x.equal("the place is free", x.ask(x.under(of, 1, func(e *belay.Event) { e.EntityID = entity })), []bool{true})
				x.cancel(x.entity(entity))
			}
		},
		"what is canceled gives no more places back than it took": func(x *exam) {
			keep := x.under(counter, 2)
			x.ask(keep, x.under(counter, 2, func(e *belay.Event) { e.EntityID = entity }))
			x.cancel(x.entity(entity))
			x.equal("places", x.places(), []store.Place{x.place(keep.Activations[0], keep.Claims[0])})
		},
		"a cancel up to a limit gives back what it calls off": func(x *exam) {
			of := func(e *belay.Event) { e.EntityID = entity }
			first, second := x.under(counter, 2, of), x.under(counter, 2, of)
			x.ask(first, second)
			c := x.cancelOf(x.entity(entity))
			c.Limit = 1
			x.commit(store.Batch{Cancels: []store.Cancel{c}})
			x.equal("places", x.places(), []store.Place{x.place(second.Activations[0], second.Claims[0])})
		},
		"what has started keeps its place": func(x *exam) {
			r := x.under(counter, 1, func(e *belay.Event) { e.EntityID = entity })
			x.ask(r)
			next := r.Activations[0].Clone()
			next.Version, next.Status, next.StartedAt = 2, belay.Started, x.now
			x.equal("saved", x.save(next, 1), true)
			x.equal("canceled", x.cancel(x.entity(entity)).Count, 1)
			x.equal("places", len(x.places()), 1)
		},
		"what ends without a start gives its place back, if that is saved": func(x *exam) {
			r := x.under(counter, 1)
			x.ask(r)
			next := r.Activations[0].Clone()
			next.Version, next.Status, next.Due, next.EndedAt, next.SkipReason = 2, belay.Skipped, 0, x.now, belay.ScheduleDateExpired
			x.equal("saved", x.save(next, 7), false)
			x.equal("places", len(x.places()), 1)
			x.equal("saved", x.save(next, 1), true)
			x.equal("places", x.places(), []store.Place(nil))
		},
		"a stale cancel gives nothing back": func(x *exam) {
			x.commit(store.Batch{Changes: []store.Change{{Scope: x.site, Puts: []store.Put{{Kind: "a", Key: "b", Value: []byte("1")}}}}})
			x.ask(x.under(counter, 1, func(e *belay.Event) { e.EntityID = entity }))
			c := x.cancelOf(x.entity(entity))
			c.SiteVersion = 99
			x.equal("stale", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0].Stale, true)
			x.equal("places", len(x.places()), 1)
		},
		"a change that cancels gives back": func(x *exam) {
			x.ask(x.under(counter, 1))
			x.commit(store.Batch{Changes: []store.Change{{Scope: x.site, Cancels: []store.Cancel{x.cancelOf(store.Selector{AutomationID: x.automation})}}}})
			x.equal("places", x.places(), []store.Place(nil))
		},
		"places are forgotten when they are named": func(x *exam) {
			r := x.under(counter, 1)
			x.ask(r)
			p := x.place(r.Activations[0], r.Claims[0])
			elsewhere := p
			elsewhere.At++
			purge := store.Purge{SiteID: x.site, Places: []store.Place{elsewhere, p}}
			x.equal("purged", x.commit(store.Batch{Purges: []store.Purge{{SiteID: belay.ID{9}, Places: []store.Place{p}}}}).Purges[0], store.Purged{})
			x.equal("purged", x.commit(store.Batch{Purges: []store.Purge{purge, purge}}).Purges, []store.Purged{{Places: 1}, {}})
			x.equal("the place is free", x.ask(x.under(counter, 1)), []bool{true})
		},
		"a place outlives the event": func(x *exam) {
			r := x.under(counter, 1)
			x.ask(r)
			over := r.Activations[0]
			over.Version, over.Status, over.StartedAt, over.EndedAt, over.Due = 2, belay.Ended, x.now, x.now, 0
			x.save(over, 1)
			x.equal("purged", x.purge(x.now+1, r.Event.ID), store.Purged{Events: 1, Activations: 1})
			x.equal("passed", x.ask(x.under(counter, 1)), []bool{false})
		},
		"places are listed in pages": func(x *exam) {
			var want []store.Place
			for i := range 7 {
				x.now++
				r := x.under(belay.ID{7, 15: byte(9 - i/2)}, 9)
				x.ask(r)
				want = append(want, x.place(r.Activations[0], r.Claims[0]))
			}
			slices.SortFunc(want, byPlace)
			var got []store.Place
			q := store.PlaceQuery{SiteID: x.site, Limit: 3}
			for {
				page, err := x.s.Places(x.ctx, q)
				x.ok(err)
				if len(page) == 0 {
					break
				}
				got, q.After = append(got, page...), page[len(page)-1]
			}
			x.equal("places", got, want)
			for _, limit := range []int{0, -1, 1001} {
				if _, err := x.s.Places(x.ctx, store.PlaceQuery{SiteID: x.site, Limit: limit}); err == nil {
					x.Errorf("a page of %d places was given", limit)
				}
			}
		},
		"places are there when the store is opened again": func(x *exam) {
			if x.f.Reopen == nil {
				return
			}
			x.ask(x.under(counter, 1))
			was := x.places()
			x.s = x.f.Reopen(x, x.s)
			x.equal("places", x.places(), was)
			x.equal("passed", x.ask(x.under(counter, 1)), []bool{false})
		},
		"a full batch of claims of one counter": func(x *exam) {
			var reports []store.Report
			var want []bool
			for i := range 300 {
				x.now += belay.Instant(i*7919%5) - 2
				reports, want = append(reports, x.under(counter, 100)), append(want, i < 100)
			}
			x.equal("passed", x.ask(reports...), want)
		},
	})
}

// claimRace asks through both handles at once; what passes is told by the answers
// and by what is kept.
func claimRace(p *pair) {
	for i := range rounds {
		of := belay.ID{7, 14: byte(i + 1)}
		var batches [2][]store.Batch
		for n := range batches {
			for range 4 {
				batches[n] = append(batches[n], store.Batch{Reports: []store.Report{p.under(of, 3)}})
				a := p.scheduled(belay.ID{})
				batches[n] = append(batches[n], store.Batch{Saves: []store.Save{p.begun(a, of, 3)}})
			}
		}
		var passed [2]int
		run := func(n int, s store.Store) func() {
			return func() {
				for _, b := range batches[n] {
					r := p.through(s, b)
					if len(r.Reports) > 0 && slices.Equal(r.Reports[0].Passed, []bool{true}) || len(r.Saves) > 0 && r.Saves[0] == store.Kept {
						passed[n]++
					}
				}
			}
		}
		together(run(0, p.a), run(1, p.b))
		p.equal("passed", passed[0]+passed[1], 3)
		kept := 0
		for _, place := range p.places() {
			if place.Counter == of {
				kept++
			}
		}
		p.equal(fmt.Sprint("places of round ", i), kept, 3)
	}
}

// giveBackRace cancels while another asks: who asked after the cancel has the place.
func giveBackRace(p *pair) {
	for i := range rounds {
		of, entity := belay.ID{7, 14: byte(i + 1)}, belay.ID{5, 15: byte(i + 1)}
		p.ask(p.under(of, 1, func(e *belay.Event) { e.EntityID = entity }))
		next := p.under(of, 1)
		var got store.Reported
		together(
			func() { p.through(p.a, store.Batch{Cancels: []store.Cancel{p.cancelOf(p.entity(entity))}}) },
			func() { got = p.through(p.b, store.Batch{Reports: []store.Report{next}}).Reports[0] },
		)
		var want []store.Place
		if slices.Equal(got.Passed, []bool{true}) {
			want = append(want, p.place(next.Activations[0], next.Claims[0]))
		}
		var kept []store.Place
		for _, place := range p.places() {
			if place.Counter == of {
				kept = append(kept, place)
			}
		}
		p.equal("places", kept, want)
	}
}
