// Package postgres keeps the store's contract in a PostgreSQL database, which any
// number of nodes share.
//
// A site's rows are in one of 256 buckets, and every commit is of one bucket: one
// pipeline of set-based statements, sent in one go, that begins by updating the
// bucket's row. So commits of one bucket take turns, whichever nodes they come
// from, those of different buckets do not meet, and none can deadlock.
//
// Start with schema, the layout, then statements.go and commit.go.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Options adjust a store. The zero value is right for production.
type Options struct {
	// Connections bounds those to the database; 0 stands for 16. It is
	// pool_max_conns of the URL that wins.
	Connections int
	// Patience is how long a call waits for the database before it gives up; 0
	// stands for 10 seconds.
	Patience time.Duration
	// Logger is told of connections that were given up; nil drops it.
	Logger *slog.Logger
}

const (
	defaultConnections = 16
	defaultPatience    = 10 * time.Second
)

// Store is a store in a database. Its methods are safe for concurrent use.
type Store struct {
	pool     *pgxpool.Pool
	codec    codec
	log      *slog.Logger
	patience time.Duration
	buckets  [belay.Buckets]bucket
	global   sync.Mutex // taken for changes of scope zero
	settled  bool       // each connection has the settings of a commit
	counts   counters

	// state is held for reading by whoever uses pool, for writing by Close.
	state  sync.RWMutex
	closed bool
}

// bucket is what a node knows of a bucket.
type bucket struct {
	fence   atomic.Int64 // 0 for not known
	suspect atomic.Bool  // the answer to a commit was lost
	keys    atomic.Int64 // added since the last sweep
	crowded atomic.Int64 // how many commits still lock it first
}

// counters count what went to the database.
type counters struct{ commits, statements, acts atomic.Int64 }

// Counts is what a store sent since it was opened.
type Counts struct {
	// Commits are transactions that wrote, Statements what was in them, Acts what
	// the engine asked for.
	Commits, Statements, Acts int64
}

var _ store.Store = (*Store)(nil)

// Open connects to the database at address, a connection string as libpq has it, whose
// schema must be this version's: Migrate sees to that. It returns
// store.ErrUnreachable where nothing answers, store.ErrNewer where a newer Belay
// has been here, a *store.MovingError while a move into it has not ended.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	s, err := open(ctx, address, o)
	if err != nil {
		return nil, err
	}
	var m Moving
	err = s.read(ctx, "open", func(ctx context.Context, q querier) (err error) {
		m, err = moving(ctx, q)
		return err
	})
	if err == nil && m.ID != "" {
		err = fmt.Errorf("postgres: open: %w", &store.MovingError{From: m.From})
	}
	if err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

// open is Open of a database into which a move may be under way.
func open(ctx context.Context, address string, o Options) (*Store, error) {
	config, err := configuration(address)
	if err != nil {
		return nil, err
	}
	if config.MaxConns <= 0 || !namesConnections(address) {
		config.MaxConns = defaultConnections
		if o.Connections > 0 {
			config.MaxConns = int32(o.Connections)
		}
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	// Through PgBouncer, where statements have no names, a connection keeps nothing.
	settled := config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
	if settled {
		config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, strings.ReplaceAll(sqlSettings, ", true)", ", false)"))
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	s := &Store{pool: pool, settled: settled, codec: codec, log: o.Logger, patience: o.Patience}
	ctx, cancel := context.WithTimeout(ctx, o.Patience)
	defer cancel()
	if err := s.checkSchema(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// Counts returns what was sent so far.
func (s *Store) Counts() Counts {
	return Counts{Commits: s.counts.commits.Load(), Statements: s.counts.statements.Load(), Acts: s.counts.acts.Load()}
}

// Local returns the address of this machine from which the database is reached;
// that of the machine itself where it is reached by a file, or not at all.
func (s *Store) Local(ctx context.Context) string {
	const self = "127.0.0.1"
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return self
	}
	defer conn.Release()
	if at, ok := conn.Conn().PgConn().Conn().LocalAddr().(*net.TCPAddr); ok {
		return at.AddrPort().Addr().Unmap().String()
	}
	return self
}

// Close waits for what is under way, and lets go of the connections.
func (s *Store) Close() error {
	s.state.Lock()
	defer s.state.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.closed = true
	s.pool.Close()
	return nil
}

// enter is called before the pool is used, exit after.
func (s *Store) enter(ctx context.Context) error {
	s.state.RLock()
	err := ctx.Err()
	if s.closed {
		err = store.ErrClosed
	}
	if err != nil {
		s.state.RUnlock()
	}
	return err
}

func (s *Store) exit() { s.state.RUnlock() }

// Stats counts bucket by bucket. It reads every index of a large store, which
// takes as long as that takes.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.enter(ctx); err != nil {
		return store.Stats{}, err
	}
	defer s.exit()
	var total store.Stats
	err := s.read(ctx, "count", func(ctx context.Context, q querier) error {
		total = store.Stats{}
		var batch pgx.Batch
		batch.Queue(`select pg_database_size(current_database())`).QueryRow(func(row pgx.Row) error {
			return row.Scan(&total.DiskBytes)
		})
		for b := range belay.Buckets {
			batch.Queue(sqlStats, int16(b)).QueryRow(func(row pgx.Row) error {
				var one store.Stats
				err := row.Scan(&one.Events, &one.Activations, &one.Pending, &one.Places)
				total.Events += one.Events
				total.Activations += one.Activations
				total.Pending += one.Pending
				total.Places += one.Places
				return err
			})
		}
		return q.SendBatch(ctx, &batch).Close()
	})
	return total, err
}

var errLong = errors.New("a name is longer than 65,535 bytes")

const maxText = 1<<16 - 1

// Writers returns how many commits may go on at once, so that reads find a
// connection too.
func (s *Store) Writers() int { return max(1, int(s.pool.Config().MaxConns)*3/4) }

// Redacted returns the address of a database without the password in it.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "a PostgreSQL database"
	}
	u.RawQuery = ""
	return u.Redacted()
}
