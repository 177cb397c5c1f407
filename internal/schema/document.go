package schema

import (
	"github.com/go-json-experiment/json/jsontext"
)

// node is a JSON value that remembers the order of its members and the spelling
// of its numbers, so that a schema can be stored as it was written.
type node struct {
	kind     jsontext.Kind // one of { [ " 0 t f n
	text     string        // of a string, its content; of a number, its spelling
	number   float64
	members  []member
	elements []*node
}

type member struct {
	key   string
	value *node
}

// readDocument returns the JSON value in raw, read as strictly as a payload.
func readDocument(field string, raw []byte) (*node, error) {
	if len(raw) > MaxSchemaBytes {
		return nil, tooLarge(field, len(raw), MaxSchemaBytes)
	}
	r := newReader(field, raw, maxSchemaDepth)
	defer r.release()
	n, err := r.node(1)
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return n, nil
}

func (r *reader) node(level int) (*node, error) {
	n := &node{kind: r.dec.PeekKind()}
	switch n.kind {
	case '{':
		return n, r.nodeMembers(n, level)
	case '[':
		return n, r.nodeElements(n, level)
	case '0':
		value, spelling, err := r.number()
		n.number, n.text = value, string(spelling)
		return n, err
	}
	t, err := r.token()
	if err == nil && n.kind == '"' {
		n.text = t.String()
	}
	return n, err
}

func (r *reader) nodeMembers(n *node, level int) error {
	if err := r.open(level); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for r.dec.PeekKind() != '}' {
		t, err := r.token()
		if err != nil {
			return err
		}
		key := t.String()
		r.place.enter(key)
		if seen[key] {
			return r.twice()
		}
		seen[key] = true
		value, err := r.node(level + 1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{key, value})
		r.place.leave()
	}
	_, err := r.token()
	return err
}

func (r *reader) nodeElements(n *node, level int) error {
	if err := r.open(level); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		r.place.enterIndex(len(n.elements))
		value, err := r.node(level + 1)
		if err != nil {
			return err
		}
		n.elements = append(n.elements, value)
		r.place.leave()
	}
	_, err := r.token()
	return err
}

// get returns the member of that key, nil when there is none; n may be nil.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// word returns the content of a string, "" of anything else; n may be nil.
func (n *node) word() string {
	if n == nil || n.kind != '"' {
		return ""
	}
	return n.text
}

// truth reports whether n is the literal true; n may be nil.
func (n *node) truth() bool { return n != nil && n.kind == 't' }

// value returns n as ParsePayload would have.
func (n *node) value() any {
	switch n.kind {
	case '{':
		object := make(map[string]any, len(n.members))
		for _, m := range n.members {
			object[m.key] = m.value.value()
		}
		return object
	case '[':
		array := make([]any, len(n.elements))
		for i, e := range n.elements {
			array[i] = e.value()
		}
		return array
	case '"':
		return n.text
	case '0':
		return n.number
	case 't':
		return true
	case 'f':
		return false
	}
	return nil
}

// appendTo appends n as compact JSON.
func (n *node) appendTo(b []byte) []byte {
	switch n.kind {
	case '{':
		b = append(b, '{')
		for i, m := range n.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, m.key)
			b = append(b, ':')
			b = m.value.appendTo(b)
		}
		return append(b, '}')
	case '[':
		b = append(b, '[')
		for i, e := range n.elements {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.appendTo(b)
		}
		return append(b, ']')
	case '"':
		return appendString(b, n.text)
	case '0':
		return append(b, n.text...)
	case 't':
		return append(b, "true"...)
	case 'f':
		return append(b, "false"...)
	}
	return append(b, "null"...)
}

// appendString appends s in quotes. Every string of a node was valid UTF-8, so
// that quoting it cannot err.
func appendString(b []byte, s string) []byte {
	quoted, err := jsontext.AppendQuote(b, s)
	if err != nil {
		return append(b, `""`...)
	}
	return quoted
}
