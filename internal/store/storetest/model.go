package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	same "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// NewModel returns a store in memory that follows the contract in the plainest
// way: maps under one lock, lists by looking at everything and sorting. What is
// in it is gone when it is closed. It serves virtual time, where months pass in
// a test, and is at its ease with some ten thousand rows.
func NewModel() store.Store {
	return &model{
		events:      map[row]belay.Event{},
		activations: map[row]belay.Activation{},
		keys:        map[key]held{},
		docs:        map[store.DocKey]store.Doc{},
		versions:    map[belay.ID]int64{},
		streams:     map[stream]map[belay.ID][]byte{},
		open:        map[row]struct{}{},
		due:         map[row]belay.Instant{},
		deliveries:  map[row]belay.Delivery{},
		places:      map[store.Place]belay.Instant{},
	}
}

type (
	row    struct{ site, id belay.ID }
	stream struct {
		site belay.ID
		name string
	}
	key struct {
		site, app    belay.ID
		trigger, key string
	}
	held struct {
		event belay.ID
		until belay.Instant
	}
)

type model struct {
	mu          sync.Mutex
	closed      bool
	events      map[row]belay.Event
	activations map[row]belay.Activation
	keys        map[key]held
	docs        map[store.DocKey]store.Doc
	versions    map[belay.ID]int64
	streams     map[stream]map[belay.ID][]byte
	deliveries  map[row]belay.Delivery
	fences      [belay.Buckets]int64          // raised so often
	commits     [belay.Buckets]int64          // how many there were
	places      map[store.Place]belay.Instant // by what tells them apart, until when

	// What follows from activations, kept so that a poll does not look at all of
	// them: those that are not final, and those that have something due.
	open map[row]struct{}
	due  map[row]belay.Instant
}

func (m *model) lock(ctx context.Context) error {
	m.mu.Lock()
	err := ctx.Err()
	if m.closed {
		err = store.ErrClosed
	}
	if err != nil {
		m.mu.Unlock()
	}
	return err
}

// Commit carries out the acts one by one.
func (m *model) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	if bucket, ok := bucketOf(b); b.Fence != 0 && ok && b.Fence != m.fences[bucket]+1 {
		return nil, store.ErrFenced
	}
	m.count(b)
	var r store.Result
	for _, c := range b.Changes {
		r.Changes = append(r.Changes, m.change(c))
	}
	for _, c := range b.Cancels {
		r.Cancels = append(r.Cancels, m.cancel(c))
	}
	for _, rep := range b.Reports {
		r.Reports = append(r.Reports, m.report(rep))
	}
	for _, s := range b.Saves {
		r.Saves = append(r.Saves, m.save(s))
	}
	for _, e := range b.Entries {
		m.entry(e)
	}
	for _, d := range b.Deliveries {
		r.Deliveries = append(r.Deliveries, m.saveDelivery(d))
	}
	for _, p := range b.Purges {
		r.Purges = append(r.Purges, m.purge(p))
	}
	return &r, nil
}

// bucketOf returns the bucket that a batch is of.
func bucketOf(b *store.Batch) (bucket uint8, ok bool) {
	switch {
	case len(b.Cancels) > 0:
		return belay.Bucket(b.Cancels[0].SiteID), true
	case len(b.Reports) > 0:
		return belay.Bucket(b.Reports[0].Event.SiteID), true
	case len(b.Saves) > 0:
		return belay.Bucket(b.Saves[0].Activation.SiteID), true
	case len(b.Entries) > 0:
		return belay.Bucket(b.Entries[0].SiteID), true
	case len(b.Deliveries) > 0:
		return belay.Bucket(b.Deliveries[0].Delivery.SiteID), true
	case len(b.Purges) > 0:
		return belay.Bucket(b.Purges[0].SiteID), true
	}
	return 0, false
}

