package pebble

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

var errFence = errors.New("pebble: a batch names a fence, and no other process could hand it in")

// Commit decides act by act, in the order of the contract, what is to be
// written, and then writes it as one record of the log. Until then nothing has
// happened, so that any error leaves the store as it was. It may be called by
// many at once; they take turns.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	s.commit.Lock()
	defer s.commit.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b.Fence != 0 {
		return nil, errFence
	}
	if err := s.room.take(b); err != nil {
		return nil, err
	}
	w := s.newWriter()
	defer func() { w.out.Close() }()
	result, err := w.decide(b)
	if w.keysOf != nil {
		err = cmp.Or(err, w.keysOf.Close())
	}
	if err != nil {
		return nil, err
	}
	if err := s.write(w); err != nil {
		return nil, err
	}
	return result, nil
}

func (w *writer) decide(b *store.Batch) (*store.Result, error) {
	r := &store.Result{
		Changes: make([]store.Changed, len(b.Changes)),
		Cancels: make([]store.Canceled, len(b.Cancels)),
		Reports: make([]store.Reported, len(b.Reports)),
		Saves:   make([]store.Saved, len(b.Saves)),
		Purges:  make([]store.Purged, len(b.Purges)),

		Deliveries: make([]store.Saved, len(b.Deliveries)),
	}
	var err error
	for i := range b.Changes {
		if r.Changes[i], err = w.change(&b.Changes[i]); err != nil {
			return nil, fmt.Errorf("pebble: change: %w", err)
		}
	}
	for i := range b.Cancels {
		if r.Cancels[i], err = w.cancel(&b.Cancels[i]); err != nil {
			return nil, fmt.Errorf("pebble: cancel: %w", err)
		}
	}
	for i := range b.Reports {
		if r.Reports[i], err = w.report(&b.Reports[i]); err != nil {
			return nil, fmt.Errorf("pebble: report: %w", err)
		}
	}
	if err = w.sweep(b.Reports); err != nil {
		return nil, fmt.Errorf("pebble: sweep idempotency keys: %w", err)
	}
	for i := range b.Saves {
		if r.Saves[i], err = w.save(&b.Saves[i]); err != nil {
			return nil, fmt.Errorf("pebble: save: %w", err)
		}
	}
	for i := range b.Entries {
		if err = w.entry(&b.Entries[i]); err != nil {
			return nil, fmt.Errorf("pebble: entry: %w", err)
		}
	}
	for i := range b.Deliveries {
		if r.Deliveries[i], err = w.saveDelivery(&b.Deliveries[i]); err != nil {
			return nil, fmt.Errorf("pebble: save delivery: %w", err)
		}
	}
	// Purges come last and write at once, so that what the acts before put is
	// written before.
	if err = w.flush(); err != nil {
		return nil, err
	}
	if err = w.flushDeliveries(); err != nil {
		return nil, err
	}
	for i := range b.Purges {
		if r.Purges[i], err = w.purge(&b.Purges[i]); err != nil {
			return nil, fmt.Errorf("pebble: purge: %w", err)
		}
	}
	return r, nil
}

// write makes durable what w holds. From the moment that it begins, a failure
// leaves open what the disk holds.
func (s *Store) write(w *writer) (err error) {
	if w.out.Empty() {
		return nil
	}
	s.horizon.announce(w.due)
	defer s.horizon.added()
	defer func() {
		if r := recover(); r != nil {
			s.folder.die(asFatal(r))
			err = fmt.Errorf("pebble: commit: %w: %w", store.ErrBroken, asFatal(r))
		}
	}()
	err = w.out.Commit(pebble.Sync)
	if cause := s.folder.failure(); cause != nil {
		return fmt.Errorf("pebble: commit: %w: %w", store.ErrBroken, cause)
	}
	if err != nil {
		return fmt.Errorf("pebble: commit: %w", err)
	}
	if len(s.versions) > maxRemembered {
		clear(s.versions)
	}
	maps.Copy(s.versions, w.versions)
	s.rememberSweep(w)
	return nil
}

// maxRemembered bounds what the writer keeps in memory of each kind.
const maxRemembered = 1 << 16

type rowID struct{ site, id belay.ID }

// row is an activation as the batch has it so far.
type row struct {
	now    *belay.Activation
	stored [3][]byte // the keys that lead to it on disk
	ending []byte    // what is on disk of how it ended; nil where it had not
	put    bool      // now differs from what is on disk
}

