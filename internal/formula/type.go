package formula

import (
	"maps"
	"slices"
	"strings"
)

// Kinds is a set of kinds of values. The empty set, like the full one, says that
// nothing is known.
type Kinds uint8

// The kinds of JSON values.
const (
	Null Kinds = 1 << iota
	Boolean
	Number
	Text
	List
	Object

	Anything = Null | Boolean | Number | Text | List | Object
)

// String names the kinds for a person: "text or a number".
func (k Kinds) String() string {
	if k == 0 || k == Anything {
		return "of any kind"
	}
	var words []string
	for kind, word := range map[Kinds]string{
		Boolean: "true or false", Number: "a number", Text: "text", List: "a list", Object: "an object", Null: "null",
	} {
		if k&kind != 0 {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, " or ")
}

// Type is what is known of a value before there is one. Its zero value knows
// nothing. Types are shared and never changed.
type Type struct {
	Kinds  Kinds
	Format string // of a text, in the words of JSON Schema: date-time, uuid …
	Items  *Type  // of a list; nil where they are unknown
	// Fields are those of an object that are known by name; Rest is the type of all
	// others, nil where that is unknown.
	Fields map[string]Type
	Rest   *Type
	// Closed says that an object has no other fields.
	Closed bool
}

// unknown reports whether nothing is known, not even the kind.
func (t Type) unknown() bool { return t.Kinds == 0 || t.Kinds == Anything }

// may reports whether the value can be of one of the kinds.
func (t Type) may(k Kinds) bool { return t.unknown() || t.Kinds&k != 0 }

// is reports whether the value, where it is not null, is of one of the kinds for
// certain.
func (t Type) is(k Kinds) bool {
	known := t.Kinds &^ Null
	return !t.unknown() && known != 0 && known&^k == 0
}

// listOf returns the type of a list of such items.
func listOf(items Type) Type { return Type{Kinds: List, Items: &items} }

// or returns what is known of a value that is of the one type or the other.
func (t Type) or(o Type) Type {
	switch {
	case t.unknown() || o.unknown():
		return Type{}
	case t.Kinds == Null:
		o.Kinds |= Null
		return o
	case o.Kinds == Null:
		t.Kinds |= Null
		return t
	}
	u := Type{Kinds: t.Kinds | o.Kinds, Format: either(t, o)}
	u.Items = both(t, o, List, t.Items, o.Items)
	if t.Kinds&Object == 0 || o.Kinds&Object == 0 {
		of := t
		if o.Kinds&Object != 0 {
			of = o
		}
		u.Fields, u.Rest, u.Closed = of.Fields, of.Rest, of.Closed
		return u
	}
	if len(t.Fields) > 0 && len(o.Fields) > 0 {
		u.Fields = maps.Clone(t.Fields)
		for name, f := range o.Fields {
			if other, ok := u.Fields[name]; ok {
				f = f.or(other)
			}
			u.Fields[name] = f
		}
	}
	u.Closed = t.Closed && o.Closed
	return u
}

// either returns the format of texts of two types, empty where they differ.
func either(t, o Type) string {
	switch {
	case t.Kinds&Text == 0:
		return o.Format
	case o.Kinds&Text == 0 || t.Format == o.Format:
		return t.Format
	}
	return ""
}

// both returns the part that two types have of the values of a kind.
func both(t, o Type, kind Kinds, a, b *Type) *Type {
	switch {
	case t.Kinds&kind == 0:
		return b
	case o.Kinds&kind == 0:
		return a
	case a == nil || b == nil:
		return nil
	}
	u := a.or(*b)
	return &u
}

// and returns what is known of a value that is of both types at once. Types that
// exclude each other leave nothing known.
func (t Type) and(o Type) Type {
	switch {
	case t.unknown():
		return o
	case o.unknown():
		return t
	}
	u := t
	if u.Kinds &= o.Kinds; u.Kinds == 0 {
		return Type{}
	}
	if u.Format == "" {
		u.Format = o.Format
	}
	if u.Items == nil {
		u.Items = o.Items
	}
	if u.Rest == nil {
		u.Rest = o.Rest
	}
	if len(o.Fields) > 0 {
		u.Fields = maps.Clone(o.Fields)
		maps.Copy(u.Fields, t.Fields)
	}
	u.Closed = t.Closed || o.Closed
	return u
}

// absence is what a path does not find.
type absence struct {
	name    string // the path up to the first part that is not declared
	near    string // the whole path with a name that is declared in that part's place; empty where none is near
	certain bool   // there can be no such field
}

// at returns what a path finds in a value of type t, as evaluation reads it, and
// what it does not find; nil where every part is declared or may be there unseen.
func (t Type) at(p path) (found Type, missing *absence) {
	many := false
	for i, s := range p {
		for t.is(List) {
			t, many = t.items(), true
		}
		field, known, certain := t.field(s.name)
		if !known {
			missing = &absence{p[:i+1].String(), t.near(p, i), certain}
			t = Type{}
			if many {
				return listOf(t), missing
			}
			return t, missing
		}
		t = field
		for range s.every {
			if many = true; t.is(List) {
				t = t.items()
			} else if t.may(List) {
				t = Type{}
			}
		}
	}
	if many {
		return listOf(t), nil
	}
	return t, nil
}

// near returns p with part i, which t lacks, replaced by what was perhaps meant: a
// field of nearly that name, or one of that very name a level below.
func (t Type) near(p path, i int) string {
	as := func(s ...step) string {
		return slices.Concat(p[:i], s, p[i+1:]).String()
	}
	missing := p[i]
	if name := nearest(missing.name, maps.Keys(t.Fields)); name != "" {
		return as(step{name, missing.every})
	}
	for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
		if _, ok := t.Fields[name].Fields[missing.name]; ok {
			return as(step{name: name}, missing)
		}
	}
	return ""
}

func (t Type) items() Type {
	if t.Items == nil {
		return Type{}
	}
	return *t.Items
}

// field returns the type of a field, whether it is known or may be there unseen,
// and where it is not, whether there can be none of that name.
func (t Type) field(name string) (field Type, known, certain bool) {
	if t.unknown() || t.may(List) {
		return Type{}, true, false
	}
	if !t.may(Object) {
		return Type{}, false, true
	}
	if f, ok := t.Fields[name]; ok {
		return f, true, false
	}
	if t.Rest != nil {
		return *t.Rest, true, false
	}
	if len(t.Fields) == 0 && !t.Closed {
		return Type{}, true, false
	}
	return Type{}, false, t.Closed
}
