package formula

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// ProblemKind says what is wrong with an expression.
type ProblemKind string

// The kinds of problems.
const (
	Malformed       ProblemKind = "SYNTAX"
	UnknownFunction ProblemKind = "UNKNOWN_FUNCTION"
	WrongArity      ProblemKind = "ARITY"
	WrongType       ProblemKind = "ARGUMENT_TYPE"
	WrongValue      ProblemKind = "ARGUMENT_VALUE"
	UnknownVariable ProblemKind = "UNKNOWN_VARIABLE"
)

// Problem is something wrong with an expression, or likely to be.
type Problem struct {
	// Pos is the byte offset in the source of what is wrong, and Character the
	// same place in characters, counted from 1.
	Pos, Character int
	// End is the byte offset behind what is wrong; Pos where something is missing.
	End  int
	Kind ProblemKind
	// Function is the function at fault, Variable the path at fault; one of them
	// may be empty, or both.
	Function, Variable string
	// Certain says that the expression cannot be right. Otherwise it depends on what
	// the data are: text may spell a number, and a payload may have fields that its
	// schema does not name.
	Certain bool
	// Message says what is wrong, without the place.
	Message string
	// Suggestion is what was perhaps meant in the place of what is wrong; empty where
	// nothing comes to mind.
	Suggestion string
}

// String returns the message and its place.
func (p *Problem) String() string {
	if p.Function == "" {
		return fmt.Sprintf("%s (at character %d)", p.Message, p.Character)
	}
	return fmt.Sprintf("%s: %s (at character %d)", p.Function, p.Message, p.Character)
}

// Characters returns how many characters of src are wrong, from p.Character on; 0
// where something is missing.
func (p *Problem) Characters(src string) int { return characters(src, p.Pos, p.End) }

// Check returns what is known of the value of a source, and its problems in the
// order in which its parts are evaluated, where data is the type of Scope.Data. A
// source that does not compile has one problem. What is not known is never held
// against an expression.
func Check(src string, data Type) (Type, []Problem) {
	parts, fault := parse(src)
	if fault != nil {
		return Type{}, []Problem{{
			Pos: fault.Pos, End: max(fault.Pos, fault.End), Character: character(src, fault.Pos),
			Kind: fault.Kind, Certain: true, Message: fault.Message, Suggestion: fault.Suggestion,
		}}
	}
	c := checker{src: src, data: data}
	if len(parts) == 1 {
		return c.value(parts[0]), c.problems
	}
	for _, p := range parts {
		c.value(p)
	}
	return Type{Kinds: Text}, c.problems
}

// Leaf is a text of a template that holds expressions.
type Leaf struct {
	// Steps lead to it from the root: a string is the name of a field, an int the
	// place in a list.
	Steps    []any
	Type     Type
	Problems []Problem
}

// CheckTemplate returns what is known of the value of a template, and each of its
// texts that holds expressions, lists and fields in order.
func CheckTemplate(v any, data Type) (Type, []Leaf) {
	c := templateChecker{data: data}
	t := c.value(v, nil)
	return t, c.leaves
}

type templateChecker struct {
	data   Type
	leaves []Leaf
}

func (c *templateChecker) value(v any, steps []any) Type {
	if len(steps) > MaxDepth {
		return Type{}
	}
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{") {
			return Type{Kinds: Text}
		}
		t, problems := Check(v, c.data)
		c.leaves = append(c.leaves, Leaf{append([]any(nil), steps...), t, problems})
		return t
	case []any:
		items := make([]Type, len(v))
		for i, item := range v {
			items[i] = c.value(item, append(steps, i))
		}
		return listWith(items)
	case map[string]any:
		t := Type{Kinds: Object, Closed: true, Fields: make(map[string]Type, len(v))}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			t.Fields[name] = c.value(v[name], append(steps, name))
		}
		return t
	}
	return Type{Kinds: kindsOf(v)}
}

// listWith returns the type of a list with just these items.
func listWith(items []Type) Type {
	if len(items) == 0 {
		return Type{Kinds: List}
	}
	all := items[0]
	for _, t := range items[1:] {
		all = all.or(t)
	}
	return listOf(all)
}

// checker looks through one source.
type checker struct {
	src      string
	data     Type
	items    []Type // of the lists whose predicates stand around, innermost last
	problems []Problem
}

func (c *checker) add(p Problem) {
	p.Character = character(c.src, p.Pos)
	c.problems = append(c.problems, p)
}

func (c *checker) value(n *node) Type {
	switch n.kind {
	case literalNode:
		return Type{Kinds: kindsOf(n.value)}
	case fieldNode:
		return c.found(n, n.path, c.data, "")
	case itemNode:
		item := c.items[len(c.items)-1]
		if len(n.path) == 0 {
			return item
		}
		return c.found(n, n.path, item, "$_.")
	case listNode:
		items := make([]Type, len(n.args))
		for i, a := range n.args {
			items[i] = c.value(a)
		}
		return listWith(items)
	}
	return c.call(n)
}

