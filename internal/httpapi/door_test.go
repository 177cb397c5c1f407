package httpapi_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/action/webhook"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/httpapi"
	"github.com/belay-events/belay/internal/store/storetest"
)

// What every test's server has been set up with.
const (
	siteID     = "5117e000-0000-4000-8000-000000000001"
	otherSite  = "5117e000-0000-4000-8000-000000000002"
	appID      = "a9900000-0000-4000-8000-000000000001"
	otherApp   = "a9900000-0000-4000-8000-000000000002"
	instanceID = "12574000-0000-4000-8000-000000000001"
	entityID   = "e1717000-0000-4000-8000-000000000001"
	appKey     = "belay-test-key-of-the-app"
	otherKey   = "belay-test-key-of-the-other-app"
	siteKey    = "belay-test-key-of-the-site"
	viewerKey  = "belay-test-key-of-the-viewer"
	appSecret  = "belay-test-secret-of-the-app"
)

// server is a whole door over a real engine, on the naive model of a store.
type server struct {
	t        testing.TB
	handler  http.Handler
	engine   *engine.Engine
	operator string
	out      chan struct{} // receives when an attempt of the action "hang" has left
	// app is the server of apps, at http://receiver.test; it says how long it takes
	// where the action's input has "minutes", else that it is done.
	app *belaytest.Receiver
	// between is called before each request, where it is set.
	between func()
}

// hang is an action whose attempts leave and never come back.
type hang struct{ out chan struct{} }

func (h hang) Do(ctx context.Context, a action.Attempt) action.Outcome {
	select {
	case h.out <- struct{}{}:
		<-ctx.Done()
	case <-ctx.Done():
	}
	return action.Outcome{Verdict: action.Retry, Code: "TIMEOUT", Sent: true}
}

// ears are receivers of deliveries: those whose URL says so are down.
type ears struct{}

func (ears) Send(_ context.Context, to webhook.Receiver, _ *belay.Delivery) action.Outcome {
	if strings.Contains(to.URL, "down") {
		return action.Outcome{Verdict: action.Retry, Status: 503, Code: "HTTP_503", Detail: "the receiver answered 503 Service Unavailable", Sent: true}
	}
	return action.Outcome{Verdict: action.Delivered, Status: 200, Sent: true}
}

