package postgres

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/store"
)

// waves divides a list so that nothing is twice in one part, and what is twice
// comes in its order: a statement does not see what it does itself.
func waves[T any, K comparable](list []T, keys func(T) []K) [][]T {
	var out [][]T
	var seen []map[K]bool
	first := 0 // no part before it may take more
	for _, one := range list {
		at := first
		for _, k := range keys(one) {
			for i := len(seen) - 1; i >= at; i-- {
				if seen[i][k] {
					at = i + 1
				}
			}
		}
		if at == len(out) {
			out, seen = append(out, nil), append(seen, map[K]bool{})
		}
		for _, k := range keys(one) {
			seen[at][k] = true
		}
		out[at] = append(out[at], one)
	}
	return out
}

func (s *Store) reports(out *pipeline, list []act[store.Report, store.Reported]) error {
	type key struct {
		site, id [16]byte
		hash     bool
	}
	for _, wave := range waves(list, func(r act[store.Report, store.Reported]) []key {
		e := &r.do.Event
		keys := []key{{e.SiteID, e.ID, false}}
		if h := hashKey(e); h.Valid {
			keys = append(keys, key{e.SiteID, h.Bytes, true})
		}
		return keys
	}) {
		if err := s.reportWave(out, wave); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) reportWave(out *pipeline, wave []act[store.Report, store.Reported]) error {
	var sites, events, hashes, apps, entities ids
	var nows, siteVersions, globalVersions, untils bigs
	var again flags
	var triggers, bodies texts
	var made []string
	keyed := false
	for _, r := range wave {
		e := &r.do.Event
		body, err := s.codec.event(*e)
		if err != nil {
			return err
		}
		hash := hashKey(e)
		keyed = keyed || hash.Valid
		sites, events, hashes = append(sites, raw(e.SiteID)), append(events, raw(e.ID)), append(hashes, hash)
		apps, entities = append(apps, raw(e.AppID)), append(entities, raw(e.EntityID))
		triggers, bodies = append(triggers, []byte(e.TriggerKey)), append(bodies, body)
		made = append(made, literal(e.Activations))
		nows, untils = append(nows, big(r.do.Now)), append(untils, big(r.do.KeyUntil))
		siteVersions, globalVersions = append(siteVersions, big(r.do.SiteVersion)), append(globalVersions, big(r.do.GlobalVersion))
		again = append(again, r.do.Again)
	}
	sql, args := sqlDecide, []any{out.bucket, sites, events, hashes, nows, siteVersions, globalVersions, again}
	if out.fence != 0 {
		sql, args = sqlDecideAtOnce, append(args, out.fence)
		out.fence = 0 // from here on the bucket is locked
	}
	out.add(sql, func(rows pgx.Rows) error { return readOutcomes(rows, wave) }, args...)
	out.add(sqlEvents, nil, out.bucket, sites, events, apps, triggers, entities, made, bodies)
	if keyed {
		out.add(sqlKeys, nil, out.bucket, sites, hashes, events, untils)
	}
	if keyed || slices.Contains(again, true) {
		out.add(sqlMade, func(rows pgx.Rows) error { return readMade(rows, wave) }, out.bucket, sites, events)
	}
	return s.activate(out, wave)
}

// activate queues the activations of a wave of reports.
func (s *Store) activate(out *pipeline, wave []act[store.Report, store.Reported]) error {
	var of pgInts
	var c activationColumns
	for n, r := range wave {
		for i := range r.do.Activations {
			of = append(of, int32(n+1))
			if err := c.add(s.codec, &r.do.Activations[i]); err != nil {
				return err
			}
		}
	}
	if len(of) > 0 {
		out.add(sqlActivations, nil, out.bucket, of, c.sites, c.ids, c.versions, c.dues, c.ended, c.statuses,
			c.inFlight, c.apps, c.automations, c.events, c.entities, c.triggers, c.cancels, c.bodies)
	}
	return nil
}

func readOutcomes(rows pgx.Rows, wave []act[store.Report, store.Reported]) error {
	var outcomes []int16
	var taken []*[16]byte
	if err := rows.Scan(&outcomes, &taken); err != nil {
		return err
	}
	if len(outcomes) != len(wave) || len(taken) != len(wave) {
		return fmt.Errorf("%d outcomes of %d reports", len(outcomes), len(wave))
	}
	for i, r := range wave {
		switch outcomes[i] {
		case decidedAccepted:
			*r.answer = store.Reported{Outcome: store.Accepted}
		case decidedTaken:
			if taken[i] == nil {
				return errors.New("an idempotency key that leads to nothing")
			}
			*r.answer = store.Reported{Outcome: store.Repeated, EventID: *taken[i]}
		case decidedKnown:
			*r.answer = store.Reported{Outcome: store.Repeated, EventID: r.do.Event.ID}
		case decidedStale:
			*r.answer = store.Reported{Outcome: store.Stale}
		default:
			return fmt.Errorf("an outcome %d of a report", outcomes[i])
		}
	}
	return nil
}

func readMade(rows pgx.Rows, wave []act[store.Report, store.Reported]) error {
	var n int64
	var made [][16]byte
	if err := rows.Scan(&n, &made); err != nil {
		return err
	}
	wave[n-1].answer.Activations = cooked(made)
	return nil
}

// Keys that are free are taken away in portions, four for each that was added, so
// that they do not pile up. What is free by an hour is so on every node's clock.
const (
	sweepEvery = 64
	sweepSpare = 3_600_000
)

func (s *Store) sweep(out *pipeline, p *part) int64 {
	if len(p.reports) == 0 {
		return 0
	}
	added := s.buckets[p.bucket].keys.Add(int64(len(p.reports)))
	if added < sweepEvery {
		return 0
	}
	out.add(sqlSweep, nil, out.bucket, int64(p.reports[0].do.Now-sweepSpare), 4*added)
	return added
}
