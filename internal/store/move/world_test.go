package move_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// world makes up an installation as time goes by: sites of very different sizes,
// each act that there is, rows in every state.
type world struct {
	testing.TB
	r    *rand.Rand
	now  belay.Instant
	n    uint64
	ids  map[belay.ID][]belay.Activation // by site, as they were first kept
	made map[belay.ID][]belay.Event
	last map[belay.ID][]belay.ID // entries
	told map[belay.ID][]belay.Delivery
}

func newWorld(t testing.TB, seed uint64) *world {
	t.Logf("seed %d", seed)
	return &world{
		TB: t, r: rand.New(rand.NewPCG(seed, 1)), now: 1_800_000_000_000,
		ids: map[belay.ID][]belay.Activation{}, made: map[belay.ID][]belay.Event{}, last: map[belay.ID][]belay.ID{},
		told: map[belay.ID][]belay.Delivery{},
	}
}

const sites = 9

func site(n int) belay.ID { return belay.ID{0x51, 1: byte(n * 31), 6: 0x40, 8: 0x80, 15: byte(n + 1)} }

// Most of what happens does so on the first site.
func (w *world) site() belay.ID { return site(min(w.r.IntN(sites), w.r.IntN(sites), w.r.IntN(sites))) }

func (w *world) app() belay.ID        { return belay.ID{0xa9, 15: byte(w.r.IntN(3) + 1)} }
func (w *world) automation() belay.ID { return belay.ID{0xa7, 15: byte(w.r.IntN(5) + 1)} }
func (w *world) trigger() string      { return []string{"booked", "starting", "über", "x"}[w.r.IntN(4)] }

func (w *world) entity() belay.ID {
	if w.r.IntN(3) == 0 {
		return belay.ID{}
	}
	return belay.ID{0xe1, 15: byte(w.r.IntN(20) + 1)}
}

func (w *world) id() belay.ID {
	w.n++
	var chance [10]byte
	binary.BigEndian.PutUint64(chance[2:], w.n)
	return belay.NewID(w.now.Time(), chance)
}

func (w *world) text() []byte {
	b := make([]byte, w.r.IntN(200))
	for i := range b {
		b[i] = byte(w.r.Uint32()) // whatever a receiver may send
	}
	return b
}

