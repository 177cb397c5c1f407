package flow

import (
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// WaitKind says what an activation waits for.
type WaitKind string

// What an activation waits for: the time to begin, the end of a delay, or the next
// attempt at an action.
const (
	WaitStart WaitKind = "START"
	WaitDelay WaitKind = "DELAY"
	WaitRetry WaitKind = "RETRY"
)

// Wait is what of an activation goes on first, of all of it that waits for a time.
type Wait struct {
	Kind WaitKind
	Due  belay.Instant
	// ActionIDs are the delays that end then, or the actions that are tried again;
	// none before the start.
	ActionIDs []string
	// Next are the actions that begin then.
	Next []string
	// LeftOut says that somebody asked to leave Next out.
	LeftOut bool
}

// Wait returns what a waits for; false where nothing of it waits for a time: it is
// over, or all of it is under way.
func (p *Plan) Wait(a *belay.Activation) (w Wait, ok bool) {
	switch {
	case a.Status.Final() || a.Refresh.Open():
		return w, false
	case a.Status != belay.Started:
		return Wait{Kind: WaitStart, Due: a.Due, Next: p.roots}, a.Due != 0
	}
	for i := range a.Actions {
		state := &a.Actions[i]
		kind, waits := waitOf(state)
		if !waits || ok && state.Due > w.Due {
			continue
		}
		if !ok || state.Due < w.Due || kind != w.Kind && kind == WaitDelay {
			w, ok = Wait{Kind: kind, Due: state.Due}, true
		}
		if kind != w.Kind {
			continue
		}
		w.ActionIDs = append(w.ActionIDs, state.ActionID)
		w.LeftOut = w.LeftOut || state.LeaveOut != nil
		switch n := p.nodes[state.ActionID]; {
		case kind == WaitRetry:
			w.Next = append(w.Next, state.ActionID)
		case n != nil:
			w.Next = append(w.Next, n.post...)
		}
	}
	return w, ok
}

// waitOf says what one action waits for, if it waits for a time.
func waitOf(state *belay.ActionState) (WaitKind, bool) {
	switch {
	case state.Status != belay.ActionStarted || state.InFlight || state.Refresh.Open() || state.Due == 0:
		return "", false
	case state.Type == belay.Delay:
		return WaitDelay, true
	case state.Type == belay.AppDefined && len(state.Attempts) > 0:
		return WaitRetry, true
	}
	return "", false
}

// Hurry returns a with what goes on first due at once, and when that would have
// been; ok is false where nothing of it waits any more. Its version has risen.
func (p *Plan) Hurry(a belay.Activation, by belay.Identity, now belay.Instant) (next belay.Activation, was belay.Instant, ok bool) {
	w, ok := p.Wait(&a)
	if !ok || w.Due <= now {
		return a, 0, false
	}
	next = a.Clone()
	next.Version++
	next.Due = now
	mark := &belay.ByHand{At: now, By: by, Was: w.Due}
	if w.Kind == WaitStart {
		next.Hurried = mark
	}
	for i := range next.Actions {
		if state := &next.Actions[i]; slices.Contains(w.ActionIDs, state.ActionID) {
			state.Hurried, state.Due = mark, now
		}
	}
	return next, w.Due, true
}

// LeaveOut returns a, which has begun, with what goes on first left out, and the IDs of
// those actions; ok is false where nothing of it waits any more. What is left out
// stands behind a delay, which keeps its time, or waits for its next attempt, and
// then it is over at once. What follows an action that an app carries out goes on;
// a step of any other type ends its way. Its version has risen, unless it was to be
// left out before.
func (p *Plan) LeaveOut(a belay.Activation, by belay.Identity, now belay.Instant) (next belay.Activation, left []string, ok bool) {
	w, ok := p.Wait(&a)
	if !ok || w.Kind == WaitStart || w.Due <= now {
		return a, nil, false
	}
	if w.LeftOut {
		return a, w.Next, true
	}
	next = a.Clone()
	next.Version++
	for i := range next.Actions {
		state := &next.Actions[i]
		if !slices.Contains(w.ActionIDs, state.ActionID) {
			continue
		}
		state.LeaveOut = &belay.ByHand{At: now, By: by, Was: w.Due}
		if w.Kind == WaitRetry {
			state.Due, next.Due = now, now
		}
	}
	return next, w.Next, true
}

// passOver ends an action that somebody asked to leave out.
func (s *stepper) passOver(i int, n *node, r ready) {
	state := &s.a.Actions[i]
	state.Status, state.EndedAt, state.Due, state.LeftOut = belay.ActionSkipped, s.in.Now, 0, r.leftOut
	if n.kind == belay.AppDefined {
		s.follow(n.post, r.due)
	}
}

// Label returns the type of an action, and the app and the key of one that an app
// carries out.
func (p *Plan) Label(id string) (kind belay.ActionType, app belay.ID, key string) {
	n := p.nodes[id]
	if n == nil {
		return "", app, ""
	}
	return n.kind, n.app, n.key
}
