package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/belay"
)

// Outcome says what putting something did.
type Outcome uint8

// The outcomes of a put. Unchanged means that the same was stored already and
// nothing was written.
const (
	Unchanged Outcome = iota
	Created
	Updated
)

// String returns "unchanged", "created" or "updated".
func (o Outcome) String() string {
	switch o {
	case Created:
		return "created"
	case Updated:
		return "updated"
	default:
		return "unchanged"
	}
}

// faults collects the rules that something breaks.
type faults struct {
	list []belay.Violation
}

func (f *faults) add(field, rule, format string, args ...any) {
	f.list = append(f.list, belay.Violation{Field: field, Rule: rule, Description: fmt.Sprintf(format, args...)})
}

// required reports whether s is there, and collects it where it is not.
func (f *faults) required(field, s string) bool {
	if s == "" {
		f.add(field, "REQUIRED", "must not be empty")
	}
	return s != ""
}

// length checks the characters of s against bounds, both included.
func (f *faults) length(field, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0 && least > 0:
		f.add(field, "REQUIRED", "must not be empty")
	case n < least:
		f.add(field, "MIN_LENGTH", "must be at least %d characters long, is %d", least, n)
	case n > most:
		f.add(field, "MAX_LENGTH", "must be at most %d characters long, is %d", most, n)
	}
}

// items checks a number of items against bounds, both included.
func (f *faults) items(field string, n, least, most int) {
	switch {
	case n < least:
		f.add(field, "MIN_ITEMS", "must have at least %s, has %d", counted(least, "item"), n)
	case n > most:
		f.add(field, "MAX_ITEMS", "must have at most %s, has %d", counted(most, "item"), n)
	}
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (f *faults) oneOf(field, s string, words ...string) {
	for _, w := range words {
		if s == w {
			return
		}
	}
	f.add(field, "ENUM", "must be one of %s", list(words))
}

func list(words []string) string {
	text := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			text += " and "
		default:
			text += ", "
		}
		text += w
	}
	return text
}

func (f *faults) guid(field, s string) {
	if _, err := belay.ParseID(s); err != nil {
		f.add(field, "GUID", "%v", err)
	}
}

// maxBaseURL is how many characters a base URL has at most.
const maxBaseURL = 256

func (f *faults) baseURL(field, s string) {
	if s == "" {
		return
	}
	f.length(field, s, 0, maxBaseURL)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		f.add(field, "FORMAT", "must be an http or https URL without user, query and fragment, such as https://example.com/belay")
	}
}

// err returns nil where nothing was collected, else an InvalidArgument error;
// what names the thing, such as "the trigger".
func (f *faults) err(what string) error { return f.refusal(belay.InvalidArgument, "", what) }

func (f *faults) refusal(code belay.Code, reason, what string) error {
	switch len(f.list) {
	case 0:
		return nil
	case 1:
		return &belay.Error{Code: code, Reason: reason, Message: what + " breaks a rule", Violations: f.list}
	default:
		return &belay.Error{Code: code, Reason: reason, Message: fmt.Sprintf("%s breaks %d rules", what, len(f.list)), Violations: f.list}
	}
}

// take collects the violations of another check's refusal.
func (f *faults) take(err error) {
	if err == nil {
		return
	}
	if e, ok := errors.AsType[*belay.Error](err); ok {
		f.list = append(f.list, e.Violations...)
	}
}

// typed collects what encoding/json says of a value of another type; field is
// the root that it was read at.
func (f *faults) typed(field string, err error) {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field != "" {
			field += "." + e.Field
		}
		f.add(field, "TYPE", "%s, is %s", wanted(e.Type), article(e.Value))
		return
	}
	f.add(field, "JSON", "is not JSON of the form expected: %v", err)
}

func article(kind string) string {
	switch kind {
	case "object", "array":
		return "an " + kind
	case "bool":
		return "true or false"
	}
	return "a " + kind
}
