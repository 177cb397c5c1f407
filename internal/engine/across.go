package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const (
	// maxAcross is how many sites are read for one page of events.
	maxAcross = 5_000
	// acrossAtOnce is how many of them are read at a time.
	acrossAtOnce = 8
)

// eventsAcross lists events of all sites that the caller may see: an operator of
// every site, an app and its developer the app's own on the sites that have it.
//
// IDs are in the order of reports whatever their site, so a page of one site can
// narrow down what is asked of the next: once a page is full, a site that has
// nothing within it costs one look at an index.
func (e *Engine) eventsAcross(ctx context.Context, by belay.Caller, q store.EventQuery) ([]belay.Event, error) {
	only, err := e.mayWatch(ctx, by, Watching{AppID: q.AppID})
	if err != nil {
		return nil, err
	}
	q.AppID = only
	sites := e.book.SitesSeen(by)
	if len(sites) > maxAcross {
		return nil, belay.Invalid("belay-site-id", "REQUIRED",
			fmt.Sprintf("is missing: events of up to %d sites are read together, and these are %d", maxAcross, len(sites)))
	}
	page := merged{Page: q.Page}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(acrossAtOnce)
	for _, site := range sites {
		work.Go(func() error {
			q := q
			q.SiteID, q.Page = site, page.bounds()
			events, err := e.Store().Events(ctx, q)
			if err != nil {
				return fmt.Errorf("engine: events of site %s: %w", site, err)
			}
			page.add(events)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	return page.events, nil
}

// merged is a page put together of the pages of many sites.
type merged struct {
	store.Page
	mu     sync.Mutex
	events []belay.Event
}

// bounds returns what may still find a place in the page.
func (p *merged) bounds() store.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	within := p.Page
	if len(p.events) == p.Limit {
		last := p.events[p.Limit-1].ID
		if p.Newest {
			within.After = last
		} else {
			within.Before = last
		}
	}
	return within
}

func (p *merged) add(events []belay.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, events...)
	slices.SortFunc(p.events, func(a, b belay.Event) int {
		if p.Newest {
			a, b = b, a
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
	p.events = p.events[:min(len(p.events), p.Limit)]
}
