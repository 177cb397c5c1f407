// Package record is how both stores write what they keep: CBOR whose fields are
// numbered by the tags of belay's types.
package record

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// ErrRecord says that what is kept cannot be read.
var ErrRecord = errors.New("a record cannot be read")

// Modes returns the ways of writing and reading. Two writings of one value are the
// same bytes.
func Modes() (cbor.EncMode, cbor.DecMode, error) {
	enc, err := cbor.EncOptions{}.EncMode()
	if err != nil {
		return nil, nil, fmt.Errorf("record: set up CBOR: %w", err)
	}
	// A receiver's answer is kept as it came, so texts need not be UTF-8.
	dec, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return nil, nil, fmt.Errorf("record: set up CBOR: %w", err)
	}
	return enc, dec, nil
}
