package flow

import "github.com/belay-events/belay/internal/formula"

// Filtered is what one filter of a plan's trigger came to on a payload.
type Filtered struct {
	FieldKey, Expression string
	Passed               bool
	Error                string
	// Read is what the expression names in the payload, in its order.
	Read []Value
}

// Value is what stands at a place of a payload; nil where there is nothing.
type Value struct {
	Path  string
	Value any
}

// Filter evaluates every filter of the plan on a payload, also those behind one that
// did not pass.
func (p *Plan) Filter(in Input) []Filtered {
	list := make([]Filtered, len(p.filters))
	for i, f := range p.filters {
		told := Filtered{FieldKey: f.field, Expression: f.pass.Source()}
		passed, err := f.pass.Bool(in.scope(in.Payload))
		if err != nil {
			told.Error = brief(err.Error())
		}
		told.Passed = passed && err == nil
		for _, name := range f.pass.Variables() {
			told.Read = append(told.Read, Value{name, read(name, in)})
		}
		list[i] = told
	}
	return list
}

// read returns what an expression that is the path alone comes to.
func read(path string, in Input) any {
	e, err := formula.Compile("{{var(\"" + path + "\")}}")
	if err != nil {
		return nil
	}
	v, err := e.Eval(in.scope(in.Payload))
	if err != nil {
		return nil
	}
	return v
}
