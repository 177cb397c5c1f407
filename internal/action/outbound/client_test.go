package outbound_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belaytest"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// local returns a client that may reach 127.0.0.0/8.
func local(t *testing.T, c outbound.Config) *outbound.Client {
	c.AllowedRanges = append(c.AllowedRanges, netip.MustParsePrefix("127.0.0.0/8"))
	client := outbound.New(c)
	t.Cleanup(client.CloseIdle)
	return client
}

// elsewhere leaves out what exchange_test.go looks at.
var elsewhere = cmpopts.IgnoreFields(action.Outcome{}, "Exchange")

func TestClientSendsWhatItIsGiven(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.Body(201, "text/plain", "thanks"))
	client := local(t, outbound.Config{Version: "1.2.3"})
	answer, outcome := client.Do(t.Context(), outbound.Request{
		URL: r.URL + "/hook?a=b", Header: http.Header{"X-Shop": {"7"}}, Body: []byte(`{"n":1}`),
		MessageID: "msg_1", Now: now,
	})
	outcome.Latency = 0
	if diff := cmp.Diff(action.Outcome{Verdict: action.Delivered, Status: 201, Sent: true}, outcome, elsewhere); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	if string(answer.Body) != "thanks" || answer.Truncated || answer.Status != 201 {
		t.Errorf("answer = %+v", answer)
	}
	got := r.Requests()[0]
	if got.Method != "POST" || got.Path != "/hook" || got.Query != "a=b" || string(got.Body) != `{"n":1}` {
		t.Errorf("request = %+v", got)
	}
	for name, want := range map[string]string{
		"X-Shop": "7", "User-Agent": "Belay/1.2.3", "Webhook-Id": "msg_1", "Idempotency-Key": "msg_1",
		"Webhook-Timestamp": "1772355600", "Webhook-Signature": "",
	} {
		if got := got.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestClientSignsWithEverySecret(t *testing.T) {
	r := belaytest.NewReceiver(t)
	keys := [][]byte{bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 24)}
	body := `{"hello":"wörld"}`
	_, outcome := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{
		URL: r.URL, Body: []byte(body), MessageID: "msg_2", Now: now,
		Secrets: []string{outbound.FormatSecret(keys[0]), outbound.FormatSecret(keys[1])},
	})
	if outcome.Verdict != action.Delivered {
		t.Fatalf("outcome = %+v", outcome)
	}
	// Written from the specification, not with the library that signs.
	var want []string
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("msg_2.1772355600." + body))
		want = append(want, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if got := r.Requests()[0].Header.Get("Webhook-Signature"); got != strings.Join(want, " ") {
		t.Errorf("webhook-signature = %q, want %q", got, want)
	}
}

func TestClientRefusesToSendWithABadSecret(t *testing.T) {
	r := belaytest.NewReceiver(t)
	_, outcome := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{
		URL: r.URL, MessageID: "m", Now: now, Secrets: []string{"hunter2"},
	})
	if outcome.Verdict != action.Rejected || outcome.Code != "INVALID_SECRET" || outcome.Sent || strings.Contains(outcome.Detail, "hunter2") {
		t.Errorf("outcome = %+v", outcome)
	}
	if len(r.Requests()) != 0 {
		t.Error("the request went out")
	}
}

func TestSecretsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		secret string
		ok     bool
	}{
		"24 bytes":   {outbound.FormatSecret(make([]byte, 24)), true},
		"64 bytes":   {outbound.FormatSecret(make([]byte, 64)), true},
		"too short":  {outbound.FormatSecret(make([]byte, 23)), false},
		"too long":   {outbound.FormatSecret(make([]byte, 65)), false},
		"no prefix":  {base64.StdEncoding.EncodeToString(make([]byte, 32)), false},
		"not base64": {"whsec_!!!!", false},
		"empty":      {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := outbound.CheckSecret(tt.secret); (err == nil) != tt.ok {
				t.Errorf("CheckSecret(%q) = %v", tt.secret, err)
			}
		})
	}
}

