package engine

import (
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// Canceled is what a cancel did.
type Canceled struct {
	// Activations were called off: nothing of them starts any more. IDs are the
	// first 100 of them.
	Activations int
	IDs         []belay.ID
	// InFlight actions of those had left before; what becomes of them is recorded,
	// and they are not tried again.
	InFlight []store.InFlight
	// Ended activations of the entity were over before, counted up to 1,000.
	Ended int
	// Err is why this one of many was refused.
	Err error
}

// maxRounds bounds how many portions of 10,000 activations one cancel calls off.
const maxRounds = 10_000

// Cancel calls off everything pending for an external entity under a trigger.
// When it returns, no action of those events starts. An entity that was never
// reported, or whose activations are over, is answered with zeros.
func (e *Engine) Cancel(ctx context.Context, by belay.Caller, site, app belay.ID, triggerKey string, entity belay.ID) (Canceled, error) {
	out, err := e.CancelAll(ctx, by, site, app, triggerKey, []belay.ID{entity})
	if err != nil {
		return Canceled{}, err
	}
	return out[0], out[0].Err
}

// CancelAll cancels many external entities under one trigger, each on its own.
func (e *Engine) CancelAll(ctx context.Context, by belay.Caller, site, app belay.ID, triggerKey string, entities []belay.ID) ([]Canceled, error) {
	snapshot, trigger, err := e.admit(ctx, by, site, app, triggerKey)
	if err != nil {
		return nil, err
	}
	out := make([]Canceled, len(entities))
	open := make([]int, len(entities))
	for i := range open {
		open[i] = i
	}
	stale := 0
	for round := 0; len(open) > 0 && round < maxRounds; round++ {
		batch := store.Batch{Cancels: make([]store.Cancel, len(open))}
		for i, at := range open {
			batch.Cancels[i] = store.Cancel{
				SiteID:   site,
				Selector: store.Selector{AppID: trigger.AppID, TriggerKey: trigger.Key, EntityID: entities[at]},
				Reason:   belay.EventCancelled, By: by.Identity(), Now: e.Now(),
				SiteVersion: snapshot.SiteVersion, GlobalVersion: snapshot.GlobalVersion,
				Tell: snapshot.Listeners(),
			}
			c := &batch.Cancels[i]
			if c.Note, err = e.book.CancelNote(by, c, ""); err != nil {
				return nil, err
			}
			c.Note.IfAny = round > 0 && out[at].Activations > 0 // more of what has an entry
		}
		if stale > maxStale {
			// What the caller may do was looked at just now; that is enough.
			for i := range batch.Cancels {
				batch.Cancels[i].SiteVersion, batch.Cancels[i].GlobalVersion = 0, 0
			}
		}
		result, err := e.commits.try(ctx, &batch)
		if err != nil {
			for _, at := range open {
				out[at].Err = err
			}
			return out, nil
		}
		var more []int
		moved := false
		for i, at := range open {
			got := &result.Cancels[i]
			if got.Stale {
				moved, more = true, append(more, at)
				continue
			}
			e.ground(ctx, site, got)
			e.toldOf(site, got, batch.Cancels[i].Tell)
			out[at].count(got)
			if got.More {
				more = append(more, at)
			}
		}
		open = more
		if moved {
			stale++
			if snapshot, trigger, err = e.readmit(ctx, by, site, trigger); err != nil {
				for _, at := range open {
					out[at].Err = err
				}
				return out, nil
			}
		}
	}
	for i := range out {
		if len(out[i].IDs) > 0 {
			e.log.DebugContext(ctx, "entity canceled", "site", site, "trigger", trigger.Key, "entity", entities[i],
				"canceled", out[i].Activations, "activations", out[i].IDs, "inflight", out[i].InFlight)
		}
		e.metrics.cancels.WithLabelValues("activations").Add(float64(out[i].Activations))
		e.metrics.cancels.WithLabelValues("inflight").Add(float64(len(out[i].InFlight)))
	}
	return out, nil
}

func (c *Canceled) count(got *store.Canceled) {
	if c.Activations == 0 { // else what was called off before counts as ended too
		c.Ended = got.Ended
	}
	c.Activations += got.Count
	c.InFlight = append(c.InFlight, got.InFlight...)
	for _, id := range got.IDs {
		if len(c.IDs) < 100 {
			c.IDs = append(c.IDs, id)
		}
	}
}

// CancelActivation calls off one activation of a site, whatever its trigger; the
// developer of an app those of its own triggers.
func (e *Engine) CancelActivation(ctx context.Context, by belay.Caller, site, id belay.ID) (Canceled, error) {
	snapshot, err := e.book.Snapshot(ctx, site)
	if err != nil {
		return Canceled{}, e.hideSite(by, err)
	}
	developer := by.Role == belay.RoleDeveloper && snapshot.Installed(by.AppID)
	if by.Role != belay.RoleOperator && (by.Role != belay.RoleSite || by.SiteID != site) && !developer {
		return Canceled{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the credential may not cancel activations of this site")
	}
	a, err := e.Activation(ctx, site, id)
	if err != nil {
		return Canceled{}, err
	}
	if developer && a.AppID != by.AppID {
		return Canceled{}, found(store.ErrNotFound, "activation", id)
	}
	cancel := store.Cancel{
		SiteID: site, Selector: store.Selector{ActivationID: id},
		Reason: belay.EventCancelled, By: by.Identity(), Now: e.Now(), Tell: snapshot.Listeners(),
	}
	if cancel.Note, err = e.book.CancelNote(by, &cancel, snapshot.NameOf(a.AutomationID)); err != nil {
		return Canceled{}, err
	}
	result, err := e.commits.try(ctx, &store.Batch{Cancels: []store.Cancel{cancel}})
	if err != nil {
		return Canceled{}, err
	}
	e.ground(ctx, site, &result.Cancels[0])
	e.toldOf(site, &result.Cancels[0], snapshot.Listeners())
	if a.Cause == belay.Occurrence {
		e.calendarChanged(ctx, site, a.AutomationID) // the one after it takes its place
	}
	var out Canceled
	out.count(&result.Cancels[0])
	return out, nil
}

// ground keeps in got.InFlight only what had left, and drops the attempts that
// had started but not yet left: they are called off with the rest.
func (e *Engine) ground(ctx context.Context, site belay.ID, got *store.Canceled) {
	got.InFlight = slices.DeleteFunc(got.InFlight, func(f store.InFlight) bool { return !e.left(ctx, site, f) })
	e.metrics.status.WithLabelValues(belay.Cancelled.String()).Add(float64(got.Count))
}

// left reports whether an attempt that was out when its activation was canceled
// has gone to its receiver. One that is not under way here has either come back
// since, and then its row says how, or has not been taken up yet, and then its
// sender will find the row canceled. Only where other nodes may be sending, what
// is not known here counts as gone.
func (e *Engine) left(ctx context.Context, site belay.ID, f store.InFlight) bool {
	if at, known := e.flights.ground(f); known {
		return at == sent
	}
	a, err := e.Store().Activation(ctx, site, f.ActivationID)
	if err != nil {
		return true
	}
	for i := range a.Actions {
		if a.Actions[i].ActionID != f.ActionID {
			continue
		}
		for _, try := range a.Actions[i].Attempts {
			if try.Is(f.Attempt, f.Since) {
				own := e.o.SoleOwner || try.Node == e.o.Node
				return try.Result != string(flow.Released) && (try.Result != "" || !own)
			}
		}
	}
	return true
}
