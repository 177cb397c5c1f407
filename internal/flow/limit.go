package flow

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// limit lets so many pass in a window of time that ends now, for each value of its
// identifier. The window slides: a place that was taken counts for the length of
// the window, to the millisecond.
type limit struct {
	owner      string // the action's ID; empty for the trigger's
	max        *formula.Expression
	duration   *formula.Expression // nil for a window without a beginning
	unit       belay.Unit
	identifier *formula.Expression // nil for one counter for all
}

// Claimed is a claim that decides what becomes of an activation: what it comes to
// where the claim passes stands beside it, the rest is what it comes to otherwise.
type Claimed struct {
	belay.Claim
	Otherwise belay.Activation
	Effects   []Effect // of Otherwise
}

// claim returns what the limit asks for, or why that cannot be told.
func (l *limit) claim(in Input, data map[string]any) (c belay.Claim, why string) {
	scope := in.scope(data)
	n, err := l.max.Number(scope)
	switch {
	case err != nil:
		return c, "the most that may pass could not be evaluated: " + err.Error()
	case !places(n):
		return c, fmt.Sprintf("the most that may pass is %v; it must be a whole number from 0 to %d", n, belay.MaxPlaces)
	}
	c.Max, c.At = int(n), in.Now
	if c.Counter, why = l.counter(scope); why != "" || l.duration == nil {
		return c, why
	}
	length, err := l.duration.Number(scope)
	switch {
	case err != nil:
		return c, "the duration could not be evaluated: " + err.Error()
	case !(length > 0):
		return c, fmt.Sprintf("the duration is %v; it must be more than 0", length)
	}
	since, ok := belay.Step(in.Now, -length, l.unit, in.Zone)
	if !ok || since >= in.Now {
		return c, "the duration gives no usable date"
	}
	c.Since = since
	c.Until = keptUntil(in, length, l.unit)
	return c, ""
}

// counter names the counter of the identifier's value.
func (l *limit) counter(scope formula.Scope) (id belay.ID, why string) {
	value := ""
	if l.identifier != nil {
		var err error
		if value, err = l.identifier.Text(scope); err != nil {
			return id, "the unique identifier could not be evaluated: " + err.Error()
		}
		if value == "" {
			return id, "the unique identifier is empty"
		}
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(len(l.owner)))
	b = append(b, l.owner...)
	sum := sha256.Sum256(append(b, value...))
	return belay.ID(sum[:16]), ""
}

// keptUntil returns when a place taken now counts for no claim any more. A step of
// the calendar forwards from now may be shorter, by some days of a month or an hour
// of a day, than the one back from then.
func keptUntil(in Input, length float64, unit belay.Unit) belay.Instant {
	until, ok := belay.Step(in.Now, length, unit, in.Zone)
	if !ok {
		return 0
	}
	switch unit {
	case belay.Days, belay.Weeks, belay.Months:
		until, ok = belay.Step(until, 4, belay.Days, in.Zone)
	}
	if !ok {
		return 0
	}
	return until
}

func places(n float64) bool { return n >= 0 && n <= belay.MaxPlaces && n == math.Trunc(n) }

// limit compiles that of the trigger, or of the action owner, whose expressions
// stand at at. The names of the duration and its unit begin in an own way each.
func (c *compiler) limit(owner, at, length string, max, duration string, unit belay.Unit, identifier *string) *limit {
	l := &limit{owner: owner, unit: unit, max: c.expression(at+"maxActivationsExpression", max)}
	if l.max != nil && l.max.Constant() {
		if n, err := l.max.Number(formula.Scope{}); err != nil || !places(n) {
			c.fault(at+"maxActivationsExpression", "RANGE", "must give a whole number from 0 to %d", belay.MaxPlaces)
		}
	}
	if duration != "" {
		if !unit.Valid() {
			c.fault(at+length+"TimeUnit", "UNIT", "needs a time unit of MINUTES, HOURS, DAYS, WEEKS or MONTHS, not %q", unit)
		}
		l.duration = c.expression(at+length+"Expression", duration)
	}
	if identifier != nil {
		l.identifier = c.expression(at+"uniqueIdentifierExpression", *identifier)
	}
	return l
}

// claimPlace asks an action's limit for a place. A step asks once: the commit that keeps
// it decides, and what another limit lets pass is left to the next step. What
// somebody asked for passes, and takes no place.
func (s *stepper) claimPlace(i int, n *node, due belay.Instant) {
	state := &s.a.Actions[i]
	switch {
	case s.a.Cause.Asked():
		state.Passed, s.changed = true, true
		s.end(i)
		s.follow(n.post, due)
		return
	case s.assumes == later || s.claim != nil:
		state.Due = s.in.Now
		return
	}
	claim, why := n.limit.claim(s.in, s.data(n))
	if why != "" {
		s.fail(state, "RATE_LIMIT", why)
		return
	}
	s.claim, s.changed = &claim, true
	state.Due, state.Passed = 0, s.assumes == passed
	s.end(i)
	if s.assumes == passed {
		s.follow(n.post, due)
	}
}

// assumption is how a step takes the claim that it makes to come out.
type assumption uint8

const (
	later assumption = iota // it makes none, and waits
	passed
	refused
)

// Advance is Step for who can commit a claim with what it returns. Where the step
// comes to a limit, claimed is not nil, and next and effects are what follows if the
// claim passes.
func (p *Plan) Advance(a belay.Activation, in Input, results []Result) (next belay.Activation, effects []Effect, claimed *Claimed, changed bool) {
	s := p.step(a, in, results, passed)
	if !s.changed {
		return a, nil, nil, false
	}
	if s.claim != nil {
		otherwise := p.step(a, in, results, refused)
		claimed = &Claimed{*s.claim, otherwise.a, otherwise.effects}
	}
	return s.a, s.effects, claimed, true
}

// Limit puts what Begin has made under the trigger's limit. Where claimed is not
// nil, the activation has the place that it claims, and claimed says what is to be
// kept of it where it gets none. Nothing changes for what is over at once, and for
// what somebody asked for.
func (p *Plan) Limit(a belay.Activation, in Input) (limited belay.Activation, claimed *Claimed) {
	if p.limit == nil || a.Status.Final() || a.Cause.Asked() {
		return a, nil
	}
	claim, why := p.limit.claim(in, in.Payload)
	otherwise := a
	otherwise.ScheduledAt, otherwise.Due, otherwise.EndedAt = 0, 0, in.Now
	if why != "" {
		otherwise.Status, otherwise.FailReason = belay.Failed, belay.UnexpectedError
		otherwise.Error, otherwise.ErrorCode = brief("the trigger's rate limit: "+why), "RATE_LIMIT"
		return otherwise, nil
	}
	otherwise.Status, otherwise.SkipReason = belay.Skipped, belay.RateLimitExceeded
	a.Place = belay.Place{Counter: claim.Counter, At: claim.At}
	return a, &Claimed{Claim: claim, Otherwise: otherwise}
}
