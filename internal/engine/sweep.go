package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// How the past is forgotten: little by little, so that it delays nobody.
const (
	sweepEvery = 6 * time.Hour
	sweepPage  = 500
	sweepPause = 20 * time.Millisecond // between two commits
)

// sweep forgets what is too old, site by site, until ctx ends. The first round
// begins a while after the start, when what is overdue has been dealt with.
func (e *Engine) sweep(ctx context.Context) {
	if err := e.book.CallOff(ctx); err != nil && ctx.Err() == nil {
		e.log.Error("activations of an app's automation could not be called off; trying again later", "error", err)
	}
	if err := e.forgetGone(ctx); err != nil && ctx.Err() == nil {
		e.log.Error("what happened on a deleted site could not be forgotten; trying again later", "error", err)
	}
	timer := time.NewTimer(10 * time.Minute)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := e.Sweep(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("what is too old could not be forgotten; trying again later", "error", err)
		}
		timer.Reset(sweepEvery)
	}
}

// Sweep forgets, on every site that this node looks after, events that are older than the site keeps them,
// with all their activations, if those ended that long ago; entries of
// inboxes, outboxes and the audit log and deliveries of that age; and places under limits that
// count no more. Before, it cancels what a process that died should have.
func (e *Engine) Sweep(ctx context.Context) error {
	if err := e.book.CallOff(ctx); err != nil {
		return err
	}
	if err := e.forgetGone(ctx); err != nil {
		return err
	}
	if keep := e.o.Retention; keep >= 0 && e.members.owns(belay.ID{}) {
		if err := e.sweepStream(ctx, belay.ID{}, store.Changes, e.Now().Add(-keep)); err != nil {
			return fmt.Errorf("engine: sweep the audit log: %w", err)
		}
	}
	sites, err := e.book.Sites(ctx, belay.Caller{Role: belay.RoleOperator})
	if err != nil {
		return err
	}
	for _, site := range sites {
		if !e.members.owns(site.ID) {
			continue // another node's
		}
		if err := e.sweepPlaces(ctx, site.ID); err != nil {
			return fmt.Errorf("engine: sweep the places of site %s: %w", site.ID, err)
		}
		keep := e.o.Retention
		if site.RetentionDays > 0 {
			keep = time.Duration(site.RetentionDays) * 24 * time.Hour
		}
		if keep < 0 {
			continue
		}
		before := e.Now().Add(-keep)
		if err := e.sweepEvents(ctx, site.ID, before); err != nil {
			return fmt.Errorf("engine: sweep site %s: %w", site.ID, err)
		}
		for _, stream := range streams() {
			if err := e.sweepStream(ctx, site.ID, stream, before); err != nil {
				return fmt.Errorf("engine: sweep the %s of site %s: %w", stream, site.ID, err)
			}
		}
		if err := e.sweepDeliveries(ctx, site.ID, before); err != nil {
			return fmt.Errorf("engine: sweep the deliveries of site %s: %w", site.ID, err)
		}
	}
	return nil
}

// streams are what is forgotten of a site by age.
func streams() []string { return []string{Outbox, Inbox, store.Changes, store.Cancels} }

// DeleteSite deletes a site. What happened on it is forgotten at once, beside
// other work; until that is done, no site can be set up under its ID.
func (e *Engine) DeleteSite(ctx context.Context, by belay.Caller, site belay.ID) error {
	if err := e.book.DeleteSite(ctx, by, site); err != nil {
		return err
	}
	e.work.Go(func() {
		if err := e.forgetSite(e.life, site); err != nil && e.life.Err() == nil {
			e.log.Error("what happened on a deleted site could not be forgotten; trying again later", "site", site, "error", err)
		}
	})
	return nil
}

func (e *Engine) forgetGone(ctx context.Context) error {
	gone, err := e.book.Gone(ctx)
	if err != nil {
		return err
	}
	for _, site := range gone {
		if !e.members.owns(site) {
			continue
		}
		if err := e.forgetSite(ctx, site); err != nil {
			return fmt.Errorf("engine: forget site %s: %w", site, err)
		}
	}
	return nil
}

// forgetSite forgets all that is stored of a deleted site. What has not ended,
// as one commit cancels a part of very many, is canceled first.
func (e *Engine) forgetSite(ctx context.Context, site belay.ID) error {
	for _, status := range []belay.Status{belay.Initiated, belay.Scheduled, belay.Started} {
		if err := e.cancelAll(ctx, site, status); err != nil {
			return err
		}
	}
	end := e.Now().Add(time.Hour)
	if err := e.sweepEvents(ctx, site, end); err != nil {
		return err
	}
	for _, stream := range streams() {
		if err := e.sweepStream(ctx, site, stream, end); err != nil {
			return err
		}
	}
	if err := e.sweepDeliveries(ctx, site, end); err != nil {
		return err
	}
	if err := e.forgetPlaces(ctx, site, func(*store.Place) (bool, error) { return true, nil }); err != nil {
		return err
	}
	return e.book.Forgotten(ctx, site)
}

