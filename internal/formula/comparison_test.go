package formula_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/formula"
)

func TestReadComparison(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want formula.Comparison
		ok   bool
	}{
		"a number":               {`{{numberGt(var("party.size");8)}}`, formula.Comparison{Function: "numberGt", Field: "party.size", Values: []any{8.0}}, true},
		"turned around":          {`{{not(stringEq(var("plan");"Gold%20plan"))}}`, formula.Comparison{Not: true, Function: "stringEq", Field: "plan", Values: []any{"Gold plan"}}, true},
		"turned around twice":    {`{{not(not(boolEq(var("paid");true)))}}`, formula.Comparison{Function: "boolEq", Field: "paid", Values: []any{true}}, true},
		"no value":               {`{{isEmpty(var("note"))}}`, formula.Comparison{Function: "isEmpty", Field: "note"}, true},
		"the field itself":       {`{{var("paid")}}`, formula.Comparison{Field: "paid"}, true},
		"one of a list":          {`{{contains(["a","b"];var("form"))}}`, formula.Comparison{Function: "contains", Field: "form", Values: []any{"a", "b"}}, true},
		"some item":              {`{{arraySome(var("lines");contains(["a"];$_.sku))}}`, formula.Comparison{Function: "contains", Field: "lines.sku", Items: formula.SomeItem, Values: []any{"a"}}, true},
		"every item":             {`{{arrayEvery(var("lines");numberGt($_.price;5))}}`, formula.Comparison{Function: "numberGt", Field: "lines.price", Items: formula.EveryItem, Values: []any{5.0}}, true},
		"a filter over a list":   {`{{arraySome(["a","b"];contains(var("tags");$_))}}`, formula.Comparison{Function: "contains", Field: "tags", Items: formula.SomeItem, Values: []any{"a", "b"}}, true},
		"a filter over fields":   {`{{arraySome(["a"];contains(arrayMap(var("forms");"id");$_))}}`, formula.Comparison{Function: "contains", Field: "forms.id", Items: formula.SomeItem, Values: []any{"a"}}, true},
		"with another field":     {`{{gt(var("a");var("b"))}}`, formula.Comparison{}, false},
		"of what was worked out": {`{{gt(sum(var("a");1);3)}}`, formula.Comparison{}, false},
		"two at once":            {`{{and(var("a");var("b"))}}`, formula.Comparison{}, false},
		"text":                   {`yes`, formula.Comparison{}, false},
		"mixed text":             {`a {{var("b")}}`, formula.Comparison{}, false},
		"nothing":                {``, formula.Comparison{}, false},
		"broken":                 {`{{gt(var("a")`, formula.Comparison{}, false},
		"no field":               {`{{gt(1;2)}}`, formula.Comparison{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := formula.ReadComparison(tt.src)
			if ok != tt.ok {
				t.Fatalf("ReadComparison(%q) = %+v, %v; want %v", tt.src, got, ok, tt.ok)
			}
			if diff := cmp.Diff(tt.want, got); ok && diff != "" {
				t.Errorf("ReadComparison(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}