func TestStatusBecomesVerdict(t *testing.T) {
	r := belaytest.NewReceiver(t)
	client := local(t, outbound.Config{})
	for name, tt := range map[string]struct {
		behaviour belaytest.Behaviour
		want      action.Outcome
	}{
		"204":                    {belaytest.Status(204), action.Outcome{Verdict: action.Delivered, Status: 204}},
		"304":                    {belaytest.Status(304), action.Outcome{Verdict: action.Rejected, Code: "HTTP_304", Status: 304}},
		"400":                    {belaytest.RetryAfter(400, "9"), action.Outcome{Verdict: action.Rejected, Code: "HTTP_400", Status: 400}},
		"404":                    {belaytest.Status(404), action.Outcome{Verdict: action.Rejected, Code: "HTTP_404", Status: 404}},
		"408":                    {belaytest.Status(408), action.Outcome{Code: "HTTP_408", Status: 408}},
		"410":                    {belaytest.Status(410), action.Outcome{Verdict: action.Rejected, Code: "HTTP_410", Status: 410}},
		"425":                    {belaytest.Status(425), action.Outcome{Code: "HTTP_425", Status: 425}},
		"429":                    {belaytest.RetryAfter(429, "120"), action.Outcome{Code: "HTTP_429", Status: 429, After: 2 * time.Minute}},
		"500":                    {belaytest.Status(500), action.Outcome{Code: "HTTP_500", Status: 500}},
		"503 for a day":          {belaytest.RetryAfter(503, "86400"), action.Outcome{Code: "HTTP_503", Status: 503, After: time.Hour}},
		"redirect without where": {belaytest.Status(302), action.Outcome{Verdict: action.Rejected, Code: "HTTP_302", Status: 302}},
	} {
		t.Run(name, func(t *testing.T) {
			r.Answer(tt.behaviour)
			_, got := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
			if got.Verdict != action.Delivered && got.Detail == "" {
				t.Error("no detail")
			}
			got.Latency, got.Detail, tt.want.Sent = 0, "", true
			if diff := cmp.Diff(tt.want, got, elsewhere); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAGigabyteIsNotRead(t *testing.T) {
	r := belaytest.NewReceiver(t)
	var wrote atomic.Int64
	r.Answer(belaytest.Endless(200, func(n int) { wrote.Add(int64(n)) }), belaytest.Status(200))
	client := local(t, outbound.Config{})
	answer, outcome := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
	if outcome.Verdict != action.Delivered || !answer.Truncated || len(answer.Body) != 64<<10 {
		t.Errorf("verdict %v, truncated %v, %d bytes", outcome.Verdict, answer.Truncated, len(answer.Body))
	}
	// What lies in the sockets' buffers was written too, but is megabytes at most.
	if wrote.Load() > 64<<20 {
		t.Errorf("the receiver got rid of %d bytes", wrote.Load())
	}
	if _, outcome := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now}); outcome.Verdict != action.Delivered {
		t.Errorf("the next request: %+v", outcome)
	}
}

func TestABodyOfTheLimitIsWhole(t *testing.T) {
	r := belaytest.NewReceiver(t)
	client := local(t, outbound.Config{BodyLimit: 4})
	for body, truncated := range map[string]bool{"four": false, "fiver": true} {
		r.Answer(belaytest.Body(200, "text/plain", body))
		answer, _ := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
		if answer.Truncated != truncated || string(answer.Body) != body[:4] {
			t.Errorf("%q: body %q, truncated %v", body, answer.Body, answer.Truncated)
		}
	}
}

func TestBrokenAnswersAreRetried(t *testing.T) {
	r := belaytest.NewReceiver(t)
	client := local(t, outbound.Config{})
	for name, tt := range map[string]struct {
		behaviour belaytest.Behaviour
		code      string
	}{
		"hangs up":        {belaytest.HangUp(), "CONNECTION_LOST"},
		"speaks no HTTP":  {belaytest.Garbage(), "BAD_ANSWER"},
		"endless headers": {belaytest.HeaderOf(1 << 20), "BAD_ANSWER"},
	} {
		t.Run(name, func(t *testing.T) {
			r.Answer(tt.behaviour)
			answer, got := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
			if got.Verdict != action.Retry || got.Code != tt.code || !got.Sent || got.Detail == "" || answer.Status != 0 {
				t.Errorf("outcome = %+v, want a retry with %s", got, tt.code)
			}
		})
	}
}

func TestAStatusCountsThoughItsBodyBreaksOff(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.HangUpMidway(200))
	answer, outcome := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
	if outcome.Verdict != action.Delivered || !answer.Truncated || string(answer.Body) != "half" {
		t.Errorf("answer %+v, outcome %+v", answer, outcome)
	}
}

func TestNothingIsSentWhereNobodyListens(t *testing.T) {
	r := belaytest.NewReceiver(t)
	closed := strings.Replace(r.URL, "127.0.0.1", "127.0.0.99", 1)
	_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: closed, Now: now})
	if got.Verdict != action.Retry || got.Code != "CONNECT_FAILED" || got.Sent {
		t.Errorf("outcome = %+v", got)
	}
}

