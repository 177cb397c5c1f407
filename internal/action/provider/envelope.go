package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action/jws"
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
	if r.Shown, err = shown(told, in); err != nil {
		return outbound.Request{}, err
	}
	if call.Format == belay.FormatWebhook {
		r.Header.Set("Content-Type", "application/json")
		r.Secrets = jws.Secrets(call.Signer, belay.At(call.Now))
		r.Body, err = json.Marshal(told)
	} else {
		// Text is what servers of the compatible wire read the body as.
		r.Header.Set("Content-Type", "text/plain")
		r.Body, err = c.seal(call, told)
	}
	if err != nil {
		return outbound.Request{}, err
	}
	return r, nil
}

// shown returns what the log keeps of a call in the place of its body: the call in
// plain, whatever its format, without the token that lets its holder say that the
// action is done.
func shown(told api.ProviderCall, in any) ([]byte, error) {
	if invoke, ok := in.(InvokeRequest); ok {
		invoke.ActivationContext.InvocationToken = "…"
		request, err := json.Marshal(invoke)
		if err != nil {
			return nil, fmt.Errorf("the call could not be written: %w", err)
		}
		told.Request = request
	}
	said, err := json.Marshal(told)
	if err != nil {
		return nil, fmt.Errorf("the call could not be written: %w", err)
	}
	return said, nil
}

// seal returns a call as a compact JWT.
func (c *Client) seal(call *Call, told api.ProviderCall) ([]byte, error) {
	said, err := json.Marshal(claims{
		Issuer: api.ProviderIssuer, Audience: call.ID.String(),
		IssuedAt: call.Now.Unix(), Expiry: call.Now.Add(envelopeLife).Unix(), Data: told,
	})
	if err != nil {
		return nil, fmt.Errorf("the call could not be written: %w", err)
	}
	return c.signers.Seal(call.Signer, belay.At(call.Now), said)
}
