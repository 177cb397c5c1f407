package storetest

import (
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const never = belay.Instant(1<<63 - 1)

func due(t *testing.T, f Fixture) {
	cases(t, f, map[string]func(*exam){
		"earliest first, ties in the order of IDs, over all buckets": func(x *exam) {
			var want []store.Due
			for _, at := range []belay.Instant{5, 5, 7, 9, 9, 9, 11} {
				want = append(want, store.Due{At: x.now + at, ActivationID: x.id()})
			}
			for _, i := range []int{3, 0, 6, 1, 5, 2, 4} {
				d := &want[i]
				e := x.event(func(e *belay.Event) { e.SiteID = belay.ID{byte(i), 7} })
				d.SiteID = e.SiteID
				x.keep(x.of(e, x.activation(e, func(a *belay.Activation) { a.ID, a.Due = d.ActivationID, d.At })))
			}
			ask := func(q store.DueQuery) []store.Due {
				got, err := x.s.Due(x.ctx, q)
				x.ok(err)
				return got
			}
			for range 2 {
				x.equal("all", ask(store.DueQuery{Until: never, Limit: 99}), want)
				x.equal("first three", ask(store.DueQuery{Until: never, Limit: 3}), want[:3])
				x.equal("before 9", ask(store.DueQuery{Until: x.now + 9, Limit: 99}), want[:3])
				x.equal("from 7", ask(store.DueQuery{From: x.now + 7, Until: never, Limit: 99}), want[2:])
				x.equal("from 9 before 11", ask(store.DueQuery{From: x.now + 9, Until: x.now + 11, Limit: 99}), want[3:6])
				x.equal("nothing yet", ask(store.DueQuery{Until: x.now + 5, Limit: 99}), []store.Due(nil))
				x.equal("no room", ask(store.DueQuery{Until: never}), []store.Due(nil))
			}
		},
		"only the buckets asked for": func(x *exam) {
			a := x.scheduled(belay.ID{})
			b := belay.Bucket(x.site)
			var own, others store.Buckets
			for i := range belay.Buckets {
				if others.Add(uint8(i)); uint8(i) == b {
					own.Add(b)
				}
			}
			others[b/64] &^= own[b/64]
			for name, tt := range map[string]struct {
				buckets *store.Buckets
				found   bool
			}{
				"its own":    {&own, true},
				"all":        {nil, true},
				"all others": {&others, false},
				"none":       {&store.Buckets{}, false},
			} {
				got, err := x.s.Due(x.ctx, store.DueQuery{Buckets: tt.buckets, Until: never, Limit: 9})
				x.ok(err)
				var want []store.Due
				if tt.found {
					want = []store.Due{{At: a.Due, SiteID: x.site, ActivationID: a.ID}}
				}
				x.equal(name, got, want)
			}
		},
		"what comes in earlier than what was seen is found": func(x *exam) {
			late := x.scheduled(belay.ID{})
			x.equal("late", x.due(), []belay.ID{late.ID})
			early := x.scheduled(belay.ID{}, func(a *belay.Activation) { a.Due = 1 })
			x.equal("both", x.due(), []belay.ID{early.ID, late.ID})
			x.cancel(byID(early.ID))
			x.equal("late", x.due(), []belay.ID{late.ID})
			x.cancel(byID(late.ID))
			x.equal("none", x.due(), []belay.ID(nil))
			again := x.scheduled(belay.ID{}, func(a *belay.Activation) { a.Due = 2 })
			x.equal("again", x.due(), []belay.ID{again.ID})
		},
		"nothing is missed while others write": dueUnderWrites,
		"of one site, page by page":            upcoming,
	})
}

// upcoming pages through what is due on a site that shares its bucket with another.
func upcoming(x *exam) {
	neighbour := belay.ID{0xff}
	for belay.Bucket(neighbour) != belay.Bucket(x.site) {
		neighbour[1]++
		if neighbour[1] == 0 {
			neighbour[2]++
		}
	}
	var want []store.Due
	for i, at := range []belay.Instant{5, 5, 5, 7, 9, 9, 11} {
		d := store.Due{At: x.now + at, SiteID: x.site, ActivationID: x.id()}
		if i%3 == 1 {
			d.SiteID = neighbour
		} else {
			want = append(want, d)
		}
		e := x.event(func(e *belay.Event) { e.SiteID = d.SiteID })
		x.keep(x.of(e, x.activation(e, func(a *belay.Activation) { a.ID, a.Due = d.ActivationID, d.At })))
	}
	ask := func(q store.UpcomingQuery) []store.Due {
		q.SiteID = x.site
		got, next, err := x.s.Upcoming(x.ctx, q)
		x.ok(err)
		x.equal("nothing is left to look at", next, store.Due{})
		return got
	}
	x.equal("all", ask(store.UpcomingQuery{Until: never, Limit: 99}), want)
	x.equal("before 9", ask(store.UpcomingQuery{Until: x.now + 9, Limit: 99}), want[:3])
	x.equal("nothing yet", ask(store.UpcomingQuery{Until: x.now + 5, Limit: 99}), []store.Due(nil))
	var paged []store.Due
	for after := (store.Due{}); ; {
		page := ask(store.UpcomingQuery{After: after, Until: never, Limit: 1})
		if len(page) == 0 {
			break
		}
		paged, after = append(paged, page...), page[0]
	}
	x.equal("one by one", paged, want)
	for _, limit := range []int{0, -1, 1001} {
		if _, _, err := x.s.Upcoming(x.ctx, store.UpcomingQuery{SiteID: x.site, Until: never, Limit: limit}); err == nil {
			x.Errorf("a limit of %d was taken", limit)
		}
	}
}

// dueUnderWrites looks while another goroutine keeps and starts activations
// whose due times come in no order. Nothing may be overlooked when it is done.
func dueUnderWrites(x *exam) {
	written := make(chan error, 1)
	var batches []store.Batch
	left := map[belay.ID]bool{}
	for i := range 300 {
		e := x.event()
		a := x.activation(e, func(a *belay.Activation) { a.Due = x.now - belay.Instant(i*7919%1000) })
		batches = append(batches, store.Batch{Reports: []store.Report{x.of(e, a)}})
		if left[a.ID] = i%3 != 0; !left[a.ID] {
			done := a
			done.Version, done.Due, done.Status = 2, 0, belay.Ended
			batches = append(batches, store.Batch{Saves: []store.Save{{Activation: done, Version: 1}}})
			delete(left, a.ID)
		}
	}
	go func() {
		for i := range batches {
			if _, err := x.s.Commit(x.ctx, &batches[i]); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for done := false; !done; {
		select {
		case err := <-written:
			x.ok(err)
			done = true
		default:
			_, err := x.s.Due(x.ctx, store.DueQuery{Until: x.now + 1, Limit: 3})
			x.ok(err)
		}
	}
	got := x.due()
	for _, id := range got {
		if !left[id] {
			x.Errorf("%s is due twice, or was ended", id)
		}
		delete(left, id)
	}
	x.equal("overlooked", len(left), 0)
}

func lists(t *testing.T, f Fixture) {
	cases(t, f, map[string]func(*exam){
		"events in pages, both ways":      func(x *exam) { x.pages(x.manyEvents(7), x.listEvents) },
		"activations in pages, both ways": func(x *exam) { x.pages(x.manyOf(belay.ID{5}, 7), x.listActivations) },
		"an automation's activations in pages": func(x *exam) {
			x.pages(x.manyOf(belay.ID{5}, 7), func(p store.Page) []belay.ID {
				return x.list(store.ActivationQuery{AutomationID: x.automation, Page: p})
			})
		},
		"an entity's activations in pages, final or not, of every trigger": func(x *exam) {
			entity := belay.ID{5}
			var want []belay.ID
			for i := range 9 {
				e := x.event(func(e *belay.Event) { e.EntityID, e.TriggerKey = entity, []string{"b", "a", "ab"}[i%3] })
				a := x.activation(e)
				if i%2 == 0 {
					ended(&a)
				}
				x.keep(x.of(e, a))
				x.scheduled(belay.ID{6})
				want = append(want, a.ID)
			}
			x.pages(want, func(p store.Page) []belay.ID {
				return x.list(store.ActivationQuery{EntityID: entity, Page: p})
			})
			x.equal("of the automation too", x.list(store.ActivationQuery{EntityID: entity, AutomationID: x.automation, Page: store.Page{Limit: 99}}), want)
			x.equal("of none", x.list(store.ActivationQuery{EntityID: entity, AutomationID: belay.ID{9}, Page: store.Page{Limit: 99}}), []belay.ID(nil))
		},
		"activations by status": func(x *exam) {
			by := map[belay.Status][]belay.ID{}
			for i := range 14 {
				status := belay.Status(i%7 + 1)
				a := x.scheduled(belay.ID{byte(i % 2), 15: 1}, func(a *belay.Activation) { a.Status = status })
				by[status] = append(by[status], a.ID)
			}
			for status, want := range by {
				p := store.Page{Limit: 99}
				x.equal(status.String(), x.list(store.ActivationQuery{Status: status, Page: p}), want)
				x.equal("of the automation", x.list(store.ActivationQuery{Status: status, AutomationID: x.automation, Page: p}), want)
				x.equal("of the entity", x.list(store.ActivationQuery{Status: status, EntityID: belay.ID{1, 15: 1}, Page: p}),
					x.list(store.ActivationQuery{Status: status, EntityID: belay.ID{1, 15: 1}, AutomationID: x.automation, Page: p}))
			}
		},
		"events by entity, app and trigger": func(x *exam) {
			entity := belay.ID{5}
			var want []belay.ID
			for i := range 8 {
				e := x.event(func(e *belay.Event) {
					if e.EntityID = entity; i%2 == 0 {
						e.EntityID = belay.ID{}
					}
					if i%4 >= 2 {
						e.TriggerKey = "another"
					}
					if i >= 4 {
						e.AppID = belay.ID{9}
					}
				})
				x.keep(x.of(e))
				want = append(want, e.ID)
			}
			pick := func(n ...int) (out []belay.ID) {
				for _, i := range n {
					out = append(out, want[i])
				}
				return out
			}
			all := store.Page{Limit: 99}
			x.equal("entity", x.events(store.EventQuery{AppID: x.app, TriggerKey: "invoice.overdue", EntityID: entity, Page: all}), pick(1))
			x.equal("app", x.events(store.EventQuery{AppID: x.app, Page: all}), pick(0, 1, 2, 3))
			x.equal("trigger", x.events(store.EventQuery{TriggerKey: "another", Page: all}), pick(2, 3, 6, 7))
			x.equal("both", x.events(store.EventQuery{AppID: belay.ID{9}, TriggerKey: "another", Page: all}), pick(6, 7))
			x.equal("newest of the app", x.events(store.EventQuery{AppID: x.app, Page: store.Page{Limit: 2, Newest: true}}), pick(3, 2))
		},
		"entries in pages, both ways": func(x *exam) {
			var want []belay.ID
			var all []store.Entry
			for range 7 {
				e := store.Entry{SiteID: x.site, Stream: "outbox", ID: x.id(), Value: []byte("1")}
				all, want = append(all, e), append(want, e.ID)
			}
			x.commit(store.Batch{Entries: all})
			x.pages(want, func(p store.Page) []belay.ID {
				got, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Stream: "outbox", Page: p})
				x.ok(err)
				return ids(got, entryID)
			})
		},
		"a page of no size, or too large, is refused": func(x *exam) {
			for _, limit := range []int{-1, 0, 1001} {
				p := store.Page{Limit: limit}
				_, err1 := x.s.Events(x.ctx, store.EventQuery{SiteID: x.site, Page: p})
				_, err2 := x.s.Activations(x.ctx, store.ActivationQuery{SiteID: x.site, Page: p})
				_, err3 := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Page: p})
				if err1 == nil || err2 == nil || err3 == nil {
					x.Errorf("a limit of %d: %v, %v, %v; want three errors", limit, err1, err2, err3)
				}
			}
		},
		"a page while others write has each row once": pagesUnderWrites,
		"counts": func(x *exam) {
			x.scheduled(belay.ID{5})
			x.scheduled(belay.ID{5}, ended)
			x.keep(x.of(x.event()))
			got, err := x.s.Stats(x.ctx)
			x.ok(err)
			got.DiskBytes = 0
			x.equal("stats", got, store.Stats{Events: 3, Activations: 2, Pending: 1})
		},
	})
}

