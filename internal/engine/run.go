package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// CarryOut carries out one automation without a report under its trigger, and
// answers when the event that stands for it and its activation are durable. cause
// is belay.Run, for an automation that is active, or belay.Test, for any that can
// act. The payload is checked as that of a report; an idempotency key counts for
// that cause and that automation alone.
func (e *Engine) CarryOut(ctx context.Context, by belay.Caller, site belay.ID, target config.Target, cause belay.Cause, item ReportItem) (Reported, error) {
	key := item.IdempotencyKey
	return e.carryOut(ctx, by, site, func(s *config.Snapshot) (planned, error) {
		one, err := e.book.Runnable(ctx, by, s, target, cause == belay.Test)
		if err != nil {
			return planned{}, err
		}
		item.IdempotencyKey = askedKey(cause, one.Automation.ID, key)
		return e.readFor(s, one, cause, &item)
	})
}

// Rerun repeats an activation: its automation, as it is now, is carried out at
// once with the payload and the external entity of the event that it was made
// for. item says nothing of those. The automation must be active.
func (e *Engine) Rerun(ctx context.Context, by belay.Caller, site, activation belay.ID, item ReportItem) (Reported, error) {
	first, err := e.ActivationOf(ctx, by, site, activation)
	if err != nil {
		return Reported{}, err
	}
	event, err := e.EventOf(ctx, by, site, first.EventID)
	if err != nil {
		return Reported{}, err
	}
	item.Payload, item.EntityID = event.Payload, event.EntityID
	item.IdempotencyKey = askedKey(belay.Rerun, activation, item.IdempotencyKey)
	return e.carryOut(ctx, by, site, func(s *config.Snapshot) (planned, error) {
		one, err := e.book.Runnable(ctx, by, s, config.Target{AutomationID: first.AutomationID}, false)
		if err != nil {
			return planned{}, err
		}
		p, err := e.readFor(s, one, belay.Rerun, &item)
		p.rerunOf = activation
		return p, err
	})
}

// askedKey keeps the idempotency keys of what is asked for apart from those of
// reports, and of each other.
func askedKey(cause belay.Cause, of belay.ID, key string) string {
	if key == "" {
		return ""
	}
	return string(cause) + "/" + of.String() + "/" + key
}

// readFor checks a payload against the trigger of the one automation that is to
// be carried out with it.
func (e *Engine) readFor(s *config.Snapshot, one *config.Active, cause belay.Cause, item *ReportItem) (planned, error) {
	app, key := one.Trigger()
	trigger, ok := s.Trigger(app, key)
	if !ok {
		return planned{}, noTrigger(key)
	}
	p, err := e.read(trigger, item)
	if err == nil {
		err = one.Validate(item.Field+"payload", p.payload)
	}
	p.site, p.app, p.key, p.one, p.cause = s.Site.ID, app, key, one, cause
	return p, err
}

// carryOut keeps what plan makes of the site's configuration, if that is still the
// one at the commit; else it is planned anew.
func (e *Engine) carryOut(ctx context.Context, by belay.Caller, site belay.ID, plan func(*config.Snapshot) (planned, error)) (Reported, error) {
	for range maxStale {
		snapshot, err := e.book.Refresh(ctx, site)
		if err != nil {
			return Reported{}, e.hideSite(by, err)
		}
		p, err := plan(snapshot)
		if err != nil {
			e.metrics.reports.WithLabelValues("refused").Inc()
			return Reported{}, err
		}
		out := make([]Reported, 1)
		if stale := e.keep(ctx, snapshot, []planned{p}, out); len(stale) == 0 {
			return out[0], out[0].Err
		}
		if by.Role == "" {
			continue // a call that nobody signed
		}
		if err := e.book.StillValid(by); err != nil {
			return Reported{}, err
		}
	}
	return Reported{}, errChanging
}

var errChanging = belay.Refuse(belay.Aborted, "CONFIGURATION_CHANGING",
	"the site's configuration changes faster than the event can be matched; try again")
