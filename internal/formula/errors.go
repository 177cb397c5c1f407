package formula

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says why a source is no expression.
type SyntaxError struct {
	// Pos is the byte offset in the source of what is wrong, and Character the
	// same place in characters, counted from 1 as editors count.
	Pos, Character int
	// End is the byte offset behind what is wrong; Pos where something is missing.
	End int
	// Kind is Malformed, UnknownFunction, WrongArity or WrongValue.
	Kind ProblemKind
	// Message says what is wrong, without the place.
	Message string
	// Suggestion is what was perhaps meant in the place of what is wrong; empty where
	// nothing comes to mind.
	Suggestion string
}

// Error returns the message and its place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (at character %d)", e.Message, e.Character)
}

// spanning returns e with what is wrong being as long as a token.
func (e *SyntaxError) spanning(token string) *SyntaxError {
	e.End = e.Pos + len(token)
	return e
}

// in returns e with its place counted in the characters of src.
func (e *SyntaxError) in(src string) *SyntaxError {
	e.Character = character(src, e.Pos)
	return e
}

// character counts a byte offset in the characters of src, from 1.
func character(src string, pos int) int {
	return utf8.RuneCountInString(src[:min(pos, len(src))]) + 1
}

// characters counts those of src between two byte offsets.
func characters(src string, from, to int) int {
	return utf8.RuneCountInString(src[min(from, len(src)):min(max(from, to), len(src))])
}

// EvalError says why an expression has no value in a scope. It names kinds of
// values and paths of fields, never the values themselves, so that it may be
// shown and logged.
type EvalError struct {
	// Pos is the byte offset in the source of the call at fault, and Character the
	// same place in characters, counted from 1; Pos is 0 with an empty Function
	// when the expression as a whole is at fault.
	Pos, Character int
	// Function is the name of the function at fault.
	Function string
	// Message says what is wrong, without the place.
	Message string
}

// Error returns the function, the message and the place.
func (e *EvalError) Error() string {
	if e.Function == "" {
		return e.Message
	}
	return fmt.Sprintf("%s: %s (at character %d)", e.Function, e.Message, e.Character)
}

// end returns the byte offset in src behind the name of the function at fault, or
// behind all of it.
func (e *EvalError) end(src string) int {
	if e.Function == "" {
		return len(src)
	}
	return min(len(src), e.Pos+len(e.Function))
}

// Characters returns how many characters of src are at fault, from e.Character on.
func (e *EvalError) Characters(src string) int { return characters(src, e.Pos, e.end(src)) }

const (
	tooLong = "the text grows beyond 64 KiB"
	tooMuch = "the expression takes too much work"
)

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
