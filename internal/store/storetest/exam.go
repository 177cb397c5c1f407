// Package storetest holds the exam that every storage engine sits: each sentence
// of the contract in store as a case, and random acts compared with a naive
// model. It also lends that model, and faults on purpose, to tests above the store.
//
// Start with Run. Nothing here is linked into the product.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Fixture is an engine as the exam sees it.
type Fixture struct {
	// Open returns an empty store, which the exam closes.
	Open func(t testing.TB) store.Store
	// Reopen closes a store and opens it again with what it holds; nil for an
	// engine that keeps nothing.
	Reopen func(t testing.TB, s store.Store) store.Store
	// Second returns another handle on what a store holds, as another process has
	// it, and closes it with the test; nil for an engine that one process owns: the
	// races then go through one handle.
	Second func(t testing.TB, s store.Store) store.Store
	// Check reports what a store's own checker finds; nil for an engine without one.
	Check func(t testing.TB, s store.Store)
}

// Run examines an engine.
func Run(t *testing.T, f Fixture) {
	for name, part := range map[string]func(*testing.T, Fixture){
		"reports":    reports,
		"cancels":    cancels,
		"saves":      saves,
		"claims":     claims,
		"purges":     purges,
		"changes":    changes,
		"notes":      notes,
		"entries":    entries,
		"deliveries": deliveries,
		"due":        due,
		"lists":      lists,
		"tallies":    tallies,
		"sites":      sites,
		"closing":    closing,
		"durability": durability,
		"races":      races,
		"random":     random,
	} {
		t.Run(name, func(t *testing.T) { part(t, f) })
	}
}

// cases runs each case on a store of its own.
func cases(t *testing.T, f Fixture, all map[string]func(*exam)) {
	for name, do := range all {
		t.Run(name, func(t *testing.T) {
			x := newExam(t, f)
			do(x)
			x.check()
		})
	}
}

// exam is one store with makers of what is put into it.
type exam struct {
	testing.TB
	ctx context.Context
	f   Fixture
	s   store.Store
	now belay.Instant
	n   uint64

	site, app, automation belay.ID
}

func newExam(t testing.TB, f Fixture) *exam {
	x := &exam{
		TB: t, ctx: t.Context(), f: f, s: f.Open(t), now: 1_800_000_000_000,
		site: belay.ID{1, 15: 1}, app: belay.ID{2, 15: 2}, automation: belay.ID{3, 15: 3},
	}
	t.Cleanup(func() {
		if err := x.s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Close() = %v", err)
		}
	})
	return x
}

func (x *exam) check() {
	x.Helper()
	if x.f.Check != nil && !x.Failed() {
		x.f.Check(x, x.s)
	}
}

// id returns a new ID behind all before.
func (x *exam) id() belay.ID {
	x.n++
	var chance [10]byte
	binary.BigEndian.PutUint64(chance[2:], x.n)
	return belay.NewID(x.now.Time(), chance)
}

// event returns an event, changed by with.
func (x *exam) event(with ...func(*belay.Event)) belay.Event {
	e := belay.Event{
		ID: x.id(), SiteID: x.site, AppID: x.app, TriggerKey: "invoice.overdue",
		RequestID: "r-1", ReportedAt: x.now, Payload: []byte(`{"total":"12.50"}`),
	}
	for _, w := range with {
		w(&e)
	}
	return e
}

// activation returns an activation of e, due in a minute, changed by with.
func (x *exam) activation(e belay.Event, with ...func(*belay.Activation)) belay.Activation {
	at := x.now + 60_000
	a := belay.Activation{
		ID: x.id(), SiteID: e.SiteID, EventID: e.ID, AutomationID: x.automation, AppID: e.AppID, Revision: 3,
		TriggerKey: e.TriggerKey, EntityID: e.EntityID, Status: belay.Scheduled, Version: 1,
		Due: at, StartsAt: at, InitiatedAt: x.now, ScheduledAt: x.now,
	}
	for _, w := range with {
		w(&a)
	}
	return a
}

// of returns a report of e with its activations on the versions now current.
func (x *exam) of(e belay.Event, made ...belay.Activation) store.Report {
	x.Helper()
	e.Activations = nil
	for _, a := range made {
		e.Activations = append(e.Activations, a.ID)
	}
	return store.Report{
		Event: e, Activations: made, Now: x.now, KeyUntil: x.now + 1000,
		SiteVersion: x.version(e.SiteID), GlobalVersion: x.version(belay.ID{}),
	}
}

func (x *exam) version(scope belay.ID) int64 {
	x.Helper()
	_, v, err := x.s.Docs(x.ctx, scope, "none", "", 1)
	x.ok(err)
	return v
}

func (x *exam) ok(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func (x *exam) commit(b store.Batch) *store.Result {
	x.Helper()
	r, err := x.s.Commit(x.ctx, &b)
	x.ok(err)
	if len(r.Changes) != len(b.Changes) || len(r.Cancels) != len(b.Cancels) ||
		len(r.Reports) != len(b.Reports) || len(r.Saves) != len(b.Saves) || len(r.Deliveries) != len(b.Deliveries) {
		x.Fatalf("a result of another form than its batch: %+v", r)
	}
	return r
}

// keep reports events that must be accepted.
func (x *exam) keep(reports ...store.Report) {
	x.Helper()
	for _, r := range x.commit(store.Batch{Reports: reports}).Reports {
		x.equal("outcome", r, store.Reported{Outcome: store.Accepted})
	}
}

// scheduled keeps an event with one pending activation, and returns it.
func (x *exam) scheduled(entity belay.ID, with ...func(*belay.Activation)) belay.Activation {
	x.Helper()
	e := x.event(func(e *belay.Event) { e.EntityID = entity })
	a := x.activation(e, with...)
	x.keep(x.of(e, a))
	return a
}

// equal compares; it takes nil for an empty list.
func (x *exam) equal(what string, got, want any) {
	x.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		x.Fatalf("%s is not as it should be (-want +got):\n%s", what, diff)
	}
}

func (x *exam) stored(id belay.ID) belay.Activation {
	x.Helper()
	a, err := x.s.Activation(x.ctx, x.site, id)
	x.ok(err)
	return a
}

func (x *exam) due() []belay.ID {
	x.Helper()
	got, err := x.s.Due(x.ctx, store.DueQuery{Until: 1 << 60, Limit: 1000})
	x.ok(err)
	var ids []belay.ID
	for _, d := range got {
		ids = append(ids, d.ActivationID)
	}
	return ids
}

// byID is the selector of one activation.
func byID(id belay.ID) store.Selector { return store.Selector{ActivationID: id} }

func ids[T any](rows []T, id func(T) belay.ID) []belay.ID {
	var out []belay.ID
	for _, r := range rows {
		out = append(out, id(r))
	}
	return out
}

func activationID(a belay.Activation) belay.ID { return a.ID }

func eventID(e belay.Event) belay.ID { return e.ID }

func entryID(e store.Entry) belay.ID { return e.ID }

func reversed(list []belay.ID) []belay.ID {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}
