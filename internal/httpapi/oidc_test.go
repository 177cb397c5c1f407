package httpapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/httpapi"
)

// issuer is an identity provider that says of everybody what claims say.
type issuer struct {
	*httptest.Server
	t         *testing.T
	key       *rsa.PrivateKey
	signer    *rsa.PrivateKey // key, but where a test forges
	claims    map[string]any
	nonce     string
	challenge string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, signer: key, claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// token exchanges a code, for whoever has the verifier of the challenge.
func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if r.FormValue("code") != "the-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != i.challenge {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{
		"iss": i.URL, "aud": "belay", "sub": "subject-1", "nonce": i.nonce,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"email": "Sol@example.com", "email_verified": true, "name": "Sol",
	}
	for key, value := range i.claims {
		claims[key] = value
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Error(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.signer}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		i.t.Error(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		i.t.Error(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		i.t.Error(err)
	}
	i.answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": compact})
}

// through sends a browser to the provider and back, and returns where it ends up and
// the session that it has then. change tampers with the way back.
func (i *issuer) through(s *server, change func(back *http.Request)) (to string, session *http.Cookie) {
	s.t.Helper()
	begun := s.send(s.request("GET", "/belay/v1/oidc/start?to=/s/1/automations", ""))
	at, err := url.Parse(begun.Header().Get("Location"))
	if err != nil || !strings.HasPrefix(at.String(), i.URL+"/authorize") {
		s.t.Fatalf("start leads to %q, %v", begun.Header().Get("Location"), err)
	}
	q := at.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "belay" || !strings.Contains(q.Get("scope"), "openid") {
		s.t.Errorf("the provider is asked %v", q)
	}
	i.nonce, i.challenge = q.Get("nonce"), q.Get("code_challenge")
	back := s.request("GET", "/belay/v1/oidc/callback?code=the-code&state="+url.QueryEscape(q.Get("state")), "")
	for _, c := range begun.Result().Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			s.t.Errorf("cookie %s", c)
		}
		back.AddCookie(c)
	}
	if change != nil {
		change(back)
	}
	ended := s.send(back)
	for _, c := range ended.Result().Cookies() {
		if c.Name == "belay_session" {
			session = c
		}
	}
	return ended.Header().Get("Location"), session
}

// withProvider returns a server where people may sign in by the provider.
func withProvider(t *testing.T, o httpapi.OIDC) *server {
	t.Helper()
	s := start(t, nil)
	s.furnish()
	o.ClientID, o.ClientSecret = "belay", "secret"
	handler, err := httpapi.New(httpapi.Options{Engine: s.engine, OIDC: &o})
	if err != nil {
		t.Fatal(err)
	}
	s.handler = handler
	return s
}

func (s *server) invited(email string) {
	s.t.Helper()
	s.must("POST", "/belay/v1/users", s.operator, map[string]any{
		"name": "Sol", "email": email, "grants": []any{map[string]any{"role": "SITE", "siteId": siteID}},
	})
}

func TestAPersonWhoWasInvitedComesInByTheProvider(t *testing.T) {
	i := newIssuer(t)
	s := withProvider(t, httpapi.OIDC{Issuer: i.URL, Name: "Example ID"})
	s.invited("sol@example.com")
	to, session := i.through(s, nil)
	if to != "/s/1/automations" || session == nil {
		t.Fatalf("led to %q with session %v", to, session)
	}
	r := s.request("GET", "/belay/v1/session", "")
	r.AddCookie(session)
	if w := s.send(r); !strings.Contains(w.Body.String(), `"email":"sol@example.com"`) || !strings.Contains(w.Body.String(), `"oidc":"Example ID"`) {
		t.Errorf("session = %s", w.Body)
	}
	// From now on the provider's name for the person counts, not the email.
	i.claims["email"] = "sol.duarte@example.com"
	if to, session := i.through(s, nil); session == nil {
		t.Errorf("with another email: %q", to)
	}
	i.claims = map[string]any{"sub": "subject-2"}
	if to, session := i.through(s, nil); session != nil || to != "/sign-in?error=OTHER_SUBJECT" {
		t.Errorf("another subject of the same email: %q, %v", to, session)
	}
}

