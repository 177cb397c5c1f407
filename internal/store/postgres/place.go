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

// claimed is a claim on its way to the database, with what it is decided by
// beside its counter.
type claimed struct {
	by     *belay.Activation
	claim  *store.Claim
	report int         // of the wave, from 1; 0 for a save's
	was    int64       // the version that a save's activation must have
	told   func(n int) // takes the claim's number, from 1
	answer func(passed bool)
}

// counted is a counter.
type counted struct{ site, automation, counter belay.ID }

func (c *claimed) counted() counted {
	return counted{c.by.SiteID, c.by.AutomationID, c.claim.Counter}
}

func (c counted) compare(d counted) int {
	return cmp.Or(bytes.Compare(c.site[:], d.site[:]), bytes.Compare(c.automation[:], d.automation[:]), bytes.Compare(c.counter[:], d.counter[:]))
}

// claims queues the decision on a wave's claims, and the places of those that
// pass. A counter's claims stand together, in their order: the statement walks
// over them once.
func (s *Store) claims(out *pipeline, sql string, list []claimed) {
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b claimed) int { return a.counted().compare(b.counted()) })
	var sites, automations, counters, activations ids
	var sinces, ats, untils, which bigs
	var most pgInts
	var first flags
	for i := range list {
		c := &list[i]
		first = append(first, i == 0 || list[i-1].counted() != c.counted())
		sites, automations = append(sites, raw(c.by.SiteID)), append(automations, raw(c.by.AutomationID))
		counters, activations = append(counters, raw(c.claim.Counter)), append(activations, raw(c.by.ID))
		sinces, ats, untils = append(sinces, big(c.claim.Since)), append(ats, big(c.claim.At)), append(untils, big(c.claim.Until))
		most = append(most, int32(min(c.claim.Max, 1<<30)))
		if which = append(which, big(c.was)); c.report > 0 {
			which[i] = big(int64(c.report))
		}
		c.told(i + 1)
	}
	out.add(sql, func(rows pgx.Rows) error {
		var passed []bool
		if err := rows.Scan(&passed); err != nil {
			return err
		}
		if len(passed) != len(list) {
			return fmt.Errorf("%d answers to %d claims", len(passed), len(list))
		}
		for i := range list {
			list[i].answer(passed[i])
		}
		return nil
	}, out.bucket, sites, automations, counters, activations, sinces, ats, most, first, which)
	place := sqlPlaces
	if list[0].report > 0 {
		place = sqlReportedPlaces
	}
	out.add(place, nil, out.bucket, sites, automations, counters, activations, ats, untils, which)
}

// sittings divides claims so that within one, every place that is taken counts
// for all that come behind it, whatever times they name. Those of one sitting can
// be decided by one statement.
type sittings map[counted]struct {
	n     int
	first belay.Instant
}

// of returns the number of a claim's sitting among its counter's, from 1. It is
// called for each claim in order.
func (s sittings) of(by *belay.Activation, c *store.Claim) (counted, int) {
	key := counted{by.SiteID, by.AutomationID, c.Counter}
	now, ok := s[key]
	if !ok || now.first <= c.Since {
		now.n, now.first = now.n+1, c.At
	}
	now.first = min(now.first, c.At)
	s[key] = now
	return key, now.n
}

// giveBack queues what takes away the places of activations whose saves ended
// them before they started.
func (s *Store) giveBack(out *pipeline, saved []*belay.Activation) {
	var sites, names ids
	var versions bigs
	for _, a := range saved {
		if a.GivesBack() {
			sites, names, versions = append(sites, raw(a.SiteID)), append(names, raw(a.ID)), append(versions, big(a.Version))
		}
	}
	if len(names) > 0 {
		out.add(sqlGiveBack, nil, out.bucket, sites, names, versions)
	}
}

// Places lists the places of a site.
func (s *Store) Places(ctx context.Context, q store.PlaceQuery) (list []store.Place, err error) {
	if q.Limit < 1 || q.Limit > 1000 {
		return nil, fmt.Errorf("postgres: a page of %d places", q.Limit)
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	err = s.read(ctx, "list places", func(ctx context.Context, r querier) error {
		rows, err := r.Query(ctx, sqlPlaceList, of(q.SiteID), raw(q.SiteID), raw(q.After.AutomationID), raw(q.After.Counter),
			int64(q.After.At), raw(q.After.ActivationID), int64(q.Limit))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Place, error) {
			p := store.Place{SiteID: q.SiteID}
			err := row.Scan((*[16]byte)(&p.AutomationID), (*[16]byte)(&p.Counter), &p.At, (*[16]byte)(&p.ActivationID), &p.Until)
			return p, err
		})
		return err
	})
	return list, err
}

// placeColumns are those of the table, one element for each row.
type placeColumns struct {
	sites, automations, counters, activations ids
	ats, untils                               bigs
}

func (c *placeColumns) add(p *store.Place) {
	c.sites, c.automations = append(c.sites, raw(p.SiteID)), append(c.automations, raw(p.AutomationID))
	c.counters, c.activations = append(c.counters, raw(p.Counter)), append(c.activations, raw(p.ActivationID))
	c.ats, c.untils = append(c.ats, big(p.At)), append(c.untils, big(p.Until))
}
