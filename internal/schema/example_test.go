package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/schema"
)

func TestExampleOfShowsEachProperty(t *testing.T) {
	for name, tt := range map[string]struct {
		raw  string
		want map[string]any
	}{
		"what the schema shows": {
			`{"type":"object","properties":{"a":{"examples":["x","y"]},"b":{"default":3},"c":{"const":true},"d":{"enum":["on","off"]}}}`,
			map[string]any{"a": "x", "b": 3.0, "c": true, "d": "on"},
		},
		"what is made": {
			`{"type":"object","properties":{"a":{"type":"string","format":"email"},"b":{"type":["integer","null"],"minimum":5},"c":{"type":"array","items":{"type":"object","properties":{"d":{"type":"boolean"}}}}}}`,
			map[string]any{"a": "ada@example.com", "b": 5.0, "c": []any{map[string]any{"d": true}}},
		},
		"no properties": {`{"type":"object"}`, map[string]any{}},
		"no object":     {`{"type":"string"}`, map[string]any{}},
		"no schema":     {`[`, map[string]any{}},
	} {
		if diff := cmp.Diff(tt.want, schema.ExampleOf([]byte(tt.raw))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
