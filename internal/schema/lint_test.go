package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/schema"
)

func TestLintMendsWhatIsObvious(t *testing.T) {
	const titled = `"title":"A","examples":["x"]`
	for name, tt := range map[string]struct {
		schema, rule, fixed string
		remaining           int
	}{
		"a root without a type":    {`{"properties":{"a":{"type":"string",` + titled + `}}}`, "REQUIRED", `{"properties":{"a":{"type":"string",` + titled + `}},"type":"object"}`, 0},
		"no title":                 {`{"type":"object","properties":{"start_at":{"type":"string","examples":["x"]}}}`, "REQUIRED", `{"type":"object","properties":{"start_at":{"type":"string","examples":["x"],"title":"Start at"}}}`, 0},
		"no example":               {`{"type":"object","properties":{"a":{"type":"string","format":"email","title":"A"}}}`, "REQUIRED", `{"type":"object","properties":{"a":{"type":"string","format":"email","title":"A","examples":["ada@example.com"]}}}`, 0},
		"a foreign word of type":   {`{"type":"object","properties":{"a":{"type":"datetime","title":"A","examples":["2030-06-01T09:00:00Z"]}}}`, "TYPE", `{"type":"object","properties":{"a":{"type":"string","title":"A","examples":["2030-06-01T09:00:00Z"],"format":"date-time"}}}`, 0},
		"a type or null":           {`{"type":"object","properties":{"a":{"type":["string","null"],` + titled + `}}}`, "TYPE", `{"type":"object","properties":{"a":{"type":"string",` + titled + `}}}`, 0},
		"a foreign format":         {`{"type":"object","properties":{"a":{"type":"string","format":"url","title":"A","examples":["https://a.example/"]}}}`, "FORMAT", `{"type":"object","properties":{"a":{"type":"string","format":"uri","title":"A","examples":["https://a.example/"]}}}`, 0},
		"a key with a space":       {`{"type":"object","required":["a b"],"properties":{"a b":{"type":"string",` + titled + `}}}`, "KEY", `{"type":"object","required":["a_b"],"properties":{"a_b":{"type":"string",` + titled + `}}}`, 0},
		"a required stranger":      {`{"type":"object","required":["b","a","c"],"properties":{"a":{"type":"string",` + titled + `}}}`, "UNDECLARED", `{"type":"object","required":["a"],"properties":{"a":{"type":"string",` + titled + `}}}`, 0},
		"a reference":              {`{"type":"object","definitions":{"id":{"type":"string","title":"ID","examples":["x"]}},"properties":{"a":{"$ref":"#/definitions/id"}}}`, "REFERENCE", `{"type":"object","properties":{"a":{"type":"string","title":"ID","examples":["x"]}}}`, 0},
		"one description or null":  {`{"type":"object","properties":{"a":{"title":"A","examples":["x"],"anyOf":[{"type":"string"},{"type":"null"}]}}}`, "COMPOSITION", `{"type":"object","properties":{"a":{"title":"A","examples":["x"],"type":"string"}}}`, 0},
		"a date without a format":  {`{"type":"object","properties":{"a":{"type":"string","title":"A","examples":["2030-06-01T09:00:00Z"],"futureDate":true}}}`, "NOT_ALLOWED", `{"type":"object","properties":{"a":{"type":"string","title":"A","examples":["2030-06-01T09:00:00Z"],"futureDate":true,"format":"date-time"}}}`, 0},
		"what only a person knows": {`{"type":"object","properties":{"a":{"type":"object","title":"A","examples":[{}],"properties":{"b":{"type":"object","title":"B"}}}}}`, "NESTING", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := schema.LintPayload("schema", []byte(tt.schema))
			rules := make([]string, len(got.Problems))
			for i, p := range got.Problems {
				rules[i] = p.Rule
			}
			if !strings.Contains(strings.Join(rules, " "), tt.rule) {
				t.Errorf("problems = %q; want %s among them", rules, tt.rule)
			}
			if diff := cmp.Diff(tt.fixed, string(got.Fixed)); diff != "" {
				t.Errorf("fixed (-want +got):\n%s", diff)
			}
			if got.Remaining != tt.remaining {
				t.Errorf("%d problems remain; want %d", got.Remaining, tt.remaining)
			}
		})
	}
}

func TestLintSaysWhatDeclareSays(t *testing.T) {
	raw := []byte(`{"type":"object","properties":{"start":{"type":"string","format":"date-time","futureDate":true,"title":"Start","examples":["2030-06-01T09:00:00Z"]}}}`)
	if got := schema.LintPayload("schema", raw); len(got.Problems) != 0 || !got.Scheduled || got.Fixed != nil {
		t.Errorf("LintPayload of a good schema = %+v", got)
	}
	if got := schema.LintPayload("schema", []byte(`{"type":`)); len(got.Problems) != 1 || got.Problems[0].Fix != nil || got.Fixed != nil {
		t.Errorf("LintPayload of no JSON = %+v", got)
	}
	if got := schema.LintAction("schema", []byte(`{"type":"string"}`)); len(got.Problems) != 1 || got.Problems[0].Pointer != "/type" {
		t.Errorf("LintAction of a string = %+v", got)
	}
}

func FuzzLint(f *testing.F) {
	f.Add(`{"type":"object","required":["b"],"definitions":{"x":{"$ref":"#/definitions/x"}},"properties":{"a b":{"$ref":"#/definitions/x"}}}`)
	f.Add(`{"properties":{"a":{"type":["null"],"allOf":[{}],"format":1,"examples":{}}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		got := schema.LintPayload("schema", []byte(raw))
		if got.Fixed == nil {
			return
		}
		if !json.Valid(got.Fixed) {
			t.Fatalf("fixed is no JSON: %s", got.Fixed)
		}
		if again := schema.LintPayload("schema", got.Fixed); len(again.Problems) != got.Remaining {
			t.Errorf("%d problems remain in %s; Remaining says %d", len(again.Problems), got.Fixed, got.Remaining)
		}
	})
}