func start(t testing.TB, log io.Writer) *server {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	store := storetest.NewModel()
	if log == nil {
		log = io.Discard
	}
	hanging := hang{make(chan struct{})}
	apps := belaytest.NewPipeReceiver(t)
	apps.Answer(answerCall)
	logger := slog.New(slog.NewJSONHandler(log, nil))
	e, err := engine.New(ctx, engine.Options{
		Store: store, Logger: logger, Drain: time.Millisecond, Webhooks: ears{}, Shown: httpapi.ShowAutomation,
		Provider: provider.New(outbound.New(outbound.Config{DialContext: apps.Dial, Timeout: provider.InvokeTimeout, BodyLimit: provider.MaxAnswer})),
		Actions: func(s engine.Streams) (*action.Registry, error) {
			mail, err := email.New(email.Config{From: "Belay <belay@example.com>"}, s)
			if err != nil {
				return nil, err
			}
			return action.NewRegistry(
				email.Define(mail, 10*time.Second), notify.Define(&notify.Action{Inbox: s}, 10*time.Second),
				action.Definition{
					Key: "hang", Name: "Hang", Do: hanging, Timeout: 10 * time.Second,
					InputSchema: json.RawMessage(`{"type":"object"}`), OutputSchema: json.RawMessage(`{"type":"object"}`),
				},
			)
		},
	})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		e.Close()
		if err := store.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	plain, _, err := e.Book().EnsureOperatorKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h, err := httpapi.New(httpapi.Options{
		Engine: e, Logger: logger, Version: "0.0.0", Providers: httpapi.Apps{Engine: e}, Quota: httpapi.Apps{Engine: e}.Quota,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &server{t: t, handler: h, engine: e, operator: plain, out: hanging.out, app: apps}
}

// callOf returns what an app's server is called for, its signature not checked.
func callOf(envelope []byte) (in api.InvokeRequest) {
	parts := bytes.Split(envelope, []byte("."))
	var said struct{ Data api.ProviderCall }
	if len(parts) != 3 {
		return in
	}
	if text, err := base64.RawURLEncoding.DecodeString(string(parts[1])); err == nil && json.Unmarshal(text, &said) == nil {
		_ = json.Unmarshal(said.Data.Request, &in) // tests look at what is missing
	}
	return in
}

// answersBeside are what the app's server answers to the calls beside invocations.
var answersBeside = map[string]string{
	"/belay/dynamic-schema":            `{"dynamicSchema":{"type":"object","properties":{"seat":{"type":"string","title":"Seat"}}}}`,
	"/belay/validate-configuration":    `{"valid":false,"configurationErrors":[{"fieldKey":"customer","title":"Gone","message":"The customer is gone."}]}`,
	"/belay/v1/validate-configuration": `{"valid":true,"configurationErrors":[]}`,
	"/belay/v1/quota-info":             `{"actionQuotaInfo":{"enforced":true,"quotaInfo":[{"plans":[{"id":"p","name":"Basic"}],"quotas":[{"featureName":"texts","currentUsage":"3","limit":"10"}]}]}}`,
}

func answerCall(w http.ResponseWriter, r *http.Request) {
	if body, ok := answersBeside[r.URL.Path]; ok {
		w.Header().Set("Content-Type", "application/json")
		if _, err := io.WriteString(w, body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return
	}
	var input struct{ Minutes int }
	envelope, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(callOf(envelope).ActionParams, &input)
	}
	answer := api.InvokeResponse{Result: json.RawMessage(`{"number":1}`)}
	if input.Minutes > 0 {
		answer.TimeoutType, answer.TimeoutLengthOptions = api.TimeoutLength, &api.TimeoutLengthOptions{TimeoutInMinutes: input.Minutes}
	}
	if err == nil {
		err = json.NewEncoder(w).Encode(answer)
	}
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// with returns the server for another test.
func (s *server) with(t testing.TB) *server {
	c := *s
	c.t = t
	return &c
}

// call sends a request; further are pairs of header and value.
func (s *server) call(method, path, key string, body any, further ...string) answer {
	s.t.Helper()
	if s.between != nil {
		s.between()
	}
	var reader io.Reader = http.NoBody
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	case []byte:
		reader = bytes.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, reader)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", key)
	}
	for i := 0; i < len(further); i += 2 {
		r.Header.Set(further[i], further[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

// must is call, and fails where the answer is no success.
func (s *server) must(method, path, key string, body any, further ...string) map[string]any {
	s.t.Helper()
	a := s.call(method, path, key, body, further...)
	if a.status != http.StatusOK {
		s.t.Fatalf("%s %s = %d %s", method, path, a.status, a.body)
	}
	return a.json(s.t)
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("answer is no JSON object: %v: %s", err, a.body)
	}
	return v
}

const schemaBooked = `{"type":"object","required":["customer"],"properties":{
	"customer":{"type":"string","title":"Customer","examples":["Ada"]},
	"email":{"type":"string","format":"email","title":"Mail","examples":["ada@example.com"]},
	"seats":{"type":"integer","title":"Seats","examples":[2]},
	"lines":{"type":"array","title":"Lines","examples":[[]],"items":{"type":"object","properties":{"quantity":{"type":"integer","title":"Quantity"}}}}}}`

const schemaStarting = `{"type":"object","required":["customer","start_at"],"properties":{
	"customer":{"type":"string","title":"Customer","examples":["Ada"]},
	"start_at":{"type":"string","format":"date-time","title":"Start","futureDate":true,"examples":["2030-01-01T09:00:00.000Z"]}}}`

// furnish sets up two apps, a site with the first of them, triggers and keys.
func (s *server) furnish() {
	s.t.Helper()
	op := s.operator
	s.must("PUT", "/belay/v1/apps/"+appID, op, map[string]any{"name": "Bookings"})
	s.must("PUT", "/belay/v1/apps/"+otherApp, op, map[string]any{"name": "Courses"})
	s.must("POST", "/belay/v1/apps/"+appID+"/secrets", op, map[string]any{"value": appSecret})
	s.must("PUT", "/belay/v1/sites/"+siteID, op, map[string]any{"name": "Salon", "timeZone": "Europe/Berlin"})
	s.must("PUT", "/belay/v1/sites/"+otherSite, op, map[string]any{"name": "Studio", "timeZone": "UTC"})
	s.must("PUT", "/belay/v1/sites/"+siteID+"/installations/"+appID, op, map[string]any{"instanceId": instanceID})
	s.trigger(appID, "bookings-booked", schemaBooked)
	s.trigger(appID, "bookings-starting", schemaStarting)
	s.trigger(otherApp, "courses-joined", schemaBooked)
	for _, k := range []map[string]any{
		{"name": "app", "role": "app", "appId": appID, "value": appKey},
		{"name": "other app", "role": "app", "appId": otherApp, "value": otherKey},
		{"name": "site", "role": "site", "siteId": siteID, "value": siteKey},
		{"name": "viewer", "role": "viewer", "siteId": siteID, "value": viewerKey},
	} {
		s.must("POST", "/belay/v1/keys", op, k)
	}
}

func (s *server) trigger(app, key, schema string) {
	s.t.Helper()
	s.must("PUT", "/belay/v1/apps/"+app+"/triggers/"+key, s.operator, map[string]any{
		"displayName": "When " + key, "payloadSchema": json.RawMessage(schema),
	})
}

// reminder is an automation that mails a day before, and never for events that
// are near.
func reminder(name, trigger string) map[string]any {
	return map[string]any{
		"name": name, "origin": "USER",
		"configuration": map[string]any{
			"status":        "ACTIVE",
			"trigger":       map[string]any{"appId": appID, "triggerKey": trigger},
			"rootActionIds": []string{"d0000000-0000-4000-8000-000000000001"},
			"actions": map[string]any{
				"d0000000-0000-4000-8000-000000000001": map[string]any{
					"type": "DELAY",
					"delayInfo": map[string]any{
						"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS",
						"postActionIds": []string{"d0000000-0000-4000-8000-000000000002"},
					},
				},
				"d0000000-0000-4000-8000-000000000002": map[string]any{
					"type": "APP_DEFINED",
					"appDefinedInfo": map[string]any{
						"appId": belay.BuiltIn.String(), "actionKey": "notify",
						"inputMapping": map[string]any{"message": `Booked for {{var("customer")}}`},
					},
				},
			},
		},
	}
}

func TestAReportedEventIsKeptAndCanceled(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	s.must("POST", "/v2/automations", siteKey, map[string]any{"automation": reminder("Reminder", "bookings-booked")})
	reported := s.must("POST", "/automations/v1/events/report", appKey, map[string]any{
		"triggerKey": "bookings-booked", "payload": map[string]any{"customer": "Ada"}, "externalEntityId": entityID,
	}, "wix-site-id", siteID)
	if ids, ok := reported["activationIds"].([]any); !ok || len(ids) != 1 {
		t.Fatalf("activationIds = %v, want one", reported["activationIds"])
	}
	event := s.must("GET", "/belay/v1/events/"+reported["eventId"].(string), siteKey, nil)
	if got := event["activations"].([]any)[0].(map[string]any)["status"]; got != "STARTED" {
		t.Errorf("status = %v, want STARTED", got)
	}
	canceled := s.must("POST", "/v1/events/cancel", appKey, map[string]any{
		"triggerKey": "bookings-booked", "externalEntityId": entityID,
	}, "belay-site-id", siteID)
	if got := canceled["canceledActivations"]; got != 1.0 {
		t.Errorf("canceledActivations = %v, want 1", got)
	}
}

func TestACancelNamesWhatHadLeft(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	automation := reminder("Hang", "bookings-booked")
	configuration := automation["configuration"].(map[string]any)
	configuration["actions"] = map[string]any{"d0000000-0000-4000-8000-000000000001": map[string]any{
		"type": "APP_DEFINED", "appDefinedInfo": map[string]any{"appId": "belay", "actionKey": "hang", "inputMapping": map[string]any{}},
	}}
	s.must("POST", "/v2/automations", siteKey, map[string]any{"automation": automation})
	reported := s.must("POST", reportPath, appKey, map[string]any{
		"triggerKey": "bookings-booked", "payload": map[string]any{"customer": "Ada"}, "externalEntityId": entityID,
	}, "wix-site-id", siteID)
	<-s.out
	activation := reported["activationIds"].([]any)[0]
	want := map[string]any{
		"canceledActivations": 1.0, "inFlightActions": 1.0, "endedActivations": 0.0, "canceledActivationIds": []any{activation},
		"inFlight": []any{map[string]any{"activationId": activation, "actionId": "d0000000-0000-4000-8000-000000000001"}},
	}
	got := s.must("POST", "/v1/events/cancel", appKey, map[string]any{
		"triggerKey": "bookings-booked", "externalEntityId": entityID,
	}, "wix-site-id", siteID)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cancel (-want +got):\n%s", diff)
	}
}

func TestTheCatalogListsEachActionWithItsSchemas(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	var got []string
	for _, listed := range s.must("GET", "/belay/v1/built-in-actions", viewerKey, nil)["actions"].([]any) {
		a := listed.(map[string]any)
		if a["appId"] != belay.BuiltIn.String() || a["inputSchema"] == nil || a["outputSchema"] == nil {
			t.Errorf("the catalog says %v", a)
		}
		got = append(got, a["actionKey"].(string))
	}
	if diff := cmp.Diff([]string{"hang", "notify", "send_email"}, got); diff != "" {
		t.Errorf("catalog (-want +got):\n%s", diff)
	}
}
