package config

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

const (
	signingKeyBits = 2048
	// keyAfterlife is how long receivers keep a key that signs no more: longer than
	// what it signed is good.
	keyAfterlife = time.Hour
)

// Signer returns what calls to an app's server are signed with. It is made when it
// is first asked for. The error is NotFound for an unknown app.
func (b *Book) Signer(ctx context.Context, app belay.ID) (belay.Signer, error) {
	if s, ok := b.shared.Load().signers.get(app); ok {
		return s, nil
	}
	if err := b.Reload(ctx); err != nil { // another Book may have made it
		return belay.Signer{}, err
	}
	s := b.shared.Load()
	if signer, ok := s.signers.get(app); ok {
		return signer, nil
	}
	if _, ok := s.apps.get(app); !ok {
		return belay.Signer{}, errNoApp()
	}
	return b.changeSigner(ctx, belay.Caller{}, app, func(old belay.Signer, next belay.Signer) belay.Signer {
		if len(old.Keys) > 0 {
			return old
		}
		return next
	})
}

// SigningKeys returns what calls to an app's server are signed with, private keys
// left out of it. An operator may, the app itself and its developers.
func (b *Book) SigningKeys(ctx context.Context, by belay.Caller, app belay.ID) (belay.Signer, error) {
	if !by.OfApp() || by.AppID != app {
		if err := operates(by, "read an app's signing keys"); err != nil {
			return belay.Signer{}, err
		}
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Signer{}, err
	}
	return b.Signer(ctx, app)
}

// RotateSigningKeys gives an app a new signing key and a new secret. The key is
// known to receivers at once, by SigningKeys, and signs when overlap is over: at
// most 30 days, until when the last one signs. The secret signs at once, beside the
// last one until overlap is over. An operator may, and the app's developers.
func (b *Book) RotateSigningKeys(ctx context.Context, by belay.Caller, app belay.ID, overlap time.Duration) (belay.Signer, error) {
	if err := develops(by, app, "rotate an app's signing keys"); err != nil {
		return belay.Signer{}, err
	}
	var f faults
	f.overlap("overlap", overlap)
	if err := f.err("the rotation"); err != nil {
		return belay.Signer{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Signer{}, err
	}
	if _, ok := b.shared.Load().apps.get(app); !ok {
		return belay.Signer{}, errNoApp()
	}
	return b.changeSigner(ctx, by, app, func(old belay.Signer, next belay.Signer) belay.Signer {
		return rotated(old, next, b.now(), overlap)
	})
}

// rotated returns next with what of old is still of use at now.
func rotated(old, next belay.Signer, now belay.Instant, overlap time.Duration) belay.Signer {
	if overlap == 0 {
		return next
	}
	end := now.Add(overlap)
	signing, _ := old.Signing(now)
	for _, k := range old.Keys {
		switch {
		case k.ID == signing.ID:
			next.Keys[0].SignsFrom, k.ExpiresAt = end, end.Add(keyAfterlife)
		case k.SignsFrom > now || k.ExpiresAt <= now:
			continue // it has signed nothing, or what it signed is no longer good
		}
		next.Keys = append(next.Keys, k)
	}
	if len(old.Secrets) > 0 {
		last := old.Secrets[0]
		last.ExpiresAt = until(last.ExpiresAt, end)
		next.Secrets = append(next.Secrets, last)
	}
	return next
}

// changeSigner keeps what choose makes of an app's signer and a new one.
func (b *Book) changeSigner(ctx context.Context, by belay.Caller, app belay.ID, choose func(old, next belay.Signer) belay.Signer) (belay.Signer, error) {
	fresh, err := b.newSigner() // slow, so it is made before anything is held
	if err != nil {
		return belay.Signer{}, err
	}
	var signer belay.Signer
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.apps.get(app); !ok {
			return nil, errNoApp()
		}
		old, _ := s.signers.get(app)
		next := fresh
		next.Keys, next.Secrets = []belay.SigningKey{fresh.Keys[0]}, []belay.SigningSecret{fresh.Secrets[0]}
		signer = choose(old, next)
		if len(old.Keys) > 0 && signer.Keys[0].ID == old.Keys[0].ID {
			return nil, nil
		}
		return one(keep(kindSigner, app.String(), signer))
	})
	return signer, err
}

func (b *Book) newSigner() (belay.Signer, error) {
	private, err := rsa.GenerateKey(rand.Reader, signingKeyBits)
	if err != nil {
		return belay.Signer{}, fmt.Errorf("config: make a signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return belay.Signer{}, fmt.Errorf("config: write a signing key: %w", err)
	}
	secret, err := b.newSigningSecret()
	if err != nil {
		return belay.Signer{}, err
	}
	key, err := b.newID()
	if err != nil {
		return belay.Signer{}, err
	}
	shared, err := b.newID()
	if err != nil {
		return belay.Signer{}, err
	}
	now := b.now()
	return belay.Signer{
		Keys:    []belay.SigningKey{{ID: key, Private: der, CreatedAt: now, SignsFrom: now}},
		Secrets: []belay.SigningSecret{{ID: shared, Value: secret, CreatedAt: now}},
	}, nil
}
