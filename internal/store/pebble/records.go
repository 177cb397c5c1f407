package pebble

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store/record"
)

// codec writes and reads records: CBOR whose fields are numbered by the tags of
// belay's types. What the key says (site and ID) is left out of the value. An
// activation has its status in front, so that a list by status need not read the rest.
type codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

var errRecord = record.ErrRecord

func newCodec() (codec, error) {
	enc, dec, err := record.Modes()
	return codec{enc: enc, dec: dec}, err
}

func (c codec) event(e belay.Event) ([]byte, error) {
	e.ID, e.SiteID = belay.ID{}, belay.ID{}
	b, err := c.enc.Marshal(&e)
	if err != nil {
		return nil, fmt.Errorf("pebble: write event: %w", err)
	}
	return b, nil
}

// readEvent reads the event that stands under key. It keeps nothing of value.
func (c codec) readEvent(key, value []byte) (belay.Event, error) {
	var e belay.Event
	if len(key) != 1+2*idLen {
		return e, fmt.Errorf("pebble: event under %x: %w", key, errRecord)
	}
	if err := c.dec.Unmarshal(value, &e); err != nil {
		return e, fmt.Errorf("pebble: event %s: %w: %w", lastID(key), errRecord, err)
	}
	e.SiteID, e.ID = belay.ID(key[1:1+idLen]), lastID(key)
	return e, nil
}

func (c codec) activation(a *belay.Activation) ([]byte, error) {
	plain := *a
	plain.ID, plain.SiteID = belay.ID{}, belay.ID{}
	var b bytes.Buffer
	b.WriteByte(byte(a.Status))
	if err := c.enc.NewEncoder(&b).Encode(&plain); err != nil {
		return nil, fmt.Errorf("pebble: write activation: %w", err)
	}
	return b.Bytes(), nil
}

func (c codec) readActivation(key, value []byte) (belay.Activation, error) {
	var a belay.Activation
	if len(key) != 1+2*idLen || len(value) == 0 {
		return a, fmt.Errorf("pebble: activation under %x: %w", key, errRecord)
	}
	if err := c.dec.Unmarshal(value[1:], &a); err != nil {
		return a, fmt.Errorf("pebble: activation %s: %w: %w", lastID(key), errRecord, err)
	}
	a.SiteID, a.ID = belay.ID(key[1:1+idLen]), lastID(key)
	return a, nil
}

// readRowVersion reads no more than the version of an activation or a delivery,
// which both have in one field.
func (c codec) readRowVersion(key, value []byte) (int64, error) {
	var a struct {
		Version int64 `cbor:"10,keyasint"`
	}
	if len(value) == 0 {
		return 0, fmt.Errorf("pebble: record under %x: %w", key, errRecord)
	}
	if err := c.dec.Unmarshal(value[1:], &a); err != nil {
		return 0, fmt.Errorf("pebble: record %s: %w: %w", lastID(key), errRecord, err)
	}
	return a.Version, nil
}

// delivery has its status in front, as an activation has.
func (c codec) delivery(d *belay.Delivery) ([]byte, error) {
	plain := *d
	plain.ID, plain.SiteID = belay.ID{}, belay.ID{}
	b, err := c.enc.Marshal(&plain)
	if err != nil {
		return nil, fmt.Errorf("pebble: write delivery: %w", err)
	}
	return append([]byte{byte(d.Status)}, b...), nil
}

func (c codec) readDelivery(key, value []byte) (belay.Delivery, error) {
	var d belay.Delivery
	if len(key) != 1+2*idLen || len(value) == 0 {
		return d, fmt.Errorf("pebble: delivery under %x: %w", key, errRecord)
	}
	if err := c.dec.Unmarshal(value[1:], &d); err != nil {
		return d, fmt.Errorf("pebble: delivery %s: %w: %w", lastID(key), errRecord, err)
	}
	d.SiteID, d.ID = belay.ID(key[1:1+idLen]), lastID(key)
	return d, nil
}

// deliveryIndex returns the keys that lead to d, other than its own, as
// activationIndex does.
func deliveryIndex(d *belay.Delivery) (keys [2][]byte) {
	if d.Due != 0 {
		keys[0] = dueDeliveryKey(d.AppID, d.Due, d.ID)
	}
	if !d.Final() {
		keys[1] = openDeliveryKey(d)
	}
	return keys
}

// activationIndex returns the keys that lead to a, other than its own. Those of
// equal position in two states of one activation have the same purpose; nil
// stands for none.
func activationIndex(a *belay.Activation) (keys [3][]byte) {
	if a.Due != 0 {
		keys[0] = dueKey(belay.Bucket(a.SiteID), a.Due, a.ID)
	}
	entity, automation := byte(kindPendingEntity), byte(kindPendingAutomation)
	if a.Status.Final() {
		entity, automation = kindEndedEntity, kindEndedAutomation
	}
	if entity == kindPendingEntity || !a.EntityID.IsZero() {
		keys[1] = append(entityPrefix(entity, a.SiteID, a.AppID, a.TriggerKey, a.EntityID), a.ID[:]...)
	}
	keys[2] = siteKey(automation, a.SiteID, a.AutomationID, a.ID)
	return keys
}

// eventIndex returns the key that leads to e by its entity, nil for none.
func eventIndex(e *belay.Event) []byte {
	if e.EntityID.IsZero() {
		return nil
	}
	return append(entityPrefix(kindEventEntity, e.SiteID, e.AppID, e.TriggerKey, e.EntityID), e.ID[:]...)
}

// taken is what an idempotency key leads to.
type taken struct {
	event belay.ID
	until belay.Instant
}

func (k taken) value() []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, idLen+8), k.event[:]...), uint64(k.until))
}

func readTaken(value []byte) (taken, error) {
	if len(value) != idLen+8 {
		return taken{}, fmt.Errorf("pebble: idempotency key: %w", errRecord)
	}
	return taken{
		event: belay.ID(value[:idLen]),
		until: belay.Instant(binary.BigEndian.Uint64(value[idLen:])),
	}, nil
}

func docValue(revision int64, value []byte) []byte {
	b := binary.AppendUvarint(make([]byte, 0, len(value)+3), uint64(revision))
	return append(b, value...)
}

// readDoc returns the parts of a document's record; value is a part of b.
func readDoc(b []byte) (revision int64, value []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil, fmt.Errorf("pebble: document: %w", errRecord)
	}
	return int64(n), b[size:], nil
}

func readVersion(b []byte) (int64, error) {
	if len(b) != 8 {
		return 0, fmt.Errorf("pebble: version of a scope: %w", errRecord)
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}
