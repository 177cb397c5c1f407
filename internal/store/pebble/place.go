package pebble

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// counterLen is the length of what the keys of one counter's places begin with.
const counterLen = 1 + 3*idLen

func placeKey(p *store.Place) []byte {
	b := siteKey(kindPlace, p.SiteID, p.AutomationID, p.Counter)
	b = binary.BigEndian.AppendUint64(b, uint64(p.At))
	return append(b, p.ActivationID[:]...)
}

func placeOf(a *belay.Activation, counter belay.ID, at belay.Instant) *store.Place {
	return &store.Place{SiteID: a.SiteID, AutomationID: a.AutomationID, Counter: counter, At: at, ActivationID: a.ID}
}

// readPlace reads the place under key; until is its value.
func readPlace(key, until []byte) (store.Place, error) {
	if len(key) != counterLen+8+idLen || len(until) != 8 {
		return store.Place{}, fmt.Errorf("pebble: place under %x: %w", key, errRecord)
	}
	id := func(n int) belay.ID { return belay.ID(key[1+n*idLen : 1+(n+1)*idLen]) }
	return store.Place{
		SiteID: id(0), AutomationID: id(1), Counter: id(2), ActivationID: lastID(key),
		At: belay.Instant(binary.BigEndian.Uint64(key[counterLen:])), Until: belay.Instant(binary.BigEndian.Uint64(until)),
	}, nil
}

// claim takes a place for a if there is one.
func (w *writer) claim(a *belay.Activation, c *store.Claim) (bool, error) {
	taken, err := w.placesSince(a, c)
	if err != nil || taken >= c.Max {
		return false, err
	}
	key := placeKey(placeOf(a, c.Counter, c.At))
	w.setPlace(key, true)
	return true, w.out.Set(key, binary.BigEndian.AppendUint64(nil, uint64(c.Until)), nil)
}

// placesSince counts the places of a claim's counter that were taken after its
// Since, those of this batch among them, up to its Max.
func (w *writer) placesSince(a *belay.Activation, c *store.Claim) (n int, err error) {
	counter := siteKey(kindPlace, a.SiteID, a.AutomationID, c.Counter)
	first := binary.BigEndian.AppendUint64(counter[:counterLen:counterLen], uint64(c.Since+1))
	here := w.places[string(counter)]
	for key, taken := range here {
		if taken && key >= string(first) {
			n++
		}
	}
	if n >= c.Max {
		return n, nil
	}
	it, err := w.under(counter)
	if err != nil {
		return 0, err
	}
	for ok := it.SeekGE(first); ok && n < c.Max; ok = it.Next() {
		if _, decided := here[string(it.Key())]; !decided {
			n++
		}
	}
	return n, it.Error()
}

// setPlace notes whether the batch leaves a place taken.
func (w *writer) setPlace(key []byte, taken bool) {
	counter := string(key[:counterLen])
	if w.places[counter] == nil {
		w.places[counter] = map[string]bool{}
	}
	w.places[counter][string(key)] = taken
}

// placeTaken reports whether a place is, as the batch has it so far.
func (w *writer) placeTaken(key []byte) (taken bool, err error) {
	taken, decided := w.places[string(key[:counterLen])][string(key)]
	if decided {
		return taken, nil
	}
	err = w.s.get(key, func([]byte) error { taken = true; return nil })
	return taken, err
}

// passed reports whether the place of each claim of a report is taken.
func (w *writer) passed(r *store.Report) (out []bool, err error) {
	for i := range r.Claims {
		c := &r.Claims[i]
		taken, err := w.placeTaken(placeKey(placeOf(&r.Activations[c.Of], c.Counter, c.At)))
		if err != nil {
			return nil, err
		}
		out = append(out, taken)
	}
	return out, nil
}

func (w *writer) leavePlace(p *store.Place) (known bool, err error) {
	key := placeKey(p)
	if known, err = w.placeTaken(key); err != nil || !known {
		return false, err
	}
	w.setPlace(key, false)
	return true, w.out.Delete(key, nil)
}

// Places lists the places of a site.
func (s *Store) Places(ctx context.Context, q store.PlaceQuery) ([]store.Place, error) {
	if q.Limit < 1 || q.Limit > 1000 {
		return nil, fmt.Errorf("pebble: a page of %d places", q.Limit)
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	prefix := siteKey(kindPlace, q.SiteID)
	lower := prefix
	if (q.After != store.Place{}) {
		q.After.SiteID = q.SiteID
		lower = append(placeKey(&q.After), 0)
	}
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: after(prefix)})
	if err != nil {
		return nil, fmt.Errorf("pebble: list places: %w", err)
	}
	defer it.Close()
	var out []store.Place
	for ok := it.First(); ok && len(out) < q.Limit; ok = it.Next() {
		until, err := it.ValueAndErr()
		if err != nil {
			return nil, fmt.Errorf("pebble: list places: %w", err)
		}
		p, err := readPlace(it.Key(), until)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if err := it.Error(); err != nil {
		return nil, fmt.Errorf("pebble: list places: %w", err)
	}
	return out, nil
}

func (c *checker) place(key, value []byte) error {
	p, err := readPlace(key, value)
	if err != nil {
		c.find("%v", err)
		return nil
	}
	// A place outlives an activation that was purged.
	a, ok, err := c.s.activation(c.r, p.SiteID, p.ActivationID)
	switch {
	case err != nil || !ok:
	case a.AutomationID != p.AutomationID:
		c.find("a place of automation %s of site %s is of activation %s, which is of another", p.AutomationID, p.SiteID, a.ID)
	case a.GivesBack() && a.Place == belay.Place{Counter: p.Counter, At: p.At}:
		c.find("activation %s of site %s never started, and holds a place", a.ID, p.SiteID)
	}
	return err
}
