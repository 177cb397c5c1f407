package store

import (
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// Table is one kind of the rows that a store keeps, for what reads or writes a
// store whole: no part of the contract that the engine works by.
type Table uint8

// All that a store keeps. The order is the one in which a copy writes them.
const (
	Scopes      Table = iota + 1 // Scope, the versions of scopes
	Docs                         // ScopeDoc
	Events                       // belay.Event
	Activations                  // belay.Activation
	Keys                         // Key, idempotency keys
	Entries                      // Entry
	Deliveries                   // belay.Delivery
	Places                       // Place
)

// Tables are all there are, in order.
func Tables() []Table {
	return []Table{Scopes, Docs, Events, Activations, Keys, Entries, Deliveries, Places}
}

var tableNames = [...]string{"", "scopes", "documents", "events", "activations", "idempotency keys", "entries", "deliveries", "places"}

// String names a table for people.
func (t Table) String() string {
	if int(t) < len(tableNames) {
		return tableNames[t]
	}
	return fmt.Sprintf("table %d", uint8(t))
}

// Parts are what the rows of a table are divided into: the buckets, and behind
// them what all sites share, the scopes and documents of scope zero.
const (
	Parts      = belay.Buckets + 1
	SharedPart = belay.Buckets
)

// PartOf returns the part that a scope's versions and documents are in, and a site's
// rows of any table. Entries of scope zero are in the part of its bucket.
func PartOf(scope belay.ID) int {
	if scope.IsZero() {
		return SharedPart
	}
	return int(belay.Bucket(scope))
}

// Scope is the version of a scope.
type Scope struct {
	ID      belay.ID
	Version int64
}

// ScopeDoc is a document with the scope and the kind that it is of.
type ScopeDoc struct {
	Scope belay.ID
	Kind  string
	Doc
}

// Key is an idempotency key: Hash is the first half of a SHA-256 over app,
// trigger key (two bytes of length before it) and key, in every engine.
type Key struct {
	SiteID belay.ID
	Hash   [16]byte
	Event  belay.ID
	Until  belay.Instant
}

// Rows is a walk over the rows of one part of a table, as they were at one
// moment, in the order of their keys:
//
//	Scopes, Docs       scope, then length of the kind in two bytes, kind, key
//	Events, Activations, Deliveries    site, ID
//	Keys               site, hash
//	Entries            site, length of the stream's name in two bytes, name, ID
//	Places             site, automation, counter, time in eight bytes, activation
//
// One goroutine uses it, and closes it.
type Rows interface {
	// Next goes on to the next row; false at the end and after a failure.
	Next() bool
	// Key tells a row from the others. What Key and Mark return is good until Next.
	Key() []byte
	// Mark is what tells two states of a row apart without reading all of it, in
	// every engine alike: the version of a scope, an activation or a delivery, the revision of a
	// document and the SHA-256 of what it says, the event and the end of an
	// idempotency key, the SHA-256 of an entry, the end of a place; nothing for an
	// event, which never changes.
	Mark() ([]byte, error)
	// Row returns the row, of the type that the table names, and about how many
	// bytes it has.
	Row() (row any, size int, err error)
	Close() error
}

// MovedError says that a store's data were moved elsewhere, and are no longer
// served from here.
type MovedError struct {
	To string // where they are, without a password
	At belay.Instant
}

// Error names the place.
func (e *MovedError) Error() string {
	return fmt.Sprintf("store: moved to %s at %s", e.To, e.At)
}

// MovingError says that a store is being filled from another, and cannot be
// served before that has ended.
type MovingError struct{ From string }

// Error names where the data come from.
func (e *MovingError) Error() string {
	return fmt.Sprintf("store: a move from %s into it has not ended", e.From)
}
