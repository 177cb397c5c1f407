package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// random carries out random batches on an engine and on the model; both must
// answer the same, and hold the same after every one.
func random(t *testing.T, f Fixture) {
	rapid.Check(t, func(r *rapid.T) {
		w := &twins{
			T: r, engine: f.Open(t), model: NewModel(), f: f, outer: t, now: 1_800_000_000_000, asked: map[row]bool{},
		}
		defer func() { w.engine.Close() }()
		for range rapid.IntRange(1, 12).Draw(r, "batches") {
			w.now += belay.Instant(rapid.IntRange(0, 30).Draw(r, "ms"))
			w.commit(w.batch())
			w.compare()
			if f.Reopen != nil && rapid.IntRange(0, 9).Draw(r, "reopen") == 0 {
				w.engine = f.Reopen(t, w.engine)
				w.compare()
			}
		}
		if f.Check != nil {
			f.Check(t, w.engine)
		}
	})
}

type twins struct {
	*rapid.T
	outer         *testing.T
	f             Fixture
	engine, model store.Store
	now           belay.Instant
	n             byte
	events        []belay.Event
	made          []belay.Activation // as they were first kept
	told          []belay.Delivery
	saves         []store.Save
	asked         map[row]bool // by activation and counter
}

// A small world, so that acts meet: two sites, two apps, few of everything.
func (w *twins) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(w.T, what) }
func (w *twins) site() belay.ID              { return belay.ID{1, 15: byte(w.pick("site", 2) + 1)} }
func (w *twins) app() belay.ID               { return belay.ID{2, 15: byte(w.pick("app", 2) + 1)} }
func (w *twins) trigger() string             { return []string{"a", "ab", "b"}[w.pick("trigger", 3)] }

func (w *twins) automation() belay.ID { return belay.ID{3, 15: byte(w.pick("automation", 2) + 1)} }

func (w *twins) entity() belay.ID   { return []belay.ID{{}, {4, 15: 1}, {4, 15: 2}}[w.pick("entity", 3)] }
func (w *twins) due() belay.Instant { return w.now + belay.Instant(w.pick("due", 5)*10) }

// id is new, and in no order.
func (w *twins) id() belay.ID {
	w.n++
	return belay.ID{w.n * 167, w.n}
}

func (w *twins) batch() store.Batch {
	var b store.Batch
	for range w.pick("acts", 6) + 1 {
		switch w.pick("act", 9) {
		case 8:
			if len(w.told) > 0 {
				b.Deliveries = append(b.Deliveries, w.deliverySave())
			}
		case 7:
			b.Purges = append(b.Purges, w.purge())
		case 0:
			b.Changes = append(b.Changes, w.change())
		case 1:
			b.Cancels = append(b.Cancels, w.cancel())
		case 2, 3, 4:
			b.Reports = append(b.Reports, w.report())
		case 5:
			if len(w.made) > 0 {
				b.Saves = append(b.Saves, w.save())
			}
		case 6:
			b.Entries = append(b.Entries, w.entry())
		}
	}
	// An engine may carry out changes of scope zero before the others.
	slices.SortStableFunc(b.Changes, func(c, d store.Change) int {
		return bytes.Compare(c.Scope[:], d.Scope[:])
	})
	return b
}

func (w *twins) purge() store.Purge {
	p := store.Purge{SiteID: w.site(), EndedBefore: w.now - belay.Instant(w.pick("age", 40)), Stream: w.trigger()}
	for range w.pick("events", 4) {
		if len(w.events) > 0 {
			p.Events = append(p.Events, w.events[w.pick("event", len(w.events))].ID)
		}
	}
	if held, _ := w.model.Places(w.outer.Context(), store.PlaceQuery{SiteID: p.SiteID, Limit: 1000}); len(held) > 0 && w.pick("places", 4) == 0 {
		p.Places = append(p.Places, held[w.pick("place", len(held))])
	}
	for range w.pick("entries", 2) {
		p.Entries = append(p.Entries, belay.ID{byte(w.pick("entry", 4) + 1)})
	}
	for range w.pick("deliveries", 3) {
		if len(w.told) > 0 {
			p.Deliveries = append(p.Deliveries, w.told[w.pick("delivery", len(w.told))].ID)
		}
	}
	return p
}

