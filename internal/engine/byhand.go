package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// Hurried says what RunNow moved.
type Hurried struct {
	Due, Was belay.Instant
}

// RunNow has what an activation waits for first go on at once: its start, the end of
// a delay, or the next attempt at an action. How late it then is counts from now. The error is FailedPrecondition
// with the reason NOTHING_WAITS where nothing of it waits.
func (e *Engine) RunNow(ctx context.Context, by belay.Caller, site, id belay.ID) (Hurried, error) {
	var out Hurried
	a, err := e.byHand(ctx, by, site, id, "run", func(a belay.Activation, plan *flow.Plan, now belay.Instant) (belay.Activation, bool) {
		next, was, ok := plan.Hurry(a, by.Identity(), now)
		out = Hurried{Due: now, Was: was}
		return next, ok
	})
	if err == nil {
		e.due.add(a.Due, site, id)
	}
	return out, err
}

// Skipped says what Skip left out.
type Skipped struct {
	// Ended says that the activation had not begun: it is canceled.
	Ended bool
	// LeftOut are the actions that are left out.
	LeftOut      []Step
	AutomationID belay.ID
}

// Skip leaves out what an activation does next. One that has not begun is canceled,
// as by CancelActivation; of one that waits within, the actions behind the
// wait are left out, and what follows them goes on in its time. The error is
// FailedPrecondition with the reason NOTHING_WAITS where nothing of it waits.
func (e *Engine) Skip(ctx context.Context, by belay.Caller, site, id belay.ID) (Skipped, error) {
	var out Skipped
	a, err := e.byHand(ctx, by, site, id, "skip", func(a belay.Activation, plan *flow.Plan, now belay.Instant) (belay.Activation, bool) {
		w, ok := plan.Wait(&a)
		if out = (Skipped{AutomationID: a.AutomationID}); ok && w.Kind == flow.WaitStart && w.Due > now {
			out.Ended, out.LeftOut = true, stepsOf(plan, w.Next)
			return a, true
		}
		next, left, ok := plan.LeaveOut(a, by.Identity(), now)
		out.LeftOut = stepsOf(plan, left)
		return next, ok
	})
	switch {
	case err != nil:
		return Skipped{}, err
	case out.Ended:
		done, err := e.CancelActivation(ctx, by, site, id)
		if err == nil && done.Activations == 0 {
			err = errNothingWaits // it began in between
		}
		return out, err
	}
	e.due.add(a.Due, site, id)
	return out, nil
}

var errNothingWaits = belay.Refuse(belay.FailedPrecondition, "NOTHING_WAITS",
	"nothing of the activation waits: it is over, or under way at this moment")

// byHand changes an activation as change says, if nobody else has by then. One
// that comes back as it was is not kept anew.
func (e *Engine) byHand(ctx context.Context, by belay.Caller, site, id belay.ID, what string, change func(belay.Activation, *flow.Plan, belay.Instant) (belay.Activation, bool)) (belay.Activation, error) {
	if _, err := e.book.Snapshot(ctx, site); err != nil {
		return belay.Activation{}, e.hideSite(by, err)
	}
	if by.Role != belay.RoleOperator && (by.Role != belay.RoleSite || by.SiteID != site) {
		return belay.Activation{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the credential may not "+what+" activations of this site")
	}
	for {
		a, err := e.Store().Activation(ctx, site, id)
		if err != nil {
			return a, found(err, "activation", id)
		}
		if a.Status.Final() {
			return a, errNothingWaits
		}
		plan, err := e.book.Plan(ctx, site, a.AutomationID, a.Revision)
		if err != nil {
			return a, err
		}
		next, ok := change(a, plan, e.Now())
		switch {
		case !ok:
			return a, errNothingWaits
		case next.Version == a.Version:
			return a, nil
		}
		saved, err := e.commits.try(ctx, &store.Batch{Saves: []store.Save{{Activation: next, Version: a.Version}}})
		if err != nil {
			return a, err
		}
		if saved.Saves[0] == store.Kept {
			e.log.InfoContext(ctx, "activation changed by hand", "site", site, "activation", id, "what", what, "by", by.Identity())
			return next, nil
		}
		e.metrics.conflicts.Inc()
	}
}
