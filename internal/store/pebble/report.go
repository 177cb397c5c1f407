package pebble

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func (w *writer) report(r *store.Report) (store.Reported, error) {
	e := &r.Event
	if len(e.TriggerKey) > maxText {
		return store.Reported{}, errLong
	}
	var hash keyHash
	var old taken
	if e.IdempotencyKey != "" {
		hash = hashKey(e)
		var err error
		if old, err = w.taken(idempotencyKey(e.SiteID, hash)); err != nil {
			return store.Reported{}, err
		}
		if old.until > r.Now {
			return w.repeated(r, old.event)
		}
	}
	if r.Again {
		if _, known, err := w.eventActivations(rowID{e.SiteID, e.ID}); err != nil || known {
			return w.repeated(r, e.ID)
		}
	}
	if stale, err := w.stale(r); err != nil || stale {
		passed, passedErr := w.passed(r)
		return store.Reported{Outcome: store.Stale, Passed: passed}, errors.Join(err, passedErr)
	}
	if err := w.putEvent(e); err != nil {
		return store.Reported{}, err
	}
	passed, err := w.begin(r)
	if err != nil {
		return store.Reported{}, err
	}
	w.tell(r.Deliveries)
	if e.IdempotencyKey != "" {
		if err := w.take(e.SiteID, hash, old, taken{e.ID, r.KeyUntil}); err != nil {
			return store.Reported{}, err
		}
	}
	return store.Reported{Outcome: store.Accepted, Passed: passed}, nil
}

// repeated answers a report that is kept already.
func (w *writer) repeated(r *store.Report, event belay.ID) (store.Reported, error) {
	made, _, err := w.eventActivations(rowID{r.Event.SiteID, event})
	if err != nil {
		return store.Reported{}, err
	}
	passed, err := w.passed(r)
	return store.Reported{Outcome: store.Repeated, EventID: event, Activations: made, Passed: passed}, err
}

// begin puts the activations of a report as its claims come out.
func (w *writer) begin(r *store.Report) (passed []bool, err error) {
	kept := make([]*belay.Activation, len(r.Activations))
	for i := range kept {
		kept[i] = &r.Activations[i]
	}
	for i := range r.Claims {
		c := &r.Claims[i]
		ok, err := w.claim(kept[c.Of], c)
		if err != nil {
			return nil, err
		}
		if passed = append(passed, ok); ok {
			w.tell(c.Deliveries)
		} else {
			kept[c.Of] = &c.Otherwise
			w.tell(c.OtherwiseDeliveries)
		}
	}
	for _, a := range kept {
		if err := w.put(a); err != nil {
			return nil, err
		}
	}
	return passed, nil
}

func (w *writer) stale(r *store.Report) (bool, error) {
	site, err := w.version(r.Event.SiteID)
	if err != nil {
		return false, err
	}
	global, err := w.version(belay.ID{})
	return site != r.SiteVersion || global != r.GlobalVersion, err
}

func (w *writer) putEvent(e *belay.Event) error {
	value, err := w.s.codec.event(*e)
	if err != nil {
		return err
	}
	if err := w.out.Set(siteKey(kindEvent, e.SiteID, e.ID), value, nil); err != nil {
		return err
	}
	if key := eventIndex(e); key != nil {
		if err := w.out.Set(key, nil, nil); err != nil {
			return err
		}
	}
	w.events[rowID{e.SiteID, e.ID}] = e
	return nil
}

// eventActivations returns what an event made; known is false where there is no
// such event.
func (w *writer) eventActivations(id rowID) (made []belay.ID, known bool, err error) {
	if e, ok := w.events[id]; ok {
		return e.Activations, true, nil
	}
	key := siteKey(kindEvent, id.site, id.id)
	err = w.s.get(key, func(value []byte) error {
		e, err := w.s.codec.readEvent(key, value)
		made, known = e.Activations, true
		return err
	})
	return made, known, err
}

// taken returns what an idempotency key leads to, the zero value for nothing.
func (w *writer) taken(key []byte) (taken, error) {
	if k, ok := w.keys[string(key)]; ok {
		return k, nil
	}
	var k taken
	err := w.s.get(key, func(value []byte) (err error) {
		k, err = readTaken(value)
		return err
	})
	return k, err
}

