package formula

import "strings"

// Param is one value that a function takes.
type Param struct {
	// Name says what the value is for; empty where the type says it.
	Name string
	// Type is a word for the values that are taken: number, text, date …
	Type string
	// Repeats is set on the last of a function that takes any number of these.
	Repeats bool

	class class
}

// class is what a function takes in one place, which is what evaluation accepts
// there: numbers are read from text too, and so are dates.
type class struct {
	word  string
	takes Kinds // these are never at fault for their kind
	reads Kinds // of these, some values are taken and others are not

	divides bool // zero is not taken
}

// classes are the words of signatures. A question mark marks those for which
// null makes the result false instead of an error.
var classes = map[string]class{
	"any":               {word: "any", takes: Anything},
	"number":            {word: "number", takes: Number, reads: Text},
	"number?":           {word: "number", takes: Number | Null, reads: Text},
	"whole":             {word: "whole number", takes: Number, reads: Text},
	"divisor":           {word: "number", takes: Number, reads: Text, divides: true},
	"number or boolean": {word: "number or boolean", takes: Number | Boolean, reads: Text},
	"text":              {word: "text", takes: Text | Number | Boolean | Null},
	"boolean":           {word: "boolean", takes: Boolean | Null},
	"list":              {word: "list", takes: List | Null},
	"numbers":           {word: "list of numbers", takes: List},
	"date":              {word: "date", takes: Number, reads: Text},
	"date?":             {word: "date", takes: Number | Null, reads: Text},
	"date-time":         {word: "date-time", takes: Number, reads: Text},
	"path":              {word: "path", takes: Text},
	"predicate":         {word: "predicate", takes: Boolean | Null},
}

// given are the types that signatures end with.
var given = map[string]Type{
	"any": {}, "number": {Kinds: Number}, "text": {Kinds: Text}, "boolean": {Kinds: Boolean}, "list": {Kinds: List},
	"date": {Kinds: Text | Number}, "date-time": {Kinds: Text, Format: "date-time"},
}

// signed returns the function that a signature describes, such as
// "substring(text; start: whole; length: whole) → text" or "sum(number; …) → number".
func signed(signature string) Function {
	call, result, _ := strings.Cut(signature, " → ")
	name, params, _ := strings.Cut(strings.TrimSuffix(call, ")"), "(")
	f := Function{Name: name, Result: result}
	if params == "" {
		return f
	}
	for p := range strings.SplitSeq(params, "; ") {
		if p == "…" {
			f.Params[len(f.Params)-1].Repeats = true
			continue
		}
		label, word, labeled := strings.Cut(p, ": ")
		if !labeled {
			label, word = "", p
		}
		c := classes[word]
		f.Params = append(f.Params, Param{Name: label, Type: c.word, class: c})
	}
	return f
}

// Signature returns the function as it is called, with what it takes and gives:
// sum(number; number; …) → number.
func (f *Function) Signature() string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString("; ")
		}
		if p.Name != "" {
			b.WriteString(p.Name + ": ")
		}
		b.WriteString(p.Type)
		if p.Repeats {
			b.WriteString("; …")
		}
	}
	b.WriteString(") → " + f.Result)
	return b.String()
}

// bounds returns the least and the greatest number of arguments; -1 where any
// number goes.
func (f *Function) bounds() (least, most int) {
	least = len(f.Params)
	if least > 0 && f.Params[least-1].Repeats {
		return least, -1
	}
	return least, least
}

// param returns what is taken as argument i, counted from 0.
func (f *Function) param(i int) Param { return f.Params[min(i, len(f.Params)-1)] }
