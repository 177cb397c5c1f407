package formula

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop is the type of a payload that the tables check against.
func shop(t testing.TB) Type {
	t.Helper()
	var schema any
	err := json.Unmarshal([]byte(`{
		"type": "object",
		"$defs": {"money": {"type": "object", "properties": {"amount": {"type": "string", "format": "number"}, "currency": {"type": "string"}}}},
		"properties": {
			"name": {"type": "string"}, "email": {"type": "string", "format": "email"}, "id": {"type": "string", "format": "uuid"},
			"total": {"type": "number"}, "count": {"type": "integer"}, "paid": {"type": "boolean"}, "price": {"$ref": "#/$defs/money"},
			"at": {"type": "string", "format": "date-time"}, "on": {"type": "string", "format": "date"},
			"tags": {"type": "array", "items": {"type": "string"}}, "flags": {"type": "array", "items": {"type": "boolean"}},
			"lines": {"type": "array", "items": {"type": "object", "additionalProperties": false,
				"properties": {"sku": {"type": "string"}, "qty": {"type": "number"}}}},
			"setVariable": {"type": "object", "additionalProperties": false, "properties": {"x": {"type": "number"}}},
			"headers": {"type": "object", "additionalProperties": {"type": "string"}},
			"body": {}, "free": {"type": "object"}, "maybe": {"type": ["number", "null"]},
			"either": {"anyOf": [{"type": "string"}, {"type": "number"}]},
			"all": {"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "number"}}}]},
			"word": {"enum": ["a", "b"]}
		},
		"additionalProperties": true
	}`), &schema)
	if err != nil {
		t.Fatal(err)
	}
	return TypeOf(schema)
}

