package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// beyond is one value that breaks one bound of a call.
type beyond struct {
	field, rule string
	value       any
	query       bool          // it is a parameter's
	around      func(any) any // else it makes a body with the value at its place
}

// parameters returns the value as a query has it: a list repeats its name.
func (b *beyond) parameters() string {
	q := url.Values{}
	if list, ok := b.value.([]any); ok {
		for _, v := range list {
			q.Add(b.field, fmt.Sprint(v))
		}
	} else {
		q.Set(b.field, fmt.Sprint(b.value))
	}
	return q.Encode()
}

// Every bound that the OpenAPI document states of a request is held, one past its
// edge, by a refusal that names the field and the rule. The bounds of an automation,
// a document that is kept whole, are held by config.
func TestEveryStatedBoundIsHeld(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	d := readDocument(t)
	tried := 0
	for path, item := range d.paths() {
		for method, operation := range item.(map[string]any) {
			for _, b := range d.beyond(operation.(map[string]any)) {
				if strings.HasPrefix(b.field, "automation.") || strings.HasPrefix(path, "/belay/v1/account") { // which is a person's
					continue
				}
				tried++
				target := parameter.ReplaceAllString(path, entityID)
				var body any
				if b.query {
					target += "?" + b.parameters()
				} else {
					body = b.around(b.value)
				}
				if bulk, ok := body.(map[string]any); ok && bulk["eventsInfo"] != nil { // whose items are refused one by one
					bulk["triggerKey"], bulk["appId"] = "bookings-booked", appID
				}
				a := s.call(strings.ToUpper(method), target, s.operator, body, "belay-site-id", siteID)
				if a.status == 413 {
					continue
				}
				if !broken(a.json(t), b.field, b.rule) {
					t.Errorf("%s %s: %s = %.60v answers %d %.300s; want %s", method, path, b.field, b.value, a.status, a.body, b.rule)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("%d bounds were tried; the document is not read as it is written", tried)
	}
	t.Logf("%d bounds were tried", tried)
}

// broken reports whether an answer says somewhere that a field breaks a rule.
func broken(answer any, field, rule string) bool {
	switch v := answer.(type) {
	case map[string]any:
		if v["field"] == field && v["violatedRule"] == rule {
			return true
		}
		for _, of := range v {
			if broken(of, field, rule) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(of any) bool { return broken(of, field, rule) })
	}
	return false
}

// beyond returns what lies one past each bound of an operation's request.
func (d *document) beyond(operation map[string]any) (all []beyond) {
	parameters, _ := operation["parameters"].([]any)
	for _, p := range parameters {
		if p := p.(map[string]any); p["in"] == "query" {
			for _, b := range past(d.resolved(p["schema"])) {
				b.field, b.query = p["name"].(string), true
				all = append(all, b)
			}
		}
	}
	body, _ := operation["requestBody"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	if media, ok := content["application/json"].(map[string]any); ok {
		all = append(all, d.within("", media["schema"], func(v any) any { return v }, 0)...)
	}
	return all
}

// within returns the same of a schema at a place, where around puts a value into a
// body.
func (d *document) within(place string, schema any, around func(any) any, depth int) (all []beyond) {
	s := d.resolved(schema)
	if depth > 8 {
		return nil
	}
	for _, b := range past(s) {
		b.field, b.around = place, around
		all = append(all, b)
	}
	properties, _ := s["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		at := strings.TrimPrefix(place+"."+name, ".")
		all = append(all, d.within(at, properties[name], func(v any) any { return around(map[string]any{name: v}) }, depth+1)...)
	}
	if items, ok := s["items"]; ok {
		all = append(all, d.within(place+"[0]", items, func(v any) any { return around([]any{v}) }, depth+1)...)
	}
	return all
}

// resolved follows a reference within the document.
func (d *document) resolved(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		s, _ = d.root["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return s
}

// past returns values that break a schema's own bounds, each by one.
func past(s map[string]any) (all []beyond) {
	bound := func(word string) (int64, bool) {
		n, ok := s[word].(json.Number)
		whole, err := n.Int64()
		return whole, ok && err == nil
	}
	if most, ok := bound("maxLength"); ok && s["format"] != "uuid" && s["enum"] == nil {
		all = append(all, beyond{rule: "MAX_LENGTH", value: strings.Repeat("x", int(most)+1)})
	}
	if most, ok := bound("maxItems"); ok {
		item := any("x")
		if of, _ := s["items"].(map[string]any); of["$ref"] != nil || of["type"] == "object" {
			item = map[string]any{}
		}
		all = append(all, beyond{rule: "MAX_ITEMS", value: slices.Repeat([]any{item}, int(most)+1)})
	}
	if most, ok := bound("maximum"); ok {
		all = append(all, beyond{rule: "RANGE", value: most + 1})
	}
	if words, ok := s["enum"].([]any); ok && len(words) > 0 && s["type"] == "string" {
		all = append(all, beyond{rule: "ENUM", value: "NO_SUCH_WORD"})
	}
	if s["format"] == "uuid" {
		all = append(all, beyond{rule: "GUID", value: "no-guid"})
	}
	return all
}