// tell returns new deliveries of a site.
func (w *twins) tell(site belay.ID) (list []belay.Delivery) {
	for range w.pick("tells", 3) / 2 {
		w.n++
		d := belay.NewDelivery(site, w.app(), w.entity(), belay.TopicAutomationCreated, int64(w.n)%7*256+int64(w.n), w.now, []byte{'0'})
		d.Due = w.due()
		list, w.told = append(list, d), append(w.told, d)
	}
	return list
}

func (w *twins) deliverySave() store.DeliverySave {
	d := w.told[w.pick("delivery", len(w.told))]
	if stored, err := w.model.Delivery(w.outer.Context(), d.SiteID, d.ID); err == nil {
		d = stored
	}
	version := d.Version + int64(w.pick("delivery moved", 4)/3)
	if d.Final() {
		d = d.Replay(w.due())
	} else if d = d.With(belay.Attempt{StartedAt: w.now}); w.pick("delivered", 2) == 0 {
		d = d.End(belay.DeliveryDelivered, w.now)
	} else {
		d.Due = w.due()
	}
	d.Version = version + 1
	return store.DeliverySave{Delivery: d, Version: version, Again: w.pick("delivery again", 4) == 0}
}

// listeners are apps that a cancel tells.
func (w *twins) listeners() (list []belay.Listener) {
	for n := range byte(w.pick("listeners", 5) / 2) {
		list = append(list, belay.Listener{AppID: belay.ID{2, 15: n + 1}, Topics: belay.Topics(1<<7 | 1<<6<<n)})
	}
	return list
}

func (w *twins) change() store.Change {
	c := store.Change{Scope: []belay.ID{{}, {1, 15: 1}, {1, 15: 2}}[w.pick("scope", 3)]}
	if w.pick("compares scope zero", 4) == 0 {
		c.GlobalVersion = int64(w.pick("global version", 3))
	}
	for range w.pick("puts", 3) {
		p := store.Put{Kind: w.trigger(), Key: w.trigger(), Expect: int64(w.pick("expect", 4) - 1)}
		if w.pick("delete", 3) > 0 {
			p.Value = []byte{byte('0' + w.pick("value", 3))}
		}
		c.Puts = append(c.Puts, p)
	}
	for range w.pick("cancels", 2) {
		c.Cancels = append(c.Cancels, w.cancel())
	}
	if !c.Scope.IsZero() {
		c.Deliveries = w.tell(c.Scope)
	}
	for range w.pick("said", 3) / 2 {
		e := w.entry()
		e.Stream = store.Changes
		c.Entries = append(c.Entries, e)
	}
	return c
}

func (w *twins) entry() store.Entry {
	return store.Entry{
		SiteID: w.site(), Stream: w.trigger(), ID: belay.ID{byte(w.pick("entry", 4) + 1)}, Value: []byte{byte(w.pick("value", 3))},
	}
}

func (w *twins) cancel() store.Cancel {
	c := store.Cancel{SiteID: w.site(), Reason: belay.EventCancelled, Now: w.now, Tell: w.listeners()}
	if c.Again = w.pick("cancel again", 4) == 0; c.Again {
		c.Now -= belay.Instant(w.pick("sent before", 20))
	}
	if w.pick("note", 2) == 0 {
		w.n++
		c.Note = store.Note{ID: belay.ID{0xee, w.n * 167, w.n}, Value: []byte{w.n}, IfAny: w.pick("if any", 2) == 0}
	}
	if w.pick("compares", 4) == 0 {
		c.SiteVersion, c.GlobalVersion = int64(w.pick("site version", 3)), int64(w.pick("global version", 3))
	}
	switch s := &c.Selector; w.pick("selector", 5) {
	case 0:
		s.AppID = w.app()
	case 1:
		s.AutomationID, c.Limit = w.automation(), w.pick("limit", 4)
	case 2, 3:
		s.AppID, s.TriggerKey, s.EntityID, c.Limit = w.app(), w.trigger(), w.entity(), w.pick("limit", 4)
	case 4:
		if len(w.made) > 0 {
			s.ActivationID = w.made[w.pick("activation", len(w.made))].ID
		}
	}
	return c
}

