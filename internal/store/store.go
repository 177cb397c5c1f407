// Package store is the contract between the engine and what keeps its state.
//
// A store decides nothing: it compares, inserts, moves and finds. Whatever is a
// rule stands above it, in belay, flow and engine. All changes go through one
// method, Commit, whose batch holds any number of acts by any number of callers:
// each act happens whole or not at all, and all that happened is on disk when
// Commit returns. Storage engines are held to this page by storetest, which
// compares them with a naive model; a behaviour that only one engine has is not
// in the contract.
//
// Every row but the configuration of scope zero belongs to a site, and no
// method reads one without being told the site, but Due, which serves the
// scheduler, and Trail, which serves operators.
package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/belay-events/belay/internal/belay"
)

// What a store may answer beside its own errors, wrapped or not.
var (
	// ErrNotFound: there is no such row on that site.
	ErrNotFound = errors.New("store: not found")
	// ErrFull: there is no room to write; nothing of the batch was kept, and the
	// store goes on when there is room again.
	ErrFull = errors.New("store: no room left")
	// ErrBroken: a write failed in a way that leaves open whether the batch was
	// kept. The store accepts nothing and shows nothing until it is opened again.
	ErrBroken = errors.New("store: broken by a failed write; it must be opened again")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store: closed")
	// ErrNewer: the data was written by a newer Belay than this one. Nothing was changed.
	ErrNewer = errors.New("store: written by a newer version of Belay")
	// ErrInUse: another process has the data open.
	ErrInUse = errors.New("store: in use by another process")
	// ErrUnreachable: what holds the data does not answer. Nothing of the batch was
	// kept, and the same call may succeed later.
	ErrUnreachable = errors.New("store: cannot be reached")
	// ErrFenced: the fence of the bucket is not the one that the batch names. Nothing
	// of the batch was kept.
	ErrFenced = errors.New("store: the fence of the bucket was raised")
	// ErrUncertain: the answer to a commit was lost on its way, which leaves open
	// whether the batch was kept. The store goes on; the acts may be committed anew,
	// marked Again.
	ErrUncertain = errors.New("store: the answer to a commit was lost")
	// ErrUnanswered is an ErrUncertain of a batch that another node has taken and may
	// have kept; where it had Carry, that node then carries out what it started.
	ErrUnanswered = fmt.Errorf("%w: the node that took it has not said more", ErrUncertain)
)

