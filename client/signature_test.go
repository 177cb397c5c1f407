package client_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"flag"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

var update = flag.Bool("update", false, "make the vectors of signatures anew")

const (
	vectors    = "../web/src/lib/signature.vectors.json"
	vectorsApp = "a9900000-0000-4000-8000-000000000001"
)

// signatureVectors are requests as Belay makes them, and what an app's server is to
// think of them. The console checks signatures in the browser by the same vectors.
type signatureVectors struct {
	Secret string           `json:"secret"`
	AppID  string           `json:"appId"`
	Keys   []api.JSONWebKey `json:"keys"`
	At     int64            `json:"at"` // of every request, in seconds
	Cases  []signatureCase  `json:"cases"`
}

type signatureCase struct {
	Name    string            `json:"name"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Good    bool              `json:"good"`
}

func TestTheVectorsOfSignaturesAreThoseOfTheVerifier(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var v signatureVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(api.JSONWebKeySet{Keys: v.Keys})
	}))
	defer server.Close()
	for _, c := range v.Cases {
		t.Run(c.Name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.Body))
			for name, value := range c.Headers {
				r.Header.Set(name, value)
			}
			good := false
			if c.Headers["webhook-signature"] != "" {
				hook, err := webhooks.NewWebhook(v.Secret)
				if err != nil {
					t.Fatal(err)
				}
				good = hook.VerifyIgnoringTimestamp([]byte(c.Body), r.Header) == nil
			} else {
				verifier := client.Verifier{AppID: v.AppID, URL: server.URL, Now: func() time.Time { return time.Unix(v.At, 0) }}
				_, err := verifier.Read(r)
				good = err == nil
			}
			if good != c.Good {
				t.Errorf("good = %v, want %v", good, c.Good)
			}
		})
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	v := signatureVectors{Secret: "whsec_" + base64.StdEncoding.EncodeToString([]byte("thirty-two bytes of no secret at")), AppID: vectorsApp, At: 1_893_456_000}
	v.Keys = []api.JSONWebKey{{
		KeyType: "RSA", Use: "sig", Algorithm: "RS256", KeyID: "c0000000-0000-4000-8000-000000000001",
		Modulus:  base64.RawURLEncoding.EncodeToString(private.N.Bytes()),
		Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(private.E)).Bytes()),
	}}
	hook, err := webhooks.NewWebhook(v.Secret)
	if err != nil {
		t.Fatal(err)
	}
	const call = `{"request":{"actionKey":"print-label","text":"für Ada"},"metadata":{"appExtensionType":"AUTOMATIONS_ACTION_PROVIDER"}}`
	signed, err := hook.Sign("msg_1", time.Unix(v.At, 0), []byte(call))
	if err != nil {
		t.Fatal(err)
	}
	headers := func(signature string) map[string]string {
		return map[string]string{"webhook-id": "msg_1", "webhook-timestamp": "1893456000", "webhook-signature": signature}
	}
	v.Cases = []signatureCase{
		{"plain JSON", headers(signed), call, true},
		{"one signature of several", headers("v1,AAAA " + signed), call, true},
		{"another body", headers(signed), strings.Replace(call, "Ada", "Eve", 1), false},
		{"a body with a line end", headers(signed), call + "\n", false},
		{"another ID", map[string]string{"webhook-id": "msg_2", "webhook-timestamp": "1893456000", "webhook-signature": signed}, call, false},
		{"a signature of another version", headers(strings.Replace(signed, "v1,", "v2,", 1)), call, false},
	}
	envelope := func(issuer, audience string, at, until int64) string {
		return sealed(t, private, v.Keys[0].KeyID, map[string]any{"iss": issuer, "aud": audience, "iat": at, "exp": until, "data": json.RawMessage(call)})
	}
	good := envelope(api.ProviderIssuer, v.AppID, v.At, v.At+300)
	v.Cases = append(v.Cases,
		signatureCase{"an envelope", map[string]string{}, good, true},
		signatureCase{"an envelope for another app", map[string]string{}, envelope(api.ProviderIssuer, "a9900000-0000-4000-8000-000000000002", v.At, v.At+300), false},
		signatureCase{"an envelope of another issuer", map[string]string{}, envelope("elsewhere", v.AppID, v.At, v.At+300), false},
		signatureCase{"an envelope that is over", map[string]string{}, envelope(api.ProviderIssuer, v.AppID, v.At-600, v.At-300), false},
		signatureCase{"an envelope that was changed", map[string]string{}, good[:len(good)-8] + "AAAAAAAA", false},
		signatureCase{"no envelope", map[string]string{}, "hello", false},
	)
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectors, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func sealed(t *testing.T, key *rsa.PrivateKey, id string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(said)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
