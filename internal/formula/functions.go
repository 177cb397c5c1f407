package formula

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Function describes one function of the language.
type Function struct {
	Name string
	// Group is Field, Math, Compare, List, Text, Date, Format or Logic.
	Group string
	// Params are what the function takes, in order, and Result is a word for what
	// it gives.
	Params []Param
	Result string
	// Doc says what the function gives, in one or more sentences.
	Doc string
	// Example shows it at work.
	Example Example
	// FormulaField says whether the builder offers the function in formula
	// fields. The others stand in trigger filters and conditions; this package
	// accepts all of them everywhere.
	FormulaField bool
}

// Example is an expression with the scope it is evaluated in and its value there.
type Example struct {
	Expression string
	Scope      Scope
	Result     any
}

// Functions returns every function of the language, by group and name.
func Functions() []Function {
	order := []string{"Field", "Math", "Compare", "List", "Text", "Date", "Format", "Logic"}
	list := make([]Function, 0, len(builtins))
	for _, f := range builtins {
		list = append(list, f.Function)
	}
	slices.SortFunc(list, func(a, b Function) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Group), slices.Index(order, b.Group)),
			cmp.Compare(a.Name, b.Name))
	})
	return list
}

// form says how a call is written in the program.
type form int

const (
	plainForm  form = iota // all arguments first, then do
	ifForm                 // the branch that is not taken is not evaluated
	andForm                // stops at the first false
	orForm                 // stops at the first true
	someForm               // the second argument is a predicate
	everyForm              // the same
	filterForm             // the same
)

func (f form) predicate() bool { return f == someForm || f == everyForm || f == filterForm }

// builtin is a function and what carries it out.
type builtin struct {
	Function
	form form
	do   func(*evaluation) any // nil for a form that needs none
}

// builtins are the functions by name. It is never changed.
var builtins = func() map[string]builtin {
	all := map[string]builtin{}
	for group, list := range map[string][]builtin{
		"Field": {entry("var(path) → any",
			"The field at a dotted path, in quotes or bare; null where there is none. "+
				"[0] after a name means every item of the list there, and gives a list without the nulls. "+
				"A hyphen is part of a name: nothing is subtracted.",
			example(`{{var("contact.name")}}`, data("contact", data("name", "Ada")), "Ada"), nil)},
		"Math": mathFunctions(), "Compare": compareFunctions(), "List": listFunctions(),
		"Text": textFunctions(), "Date": dateFunctions(), "Format": formatFunctions(), "Logic": logicFunctions(),
	} {
		for _, f := range list {
			f.Group = group
			all[f.Name] = f
		}
	}
	return all
}()

// hidden marks functions that the builder does not offer in formula fields.
func hidden(list ...builtin) []builtin {
	for i := range list {
		list[i].FormulaField = false
	}
	return list
}

// entry makes a function that formula fields offer. usage is its example.
func entry(signature, doc string, usage Example, do func(*evaluation) any) builtin {
	f := signed(signature)
	f.Doc, f.Example, f.FormulaField = doc, usage, true
	return builtin{do: do, Function: f}
}

// special makes a function that the program itself carries out in part.
func special(f form, signature, doc string, usage Example) builtin {
	b := entry(signature, doc, usage, nil)
	b.form = f
	return b
}

// example makes an example at 09:30:00 UTC on 1 May 2026, a Friday.
func example(expression string, scope map[string]any, result any) Example {
	now := time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)
	return Example{Expression: expression, Scope: Scope{Data: scope, Now: now}, Result: result}
}

// data makes an object of names and values by turns.
func data(pairs ...any) map[string]any {
	object := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	return object
}

// check refuses a call with the wrong number of arguments, and a path for
// arrayMap that is none.
func (b builtin) check(n *node) *SyntaxError {
	least, most := b.bounds()
	if given := len(n.args); given < least || most >= 0 && given > most {
		e := &SyntaxError{Pos: n.pos, Kind: WrongArity, Message: fmt.Sprintf("%s takes %s, not %d", b.Name, arity(least, most), given)}
		return e.spanning(n.text)
	}
	if n.text == "arrayMap" && n.args[1].kind == literalNode {
		name, ok := n.args[1].value.(string)
		if !ok {
			return &SyntaxError{Pos: n.args[1].pos, End: n.args[1].end, Kind: WrongValue, Message: "arrayMap needs a path in quotes"}
		}
		if _, problem := parsePath(name); problem != "" {
			return &SyntaxError{Pos: n.args[1].pos, End: n.args[1].end, Kind: WrongValue, Message: problem}
		}
	}
	return nil
}

func arity(least, most int) string {
	switch {
	case most < 0 && least == 1:
		return "at least 1 value"
	case most < 0:
		return fmt.Sprintf("at least %d values", least)
	case most == 1:
		return "1 value"
	case most == 0:
		return "no values"
	}
	return fmt.Sprintf("%d values", most)
}

// unknown says that there is no function of that name, and which was perhaps meant.
func unknown(name string) *SyntaxError {
	e := &SyntaxError{Kind: UnknownFunction, Message: "there is no function of that name"}
	if len(name) <= maxGuessed {
		e.Message = fmt.Sprintf("there is no function %s", name)
	}
	if e.Suggestion = nearest(name, maps.Keys(builtins)); e.Suggestion != "" {
		e.Message += "; did you mean " + e.Suggestion + "?"
	}
	return e
}

// maxGuessed is the longest name that another is looked for.
const maxGuessed = 40

// nearest returns the name that a misspelled one was perhaps meant to be, capitals
// aside; empty where none is near.
func nearest(name string, known iter.Seq[string]) string {
	if len(name) > maxGuessed {
		return ""
	}
	best, least := "", min(3, (len(name)+1)/2)
	for _, k := range slices.Sorted(known) {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance returns how many letters must be added, dropped, changed or swapped with
// the next to turn one name into the other.
func distance(a, b string) int {
	var before, last []int // the rows of a[:i-1] and a[:i]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
