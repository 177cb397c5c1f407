package pebble

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// maxFindings bounds what Check returns.
const maxFindings = 100

// Check reads everything and returns what does not fit together, a sentence for
// each and at most 100: a key that leads to a record which is not there or says
// otherwise, a record that a key ought to lead to and none does, and records
// that cannot be read. It looks at one moment and holds up nobody.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	c := &checker{s: s, r: snap}
	for _, part := range []struct {
		kind byte
		look func(key, value []byte) error
	}{
		{kindEvent, c.event},
		{kindActivation, c.activation},
		{kindDue, c.activationKey},
		{kindPendingEntity, c.activationKey},
		{kindEndedEntity, c.activationKey},
		{kindPendingAutomation, c.activationKey},
		{kindEndedAutomation, c.endedKey},
		{kindEventEntity, c.eventKey},
		{kindIdempotency, c.idempotency},
		{kindExpiry, c.expiry},
		{kindDoc, c.doc},
		{kindVersion, c.version},
		{kindDelivery, c.delivery},
		{kindDueDelivery, c.deliveryKey},
		{kindOpenDelivery, c.deliveryKey},
		{kindPlace, c.place},
		{kindEntry, c.entry},
		{kindTrail, c.trail},
	} {
		err := scan(ctx, snap, []byte{part.kind}, func(key []byte, value func() ([]byte, error)) error {
			v, err := value()
			if err != nil {
				return err
			}
			return part.look(key, v)
		})
		if err != nil {
			return c.found, fmt.Errorf("pebble: check: %w", err)
		}
	}
	return c.found, nil
}

type checker struct {
	s     *Store
	r     pebble.Reader
	found []string
}

func (c *checker) find(format string, args ...any) {
	if len(c.found) < maxFindings {
		c.found = append(c.found, fmt.Sprintf(format, args...))
	}
}

func (c *checker) has(key []byte) (found bool, err error) {
	err = getFrom(c.r, key, func([]byte) error { found = true; return nil })
	return found, err
}

func (c *checker) event(key, value []byte) error {
	e, err := c.s.codec.readEvent(key, value)
	if err != nil {
		c.find("%v", err)
		return nil
	}
	if index := eventIndex(&e); index != nil {
		if ok, err := c.has(index); err != nil || !ok {
			c.find("event %s of site %s has no key by its entity %s", e.ID, e.SiteID, e.EntityID)
			return err
		}
	}
	for _, id := range e.Activations {
		if ok, err := c.has(siteKey(kindActivation, e.SiteID, id)); err != nil || !ok {
			c.find("event %s of site %s made activation %s, which is not there", e.ID, e.SiteID, id)
			return err
		}
	}
	return nil
}

func (c *checker) activation(key, value []byte) error {
	a, err := c.s.codec.readActivation(key, value)
	if err != nil {
		c.find("%v", err)
		return nil
	}
	if value[0] != byte(a.Status) {
		c.find("activation %s of site %s is %s and has status %d in front", a.ID, a.SiteID, a.Status, value[0])
	}
	for _, index := range activationIndex(&a) {
		if index == nil {
			continue
		}
		if ok, err := c.has(index); err != nil || !ok {
			c.find("activation %s of site %s has no key of kind %c", a.ID, a.SiteID, index[0])
			return err
		}
	}
	return nil
}

// activationKey looks at a key that leads to an activation.
func (c *checker) activationKey(key, value []byte) error {
	site, ok := siteOf(key, value)
	if !ok {
		c.find("key %x is cut short", key)
		return nil
	}
	a, ok, err := c.s.activation(c.r, site, lastID(key))
	if err != nil {
		return err
	}
	if !ok {
		c.find("key %c of site %s leads to activation %s, which is not there", key[0], site, lastID(key))
		return nil
	}
	for _, index := range activationIndex(&a) {
		if slices.Equal(index, key) {
			return nil
		}
	}
	c.find("key %c of site %s leads to activation %s, which says otherwise", key[0], site, a.ID)
	return nil
}

// endedKey looks at a key that says how an activation ended, too.
func (c *checker) endedKey(key, value []byte) error {
	if site, ok := siteOf(key, value); ok && len(value) > 0 {
		a, ok, err := c.s.activation(c.r, site, lastID(key))
		if err != nil {
			return err
		}
		if ok && !slices.Equal(value, endingValue(&a)) {
			c.find("key %c of site %s says otherwise than activation %s how that ended", key[0], site, a.ID)
		}
	}
	return c.activationKey(key, value)
}

// siteOf returns the site of a key that leads to an activation or an event.
func siteOf(key, value []byte) (site belay.ID, ok bool) {
	if key[0] == kindDue {
		if len(key) != 2+8+idLen || len(value) != idLen {
			return site, false
		}
		return belay.ID(value), true
	}
	if len(key) < 1+2*idLen {
		return site, false
	}
	return belay.ID(key[1 : 1+idLen]), true
}

