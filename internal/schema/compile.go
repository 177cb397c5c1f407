package schema

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// errElsewhere is why a document that a schema refers to is not there.
var errElsewhere = errors.New("nothing outside the schema is loaded")

// nowhere is the loader that loads nothing, neither file nor address.
type nowhere struct{}

func (nowhere) Load(string) (any, error) { return nil, errElsewhere }

// compile returns the JSON Schema in doc, draft-07 unless it says otherwise, with
// formats asserted.
func compile(doc any) (*jsonschema.Schema, error) {
	const here = "belay:///schema" // a base against which relative references resolve
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	c.UseLoader(nowhere{})
	registerFormats(c)
	if err := c.AddResource(here, doc); err != nil {
		return nil, fmt.Errorf("schema: add: %w", err)
	}
	compiled, err := c.Compile(here)
	if err != nil {
		return nil, fmt.Errorf("schema: compile: %w", err)
	}
	return compiled, nil
}

// asserted returns what a payload schema demands, without its annotations and
// without what declaration has already found wrong, so that compiling it finds
// only what is wrong with the values of constraints.
func asserted(n *node) map[string]any {
	demands := make(map[string]any)
	if t := n.get("type").word(); knownType(t) {
		demands["type"] = t
	}
	for _, m := range n.members {
		switch {
		case !constrains(m.key):
		case m.key == "format" && !knownFormat(m.value.word()):
		case m.key == "pattern" && m.value.kind == '"' && !compiles(m.value.text):
		default:
			demands[m.key] = m.value.value()
		}
	}
	if p := n.get("properties"); p != nil && p.kind == '{' {
		properties := make(map[string]any, len(p.members))
		for _, m := range p.members {
			if m.value.kind == '{' {
				properties[m.key] = asserted(m.value)
			}
		}
		demands["properties"] = properties
	}
	if items := n.get("items"); items != nil && items.kind == '{' {
		demands["items"] = asserted(items)
	}
	if required := n.get("required").words(); len(required) > 0 {
		keys := make([]any, 0, len(required))
		for key := range required {
			keys = append(keys, key)
		}
		demands["required"] = keys
	}
	return demands
}

func compiles(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil
}

func knownType(t string) bool {
	switch t {
	case "string", "number", "integer", "boolean", "array", "object":
		return true
	}
	return false
}

// draft07 is what $schema says in every stored payload schema.
const draft07 = "http://json-schema.org/draft-07/schema"

// canonical returns a payload schema as it is stored: compact, in the order it
// was written, $schema first, and no schema in it forbidding further keys.
func canonical(doc *node) []byte {
	root := open(doc)
	kept := []member{{"$schema", &node{kind: '"', text: draft07}}}
	open := false
	for _, m := range root.members {
		if m.key != "$schema" {
			kept = append(kept, m)
			open = open || m.key == "additionalProperties"
		}
	}
	if !open {
		kept = append(kept, member{"additionalProperties", &node{kind: 't'}})
	}
	return (&node{kind: '{', members: kept}).appendTo(nil)
}

// open returns the schema n with every additionalProperties in it true.
func open(n *node) *node {
	if n.kind != '{' {
		return n
	}
	opened := &node{kind: '{', members: make([]member, len(n.members))}
	for i, m := range n.members {
		switch {
		case m.key == "additionalProperties":
			m.value = &node{kind: 't'}
		case m.key == "items":
			m.value = open(m.value)
		case m.key == "properties" && m.value.kind == '{':
			properties := &node{kind: '{'}
			for _, p := range m.value.members {
				properties.members = append(properties.members, member{p.key, open(p.value)})
			}
			m.value = properties
		}
		opened.members[i] = m
	}
	return opened
}
