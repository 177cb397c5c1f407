package outbound_test

import (
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belaytest"
)

func TestARedirectOnTheSameHostIsFollowed(t *testing.T) {
	for name, tt := range map[string]struct {
		method, wantMethod, wantBody string
		status                       int
	}{
		"307 keeps all":            {"POST", "POST", "body", 307},
		"308 keeps all":            {"PUT", "PUT", "body", 308},
		"303 asks to look":         {"POST", "GET", "", 303},
		"301 of a GET":             {"GET", "GET", "", 301},
		"302 of a HEAD":            {"HEAD", "HEAD", "", 302},
		"307 of a GET with a body": {"GET", "GET", "body", 307},
	} {
		t.Run(name, func(t *testing.T) {
			r := belaytest.NewReceiver(t)
			r.Answer(belaytest.Redirect(tt.status, "/moved"), belaytest.Status(200))
			request := outbound.Request{Method: tt.method, URL: r.URL, MessageID: "m", Now: now}
			if tt.wantBody != "" || tt.method == "POST" {
				request.Body = []byte("body")
			}
			_, got := local(t, outbound.Config{}).Do(t.Context(), request)
			if got.Verdict != action.Delivered {
				t.Fatalf("outcome = %+v", got)
			}
			last := r.Requests()[1]
			if last.Method != tt.wantMethod || last.Path != "/moved" || string(last.Body) != tt.wantBody || last.Header.Get("Webhook-Id") != "m" {
				t.Errorf("second request = %+v", last)
			}
		})
	}
}

func TestARedirectThatWouldLoseTheBodyIsRefused(t *testing.T) {
	for _, status := range []int{301, 302} {
		r := belaytest.NewReceiver(t)
		r.Answer(belaytest.Redirect(status, "/moved/"))
		_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: r.URL, Body: []byte("body"), Now: now})
		if got.Verdict != action.Rejected || got.Code != "REDIRECT_REFUSED" || len(r.Requests()) != 1 {
			t.Errorf("%d: outcome = %+v after %d requests", status, got, len(r.Requests()))
		}
	}
}

func TestARedirectElsewhereIsRefused(t *testing.T) {
	other := belaytest.NewReceiver(t)
	for name, location := range map[string]string{
		"another port":     other.URL + "/steal",
		"another name":     strings.Replace(other.URL, "127.0.0.1", "localhost", 1),
		"metadata":         "http://169.254.169.254/latest/meta-data/",
		"without a scheme": "//evil.example/",
		"not even HTTP":    "gopher://127.0.0.1/",
	} {
		t.Run(name, func(t *testing.T) {
			r := belaytest.NewReceiver(t)
			r.Answer(belaytest.Redirect(307, location))
			_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
			if got.Verdict != action.Rejected || got.Code != "REDIRECT_REFUSED" || !got.Sent || !strings.Contains(got.Detail, "another host") {
				t.Errorf("outcome = %+v", got)
			}
		})
	}
	if n := len(other.Requests()); n != 0 {
		t.Errorf("the other host got %d requests", n)
	}
}

func TestARedirectIntoTheClearIsRefused(t *testing.T) {
	cert, roots := belaytest.Certificate(t)
	r := belaytest.NewTLSReceiver(t, cert)
	r.Answer(belaytest.Redirect(307, strings.Replace(r.URL, "https", "http", 1)))
	_, got := local(t, outbound.Config{RootCAs: roots}).Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
	if got.Code != "REDIRECT_REFUSED" {
		t.Errorf("outcome = %+v", got)
	}
}

func TestRedirectsEnd(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.Redirect(307, "/round"))
	_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
	if got.Verdict != action.Rejected || got.Code != "REDIRECT_REFUSED" || len(r.Requests()) != 6 {
		t.Errorf("outcome = %+v after %d requests", got, len(r.Requests()))
	}
}
