package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/processors"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/postgres"
)

// database is the store in PostgreSQL, which mends itself: a connection that broke
// is made anew by whoever needs the next.
type database struct{ store *postgres.Store }

// openDatabase brings the schema to this version's and opens the store.
func (a *App) openDatabase(ctx context.Context) (*database, error) {
	from, to, err := postgres.Migrate(ctx, a.c.Store)
	if err != nil {
		return nil, err
	}
	if from != to {
		a.log.InfoContext(ctx, "the schema of the database was brought up to date", "from", from, "to", to)
	}
	s, err := postgres.Open(ctx, a.c.Store, postgres.Options{Logger: a.log})
	if err != nil {
		return nil, err
	}
	return &database{s}, nil
}

func (d *database) current() store.Store { return d.store }

func (d *database) close() error {
	if err := d.store.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		return err
	}
	return nil
}

// options are the engine's for this store.
func (d *database) options(c *Config) engine.Options {
	return engine.Options{
		Store: d.store, Nodes: d.store, Commits: d.store, Writers: d.store.Writers(),
		Node: c.Node + "-" + strings.ToLower(rand.Text()[:8]), NodeName: c.Node, Version: c.Version,
		Machine: cmp.Or(c.Machine, processors.Machine()),
	}
}

// watch registers what the store counts.
func (d *database) watch(r prometheus.Registerer) {
	counter := func(name, help string, read func(postgres.Counts) int64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 {
			return float64(read(d.store.Counts()))
		}))
	}
	counter("belay_store_commits_total", "Transactions that this node wrote to the database.", func(c postgres.Counts) int64 { return c.Commits })
	counter("belay_store_statements_total", "Statements in them.", func(c postgres.Counts) int64 { return c.Statements })
	counter("belay_store_acts_total", "Acts that they carried out.", func(c postgres.Counts) int64 { return c.Acts })
}

func nodeName() string {
	name, err := os.Hostname()
	if err != nil {
		return "belay"
	}
	return name
}

// where says where a server keeps its data, without a password.
func (c *Config) where() string {
	if c.Store == "" {
		return c.Data
	}
	return postgres.Redacted(c.Store)
}

// Migrate brings the schema of a database up to date, and with citus spreads its
// tables over the shards.
func Migrate(ctx context.Context, url string, citus bool) (from, to int64, err error) {
	if from, to, err = postgres.Migrate(ctx, url); err != nil {
		return from, to, fmt.Errorf("app: %w", err)
	}
	if citus {
		err = postgres.Distribute(ctx, url)
	}
	return from, to, err
}
