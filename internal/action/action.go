// Package action is the contract between the engine, which decides that an
// attempt is made and what its outcome means, and whatever carries it out. The
// kinds live in the packages below it: httprequest, email, notify; provider calls the
// servers of apps, and outbound is the one HTTP client they share. Nothing here knows a store, a clock or a
// socket. Begin with Doer.
package action

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belay-events/belay/internal/belay"
)

// BuiltInApp is the AppID of the app whose actions Belay carries out itself. It
// is installed on every site.
const BuiltInApp = "belay"

// Attempt is one try at carrying out an action. The engine makes it; a Doer
// reads it and keeps nothing of it.
type Attempt struct {
	Site, Event, Activation belay.ID
	// ActionID names the node of the automation; AppID and ActionKey name the
	// kind. AppID is an app's GUID as text, or BuiltInApp.
	ActionID, AppID, ActionKey string
	// Number counts the tries from 1.
	Number int
	// MessageID is the same over all attempts of one action, and differs between
	// any two actions. Receivers tell a repeat by it.
	MessageID string
	// Input holds the values of the action's fields, every expression evaluated.
	Input map[string]any
	Now   time.Time
}

// Verdict says what becomes of the action after an attempt.
type Verdict int8

const (
	// Retry asks for another attempt; it is the zero value, so that an outcome
	// nobody filled in loses nothing.
	Retry Verdict = iota
	// Delivered says that the receiver took it.
	Delivered
	// Rejected says that the same attempt can never succeed.
	Rejected
)

// String returns the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case Retry:
		return "retry"
	case Delivered:
		return "delivered"
	case Rejected:
		return "rejected"
	}
	return "unknown"
}

// The bounds that every Outcome keeps.
const (
	MaxDetail = 1024      // bytes of Detail
	MaxCode   = 20        // bytes of Code
	MaxAfter  = time.Hour // After
)

// Outcome is what one attempt achieved. A receiver that refuses is an outcome,
// not an error.
type Outcome struct {
	Verdict Verdict
	// Output is what later actions may read; nil if there is none. It may be set
	// on a rejection too, to show what the receiver said.
	Output map[string]any
	// Detail is for people: at most MaxDetail bytes, and never a secret.
	Detail string
	// Code is a stable word for programs, at most MaxCode bytes: HTTP_500, TIMEOUT,
	// REFUSED_ADDRESS. It is empty on a delivery.
	Code string
	// After is the wait that the receiver asked for, at most MaxAfter; 0 if it
	// named none.
	After time.Duration
	// Status is the HTTP or SMTP status, 0 if there was none.
	Status  int
	Latency time.Duration
	// Sent is false only when nothing of the action can have left this machine.
	Sent bool
	// Exchange is what went over HTTP, as far as it is kept; nil for none.
	Exchange *belay.Exchange
}

// Doer carries out one kind of action. Do makes exactly one attempt and returns
// when it is over or ctx has ended, whichever is first; a canceled activation
// ends ctx. It is called by many goroutines at once.
type Doer interface {
	Do(ctx context.Context, a Attempt) Outcome
}

// Host is what a Doer implements whose attempts count against a limit on how many
// go to one host at a time.
type Host interface {
	// Destination returns the host, and its port where one is named, that the
	// attempt would go to; "" for none.
	Destination(a Attempt) string
}

// Reject returns the outcome of an attempt that was given up before anything left
// this machine.
func Reject(code, detail string) Outcome {
	return Outcome{Verdict: Rejected, Code: code, Detail: Bound(detail)}
}

// RejectInput returns the rejection of a field of the action's input. The field is
// named as the site owner sees it; problem completes a sentence that begins with it.
func RejectInput(field, problem string) Outcome {
	return Reject("INVALID_INPUT", field+" "+problem)
}

// Bound returns s as one valid line of UTF-8 of at most MaxDetail bytes, cut at a
// character, each control character made a space.
func Bound(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s) // makes invalid bytes U+FFFD on the way
	if len(s) <= MaxDetail {
		return s
	}
	cut := MaxDetail - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
