package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

func TestActionSchemaMayCombineAndReferToItself(t *testing.T) {
	a, err := schema.CheckActionSchema("inputSchema", []byte(`{
		"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["to"],
		"definitions": {"address": {"type": "string", "format": "email"}},
		"properties": {
			"to": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/address"}},
			"wait": {"oneOf": [{"type": "number"}, {"type": "string", "pattern": "^P"}]},
			"amount": {"type": "string", "format": "number"}
		},
		"patternProperties": {"^x-": {"allOf": [{"type": "string"}, {"maxLength": 3}]}},
		"additionalProperties": false}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		value  any
		want   []string
		reason string
	}{
		"good":        {map[string]any{"to": []any{"a@b.example"}, "wait": "P1D", "x-y": "abc", "amount": "1.5"}, nil, ""},
		"missing":     {map[string]any{}, []string{"input.to REQUIRED"}, "REQUIRED_PROPERTY"},
		"no object":   {"text", []string{"input TYPE"}, "SCHEMA_VALIDATION_FAILED"},
		"nil":         {nil, []string{"input TYPE"}, "SCHEMA_VALIDATION_FAILED"},
		"reference":   {map[string]any{"to": []any{"a@b.example", "b"}}, []string{"input.to[1] FORMAT"}, "SCHEMA_VALIDATION_FAILED"},
		"number":      {map[string]any{"to": []any{"a@b.example"}, "amount": "x"}, []string{"input.amount FORMAT"}, "SCHEMA_VALIDATION_FAILED"},
		"alternative": {map[string]any{"to": []any{"a@b.example"}, "wait": true}, []string{"input.wait ONE_OF"}, "SCHEMA_VALIDATION_FAILED"},
		"unknown":     {map[string]any{"to": []any{"a@b.example"}, "b": 1.0, "a": 1.0}, []string{"input.a NOT_ALLOWED", "input.b NOT_ALLOWED"}, "SCHEMA_VALIDATION_FAILED"},
		"combined":    {map[string]any{"to": []any{"a@b.example"}, "x-y": "abcd"}, []string{"input.x-y MAX_LENGTH"}, "SCHEMA_VALIDATION_FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			err := a.Validate("input", tt.value)
			if diff := cmp.Diff(tt.want, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if refused, ok := errors.AsType[*belay.Error](err); ok && refused.Reason != tt.reason {
				t.Errorf("reason = %q, want %q", refused.Reason, tt.reason)
			}
		})
	}
}

func TestActionSchemaIsRefused(t *testing.T) {
	doubling := `{"type":"object","$ref":"#/definitions/d0","definitions":{`
	for i := range 30 {
		doubling += fmt.Sprintf(`"d%d":{"allOf":[{"$ref":"#/definitions/d%d"},{"$ref":"#/definitions/d%d"}]},`, i, i+1, i+1)
	}
	doubling += `"d30":{}}}`
	for name, tt := range map[string]struct{ raw, want string }{
		"not json":        {`{`, "schema JSON"},
		"no object":       {`true`, "schema TYPE"},
		"no type":         {`{}`, "schema.type REQUIRED"},
		"another type":    {`{"type":"array"}`, "schema.type TYPE"},
		"several types":   {`{"type":["object","null"]}`, "schema.type TYPE"},
		"bad constraint":  {`{"type":"object","properties":{"a":{"minLength":-1}}}`, "schema.properties.a.minLength MINIMUM"},
		"bad pattern":     {`{"type":"object","properties":{"a":{"pattern":"(?=a)"}}}`, "schema.properties.a.pattern FORMAT"},
		"bad pattern key": {`{"type":"object","patternProperties":{"(?=a)":{}}}`, `schema.patternProperties["(?=a)"] KEY`},
		"file":            {`{"type":"object","properties":{"a":{"$ref":"file:///etc/hostname"}}}`, "schema REFERENCE"},
		"address":         {`{"type":"object","properties":{"a":{"$ref":"http://127.0.0.1:1/a"}}}`, "schema REFERENCE"},
		"relative":        {`{"type":"object","properties":{"a":{"$ref":"other.json"}}}`, "schema REFERENCE"},
		"other draft":     {`{"type":"object","$schema":"https://example.com/draft"}`, "schema REFERENCE"},
		"not there":       {`{"type":"object","properties":{"a":{"$ref":"#/definitions/a"}}}`, "schema SCHEMA"},
		"recursive":       {`{"type":"object","properties":{"a":{"$ref":"#"}}}`, "schema RECURSION"},
		"doubling":        {doubling, "schema MAX_SUBSCHEMAS"},
		"many booleans":   {`{"type":"object","anyOf":[true` + strings.Repeat(",true", 5000) + `]}`, "schema MAX_SUBSCHEMAS"},
		"too many":        {`{"type":"object","anyOf":[{}` + strings.Repeat(",{}", 5000) + `]}`, "schema MAX_SUBSCHEMAS"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.CheckActionSchema("schema", []byte(tt.raw))
			if diff := cmp.Diff([]string{tt.want}, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

func TestLargestActionSchemaCompiles(t *testing.T) {
	raw := `{"type":"object","anyOf":[{}` + strings.Repeat(",{}", 4900) + `]}`
	if _, err := schema.CheckActionSchema("schema", []byte(raw)); err != nil {
		t.Error(err)
	}
}

func FuzzCheckActionSchema(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object"}`, `{"type":"object","$id":"#a","properties":{"a":{"$ref":"#a"}}}`, `{"type":"object","$ref":"http://json-schema.org/draft-07/schema"}`,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","$defs":{"a":{"$dynamicAnchor":"b"}},"unevaluatedProperties":{"$dynamicRef":"#b"},"prefixItems":[true]}`,
		`{"type":"object","$id":"http://[::1","dependencies":{"a":["b"],"c":{}},"if":{},"then":false,"contains":{},"multipleOf":1e-300}`,
	} {
		f.Add([]byte(seed), []byte(`{"a":[1,{"b":null}],"c":1e300}`))
	}
	f.Fuzz(func(t *testing.T, raw, value []byte) {
		a, err := schema.CheckActionSchema("schema", raw)
		if err != nil {
			broken(t, err)
			return
		}
		v, err := schema.ParsePayload("input", value)
		if err != nil {
			return
		}
		if got := broken(t, a.Validate("input", v)); len(got) > schema.MaxViolations {
			t.Errorf("%d violations", len(got))
		}
	})
}
