package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// delivery returns one to an app about an entity, due now.
func (x *exam) delivery(app, entity belay.ID, sequence int64) belay.Delivery {
	return belay.NewDelivery(x.site, app, entity, belay.TopicActivationStatusChanged, sequence, x.now, []byte(`{"status":"STARTED"}`))
}

// told keeps deliveries with a change of a document.
func (x *exam) told(list ...belay.Delivery) {
	x.Helper()
	r := x.commit(store.Batch{Changes: []store.Change{{Scope: x.site, Deliveries: list}}})
	x.equal("conflict", r.Changes[0].Conflict, -1)
}

func (x *exam) saveDelivery(d belay.Delivery, version int64) bool {
	x.Helper()
	r := x.commit(store.Batch{Deliveries: []store.DeliverySave{{Delivery: d, Version: version}}})
	return r.Deliveries[0] == store.Kept
}

func (x *exam) deliveries(with ...func(*store.DeliveryQuery)) []belay.ID {
	x.Helper()
	q := store.DeliveryQuery{SiteID: x.site, Page: store.Page{Limit: 1000}}
	for _, w := range with {
		w(&q)
	}
	list, err := x.s.Deliveries(x.ctx, q)
	x.ok(err)
	return ids(list, deliveryID)
}

func (x *exam) dueDeliveries(app belay.ID) []belay.ID {
	x.Helper()
	list, err := x.s.DueDeliveries(x.ctx, store.DueDeliveryQuery{AppID: app, Until: 1 << 60, Limit: 1000})
	x.ok(err)
	return ids(list, func(d store.DueDelivery) belay.ID { return d.DeliveryID })
}

func deliveryID(d belay.Delivery) belay.ID { return d.ID }

// sorted returns IDs in their order.
func sorted(list ...belay.Delivery) []belay.ID {
	out, _ := page(slices.Clone(list), store.Page{Limit: 1000}, deliveryID)
	return ids(out, deliveryID)
}

