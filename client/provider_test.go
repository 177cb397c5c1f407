package client_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

const (
	anApp  = "a9900000-0000-4000-8000-000000000001"
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// vendor signs envelopes, and serves its public keys as Belay does.
type vendor struct {
	*httptest.Server
	keys    []jose.JSONWebKey
	fetches int
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	v := &vendor{}
	v.add(t, "first")
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.fetches++
		if r.URL.Path != "/belay/v1/apps/"+anApp+"/jwks.json" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		var set jose.JSONWebKeySet
		for _, k := range v.keys {
			set.Keys = append(set.Keys, k.Public())
		}
		if err := json.NewEncoder(w).Encode(set); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *vendor) add(t *testing.T, id string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	v.keys = append(v.keys, jose.JSONWebKey{Key: private, KeyID: id, Algorithm: "RS256", Use: "sig"})
}

// envelope returns claims, signed by the n-th key.
func (v *vendor) envelope(t *testing.T, n int, claims string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: v.keys[n]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func claims(issuer, audience string, issued time.Time) string {
	text, err := json.Marshal(map[string]any{
		"iss": issuer, "aud": audience, "iat": issued.Unix(), "exp": issued.Add(5 * time.Minute).Unix(),
		"data": json.RawMessage(aCall),
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

const aCall = `{"request":{"actionKey":"stamp"},"metadata":{"requestId":"m","appExtensionType":"AUTOMATIONS_ACTION_PROVIDER"}}`

func brings(body string) *http.Request {
	return httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/v1/invoke", strings.NewReader(body))
}

func TestAVerifierTellsBelaysCallsFromOthers(t *testing.T) {
	v, stranger := newVendor(t), newVendor(t)
	now := time.Now()
	verifier := &client.Verifier{AppID: anApp, URL: v.URL}
	good := v.envelope(t, 0, claims(api.ProviderIssuer, anApp, now))
	for name, tt := range map[string]struct {
		body string
		good bool
	}{
		"its own":          {good, true},
		"with a line end":  {good + "\n", true},
		"another's":        {stranger.envelope(t, 0, claims(api.ProviderIssuer, anApp, now)), false},
		"for another app":  {v.envelope(t, 0, claims(api.ProviderIssuer, "another", now)), false},
		"another issuer":   {v.envelope(t, 0, claims("example.com", anApp, now)), false},
		"too old":          {v.envelope(t, 0, claims(api.ProviderIssuer, anApp, now.Add(-7*time.Minute))), false},
		"of tomorrow":      {v.envelope(t, 0, claims(api.ProviderIssuer, anApp, now.Add(24*time.Hour))), false},
		"without a call":   {v.envelope(t, 0, strings.Replace(claims(api.ProviderIssuer, anApp, now), "appExtensionType", "x", 1)), false},
		"changed":          {good[:len(good)/2] + "A" + good[len(good)/2+1:], false},
		"unsigned":         {`eyJhbGciOiJub25lIn0.e30.`, false},
		"plain JSON":       {aCall, false},
		"empty":            {"", false},
		"longer than fits": {strings.Repeat("a", 2<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			call, err := verifier.Read(brings(tt.body))
			switch {
			case tt.good && (err != nil || call.Metadata.RequestID != "m"):
				t.Errorf("Read = %+v, %v", call, err)
			case !tt.good && !errors.Is(err, client.ErrForged):
				t.Errorf("Read = %+v, %v; want ErrForged", call, err)
			}
		})
	}
	if v.fetches != 1 {
		t.Errorf("the keys were fetched %d times; want once", v.fetches)
	}
}

func TestAVerifierTakesUpANewKey(t *testing.T) {
	v := newVendor(t)
	now := time.Now()
	verifier := &client.Verifier{AppID: anApp, URL: v.URL, Now: func() time.Time { return now }}
	if _, err := verifier.Read(brings(v.envelope(t, 0, claims(api.ProviderIssuer, anApp, now)))); err != nil {
		t.Fatal(err)
	}
	v.add(t, "second")
	now = now.Add(time.Minute)
	for _, key := range []int{1, 0} {
		if _, err := verifier.Read(brings(v.envelope(t, key, claims(api.ProviderIssuer, anApp, now)))); err != nil {
			t.Errorf("key %d: %v", key, err)
		}
	}
	if v.fetches != 2 {
		t.Errorf("the keys were fetched %d times; want twice", v.fetches)
	}
}

func TestAVerifierReadsPlainJSONThatASecretSigned(t *testing.T) {
	hook, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := hook.Sign("m", now, []byte(aCall))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		secrets []string
		body    string
		good    bool
	}{
		"the secret":        {[]string{secret}, aCall, true},
		"one of two":        {[]string{"whsec_" + strings.Repeat("A", 32), secret}, aCall, true},
		"another secret":    {[]string{"whsec_" + strings.Repeat("A", 32)}, aCall, false},
		"no secret":         {nil, aCall, false},
		"a body of another": {[]string{secret}, strings.Replace(aCall, "stamp", "steal", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			r := brings(tt.body)
			r.Header.Set("Webhook-Id", "m")
			r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
			r.Header.Set("Webhook-Signature", signature)
			call, err := (&client.Verifier{AppID: anApp, Secrets: tt.secrets}).Read(r)
			if (err == nil) != tt.good || !tt.good && !errors.Is(err, client.ErrForged) {
				t.Errorf("Read = %+v, %v; want good: %v", call, err, tt.good)
			}
		})
	}
}
