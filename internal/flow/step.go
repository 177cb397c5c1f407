package flow

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// variablesName is under which expressions find what SET_VARIABLES gave.
const variablesName = "setVariable"

// MaxInputBytes bounds the evaluated input of one action, as JSON.
const MaxInputBytes = 256 << 10

// Verdict is what an attempt came to.
type Verdict string

// The verdicts, as they stand in the log. Lost is set by Step alone.
const (
	Delivered Verdict = "DELIVERED"
	Retry     Verdict = "RETRY"
	Rejected  Verdict = "REJECTED"
	Released  Verdict = "RELEASED" // the attempt never left; it does not count
	Lost      Verdict = "LOST"     // the lease lapsed without an outcome
	// Postponed: the attempt never left, as its app has been failing; it does not
	// count, and After is when to try again.
	Postponed Verdict = "POSTPONED"
)

// Result is the outcome of one attempt, for Step to take in.
type Result struct {
	ActionID string
	Attempt  int
	Since    int64 // of the attempt; see belay.Attempt
	Verdict  Verdict
	Output   []byte // JSON object, nil for none
	Status   int
	Code     string
	Detail   string
	Latency  int64         // milliseconds
	After    int64         // milliseconds that the receiver asked to wait, 0 for none
	Jitter   float64       // in [0, 1), chance for the next wait
	EndedAt  belay.Instant // when the outcome was known
	Exchange *belay.Exchange

	// Until is set where the receiver has taken the action and says later that it is
	// done, until then; Output is then what counts if it never does.
	Until belay.Instant
	// Refresh says that the attempt asked the trigger's provider for the payload as
	// it is now: Output, with Payload what it says, unless the provider called the
	// activation off by Cancel. ActionID is the delay that has ended, "" for the start.
	Refresh, Cancel bool
	Payload         map[string]any
}

// Effect is one attempt to make, once the step that asks for it is durable.
type Effect struct {
	// Refresh asks the trigger's provider for the payload as it is now, of the delay
	// ActionID or, for "", of the start. It has neither an app, nor a key, nor an input.
	Refresh   bool
	ActionID  string
	AppID     belay.ID
	ActionKey string
	Attempt   int
	Since     int64 // of the attempt; see belay.Attempt
	// MessageID is the same for every attempt at this action in this activation.
	MessageID string
	// Input is a JSON object.
	Input []byte
	// Due is when the attempt was to start, LeaseUntil when it counts as lost.
	Due, LeaseUntil belay.Instant
}

// ready is an action that can begin, and when it was due to. leftOut is set where
// somebody asked to leave it out.
type ready struct {
	id      string
	due     belay.Instant
	leftOut *belay.ByHand
}

// stepper is one call of Step.
type stepper struct {
	p       *Plan
	a       belay.Activation
	in      Input
	queue   []ready
	effects []Effect
	assumes assumption
	claim   *belay.Claim // the one that was made
	// released are the actions whose attempt was given back in this step; they
	// are due at once, but for the next step.
	released []string
	changed  bool
}

// Step returns a advanced as far as it can go at in.Now with the results given,
// and the attempts to make next; changed is false when there was nothing to do
// and a is returned as it was. The activation's version has risen by one if
// anything changed. Results of attempts that are not out are ignored. A final
// activation takes no results here; see Late. At a limit it waits, due at once; see
// Advance.
func (p *Plan) Step(a belay.Activation, in Input, results []Result) (next belay.Activation, effects []Effect, changed bool) {
	s := p.step(a, in, results, later)
	if !s.changed {
		return a, nil, false
	}
	return s.a, s.effects, true
}

// step is Step, or Advance on one assumption.
func (p *Plan) step(a belay.Activation, in Input, results []Result, by assumption) *stepper {
	s := &stepper{p: p, a: a, in: in, assumes: by}
	if a.Status.Final() {
		return s
	}
	s.a = a.Clone()
	s.start()
	for i := range results {
		s.take(&results[i])
	}
	if !s.a.Status.Final() {
		s.wake()
		s.settle()
	}
	if s.changed {
		s.a.Version++
	}
	return s
}