// writer collects what a batch writes, and answers reads as if all acts before
// had happened: from here what they touched, else from the tree, which no one
// else writes.
type writer struct {
	s   *Store
	out *pebble.Batch

	keysOf   *pebble.Iterator // what under returns, nil until then
	rows     map[rowID]*row
	dirty    []*row                 // those that were put, in that order
	told     map[rowID]*told        // deliveries; nil until there is one
	events   map[rowID]*belay.Event // reported in this batch; nil for one that was purged
	keys     map[string]taken       // by key of kind K
	versions map[belay.ID]int64
	docs     map[store.DocKey]int64     // revisions, 0 where there is none
	entries  map[string]bool            // by key, whether there is one
	places   map[string]map[string]bool // by counter and key, whether it is taken
	ended    map[string]int             // by prefix of kind F, what became final in this batch
	due      map[uint8]belay.Instant    // the earliest added to each bucket
	until    map[belay.ID]belay.Instant // the earliest of each site's keys taken
	// of the cancel under way
	calledOffNow, outNow int

	swept   belay.ID // the site swept, up to sweptTo
	sweptTo belay.Instant
}

func (s *Store) newWriter() *writer {
	return &writer{
		s: s, out: s.db.NewBatch(),
		rows: map[rowID]*row{}, events: map[rowID]*belay.Event{}, keys: map[string]taken{},
		versions: map[belay.ID]int64{}, docs: map[store.DocKey]int64{},
		entries: map[string]bool{}, places: map[string]map[string]bool{}, ended: map[string]int{},
		due: map[uint8]belay.Instant{}, until: map[belay.ID]belay.Instant{},
	}
}

// activation returns an activation as the batch has it so far, nil for none. It
// must not be changed but by put.
func (w *writer) activation(id rowID) (*belay.Activation, error) {
	if r, ok := w.rows[id]; ok {
		return r.now, nil
	}
	key := siteKey(kindActivation, id.site, id.id)
	var a *belay.Activation
	err := w.s.get(key, func(value []byte) error {
		got, err := w.s.codec.readActivation(key, value)
		a = &got
		return err
	})
	if err != nil || a == nil {
		return nil, err
	}
	w.rows[id] = &row{now: a, stored: activationIndex(a), ending: endingValue(a)}
	return a, nil
}

// put keeps a in the place of what activation returns for its ID.
func (w *writer) put(a *belay.Activation) error {
	id := rowID{a.SiteID, a.ID}
	r, ok := w.rows[id]
	if !ok {
		r = &row{}
		w.rows[id] = r
	}
	if a.Status.Final() && !a.EntityID.IsZero() && (r.now == nil || !r.now.Status.Final()) {
		w.ended[string(entityPrefix(kindEndedEntity, a.SiteID, a.AppID, a.TriggerKey, a.EntityID))]++
	}
	if r.now = a; !r.put {
		r.put = true
		w.dirty = append(w.dirty, r)
	}
	if !a.GivesBack() {
		return nil
	}
	_, err := w.leavePlace(placeOf(a, a.Place.Counter, a.Place.At))
	return err
}

// flush writes the activations that were put, each once, with the keys that lead
// to them. Those keys are written and deleted in turns, so that a single delete
// takes away all there is; but for a key of kind R, which may be written anew where
// what is final is saved once more.
func (w *writer) flush() error {
	for _, r := range w.dirty {
		value, err := w.s.codec.activation(r.now)
		if err != nil {
			return err
		}
		if err := w.out.Set(siteKey(kindActivation, r.now.SiteID, r.now.ID), value, nil); err != nil {
			return err
		}
		if err := w.moveIndex(r); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) moveIndex(r *row) error {
	for i, key := range activationIndex(r.now) {
		old := r.stored[i]
		ending := key != nil && key[0] == kindEndedAutomation
		if string(old) == string(key) && (!ending || bytes.Equal(r.ending, endingValue(r.now))) {
			continue
		}
		if old != nil && !bytes.Equal(old, key) {
			if err := w.out.SingleDelete(old, nil); err != nil {
				return err
			}
		}
		if key == nil {
			continue
		}
		var value []byte
		if ending {
			value = endingValue(r.now)
		}
		if i == 0 {
			value = r.now.SiteID[:]
			b := belay.Bucket(r.now.SiteID)
			if at, ok := w.due[b]; !ok || r.now.Due < at {
				w.due[b] = r.now.Due
			}
		}
		if err := w.out.Set(key, value, nil); err != nil {
			return err
		}
	}
	return nil
}

// get calls use with the value of a key, if there is one. use must not keep it.
func (s *Store) get(key []byte, use func(value []byte) error) error {
	return getFrom(s.db, key, use)
}

func getFrom(r pebble.Reader, key []byte, use func(value []byte) error) error {
	value, closer, err := r.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(use(value), closer.Close())
}
