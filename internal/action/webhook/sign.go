package webhook

import (
	"context"
	"crypto/rsa"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/belay-events/belay/internal/belay"
)

// Keys is what signs for an app at the moment.
type Keys interface {
	// Private returns the key of envelopes, and the ID by which receivers know it.
	Private(ctx context.Context, app belay.ID) (key *rsa.PrivateKey, id string, err error)
	// Secrets returns those of Standard Webhooks, newest first.
	Secrets(ctx context.Context, app belay.ID) ([]string, error)
}

// seal returns claims, a JSON object, as a compact JWS by RS256.
func (c *Client) seal(ctx context.Context, app belay.ID, claims []byte) ([]byte, error) {
	key, id, err := c.Keys.Private(ctx, app)
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("webhook: key %s: %w", id, err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return nil, fmt.Errorf("webhook: sign: %w", err)
	}
	text, err := signed.CompactSerialize()
	return []byte(text), err
}
