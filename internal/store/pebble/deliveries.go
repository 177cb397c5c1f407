package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// told is a delivery as the batch has it so far.
type told struct {
	now    *belay.Delivery // nil for one that is not there
	stored [2][]byte       // the keys that lead to it on disk
	put    bool            // now differs from what is on disk
}

// tell keeps new deliveries.
func (w *writer) tell(list []belay.Delivery) {
	for i := range list {
		w.putDelivery(&told{now: &list[i], put: true})
	}
}

func (w *writer) putDelivery(t *told) {
	if w.told == nil {
		w.told = map[rowID]*told{}
	}
	w.told[rowID{t.now.SiteID, t.now.ID}] = t
}

// delivery returns a delivery as the batch has it so far.
func (w *writer) delivery(id rowID) (*told, error) {
	if t, ok := w.told[id]; ok {
		return t, nil
	}
	d, ok, err := w.s.delivery(w.s.db, id.site, id.id)
	if err != nil || !ok {
		return &told{}, err
	}
	return &told{now: &d, stored: deliveryIndex(&d)}, nil
}

func (w *writer) saveDelivery(s *store.DeliverySave) (store.Saved, error) {
	t, err := w.delivery(rowID{s.Delivery.SiteID, s.Delivery.ID})
	if err != nil || t.now == nil {
		return store.Lost, err
	}
	if s.Again && t.now.Version == s.Delivery.Version {
		kept, err := w.s.codec.delivery(t.now)
		if err != nil {
			return store.Lost, err
		}
		sent, err := w.s.codec.delivery(&s.Delivery)
		if err != nil || !bytes.Equal(kept, sent) {
			return store.Lost, err
		}
		return store.Kept, nil
	}
	if t.now.Version != s.Version {
		return store.Lost, nil
	}
	w.putDelivery(&told{now: &s.Delivery, stored: t.stored, put: true})
	return store.Kept, nil
}

// flushDeliveries writes those that were put, each once, with their keys.
func (w *writer) flushDeliveries() error {
	for _, t := range w.told {
		if !t.put || t.now == nil {
			continue
		}
		value, err := w.s.codec.delivery(t.now)
		if err != nil {
			return err
		}
		if err := w.out.Set(siteKey(kindDelivery, t.now.SiteID, t.now.ID), value, nil); err != nil {
			return err
		}
		for i, key := range deliveryIndex(t.now) {
			if err := w.moveDelivery(t, i, key); err != nil {
				return err
			}
		}
		t.put, t.stored = false, deliveryIndex(t.now)
	}
	return nil
}

func (w *writer) moveDelivery(t *told, i int, key []byte) error {
	old := t.stored[i]
	if bytes.Equal(old, key) {
		return nil
	}
	if old != nil {
		if err := w.out.SingleDelete(old, nil); err != nil {
			return err
		}
	}
	if key == nil {
		return nil
	}
	var value []byte
	if i == 0 {
		value = append(t.now.SiteID[:len(belay.ID{}):len(belay.ID{})], t.now.EntityID[:]...)
	}
	return w.out.Set(key, value, nil)
}

func (w *writer) purgeDelivery(id rowID) (known bool, err error) {
	t, err := w.delivery(id)
	if err != nil || t.now == nil {
		return false, err
	}
	if err := w.out.Delete(siteKey(kindDelivery, id.site, id.id), nil); err != nil {
		return false, err
	}
	for _, key := range t.stored {
		if key == nil {
			continue
		}
		if err := w.out.SingleDelete(key, nil); err != nil {
			return false, err
		}
	}
	if w.told == nil {
		w.told = map[rowID]*told{}
	}
	w.told[id] = &told{}
	return true, nil
}

// Delivery returns one delivery of a site.
func (s *Store) Delivery(_ context.Context, site, id belay.ID) (belay.Delivery, error) {
	if err := s.enter(); err != nil {
		return belay.Delivery{}, err
	}
	defer s.exit()
	d, ok, err := s.delivery(s.db, site, id)
	if err == nil && !ok {
		err = fmt.Errorf("pebble: delivery %s: %w", id, store.ErrNotFound)
	}
	return d, err
}

func (s *Store) delivery(r pebble.Reader, site, id belay.ID) (d belay.Delivery, ok bool, err error) {
	key := siteKey(kindDelivery, site, id)
	err = getFrom(r, key, func(value []byte) (err error) {
		ok = true
		d, err = s.codec.readDelivery(key, value)
		return err
	})
	return d, ok, err
}

// FirstDelivery returns the first that waits of an app and an entity.
func (s *Store) FirstDelivery(ctx context.Context, site, app, entity belay.ID) (d belay.Delivery, err error) {
	if err := s.enter(); err != nil {
		return d, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	prefix := siteKey(kindOpenDelivery, site, app, entity)
	it, err := snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return d, fmt.Errorf("pebble: first delivery: %w", err)
	}
	found := it.First()
	var id belay.ID
	if found {
		id = lastID(it.Key())
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return d, fmt.Errorf("pebble: first delivery: %w", err)
	}
	if found {
		d, found, err = s.delivery(snap, site, id)
	}
	if err == nil && !found {
		err = fmt.Errorf("pebble: first delivery of %s: %w", entity, store.ErrNotFound)
	}
	return d, err
}

// Deliveries lists a site's deliveries in order, passing by those not asked for.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]belay.Delivery, error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	lower, upper := pageBounds(siteKey(kindDelivery, q.SiteID), q.Page)
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("pebble: list deliveries: %w", err)
	}
	defer it.Close()
	var out []belay.Delivery
	for ok := begin(it, q.Newest); ok && len(out) < q.Limit; ok = step(it, q.Newest) {
		value, err := it.ValueAndErr()
		if err != nil {
			return nil, fmt.Errorf("pebble: list deliveries: %w", err)
		}
		if len(value) > 0 && q.Status != 0 && value[0] != byte(q.Status) {
			continue
		}
		d, err := s.codec.readDelivery(it.Key(), value)
		if err != nil {
			return nil, err
		}
		if (q.AppID.IsZero() || d.AppID == q.AppID) && (q.EntityID.IsZero() || d.EntityID == q.EntityID) {
			out = append(out, d)
		}
	}
	return out, it.Error()
}

// DueDeliveries reads an app's in the order of their times.
func (s *Store) DueDeliveries(ctx context.Context, q store.DueDeliveryQuery) ([]store.DueDelivery, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: siteKey(kindDueDelivery, q.AppID), UpperBound: dueDeliveryKey(q.AppID, max(q.Until, 0), belay.ID{}),
	})
	if err != nil {
		return nil, fmt.Errorf("pebble: due deliveries: %w", err)
	}
	defer it.Close()
	var out []store.DueDelivery
	for ok := it.First(); ok && len(out) < q.Limit; ok = it.Next() {
		key := it.Key()
		value, err := it.ValueAndErr()
		if err == nil && (len(key) != 1+2*idLen+8 || len(value) != 2*idLen) {
			err = errRecord
		}
		if err != nil {
			return nil, fmt.Errorf("pebble: due deliveries: %w", err)
		}
		d := store.DueDelivery{
			At:     belay.Instant(binary.BigEndian.Uint64(key[1+idLen:])),
			SiteID: belay.ID(value[:idLen]), EntityID: belay.ID(value[idLen:]), DeliveryID: lastID(key),
		}
		if q.Buckets.Has(belay.Bucket(d.SiteID)) {
			out = append(out, d)
		}
	}
	return out, it.Error()
}
