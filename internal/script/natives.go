package script

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/grafana/sobek"
)

// guard returns what a function of the language must pay, or must not be asked,
// before it runs: those that can make much of little, or that call back.
func (w *world) guard(holder, name string) func(call *sobek.FunctionCall) {
	switch holder + "." + name {
	case "String.prototype.repeat":
		return func(call *sobek.FunctionCall) { w.times(call.This, call.Argument(0)) }
	case "String.prototype.padEnd", "String.prototype.padStart":
		return func(call *sobek.FunctionCall) { w.spend(number(call.Argument(0)) / 64) }
	case "String.prototype.match":
		return func(call *sobek.FunctionCall) {
			w.pattern(call.Argument(0))
			w.search(call.This)
		}
	case "String.prototype.split":
		return func(call *sobek.FunctionCall) { w.search(call.This) }
	case "String.prototype.replace", "String.prototype.replaceAll":
		return w.substitute
	case "RegExp.prototype.exec", "RegExp.prototype.test":
		return func(call *sobek.FunctionCall) { w.search(call.Argument(0)) }
	case "Array.prototype.flatMap":
		return func(call *sobek.FunctionCall) { w.answers(call, 0) }
	case "Array.prototype.sort":
		return func(call *sobek.FunctionCall) {
			n := length(call.This)
			w.spend(n)
			for i := range n {
				w.spend(w.size(call.This.(*sobek.Object).Get(itoa(i))) * bits.Len(uint(n)))
			}
			w.spend(n * bits.Len(uint(n)) / 8)
		}
	case "Array.from":
		return func(call *sobek.FunctionCall) {
			if object, ok := call.Argument(0).(*sobek.Object); ok && object.ClassName() == "Object" {
				panic(w.vm.NewTypeError("Array.from takes what can be iterated"))
			}
		}
	case "Object.assign", "Object.fromEntries":
		return func(call *sobek.FunctionCall) {
			if name == "assign" && isArray(call.Argument(0)) {
				panic(w.vm.NewTypeError("Object.assign does not write to lists"))
			}
			w.fields(call.Arguments)
		}
	case "Object.keys", "Object.values", "Object.entries":
		return func(call *sobek.FunctionCall) { w.fields(call.Arguments) }
	case "JSON.parse":
		return func(call *sobek.FunctionCall) {
			w.search(call.Argument(0))
			call.Arguments = call.Arguments[:min(1, len(call.Arguments))]
		}
	case "JSON.stringify":
		return w.stringify
	}
	return nil
}

func number(v sobek.Value) int {
	n := v.ToFloat()
	if n > math.MaxInt32 {
		return math.MaxInt32
	}
	return max(0, int(n))
}

func itoa(n int) string { return strconv.Itoa(n) }

// times pays for a text that is repeated.
func (w *world) times(text, n sobek.Value) {
	w.spend(number(n) / 64)
	w.spend(len(text.String()) * number(n) / 64)
}

// search pays for what reads a text with a pattern.
func (w *world) search(text sobek.Value) { w.spend(len(text.String()) / 2) }

func (w *world) pattern(v sobek.Value) {
	if object, ok := v.(*sobek.Object); !ok || object.ClassName() != "RegExp" {
		panic(w.vm.NewTypeError("match takes a regular expression as a literal"))
	}
}

func (w *world) fields(objects []sobek.Value) {
	for _, v := range objects {
		if object, ok := v.(*sobek.Object); ok {
			w.spend(len(object.GetOwnPropertyNames()) / 16)
		}
	}
}

// substitute pays for the longest text that a replacement can give.
func (w *world) substitute(call *sobek.FunctionCall) {
	w.search(call.This)
	if _, ok := sobek.AssertFunction(call.Argument(1)); ok {
		w.answers(call, 1)
		return
	}
	by := call.Argument(1).String()
	if strings.Contains(by, "$`") || strings.Contains(by, "$'") {
		panic(w.vm.NewTypeError("a replacement cannot refer to what stands around a match"))
	}
	if object, ok := call.Argument(0).(*sobek.Object); ok && object.ClassName() != "RegExp" {
		panic(w.vm.NewTypeError("replace takes a text or a regular expression"))
	}
	w.spend((len(call.This.String()) + 1) * len(by) / 64)
}