// Store is durable state. Its methods may be called at once by many callers,
// of one process or, where the data are on a server, of many.
type Store interface {
	// Commit carries out a batch in the order Changes, Cancels, Reports, Saves,
	// Entries, Deliveries, Purges, each later act seeing the earlier, and makes it durable before it
	// returns. The result has an element for each act. An error means that nothing
	// of the batch was kept, but for ErrBroken and ErrUncertain, which leave that
	// open. A batch whose acts are of several buckets may be kept bucket by bucket,
	// changes of scope zero first; then it is ErrUncertain that says that some of
	// it was.
	Commit(ctx context.Context, b *Batch) (*Result, error)

	// Due returns what is due, earliest first, ties in the order of IDs.
	Due(ctx context.Context, q DueQuery) ([]Due, error)
	// Upcoming returns what is due on one site, earliest first, ties in the order of
	// IDs. It reads what is due in the site's bucket, so that no index of its own must
	// be written, and looks at no more than UpcomingLook of it: where it has not come to the end,
	// with fewer than q.Limit found, next is where to go on, and else zero.
	Upcoming(ctx context.Context, q UpcomingQuery) (found []Due, next Due, err error)

	// Event and Activation return one row of a site, or ErrNotFound.
	Event(ctx context.Context, site, id belay.ID) (belay.Event, error)
	Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error)

	// Events and Activations list a site's rows in the order of their IDs, which
	// is that of time.
	Events(ctx context.Context, q EventQuery) ([]belay.Event, error)
	Activations(ctx context.Context, q ActivationQuery) ([]belay.Activation, error)

	// Tally counts how activations of automations ended, and when, without reading
	// them: in the order of automation, time and status.
	Tally(ctx context.Context, q TallyQuery) ([]Tally, error)

	// Doc returns one document, or ErrNotFound.
	Doc(ctx context.Context, key DocKey) (Doc, error)
	// Docs lists documents of a scope and kind in the order of their keys, after
	// the key given; at most limit of them, all where limit is 0. version is the
	// scope's at the moment of reading, one snapshot with the documents.
	Docs(ctx context.Context, scope belay.ID, kind, after string, limit int) (docs []Doc, version int64, err error)

	// Entries lists a stream of a site in the order of IDs.
	Entries(ctx context.Context, q EntryQuery) ([]Entry, error)
	// Trail lists Changes or Cancels of all sites and of scope zero in the order of
	// IDs. Like Due it is told no site; it serves operators.
	Trail(ctx context.Context, q TrailQuery) ([]Entry, error)

	// Delivery returns one row of a site, or ErrNotFound. FirstDelivery returns, of
	// those of an app about an entity that are not final, the one with the lowest
	// sequence, or ErrNotFound.
	Delivery(ctx context.Context, site, id belay.ID) (belay.Delivery, error)
	FirstDelivery(ctx context.Context, site, app, entity belay.ID) (belay.Delivery, error)
	// Deliveries lists a site's rows in the order of their IDs.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]belay.Delivery, error)
	// DueDeliveries returns what is due to one app, earliest first, ties in the
	// order of IDs.
	DueDeliveries(ctx context.Context, q DueDeliveryQuery) ([]DueDelivery, error)

	// Places lists the places taken on a site in the order of automation, counter,
	// time and activation.
	Places(ctx context.Context, q PlaceQuery) ([]Place, error)

	// Stats counts what is kept; it may take seconds on a large store.
	Stats(ctx context.Context) (Stats, error)
	// Close waits for what is under way and lets go of the data.
	Close() error
}

// Batch is what one commit carries. The numbers of its fields, and of those of its acts and
// their answers, are for internal/peer.
type Batch struct {
	// Fence, if not 0, is one that the bucket must have; see Fences. All acts are
	// then of one bucket, and none is a change.
	Fence   int64    `cbor:"1,keyasint,omitempty"`
	Changes []Change `cbor:"2,keyasint,omitempty"`
	Cancels []Cancel `cbor:"3,keyasint,omitempty"`
	Reports []Report `cbor:"4,keyasint,omitempty"`
	Saves   []Save   `cbor:"5,keyasint,omitempty"`
	Entries []Entry  `cbor:"6,keyasint,omitempty"`
	// Deliveries are replaced, as activations are by Saves.
	Deliveries []DeliverySave `cbor:"7,keyasint,omitempty"`
	Purges     []Purge        `cbor:"8,keyasint,omitempty"`
	// Carry asks a node that the batch is handed to, to carry out what its reports
	// start as well; see Result.Carried. It says nothing to a store.
	Carry bool `cbor:"9,keyasint,omitempty"`
}

// Result answers a batch act by act.
type Result struct {
	Changes []Changed  `cbor:"1,keyasint,omitempty"`
	Cancels []Canceled `cbor:"2,keyasint,omitempty"`
	Reports []Reported `cbor:"3,keyasint,omitempty"`
	Saves   []Saved    `cbor:"4,keyasint,omitempty"`
	// Deliveries answers those of the batch.
	Deliveries []Saved  `cbor:"5,keyasint,omitempty"`
	Purges     []Purged `cbor:"6,keyasint,omitempty"`
	// Carried says that the node which committed a batch with Carry carries out what
	// its reports started. No store says so.
	Carried bool `cbor:"7,keyasint,omitempty"`
}

