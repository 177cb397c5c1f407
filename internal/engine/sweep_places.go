package engine

import (
	"context"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// placeSpare is for how long a place is left alone that may be forgotten: clocks
// differ, and so does what nodes know of the configuration.
const placeSpare = time.Hour

// sweepPlaces forgets places that are of no automation any more, or whose time is
// over.
func (e *Engine) sweepPlaces(ctx context.Context, site belay.ID) error {
	some, err := e.Store().Places(ctx, store.PlaceQuery{SiteID: site, Limit: 1})
	if err != nil || len(some) == 0 {
		return err
	}
	if _, err := e.book.Refresh(ctx, site); err != nil {
		return err
	}
	then := e.Now().Add(-placeSpare)
	gone := map[belay.ID]bool{}
	return e.forgetPlaces(ctx, site, func(p *store.Place) (bool, error) {
		deleted, known := gone[p.AutomationID]
		if !known {
			reason, err := e.book.Standing(ctx, site, p.AutomationID, 0)
			if err != nil {
				return false, err
			}
			deleted = reason == belay.AutomationDeleted
			gone[p.AutomationID] = deleted
		}
		return p.Until != 0 && p.Until < then || deleted && p.At < then, nil
	})
}

// forgetPlaces forgets the places of a site that over names.
func (e *Engine) forgetPlaces(ctx context.Context, site belay.ID, over func(*store.Place) (bool, error)) error {
	q := store.PlaceQuery{SiteID: site, Limit: sweepPage}
	for {
		page, err := e.Store().Places(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		q.After = page[len(page)-1]
		purge := store.Purge{SiteID: site}
		for i := range page {
			gone, err := over(&page[i])
			if err != nil {
				return err
			}
			if gone {
				purge.Places = append(purge.Places, page[i])
			}
		}
		if err := e.forget(ctx, purge, len(purge.Places)); err != nil {
			return err
		}
	}
}
