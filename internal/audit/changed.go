package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxFields is how many names of changed fields an entry has; the last is "…" where
// there were more.
const MaxFields = 20

const (
	maxDepth = 4
	maxText  = 100 // runes of a name that is kept
)

// status is the switch of an automation.
const status = "configuration.status"

// State is a document before or after an act; its zero value is none.
type State struct {
	// JSON is an object. It is looked into for names alone.
	JSON     []byte
	Revision int64
}

// Of says in e what became of a document: the operation, the name, the revisions and
// the fields that differ. It is false where nothing differs that a person would
// call a change.
func (e *Entry) Of(before, after State) (bool, error) {
	was, err := object(before.JSON)
	if err != nil {
		return false, err
	}
	is, err := object(after.JSON)
	if err != nil {
		return false, err
	}
	e.WasRevision, e.Revision = revision(was, before.Revision), revision(is, after.Revision)
	switch {
	case was == nil && is == nil:
		return false, nil
	case was == nil:
		e.Operation, e.Name = Created, name(is)
		return true, nil
	case is == nil:
		e.Operation, e.Name = Deleted, name(was)
		return true, nil
	}
	e.Operation, e.Name = Changed, name(is)
	differ(&e.Fields, "", was, is, maxDepth)
	slices.Sort(e.Fields)
	if slices.Equal(e.Fields, []string{status}) {
		switch value(is, "document", "configuration", "status") {
		case "ACTIVE":
			e.Operation = On
		case "INACTIVE":
			e.Operation = Off
		}
	}
	if len(e.Fields) > MaxFields {
		e.Fields = append(e.Fields[:MaxFields-1:MaxFields-1], "…")
	}
	return len(e.Fields) > 0, nil
}

func object(raw []byte) (map[string]any, error) {
	if raw == nil {
		return nil, nil
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, fmt.Errorf("audit: read document: %w", err)
	}
	if fields == nil {
		fields = map[string]any{}
	}
	return fields, nil
}

// revision is what the document says of itself, else the store's count.
func revision(fields map[string]any, stored int64) int64 {
	if n, ok := fields["revision"].(json.Number); ok {
		if own, err := n.Int64(); err == nil {
			return own
		}
	}
	return stored
}

// name is what people call the thing.
func name(fields map[string]any) string {
	for _, path := range [][]string{{"name"}, {"displayName"}, {"document", "name"}, {"email"}} {
		if s, ok := value(fields, path...).(string); ok && s != "" {
			return Short(s)
		}
	}
	return ""
}

// Short cuts a text to what an entry keeps of it.
func Short(s string) string {
	if utf8.RuneCountInString(s) <= maxText {
		return s
	}
	return string([]rune(s)[:maxText-1]) + "…"
}

func value(fields map[string]any, path ...string) any {
	var at any = fields
	for _, step := range path {
		inner, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = inner[step]
	}
	return at
}

// differ adds the places at which two objects differ, objects within them up to a
// depth; what is in an array is not told apart.
func differ(fields *[]string, prefix string, was, is map[string]any, depth int) {
	for key := range union(was, is) {
		if prefix == "" && kept(key) {
			continue
		}
		a, inWas := was[key]
		b, inIs := is[key]
		inner, ok := a.(map[string]any)
		other, ok2 := b.(map[string]any)
		at := prefix + key
		switch {
		case ok && ok2 && at == "document": // an automation as its owner knows it
			differ(fields, "", inner, other, depth)
		case ok && ok2 && depth > 1:
			differ(fields, at+".", inner, other, depth-1)
		case inWas != inIs || !same(a, b):
			*fields = append(*fields, Short(at))
		}
	}
}

func union(a, b map[string]any) map[string]struct{} {
	keys := make(map[string]struct{}, len(a))
	for key := range a {
		keys[key] = struct{}{}
	}
	for key := range b {
		keys[key] = struct{}{}
	}
	return keys
}

// kept reports whether a field is the server's own book-keeping.
func kept(key string) bool {
	switch key {
	case "id", "revision", "createdDate", "updatedDate", "createdBy", "updatedBy":
		return true
	}
	return false
}

func same(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && strings.Compare(string(x), string(y)) == 0
}
