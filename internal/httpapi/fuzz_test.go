package httpapi_test

import (
	"net/http"
	"net/url"
	"testing"
)

// Whatever a stranger sends is answered as documented, and is never a defect of
// the server.
func FuzzReportTakesOrRefusesAnyBody(f *testing.F) {
	s := start(f, nil)
	s.furnish()
	d := readDocument(f)
	for _, seed := range []string{
		body(`{"customer":"Ada"}`), body(`{"customer":"Ada","lines":[{"quantity":1}]}`), body("null"), "", "null", "[]", `"`, "{",
		`{"triggerKey":"bookings-starting","payload":{"customer":"Ada","start_at":"2030-01-01T00:00:00Z"}}`,
		`{"triggerKey":"bookings-booked","externalEntityId":"e1717000-0000-4000-8000-000000000001","idempotency":{"key":"k","ttlInMilliseconds":"1"}}`,
		"{\"triggerKey\":\"\xff\"}", `{"triggerKey":"\ud800"}`, `{"idempotency":{"ttlInMilliseconds":1e400}}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := s.with(t).call("POST", reportPath, appKey, raw, "belay-site-id", siteID)
		if a.status >= http.StatusInternalServerError {
			t.Fatalf("answer = %d %s", a.status, a.body)
		}
		d.check(t, "POST", reportPath, a.status, a.body)
	})
}

func FuzzAutomationsTakeOrRefuseAnyQuery(f *testing.F) {
	s := start(f, nil)
	s.furnish()
	d := readDocument(f)
	for _, seed := range []string{
		`{}`, `{"query":{"filter":{"name":{"$in":["a"]}},"sort":[{"fieldName":"name"}],"cursorPaging":{"limit":1,"cursor":"x"}}}`,
		`{"query":{"filter":[]}}`, `{"fields":["OVERRIDE_SCHEMA"]}`, `{"query":{"cursorPaging":{"limit":-1}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := s.with(t).call("POST", "/v2/automations/query", siteKey, raw)
		if a.status >= http.StatusInternalServerError {
			t.Fatalf("answer = %d %s", a.status, a.body)
		}
		d.check(t, "POST", "/v2/automations/query", a.status, a.body)
	})
}

func FuzzListsTakeOrRefuseAnyCursor(f *testing.F) {
	s := start(f, nil)
	s.furnish()
	d := readDocument(f)
	f.Add("", "1")
	f.Add("MTow", "500")
	f.Add("MTpubyBHVUlE", "0")
	f.Add("%", "-1")
	f.Fuzz(func(t *testing.T, cursor, limit string) {
		query := "?cursor=" + url.QueryEscape(cursor) + "&limit=" + url.QueryEscape(limit)
		for _, path := range []string{"/belay/v1/events", "/belay/v1/activations", "/belay/v1/outbox", "/belay/v1/keys", "/belay/v1/apps"} {
			a := s.with(t).call("GET", path+query, s.operator, nil, "belay-site-id", siteID)
			if a.status >= http.StatusInternalServerError {
				t.Fatalf("GET %s = %d %s", path+query, a.status, a.body)
			}
			d.check(t, "GET", path, a.status, a.body)
		}
	})
}