// start begins an activation whose time has come, or skips it where it is too late.
func (s *stepper) start() {
	a, in := &s.a, s.in
	if a.Status == belay.Started || a.Due.IsZero() || a.Due > in.Now {
		return
	}
	s.changed = true
	due := startDue(a)
	before := !a.StartsAt.IsZero() && a.StartsAt < in.TakesPlaceAt
	if (before && in.TakesPlaceAt <= in.Now) || s.p.late(due, in, in.Payload) {
		a.Status, a.SkipReason, a.EndedAt, a.Due = belay.Skipped, belay.ScheduleDateExpired, in.Now, 0
		a.Refresh.End()
		return
	}
	if a.Status == belay.Scheduled {
		waits := false
		if a.Refresh, waits = s.refresh(a.Refresh, "", due); waits {
			s.dueAsRefreshed()
			return
		}
	}
	s.launch()
}

// startDue is when an activation that has not begun was to; a.Due moves while the
// provider is asked.
func startDue(a *belay.Activation) belay.Instant {
	switch {
	case a.Hurried != nil:
		return a.Hurried.At
	case a.Status == belay.Scheduled:
		return a.StartsAt
	}
	return a.Due
}

// launch begins the actions.
func (s *stepper) launch() {
	due := startDue(&s.a)
	s.a.Status, s.a.StartedAt, s.a.StartPayload = belay.Started, s.in.Now, s.a.Payload
	s.follow(s.p.roots, due)
}

// follow queues actions that can begin, each once in an activation.
func (s *stepper) follow(ids []string, due belay.Instant) {
	for _, id := range ids {
		s.queue = append(s.queue, ready{id: id, due: due})
	}
	s.drain()
}

func (s *stepper) drain() {
	for len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.begin(next)
	}
}

func (s *stepper) begin(r ready) {
	n := s.p.nodes[r.id]
	if n == nil {
		return // a path of a split that leads nowhere
	}
	if n.kind == belay.Merge && find(s.a.Actions, n.id) != nil {
		return // another branch has come before
	}
	s.changed = true
	state := belay.ActionState{ActionID: n.id, Type: n.kind, Status: belay.ActionStarted, StartedAt: s.in.Now}
	i := len(s.a.Actions)
	s.a.Actions = append(s.a.Actions, state)
	if r.leftOut != nil && n.kind != belay.Merge {
		s.passOver(i, n, r)
		return
	}
	if s.leaveOut(i, n) {
		s.follow(n.post, r.due)
		return
	}
	switch n.kind {
	case belay.Merge: // it waits until settle finds that nobody else comes
	case belay.Split:
		s.end(i)
		s.follow(n.post, r.due)
	case belay.SetVariables, belay.Output:
		s.give(i, n, r.due)
	case belay.Condition:
		s.decide(i, n, r.due)
	case belay.CodeCondition:
		s.judge(i, n, r.due)
	case belay.Delay:
		s.pause(i, n, r.due)
	case belay.RateLimit:
		s.claimPlace(i, n, r.due)
	default:
		s.invoke(i, n, r.due)
	}
}

func (s *stepper) end(i int) {
	state := &s.a.Actions[i]
	state.Status, state.EndedAt = belay.ActionEnded, s.in.Now
}

// leaveOut skips an action whose skip condition holds: it gives nothing, and what
// follows it goes on. A condition that cannot be evaluated does not hold.
func (s *stepper) leaveOut(i int, n *node) bool {
	if n.skip == nil && len(n.skipGroups) == 0 {
		return false
	}
	state := &s.a.Actions[i]
	scope := s.in.scope(s.data(n))
	passed := false
	if n.skip != nil {
		ok, err := n.skip.Bool(scope)
		if passed = ok && err == nil; err != nil {
			state.Error = brief("the skip condition could not be evaluated: " + err.Error())
		}
	}
	if len(n.skipGroups) > 0 {
		passed = s.pass(state, n.skipGroups, scope) || passed
	}
	if passed {
		state.Status, state.EndedAt = belay.ActionSkipped, s.in.Now
	}
	return passed
}