// Report keeps an event with all activations that it made, in whatever state
// they begin, those under a claim as it comes out. It happens only if both versions are still the current ones, and
// if the event's idempotency key is not taken. IDs of events and activations are
// new ones.
type Report struct {
	Event       belay.Event        `cbor:"1,keyasint"`
	Activations []belay.Activation `cbor:"2,keyasint,omitempty"`
	// Claims are of activations above, at most one of each and of each counter.
	Claims []Claim `cbor:"3,keyasint,omitempty"`
	// Again says that it is open whether this very report was kept before. It
	// then happens only if no event of that ID is kept on the site.
	Again bool `cbor:"4,keyasint,omitempty"`
	// SiteVersion and GlobalVersion are those of the configuration that the
	// activations were planned on (scopes Event.SiteID and zero).
	SiteVersion   int64 `cbor:"5,keyasint,omitempty"`
	GlobalVersion int64 `cbor:"6,keyasint,omitempty"`
	// KeyUntil is when the event's idempotency key, scoped to site, app, trigger
	// key and key, may be used anew. A key that was kept until a time ≤ Now is free.
	KeyUntil belay.Instant `cbor:"7,keyasint,omitempty"`
	Now      belay.Instant `cbor:"8,keyasint,omitempty"`
	// Deliveries are kept with the event, and only if it is.
	Deliveries []belay.Delivery `cbor:"9,keyasint,omitempty"`
}

// Reported is what became of a Report.
type Reported struct {
	Outcome ReportOutcome `cbor:"1,keyasint,omitempty"`
	// EventID and Activations are those kept under the idempotency key, or else
	// under the event's own ID, when the outcome is Repeated.
	EventID     belay.ID   `cbor:"2,keyasint,omitzero"`
	Activations []belay.ID `cbor:"3,keyasint,omitempty"`
	// Passed says of each claim of a report that was accepted whether it passed,
	// and of each claim of another whether its place is taken. It is empty for a
	// report without claims.
	Passed []bool `cbor:"4,keyasint,omitempty"`
}

// KeptBefore says that the report of that event was kept already, by a commit whose
// answer was lost.
func (r *Reported) KeptBefore(event belay.ID) bool {
	return r.Outcome == Repeated && r.EventID == event
}

// Claim asks a limit for a place within the act that it stands in: both happen or
// neither does. A place that is taken counts for every claim after it, those of
// the same batch among them. An activation asks a counter once. The place is its
// own until it GivesBack it, by being canceled before it started, say.
type Claim struct {
	// Of is the index of the activation in its report; 0 in a save.
	Of int
	belay.Claim
	// Otherwise is kept in the activation's place where the claim does not pass.
	// It has the same ID and, in a save, the same version.
	Otherwise belay.Activation
	// Deliveries are kept with the act where the claim passes, OtherwiseDeliveries
	// where it does not.
	Deliveries, OtherwiseDeliveries []belay.Delivery
}

// ReportOutcome says what became of a report.
type ReportOutcome uint8

// The outcomes of a report. Repeated wins over Stale.
const (
	Accepted ReportOutcome = iota + 1
	Repeated               // the idempotency key is taken, or the event is kept already; nothing more was kept
	Stale                  // the configuration has changed; nothing was kept
)

// Cancel calls off every activation of a site that is not final and that the
// selector names, by belay.Activation.Cancel. At most Limit are called off in
// one act (0 = 10,000), in the order of their IDs; More then says that some remain.
type Cancel struct {
	SiteID   belay.ID
	Selector Selector
	Reason   belay.CancelReason
	By       belay.Identity
	Now      belay.Instant
	Limit    int
	// SiteVersion and GlobalVersion are those of the configuration by which the
	// caller may cancel; where they are no longer the current ones, nothing is
	// called off. Zero compares nothing.
	SiteVersion, GlobalVersion int64
	// Again says that it is open whether this very cancel was kept before: an
	// activation that was canceled by the same, at the same Now, for the same
	// reason, counts as called off now. It concerns selectors by entity and by ID.
	Again bool
	// Tell are apps that learn what is called off: the deliveries of belay.Tell are
	// kept in the same act.
	Tell []belay.Listener
	// Note is kept in the site's stream Cancels in the same act, unless it is stale.
	Note Note
}

