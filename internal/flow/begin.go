package flow

import (
	"math"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// Grace is how long after a scheduled event's time an automation that runs at
// that time still begins when the report comes late.
const Grace = 60 * time.Second

// Input is what a step may know beside the activation itself.
type Input struct {
	Now belay.Instant
	// Payload is the event's, or what the trigger's provider has given in its place,
	// decoded. It is not written to.
	Payload map[string]any
	// TakesPlaceAt is the time of a scheduled event, zero for a real-time one.
	TakesPlaceAt belay.Instant
	// Refreshes says that the trigger's provider is to be asked for the payload as it
	// is now, before what has waited goes on.
	Refreshes bool
	// Zone is the site's, for steps of the calendar.
	Zone *time.Location
	// Lease is how long an attempt may be out before its outcome counts as lost.
	Lease time.Duration
	// Node is the ID of the node that makes the attempts.
	Node string
	// Retry returns the wait before attempt n, stretched by jitter in [0, 1), and
	// false when attempts are spent.
	Retry func(n int, jitter float64) (time.Duration, bool)
}

func (in *Input) scope(data map[string]any) formula.Scope {
	return formula.Scope{Data: data, Now: in.Now.Time(), Location: in.Zone}
}

// Begin returns a as a report makes it: Skipped or Failed at once, Scheduled
// with its due time, or Initiated and due now, for Step to go on with. a carries
// the identities and the cause; Begin sets the rest, with version 1. What somebody
// asked for is filtered by nothing, and a test or a rerun begins at once. What may
// begin is still subject to Limit.
func (p *Plan) Begin(a belay.Activation, in Input) belay.Activation {
	a.Status, a.Version, a.InitiatedAt = belay.Initiated, 1, in.Now
	a.StartsAt = in.TakesPlaceAt // until the automation's own start is known
	for _, f := range p.filters {
		if a.Cause.Asked() {
			break
		}
		pass, err := f.pass.Bool(in.scope(in.Payload))
		if err != nil {
			a.Error = brief("the filter on " + f.field + " could not be evaluated: " + err.Error())
		}
		if err != nil || !pass {
			a.Status, a.SkipReason, a.EndedAt = belay.Skipped, belay.TriggerFiltersNotPassed, in.Now
			return a
		}
	}
	if in.TakesPlaceAt.IsZero() || a.Cause.AtOnce() {
		a.StartsAt, a.Due = 0, in.Now
		return a
	}
	start, why := p.startOf(in)
	if why != "" {
		a.Status, a.FailReason, a.EndedAt = belay.Failed, belay.ScheduleDateEvaluationFailed, in.Now
		a.Error, a.ErrorCode = brief(why), "SCHEDULE_DATE"
		return a
	}
	a.StartsAt = start
	if a.Cause != belay.Occurrence && p.expired(start, in) { // what is missed of a calendar is decided when it is due
		a.Status, a.SkipReason, a.EndedAt = belay.Skipped, belay.ScheduleDateExpired, in.Now
		return a
	}
	a.Status, a.ScheduledAt, a.Due = belay.Scheduled, in.Now, start
	return a
}

// startOf returns the instant at which the automation starts for a scheduled
// event, or why it cannot be told.
func (p *Plan) startOf(in Input) (start belay.Instant, why string) {
	if p.offset == nil {
		return in.TakesPlaceAt, ""
	}
	n, err := p.offset.Number(in.scope(in.Payload))
	if err != nil {
		return 0, "the offset before the event could not be evaluated: " + err.Error()
	}
	start, ok := belay.Step(in.TakesPlaceAt, -math.Abs(n), p.unit, in.Zone)
	if !ok {
		return 0, "the offset before the event gives no usable date"
	}
	return start, ""
}

// expired reports whether a start has passed when it is planned. An automation
// at the event's time has some grace, and one that begins by waiting, "after"
// the event, has not passed while what it waits for is still to come.
func (p *Plan) expired(start belay.Instant, in Input) bool {
	if start >= in.Now {
		return false
	}
	if start < in.TakesPlaceAt {
		return true
	}
	if in.Now.Sub(start) <= Grace {
		return false
	}
	for _, id := range p.roots {
		n := p.nodes[id]
		if n.kind != belay.Delay {
			return true
		}
		due, why := n.delay.end(start, in, in.Payload)
		if why != "" || due < in.Now {
			return true
		}
	}
	return false
}

// end returns when a delay that begins at from ends, or why that cannot be told.
func (d *delay) end(from belay.Instant, in Input, data map[string]any) (due belay.Instant, why string) {
	if d.until != nil {
		t, err := d.until.Time(in.scope(data))
		if err != nil {
			return 0, "the due date could not be evaluated: " + err.Error()
		}
		if from = belay.At(t); from <= 0 || t.Year() > 9999 {
			return 0, "the due date lies outside the years 1970 to 9999"
		}
	}
	if d.offset == nil {
		return from, ""
	}
	n, err := d.offset.Number(in.scope(data))
	if err != nil {
		return 0, "the offset could not be evaluated: " + err.Error()
	}
	due, ok := belay.Step(from, n, d.unit, in.Zone)
	if !ok {
		return 0, "the offset gives no usable date"
	}
	return due, ""
}

// late reports whether what was due at due must not start any more at in.Now.
func (p *Plan) late(due belay.Instant, in Input, data map[string]any) bool {
	if p.later == nil || due >= in.Now {
		return false
	}
	n, err := p.later.Number(in.scope(data))
	if err != nil {
		return false
	}
	bound, ok := belay.Step(due, math.Abs(n), p.lateBy, in.Zone)
	return ok && in.Now > bound
}

// brief cuts a text to the 1,000 characters that the wire allows for an error.
func brief(s string) string {
	n := 0
	for i := range s {
		if n++; n > 1000 {
			return s[:i]
		}
	}
	return s
}
