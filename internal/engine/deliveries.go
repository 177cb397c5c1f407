package engine

import (
	"context"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
)

// PutWebhooks makes list be where an app is told of changes.
func (e *Engine) PutWebhooks(ctx context.Context, by belay.Caller, app belay.ID, list []belay.Webhook) (belay.Webhooks, config.Outcome, error) {
	hooks, done, err := e.book.PutWebhooks(ctx, by, app, list)
	if err == nil {
		e.outbox.review()
	}
	return hooks, done, err
}

// Deliveries lists what apps are told of changes on a site, as far as the caller
// may see it: an app sees its own.
func (e *Engine) Deliveries(ctx context.Context, by belay.Caller, q store.DeliveryQuery) ([]belay.Delivery, error) {
	only, err := e.mayRead(ctx, by, q.SiteID)
	if err != nil {
		return nil, err
	}
	if !only.IsZero() {
		if !q.AppID.IsZero() && q.AppID != only {
			return nil, belay.Refuse(belay.PermissionDenied, "OTHER_APP", "an app sees its own deliveries only")
		}
		q.AppID = only
	}
	list, err := e.Store().Deliveries(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("engine: deliveries: %w", err)
	}
	return list, nil
}

// Delivery returns one delivery of a site that the caller may see.
func (e *Engine) Delivery(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Delivery, error) {
	only, err := e.mayRead(ctx, by, site)
	if err != nil {
		return belay.Delivery{}, err
	}
	d, err := e.Store().Delivery(ctx, site, id)
	if err == nil && !only.IsZero() && d.AppID != only {
		err = store.ErrNotFound
	}
	return d, found(err, "delivery", id)
}

// Replay sends a delivery anew, with all the time for it that a new one has: one
// that is final, or one that waits for its next attempt. It goes out before later
// ones of its entity that have not. An operator may, a site's key, and the app.
func (e *Engine) Replay(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Delivery, error) {
	if by.Role == belay.RoleViewer {
		return belay.Delivery{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "a viewer's key may not replay deliveries")
	}
	for {
		d, err := e.Delivery(ctx, by, site, id)
		if err != nil {
			return belay.Delivery{}, err
		}
		if !d.Final() && d.Tries == 0 {
			return d, nil // it is about to be sent
		}
		next := d.Replay(e.Now())
		result, err := e.commits.try(ctx, &store.Batch{Deliveries: []store.DeliverySave{{Delivery: next, Version: d.Version}}})
		if err != nil {
			return belay.Delivery{}, err
		}
		if result.Deliveries[0] == store.Kept {
			e.outbox.kick(site)
			return next, nil
		}
	}
}

// replayPage is how many deliveries one commit replays.
const replayPage = 500

// ReplayFailed replays all deliveries to an app on a site that were given up, and
// returns how many.
func (e *Engine) ReplayFailed(ctx context.Context, by belay.Caller, site, app belay.ID) (n int, err error) {
	if by.Role == belay.RoleViewer {
		return 0, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "a viewer's key may not replay deliveries")
	}
	q := store.DeliveryQuery{SiteID: site, AppID: app, Status: belay.DeliveryFailed, Page: store.Page{Limit: replayPage}}
	for {
		page, err := e.Deliveries(ctx, by, q)
		if err != nil || len(page) == 0 {
			return n, err
		}
		q.After = page[len(page)-1].ID
		var batch store.Batch
		for _, d := range page {
			batch.Deliveries = append(batch.Deliveries, store.DeliverySave{Delivery: d.Replay(e.Now()), Version: d.Version})
		}
		result, err := e.commits.try(ctx, &batch)
		if err != nil {
			return n, err
		}
		for _, saved := range result.Deliveries {
			if saved == store.Kept {
				n++
			}
		}
		e.outbox.kick(site)
	}
}
