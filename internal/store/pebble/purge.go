package pebble

import (
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// purge deletes what a Purge names. It is carried out after flush: a row that
// the batch has put is on its way to the tree, with the keys of its new state.
func (w *writer) purge(p *store.Purge) (store.Purged, error) {
	var done store.Purged
	for _, id := range p.Events {
		n, ok, err := w.purgeEvent(rowID{p.SiteID, id}, p.EndedBefore)
		if err != nil {
			return done, err
		}
		if ok {
			done.Events++
			done.Activations += n
		}
	}
	prefix := streamPrefix(p.SiteID, p.Stream)
	for _, id := range p.Entries {
		known, err := w.purgeEntry(append(prefix[:len(prefix):len(prefix)], id[:]...))
		if err != nil {
			return done, err
		}
		if known && store.Trails(p.Stream) {
			if err := w.out.Delete(trailKey(p.Stream, id, p.SiteID), nil); err != nil {
				return done, err
			}
		}
		if known {
			done.Entries++
		}
	}
	for _, id := range p.Deliveries {
		known, err := w.purgeDelivery(rowID{p.SiteID, id})
		if err != nil {
			return done, err
		}
		if known {
			done.Deliveries++
		}
	}
	for i := range p.Places {
		place := p.Places[i]
		place.SiteID = p.SiteID
		known, err := w.leavePlace(&place)
		if err != nil {
			return done, err
		}
		if known {
			done.Places++
		}
	}
	return done, nil
}

// purgeEvent deletes an event with its activations, if all of them are over; n
// of them were still there.
func (w *writer) purgeEvent(id rowID, before belay.Instant) (n int, ok bool, err error) {
	e, err := w.eventSoFar(id)
	if err != nil || e == nil {
		return 0, false, err
	}
	rows := make([]*belay.Activation, 0, len(e.Activations))
	for _, activation := range e.Activations {
		a, err := w.activation(rowID{id.site, activation})
		switch {
		case err != nil:
			return 0, false, err
		case a == nil:
		case !a.Status.Final() || a.EndedAt >= before:
			return 0, false, nil
		default:
			rows = append(rows, a)
		}
	}
	for _, a := range rows {
		if err := w.purgeActivation(a); err != nil {
			return 0, false, err
		}
	}
	if err := w.out.Delete(siteKey(kindEvent, id.site, id.id), nil); err != nil {
		return 0, false, err
	}
	if key := eventIndex(e); key != nil {
		if err := w.out.Delete(key, nil); err != nil {
			return 0, false, err
		}
	}
	w.events[id] = nil
	return len(rows), true, nil
}

func (w *writer) purgeActivation(a *belay.Activation) error {
	if err := w.out.Delete(siteKey(kindActivation, a.SiteID, a.ID), nil); err != nil {
		return err
	}
	for _, key := range activationIndex(a) {
		if key == nil {
			continue
		}
		remove := w.out.SingleDelete
		if key[0] == kindEndedAutomation {
			remove = w.out.Delete
		}
		if err := remove(key, nil); err != nil {
			return err
		}
	}
	w.rows[rowID{a.SiteID, a.ID}] = &row{}
	return nil
}

// eventSoFar returns an event as the batch has it so far, nil for none.
func (w *writer) eventSoFar(id rowID) (*belay.Event, error) {
	if e, ok := w.events[id]; ok {
		return e, nil
	}
	key := siteKey(kindEvent, id.site, id.id)
	var e *belay.Event
	err := w.s.get(key, func(value []byte) error {
		got, err := w.s.codec.readEvent(key, value)
		e = &got
		return err
	})
	return e, err
}

func (w *writer) purgeEntry(key []byte) (known bool, err error) {
	known, decided := w.entries[string(key)]
	if !decided {
		if err := w.s.get(key, func([]byte) error { known = true; return nil }); err != nil {
			return false, err
		}
	}
	w.entries[string(key)] = false
	if !known {
		return false, nil
	}
	return true, w.out.Delete(key, nil)
}
