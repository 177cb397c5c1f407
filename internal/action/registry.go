package action

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Definition declares one built-in action: what the catalog shows of it and what
// carries it out.
type Definition struct {
	// Key names the action within BuiltInApp: "send_email".
	Key string
	// Name and Description are for site owners.
	Name, Description string
	// InputSchema and OutputSchema are JSON Schemas (2020-12) of Attempt.Input and
	// Outcome.Output.
	InputSchema, OutputSchema json.RawMessage
	Do                        Doer
	// Timeout bounds one attempt; the engine ends ctx when it is over.
	Timeout time.Duration
}

// Registry holds the built-in actions by key. It does not change once made.
type Registry struct {
	byKey map[string]Definition
}

// NewRegistry returns a registry of the definitions. It refuses a definition that
// lacks a key, a name, a Doer or a timeout, a schema that is not a JSON object, and
// a key that comes twice.
func NewRegistry(definitions ...Definition) (*Registry, error) {
	r := &Registry{byKey: make(map[string]Definition, len(definitions))}
	for _, d := range definitions {
		if d.Key == "" || d.Name == "" || d.Do == nil || d.Timeout <= 0 {
			return nil, fmt.Errorf("action %q: key, name, doer and timeout are required", d.Key)
		}
		for _, schema := range []json.RawMessage{d.InputSchema, d.OutputSchema} {
			var object map[string]any
			if err := json.Unmarshal(schema, &object); err != nil {
				return nil, fmt.Errorf("action %q: schema: %w", d.Key, err)
			}
		}
		if _, taken := r.byKey[d.Key]; taken {
			return nil, fmt.Errorf("action %q: declared twice", d.Key)
		}
		r.byKey[d.Key] = d
	}
	return r, nil
}

// Find returns the built-in action of that key.
func (r *Registry) Find(key string) (Definition, bool) {
	d, ok := r.byKey[key]
	return d, ok
}

// All returns every definition, ordered by key.
func (r *Registry) All() []Definition {
	return slices.SortedFunc(maps.Values(r.byKey), func(a, b Definition) int {
		return cmp.Compare(a.Key, b.Key)
	})
}
