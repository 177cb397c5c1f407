package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/formula"
)

// The table is that of the language, and each example gives what it says.
func TestFormulaFunctionsAreThoseOfTheLanguage(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	s.must("PUT", "/belay/v1/sites/"+siteID, s.operator, map[string]any{"name": "Examples take place in UTC", "timeZone": "UTC"})
	listed := s.must("GET", "/belay/v1/formula-functions", viewerKey, nil)["functions"].([]any)
	all := formula.Functions()
	if len(listed) != len(all) {
		t.Fatalf("%d functions are listed, want %d", len(listed), len(all))
	}
	for i := range all {
		f := listed[i].(map[string]any)
		if f["name"] != all[i].Name || f["signature"] != all[i].Signature() || f["doc"] != all[i].Doc {
			t.Errorf("function %d is %v, want %s", i, f, all[i].Name)
		}
		if all[i].Name == "now" {
			continue // gives another value each time
		}
		example := f["example"].(map[string]any)
		answer := s.must("POST", "/belay/v1/formulas/check", viewerKey, map[string]any{
			"formulas": []any{map[string]any{"text": example["expression"]}}, "example": example["data"],
		})
		result := answer["results"].([]any)[0].(map[string]any)
		if diff := cmp.Diff(example["result"], result["value"]); diff != "" || len(result["problems"].([]any)) > 0 {
			t.Errorf("%s gives %v (-said +given):\n%s", example["expression"], result, diff)
		}
	}
}

// Values that are long together are cut off, not sent.
func TestValuesOfFormulasAreBoundedTogether(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	body := `{"formulas":[{"text":"{{a}}"},{"text":"{{a}}"},{"text":"{{b}}"}],"example":{"a":"` + strings.Repeat("x", 600<<10) + `","b":1}}`
	a := s.call("POST", "/belay/v1/formulas/check", siteKey, body)
	results := a.json(t)["results"].([]any)
	if _, ok := results[0].(map[string]any)["value"]; !ok {
		t.Error("the first has no value")
	}
	failure, _ := results[1].(map[string]any)["failure"].(map[string]any)
	if got, want := failure["message"], "the value is too large to be shown"; got != want {
		t.Errorf("the second fails with %q, want %q", got, want)
	}
}
