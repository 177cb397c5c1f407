package peer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"

	"github.com/belay-events/belay/internal/store"
)

// A frame is its length, four bytes, and CBOR: a handed to one side, an answered to
// the other.
type handed struct {
	Number uint64
	Batch  store.Batch
}

type answered struct {
	Number uint64
	Result *store.Result // nil where nothing was kept
	// Uncertain says that it is open whether the batch was kept, Fenced that it was
	// not for its fence, Error what went wrong.
	Uncertain, Fenced bool
	Error             string
}

// maxFrame bounds what one batch may take; a bulk report of the largest payloads
// is less than a tenth of it.
const maxFrame = 256 << 20

var errFrame = errors.New("peer: a frame is too long")

type codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{}.EncMode()
	if err != nil {
		return codec{}, fmt.Errorf("peer: set up CBOR: %w", err)
	}
	// What this version does not know it may not leave out.
	dec, err := cbor.DecOptions{
		UTF8: cbor.UTF8DecodeInvalid, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, MaxArrayElements: 1 << 24,
	}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("peer: set up CBOR: %w", err)
	}
	return codec{enc, dec}, nil
}

// frame writes a value as a frame.
func (c *codec) frame(v any) ([]byte, error) {
	body, err := c.enc.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("peer: write a frame: %w", err)
	}
	if len(body) > maxFrame {
		return nil, errFrame
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body))), body...), nil
}

// next reads a frame.
func (c *codec) next(r *bufio.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > maxFrame {
		return errFrame
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	return c.dec.Unmarshal(body, v)
}
