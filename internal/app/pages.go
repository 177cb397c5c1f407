package app

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/console"
	"github.com/belay-events/belay/internal/httpapi"
	"github.com/belay-events/belay/web"
)

// pages makes the console that the binary holds.
func pages(book *config.Book) (httpapi.Pages, error) {
	c, err := console.New(console.Options{
		Files: web.Files(), Nonce: rand.Text,
		Ancestors: func(r *http.Request) []string { return ancestors(book, r) },
	})
	if err != nil {
		return httpapi.Pages{}, err
	}
	return httpapi.Pages{Handler: c, Patterns: console.Patterns(), Wants: console.Wants}, nil
}

// ancestors returns who may hold a page of the console in a frame: of the pages of
// one site, the platform's pages that its portal names, and the console itself, which
// shows how that looks; of all other pages nobody.
func ancestors(book *config.Book, r *http.Request) []string {
	site, ok := framedSite(r)
	if !ok {
		return nil
	}
	return append([]string{"'self'"}, book.PortalOf(site).Ancestors...)
}

// framedSite returns the site that a page is about: /portal?site=ID or /s/ID/….
func framedSite(r *http.Request) (belay.ID, bool) {
	text := r.URL.Query().Get("site")
	if r.URL.Path != "/portal" {
		rest, ok := strings.CutPrefix(r.URL.Path, "/s/")
		if !ok {
			return belay.ID{}, false
		}
		text, _, _ = strings.Cut(rest, "/")
	}
	site, err := belay.ParseID(text)
	return site, err == nil
}
