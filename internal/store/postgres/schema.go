package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/belay-events/belay/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

const (
	versionTable = "belay_schema"
	lockTable    = "belay_schema_lock"
)

// migrator is goose on one connection. Nodes that start together take turns by a
// row of a table, which works through PgBouncer too.
func migrator(url string) (*goose.Provider, *sql.DB, error) {
	config, err := configuration(url)
	if err != nil {
		return nil, nil, err
	}
	steps, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, nil, fmt.Errorf("postgres: schema: %w", err)
	}
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableName(lockTable),
		lock.WithTableLockTimeout(200*time.Millisecond, 600),
		lock.WithTableUnlockTimeout(200*time.Millisecond, 50))
	if err != nil {
		return nil, nil, fmt.Errorf("postgres: schema: %w", err)
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	p, err := goose.NewProvider(goose.DialectPostgres, db, steps,
		goose.WithTableName(versionTable), goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("postgres: schema: %w", err), db.Close())
	}
	return p, db, nil
}

// Migrate brings the schema of the database at url to this version's, step by
// step, each in a transaction of its own, and returns the versions before and
// after. One that is up to date is only looked at. It returns store.ErrNewer,
// having changed nothing, where a newer Belay has been here.
func Migrate(ctx context.Context, url string) (from, to int64, err error) {
	return migrateTo(ctx, url, 0)
}

// migrateTo stops at a version, the last where 0.
func migrateTo(ctx context.Context, url string, version int64) (from, to int64, err error) {
	p, db, err := migrator(url)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	sources := p.ListSources()
	last := sources[len(sources)-1].Version
	if version == 0 {
		version = last
	}
	switch from, err = schemaVersion(ctx, db); {
	case err != nil:
		return 0, 0, fmt.Errorf("postgres: migrate: %w", asUnreachable(err))
	case from > last:
		return from, from, fmt.Errorf("postgres: schema %d, this version knows %d: %w", from, last, store.ErrNewer)
	case from == version:
		return from, from, nil
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return from, from, fmt.Errorf("postgres: migrate: %w", asUnreachable(err))
	}
	return from, version, nil
}

const sqlSchemaVersion = `select coalesce(max(version_id), 0) from ` + versionTable + ` where is_applied`

// schemaVersion is 0 where there is no schema.
func schemaVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	err = db.QueryRowContext(ctx, sqlSchemaVersion).Scan(&version)
	if isUndefined(err) {
		return 0, nil
	}
	return version, err
}

func isUndefined(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42P01"
}

// checkSchema reports a schema that is not this version's.
func (s *Store) checkSchema(ctx context.Context) error {
	known, err := knownSchema()
	if err != nil {
		return err
	}
	var version int64
	err = s.pool.QueryRow(ctx, sqlSchemaVersion).Scan(&version)
	switch {
	case isUndefined(err):
		return errors.New("postgres: the database has no schema of Belay; run: belay migrate")
	case err != nil:
		return fmt.Errorf("postgres: open: %w", asUnreachable(err))
	case version > known:
		return fmt.Errorf("postgres: schema %d, this version knows %d: %w", version, known, store.ErrNewer)
	case version < known:
		return fmt.Errorf("postgres: schema %d is older than this version's %d; run: belay migrate", version, known)
	}
	return nil
}

// knownSchema returns the version of the last step that there is.
func knownSchema() (int64, error) {
	files, err := fs.Glob(schema, "schema/*.sql") // in the order of their numbers
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("postgres: schema: %d steps: %w", len(files), err)
	}
	version, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return 0, fmt.Errorf("postgres: schema: %w", err)
	}
	return version, nil
}

// distribution spreads the tables over the shards of a Citus database: rows of one
// bucket lie together, and what all sites share is on every shard.
var distribution = []struct{ table, sql string }{
	{"bucket", `select create_distributed_table('bucket', 'bucket', shard_count => 256)`},
	{"scope", `select create_distributed_table('scope', 'bucket', colocate_with => 'bucket')`},
	{"doc", `select create_distributed_table('doc', 'bucket', colocate_with => 'bucket')`},
	{"event", `select create_distributed_table('event', 'bucket', colocate_with => 'bucket')`},
	{"activation", `select create_distributed_table('activation', 'bucket', colocate_with => 'bucket')`},
	{"idempotency", `select create_distributed_table('idempotency', 'bucket', colocate_with => 'bucket')`},
	{"entry", `select create_distributed_table('entry', 'bucket', colocate_with => 'bucket')`},
	{"place", `select create_distributed_table('place', 'bucket', colocate_with => 'bucket')`},
	{"delivery", `select create_distributed_table('delivery', 'bucket', colocate_with => 'bucket')`},
	{"global_scope", `select create_reference_table('global_scope')`},
	{"global_doc", `select create_reference_table('global_doc')`},
	{"node", `select create_reference_table('node')`},
}

// Distribute spreads the tables of a database over its shards; those that are
// spread already stay as they are. The database must have the extension citus.
func Distribute(ctx context.Context, url string) (err error) {
	config, err := configuration(url)
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	defer func() { err = errors.Join(err, db.Close()) }()
	var there bool
	err = db.QueryRowContext(ctx, `select exists (select from pg_extension where extname = 'citus')`).Scan(&there)
	if err != nil {
		return fmt.Errorf("postgres: distribute: %w", asUnreachable(err))
	}
	if !there {
		return errors.New("postgres: the database has no extension citus; install it and run there: create extension citus")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("postgres: distribute: %w", asUnreachable(err))
	}
	for _, d := range distribution {
		var done bool
		err := tx.QueryRowContext(ctx, `select exists (select from pg_dist_partition where logicalrelid = $1::text::regclass)`, d.table).Scan(&done)
		if err == nil && !done {
			_, err = tx.ExecContext(ctx, d.sql)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("postgres: distribute %s: %w", d.table, err), tx.Rollback())
		}
	}
	return tx.Commit()
}

// configuration reads a URL. Errors leave out what it holds, a password perhaps.
func configuration(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("postgres: the address of the database cannot be read: %w", withoutSecret(err, address))
	}
	config.ConnConfig.RuntimeParams["application_name"] = "belay"
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	return config, nil
}

func withoutSecret(err error, address string) error {
	if u, parseErr := url.Parse(address); parseErr == nil && u.User != nil {
		return errors.New(strings.ReplaceAll(err.Error(), address, u.Redacted()))
	}
	return errors.New("it must be like postgres://user:password@host:5432/database")
}

func namesConnections(address string) bool { return strings.Contains(address, "pool_max_conns") }
