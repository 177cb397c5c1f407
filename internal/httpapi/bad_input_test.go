package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/schema"
)

const reportPath = "/automations/v1/events/report"

// refused is what an answer says of the first broken rule.
type refused struct {
	Status int
	Code   string // of the application error
	Field  string
	Rule   string
}

func (a answer) refused(t testing.TB) refused {
	t.Helper()
	r := refused{Status: a.status}
	details, _ := a.json(t)["details"].(map[string]any)
	holder := details["validationError"]
	if told, ok := details["applicationError"].(map[string]any); ok {
		r.Code, _ = told["code"].(string)
		holder = told["data"]
	}
	if held, ok := holder.(map[string]any); ok {
		if list, ok := held["fieldViolations"].([]any); ok && len(list) > 0 {
			first := list[0].(map[string]any)
			r.Field, r.Rule = first["field"].(string), first["violatedRule"].(string)
		}
	}
	return r
}

func body(payload string) string { return `{"triggerKey":"bookings-booked","payload":` + payload + `}` }

func TestABadBodyIsRefusedWithThePlaceAndChangesNothing(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	deep := strings.Repeat(`{"a":`, schema.MaxDepth) + "1" + strings.Repeat("}", schema.MaxDepth)
	for name, tt := range map[string]struct {
		body string
		want refused
	}{
		"payload over 64 KiB": {
			body(`{"customer":"` + strings.Repeat("x", schema.MaxPayloadBytes) + `"}`),
			refused{400, "", "payload", "MAX_BYTES"},
		},
		"nested one level too deep": {
			body(`{"customer":"Ada","a":` + deep + `}`),
			refused{400, "", "payload.a" + strings.Repeat(".a", schema.MaxDepth-1), "MAX_DEPTH"},
		},
		"nested without end": {
			body(strings.Repeat("[", 100_000)), refused{400, "", "payload" + strings.Repeat("[0]", 31) + "…" + strings.Repeat("[0]", 33), "MAX_DEPTH"},
		},
		"key given twice at the top": {
			`{"triggerKey":"bookings-booked","triggerKey":"bookings-starting"}`, refused{400, "", "triggerKey", "DUPLICATE_KEY"},
		},
		"key given twice that nobody knows": {
			`{"triggerKey":"bookings-booked","a":1,"a":2}`, refused{400, "", "a", "DUPLICATE_KEY"},
		},
		"key given twice in the payload": {
			body(`{"customer":"Ada","customer":"Bea"}`), refused{400, "", "payload.customer", "DUPLICATE_KEY"},
		},
		"invalid UTF-8 in the payload": {
			body("{\"customer\":\"A\xffa\"}"), refused{400, "", "payload.customer", "UTF8"},
		},
		"invalid UTF-8 in a key": {
			body("{\"cust\xffomer\":\"Ada\"}"), refused{400, "", "payload", "UTF8"},
		},
		"half a surrogate pair": {
			body(`{"customer":"\ud800"}`), refused{400, "", "payload.customer", "JSON"},
		},
		"no JSON":           {"triggerKey=bookings-booked", refused{400, "", "body", "JSON"}},
		"two bodies":        {body(`{"customer":"Ada"}`) + "{}", refused{400, "", "body", "JSON"}},
		"only white space":  {" \n", refused{400, "", "body", "JSON"}},
		"null":              {"null", refused{400, "", "triggerKey", "REQUIRED"}},
		"a payload of null": {body("null"), refused{400, "REQUIRED_PROPERTY", "payload.customer", "REQUIRED"}},
		"a whole number that no float holds": {
			body(`{"customer":"Ada","seats":9007199254740993}`), refused{400, "", "payload.seats", "NUMBER_RANGE"},
		},
		"a time to live that is no number": {
			`{"triggerKey":"bookings-booked","idempotency":{"key":"a","ttlInMilliseconds":"soon"}}`,
			refused{400, "", "idempotency.ttlInMilliseconds", "FORMAT"},
		},
		"a time to live with a fraction": {
			`{"triggerKey":"bookings-booked","idempotency":{"key":"a","ttlInMilliseconds":1.5}}`,
			refused{400, "", "idempotency.ttlInMilliseconds", "FORMAT"},
		},
		"a trigger key that is too long": {
			`{"triggerKey":"` + strings.Repeat("ä", 101) + `"}`, refused{400, "", "triggerKey", "MAX_LENGTH"},
		},
		"an idempotency key that is too long": {
			`{"triggerKey":"bookings-booked","idempotency":{"key":"` + strings.Repeat("k", 81) + `"}}`,
			refused{400, "", "idempotency.key", "MAX_LENGTH"},
		},
		"the nil GUID": {
			`{"triggerKey":"bookings-booked","externalEntityId":"00000000-0000-0000-0000-000000000000"}`,
			refused{400, "", "externalEntityId", "GUID"},
		},
		"a body over 256 KiB": {
			body(`{"customer":"` + strings.Repeat("x", 256<<10) + `"}`), refused{413, "PAYLOAD_TOO_LARGE", "", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.call("POST", reportPath, appKey, tt.body, "belay-site-id", siteID)
			if len(a.body) > 2048 {
				t.Errorf("the refusal is %d bytes long", len(a.body))
			}
			if got := a.refused(t); got != tt.want {
				t.Errorf("answer = %.400s\nwant %+v", fmt.Sprintf("%+v", got), tt.want)
			}
		})
	}
	if events := s.must("GET", "/belay/v1/events", siteKey, nil)["events"].([]any); len(events) != 0 {
		t.Errorf("%d events were kept", len(events))
	}
}

