package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// cancelOf returns a cancel of what a selector names on the exam's site.
func (x *exam) cancelOf(s store.Selector) store.Cancel {
	return store.Cancel{SiteID: x.site, Selector: s, Reason: belay.EventCancelled, By: belay.Identity{AppID: x.app}, Now: x.now}
}

func (x *exam) cancel(s store.Selector) store.Canceled {
	x.Helper()
	return x.commit(store.Batch{Cancels: []store.Cancel{x.cancelOf(s)}}).Cancels[0]
}

func (x *exam) entity(id belay.ID) store.Selector {
	return store.Selector{AppID: x.app, TriggerKey: "invoice.overdue", EntityID: id}
}

// started is an activation with one attempt out and one action that waits.
func started(x *exam) func(*belay.Activation) {
	return func(a *belay.Activation) {
		a.Status, a.StartedAt = belay.Started, x.now
		a.Actions = []belay.ActionState{
			{ActionID: "done", Status: belay.ActionEnded},
			{ActionID: "out", Status: belay.ActionStarted, InFlight: true, Attempts: []belay.Attempt{{Number: 1, Since: 2}, {Number: 2, Since: 4}}},
			{ActionID: "waits", Status: belay.ActionStarted, Due: x.now + 5},
		}
	}
}

func ended(a *belay.Activation) { a.Status, a.Due, a.EndedAt = belay.Ended, 0, a.InitiatedAt }