// Note is the entry that a cancel leaves of itself; one without an ID is none.
type Note struct {
	ID belay.ID
	// Value is kept with what was found behind it, three numbers of four bytes, big
	// end first: how many activations this act called off, how many of their actions
	// had an attempt out, and Canceled.Ended.
	Value []byte
	// IfAny keeps it only where an activation was called off.
	IfAny bool
}

// With returns a note's value with what was found.
func (n Note) With(canceled, inFlight, ended int) []byte {
	value := append(make([]byte, 0, len(n.Value)+12), n.Value...)
	for _, count := range []int{canceled, inFlight, ended} {
		value = binary.BigEndian.AppendUint32(value, uint32(count))
	}
	return value
}

// Selector names activations: by external entity (AppID, TriggerKey and EntityID
// set), by automation (AutomationID set), by app (AppID alone) or one by its ID
// (ActivationID set). The ID of an activation goes before an automation's, and
// that before the others; a selector of another form names nothing.
type Selector struct {
	AppID        belay.ID
	TriggerKey   string
	EntityID     belay.ID
	AutomationID belay.ID
	ActivationID belay.ID
}

// Canceled is what a Cancel found.
type Canceled struct {
	// Count activations were called off by this act. IDs are up to 100 of them, in
	// order; where there are more, which ones is open.
	Count int
	IDs   []belay.ID
	// InFlight lists actions of the activations called off whose attempt was out.
	InFlight []InFlight
	// Ended counts activations that the selector names and that were final before
	// this act, up to 1,000. It is counted for selectors by entity and by ID.
	Ended int
	More  bool
	// Stale: the configuration has changed; nothing was called off.
	Stale bool
}

// InFlight names one action whose attempt was out when its activation was canceled.
type InFlight struct {
	ActivationID belay.ID
	ActionID     string
	Attempt      int
	Since        int64 // of the attempt; see belay.Attempt
}

// Out names an action of an activation whose last attempt is out.
func Out(activation belay.ID, s *belay.ActionState) InFlight {
	out := InFlight{ActivationID: activation, ActionID: s.ActionID}
	if n := len(s.Attempts); n > 0 {
		out.Attempt, out.Since = s.Attempts[n-1].Number, s.Attempts[n-1].Since
	}
	return out
}

// Save replaces an activation if the stored version is Version. The activation
// given carries a higher version; one that is final stays so, and has nothing due.
// Starting, recording and advancing are all saves: whoever commits first wins,
// and the other sees that it lost.
type Save struct {
	Activation belay.Activation `cbor:"1,keyasint"`
	Version    int64            `cbor:"2,keyasint,omitempty"`
	// Claim, where there is one, decides which activation replaces it. A save that
	// does not happen takes no place.
	Claim *Claim `cbor:"3,keyasint,omitempty"`
	// Again says that it is open whether this very save was kept before. It then
	// counts as happened where what is stored is this very activation, or the
	// other one of its claim.
	Again bool `cbor:"4,keyasint,omitempty"`
	// Deliveries are kept with the activation, whichever it is, and only if one is.
	Deliveries []belay.Delivery `cbor:"5,keyasint,omitempty"`
}

// Saved is what became of a Save.
type Saved uint8

// The outcomes of a save.
const (
	Lost          Saved = iota // the version had moved or the row is gone
	Kept                       // the activation is stored
	KeptOtherwise              // its claim did not pass, and Otherwise is stored
)

