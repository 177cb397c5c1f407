package belay

import (
	"errors"
	"strings"
)

// Code says what kind of refusal an Error is. The doors turn it into a status;
// nothing below them knows one. The words are those of the compatible wire
// (gRPC's names).
type Code string

// The codes that Belay answers with.
const (
	InvalidArgument    Code = "INVALID_ARGUMENT"    // the call itself is wrong; the same call never succeeds
	FailedPrecondition Code = "FAILED_PRECONDITION" // the call is well formed, the state or schema refuses it
	Unauthenticated    Code = "UNAUTHENTICATED"     // no key, or one that is not known
	PermissionDenied   Code = "PERMISSION_DENIED"   // a known caller that may not do this
	NotFound           Code = "NOT_FOUND"           // nothing of that name that the caller may see
	AlreadyExists      Code = "ALREADY_EXISTS"      // the name is taken
	Aborted            Code = "ABORTED"             // the revision sent is no longer the current one
	ResourceExhausted  Code = "RESOURCE_EXHAUSTED"  // too much at once; try again later
	Unavailable        Code = "UNAVAILABLE"         // nothing can be accepted at the moment; try again later
	Internal           Code = "INTERNAL"            // a defect or a broken machine; the log says which
)

// Error is a refusal that the caller can understand and act on. What only the
// operator may see is wrapped around it, never put into it.
type Error struct {
	Code Code
	// Reason is a stable word for programs, such as SCHEMA_VALIDATION_FAILED;
	// empty where Code says enough.
	Reason string
	// Message is one sentence for a person.
	Message string
	// Violations name each field that broke a rule; empty where no field is to blame.
	Violations []Violation
}

// Violation is one broken rule.
type Violation struct {
	// Field is the place in the caller's own words: "payload.lines[3].quantity".
	Field string
	// Description says what is wrong with the value there.
	Description string
	// Rule is a stable word for the rule: REQUIRED, MAX_LENGTH, FORMAT …
	Rule string
}

// Error returns the message, then each violation.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for i, v := range e.Violations {
		if i > 0 || e.Message != "" {
			b.WriteString("; ")
		}
		b.WriteString(v.Field)
		b.WriteByte(' ')
		b.WriteString(v.Description)
	}
	return b.String()
}

// Invalid returns an InvalidArgument error that blames one field.
func Invalid(field, rule, description string) *Error {
	return &Error{
		Code:       InvalidArgument,
		Message:    field + " " + description,
		Violations: []Violation{{Field: field, Description: description, Rule: rule}},
	}
}

// Refuse returns an error with a code, a reason for programs and a sentence for people.
func Refuse(code Code, reason, message string) *Error {
	return &Error{Code: code, Reason: reason, Message: message}
}

// CodeOf returns the code of the first *Error in err's chain, Internal for any
// other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
