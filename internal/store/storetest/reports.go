package storetest

import (
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func withKey(key string) func(*belay.Event) {
	return func(e *belay.Event) { e.IdempotencyKey = key }
}

func reports(t *testing.T, f Fixture) {
	cases(t, f, map[string]func(*exam){
		"an accepted event is there with all that it made": func(x *exam) {
			e := x.event(withKey("k"), func(e *belay.Event) { e.EntityID, e.TakesPlaceAt = x.id(), x.now+5 })
			a := x.activation(e)
			b := x.activation(e, func(a *belay.Activation) {
				a.Status, a.Due, a.StartsAt, a.SkipReason = belay.Skipped, 0, 0, belay.TriggerFiltersNotPassed
			})
			r := x.of(e, a, b)
			x.keep(r)
			got, err := x.s.Event(x.ctx, x.site, e.ID)
			x.ok(err)
			x.equal("event", got, r.Event)
			x.equal("activation", x.stored(a.ID), a)
			x.equal("skipped activation", x.stored(b.ID), b)
		},
		"an event without activations is accepted": func(x *exam) {
			e := x.event()
			x.keep(x.of(e))
			_, err := x.s.Event(x.ctx, x.site, e.ID)
			x.ok(err)
		},
		"every field of an activation is kept": func(x *exam) {
			e := x.event()
			a := fullActivation(x, e)
			x.keep(x.of(e, a))
			x.equal("activation", x.stored(a.ID), a)
		},
		"bytes that are not UTF-8 are kept": func(x *exam) {
			e := x.event()
			a := x.activation(e, func(a *belay.Activation) { a.Error = "\xff\xfe from afar" })
			x.keep(x.of(e, a))
			x.equal("activation", x.stored(a.ID), a)
		},
		"a taken key answers with what is kept under it": func(x *exam) {
			first := x.event(withKey("k"))
			a := x.activation(first)
			x.keep(x.of(first, a))
			second := x.event(withKey("k"))
			b := x.activation(second)
			got := x.commit(store.Batch{Reports: []store.Report{x.of(second, b)}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Repeated, EventID: first.ID, Activations: []belay.ID{a.ID}})
			x.missing(second.ID, b.ID)
		},
		"a key taken earlier in the same batch is taken": func(x *exam) {
			first, second := x.event(withKey("k")), x.event(withKey("k"))
			a, b := x.activation(first), x.activation(second)
			got := x.commit(store.Batch{Reports: []store.Report{x.of(first, a), x.of(second, b)}}).Reports
			x.equal("answers", got, []store.Reported{
				{Outcome: store.Accepted},
				{Outcome: store.Repeated, EventID: first.ID, Activations: []belay.ID{a.ID}},
			})
			x.missing(second.ID, b.ID)
		},
		"a report that is sent again is repeated if it was kept": func(x *exam) {
			e := x.event()
			a := x.activation(e)
			r := x.of(e, a)
			r.Again = true
			x.keep(r)
			got := x.commit(store.Batch{Reports: []store.Report{r}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Repeated, EventID: e.ID, Activations: []belay.ID{a.ID}})
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"a key is of its site, app and trigger": func(x *exam) {
			for _, with := range []func(*belay.Event){
				func(*belay.Event) {},
				func(e *belay.Event) { e.SiteID = belay.ID{9} },
				func(e *belay.Event) { e.AppID = belay.ID{9} },
				func(e *belay.Event) { e.TriggerKey = "another" },
			} {
				x.keep(x.of(x.event(withKey("k"), with)))
			}
		},
		"texts that run together are not one key": func(x *exam) {
			x.keep(x.of(x.event(withKey("bc"), func(e *belay.Event) { e.TriggerKey = "a" })))
			x.keep(x.of(x.event(withKey("c"), func(e *belay.Event) { e.TriggerKey = "ab" })))
		},
		"events without a key repeat nothing": func(x *exam) {
			x.keep(x.of(x.event()), x.of(x.event()))
		},
		"a key is free at its time, and taken a millisecond before": func(x *exam) {
			first := x.event(withKey("k"))
			r := x.of(first)
			x.keep(r)
			x.now = r.KeyUntil - 1
			got := x.commit(store.Batch{Reports: []store.Report{x.of(x.event(withKey("k")))}}).Reports[0]
			x.equal("outcome before", got.Outcome, store.Repeated)
			x.now = r.KeyUntil
			second := x.event(withKey("k"))
			x.keep(x.of(second))
			got = x.commit(store.Batch{Reports: []store.Report{x.of(x.event(withKey("k")))}}).Reports[0]
			x.equal("event after", got.EventID, second.ID)
		},
		"a key taken anew is taken until the new time": func(x *exam) {
			r := x.of(x.event(withKey("k")))
			x.keep(r)
			x.now = r.KeyUntil
			second := x.of(x.event(withKey("k")))
			x.keep(second)
			x.now = second.KeyUntil - 1
			for range 3 {
				got := x.commit(store.Batch{Reports: []store.Report{x.of(x.event(withKey("k")))}}).Reports[0]
				x.equal("event", got.EventID, second.Event.ID)
			}
		},
		"many keys that are free again can all be taken": manyKeys,
		"an old version of the site is stale": func(x *exam) {
			r := x.of(x.event(withKey("k")), x.activation(x.event()))
			x.touch(x.site)
			got := x.commit(store.Batch{Reports: []store.Report{r}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Stale})
			x.missing(r.Event.ID, r.Activations[0].ID)
			r.SiteVersion++
			x.keep(r)
		},
		"an old version of what all sites share is stale": func(x *exam) {
			r := x.of(x.event())
			x.touch(belay.ID{})
			got := x.commit(store.Batch{Reports: []store.Report{r}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Stale})
		},
		"another site's version is of no account": func(x *exam) {
			r := x.of(x.event())
			x.touch(belay.ID{7})
			x.keep(r)
		},
		"a change in the same batch makes a report stale": func(x *exam) {
			r := x.of(x.event())
			got := x.commit(store.Batch{Changes: []store.Change{{Scope: x.site}}, Reports: []store.Report{r}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Stale})
		},
		"repeated wins over stale": func(x *exam) {
			e := x.event(withKey("k"))
			r := x.of(e)
			x.keep(r)
			x.touch(x.site)
			r.Event.ID = x.id()
			got := x.commit(store.Batch{Reports: []store.Report{r}}).Reports[0]
			x.equal("answer", got, store.Reported{Outcome: store.Repeated, EventID: e.ID})
		},
		"one act that is refused leaves the others": func(x *exam) {
			stale := x.of(x.event())
			stale.SiteVersion++
			got := x.commit(store.Batch{Reports: []store.Report{x.of(x.event()), stale, x.of(x.event())}}).Reports
			x.equal("outcomes", []store.ReportOutcome{got[0].Outcome, got[1].Outcome, got[2].Outcome},
				[]store.ReportOutcome{store.Accepted, store.Stale, store.Accepted})
		},
		"an empty batch does nothing": func(x *exam) { x.commit(store.Batch{}) },
	})
}

func manyKeys(x *exam) {
	keys := make([]string, 500)
	for i := range keys {
		keys[i] = string(rune('a'+i%26)) + string(rune('A'+i/26))
	}
	for range 3 {
		var batch []store.Report
		for _, k := range keys {
			batch = append(batch, x.of(x.event(withKey(k))))
		}
		x.keep(batch[:250]...)
		x.keep(batch[250:]...)
		x.now += 1000
	}
}

// missing checks that neither an event nor its activation was kept.
func (x *exam) missing(event, activation belay.ID) {
	x.Helper()
	if _, err := x.s.Event(x.ctx, x.site, event); !errors.Is(err, store.ErrNotFound) {
		x.Errorf("Event() = %v; want that it is not found", err)
	}
	if _, err := x.s.Activation(x.ctx, x.site, activation); !errors.Is(err, store.ErrNotFound) {
		x.Errorf("Activation() = %v; want that it is not found", err)
	}
}

// touch raises the version of a scope.
func (x *exam) touch(scope belay.ID) {
	x.Helper()
	x.commit(store.Batch{Changes: []store.Change{{Scope: scope}}})
}

func fullActivation(x *exam, e belay.Event) belay.Activation {
	return x.activation(e, func(a *belay.Activation) {
		a.Status, a.StartedAt, a.WithFailedActions = belay.Started, x.now+1, true
		a.Error, a.ErrorCode = "no", "NO"
		a.CancelReason, a.SkipReason, a.FailReason = "C", "S", "F"
		a.Initiator = belay.Identity{UserID: "u", AppID: belay.ID{8}}
		a.Place = belay.Place{Counter: belay.ID{7}, At: x.now}
		a.Actions = []belay.ActionState{{
			ActionID: "one", Type: belay.Condition, Status: belay.ActionEnded, StartedAt: 1, EndedAt: 2, Passed: true,
			Expressions: []belay.ExpressionResult{{Expression: "{{var(\"x\")}}", Passed: true}, {Expression: "y", Error: "bad"}},
		}, {
			ActionID: "two", Type: belay.AppDefined, Status: belay.ActionStarted, StartedAt: 2, Due: 9, InFlight: true,
			Attempts: []belay.Attempt{
				{Number: 1, StartedAt: 2, EndedAt: 3, Lateness: 4, Result: "RETRY", Status: 503, Code: "C", Detail: "d", Latency: 5},
				{Number: 2, StartedAt: 6, Since: 3},
			},
			Input: []byte(`{"a":1}`), Output: []byte(`{}`), Error: "e", ErrorCode: "E",
		}}
	})
}
