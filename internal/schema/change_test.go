package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/schema"
)

func TestCheckChangeKeepsWhatIsInUse(t *testing.T) {
	remove := func(from, to string) func(string) string {
		return func(s string) string {
			i := strings.Index(s, from)
			return s[:i] + s[i+strings.Index(s[i:], to):]
		}
	}
	replace := func(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }
	for name, tt := range map[string]struct {
		edit func(string) string
		want []string
	}{
		"nothing":      {replace(), nil},
		"texts":        {replace(`"title": "Total"`, `"title": "Sum"`, "With tax", "Without tax"), nil},
		"new optional": {replace(`"total": {`, `"note": {"type":"string","title":"Note","examples":["x"]}, "total": {`), nil},
		"new optional with required members": {
			replace(`"total": {`, `"note": {"type":"object","title":"Note","examples":[{"b":"x"}],"required":["b"],"properties":{"b":{"type":"string","title":"B"}}}, "total": {`), nil,
		},
		"no more required":  {replace(`["due", "total"]`, `["due"]`), nil},
		"order":             {replace(`["due", "total"]`, `["total", "due"]`), nil},
		"constraint":        {replace(`"minimum": 0`, `"minimum": 1`), nil},
		"removed":           {remove(`"paid"`, `"lines"`), []string{"schema.properties.paid REMOVED"}},
		"removed below":     {remove(`"sku": {`, `"quantity": {`), []string{"schema.properties.lines.items.properties.sku REMOVED"}},
		"type":              {replace(`"type": "boolean", "title": "Paid", "examples": [true]`, `"type": "string", "title": "Paid", "examples": ["x"]`), []string{"schema.properties.paid.type TYPE_FIXED"}},
		"type below":        {replace(`"type": "integer", "title": "Quantity"`, `"type": "number", "title": "Quantity"`), []string{"schema.properties.lines.items.properties.quantity.type TYPE_FIXED"}},
		"format":            {replace(`"format": "number", `, ``), []string{"schema.properties.number.format FORMAT_FIXED"}},
		"new format":        {replace(`{"type": "string", "title": "City"`, `{"type": "string", "format": "uri", "title": "City"`), []string{"schema.properties.address.properties.city.format FORMAT_FIXED"}},
		"mark taken":        {replace(`, "futureDate": true`, ``), []string{"schema.properties.due.futureDate FUTURE_DATE_FIXED"}},
		"new and required":  {replace(`"total": {`, `"note": {"type":"string","title":"Note","examples":["x"]}, "total": {`, `"due", "total"`, `"due", "total", "note"`), []string{"schema.properties.note NEW_REQUIRED"}},
		"old now required":  {replace(`"due", "total"`, `"due", "total", "paid"`), []string{"schema.properties.paid NEW_REQUIRED"}},
		"required below":    {replace(`["quantity"]`, `["quantity", "sku"]`), []string{"schema.properties.lines.items.properties.sku NEW_REQUIRED"}},
		"several, in order": {replace(`["quantity"]`, `["quantity", "sku"]`, `, "futureDate": true`, ``), []string{"schema.properties.due.futureDate FUTURE_DATE_FIXED", "schema.properties.lines.items.properties.sku NEW_REQUIRED"}},
	} {
		t.Run(name, func(t *testing.T) {
			edited := tt.edit(invoice)
			if edited == invoice && name != "nothing" {
				t.Fatal("the edit changes nothing")
			}
			got := lines(schema.CheckChange("schema", declare(t, invoice), declare(t, edited)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}
