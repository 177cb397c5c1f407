package postgres

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store/record"
)

// codec writes and reads bodies: CBOR whose fields are numbered by the tags of
// belay's types, the same as in the embedded store. What stands in a column is
// left out of a body, but for what a save changes.
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
	e.ID, e.SiteID, e.AppID, e.EntityID = belay.ID{}, belay.ID{}, belay.ID{}, belay.ID{}
	e.TriggerKey, e.Activations = "", nil
	b, err := c.enc.Marshal(&e)
	if err != nil {
		return nil, fmt.Errorf("postgres: write event: %w", err)
	}
	return b, nil
}

// eventRow is an event as its table has it.
type eventRow struct {
	id, app, entity belay.ID
	trigger, body   []byte
	made            []belay.ID
}

func (c codec) readEvent(site belay.ID, r *eventRow) (belay.Event, error) {
	var e belay.Event
	if err := c.dec.Unmarshal(r.body, &e); err != nil {
		return e, fmt.Errorf("postgres: event %s: %w: %w", r.id, errRecord, err)
	}
	e.ID, e.SiteID, e.AppID, e.EntityID = r.id, site, r.app, r.entity
	e.TriggerKey, e.Activations = string(r.trigger), r.made
	return e, nil
}

func (c codec) activation(a *belay.Activation) ([]byte, error) {
	plain := *a
	plain.ID, plain.SiteID, plain.AppID, plain.EntityID = belay.ID{}, belay.ID{}, belay.ID{}, belay.ID{}
	plain.AutomationID, plain.EventID, plain.TriggerKey = belay.ID{}, belay.ID{}, ""
	b, err := c.enc.Marshal(&plain)
	if err != nil {
		return nil, fmt.Errorf("postgres: write activation: %w", err)
	}
	return b, nil
}

// activationRow is an activation as its table has it.
type activationRow struct {
	id, app, automation, event, entity belay.ID
	trigger, cancel, body              []byte
}

func (c codec) readActivation(site belay.ID, r *activationRow) (belay.Activation, error) {
	var a belay.Activation
	if err := c.dec.Unmarshal(r.body, &a); err != nil {
		return a, fmt.Errorf("postgres: activation %s: %w: %w", r.id, errRecord, err)
	}
	a.ID, a.SiteID, a.AppID, a.AutomationID = r.id, site, r.app, r.automation
	a.EventID, a.EntityID, a.TriggerKey = r.event, r.entity, string(r.trigger)
	if r.cancel == nil || a.Status.Final() {
		return a, nil
	}
	var by calledOff
	if err := c.dec.Unmarshal(r.cancel, &by); err != nil {
		return a, fmt.Errorf("postgres: cancel of activation %s: %w: %w", r.id, errRecord, err)
	}
	return a.Cancel(by.Reason, by.By, by.At), nil
}

// calledOff is what a cancel leaves beside the body of an activation. Its bytes
// also say whether two cancels are the same.
type calledOff struct {
	Reason belay.CancelReason `cbor:"1,keyasint"`
	By     belay.Identity     `cbor:"2,keyasint,omitzero"`
	At     belay.Instant      `cbor:"3,keyasint"`
}

func (c codec) cancel(why belay.CancelReason, by belay.Identity, at belay.Instant) ([]byte, error) {
	b, err := c.enc.Marshal(calledOff{why, by, at})
	if err != nil {
		return nil, fmt.Errorf("postgres: write cancel: %w", err)
	}
	return b, nil
}

func (c codec) delivery(d *belay.Delivery) ([]byte, error) {
	plain := *d
	plain.ID, plain.SiteID, plain.AppID, plain.EntityID = belay.ID{}, belay.ID{}, belay.ID{}, belay.ID{}
	b, err := c.enc.Marshal(&plain)
	if err != nil {
		return nil, fmt.Errorf("postgres: write delivery: %w", err)
	}
	return b, nil
}

// deliveryRow is a delivery as its table has it.
type deliveryRow struct {
	id, app, entity belay.ID
	body            []byte
}

func (c codec) readDelivery(site belay.ID, r *deliveryRow) (belay.Delivery, error) {
	var d belay.Delivery
	if err := c.dec.Unmarshal(r.body, &d); err != nil {
		return d, fmt.Errorf("postgres: delivery %s: %w: %w", r.id, errRecord, err)
	}
	d.ID, d.SiteID, d.AppID, d.EntityID = r.id, site, r.app, r.entity
	return d, nil
}

// actions returns what a body says of its actions, for the answer to a cancel.
func (c codec) actions(body []byte) ([]belay.ActionState, error) {
	var a struct {
		Actions []belay.ActionState `cbor:"24,keyasint,omitempty"`
	}
	if err := c.dec.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("postgres: activation: %w: %w", errRecord, err)
	}
	return a.Actions, nil
}
