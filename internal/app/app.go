// Package app makes one server of all the parts: the store in a folder or
// a database, the
// engine over it, the built-in actions, and the HTTP door. It alone names a
// concrete store. What a server is set up with stands in config.go; how the
// parts are joined, begun and ended stands here; storage.go says what becomes of
// a store that a failing disk has broken.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/figures"
	"github.com/belay-events/belay/internal/httpapi"
	"github.com/belay-events/belay/internal/peer"
	"github.com/belay-events/belay/internal/processors"
	"github.com/belay-events/belay/internal/store"
)

// App is a server that has been opened: its store is held and its address taken.
// It answers from Run on.
type App struct {
	c        Config
	log      *slog.Logger
	listener net.Listener
	storage  keeper
	senders  senders
	engine   *engine.Engine
	peers    *peer.Peers        // nil where there are none
	sharer   *processors.Sharer // nil where nothing is shared
	recorder *figures.Recorder
	handler  http.Handler
	firstKey string
	welcome  string // the secret of a link that makes the first operator
}

// keeper holds the store.
type keeper interface {
	current() store.Store
	close() error
}

// Open takes the address and opens the store, making it where there is none. It
// returns store.ErrInUse while another process has the folder open, and
// store.ErrNewer where a newer Belay wrote it. Call Run or Close on what it
// returns.
func Open(ctx context.Context, c Config) (*App, error) {
	c.fill()
	a := &App{c: c}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	var err error
	if a.log, err = a.c.logger(); err != nil {
		return err
	}
	// The address comes first: where it is taken, another server may be using
	// the folder, and this is the better thing to be told.
	var l net.ListenConfig
	if a.listener, err = l.Listen(ctx, "tcp", a.c.Listen); err != nil {
		return fmt.Errorf("app: listen: %w", err)
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	var o engine.Options
	var backup func() (string, error)
	if a.c.Store == "" {
		folder, err := openStorage(a.c.Data, a.log)
		if err != nil {
			return fmt.Errorf("app: open the store in %s: %w", a.c.Data, err)
		}
		a.storage, backup = folder, folder.backup
		folder.watch(metrics)
		o = engine.Options{Store: folder.current(), Reopen: folder.reopen, SoleOwner: true, NodeName: a.c.Node, Version: a.c.Version}
	} else {
		database, err := a.openDatabase(ctx)
		if err != nil {
			return fmt.Errorf("app: open the store in %s: %w", a.c.where(), err)
		}
		a.storage = database
		o = database.options(&a.c)
		database.watch(metrics)
		if err := a.meet(ctx, database, &o); err != nil {
			return err
		}
		if a.c.ShareProcessors {
			a.sharer = processors.New()
			o.Beside = func(nodes int) { a.sharer.Beside(nodes) }
		}
	}
	o.Actions, o.Provider, o.Logger, o.Metrics = a.actions, a.provider(metrics), a.log, metrics
	o.Webhooks, o.Shown = a.webhooks(), httpapi.ShowAutomation
	o.Horizon, o.Lease, o.Drain, o.Retention = a.c.Horizon, a.c.Lease, a.c.Drain, a.c.Retention
	if a.engine, err = engine.New(ctx, o); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	if err := a.ensureKey(ctx); err != nil {
		return fmt.Errorf("app: operator's key: %w", err)
	}
	if a.welcome, err = a.engine.Book().FirstOperatorLink(ctx); err != nil {
		return fmt.Errorf("app: the first operator's link: %w", err)
	}
	pages, err := pages(a.engine.Book())
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	a.recorder = figures.New(metrics)
	a.handler, err = httpapi.New(httpapi.Options{
		Engine: a.engine, Logger: a.log, Metrics: metrics, Version: a.c.Version, Backup: backup,
		Providers: httpapi.Apps{Engine: a.engine}, Quota: httpapi.Apps{Engine: a.engine}.Quota, TrustedProxies: a.c.TrustedProxies, AllowedRanges: a.c.AllowedRanges,
		Pages: pages, Recorder: a.recorder,
		PublicURL: a.c.PublicURL, OIDC: a.c.OIDC,
	})
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

// ensureKey makes sure that somebody can enter.
func (a *App) ensureKey(ctx context.Context) error {
	if a.c.OperatorKey == "" {
		var err error
		a.firstKey, _, err = a.engine.Book().EnsureOperatorKey(ctx)
		return err
	}
	_, _, err := a.engine.Book().CreateKey(ctx, belay.Caller{Role: belay.RoleOperator}, config.NewKey{
		Name: "the configured operator key", Role: belay.RoleOperator, Value: a.c.OperatorKey,
	})
	return err
}

// FirstKey returns the operator's key that Open has just made, in plain; "" where
// there was one already, or Config names one. It cannot be had again.
func (a *App) FirstKey() string { return a.firstKey }

// Welcome returns the link by which somebody becomes the first operator who can sign
// in, made by Open and good until it is used; "" where there is one already.
func (a *App) Welcome() string {
	if a.welcome == "" {
		return ""
	}
	return cmp.Or(strings.TrimRight(a.c.PublicURL, "/"), a.URL()) + "/welcome#" + a.welcome
}

// URL returns where the server answers: "http://127.0.0.1:7300".
func (a *App) URL() string { return "http://" + a.listener.Addr().String() }

// Engine returns the engine, for whatever runs in the same process.
func (a *App) Engine() *engine.Engine { return a.engine }

// Run answers requests and carries out what is due until ctx ends, and then
// stops: it takes no more requests, finishes those under way, lets attempts that
// are out come back, and closes the store. Each of the first three waits at most
// Config.Drain. What is not over by then is taken up at the next start. The error
// is nil after an orderly stop.
func (a *App) Run(ctx context.Context) (err error) {
	server := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(a.engine.EndWatches)
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() { worked <- a.engine.Run(working) }()
	recorded := make(chan struct{})
	go func() { defer close(recorded); a.recorder.Run(working) }()
	defer func() { <-recorded }()
	if a.peers != nil {
		taken := make(chan error, 1)
		go func() { taken <- a.peers.Serve(a.engine.Take) }()
		defer func() { err = errors.Join(err, <-taken) }()
	}
	go func() { served <- server.Serve(a.listener) }()
	a.log.InfoContext(ctx, "serving", "url", a.URL(), "data", a.c.where(), "version", a.c.Version)

	select {
	case <-ctx.Done():
		a.log.InfoContext(ctx, "stopping")
	case err = <-served:
		served <- http.ErrServerClosed
	case err = <-worked:
		if err == nil {
			err = errors.New("the engine stopped by itself")
		}
		worked <- nil
	}
	bounded, done := context.WithTimeout(context.WithoutCancel(ctx), a.c.Drain)
	defer done()
	if late := server.Shutdown(bounded); late != nil {
		err = errors.Join(err, server.Close())
	}
	<-served
	stopWork()
	err = errors.Join(err, <-worked, a.Close())
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	a.log.InfoContext(ctx, "stopped")
	return nil
}

// Close lets go of everything without waiting for what is under way. Run does it
// by itself; a second call does nothing.
func (a *App) Close() error {
	var errs []error
	if a.listener != nil {
		if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if a.engine != nil {
		a.engine.Close()
	}
	if a.peers != nil {
		errs = append(errs, a.peers.Close())
	}
	a.sharer.Close()
	a.senders.close()
	if a.storage != nil {
		errs = append(errs, a.storage.close())
	}
	return errors.Join(errs...)
}
