package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// ToldRun is an activation with all that is known of how it came to be and what
// came of it.
type ToldRun struct {
	belay.Activation
	// Event is what it was begun by, nil where that is kept no longer.
	Event *belay.Event
	// Was is the automation as the activation carries it out, nil where that is not
	// kept or the caller may not see it; Revision is what it has become since, zero
	// where it is gone.
	Was      *config.AsAt
	Revision int64
	Snapshot *config.Snapshot
	Reruns   []belay.Activation
}

const (
	// maxReruns is how many repetitions of an activation are told of.
	maxReruns = 20
	// rerunsSought is how many later activations of the automation they are looked
	// for among.
	rerunsSought = 500
)

// TellRun tells of an activation of a site that the caller may see.
func (e *Engine) TellRun(ctx context.Context, by belay.Caller, site, id belay.ID) (ToldRun, error) {
	a, err := e.ActivationOf(ctx, by, site, id)
	if err != nil {
		return ToldRun{}, err
	}
	told := ToldRun{Activation: a}
	if told.Snapshot, err = e.book.Snapshot(ctx, site); err != nil {
		return ToldRun{}, err
	}
	event, err := e.EventOf(ctx, by, site, a.EventID)
	switch {
	case err == nil:
		told.Event = &event
	case belay.CodeOf(err) != belay.NotFound:
		return ToldRun{}, err
	}
	if now, ok := told.Snapshot.Automation(a.AutomationID); ok {
		told.Revision = now.Revision
	}
	if by.Role != belay.RoleApp && by.Role != belay.RoleDeveloper {
		was, err := e.book.Was(ctx, site, a.AutomationID, a.Revision)
		switch {
		case err == nil:
			told.Was = &was
		case belay.CodeOf(err) != belay.NotFound:
			return ToldRun{}, err
		}
	}
	told.Reruns, err = e.rerunsOf(ctx, &a)
	return told, err
}

// rerunsOf looks for the activations that repeat one. They are of its automation,
// and later.
func (e *Engine) rerunsOf(ctx context.Context, a *belay.Activation) (found []belay.Activation, err error) {
	later, err := e.Store().Activations(ctx, store.ActivationQuery{
		SiteID: a.SiteID, AutomationID: a.AutomationID, Page: store.Page{After: a.ID, Limit: rerunsSought},
	})
	for _, one := range later {
		if one.RerunOf == a.ID && len(found) < maxReruns {
			found = append(found, flow.Expired(one, e.Now()))
		}
	}
	return found, err
}
