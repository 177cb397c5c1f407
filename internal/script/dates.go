package script

import (
	"math"
	"time"

	"github.com/grafana/sobek"
)

// dates gives a Date without a clock. What it reads and shows without an offset
// is on the site's clocks, never on the machine's.
func (w *world) dates(prototype *sobek.Object) {
	global := w.vm.GlobalObject()
	make, _ := sobek.AssertConstructor(global.Get("Date"))
	of := func(v sobek.Value) (time.Time, bool) {
		object, ok := v.(*sobek.Object)
		if !ok || object.ClassName() != "Date" {
			panic(w.vm.NewTypeError("this works on dates alone"))
		}
		at, ok := object.Export().(time.Time)
		return at.In(w.zone), ok
	}
	for name, part := range map[string]func(t time.Time) int{
		"getFullYear":       func(t time.Time) int { return t.Year() },
		"getMonth":          func(t time.Time) int { return int(t.Month()) - 1 },
		"getDate":           func(t time.Time) int { return t.Day() },
		"getDay":            func(t time.Time) int { return int(t.Weekday()) },
		"getHours":          func(t time.Time) int { return t.Hour() },
		"getMinutes":        func(t time.Time) int { return t.Minute() },
		"getSeconds":        func(t time.Time) int { return t.Second() },
		"getMilliseconds":   func(t time.Time) int { return t.Nanosecond() / 1e6 },
		"getTimezoneOffset": func(t time.Time) int { _, east := t.Zone(); return -east / 60 },
	} {
		_ = prototype.Set(name, func(call sobek.FunctionCall) sobek.Value {
			w.spend(1)
			if at, ok := of(call.This); ok {
				return w.vm.ToValue(part(at))
			}
			return sobek.NaN()
		})
	}
	_ = prototype.Set("toString", func(call sobek.FunctionCall) sobek.Value {
		w.spend(1)
		if at, ok := of(call.This); ok {
			return w.vm.ToValue(at.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		return w.vm.ToValue("Invalid Date")
	})
	constructor := w.vm.ToValue(func(call sobek.ConstructorCall) *sobek.Object {
		w.spend(1)
		out, err := make(nil, w.vm.ToValue(w.millis(call.Arguments)))
		if err != nil {
			panic(err)
		}
		return out
	}).(*sobek.Object)
	_ = constructor.Set("prototype", prototype)
	_ = constructor.Set("parse", func(call sobek.FunctionCall) sobek.Value {
		w.spend(1)
		return w.vm.ToValue(w.read(call.Argument(0).String()))
	})
	_ = global.Set("Date", constructor)
}

// millis returns what the arguments of new Date name, NaN for nothing.
func (w *world) millis(args []sobek.Value) float64 {
	switch len(args) {
	case 0:
		panic(w.vm.NewTypeError("there is no clock: new Date() needs a date"))
	case 1:
		if sobek.IsString(args[0]) {
			return w.read(args[0].String())
		}
		return args[0].ToFloat()
	}
	parts := [7]int{2: 1}
	for i, a := range args[:min(len(args), len(parts))] {
		f := a.ToFloat()
		if math.IsNaN(f) || math.Abs(f) > 1e9 {
			return math.NaN()
		}
		parts[i] = int(f)
	}
	return float64(time.Date(parts[0], time.Month(parts[1]+1), parts[2], parts[3], parts[4], parts[5], parts[6]*1e6, w.zone).UnixMilli())
}

// read returns a date in ISO 8601 as milliseconds, NaN for any other text. A bare
// date is in UTC, as the language has it; a time without an offset is the site's.
func (w *world) read(s string) float64 {
	if at, err := time.Parse(time.DateOnly, s); err == nil {
		return float64(at.UnixMilli())
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			return float64(at.UnixMilli())
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, s, w.zone); err == nil {
			return float64(at.UnixMilli())
		}
	}
	return math.NaN()
}
