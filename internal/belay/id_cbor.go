package belay

import "fmt"

// idHead is CBOR's head of a byte string of 16 bytes.
//
// Source: RFC 8949, section 3.1.
const idHead = 0x50

// MarshalCBOR writes the ID as a byte string of 16 bytes. It is what reflection
// would write, which takes an array byte by byte.
func (id ID) MarshalCBOR() ([]byte, error) {
	b := make([]byte, 1+len(id))
	b[0] = idHead
	copy(b[1:], id[:])
	return b, nil
}

// UnmarshalCBOR reads what MarshalCBOR wrote.
func (id *ID) UnmarshalCBOR(b []byte) error {
	if len(b) != 1+len(id) || b[0] != idHead {
		return fmt.Errorf("belay: an ID is a byte string of %d bytes", len(id))
	}
	copy(id[:], b[1:])
	return nil
}
