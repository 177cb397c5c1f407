package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// tell returns the deliveries that go with a step of an activation. Where no app of
// the site asks for any, it costs a look at what is in memory.
func (e *Engine) tell(ctx context.Context, before, after *belay.Activation) []belay.Delivery {
	s, err := e.book.Snapshot(ctx, after.SiteID)
	if err != nil || s.Listeners() == nil {
		return nil // a site that is gone has nobody to be told
	}
	return belay.Tell(before, after, s.Listeners(), e.Now())
}

// toldOf has what a cancel told sent.
func (e *Engine) toldOf(site belay.ID, got *store.Canceled, to []belay.Listener) {
	if got.Count > 0 && len(to) > 0 {
		e.outbox.kick(site)
	}
}