// take gives an idempotency key to an event in the place of old.
func (w *writer) take(site belay.ID, hash keyHash, old, now taken) error {
	if old != (taken{}) {
		if err := w.out.SingleDelete(expiryKey(site, old.until, hash), nil); err != nil {
			return err
		}
	}
	key := idempotencyKey(site, hash)
	w.keys[string(key)] = now
	if err := w.out.Set(key, now.value(), nil); err != nil {
		return err
	}
	if at, ok := w.until[site]; !ok || now.until < at {
		w.until[site] = now.until
	}
	return w.out.Set(expiryKey(site, now.until, hash), nil, nil)
}

// sweepPortion is the least that one commit takes away of idempotency keys that
// are free again.
const sweepPortion = 64

// sweep takes away keys that are free by the time of the first report, on that
// report's site: now is a site's own. A commit takes away four for each key that
// it can have added, so that over time no site's keys pile up.
func (w *writer) sweep(reports []store.Report) error {
	if len(reports) == 0 {
		return nil
	}
	site, now := reports[0].Event.SiteID, reports[0].Now
	prefix := siteKey(kindExpiry, site)
	it, err := w.s.db.NewIter(&pebble.IterOptions{
		LowerBound: expiryKey(site, w.s.swept[site], keyHash{}),
		UpperBound: expiryKey(site, now+1, keyHash{}),
	})
	if err != nil {
		return err
	}
	defer it.Close()
	portion := max(sweepPortion, 4*len(reports))
	until := now
	for ok := it.First(); ok && portion > 0; ok = it.Next() {
		key := it.Key()
		if len(key) != len(prefix)+8+len(keyHash{}) {
			return errRecord
		}
		until = belay.Instant(binary.BigEndian.Uint64(key[len(prefix):]))
		held := idempotencyKey(site, keyHash(key[len(prefix)+8:]))
		if k, ok := w.keys[string(held)]; ok && k.until != until {
			continue // taken anew by this batch, which has seen to both keys
		}
		if err := w.out.SingleDelete(key, nil); err != nil {
			return err
		}
		if err := w.out.Delete(held, nil); err != nil {
			return err
		}
		portion--
	}
	w.swept, w.sweptTo = site, until
	return it.Error()
}

// rememberSweep keeps from where the next sweep of a site begins, so that it
// need not pass by the tombstones of all sweeps before.
func (s *Store) rememberSweep(w *writer) {
	if len(s.swept) > maxRemembered {
		clear(s.swept)
	}
	if w.sweptTo != 0 {
		s.swept[w.swept] = w.sweptTo
	}
	for site, until := range w.until {
		if to, ok := s.swept[site]; ok {
			s.swept[site] = min(to, until)
		}
	}
}

func (w *writer) save(s *store.Save) (store.Saved, error) {
	a := &s.Activation
	if len(a.TriggerKey) > maxText {
		return store.Lost, errLong
	}
	old, err := w.activation(rowID{a.SiteID, a.ID})
	if err != nil || old == nil {
		return store.Lost, err
	}
	if s.Again && old.Version == a.Version {
		return w.savedBefore(s, old)
	}
	if old.Version != s.Version {
		return store.Lost, nil
	}
	if s.Claim != nil {
		passed, err := w.claim(a, s.Claim)
		if err != nil {
			return store.Lost, err
		}
		if !passed {
			w.tell(s.Claim.OtherwiseDeliveries)
			w.tell(s.Deliveries)
			return store.KeptOtherwise, w.put(&s.Claim.Otherwise)
		}
		w.tell(s.Claim.Deliveries)
	}
	w.tell(s.Deliveries)
	return store.Kept, w.put(a)
}

// savedBefore reports which activation of a save is the one stored, if any is.
func (w *writer) savedBefore(s *store.Save, stored *belay.Activation) (store.Saved, error) {
	is := func(a *belay.Activation) (bool, error) {
		kept, err := w.s.codec.activation(stored)
		if err != nil {
			return false, err
		}
		sent, err := w.s.codec.activation(a)
		return bytes.Equal(kept, sent), err
	}
	if ok, err := is(&s.Activation); err != nil || ok {
		return store.Kept, err
	}
	if s.Claim != nil {
		if ok, err := is(&s.Claim.Otherwise); err != nil || ok {
			return store.KeptOtherwise, err
		}
	}
	return store.Lost, nil
}