func TestCheckKnowsWhatAnExpressionGives(t *testing.T) {
	data := shop(t)
	for src, want := range map[string]string{
		`plain`:                             `{"type":"string"}`,
		`{{total}} {{paid}}`:                `{"type":"string"}`,
		`{{total}}`:                         `{"type":"number"}`,
		`{{1}}`:                             `{"type":"number"}`,
		`{{at}}`:                            `{"type":"string","format":"date-time"}`,
		`{{price.amount}}`:                  `{"type":"string","format":"number"}`,
		`{{lines[0].qty}}`:                  `{"type":"array","items":{"type":"number"}}`,
		`{{lines.sku}}`:                     `{"type":"array","items":{"type":"string"}}`,
		`{{arrayMap(lines;"sku")}}`:         `{"type":"array","items":{"type":"string"}}`,
		`{{arrayFilter(tags;true)}}`:        `{"type":"array","items":{"type":"string"}}`,
		`{{sum(total;count)}}`:              `{"type":"number"}`,
		`{{if(paid;total;name)}}`:           `{"type":["string","number"]}`,
		`{{if(paid;total;body)}}`:           `{}`,
		`{{[1,"a"]}}`:                       `{"type":"array","items":{"type":["string","number"]}}`,
		`{{[]}}`:                            `{"type":"array"}`,
		`{{addToDate(on;0;1;0)}}`:           `{"type":"string","format":"date"}`,
		`{{addToDate(free.at;0;1;0)}}`:      `{"type":["string","number"]}`,
		`{{now()}}`:                         `{"type":"string","format":"date-time"}`,
		`{{body.anything.below}}`:           `{}`,
		`{{free.anything}}`:                 `{}`,
		`{{headers.x-id}}`:                  `{"type":"string"}`,
		`{{either}}`:                        `{"type":["string","number"]}`,
		`{{all.a}}`:                         `{"type":"string"}`,
		`{{all.b}}`:                         `{"type":"number"}`,
		`{{maybe}}`:                         `{"type":["number","null"]}`,
		`{{word}}`:                          `{"type":"string"}`,
		`{{arraySome(lines;gt($_.qty;3))}}`: `{"type":"boolean"}`,
	} {
		got, problems := Check(src, data)
		var schema any
		if err := json.Unmarshal([]byte(want), &schema); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(schema, any(got.Schema())); diff != "" || len(problems) > 0 {
			t.Errorf("%s gives %v (-want +got):\n%s", src, problems, diff)
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	data := shop(t)
	for src, want := range map[string]string{
		`{{sum(tags;1)}}`:                 `6 ARGUMENT_TYPE certain: sum: value 1 (tags) is a list, not a number (at character 7)`,
		`{{sum(paid;1)}}`:                 `6 ARGUMENT_TYPE certain: sum: value 1 (paid) is true or false, not a number (at character 7)`,
		`{{sum(name;1)}}`:                 `6 ARGUMENT_TYPE: sum: value 1 (name) is text that may not be a number (at character 7)`,
		`{{sum(email;1)}}`:                `6 ARGUMENT_TYPE certain: sum: value 1 (email) is text of the format email, not a number (at character 7)`,
		`{{sum(price.amount;"2")}}`:       ``,
		`{{sum(maybe;total;either)}}`:     ``,
		`{{sum("two";2)}}`:                `6 ARGUMENT_VALUE certain: sum: value 1 is text that is not a number (at character 7)`,
		`{{sum(null;2)}}`:                 `6 ARGUMENT_TYPE certain: sum: value 1 is null, not a number (at character 7)`,
		`{{eq(null;2)}}`:                  ``,
		`{{divide(total;0)}}`:             `15 ARGUMENT_VALUE certain: divide: value 2 is zero, and nothing can be divided by zero (at character 16)`,
		`{{mod(total;"0")}}`:              `12 ARGUMENT_VALUE certain: mod: value 2 is zero, and nothing can be divided by zero (at character 13)`,
		`{{round(total;1.5)}}`:            `14 ARGUMENT_VALUE certain: round: value 2 is not a whole number (at character 15)`,
		`{{lower(lines)}}`:                `8 ARGUMENT_TYPE certain: lower: value 1 (lines) is a list, not text (at character 9)`,
		`{{lower(total)}}`:                ``,
		`{{arraySum(flags)}}`:             `11 ARGUMENT_TYPE certain: arraySum: value 1 (flags) is a list of what is true or false, not of numbers (at character 12)`,
		`{{arraySum(tags)}}`:              ``,
		`{{arraySum(name)}}`:              `11 ARGUMENT_TYPE certain: arraySum: value 1 (name) is text, not a list of numbers (at character 12)`,
		`{{hour(on)}}`:                    `7 ARGUMENT_TYPE certain: hour: value 1 (on) is text of the format date, not a date-time (at character 8)`,
		`{{hour("2026-05-01")}}`:          `7 ARGUMENT_VALUE certain: hour: value 1 is a date without a time of day (at character 8)`,
		`{{year(id)}}`:                    `7 ARGUMENT_TYPE certain: year: value 1 (id) is text of the format uuid, not a date (at character 8)`,
		`{{year(name)}}`:                  `7 ARGUMENT_TYPE: year: value 1 (name) is text that may not be a date (at character 8)`,
		`{{dateEq(at;"soon")}}`:           `12 ARGUMENT_VALUE certain: dateEq: value 2 is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z) (at character 13)`,
		`{{not(name)}}`:                   `6 ARGUMENT_TYPE certain: not: value 1 (name) is text, not true or false (at character 7)`,
		`{{arraySome(lines;$_.qty)}}`:     `18 ARGUMENT_TYPE certain: arraySome: value 2 is a number, not true or false (at character 19)`,
		`{{arraySome(lines;gt($_.q;1))}}`: `21 UNKNOWN_VARIABLE certain: there is no field $_.q (at character 22)`,
		`{{arrayMap(lines;"price")}}`:     `17 UNKNOWN_VARIABLE certain: there is no field price (at character 18)`,
		`{{var("totl")}}`:                 `7 UNKNOWN_VARIABLE: there is no field totl in the schema (at character 8)`,
		`{{setVariable.y}}`:               `2 UNKNOWN_VARIABLE certain: there is no field setVariable.y (at character 3)`,
		`{{total.amount}}`:                `2 UNKNOWN_VARIABLE certain: there is no field total.amount (at character 3)`,
		`ü {{var("totl")}}`:               `10 UNKNOWN_VARIABLE: there is no field totl in the schema (at character 10)`,
		`{{sum(1)}}`:                      `2 ARITY certain: sum takes at least 2 values, not 1 (at character 3)`,
		`{{summ(1;2)}}`:                   `2 UNKNOWN_FUNCTION certain: there is no function summ; did you mean sum? (at character 3)`,
		`{{sum(1;2}}`:                     `9 SYNTAX certain: } where ; or ) was expected (at character 10)`,
		`{{arrayMap(lines;1)}}`:           `17 ARGUMENT_VALUE certain: arrayMap needs a path in quotes (at character 18)`,
	} {
		_, problems := Check(src, data)
		var got []string
		for _, p := range problems {
			sure := ""
			if p.Certain {
				sure = " certain"
			}
			got = append(got, fmt.Sprintf("%d %s%s: %s", p.Pos, p.Kind, sure, p.String()))
		}
		if all := strings.Join(got, "\n"); all != want {
			t.Errorf("%s\ngot  %s\nwant %s", src, all, want)
		}
	}
}

func TestCheckOfNothingKnownFindsNothing(t *testing.T) {
	for _, f := range Functions() {
		args := make([]string, len(f.Params))
		for i, p := range f.Params {
			args[i] = map[string]string{"path": `"a"`, "predicate": "$_.b"}[p.Type]
			if args[i] == "" {
				args[i] = "x.y"
			}
		}
		src := "{{" + f.Name + "(" + strings.Join(args, ";") + ")}}"
		if _, problems := Check(src, Type{}); len(problems) > 0 {
			t.Errorf("%s: %v", src, problems)
		}
	}
}

func TestCheckTemplateNamesEachText(t *testing.T) {
	template := map[string]any{
		"to": "{{email}}", "plain": "x", "n": 1.0,
		"lines": []any{"{{total}}", map[string]any{"sku": "a {{sku}}"}},
	}
	whole, leaves := CheckTemplate(template, shop(t))
	var places []string
	for _, l := range leaves {
		places = append(places, fmt.Sprint(l.Steps, len(l.Problems)))
	}
	if want := []string{"[lines 0] 0", "[lines 1 sku] 1", "[to] 0"}; !slices.Equal(places, want) {
		t.Errorf("leaves at %q, want %q", places, want)
	}
	if got := whole.Fields["to"]; !whole.Closed || got.Format != "email" || whole.Fields["n"].Kinds != Number {
		t.Errorf("the template is of the type %+v", whole)
	}
}

func TestTypesOfSchemasAreBounded(t *testing.T) {
	loop := map[string]any{"properties": map[string]any{"a": map[string]any{"$ref": "#"}}}
	deep := TypeOf(loop)
	for range maxSchemaDepth {
		deep = deep.Fields["a"]
	}
	if !deep.unknown() {
		t.Errorf("a loop goes on: %+v", deep)
	}
	wide := map[string]any{"$defs": map[string]any{}}
	for i := range 60 {
		next := map[string]any{"$ref": fmt.Sprintf("#/$defs/%d", i+1)}
		wide["$defs"].(map[string]any)[fmt.Sprint(i)] = map[string]any{"properties": map[string]any{"a": next, "b": next}}
	}
	wide["$ref"] = "#/$defs/0"
	if got := TypeOf(wide); got.Kinds != Object {
		t.Errorf("a wide schema gives %v", got.Kinds)
	}
	for _, odd := range []any{nil, true, "x", map[string]any{"$ref": "https://example.com/x"}, map[string]any{"$ref": "#/no/where"}} {
		if got := TypeOf(odd); !got.unknown() {
			t.Errorf("%v says %+v", odd, got)
		}
	}
}

func TestCheckAsLooksAtTheUse(t *testing.T) {
	data := shop(t)
	for name, tt := range map[string]struct {
		src  string
		use  Use
		want string
	}{
		"a condition":              {`{{paid}}`, AsBool, ``},
		"text for a condition":     {`{{name}}`, AsBool, `the value is text, not true or false (at character 1)`},
		"words for a condition":    {`true`, AsBool, `the value is text, not true or false (at character 1)`},
		"a mixed condition":        {`{{paid}} `, AsBool, `the value is text, not true or false (at character 1)`},
		"null for a condition":     {`{{null}}`, AsBool, `the value is null, not true or false (at character 1)`},
		"unknown for a condition":  {`{{body.x}}`, AsBool, ``},
		"a literal number":         {`5`, AsNumber, ``},
		"a constant":               {`{{divide(1;subtract(2;2))}}`, AsNumber, `divide: value 2 is zero, and nothing can be divided by zero (at character 3)`},
		"a list for a number":      {`{{tags}}`, AsNumber, `the value is a list, not a number (at character 1)`},
		"text for a number":        {`{{name}}`, AsNumber, `the value is text that may not be a number (at character 1)`},
		"a date":                   {`{{at}}`, AsTime, ``},
		"milliseconds":             {`{{total}}`, AsTime, ``},
		"no date":                  {`{{email}}`, AsTime, `the value is text of the format email, not a date (at character 1)`},
		"words for a date":         {`soon`, AsTime, `the value is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z) (at character 1)`},
		"anything":                 {`{{divide(1;0)}}`, AsAnything, `divide: value 2 is zero, and nothing can be divided by zero (at character 12)`},
		"one certain fault is all": {`{{not(tags)}}`, AsNumber, `not: value 1 (tags) is a list, not true or false (at character 7)`},
	} {
		_, problems := CheckAs(tt.src, data, tt.use)
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if all := strings.Join(got, "\n"); all != tt.want {
			t.Errorf("%s: got %s, want %s", name, all, tt.want)
		}
	}
}

func TestMismatchOfTypes(t *testing.T) {
	data := shop(t)
	for _, tt := range []struct{ got, want, message string }{
		{"total", "count", ""},
		{"name", "total", "is text, not a number"},
		{"total", "name", ""},
		{"paid", "name", ""},
		{"tags", "name", "is a list, not text"},
		{"body", "total", ""},
		{"total", "body", ""},
		{"maybe", "total", ""},
		{"id", "at", "is text of the format uuid, not date-time"},
		{"name", "at", ""},
		{"flags", "tags", ""},
		{"lines", "tags", "is a list of what is an object, not text"},
	} {
		got, want := data.Under(tt.got), data.Under(tt.want)
		if message := got.Mismatch(want); message != tt.message {
			t.Errorf("%s for %s: %q, want %q", tt.got, tt.want, message, tt.message)
		}
	}
	if got := data.Under("lines", 3, "qty"); got.Kinds != Number {
		t.Errorf("lines[3].qty is %v", got.Kinds)
	}
}

func TestLiteralsAreWhatAFilterLetsThrough(t *testing.T) {
	for src, want := range map[string][]any{
		`{{contains(["a%20b";5,true];var("kind"))}}`:                     {"a b", 5.0, true},
		`{{arraySome(["x"];contains(arrayMap(var("lines");"sku");$_))}}`: {"x"},
		`{{numberEq(var("n");5)}}`:                                       {5.0},
		`plain`:                                                          nil,
		`{{sum(1}}`:                                                      nil,
	} {
		if diff := cmp.Diff(want, Literals(src)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src, diff)
		}
	}
}
