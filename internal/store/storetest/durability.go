package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func closing(t *testing.T, f Fixture) {
	t.Run("a closed store refuses everything", func(t *testing.T) {
		x := newExam(t, f)
		x.scheduled(belay.ID{5})
		x.ok(x.s.Close())
		p := store.Page{Limit: 1}
		for name, do := range map[string]func() error{
			"Commit":      func() error { _, err := x.s.Commit(x.ctx, &store.Batch{}); return err },
			"Due":         func() error { _, err := x.s.Due(x.ctx, store.DueQuery{Until: 1, Limit: 1}); return err },
			"Event":       func() error { _, err := x.s.Event(x.ctx, x.site, x.id()); return err },
			"Activation":  func() error { _, err := x.s.Activation(x.ctx, x.site, x.id()); return err },
			"Events":      func() error { _, err := x.s.Events(x.ctx, store.EventQuery{Page: p}); return err },
			"Activations": func() error { _, err := x.s.Activations(x.ctx, store.ActivationQuery{Page: p}); return err },
			"Doc":         func() error { _, err := x.s.Doc(x.ctx, store.DocKey{}); return err },
			"Docs":        func() error { _, _, err := x.s.Docs(x.ctx, x.site, "", "", 1); return err },
			"Trail":       func() error { _, err := x.s.Trail(x.ctx, store.TrailQuery{Page: p}); return err },
			"Entries":     func() error { _, err := x.s.Entries(x.ctx, store.EntryQuery{Page: p}); return err },
			"Stats":       func() error { _, err := x.s.Stats(x.ctx); return err },
			"Close":       func() error { return x.s.Close() },
		} {
			if err := do(); !errors.Is(err, store.ErrClosed) {
				t.Errorf("%s = %v; want %v", name, err, store.ErrClosed)
			}
		}
	})
	t.Run("a commit whose context has ended keeps nothing", func(t *testing.T) {
		x := newExam(t, f)
		e := x.event()
		r := x.of(e)
		ctx, stop := context.WithCancel(x.ctx)
		stop()
		if _, err := x.s.Commit(ctx, &store.Batch{Reports: []store.Report{r}}); !errors.Is(err, context.Canceled) {
			t.Errorf("Commit() = %v; want %v", err, context.Canceled)
		}
		x.missing(e.ID, belay.ID{})
	})
}

func durability(t *testing.T, f Fixture) {
	if f.Reopen == nil {
		return
	}
	cases(t, f, map[string]func(*exam){
		"all that was committed is there after opening again": func(x *exam) {
			x.change(x.site, put("a", "1", 0))
			x.change(belay.ID{}, put("b", "1", 0))
			e := x.event(withKey("k"), func(e *belay.Event) { e.EntityID = belay.ID{5} })
			r := x.of(e, fullActivation(x, e), x.activation(e), x.activation(e))
			x.keep(r)
			made := r.Activations
			done := made[1]
			done.Status, done.Due, done.Version = belay.Ended, 0, 2
			x.equal("saved", x.save(done, 1), true)
			x.cancel(byID(made[2].ID))
			x.commit(store.Batch{Entries: []store.Entry{{SiteID: x.site, Stream: "s", ID: e.ID, Value: []byte("1")}}})

			for range 2 {
				x.s = x.f.Reopen(x, x.s)
				got, err := x.s.Event(x.ctx, x.site, e.ID)
				x.ok(err)
				x.equal("event", got, r.Event)
				x.equal("started", x.stored(made[0].ID), made[0])
				x.equal("ended", x.stored(made[1].ID), done)
				x.equal("canceled", x.stored(made[2].ID).Status, belay.Cancelled)
				x.equal("due", x.due(), []belay.ID{made[0].ID})
				x.equal("documents", x.docs(x.site, "", 0), []store.Doc{doc("a", "1", 1)})
				x.equal("version", x.version(x.site), int64(1))
				again := r
				again.Event.ID = x.id()
				answer := x.commit(store.Batch{Reports: []store.Report{again}}).Reports[0]
				x.equal("answer", answer, store.Reported{Outcome: store.Repeated, EventID: e.ID, Activations: r.Event.Activations})
				again.Event.IdempotencyKey, again.SiteVersion = "", 0
				answer = x.commit(store.Batch{Reports: []store.Report{again}}).Reports[0]
				x.equal("outcome", answer.Outcome, store.Stale)
				entries, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Stream: "s", Page: store.Page{Limit: 9}})
				x.ok(err)
				x.equal("entries", ids(entries, entryID), []belay.ID{e.ID})
			}
		},
		"what is due at any time is found after opening again": func(x *exam) {
			late := x.scheduled(belay.ID{})
			x.due()
			x.s = x.f.Reopen(x, x.s)
			early := x.scheduled(belay.ID{}, func(a *belay.Activation) { a.Due = 1 })
			x.equal("due", x.due(), []belay.ID{early.ID, late.ID})
		},
	})
}
