// Package console serves the web application: its one page, which is never cached
// and carries the security policy, and the files that the page loads, which are
// named after what they hold and cached for ever. It knows neither the API nor who
// may do what.
package console

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
)

// Options are what a console is made of.
type Options struct {
	// Files hold index.html and assets; where there is no index.html, every page
	// says how to build it.
	Files fs.FS
	// Ancestors returns the origins whose pages may show the pages of a portal inside
	// a frame, such as https://shop.example; nobody's where it is nil or gives none.
	Ancestors func(r *http.Request) []string
	// Nonce returns a value that nobody can guess, for one page; see policy.
	Nonce func() string
}

// Console is the application.
type Console struct {
	ancestors func(r *http.Request) []string
	nonce     func() string
	page      []byte
	assets    map[string]asset
}

// nonceMark stands in the page where its nonce is to be.
var nonceMark = []byte("%NONCE%")

// New reads the built application.
func New(o Options) (*Console, error) {
	c := &Console{ancestors: o.Ancestors, nonce: o.Nonce}
	if c.nonce == nil {
		return nil, errors.New("console: a source of nonces is required")
	}
	page, err := fs.ReadFile(o.Files, "index.html")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.page = notBuilt
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("console: %w", err)
	}
	c.page = page
	if c.assets, err = readAssets(o.Files); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return c, nil
}

var notBuilt = []byte(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Belay</title>
<p>This server was built without its console. <code>make build</code> in the sources makes both.
The API is at <a href="/docs">/docs</a>.</p></html>
`)

// Patterns are the paths of http.ServeMux where the console is served: the
// application's own pages and its files. The start page stands at / and is left to
// whoever shares that path.
func Patterns() []string {
	list := []string{"GET /assets/"}
	for _, page := range [...]string{"s", "dev", "ops", "account", "sign-in", "welcome", "invitation", "portal", "nothing"} {
		list = append(list, "GET /"+page, "GET /"+page+"/")
	}
	return list
}

// ServeHTTP serves a file, or the page whatever the path: which of its pages is
// shown is decided in the browser.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := strings.CutPrefix(r.URL.Path, "/assets/"); ok {
		c.serveAsset(w, r, name)
		return
	}
	nonce := c.nonce()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", policy(nonce, c.framers(r)))
	secure(header)
	w.WriteHeader(http.StatusOK)
	// The reader has gone where this fails.
	_, _ = w.Write(bytes.ReplaceAll(c.page, nonceMark, []byte(nonce)))
}

// Wants reports whether a request for / is a person's: a program that does not ask
// for HTML gets the API's own answer there.
func Wants(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
