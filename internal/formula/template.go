package formula

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Template is a JSON value whose texts are expressions: what an action's input
// mapping is. It is safe for concurrent use.
type Template struct {
	place string      // from the root: "headers.X-Id"; empty at the root
	text  *Expression // of a text
	list  []*Template
	// names and fields stand in the same order; the names are no expressions.
	names  []string
	fields []*Template
	value  any // of anything else
	shape  shape
}

type shape int

const (
	scalar shape = iota
	textShape
	listShape
	objectShape
)

// CompileTemplate compiles every text in v, at any depth of its lists
// ([]any) and objects (map[string]any); the names of fields are left as they
// are, and so is every other value. An error names the place, as in
// "headers.X-Id: …" or "lines[2].sku: …", and wraps a *SyntaxError.
func CompileTemplate(v any) (*Template, error) { return compileAt("", v, 0) }

func compileAt(place string, v any, depth int) (*Template, error) {
	if depth > MaxDepth {
		return nil, at(place, errors.New("the value is nested too deeply"))
	}
	t := &Template{place: place}
	switch v := v.(type) {
	case string:
		e, err := Compile(v)
		if err != nil {
			return nil, at(place, err)
		}
		t.text, t.shape = e, textShape
	case []any:
		t.shape = listShape
		for i, item := range v {
			c, err := compileAt(place+"["+strconv.Itoa(i)+"]", item, depth+1)
			if err != nil {
				return nil, err
			}
			t.list = append(t.list, c)
		}
	case map[string]any:
		t.shape = objectShape
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below := name
			if place != "" {
				below = place + "." + name
			}
			c, err := compileAt(below, v[name], depth+1)
			if err != nil {
				return nil, err
			}
			t.names, t.fields = append(t.names, name), append(t.fields, c)
		}
	default:
		t.value = v
	}
	return t, nil
}

// Eval returns a value of the same shape with each text evaluated in s; a text
// of one {{…}} gives what the expression gives, of any type. Its lists and
// objects are new, save those that an expression passes through. An error
// names the place and wraps an *EvalError; what would be larger than MaxValue is
// one, as a template may name one large field many times.
func (t *Template) Eval(s Scope) (any, error) {
	left := MaxValue
	return t.eval(s, &left)
}

func (t *Template) eval(s Scope, left *int) (any, error) {
	switch t.shape {
	case textShape:
		v, err := t.text.Eval(s)
		if err == nil {
			err = weigh(v, left)
		}
		if err != nil {
			return nil, at(t.place, err)
		}
		return v, nil
	case listShape:
		list := make([]any, len(t.list))
		for i, c := range t.list {
			v, err := c.eval(s, left)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case objectShape:
		object := make(map[string]any, len(t.names))
		for i, c := range t.fields {
			v, err := c.eval(s, left)
			if err != nil {
				return nil, err
			}
			object[t.names[i]] = v
		}
		return object, nil
	}
	return t.value, nil
}

// weigh takes what v is long as JSON, at the least, from what is left.
func weigh(v any, left *int) error {
	const scalar = 1
	switch v := v.(type) {
	case string:
		*left -= len(v)
	case []any:
		for _, item := range v {
			if err := weigh(item, left); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, field := range v {
			*left -= len(name)
			if err := weigh(field, left); err != nil {
				return err
			}
		}
	}
	if *left -= scalar; *left < 0 {
		return &EvalError{Message: "the values grow beyond 1 MiB"}
	}
	return nil
}

// Variables returns the dotted paths that the template's expressions read,
// sorted and each once.
func (t *Template) Variables() []string {
	var all []string
	if t.text != nil {
		all = t.text.Variables()
	}
	for _, c := range slices.Concat(t.list, t.fields) {
		all = append(all, c.Variables()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// at puts the place before an error.
func at(place string, err error) error {
	if place == "" {
		return err
	}
	return fmt.Errorf("%s: %w", place, err)
}
