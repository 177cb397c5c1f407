package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

// doorWith returns a door that has one route, POST /, which does what f does.
func doorWith(log *bytes.Buffer, f func(context.Context, *call, *api.Empty) (*api.Empty, error)) http.Handler {
	d := &door{log: slog.New(slog.NewJSONHandler(log, nil)), mux: http.NewServeMux(), metrics: newMetrics(prometheus.NewRegistry())}
	d.mux.Handle("POST /", d.handler(&route{method: "POST", id: "tested", operation: does(f), maxBody: maxBody}))
	return d
}

func answerTo(t *testing.T, h http.Handler, ctx context.Context) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "POST", "/", http.NoBody))
	return w
}

func TestEachCodeHasItsStatus(t *testing.T) {
	for code, want := range map[belay.Code]int{
		belay.InvalidArgument: 400, belay.FailedPrecondition: 428, belay.Unauthenticated: 401, belay.PermissionDenied: 403,
		belay.NotFound: 404, belay.AlreadyExists: 409, belay.Aborted: 409, belay.ResourceExhausted: 429, belay.Unavailable: 503,
		belay.Internal: 500, "ANOTHER": 500,
	} {
		t.Run(string(code), func(t *testing.T) {
			var log bytes.Buffer
			h := doorWith(&log, func(context.Context, *call, *api.Empty) (*api.Empty, error) {
				return nil, fmt.Errorf("wrapped: %w", belay.Refuse(code, "", "no"))
			})
			w := answerTo(t, h, t.Context())
			if w.Code != want {
				t.Errorf("status = %d, want %d", w.Code, want)
			}
			if later := w.Header().Get("Retry-After") != ""; later != (want == 429 || want == 503) {
				t.Errorf("Retry-After = %q", w.Header().Get("Retry-After"))
			}
		})
	}
}

func TestARefusalIsToldInTheFormOfTheWire(t *testing.T) {
	broken := []belay.Violation{{Field: "payload.a", Rule: "TYPE", Description: "must be a string"}}
	told := []api.FieldViolation{{Field: "payload.a", ViolatedRule: "TYPE", Description: "must be a string"}}
	for name, tt := range map[string]struct {
		err  belay.Error
		want api.ErrorDetails
	}{
		"violations alone": {
			belay.Error{Code: belay.InvalidArgument, Message: "no", Violations: broken},
			api.ErrorDetails{ValidationError: &api.ValidationError{FieldViolations: told}},
		},
		"a reason with violations": {
			belay.Error{Code: belay.FailedPrecondition, Reason: "SCHEMA_VALIDATION_FAILED", Message: "no", Violations: broken},
			api.ErrorDetails{ApplicationError: &api.ApplicationError{
				Code: "SCHEMA_VALIDATION_FAILED", Description: "no", Data: &api.ErrorData{FieldViolations: told},
			}},
		},
		"a code alone": {
			belay.Error{Code: belay.Aborted, Message: "no"},
			api.ErrorDetails{ApplicationError: &api.ApplicationError{Code: "ABORTED", Description: "no"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(api.Error{Message: "no", Details: tt.want}, bodyOf(&tt.err)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADefectIsLoggedAndToldByTheRequestIDAlone(t *testing.T) {
	for name, f := range map[string]func(context.Context, *call, *api.Empty) (*api.Empty, error){
		"panic": func(context.Context, *call, *api.Empty) (*api.Empty, error) { panic("the secret cause") },
		"error": func(context.Context, *call, *api.Empty) (*api.Empty, error) {
			return nil, errors.New("the secret cause")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			w := answerTo(t, doorWith(&log, f), t.Context())
			var told api.Error
			if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil {
				t.Fatal(err)
			}
			id := w.Header().Get("x-wix-request-id")
			if w.Code != 500 || told.Details.ApplicationError.Data.RequestID != id || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("answer = %d %s", w.Code, w.Body)
			}
			if !strings.Contains(log.String(), "the secret cause") || !strings.Contains(log.String(), id) {
				t.Errorf("log = %s", log.String())
			}
		})
	}
}

func TestACallerWhoHasGoneIsNoDefect(t *testing.T) {
	var log bytes.Buffer
	gone, leave := context.WithCancel(t.Context())
	leave()
	w := answerTo(t, doorWith(&log, func(ctx context.Context, _ *call, _ *api.Empty) (*api.Empty, error) { return nil, ctx.Err() }), gone)
	if strings.Contains(log.String(), `"level":"ERROR"`) || !strings.Contains(log.String(), `"status":499`) {
		t.Errorf("answer = %d, log = %s", w.Code, log.String())
	}
}

func TestAConnectionThatMustEndIsEnded(t *testing.T) {
	var log bytes.Buffer
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("http.ErrAbortHandler was kept from net/http")
		}
	}()
	answerTo(t, doorWith(&log, func(context.Context, *call, *api.Empty) (*api.Empty, error) { panic(http.ErrAbortHandler) }), t.Context())
}

func TestARefusalIsNoLongerThanAPersonReads(t *testing.T) {
	long := strings.Repeat("ä.", 50_000)
	one := bounded(belay.Invalid(long, "FIELD", "is not taken"))
	place := strings.Repeat("ä.", 50) + "…" + "." + strings.Repeat("ä.", 49)
	if got := one.Violations[0].Field; got != place || one.Message != place+" is not taken" {
		t.Errorf("place = %q, message = %q; want %q", got, one.Message, place)
	}
	many := &belay.Error{Message: long, Violations: make([]belay.Violation, 1000)}
	if got := bounded(many); len(got.Violations) != maxViolations || len([]rune(got.Message)) != maxSentence {
		t.Errorf("%d violations and a message of %d characters are told", len(got.Violations), len([]rune(got.Message)))
	}
	if len(many.Violations) != 1000 || many.Message != long {
		t.Error("the refusal itself has changed")
	}
}
