package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
	"github.com/belay-events/belay/internal/store"
)

// advance takes one activation as far as it can go now, with what attempts
// achieved, makes that durable, and sends out the attempts that follow. Losing
// the race for the row to a cancel or to another step is normal: the row is read
// anew and decides. An error means that the results are not recorded; the leases
// of their attempts see to it that the activation becomes due again.
//
// known is the row as it was last seen, nil to read it; it spares a read where
// nobody has changed the row since.
func (e *Engine) advance(ctx context.Context, site, id belay.ID, known *seen, results []flow.Result) error {
	for {
		if known == nil {
			a, err := e.Store().Activation(ctx, site, id)
			switch {
			case errors.Is(err, store.ErrNotFound):
				return nil
			case err != nil:
				return fmt.Errorf("engine: advance %s: %w", id, err)
			}
			known = &seen{row: a}
		}
		a := known.row
		next, launches, claimed, changed, err := e.step(ctx, known, results)
		if err != nil {
			return fmt.Errorf("engine: advance %s: %w", id, err)
		}
		if !changed {
			e.due.add(a.Due, site, id)
			return nil
		}
		told := e.tell(ctx, &a, &next)
		save := store.Save{Activation: next, Version: a.Version, Deliveries: told}
		if claimed != nil {
			save.Claim = &store.Claim{
				Claim: claimed.Claim, Deliveries: told,
				Otherwise: claimed.Otherwise, OtherwiseDeliveries: e.tell(ctx, &a, &claimed.Otherwise),
			}
			save.Deliveries = nil
		}
		batch := &store.Batch{Saves: []store.Save{save}}
		if a.Cause == belay.Occurrence && a.Status == belay.Scheduled {
			if after := e.following(ctx, &next, e.Now()); after != nil {
				batch.Reports = []store.Report{*after}
			}
		}
		saved, err := e.commits.must(ctx, batch)
		if err != nil {
			return fmt.Errorf("engine: advance %s: %w", id, err)
		}
		for i := range batch.Reports {
			e.followed(ctx, &batch.Reports[i], saved.Reports[i])
		}
		switch saved.Saves[0] {
		case store.Lost:
			e.metrics.conflicts.Inc()
			known = nil
			continue
		case store.KeptOtherwise:
			next, told = claimed.Otherwise, save.Claim.OtherwiseDeliveries
			launches = launchesOf(&next, known.event, claimed.Effects)
		}
		e.note(&a, &next)
		if len(told) > 0 {
			e.outbox.kick(site)
		}
		e.due.add(next.Due, site, id)
		for _, l := range launches {
			e.launch(l)
		}
		return nil
	}
}

// seen is an activation as this node last saw it, with its event.
type seen struct {
	row   belay.Activation
	event *happening // nil until it is read
}

// happening is the part of an event that its activations read. It is shared and
// never written to.
type happening struct {
	payload      map[string]any
	raw          []byte // the payload as JSON
	takesPlaceAt belay.Instant
}

// happening returns the event of an activation; why says that it never can be.
func (e *Engine) happening(ctx context.Context, a *belay.Activation) (h *happening, why string, err error) {
	event, err := e.Store().Event(ctx, a.SiteID, a.EventID)
	if err != nil {
		return nil, "", fmt.Errorf("its event %s: %w", a.EventID, err)
	}
	if h, err = happeningOf(&event); err != nil {
		return nil, err.Error(), nil
	}
	return h, "", nil
}

func happeningOf(event *belay.Event) (*happening, error) {
	payload, err := schema.ParsePayload("payload", event.Payload)
	if err != nil {
		return nil, fmt.Errorf("the event's payload cannot be read: %w", err)
	}
	return &happening{payload, event.Payload, event.TakesPlaceAt}, nil
}

// launchesOf are the attempts that an activation asks for.
func launchesOf(a *belay.Activation, h *happening, effects []flow.Effect) (out []launch) {
	for _, f := range effects {
		out = append(out, launch{site: a.SiteID, event: a.EventID, activation: a.ID, known: &seen{*a, h}, Effect: f})
	}
	return out
}

