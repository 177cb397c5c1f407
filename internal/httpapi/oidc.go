package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// OIDC says by which identity provider people may sign in.
type OIDC struct {
	// Issuer is the provider's address, ClientID and ClientSecret what it knows this
	// server by.
	Issuer, ClientID, ClientSecret string
	// Name is what the button is called; the issuer's host where it is empty.
	Name string
	// Domains are those that emails must be of; any where there are none.
	Domains []string
	// Grants are given to people whom nobody has invited; where there are none, those
	// may not enter.
	Grants []belay.Grant
	// Client calls the provider; http.DefaultClient's transport with a time-out where
	// it is nil.
	Client *http.Client
}

const (
	oidcCookie  = "belay_oidc"
	oidcLife    = 10 * time.Minute
	oidcTimeout = 10 * time.Second
	oidcSeal    = "sign in by an identity provider"
)

// provider is the identity provider of a server; nil where there is none. Its
// address is looked up when somebody signs in first, so that a server starts while
// the provider is down.
type provider struct {
	OIDC
	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(o *OIDC) *provider {
	if o == nil || o.Issuer == "" {
		return nil
	}
	p := &provider{OIDC: *o}
	if p.Client == nil {
		p.Client = &http.Client{Timeout: oidcTimeout}
	}
	return p
}

// label returns what the button is called, "" where there is no provider.
func (p *provider) label() string {
	if p == nil {
		return ""
	}
	if p.Name != "" {
		return p.Name
	}
	if u, err := url.Parse(p.Issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return p.Issuer
}

func (p *provider) look(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(ctx, p.Issuer)
		if err != nil {
			return nil, belay.Refuse(belay.Unavailable, "OIDC_UNREACHABLE", "the identity provider does not answer: "+err.Error())
		}
		p.found = found
	}
	return p.found, nil
}

func (p *provider) oauth(found *oidc.Provider, base string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: base + "/belay/v1/oidc/callback", Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// attempt is what a browser keeps while its person is at the provider.
type attempt struct {
	State    string        `json:"state"`
	Nonce    string        `json:"nonce"`
	Verifier string        `json:"verifier"` // of PKCE
	To       string        `json:"to"`       // where the person wanted to go
	Ends     belay.Instant `json:"ends"`
}

// oidcStart sends a person to the identity provider.
func (d *door) oidcStart(w http.ResponseWriter, r *http.Request) {
	at, err := d.beginOIDC(w, r)
	if err != nil {
		d.sentBack(w, r, err)
		return
	}
	http.Redirect(w, r, at, http.StatusSeeOther)
}

func (d *door) beginOIDC(w http.ResponseWriter, r *http.Request) (string, error) {
	if d.provider == nil {
		return "", errNoProvider
	}
	found, err := d.provider.look(oidc.ClientContext(r.Context(), d.provider.Client))
	if err != nil {
		return "", err
	}
	// A verifier is 32 bytes of chance, and so is what a state and a nonce must be.
	a := attempt{
		State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(),
		To: ownPath(r.URL.Query().Get("to")), Ends: d.engine.Now().Add(oidcLife),
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("httpapi: sign in: %w", err)
	}
	value := base64.RawURLEncoding.EncodeToString(raw) + "." + base64.RawURLEncoding.EncodeToString(d.book.Seal(oidcSeal, raw))
	http.SetCookie(w, d.oidcCookie(r, value, oidcLife))
	return d.provider.oauth(found, d.base(r)).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

var errNoProvider = belay.Refuse(belay.NotFound, "OIDC_NOT_SET_UP", "this server has no identity provider to sign in by")

// ownPath returns a path of this server, "/" for whatever else is asked for.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

func (d *door) oidcCookie(r *http.Request, value string, life time.Duration) *http.Cookie {
	c := d.newCookie(r, value, life)
	c.Name, c.Path = oidcCookie, "/belay/v1/oidc"
	return c
}

// oidcCallback signs in the person whom the identity provider sends back.
func (d *door) oidcCallback(w http.ResponseWriter, r *http.Request) {
	c := &call{request: r}
	to, err := d.endOIDC(r.Context(), c)
	http.SetCookie(w, d.oidcCookie(r, "", 0))
	if err != nil {
		d.sentBack(w, r, err)
		return
	}
	http.SetCookie(w, c.cookie)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (d *door) endOIDC(ctx context.Context, c *call) (to string, err error) {
	if d.provider == nil {
		return "", errNoProvider
	}
	a, err := d.attemptOf(c.request)
	if err != nil {
		return "", err
	}
	q := c.request.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.State)) != 1 {
		return "", errAttempt
	}
	if refused := q.Get("error"); refused != "" {
		return "", belay.Refuse(belay.PermissionDenied, "OIDC_REFUSED", "the identity provider says "+refused)
	}
	ctx = oidc.ClientContext(ctx, d.provider.Client)
	who, err := d.provider.vouch(ctx, d.base(c.request), q.Get("code"), a)
	if err != nil {
		return "", err
	}
	user, err := d.book.SignInVouched(ctx, d.visitor(c), who, d.provider.Grants)
	if err != nil {
		return "", err
	}
	return a.To, d.enter(ctx, c, user, belay.ByProvider)
}

var errAttempt = belay.Refuse(belay.FailedPrecondition, "OIDC_ATTEMPT_NOT_GOOD", "this was not begun here, or too long ago; sign in again")

// attemptOf returns what a browser kept of the beginning.
func (d *door) attemptOf(r *http.Request) (a attempt, err error) {
	cookie, err := r.Cookie(oidcCookie)
	if err != nil {
		return a, errAttempt
	}
	text, seal, _ := strings.Cut(cookie.Value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return a, errAttempt
	}
	mac, err := base64.RawURLEncoding.DecodeString(seal)
	if err != nil || !hmac.Equal(mac, d.book.Seal(oidcSeal, raw)) {
		return a, errAttempt
	}
	if err := json.Unmarshal(raw, &a); err != nil || d.engine.Now() >= a.Ends || a.State == "" {
		return a, errAttempt
	}
	return a, nil
}

// vouch exchanges the provider's code for what it says of the person.
func (p *provider) vouch(ctx context.Context, base, code string, a attempt) (who config.Vouched, err error) {
	found, err := p.look(ctx)
	if err != nil {
		return who, err
	}
	tokens, err := p.oauth(found, base).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return who, failed("the identity provider does not take its own code back", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return who, failed("what the identity provider says cannot be believed", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1 {
		return who, failed("what the identity provider says is an answer to somebody else", errors.New("another nonce"))
	}
	var says struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := token.Claims(&says); err != nil {
		return who, failed("what the identity provider says cannot be read", err)
	}
	if says.Email == "" || !says.Verified {
		return who, belay.Refuse(belay.PermissionDenied, "EMAIL_NOT_VERIFIED", "the identity provider has not verified your email")
	}
	_, domain, _ := strings.Cut(strings.ToLower(says.Email), "@")
	if len(p.Domains) > 0 && !slices.ContainsFunc(p.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
		return who, belay.Refuse(belay.PermissionDenied, "EMAIL_DOMAIN_NOT_ALLOWED", "people of "+domain+" may not sign in here")
	}
	if says.Name == "" {
		says.Name = says.Email
	}
	return config.Vouched{Subject: token.Issuer + " " + token.Subject, Email: says.Email, Name: says.Name}, nil
}

func failed(what string, err error) error {
	return fmt.Errorf("%w: %w", belay.Refuse(belay.PermissionDenied, "OIDC_FAILED", what), err)
}

// sentBack sends a person whom the provider did not let in to where they can try
// again, with the reason's word. What it was is in the log.
func (d *door) sentBack(w http.ResponseWriter, r *http.Request, err error) {
	reason := string(belay.Internal)
	if refused, ok := errors.AsType[*belay.Error](err); ok {
		reason = refused.Reason
	}
	d.log.WarnContext(r.Context(), "sign-in by the identity provider refused", "reason", reason, "error", err)
	http.Redirect(w, r, "/sign-in?error="+url.QueryEscape(reason), http.StatusSeeOther)
}
