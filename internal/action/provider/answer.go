package provider

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
)

// invalidAnswer is the code of an answer that is none: the app has taken the call,
// so the same call is not repeated.
const invalidAnswer = "INVALID_ANSWER"

// The bounds of an app's time.
//
// Source: the compatible wire, Invoke, timeoutLengthOptions and timeoutDateOptions.
const (
	maxMinutes = 1440
	maxDays    = 366
)

// invoked reads an app's answer to an invocation that came at now.
func invoked(answer outbound.Response, o action.Outcome, now time.Time) Invoked {
	var r api.InvokeResponse
	wrong := read(answer, &r)
	var until time.Time
	if wrong == "" {
		until, wrong = untilWhen(&r, now)
	}
	if wrong == "" && len(r.Result) > 0 && r.Result[0] != '{' && string(r.Result) != "null" {
		wrong = "has a result that is no object"
	}
	if wrong != "" {
		return Invoked{Outcome: refused(o, invalidAnswer, wrong)}
	}
	done := Invoked{Outcome: o, Until: until}
	if len(r.Result) > 0 && r.Result[0] == '{' {
		done.Result = r.Result
	}
	return done
}

// untilWhen returns when an app must have said that it is done, zero where it is.
func untilWhen(r *api.InvokeResponse, now time.Time) (until time.Time, wrong string) {
	kind := r.TimeoutType
	switch {
	case kind != "":
	case r.TimeoutLengthOptions != nil:
		kind = api.TimeoutLength
	case r.TimeoutDateOptions != nil:
		kind = api.TimeoutDate
	}
	switch kind {
	case "", api.TimeoutImmediate:
		return time.Time{}, ""
	case api.TimeoutLength:
		o := r.TimeoutLengthOptions
		if o == nil || o.TimeoutInMinutes < 1 || o.TimeoutInMinutes > maxMinutes {
			return time.Time{}, fmt.Sprintf("has the timeoutType TIMEOUT_LENGTH; timeoutLengthOptions.timeoutInMinutes must be from 1 to %d", maxMinutes)
		}
		return now.Add(time.Duration(o.TimeoutInMinutes) * time.Minute), ""
	case api.TimeoutDate:
		o := r.TimeoutDateOptions
		if o == nil || !o.TimeoutDate.After(now) || o.TimeoutDate.After(now.AddDate(0, 0, maxDays)) {
			return time.Time{}, "has the timeoutType TIMEOUT_DATE; timeoutDateOptions.timeoutDate must lie in the future, at most a year ahead"
		}
		return o.TimeoutDate.Time, ""
	}
	return time.Time{}, "has a timeoutType that is none of IMMEDIATE, TIMEOUT_LENGTH and TIMEOUT_DATE"
}

// read reads a JSON object strictly into out, or returns what is wrong with it, which
// completes a sentence.
func read(answer outbound.Response, out any) (wrong string) {
	body := bytes.TrimSpace(answer.Body)
	if len(body) == 0 {
		return "is empty; it must be a JSON object"
	}
	err := json.Unmarshal(body, out)
	if err == nil {
		if body[0] != '{' {
			return "is no JSON object"
		}
		return ""
	}
	if s, ok := errors.AsType[*json.SemanticError](err); ok && s.JSONPointer != "" {
		return "has a value of the wrong type at " + string(s.JSONPointer)
	}
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Sprintf("is not JSON (at byte %d)", s.ByteOffset)
	}
	return "is no JSON object"
}

// applicationError returns the code that a refusing app gave, "" for none.
func applicationError(body []byte) string {
	var said struct {
		ApplicationError struct {
			Code string `json:"code"`
		} `json:"applicationError"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	return said.ApplicationError.Code
}
