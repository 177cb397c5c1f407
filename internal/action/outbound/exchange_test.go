package outbound_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
)

func TestAnExchangeKeepsNoSecret(t *testing.T) {
	receiver := belaytest.NewPipeReceiver(t)
	receiver.Answer(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session=hush")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(strings.Repeat("é", 900)))
	})
	client := outbound.New(outbound.Config{DialContext: receiver.Dial})
	send := func(r outbound.Request) *belay.Exchange {
		r.URL, r.Now, r.MessageID = "http://hush:hush@receiver.test/hook?token=hush&flag", time.Unix(1, 0), "msg_1"
		r.Secrets = []string{"whsec_" + strings.Repeat("aHVz", 8)}
		r.Header = http.Header{"Authorization": {"Bearer hush"}, "X-Api-Key": {"hush"}, "Content-Type": {"application/json"}}
		_, outcome := client.Do(t.Context(), r)
		return outcome.Exchange
	}
	got := send(outbound.Request{Body: []byte(`{"a":1}`)})
	if got == nil || got.URL != "http://receiver.test/hook?token=…&flag=…" || string(got.Request.Body) != `{"a":1}` {
		t.Fatalf("exchange = %+v", got)
	}
	for _, h := range append(got.Request.Headers, got.Response.Headers...) {
		if strings.Contains(h.Value, "hush") || h.Hidden && h.Value != "" {
			t.Errorf("header %s was kept as %q", h.Name, h.Value)
		}
	}
	if len(got.Response.Body) != 1<<10 || got.Response.Bytes != 1800 {
		t.Errorf("the answer's body was kept in %d of %d bytes; want 1024 of 1800", len(got.Response.Body), got.Response.Bytes)
	}
	if got := send(outbound.Request{Body: []byte("sealed"), Shown: []byte("plain")}); string(got.Request.Body) != "plain" || got.Request.Bytes != 6 {
		t.Errorf("a sealed body was kept as %q, %d bytes", got.Request.Body, got.Request.Bytes)
	}
	if got := send(outbound.Request{Private: true}); got.URL != "http://receiver.test/…" {
		t.Errorf("a private address was kept as %s", got.URL)
	}
	client = outbound.New(outbound.Config{DialContext: receiver.Dial, Keep: -1})
	if got := send(outbound.Request{}); got != nil {
		t.Errorf("a client that keeps nothing kept %+v", got)
	}
}
