package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is an empty one that the bench made on a server and drops at the end.
type database struct {
	url  string    // for nodes
	bare string    // the same without what only a pool of connections understands
	conn *pgx.Conn // to it, for what the bench itself asks
	drop func() error
	// checkpoints and walRead say what the server lets this user do.
	checkpoints, walRead bool
}

// makeDatabase makes one beside the database that address names, which is only
// connected to.
func makeDatabase(ctx context.Context, address string) (_ *database, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	address = bare(u)
	name := "belay_bench_" + strings.ToLower(rand.Text()[:12])
	quoted := pgx.Identifier{name}.Sanitize()
	if err := execute(ctx, address, "create database "+quoted+" template template0"); err != nil {
		return nil, err
	}
	d := &database{drop: func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		return execute(ctx, address, "drop database "+quoted+" with (force)")
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close(ctx))
		}
	}()
	query := u.Query()
	query.Del("dbname") // it would win
	there := *u
	there.Path, there.RawQuery = "/"+name, query.Encode()
	d.url, d.bare = there.String(), bare(&there)
	if d.conn, err = pgx.Connect(ctx, d.bare); err != nil {
		return nil, fmt.Errorf("bench: connect to the database made: %w", err)
	}
	_, refused := d.conn.Exec(ctx, `create extension pg_walinspect`)
	d.walRead = refused == nil
	_, refused = d.conn.Exec(ctx, `checkpoint`)
	d.checkpoints = refused == nil
	return d, ctx.Err()
}

// bare returns an address without the parameters of a pool, such as pool_max_conns.
func bare(u *url.URL) string {
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(name, "pool_") {
			query.Del(name)
		}
	}
	plain := *u
	plain.RawQuery = query.Encode()
	return plain.String()
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, address, sql string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("bench: connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("bench: %s: %w", sql, err)
	}
	return nil
}

// close drops the database, whoever is still connected.
func (d *database) close(ctx context.Context) error {
	if d.conn != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = d.conn.Close(ctx)
	}
	return d.drop()
}

// describe returns what server it is on, with the settings that matter most here.
func (d *database) describe(ctx context.Context) (string, error) {
	var s string
	err := d.conn.QueryRow(ctx, `
select format('PostgreSQL %s, shared_buffers %s, fsync %s, full_page_writes %s, synchronous_commit %s',
    split_part(current_setting('server_version'), ' ', 1), current_setting('shared_buffers'), current_setting('fsync'),
    current_setting('full_page_writes'), current_setting('synchronous_commit'))`).Scan(&s)
	if err != nil {
		return "", fmt.Errorf("bench: settings of the database: %w", err)
	}
	return s, nil
}

// checkpoint makes slices begin alike: the first change of a page after it puts
// the whole page into the write-ahead log.
func (d *database) checkpoint(ctx context.Context) error {
	if !d.checkpoints {
		return nil
	}
	if _, err := d.conn.Exec(ctx, `checkpoint`); err != nil {
		return fmt.Errorf("bench: checkpoint: %w", err)
	}
	return nil
}

// position returns how far the write-ahead log of the server is on disk.
func (d *database) position(ctx context.Context) (at string, err error) {
	if err = d.conn.QueryRow(ctx, `select pg_current_wal_flush_lsn()::text`).Scan(&at); err != nil {
		err = fmt.Errorf("bench: position of the write-ahead log: %w", err)
	}
	return at, err
}

// written returns the bytes of the write-ahead log between two positions, and how
// many of them are images of whole pages, which is 0 where the server does not
// let the log be read.
func (d *database) written(ctx context.Context, from, to string) (all, images float64, err error) {
	if err := d.conn.QueryRow(ctx, `select pg_wal_lsn_diff($1::text::pg_lsn, $2::text::pg_lsn)::float8`, to, from).Scan(&all); err != nil {
		return 0, 0, fmt.Errorf("bench: length of the write-ahead log: %w", err)
	}
	if d.walRead && all > 0 {
		err := d.conn.QueryRow(ctx, `select coalesce(sum(fpi_size), 0)::float8 from pg_get_wal_stats($1::text::pg_lsn, $2::text::pg_lsn)`, from, to).Scan(&images)
		if err != nil {
			return 0, 0, fmt.Errorf("bench: read the write-ahead log: %w", err)
		}
	}
	return all, images, nil
}