// give evaluates variables or an output.
func (s *stepper) give(i int, n *node, due belay.Instant) {
	state := &s.a.Actions[i]
	value, err := n.output.Eval(s.in.scope(s.data(n)))
	if err != nil {
		s.fail(state, "OUTPUT", "the values could not be evaluated: "+err.Error())
		return
	}
	output, err := encode(value)
	switch {
	case err != nil:
		s.fail(state, "OUTPUT", "the values could not be written as JSON: "+err.Error())
		return
	case len(output) > MaxInputBytes:
		s.fail(state, "OUTPUT_SIZE", "the values are larger than 256 KiB")
		return
	}
	state.Output = output
	s.end(i)
	s.follow(n.post, due)
}

// join goes on behind merges to which nobody else comes.
func (s *stepper) join() {
	for i := 0; i < len(s.a.Actions); i++ {
		state := &s.a.Actions[i]
		if state.Type != belay.Merge || !state.Status.Open() || s.awaited(state.ActionID) {
			continue
		}
		s.changed = true
		s.end(i)
		s.follow(s.p.nodes[state.ActionID].post, s.in.Now)
		i = -1 // what followed may be what another merge waited for
	}
}

// awaited reports whether an open action may still lead to a merge.
func (s *stepper) awaited(merge string) bool {
	ancestors := s.p.nodes[merge].ancestors
	return slices.ContainsFunc(s.a.Actions, func(state belay.ActionState) bool {
		return state.Status.Open() && slices.ContainsFunc(ancestors, func(n *node) bool { return n.id == state.ActionID })
	})
}

func (s *stepper) decide(i int, n *node, due belay.Instant) {
	state := &s.a.Actions[i]
	state.Passed = s.pass(state, n.groups, s.in.scope(s.data(n)))
	s.end(i)
	if state := &s.a.Actions[i]; state.Passed {
		s.follow(n.post, due)
	} else {
		s.follow(n.otherwise, due)
	}
}

// pass reports whether one of the groups passes, and keeps what each expression
// gave.
func (s *stepper) pass(state *belay.ActionState, groups []group, scope formula.Scope) (any bool) {
	for _, g := range groups {
		passed := g.all
		for _, e := range g.expressions {
			ok, err := e.Bool(scope)
			result := belay.ExpressionResult{Expression: e.Source(), Passed: ok && err == nil}
			if err != nil {
				result.Error = brief(err.Error())
			}
			state.Expressions = append(state.Expressions, result)
			if g.all {
				passed = passed && result.Passed
			} else {
				passed = passed || result.Passed
			}
		}
		any = any || passed
	}
	return any
}

// pause begins a delay. A wait counts from when it was due to begin, so that
// lateness does not add up along the way. A test does not wait.
func (s *stepper) pause(i int, n *node, from belay.Instant) {
	due, why := n.delay.end(from, s.in, s.data(n))
	if s.a.Cause == belay.Test {
		due = s.in.Now
	}
	state := &s.a.Actions[i]
	if why != "" {
		s.fail(state, "DELAY", why)
		return
	}
	state.Due = due
	if due > s.in.Now {
		return
	}
	state.Status, state.EndedAt = belay.ActionEnded, s.in.Now
	s.follow(n.post, max(due, from))
}

// invoke evaluates an action's input and asks for the first attempt.
func (s *stepper) invoke(i int, n *node, due belay.Instant) {
	state := &s.a.Actions[i]
	value, err := n.evaluate(s.in.scope(s.data(n)))
	if err != nil {
		s.fail(state, "INPUT", "the input could not be evaluated: "+err.Error())
		return
	}
	input, err := encode(value)
	switch {
	case err != nil:
		s.fail(state, "INPUT", "the input could not be written as JSON: "+err.Error())
	case len(input) > MaxInputBytes:
		s.fail(state, "INPUT_SIZE", "the input is larger than 256 KiB")
	default:
		state.Input = input
		s.attempt(state, n, due)
	}
}

// evaluate returns an action's input. In the HTML of a mail, what a payload brings
// is escaped: it comes from strangers, and the tags are the site owner's.
func (n *node) evaluate(scope formula.Scope) (any, error) {
	value, err := n.input.Eval(scope)
	if err != nil || n.html == nil {
		return value, err
	}
	scope.Escape = html.EscapeString
	escaped, err := n.html.Eval(scope)
	if err != nil {
		return nil, err
	}
	value.(map[string]any)["html"] = escaped
	return value, nil
}