// answers makes a function that is handed over pay for what it gives.
func (w *world) answers(call *sobek.FunctionCall, at int) {
	f, ok := sobek.AssertFunction(call.Argument(at))
	if !ok {
		return
	}
	call.Arguments[at] = w.vm.ToValue(func(inner sobek.FunctionCall) sobek.Value {
		out, err := f(inner.This, inner.Arguments...)
		if err != nil {
			panic(err)
		}
		w.spend(1 + w.size(out))
		return out
	})
}

// stringify pays for each value on the way, as one may stand in many places.
func (w *world) stringify(call *sobek.FunctionCall) {
	each := w.vm.ToValue(func(inner sobek.FunctionCall) sobek.Value {
		w.spend(1 + w.size(inner.Argument(0)) + w.size(inner.Argument(1)))
		return inner.Argument(1)
	})
	call.Arguments = []sobek.Value{call.Argument(0), each}
}

// replace gives functions that cannot be made to pay from outside.
func (w *world) replace(holders map[string]*sobek.Object) {
	lists := holders["Array.prototype"]
	_ = lists.Set("join", func(call sobek.FunctionCall) sobek.Value {
		separator := ","
		if s := call.Argument(0); !sobek.IsUndefined(s) {
			separator = s.String()
		}
		return w.vm.ToValue(w.join(call.This, separator))
	})
	_ = lists.Set("toString", func(call sobek.FunctionCall) sobek.Value { return w.vm.ToValue(w.join(call.This, ",")) })
	_ = lists.Set("flat", func(call sobek.FunctionCall) sobek.Value {
		depth := 1
		if d := call.Argument(0); !sobek.IsUndefined(d) {
			depth = number(d)
		}
		list := w.vm.NewArray()
		push, _ := sobek.AssertFunction(list.Get("push"))
		if _, err := push(list, w.flat(nil, call.This, min(depth, maxCalls))...); err != nil {
			panic(err)
		}
		return list
	})
	global := holders[""]
	for name, convert := range map[string]func(v sobek.Value) sobek.Value{
		"String":  func(v sobek.Value) sobek.Value { return v.ToString() },
		"Number":  func(v sobek.Value) sobek.Value { return v.ToNumber() },
		"Boolean": func(v sobek.Value) sobek.Value { return w.vm.ToValue(v.ToBoolean()) },
		"Object":  func(v sobek.Value) sobek.Value { return v.ToObject(w.vm) },
		"Array":   func(v sobek.Value) sobek.Value { panic(w.vm.NewTypeError("lists are written as literals")) },
	} {
		f := w.vm.ToValue(func(call sobek.FunctionCall) sobek.Value {
			v := call.Argument(0)
			if len(call.Arguments) == 0 && name != "Boolean" {
				v = w.vm.ToValue(map[string]any{"String": "", "Number": 0}[name])
			}
			w.spend(1 + w.size(v))
			out := convert(v)
			w.spend(w.size(out))
			return out
		}).(*sobek.Object)
		for _, kept := range strings.Fields(kept[name]) {
			if kept != "prototype" {
				_ = f.Set(kept, holders[name].Get(kept))
			}
		}
		_ = global.Set(name, f)
	}
}

func (w *world) items(v sobek.Value) []sobek.Value {
	if !isArray(v) {
		panic(w.vm.NewTypeError("this works on lists alone"))
	}
	n := length(v)
	w.spend(1 + n)
	out := make([]sobek.Value, n)
	for i := range out {
		out[i] = v.(*sobek.Object).Get(itoa(i))
	}
	return out
}

func (w *world) join(list sobek.Value, separator string) string {
	if w.deep++; w.deep > maxCalls { // a list may hold itself
		panic(w.vm.NewTypeError("the list is nested more than %d times deep", maxCalls))
	}
	defer func() { w.deep-- }()
	var b strings.Builder
	for i, item := range w.items(list) {
		text := ""
		if item != nil && !sobek.IsUndefined(item) && !sobek.IsNull(item) {
			text = item.String()
		}
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text)
		w.spend((len(text) + len(separator)) / 64)
	}
	return b.String()
}

func (w *world) flat(out []sobek.Value, list sobek.Value, depth int) []sobek.Value {
	for _, item := range w.items(list) {
		switch {
		case item == nil: // a hole
		case depth > 0 && isArray(item):
			out = w.flat(out, item, depth-1)
		default:
			out = append(out, item)
		}
	}
	return out
}
