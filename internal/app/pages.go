package app

import (
	"crypto/rand"

	"github.com/belay-events/belay/internal/console"
	"github.com/belay-events/belay/internal/httpapi"
	"github.com/belay-events/belay/web"
)

// pages makes the console that the binary holds.
func pages() (httpapi.Pages, error) {
	c, err := console.New(console.Options{Files: web.Files(), Nonce: rand.Text})
	if err != nil {
		return httpapi.Pages{}, err
	}
	return httpapi.Pages{Handler: c, Patterns: console.Patterns(), Wants: console.Wants}, nil
}
