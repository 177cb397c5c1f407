// Package audit holds what is written down of an act that changes something: who
// did it, from where, what it was and what changed. Values are never part of it,
// so that no secret is.
//
// An entry is committed with the act itself; how and when is decided by those who
// commit. Start with Entry; Of makes one of two states of a document.
package audit

import (
	"encoding/binary"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/belay-events/belay/internal/belay"
)

// Operation is what was done.
type Operation string

// The operations. A switch that moved alone is On or Off, and not Changed.
const (
	Created       Operation = "CREATED"
	Changed       Operation = "CHANGED"
	Deleted       Operation = "DELETED"
	On            Operation = "SWITCHED_ON"
	Off           Operation = "SWITCHED_OFF"
	Canceled      Operation = "CANCELED"
	SignedIn      Operation = "SIGNED_IN"
	SignInRefused Operation = "SIGN_IN_REFUSED"
	SignedOut     Operation = "SIGNED_OUT"
)

// Operations are all there are.
func Operations() []Operation {
	return []Operation{Created, Changed, Deleted, On, Off, Canceled, SignedIn, SignInRefused, SignedOut}
}

// Kind is what it was done to.
type Kind string

// The kinds of things. An ExternalEntity, an App and an Automation can be canceled,
// which calls off what is pending of them, and so can an Activation.
const (
	App                    Kind = "APP"
	Trigger                Kind = "TRIGGER"
	Action                 Kind = "ACTION"
	SigningKeys            Kind = "SIGNING_KEYS"
	Webhooks               Kind = "WEBHOOKS"
	PreinstalledAutomation Kind = "PREINSTALLED_AUTOMATION"
	Site                   Kind = "SITE"
	Installation           Kind = "INSTALLATION"
	Automation             Kind = "AUTOMATION"
	APIKey                 Kind = "API_KEY"
	User                   Kind = "USER"
	Session                Kind = "SESSION"
	Portal                 Kind = "PORTAL"
	ExternalEntity         Kind = "EXTERNAL_ENTITY"
	Activation             Kind = "ACTIVATION"
)

// Kinds are all there are.
func Kinds() []Kind {
	return []Kind{
		App, Trigger, Action, SigningKeys, Webhooks, PreinstalledAutomation, Site, Installation, Automation,
		APIKey, User, Session, Portal, ExternalEntity, Activation,
	}
}

// Entry is one act.
type Entry struct {
	// ID is that of the entry, in the order of time; SiteID is the site that it
	// happened on, zero for what all sites share. Both are kept beside the rest.
	ID     belay.ID `cbor:"-"`
	SiteID belay.ID `cbor:"-"`

	Operation Operation `cbor:"1,keyasint"`
	Kind      Kind      `cbor:"2,keyasint"`
	// Thing is its ID or, of a trigger and an action, its key; Name is what people
	// call it, and AppID the app that it is of.
	Thing string   `cbor:"3,keyasint,omitempty"`
	Name  string   `cbor:"4,keyasint,omitempty"`
	AppID belay.ID `cbor:"5,keyasint,omitzero"`

	By Actor `cbor:"6,keyasint,omitzero"`

	// WasRevision is that before the act, 0 where there was nothing; Revision that
	// after it, 0 where there is nothing any more.
	WasRevision int64 `cbor:"7,keyasint,omitempty"`
	Revision    int64 `cbor:"8,keyasint,omitempty"`
	// Fields are the names of what changed, MaxFields at most.
	Fields []string `cbor:"9,keyasint,omitempty"`

	// TriggerKey is of the cancel of an external entity, Reason of any cancel.
	TriggerKey string             `cbor:"10,keyasint,omitempty"`
	Reason     belay.CancelReason `cbor:"11,keyasint,omitempty"`
	// Found is what a cancel found; the store adds it.
	Found Found `cbor:"-"`

	// ThingID is Thing where that is a GUID, in less than half of the bytes; it is set
	// while an entry is written.
	ThingID belay.ID `cbor:"12,keyasint,omitzero"`
}

// Found is what a cancel found: how many activations it called off, how many
// attempts of those were out, and how many activations had ended before, up to
// 1,000.
type Found struct{ Canceled, InFlight, Ended int }

// Actor is who did it. All of it is empty where Belay did it by itself.
type Actor struct {
	Role    belay.Role `cbor:"1,keyasint,omitempty"`
	UserID  string     `cbor:"2,keyasint,omitempty"`
	Name    string     `cbor:"3,keyasint,omitempty"` // of the person, the key or the app
	KeyID   belay.ID   `cbor:"4,keyasint,omitzero"`
	KeyHint string     `cbor:"5,keyasint,omitempty"` // the last characters of the key
	AppID   belay.ID   `cbor:"6,keyasint,omitzero"`
	From    string     `cbor:"7,keyasint,omitempty"` // the address that the call came from
}

// ActorOf returns who a caller is.
func ActorOf(by belay.Caller) Actor {
	return Actor{
		Role: by.Role, UserID: by.UserID, Name: by.Name, KeyID: by.KeyID, KeyHint: by.KeyHint, AppID: by.AppID, From: by.Address,
	}
}

// found is how many bytes the store writes behind the entry of a cancel.
const found = 12

// Encode writes an entry as it is stored.
func Encode(e *Entry) ([]byte, error) {
	stored := *e
	if id, err := belay.ParseID(e.Thing); err == nil && id.String() == e.Thing {
		stored.Thing, stored.ThingID = "", id
	}
	value, err := cbor.Marshal(&stored)
	if err != nil {
		return nil, fmt.Errorf("audit: write entry: %w", err)
	}
	return value, nil
}

// Decode reads a stored entry of a site.
func Decode(site, id belay.ID, value []byte) (Entry, error) {
	var e Entry
	rest, err := cbor.UnmarshalFirst(value, &e)
	if err != nil {
		return Entry{}, fmt.Errorf("audit: read entry %s of site %s: %w", id, site, err)
	}
	e.ID, e.SiteID = id, site
	if !e.ThingID.IsZero() {
		e.Thing, e.ThingID = e.ThingID.String(), belay.ID{}
	}
	if len(rest) == found {
		n := func(i int) int { return int(binary.BigEndian.Uint32(rest[i:])) }
		e.Found = Found{Canceled: n(0), InFlight: n(4), Ended: n(8)}
	}
	return e, nil
}
