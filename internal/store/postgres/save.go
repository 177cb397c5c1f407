package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

type pgInts = pgtype.FlatArray[int32]

// activationColumns are those of the table, one element for each row.
type activationColumns struct {
	sites, ids, apps, automations, events, entities ids
	versions, dues, ended                           bigs
	statuses, inFlight                              smalls
	triggers, cancels, bodies                       texts
}

func (c *activationColumns) add(codec codec, a *belay.Activation) error {
	body, err := codec.activation(a)
	if err != nil {
		return err
	}
	var cancel []byte
	if a.Status == belay.Cancelled {
		if cancel, err = codec.cancel(a.CancelReason, a.Initiator, a.EndedAt); err != nil {
			return err
		}
	}
	c.sites, c.ids = append(c.sites, raw(a.SiteID)), append(c.ids, raw(a.ID))
	c.apps, c.automations = append(c.apps, raw(a.AppID)), append(c.automations, raw(a.AutomationID))
	c.events, c.entities = append(c.events, raw(a.EventID)), append(c.entities, raw(a.EntityID))
	c.versions, c.dues, c.ended = append(c.versions, big(a.Version)), append(c.dues, due(a.Due)), append(c.ended, big(a.EndedAt))
	c.statuses, c.inFlight = append(c.statuses, int16(a.Status)), append(c.inFlight, int16(min(a.InFlight(), 1<<15-1)))
	c.triggers, c.cancels, c.bodies = append(c.triggers, []byte(a.TriggerKey)), append(c.cancels, cancel), append(c.bodies, body)
	return nil
}

func (s *Store) saves(out *pipeline, list []act[store.Save, store.Saved]) error {
	type key struct {
		site, id belay.ID
		counter  counted
	}
	sit := sittings{}
	for _, wave := range waves(list, func(v act[store.Save, store.Saved]) []turn[key] {
		turns := []turn[key]{{key: key{site: v.do.Activation.SiteID, id: v.do.Activation.ID}}}
		if c := v.do.Claim; c != nil {
			counter, n := sit.of(&v.do.Activation, c)
			turns = append(turns, turn[key]{key{counter: counter}, n})
		}
		return turns
	}) {
		if err := s.saveWave(out, wave); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) saveWave(out *pipeline, wave []act[store.Save, store.Saved]) error {
	var plain, either columnsOfSaves
	var asked []claimed
	var saved []*belay.Activation
	for _, v := range wave {
		*v.answer = store.Lost
		saved = append(saved, &v.do.Activation)
		c := v.do.Claim
		if c == nil {
			if err := plain.add(s.codec, v, &v.do.Activation, store.Kept); err != nil {
				return err
			}
			continue
		}
		saved = append(saved, &c.Otherwise)
		row := len(either.of)
		for _, form := range []struct {
			a    *belay.Activation
			kept store.Saved
		}{{&v.do.Activation, store.Kept}, {&c.Otherwise, store.KeptOtherwise}} {
			if err := either.add(s.codec, v, form.a, form.kept); err != nil {
				return err
			}
		}
		asked = append(asked, claimed{
			by: &v.do.Activation, claim: c, was: v.do.Version,
			told:   func(number int) { either.claims[row], either.claims[row+1] = int32(number), int32(number) },
			answer: func(bool) {}, // the save's says it
		})
	}
	s.claims(out, sqlSaveClaims, asked)
	plain.before(out)
	either.before(out)
	if len(plain.of) > 0 {
		out.add(sqlSaves, plain.read, plain.arguments(out.bucket)...)
	}
	if len(either.of) > 0 {
		out.add(sqlClaimedSaves, either.read, append(either.arguments(out.bucket), either.claims, either.passes)...)
	}
	s.giveBack(out, saved)
	return nil
}

// columnsOfSaves are those of activations that replace others, with the answer
// that each makes.
type columnsOfSaves struct {
	activationColumns
	of     []*store.Saved
	kept   []store.Saved
	was    bigs
	again  flags
	claims pgInts
	passes flags
}

func (c *columnsOfSaves) add(codec codec, v act[store.Save, store.Saved], a *belay.Activation, kept store.Saved) error {
	c.of, c.kept = append(c.of, v.answer), append(c.kept, kept)
	c.was, c.again = append(c.was, big(v.do.Version)), append(c.again, v.do.Again)
	c.claims, c.passes = append(c.claims, 0), append(c.passes, kept == store.Kept)
	return c.activationColumns.add(codec, a)
}

// before queues a look at which of the saves sent again were kept before: what
// those tell was kept with them, and may be gone by now.
func (c *columnsOfSaves) before(out *pipeline) {
	var of []*store.Saved
	var sites, names ids
	var versions bigs
	var bodies texts
	for i, again := range c.again {
		if again {
			of = append(of, c.of[i])
			sites, names = append(sites, c.sites[i]), append(names, c.ids[i])
			versions, bodies = append(versions, c.versions[i]), append(bodies, c.bodies[i])
		}
	}
	if len(of) == 0 {
		return
	}
	out.add(sqlKeptBefore, func(rows pgx.Rows) error {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return err
		}
		if out.before == nil {
			out.before = map[*store.Saved]bool{}
		}
		out.before[of[n-1]] = true
		return nil
	}, out.bucket, sites, names, versions, bodies)
}

func (c *columnsOfSaves) arguments(bucket int16) []any {
	return []any{
		bucket, c.sites, c.ids, c.was, c.versions, c.dues, c.activationColumns.ended, c.statuses, c.inFlight,
		c.cancels, c.again, c.bodies,
	}
}

func (c *columnsOfSaves) read(rows pgx.Rows) error {
	var n int64
	if err := rows.Scan(&n); err != nil {
		return err
	}
	*c.of[n-1] = c.kept[n-1]
	return nil
}

func (s *Store) entries(out *pipeline, list []*store.Entry) {
	if len(list) == 0 {
		return
	}
	var sites, names ids
	var streams, values texts
	for _, e := range list {
		sites, names = append(sites, raw(e.SiteID)), append(names, raw(e.ID))
		value := e.Value
		if value == nil {
			value = []byte{}
		}
		streams, values = append(streams, []byte(e.Stream)), append(values, value)
	}
	out.add(sqlEntries, nil, out.bucket, sites, streams, names, values)
}

func (s *Store) purges(out *pipeline, list []act[store.Purge, store.Purged]) {
	for _, p := range list {
		site := raw(p.do.SiteID)
		if len(p.do.Events) > 0 {
			events := raws(p.do.Events)
			out.count(sqlPurgeActivations, &p.answer.Activations, out.bucket, site, events, int64(p.do.EndedBefore))
			out.count(sqlPurgeEvents, &p.answer.Events, out.bucket, site, events)
		}
		if len(p.do.Entries) > 0 {
			out.count(sqlPurgeEntries, &p.answer.Entries, out.bucket, site, []byte(p.do.Stream), raws(p.do.Entries))
		}
		if len(p.do.Deliveries) > 0 {
			out.count(sqlPurgeDeliveries, &p.answer.Deliveries, out.bucket, site, raws(p.do.Deliveries))
		}
		if len(p.do.Places) > 0 {
			var c placeColumns
			for _, place := range p.do.Places {
				place.SiteID = p.do.SiteID
				c.add(&place)
			}
			out.count(sqlPurgePlaces, &p.answer.Places, out.bucket, c.sites, c.automations, c.counters, c.ats, c.activations)
		}
	}
}