func (w *twins) report() store.Report {
	e := belay.Event{
		ID: w.id(), SiteID: w.site(), AppID: w.app(), TriggerKey: w.trigger(), EntityID: w.entity(),
		IdempotencyKey: []string{"", "k", "l"}[w.pick("key", 3)], ReportedAt: w.now, Payload: []byte(`{}`),
	}
	again := len(w.events) > 0 && w.pick("again", 10) == 0
	if again {
		e = w.events[w.pick("event", len(w.events))]
		e.Activations = nil
	}
	r := store.Report{Event: e, Again: again, Now: w.now, KeyUntil: w.now + belay.Instant(w.pick("until", 60))}
	// The activations of an event that may be there already are not new ones, but
	// then they are not kept either.
	for range w.pick("activations", 3) {
		a := w.activation(e)
		if !a.Status.Final() && len(r.Claims) < 2 && w.pick("claim", 2) == 0 {
			c := w.claim(len(r.Claims))
			c.Of = len(r.Activations)
			c.Otherwise = a.Clone()
			c.Otherwise.Error, c.Otherwise.Status, c.Otherwise.Due, c.Otherwise.EndedAt = "otherwise", belay.Skipped, 0, w.now
			a.Place = belay.Place{Counter: c.Counter, At: c.At}
			w.asked[row{a.ID, c.Counter}] = true
			c.Deliveries, c.OtherwiseDeliveries = w.tell(a.SiteID), w.tell(a.SiteID)
			r.Claims = append(r.Claims, c)
		}
		r.Activations, r.Event.Activations = append(r.Activations, a), append(r.Event.Activations, a.ID)
		w.made = append(w.made, a)
	}
	if !again {
		r.Deliveries = w.tell(e.SiteID)
	}
	w.events = append(w.events, r.Event)
	_, r.SiteVersion, _ = w.model.Docs(w.outer.Context(), e.SiteID, "", "", 1)
	_, r.GlobalVersion, _ = w.model.Docs(w.outer.Context(), belay.ID{}, "", "", 1)
	return r
}

// claim asks for a place of one of few counters, another for each of which.
func (w *twins) claim(which int) store.Claim {
	at := w.now - belay.Instant(w.pick("earlier", 3))
	return store.Claim{Claim: belay.Claim{
		Counter: belay.ID{7, 14: byte(which), 15: byte(w.pick("counter", 2))}, Max: w.pick("max", 4),
		Since: at - belay.Instant(w.pick("window", 30)+1), At: at, Until: at + 30,
	}}
}

func (w *twins) activation(e belay.Event) belay.Activation {
	a := belay.Activation{
		ID: w.id(), SiteID: e.SiteID, EventID: e.ID, AppID: e.AppID, TriggerKey: e.TriggerKey, EntityID: e.EntityID,
		AutomationID: w.automation(), Version: 1, InitiatedAt: w.now,
	}
	w.stand(&a)
	return a
}

// stand gives a some state.
func (w *twins) stand(a *belay.Activation) {
	if !a.Status.Final() { // or new
		a.Status = belay.Status(w.pick("status", 7) + 1)
	}
	switch {
	case a.StartedAt != 0 && !a.Status.Final():
		a.Status = belay.Started
	case a.Status == belay.Started:
		a.StartedAt = w.now
	}
	if a.Due = 0; !a.Status.Final() && w.pick("nothing due", 4) > 0 {
		a.Due = w.due()
	}
	if a.EndedAt = 0; a.Status.Final() {
		a.EndedAt = w.now
	}
	if a.Actions = nil; a.Status == belay.Started {
		a.Actions = []belay.ActionState{{ActionID: "one", Status: belay.ActionStarted, InFlight: w.pick("out", 2) == 0}}
	}
}

