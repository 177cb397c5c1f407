package schema

import (
	"errors"
	"fmt"
	"math"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/belay-events/belay/internal/belay"
)

// rule is what one place of a payload must obey. What nearly every schema says is
// checked here, without allocating; the rest is the library's.
type rule struct {
	key      string
	kind     string // the JSON Schema type
	required bool
	format   string
	is       func(string) bool // the format's check, nil for none
	members  []rule            // of the object, or of each object in the array
	whole    bool              // compiled decides alone about this value
	compiled *jsonschema.Schema
}

// newRule returns the rule of the schema n, whose declaration is good.
func newRule(key string, n *node, compiled *jsonschema.Schema) rule {
	r := rule{key: key, kind: n.get("type").word(), format: n.get("format").word(), compiled: compiled}
	r.is = ownFormat(r.format)
	for _, m := range n.members {
		r.whole = r.whole || constrains(m.key) && (m.key != "format" || r.is == nil)
	}
	holder := n
	if r.kind == "array" {
		if holder = n.get("items"); holder == nil {
			return r
		}
		compiled, _ = compiled.Items.(*jsonschema.Schema)
	}
	properties := holder.get("properties")
	if properties == nil {
		return r
	}
	required := holder.get("required").words()
	for _, m := range properties.members {
		member := newRule(m.key, m.value, compiled.Properties[m.key])
		member.required = required[m.key]
		r.members = append(r.members, member)
	}
	return r
}

// Validate returns nil when payload, as ParsePayload reads it, obeys the schema.
// Otherwise the error is a *belay.Error with at most MaxViolations violations,
// each naming the place below field and the rule: REQUIRED, TYPE, FORMAT, or the
// constraint's own (ENUM, PATTERN, MAX_LENGTH …), in the order of the schema.
// Where one of them is REQUIRED, a missing property, its Reason is REQUIRED_PROPERTY and its
// Code InvalidArgument; otherwise SCHEMA_VALIDATION_FAILED, FailedPrecondition.
// null is a value like another and has no type that a schema can name.
func (p *Payload) Validate(field string, payload map[string]any) error {
	const deepest = 3 // payload.lines[3].quantity
	c := check{place: place{field: field, steps: make([]step, 0, deepest)}}
	c.object(p.root.members, payload)
	if len(c.broken) == 0 {
		return nil
	}
	return c.refusal(field)
}

// check walks a value along the rules for it and collects what it breaks.
type check struct {
	place
	violations
}

func (c *check) breach(rule, description string) { c.add(&c.place, rule, description) }

func (c *check) object(members []rule, object map[string]any) {
	for i := range members {
		r := &members[i]
		v, there := object[r.key]
		if !there && !r.required {
			continue
		}
		if len(c.broken) >= MaxViolations {
			return
		}
		c.enter(r.key)
		if there {
			c.value(r, v)
		} else {
			c.breach("REQUIRED", "is missing")
		}
		c.leave()
	}
}

func (c *check) value(r *rule, v any) {
	if !hasType(v, r.kind) {
		c.breach("TYPE", mustBe(r.kind, v))
		return
	}
	if r.whole {
		if err := r.compiled.Validate(v); err != nil {
			c.fromLibrary(v, err)
		}
		return
	}
	switch v := v.(type) {
	case string:
		if r.is != nil && !r.is(v) {
			c.breach("FORMAT", "must be of the format "+r.format)
		}
	case map[string]any:
		c.object(r.members, v)
	case []any:
		if r.members == nil {
			return
		}
		for i, e := range v {
			c.enterIndex(i)
			if object, ok := e.(map[string]any); ok {
				c.object(r.members, object)
			} else {
				c.breach("TYPE", mustBe("object", e))
			}
			c.leave()
			if len(c.broken) >= MaxViolations {
				return
			}
		}
	}
}

// obeys reports whether v breaks nothing.
func (r *rule) obeys(v any) bool {
	var c check
	c.value(r, v)
	return len(c.broken) == 0
}

// fromLibrary adds what the library found wrong with v, which stands at c.place.
func (c *check) fromLibrary(v any, err error) { c.violations.fromLibrary(&c.place, v, err) }

func (d *declaration) fromLibrary(v any, err error) { d.violations.fromLibrary(&d.place, v, err) }

// hasType reports whether v is of a type of JSON Schema; 2.0 is an integer.
func hasType(v any, kind string) bool {
	switch v := v.(type) {
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" && !math.IsNaN(v) && !math.IsInf(v, 0) || kind == "integer" && v == math.Trunc(v) && !math.IsInf(v, 0)
	case int, int64:
		return kind == "number" || kind == "integer"
	case map[string]any:
		return kind == "object"
	case []any:
		return kind == "array"
	}
	return false
}

// mustBe describes that v is not of the type wanted.
func mustBe(kind string, v any) string {
	return fmt.Sprintf("must be %s, is %s", withArticle(kind), typeOf(v))
}

func withArticle(kind string) string {
	switch kind {
	case "integer":
		return "a whole number"
	case "array", "object":
		return "an " + kind
	case "null":
		return kind
	}
	return "a " + kind
}

// typeOf returns what v is, in words.
func typeOf(v any) string {
	for _, kind := range []string{"string", "boolean", "number", "array", "object"} {
		if hasType(v, kind) {
			return withArticle(kind)
		}
	}
	if v == nil {
		return "null"
	}
	return "no JSON value"
}

// violations is what has been found wrong so far.
type violations struct {
	broken []belay.Violation
}

func (vs *violations) add(p *place, rule, description string) {
	vs.broken = append(vs.broken, belay.Violation{Field: p.String(), Rule: rule, Description: description})
}

// refusal returns the error for a value that breaks its schema.
func (vs *violations) refusal(field string) *belay.Error {
	refused := &belay.Error{
		Code:       belay.FailedPrecondition,
		Reason:     "SCHEMA_VALIDATION_FAILED",
		Message:    field + " does not obey the schema",
		Violations: vs.broken[:min(len(vs.broken), MaxViolations)],
	}
	for _, v := range refused.Violations {
		if v.Rule == "REQUIRED" {
			refused.Code, refused.Reason = belay.InvalidArgument, "REQUIRED_PROPERTY"
			refused.Message = field + " lacks a required property"
			break
		}
	}
	return refused
}

// asValidation returns the library's account of a value or schema that breaks a
// rule, nil when err says something else.
func asValidation(err error) *jsonschema.ValidationError {
	if s, ok := errors.AsType[*jsonschema.SchemaValidationError](err); ok {
		err = s.Err
	}
	v, _ := errors.AsType[*jsonschema.ValidationError](err)
	return v
}