// Change writes documents of one scope: all of them in order, or none when a
// document's revision is not the expected one. It raises the scope's version by one, and
// carries out Cancels in the same act.
type Change struct {
	Scope belay.ID // a site, or zero for what all sites share
	// GlobalVersion is scope zero's version by which the change was decided, where
	// another since then must undo it; 0 compares nothing. PostgreSQL compares it
	// without a lock, so that it misses a change of scope zero that commits just then.
	GlobalVersion int64
	Puts          []Put
	// Cancels concern activations of the site that Scope is; one of another site
	// finds nothing.
	Cancels []Cancel
	// Deliveries, of the site that Scope is, are kept with the documents, and only
	// if they are.
	Deliveries []belay.Delivery
	// Entries are appended to streams of Scope, whatever site they name, with the
	// documents, and only if they are kept.
	Entries []Entry
}

// Put writes or deletes one document.
type Put struct {
	Kind, Key string
	// Value is the document, JSON; nil deletes it.
	Value []byte
	// Expect is the revision that the stored document must have: 0 for none
	// stored, AnyRevision for whatever there is. The document written has the
	// stored revision + 1.
	Expect int64
}

// AnyRevision as a Put's Expect compares nothing.
const AnyRevision int64 = -1

// Changed is what became of a Change.
type Changed struct {
	// Conflict is the index of the first Put whose revision was not the expected
	// one, -1 where the change happened.
	Conflict int
	// Stale says that scope zero's version was not the change's, so that the change
	// did not happen; Conflict is -1 then.
	Stale bool
	// Version is the scope's version after the act.
	Version int64
	// Cancels answer those of the change one by one; empty where it did not happen.
	Cancels []Canceled
}

// Happened reports whether the change is kept.
func (c *Changed) Happened() bool { return c.Conflict < 0 && !c.Stale }

// DocKey names a document.
type DocKey struct {
	Scope     belay.ID
	Kind, Key string
}

// Doc is one document of configuration.
type Doc struct {
	Key      string
	Revision int64
	Value    []byte
}

// The streams of the audit log: what was changed in a scope, and what was canceled
// on a site. Trail lists either across sites.
const (
	Changes = "changes"
	Cancels = "cancels"
)

// Trails reports whether a stream is one of the audit log.
func Trails(stream string) bool { return stream == Changes || stream == Cancels }

// Entry is one item of an append-only stream of a site, such as its outbox, or of
// scope zero. An entry whose ID is in the stream already is left as it is, so that a
// repeated attempt appends once.
type Entry struct {
	SiteID belay.ID
	Stream string
	ID     belay.ID
	Value  []byte
}

// Purge forgets what is too old to be of use: each event given, with all its
// activations, if every one of them is final and ended before EndedBefore; and
// the entries and places given. What is not there is passed over. An idempotency key stays
// until its own time has come.
type Purge struct {
	SiteID      belay.ID
	Events      []belay.ID
	EndedBefore belay.Instant
	Stream      string
	Entries     []belay.ID // of Stream
	Deliveries  []belay.ID
	Places      []Place // of the site
}

// Purged counts what a Purge forgot.
type Purged struct {
	Events, Activations, Entries, Deliveries, Places int
}

// Place is one that a claim took.
type Place struct {
	SiteID, AutomationID belay.ID
	Counter              belay.ID
	At                   belay.Instant
	ActivationID         belay.ID
	Until                belay.Instant // zero for ever; no part of what tells it from others
}

// PlaceQuery asks for a page of a site's places: at most Limit, from 1 to 1,000,
// of those behind After, whose SiteID is not looked at; from the beginning where
// it is zero.
type PlaceQuery struct {
	SiteID belay.ID
	After  Place
	Limit  int
}

// EntryQuery asks for a page of a stream.
type EntryQuery struct {
	SiteID belay.ID
	Stream string
	Page
}

// TrailQuery asks for a page of a stream of the audit log, of all sites.
type TrailQuery struct {
	Stream string
	Page
}

