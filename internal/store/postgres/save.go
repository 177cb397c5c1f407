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
	type key struct{ site, id belay.ID }
	for _, wave := range waves(list, func(v act[store.Save, store.Saved]) []key {
		return []key{{v.do.Activation.SiteID, v.do.Activation.ID}}
	}) {
		var c activationColumns
		var was bigs
		var again flags
		for _, v := range wave {
			if err := c.add(s.codec, &v.do.Activation); err != nil {
				return err
			}
			*v.answer = false
			was, again = append(was, big(v.do.Version)), append(again, v.do.Again)
		}
		out.add(sqlSaves, func(rows pgx.Rows) error {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			*wave[n-1].answer = true
			return nil
		}, out.bucket, c.sites, c.ids, was, c.versions, c.dues, c.ended, c.statuses, c.inFlight, c.cancels, again, c.bodies)
	}
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
	}
}