func (c *checker) eventKey(key, value []byte) error {
	site, ok := siteOf(key, value)
	if !ok {
		c.find("key %x is cut short", key)
		return nil
	}
	e, ok, err := c.s.event(c.r, site, lastID(key))
	if err != nil {
		return err
	}
	switch {
	case !ok:
		c.find("key %c of site %s leads to event %s, which is not there", key[0], site, lastID(key))
	case !slices.Equal(eventIndex(&e), key):
		c.find("key %c of site %s leads to event %s, which says otherwise", key[0], site, e.ID)
	}
	return nil
}

func (c *checker) delivery(key, value []byte) error {
	d, err := c.s.codec.readDelivery(key, value)
	if err != nil {
		c.find("%v", err)
		return nil
	}
	if value[0] != byte(d.Status) {
		c.find("delivery %s of site %s is %s and has status %d in front", d.ID, d.SiteID, d.Status, value[0])
	}
	for _, index := range deliveryIndex(&d) {
		if index == nil {
			continue
		}
		if ok, err := c.has(index); err != nil || !ok {
			c.find("delivery %s of site %s has no key of kind %c", d.ID, d.SiteID, index[0])
			return err
		}
	}
	return nil
}

// deliveryKey looks at a key that leads to a delivery.
func (c *checker) deliveryKey(key, value []byte) error {
	var site belay.ID
	switch {
	case key[0] == kindDueDelivery && len(key) == 1+2*idLen+8 && len(value) == 2*idLen:
		site = belay.ID(value[:idLen])
	case key[0] == kindOpenDelivery && len(key) == 1+4*idLen+8:
		site = belay.ID(key[1 : 1+idLen])
	default:
		c.find("key %x is cut short", key)
		return nil
	}
	d, ok, err := c.s.delivery(c.r, site, lastID(key))
	if err != nil {
		return err
	}
	if !ok {
		c.find("key %c of site %s leads to delivery %s, which is not there", key[0], site, lastID(key))
		return nil
	}
	index := deliveryIndex(&d)
	if !slices.Equal(index[0], key) && !slices.Equal(index[1], key) {
		c.find("key %c of site %s leads to delivery %s, which says otherwise", key[0], site, d.ID)
	}
	return nil
}

func (c *checker) idempotency(key, value []byte) error {
	k, err := readTaken(value)
	if err != nil || len(key) != 1+idLen+len(keyHash{}) {
		c.find("idempotency key %x cannot be read", key)
		return nil
	}
	site, hash := belay.ID(key[1:1+idLen]), keyHash(key[1+idLen:])
	e, ok, err := c.s.event(c.r, site, k.event)
	if err != nil {
		return err
	}
	// A key outlives an event that was purged.
	if ok && hashKey(&e) != hash {
		c.find("an idempotency key of site %s leads to event %s, which has another", site, k.event)
	}
	if ok, err = c.has(expiryKey(site, k.until, hash)); err == nil && !ok {
		c.find("the idempotency key of event %s of site %s has no key by its time", k.event, site)
	}
	return err
}

func (c *checker) expiry(key, _ []byte) error {
	if len(key) != 1+idLen+8+len(keyHash{}) {
		c.find("key %x is cut short", key)
		return nil
	}
	site, until := belay.ID(key[1:1+idLen]), belay.Instant(binary.BigEndian.Uint64(key[1+idLen:]))
	var k taken
	err := getFrom(c.r, idempotencyKey(site, keyHash(key[1+idLen+8:])), func(value []byte) (err error) {
		k, err = readTaken(value)
		return err
	})
	if err == nil && (k == taken{} || k.until != until) {
		c.find("a key of site %s by its time %s leads to no idempotency key of that time", site, until)
	}
	return err
}

func (c *checker) doc(key, value []byte) error {
	if _, _, err := readDoc(value); err != nil {
		c.find("document %x: %v", key, err)
	}
	return nil
}

func (c *checker) entry(key, _ []byte) error {
	stream, rest, ok := cutText(key[min(1+idLen, len(key)):])
	if !ok || len(rest) != idLen {
		c.find("key %x is cut short", key)
		return nil
	}
	if !store.Trails(stream) {
		return nil
	}
	site, id := belay.ID(key[1:1+idLen]), belay.ID(rest)
	ok, err := c.has(trailKey(stream, id, site))
	if err == nil && !ok {
		c.find("entry %s of the %s of site %s has no key by its time", id, stream, site)
	}
	return err
}

func (c *checker) trail(key, _ []byte) error {
	stream, rest, ok := cutText(key[1:])
	if !ok || len(rest) != 2*idLen {
		c.find("key %x is cut short", key)
		return nil
	}
	id, site := belay.ID(rest[:idLen]), belay.ID(rest[idLen:])
	ok, err := c.has(append(streamPrefix(site, stream), id[:]...))
	if err == nil && !ok {
		c.find("a key by its time leads to entry %s of the %s of site %s, which is not there", id, stream, site)
	}
	return err
}

func (c *checker) version(key, value []byte) error {
	if _, err := readVersion(value); err != nil || len(key) != 1+idLen {
		c.find("version of scope %x cannot be read", key[1:])
	}
	return nil
}
