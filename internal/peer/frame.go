package peer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"github.com/belay-events/belay/internal/store"
)

// A frame is its length, four bytes, and CBOR: a handed to one side, an answered to
// the other. Fields are numbered, and left out where they are empty: most acts leave
// most of theirs so, and what is written here is written and read for each report.
type handed struct {
	Number uint64      `cbor:"1,keyasint"`
	Batch  store.Batch `cbor:"2,keyasint"`
}

type answered struct {
	Number uint64        `cbor:"1,keyasint"`
	Result *store.Result `cbor:"2,keyasint,omitempty"` // nil where nothing was kept
	// Uncertain says that it is open whether the batch was kept, Fenced that it was
	// not for its fence, Error what went wrong.
	Uncertain bool   `cbor:"3,keyasint,omitempty"`
	Fenced    bool   `cbor:"4,keyasint,omitempty"`
	Error     string `cbor:"5,keyasint,omitempty"`
}

// maxFrame bounds what one batch may take; a bulk report of the largest payloads
// is less than a tenth of it.
const maxFrame = 256 << 20

var errFrame = errors.New("peer: a frame is too long")

type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{}.UserBufferEncMode()
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

const head = 4 // bytes of a frame's length

// rooms are for frames on their way into an outbox.
var rooms = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// free lets a frame's room be used for another.
func free(frame *bytes.Buffer) {
	if frame.Cap() <= keptRoom {
		frame.Reset()
		rooms.Put(frame)
	}
}

// frame writes a value as a frame, to be freed once it is copied.
func (c *codec) frame(v any) (*bytes.Buffer, error) {
	frame := rooms.Get().(*bytes.Buffer)
	var length [head]byte
	frame.Write(length[:])
	err := c.enc.MarshalToBuffer(v, frame)
	if err != nil {
		err = fmt.Errorf("peer: write a frame: %w", err)
	} else if frame.Len()-head > maxFrame {
		err = errFrame
	}
	if err != nil {
		free(frame)
		return nil, err
	}
	binary.BigEndian.PutUint32(frame.Bytes(), uint32(frame.Len()-head))
	return frame, nil
}

// frames reads what comes in by a connection.
type frames struct {
	codec *codec
	in    *bufio.Reader
	body  []byte // room for the next; what is read has a copy of its own
}

// keptRoom is the largest room that is kept from one frame to the next.
const keptRoom = 1 << 20

func (c *codec) frames(from io.Reader) *frames {
	return &frames{codec: c, in: bufio.NewReaderSize(from, 64<<10)}
}

// next reads a frame.
func (f *frames) next(v any) error {
	var length [head]byte
	if _, err := io.ReadFull(f.in, length[:]); err != nil {
		return err
	}
	long := binary.BigEndian.Uint32(length[:])
	if long > maxFrame {
		return errFrame
	}
	size, body := int(long), f.body
	if cap(body) < size {
		body = make([]byte, size)
		if size <= keptRoom {
			f.body = body
		}
	}
	body = body[:size]
	if _, err := io.ReadFull(f.in, body); err != nil {
		return err
	}
	return f.codec.dec.Unmarshal(body, v)
}
