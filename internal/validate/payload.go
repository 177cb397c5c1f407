package validate

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// variables is the name under which expressions find what SET_VARIABLES gave.
const variables = "setVariable"

// draft07 is what the schemas that are put together say they are.
const draft07 = "http://json-schema.org/draft-07/schema"

// payload returns the schema of the trigger's payload: the one that the automation
// puts in its place, or what the trigger declares, with what its provider says for
// the filters laid over it. Nil says that nothing is known.
func (l *look) payload() map[string]any {
	s := l.more.Configuration.Trigger.OverrideSchema
	var declared map[string]any
	if l.declared != nil {
		_ = json.Unmarshal(l.declared.Schema, &declared) // it was checked when it was declared
	}
	switch {
	case s == nil && l.c.BuiltIn && l.declared.Key != belay.TriggerSchedule:
		return nil // whatever is sent
	case s == nil:
		s = declared
	case l.c.BuiltIn: // what the trigger itself brings comes whatever a caller sends
		s = self(s)
		s["properties"] = overlaid(properties(declared), properties(s))
	}
	if len(l.dynamic) == 0 || s == nil {
		return s
	}
	s = maps.Clone(s)
	s["properties"] = overlaid(properties(s), properties(l.dynamic))
	return s
}

// before returns the schema of what an action sees: the payload and what each
// action before gives, laid over one another as the run does it. The run adds
// nothing about people, so an identityType brings nothing.
func (l *look) before(id string) map[string]any {
	s := map[string]any{}
	payload := l.payload()
	if payload != nil {
		s = self(payload)
	} else {
		s["additionalProperties"] = map[string]any{} // anything may be there
	}
	fields := maps.Clone(properties(s))
	if fields == nil {
		fields = map[string]any{}
	}
	for _, before := range l.c.Flow.Ancestors(id) {
		l.give(fields, before)
	}
	s["$schema"], s["type"], s["properties"] = draft07, "object", fields
	return s
}

// give adds what an action gives to the fields that those behind it see.
func (l *look) give(fields map[string]any, id string) {
	a := l.actions[id]
	output := l.output(id)
	switch {
	case a.Type == belay.SetVariables:
		set := map[string]any{"type": "object", "additionalProperties": false}
		earlier, _ := fields[variables].(map[string]any)
		set["properties"] = overlaid(properties(earlier), properties(output))
		fields[variables] = set
	case a.Type != belay.AppDefined:
	case a.Namespace != "":
		fields[a.Namespace] = output
	default:
		maps.Copy(fields, properties(output))
	}
}

// output returns the schema of what an action gives: its own where the automation
// has one, or else the declared; of variables, what their expressions give.
func (l *look) output(id string) map[string]any {
	if s, ok := l.outputs[id]; ok {
		return s
	}
	a, more := l.actions[id], l.more.Configuration.Actions[id]
	s := map[string]any{"type": "object"}
	switch {
	case a.Type == belay.SetVariables && more.SetVariables.OutputSchema != nil:
		s = self(more.SetVariables.OutputSchema)
	case a.Type == belay.SetVariables && a.SetVariables != nil:
		var mapping any
		if json.Unmarshal(a.SetVariables.OutputMapping, &mapping) == nil {
			t, _ := formula.CheckTemplate(mapping, formula.TypeOf(l.before(id)))
			s = t.Schema()
		}
	case a.Type == belay.AppDefined && more.AppDefined.OutputSchema != nil:
		s = self(more.AppDefined.OutputSchema)
	case a.Type == belay.AppDefined && a.AppDefined != nil:
		d, _ := l.declaration(a.AppDefined)
		var declared map[string]any
		if json.Unmarshal(d.output, &declared) == nil && declared != nil {
			s = self(declared)
		}
	}
	l.outputs[id] = s
	return s
}

// properties returns the properties of a schema; nil for none.
func properties(s map[string]any) map[string]any {
	p, _ := s["properties"].(map[string]any)
	return p
}

// overlaid returns the properties of both, the upper in place of the lower.
func overlaid(lower, upper map[string]any) map[string]any {
	all := make(map[string]any, len(lower)+len(upper))
	maps.Copy(all, lower)
	maps.Copy(all, upper)
	return all
}

// self returns a copy of a schema that may stand inside another: one that refers to
// parts of itself is written out, as far as its types go.
func self(s map[string]any) map[string]any {
	if refers(s) {
		return formula.TypeOf(s).Schema()
	}
	s = maps.Clone(s)
	delete(s, "$schema")
	delete(s, "$id")
	return s
}

// refers reports whether a reference stands anywhere in v.
func refers(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["$ref"].(string); ok {
			return true
		}
		for _, part := range v {
			if refers(part) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, refers)
	}
	return false
}
