// Package httpapi is the HTTP door: it decodes a request, learns who calls,
// hands over to the engine or to its configuration, and writes the answer. It
// decides nothing else; it is the only place that knows a status code.
//
// Start with table.go: it lists every route, and the mux and the OpenAPI
// document are both made from it. route.go says what happens on each request,
// shape.go how a request becomes a Go value and is checked by the limits in the
// tags of package api.
package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/swaggest/swgui/v5emb"

	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/figures"
	"github.com/belay-events/belay/internal/validate"
)

// Options is what the door opens on. Engine is required.
type Options struct {
	Engine *engine.Engine
	Logger *slog.Logger // nobody hears of requests where it is nil
	// Metrics is what /metrics shows, with what this package counts added; a
	// registry of its own where it is nil.
	Metrics *prometheus.Registry
	Version string
	// Backup copies the store, as it is at one moment, and returns the folder of the
	// copy; nil where the store is not the server's own.
	Backup func() (folder string, err error)
	// Providers asks apps what they have against how their triggers and actions are
	// used; nobody is asked where it is nil.
	Providers validate.Providers
	// Quota asks an app what may still be used of an action; nobody is asked where it
	// is nil.
	Quota Quota
	// PublicURL is where people reach this server, such as https://belay.example.com;
	// what each request says where it is empty. Cookies are for HTTPS alone where it is.
	PublicURL string
	OIDC      *OIDC // nil where people sign in by password alone
	// Pages are the console's; without them only the API is served.
	Pages Pages
	// TrustedProxies are ranges whose X-Forwarded-For says where a call comes from.
	TrustedProxies []netip.Prefix
	// AllowedRanges are addresses that calls may go to although they are not public;
	// they are only shown here.
	AllowedRanges []netip.Prefix
	// Recorder keeps the history of Metrics; one that samples nothing where it is nil.
	Recorder *figures.Recorder
}

// Pages is a web application that shares the server with the API.
type Pages struct {
	http.Handler // nil for none
	// Patterns are where it is served, beside the start page.
	Patterns []string
	// Wants reports whether a request for the start page is the application's; the
	// API answers the others.
	Wants func(r *http.Request) bool
}

// New returns a handler that serves the whole API. It may be called at once by
// many callers.
func New(o Options) (http.Handler, error) {
	if o.Engine == nil {
		return nil, errors.New("httpapi: an engine is required")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	d := &door{
		engine: o.Engine, book: o.Engine.Book(), log: o.Logger, version: o.Version, backup: o.Backup, quota: o.Quota,
		publicURL: strings.TrimRight(o.PublicURL, "/"), origins: http.NewCrossOriginProtection(),
		byAddress: newThrottle(addressBurst, addressEvery), byAccount: newThrottle(accountBurst, accountEvery),
		provider: newProvider(o.OIDC),
		mux:      http.NewServeMux(), addresses: addresses{o.TrustedProxies}, reachable: o.AllowedRanges, metrics: newMetrics(o.Metrics),
		scrape: promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{}), pages: o.Pages,
	}
	if d.publicURL != "" {
		if err := d.origins.AddTrustedOrigin(d.publicURL); err != nil {
			return nil, fmt.Errorf("httpapi: public URL: %w", err)
		}
	}
	if d.recorder = o.Recorder; d.recorder == nil {
		d.recorder = figures.New(o.Metrics)
	}
	d.validator = &validate.Validator{Book: d.book, Actions: o.Engine.Actions(), Providers: o.Providers}
	d.open()
	return d, nil
}

// door is the handler.
type door struct {
	engine  *engine.Engine
	book    *config.Book
	log     *slog.Logger
	version string
	backup  func() (string, error)
	quota   Quota
	// addresses of callers are for the audit log.
	addresses addresses
	reachable []netip.Prefix
	recorder  *figures.Recorder
	// publicURL is where people reach this server; origins tells our own pages from
	// others; byAddress and byAccount bound how often people try to sign in.
	publicURL            string
	origins              *http.CrossOriginProtection
	byAddress, byAccount *throttle
	provider             *provider
	// validator looks at automations before they act.
	validator *validate.Validator
	mux       *http.ServeMux
	metrics   *metrics
	scrape    http.Handler
	pages     Pages
	routes    []route
	// openapi makes the document, once.
	openapi func() ([]byte, error)
}

func (d *door) open() {
	d.routes = d.table()
	d.openapi = sync.OnceValues(func() ([]byte, error) { return describe(d.routes, d.version) })
	for i := range d.routes {
		r := &d.routes[i]
		handler := d.handler(r)
		for _, pattern := range r.patterns {
			if pattern == startPage && d.pages.Handler != nil {
				handler = d.start(handler)
			}
			d.mux.Handle(r.method+" "+pattern, handler)
		}
	}
	if d.pages.Handler != nil {
		for _, pattern := range d.pages.Patterns {
			d.mux.Handle(pattern, d.pages)
		}
	}
	docs := v5emb.New("Belay", "/openapi.json", "/docs/")
	d.mux.Handle("GET /docs/", docs)
	d.mux.Handle("GET /docs", docs)
	d.mux.Handle("/", d.handler(&route{id: "unknown", plain: d.notFound}))
}

// startPage is where the API and the console meet.
const startPage = "/{$}"

// start serves the start page: the console's to those who want it, the API's to others.
func (d *door) start(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if d.pages.Wants(r) {
			d.pages.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// ServeHTTP answers one request. Every answer carries the request's ID.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()[requestIDHeader] = []string{requestID(r, time.Now())}
	d.mux.ServeHTTP(w, r)
}