func TestWhomTheProviderDoesNotVouchForStaysOutside(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		provider httpapi.OIDC
		claims   map[string]any
		forge    bool
		change   func(*http.Request)
		want     string
	}{
		"nobody invited them":         {claims: map[string]any{"email": "eve@example.com"}, want: "NOT_INVITED"},
		"an email nobody verified":    {claims: map[string]any{"email_verified": false}, want: "EMAIL_NOT_VERIFIED"},
		"an email of another domain":  {provider: httpapi.OIDC{Domains: []string{"example.org"}}, want: "EMAIL_DOMAIN_NOT_ALLOWED"},
		"a key of somebody else":      {forge: true, want: "OIDC_FAILED"},
		"a token for another client":  {claims: map[string]any{"aud": "another"}, want: "OIDC_FAILED"},
		"a token of another issuer":   {claims: map[string]any{"iss": "https://evil.example"}, want: "OIDC_FAILED"},
		"a token that has ended":      {claims: map[string]any{"exp": 1}, want: "OIDC_FAILED"},
		"a token of another attempt":  {claims: map[string]any{"nonce": "another"}, want: "OIDC_FAILED"},
		"a code that is no code":      {change: query("code", "guessed"), want: "OIDC_FAILED"},
		"a state of somebody else":    {change: query("state", "another"), want: "OIDC_ATTEMPT_NOT_GOOD"},
		"a browser that began not":    {change: func(r *http.Request) { r.Header.Del("Cookie") }, want: "OIDC_ATTEMPT_NOT_GOOD"},
		"a beginning that was forged": {change: func(r *http.Request) { r.Header.Set("Cookie", "belay_oidc=e30.AAAA") }, want: "OIDC_ATTEMPT_NOT_GOOD"},
		"a person who says no":        {change: query("error", "access_denied"), want: "OIDC_REFUSED"},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			tt.provider.Issuer = i.URL
			s := withProvider(t, tt.provider)
			s.invited("sol@example.com")
			if i.claims = tt.claims; tt.forge {
				i.signer = stranger
			}
			if to, session := i.through(s, tt.change); to != "/sign-in?error="+tt.want || session != nil {
				t.Errorf("led to %q with session %v; want %s", to, session, tt.want)
			}
		})
	}
}

// query returns what sets a parameter of a request.
func query(key, value string) func(*http.Request) {
	return func(r *http.Request) {
		q := r.URL.Query()
		q.Set(key, value)
		r.URL.RawQuery = q.Encode()
	}
}

func TestWhoeverIsOfTheProviderMayHaveAGrantFromTheStart(t *testing.T) {
	site, err := belay.ParseID(siteID)
	if err != nil {
		t.Fatal(err)
	}
	i := newIssuer(t)
	s := withProvider(t, httpapi.OIDC{Issuer: i.URL, Grants: []belay.Grant{{Role: belay.RoleViewer, SiteID: site}}})
	_, session := i.through(s, nil)
	if session == nil {
		t.Fatal("no session")
	}
	r := s.request("GET", "/belay/v1/sites/"+siteID, "")
	r.AddCookie(session)
	if w := s.send(r); w.Code != http.StatusOK {
		t.Errorf("the site = %d %s", w.Code, w.Body)
	}
}

func TestAProviderThatIsAwayIsToldInWords(t *testing.T) {
	i := newIssuer(t)
	s := withProvider(t, httpapi.OIDC{Issuer: i.URL})
	i.Close()
	w := s.send(s.request("GET", "/belay/v1/oidc/start", ""))
	if got := w.Header().Get("Location"); got != "/sign-in?error=OIDC_UNREACHABLE" {
		t.Errorf("led to %q", got)
	}
}

func TestOneIsLedToAPageOfTheConsoleAlone(t *testing.T) {
	i := newIssuer(t)
	s := withProvider(t, httpapi.OIDC{Issuer: i.URL})
	s.invited("sol@example.com")
	for _, to := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)"} {
		begun := s.send(s.request("GET", "/belay/v1/oidc/start?to="+url.QueryEscape(to), ""))
		at, err := url.Parse(begun.Header().Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		i.nonce, i.challenge = at.Query().Get("nonce"), at.Query().Get("code_challenge")
		back := s.request("GET", "/belay/v1/oidc/callback?code=the-code&state="+at.Query().Get("state"), "")
		for _, c := range begun.Result().Cookies() {
			back.AddCookie(c)
		}
		if got := s.send(back).Header().Get("Location"); got != "/" {
			t.Errorf("to=%s leads to %q", to, got)
		}
	}
}