// count counts a commit for each bucket that it is of.
func (m *model) count(b *store.Batch) {
	of := map[uint8]bool{}
	for _, c := range b.Changes {
		of[belay.Bucket(c.Scope)] = !c.Scope.IsZero()
	}
	if bucket, ok := bucketOf(b); ok {
		of[bucket] = true
	}
	for bucket, counts := range of {
		if counts {
			m.commits[bucket]++
		}
	}
}

// Commits returns how often each bucket was committed. It looks at the first act
// of a batch alone, and at its changes.
func (m *model) Commits(_ context.Context, of *store.Buckets) (counts [belay.Buckets]int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for b := range counts {
		if of.Has(uint8(b)) {
			counts[b] = m.commits[b]
		}
	}
	return counts, nil
}

// Fence returns the fence of a bucket; the model always knows it.
func (m *model) Fence(bucket uint8) (fence int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fences[bucket] + 1, true
}

// Doubt raises the fence of a bucket at once.
func (m *model) Doubt(bucket uint8) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fences[bucket]++
}

func (m *model) purge(p store.Purge) (done store.Purged) {
	for _, id := range p.Events {
		e, ok := m.events[row{p.SiteID, id}]
		if !ok || !m.over(e, p.EndedBefore) {
			continue
		}
		for _, id := range e.Activations {
			r := row{p.SiteID, id}
			if _, ok := m.activations[r]; ok {
				done.Activations++
			}
			delete(m.activations, r)
			delete(m.open, r)
			delete(m.due, r)
		}
		delete(m.events, row{p.SiteID, id})
		done.Events++
	}
	for _, id := range p.Entries {
		entries := m.streams[stream{p.SiteID, p.Stream}]
		if _, ok := entries[id]; ok {
			delete(entries, id)
			done.Entries++
		}
	}
	for _, id := range p.Deliveries {
		if _, ok := m.deliveries[row{p.SiteID, id}]; ok {
			delete(m.deliveries, row{p.SiteID, id})
			done.Deliveries++
		}
	}
	for _, place := range p.Places {
		place.SiteID, place.Until = p.SiteID, 0
		if _, ok := m.places[place]; ok {
			delete(m.places, place)
			done.Places++
		}
	}
	return done
}

// over reports whether all that an event made ended before then.
func (m *model) over(e belay.Event, then belay.Instant) bool {
	for _, id := range e.Activations {
		a, ok := m.activations[row{e.SiteID, id}]
		if ok && (!a.Status.Final() || a.EndedAt >= then) {
			return false
		}
	}
	return true
}

func (m *model) change(c store.Change) store.Changed {
	if c.GlobalVersion != 0 && c.GlobalVersion != m.versions[belay.ID{}] {
		return store.Changed{Conflict: -1, Stale: true, Version: m.versions[c.Scope]}
	}
	docs := maps.Clone(m.docs)
	for i, p := range c.Puts {
		k := store.DocKey{Scope: c.Scope, Kind: p.Kind, Key: p.Key}
		old := docs[k]
		if p.Expect != store.AnyRevision && p.Expect != old.Revision {
			return store.Changed{Conflict: i, Version: m.versions[c.Scope]}
		}
		if p.Value == nil {
			delete(docs, k)
		} else {
			docs[k] = store.Doc{Key: p.Key, Revision: old.Revision + 1, Value: bytes.Clone(p.Value)}
		}
	}
	m.docs = docs
	m.versions[c.Scope]++
	done := store.Changed{Conflict: -1, Version: m.versions[c.Scope]}
	for _, cancel := range c.Cancels {
		if cancel.SiteID == c.Scope {
			done.Cancels = append(done.Cancels, m.cancel(cancel))
		} else {
			done.Cancels = append(done.Cancels, store.Canceled{})
		}
	}
	m.tell(c.Deliveries)
	for _, e := range c.Entries {
		e.SiteID = c.Scope
		m.entry(e)
	}
	return done
}

