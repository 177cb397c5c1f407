package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
)

// server is what a verb that calls one is told of it.
type server struct {
	URL  string `env:"BELAY_URL" default:"http://127.0.0.1:7300" help:"Where the server answers." group:"server"`
	Key  string `env:"BELAY_KEY" help:"API key, or an app's token." group:"server"`
	Site string `env:"BELAY_SITE" placeholder:"ID" help:"Site that the call is about; not needed with a key for one site." group:"server"`
}

// client returns what calls the server.
func (s *server) client() (*client.Client, error) {
	s.URL = cmp.Or(s.URL, "http://"+app.DefaultListen) // BELAY_URL may be set and empty
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usageError{fmt.Errorf("--url %q: must be an address such as http://127.0.0.1:7300", s.URL)}
	}
	if s.Key == "" {
		return nil, usageError{errors.New("no API key: set BELAY_KEY, or give --key")}
	}
	return client.New(s.URL, client.Credentials{Key: s.Key, SiteID: s.Site}), nil
}

// hinted says what to do about a call that failed, where that is known.
func (s *server) hinted(err error) error {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("no server answers at %s: %w", s.URL, err)
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		if e.Status == http.StatusUnauthorized {
			return fmt.Errorf("%w\n(BELAY_KEY or --key gives the key)", err)
		}
		for _, f := range e.Fields {
			if f.Field == "belay-site-id" {
				return fmt.Errorf("%w\n(BELAY_SITE or --site gives the site)", err)
			}
		}
	}
	return err
}

// listing is how a verb lists.
type listing struct {
	server
	Limit int    `default:"50" help:"How many at most, newest first."`
	After string `placeholder:"CURSOR" help:"Go on after a page; the page before names its cursor."`
	JSON  bool   `name:"json" help:"Print JSON, for scripts."`
}

// pageLimit is the largest page that a server gives.
const pageLimit = 500

func (l *listing) check() error {
	if l.Limit < 1 || l.Limit > pageLimit {
		return usageError{fmt.Errorf("--limit must be from 1 to %d", pageLimit)}
	}
	return nil
}

// printJSON prints a value for scripts.
func (p *process) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
