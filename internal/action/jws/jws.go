// Package jws signs what Belay sends to an app's server, by the app's own keys: as
// compact JWTs of the compatible wire.
package jws

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/belay-events/belay/internal/belay"
)

// Signers are the private keys in use, read once each. It is safe for use by many
// goroutines.
type Signers struct {
	byKey *lru.Cache[belay.ID, jose.Signer]
}

const cachedSigners = 1024

// NewSigners returns Signers that know no key yet.
func NewSigners() Signers {
	byKey, err := lru.New[belay.ID, jose.Signer](cachedSigners)
	if err != nil {
		panic(err) // the size is right
	}
	return Signers{byKey}
}

// Seal returns claims, a JSON object, as a compact JWT (RS256), signed by the key
// that signs at now. The header names the key.
func (s Signers) Seal(with belay.Signer, now belay.Instant, claims []byte) ([]byte, error) {
	key, ok := with.Signing(now)
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
	signed, err := signer.Sign(claims)
	if err != nil {
		return nil, fmt.Errorf("it could not be signed: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("it could not be signed: %w", err)
	}
	return []byte(text), nil
}

// Secrets returns what signs by Standard Webhooks at now, newest first.
func Secrets(with belay.Signer, now belay.Instant) (secrets []string) {
	for _, s := range with.Secrets {
		if s.ExpiresAt.IsZero() || now < s.ExpiresAt {
			secrets = append(secrets, s.Value)
		}
	}
	return secrets
}
