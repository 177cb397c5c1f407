package postgres

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// waves divides a list so that nothing is twice in one part, and what is twice
// comes in its order: a statement does not see what it does itself.
func waves[T any, K comparable](list []T, keys func(T) []turn[K]) [][]T {
	type place struct{ part, sitting int }
	var out [][]T
	last := map[K]place{}
	for _, one := range list {
		at, turns := 0, keys(one)
		for _, t := range turns {
			switch before, ok := last[t.key]; {
			case !ok:
			case t.sitting > 0 && t.sitting == before.sitting:
				at = max(at, before.part)
			default:
				at = max(at, before.part+1)
			}
		}
		if at == len(out) {
			out = append(out, nil)
		}
		for _, t := range turns {
			last[t.key] = place{at, t.sitting}
		}
		out[at] = append(out[at], one)
	}
	return out
}

// turn is a key that comes once in each part of a list, or as often as may be in
// one sitting, if that has a number.
type turn[K comparable] struct {
	key     K
	sitting int
}

func (s *Store) reports(out *pipeline, list []act[store.Report, store.Reported]) error {
	type key struct {
		site, id [16]byte
		hash     bool
		counter  counted
	}
	sit := sittings{}
	for _, wave := range waves(list, func(r act[store.Report, store.Reported]) []turn[key] {
		e := &r.do.Event
		turns := []turn[key]{{key: key{site: e.SiteID, id: e.ID}}}
		if h := hashKey(e); h.Valid {
			turns = append(turns, turn[key]{key: key{site: e.SiteID, id: h.Bytes, hash: true}})
		}
		for i := range r.do.Claims {
			c := &r.do.Claims[i]
			counter, n := sit.of(&r.do.Activations[c.Of], c)
			turns = append(turns, turn[key]{key{counter: counter}, n})
		}
		return turns
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

// activate queues the activations of a wave of reports, and before them their
// claims.
func (s *Store) activate(out *pipeline, wave []act[store.Report, store.Reported]) error {
	var plain, either columnsOfReports
	var asked []claimed
	for n, r := range wave {
		claims := make(map[int]int, len(r.do.Claims)) // by activation
		for i := range r.do.Claims {
			claims[r.do.Claims[i].Of] = i
		}
		for i := range r.do.Activations {
			a := &r.do.Activations[i]
			at, ok := claims[i]
			if !ok {
				if err := plain.add(s.codec, n, a, false); err != nil {
					return err
				}
				continue
			}
			c, row := &r.do.Claims[at], len(either.of)
			if err := either.add(s.codec, n, a, true); err != nil {
				return err
			}
			if err := either.add(s.codec, n, &c.Otherwise, false); err != nil {
				return err
			}
			asked = append(asked, claimed{
				by: a, claim: c, report: n + 1,
				told:   func(number int) { either.claims[row], either.claims[row+1] = int32(number), int32(number) },
				answer: func(passed bool) { r.answer.Passed[at] = passed },
			})
		}
	}
	s.claims(out, sqlReportClaims, asked)
	if len(plain.of) > 0 {
		out.add(sqlActivations, nil, plain.arguments(out.bucket)...)
	}
	if len(either.of) > 0 {
		out.add(sqlClaimedActivations, nil, append(either.arguments(out.bucket), either.claims, either.passes)...)
	}
	return nil
}

// columnsOfReports are those of activations, with the report that each is of and
// how the claim comes out whose number it names.
type columnsOfReports struct {
	activationColumns
	of, claims pgInts
	passes     flags
}

func (c *columnsOfReports) add(codec codec, report int, a *belay.Activation, passes bool) error {
	c.of, c.claims, c.passes = append(c.of, int32(report+1)), append(c.claims, 0), append(c.passes, passes)
	return c.activationColumns.add(codec, a)
}

func (c *columnsOfReports) arguments(bucket int16) []any {
	return []any{
		bucket, c.of, c.sites, c.ids, c.versions, c.dues, c.ended, c.statuses,
		c.inFlight, c.apps, c.automations, c.events, c.entities, c.triggers, c.cancels, c.bodies,
	}
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
		passed := make([]bool, len(r.do.Claims))
		switch outcomes[i] {
		case decidedAccepted:
			*r.answer = store.Reported{Outcome: store.Accepted, Passed: passed}
		case decidedTaken:
			if taken[i] == nil {
				return errors.New("an idempotency key that leads to nothing")
			}
			*r.answer = store.Reported{Outcome: store.Repeated, EventID: *taken[i], Passed: passed}
		case decidedKnown:
			*r.answer = store.Reported{Outcome: store.Repeated, EventID: r.do.Event.ID, Passed: passed}
		case decidedStale:
			*r.answer = store.Reported{Outcome: store.Stale, Passed: passed}
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
