package pebble

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Events lists a site's events: one entity's by its index, else all, in order.
func (s *Store) Events(ctx context.Context, q store.EventQuery) ([]belay.Event, error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	c := &cursor{ctx: ctx, newest: q.Newest}
	defer c.close()
	var err error
	if q.EntityID.IsZero() {
		err = c.add(snap, siteKey(kindEvent, q.SiteID), q.Page)
	} else {
		err = c.addEntity(snap, kindEventEntity, q.SiteID, q.EntityID, q.Page)
	}
	var out []belay.Event
	for err == nil && len(out) < q.Limit {
		it, ok := c.next()
		if !ok {
			err = c.failed
			break
		}
		var e belay.Event
		if q.EntityID.IsZero() {
			e, err = s.eventAt(it)
		} else {
			e, _, err = s.event(snap, q.SiteID, lastID(it.Key()))
		}
		if (q.AppID.IsZero() || e.AppID == q.AppID) && (q.TriggerKey == "" || e.TriggerKey == q.TriggerKey) {
			out = append(out, e)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("pebble: list events: %w", err)
	}
	return out, nil
}

func (s *Store) eventAt(it *pebble.Iterator) (belay.Event, error) {
	value, err := it.ValueAndErr()
	if err != nil {
		return belay.Event{}, err
	}
	return s.codec.readEvent(it.Key(), value)
}

// Activations lists a site's activations: by the index of the entity or of the
// automation where one is given, else all, in order.
func (s *Store) Activations(ctx context.Context, q store.ActivationQuery) ([]belay.Activation, error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	c := &cursor{ctx: ctx, newest: q.Newest}
	defer c.close()
	var out []belay.Activation
	err := c.addActivations(snap, &q)
	for err == nil && len(out) < q.Limit {
		it, ok := c.next()
		if !ok {
			err = c.failed
			break
		}
		var a belay.Activation
		if a, ok, err = s.activationFor(snap, it, &q); ok && err == nil {
			out = append(out, a)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("pebble: list activations: %w", err)
	}
	return out, nil
}

// addActivations chooses the index.
func (c *cursor) addActivations(snap *pebble.Snapshot, q *store.ActivationQuery) error {
	switch {
	case !q.EntityID.IsZero():
		for _, kind := range []byte{kindPendingEntity, kindEndedEntity} {
			if err := c.addEntity(snap, kind, q.SiteID, q.EntityID, q.Page); err != nil {
				return err
			}
		}
		return nil
	case !q.AutomationID.IsZero():
		if !q.Status.Final() { // or any
			if err := c.add(snap, siteKey(kindPendingAutomation, q.SiteID, q.AutomationID), q.Page); err != nil {
				return err
			}
		}
		if q.Status != 0 && !q.Status.Final() {
			return nil
		}
		return c.add(snap, siteKey(kindEndedAutomation, q.SiteID, q.AutomationID), q.Page)
	}
	return c.add(snap, siteKey(kindActivation, q.SiteID), q.Page)
}

// activationFor reads the activation that the cursor stands on; ok is false
// where the query does not ask for it.
func (s *Store) activationFor(snap *pebble.Snapshot, it *pebble.Iterator, q *store.ActivationQuery) (a belay.Activation, ok bool, err error) {
	if it.Key()[0] == kindActivation {
		value, err := it.ValueAndErr()
		if err != nil || len(value) == 0 || q.Status != 0 && value[0] != byte(q.Status) {
			return a, false, err
		}
		a, err = s.codec.readActivation(it.Key(), value)
		return a, err == nil && (q.AppID.IsZero() || a.AppID == q.AppID), err
	}
	a, ok, err = s.activation(snap, q.SiteID, lastID(it.Key()))
	ok = ok && (q.Status == 0 || a.Status == q.Status) && (q.AutomationID.IsZero() || a.AutomationID == q.AutomationID) &&
		(q.AppID.IsZero() || a.AppID == q.AppID)
	return a, ok, err
}

// cursor walks ranges of keys that end with IDs as if they were one, in the
// order of the IDs.
type cursor struct {
	ctx    context.Context // of the one call that the cursor serves
	newest bool
	its    []*pebble.Iterator // each stands on a key
	failed error
	begun  bool
	read   int
	at     int // the one that stands on what next returned
}

// add takes in what stands under prefix within a page's bounds.
func (c *cursor) add(snap *pebble.Snapshot, prefix []byte, p store.Page) error {
	lower, upper := pageBounds(prefix, p)
	it, err := snap.NewIterWithContext(c.ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	if begin(it, c.newest) {
		c.its = append(c.its, it)
		return nil
	}
	return errors.Join(it.Error(), it.Close())
}

// addEntity takes in what an entity has under each trigger of a site. There are
// few triggers, so it goes from one to the next rather than keep one more index.
func (c *cursor) addEntity(snap *pebble.Snapshot, kind byte, site, entity belay.ID, p store.Page) error {
	prefix := siteKey(kind, site)
	it, err := snap.NewIterWithContext(c.ctx, &pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return err
	}
	defer it.Close()
	for ok := it.First(); ok; {
		group, _, _, _, _, whole := splitEntityKey(it.Key())
		if !whole {
			return fmt.Errorf("key %x: %w", it.Key(), errRecord)
		}
		group = bytes.Clone(group)
		of := append(bytes.Clone(group), entity[:]...)
		if it.SeekGE(of) && bytes.HasPrefix(it.Key(), of) {
			if err := c.add(snap, of, p); err != nil {
				return err
			}
		}
		ok = it.SeekGE(after(group))
	}
	return it.Error()
}

// next moves on and returns the iterator that stands on the next key.
func (c *cursor) next() (*pebble.Iterator, bool) {
	if c.begun && !step(c.its[c.at], c.newest) {
		it := c.its[c.at]
		c.failed = errors.Join(c.failed, it.Error(), it.Close())
		c.its = append(c.its[:c.at], c.its[c.at+1:]...)
	}
	if c.read++; c.read%256 == 0 {
		c.failed = errors.Join(c.failed, c.ctx.Err())
	}
	if len(c.its) == 0 || c.failed != nil {
		c.begun = false
		return nil, false
	}
	c.begun, c.at = true, 0
	for i := 1; i < len(c.its); i++ {
		a, b := lastID(c.its[i].Key()), lastID(c.its[c.at].Key())
		if order := bytes.Compare(a[:], b[:]); order != 0 && (order < 0) != c.newest {
			c.at = i
		}
	}
	return c.its[c.at], true
}

func (c *cursor) close() {
	for _, it := range c.its {
		it.Close()
	}
}
