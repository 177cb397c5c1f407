package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
)

// ParsePayload returns the JSON object in raw: objects as map[string]any, arrays
// as []any, numbers as float64. Nothing, white space and null are an empty object.
//
// It refuses what two readers could understand differently: a key that occurs
// twice in an object, text that is not UTF-8, and a number that float64 does not
// hold: digits alone beyond 2^53, whether written so or because that is how the
// value is written back (below 1e21, RFC 8785), or a magnitude beyond float64.
// It also refuses more than MaxPayloadBytes and more than MaxDepth levels.
//
// The error is a *belay.Error of InvalidArgument with one violation, whose place
// begins with field and whose rule is one of MAX_BYTES, MAX_DEPTH, JSON, UTF8,
// DUPLICATE_KEY, NUMBER_RANGE and TYPE. Nothing returned refers to raw.
func ParsePayload(field string, raw []byte) (map[string]any, error) {
	if len(raw) > MaxPayloadBytes {
		return nil, tooLarge(field, len(raw), MaxPayloadBytes)
	}
	r := newReader(field, raw, MaxDepth)
	defer r.release()
	switch r.dec.PeekKind() {
	case '{':
	case 'n':
		if _, err := r.token(); err != nil {
			return nil, err
		}
		if err := r.end(); err != nil {
			return nil, err
		}
		return map[string]any{}, nil
	default:
		if len(bytes.TrimLeft(raw, " \t\r\n")) == 0 {
			return map[string]any{}, nil
		}
		if _, err := r.token(); err != nil {
			return nil, err
		}
		return nil, r.refuse("TYPE", "must be a JSON object")
	}
	object, err := r.object(1)
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return object, nil
}

func tooLarge(field string, size, limit int) *belay.Error {
	return belay.Invalid(field, "MAX_BYTES", fmt.Sprintf("is %d bytes long, at most %d are taken", size, limit))
}

// reader reads one JSON document in one pass and knows at each moment where in
// the document it stands.
type reader struct {
	dec   jsontext.Decoder
	buf   bytes.Buffer // what dec reads from, without copying
	raw   []byte
	place place
	depth int // levels allowed
}

// readers keeps the scratch of finished readers, which are half of what reading
// a small payload would otherwise allocate. It holds no state between documents.
var readers = sync.Pool{New: func() any {
	r := new(reader)
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true)) // the reader looks itself, to name the place
	return r
}}

func newReader(field string, raw []byte, depth int) *reader {
	r := readers.Get().(*reader)
	r.buf = *bytes.NewBuffer(raw)
	r.raw, r.depth = raw, depth
	r.place.reset(field)
	return r
}

func (r *reader) release() {
	r.buf, r.raw = bytes.Buffer{}, nil
	clear(r.place.steps[:cap(r.place.steps)])
	r.place.reset("")
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true))
	readers.Put(r)
}

// value reads the next value, which would stand at the given level if it nests.
func (r *reader) value(level int) (any, error) {
	switch r.dec.PeekKind() {
	case '{':
		return r.object(level)
	case '[':
		return r.array(level)
	case '0':
		n, _, err := r.number()
		return n, err
	case '"':
		t, err := r.token()
		if err != nil {
			return nil, err
		}
		return t.String(), nil
	default:
		t, err := r.token()
		if err != nil {
			return nil, err
		}
		switch t.Kind() {
		case 't':
			return true, nil
		case 'f':
			return false, nil
		}
		return nil, nil
	}
}

func (r *reader) object(level int) (map[string]any, error) {
	if err := r.open(level); err != nil {
		return nil, err
	}
	members := make(map[string]any)
	for r.dec.PeekKind() != '}' {
		t, err := r.token()
		if err != nil {
			return nil, err
		}
		key := t.String()
		r.place.enter(key)
		if _, twice := members[key]; twice {
			return nil, r.twice()
		}
		v, err := r.value(level + 1)
		if err != nil {
			return nil, err
		}
		members[key] = v
		r.place.leave()
	}
	_, err := r.token()
	return members, err
}

func (r *reader) array(level int) ([]any, error) {
	if err := r.open(level); err != nil {
		return nil, err
	}
	elements := []any{}
	for r.dec.PeekKind() != ']' {
		r.place.enterIndex(len(elements))
		v, err := r.value(level + 1)
		if err != nil {
			return nil, err
		}
		elements = append(elements, v)
		r.place.leave()
	}
	_, err := r.token()
	return elements, err
}

// open reads the bracket that begins an object or array at the given level.
func (r *reader) open(level int) error {
	if level > r.depth {
		return r.refuse("MAX_DEPTH", fmt.Sprintf("nests deeper than %d levels", r.depth))
	}
	_, err := r.token()
	return err
}

// number reads a number and returns it with its spelling, which holds only until
// the next read.
func (r *reader) number() (float64, []byte, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return 0, nil, r.broken(err)
	}
	n, ok := exact(raw)
	if !ok {
		return 0, nil, r.refuse("NUMBER_RANGE", "is beyond what a 64-bit floating-point number holds (±2^53 for whole numbers); send it as a string")
	}
	return n, raw, nil
}

// exact returns the value of a JSON number, false when float64 would not keep it.
func exact(raw []byte) (float64, bool) {
	const beyond, exponent = 1 << 53, 1e21 // RFC 8785 writes exponents from 1e21 on
	digits := bytes.TrimPrefix(raw, []byte("-"))
	whole := true
	for _, c := range digits {
		if c < '0' || c > '9' {
			whole = false
			break
		}
	}
	if whole && len(digits) <= 16 {
		var n uint64
		for _, c := range digits {
			n = n*10 + uint64(c-'0')
		}
		f := float64(n)
		if len(digits) != len(raw) {
			f = -f
		}
		return f, n <= beyond
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || whole {
		return 0, false
	}
	size := math.Abs(f)
	return f, size <= beyond || size >= exponent
}

func (r *reader) token() (jsontext.Token, error) {
	t, err := r.dec.ReadToken()
	if err != nil {
		return t, r.broken(err)
	}
	return t, nil
}

// end returns an error unless nothing but white space is left.
func (r *reader) end() error {
	_, err := r.dec.ReadToken()
	switch {
	case err == nil:
		return r.refuse("JSON", "must be one JSON value, and another follows it")
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	}
	return r.broken(err)
}

func (r *reader) refuse(rule, description string) *belay.Error {
	return belay.Invalid(r.place.String(), rule, description)
}

func (r *reader) twice() *belay.Error {
	return r.refuse("DUPLICATE_KEY", "is given twice")
}

// broken turns what the decoder says into a refusal.
func (r *reader) broken(err error) *belay.Error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.refuse("JSON", fmt.Sprintf("is not JSON: it ends too early, after %d bytes", len(r.raw)))
	}
	reason, at := err.Error(), r.dec.InputOffset()
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = s.ByteOffset
		if s.Err != nil {
			reason = s.Err.Error()
		}
	}
	if !utf8.Valid(r.raw) {
		return r.refuse("UTF8", fmt.Sprintf("is not valid UTF-8 (at byte %d)", at))
	}
	return r.refuse("JSON", fmt.Sprintf("is not JSON: %s (at byte %d)", reason, at))
}
