package validate

import (
	"encoding/json"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// Option is what an automation lets through of one filter of its trigger.
type Option struct {
	FieldKey string
	Values   []string
}

// The bounds on options.
// Source: the compatible wire, SelectedFilterOption.
const (
	maxOptions      = 5
	maxOptionValues = 100
)

// Selected returns what the filters of a trigger's use let through, as its provider
// is told: the values in the filters' expressions, as text.
func Selected(use *belay.TriggerUse) []Option {
	options := make([]Option, 0, len(use.Filters))
	for _, f := range use.Filters[:min(len(use.Filters), maxOptions)] {
		o := Option{FieldKey: f.FieldKey, Values: []string{}}
		for _, v := range formula.Literals(f.Expression) {
			if len(o.Values) < maxOptionValues {
				o.Values = append(o.Values, textOf(v))
			}
		}
		options = append(options, o)
	}
	return options
}

// textOf writes a literal, which is text, a number, true, false or null.
func textOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}
