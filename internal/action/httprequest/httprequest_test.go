package httprequest_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/httprequest"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func sender(t *testing.T) *httprequest.Action {
	client := outbound.New(outbound.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(client.CloseIdle)
	return &httprequest.Action{Client: client}
}

func attempt(input map[string]any) action.Attempt {
	return action.Attempt{Site: belay.ID{1}, MessageID: "msg_1", Number: 1, Now: now, Input: input}
}

func TestTheDefinitionIsWhole(t *testing.T) {
	if _, err := action.NewRegistry(httprequest.Define(sender(t), time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestTheInputBecomesARequest(t *testing.T) {
	for name, tt := range map[string]struct {
		input                   map[string]any
		method, body, mediaType string
	}{
		"only a URL": {map[string]any{}, "POST", "", ""},
		"an object": {
			map[string]any{"body": map[string]any{"a": []any{1.5, true, nil}}},
			"POST", `{"a":[1.5,true,null]}`, "application/json",
		},
		"an array": {map[string]any{"method": "PUT", "body": []any{"x"}}, "PUT", `["x"]`, "application/json"},
		"a number": {map[string]any{"method": "PATCH", "body": 7.0}, "PATCH", `7`, "application/json"},
		"text":     {map[string]any{"body": "hällo"}, "POST", "hällo", "text/plain; charset=utf-8"},
		"text of a named type": {
			map[string]any{"body": "<a/>", "headers": map[string]any{"content-type": "application/xml"}},
			"POST", "<a/>", "application/xml",
		},
		"delete": {map[string]any{"method": "DELETE"}, "DELETE", "", ""},
		"get":    {map[string]any{"method": "GET"}, "GET", "", ""},
		"head":   {map[string]any{"method": "HEAD"}, "HEAD", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := belaytest.NewReceiver(t)
			tt.input["url"] = r.URL
			if got := sender(t).Do(t.Context(), attempt(tt.input)); got.Verdict != action.Delivered {
				t.Fatalf("outcome = %+v", got)
			}
			got := r.Requests()[0]
			if got.Method != tt.method || string(got.Body) != tt.body || got.Header.Get("Content-Type") != tt.mediaType || got.Header.Get("Webhook-Id") != "msg_1" {
				t.Errorf("request = %+v, body %q", got, got.Body)
			}
		})
	}
}

func TestBadInputIsRejectedByField(t *testing.T) {
	r := belaytest.NewReceiver(t)
	header := func(name string, value any) map[string]any {
		return map[string]any{"url": r.URL, "headers": map[string]any{name: value}}
	}
	for name, tt := range map[string]struct {
		input map[string]any
		field string
	}{
		"no URL":                {map[string]any{}, "url"},
		"a URL that is none":    {map[string]any{"url": 7.0}, "url"},
		"an unknown method":     {map[string]any{"url": r.URL, "method": "TRACE"}, "method"},
		"a lower-case method":   {map[string]any{"url": r.URL, "method": "get"}, "method"},
		"a method that is none": {map[string]any{"url": r.URL, "method": map[string]any{}}, "method"},
		"headers in a list":     {map[string]any{"url": r.URL, "headers": []any{}}, "headers"},
		"a number as header":    {header("X-Count", 7.0), "headers.X-Count"},
		"a line break":          {header("X-A", "b\r\nX-C: d"), "headers.X-A"},
		"a line break in name":  {header("X-A: b\r\nX-C", "d"), "headers"},
		"an empty name":         {header("", "d"), "headers"},
		"host":                  {header("Host", "internal"), "headers.Host"},
		"length":                {header("content-length", "0"), "headers.content-length"},
		"chunks":                {header("Transfer-Encoding", "chunked"), "headers.Transfer-Encoding"},
		"connection":            {header("Connection", "close"), "headers.Connection"},
		"signature":             {header("Webhook-Signature", "v1,x"), "headers.Webhook-Signature"},
		"message ID":            {header("webhook-id", "x"), "headers.webhook-id"},
		"a long header":         {header("X-A", strings.Repeat("a", 9000)), "headers.X-A"},
	} {
		t.Run(name, func(t *testing.T) {
			got := sender(t).Do(t.Context(), attempt(tt.input))
			if got.Verdict != action.Rejected || got.Code != "INVALID_INPUT" || got.Sent || !strings.HasPrefix(got.Detail, tt.field+" ") {
				t.Errorf("outcome = %+v, want %s blamed", got, tt.field)
			}
		})
	}
	if n := len(r.Requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

func TestTheAnswerBecomesOutput(t *testing.T) {
	for name, tt := range map[string]struct {
		behaviour belaytest.Behaviour
		verdict   action.Verdict
		status    int
		body      any
		truncated bool
	}{
		"JSON":         {belaytest.Body(200, "application/json", `{"id":7}`), action.Delivered, 200, map[string]any{"id": 7.0}, false},
		"problem JSON": {belaytest.Body(422, "application/problem+json", `["no"]`), action.Rejected, 422, []any{"no"}, false},
		"broken JSON":  {belaytest.Body(200, "application/json", `{"id":`), action.Delivered, 200, `{"id":`, false},
		"deep JSON":    {belaytest.Body(200, "application/json", strings.Repeat("[", 40)+strings.Repeat("]", 40)), action.Delivered, 200, strings.Repeat("[", 40) + strings.Repeat("]", 40), false},
		"text":         {belaytest.Body(200, "text/plain", `{"id":7}`), action.Delivered, 200, `{"id":7}`, false},
		"bytes":        {belaytest.Body(200, "application/octet-stream", "a\xffb"), action.Delivered, 200, "a\uFFFDb", false},
		"nothing":      {belaytest.Status(204), action.Delivered, 204, "", false},
		"cut JSON":     {belaytest.HangUpMidway(200), action.Delivered, 200, "half", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := belaytest.NewReceiver(t)
			r.Answer(tt.behaviour)
			got := sender(t).Do(t.Context(), attempt(map[string]any{"url": r.URL}))
			if got.Verdict != tt.verdict || got.Output["status"] != float64(tt.status) || got.Output["truncated"] != tt.truncated {
				t.Errorf("outcome = %+v", got)
			}
			if diff := cmp.Diff(tt.body, got.Output["body"]); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOutputHeadersAreLowerCase(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.RetryAfter(503, "5"))
	got := sender(t).Do(t.Context(), attempt(map[string]any{"url": r.URL}))
	headers, _ := got.Output["headers"].(map[string]any)
	if headers["retry-after"] != "5" || got.After != 5*time.Second {
		t.Errorf("headers = %v, after %v", headers, got.After)
	}
}

func TestRequestsAreSignedForTheSite(t *testing.T) {
	r := belaytest.NewReceiver(t)
	h := sender(t)
	h.Secrets = func(_ context.Context, site belay.ID) ([]string, error) {
		if site != (belay.ID{1}) {
			return nil, errors.New("no such site")
		}
		return []string{outbound.FormatSecret(make([]byte, 32))}, nil
	}
	if got := h.Do(t.Context(), attempt(map[string]any{"url": r.URL})); got.Verdict != action.Delivered {
		t.Fatalf("outcome = %+v", got)
	}
	if got := r.Requests()[0].Header.Get("Webhook-Signature"); !strings.HasPrefix(got, "v1,") {
		t.Errorf("webhook-signature = %q", got)
	}
	stranger := attempt(map[string]any{"url": r.URL})
	stranger.Site = belay.ID{2}
	if got := h.Do(t.Context(), stranger); got.Verdict != action.Retry || got.Sent || len(r.Requests()) != 1 {
		t.Errorf("without secrets: %+v", got)
	}
}

func TestDestinationIsTheHost(t *testing.T) {
	if got := sender(t).Destination(attempt(map[string]any{"url": "https://Example.com/x"})); got != "example.com" {
		t.Errorf("Destination = %q", got)
	}
	if got := sender(t).Destination(attempt(nil)); got != "" {
		t.Errorf("Destination of nothing = %q", got)
	}
}