// names reports whether a selector names an activation.
func names(s store.Selector, a *belay.Activation) bool {
	switch {
	case !s.ActivationID.IsZero():
		return a.ID == s.ActivationID
	case !s.AutomationID.IsZero():
		return a.AutomationID == s.AutomationID
	case byEntity(s):
		return a.AppID == s.AppID && a.TriggerKey == s.TriggerKey && a.EntityID == s.EntityID
	case !s.AppID.IsZero() && s.TriggerKey == "" && s.EntityID.IsZero():
		return a.AppID == s.AppID
	}
	return false
}

func byEntity(s store.Selector) bool {
	return s.ActivationID.IsZero() && s.AutomationID.IsZero() &&
		!s.EntityID.IsZero() && !s.AppID.IsZero() && s.TriggerKey != ""
}

func (m *model) cancel(c store.Cancel) store.Canceled {
	limit := c.Limit
	if limit <= 0 {
		limit = 10_000
	}
	if c.SiteVersion != 0 && c.SiteVersion != m.versions[c.SiteID] || c.GlobalVersion != 0 && c.GlobalVersion != m.versions[belay.ID{}] {
		return store.Canceled{Stale: true}
	}
	var before, named []belay.Activation
	for r, a := range m.activations {
		if r.site == c.SiteID && kept(&c, &a) {
			before = append(before, a)
		}
	}
	for r := range m.open {
		if a := m.activations[r]; a.SiteID == c.SiteID && names(c.Selector, &a) {
			named = append(named, a)
		}
	}
	slices.SortFunc(named, byActivationID)
	var done store.Canceled
	done.Ended = min(m.ended(c), 1000)
	if room := max(limit-len(before), 0); len(named) > room {
		done.More, named = true, named[:room]
	}
	all := slices.SortedFunc(slices.Values(append(before, named...)), byActivationID)
	out := 0
	for _, a := range all {
		if done.Count++; len(done.IDs) < 100 {
			done.IDs = append(done.IDs, a.ID)
		}
		for _, s := range a.Actions {
			if s.InFlight {
				last := lastAttempt(s)
				done.InFlight = append(done.InFlight, store.InFlight{ActivationID: a.ID, ActionID: s.ActionID, Attempt: last.Number, Since: last.Since})
			}
		}
		if !a.Status.Final() {
			canceled := a.Cancel(c.Reason, c.By, c.Now)
			m.put(canceled)
			m.tell(belay.Tell(&a, &canceled, c.Tell, c.Now))
			out += a.InFlight()
		}
	}
	if n := c.Note; !n.ID.IsZero() && (len(named) > 0 || !n.IfAny) {
		m.entry(store.Entry{SiteID: c.SiteID, Stream: store.Cancels, ID: n.ID, Value: n.With(len(named), out, done.Ended)})
	}
	return done
}

func byActivationID(a, b belay.Activation) int { return bytes.Compare(a.ID[:], b.ID[:]) }

// kept reports whether an activation was called off by this very cancel, when it
// was sent before.
func kept(c *store.Cancel, a *belay.Activation) bool {
	return c.Again && (byEntity(c.Selector) || !c.Selector.ActivationID.IsZero()) && names(c.Selector, a) &&
		a.Status == belay.Cancelled && a.EndedAt == c.Now && a.CancelReason == c.Reason && a.Initiator == c.By
}

func lastAttempt(s belay.ActionState) belay.Attempt {
	if len(s.Attempts) == 0 {
		return belay.Attempt{}
	}
	return s.Attempts[len(s.Attempts)-1]
}

func (m *model) ended(c store.Cancel) int {
	if !byEntity(c.Selector) && c.Selector.ActivationID.IsZero() {
		return 0
	}
	n := 0
	for r, a := range m.activations {
		if r.site == c.SiteID && a.Status.Final() && names(c.Selector, &a) && !kept(&c, &a) {
			n++
		}
	}
	return n
}

func (m *model) put(a belay.Activation) {
	r := row{a.SiteID, a.ID}
	m.activations[r] = a.Clone()
	delete(m.open, r)
	delete(m.due, r)
	if !a.Status.Final() {
		m.open[r] = struct{}{}
	}
	if a.Due != 0 {
		m.due[r] = a.Due
	}
	if a.GivesBack() {
		delete(m.places, placeOf(&a, a.Place.Counter, a.Place.At))
	}
}