func TestACanceledAttemptSendsNothing(t *testing.T) {
	r := belaytest.NewReceiver(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, got := local(t, outbound.Config{}).Do(ctx, outbound.Request{URL: r.URL, Now: now})
	if got.Code != "CANCELED" || got.Sent || len(r.Requests()) != 0 {
		t.Errorf("outcome = %+v, %d requests", got, len(r.Requests()))
	}
}

func TestTimeoutsAreExact(t *testing.T) {
	for name, tt := range map[string]struct {
		behaviour belaytest.Behaviour
		cancel    time.Duration // by the caller, if any
		latency   time.Duration
		want      action.Outcome
	}{
		"hangs": {
			belaytest.Hang(), 0, 15 * time.Second,
			action.Outcome{Code: "TIMEOUT", Sent: true, Detail: "no answer from receiver.test in time"},
		},
		"slow but in time": {
			belaytest.After(14*time.Second, belaytest.Status(200)), 0, 14 * time.Second,
			action.Outcome{Verdict: action.Delivered, Status: 200, Sent: true},
		},
		"hangs in its body": {
			belaytest.HangInBody(), 0, 15 * time.Second,
			action.Outcome{Verdict: action.Delivered, Status: 200, Sent: true},
		},
		"canceled in flight": {
			belaytest.Hang(), 3 * time.Second, 3 * time.Second,
			action.Outcome{Code: "CANCELED", Sent: true, Detail: "canceled before an answer came"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := belaytest.NewPipeReceiver(t)
				r.Answer(tt.behaviour)
				client := outbound.New(outbound.Config{DialContext: r.Dial})
				defer client.CloseIdle()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel > 0 {
					defer time.AfterFunc(tt.cancel, cancel).Stop()
				}
				_, got := client.Do(ctx, outbound.Request{URL: r.URL, Now: now})
				tt.want.Latency = tt.latency
				if diff := cmp.Diff(tt.want, got, elsewhere); diff != "" {
					t.Errorf("outcome (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAConnectionIsWaitedForFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nobody := belaytest.NewPipe() // and nobody accepts
		client := outbound.New(outbound.Config{DialContext: nobody.Dial})
		_, got := client.Do(t.Context(), outbound.Request{URL: "http://receiver.test", Now: now})
		if got.Code != "TIMEOUT" || got.Sent || got.Latency != 5*time.Second || got.Verdict != action.Retry {
			t.Errorf("outcome = %+v", got)
		}
	})
}

func TestConnectionsAreReused(t *testing.T) {
	cert, roots := belaytest.Certificate(t)
	r := belaytest.NewTLSReceiver(t, cert)
	client := local(t, outbound.Config{RootCAs: roots})
	for range 3 {
		_, got := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
		if got.Verdict != action.Delivered {
			t.Fatalf("outcome = %+v", got)
		}
	}
	seen := map[string]bool{}
	for _, request := range r.Requests() {
		seen[request.Remote] = true
	}
	if len(seen) != 1 {
		t.Errorf("3 requests over %d connections", len(seen))
	}
}

func TestAnUnknownCertificateIsRefused(t *testing.T) {
	cert, _ := belaytest.Certificate(t)
	r := belaytest.NewTLSReceiver(t, cert)
	_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: r.URL, Now: now})
	if got.Verdict != action.Retry || got.Code != "TLS_FAILED" || got.Sent || len(r.Requests()) != 0 {
		t.Errorf("outcome = %+v", got)
	}
}

func TestURLsThatCannotBeSentToAreRejected(t *testing.T) {
	client := outbound.New(outbound.Config{})
	for name, url := range map[string]string{
		"empty":          "",
		"no scheme":      "example.com/hook",
		"file":           "file:///etc/passwd",
		"no host":        "https:///hook",
		"port too large": "https://example.com:70000/",
		"line break":     "https://example.com/\r\nX: y",
		"secret, broken": "https://user:hunter2@exa mple.com/",
		"too long":       "https://example.com/" + strings.Repeat("a", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			_, got := client.Do(t.Context(), outbound.Request{URL: url, Now: now})
			if got.Verdict != action.Rejected || got.Code != "INVALID_URL" || got.Sent || strings.Contains(got.Detail, "hunter2") {
				t.Errorf("outcome = %+v", got)
			}
			if d := outbound.Destination(url); d != "" {
				t.Errorf("Destination = %q", d)
			}
		})
	}
	if d := outbound.Destination("https://user:hunter2@EXAMPLE.com:8443/x"); d != "example.com:8443" {
		t.Errorf("Destination = %q", d)
	}
}

func TestTheDetailKeepsSecretsOfTheURL(t *testing.T) {
	r := belaytest.NewReceiver(t)
	r.Answer(belaytest.Garbage())
	secret := strings.Replace(r.URL, "http://", "http://me:hunter2@", 1) + "/hunter3?key=hunter4"
	_, got := local(t, outbound.Config{}).Do(t.Context(), outbound.Request{URL: secret, Now: now})
	if got.Detail == "" || strings.Contains(got.Detail, "hunter") {
		t.Errorf("detail = %q", got.Detail)
	}
}
