package postgres

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func checkPage(p store.Page) error {
	if p.Limit < 1 || p.Limit > 1000 {
		return fmt.Errorf("postgres: a page of %d rows; it must be from 1 to 1,000", p.Limit)
	}
	return nil
}

// bounds returns those of a page, both exclusive.
func bounds(p store.Page) (after, before [16]byte) {
	if before = p.Before; p.Before.IsZero() {
		before = [16]byte(bytes.Repeat([]byte{0xff}, 16))
	}
	return p.After, before
}

// inOrder runs a list with its settings, in one go.
func (s *Store) inOrder(ctx context.Context, q querier, read func(pgx.Rows) error, sql string, args ...any) error {
	var batch pgx.Batch
	if !s.settled {
		batch.Queue(sqlListSettings)
	}
	batch.Queue(sql, args...).Query(read)
	return q.SendBatch(ctx, &batch).Close()
}

// Events lists a site's events: one entity's by its index, else all, in order.
func (s *Store) Events(ctx context.Context, q store.EventQuery) (found []belay.Event, err error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	after, before := bounds(q.Page)
	args := []any{of(q.SiteID), raw(q.SiteID), after, before, filter(q.AppID), text(q.TriggerKey), q.Limit}
	sql := choose(q.Newest, sqlEventsUp, sqlEventsDown)
	if !q.EntityID.IsZero() {
		sql, args = choose(q.Newest, sqlEntityEventsUp, sqlEntityEventsDown), append(args, raw(q.EntityID))
	}
	err = s.read(ctx, "list events", func(ctx context.Context, db querier) error {
		return s.inOrder(ctx, db, func(rows pgx.Rows) error {
			found, err = s.events(q.SiteID, rows)
			return err
		}, sql, args...)
	})
	return found, err
}

// Activations lists a site's activations: by the index of the entity or of the
// automation where one is given, else all, in order.
func (s *Store) Activations(ctx context.Context, q store.ActivationQuery) (found []belay.Activation, err error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	after, before := bounds(q.Page)
	var status *int16
	if q.Status != 0 {
		status = new(int16)
		*status = int16(q.Status)
	}
	args := []any{of(q.SiteID), raw(q.SiteID), after, before, filter(q.AppID), status, q.Limit}
	sql := choose(q.Newest, sqlActivationsUp, sqlActivationsDown)
	if !q.EntityID.IsZero() || !q.AutomationID.IsZero() {
		sql = choose(q.Newest, sqlAutomationActivationsUp, sqlAutomationActivationsDown)
		if !q.EntityID.IsZero() {
			sql = choose(q.Newest, sqlEntityActivationsUp, sqlEntityActivationsDown)
		}
		args = append(args, filter(q.AutomationID), filter(q.EntityID))
	}
	err = s.read(ctx, "list activations", func(ctx context.Context, db querier) error {
		return s.inOrder(ctx, db, func(rows pgx.Rows) error {
			found, err = s.activations(q.SiteID, rows)
			return err
		}, sql, args...)
	})
	return found, err
}

// Entries lists a stream.
func (s *Store) Entries(ctx context.Context, q store.EntryQuery) (found []store.Entry, err error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	after, before := bounds(q.Page)
	err = s.read(ctx, "list "+q.Stream, func(ctx context.Context, db querier) error {
		return s.inOrder(ctx, db, func(rows pgx.Rows) error {
			found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Entry, error) {
				e := store.Entry{SiteID: q.SiteID, Stream: q.Stream}
				err := row.Scan((*[16]byte)(&e.ID), &e.Value)
				return e, err
			})
			return err
		}, choose(q.Newest, sqlEntryUp, sqlEntryDown), of(q.SiteID), raw(q.SiteID), []byte(q.Stream), after, before, q.Limit)
	})
	return found, err
}

// Due asks bucket by bucket, all in one go. Reading takes nothing from another
// node: whoever starts what is due compares its version.
func (s *Store) Due(ctx context.Context, q store.DueQuery) (found []store.Due, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	if q.Limit <= 0 || q.From >= q.Until {
		return nil, nil
	}
	err = s.read(ctx, "due", func(ctx context.Context, db querier) error {
		found = found[:0]
		var batch pgx.Batch
		if !s.settled {
			batch.Queue(sqlListSettings)
		}
		for b := range belay.Buckets {
			if !q.Buckets.Has(uint8(b)) {
				continue
			}
			batch.Queue(sqlDue, int16(b), int64(q.From), int64(q.Until), q.Limit).Query(func(rows pgx.Rows) error {
				var d store.Due
				_, err := pgx.ForEachRow(rows, []any{(*int64)(&d.At), (*[16]byte)(&d.ActivationID), (*[16]byte)(&d.SiteID)}, func() error {
					found = append(found, d)
					return nil
				})
				return err
			})
		}
		if q.Buckets != nil && q.Buckets.Len() == 0 {
			return nil
		}
		return db.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b store.Due) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:]))
	})
	return found[:min(len(found), q.Limit)], nil
}

func choose(down bool, up, other string) string {
	if down {
		return other
	}
	return up
}