// encode writes JSON as a person would: without the escapes that only a page of
// HTML needs.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// attempt records that the next attempt is out, and asks for it.
func (s *stepper) attempt(state *belay.ActionState, n *node, due belay.Instant) {
	number := 1
	if k := len(state.Attempts); k > 0 {
		number = state.Attempts[k-1].Number + 1
	}
	state.Attempts = append(state.Attempts, s.begun(number, due))
	state.InFlight, state.Due = true, s.in.Now.Add(s.in.Lease)
	effect := effectOf(&s.a, n, state)
	effect.Due = due
	s.effects = append(s.effects, effect)
	s.changed = true
}

// begun is an attempt that is out from this step on.
func (s *stepper) begun(number int, due belay.Instant) belay.Attempt {
	return belay.Attempt{
		Number: number, StartedAt: s.in.Now, Lateness: max(0, int64(s.in.Now-due)), Node: s.in.Node,
		Since: s.a.Version + 1, // which the step raises it to
	}
}

// effectOf asks for the last attempt at an action, which is out.
func effectOf(a *belay.Activation, n *node, state *belay.ActionState) Effect {
	try := &state.Attempts[len(state.Attempts)-1]
	return Effect{
		ActionID: n.id, AppID: n.app, ActionKey: n.key, Attempt: try.Number, Since: try.Since,
		MessageID: a.ID.String() + "_" + n.id,
		Input:     state.Input, Due: wasDue(try), LeaseUntil: state.Due,
	}
}

// wasDue is when an attempt was to start, or when it did where that was before.
func wasDue(try *belay.Attempt) belay.Instant { return try.StartedAt - belay.Instant(try.Lateness) }

// Out asks for all attempts that are out by what an activation of this plan says,
// as the steps did that made them.
func (p *Plan) Out(a *belay.Activation) (out []Effect) {
	if a.Refresh.Open() && a.Refresh.InFlight {
		out = append(out, askOf(a, a.Refresh, ""))
	}
	for i := range a.Actions {
		state := &a.Actions[i]
		if r := state.Refresh; r.Open() && r.InFlight {
			out = append(out, askOf(a, r, state.ActionID))
		}
		if n := p.nodes[state.ActionID]; n != nil && state.InFlight {
			out = append(out, effectOf(a, n, state))
		}
	}
	return out
}

func (s *stepper) fail(state *belay.ActionState, code, why string) {
	state.Status, state.EndedAt, state.Due = belay.ActionFailed, s.in.Now, 0
	state.ErrorCode, state.Error = code, brief(why)
	s.changed = true
	s.carryOn(state)
}

// carryOn continues behind an action that has failed, where its policy says so. A
// failed condition has not passed. state must not be used after it: what follows
// may have moved it.
func (s *stepper) carryOn(state *belay.ActionState) {
	n := s.p.nodes[state.ActionID]
	switch {
	case !n.continues:
	case n.kind == belay.CodeCondition:
		s.follow(n.otherwise, s.in.Now)
	default:
		s.follow(n.post, s.in.Now)
	}
}

// take applies the outcome of an attempt that is out.
func (s *stepper) take(r *Result) {
	if r.Refresh {
		s.takePayload(r)
		return
	}
	state := find(s.a.Actions, r.ActionID)
	if state == nil || !note(state, r) {
		return
	}
	s.changed = true
	if state.Completion != nil { // the app was done before this was over
		s.conclude(state)
		return
	}
	n := s.p.nodes[state.ActionID]
	switch r.Verdict {
	case Delivered:
		if !r.Until.IsZero() {
			s.leave(state, r)
			return
		}
		state.Status, state.EndedAt, state.Due, state.Output = belay.ActionEnded, s.in.Now, 0, r.Output
		s.follow(n.post, s.in.Now)
	case Released:
		state.Attempts = state.Attempts[:len(state.Attempts)-1]
		state.Due = s.in.Now
		s.released = append(s.released, state.ActionID)
	case Postponed:
		s.postpone(state, r)
	case Rejected:
		s.fail(state, orElse(r.Code, "REJECTED"), r.Detail)
	default:
		s.again(state, r)
	}
}

