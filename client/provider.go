package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/api"
)

// What a server of an app's own needs: it is called for the app's triggers and
// actions, and says later that an action is done.

// Completed reports that an action which the app has taken is done, with its output,
// nil for none.
func (c *Client) Completed(ctx context.Context, invocationToken string, result json.RawMessage) error {
	return c.ReportActionInvocationCompleted(ctx, api.ReportActionInvocationCompletedRequest{
		InvocationToken: invocationToken, Status: api.CompletionSuccess, SuccessInfo: &api.CompletionSuccessInfo{Result: result},
	})
}

// Failed reports that an action which the app has taken has failed.
func (c *Client) Failed(ctx context.Context, invocationToken, why string) error {
	return c.ReportActionInvocationCompleted(ctx, api.ReportActionInvocationCompletedRequest{
		InvocationToken: invocationToken, Status: api.CompletionFailure, FailureInfo: &api.CompletionFailureInfo{ErrorDescription: why},
	})
}

// ReportActionInvocationCompleted says what became of an action that the app has
// taken. CodeOf its error is INVOCATION_COMPLETED where that was said before, as
// after an answer that was lost.
func (c *Client) ReportActionInvocationCompleted(ctx context.Context, in api.ReportActionInvocationCompletedRequest) error {
	return c.call(ctx, http.MethodPost, "/automations_runtime/v1/report-action-invocation-completed", in, nil)
}

// SigningKeys returns what calls of an app's server are checked with.
func (c *Client) SigningKeys(ctx context.Context, appID string) (api.SigningKeysResponse, error) {
	var out api.SigningKeysResponse
	return out, c.call(ctx, http.MethodGet, appPath(appID)+"/signing-keys", nil, &out)
}

// RotateSigningKeys gives an app a new signing key and a new secret.
func (c *Client) RotateSigningKeys(ctx context.Context, in api.RotateSigningKeysRequest) (api.SigningKeysResponse, error) {
	var out api.SigningKeysResponse
	return out, c.call(ctx, http.MethodPost, appPath(in.ID)+"/signing-keys", in, &out)
}

// ErrForged says that a call of an app's server was not made by Belay for that app,
// or is older than a call may be.
var ErrForged = errors.New("the call is not one of Belay's")

// Verifier checks the calls that an app's server gets. Set AppID and URL for signed
// envelopes, whose public keys it fetches from Belay and keeps; set Secrets for plain
// JSON with the headers of Standard Webhooks. It is safe for use by many goroutines.
type Verifier struct {
	AppID   string
	URL     string   // Belay's address
	Secrets []string // "whsec_…", all that may sign at the moment
	// HTTP fetches the keys; a client with a time-out of ten seconds where it is nil.
	HTTP *http.Client
	// Now is the clock; time.Now where it is nil.
	Now func() time.Time

	mu      sync.Mutex
	keys    map[string]jose.JSONWebKey
	fetched time.Time
}

const (
	maxCall = 1 << 20
	leeway  = time.Minute // by which two clocks may differ
	// refetch is how often at most keys are fetched for an envelope whose key is not
	// known: it may come from anybody.
	refetch = 10 * time.Second
)

// Read returns the call that a request brings, if Belay made it for this app. The
// error is ErrForged, wrapped, for any other request.
func (v *Verifier) Read(r *http.Request) (*api.ProviderCall, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err != nil {
		return nil, fmt.Errorf("read the call: %w", err)
	}
	if len(body) > maxCall {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrForged, maxCall)
	}
	if r.Header.Get("Webhook-Signature") != "" {
		return v.plain(body, r.Header)
	}
	return v.envelope(r.Context(), strings.TrimSpace(string(body)))
}

func (v *Verifier) plain(body []byte, header http.Header) (*api.ProviderCall, error) {
	for _, secret := range v.Secrets {
		hook, err := webhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("a secret cannot be read: %w", err)
		}
		if hook.Verify(body, header) == nil {
			return read(body)
		}
	}
	return nil, fmt.Errorf("%w: no secret has signed it", ErrForged)
}

func (v *Verifier) envelope(ctx context.Context, text string) (*api.ProviderCall, error) {
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(signed.Signatures) != 1 {
		return nil, fmt.Errorf("%w: it is no signed envelope", ErrForged)
	}
	key, err := v.key(ctx, signed.Signatures[0].Header.KeyID)
	if err != nil {
		return nil, err
	}
	said, err := signed.Verify(key)
	if err != nil {
		return nil, fmt.Errorf("%w: its signature is wrong", ErrForged)
	}
	var claims struct {
		Issuer   string          `json:"iss"`
		Audience string          `json:"aud"`
		IssuedAt int64           `json:"iat"`
		Expiry   int64           `json:"exp"`
		Data     json.RawMessage `json:"data"`
	}
	if json.Unmarshal(said, &claims) != nil || claims.Issuer != api.ProviderIssuer || claims.Audience != v.AppID {
		return nil, fmt.Errorf("%w: it is for another app", ErrForged)
	}
	now := v.now()
	if now.Add(leeway).Before(time.Unix(claims.IssuedAt, 0)) || !now.Add(-leeway).Before(time.Unix(claims.Expiry, 0)) {
		return nil, fmt.Errorf("%w: its time is over", ErrForged)
	}
	return read(claims.Data)
}

func read(data []byte) (*api.ProviderCall, error) {
	var call api.ProviderCall
	if err := json.Unmarshal(data, &call); err != nil || call.Metadata.AppExtensionType == "" {
		return nil, fmt.Errorf("%w: it holds no call", ErrForged)
	}
	return &call, nil
}

func (v *Verifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

// key returns a public key, fetched where it is not known yet.
func (v *Verifier) key(ctx context.Context, id string) (jose.JSONWebKey, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if key, ok := v.keys[id]; ok {
		return key, nil
	}
	if now := v.now(); v.keys == nil || now.Sub(v.fetched) >= refetch {
		if err := v.fetch(ctx); err != nil {
			return jose.JSONWebKey{}, fmt.Errorf("fetch the app's public keys: %w", err)
		}
		v.fetched = now
	}
	key, ok := v.keys[id]
	if !ok {
		return key, fmt.Errorf("%w: no key of the app has signed it", ErrForged)
	}
	return key, nil
}

// fetch replaces the keys that are known; v.mu is held.
func (v *Verifier) fetch(ctx context.Context) error {
	c := New(v.URL, Credentials{})
	c.http = v.HTTP
	if c.http == nil {
		c.http = &http.Client{Timeout: 10 * time.Second}
	}
	var set jose.JSONWebKeySet
	if err := c.call(ctx, http.MethodGet, appPath(v.AppID)+"/jwks.json", nil, &set); err != nil {
		return err
	}
	v.keys = make(map[string]jose.JSONWebKey, len(set.Keys))
	for _, key := range set.Keys {
		v.keys[key.KeyID] = key
	}
	return nil
}
