package belay

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// ID is a GUID. The zero ID stands for "none" and is never a valid identifier
// of anything.
type ID [16]byte

// ParseID reads the 36-character form, upper or lower case. It refuses every
// other form and the nil GUID, which on the wire is a forgotten value.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, fmt.Errorf("must be a GUID such as 6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14")
	}
	var flat [32]byte
	n := copy(flat[:], s[:8])
	n += copy(flat[n:], s[9:13])
	n += copy(flat[n:], s[14:18])
	n += copy(flat[n:], s[19:23])
	copy(flat[n:], s[24:])
	if _, err := hex.Decode(id[:], flat[:]); err != nil {
		return ID{}, fmt.Errorf("must be a GUID of hexadecimal digits")
	}
	if id.IsZero() {
		return ID{}, fmt.Errorf("must not be the nil GUID")
	}
	return id, nil
}

// NewID returns a GUID of version 7: the milliseconds of now, then chance. IDs
// made later sort later, millisecond by millisecond.
//
// Source: RFC 9562, section 5.7.
func NewID(now time.Time, chance [10]byte) ID {
	var id ID
	ms := uint64(now.UnixMilli())
	binary.BigEndian.PutUint64(id[:8], ms<<16)
	copy(id[6:], chance[:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IDFloor returns the smallest ID that NewID can make at t, the start of a list
// by time.
func IDFloor(t time.Time) ID {
	var id ID
	binary.BigEndian.PutUint64(id[:8], uint64(max(t.UnixMilli(), 0))<<16)
	return id
}

// Time returns the time at which NewID made an ID.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(id[:8]) >> 16)).UTC()
}

// IsZero reports whether id stands for none.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the 36-character lower-case form, and "" for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
	return string(b[:])
}

// MarshalText returns String's form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads ParseID's form; an empty text is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	v, err := ParseID(string(b))
	*id = v
	return err
}

// Buckets is the number of buckets that sites are spread over, fixed for the
// life of a database.
const Buckets = 256

// Bucket returns the bucket that all rows of a site live in, in [0, Buckets).
// It is FNV-1a over the ID's bytes, folded to one byte.
func Bucket(site ID) uint8 {
	h := uint32(2166136261)
	for _, b := range site {
		h = (h ^ uint32(b)) * 16777619
	}
	return uint8(h ^ h>>8 ^ h>>16 ^ h>>24)
}

// MadeAt returns the millisecond that NewID was given.
func (id ID) MadeAt() Instant { return Instant(binary.BigEndian.Uint64(id[:8]) >> 16) }
