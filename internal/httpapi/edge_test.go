package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func TestEveryAnswerCarriesARequestID(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	for _, path := range []string{"/", "/healthz", "/metrics", "/docs", "/openapi.json", "/nowhere", "/belay//v1/apps", "/belay/v1/events"} {
		if _, err := belay.ParseID(s.call("GET", path, "", nil).header.Get("x-wix-request-id")); err != nil {
			t.Errorf("GET %s: x-wix-request-id %v", path, err)
		}
	}
}

func TestTheCallersRequestIDIsKeptWhereItIsSane(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	for name, tt := range map[string]struct {
		header, id string
		kept       bool
	}{
		"wix":              {"X-Wix-Request-Id", "booking-4711", true},
		"plain":            {"X-Request-Id", "a/b+c=", true},
		"hundred":          {"X-Request-Id", strings.Repeat("r", 100), true},
		"too long":         {"X-Request-Id", strings.Repeat("r", 101), false},
		"empty":            {"X-Request-Id", "", false},
		"with a space":     {"X-Request-Id", "a b", false},
		"with a new line":  {"X-Request-Id", "a\nb", false},
		"not of ASCII":     {"X-Request-Id", "ä", false},
		"of control bytes": {"X-Request-Id", "\x1b[31m", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.call("POST", reportPath, appKey, body(`{"customer":"Ada"}`), "belay-site-id", siteID, tt.header, tt.id)
			got := a.header.Get("X-Wix-Request-Id")
			if (got == tt.id) != tt.kept {
				t.Errorf("request ID %q was answered with %q", tt.id, got)
			}
			if a.status != 200 {
				t.Fatalf("report = %d %s", a.status, a.body)
			}
			event := s.must("GET", "/belay/v1/events/"+a.json(t)["eventId"].(string), siteKey, nil)["event"].(map[string]any)
			if event["requestId"] != got {
				t.Errorf("the event keeps %v, the answer says %q", event["requestId"], got)
			}
		})
	}
}

func TestTheWrongMethodIsToldTheRightOnes(t *testing.T) {
	s := start(t, nil)
	for path, want := range map[string]string{
		reportPath:                            "POST",
		"/v2/automations/" + entityID:         "DELETE, GET, PATCH, HEAD",
		"/belay/v1/apps":                      "GET, POST, HEAD",
		"/belay/v1/keys/" + entityID:          "DELETE",
		"/healthz":                            "GET, HEAD",
		"/belay/v1/apps/" + entityID:          "DELETE, GET, PUT, HEAD",
		"/activation-logs/v2/activation-logs": "GET, HEAD",
	} {
		a := s.call("OPTIONS", path, "", nil)
		if got := a.header.Get("Allow"); a.status != http.StatusMethodNotAllowed || got != want {
			t.Errorf("OPTIONS %s = %d, Allow %q; want 405, %q", path, a.status, got, want)
		}
	}
}

func TestEveryRouteThatNeedsACredentialRefusesWithoutOne(t *testing.T) {
	s := start(t, nil)
	open := map[string]bool{
		"/": true, "/healthz": true, "/readyz": true, "/metrics": true, "/openapi.json": true, "/oauth2/token": true, "/oauth2/token-info": true, "/oauth/access": true,
		"/belay/v1/apps/{appId}/jwks.json": true,
		// How people get in.
		"/belay/v1/welcome": true, "/belay/v1/welcome/look": true, "/belay/v1/portal-sessions": true,
		"/belay/v1/oidc/start": true, "/belay/v1/oidc/callback": true,
	}
	for path, item := range readDocument(t).paths() {
		for method := range item.(map[string]any) {
			if open[path] || path == "/belay/v1/session" && method != "get" || strings.HasSuffix(path, "/{siteId}/{webhookId}") {
				continue
			}
			a := s.call(strings.ToUpper(method), strings.NewReplacer("{", "", "}", "").Replace(path), "", nil)
			if a.status != http.StatusUnauthorized || a.header.Get("Www-Authenticate") == "" {
				t.Errorf("%s %s = %d %s", method, path, a.status, a.body)
			}
		}
	}
}

func TestTheAddressOfAWebhookIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	s := start(t, &log)
	s.furnish()
	log.Reset()
	s.call("POST", "/belay/v1/webhooks/"+siteID+"/"+entityID, "", map[string]any{"name": "Ada"})
	if line := log.String(); !strings.Contains(line, "callWebhook") || strings.Contains(line, entityID) {
		t.Errorf("the log says %s", line)
	}
}

func TestARequestIsLoggedWithWhatItWasAbout(t *testing.T) {
	var log bytes.Buffer
	s := start(t, &log)
	s.furnish()
	log.Reset()
	event := s.must("POST", reportPath, appKey, body(`{"customer":"Ada"}`), "belay-site-id", siteID, "X-Request-Id", "r-1")["eventId"]
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("log: %v: %s", err, log.String())
	}
	for key, want := range map[string]any{
		"msg": "request answered", "request": "r-1", "operation": "reportEvent", "status": 200.0, "site": siteID, "event": event,
	} {
		if line[key] != want {
			t.Errorf("%s = %v, want %v", key, line[key], want)
		}
	}
	if strings.Contains(log.String(), "Ada") || strings.Contains(log.String(), appKey) {
		t.Errorf("the log holds a payload or a secret: %s", log.String())
	}
	log.Reset()
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		s.call("GET", path, "", nil)
	}
	if log.Len() > 0 {
		t.Errorf("probes are logged: %s", log.String())
	}
}

func TestRequestsAreCounted(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	s.must("POST", reportPath, appKey, body(`{"customer":"Ada"}`), "belay-site-id", siteID)
	s.call("POST", reportPath, "", body(`{}`))
	figures := string(s.call("GET", "/metrics", "", nil).body)
	for _, want := range []string{
		`belay_http_requests_total{operation="reportEvent",status="200"} 1`,
		`belay_http_requests_total{operation="reportEvent",status="401"} 1`,
		`belay_http_request_seconds_count{operation="reportEvent"} 2`,
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestAnIDIsReadInAnyCase(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	s.must("POST", reportPath, appKey, `{"triggerKey":"bookings-booked","payload":{"customer":"Ada"},"externalEntityId":"`+strings.ToUpper(entityID)+`"}`,
		"WIX-SITE-ID", strings.ToUpper(siteID))
	events := s.must("GET", "/belay/v1/events?externalEntityId="+entityID+"&appId="+appID+"&triggerKey=bookings-booked", siteKey, nil)
	if n := len(events["events"].([]any)); n != 1 {
		t.Errorf("%d events about the entity, want 1", n)
	}
}
