package httpapi

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/belay"
)

// rules are those that the tags of a struct's fields state: required, minLength,
// maxLength, minItems, maxItems, minimum, maximum, enum and format:"uuid", with
// the meanings that they have in the OpenAPI document. The elements of a field
// that is tagged apart are left for the caller to check one by one.
type rules []rule

// rule is what holds for one field.
type rule struct {
	name, below      string // below begins the names of nested fields
	index            []int
	required, guid   bool
	minLength, most  int // characters, or items of a slice; most is 0 for no bound
	minimum, maximum int64
	ranged           bool
	words            []string
	nested           rules // of a struct, or of each element
	each             bool
}

func rulesOf(t reflect.Type) rules {
	var all rules
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" && !f.Anonymous {
			all = append(all, ruleOf(f, name))
		}
	}
	return all
}

func ruleOf(f reflect.StructField, name string) rule {
	r := rule{name: name, below: name + ".", index: f.Index, required: f.Tag.Get("required") == "true", guid: f.Tag.Get("format") == "uuid"}
	r.minLength = int(number(f, "minLength", 0) + number(f, "minItems", 0))
	r.most = int(number(f, "maxLength", 0) + number(f, "maxItems", 0))
	if _, ok := f.Tag.Lookup("maximum"); ok {
		r.ranged, r.minimum, r.maximum = true, number(f, "minimum", 0), number(f, "maximum", 0)
	}
	if words := f.Tag.Get("enum"); words != "" {
		r.words = strings.Split(words, ",")
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && f.Tag.Get("apart") == "" {
		r.each, r.nested = true, rulesOf(t.Elem())
	} else if t.Kind() == reflect.Struct {
		r.nested = rulesOf(t)
	}
	return r
}

// number panics on a tag that is no number; see shapeOf.
func number(f reflect.StructField, tag string, otherwise int64) int64 {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("httpapi: the tag " + tag + " of " + f.Name + " is no whole number")
	}
	return n
}

// check collects what v, a struct, breaks; prefix begins the names of its fields.
func (all rules) check(f *faults, prefix string, v reflect.Value) {
	for i := range all {
		r := &all[i]
		field := v
		for _, at := range r.index {
			field = field.Field(at)
		}
		if absent(field) {
			if r.required {
				f.add(prefix+r.name, "REQUIRED", "is missing")
			}
			continue
		}
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		r.bound(f, prefix, field)
		if len(r.nested) == 0 {
			continue
		}
		if !r.each {
			r.nested.check(f, prefix+r.below, field)
			continue
		}
		for i := range field.Len() {
			r.nested.check(f, prefix+r.name+"["+strconv.Itoa(i)+"].", field.Index(i))
		}
	}
}

// absent reports whether nothing was given for a field. A zero counts as nothing
// where the field is no pointer.
func absent(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0 && v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 && (v.Len() == 0 || string(v.Bytes()) == "null")
	}
	return v.IsZero()
}

// bound checks a value that is there; prefix begins its name.
func (r *rule) bound(f *faults, prefix string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		r.text(f, prefix, v.String())
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			r.items(f, prefix, v.Len())
		}
	case reflect.Int, reflect.Int64:
		if n := v.Int(); r.ranged && (n < r.minimum || n > r.maximum) {
			f.add(prefix+r.name, "RANGE", fmt.Sprintf("must be from %d to %d, is %d", r.minimum, r.maximum, n))
		}
	}
}

func (r *rule) text(f *faults, prefix, s string) {
	if r.guid {
		if _, err := belay.ParseID(s); err != nil {
			f.add(prefix+r.name, "GUID", err.Error())
		}
		return
	}
	if r.words != nil && !slices.Contains(r.words, s) {
		f.add(prefix+r.name, "ENUM", "must be one of "+strings.Join(r.words, ", "))
		return
	}
	// A text has at least as many bytes as characters.
	if r.minLength <= 1 && (r.most == 0 || len(s) <= r.most) {
		return
	}
	if n := utf8.RuneCountInString(s); n < r.minLength {
		f.add(prefix+r.name, "MIN_LENGTH", fmt.Sprintf("must be at least %s long, is %d", plural(r.minLength, "character"), n))
	} else if r.most > 0 && n > r.most {
		f.add(prefix+r.name, "MAX_LENGTH", fmt.Sprintf("must be at most %d characters long, is %d", r.most, n))
	}
}

func (r *rule) items(f *faults, prefix string, n int) {
	if n < r.minLength {
		f.add(prefix+r.name, "MIN_ITEMS", fmt.Sprintf("must have at least %s, has %d", plural(r.minLength, "item"), n))
	} else if r.most > 0 && n > r.most {
		f.add(prefix+r.name, "MAX_ITEMS", fmt.Sprintf("must have at most %s, has %d", plural(r.most, "item"), n))
	}
}

// plural writes a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
