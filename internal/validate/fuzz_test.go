package validate_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/validate"
)

// Whatever a stranger sends is looked at, and what is valid can be activated.
func FuzzValidate(f *testing.F) {
	for _, parts := range []map[string]string{
		nil,
		{"trigger": `{"appId": "APP", "triggerKey": "booked", "overrideSchema": {"properties": {"a": {"$ref": "#"}}}, "filters": [{"fieldKey": "a[0].b", "filterExpression": "{{arraySome(a;eq($_.b;1))}}"}]}`},
		{"trigger": `{"appId": "APP", "triggerKey": "starting", "scheduledEventOffset": {"preScheduledEventOffsetExpression": "{{1}}", "scheduledEventOffsetTimeUnit": "DAYS"}}`},
		{"actions": `{"a": ` + invoice(`{"to": "{{email}}", "amount": 1, "lines": [{"sku": "{{lines[0].sku}}"}]}`, `["b"]`) + `, "b": {"type": "MERGE", "mergeInfo": {"postActionIds": ["a"]}}}`},
		{"actions": `{"a": {"type": "SPLIT", "splitInfo": {"paths": [{"name": "x", "postActionId": "b"}, {"name": "y", "postActionId": "b"}]}}, "b": {"type": "MERGE"}}`},
		{"actions": `{"a": {"type": "SET_VARIABLES", "setVariablesInfo": {"outputMapping": {"x": "{{setVariable.x}}"}, "outputSchema": 5, "postActionIds": ["b"]}}, "b": {"type": "OUTPUT", "outputInfo": {"outputMapping": [1]}}}`},
		{"actions": `{"a": {"type": "RATE_LIMIT", "rateLimitInfo": {"maxActivationsExpression": "{{1}}"}}, "b.c": {"type": "CODE_CONDITION", "codeConditionInfo": {"dynamicVariableExpressions": ["{{x}}"]}}}`},
	} {
		f.Add(automation(parts))
	}
	f.Fuzz(func(t *testing.T, doc string) {
		v := newValidator(t, nil)
		r, err := v.Validate(t.Context(), operator, site, json.RawMessage(doc), validate.Settings{})
		if err != nil {
			if _, ok := errors.AsType[*belay.Error](err); !ok {
				t.Fatal(err)
			}
			return
		}
		if _, err := v.Book.CreateAutomation(t.Context(), operator, site, json.RawMessage(doc)); err != nil && r.Valid() {
			t.Fatalf("valid, and refused: %v", err)
		}
		for _, id := range r.Actions {
			for _, f := range id.Findings {
				if f.Message == "" || f.Reason == "" || f.Severity == "" {
					t.Fatalf("%+v says too little", f)
				}
			}
		}
	})
}