func placeOf(a *belay.Activation, counter belay.ID, at belay.Instant) store.Place {
	return store.Place{SiteID: a.SiteID, AutomationID: a.AutomationID, Counter: counter, At: at, ActivationID: a.ID}
}

// claim takes a place if there is one.
func (m *model) claim(a *belay.Activation, c *store.Claim) bool {
	own, taken := placeOf(a, c.Counter, c.At), 0
	for p := range m.places {
		if p.SiteID == own.SiteID && p.AutomationID == own.AutomationID && p.Counter == own.Counter && p.At > c.Since {
			taken++
		}
	}
	if taken >= c.Max {
		return false
	}
	m.places[own] = c.Until
	return true
}

// passed reports whether the place of each claim of a report is taken.
func (m *model) passed(r *store.Report) (out []bool) {
	for i := range r.Claims {
		c := &r.Claims[i]
		_, ok := m.places[placeOf(&r.Activations[c.Of], c.Counter, c.At)]
		out = append(out, ok)
	}
	return out
}

func (m *model) report(r store.Report) store.Reported {
	e := r.Event
	k := key{e.SiteID, e.AppID, e.TriggerKey, e.IdempotencyKey}
	if h, ok := m.keys[k]; ok && h.until > r.Now {
		return store.Reported{Outcome: store.Repeated, EventID: h.event, Activations: m.events[row{e.SiteID, h.event}].Activations, Passed: m.passed(&r)}
	}
	if old, ok := m.events[row{e.SiteID, e.ID}]; ok && r.Again {
		return store.Reported{Outcome: store.Repeated, EventID: e.ID, Activations: old.Activations, Passed: m.passed(&r)}
	}
	if m.versions[e.SiteID] != r.SiteVersion || m.versions[belay.ID{}] != r.GlobalVersion {
		return store.Reported{Outcome: store.Stale, Passed: m.passed(&r)}
	}
	m.events[row{e.SiteID, e.ID}] = e
	made := slices.Clone(r.Activations)
	var passed []bool
	for i := range r.Claims {
		c := &r.Claims[i]
		passed = append(passed, m.claim(&r.Activations[c.Of], c))
		if passed[i] {
			m.tell(c.Deliveries)
		} else {
			made[c.Of] = c.Otherwise
			m.tell(c.OtherwiseDeliveries)
		}
	}
	for _, a := range made {
		m.put(a)
	}
	if e.IdempotencyKey != "" {
		m.keys[k] = held{e.ID, r.KeyUntil}
	}
	m.tell(r.Deliveries)
	return store.Reported{Outcome: store.Accepted, Passed: passed}
}

func (m *model) save(s store.Save) store.Saved {
	old, ok := m.activations[row{s.Activation.SiteID, s.Activation.ID}]
	if ok && s.Again {
		switch {
		case same.Equal(old, s.Activation, cmpopts.EquateEmpty()):
			return store.Kept
		case s.Claim != nil && same.Equal(old, s.Claim.Otherwise, cmpopts.EquateEmpty()):
			return store.KeptOtherwise
		}
	}
	switch {
	case !ok || old.Version != s.Version:
		return store.Lost
	case s.Claim != nil && !m.claim(&s.Activation, s.Claim):
		m.put(s.Claim.Otherwise)
		m.tell(s.Claim.OtherwiseDeliveries)
		m.tell(s.Deliveries)
		return store.KeptOtherwise
	case s.Claim != nil:
		m.tell(s.Claim.Deliveries)
	}
	m.put(s.Activation)
	m.tell(s.Deliveries)
	return store.Kept
}

func (m *model) entry(e store.Entry) {
	k := stream{e.SiteID, e.Stream}
	if m.streams[k] == nil {
		m.streams[k] = map[belay.ID][]byte{}
	}
	if _, ok := m.streams[k][e.ID]; !ok {
		m.streams[k][e.ID] = bytes.Clone(e.Value)
	}
}

