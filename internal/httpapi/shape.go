package httpapi

import (
	"encoding"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

// shape is how one request type is filled and checked. It is made once, from the
// type's tags: path and query name parameters, json the members of the body.
type shape struct {
	params []param
	body   bool // the request has a body
	needed bool // and the body has members that must be there
	rules  rules
	apart  *apart // nil where the body stands or falls as one
}

// param is a field that comes from the path or the query.
type param struct {
	name  string
	path  bool
	index []int
	rule  rule
}

// shapeOf panics on a type that a request cannot have: the table is fixed at
// build time, and every test would stop there.
func shapeOf(t reflect.Type) *shape {
	s := &shape{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		if name, ok := f.Tag.Lookup("path"); ok {
			s.params = append(s.params, param{name, true, f.Index, ruleOf(f, name)})
		} else if name, ok := f.Tag.Lookup("query"); ok {
			s.params = append(s.params, param{name, false, f.Index, ruleOf(f, name)})
		} else if name := jsonName(f); name != "" {
			r := ruleOf(f, name)
			s.body = true
			s.needed = s.needed || r.required
			s.rules = append(s.rules, r)
			if f.Tag.Get("apart") != "" {
				s.apart = &apart{name, f.Index, r.most}
			}
		}
	}
	return s
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

// read fills in, a pointer to the shape's type, and checks it.
func (s *shape) read(w http.ResponseWriter, r *http.Request, rt *route, in any) error {
	var f faults
	v := reflect.ValueOf(in).Elem()
	s.readParams(&f, r, v)
	if s.body {
		if err := s.readBody(w, r, rt, in); err != nil {
			return err
		}
		s.rules.check(&f, "", v)
	}
	return f.err()
}

func (s *shape) readParams(f *faults, r *http.Request, v reflect.Value) {
	var query url.Values
	for i := range s.params {
		p := &s.params[i]
		var given []string
		if p.path {
			given = []string{r.PathValue(p.name)}
		} else {
			if query == nil {
				query = r.URL.Query()
			}
			given = query[p.name]
		}
		field := v.FieldByIndex(p.index)
		if len(given) > 0 && given[0] != "" {
			if err := set(field, given); err != nil {
				f.add(p.name, "TYPE", err.Error())
				continue
			}
			p.rule.bound(f, "", field)
		} else if p.rule.required || p.path {
			f.add(p.name, "REQUIRED", "is missing")
		}
	}
}

// set reads the text of a parameter into a field.
func set(field reflect.Value, given []string) error {
	if text, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return text.UnmarshalText([]byte(given[0]))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(given[0])
	case reflect.Slice:
		field.Set(reflect.ValueOf(given))
	case reflect.Bool:
		b, err := strconv.ParseBool(given[0])
		if err != nil {
			return fmt.Errorf("must be true or false")
		}
		field.SetBool(b)
	default:
		n, err := strconv.ParseInt(given[0], 10, 32)
		if err != nil {
			return fmt.Errorf("must be a whole number")
		}
		field.SetInt(n)
	}
	return nil
}

// faults collects the rules that a request breaks.
type faults []belay.Violation

func (f *faults) add(field, rule, description string) {
	*f = append(*f, belay.Violation{Field: field, Rule: rule, Description: description})
}

func (f *faults) err() error {
	switch list := *f; len(list) {
	case 0:
		return nil
	case 1:
		return belay.Invalid(list[0].Field, list[0].Rule, list[0].Description)
	default:
		return &belay.Error{
			Code: belay.InvalidArgument, Violations: list,
			Message: fmt.Sprintf("the request breaks %d rules, the first at %s", len(list), list[0].Field),
		}
	}
}
