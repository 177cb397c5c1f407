package postgres

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/belay-events/belay/internal/belay"
)

// What the driver takes for columns and for arrays of them.
type (
	ids    = pgtype.FlatArray[pgtype.UUID]
	texts  = pgtype.FlatArray[[]byte]
	bigs   = pgtype.FlatArray[pgtype.Int8]
	smalls = pgtype.FlatArray[int16]
	flags  = pgtype.FlatArray[bool]
)

func raw(id belay.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// filter is null for the zero ID.
func filter(id belay.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: !id.IsZero()} }

// text is null for none.
func text(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func big[T ~int64](n T) pgtype.Int8 { return pgtype.Int8{Int64: int64(n), Valid: true} }

// due is null for no due time, so that the index has no row for it.
func due(at belay.Instant) pgtype.Int8 { return pgtype.Int8{Int64: int64(at), Valid: at != 0} }

func cooked(list [][16]byte) []belay.ID {
	if len(list) == 0 {
		return nil
	}
	out := make([]belay.ID, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

func raws(list []belay.ID) ids {
	out := make(ids, len(list))
	for i := range list {
		out[i] = raw(list[i])
	}
	return out
}

// literal writes an array of IDs as PostgreSQL reads it from text: a column of
// arrays of different lengths can be sent no other way.
func literal(list []belay.ID) string {
	b := make([]byte, 0, 2+37*len(list))
	b = append(b, '{')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, list[i].String()...)
	}
	return string(append(b, '}'))
}

// hashKey is what stands for an idempotency key, whose scope is the app and the
// trigger.
func hashKey(e *belay.Event) pgtype.UUID {
	if e.IdempotencyKey == "" {
		return pgtype.UUID{}
	}
	b := make([]byte, 0, 256)
	b = append(b, e.AppID[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(e.TriggerKey)))
	b = append(b, e.TriggerKey...)
	b = append(b, e.IdempotencyKey...)
	sum := sha256.Sum256(b)
	return pgtype.UUID{Bytes: [16]byte(sum[:16]), Valid: true}
}