// again plans the next attempt, or fails the action when they are spent.
func (s *stepper) again(state *belay.ActionState, r *Result) {
	wait, more := s.in.Retry(r.Attempt+1, r.Jitter)
	if !more {
		s.fail(state, orElse(r.Code, "SPENT"), "every attempt failed; the last: "+r.Detail)
		return
	}
	state.Due = s.in.Now + max(belay.Instant(wait.Milliseconds()), belay.Instant(r.After))
}

// wake goes on with what is due: delays that end, attempts to repeat, and
// attempts whose lease lapsed.
func (s *stepper) wake() {
	for i := 0; i < len(s.a.Actions); i++ {
		state := &s.a.Actions[i]
		if !state.Status.Open() || state.Type == belay.Merge || dueOf(state) > s.in.Now || slices.Contains(s.released, state.ActionID) {
			continue
		}
		n, due := s.p.nodes[state.ActionID], state.Due
		if state.Type == belay.RateLimit {
			s.claimPlace(i, n, due)
			continue
		}
		s.changed = true
		switch {
		case state.Type == belay.Delay:
			s.rouse(state)
		case state.Status == belay.ActionInvokedAsync:
			s.timeOut(state)
		case !state.InFlight && state.LeaveOut != nil:
			s.passOver(i, n, ready{due: s.in.Now, leftOut: state.LeaveOut})
		case state.InFlight:
			last := &state.Attempts[len(state.Attempts)-1]
			lose(last, s.in.Now)
			state.InFlight = false
			if state.Completion != nil {
				s.conclude(state)
				continue
			}
			if _, more := s.in.Retry(last.Number+1, 0); !more {
				s.fail(state, "LOST", last.Detail)
				continue
			}
			s.attempt(state, n, due)
		default:
			s.attempt(state, n, due)
		}
	}
}

// rouse goes on behind a delay whose time has come, unless that is too late or the
// trigger's provider must be asked first.
func (s *stepper) rouse(state *belay.ActionState) {
	if s.p.late(state.Due, s.in, s.in.Payload) {
		state.Status, state.EndedAt, state.ErrorCode = belay.ActionSkipped, s.in.Now, "TOO_LATE"
		state.Error = "the wait ended later than the automation allows; what follows it was left out"
		state.Refresh.End()
		return
	}
	waits := false
	if state.Refresh, waits = s.refresh(state.Refresh, state.ActionID, state.Due); !waits {
		s.goOn(state)
	}
}

// goOn ends a delay, and goes on behind it.
func (s *stepper) goOn(state *belay.ActionState) {
	state.Status, state.EndedAt, state.Payload = belay.ActionEnded, s.in.Now, s.a.Payload
	for _, id := range s.p.nodes[state.ActionID].post {
		s.queue = append(s.queue, ready{id, state.Due, state.LeaveOut})
	}
	s.drain()
}

// dueOf returns when an open action has next something to do.
func dueOf(state *belay.ActionState) belay.Instant {
	if state.Refresh.Open() {
		return state.Refresh.Due
	}
	return state.Due
}

// settle ends the activation when nothing is open, or finds when it is next due.
func (s *stepper) settle() {
	a := &s.a
	if a.Status != belay.Started {
		return
	}
	s.join()
	var due belay.Instant
	open, failed := false, false
	for i := range a.Actions {
		state := &a.Actions[i]
		failed = failed || state.Status == belay.ActionFailed
		if state.Status.Open() {
			open = true
			if state.Type == belay.Merge {
				continue // it waits for others, which are open too
			}
			if next := dueOf(state); due == 0 || next < due {
				due = next
			}
		}
	}
	a.Due = due
	if !open {
		a.Status, a.EndedAt, a.WithFailedActions = belay.Ended, s.in.Now, failed
	}
}

// data is what the expressions of n see: the payload and what its ancestors gave.
func (s *stepper) data(n *node) map[string]any {
	data, own := s.in.Payload, false
	for _, parent := range n.ancestors {
		state := find(s.a.Actions, parent.id)
		if state == nil || len(state.Output) == 0 {
			continue
		}
		var output map[string]any
		if json.Unmarshal(state.Output, &output) != nil {
			continue
		}
		if !own {
			data, own = maps.Clone(data), true
			if data == nil {
				data = map[string]any{}
			}
		}
		switch {
		case parent.kind == belay.Output:
		case parent.kind == belay.SetVariables:
			variables := map[string]any{}
			if earlier, ok := data[variablesName].(map[string]any); ok {
				maps.Copy(variables, earlier)
			}
			maps.Copy(variables, output)
			data[variablesName] = variables
		case parent.namespace != "":
			data[parent.namespace] = output
		default:
			maps.Copy(data, output)
		}
	}
	return data
}