// step works out what an activation does next; claimed is not nil where a claim
// decides on it.
func (e *Engine) step(ctx context.Context, known *seen, results []flow.Result) (next belay.Activation, out []launch, claimed *flow.Claimed, changed bool, err error) {
	a, now := known.row, e.Now()
	if a.Status.Final() {
		next = a
		for _, r := range results {
			var took bool
			next, took = flow.Late(next, now, r)
			changed = changed || took
		}
		return next, nil, nil, changed, nil
	}
	if a.Due > now && len(results) == 0 {
		return a, nil, nil, false, nil
	}
	if reason, off, err := e.calledOff(ctx, &a); err != nil {
		return a, nil, nil, false, err
	} else if off {
		next = a.Cancel(reason, belay.Identity{}, now)
		for _, r := range results {
			next, _ = flow.Late(next, now, r)
		}
		return next, nil, nil, true, nil
	}
	if a.Cause == belay.Occurrence && a.Status == belay.Scheduled {
		if next, begins, err := e.occurs(ctx, &a, now); err != nil || !begins {
			return next, nil, nil, err == nil, err
		}
	}
	if known.event == nil {
		event, why, err := e.happening(ctx, &a)
		if err != nil {
			return a, nil, nil, false, err
		}
		if why != "" {
			return flow.Broken(a, now, why), nil, nil, true, nil
		}
		known.event = event
	}
	plan, err := e.book.Plan(ctx, a.SiteID, a.AutomationID, a.Revision)
	if err != nil {
		if belay.CodeOf(err) == belay.Internal {
			return a, nil, nil, false, err
		}
		return flow.Broken(a, now, "the automation's revision cannot be carried out: "+err.Error()), nil, nil, true, nil
	}
	in, err := e.inputFor(ctx, known)
	if err != nil {
		return a, nil, nil, false, err
	}
	next, effects, claimed, changed := plan.Advance(a, in, results)
	return next, launchesOf(&next, known.event, effects), claimed, changed, nil
}

// inputFor returns what a step of an activation may know.
func (e *Engine) inputFor(ctx context.Context, known *seen) (flow.Input, error) {
	a := &known.row
	snapshot, err := e.book.Snapshot(ctx, a.SiteID)
	if err != nil {
		return flow.Input{}, err
	}
	if known.event == nil {
		event, why, err := e.happening(ctx, a)
		if err != nil {
			return flow.Input{}, err
		}
		if why != "" {
			return flow.Input{}, errors.New(why)
		}
		known.event = event
	}
	now, err := known.happening()
	if err != nil {
		return flow.Input{}, fmt.Errorf("its refreshed payload: %w", err)
	}
	in := e.input(snapshot.Zone, e.Now(), now)
	in.Refreshes = e.refreshes(snapshot, a.AppID, a.TriggerKey)
	return in, nil
}

// calledOff reports whether the automation was switched off, deleted or taken away
// with its app since.
// Its pending activations are canceled in the same commit; where there are more
// than one commit takes, and the process died between two, this catches the rest.
func (e *Engine) calledOff(ctx context.Context, a *belay.Activation) (belay.CancelReason, bool, error) {
	reason, err := e.book.Standing(ctx, a.SiteID, a.AutomationID, a.Revision)
	if !e.members.alone() && (err != nil || reason != "") {
		// Another node may have set it up or switched it on since.
		if _, err := e.book.Refresh(ctx, a.SiteID); err != nil && belay.CodeOf(err) != belay.NotFound {
			return "", false, err
		}
		reason, err = e.book.Standing(ctx, a.SiteID, a.AutomationID, a.Revision)
	}
	switch {
	case belay.CodeOf(err) == belay.NotFound: // the site itself is gone
		return belay.AutomationDeleted, true, nil
	case err != nil:
		return "", false, err
	case reason == belay.AutomationDeleted && a.Cause == belay.Test:
		draft, err := e.book.HasDraft(ctx, a.SiteID, a.AutomationID)
		return reason, !draft && err == nil, err
	case reason == belay.AutomationDeactivated && a.Cause == belay.Test: // of an automation that need not be active
		return "", false, nil
	}
	return reason, reason != "", nil
}

// note counts and logs what a step changed.
func (e *Engine) note(before, after *belay.Activation) {
	if before.Status != after.Status {
		e.metrics.moved(after)
		e.log.Debug("activation moved", "site", after.SiteID, "event", after.EventID, "activation", after.ID,
			"status", after.Status, "due", after.Due, "skipped", after.SkipReason, "error", after.Error)
	}
	for i := range after.Actions {
		was := belay.ActionStatus(0)
		if i < len(before.Actions) {
			was = before.Actions[i].Status
		}
		if now := after.Actions[i].Status; now != was {
			e.metrics.actions.WithLabelValues(string(after.Actions[i].Type), now.String()).Inc()
			if s := &after.Actions[i]; now == belay.ActionFailed {
				e.log.Warn("action failed", "site", after.SiteID, "event", after.EventID, "activation", after.ID,
					"action", s.ActionID, "attempts", len(s.Attempts), "code", s.ErrorCode, "error", s.Error)
			}
		}
	}
}
