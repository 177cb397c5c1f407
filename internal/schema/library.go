package schema

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/belay-events/belay/internal/belay"
)

// fromLibrary adds what the library says is wrong with v, which stands at p. The
// library visits members in no order, so what it says is sorted by place.
func (vs *violations) fromLibrary(p *place, v any, err error) {
	before := len(vs.broken)
	if told := asValidation(err); told != nil {
		vs.leaves(p, v, told)
	} else {
		vs.add(p, reasonNotCompiled(err), "cannot be compiled: "+shorten(innermost(err).Error()))
	}
	slices.SortStableFunc(vs.broken[before:], func(a, b belay.Violation) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Rule, b.Rule))
	})
}

func reasonNotCompiled(err error) string {
	if _, ok := errors.AsType[*jsonschema.LoadURLError](err); ok {
		return "REFERENCE"
	}
	return "SCHEMA"
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// leaves adds the breaches that err tells of, skipping what only groups them.
func (vs *violations) leaves(p *place, v any, err *jsonschema.ValidationError) {
	switch err.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, cause := range err.Causes {
			vs.leaves(p, v, cause)
		}
		return
	}
	depth, location := len(p.steps), err.InstanceLocation
	if k, ok := err.ErrorKind.(*kind.PropertyNames); ok {
		location = holder(v, k.Property, len(location))
	}
	for _, token := range location {
		switch at := v.(type) {
		case []any:
			i, bad := strconv.Atoi(token)
			if bad != nil || i >= len(at) {
				continue
			}
			p.enterIndex(i)
			v = at[i]
		case map[string]any:
			p.enter(token)
			v = at[token]
		}
	}
	vs.leaf(p, err.ErrorKind)
	p.steps = p.steps[:depth]
}

// holder returns the way to an object that holds key, so many steps below v, the
// first by name. It stands in for the location of a refused key: the library
// (6.0.3) goes on writing into the one it hands out.
func holder(v any, key string, steps int) []string {
	switch v := v.(type) {
	case map[string]any:
		if _, holds := v[key]; steps == 0 && holds {
			return []string{}
		}
		if steps == 0 {
			return nil
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if way := holder(v[name], key, steps-1); way != nil {
				return append([]string{name}, way...)
			}
		}
	case []any:
		if steps == 0 {
			return nil
		}
		for i, e := range v {
			if way := holder(e, key, steps-1); way != nil {
				return append([]string{strconv.Itoa(i)}, way...)
			}
		}
	}
	return nil
}

// leaf adds one breach at p.
func (vs *violations) leaf(p *place, what jsonschema.ErrorKind) {
	each := func(keys []string, rule, description string) {
		for _, key := range keys {
			p.enter(key)
			vs.add(p, rule, description)
			p.leave()
		}
	}
	switch k := what.(type) {
	case *kind.Required:
		each(k.Missing, "REQUIRED", "is missing")
	case *kind.Dependency:
		each(k.Missing, "REQUIRED", "is missing beside "+shorten(k.Prop))
	case *kind.DependentRequired:
		each(k.Missing, "REQUIRED", "is missing beside "+shorten(k.Prop))
	case *kind.AdditionalProperties:
		each(k.Properties, "NOT_ALLOWED", "is not a property of the schema")
	case *kind.PropertyNames:
		each([]string{k.Property}, "KEY", "is not a key that the schema allows")
	case *kind.Type:
		wanted := make([]string, len(k.Want))
		for i, w := range k.Want {
			wanted[i] = withArticle(w)
		}
		vs.add(p, "TYPE", fmt.Sprintf("must be %s, is %s", strings.Join(wanted, " or "), withArticle(k.Got)))
	case *kind.UniqueItems:
		vs.add(p, "UNIQUE_ITEMS", fmt.Sprintf("must not repeat an element, and those at %d and %d are equal", k.Duplicates[0], k.Duplicates[1]))
	default:
		rule, description := constraint(what)
		vs.add(p, rule, description)
	}
}

// constraint returns the rule and the description of a breach of one constraint.
// A description repeats the schema, never the value, which may be private.
func constraint(what jsonschema.ErrorKind) (rule, description string) {
	switch k := what.(type) {
	case *kind.Format:
		return "FORMAT", "must be of the format " + k.Want
	case *kind.Enum:
		return "ENUM", "must be one of the values that the schema lists"
	case *kind.Const:
		return "CONST", "must be the value that the schema names"
	case *kind.Pattern:
		return "PATTERN", "must match the pattern " + shorten(k.Want)
	case *kind.MinLength:
		return "MIN_LENGTH", fmt.Sprintf("must be at least %d characters long, is %d", k.Want, k.Got)
	case *kind.MaxLength:
		return "MAX_LENGTH", fmt.Sprintf("must be at most %d characters long, is %d", k.Want, k.Got)
	case *kind.MinItems:
		return "MIN_ITEMS", fmt.Sprintf("must hold at least %d elements, holds %d", k.Want, k.Got)
	case *kind.MaxItems:
		return "MAX_ITEMS", fmt.Sprintf("must hold at most %d elements, holds %d", k.Want, k.Got)
	case *kind.MinProperties:
		return "MIN_PROPERTIES", fmt.Sprintf("must hold at least %d properties, holds %d", k.Want, k.Got)
	case *kind.MaxProperties:
		return "MAX_PROPERTIES", fmt.Sprintf("must hold at most %d properties, holds %d", k.Want, k.Got)
	case *kind.Minimum:
		return "MINIMUM", "must be at least " + spell(k.Want)
	case *kind.Maximum:
		return "MAXIMUM", "must be at most " + spell(k.Want)
	case *kind.ExclusiveMinimum:
		return "MINIMUM", "must be more than " + spell(k.Want)
	case *kind.ExclusiveMaximum:
		return "MAXIMUM", "must be less than " + spell(k.Want)
	case *kind.MultipleOf:
		return "MULTIPLE_OF", "must be a multiple of " + spell(k.Want)
	case *kind.AnyOf:
		return "ANY_OF", "must fit one of the schema's alternatives and fits none"
	case *kind.OneOf:
		return "ONE_OF", "must fit exactly one of the schema's alternatives"
	case *kind.Not:
		return "NOT", "must not fit what the schema excludes"
	case *kind.FalseSchema:
		return "NOT_ALLOWED", "is not allowed here"
	case *kind.Contains, *kind.MinContains:
		return "CONTAINS", "must hold more elements of the kind that the schema asks for"
	case *kind.MaxContains:
		return "CONTAINS", "must hold fewer elements of the kind that the schema asks for"
	case *kind.AdditionalItems:
		return "MAX_ITEMS", "must not hold more elements than the schema describes"
	}
	return "SCHEMA", "does not obey the schema"
}

// spell returns r as a decimal number.
func spell(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}
