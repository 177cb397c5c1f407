package formula_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/formula"
)

func TestNumbersAndBooleansAreWrittenWhereATextIsWanted(t *testing.T) {
	for name, tt := range map[string]struct{ schema, value, want string }{
		"a number":             {`{"type":"string"}`, `1.50`, `"1.5"`},
		"a boolean":            {`{"type":"string"}`, `false`, `"false"`},
		"a text":               {`{"type":"string"}`, `"7"`, `"7"`},
		"null":                 {`{"type":"string"}`, `null`, `null`},
		"a text or null":       {`{"type":["string","null"]}`, `7`, `"7"`},
		"a text or a number":   {`{"type":["string","number"]}`, `7`, `7`},
		"an object for a text": {`{"type":"string"}`, `{"a":7}`, `{"a":7}`},
		"a number is wanted":   {`{"type":"number"}`, `"7"`, `"7"`},
		"by its values":        {`{"enum":["1","2"]}`, `1`, `"1"`},
		"below":                {`{"properties":{"a":{"items":{"properties":{"b":{"type":"string"}}}}}}`, `{"a":[{"b":7,"c":8}],"b":9}`, `{"a":[{"b":"7","c":8}],"b":9}`},
		"by a reference":       {`{"properties":{"a":{"$ref":"#/definitions/t"}},"definitions":{"t":{"type":"string"}}}`, `{"a":7}`, `{"a":"7"}`},
		"any other field":      {`{"type":"object","additionalProperties":{"type":"string"}}`, `{"a":7}`, `{"a":"7"}`},
		"nothing is said":      {`{}`, `{"a":[7,true]}`, `{"a":[7,true]}`},
	} {
		t.Run(name, func(t *testing.T) {
			decode := func(s string) (v any) {
				if err := json.Unmarshal([]byte(s), &v); err != nil {
					t.Fatal(err)
				}
				return v
			}
			got := formula.TypeOf(decode(tt.schema)).Written(decode(tt.value))
			if diff := cmp.Diff(decode(tt.want), got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}
