package pebble

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// The layout of the key space. A key begins with its kind; IDs are their 16
// bytes, times 8 bytes big-endian, trigger keys, kinds of documents and names of
// streams two bytes of length and then their own. So keys sort as the lists do.
//
//	E site id                             → the event
//	A site id                             → the activation
//	D bucket due id                       → site, for an activation with something due
//	P site app trigger entity id          for an activation that is not final
//	F site app trigger entity id          for one that is, when it has an entity
//	Q site automation id                  for an activation that is not final
//	R site automation id                  → status, end, for one that is
//	V site app trigger entity id          for an event that has an entity
//	K site hash                           → event, until: an idempotency key
//	X site until hash                     the same by the time at which it is free
//	C scope kind key                      → revision, document
//	W scope                               → the scope's version
//	S site stream id                      → an entry of a stream
//	T stream id site                      for an entry of the audit log
//	N site id                             → the delivery
//	O app due id                          → site, entity, for a delivery with something due
//	U site app entity sequence id         for a delivery that is not final
//	L site automation counter at id       → until: a place under a limit, of an activation
//
// D, P, F, Q, R, V, T, O and U of one record change in the batch that changes the record.
// Nothing else refers to a record, and Check holds them against each other.
const (
	kindEvent             = 'E'
	kindActivation        = 'A'
	kindDue               = 'D'
	kindPendingEntity     = 'P'
	kindEndedEntity       = 'F'
	kindPendingAutomation = 'Q'
	kindEndedAutomation   = 'R'
	kindEventEntity       = 'V'
	kindIdempotency       = 'K'
	kindExpiry            = 'X'
	kindDoc               = 'C'
	kindVersion           = 'W'
	kindEntry             = 'S'
	kindTrail             = 'T'
	kindDelivery          = 'N'
	kindDueDelivery       = 'O'
	kindOpenDelivery      = 'U'
	kindPlace             = 'L'
)

const idLen = len(belay.ID{})

// keyHash names an idempotency key within its site: the first half of a SHA-256
// over app, trigger key and key.
type keyHash [16]byte

func hashKey(e *belay.Event) keyHash {
	b := make([]byte, 0, 256)
	b = append(b, e.AppID[:]...)
	b = appendText(b, e.TriggerKey)
	b = append(b, e.IdempotencyKey...)
	sum := sha256.Sum256(b)
	return keyHash(sum[:16])
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

// maxText is the longest text that a key can hold.
const maxText = 1<<16 - 1

// siteKey is kind and site, the prefix of most, with what comes behind it.
func siteKey(kind byte, site belay.ID, behind ...belay.ID) []byte {
	b := make([]byte, 0, 1+idLen*(1+len(behind)))
	b = append(b, kind)
	b = append(b, site[:]...)
	for _, id := range behind {
		b = append(b, id[:]...)
	}
	return b
}

// entityPrefix is the prefix of all keys of one external entity.
func entityPrefix(kind byte, site, app belay.ID, trigger string, entity belay.ID) []byte {
	b := make([]byte, 0, 3+4*idLen+len(trigger)+idLen)
	b = append(b, kind)
	b = append(b, site[:]...)
	b = append(b, app[:]...)
	b = appendText(b, trigger)
	return append(b, entity[:]...)
}

// entityLen returns the length of what a key of kind P, F or V has up to its
// entity, which the bytes before tell; ok is false for any other kind and for a
// key that ends before.
func entityLen(key []byte) (n int, ok bool) {
	const head = 1 + 2*idLen
	if len(key) < head+2 || key[0] != kindPendingEntity && key[0] != kindEndedEntity && key[0] != kindEventEntity {
		return 0, false
	}
	n = head + 2 + int(binary.BigEndian.Uint16(key[head:])) + idLen
	return n, len(key) >= n
}

// splitEntityKey takes a key of kind P, F or V apart; group ends with the trigger.
func splitEntityKey(key []byte) (group []byte, app belay.ID, trigger string, entity, id belay.ID, ok bool) {
	n, ok := entityLen(key)
	if !ok || len(key) != n+idLen {
		return nil, app, "", entity, id, false
	}
	const head = 1 + 2*idLen
	end := n - idLen
	app = belay.ID(key[1+idLen : head])
	return key[:end], app, string(key[head+2 : end]), belay.ID(key[end:n]), belay.ID(key[n:]), true
}

func dueKey(bucket uint8, at belay.Instant, id belay.ID) []byte {
	b := make([]byte, 0, 2+8+idLen)
	b = append(b, kindDue, bucket)
	b = binary.BigEndian.AppendUint64(b, uint64(at))
	return append(b, id[:]...)
}

func dueDeliveryKey(app belay.ID, at belay.Instant, id belay.ID) []byte {
	b := binary.BigEndian.AppendUint64(siteKey(kindDueDelivery, app), uint64(at))
	return append(b, id[:]...)
}

func openDeliveryKey(d *belay.Delivery) []byte {
	b := binary.BigEndian.AppendUint64(siteKey(kindOpenDelivery, d.SiteID, d.AppID, d.EntityID), uint64(d.Sequence))
	return append(b, d.ID[:]...)
}

func expiryKey(site belay.ID, until belay.Instant, h keyHash) []byte {
	b := siteKey(kindExpiry, site)
	b = binary.BigEndian.AppendUint64(b, uint64(until))
	return append(b, h[:]...)
}

func idempotencyKey(site belay.ID, h keyHash) []byte {
	return append(siteKey(kindIdempotency, site), h[:]...)
}

func docPrefix(scope belay.ID, kind string) []byte {
	return appendText(siteKey(kindDoc, scope), kind)
}

func docKey(k store.DocKey) []byte {
	return append(docPrefix(k.Scope, k.Kind), k.Key...)
}

func streamPrefix(site belay.ID, stream string) []byte {
	return appendText(siteKey(kindEntry, site), stream)
}

// trailPrefix is the prefix of the keys of a stream of all sites.
func trailPrefix(stream string) []byte {
	return appendText([]byte{kindTrail}, stream)
}

func trailKey(stream string, id, site belay.ID) []byte {
	return append(append(trailPrefix(stream), id[:]...), site[:]...)
}

// lastID is the ID that a key of kind E, A, D, P, F, Q, R, V, S, N, O, U or L ends with.
func lastID(key []byte) belay.ID {
	return belay.ID(key[len(key)-idLen:])
}

// after returns the first key behind all that begin with prefix, nil for none.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
