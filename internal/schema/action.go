package schema

import (
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/belay-events/belay/internal/belay"
)

// Bounds on the schemas of actions, which may combine and refer to parts of
// themselves: what checking one value can cost stays proportional to the value.
const (
	maxSubschemas = 5_000  // objects and booleans in the document; compiling takes the square of them
	maxExpansion  = 20_000 // schemas, counted once for each way that leads to them
)

// Action is the input or output schema of an action that an app defines, made by
// CheckActionSchema. It does not change and may be used by many goroutines at once.
type Action struct {
	compiled *jsonschema.Schema
}

// CheckActionSchema returns the JSON Schema in raw, compiled: draft-07 unless
// $schema names another, formats asserted, the root's type "object". References to
// parts of itself are followed; a reference to anything else is refused unread, and
// so is one that leads back to where it stands.
//
// The error is a *belay.Error of InvalidArgument with violations: those of
// ParsePayload for what is not strict JSON, MAX_BYTES beyond MaxSchemaBytes, REQUIRED
// or TYPE for the root's type, REFERENCE, MAX_SUBSCHEMAS for more than 5,000 objects
// and booleans or an expansion beyond 20,000 schemas, RECURSION, and those of the draft's own
// schema.
func CheckActionSchema(field string, raw []byte) (*Action, error) {
	doc, err := readDocument(field, raw)
	if err != nil {
		return nil, err
	}
	if doc.kind != '{' {
		return nil, belay.Invalid(field, "TYPE", "must be a JSON object")
	}
	d := &declaration{place: place{field: field}}
	d.object(doc)
	if len(d.broken) > 0 {
		return nil, belay.Invalid(d.broken[0].Field, d.broken[0].Rule, d.broken[0].Description)
	}
	if doc.schemas() > maxSubschemas {
		return nil, belay.Invalid(field, "MAX_SUBSCHEMAS", fmt.Sprintf("must not hold more than %d objects and booleans", maxSubschemas))
	}
	compiled, err := compile(doc.value())
	if err != nil {
		d.fromLibrary(doc.value(), err)
		return nil, &belay.Error{Code: belay.InvalidArgument, Message: field + " is not a good JSON Schema", Violations: d.broken}
	}
	x := expansion{size: make(map[*jsonschema.Schema]int)}
	if size := x.of(compiled); x.recursive {
		return nil, belay.Invalid(field, "RECURSION", "must not refer to a schema from inside that schema")
	} else if size > maxExpansion {
		return nil, belay.Invalid(field, "MAX_SUBSCHEMAS", fmt.Sprintf("must not grow beyond %d schemas when its references are written out", maxExpansion))
	}
	return &Action{compiled: compiled}, nil
}

// Validate returns nil when v, made of what ParsePayload makes, obeys the schema.
// Otherwise the error is as that of Payload.Validate, its violations sorted by place.
func (a *Action) Validate(field string, v any) error {
	err := a.compiled.Validate(v)
	if err == nil {
		return nil
	}
	c := check{place: place{field: field}}
	c.fromLibrary(v, err)
	return c.refusal(field)
}

// schemas returns how many values n holds, itself among them, that can be schemas.
func (n *node) schemas() int {
	count := 0
	if n.kind == '{' || n.boolean() {
		count = 1
	}
	for _, m := range n.members {
		count += m.value.schemas()
	}
	for _, e := range n.elements {
		count += e.schemas()
	}
	return count
}

// expansion measures schemas with their references written out.
type expansion struct {
	size      map[*jsonschema.Schema]int // 0 while the schema is being measured
	recursive bool
}

// of returns how many schemas s is made of, at most maxExpansion + 1.
func (x *expansion) of(s *jsonschema.Schema) int {
	if s == nil {
		return 0
	}
	if size, seen := x.size[s]; seen {
		x.recursive = x.recursive || size == 0
		return size
	}
	x.size[s] = 0
	size := 1
	for _, part := range parts(s) {
		if size = min(size+x.of(part), maxExpansion+1); x.recursive {
			break
		}
	}
	x.size[s] = size
	return size
}

// parts returns the schemas that s applies, some of them nil.
func parts(s *jsonschema.Schema) []*jsonschema.Schema {
	all := []*jsonschema.Schema{
		s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else, s.PropertyNames, s.UnevaluatedProperties,
		s.Contains, s.Items2020, s.UnevaluatedItems, s.ContentSchema,
	}
	if s.DynamicRef != nil {
		all = append(all, s.DynamicRef.Ref)
	}
	for _, several := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		all = append(all, several...)
	}
	for _, several := range []map[string]*jsonschema.Schema{s.Properties, s.DependentSchemas} {
		for _, one := range several {
			all = append(all, one)
		}
	}
	for _, one := range s.PatternProperties {
		all = append(all, one)
	}
	for _, dependency := range s.Dependencies {
		if one, ok := dependency.(*jsonschema.Schema); ok {
			all = append(all, one)
		}
	}
	for _, oneOrSeveral := range []any{s.Items, s.AdditionalItems, s.AdditionalProperties} {
		switch schemas := oneOrSeveral.(type) {
		case *jsonschema.Schema:
			all = append(all, schemas)
		case []*jsonschema.Schema:
			all = append(all, schemas...)
		}
	}
	return all
}
