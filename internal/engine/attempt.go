package engine

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
)

// launch makes an attempt in a goroutine of its own. How many there are is
// bounded where activations are started, by flights.room.
func (e *Engine) launch(l launch) {
	fl := e.flights.add(l)
	e.metrics.lateness.Observe(max(0, -e.until(l.Due).Seconds()))
	e.work.Go(func() {
		result := e.attempt(fl)
		known := *fl.known // another attempt of the activation may hold it too
		err := e.advance(e.life, fl.site, fl.activation, &known, []flow.Result{result})
		e.flights.land(fl)
		e.due.wake() // the site may have been at its bound
		if err != nil {
			e.log.Error("an outcome could not be recorded; the attempt will be repeated when its lease lapses",
				"site", fl.site, "event", fl.event, "activation", fl.activation, "action", fl.ActionID,
				"attempt", fl.Attempt, "error", err)
		}
	})
}

// attempt carries out one attempt, or gives it back where it must not go out.
func (e *Engine) attempt(fl *flight) flow.Result {
	switch {
	case fl.Refresh:
		return e.refresh(fl)
	case fl.AppID != belay.BuiltIn:
		return e.invoke(fl)
	}
	result := e.released(fl)
	definition, ok := e.actions.Find(fl.ActionKey)
	if !ok {
		result.Verdict, result.Code = flow.Rejected, "ACTION_NOT_FOUND"
		result.Detail = "the action " + quote(fl.ActionKey) + " does not exist"
		return result
	}
	var input map[string]any
	if err := json.Unmarshal(fl.Input, &input); err != nil {
		result.Verdict, result.Code, result.Detail = flow.Rejected, "INPUT", "the input is not an object"
		return result
	}
	input = e.inputs[fl.ActionKey].written(input)
	try := action.Attempt{
		Site: fl.site, Event: fl.event, Activation: fl.activation, ActionID: fl.ActionID,
		AppID: belay.BuiltInName, ActionKey: fl.ActionKey, Number: fl.Attempt, MessageID: fl.MessageID,
		Input: input,
	}
	host := ""
	if h, ok := definition.Do.(action.Host); ok {
		host = h.Destination(try)
	}
	return e.fly(fl, host, definition.Timeout, func(ctx context.Context, now belay.Instant) flow.Result {
		try.Now = now.Time()
		outcome := definition.Do.Do(ctx, try)
		e.made(fl, now, &outcome)
		return e.resultOf(fl, &outcome)
	})
}

// released is the result of an attempt that never left.
func (e *Engine) released(fl *flight) flow.Result {
	return flow.Result{
		ActionID: fl.ActionID, Attempt: fl.Attempt, Since: fl.Since, Refresh: fl.Refresh,
		Verdict: flow.Released, EndedAt: e.Now(),
	}
}

// fly makes an attempt as soon as its host takes one more, and gives it back where
// it must not go out any more.
func (e *Engine) fly(fl *flight, host string, timeout time.Duration, do func(ctx context.Context, now belay.Instant) flow.Result) flow.Result {
	fl.host = host
	e.flights.enter(host, fl)
	defer e.flights.leave(host)

	now := e.Now()
	if fl.LeaseUntil < now.Add(timeout) {
		return e.released(fl) // waited so long that the lease could lapse under it
	}
	ctx, abort := context.WithTimeout(context.Background(), timeout)
	defer abort()
	if !e.flights.send(fl, abort) || !e.stillOurs(fl) {
		return e.released(fl)
	}
	return do(ctx, now)
}

// made counts and logs an attempt that began at now.
func (e *Engine) made(fl *flight, now belay.Instant, o *action.Outcome) {
	e.metrics.attempt(kindOf(fl), o, -e.until(now))
	if fl.host != "" {
		e.tops.hosts.add(time.Now(), fl.host, o.Verdict != action.Delivered)
	}
	e.log.Debug("attempt made", "site", fl.site, "event", fl.event, "activation", fl.activation, "action", fl.ActionID,
		"attempt", fl.Attempt, "message", fl.MessageID, "verdict", o.Verdict.String(), "status", o.Status,
		"code", o.Code, "latency", o.Latency.String(), "late", now.Sub(fl.Due).String())
}

// kindOf names an attempt's kind for figures, of which there must be few: apps name
// their actions as they like.
func kindOf(fl *flight) string {
	switch {
	case fl.Refresh:
		return "refresh_payload"
	case fl.AppID != belay.BuiltIn:
		return "app_defined"
	}
	return fl.ActionKey
}

// stillOurs looks at the row once more: a cancel that was committed since the
// start, or a lease that another node took over, keeps the attempt from going out.
func (e *Engine) stillOurs(fl *flight) bool {
	a, err := e.Store().Activation(context.Background(), fl.site, fl.activation)
	if err != nil || a.Status.Final() {
		return false
	}
	if fl.Refresh && fl.ActionID == "" {
		return asks(a.Refresh, fl)
	}
	for i := range a.Actions {
		s := &a.Actions[i]
		switch {
		case s.ActionID != fl.ActionID:
		case fl.Refresh:
			return asks(s.Refresh, fl)
		default:
			return isOut(s.InFlight, s.Attempts, fl)
		}
	}
	return false
}

// asks reports whether a flight is the attempt at the provider that is out.
func asks(r *belay.Refresh, fl *flight) bool { return r.Open() && isOut(r.InFlight, r.Attempts, fl) }

// isOut reports whether a flight is of the last of tries, which is out if any is.
func isOut(out bool, tries []belay.Attempt, fl *flight) bool {
	n := len(tries)
	return out && n > 0 && tries[n-1].Is(fl.Attempt, fl.Since)
}

func (e *Engine) resultOf(fl *flight, o *action.Outcome) flow.Result {
	r := flow.Result{
		ActionID: fl.ActionID, Attempt: fl.Attempt, Since: fl.Since, Status: o.Status, Code: o.Code, Detail: o.Detail,
		Latency: o.Latency.Milliseconds(), After: o.After.Milliseconds(), Jitter: rand.Float64(), EndedAt: e.Now(),
		Exchange: o.Exchange,
	}
	switch o.Verdict {
	case action.Delivered:
		r.Verdict = flow.Delivered
	case action.Rejected:
		r.Verdict = flow.Rejected
	default:
		r.Verdict = flow.Retry
	}
	if o.Output != nil {
		output, err := json.Marshal(o.Output)
		if err != nil {
			r.Detail = action.Bound("its output could not be kept: " + err.Error() + "; " + r.Detail)
			return r
		}
		r.Output = output
	}
	return r
}