func pagesUnderWrites(x *exam) {
	entity := belay.ID{5}
	want := x.manyOf(entity, 40)
	written := make(chan error, 1)
	cancels := make([]store.Cancel, len(want))
	for i, id := range want {
		cancels[i] = x.cancelOf(byID(id))
	}
	go func() {
		for _, c := range cancels {
			if _, err := x.s.Commit(x.ctx, &store.Batch{Cancels: []store.Cancel{c}}); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for done := false; !done; {
		select {
		case err := <-written:
			x.ok(err)
			done = true
		default:
		}
		// Each activation moves from the pending to the ended in one act, so a list
		// never shows it in both, nor in neither.
		x.equal("list", x.list(store.ActivationQuery{EntityID: entity, Page: store.Page{Limit: 99}}), want)
	}
}

func (x *exam) manyEvents(n int) (out []belay.ID) {
	x.Helper()
	for range n {
		e := x.event()
		x.keep(x.of(e))
		out = append(out, e.ID)
	}
	return out
}

func (x *exam) events(q store.EventQuery) []belay.ID {
	x.Helper()
	q.SiteID = x.site
	got, err := x.s.Events(x.ctx, q)
	x.ok(err)
	return ids(got, eventID)
}

func (x *exam) list(q store.ActivationQuery) []belay.ID {
	x.Helper()
	q.SiteID = x.site
	got, err := x.s.Activations(x.ctx, q)
	x.ok(err)
	return ids(got, activationID)
}

func (x *exam) listEvents(p store.Page) []belay.ID { return x.events(store.EventQuery{Page: p}) }

func (x *exam) listActivations(p store.Page) []belay.ID {
	return x.list(store.ActivationQuery{Page: p})
}

// pages reads seven rows or more, all there are, in every way that a page allows.
func (x *exam) pages(all []belay.ID, list func(store.Page) []belay.ID) {
	x.Helper()
	n := len(all)
	x.equal("all", list(store.Page{Limit: 1000}), all)
	x.equal("newest first", list(store.Page{Limit: 1000, Newest: true}), reversed(all))
	x.equal("the first three", list(store.Page{Limit: 3}), all[:3])
	x.equal("the last three", list(store.Page{Limit: 3, Newest: true}), reversed(all[n-3:]))
	x.equal("after the third", list(store.Page{Limit: 1000, After: all[2]}), all[3:])
	x.equal("two after the third", list(store.Page{Limit: 2, After: all[2]}), all[3:5])
	x.equal("before the fifth", list(store.Page{Limit: 1000, Before: all[4]}), all[:4])
	x.equal("two before the fifth, newest first", list(store.Page{Limit: 2, Before: all[4], Newest: true}), reversed(all[2:4]))
	x.equal("between", list(store.Page{Limit: 1000, After: all[1], Before: all[4]}), all[2:4])
	x.equal("between, newest first", list(store.Page{Limit: 1000, After: all[1], Before: all[4], Newest: true}), reversed(all[2:4]))
	x.equal("between neighbours", list(store.Page{Limit: 1000, After: all[1], Before: all[2]}), []belay.ID(nil))
	x.equal("between the wrong way round", list(store.Page{Limit: 1000, After: all[4], Before: all[1]}), []belay.ID(nil))
	x.equal("after the last", list(store.Page{Limit: 1000, After: all[n-1]}), []belay.ID(nil))
	x.equal("before the first", list(store.Page{Limit: 1000, Before: all[0], Newest: true}), []belay.ID(nil))
	x.equal("from a time on", list(store.Page{Limit: 1000, After: belay.IDFloor(x.now.Time())}), all)
}

// sites holds two sites with the same IDs in all places apart.
func sites(t *testing.T, f Fixture) {
	here, there := belay.ID{1, 15: 1}, belay.ID{1, 15: 2}
	cases(t, f, map[string]func(*exam){
		"the same IDs on two sites": func(x *exam) {
			e := x.event(withKey("k"), func(e *belay.Event) { e.EntityID = belay.ID{5} })
			a := x.activation(e)
			for _, site := range []belay.ID{here, there} {
				e.SiteID, a.SiteID = site, site
				x.keep(x.of(e, a))
				x.commit(store.Batch{Entries: []store.Entry{{SiteID: site, Stream: "s", ID: e.ID, Value: site[:]}}})
				x.change(site, put("a", string(site[15]+'0'), 0))
			}
			x.site = here
			for _, s := range []store.Selector{x.entity(belay.ID{5}), {AppID: x.app}, {AutomationID: x.automation}, byID(a.ID)} {
				c := x.cancelOf(s)
				c.SiteID = belay.ID{1, 15: 3}
				x.equal("on a third site", x.commit(store.Batch{Cancels: []store.Cancel{c}}).Cancels[0], store.Canceled{})
			}
			x.equal("here", x.cancel(store.Selector{AppID: x.app}), store.Canceled{Count: 1, IDs: []belay.ID{a.ID}})
			got, err := x.s.Activation(x.ctx, there, a.ID)
			x.ok(err)
			x.equal("there", got, a)
			due, err := x.s.Due(x.ctx, store.DueQuery{Until: never, Limit: 9})
			x.ok(err)
			x.equal("due", due, []store.Due{{At: a.Due, SiteID: there, ActivationID: a.ID}})
			x.equal("documents", x.docs(there, "", 0), []store.Doc{doc("a", "2", 1)})
		},
		"a site sees none of another's": func(x *exam) {
			x.change(x.site, put("a", "1", 0))
			e := x.event(func(e *belay.Event) { e.EntityID = belay.ID{5} })
			a := x.activation(e)
			x.keep(x.of(e, a))
			x.commit(store.Batch{Entries: []store.Entry{{SiteID: x.site, Stream: "s", ID: e.ID}}})
			x.site = there
			x.missing(e.ID, a.ID)
			all := store.Page{Limit: 9}
			x.equal("events", x.events(store.EventQuery{Page: all}), []belay.ID(nil))
			x.equal("activations", x.list(store.ActivationQuery{Page: all}), []belay.ID(nil))
			x.equal("of the entity", x.list(store.ActivationQuery{EntityID: belay.ID{5}, Page: all}), []belay.ID(nil))
			x.equal("of the automation", x.list(store.ActivationQuery{AutomationID: x.automation, Page: all}), []belay.ID(nil))
			x.equal("documents", x.docs(there, "", 0), []store.Doc(nil))
			a.SiteID = there
			x.equal("saved", x.save(a, 1), false)
			_, err := x.s.Doc(x.ctx, store.DocKey{Scope: there, Kind: "automation", Key: "a"})
			x.equal("no document", errors.Is(err, store.ErrNotFound), true)
		},
	})
}
