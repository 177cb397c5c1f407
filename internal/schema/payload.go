package schema

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Payload is a trigger's payload schema, made by Declare. It does not change and
// may be used by many goroutines at once.
type Payload struct {
	canonical  []byte
	future     string
	properties []Property
	root       rule
}

// Property is one property of a payload, as builders show it.
type Property struct {
	Key          string
	Type         string // string, number, integer, boolean, array or object
	Format       string // of a string; "" for none
	Title        string // what users see
	Description  string
	Required     bool
	Hidden       bool
	FutureDate   bool   // says when the event takes place
	IdentityType string // contact, visitor or member; "" for none
	// Namespace is the key under which what is known about the identity appears;
	// "" without an IdentityType.
	Namespace  string
	CustomType string // the value of wixCustomType
	// Example obeys the property's rules; nil on the second level.
	Example any
	// Properties are the second level: of an object, or of each object in an array.
	Properties []Property
}

func newProperty(key string, n *node, required bool) Property {
	p := Property{
		Key:          key,
		Type:         n.get("type").word(),
		Format:       n.get("format").word(),
		Title:        n.get("title").word(),
		Description:  n.get("description").word(),
		Required:     required,
		Hidden:       n.get("hidden").truth(),
		FutureDate:   n.get("futureDate").truth(),
		IdentityType: n.get("identityType").word(),
		CustomType:   n.get("wixCustomType").word(),
	}
	if p.IdentityType != "" {
		p.Namespace = n.get("namespace").word()
		if p.Namespace == "" {
			p.Namespace = n.get("name").word()
		}
		if p.Namespace == "" {
			p.Namespace = p.IdentityType
		}
	}
	holder := n
	if p.Type == "array" {
		holder = n.get("items")
	}
	if properties := holder.get("properties"); properties != nil {
		below := holder.get("required").words()
		for _, m := range properties.members {
			p.Properties = append(p.Properties, newProperty(m.key, m.value, below[m.key]))
		}
	}
	return p
}

// Canonical returns the schema as it is stored: compact JSON in the order it was
// declared, $schema first and of draft-07, additionalProperties true wherever the
// declaration spoke of it and at the root. Declare takes it and returns the same.
func (p *Payload) Canonical() []byte { return slices.Clone(p.canonical) }

// FutureDate returns the key of the property that says when the event takes place,
// "" for a real-time trigger.
func (p *Payload) FutureDate() string { return p.future }

// Properties returns the properties in the order declared.
func (p *Payload) Properties() []Property {
	properties := slices.Clone(p.properties)
	for i := range properties {
		properties[i].Example = copied(properties[i].Example)
		properties[i].Properties = slices.Clone(properties[i].Properties)
	}
	return properties
}

// Example returns a payload with every property, which Validate takes: of each
// property the first of its examples, default, listed values and a value made for
// its format and type that obeys the schema. The property marked futureDate is
// future, in UTC; its year must be one of four digits.
func (p *Payload) Example(future time.Time) map[string]any {
	payload := make(map[string]any, len(p.properties))
	for _, property := range p.properties {
		payload[property.Key] = copied(property.Example)
	}
	if p.future != "" {
		payload[p.future] = future.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return payload
}

// copied returns v with its own maps and slices.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := maps.Clone(v)
		for key, value := range object {
			object[key] = copied(value)
		}
		return object
	case []any:
		array := slices.Clone(v)
		for i, value := range array {
			array[i] = copied(value)
		}
		return array
	}
	return v
}

// example returns a value that obeys r, whose schema is n; false when none of those
// it tries does.
func (r *rule) example(n *node) (any, bool) {
	for _, v := range r.candidates(n) {
		if r.obeys(v) {
			return v, true
		}
	}
	return nil, false
}

func (r *rule) candidates(n *node) []any {
	var tries []any
	if e := n.get("examples"); e != nil {
		if bare(e, r.kind) {
			tries = append(tries, e.value())
		} else {
			for _, v := range e.elements {
				tries = append(tries, v.value())
			}
		}
	}
	for _, key := range []string{"default", "const"} {
		if v := n.get(key); v != nil {
			tries = append(tries, v.value())
		}
	}
	if v := n.get("enum"); v != nil {
		for _, e := range v.elements {
			tries = append(tries, e.value())
		}
	}
	return append(tries, r.made(n)...)
}

// made returns values of r's type, likeliest first.
func (r *rule) made(n *node) []any {
	switch r.kind {
	case "string":
		return []any{madeString(r.format, n)}
	case "boolean":
		return []any{true, false}
	case "number", "integer":
		tries := []any{1.0, 0.0}
		for _, key := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"} {
			if v := n.get(key); v != nil && v.kind == '0' {
				tries = append(tries, v.number, v.number+1, v.number-1)
			}
		}
		return tries
	case "object":
		return []any{r.madeObject(n)}
	case "array":
		items := n.get("items")
		if items == nil {
			return []any{[]any{}}
		}
		return []any{[]any{r.madeObject(items)}, []any{}}
	}
	return nil
}

// madeObject returns an object with each member for which a value is found.
func (r *rule) madeObject(n *node) map[string]any {
	object := make(map[string]any, len(r.members))
	properties := n.get("properties")
	for i := range r.members {
		if v, ok := r.members[i].example(properties.members[i].value); ok {
			object[r.members[i].key] = v
		}
	}
	return object
}

func madeString(format string, n *node) string {
	switch format {
	case "uuid":
		return "6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10"
	case "date-time":
		return "2030-06-01T09:00:00.000Z"
	case "date":
		return "2030-06-01"
	case "time":
		return "09:00:00Z"
	case "duration":
		return "PT1H"
	case "email":
		return "ada@example.com"
	case "hostname":
		return "example.com"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "uri", "iri", "uri-reference", "iri-reference", "uri-template":
		return "https://example.com/"
	case "json-pointer":
		return "/a"
	case "relative-json-pointer":
		return "0"
	case "regex":
		return "^a$"
	case "number":
		return "42"
	}
	const padding = 1000 // longer than this, the declaration must show an example itself
	text := "text"
	if v := n.get("minLength"); v != nil && v.number > 4 && v.number <= padding {
		text = strings.Repeat("x", int(v.number))
	}
	if v := n.get("maxLength"); v != nil && v.kind == '0' && v.number >= 0 && v.number < 4 {
		text = text[:int(v.number)]
	}
	return text
}
