package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// inputs is what the input schema of a built-in action lets be said before any
// expression is evaluated.
type inputs struct {
	required []string
	either   [][]string // at least one of them must be there whole
	known    map[string]bool
	typed    formula.Type
	closed   bool           // no other field than the known
	literals *schema.Action // the schema less what asks for presence
}

func readInputs(d action.Definition) (*inputs, error) {
	var s struct {
		Required []string `json:"required"`
		AnyOf    []struct {
			Required []string `json:"required"`
		} `json:"anyOf"`
		Additional any            `json:"additionalProperties"`
		Properties map[string]any `json:"properties"`
	}
	var whole map[string]any
	if err := json.Unmarshal(d.InputSchema, &s); err != nil {
		return nil, fmt.Errorf("input schema of %s: %w", d.Key, err)
	}
	if err := json.Unmarshal(d.InputSchema, &whole); err != nil {
		return nil, fmt.Errorf("input schema of %s: %w", d.Key, err)
	}
	in := &inputs{required: s.Required, known: map[string]bool{}, typed: formula.TypeOf(whole), closed: s.Additional == false}
	for _, way := range s.AnyOf {
		in.either = append(in.either, way.Required)
	}
	for field := range s.Properties {
		in.known[field] = true
	}
	delete(whole, "required")
	delete(whole, "anyOf")
	if len(s.Properties) == 0 {
		return in, nil
	}
	loose, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("input schema of %s: %w", d.Key, err)
	}
	if in.literals, err = schema.CheckActionSchema(d.Key, loose); err != nil {
		return nil, fmt.Errorf("input schema of %s: %w", d.Key, err)
	}
	return in, nil
}

// check returns what is wrong with an input mapping whatever its expressions
// will give: fields that are missing or unknown, and literal values that the
// schema refuses. place is where the mapping stands in the caller's words.
func (in *inputs) check(place string, mapping map[string]any) []belay.Violation {
	var wrong []belay.Violation
	for _, field := range in.required {
		if _, ok := mapping[field]; !ok {
			wrong = append(wrong, belay.Violation{Field: place + "." + field, Rule: "REQUIRED", Description: "is required"})
		}
	}
	if len(in.either) > 0 && !slices.ContainsFunc(in.either, func(way []string) bool { return hasAll(mapping, way) }) {
		var ways []string
		for _, way := range in.either {
			ways = append(ways, strings.Join(way, " and "))
		}
		wrong = append(wrong, belay.Violation{Field: place, Rule: "REQUIRED", Description: "needs " + strings.Join(ways, " or ")})
	}
	literals := make(map[string]any)
	for field, value := range mapping {
		switch {
		case in.closed && !in.known[field]:
			wrong = append(wrong, belay.Violation{Field: place + "." + field, Rule: "UNKNOWN_FIELD", Description: "is no field of this action"})
		case literal(value):
			literals[field] = value
		}
	}
	if in.literals != nil {
		if e, ok := in.literals.Validate(place, in.typed.Written(literals)).(*belay.Error); ok {
			wrong = append(wrong, e.Violations...)
		}
	}
	slices.SortStableFunc(wrong, func(a, b belay.Violation) int { return strings.Compare(a.Field, b.Field) })
	return wrong
}

func hasAll(mapping map[string]any, fields []string) bool {
	for _, field := range fields {
		if _, ok := mapping[field]; !ok {
			return false
		}
	}
	return true
}

// literal reports whether no expression stands anywhere in v.
func literal(v any) bool {
	switch v := v.(type) {
	case string:
		return !strings.Contains(v, "{{")
	case map[string]any:
		for _, e := range v {
			if !literal(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !literal(e) {
				return false
			}
		}
	}
	return true
}

// written returns an input as the action takes it: a field that is one expression
// keeps its type, and a person who puts a number into a subject means its digits.
func (in *inputs) written(input map[string]any) map[string]any {
	if in == nil {
		return input
	}
	written, _ := in.typed.Written(input).(map[string]any)
	return written
}

// inputFaults is what config asks of an automation's built-in actions.
func (e *Engine) inputFaults(app belay.ID, key, place string, mapping map[string]any) []belay.Violation {
	in := e.inputs[key]
	if app != belay.BuiltIn || in == nil {
		return nil
	}
	return in.check(place, mapping)
}
