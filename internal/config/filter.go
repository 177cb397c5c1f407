package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/internal/belay"
)

// maxFilterDepth is how deep a filter nests $and, $or and $not; the filter
// itself is level 1.
const maxFilterDepth = 3

// condition reports whether a row passes.
type condition func(row) bool

// compileFilter returns the condition of a filter of the compatible wire's query
// language: an object whose members must all hold, each a field with a value or
// an object of operators, or one of $and, $or and $not.
func compileFilter(raw json.RawMessage) (condition, error) {
	return fields(filterable).compile(raw)
}

// fields reports which paths can be filtered by.
type fields func(path string) bool

func (can fields) compile(raw json.RawMessage) (condition, error) {
	if raw == nil {
		return func(row) bool { return true }, nil
	}
	if !jsontext.Value(raw).IsValid() {
		return nil, belay.Invalid("query.filter", "JSON", "must be JSON without keys given twice")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var filter map[string]any
	if err := decoder.Decode(&filter); err != nil {
		return nil, belay.Invalid("query.filter", "JSON", "is not JSON: "+err.Error())
	}
	return can.object("query.filter", filter, 1)
}

func (can fields) object(at string, filter map[string]any, level int) (condition, error) {
	if level > maxFilterDepth {
		return nil, belay.Invalid(at, "MAX_DEPTH", fmt.Sprintf("must not nest deeper than %d levels", maxFilterDepth))
	}
	var parts []condition
	for _, key := range slices.Sorted(maps.Keys(filter)) {
		part, err := can.member(at+"."+key, key, filter[key], level)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return every(parts), nil
}

func (can fields) member(at, key string, value any, level int) (condition, error) {
	switch {
	case key == "$and" || key == "$or" || key == "$not":
		return can.logic(at, key, value, level)
	case strings.HasPrefix(key, "$"):
		return nil, belay.Invalid(at, "OPERATOR", "must be one of $and, $or and $not")
	case !can(key):
		return nil, belay.Invalid(at, "FIELD", "cannot be filtered by")
	}
	return compileField(at, key, value)
}

// compileLogic takes a list of filters, and for $not one filter alone as well.
func (can fields) logic(at, key string, value any, level int) (condition, error) {
	items, ok := value.([]any)
	if one, single := value.(map[string]any); single && key == "$not" {
		items, ok = []any{one}, true
	}
	if !ok || len(items) == 0 || key == "$not" && len(items) != 1 {
		return nil, belay.Invalid(at, "TYPE", "must be a list of filters; for $not, one filter")
	}
	var parts []condition
	for i, item := range items {
		place := fmt.Sprintf("%s[%d]", at, i)
		object, ok := item.(map[string]any)
		if !ok {
			return nil, belay.Invalid(place, "TYPE", "must be a filter")
		}
		part, err := can.object(place, object, level+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	switch key {
	case "$or":
		return some(parts), nil
	case "$not":
		return not(parts[0]), nil
	default:
		return every(parts), nil
	}
}

func every(parts []condition) condition {
	return func(r row) bool {
		for _, p := range parts {
			if !p(r) {
				return false
			}
		}
		return true
	}
}

func some(parts []condition) condition {
	return func(r row) bool {
		return slices.ContainsFunc(parts, func(p condition) bool { return p(r) })
	}
}

func not(part condition) condition { return func(r row) bool { return !part(r) } }

// compileField compares one field: with a value, or by operators that must all hold.
func compileField(at, field string, value any) (condition, error) {
	operators, ok := value.(map[string]any)
	if !ok || !allOperators(operators) {
		value = asWritten(field, value)
		return func(r row) bool { return equal(r.get(field), value) }, nil
	}
	var parts []condition
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		part, err := compileOperator(at+"."+operator, field, operator, operators[operator])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return every(parts), nil
}

// asWritten returns a time to compare with, or a list of such, in the one form
// that a row has it in; any other value as it is.
func asWritten(field string, want any) any {
	if field != "createdDate" && field != "updatedDate" {
		return want
	}
	switch w := want.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, w); err == nil {
			return belay.At(t).String()
		}
	case []any:
		list := make([]any, len(w))
		for i := range w {
			list[i] = asWritten(field, w[i])
		}
		return list
	}
	return want
}

// allOperators tells an object of operators from a value that is an object.
func allOperators(object map[string]any) bool {
	for key := range object {
		if !strings.HasPrefix(key, "$") {
			return false
		}
	}
	return len(object) > 0
}

func compileOperator(at, field, operator string, want any) (condition, error) {
	want = asWritten(field, want)
	switch operator {
	case "$eq":
		return func(r row) bool { return equal(r.get(field), want) }, nil
	case "$ne":
		return func(r row) bool { return !equal(r.get(field), want) }, nil
	case "$gt", "$gte", "$lt", "$lte":
		return compileOrder(at, field, operator, want)
	case "$startsWith", "$endsWith", "$contains":
		return compileText(at, field, operator, want)
	case "$in", "$hasSome", "$hasAll":
		return compileList(at, field, operator, want)
	case "$exists":
		wanted, ok := want.(bool)
		if !ok {
			return nil, belay.Invalid(at, "TYPE", "must be true or false")
		}
		return func(r row) bool { return (r.get(field) != nil) == wanted }, nil
	case "$not":
		inner, ok := want.(map[string]any)
		if !ok || !allOperators(inner) || inner["$not"] != nil {
			return nil, belay.Invalid(at, "TYPE", "must be an object of operators other than $not")
		}
		part, err := compileField(at, field, inner)
		if err != nil {
			return nil, err
		}
		return not(part), nil
	}
	return nil, belay.Invalid(at, "OPERATOR", "must be one of $eq, $ne, $gt, $gte, $lt, $lte, $startsWith, $endsWith, $contains, $in, $hasSome, $hasAll, $exists and $not")
}

// equal compares two JSON values; a field that is not there equals null.
func equal(got, want any) bool { return reflect.DeepEqual(got, want) }

// compileOrder compares words with words and numbers with numbers. Times are
// written so that their order is that of their words.
func compileOrder(at, field, operator string, want any) (condition, error) {
	switch want.(type) {
	case string, float64:
	default:
		return nil, belay.Invalid(at, "TYPE", "must be a string or a number")
	}
	return func(r row) bool {
		n, ok := ordered(r.get(field), want)
		if !ok {
			return false
		}
		switch operator {
		case "$gt":
			return n > 0
		case "$gte":
			return n >= 0
		case "$lt":
			return n < 0
		default:
			return n <= 0
		}
	}, nil
}

func ordered(got, want any) (n int, ok bool) {
	switch g := got.(type) {
	case string:
		w, ok := want.(string)
		return strings.Compare(g, w), ok
	case float64:
		w, ok := want.(float64)
		switch {
		case g < w:
			return -1, ok
		case g > w:
			return 1, ok
		}
		return 0, ok
	}
	return 0, false
}

func compileText(at, field, operator string, want any) (condition, error) {
	w, ok := want.(string)
	if !ok {
		return nil, belay.Invalid(at, "TYPE", "must be a string")
	}
	return func(r row) bool {
		got := r.get(field)
		if items, ok := got.([]any); ok && operator == "$contains" {
			return slices.Contains(items, want)
		}
		g, ok := got.(string)
		switch operator {
		case "$startsWith":
			return ok && strings.HasPrefix(g, w)
		case "$endsWith":
			return ok && strings.HasSuffix(g, w)
		default:
			return ok && strings.Contains(g, w)
		}
	}, nil
}

// compileList compares with a list: $in asks whether the field is one of it,
// $hasSome and $hasAll whether the field's own list has some or all of it.
func compileList(at, field, operator string, want any) (condition, error) {
	w, ok := want.([]any)
	if !ok {
		return nil, belay.Invalid(at, "TYPE", "must be a list")
	}
	has := func(list []any, item any) bool {
		return slices.ContainsFunc(list, func(v any) bool { return equal(v, item) })
	}
	if operator == "$in" {
		return func(r row) bool { return has(w, r.get(field)) }, nil
	}
	return func(r row) bool {
		got, _ := r.get(field).([]any)
		for _, item := range w {
			if has(got, item) != (operator == "$hasAll") {
				return operator == "$hasSome"
			}
		}
		return operator == "$hasAll"
	}, nil
}
