package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/belay-events/belay/internal/console"
)

func built(t *testing.T, ancestors ...string) *console.Console {
	t.Helper()
	c, err := console.New(console.Options{
		Files: fstest.MapFS{
			"index.html":                 {Data: []byte(`<meta name="csp-nonce" content="%NONCE%">`)},
			"assets/main-AbCdEfGh.js":    {Data: []byte("plain")},
			"assets/main-AbCdEfGh.js.br": {Data: []byte("brotli")},
			"assets/main-AbCdEfGh.js.gz": {Data: []byte("gzip")},
			"assets/icon.svg":            {Data: []byte("<svg/>")},
		},
		Ancestors: func(*http.Request) []string { return ancestors },
		Nonce:     func() string { return "n0nce" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPageIsNeverKeptAndAllowsNoInlineScript(t *testing.T) {
	w := get(built(t), "/s/1/automations")
	if got, want := w.Body.String(), `<meta name="csp-nonce" content="n0nce">`; got != want {
		t.Errorf("page = %s; want %s", got, want)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q; want no-store", got)
	}
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self' 'nonce-n0nce'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
}

func TestPageIsFramedByThoseAllowed(t *testing.T) {
	policy := get(built(t, "https://shop.example"), "/portal").Header().Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors https://shop.example") {
		t.Errorf("policy = %q; want it to name the ancestor", policy)
	}
}

func TestAssetsAreCompressedAsTheReaderTakesThem(t *testing.T) {
	for name, tt := range map[string]struct{ accept, body, encoding string }{
		"brotli first":      {"gzip, deflate, br", "brotli", "br"},
		"gzip without it":   {"gzip", "gzip", "gzip"},
		"brotli ruled out":  {"br;q=0, gzip", "gzip", "gzip"},
		"nothing taken":     {"", "plain", ""},
		"identity is named": {"identity", "plain", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(built(t), "/assets/main-AbCdEfGh.js", "Accept-Encoding", tt.accept)
			if w.Body.String() != tt.body || w.Header().Get("Content-Encoding") != tt.encoding {
				t.Errorf("got %q as %q; want %q as %q", w.Body, w.Header().Get("Content-Encoding"), tt.body, tt.encoding)
			}
			if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
				t.Errorf("Cache-Control = %q; want immutable", got)
			}
		})
	}
}

func TestAssetThatKeepsItsNameIsAskedForAnew(t *testing.T) {
	c := built(t)
	w := get(c, "/assets/icon.svg")
	if got := w.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control = %q; want no-cache", got)
	}
	if again := get(c, "/assets/icon.svg", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("asked again with its tag: %d; want 304", again.Code)
	}
	if missing := get(c, "/assets/gone-12345678.js"); missing.Code != http.StatusNotFound {
		t.Errorf("missing file: %d; want 404", missing.Code)
	}
}

func TestServerWithoutConsoleSaysHowToBuildIt(t *testing.T) {
	c, err := console.New(console.Options{Files: fstest.MapFS{}, Nonce: func() string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	if page := get(c, "/ops").Body.String(); !strings.Contains(page, "make build") {
		t.Errorf("page = %s; want it to say how to build the console", page)
	}
}
