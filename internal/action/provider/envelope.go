package provider

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
)

// envelopeLife is how long a signed envelope is good.
const envelopeLife = 5 * time.Minute

// claims are what an envelope says. Its times are in seconds since 1970.
//
// Source: the compatible wire, service plugins.
type claims struct {
	Issuer   string           `json:"iss"`
	Audience string           `json:"aud"` // the app
	IssuedAt int64            `json:"iat"`
	Expiry   int64            `json:"exp"`
	Data     api.ProviderCall `json:"data"`
}

// sealed returns the request of a call, signed.
func (c *Client) sealed(call *Call, kind, path string, in any) (outbound.Request, error) {
	request, err := json.Marshal(in)
	if err != nil {
		return outbound.Request{}, fmt.Errorf("the call could not be written: %w", err)
	}
	told := api.ProviderCall{Request: request, Metadata: api.ProviderMetadata{
		RequestID: call.MessageID, InstanceID: call.Instance.String(), Languages: []string{}, AppExtensionType: kind,
		SiteID: call.Site.String(), Identity: api.ProviderIdentity{IdentityType: "UNKNOWN"},
	}}
	if call.Language != "" {
		told.Metadata.Languages = []string{call.Language}
	}
	if !call.Cause.IsZero() {
		told.Metadata.Identity = api.ProviderIdentity{IdentityType: "APP", AppID: call.Cause.String()}
	}
	r := outbound.Request{URL: call.url(path), Header: http.Header{}, MessageID: call.MessageID, Now: call.Now}
	if call.Format == belay.FormatWebhook {
		r.Header.Set("Content-Type", "application/json")
		now := belay.At(call.Now)
		for _, s := range call.Signer.Secrets {
			if s.ExpiresAt.IsZero() || now < s.ExpiresAt {
				r.Secrets = append(r.Secrets, s.Value)
			}
		}
		r.Body, err = json.Marshal(told)
	} else {
		// Text is what servers of the compatible wire read the body as.
		r.Header.Set("Content-Type", "text/plain")
		r.Body, err = c.signers.seal(call, told)
	}
	if err != nil {
		return outbound.Request{}, err
	}
	return r, nil
}

// signers are the private keys in use, read once each.
type signers struct {
	byKey *lru.Cache[belay.ID, jose.Signer]
}

const cachedSigners = 1024

func newSigners() signers {
	byKey, err := lru.New[belay.ID, jose.Signer](cachedSigners)
	if err != nil {
		panic(err) // the size is right
	}
	return signers{byKey}
}

// seal returns a call as a compact JWT.
func (s signers) seal(call *Call, told api.ProviderCall) ([]byte, error) {
	key, ok := call.Signer.Signing(belay.At(call.Now))
	if !ok {
		return nil, errors.New("the app has no key that signs")
	}
	signer, ok := s.byKey.Get(key.ID)
	if !ok {
		private, err := x509.ParsePKCS8PrivateKey(key.Private)
		if err != nil {
			return nil, errors.New("the app's signing key cannot be read")
		}
		signer, err = jose.NewSigner(
			jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: key.ID.String()}},
			(&jose.SignerOptions{}).WithType("JWT"))
		if err != nil {
			return nil, fmt.Errorf("the app's signing key cannot be used: %w", err)
		}
		s.byKey.Add(key.ID, signer)
	}
	said, err := json.Marshal(claims{
		Issuer: api.ProviderIssuer, Audience: call.ID.String(),
		IssuedAt: call.Now.Unix(), Expiry: call.Now.Add(envelopeLife).Unix(), Data: told,
	})
	if err != nil {
		return nil, fmt.Errorf("the call could not be written: %w", err)
	}
	signed, err := signer.Sign(said)
	if err != nil {
		return nil, fmt.Errorf("the call could not be signed: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("the call could not be signed: %w", err)
	}
	return []byte(text), nil
}
