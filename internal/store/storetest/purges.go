package storetest

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func purges(t *testing.T, f Fixture) {
	entity := belay.ID{5, 15: 1}
	cases(t, f, map[string]func(*exam){
		"an event is forgotten with all that it made": func(x *exam) {
			a := x.scheduled(entity)
			x.save(overAt(a, x.now), 1)
			x.equal("purged", x.purge(x.now+1, a.EventID), store.Purged{Events: 1, Activations: 1})
			x.missing(a.EventID, a.ID)
			x.equal("again", x.purge(x.now+1, a.EventID), store.Purged{})
			x.equal("canceled", x.cancel(store.Selector{AppID: x.app, TriggerKey: a.TriggerKey, EntityID: entity}), store.Canceled{})
		},
		"what is pending stays": func(x *exam) {
			a := x.scheduled(entity)
			x.equal("purged", x.purge(x.now+1_000_000, a.EventID), store.Purged{})
			x.equal("due", x.due(), []belay.ID{a.ID})
		},
		"what ended at the bound or later stays": func(x *exam) {
			a := x.scheduled(entity)
			x.save(overAt(a, x.now), 1)
			x.equal("purged", x.purge(x.now, a.EventID), store.Purged{})
			x.equal("activation", x.stored(a.ID), overAt(a, x.now))
		},
		"another site's event stays": func(x *exam) {
			a := x.scheduled(entity)
			x.save(overAt(a, x.now), 1)
			r := x.commit(store.Batch{Purges: []store.Purge{{SiteID: belay.ID{9}, Events: []belay.ID{a.EventID}, EndedBefore: x.now + 1}}})
			x.equal("purged", r.Purges, []store.Purged{{}})
			x.equal("activation", x.stored(a.ID), overAt(a, x.now))
		},
		"an act sees those before it": func(x *exam) {
			a := x.scheduled(entity)
			r := x.commit(store.Batch{
				Saves:  []store.Save{{Activation: overAt(a, x.now), Version: 1}},
				Purges: []store.Purge{{SiteID: x.site, Events: []belay.ID{a.EventID, a.EventID}, EndedBefore: x.now + 1}},
			})
			x.equal("purged", r.Purges, []store.Purged{{Events: 1, Activations: 1}})
			x.missing(a.EventID, a.ID)
		},
		"entries are forgotten by name": func(x *exam) {
			old, kept := belay.ID{7, 15: 1}, belay.ID{7, 15: 2}
			x.commit(store.Batch{Entries: []store.Entry{
				{SiteID: x.site, Stream: "s", ID: old, Value: []byte("old")}, {SiteID: x.site, Stream: "s", ID: kept, Value: []byte("kept")},
			}})
			r := x.commit(store.Batch{Purges: []store.Purge{{SiteID: x.site, Stream: "s", Entries: []belay.ID{old, old, {8}}}}})
			x.equal("purged", r.Purges, []store.Purged{{Entries: 1}})
			list, err := x.s.Entries(x.ctx, store.EntryQuery{SiteID: x.site, Stream: "s", Page: store.Page{Limit: 9}})
			if err != nil || len(list) != 1 || list[0].ID != kept {
				x.Errorf("entries = %v, %v; want the one that was kept", list, err)
			}
		},
	})
}

func (x *exam) purge(before belay.Instant, events ...belay.ID) store.Purged {
	x.Helper()
	return x.commit(store.Batch{Purges: []store.Purge{{SiteID: x.site, Events: events, EndedBefore: before}}}).Purges[0]
}

// overAt returns a as it is when it has ended.
func overAt(a belay.Activation, at belay.Instant) belay.Activation {
	a.Status, a.Due, a.EndedAt = belay.Ended, 0, at
	a.Version++
	return a
}
