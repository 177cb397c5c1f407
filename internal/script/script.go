// Package script runs the code of code conditions: a JavaScript module whose
// default export is a function that takes a payload and answers true or false.
//
// The code comes from strangers and runs inside a step that must give the same
// result on every node, today and in a year. So it gets no clock, no chance, no
// input or output and no way to make code of text; and it pays for what it does
// out of a budget counted in its own steps, never in time. Compile reads and
// rewrites a source so that it pays (meter.go); Eval runs it in a world of its
// own that holds only what is listed in world.go.
package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/grafana/sobek"
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/parser"
)

const (
	// MaxSource is the longest code, in characters.
	MaxSource = 1000
	// Budget is what one evaluation may spend. A turn of a loop or a call costs 1,
	// and 1 more for each 32 characters of its code; what is made or looked
	// through costs 1 for each 64 characters or items. A unit makes at most some
	// KiB, so that the budget bounds memory too.
	Budget = 50_000

	maxCalls = 200
	// safetyNet ends what the budget should have ended long before. It is no part
	// of the rules: code that reaches it has found a gap in them.
	safetyNet = 20 * time.Second
)

// Code is a module ready to be evaluated. It may be used by many at once.
type Code struct{ program *sobek.Program }

// Error says why code cannot be compiled, or what went wrong in it.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

func fault(format string, args ...any) *Error { return &Error{Message: fmt.Sprintf(format, args...)} }

// Compile returns the code that a source spells. The error is an *Error that names
// the line and the column, as in "2:5: a generator cannot be used here".
func Compile(source string) (code *Code, err error) {
	if n := utf8.RuneCountInString(source); n > MaxSource {
		return nil, fault("the code has %d characters; at most %d are allowed", n, MaxSource)
	}
	defer func() { // the compiler panics on trees that its parser should have refused
		if r := recover(); r != nil {
			code, err = nil, fault("the code cannot be compiled: %v", r)
		}
	}()
	module, err := parser.ParseFile(nil, "", source, 0, parser.IsModule, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fault("%s", syntax(err))
	}
	m := meter{file: module.File}
	wrapped := m.module(module)
	if m.err != nil {
		return nil, m.err
	}
	program, err := sobek.CompileAST(&ast.Program{
		Body: []ast.Statement{&ast.ExpressionStatement{Expression: wrapped}}, File: module.File,
	}, true)
	if err != nil {
		return nil, fault("%s", syntax(err))
	}
	return &Code{program}, nil
}

// syntax tells an error of the parser or the compiler in one line.
func syntax(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	line = strings.TrimPrefix(line, "SyntaxError: ")
	return strings.TrimPrefix(strings.TrimPrefix(line, "(anonymous): "), "Line ")
}

// spent is what an evaluation panics with when its budget is gone. The engine
// does not know it, so that no catch and no finally of the code sees it.
type spent struct{}

// Eval returns what the code answers for a payload, which it gets as a copy. Parts
// of dates are those on the clocks of zone; nil means UTC. The same code, payload
// and zone give the same answer, the same error included. The error is an *Error.
func (c *Code) Eval(payload map[string]any, zone *time.Location) (passed bool, err error) {
	if payload == nil {
		payload = map[string]any{}
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return false, fault("the payload cannot be given to the code: %v", err)
	}
	if zone == nil {
		zone = time.UTC
	}
	w := newWorld(zone)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case spent:
			passed, err = false, fault("the code did more than is allowed: its budget of %d steps is spent", Budget)
		default:
			passed, err = false, fault("the code cannot be run: %v", r)
		}
	}()
	net := time.AfterFunc(safetyNet, func() { w.vm.Interrupt("safety net") })
	defer net.Stop()
	made, err := w.vm.RunProgram(c.program)
	if err != nil {
		return false, trouble(err)
	}
	start, _ := sobek.AssertFunction(made)
	decide, err := start(sobek.Undefined(), w.tools()...)
	if err != nil {
		return false, trouble(err)
	}
	call, _ := sobek.AssertFunction(decide)
	given, err := w.parse(string(text))
	if err != nil {
		return false, trouble(err)
	}
	answer, err := call(sobek.Undefined(), given)
	if err != nil {
		return false, trouble(err)
	}
	if answer.ExportType() == nil || answer.ExportType().Kind().String() != "bool" {
		return false, fault("the code returned %s, not true or false", kindOf(answer))
	}
	return answer.ToBoolean(), nil
}

// trouble tells what the code threw, or why the engine stopped it.
func trouble(err error) *Error {
	var thrown *sobek.Exception
	var deep *sobek.StackOverflowError
	var late *sobek.InterruptedError
	switch {
	case errors.As(err, &deep):
		return fault("the code calls itself more than %d times deep", maxCalls)
	case errors.As(err, &late):
		return fault("the code ran longer than %s", safetyNet)
	case errors.As(err, &thrown):
		place := ""
		for _, frame := range thrown.Stack() {
			if at := frame.Position(); at.Line > 0 {
				place = fmt.Sprintf("%d:%d: ", at.Line, at.Column)
				break
			}
		}
		return fault("%sthe code threw %s", place, told(thrown.Value()))
	}
	return fault("the code failed: %v", err)
}

// told describes a thrown value without running any more of the code.
func told(v sobek.Value) string {
	object, ok := v.(*sobek.Object)
	if !ok {
		return brief(v.String())
	}
	if object.ClassName() != "Error" {
		return "an object"
	}
	name, message := "Error", ""
	if s, ok := plain(object, "name"); ok {
		name = s
	}
	if s, ok := plain(object, "message"); ok {
		message = s
	}
	return brief(name + ": " + message)
}

// plain reads a text that stands in an object, unless a getter stands there.
func plain(object *sobek.Object, name string) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	v := object.Get(name)
	if _, isObject := v.(*sobek.Object); v == nil || isObject {
		return "", false
	}
	return v.String(), true
}

func brief(s string) string {
	if runes := []rune(s); len(runes) > 500 {
		return string(runes[:500])
	}
	return s
}

func kindOf(v sobek.Value) string {
	switch {
	case sobek.IsUndefined(v):
		return "nothing"
	case sobek.IsNull(v):
		return "null"
	case sobek.IsString(v):
		return "a text"
	case sobek.IsNumber(v):
		return "a number"
	}
	return "an object"
}
