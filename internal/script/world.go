package script

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/sobek"
)

// kept is all that code finds in its world, by the object that holds it. What is
// not here is taken away before any code runs.
var kept = map[string]string{
	"": "Object Array String Number Boolean Date Math JSON Map Set Error TypeError RangeError " +
		"parseInt parseFloat isNaN isFinite undefined NaN Infinity encodeURIComponent decodeURIComponent",
	"Object":             "prototype keys values entries fromEntries assign is hasOwn",
	"Object.prototype":   "hasOwnProperty toString valueOf",
	"Function.prototype": "",
	"Array":              "prototype isArray of from",
	"Array.prototype": "at concat entries every filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf " +
		"join keys lastIndexOf length map pop push reduce reduceRight reverse shift slice some sort splice toString unshift values",
	"String": "prototype fromCharCode",
	"String.prototype": "at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf length match padEnd padStart " +
		"repeat replace replaceAll slice split startsWith substring toLowerCase toUpperCase toString trim trimEnd trimStart valueOf",
	"Number": "prototype isInteger isFinite isNaN isSafeInteger parseFloat parseInt EPSILON MAX_SAFE_INTEGER " +
		"MIN_SAFE_INTEGER MAX_VALUE MIN_VALUE",
	"Number.prototype":  "toFixed toPrecision toString valueOf",
	"Boolean":           "prototype",
	"Boolean.prototype": "toString valueOf",
	"Math": "abs cbrt ceil exp floor hypot log log10 log2 max min pow round sign sqrt trunc E PI LN2 LN10 SQRT2 " +
		"sin cos tan atan atan2",
	"JSON":             "parse stringify",
	"Map":              "prototype",
	"Map.prototype":    "get set has delete size clear forEach entries keys values",
	"Set":              "prototype",
	"Set.prototype":    "has add delete size clear forEach entries keys values",
	"RegExp.prototype": "exec test flags global ignoreCase multiline source sticky unicode dotAll",
	"Date.prototype": "getTime valueOf toISOString toJSON getUTCFullYear getUTCMonth getUTCDate getUTCDay getUTCHours " +
		"getUTCMinutes getUTCSeconds getUTCMilliseconds",
	"Error": "prototype", "Error.prototype": "name message toString",
	"TypeError": "prototype", "TypeError.prototype": "name message",
	"RangeError": "prototype", "RangeError.prototype": "name message",
}

// world is one runtime, for one evaluation.
type world struct {
	vm   *sobek.Runtime
	zone *time.Location
	left int
	deep int // lists being joined within each other
	json sobek.Callable
}

func newWorld(zone *time.Location) *world {
	w := &world{vm: sobek.New(), zone: zone, left: Budget}
	w.vm.SetMaxCallStackSize(maxCalls)
	global := w.vm.GlobalObject()
	w.json, _ = sobek.AssertFunction(global.Get("JSON").ToObject(w.vm).Get("parse"))
	holders := map[string]*sobek.Object{"": global}
	for name := range kept {
		holder, prototype, _ := strings.Cut(name, ".")
		if name == "" {
			continue
		}
		object := global.Get(holder).ToObject(w.vm)
		if prototype != "" {
			object = object.Get(prototype).ToObject(w.vm)
		}
		holders[name] = object
	}
	for name, object := range holders {
		w.strip(object, strings.Fields(kept[name]))
	}
	for name, object := range holders {
		if name != "" {
			w.charge(name, object)
		}
	}
	for _, name := range []string{"parseInt", "parseFloat", "encodeURIComponent", "decodeURIComponent"} {
		w.wrap("", name, global)
	}
	w.replace(holders)
	w.dates(holders["Date.prototype"])
	return w
}

// strip takes away all that is not kept. Fields under symbols stay: they make
// iteration and conversion work, and code has no way to name a symbol.
func (w *world) strip(object *sobek.Object, keep []string) {
	for _, name := range object.GetOwnPropertyNames() {
		if !slices.Contains(keep, name) {
			_ = object.Delete(name)
		}
	}
}

// charge makes the functions of an object pay.
func (w *world) charge(holder string, object *sobek.Object) {
	for _, name := range strings.Fields(kept[holder]) {
		if name != "prototype" && name != "size" && !strings.HasPrefix(holder, "RegExp.prototype") || name == "exec" || name == "test" {
			w.wrap(holder, name, object)
		}
	}
}

// wrap makes one function pay: for what it is given before it runs, and for what
// it gave after.
func (w *world) wrap(holder, name string, object *sobek.Object) {
	original, ok := sobek.AssertFunction(object.Get(name))
	if !ok {
		return
	}
	lists := holder == "Array.prototype"
	guard := w.guard(holder, name)
	_ = object.Set(name, func(call sobek.FunctionCall) sobek.Value {
		if lists && !isArray(call.This) {
			panic(w.vm.NewTypeError("%s works on lists alone", name))
		}
		w.spend(1 + w.size(call.This))
		for _, a := range call.Arguments {
			w.spend(w.size(a))
		}
		if guard != nil {
			guard(&call)
		}
		out, err := original(call.This, call.Arguments...)
		if err != nil {
			panic(err)
		}
		w.spend(w.size(out))
		return out
	})
}

// spend pays out of the budget; where that is gone, the evaluation is over.
func (w *world) spend(n int) {
	if n < 0 || n > w.left {
		panic(spent{})
	}
	w.left -= n
}

func isArray(v sobek.Value) bool {
	object, ok := v.(*sobek.Object)
	return ok && object.ClassName() == "Array"
}

func length(v sobek.Value) int {
	n := v.(*sobek.Object).Get("length").ToInteger()
	return int(min(n, math.MaxInt32))
}

// size is what a value costs to make or to look through.
func (w *world) size(v sobek.Value) int {
	switch s := v.(type) {
	case sobek.String:
		return s.Length() / 64
	case *sobek.Object:
		if isArray(s) {
			return length(s) / 64
		}
	}
	return 0
}

// tools are what rewritten code pays with, in the order of module.
func (w *world) tools() []sobek.Value {
	first := func(pay func(v sobek.Value)) sobek.Value {
		return w.vm.ToValue(func(call sobek.FunctionCall) sobek.Value {
			pay(call.Argument(0))
			return call.Argument(0)
		})
	}
	return []sobek.Value{
		first(func(v sobek.Value) { w.spend(int(v.ToInteger())) }),
		first(func(v sobek.Value) { w.spend(w.size(v)) }),
		first(func(v sobek.Value) {
			if object, ok := v.(*sobek.Object); ok && !isArray(v) {
				w.spend(len(object.GetOwnPropertyNames()) / 16)
			}
			w.spend(16 * w.size(v)) // iterating is slower than copying
		}),
		w.vm.ToValue(func(call sobek.FunctionCall) sobek.Value {
			key := call.Argument(0)
			if _, object := key.(*sobek.Object); object {
				key = w.vm.ToValue(key.String())
			}
			if i, err := strconv.ParseUint(key.String(), 10, 32); err == nil {
				w.spend(int(min(i, 1<<20) / 64))
			}
			return key
		}),
	}
}

// parse gives the code its own copy of a JSON text.
func (w *world) parse(text string) (sobek.Value, error) {
	return w.json(sobek.Undefined(), w.vm.ToValue(text))
}