// cancelAll calls off every activation of a deleted site that has a status.
func (e *Engine) cancelAll(ctx context.Context, site belay.ID, status belay.Status) error {
	for {
		page, err := e.Store().Activations(ctx, store.ActivationQuery{SiteID: site, Status: status, Page: store.Page{Limit: sweepPage}})
		if err != nil || len(page) == 0 {
			return err
		}
		var batch store.Batch
		for i := range page {
			batch.Cancels = append(batch.Cancels, store.Cancel{
				SiteID: site, Selector: store.Selector{ActivationID: page[i].ID}, Reason: belay.AutomationDeleted, Now: e.Now(),
			})
		}
		if _, err := e.commits.must(ctx, &batch); err != nil {
			return err
		}
	}
}

func (e *Engine) sweepEvents(ctx context.Context, site belay.ID, before belay.Instant) error {
	q := store.EventQuery{SiteID: site, Page: store.Page{Before: belay.IDFloor(before.Time()), Limit: sweepPage}}
	for {
		page, err := e.Store().Events(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		q.After = page[len(page)-1].ID
		purge := store.Purge{SiteID: site, EndedBefore: before}
		for i := range page {
			over, err := e.overBy(ctx, &page[i], before)
			if err != nil {
				return err
			}
			if over {
				purge.Events = append(purge.Events, page[i].ID)
			}
		}
		if err := e.forget(ctx, purge, len(purge.Events)); err != nil {
			return err
		}
	}
}

// overBy reports whether an event's first activation had ended by then. It spares
// the commit what is still pending; the commit itself looks at every activation.
func (e *Engine) overBy(ctx context.Context, event *belay.Event, then belay.Instant) (bool, error) {
	if len(event.Activations) == 0 {
		return true, nil
	}
	a, err := e.Store().Activation(ctx, event.SiteID, event.Activations[0])
	if belay.CodeOf(found(err, "activation", event.Activations[0])) == belay.NotFound {
		return true, nil
	}
	return a.Status.Final() && a.EndedAt < then, err
}

func (e *Engine) sweepStream(ctx context.Context, site belay.ID, stream string, before belay.Instant) error {
	q := store.EntryQuery{SiteID: site, Stream: stream, Page: store.Page{Before: belay.IDFloor(before.Time()), Limit: sweepPage}}
	for {
		page, err := e.Store().Entries(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		q.After = page[len(page)-1].ID
		purge := store.Purge{SiteID: site, Stream: stream}
		for i := range page {
			purge.Entries = append(purge.Entries, page[i].ID)
		}
		if err := e.forget(ctx, purge, len(purge.Entries)); err != nil {
			return err
		}
	}
}

// sweepDeliveries forgets deliveries of changes before then, also those that still
// wait for an app that asks for nothing any more.
func (e *Engine) sweepDeliveries(ctx context.Context, site belay.ID, before belay.Instant) error {
	q := store.DeliveryQuery{SiteID: site, Page: store.Page{Before: belay.IDFloor(before.Time()), Limit: sweepPage}}
	for {
		page, err := e.Store().Deliveries(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		q.After = page[len(page)-1].ID
		purge := store.Purge{SiteID: site}
		for i := range page {
			if page[i].EndedAt < before { // a replay may have brought an old one back
				purge.Deliveries = append(purge.Deliveries, page[i].ID)
			}
		}
		if err := e.forget(ctx, purge, len(purge.Deliveries)); err != nil {
			return err
		}
	}
}

func (e *Engine) forget(ctx context.Context, purge store.Purge, n int) error {
	if n == 0 {
		return nil
	}
	result, err := e.commits.must(ctx, &store.Batch{Purges: []store.Purge{purge}})
	if err != nil {
		return err
	}
	done := result.Purges[0]
	e.metrics.purged.WithLabelValues("events").Add(float64(done.Events))
	e.metrics.purged.WithLabelValues("activations").Add(float64(done.Activations))
	e.metrics.purged.WithLabelValues("entries").Add(float64(done.Entries))
	e.metrics.purged.WithLabelValues("deliveries").Add(float64(done.Deliveries))
	e.metrics.purged.WithLabelValues("places").Add(float64(done.Places))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(sweepPause):
		return nil
	}
}