// live carries out acts of every kind on a store, n batches of them.
func (w *world) live(s store.Store, n int) {
	w.Helper()
	for range n {
		w.now += belay.Instant(w.r.IntN(5000))
		var b store.Batch
		for range w.r.IntN(12) + 1 {
			w.act(s, &b)
		}
		if _, err := s.Commit(w.Context(), &b); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *world) act(s store.Store, b *store.Batch) {
	switch on := w.site(); w.r.IntN(13) {
	case 0:
		b.Changes = append(b.Changes, w.change(on))
	case 1:
		b.Cancels = append(b.Cancels, w.cancel(on))
	case 2, 3, 4, 5, 6:
		b.Reports = append(b.Reports, w.report(s, on))
	case 7, 8:
		if len(w.ids[on]) > 0 {
			b.Saves = append(b.Saves, w.save(s, on))
		}
	case 9, 10:
		e := store.Entry{SiteID: on, Stream: []string{"outbox", "inbox", "in"}[w.r.IntN(3)], ID: w.id(), Value: w.text()}
		b.Entries, w.last[on] = append(b.Entries, e), append(w.last[on], e.ID)
	case 11:
		p := store.Purge{SiteID: on, EndedBefore: w.now, Stream: "outbox"}
		for range w.r.IntN(6) {
			if all := w.made[on]; len(all) > 0 {
				p.Events = append(p.Events, all[w.r.IntN(len(all))].ID)
			}
			if all := w.last[on]; len(all) > 0 {
				p.Entries = append(p.Entries, all[w.r.IntN(len(all))])
			}
		}
		for range w.r.IntN(2) {
			if all := w.told[on]; len(all) > 0 {
				p.Deliveries = append(p.Deliveries, all[w.r.IntN(len(all))].ID)
			}
		}
		held, err := s.Places(w.Context(), store.PlaceQuery{SiteID: on, Limit: 1000})
		if err != nil {
			w.Fatal(err)
		}
		for _, place := range held {
			if w.r.IntN(4) == 0 {
				p.Places = append(p.Places, place)
			}
		}
		b.Purges = append(b.Purges, p)
	case 12:
		if all := w.told[on]; len(all) > 0 {
			d := all[w.r.IntN(len(all))].With(belay.Attempt{StartedAt: w.now, Detail: string(w.text())})
			if w.r.IntN(2) == 0 {
				d = d.End(belay.DeliveryDelivered, w.now)
			}
			b.Deliveries = append(b.Deliveries, store.DeliverySave{Delivery: d, Version: 1})
		}
	}
}

// tell returns deliveries of a site.
func (w *world) tell(on belay.ID) (list []belay.Delivery) {
	for range w.r.IntN(3) {
		w.n++
		d := belay.NewDelivery(on, w.app(), w.automation(), belay.TopicAutomationUpdated, int64(w.n), w.now, w.text())
		list, w.told[on] = append(list, d), append(w.told[on], d)
	}
	return list
}

func (w *world) change(on belay.ID) store.Change {
	if w.r.IntN(3) == 0 {
		on = belay.ID{}
	}
	c := store.Change{Scope: on}
	for range w.r.IntN(4) {
		p := store.Put{Kind: []string{"automation", "key", "ab"}[w.r.IntN(3)], Key: fmt.Sprint("k/", w.r.IntN(12)), Expect: store.AnyRevision}
		if w.r.IntN(3) > 0 {
			p.Value = w.text()
		}
		c.Puts = append(c.Puts, p)
	}
	if !on.IsZero() {
		c.Deliveries = w.tell(on)
	}
	return c
}

func (w *world) cancel(on belay.ID) store.Cancel {
	c := store.Cancel{SiteID: on, Reason: belay.EventCancelled, By: belay.Identity{AppID: w.app()}, Now: w.now, Limit: 5}
	if w.r.IntN(2) == 0 {
		c.Selector.AutomationID = w.automation()
	} else {
		c.Selector = store.Selector{AppID: w.app(), TriggerKey: w.trigger(), EntityID: belay.ID{0xe1, 15: byte(w.r.IntN(20) + 1)}}
	}
	return c
}

func (w *world) report(s store.Store, on belay.ID) store.Report {
	e := belay.Event{
		ID: w.id(), SiteID: on, AppID: w.app(), TriggerKey: w.trigger(), EntityID: w.entity(), RequestID: "r",
		ReportedAt: w.now, TakesPlaceAt: w.now + belay.Instant(w.r.IntN(1e6)), Payload: w.text(),
	}
	if w.r.IntN(2) == 0 {
		e.IdempotencyKey = fmt.Sprint("key ", w.r.IntN(200))
	}
	r := store.Report{Event: e, Now: w.now, KeyUntil: w.now + belay.Instant(w.r.IntN(1e6))}
	for range w.r.IntN(4) {
		a := belay.Activation{
			ID: w.id(), SiteID: on, EventID: e.ID, AppID: e.AppID, TriggerKey: e.TriggerKey, EntityID: e.EntityID,
			AutomationID: w.automation(), Revision: 2, Version: 1, InitiatedAt: w.now,
		}
		w.stand(&a)
		if c := w.claim(); !a.Status.Final() && len(r.Claims) == 0 && w.r.IntN(2) == 0 {
			c.Of, c.Otherwise = len(r.Activations), a
			c.Otherwise.Status, c.Otherwise.Due, c.Otherwise.EndedAt = belay.Skipped, 0, w.now
			a.Place = belay.Place{Counter: c.Counter, At: c.At}
			r.Claims = append(r.Claims, c)
		}
		r.Activations, r.Event.Activations = append(r.Activations, a), append(r.Event.Activations, a.ID)
		w.ids[on] = append(w.ids[on], a)
	}
	w.made[on] = append(w.made[on], r.Event)
	_, r.SiteVersion, _ = s.Docs(w.Context(), on, "none", "", 1)
	_, r.GlobalVersion, _ = s.Docs(w.Context(), belay.ID{}, "none", "", 1)
	return r
}

// claim asks for a place of one of few counters.
func (w *world) claim() store.Claim {
	return store.Claim{Claim: belay.Claim{
		Counter: belay.ID{0xc0, 15: byte(w.r.IntN(4))}, Max: 3, Since: w.now - 60_000, At: w.now, Until: w.now + belay.Instant(w.r.IntN(2))*60_000,
	}}
}

// stand gives an activation some state.
func (w *world) stand(a *belay.Activation) {
	if !a.Status.Final() { // or new
		a.Status = belay.Status(w.r.IntN(7) + 1)
	}
	if a.Due = 0; !a.Status.Final() {
		a.Due = w.now + belay.Instant(w.r.IntN(1e6))
	}
	switch a.Status {
	case belay.Ended, belay.Failed:
		a.EndedAt = w.now
	case belay.Cancelled:
		a.EndedAt, a.CancelReason, a.Initiator = w.now, belay.AutomationDeleted, belay.Identity{UserID: "u"}
	case belay.Skipped:
		a.EndedAt, a.SkipReason = w.now, belay.TriggerFiltersNotPassed
	case belay.Initiated, belay.Scheduled:
		if a.StartedAt != 0 {
			a.Status = belay.Started
		}
	case belay.Started:
		a.StartedAt, a.Actions = w.now, nil
		for i := range w.r.IntN(3) + 1 {
			a.Actions = append(a.Actions, belay.ActionState{
				ActionID: fmt.Sprint("action ", i), Status: belay.ActionStarted, InFlight: w.r.IntN(2) == 0, Due: a.Due,
				Input: w.text(), Attempts: []belay.Attempt{{Number: 1, StartedAt: w.now, Detail: string(w.text())}},
			})
		}
	}
}

func (w *world) save(s store.Store, on belay.ID) store.Save {
	a := w.ids[on][w.r.IntN(len(w.ids[on]))].Clone()
	if stored, err := s.Activation(w.Context(), on, a.ID); err == nil {
		a = stored
	}
	was := a.Version
	a.Version++
	w.stand(&a)
	return store.Save{Activation: a, Version: was, Deliveries: w.tell(on)}
}
