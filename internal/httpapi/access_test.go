package httpapi_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/httpapi"
)

const password = "a harbour of paper boats"

// operatorCalled makes the first operator, and returns the cookie of their session.
func (s *server) operatorCalled(email string) *http.Cookie {
	s.t.Helper()
	link, err := s.engine.Book().FirstOperatorLink(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	w := s.send(s.request("POST", "/belay/v1/welcome", `{"token":"`+link+`","name":"Ola","email":"`+email+`","password":"`+password+`"}`))
	if w.Code != http.StatusOK || len(w.Result().Cookies()) != 1 {
		s.t.Fatalf("welcome = %d %s", w.Code, w.Body)
	}
	return w.Result().Cookies()[0]
}

func (s *server) request(method, path, body string) *http.Request {
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func (s *server) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// signIn tries to, from an address.
func (s *server) signIn(email, password, from string) *httptest.ResponseRecorder {
	r := s.request("POST", "/belay/v1/session", `{"email":"`+email+`","password":"`+password+`"}`)
	r.RemoteAddr = from + ":4711"
	return s.send(r)
}

func TestAttemptsToSignInAreBounded(t *testing.T) {
	t.Run("for one account, from wherever", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, nil)
			s.operatorCalled("ola@example.com")
			for n := range 10 {
				if w := s.signIn("OLA@example.com ", "not this one", "192.0.2."+strconv.Itoa(n)); w.Code != http.StatusUnauthorized {
					t.Fatalf("attempt %d = %d %s", n+1, w.Code, w.Body)
				}
			}
			w := s.signIn("ola@example.com", password, "198.51.100.1")
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "30" || !strings.Contains(w.Body.String(), "TOO_MANY_SIGN_INS") {
				t.Fatalf("the eleventh = %d, Retry-After %q, %s", w.Code, w.Header().Get("Retry-After"), w.Body)
			}
			time.Sleep(30 * time.Second)
			if w := s.signIn("ola@example.com", password, "198.51.100.1"); w.Code != http.StatusOK {
				t.Fatalf("after the wait = %d %s", w.Code, w.Body)
			}
			// Who has proved who they are begins anew.
			for n := range 10 {
				if w := s.signIn("ola@example.com", "not this one", "203.0.113."+strconv.Itoa(n)); w.Code != http.StatusUnauthorized {
					t.Errorf("attempt %d after a success = %d", n+1, w.Code)
				}
			}
		})
	})
	t.Run("from one address, for whomever", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, nil)
			s.operatorCalled("ola@example.com")
			for n := range 20 {
				if w := s.signIn("guess"+strconv.Itoa(n)+"@example.com", "not this one", "192.0.2.7"); w.Code != http.StatusUnauthorized {
					t.Fatalf("attempt %d = %d %s", n+1, w.Code, w.Body)
				}
			}
			if w := s.signIn("ola@example.com", password, "192.0.2.7"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "15" {
				t.Errorf("one more = %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
			}
			if w := s.signIn("ola@example.com", password, "192.0.2.8"); w.Code != http.StatusOK {
				t.Errorf("from elsewhere = %d %s", w.Code, w.Body)
			}
		})
	})
}

func TestTheSessionCookieIsForTheServerAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		public string
		tls    bool
		secure bool
	}{
		"plain":                        {"", false, false},
		"over TLS":                     {"", true, true},
		"behind a proxy that does TLS": {"https://belay.example.com", false, true},
		"behind one that does not":     {"http://belay.example.com", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			handler, err := httpapi.New(httpapi.Options{Engine: s.engine, PublicURL: tt.public})
			if err != nil {
				t.Fatal(err)
			}
			s.operatorCalled("ola@example.com")
			s.handler = handler
			r := s.request("POST", "/belay/v1/session", `{"email":"ola@example.com","password":"`+password+`"}`)
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := s.send(r)
			if w.Code != http.StatusOK {
				t.Fatalf("sign in = %d %s", w.Code, w.Body)
			}
			c := w.Result().Cookies()[0]
			if c.Name != "belay_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != tt.secure {
				t.Errorf("cookie = %s; want HttpOnly, SameSite=Lax, Secure %v", c, tt.secure)
			}
		})
	}
}

func TestAPageOfAnotherOriginCannotUseASession(t *testing.T) {
	s := start(t, nil)
	cookie := s.operatorCalled("ola@example.com")
	for name, tt := range map[string]struct {
		method string
		header map[string]string
		want   int
	}{
		"our own page":                   {"POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusOK},
		"another site":                   {"POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"another host of the same site":  {"POST", map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"an old browser's other origin":  {"POST", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		"an old browser's own origin":    {"POST", map[string]string{"Origin": "http://example.com"}, http.StatusOK},
		"a frame without an origin":      {"POST", map[string]string{"Origin": "null"}, http.StatusForbidden},
		"a link to a page that is shown": {"GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			body := ""
			if tt.method == "POST" {
				body = `{"name":"Garage","timeZone":"UTC"}`
			}
			r := s.request(tt.method, "/belay/v1/sites", body)
			r.AddCookie(cookie)
			for key, value := range tt.header {
				r.Header.Set(key, value)
			}
			if w := s.send(r); w.Code != tt.want {
				t.Errorf("%d %s; want %d", w.Code, w.Body, tt.want)
			}
		})
	}
}

func TestAKeyGoesBeforeACookie(t *testing.T) {
	s := start(t, nil)
	s.furnish()
	r := s.request("GET", "/belay/v1/users", "")
	r.AddCookie(s.operatorCalled("ola@example.com"))
	r.Header.Set("Authorization", viewerKey)
	if w := s.send(r); w.Code != http.StatusForbidden {
		t.Errorf("a viewer's key beside an operator's cookie = %d %s", w.Code, w.Body)
	}
}
