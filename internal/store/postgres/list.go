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

// list returns a page of a site's rows. It runs a statement with the settings of
// lists, in one go.
func list[T any](ctx context.Context, s *Store, what string, p store.Page, collect func(pgx.Rows) ([]T, error), sql string, args ...any) (found []T, err error) {
	if err := checkPage(p); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	err = s.read(ctx, "list "+what, func(ctx context.Context, q querier) error {
		var batch pgx.Batch
		if !s.settled {
			batch.Queue(sqlListSettings)
		}
		batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
			found, err = collect(rows)
			return err
		})
		return q.SendBatch(ctx, &batch).Close()
	})
	return found, err
}

// Events lists a site's events: one entity's by its index, else all, in order.
func (s *Store) Events(ctx context.Context, q store.EventQuery) ([]belay.Event, error) {
	after, before := bounds(q.Page)
	args := []any{of(q.SiteID), raw(q.SiteID), after, before, filter(q.AppID), text(q.TriggerKey), q.Limit}
	sql := choose(q.Newest, sqlEventsUp, sqlEventsDown)
	if !q.EntityID.IsZero() {
		sql, args = choose(q.Newest, sqlEntityEventsUp, sqlEntityEventsDown), append(args, raw(q.EntityID))
	}
	return list(ctx, s, "events", q.Page, func(rows pgx.Rows) ([]belay.Event, error) {
		return s.events(q.SiteID, rows)
	}, sql, args...)
}

// Activations lists a site's activations: by the index of the entity or of the
// automation where one is given, else all, in order.
func (s *Store) Activations(ctx context.Context, q store.ActivationQuery) ([]belay.Activation, error) {
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
	return list(ctx, s, "activations", q.Page, func(rows pgx.Rows) ([]belay.Activation, error) {
		return s.activations(q.SiteID, rows)
	}, sql, args...)
}

// Tally lets the database count. An automation that is named twice is counted once.
func (s *Store) Tally(ctx context.Context, q store.TallyQuery) (found []store.Tally, err error) {
	if q.Look < 1 || q.Look > 10_000 || q.Since%store.TallyStep != 0 {
		return nil, fmt.Errorf("postgres: a tally of %d activations since %d", q.Look, q.Since)
	}
	automations := slices.Clone(q.Automations)
	slices.SortFunc(automations, func(a, b belay.ID) int { return bytes.Compare(a[:], b[:]) })
	automations = slices.Compact(automations)
	collect := func(rows pgx.Rows) ([]store.Tally, error) {
		return pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Tally, error) {
			var t store.Tally
			var status int16
			err := row.Scan((*[16]byte)(&t.AutomationID), (*int64)(&t.At), &status, &t.Count)
			t.Status = belay.Status(status)
			return t, err
		})
	}
	found, err = list(ctx, s, "tally", store.Page{Limit: 1}, collect, sqlTally,
		of(q.SiteID), raw(q.SiteID), raws(automations), int64(q.Since), q.Look)
	slices.SortFunc(found, func(a, b store.Tally) int {
		return cmp.Or(bytes.Compare(a.AutomationID[:], b.AutomationID[:]), cmp.Compare(a.At, b.At), cmp.Compare(a.Status, b.Status))
	})
	return found, err
}

// Entries lists a stream.
func (s *Store) Entries(ctx context.Context, q store.EntryQuery) ([]store.Entry, error) {
	after, before := bounds(q.Page)
	collect := func(rows pgx.Rows) ([]store.Entry, error) {
		return pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Entry, error) {
			e := store.Entry{SiteID: q.SiteID, Stream: q.Stream}
			err := row.Scan((*[16]byte)(&e.ID), &e.Value)
			return e, err
		})
	}
	return list(ctx, s, q.Stream, q.Page, collect, choose(q.Newest, sqlEntryUp, sqlEntryDown),
		of(q.SiteID), raw(q.SiteID), []byte(q.Stream), after, before, q.Limit)
}

// Deliveries lists a site's deliveries in order, passing by those not asked for.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]belay.Delivery, error) {
	after, before := bounds(q.Page)
	var status *int16
	if q.Status != 0 {
		status = new(int16)
		*status = int16(q.Status)
	}
	return list(ctx, s, "deliveries", q.Page, func(rows pgx.Rows) ([]belay.Delivery, error) {
		return s.deliveries(q.SiteID, rows)
	}, choose(q.Newest, sqlDeliveriesUp, sqlDeliveriesDown),
		of(q.SiteID), raw(q.SiteID), after, before, filter(q.AppID), filter(q.EntityID), status, q.Limit)
}

