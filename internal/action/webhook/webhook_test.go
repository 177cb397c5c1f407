package webhook_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/jws"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/action/webhook"
	"github.com/belay-events/belay/internal/belay"
)

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

type keys struct {
	signer belay.Signer
	err    error
}

func (k keys) Signer(context.Context, belay.ID) (belay.Signer, error) { return k.signer, k.err }

// house is a receiver and what sends to it.
type house struct {
	*webhook.Client
	url    string
	header http.Header
	body   []byte
	answer func(http.ResponseWriter)
}

func start(t *testing.T) *house {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{answer: func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.header = r.Header
		h.body, _ = io.ReadAll(r.Body)
		h.answer(w)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	h.Client = &webhook.Client{
		HTTP:    outbound.New(outbound.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 300 * time.Millisecond}),
		Signers: jws.NewSigners(),
		Keys: keys{signer: belay.Signer{
			Keys: []belay.SigningKey{{ID: keyID, Private: der}}, Secrets: []belay.SigningSecret{{Value: secret}},
		}},
	}
	return h
}

var (
	site, app, entity = belay.ID{1, 15: 1}, belay.ID{2, 15: 1}, belay.ID{3, 15: 1}
	instance          = belay.ID{4, 15: 1}
	keyID             = belay.ID{5, 15: 1}
)

func (h *house) to(f belay.WebhookFormat) webhook.Receiver {
	return webhook.Receiver{Webhook: belay.Webhook{URL: h.url, Format: f}, Instance: instance, Now: time.Now()}
}

func delivery(t belay.Topic, body string) *belay.Delivery {
	d := belay.NewDelivery(site, app, entity, t, 513, 1_800_000_000_123, []byte(body))
	return &d
}

func read(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

func TestAnEnvelopeIsWhatTheWireHas(t *testing.T) {
	h := start(t)
	for topic, want := range map[belay.Topic]struct{ slug, fqdn, field, body string }{
		belay.TopicAutomationCreated:             {"created", "automation", "createdEvent", `{"entity":{"id":"a"}}`},
		belay.TopicAutomationUpdated:             {"updated", "automation", "updatedEvent", `{"currentEntity":{"id":"a"}}`},
		belay.TopicAutomationDeleted:             {"deleted", "automation", "deletedEvent", `{"deletedEntity":{"id":"a"}}`},
		belay.TopicAutomationUpdatedWithPrevious: {"updated_with_previous_entity", "automation", "actionEvent", `{"previousAutomation":{},"currentAutomation":{}}`},
		belay.TopicAutomationDeletedWithEntity:   {"deleted_with_entity", "automation", "actionEvent", `{"automation":{}}`},
		belay.TopicActivationStatusChanged:       {"status_changed", "activation", "actionEvent", `{"status":"ENDED"}`},
		belay.TopicActivationActionStatusChanged: {"action_status_changed", "activation", "actionEvent", `{"status":"ENDED"}`},
	} {
		d := delivery(topic, want.body)
		if got := h.Send(t.Context(), h.to(belay.WebhookJWT), d); got.Verdict != action.Delivered {
			t.Fatalf("%s: %+v", topic, got)
		}
		token, err := jose.ParseSignedCompact(string(h.body), []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatalf("%s: %v", topic, err)
		}
		public, err := h.Keys.(keys).signer.Keys[0].Public()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := token.Verify(public)
		if err != nil || token.Signatures[0].Protected.KeyID != keyID.String() {
			t.Fatalf("%s: the signature: %v", topic, err)
		}
		var claims struct {
			Data, Iss, Aud string
			Iat, Exp       int64
		}
		var data struct{ EventType, InstanceID, Data, Identity string }
		var event map[string]any
		read(t, raw, &claims)
		read(t, []byte(claims.Data), &data)
		read(t, []byte(data.Data), &event)
		if claims.Aud != app.String() || claims.Iss == "" || claims.Exp <= claims.Iat || data.InstanceID != instance.String() ||
			data.EventType != "wix.automations.v2."+topic.String() || !json.Valid([]byte(data.Identity)) {
			t.Errorf("%s: claims %+v, data %+v", topic, claims, data)
		}
		var body any
		if err := json.Unmarshal([]byte(want.body), &body); err != nil {
			t.Fatal(err)
		}
		if want.field == "actionEvent" {
			body = map[string]any{"body": body}
		}
		wanted := map[string]any{
			"id": d.ID.String(), "entityFqdn": "wix.automations.v2." + want.fqdn, "slug": want.slug, "entityId": entity.String(),
			"eventTime": "2027-01-15T08:00:00.123Z", "entityEventSequence": "513", want.field: body,
		}
		if diff := cmp.Diff(wanted, event); diff != "" {
			t.Errorf("%s (-want +got):\n%s", topic, diff)
		}
	}
}

func TestPlainJSONIsSignedByStandardWebhooks(t *testing.T) {
	h := start(t)
	d := delivery(belay.TopicActivationStatusChanged, `{"status":"ENDED"}`)
	if got := h.Send(t.Context(), h.to(belay.WebhookJSON), d); got.Verdict != action.Delivered {
		t.Fatalf("Send = %+v", got)
	}
	hook, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.Verify(h.body, h.header); err != nil {
		t.Errorf("the signature: %v", err)
	}
	var told struct {
		Type, SiteID, InstanceID string
		Data                     map[string]any
	}
	if err := json.Unmarshal(h.body, &told); err != nil {
		t.Fatal(err)
	}
	if told.Type != "wix.automations.v2.activation_status_changed" || told.SiteID != site.String() || told.Data["id"] != d.ID.String() ||
		h.header.Get("Webhook-Id") != d.ID.String() {
		t.Errorf("told %s", h.body)
	}
}

func TestWhateverIsNotTakenIsTriedAgain(t *testing.T) {
	h := start(t)
	d := delivery(belay.TopicActivationStatusChanged, `{"status":"ENDED"}`)
	for _, status := range []int{400, 401, 404, 410, 429, 500, 503} {
		h.answer = func(w http.ResponseWriter) { w.WriteHeader(status) }
		if got := h.Send(t.Context(), h.to(belay.WebhookJSON), d); got.Verdict != action.Retry || got.Status != status {
			t.Errorf("after %d: %+v", status, got)
		}
	}
	late := make(chan struct{})
	t.Cleanup(func() { close(late) })
	h.answer = func(http.ResponseWriter) { <-late }
	if got := h.Send(t.Context(), h.to(belay.WebhookJWT), d); got.Verdict != action.Retry || got.Code != "TIMEOUT" {
		t.Errorf("without an answer: %+v", got)
	}
	h.HTTP = outbound.New(outbound.Config{}) // which lets nothing into this machine
	if got := h.Send(t.Context(), h.to(belay.WebhookJWT), d); got.Verdict != action.Retry || got.Sent {
		t.Errorf("to an address that is not public: %+v", got)
	}
	h.Keys = keys{err: errors.New("no such app")}
	for _, f := range []belay.WebhookFormat{belay.WebhookJWT, belay.WebhookJSON} {
		if got := h.Send(t.Context(), h.to(f), d); got.Verdict != action.Retry || got.Code != "UNSIGNED" || got.Sent {
			t.Errorf("without a key: %+v", got)
		}
	}
}
