package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// refusal is an error of HTTP itself, which no belay.Code stands for.
type refusal struct {
	status  int
	code    string
	message string
}

func (r *refusal) Error() string { return r.message }

// retryAfter is when a caller may try again, in seconds, where the server is
// full or cannot keep anything.
const retryAfter = "1"

// statusClientGone is logged for a request whose caller went away.
const statusClientGone = 499

// statusOf returns the status of a code.
//
// Source: the compatible wire's standard errors, where FAILED_PRECONDITION is 428.
func statusOf(code belay.Code) int {
	switch code {
	case belay.InvalidArgument:
		return http.StatusBadRequest
	case belay.FailedPrecondition:
		return http.StatusPreconditionRequired
	case belay.Unauthenticated:
		return http.StatusUnauthorized
	case belay.PermissionDenied:
		return http.StatusForbidden
	case belay.NotFound:
		return http.StatusNotFound
	case belay.AlreadyExists, belay.Aborted:
		return http.StatusConflict
	case belay.ResourceExhausted:
		return http.StatusTooManyRequests
	case belay.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// errUnreachable answers what only reads, while the database does not answer.
var errUnreachable = belay.Refuse(belay.Unavailable, "STORAGE_UNREACHABLE", "the database does not answer; try again")

// refuse answers with an error and returns the status. It is the only place
// where an error becomes one.
func (d *door) refuse(w http.ResponseWriter, r *http.Request, c *call, err error) int {
	if ofHTTP, ok := errors.AsType[*refusal](err); ok {
		return d.write(w, r, c, ofHTTP.status, application(ofHTTP.message, ofHTTP.code, nil))
	}
	refused, ok := errors.AsType[*belay.Error](err)
	if !ok && errors.Is(err, store.ErrUnreachable) {
		d.log.WarnContext(r.Context(), "a request met a database that does not answer", "request", c.requestID, "error", err)
		refused, ok = errUnreachable, true
	}
	if !ok && r.Context().Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		d.write(w, r, c, http.StatusServiceUnavailable, application("the call was given up", string(belay.Unavailable), nil))
		return statusClientGone
	}
	if !ok || refused.Code == belay.Internal {
		d.log.ErrorContext(r.Context(), "a request failed", "request", c.requestID, "site", c.site, "error", err)
		return d.write(w, r, c, http.StatusInternalServerError, application(
			"something went wrong in the server; its log says what under the request's ID",
			string(belay.Internal), &api.ErrorData{RequestID: c.requestID}))
	}
	status := statusOf(refused.Code)
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header()["Retry-After"] = []string{retryAfter}
		if soon, ok := errors.AsType[*tooOften](err); ok {
			w.Header()["Retry-After"] = []string{soon.seconds()}
		}
	case http.StatusUnauthorized:
		w.Header()["Www-Authenticate"] = []string{"Bearer"}
	}
	body := bodyOf(refused)
	if nobody, ok := errors.AsType[*signInError](err); ok && body.Details.ApplicationError != nil {
		body.Details.ApplicationError.Data = &api.ErrorData{SignIn: &nobody.how}
	}
	return d.write(w, r, c, status, body)
}

// bodyOf tells a refusal in the compatible wire's form: violations alone are a
// validation error; a reason makes it an application error that carries them.
func bodyOf(e *belay.Error) api.Error {
	e = bounded(e)
	if e.Reason == "" && len(e.Violations) > 0 {
		return api.Error{
			Message: e.Message,
			Details: api.ErrorDetails{ValidationError: &api.ValidationError{FieldViolations: violations(e)}},
		}
	}
	told := applicationError(e)
	return api.Error{Message: e.Message, Details: api.ErrorDetails{ApplicationError: told}}
}

func applicationError(e *belay.Error) *api.ApplicationError {
	told := &api.ApplicationError{Code: e.Reason, Description: e.Message}
	if told.Code == "" {
		told.Code = string(e.Code)
	}
	if len(e.Violations) > 0 {
		told.Data = &api.ErrorData{FieldViolations: violations(e)}
	}
	return told
}

// itemError tells what became of one of many. What is no refusal is logged and
// told as INTERNAL.
func (d *door) itemError(ctx context.Context, c *call, err error) *api.ApplicationError {
	if refused, ok := errors.AsType[*belay.Error](err); ok && refused.Code != belay.Internal {
		return applicationError(bounded(refused))
	}
	d.log.ErrorContext(ctx, "a part of a request failed", "request", c.requestID, "site", c.site, "error", err)
	return &api.ApplicationError{
		Code: string(belay.Internal), Description: "something went wrong in the server; its log says what under the request's ID",
		Data: &api.ErrorData{RequestID: c.requestID},
	}
}

func violations(e *belay.Error) []api.FieldViolation {
	list := make([]api.FieldViolation, len(e.Violations))
	for i, v := range e.Violations {
		list[i] = api.FieldViolation{Field: v.Field, Description: v.Description, ViolatedRule: v.Rule}
	}
	return list
}

func application(message, code string, data *api.ErrorData) api.Error {
	return api.Error{Message: message, Details: api.ErrorDetails{
		ApplicationError: &api.ApplicationError{Code: code, Description: message, Data: data},
	}}
}

// The most that a refusal says, in characters and in violations.
const (
	maxPlace      = 200
	maxSentence   = 2000
	maxViolations = 100
)

// bounded returns a refusal whose parts are no longer than a person can read,
// whatever the caller sent.
func bounded(e *belay.Error) *belay.Error {
	short := *e
	if len(e.Violations) == 1 {
		// The message of one begins with its place.
		if rest, ok := strings.CutPrefix(e.Message, e.Violations[0].Field); ok {
			short.Message = middleCut(e.Violations[0].Field, maxPlace) + rest
		}
	}
	short.Message = middleCut(short.Message, maxSentence)
	short.Violations = make([]belay.Violation, min(len(e.Violations), maxViolations))
	for i := range short.Violations {
		v := e.Violations[i]
		v.Field, v.Description = middleCut(v.Field, maxPlace), middleCut(v.Description, maxSentence)
		short.Violations[i] = v
	}
	return &short
}

// middleCut returns s with its middle replaced by "…" where it has more than most
// characters.
func middleCut(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return string(runes[:most/2]) + "…" + string(runes[len(runes)-(most-most/2-1):])
}
