package formula

import (
	"maps"
	"slices"
	"strings"
)

// The bounds on what is read of a schema: beyond them nothing is known.
const (
	maxSchemaDepth = 64
	maxSchemaNodes = 20_000
)

// TypeOf returns what a JSON Schema says of a value, as far as it is said in type,
// properties, items, enum, const, format, additionalProperties, allOf, anyOf, oneOf
// and references within the document. schema is as encoding/json decodes it; what
// is no schema says nothing.
func TypeOf(schema any) Type {
	r := schemaReader{root: schema, left: maxSchemaNodes}
	return r.read(schema, 0)
}

type schemaReader struct {
	root any
	left int
}

func (r *schemaReader) read(schema any, depth int) Type {
	if r.left--; r.left < 0 || depth > maxSchemaDepth {
		return Type{}
	}
	s, ok := schema.(map[string]any)
	if !ok {
		return Type{}
	}
	if ref, ok := s["$ref"].(string); ok {
		return r.read(r.referred(ref), depth+1)
	}
	t := r.own(s, depth)
	for _, each := range list(s["allOf"]) {
		t = t.and(r.read(each, depth+1))
	}
	for _, word := range []string{"anyOf", "oneOf"} {
		ways := list(s[word])
		if len(ways) == 0 {
			continue
		}
		either := r.read(ways[0], depth+1)
		for _, way := range ways[1:] {
			either = either.or(r.read(way, depth+1))
		}
		t = t.and(either)
	}
	return t
}

// own returns what a schema says itself, apart from those that it combines.
func (r *schemaReader) own(s map[string]any, depth int) Type {
	var t Type
	switch word := s["type"].(type) {
	case string:
		t.Kinds = kindNamed(word)
	case []any:
		for _, w := range word {
			name, _ := w.(string)
			t.Kinds |= kindNamed(name)
		}
	default:
		t.Kinds = implied(s)
	}
	t.Format, _ = s["format"].(string)
	if items, ok := s["items"].(map[string]any); ok {
		of := r.read(items, depth+1)
		t.Items = &of
	}
	if properties, ok := s["properties"].(map[string]any); ok && len(properties) > 0 {
		t.Fields = make(map[string]Type, len(properties))
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			t.Fields[name] = r.read(properties[name], depth+1)
		}
	}
	switch more := s["additionalProperties"].(type) {
	case bool:
		_, patterns := s["patternProperties"]
		t.Closed = !more && !patterns
	case map[string]any:
		rest := r.read(more, depth+1)
		t.Rest = &rest
	}
	return t
}

// implied returns the kinds that a schema without a type speaks of.
func implied(s map[string]any) Kinds {
	if value, ok := s["const"]; ok {
		return kindsOf(value)
	}
	var kinds Kinds
	for _, value := range list(s["enum"]) {
		kinds |= kindsOf(value)
	}
	switch {
	case kinds != 0:
		return kinds
	case s["properties"] != nil:
		return Object
	case s["items"] != nil:
		return List
	}
	return 0
}

func kindNamed(word string) Kinds {
	return map[string]Kinds{
		"null": Null, "boolean": Boolean, "number": Number, "integer": Number, "string": Text, "array": List, "object": Object,
	}[word]
}

func kindsOf(v any) Kinds {
	switch v.(type) {
	case nil:
		return Null
	case bool:
		return Boolean
	case string:
		return Text
	case []any:
		return List
	case map[string]any:
		return Object
	}
	return Number
}

// referred returns the part of the document that a reference leads to, nil for
// one that leads elsewhere or to nothing.
func (r *schemaReader) referred(ref string) any {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	at := r.root
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if part == "" {
			break
		}
		object, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = object[unescape.Replace(part)]
	}
	return at
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// Schema returns the JSON Schema that says the same as t, as far as Schema can:
// the inverse of TypeOf for kinds, formats, items and fields.
func (t Type) Schema() map[string]any {
	s := map[string]any{}
	if t.unknown() {
		return s
	}
	var words []any
	for _, k := range []struct {
		kind Kinds
		word string
	}{{Text, "string"}, {Number, "number"}, {Boolean, "boolean"}, {List, "array"}, {Object, "object"}, {Null, "null"}} {
		if t.Kinds&k.kind != 0 {
			words = append(words, k.word)
		}
	}
	s["type"] = words
	if len(words) == 1 {
		s["type"] = words[0]
	}
	if t.Format != "" {
		s["format"] = t.Format
	}
	if t.Items != nil {
		s["items"] = t.Items.Schema()
	}
	if len(t.Fields) > 0 {
		properties := make(map[string]any, len(t.Fields))
		for name, f := range t.Fields {
			properties[name] = f.Schema()
		}
		s["properties"] = properties
	}
	if t.Closed {
		s["additionalProperties"] = false
	} else if t.Rest != nil {
		s["additionalProperties"] = t.Rest.Schema()
	}
	return s
}