// Due sorts what is due.
func (m *model) Due(ctx context.Context, q store.DueQuery) ([]store.Due, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []store.Due
	for r, at := range m.due {
		if q.Buckets.Has(belay.Bucket(r.site)) && at >= q.From && at < q.Until {
			out = append(out, store.Due{At: at, SiteID: r.site, ActivationID: r.id})
		}
	}
	slices.SortFunc(out, func(a, b store.Due) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:]))
	})
	return out[:min(len(out), max(q.Limit, 0))], nil
}

// Upcoming sorts what is due on the site. It looks at as much as an engine does.
func (m *model) Upcoming(ctx context.Context, q store.UpcomingQuery) (out []store.Due, next store.Due, err error) {
	if q.Limit < 1 || q.Limit > 1000 {
		return nil, next, fmt.Errorf("model: upcoming: a limit of %d", q.Limit)
	}
	if err := m.lock(ctx); err != nil {
		return nil, next, err
	}
	defer m.mu.Unlock()
	order := func(a, b store.Due) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:]))
	}
	var all []store.Due
	for r, at := range m.due {
		d := store.Due{At: at, SiteID: r.site, ActivationID: r.id}
		if belay.Bucket(r.site) == belay.Bucket(q.SiteID) && at < q.Until && order(d, q.After) > 0 {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, order)
	for i, d := range all {
		if d.SiteID == q.SiteID {
			if out = append(out, d); len(out) == q.Limit {
				return out, next, nil
			}
		}
		if i+1 == store.UpcomingLook {
			return out, store.Due{At: d.At, ActivationID: d.ActivationID}, nil
		}
	}
	return out, next, nil
}

// Event returns one event.
func (m *model) Event(ctx context.Context, site, id belay.ID) (belay.Event, error) {
	if err := m.lock(ctx); err != nil {
		return belay.Event{}, err
	}
	defer m.mu.Unlock()
	e, ok := m.events[row{site, id}]
	if !ok {
		return e, fmt.Errorf("model: event %s: %w", id, store.ErrNotFound)
	}
	return e, nil
}

// Activation returns one activation.
func (m *model) Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error) {
	if err := m.lock(ctx); err != nil {
		return belay.Activation{}, err
	}
	defer m.mu.Unlock()
	a, ok := m.activations[row{site, id}]
	if !ok {
		return a, fmt.Errorf("model: activation %s: %w", id, store.ErrNotFound)
	}
	return a.Clone(), nil
}

// Events sorts the events asked for.
func (m *model) Events(ctx context.Context, q store.EventQuery) ([]belay.Event, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []belay.Event
	for r, e := range m.events {
		if r.site == q.SiteID && passes(q.AppID, e.AppID) && passes(q.TriggerKey, e.TriggerKey) && passes(q.EntityID, e.EntityID) {
			out = append(out, e)
		}
	}
	return page(out, q.Page, func(e belay.Event) belay.ID { return e.ID })
}

// Activations sorts the activations asked for.
func (m *model) Activations(ctx context.Context, q store.ActivationQuery) ([]belay.Activation, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []belay.Activation
	for r, a := range m.activations {
		if r.site == q.SiteID && passes(q.AppID, a.AppID) && passes(q.AutomationID, a.AutomationID) && passes(q.EntityID, a.EntityID) && passes(q.Status, a.Status) {
			out = append(out, a)
		}
	}
	out, err := page(out, q.Page, func(a belay.Activation) belay.ID { return a.ID })
	for i := range out {
		out[i] = out[i].Clone()
	}
	return out, err
}

// passes reports whether a filter lets a value pass; the zero filter lets all.
func passes[T comparable](filter, value T) bool {
	var zero T
	return filter == zero || filter == value
}

