// Package api holds the Go types of what travels over Belay's HTTP API. Its
// OpenAPI document is made from them, and the server checks a request by the
// limits that stand in their tags, so that each is written once.
//
// Files are named after what they carry: events.go (report and cancel),
// automations.go, logs.go, setup.go (apps, sites, triggers …), history.go (what
// happened, in our own form), token.go, errors.go. IDs are GUIDs in their
// 36-character form. Arrays, numbers and booleans of a response are always
// there; a field that is left out has nothing to say.
package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Int64 is a whole number that is written as a string, as JavaScript cannot hold
// each of them as a number. It is read from either.
type Int64 int64

// MarshalJSON writes a string of digits.
func (i Int64) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatInt(int64(i), 10)), nil
}

// UnmarshalJSON reads a whole number, or a string that holds one.
func (i *Int64) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	digits := string(b)
	if len(b) > 1 && b[0] == '"' {
		digits = string(b[1 : len(b)-1])
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fmt.Errorf("must be a whole number of at most 64 bits, or a string that holds one")
	}
	*i = Int64(n)
	return nil
}

// Time is an instant in UTC, in whole milliseconds: "2026-11-23T09:00:00.000Z".
// The zero Time stands for none.
type Time struct{ time.Time }

const timeForm = "2006-01-02T15:04:05.000Z07:00"

// MarshalText writes the form of the wire, and nothing for none.
func (t Time) MarshalText() ([]byte, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().AppendFormat(nil, timeForm), nil
}

// UnmarshalText reads any RFC 3339 time; nothing is none.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = Time{}
		return nil
	}
	if err := t.Time.UnmarshalText(b); err != nil {
		return fmt.Errorf("must be a date and time of RFC 3339 with Z or an offset, such as 2026-11-23T09:00:00.000Z")
	}
	return nil
}

// MarshalJSON writes MarshalText's form in quotes.
func (t Time) MarshalJSON() ([]byte, error) {
	text, err := t.MarshalText()
	return strconv.AppendQuote(nil, string(text)), err
}

// UnmarshalJSON reads MarshalText's form, any RFC 3339 time, or null for none.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Time{}
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("must be a string that holds a date and time")
	}
	return t.UnmarshalText([]byte(text))
}

// Empty is what an answer without anything to say holds: {}.
type Empty struct{}
