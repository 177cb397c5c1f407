package flow

import (
	"github.com/belay-events/belay/internal/belay"
)

// Complete returns a with what an app said of an action that it had taken, advanced
// as far as it can go then, and the attempts to make next. What an app says before
// its answer to the attempt has come counts when that attempt is over. Of a canceled
// activation it is recorded, and nothing follows. The error is a *belay.Error that
// says why the word does not count, with a reason that begins with INVOCATION_;
// nothing has changed then.
func (p *Plan) Complete(a belay.Activation, in Input, actionID string, c belay.Completion) (next belay.Activation, effects []Effect, err error) {
	if err := completable(&a, actionID); err != nil {
		return a, nil, err
	}
	s := stepper{p: p, a: a.Clone(), in: in, changed: true}
	state := find(s.a.Actions, actionID)
	state.Completion = &c
	switch {
	case s.a.Status.Final():
		if !state.InFlight {
			conclude(state, in.Now)
		}
	case !state.InFlight:
		s.conclude(state)
		s.wake()
		s.settle()
	}
	s.a.Version++
	return s.a, s.effects, nil
}

// completable returns why an app's word about an action does not count, nil where
// it does.
func completable(a *belay.Activation, actionID string) error {
	state := find(a.Actions, actionID)
	if state == nil || state.Type != belay.AppDefined || len(state.Attempts) == 0 {
		return belay.Refuse(belay.NotFound, "INVOCATION_UNKNOWN", "there is no such invocation")
	}
	open := state.Status.Open() || a.Status == belay.Cancelled && state.Status == belay.ActionWithdrawn
	switch {
	case state.Completion != nil:
		return belay.Refuse(belay.FailedPrecondition, "INVOCATION_COMPLETED", "the invocation was reported as completed before, at "+state.Completion.At.String())
	case state.Status == belay.ActionFailed && !state.TimeoutAt.IsZero():
		return belay.Refuse(belay.FailedPrecondition, "INVOCATION_TIMED_OUT", "the invocation timed out at "+state.TimeoutAt.String()+"; the automation has gone on")
	case !open || a.Status.Final() && a.Status != belay.Cancelled:
		return belay.Refuse(belay.FailedPrecondition, "INVOCATION_ENDED", "the action is over, at "+state.EndedAt.String()+"; nothing waits for its completion")
	}
	return nil
}

// conclude ends an action as the app said, and goes on behind it.
func (s *stepper) conclude(state *belay.ActionState) {
	conclude(state, s.in.Now)
	if s.changed = true; state.Status == belay.ActionFailed {
		s.carryOn(state)
		return
	}
	s.follow(s.p.nodes[state.ActionID].post, s.in.Now)
}

func conclude(state *belay.ActionState, now belay.Instant) {
	c := state.Completion
	state.EndedAt, state.Due = now, 0
	if c.Failed {
		state.Status, state.Error, state.ErrorCode = belay.ActionFailed, brief(c.Error), "APP_FAILED"
		return
	}
	state.Status, state.Output = belay.ActionEnded, c.Output
}

// leave notes that an app has taken an action, and says later that it is done.
func (s *stepper) leave(state *belay.ActionState, r *Result) {
	state.Status, state.InvokedAt, state.TimeoutAt = belay.ActionInvokedAsync, s.in.Now, r.Until
	state.Due, state.Output = r.Until, r.Output
}

// timeOut gives up an action whose app has not said that it is done. What follows
// goes on with the output that the app gave for that case.
func (s *stepper) timeOut(state *belay.ActionState) {
	due, post := state.Due, s.p.nodes[state.ActionID].post
	state.Status, state.EndedAt, state.Due = belay.ActionFailed, s.in.Now, 0
	state.ErrorCode, state.Error = "TIMED_OUT", "the app did not report its completion in time; what follows went on"
	s.changed = true
	s.follow(post, due)
}

// postpone gives an attempt back that did not leave as its app has been failing; it
// does not count. When that has gone on for as long as all attempts would take, the
// action has failed.
func (s *stepper) postpone(state *belay.ActionState, r *Result) {
	state.Attempts = state.Attempts[:len(state.Attempts)-1]
	state.Postponed++
	state.PostponedAt = s.in.Now
	if s.in.Now > state.StartedAt+s.patience() {
		s.fail(state, orElse(r.Code, "SPENT"), "the app has been failing for as long as attempts are made; the last: "+r.Detail)
		return
	}
	state.Due = s.in.Now + max(belay.Instant(r.After), 1)
	s.released = append(s.released, state.ActionID)
}

// patience is how long all attempts at an action take, in milliseconds.
func (s *stepper) patience() (all belay.Instant) {
	for n := 2; ; n++ {
		wait, more := s.in.Retry(n, 0)
		if !more {
			return all
		}
		all += belay.Instant(wait.Milliseconds())
	}
}
