package validate

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// inputMapping is the input of one action as an automation maps it.
type inputMapping struct {
	look      *look
	id, place string
	mapping   map[string]any
	leaves    []formula.Leaf  // its expressions
	schema    json.RawMessage // of the input; none says nothing
	wants     formula.Type    // what the schema says by type
}

func (l *look) inputMapping(id, place string, mapping map[string]any, data formula.Type, input json.RawMessage) *inputMapping {
	m := &inputMapping{look: l, id: id, place: place, mapping: mapping, schema: input}
	_, m.leaves = formula.CheckTemplate(mapping, data)
	var says any
	_ = json.Unmarshal(input, &says)
	m.wants = formula.TypeOf(says)
	return m
}

// check holds what the mapping's expressions give, by type, against the action's
// input schema.
func (m *inputMapping) check() {
	for i := range m.leaves {
		leaf := &m.leaves[i]
		f := m.finding(leaf.Steps)
		m.look.problems(f, leaf.Problems)
		if wrong := leaf.Type.Mismatch(m.wants.Under(leaf.Steps...)); wrong != "" {
			f.Severity, f.Type, f.Reason = Error, "MAPPING_TYPE_MISMATCH", "TYPE"
			f.Message = "the value " + wrong
			m.look.add(f)
		}
	}
}

func (m *inputMapping) finding(steps []any) Finding {
	return Finding{ActionID: m.id, Part: Action, FieldKey: fieldOf(steps), Field: schema.Place(m.place, steps...)}
}

// literals holds the mapping against the schema with its expressions left open:
// what the schema says of a place where one stands, or of what holds that place
// together, is not known before it has a value.
func (m *inputMapping) literals() {
	if len(m.schema) == 0 {
		return
	}
	compiled, err := schema.CheckActionSchema("inputSchema", m.schema)
	if err != nil {
		return // declared under other rules
	}
	e, ok := errors.AsType[*belay.Error](compiled.Validate(m.place, m.wants.Written(m.mapping)))
	if !ok {
		return
	}
	open := make([]string, len(m.leaves))
	for i, leaf := range m.leaves {
		open[i] = m.finding(leaf.Steps).Field
	}
	var known []belay.Violation
	for _, v := range e.Violations {
		if v.Rule == "REQUIRED" || !touches(v.Field, open) {
			known = append(known, v)
		}
	}
	m.refuse(known)
}

// touches reports whether a place is one of those, or holds one of them.
func touches(place string, open []string) bool {
	for _, o := range open {
		rest, below := strings.CutPrefix(o, place)
		if below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// refuse adds violations of an input schema.
func (m *inputMapping) refuse(violations []belay.Violation) {
	for _, v := range violations {
		f := Finding{ActionID: m.id, Part: Action, Severity: Error, Field: v.Field, Reason: v.Rule, Message: v.Description}
		f.FieldKey, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(v.Field, m.place), "."), ".")
		f.FieldKey, _, _ = strings.Cut(f.FieldKey, "[")
		switch v.Rule {
		case "REQUIRED":
			f.Type = "MAPPING_MISSING_REQUIRED_FIELD"
		case "TYPE":
			f.Type = "MAPPING_TYPE_MISMATCH"
		default:
			f.Type = "MAPPING_SCHEMA_MISMATCH"
		}
		m.look.add(f)
	}
}