// Late returns a canceled activation with the outcome of an attempt that was out
// when it was canceled; nothing follows from it. changed is false where a does
// not wait for that outcome.
func Late(a belay.Activation, now belay.Instant, r Result) (next belay.Activation, changed bool) {
	a = a.Clone()
	if r.Refresh {
		refresh := refreshOf(&a, r.ActionID)
		if refresh == nil || !noteAttempt(refresh.Attempts, &refresh.InFlight, &r) {
			return a, false
		}
		a.Version++
		return a, true
	}
	state := find(a.Actions, r.ActionID)
	if state == nil || !note(state, &r) {
		return a, false
	}
	state.EndedAt, state.Due = now, 0
	switch {
	case state.Completion != nil:
		conclude(state, now)
	case r.Verdict == Delivered && !r.Until.IsZero():
		state.Status, state.InvokedAt, state.TimeoutAt = belay.ActionWithdrawn, now, r.Until
	case r.Verdict == Delivered:
		state.Status, state.Output = belay.ActionEnded, r.Output
	case r.Verdict == Rejected:
		state.Status, state.Error, state.ErrorCode = belay.ActionFailed, brief(r.Detail), r.Code
	default:
		state.Status = belay.ActionWithdrawn
	}
	a.Version++
	return a, true
}

// Expired returns a as it is to be shown at now: an attempt that was out when its
// activation was canceled, and whose lease has lapsed since, is lost. Nobody
// records that, as nothing is due of an activation that is over.
func Expired(a belay.Activation, now belay.Instant) belay.Activation {
	if !a.Status.Final() || a.InFlight() == 0 {
		return a
	}
	a = a.Clone()
	for i := range a.Actions {
		state := &a.Actions[i]
		if !state.InFlight || state.Due > now || len(state.Attempts) == 0 {
			continue
		}
		lose(&state.Attempts[len(state.Attempts)-1], state.Due)
		state.InFlight, state.Status, state.EndedAt, state.Due = false, belay.ActionWithdrawn, state.Due, 0
	}
	return a
}

// lose notes that no outcome of an attempt was recorded in time.
func lose(last *belay.Attempt, now belay.Instant) {
	last.Result, last.EndedAt = string(Lost), now
	last.Detail = "no outcome was recorded before the lease lapsed; it may have been delivered"
}

// Broken returns a failed: it can never go on, for the reason given.
func Broken(a belay.Activation, now belay.Instant, why string) belay.Activation {
	a = a.Clone()
	a.Status, a.FailReason, a.EndedAt, a.Due = belay.Failed, belay.UnexpectedError, now, 0
	a.Error, a.ErrorCode = brief(why), "BROKEN"
	a.Version++
	return a
}

// note writes an outcome to the attempt that is out; false if that one is not.
func note(state *belay.ActionState, r *Result) bool {
	return noteAttempt(state.Attempts, &state.InFlight, r)
}

func noteAttempt(attempts []belay.Attempt, inFlight *bool, r *Result) bool {
	if !*inFlight || len(attempts) == 0 {
		return false
	}
	last := &attempts[len(attempts)-1]
	if !last.Is(r.Attempt, r.Since) {
		return false
	}
	last.Result, last.EndedAt, last.Status = string(r.Verdict), r.EndedAt, r.Status
	last.Code, last.Detail, last.Latency, last.Exchange = r.Code, brief(r.Detail), r.Latency, r.Exchange
	if old := len(attempts) - 1 - belay.MaxExchanges; old >= 0 {
		attempts[old].Exchange = nil
	}
	*inFlight = false
	return true
}

func find(actions []belay.ActionState, id string) *belay.ActionState {
	for i := range actions {
		if actions[i].ActionID == id {
			return &actions[i]
		}
	}
	return nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
