package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
)

// Record is one thing in the store, for people.
type Record struct {
	Kind string   `json:"kind"` // event, activation, document, entry, delivery or place
	Site belay.ID `json:"site,omitzero"`
	Key  string   `json:"key"`
	// Value is the record; JSON inside it, such as a payload, is shown as JSON.
	Value any `json:"value"`
}

// Inspect returns the records of that name, at most 100: events, activations, deliveries
// and entries of any site whose ID it is, places of an activation or an automation
// whose ID it is, and documents whose key it is. It is for
// the operator: no other method reads without a site.
func (s *Store) Inspect(ctx context.Context, name string) ([]Record, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	i := &inspector{s: s, snap: snap}
	err := i.docs(ctx, name)
	if id, bad := belay.ParseID(name); bad == nil && err == nil {
		err = errors.Join(i.rows(ctx, kindEvent, id), i.rows(ctx, kindActivation, id), i.rows(ctx, kindDelivery, id), i.entries(ctx, id), i.places(ctx, id))
	}
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("pebble: inspect: %w", err)
	}
	return i.found, nil
}

const maxRecords = 100

var errEnough = errors.New("enough")

type inspector struct {
	s     *Store
	snap  *pebble.Snapshot
	found []Record
}

func (i *inspector) add(r Record) error {
	if len(i.found) >= maxRecords {
		return errEnough
	}
	i.found = append(i.found, r)
	return nil
}

// rows finds the events, activations or deliveries of an ID, stepping from site to site.
func (i *inspector) rows(ctx context.Context, kind byte, id belay.ID) error {
	it, err := i.snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: []byte{kind}, UpperBound: []byte{kind + 1}})
	if err != nil {
		return err
	}
	defer it.Close()
	for ok := it.First(); ok; {
		if len(it.Key()) != 1+2*idLen {
			return fmt.Errorf("key %x: %w", it.Key(), errRecord)
		}
		site := belay.ID(it.Key()[1 : 1+idLen])
		key := siteKey(kind, site, id)
		if it.SeekGE(key) && bytes.Equal(it.Key(), key) {
			if err := i.row(it, site, id); err != nil {
				return err
			}
		}
		ok = it.SeekGE(after(siteKey(kind, site)))
	}
	return it.Error()
}

func (i *inspector) row(it *pebble.Iterator, site, id belay.ID) error {
	value, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	if it.Key()[0] == kindEvent {
		e, err := i.s.codec.readEvent(it.Key(), value)
		if err != nil {
			return err
		}
		return i.add(Record{Kind: "event", Site: site, Key: id.String(), Value: shownEvent{e, show(e.Payload)}})
	}
	if it.Key()[0] == kindDelivery {
		d, err := i.s.codec.readDelivery(it.Key(), value)
		if err != nil {
			return err
		}
		return i.add(Record{Kind: "delivery", Site: site, Key: id.String(), Value: shownDelivery{d, show(d.Body)}})
	}
	a, err := i.s.codec.readActivation(it.Key(), value)
	if err != nil {
		return err
	}
	return i.add(Record{Kind: "activation", Site: site, Key: id.String(), Value: showActivation(a)})
}

func (i *inspector) docs(ctx context.Context, name string) error {
	return scan(ctx, i.snap, []byte{kindDoc}, func(key []byte, value func() ([]byte, error)) error {
		const head = 1 + idLen
		kind, rest, ok := cutText(key[min(head, len(key)):])
		if !ok || string(rest) != name {
			return nil
		}
		v, err := value()
		if err != nil {
			return err
		}
		revision, text, err := readDoc(v)
		if err != nil {
			return err
		}
		return i.add(Record{Kind: "document", Site: belay.ID(key[1:head]), Key: kind + "/" + name, Value: struct {
			Revision int64 `json:"revision"`
			Document any   `json:"document"`
		}{revision, show(text)}})
	})
}

// entries looks at every stream of every site.
func (i *inspector) entries(ctx context.Context, id belay.ID) error {
	it, err := i.snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: []byte{kindEntry}, UpperBound: []byte{kindEntry + 1}})
	if err != nil {
		return err
	}
	defer it.Close()
	for ok := it.First(); ok; {
		const head = 1 + idLen
		stream, rest, ok2 := cutText(it.Key()[min(head, len(it.Key())):])
		if !ok2 || len(rest) != idLen {
			return fmt.Errorf("key %x: %w", it.Key(), errRecord)
		}
		site := belay.ID(it.Key()[1:head])
		prefix := streamPrefix(site, stream)
		key := append(bytes.Clone(prefix), id[:]...)
		if it.SeekGE(key) && bytes.Equal(it.Key(), key) {
			value, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			if err := i.add(Record{Kind: "entry", Site: site, Key: stream + "/" + id.String(), Value: show(value)}); err != nil {
				return err
			}
		}
		ok = it.SeekGE(after(prefix))
	}
	return it.Error()
}

// places looks at every place of every site.
func (i *inspector) places(ctx context.Context, id belay.ID) error {
	return scan(ctx, i.snap, []byte{kindPlace}, func(key []byte, value func() ([]byte, error)) error {
		until, err := value()
		if err != nil {
			return err
		}
		p, err := readPlace(key, until)
		if err != nil || p.ActivationID != id && p.AutomationID != id {
			return err
		}
		return i.add(Record{Kind: "place", Site: p.SiteID, Key: p.Counter.String() + "/" + p.At.String(), Value: p})
	})
}

// cutText takes a text with its length off the front of b.
func cutText(b []byte) (text string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	if len(b) < n {
		return "", nil, false
	}
	return string(b[2:n]), b[n:], true
}

// show gives JSON as it is, and other bytes as encoding/json writes them.
func show(b []byte) any {
	if json.Valid(b) {
		return json.RawMessage(bytes.Clone(b))
	}
	return bytes.Clone(b)
}

// shownEvent, shownDelivery and shownAction put JSON in the place of the bytes that hold it.
type shownEvent struct {
	belay.Event
	Payload any
}

type shownDelivery struct {
	belay.Delivery
	Body any
}

type shownAction struct {
	belay.ActionState
	Input  any `json:",omitempty"`
	Output any `json:",omitempty"`
}

type shownActivation struct {
	belay.Activation
	Actions []shownAction
}

func showActivation(a belay.Activation) shownActivation {
	out := shownActivation{Activation: a}
	for _, s := range a.Actions {
		shown := shownAction{ActionState: s}
		if s.Input != nil {
			shown.Input = show(s.Input)
		}
		if s.Output != nil {
			shown.Output = show(s.Output)
		}
		out.Actions = append(out.Actions, shown)
	}
	return out
}
