package schema

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"
)

// anyValue draws values that fit some property or none.
func anyValue() *rapid.Generator[any] {
	texts := rapid.SampledFrom([]any{
		"", "text", "red", "2030-02-28", "2030-02-30", "2030-02-28T09:00:00Z", "2030-02-28T09:00:00", "12.5", "1e3", "0x1",
		"6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10", "a@b.example", "@", "https://b.example/", "::1", "192.0.2.1", "é", "longer than most",
	})
	others := rapid.SampledFrom([]any{nil, true, false, 0.0, 1.0, -1.0, 2.5, 1e15, 1e300, 7.0, []any{}, map[string]any{}})
	return rapid.OneOf(texts, others)
}

// primitive draws the schema of a value that does not nest.
func primitive(t *rapid.T) map[string]any {
	kind := rapid.SampledFrom([]string{"string", "number", "integer", "boolean"}).Draw(t, "type")
	property := map[string]any{"type": kind, "title": "T"}
	maybe := func(key string, values ...any) {
		if rapid.IntRange(0, 3).Draw(t, "has "+key) == 0 {
			property[key] = rapid.SampledFrom(values).Draw(t, key)
		}
	}
	switch kind {
	case "string":
		if rapid.Bool().Draw(t, "formatted") {
			property["format"] = rapid.SampledFrom(formats()).Draw(t, "format")
			break
		}
		maybe("minLength", 0, 1, 4, 9)
		if property["minLength"] == nil {
			maybe("maxLength", 0, 1, 4, 99)
		}
	case "number", "integer":
		maybe("minimum", -5, 0, 3, 1e6)
		if property["minimum"] == nil {
			maybe("exclusiveMaximum", -5, 0, 3, 1e6)
		}
		if len(property) == 2 {
			maybe("multipleOf", 1, 2, 5)
		}
	case "boolean":
		maybe("const", true, false)
	}
	return property
}

// object draws an object schema's properties and required keys.
func object(t *rapid.T, member func(*rapid.T) map[string]any) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d_e", "9"}), 1, 5, rapid.ID).Draw(t, "keys") {
		properties[key] = member(t)
		if rapid.Bool().Draw(t, "required") {
			required = append(required, key)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties}
	if required != nil {
		schema["required"] = required
	}
	return schema
}

// drawSchema draws a declaration that obeys every rule.
func drawSchema(t *rapid.T) []byte {
	doc := object(t, func(t *rapid.T) map[string]any {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			property := object(t, primitive)
			property["title"], property["examples"] = "T", []any{map[string]any{}}
			return property
		case 1:
			property := map[string]any{"type": "array", "title": "T", "examples": []any{[]any{}}, "items": object(t, primitive)}
			if rapid.Bool().Draw(t, "counted") {
				property["minItems"] = rapid.IntRange(0, 1).Draw(t, "minItems")
			}
			return property
		}
		property := primitive(t)
		property["examples"] = map[string]any{"string": "x", "number": 1, "integer": 1, "boolean": true}[property["type"].(string)]
		return property
	})
	properties := doc["properties"].(map[string]any)
	if rapid.Bool().Draw(t, "scheduled") {
		properties["at"] = map[string]any{"type": "string", "format": "date-time", "title": "T", "futureDate": true, "examples": "x"}
	}
	raw, err := json.Marshal(doc, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEverySchemaTakesItsOwnExample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := drawSchema(t)
		p, err := Declare("schema", raw)
		if err != nil {
			t.Fatalf("%s is refused: %v", raw, err)
		}
		at := time.UnixMilli(rapid.Int64Range(0, 253402300799999).Draw(t, "at"))
		payload := p.Example(at)
		if err := p.Validate("payload", payload); err != nil {
			t.Fatalf("%s refuses its own example %v: %v", raw, payload, err)
		}
		if p.FutureDate() == "" {
			return
		}
		if got, err := p.ScheduledTime("payload", payload); err != nil || !got.Equal(at) {
			t.Fatalf("ScheduledTime = %v, %v; want %v", got, err, at)
		}
	})
}

func TestValidateAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := drawSchema(t)
		p, err := Declare("schema", raw)
		if err != nil {
			t.Fatal(err)
		}
		payload := p.Example(time.UnixMilli(0))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			property := rapid.SampledFrom(p.properties).Draw(t, "property")
			switch {
			case rapid.Bool().Draw(t, "drop"):
				delete(payload, property.Key)
			case len(property.Properties) > 0 && rapid.Bool().Draw(t, "below"):
				member := rapid.SampledFrom(property.Properties).Draw(t, "member").Key
				element := map[string]any{member: anyValue().Draw(t, "value")}
				payload[property.Key] = element
				if property.Type == "array" {
					payload[property.Key] = []any{element, anyValue().Draw(t, "element")}
				}
			default:
				payload[property.Key] = anyValue().Draw(t, "value")
			}
		}
		theirs := p.root.compiled.Validate(payload)
		ours := p.Validate("payload", payload)
		if (theirs == nil) != (ours == nil) {
			t.Fatalf("schema %s\npayload %v\nours   %v\ntheirs %v", raw, payload, ours, theirs)
		}
	})
}

func FuzzFormats(f *testing.F) {
	for _, seed := range []string{"", "2030-02-28T09:00:00.5+01:00", "2016-12-31T23:59:60Z", "2030-02-28", "-1.5e+3", "6f1c1a52-6c0e-4b0e-9d5b-2a6c5f0f7a10", "\"a b\"@c", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := parseDateTime(s); err == nil {
			written := at.Format(time.RFC3339Nano)
			if again, err := parseDateTime(written); at.Year() >= 0 && at.Year() <= 9999 && (err != nil || !again.Equal(at)) {
				t.Errorf("%q is %s, which reads as %v, %v", s, written, again, err)
			}
		}
		if at, err := time.Parse("2006-01-02", s); isDate(s) != (err == nil) {
			t.Errorf("isDate(%q) = %v; time.Parse says %v, %v", s, isDate(s), at, err)
		}
		if isNumber(s) && (len(s) == 0 || s[len(s)-1] < '0' || s[len(s)-1] > '9') {
			t.Errorf("isNumber(%q)", s)
		}
		if isUUID(s) && len(s) != 36 {
			t.Errorf("isUUID(%q)", s)
		}
		if isEmail(s) && !strings.Contains(s, "@") {
			t.Errorf("isEmail(%q)", s)
		}
	})
}
