package formula

import (
	"fmt"
	"strings"
)

// SyntaxError says why a source is no expression.
type SyntaxError struct {
	// Pos is the byte offset in the source of what is wrong.
	Pos int
	// Message says what is wrong, without the place.
	Message string
}

// Error returns the message and its place, counted from 1 as editors count.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (at character %d)", e.Message, e.Pos+1)
}

// EvalError says why an expression has no value in a scope. It names kinds of
// values and paths of fields, never the values themselves, so that it may be
// shown and logged.
type EvalError struct {
	// Pos is the byte offset in the source of the call at fault; 0 with an
	// empty Function when the expression as a whole is.
	Pos int
	// Function is the name of the function at fault.
	Function string
	// Message says what is wrong, without the place.
	Message string
}

// Error returns the function, the message and the place, counted from 1.
func (e *EvalError) Error() string {
	if e.Function == "" {
		return e.Message
	}
	return fmt.Sprintf("%s: %s (at character %d)", e.Function, e.Message, e.Pos+1)
}

const (
	tooLong = "the text grows beyond 64 KiB"
	tooMuch = "the expression takes too much work"
)

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
