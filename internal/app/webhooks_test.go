package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"testing"
	"testing/fstest"

	"github.com/go-jose/go-jose/v4"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/belaytest"
)

const appID = "a9900000-0000-4000-8000-000000000001"

const told = `kind: app
id: ` + appID + `
name: Clock
---
kind: site
id: ` + siteID + `
name: Site
timeZone: UTC
---
kind: installation
site: Site
app: Clock
`

// An app is told by a real server, through a stop in the midst of it, and checks
// what it is sent with the keys that the server publishes.
func TestAppsAreToldThroughAStop(t *testing.T) {
	envelopes, plain := belaytest.NewReceiver(t), belaytest.NewReceiver(t)
	envelopes.Answer(belaytest.Status(http.StatusServiceUnavailable))
	c := app.Config{
		Data: t.TempDir(), OperatorKey: operator,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	first := open(t, c)
	stop := run(t, first)
	calls := client.New(first.URL(), client.Credentials{Key: operator, SiteID: siteID})
	wish, err := apply.LoadFS(fstest.MapFS{"it.yaml": {Data: []byte(told)}}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply.Apply(t.Context(), calls, wish, apply.Options{}, io.Discard); err != nil {
		t.Fatal(err)
	}
	_, err = calls.PutWebhooks(t.Context(), api.PutWebhooksRequest{ID: appID, Webhooks: []api.Webhook{
		{URL: envelopes.URL, Events: []string{"automation_created"}},
		{URL: plain.URL, Events: []string{"automation_updated"}, Format: "webhook"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	doc := `{"name":"Tell","origin":"USER","configuration":{"status":"INACTIVE","trigger":{"appId":"` + appID + `","triggerKey":"struck"},"rootActionIds":["d0000000-0000-4000-8000-000000000001"],"actions":{"d0000000-0000-4000-8000-000000000001":{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"notify","inputMapping":{"message":"it struck"}}}}}}`
	if _, err := calls.PutAutomation(t.Context(), "a0700000-0000-4000-8000-000000000001", json.RawMessage(doc)); err != nil {
		t.Fatal(err)
	}
	envelopes.Await(t.Context(), 1) // which it does not take
	if err := stop(); err != nil {
		t.Fatal(err)
	}

	envelopes.Answer(belaytest.Status(http.StatusOK))
	second := open(t, c)
	stop = run(t, second)
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	calls = client.New(second.URL(), client.Credentials{Key: operator, SiteID: siteID})
	list, err := calls.Deliveries(t.Context(), api.DeliveriesRequest{})
	if err != nil || len(list.Deliveries) != 1 {
		t.Fatalf("deliveries = %+v, %v", list, err)
	}
	if _, err := calls.Replay(t.Context(), list.Deliveries[0].ID); err != nil {
		t.Fatal(err)
	}
	got := envelopes.Await(t.Context(), 2)[1]
	token, err := jose.ParseSignedCompact(string(got.Body), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := token.Verify(publishedKeys(t, second.URL()))
	if err != nil {
		t.Fatalf("the signature is not the app's: %v", err)
	}
	var claims struct{ Aud string }
	if err := json.Unmarshal(raw, &claims); err != nil || claims.Aud != appID {
		t.Errorf("claims = %s, %v", raw, err)
	}

	if _, err := calls.PutAutomation(t.Context(), "a0700000-0000-4000-8000-000000000001", json.RawMessage(`{"name":"Renamed",`+doc[len(`{"name":"Tell",`):])); err != nil {
		t.Fatal(err)
	}
	also := plain.Await(t.Context(), 1)[0]
	keys, err := calls.SigningKeys(t.Context(), appID)
	if err != nil {
		t.Fatal(err)
	}
	hook, err := webhooks.NewWebhook(keys.Secrets[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.Verify(also.Body, also.Header); err != nil {
		t.Errorf("the signature is not the app's: %v", err)
	}
}

// publishedKeys returns the app's keys as anybody can read them.
func publishedKeys(t *testing.T, url string) jose.JSONWebKeySet {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/belay/v1/apps/"+appID+"/jwks.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil || len(set.Keys) == 0 {
		t.Fatalf("keys = %+v, %v", set, err)
	}
	return set
}