// DueDeliveries asks bucket by bucket, all in one go.
func (s *Store) DueDeliveries(ctx context.Context, q store.DueDeliveryQuery) (found []store.DueDelivery, err error) {
	if q.Limit <= 0 {
		return nil, nil
	}
	err = s.eachBucket(ctx, "due deliveries", q.Buckets, func() { found = found[:0] }, func(batch *pgx.Batch, bucket int16) {
		batch.Queue(sqlDueDeliveries, bucket, raw(q.AppID), int64(q.Until), q.Limit).Query(func(rows pgx.Rows) error {
			var d store.DueDelivery
			_, err := pgx.ForEachRow(rows, []any{(*int64)(&d.At), (*[16]byte)(&d.SiteID), (*[16]byte)(&d.EntityID), (*[16]byte)(&d.DeliveryID)}, func() error {
				found = append(found, d)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b store.DueDelivery) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.DeliveryID[:], b.DeliveryID[:]))
	})
	return found[:min(len(found), q.Limit)], nil
}

// eachBucket sends what ask queues for each bucket of a set, all in one go; anew
// is called before it is sent, once or twice.
func (s *Store) eachBucket(ctx context.Context, what string, set *store.Buckets, anew func(), ask func(*pgx.Batch, int16)) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.exit()
	if set != nil && set.Len() == 0 {
		return nil
	}
	return s.read(ctx, what, func(ctx context.Context, db querier) error {
		anew()
		var batch pgx.Batch
		if !s.settled {
			batch.Queue(sqlListSettings)
		}
		for b := range belay.Buckets {
			if set.Has(uint8(b)) {
				ask(&batch, int16(b))
			}
		}
		return db.SendBatch(ctx, &batch).Close()
	})
}

// Due asks bucket by bucket, all in one go. Reading takes nothing from another
// node: whoever starts what is due compares its version.
func (s *Store) Due(ctx context.Context, q store.DueQuery) (found []store.Due, err error) {
	set := q.Buckets
	if q.Limit <= 0 || q.From >= q.Until {
		set = &store.Buckets{} // nothing
	}
	err = s.eachBucket(ctx, "due", set, func() { found = found[:0] }, func(batch *pgx.Batch, bucket int16) {
		batch.Queue(sqlDue, bucket, int64(q.From), int64(q.Until), q.Limit).Query(func(rows pgx.Rows) error {
			var d store.Due
			_, err := pgx.ForEachRow(rows, []any{(*int64)(&d.At), (*[16]byte)(&d.ActivationID), (*[16]byte)(&d.SiteID)}, func() error {
				found = append(found, d)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b store.Due) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:]))
	})
	return found[:min(len(found), max(q.Limit, 0))], nil
}

// Upcoming passes by what is due on other sites of the bucket.
func (s *Store) Upcoming(ctx context.Context, q store.UpcomingQuery) (found []store.Due, next store.Due, err error) {
	found, err = list(ctx, s, "upcoming", store.Page{Limit: q.Limit}, func(rows pgx.Rows) (page []store.Due, err error) {
		next = store.Due{}
		d, own, n := store.Due{}, false, int64(0)
		_, err = pgx.ForEachRow(rows, []any{(*int64)(&d.At), (*[16]byte)(&d.ActivationID), &own, &n}, func() error {
			if own {
				page = append(page, store.Due{At: d.At, SiteID: q.SiteID, ActivationID: d.ActivationID})
			}
			if n == store.UpcomingLook && len(page) < q.Limit {
				next = d
			}
			return nil
		})
		return page, err
	}, sqlUpcoming, of(q.SiteID), int64(q.After.At), raw(q.After.ActivationID), int64(q.Until), raw(q.SiteID), store.UpcomingLook, q.Limit)
	return found, next, err
}

// Trail asks bucket by bucket, each for a whole page, since one may have it all.
func (s *Store) Trail(ctx context.Context, q store.TrailQuery) (found []store.Entry, err error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	after, before := bounds(q.Page)
	sql := choose(q.Newest, sqlTrailUp, sqlTrailDown)
	err = s.eachBucket(ctx, q.Stream+" of all sites", nil, func() { found = found[:0] }, func(batch *pgx.Batch, bucket int16) {
		batch.Queue(sql, bucket, []byte(q.Stream), after, before, q.Limit).Query(func(rows pgx.Rows) error {
			e := store.Entry{Stream: q.Stream}
			_, err := pgx.ForEachRow(rows, []any{(*[16]byte)(&e.SiteID), (*[16]byte)(&e.ID), &e.Value}, func() error {
				e.Value = bytes.Clone(e.Value)
				found = append(found, e)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b store.Entry) int {
		if q.Newest {
			a, b = b, a
		}
		return cmp.Or(bytes.Compare(a.ID[:], b.ID[:]), bytes.Compare(a.SiteID[:], b.SiteID[:]))
	})
	return found[:min(len(found), q.Limit)], nil
}

func choose(down bool, up, other string) string {
	if down {
		return other
	}
	return up
}
