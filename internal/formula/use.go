package formula

import (
	"errors"
	"strconv"
)

// Use is what an expression's value is wanted for.
type Use int

// The uses, each as the method of Expression that gives it reads a value.
const (
	AsAnything Use = iota
	AsBool
	AsNumber
	AsTime
)

// CheckAs returns what Check does, and what stands against the value in its use.
// An expression that depends on nothing is evaluated.
func CheckAs(src string, data Type, use Use) (Type, []Problem) {
	t, problems := Check(src, data)
	for _, p := range problems {
		if p.Certain {
			return t, problems
		}
	}
	e, err := Compile(src)
	if err != nil || use == AsAnything && !e.Constant() {
		return t, problems
	}
	if e.Constant() {
		_, err := e.For(use, Scope{})
		if fault, ok := errors.AsType[*EvalError](err); ok {
			problems = append(problems, Problem{
				Pos: fault.Pos, End: fault.end(src), Character: max(1, fault.Character), Kind: WrongValue,
				Function: fault.Function, Certain: true, Message: fault.Message,
			})
		}
		return t, problems
	}
	class := map[Use]class{
		AsBool: {word: "boolean", takes: Boolean}, AsNumber: classes["number"], AsTime: classes["date"],
	}[use]
	if wrong, certain := class.against(t); wrong != "" {
		problems = append(problems, Problem{End: len(src), Character: 1, Kind: WrongType, Certain: certain, Message: "the value " + wrong})
	}
	return t, problems
}

// For returns the value in s as its use reads it: a bool, a float64, a time.Time, or
// what Eval returns.
func (e *Expression) For(use Use, s Scope) (any, error) {
	switch use {
	case AsBool:
		return e.Bool(s)
	case AsNumber:
		return e.Number(s)
	case AsTime:
		return e.Time(s)
	}
	return e.Eval(s)
}

// Mismatch says why a value of type t is not what a place for want takes, empty
// where it may be. Numbers and booleans are taken for text, as they are written as
// text where one is wanted.
func (t Type) Mismatch(want Type) string {
	if t.unknown() || want.unknown() {
		return ""
	}
	got, wanted := t.Kinds&^Null, want.Kinds
	if wanted&Text != 0 {
		wanted |= Number | Boolean
	}
	switch {
	case got == 0:
		return ""
	case got&wanted == 0:
		return "is " + got.String() + ", not " + want.Kinds.String()
	case t.is(Text) && want.is(Text) && want.Format != "" && t.Format != "" && t.Format != want.Format:
		return "is text of the format " + t.Format + ", not " + want.Format
	case t.is(List) && want.is(List):
		if wrong := t.items().Mismatch(want.items()); wrong != "" {
			return "is a list of what " + wrong
		}
	}
	return ""
}

// Under returns what is known of a part of the value, at fields by name and items
// by place.
func (t Type) Under(steps ...any) Type {
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			t, _, _ = t.field(s)
		case int:
			t = t.items()
		}
	}
	return t
}

// Written returns v, as encoding/json decodes it, with numbers and booleans written
// as text wherever a value of type t is text and nothing else. v itself stays as it
// is; what the type does not say stays too.
func (t Type) Written(v any) any {
	switch v := v.(type) {
	case bool:
		if t.is(Text) {
			return strconv.FormatBool(v)
		}
	case float64:
		if t.is(Text) {
			return numberText(v)
		}
	case map[string]any:
		if !t.is(Object) {
			return v
		}
		written := make(map[string]any, len(v))
		for name, of := range v {
			written[name] = t.Under(name).Written(of)
		}
		return written
	case []any:
		if !t.is(List) {
			return v
		}
		written := make([]any, len(v))
		for i, of := range v {
			written[i] = t.items().Written(of)
		}
		return written
	}
	return v
}
