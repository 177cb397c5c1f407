// Package formula is the expression language that automations are written in:
// text with {{…}} in it, as filters, conditions, delays and input mappings
// carry it. It reads a source into a small tree, checks the tree, and turns it
// into a program once; a program is evaluated any number of times, by any
// number of goroutines, without a clock, a store or a network.
//
// Nothing here panics, and everything is bounded: the source, the nesting, the
// work, the lists and the texts that an evaluation makes.
//
// Start with Compile; the language's functions stand in the files named after
// their groups (math.go, arrays.go …), and Functions returns them as a table.
package formula

import (
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"
)

// The bounds of the language.
const (
	// MaxExpression is the longest {{…}}, braces included, in bytes.
	MaxExpression = 5000
	// MaxSource is the longest text that may hold expressions, in bytes.
	MaxSource = 64 << 10
	// MaxDepth is how deeply calls and lists may stand in each other.
	MaxDepth = 64
	// MaxText is the longest text that a function or a mixed text may make, in bytes.
	MaxText = 64 << 10
	// MaxValue is the largest value that a template may make, in bytes of JSON.
	MaxValue = 1 << 20
	// MaxSteps is how much work one evaluation may do: calls made, plus items
	// looked at, plus a step for each 32 bytes of text handled, for each 8 of
	// a text read as a number, and 8 for each date read.
	MaxSteps = 1_000_000

	// maxElements is what the program's own lists may hold together.
	maxElements = 1_000_000
)

// Scope is what an expression sees. Its zero value is an empty payload at the
// zero time in UTC.
type Scope struct {
	// Data is the payload merged with the outputs of earlier actions by
	// namespace: JSON values as encoding/json decodes them. Numbers may also
	// be int, int64 or json.Number.
	Data map[string]any
	// Now is what now() answers.
	Now time.Time
	// Location is the site's time zone; nil means UTC. The parts and the
	// calendar date of a date-time are those in this zone. A bare date is in
	// no zone and stays the date it is.
	Location *time.Location
	// Escape makes the text that an expression gives safe for where it goes, HTML
	// say; text around expressions is left as it is. Nil leaves all as it is.
	Escape func(string) string
}

// Expression is a compiled source. It is safe for concurrent use.
type Expression struct {
	source    string
	variables []string
	constant  bool
	plain     bool // no braces: the source is its own value
	single    bool // one {{…}} and nothing else
	sites     []site
	program   *vm.Program
}

// Compile returns the expression that src spells. A src of one {{…}} and
// nothing else keeps the type of its value; text with several, or with other
// text around them, gives text; text without {{ gives itself.
//
// An error is a *SyntaxError that points at the offending byte. Refused are
// unknown functions, wrong numbers of arguments, $_ outside a predicate, a {{
// that is never closed, source that is not UTF-8 or goes beyond the bounds.
func Compile(src string) (*Expression, error) {
	parts, fault := parse(src)
	if fault != nil {
		return nil, fault.in(src)
	}
	e := &Expression{source: src, constant: true}
	for _, p := range parts {
		p.walk(func(n *node) {
			switch {
			case n.kind == fieldNode:
				e.constant = false
				e.variables = append(e.variables, n.path.String())
			case n.kind == callNode && n.text == "now":
				e.constant = false
			}
		})
	}
	slices.Sort(e.variables)
	e.variables = slices.Compact(e.variables)
	if len(parts) == 0 || len(parts) == 1 && parts[0].bare {
		e.plain = true
		return e, nil
	}
	e.single = len(parts) == 1
	e.program, e.sites, fault = translate(parts)
	if fault != nil {
		return nil, fault.in(src)
	}
	return e, nil
}

// Source returns the text that the expression was compiled from.
func (e *Expression) Source() string { return e.source }

// Constant reports whether the value depends on nothing that changes: the
// source reads no field and does not ask for now().
func (e *Expression) Constant() bool { return e.constant }

// Variables returns the dotted paths that the expression reads, as written,
// sorted and each once. Paths below $_ and those given to arrayMap are not
// among them.
func (e *Expression) Variables() []string { return slices.Clone(e.variables) }

// Eval returns the value in s: nil, bool, float64, string, []any or
// map[string]any, and where a field is passed through, the very value that
// stands in s.Data. Lists and objects may be shared with s.Data and with the
// expression, so the caller must not change them.
//
// An error is an *EvalError that points at the call that could not be carried out.
func (e *Expression) Eval(s Scope) (v any, err error) {
	if e.plain {
		return e.source, nil
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, &EvalError{Message: fmt.Sprint("cannot be evaluated: ", r)}
		}
	}()
	ev := &evaluation{scope: s, zone: s.Location, sites: e.sites}
	if ev.zone == nil {
		ev.zone = time.UTC
	}
	machine := vm.VM{MemoryBudget: maxElements}
	v, err = machine.Run(e.program, ev)
	switch {
	case ev.err != nil:
		ev.err.Character = character(e.source, ev.err.Pos)
		return nil, ev.err
	case err != nil:
		return nil, &EvalError{Message: "cannot be evaluated: " + firstLine(err.Error())}
	}
	if text, ok := v.(string); ok && e.single && s.Escape != nil {
		return s.Escape(text), nil
	}
	return v, nil
}

// Bool returns the value, which must be a boolean: neither null nor the text
// "true" is one.
func (e *Expression) Bool(s Scope) (bool, error) {
	v, err := e.Eval(s)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, &EvalError{Message: "the value is " + kindOf(v) + ", not true or false"}
	}
	return b, nil
}

// Number returns the value, a number or text that spells one.
func (e *Expression) Number(s Scope) (float64, error) {
	v, err := e.Eval(s)
	if err != nil {
		return 0, err
	}
	n, ok := numberOf(v)
	if !ok {
		return 0, &EvalError{Message: "the value is " + notNumber(v)}
	}
	return n, nil
}

// Text returns the value as text: null is empty, true and false are spelled
// out, whole numbers have no exponent, lists and objects are compact JSON. It
// is at most MaxText bytes long, or an error; the text of a source without
// braces is bounded by MaxSource alone.
func (e *Expression) Text(s Scope) (string, error) {
	v, err := e.Eval(s)
	if err != nil {
		return "", err
	}
	t, err := textOf(v)
	if err != nil {
		return "", &EvalError{Message: "the value " + err.Error()}
	}
	if len(t) > MaxText && !e.plain {
		return "", &EvalError{Message: tooLong}
	}
	return t, nil
}

// Time returns the instant that the value names, in UTC and whole
// milliseconds: RFC 3339 text with an offset or Z, or milliseconds since 1970
// as a number or numeric text. A date-time without an offset, and the first
// moment of a bare date, are read in s.Location.
func (e *Expression) Time(s Scope) (time.Time, error) {
	v, err := e.Eval(s)
	if err != nil {
		return time.Time{}, err
	}
	zone := s.Location
	if zone == nil {
		zone = time.UTC
	}
	m, problem := momentOf(v, zone)
	if problem != "" {
		return time.Time{}, &EvalError{Message: "the value " + problem}
	}
	return m.instant(zone).UTC().Truncate(time.Millisecond), nil
}
