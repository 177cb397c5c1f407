package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// off is an activation that a cancel called off which tells somebody.
type off struct {
	by *store.Cancel
	id belay.ID
}

// tells reports whether an act of a part tells somebody if it happens.
func (p *part) tells() bool {
	for _, c := range p.changes {
		if len(c.do.Deliveries) > 0 || anyTells(c.do.Cancels) {
			return true
		}
	}
	for _, c := range p.cancels {
		if len(c.do.Tell) > 0 {
			return true
		}
	}
	for _, r := range p.reports {
		if len(r.do.Deliveries) > 0 || slices.ContainsFunc(r.do.Claims, claimTells) {
			return true
		}
	}
	for _, s := range p.saves {
		if len(s.do.Deliveries) > 0 || s.do.Claim != nil && claimTells(*s.do.Claim) {
			return true
		}
	}
	return false
}

func claimTells(c store.Claim) bool { return len(c.Deliveries)+len(c.OtherwiseDeliveries) > 0 }

func anyTells(cancels []store.Cancel) bool {
	for i := range cancels {
		if len(cancels[i].Tell) > 0 {
			return true
		}
	}
	return false
}

// calledOff carries out the cancels that were queued, and queues a look at what
// they called off, for what is to be told of it.
func (s *Store) calledOff(ctx context.Context, conn *pgxpool.Conn, out *pipeline) error {
	if err := out.run(ctx, conn); err != nil || len(out.off) == 0 {
		return err
	}
	var sites, names ids
	for _, o := range out.off {
		sites, names = append(sites, raw(o.by.SiteID)), append(names, raw(o.id))
	}
	out.add(sqlCalledOff, func(rows pgx.Rows) error {
		var n int64
		var r activationRow
		err := rows.Scan(&n, (*[16]byte)(&r.id), (*[16]byte)(&r.app), (*[16]byte)(&r.automation), (*[16]byte)(&r.event),
			(*[16]byte)(&r.entity), &r.trigger, &r.cancel, &r.body)
		if err != nil {
			return err
		}
		c := out.off[n-1].by
		after, err := s.codec.readActivation(c.SiteID, &r)
		if err != nil {
			return err
		}
		r.cancel = nil // the body is as it was
		before, err := s.codec.readActivation(c.SiteID, &r)
		if err == nil {
			out.told = append(out.told, belay.Tell(&before, &after, c.Tell, c.Now)...)
		}
		return err
	}, out.bucket, sites, names)
	return nil
}

// tell carries out what was queued, and queues what is to be told of what happened.
func (s *Store) tell(ctx context.Context, conn *pgxpool.Conn, out *pipeline, p *part) error {
	if err := out.run(ctx, conn); err != nil {
		return err
	}
	list := out.told
	for _, c := range p.changes {
		if c.answer.Happened() {
			list = append(list, c.do.Deliveries...)
		}
	}
	for _, r := range p.reports {
		if r.answer.Outcome != store.Accepted {
			continue
		}
		list = append(list, r.do.Deliveries...)
		for i := range r.do.Claims {
			list = append(list, toldOf(&r.do.Claims[i], r.answer.Passed[i])...)
		}
	}
	for _, v := range p.saves {
		if *v.answer == store.Lost || out.before[v.answer] {
			continue
		}
		list = append(list, v.do.Deliveries...)
		if v.do.Claim != nil {
			list = append(list, toldOf(v.do.Claim, *v.answer == store.Kept)...)
		}
	}
	if len(list) == 0 {
		return nil
	}
	var c deliveryColumns
	for i := range list {
		if err := c.add(s.codec, &list[i]); err != nil {
			return err
		}
	}
	out.add(sqlTold, nil, append([]any{out.bucket}, c.columns()...)...)
	return nil
}

func toldOf(c *store.Claim, passed bool) []belay.Delivery {
	if passed {
		return c.Deliveries
	}
	return c.OtherwiseDeliveries
}

// deliveryColumns are those of the table, one element for each row.
type deliveryColumns struct {
	sites, ids, apps, entities ids
	sequences, versions, dues  bigs
	statuses                   smalls
	bodies                     texts
}

func (c *deliveryColumns) add(codec codec, d *belay.Delivery) error {
	body, err := codec.delivery(d)
	if err != nil {
		return err
	}
	c.sites, c.ids = append(c.sites, raw(d.SiteID)), append(c.ids, raw(d.ID))
	c.apps, c.entities = append(c.apps, raw(d.AppID)), append(c.entities, raw(d.EntityID))
	c.sequences, c.versions, c.dues = append(c.sequences, big(d.Sequence)), append(c.versions, big(d.Version)), append(c.dues, due(d.Due))
	c.statuses, c.bodies = append(c.statuses, int16(d.Status)), append(c.bodies, body)
	return nil
}

func (c *deliveryColumns) columns() []any {
	return []any{c.sites, c.ids, c.apps, c.entities, c.sequences, c.versions, c.dues, c.statuses, c.bodies}
}

func (s *Store) deliverySaves(out *pipeline, list []act[store.DeliverySave, store.Saved]) error {
	type key struct{ site, id belay.ID }
	for _, wave := range waves(list, func(v act[store.DeliverySave, store.Saved]) []turn[key] {
		return []turn[key]{{key: key{v.do.Delivery.SiteID, v.do.Delivery.ID}}}
	}) {
		var c deliveryColumns
		var was bigs
		var again flags
		for _, v := range wave {
			if err := c.add(s.codec, &v.do.Delivery); err != nil {
				return err
			}
			*v.answer = store.Lost
			was, again = append(was, big(v.do.Version)), append(again, v.do.Again)
		}
		out.add(sqlDeliverySaves, func(rows pgx.Rows) error {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			*wave[n-1].answer = store.Kept
			return nil
		}, out.bucket, c.sites, c.ids, was, c.versions, c.dues, c.statuses, again, c.bodies)
	}
	return nil
}