// page sorts rows and cuts out a page.
func page[T any](rows []T, p store.Page, id func(T) belay.ID) ([]T, error) {
	if p.Limit < 1 || p.Limit > 1000 {
		return nil, fmt.Errorf("model: a page of %d rows", p.Limit)
	}
	rows = slices.DeleteFunc(rows, func(r T) bool {
		i := id(r)
		return !p.After.IsZero() && bytes.Compare(i[:], p.After[:]) <= 0 || !p.Before.IsZero() && bytes.Compare(i[:], p.Before[:]) >= 0
	})
	slices.SortFunc(rows, func(a, b T) int {
		i, j := id(a), id(b)
		return bytes.Compare(i[:], j[:])
	})
	if p.Newest {
		slices.Reverse(rows)
	}
	return rows[:min(len(rows), p.Limit)], nil
}

// Doc returns one document.
func (m *model) Doc(ctx context.Context, k store.DocKey) (store.Doc, error) {
	if err := m.lock(ctx); err != nil {
		return store.Doc{}, err
	}
	defer m.mu.Unlock()
	d, ok := m.docs[k]
	if !ok {
		return d, fmt.Errorf("model: %s %q: %w", k.Kind, k.Key, store.ErrNotFound)
	}
	d.Value = bytes.Clone(d.Value)
	return d, nil
}

// Docs sorts the documents asked for.
func (m *model) Docs(ctx context.Context, scope belay.ID, kind, after string, limit int) ([]store.Doc, int64, error) {
	if err := m.lock(ctx); err != nil {
		return nil, 0, err
	}
	defer m.mu.Unlock()
	var out []store.Doc
	for k, d := range m.docs {
		if k.Scope == scope && k.Kind == kind && (after == "" || k.Key > after) {
			d.Value = bytes.Clone(d.Value)
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b store.Doc) int { return cmp.Compare(a.Key, b.Key) })
	if limit > 0 {
		out = out[:min(len(out), limit)]
	}
	return out, m.versions[scope], nil
}

// Entries sorts a stream.
func (m *model) Entries(ctx context.Context, q store.EntryQuery) ([]store.Entry, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []store.Entry
	for id, v := range m.streams[stream{q.SiteID, q.Stream}] {
		out = append(out, store.Entry{SiteID: q.SiteID, Stream: q.Stream, ID: id, Value: bytes.Clone(v)})
	}
	return page(out, q.Page, func(e store.Entry) belay.ID { return e.ID })
}

// Trail sorts a stream of all sites.
func (m *model) Trail(ctx context.Context, q store.TrailQuery) ([]store.Entry, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var out []store.Entry
	for s, entries := range m.streams {
		if s.name != q.Stream {
			continue
		}
		for id, v := range entries {
			out = append(out, store.Entry{SiteID: s.site, Stream: s.name, ID: id, Value: bytes.Clone(v)})
		}
	}
	return page(out, q.Page, func(e store.Entry) belay.ID { return e.ID })
}

// Places sorts the places of a site.
func (m *model) Places(ctx context.Context, q store.PlaceQuery) ([]store.Place, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	if q.Limit < 1 || q.Limit > 1000 {
		return nil, fmt.Errorf("model: a page of %d places", q.Limit)
	}
	var out []store.Place
	for p, until := range m.places {
		if p.SiteID == q.SiteID && (q.After == store.Place{} || byPlace(p, q.After) > 0) {
			p.Until = until
			out = append(out, p)
		}
	}
	slices.SortFunc(out, byPlace)
	return out[:min(len(out), q.Limit)], nil
}

func byPlace(a, b store.Place) int {
	return cmp.Or(
		bytes.Compare(a.AutomationID[:], b.AutomationID[:]), bytes.Compare(a.Counter[:], b.Counter[:]),
		cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:]),
	)
}

// Stats counts.
func (m *model) Stats(ctx context.Context) (store.Stats, error) {
	if err := m.lock(ctx); err != nil {
		return store.Stats{}, err
	}
	defer m.mu.Unlock()
	return store.Stats{Events: int64(len(m.events)), Activations: int64(len(m.activations)), Pending: int64(len(m.open)), Places: int64(len(m.places))}, nil
}

// Close forgets everything.
func (m *model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return store.ErrClosed
	}
	m.closed = true
	return nil
}