func (w *twins) save() store.Save {
	if len(w.saves) > 0 && w.pick("sent again", 6) == 0 {
		s := w.saves[w.pick("save", len(w.saves))]
		s.Again = true
		return s
	}
	a := w.made[w.pick("activation", len(w.made))].Clone()
	version := int64(1)
	if stored, err := w.model.Activation(w.outer.Context(), a.SiteID, a.ID); err == nil {
		a, version = stored, stored.Version
	}
	version += int64(w.pick("moved", 4) / 3)
	a.Version = version + 1
	w.stand(&a)
	s := store.Save{Activation: a, Version: version, Again: w.pick("save again", 4) == 0, Deliveries: w.tell(a.SiteID)}
	if a.Status == belay.Started && w.pick("claim", 2) == 0 {
		c := w.claim(0)
		if asked := (row{a.ID, c.Counter}); !w.asked[asked] { // once in its life
			w.asked[asked] = true
			c.Otherwise = a.Clone()
			c.Otherwise.Error, c.Otherwise.Due = "otherwise", 0
			c.Deliveries, c.OtherwiseDeliveries = w.tell(a.SiteID), w.tell(a.SiteID)
			s.Claim = &c
		}
	}
	w.saves = append(w.saves, s)
	return s
}

func (w *twins) commit(b store.Batch) {
	want, err := w.model.Commit(w.outer.Context(), &b)
	if err != nil {
		w.Fatal(err)
	}
	got, err := w.engine.Commit(w.outer.Context(), &b)
	if err != nil {
		w.Fatal(err)
	}
	w.same("answers", got, want)
}

func (w *twins) same(what string, got, want any) {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		w.Fatalf("%s differ (-model +engine):\n%s", what, diff)
	}
}

// compare holds every list of the engine against the model's.
func (w *twins) compare() {
	ctx := w.outer.Context()
	w.both("due", func(s store.Store) (any, error) {
		return s.Due(ctx, store.DueQuery{Until: never, Limit: 1000})
	})
	var some store.Buckets
	for n := range byte(2) {
		if w.pick("its bucket", 2) == 0 {
			some.Add(belay.Bucket(belay.ID{1, 15: n + 1}))
		}
	}
	q := store.DueQuery{
		Buckets: &some,
		From:    w.due() - 20, Until: w.due(), Limit: w.pick("limit", 5),
	}
	w.both("some due", func(s store.Store) (any, error) { return s.Due(ctx, q) })
	for n := range byte(2) {
		uq := store.UpcomingQuery{SiteID: belay.ID{1, 15: n + 1}, After: store.Due{At: w.due() - 20}, Until: w.due(), Limit: 1 + w.pick("limit", 5)}
		w.both("upcoming", func(s store.Store) (any, error) {
			found, next, err := s.Upcoming(ctx, uq)
			return []any{found, next}, err
		})
	}
	w.both("stats", func(s store.Store) (any, error) {
		st, err := s.Stats(ctx)
		st.DiskBytes = 0
		return st, err
	})
	for n := range byte(2) {
		dq := store.DueDeliveryQuery{AppID: belay.ID{2, 15: n + 1}, Buckets: &some, Until: w.due(), Limit: w.pick("limit", 5)}
		w.both("some due deliveries", func(s store.Store) (any, error) { return s.DueDeliveries(ctx, dq) })
		dq = store.DueDeliveryQuery{AppID: belay.ID{2, 15: n + 1}, Until: never, Limit: 1000}
		w.both("due deliveries", func(s store.Store) (any, error) { return s.DueDeliveries(ctx, dq) })
	}
	p := store.Page{Limit: w.pick("page", 5) + 1, Newest: w.pick("newest", 2) == 0}
	if w.pick("after", 2) == 0 {
		p.After = belay.ID{byte(w.pick("after id", 256))}
	}
	if w.pick("before", 2) == 0 {
		p.Before = belay.ID{byte(w.pick("before id", 256))}
	}
	aq := store.ActivationQuery{Status: belay.Status(w.pick("status", 8)), Page: p}
	if w.pick("by automation", 2) == 0 {
		aq.AutomationID = w.automation()
	}
	aq.EntityID = w.entity()
	if w.pick("by app", 3) == 0 {
		aq.AppID = w.app()
	}
	eq := store.EventQuery{Page: p, EntityID: w.entity()}
	if w.pick("by trigger", 2) == 0 || !eq.EntityID.IsZero() {
		eq.AppID, eq.TriggerKey = w.app(), w.trigger()
	}
	for n := range byte(2) {
		site := belay.ID{1, 15: n + 1}
		w.compareSite(site, p, aq, eq)
	}
}

