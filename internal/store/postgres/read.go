package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// querier is what reads use of a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// read runs do, and once more where the connection broke: after the database was
// started anew, those in the pool are dead.
func (s *Store) read(ctx context.Context, what string, do func(context.Context, querier) error) error {
	err := s.readOnce(ctx, do)
	if err != nil && ctx.Err() == nil && isNetwork(err) {
		err = s.readOnce(ctx, do)
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("postgres: %s: %w", what, asUnreachable(err))
	}
	return nil
}

func (s *Store) readOnce(ctx context.Context, do func(context.Context, querier) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer release(conn)
	return do(ctx, conn)
}

// release gives a connection back. One that broke is let go of at once: the driver
// waits up to 15 seconds for its peer's farewell, and so long it would count as in
// use.
func release(conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() {
		conn.Hijack()
		return
	}
	conn.Release()
}

// isNetwork reports whether err is of the connection rather than of the database.
func isNetwork(err error) bool {
	var of net.Error
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Severity == "FATAL" || class(pg.Code) == "57"
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &of) || pgconn.SafeToRetry(err)
}

func of(site belay.ID) int16 { return int16(belay.Bucket(site)) }

// Event returns one event of a site.
func (s *Store) Event(ctx context.Context, site, id belay.ID) (belay.Event, error) {
	return one(ctx, s, "event", site, id, sqlEvent, s.events)
}

// Activation returns one activation of a site.
func (s *Store) Activation(ctx context.Context, site, id belay.ID) (belay.Activation, error) {
	return one(ctx, s, "activation", site, id, sqlActivation, s.activations)
}

// Delivery returns one delivery of a site.
func (s *Store) Delivery(ctx context.Context, site, id belay.ID) (belay.Delivery, error) {
	return one(ctx, s, "delivery", site, id, sqlDelivery, s.deliveries)
}

// FirstDelivery returns the first that waits of an app and an entity.
func (s *Store) FirstDelivery(ctx context.Context, site, app, entity belay.ID) (belay.Delivery, error) {
	return first(ctx, s, "first delivery of "+entity.String(), site, s.deliveries, sqlFirstDelivery, of(site), raw(site), raw(app), raw(entity))
}

// one returns the row of a site that a statement finds by its ID.
func one[T any](ctx context.Context, s *Store, what string, site, id belay.ID, sql string, collect func(belay.ID, pgx.Rows) ([]T, error)) (row T, err error) {
	return first(ctx, s, what+" "+id.String(), site, collect, sql, of(site), raw(site), raw(id))
}

// first returns the first row that a statement finds.
func first[T any](ctx context.Context, s *Store, what string, site belay.ID, collect func(belay.ID, pgx.Rows) ([]T, error), sql string, args ...any) (row T, err error) {
	if err := s.enter(ctx); err != nil {
		return row, err
	}
	defer s.exit()
	err = s.read(ctx, what, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		found, err := collect(site, rows)
		if err == nil && len(found) == 0 {
			return store.ErrNotFound
		}
		if err == nil {
			row = found[0]
		}
		return err
	})
	return row, err
}

func (s *Store) events(site belay.ID, rows pgx.Rows) ([]belay.Event, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (belay.Event, error) {
		var r eventRow
		var made [][16]byte
		err := row.Scan((*[16]byte)(&r.id), (*[16]byte)(&r.app), &r.trigger, (*[16]byte)(&r.entity), &made, &r.body)
		if err != nil {
			return belay.Event{}, err
		}
		r.made = cooked(made)
		return s.codec.readEvent(site, &r)
	})
}

func (s *Store) activations(site belay.ID, rows pgx.Rows) ([]belay.Activation, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (belay.Activation, error) {
		var r activationRow
		err := row.Scan((*[16]byte)(&r.id), (*[16]byte)(&r.app), (*[16]byte)(&r.automation), (*[16]byte)(&r.event),
			(*[16]byte)(&r.entity), &r.trigger, &r.cancel, &r.body)
		if err != nil {
			return belay.Activation{}, err
		}
		return s.codec.readActivation(site, &r)
	})
}

func (s *Store) deliveries(site belay.ID, rows pgx.Rows) ([]belay.Delivery, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (belay.Delivery, error) {
		var r deliveryRow
		if err := row.Scan((*[16]byte)(&r.id), (*[16]byte)(&r.app), (*[16]byte)(&r.entity), &r.body); err != nil {
			return belay.Delivery{}, err
		}
		return s.codec.readDelivery(site, &r)
	})
}

// Doc returns one document.
func (s *Store) Doc(ctx context.Context, key store.DocKey) (store.Doc, error) {
	if err := s.enter(ctx); err != nil {
		return store.Doc{}, err
	}
	defer s.exit()
	d := store.Doc{Key: key.Key}
	err := s.read(ctx, fmt.Sprintf("%s %q", key.Kind, key.Key), func(ctx context.Context, q querier) error {
		sql, args := sqlDoc, []any{of(key.Scope), raw(key.Scope), []byte(key.Kind), []byte(key.Key)}
		if key.Scope.IsZero() {
			sql, args = sqlGlobalDoc, args[2:]
		}
		err := q.QueryRow(ctx, sql, args...).Scan(&d.Revision, &d.Value)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return store.Doc{}, err
	}
	return d, nil
}

// Docs lists documents, and the version of their scope, by one statement.
func (s *Store) Docs(ctx context.Context, scope belay.ID, kind, after string, limit int) (docs []store.Doc, version int64, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, 0, err
	}
	defer s.exit()
	most := int64(limit)
	if limit <= 0 {
		most = 1<<63 - 1
	}
	err = s.read(ctx, "list "+kind, func(ctx context.Context, q querier) error {
		docs, version = nil, 0
		sql, args := sqlDocs, []any{of(scope), raw(scope), []byte(kind), []byte(after), most}
		if scope.IsZero() {
			sql, args = sqlGlobalDocs, args[2:]
		}
		rows, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key, value []byte
			var revision *int64
			if err := rows.Scan(&version, &key, &revision, &value); err != nil {
				return err
			}
			if revision != nil {
				docs = append(docs, store.Doc{Key: string(key), Revision: *revision, Value: value})
			}
		}
		return rows.Err()
	})
	return docs, version, err
}