func cancels(t *testing.T, f Fixture) {
	entity, other := belay.ID{5, 15: 1}, belay.ID{5, 15: 2}
	cases(t, f, map[string]func(*exam){
		"by entity": func(x *exam) {
			a, b, c := x.scheduled(entity), x.scheduled(entity), x.scheduled(other)
			got := x.cancel(x.entity(entity))
			x.equal("answer", got, store.Canceled{Count: 2, IDs: []belay.ID{a.ID, b.ID}})
			x.equal("canceled", x.stored(a.ID), a.Cancel(belay.EventCancelled, belay.Identity{AppID: x.app}, x.now))
			x.equal("untouched", x.stored(c.ID), c)
			x.equal("due", x.due(), []belay.ID{c.ID})
		},
		"an entity is of its trigger and its app": func(x *exam) {
			a := x.scheduled(entity)
			for _, s := range []store.Selector{
				{AppID: x.app, TriggerKey: "invoice.paid", EntityID: entity},
				{AppID: belay.ID{9}, TriggerKey: "invoice.overdue", EntityID: entity},
			} {
				x.equal("answer", x.cancel(s), store.Canceled{})
			}
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"by automation": func(x *exam) {
			a := x.scheduled(entity)
			b := x.scheduled(belay.ID{})
			c := x.scheduled(entity, func(a *belay.Activation) { a.AutomationID = belay.ID{9} })
			got := x.cancel(store.Selector{AutomationID: x.automation})
			x.equal("answer", got, store.Canceled{Count: 2, IDs: []belay.ID{a.ID, b.ID}})
			x.equal("due", x.due(), []belay.ID{c.ID})
		},
		"by app, with and without entities, under every trigger": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(belay.ID{})
			e := x.event(func(e *belay.Event) { e.TriggerKey = "a" })
			c := x.activation(e)
			e2 := x.event(func(e *belay.Event) { e.AppID = belay.ID{9} })
			d := x.activation(e2)
			x.keep(x.of(e, c), x.of(e2, d))
			got := x.cancel(store.Selector{AppID: x.app})
			x.equal("answer", got, store.Canceled{Count: 3, IDs: []belay.ID{a.ID, b.ID, c.ID}})
			x.equal("due", x.due(), []belay.ID{d.ID})
		},
		"by ID": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(entity)
			x.equal("answer", x.cancel(byID(a.ID)), store.Canceled{Count: 1, IDs: []belay.ID{a.ID}})
			x.equal("again", x.cancel(byID(a.ID)), store.Canceled{Ended: 1})
			x.equal("unknown", x.cancel(byID(x.id())), store.Canceled{})
			x.equal("due", x.due(), []belay.ID{b.ID})
		},
		"a selector that is none names nothing": func(x *exam) {
			a := x.scheduled(entity)
			for _, s := range []store.Selector{
				{},
				{TriggerKey: "invoice.overdue"},
				{EntityID: entity},
				{AppID: x.app, EntityID: entity},
				{AppID: x.app, TriggerKey: "invoice.overdue"},
			} {
				x.equal("answer", x.cancel(s), store.Canceled{})
			}
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"what has started is canceled, and what is out is named": func(x *exam) {
			a := x.scheduled(entity, started(x))
			b := x.scheduled(entity)
			want := store.Canceled{
				Count: 2, IDs: []belay.ID{a.ID, b.ID},
				InFlight: []store.InFlight{{ActivationID: a.ID, ActionID: "out", Attempt: 2, Since: 4}},
			}
			x.equal("answer", x.cancel(x.entity(entity)), want)
			x.equal("canceled", x.stored(a.ID), a.Cancel(belay.EventCancelled, belay.Identity{AppID: x.app}, x.now))
			x.equal("again", x.cancel(x.entity(entity)), store.Canceled{Ended: 2})
		},
		"what is final stays as it is and is counted": func(x *exam) {
			a := x.scheduled(entity, ended)
			b := x.scheduled(entity, func(a *belay.Activation) { a.Status, a.Due = belay.Skipped, 0 })
			x.scheduled(other, ended)
			x.equal("answer", x.cancel(x.entity(entity)), store.Canceled{Ended: 2})
			x.equal("ended", x.stored(a.ID), a)
			x.equal("skipped", x.stored(b.ID), b)
			x.equal("by automation", x.cancel(store.Selector{AutomationID: x.automation}), store.Canceled{})
		},
		"what became final by a save is counted": func(x *exam) {
			a := x.scheduled(entity)
			ended(&a)
			a.Version = 2
			x.commit(store.Batch{Saves: []store.Save{{Activation: a, Version: 1}}})
			x.equal("answer", x.cancel(x.entity(entity)), store.Canceled{Ended: 1})
		},
		"a limit leaves the rest for more": func(x *exam) {
			var want []belay.ID
			for range 5 {
				want = append(want, x.scheduled(entity).ID)
			}
			for _, s := range []store.Selector{x.entity(entity), {AppID: x.app}, {AutomationID: x.automation}} {
				c := x.cancelOf(s)
				c.Limit = 1
				got := x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0]
				if got.Count != 1 || len(got.IDs) != 1 || !got.More || !slices.Contains(want, got.IDs[0]) {
					x.Fatalf("answer = %+v; want one of %v, and more", got, want)
				}
			}
			c := x.cancelOf(x.entity(entity))
			c.Limit = 2
			got := x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0]
			if got.Count != 2 || got.More || got.Ended != 3 {
				x.Fatalf("answer = %+v; want the last two of five", got)
			}
			x.equal("due", x.due(), []belay.ID(nil))
		},
		"more than a hundred are counted, a hundred named": func(x *exam) {
			x.manyOf(entity, 130)
			got := x.cancel(x.entity(entity))
			if got.Count != 130 || len(got.IDs) != 100 || got.More || !slices.IsSortedFunc(got.IDs, compareIDs) {
				x.Fatalf("answer = %d, %d IDs, more %v; want 130, 100 in order, no more", got.Count, len(got.IDs), got.More)
			}
		},
		"a thousand that ended are counted, no more": func(x *exam) {
			x.manyOf(entity, 1010, ended)
			x.equal("answer", x.cancel(x.entity(entity)), store.Canceled{Ended: 1000})
		},
		"the same twice in one batch": func(x *exam) {
			a := x.scheduled(entity)
			c := x.cancelOf(x.entity(entity))
			got := x.commit(store.Batch{Cancels: []store.Cancel{c, c}}).Cancels
			x.equal("answers", got, []store.Canceled{{Count: 1, IDs: []belay.ID{a.ID}}, {Ended: 1}})
			x.equal("version", x.stored(a.ID).Version, a.Version+1)
		},
		"a limit in one batch goes on where the act before ended": func(x *exam) {
			a, b := x.scheduled(entity), x.scheduled(entity)
			c := x.cancelOf(x.entity(entity))
			c.Limit = 1
			got := x.commit(store.Batch{Cancels: []store.Cancel{c, c, c}}).Cancels
			x.equal("answers", got, []store.Canceled{
				{Count: 1, IDs: []belay.ID{a.ID}, More: true},
				{Count: 1, IDs: []belay.ID{b.ID}, Ended: 1},
				{Ended: 2},
			})
		},
		"a report of the same batch comes after the cancel": func(x *exam) {
			a := x.scheduled(entity)
			e := x.event(func(e *belay.Event) { e.EntityID = entity })
			b := x.activation(e)
			got := x.commit(store.Batch{Cancels: []store.Cancel{x.cancelOf(x.entity(entity))}, Reports: []store.Report{x.of(e, b)}})
			x.equal("answer", got.Cancels[0], store.Canceled{Count: 1, IDs: []belay.ID{a.ID}})
			x.equal("due", x.due(), []belay.ID{b.ID})
		},
		"a save of the same batch finds the version moved": func(x *exam) {
			a := x.scheduled(entity)
			next := a
			next.Version++
			got := x.commit(store.Batch{
				Cancels: []store.Cancel{x.cancelOf(x.entity(entity))},
				Saves:   []store.Save{{Activation: next, Version: 1}},
			})
			x.equal("saved", got.Saves[0], store.Lost)
			x.equal("status", x.stored(a.ID).Status, belay.Cancelled)
		},
		"a cancel sent again finds what it did": func(x *exam) {
			a, b := x.scheduled(entity, started(x)), x.scheduled(entity)
			x.scheduled(entity, ended)
			c := x.cancelOf(x.entity(entity))
			want := store.Canceled{
				Count: 2, IDs: []belay.ID{a.ID, b.ID}, Ended: 1,
				InFlight: []store.InFlight{{ActivationID: a.ID, ActionID: "out", Attempt: 2, Since: 4}},
			}
			x.equal("first", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], want)
			version := x.stored(a.ID).Version
			c.Again = true
			x.equal("again", x.commit(store.Batch{Cancels: []store.Cancel{c, c}}).Cancels, []store.Canceled{want, want})
			x.equal("version", x.stored(a.ID).Version, version)
			byID := c
			byID.Selector = store.Selector{ActivationID: b.ID}
			x.equal("by ID", x.commit(store.Batch{Cancels: []store.Cancel{byID}}).Cancels[0], store.Canceled{Count: 1, IDs: []belay.ID{b.ID}})
			c.Now++
			x.equal("another cancel", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], store.Canceled{Ended: 3})
		},
		"a cancel that was not kept happens when it is sent again": func(x *exam) {
			a := x.scheduled(entity)
			c := x.cancelOf(x.entity(entity))
			c.Again = true
			x.equal("answer", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], store.Canceled{Count: 1, IDs: []belay.ID{a.ID}})
			x.equal("status", x.stored(a.ID).Status, belay.Cancelled)
		},
		"a cancel by a configuration that has changed calls off nothing": func(x *exam) {
			x.touch(x.site)
			x.touch(belay.ID{})
			a := x.scheduled(entity)
			c := x.cancelOf(x.entity(entity))
			for name, versions := range map[string][2]int64{"site": {2, 1}, "shared": {1, 2}} {
				c.SiteVersion, c.GlobalVersion = versions[0], versions[1]
				x.equal(name, x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], store.Canceled{Stale: true})
			}
			c.SiteVersion, c.GlobalVersion = 1, 1
			x.equal("current", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], store.Canceled{Count: 1, IDs: []belay.ID{a.ID}})
		},
		"an entity can be reported again at once": func(x *exam) {
			x.scheduled(entity)
			x.cancel(x.entity(entity))
			b := x.scheduled(entity)
			x.equal("due", x.due(), []belay.ID{b.ID})
			x.equal("answer", x.cancel(x.entity(entity)), store.Canceled{Count: 1, IDs: []belay.ID{b.ID}, Ended: 1})
		},
	})
}

