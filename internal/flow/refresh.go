package flow

import (
	"reflect"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// How a trigger's provider is asked for the payload as it is now. What waits for
// the answer is due already, so it is asked once more at the most, and soon.
const (
	refreshAttempts = 2
	refreshWait     = time.Second
)

// refresh reports whether a wait that is over must still ask the provider, or wait
// for its answer, before what follows begins. The action is the delay that has ended,
// "" for the start of the activation; r is where it keeps how the provider was asked,
// which comes back.
func (s *stepper) refresh(r *belay.Refresh, action string, due belay.Instant) (*belay.Refresh, bool) {
	switch {
	case r == nil && s.in.Refreshes:
		r = &belay.Refresh{}
		s.ask(r, action, due)
		return r, true
	case !r.Open() || r.Due > s.in.Now:
		return r, r.Open()
	}
	if r.InFlight {
		lose(&r.Attempts[len(r.Attempts)-1], s.in.Now)
		r.InFlight = false
	}
	if s.changed = true; len(r.Attempts) < refreshAttempts {
		s.ask(r, action, due)
		return r, true
	}
	r.Due = 0
	s.warn(action)
	return r, false
}

// ask records that an attempt at the provider is out, and asks for it.
func (s *stepper) ask(r *belay.Refresh, action string, due belay.Instant) {
	r.Attempts = append(r.Attempts, s.begun(len(r.Attempts)+1, due))
	r.InFlight, r.Due = true, s.in.Now.Add(s.in.Lease)
	effect := askOf(&s.a, r, action)
	effect.Due = due
	s.effects = append(s.effects, effect)
	s.changed = true
}

// askOf asks for the last attempt at the provider, which is out.
func askOf(a *belay.Activation, r *belay.Refresh, action string) Effect {
	message := a.ID.String() + "_refresh"
	if action != "" {
		message += "_" + action
	}
	try := &r.Attempts[len(r.Attempts)-1]
	return Effect{
		Refresh: true, ActionID: action, Attempt: try.Number, Since: try.Since, MessageID: message,
		Due: wasDue(try), LeaseUntil: r.Due,
	}
}

func (s *stepper) warn(action string) {
	warnings := &s.a.Warnings
	if state := find(s.a.Actions, action); state != nil {
		warnings = &state.Warnings
	}
	if len(*warnings) < belay.MaxWarnings {
		*warnings = append(*warnings, belay.RefreshPayloadFailed)
	}
}

// takePayload applies the outcome of an attempt at the provider that is out.
func (s *stepper) takePayload(r *Result) {
	refresh := refreshOf(&s.a, r.ActionID)
	if refresh == nil || !noteAttempt(refresh.Attempts, &refresh.InFlight, r) {
		return
	}
	s.changed = true
	switch {
	case !refresh.Open():
		return // what waited for the answer was left out
	case r.Verdict == Released:
		refresh.Attempts = refresh.Attempts[:len(refresh.Attempts)-1]
		refresh.Due = s.in.Now
		s.released = append(s.released, r.ActionID)
		s.dueAsRefreshed()
		return
	case r.Verdict == Retry && len(refresh.Attempts) < refreshAttempts && r.After <= refreshWait.Milliseconds():
		refresh.Due = s.in.Now.Add(refreshWait)
		s.dueAsRefreshed()
		return
	case r.Verdict == Delivered && r.Cancel:
		version := s.a.Version
		s.a = s.a.Cancel(belay.CancelledByRefreshPayload, belay.Identity{AppID: s.a.AppID}, s.in.Now)
		s.a.Version = version // Step raises it
		return
	case r.Verdict != Delivered:
		s.warn(r.ActionID)
	case !reflect.DeepEqual(r.Payload, s.in.Payload):
		s.a.Payload, s.in.Payload = r.Output, r.Payload
	}
	refresh.Due = 0
	if r.ActionID == "" {
		s.launch()
		return
	}
	s.goOn(find(s.a.Actions, r.ActionID))
}

// dueAsRefreshed says when an activation whose start waits for the provider is due.
func (s *stepper) dueAsRefreshed() {
	if s.a.Status != belay.Started {
		s.a.Due = s.a.Refresh.Due
	}
}

// refreshOf returns how the provider was asked: at the end of a delay, or for "" at
// the start of the activation; nil where it was not.
func refreshOf(a *belay.Activation, action string) *belay.Refresh {
	if action == "" {
		return a.Refresh
	}
	if state := find(a.Actions, action); state != nil {
		return state.Refresh
	}
	return nil
}