func deliveries(t *testing.T, f Fixture) {
	entity := belay.ID{5, 15: 1}
	cases(t, f, map[string]func(*exam){
		"what a change tells is kept with it": func(x *exam) {
			d := x.delivery(x.app, entity, 7)
			x.told(d)
			got, err := x.s.Delivery(x.ctx, x.site, d.ID)
			x.ok(err)
			x.equal("delivery", got, d)
			x.equal("due", x.dueDeliveries(x.app), []belay.ID{d.ID})
			x.equal("due to another app", x.dueDeliveries(belay.ID{9}), []belay.ID(nil))
			_, err = x.s.Delivery(x.ctx, belay.ID{9}, d.ID)
			x.equal("another site's", errors.Is(err, store.ErrNotFound), true)
		},
		"a change that does not happen tells nothing": func(x *exam) {
			r := x.commit(store.Batch{Changes: []store.Change{{
				Scope: x.site, Puts: []store.Put{{Kind: "a", Key: "a", Value: []byte("1"), Expect: 5}},
				Deliveries: []belay.Delivery{x.delivery(x.app, entity, 1)},
			}}})
			x.equal("conflict", r.Changes[0].Conflict, 0)
			x.equal("deliveries", x.deliveries(), []belay.ID(nil))
		},
		"a report tells when it is kept": func(x *exam) {
			e := x.event(func(e *belay.Event) { e.IdempotencyKey = "k" })
			r := x.of(e)
			r.Deliveries = []belay.Delivery{x.delivery(x.app, entity, 1)}
			x.keep(r)
			again := x.of(x.event(func(e *belay.Event) { e.IdempotencyKey = "k" }))
			again.Deliveries = []belay.Delivery{x.delivery(x.app, entity, 2)}
			stale := x.of(x.event())
			stale.SiteVersion++
			stale.Deliveries = []belay.Delivery{x.delivery(x.app, entity, 3)}
			got := x.commit(store.Batch{Reports: []store.Report{again, stale}})
			x.equal("outcomes", []store.ReportOutcome{got.Reports[0].Outcome, got.Reports[1].Outcome}, []store.ReportOutcome{store.Repeated, store.Stale})
			x.equal("deliveries", x.deliveries(), sorted(r.Deliveries...))
		},
		"a save tells when it happens": func(x *exam) {
			a := x.scheduled(entity)
			next := overAt(a, x.now)
			won, lost := x.delivery(x.app, a.ID, 1), x.delivery(x.app, a.ID, 2)
			r := x.commit(store.Batch{Saves: []store.Save{
				{Activation: next, Version: 1, Deliveries: []belay.Delivery{won}},
				{Activation: next, Version: 1, Deliveries: []belay.Delivery{lost}},
			}})
			x.equal("saved", r.Saves, []store.Saved{store.Kept, store.Lost})
			x.equal("deliveries", x.deliveries(), sorted(won))
		},
		"a save that was kept before tells nothing more": func(x *exam) {
			a := x.scheduled(entity)
			save := store.Save{Activation: overAt(a, x.now), Version: 1, Deliveries: []belay.Delivery{x.delivery(x.app, a.ID, 1)}}
			x.commit(store.Batch{Saves: []store.Save{save}})
			d := save.Deliveries[0].With(belay.Attempt{StartedAt: x.now, Result: "DELIVERED"}).End(belay.DeliveryDelivered, x.now)
			x.equal("recorded", x.saveDelivery(d, 1), true)
			save.Again = true
			r := x.commit(store.Batch{Saves: []store.Save{save}})
			x.equal("saved", r.Saves, []store.Saved{store.Kept})
			got, err := x.s.Delivery(x.ctx, x.site, d.ID)
			x.ok(err)
			x.equal("delivery", got, d)
			x.commit(store.Batch{Purges: []store.Purge{{SiteID: x.site, Deliveries: []belay.ID{d.ID}}}})
			r = x.commit(store.Batch{Saves: []store.Save{save}})
			x.equal("saved after the delivery went", r.Saves, []store.Saved{store.Kept})
			x.equal("deliveries", x.deliveries(), []belay.ID(nil))
		},
		"a cancel tells what it calls off, once": func(x *exam) {
			a, over := x.scheduled(entity), x.scheduled(entity)
			x.save(overAt(over, x.now), 1)
			other := belay.ID{2, 15: 9}
			c := store.Cancel{
				SiteID: x.site, Selector: store.Selector{AppID: x.app, TriggerKey: a.TriggerKey, EntityID: entity},
				Reason: belay.EventCancelled, By: belay.Identity{AppID: x.app}, Now: x.now,
				Tell: []belay.Listener{
					{AppID: x.app, Topics: belay.Topics(0).With(belay.TopicActivationStatusChanged)},
					{AppID: other, Topics: belay.Topics(0).With(belay.TopicActivationStatusChanged)},
				},
			}
			canceled := a.Cancel(c.Reason, c.By, c.Now)
			want := belay.Tell(&a, &canceled, c.Tell, c.Now)
			r := x.commit(store.Batch{Cancels: []store.Cancel{c, c}})
			x.equal("counts", []int{r.Cancels[0].Count, r.Cancels[1].Count}, []int{1, 0})
			x.equal("deliveries", x.deliveries(), sorted(want...))
			x.equal("due", x.dueDeliveries(other), []belay.ID{want[1].ID})
			c.Again = true
			x.commit(store.Batch{Cancels: []store.Cancel{c}})
			x.equal("after the same again", x.deliveries(), sorted(want...))
			got, err := x.s.Delivery(x.ctx, x.site, want[0].ID)
			x.ok(err)
			x.equal("delivery", got, want[0])
		},
		"the cancels of a change tell too": func(x *exam) {
			a := x.scheduled(entity)
			listeners := []belay.Listener{{AppID: x.app, Topics: belay.Topics(0).With(belay.TopicActivationStatusChanged)}}
			x.commit(store.Batch{Changes: []store.Change{{Scope: x.site, Cancels: []store.Cancel{{
				SiteID: x.site, Selector: store.Selector{AutomationID: x.automation}, Reason: belay.AutomationDeleted, Now: x.now, Tell: listeners,
			}}}}})
			canceled := a.Cancel(belay.AutomationDeleted, belay.Identity{}, x.now)
			x.equal("deliveries", x.deliveries(), sorted(belay.Tell(&a, &canceled, listeners, x.now)...))
		},
		"the first of an entity is the one with the lowest sequence that is open": func(x *exam) {
			third, first, second := x.delivery(x.app, entity, 300), x.delivery(x.app, entity, 100), x.delivery(x.app, entity, 200)
			x.told(third, first, second, x.delivery(belay.ID{9}, entity, 1), x.delivery(x.app, belay.ID{5, 15: 9}, 1))
			for _, want := range []belay.Delivery{first, second, third} {
				got, err := x.s.FirstDelivery(x.ctx, x.site, x.app, entity)
				x.ok(err)
				x.equal("first", got, want)
				next := want.With(belay.Attempt{StartedAt: x.now}).End(belay.DeliveryFailed, x.now)
				x.equal("saved", x.saveDelivery(next, 1), true)
			}
			_, err := x.s.FirstDelivery(x.ctx, x.site, x.app, entity)
			x.equal("none left", errors.Is(err, store.ErrNotFound), true)
			replayed, err := x.s.Delivery(x.ctx, x.site, second.ID)
			x.ok(err)
			x.equal("saved", x.saveDelivery(replayed.Replay(x.now+5), 2), true)
			got, err := x.s.FirstDelivery(x.ctx, x.site, x.app, entity)
			x.ok(err)
			x.equal("replayed", got, replayed.Replay(x.now+5))
		},
		"a delivery is replaced on the stored version only": func(x *exam) {
			d := x.delivery(x.app, entity, 1)
			x.told(d)
			next := d.With(belay.Attempt{StartedAt: x.now, Result: "RETRY", Status: 503})
			next.Due = x.now + 5000
			x.equal("saved", x.saveDelivery(next, 2), false)
			x.equal("saved", x.saveDelivery(next, 1), true)
			x.equal("saved", x.saveDelivery(next, 1), false)
			r := x.commit(store.Batch{Deliveries: []store.DeliverySave{{Delivery: next, Version: 1, Again: true}}})
			x.equal("again", r.Deliveries, []store.Saved{store.Kept})
			got, err := x.s.Delivery(x.ctx, x.site, d.ID)
			x.ok(err)
			x.equal("delivery", got, next)
			gone := x.delivery(x.app, entity, 9)
			x.equal("what is not there", x.saveDelivery(gone, 1), false)
		},
		"due deliveries are those of an app, earliest first": func(x *exam) {
			var list []belay.Delivery
			for n := range 4 {
				d := x.delivery(x.app, belay.ID{5, 15: byte(n)}, 1)
				d.Due = x.now + belay.Instant(40-10*n)
				list = append(list, d)
			}
			list[0].Due = 0
			x.told(list...)
			got, err := x.s.DueDeliveries(x.ctx, store.DueDeliveryQuery{AppID: x.app, Until: x.now + 30, Limit: 10})
			x.ok(err)
			x.equal("due", got, []store.DueDelivery{
				{At: x.now + 10, SiteID: x.site, EntityID: list[3].EntityID, DeliveryID: list[3].ID},
				{At: x.now + 20, SiteID: x.site, EntityID: list[2].EntityID, DeliveryID: list[2].ID},
			})
			got, err = x.s.DueDeliveries(x.ctx, store.DueDeliveryQuery{AppID: x.app, Until: 1 << 60, Limit: 1})
			x.ok(err)
			x.equal("limited", len(got), 1)
			var others store.Buckets
			others.Add(belay.Bucket(x.site) + 1)
			got, err = x.s.DueDeliveries(x.ctx, store.DueDeliveryQuery{AppID: x.app, Buckets: &others, Until: 1 << 60, Limit: 10})
			x.ok(err)
			x.equal("in other buckets", len(got), 0)
		},
		"deliveries are listed by app, entity and status": func(x *exam) {
			one, two, three := x.delivery(x.app, entity, 1), x.delivery(belay.ID{9}, entity, 1), x.delivery(x.app, belay.ID{5, 15: 2}, 1)
			x.told(one, two, three)
			x.saveDelivery(three.With(belay.Attempt{StartedAt: x.now}).End(belay.DeliveryFailed, x.now), 1)
			x.equal("all", x.deliveries(), sorted(one, two, three))
			x.equal("app", x.deliveries(func(q *store.DeliveryQuery) { q.AppID = x.app }), sorted(one, three))
			x.equal("entity", x.deliveries(func(q *store.DeliveryQuery) { q.EntityID = entity }), sorted(one, two))
			x.equal("status", x.deliveries(func(q *store.DeliveryQuery) { q.Status = belay.DeliveryFailed }), sorted(three))
			x.equal("newest", x.deliveries(func(q *store.DeliveryQuery) { q.Newest = true }), reversed(sorted(one, two, three)))
			x.equal("page", x.deliveries(func(q *store.DeliveryQuery) { q.Limit, q.After = 1, sorted(one, two, three)[0] }), sorted(one, two, three)[1:2])
			x.equal("another site", x.deliveries(func(q *store.DeliveryQuery) { q.SiteID = belay.ID{9} }), []belay.ID(nil))
		},
		"deliveries are forgotten by name": func(x *exam) {
			one, two := x.delivery(x.app, entity, 1), x.delivery(x.app, entity, 2)
			x.told(one, two)
			r := x.commit(store.Batch{Purges: []store.Purge{
				{SiteID: belay.ID{9}, Deliveries: []belay.ID{two.ID}},
				{SiteID: x.site, Deliveries: []belay.ID{one.ID, one.ID, {8}}},
			}})
			x.equal("purged", r.Purges, []store.Purged{{}, {Deliveries: 1}})
			x.equal("left", x.deliveries(), sorted(two))
			x.equal("due", x.dueDeliveries(x.app), []belay.ID{two.ID})
		},
	})
}