func compareIDs(a, b belay.ID) int { return slices.Compare(a[:], b[:]) }

// manyOf keeps one event with n activations.
func (x *exam) manyOf(entity belay.ID, n int, with ...func(*belay.Activation)) []belay.ID {
	x.Helper()
	e := x.event(func(e *belay.Event) { e.EntityID = entity })
	made := make([]belay.Activation, n)
	for i := range made {
		made[i] = x.activation(e, with...)
	}
	x.keep(x.of(e, made...))
	return ids(made, activationID)
}

func notes(t *testing.T, f Fixture) {
	value := func(canceled, out, ended byte) []byte {
		return []byte{'v', 0, 0, 0, canceled, 0, 0, 0, out, 0, 0, 0, ended}
	}
	entity := belay.ID{4, 15: 4}
	for name, tt := range map[string]struct {
		of    func(x *exam, a belay.Activation) store.Cancel
		ifAny bool
		want  []byte // nil for no entry
	}{
		"by its entity": {func(x *exam, a belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AppID: x.app, TriggerKey: a.TriggerKey, EntityID: entity}}
		}, false, value(2, 1, 1)},
		"by its entity, one at most": {func(x *exam, a belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AppID: x.app, TriggerKey: a.TriggerKey, EntityID: entity}, Limit: 1}
		}, true, value(1, 1, 1)},
		"by the automation": {func(x *exam, _ belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AutomationID: x.automation}}
		}, true, value(2, 1, 0)},
		"by the app": {func(x *exam, _ belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AppID: x.app}}
		}, true, value(2, 1, 0)},
		"by ID": {func(_ *exam, a belay.Activation) store.Cancel {
			return store.Cancel{Selector: byID(a.ID)}
		}, true, value(1, 1, 0)},
		"of nothing": {func(x *exam, _ belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AutomationID: belay.ID{9}}}
		}, false, value(0, 0, 0)},
		"of nothing, where that is no act": {func(x *exam, _ belay.Activation) store.Cancel {
			return store.Cancel{Selector: store.Selector{AutomationID: belay.ID{9}}}
		}, true, nil},
		"by a selector that names nothing": {func(*exam, belay.Activation) store.Cancel { return store.Cancel{} }, false, value(0, 0, 0)},
		"that is stale": {func(_ *exam, a belay.Activation) store.Cancel {
			return store.Cancel{Selector: byID(a.ID), SiteVersion: 77}
		}, false, nil},
	} {
		for _, within := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, within a change: %v", name, within), func(t *testing.T) {
				x := newExam(t, f)
				ended := x.scheduled(entity)
				x.commit(store.Batch{Cancels: []store.Cancel{{SiteID: x.site, Selector: byID(ended.ID), Now: x.now}}})
				a := x.scheduled(entity, func(a *belay.Activation) {
					a.Status, a.StartedAt = belay.Started, x.now
					a.Actions = []belay.ActionState{{ActionID: "send", Status: belay.ActionStarted, InFlight: true}}
				})
				x.scheduled(entity)
				c := tt.of(x, a)
				c.SiteID, c.Now, c.Reason = x.site, x.now, belay.EventCancelled
				c.Note = store.Note{ID: x.id(), Value: []byte("v"), IfAny: tt.ifAny}
				b := store.Batch{Cancels: []store.Cancel{c}}
				if within {
					b = store.Batch{Changes: []store.Change{{Scope: x.site, Cancels: b.Cancels}}}
				}
				x.commit(b)
				var want []store.Entry
				if tt.want != nil {
					want = []store.Entry{{SiteID: x.site, Stream: store.Cancels, ID: c.Note.ID, Value: tt.want}}
				}
				got, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Stream: store.Cancels, Page: store.Page{Limit: 9}})
				x.ok(err)
				x.equal("cancels", got, want)
				// The same once more, as after an answer that was lost.
				c.Again = true
				x.commit(store.Batch{Cancels: []store.Cancel{c}})
				got, err = x.s.Trail(x.ctx, store.TrailQuery{Stream: store.Cancels, Page: store.Page{Limit: 9}})
				x.ok(err)
				if tt.want != nil {
					x.equal("cancels after a repetition", got, want)
				}
				x.check()
			})
		}
	}
}
