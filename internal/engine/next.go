package engine

import (
	"context"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// nextLook is how many of the activations that wait on a site are looked at to tell
// when its automations have something to do next.
const nextLook = 200

// NextDue returns when automations of a site next have something to do, earliest
// first until 200 activations that wait were looked at: one that is not among
// theirs has nothing to do before those do.
func (e *Engine) NextDue(ctx context.Context, by belay.Caller, site belay.ID) (map[belay.ID]belay.Instant, error) {
	look, err := e.lookAhead(ctx, by, &UpcomingQuery{SiteID: site})
	if err != nil {
		return nil, err
	}
	next := map[belay.ID]belay.Instant{}
	seen := 0
	_, err = look.walk(ctx, func(u Upcoming) bool {
		if at, ok := next[u.Activation.AutomationID]; !ok || u.Wait.Due < at {
			next[u.Activation.AutomationID] = u.Wait.Due
		}
		seen++
		return seen < nextLook
	})
	if err != nil {
		return nil, fmt.Errorf("engine: next due: %w", err)
	}
	return next, nil
}