// found returns what a path finds in t and reports what it does not.
func (c *checker) found(n *node, p path, t Type, before string) Type {
	found, missing := t.at(p)
	if missing != nil {
		message := fmt.Sprintf("there is no field %s%s", before, missing.name)
		if !missing.certain {
			message += " in the schema"
		}
		c.add(Problem{
			Pos: n.pos, End: n.end, Kind: UnknownVariable, Variable: before + p.String(), Certain: missing.certain,
			Message: message, Suggestion: c.meant(n, before, missing.near),
		})
	}
	return found
}

// meant returns the source of a field that is near to one that is not there.
func (c *checker) meant(n *node, before, near string) string {
	if near == "" {
		return ""
	}
	if n.kind == literalNode { // the path of arrayMap, in its quotes
		return c.src[n.pos:n.pos+1] + near + c.src[n.pos:n.pos+1]
	}
	return before + near
}

func (c *checker) call(n *node) Type {
	f := builtins[n.text]
	args := make([]Type, len(n.args))
	for i, a := range n.args {
		inside := f.form.predicate() && i == 1
		if inside {
			c.items = append(c.items, args[0].items())
		}
		args[i] = c.value(a)
		if inside {
			c.items = c.items[:len(c.items)-1]
		}
		c.argument(n, &f, i, args[i])
	}
	switch f.Name {
	case "if":
		return args[1].or(args[2])
	case "arrayFilter":
		return args[0]
	case "addToDate", "subtractFromDate":
		if t := args[0]; t.is(Text | Number) {
			return t
		}
	case "arrayMap":
		return c.mapped(n, args[0])
	}
	return given[f.Result]
}

func (c *checker) mapped(n *node, list Type) Type {
	name, ok := n.args[1].value.(string)
	if n.args[1].kind != literalNode || !ok {
		return listOf(Type{})
	}
	p, problem := parsePath(name)
	if problem != "" {
		return listOf(Type{}) // compiling refuses it
	}
	return listOf(c.found(n.args[1], p, list.items(), ""))
}

// argument holds the type of argument i against what the function takes there.
func (c *checker) argument(n *node, f *builtin, i int, t Type) {
	class := f.param(i).class
	a := n.args[i]
	wrong, certain := class.against(t)
	if a.kind == literalNode && !certain {
		if refused := class.refuses(a.value); refused != "" {
			c.blame(n, i, WrongValue, true, refused)
		}
		return
	}
	if wrong != "" {
		c.blame(n, i, WrongType, certain, wrong)
	}
}

// against says why a value of type t is not taken, empty where it is, and whether
// that is certain or depends on the value.
func (c class) against(t Type) (wrong string, certain bool) {
	kinds := t.Kinds
	if kinds != Null {
		kinds &^= Null
	}
	if t.unknown() || c.takes == Anything {
		return "", false
	}
	if kinds&(c.takes|c.reads) == 0 {
		return fmt.Sprintf("is %s, not %s", kinds, c.wanted()), true
	}
	if kinds&c.takes == 0 {
		if fits, maybe := c.readsFormat(t.Format); !fits {
			return c.unlike(t.Format), !maybe
		}
	}
	if items := t.items(); c.word == classes["numbers"].word && !items.may(Number|Text) {
		return fmt.Sprintf("is a list of what is %s, not of numbers", items.Kinds), true
	}
	return "", false
}

func (c *checker) blame(n *node, i int, kind ProblemKind, certain bool, message string) {
	a := n.args[i]
	where := fmt.Sprintf("value %d ", i+1)
	variable := ""
	if a.kind == fieldNode {
		variable = a.path.String()
		where += "(" + variable + ") "
	}
	c.add(Problem{Pos: a.pos, End: a.end, Kind: kind, Function: n.text, Variable: variable, Certain: certain, Message: where + message})
}

// wanted names what a class takes: "a number".
func (c class) wanted() string {
	switch c.word {
	case "text":
		return "text"
	case "boolean", "predicate":
		return "true or false"
	}
	return "a " + c.word
}

func (c class) dates() bool { return c.word == "date" || c.word == "date-time" }

// refuses says why a literal is not taken, empty where it is.
func (c class) refuses(v any) string {
	if v == nil || c.reads == 0 {
		return ""
	}
	if c.dates() {
		m, problem := momentOf(v, time.UTC)
		if problem == "" && c.word == "date-time" && m.form == bareDate {
			return "is a date without a time of day"
		}
		return problem
	}
	if _, ok := v.(bool); ok {
		return ""
	}
	n, ok := numberOf(v)
	switch {
	case !ok:
		return "is " + notNumber(v)
	case c.word == "whole number" && n != math.Trunc(n):
		return "is not a whole number"
	case c.divides && n == 0:
		return "is zero, and nothing can be divided by zero"
	}
	return ""
}

// readsFormat reports whether text of a format is what the class reads, and where
// not, whether it still may be.
func (c class) readsFormat(format string) (fits, maybe bool) {
	switch {
	case format == "":
		return false, true
	case c.dates():
		return format == "date-time" || format == "date" && c.word == "date", format == "number"
	}
	return format == "number", false
}

func (c class) unlike(format string) string {
	switch {
	case format != "" && format != "number":
		return fmt.Sprintf("is text of the format %s, not %s", format, c.wanted())
	case c.dates():
		return "is text that may not be a date"
	}
	return "is text that may not be a number"
}
