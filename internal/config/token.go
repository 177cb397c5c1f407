package config

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/belay-events/belay/internal/belay"
)

const (
	tokenIssuer = "belay"
	tokenLife   = 4 * time.Hour
)

// claims are what a token says: that its bearer is an app on a site.
type claims struct {
	App  string `json:"appId"`
	Site string `json:"siteId"`
	// The subject is the instance ID.
	jwt.RegisteredClaims
}

// ensureTokenKey makes the key that signs tokens where there is none.
func (b *Book) ensureTokenKey(ctx context.Context) error {
	if b.shared.Load().tokenKey != nil {
		return nil
	}
	var key [32]byte
	if err := b.draw(key[:]); err != nil {
		return err
	}
	return b.editShared(ctx, belay.Caller{}, func(s *shared) ([]document, error) {
		if s.tokenKey != nil {
			return nil, nil
		}
		return one(keep(kindTokenKey, "1", key[:]))
	})
}

// Authenticate returns who bears a credential: an API key or a token, raw or
// after "Bearer ". It reads nothing from the store. The error is Unauthenticated
// for a credential that is unknown or no longer good.
func (b *Book) Authenticate(credential string) (belay.Caller, error) {
	credential = bare(credential)
	if credential == "" {
		return belay.Caller{}, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_MISSING", "the call needs an API key or a token in the Authorization header")
	}
	s := b.shared.Load()
	if id, ok := s.hashes.get(sha256.Sum256([]byte(credential))); ok {
		k, _ := s.keys.get(id)
		if !k.ExpiresAt.IsZero() && k.ExpiresAt <= b.now() {
			return belay.Caller{}, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_EXPIRED", "the API key has expired")
		}
		return belay.Caller{Role: k.Role, AppID: k.AppID, SiteID: k.SiteID, KeyID: k.ID, Name: k.Name, KeyHint: k.Hint}, nil
	}
	if strings.Count(credential, ".") != 2 {
		return belay.Caller{}, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_UNKNOWN", "the API key is not known")
	}
	i, _, err := b.token(s, credential)
	if err != nil {
		return belay.Caller{}, err
	}
	app, _ := s.apps.get(i.AppID)
	return belay.Caller{Role: belay.RoleApp, AppID: i.AppID, SiteID: i.SiteID, Name: app.Name}, nil
}

// StillValid reports, for a caller who was authenticated before, whether the
// credential is still good: nil, or Unauthenticated. It reads nothing from the
// store.
func (b *Book) StillValid(by belay.Caller) error {
	s := b.shared.Load()
	if !by.KeyID.IsZero() {
		k, ok := s.keys.get(by.KeyID)
		if !ok || !k.ExpiresAt.IsZero() && k.ExpiresAt <= b.now() {
			return belay.Refuse(belay.Unauthenticated, "CREDENTIAL_UNKNOWN", "the API key is no longer good")
		}
		return nil
	}
	if by.UserID != "" && !by.Guest {
		return s.stillGranted(by)
	}
	if by.Role == belay.RoleApp && !by.SiteID.IsZero() {
		if _, ok := s.installed.get(pair{by.AppID, by.SiteID}); !ok {
			return belay.Refuse(belay.Unauthenticated, "APP_NOT_INSTALLED", "the app is no longer installed on the site of the token")
		}
	}
	return nil
}

func bare(credential string) string {
	const scheme = "bearer "
	credential = strings.TrimSpace(credential)
	if len(credential) >= len(scheme) && strings.EqualFold(credential[:len(scheme)], scheme) {
		credential = strings.TrimSpace(credential[len(scheme):])
	}
	return credential
}

// token returns what a token stands for, if it is good.
func (b *Book) token(s *shared, token string) (instance, *claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.tokenKey, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(tokenIssuer),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return b.now().Time() }))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return instance{}, nil, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_EXPIRED", "the token has expired; ask for a new one")
	case err != nil:
		return instance{}, nil, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_UNKNOWN", "the token is not one of this server's")
	}
	id, err := belay.ParseID(c.Subject)
	if err != nil {
		return instance{}, nil, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_UNKNOWN", "the token names no instance")
	}
	i, ok := s.instances.get(id)
	if _, exists := s.apps.get(i.AppID); !ok || !exists || i.AppID.String() != c.App || i.SiteID.String() != c.Site {
		return instance{}, nil, belay.Refuse(belay.Unauthenticated, "APP_NOT_INSTALLED", "the app is no longer installed on the site of the token")
	}
	return i, &c, nil
}

// Token returns an access token for an app on a site, good for four hours, and
// that time. The error is Unauthenticated, without saying which of the three was
// wrong.
func (b *Book) Token(ctx context.Context, appID belay.ID, secret string, instanceID belay.ID) (token string, expiresIn time.Duration, err error) {
	i, ok := b.proved(b.shared.Load(), appID, secret, instanceID)
	if !ok {
		// What another Book has just set up counts too.
		if err := b.Reload(ctx); err != nil {
			return "", 0, err
		}
		if i, ok = b.proved(b.shared.Load(), appID, secret, instanceID); !ok {
			return "", 0, belay.Refuse(belay.Unauthenticated, "CREDENTIAL_UNKNOWN", "the app, its secret and the instance do not belong together")
		}
	}
	now := b.now().Time()
	c := claims{App: i.AppID.String(), Site: i.SiteID.String(), RegisteredClaims: jwt.RegisteredClaims{
		Issuer: tokenIssuer, Subject: i.ID.String(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife)),
	}}
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(b.shared.Load().tokenKey)
	if err != nil {
		return "", 0, fmt.Errorf("config: sign token: %w", err)
	}
	return token, tokenLife, nil
}

// proved reports whether secret is one of the app's and the instance its own.
func (b *Book) proved(s *shared, appID belay.ID, secret string, instanceID belay.ID) (instance, bool) {
	app, _ := s.apps.get(appID)
	hash, now, good := hashed(secret), b.now(), false
	for _, known := range app.Secrets {
		if subtle.ConstantTimeCompare(known.Hash, hash) == 1 && known.ValidAt(now) {
			good = true
		}
	}
	i, ok := s.instances.get(instanceID)
	return i, good && ok && i.AppID == appID
}

// TokenInfo is what is known of a token. One that is not active says nothing else.
type TokenInfo struct {
	Active     bool
	AppID      belay.ID
	SiteID     belay.ID
	InstanceID belay.ID
	IssuedAt   belay.Instant
	ExpiresAt  belay.Instant
}

// TokenInfo tells what a token stands for. It returns a zero TokenInfo for a
// token that is not good; the error is InvalidArgument for an empty one.
func (b *Book) TokenInfo(token string) (TokenInfo, error) {
	if token = bare(token); token == "" {
		return TokenInfo{}, belay.Invalid("token", "REQUIRED", "must not be empty")
	}
	i, c, err := b.token(b.shared.Load(), token)
	if err != nil {
		return TokenInfo{}, nil
	}
	info := TokenInfo{Active: true, AppID: i.AppID, SiteID: i.SiteID, InstanceID: i.ID, ExpiresAt: belay.At(c.ExpiresAt.Time)}
	if c.IssuedAt != nil {
		info.IssuedAt = belay.At(c.IssuedAt.Time)
	}
	return info, nil
}