// Page bounds a list by ID: those in (After, Before), each bound zero for none.
// Limit must be from 1 to 1,000, else the list is an error. Newest lists from the high end downwards.
type Page struct {
	After, Before belay.ID
	Newest        bool
	Limit         int
}

// EventQuery asks for a page of a site's events.
type EventQuery struct {
	SiteID belay.ID
	Page
	// With EntityID set (and AppID and TriggerKey), only that entity's events.
	// AppID or TriggerKey alone filter too.
	AppID      belay.ID
	TriggerKey string
	EntityID   belay.ID
}

// ActivationQuery asks for a page of a site's activations; zero fields filter nothing.
type ActivationQuery struct {
	SiteID belay.ID
	Page
	AppID        belay.ID
	AutomationID belay.ID
	EntityID     belay.ID
	Status       belay.Status
}

// TallyQuery asks how activations of some automations of a site ended. Of each
// automation, the Look newest that are final are looked at, by their IDs, which are
// in the order of when they began; so what it costs does not grow with the history.
type TallyQuery struct {
	SiteID      belay.ID
	Automations []belay.ID
	// Since is from when on times are told apart; a multiple of TallyStep.
	Since belay.Instant
	Look  int // from 1 to 10,000
}

// TallyStep is how finely a Tally tells times, in milliseconds: a quarter of an
// hour, in which no time zone of today changes its day.
const TallyStep = 15 * 60 * 1000

// Tally counts the activations of an automation that ended one way within
// TallyStep from At on; of all that ended before the query's Since where At is zero.
type Tally struct {
	AutomationID belay.ID
	At           belay.Instant
	Status       belay.Status
	Count        int
}

// DueQuery asks for what is due in [From, Until) in the buckets given, nil for
// all, at most Limit of it.
type DueQuery struct {
	Buckets     *Buckets
	From, Until belay.Instant
	Limit       int
}

// UpcomingLook is how much of what is due in a bucket one call of Upcoming looks at.
const UpcomingLook = 20_000

// UpcomingQuery asks for what is due on a site behind After, in the order of time
// and ID, and before Until; at most Limit of it, from 1 to 1,000.
type UpcomingQuery struct {
	SiteID belay.ID
	After  Due // its SiteID is not looked at
	Until  belay.Instant
	Limit  int
}

// Buckets is a set of buckets; its zero value is empty.
type Buckets [belay.Buckets / 64]uint64

// Add puts a bucket into the set.
func (b *Buckets) Add(bucket uint8) { b[bucket/64] |= 1 << (bucket % 64) }

// Has reports whether a bucket is in the set; every bucket is in nil.
func (b *Buckets) Has(bucket uint8) bool { return b == nil || b[bucket/64]&(1<<(bucket%64)) != 0 }

// Len returns how many buckets are in the set.
func (b *Buckets) Len() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// Due is one activation that has something to do.
type Due struct {
	At           belay.Instant
	SiteID       belay.ID
	ActivationID belay.ID
}

// DeliverySave replaces a delivery if the stored version is Version. Again is that
// of a Save.
type DeliverySave struct {
	Delivery belay.Delivery
	Version  int64
	Again    bool
}

// DeliveryQuery asks for a page of a site's deliveries; zero fields filter nothing.
type DeliveryQuery struct {
	SiteID belay.ID
	Page
	AppID, EntityID belay.ID
	Status          belay.DeliveryStatus
}

// DueDeliveryQuery asks for what is due to an app before Until, in the buckets
// given, nil for all, at most Limit of it.
type DueDeliveryQuery struct {
	AppID   belay.ID
	Buckets *Buckets
	Until   belay.Instant
	Limit   int
}

// DueDelivery is one delivery that may be sent.
type DueDelivery struct {
	At                           belay.Instant
	SiteID, EntityID, DeliveryID belay.ID
}

// Stats counts what a store keeps.
type Stats struct {
	Events, Activations, Pending, Places int64
	DiskBytes                            int64
}