func (w *twins) compareSite(site belay.ID, p store.Page, aq store.ActivationQuery, eq store.EventQuery) {
	ctx := w.outer.Context()
	aq.SiteID, eq.SiteID = site, site
	all := store.Page{Limit: 1000}
	w.both("places", func(s store.Store) (any, error) {
		return s.Places(ctx, store.PlaceQuery{SiteID: site, Limit: 1000})
	})
	w.both("some activations", func(s store.Store) (any, error) { return s.Activations(ctx, aq) })
	w.both("some events", func(s store.Store) (any, error) { return s.Events(ctx, eq) })
	tq := store.TallyQuery{SiteID: site, Automations: automations(w.made), Since: w.now / store.TallyStep * store.TallyStep, Look: w.pick("look", 9) + 1}
	w.both("tally", func(s store.Store) (any, error) { return s.Tally(ctx, tq) })
	w.both("activations", func(s store.Store) (any, error) {
		return s.Activations(ctx, store.ActivationQuery{SiteID: site, Page: all})
	})
	w.both("deliveries", func(s store.Store) (any, error) {
		return s.Deliveries(ctx, store.DeliveryQuery{SiteID: site, Page: all})
	})
	dq := store.DeliveryQuery{SiteID: site, Page: p, Status: belay.DeliveryStatus(w.pick("delivery status", 4)), EntityID: aq.EntityID, AppID: aq.AppID}
	w.both("some deliveries", func(s store.Store) (any, error) { return s.Deliveries(ctx, dq) })
	for _, d := range w.told {
		w.both("first delivery", func(s store.Store) (any, error) {
			got, err := s.FirstDelivery(ctx, site, d.AppID, d.EntityID)
			if errors.Is(err, store.ErrNotFound) {
				return nil, nil
			}
			return got, err
		})
	}
	w.both("events", func(s store.Store) (any, error) {
		return s.Events(ctx, store.EventQuery{SiteID: site, Page: all})
	})
	for _, scope := range []belay.ID{{}, site} {
		w.both("changes", func(s store.Store) (any, error) {
			return s.Entries(ctx, store.EntryQuery{SiteID: scope, Stream: store.Changes, Page: all})
		})
		w.both("cancels", func(s store.Store) (any, error) {
			return s.Entries(ctx, store.EntryQuery{SiteID: scope, Stream: store.Cancels, Page: all})
		})
		for _, kind := range []string{"a", "ab", "b"} {
			w.both("documents", func(s store.Store) (any, error) {
				docs, version, err := s.Docs(ctx, scope, kind, "", 0)
				return struct {
					Docs    []store.Doc
					Version int64
				}{docs, version}, err
			})
			w.both("entries", func(s store.Store) (any, error) {
				return s.Entries(ctx, store.EntryQuery{SiteID: site, Stream: kind, Page: p})
			})
		}
	}
	w.both("cancels of all sites", func(s store.Store) (any, error) {
		return s.Trail(ctx, store.TrailQuery{Stream: store.Cancels, Page: p})
	})
	for _, a := range w.made {
		w.both(fmt.Sprint("activation ", a.ID), func(s store.Store) (any, error) {
			got, err := s.Activation(ctx, site, a.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil, nil
			}
			return got, err
		})
	}
}

// automations are those of some activations, each once.
func automations(made []belay.Activation) (ids []belay.ID) {
	for _, a := range made {
		if !slices.Contains(ids, a.AutomationID) {
			ids = append(ids, a.AutomationID)
		}
	}
	return ids
}

func (w *twins) both(what string, read func(store.Store) (any, error)) {
	got, err := read(w.engine)
	if err != nil {
		w.Fatal(err)
	}
	want, err := read(w.model)
	if err != nil {
		w.Fatal(err)
	}
	w.same(what, got, want)
}
