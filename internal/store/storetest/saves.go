package storetest

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func (x *exam) save(a belay.Activation, version int64) bool {
	x.Helper()
	r := x.commit(store.Batch{Saves: []store.Save{{Activation: a, Version: version}}})
	return r.Saves[0] == store.Kept
}

func saves(t *testing.T, f Fixture) {
	entity := belay.ID{5, 15: 1}
	cases(t, f, map[string]func(*exam){
		"a save on the stored version replaces": func(x *exam) {
			a := x.scheduled(entity)
			next := fullActivation(x, x.event())
			next.ID, next.EventID, next.EntityID, next.Version, next.Due = a.ID, a.EventID, entity, 2, x.now+9
			x.equal("saved", x.save(next, 1), true)
			x.equal("activation", x.stored(a.ID), next)
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"a save on another version does nothing": func(x *exam) {
			a := x.scheduled(entity)
			next := a
			next.Status, next.Due, next.Version = belay.Ended, 0, 9
			for _, version := range []int64{0, 2, 8, 9} {
				x.equal("saved", x.save(next, version), false)
			}
			x.equal("activation", x.stored(a.ID), a)
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"a save of what is not there does nothing": func(x *exam) {
			a := x.activation(x.event())
			x.equal("saved", x.save(a, 0), false)
			x.equal("saved", x.save(a, 1), false)
			x.missing(a.EventID, a.ID)
		},
		"of two saves on one version the first wins": func(x *exam) {
			a := x.scheduled(entity)
			first, second := a, a
			first.Version, second.Version = 2, 2
			first.Error, second.Error = "first", "second"
			r := x.commit(store.Batch{Saves: []store.Save{{Activation: first, Version: 1}, {Activation: second, Version: 1}}})
			x.equal("saved", r.Saves, []store.Saved{store.Kept, store.Lost})
			x.equal("activation", x.stored(a.ID), first)
		},
		"a later save of the batch sees the earlier": func(x *exam) {
			a := x.scheduled(entity)
			first, second := a, a
			first.Version, first.Due = 2, x.now+1
			second.Version, second.Due, second.Status = 3, 0, belay.Ended
			r := x.commit(store.Batch{Saves: []store.Save{{Activation: first, Version: 1}, {Activation: second, Version: 2}}})
			x.equal("saved", r.Saves, []store.Saved{store.Kept, store.Kept})
			x.equal("activation", x.stored(a.ID), second)
			x.equal("due", x.due(), []belay.ID(nil))
		},
		"a save of what the batch reported": func(x *exam) {
			e := x.event()
			a := x.activation(e)
			next := a
			next.Version, next.Due = 2, x.now+1
			r := x.commit(store.Batch{Reports: []store.Report{x.of(e, a)}, Saves: []store.Save{{Activation: next, Version: 1}}})
			x.equal("saved", r.Saves[0], store.Kept)
			x.equal("activation", x.stored(a.ID), next)
		},
		"the due time moves there and back": func(x *exam) {
			a := x.scheduled(entity)
			for i := range int64(6) {
				next := a
				next.Version = a.Version + 1
				next.Due = x.now + belay.Instant(1000*(i%2))
				x.equal("saved", x.save(next, a.Version), true)
				a = next
				got, err := x.s.Due(x.ctx, store.DueQuery{Until: never, Limit: 10})
				x.ok(err)
				x.equal("due", got, []store.Due{{At: a.Due, SiteID: x.site, ActivationID: a.ID}})
			}
		},
		"what became final is no longer named, and has ended": func(x *exam) {
			a := x.scheduled(entity)
			next := a
			next.Version, next.Status, next.Due = 2, belay.Ended, 0
			x.equal("saved", x.save(next, 1), true)
			x.equal("by app", x.cancel(store.Selector{AppID: x.app}), store.Canceled{})
			x.equal("by automation", x.cancel(store.Selector{AutomationID: x.automation}), store.Canceled{})
			x.equal("by entity", x.cancel(x.entity(entity)), store.Canceled{Ended: 1})
		},
		"an outcome is recorded after the cancel": func(x *exam) {
			a := x.scheduled(entity, started(x))
			x.cancel(x.entity(entity))
			next := x.stored(a.ID).Clone()
			next.Version++
			next.Actions[1].InFlight, next.Actions[1].Status = false, belay.ActionEnded
			x.equal("saved", x.save(next, a.Version+1), true)
			x.equal("again", x.cancel(x.entity(entity)), store.Canceled{Ended: 1})
		},
		"a save sent again counts where it was kept, and happens where it was not": func(x *exam) {
			a := x.scheduled(entity)
			next := fullActivation(x, x.event())
			next.ID, next.EventID, next.EntityID, next.Version = a.ID, a.EventID, entity, 2
			again := func(a belay.Activation, version int64) store.Saved {
				return x.commit(store.Batch{Saves: []store.Save{{Activation: a, Version: version, Again: true}}}).Saves[0]
			}
			x.equal("not kept before", again(next, 1), store.Kept)
			x.equal("kept before", again(next, 1), store.Kept)
			other := next.Clone()
			other.Actions[1].Attempts[1].Node = "another"
			x.equal("another's", again(other, 1), store.Lost)
			done := next.Clone()
			ended(&done)
			done.Version = 3
			x.equal("ended", again(done, 2), store.Kept)
			x.equal("ended before", again(done, 2), store.Kept)
			x.equal("overtaken", again(next, 1), store.Lost)
			x.equal("activation", x.stored(a.ID), done)
		},
	})
}
