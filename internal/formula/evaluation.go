package formula

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// evaluation is one evaluation under way: the scope, the call being carried
// out, and the first thing that went wrong. Arguments are ready before a call
// begins, so only one call is ever under way.
type evaluation struct {
	scope Scope
	zone  *time.Location
	sites []site
	steps int
	kept  []any // the list that arrayEvery is about to look through

	site *site // of the call
	args []any // of the call; the program's own, not to be kept
	err  *EvalError
}

var errStop = errors.New("stopped")

// dispatch carries out the call at a site: params are the evaluation, the
// site's number and the arguments.
func dispatch(params ...any) (any, error) {
	e, number := params[0].(*evaluation), params[1].(int)
	e.site, e.args = &e.sites[number], params[2:]
	e.spend(1)
	v := e.site.do(e)
	switch v := v.(type) {
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			e.fail("the result is too large")
		}
	case string:
		if len(v) > MaxText && e.site.name != "var" && e.site.name != "$_" {
			e.fail(tooLong)
		}
	}
	if e.err != nil {
		return nil, errStop
	}
	return v, nil
}

// spend counts steps of work.
func (e *evaluation) spend(steps int) {
	if e.steps += steps; e.steps > MaxSteps {
		e.fail(tooMuch)
	}
}

// fail records what went wrong, unless something did before.
func (e *evaluation) fail(message string) {
	if e.err == nil {
		e.err = &EvalError{Pos: e.site.pos, Function: e.site.name, Message: message}
	}
}

// blame records that argument i, counted from 0, is not what is needed.
func (e *evaluation) blame(i int, format string, args ...any) {
	where := "value " + strconv.Itoa(i+1)
	if i < len(e.site.args) && e.site.args[i].kind == fieldNode {
		where += " (" + e.site.args[i].path.String() + ")"
	}
	e.fail(where + " " + fmt.Sprintf(format, args...))
}

// null reports whether any argument is null.
func (e *evaluation) null() bool {
	for _, a := range e.args {
		if a == nil {
			return true
		}
	}
	return false
}

// numeric returns v as numberOf does; reading a number from text is work.
func (e *evaluation) numeric(v any) (float64, bool) {
	if text, ok := v.(string); ok {
		e.spend(min(len(text), maxDigits) / 8)
	}
	return numberOf(v)
}

// number returns argument i, a number or text that spells one.
func (e *evaluation) number(i int) float64 {
	n, ok := e.numeric(e.args[i])
	if !ok {
		e.blame(i, "is %s", notNumber(e.args[i]))
	}
	return n
}

// whole returns argument i, a whole number from least to most.
func (e *evaluation) whole(i, least, most int) int {
	n := e.number(i)
	if n != math.Trunc(n) || n < float64(least) || n > float64(most) {
		e.blame(i, "is not a whole number from %d to %d", least, most)
		return 0
	}
	return int(n)
}

// text returns argument i as text: null is empty, numbers and booleans are
// spelled out, lists and objects are refused.
func (e *evaluation) text(i int) string {
	switch v := e.args[i].(type) {
	case []any, map[string]any:
		e.blame(i, "is %s, not text", kindOf(v))
		return ""
	}
	return e.spell(i)
}

// spell returns argument i as text, lists and objects as JSON.
func (e *evaluation) spell(i int) string {
	t, err := textOf(e.args[i])
	if err != nil {
		e.blame(i, "%s", err)
	}
	e.spend(len(t) / 32)
	return t
}

// list returns the items of argument i; none for null.
func (e *evaluation) list(i int) []any {
	switch v := e.args[i].(type) {
	case nil:
	case []any:
		e.spend(len(v))
		return v
	default:
		e.blame(i, "is %s, not a list", kindOf(v))
	}
	return nil
}

// truth returns argument i as a boolean; null is false.
func (e *evaluation) truth(i int) bool { return e.truthOf(i, e.args[i]) }

// truthOf returns v, the argument i of a function, as a boolean; null is false.
func (e *evaluation) truthOf(i int, v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	default:
		e.blame(i, "is %s, not true or false", kindOf(v))
		return false
	}
}

// moment returns argument i as a date or date-time.
func (e *evaluation) moment(i int) moment {
	const reading = 8 // steps: a date is tried in several forms
	e.spend(reading)
	m, problem := momentOf(e.args[i], e.zone)
	if problem != "" {
		e.blame(i, "%s", problem)
	}
	return m
}