func TestAKeyOfAHundredCharactersIsTaken(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	a := s.call("POST", reportPath, appKey, `{"triggerKey":"`+strings.Repeat("ä", 100)+`"}`, "belay-site-id", siteID)
	if got := a.refused(t); got.Code != "TRIGGER_NOT_FOUND" {
		t.Errorf("answer = %d %s", a.status, a.body)
	}
}

// endless is a body without a length, as a client streams one.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	copy(p, bytes.Repeat([]byte(" "), n))
	e.left -= n
	return n, nil
}

func TestABodyWithoutALengthIsBoundedToo(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	source := &endless{left: 1 << 30}
	r := httptest.NewRequestWithContext(t.Context(), "POST", reportPath, source)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", appKey)
	r.Header.Set("Wix-Site-Id", siteID)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "262144 bytes") {
		t.Errorf("answer = %d %s", w.Code, w.Body)
	}
	if read := 1<<30 - source.left; read > 1<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

func TestABodyThatEndsInTheMiddleIsRefused(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	r := httptest.NewRequestWithContext(t.Context(), "POST", reportPath,
		io.MultiReader(strings.NewReader(`{"triggerKey":`), failing{}))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", appKey)
	r.Header.Set("Wix-Site-Id", siteID)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "INCOMPLETE") {
		t.Errorf("answer = %d %s", w.Code, w.Body)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestACompressedBodyIsRefused(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	a := s.call("POST", reportPath, appKey, body(`{}`), "belay-site-id", siteID, "Content-Encoding", "gzip")
	if a.status != http.StatusUnsupportedMediaType {
		t.Errorf("answer = %d %s", a.status, a.body)
	}
}

func TestABulkTakesFromOneToAHundred(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	for n, want := range map[int]refused{
		0:   {400, "", "eventsInfo", "MIN_ITEMS"},
		1:   {Status: 200},
		100: {Status: 200},
		101: {400, "", "eventsInfo", "MAX_ITEMS"},
	} {
		events := make([]map[string]any, n)
		for i := range events {
			events[i] = map[string]any{"payload": map[string]any{"customer": fmt.Sprintf("C%d", i)}}
		}
		a := s.call("POST", "/v1/events/bulk-report", appKey,
			map[string]any{"triggerKey": "bookings-booked", "eventsInfo": events}, "belay-site-id", siteID)
		if got := a.refused(t); got != want {
			t.Errorf("bulk of %d = %+v, want %+v", n, got, want)
		}
		if a.status != http.StatusOK {
			continue
		}
		if got := a.json(t)["bulkActionMetadata"].(map[string]any)["totalSuccesses"]; got != float64(n) {
			t.Errorf("bulk of %d: totalSuccesses = %v", n, got)
		}
		for i, result := range a.json(t)["results"].([]any) {
			echo := result.(map[string]any)["eventInfo"].(map[string]any)["payload"].(map[string]any)["customer"]
			if echo != fmt.Sprintf("C%d", i) {
				t.Errorf("result %d is of %v", i, echo)
			}
		}
	}
	for n, want := range map[int]refused{
		0:   {400, "", "externalEntityIds", "MIN_ITEMS"},
		1:   {Status: 200},
		100: {Status: 200},
		101: {400, "", "externalEntityIds", "MAX_ITEMS"},
	} {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = entityID
		}
		a := s.call("POST", "/v1/events/bulk-cancel", appKey,
			map[string]any{"triggerKey": "bookings-booked", "externalEntityIds": ids}, "belay-site-id", siteID)
		if got := a.refused(t); got != want {
			t.Errorf("bulk cancel of %d = %+v, want %+v", n, got, want)
		}
	}
}

func TestABulkOfAHundredLargePayloadsIsTaken(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	events := make([]map[string]any, 100)
	for i := range events {
		events[i] = map[string]any{"payload": map[string]any{"customer": strings.Repeat("x", 63<<10)}}
	}
	a := s.call("POST", "/v1/events/bulk-report", appKey,
		map[string]any{"triggerKey": "bookings-booked", "eventsInfo": events}, "belay-site-id", siteID)
	if a.status != http.StatusOK {
		t.Fatalf("answer = %d %.300s", a.status, a.body)
	}
}
