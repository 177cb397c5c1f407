package flow

import (
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// invoked returns an activation whose first action "ask", with "then" behind it, an
// app has taken at 09:00 to say until 10:00 that it is done.
func invoked(t *testing.T) (*Plan, belay.Activation, Input) {
	t.Helper()
	p := plan(t, `{"rootActionIds":["ask"],"actions":{"ask":`+sends("then")+`,"then":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	if len(effects) != 1 {
		t.Fatalf("%d attempts; want one", len(effects))
	}
	a, effects, _ = p.Step(a, in, []Result{{
		ActionID: "ask", Attempt: 1, Verdict: Delivered, Output: []byte(`{"email":"default"}`), Until: at(t, "10:00:00"),
	}})
	s := find(a.Actions, "ask")
	if s.Status != belay.ActionInvokedAsync || a.Due != at(t, "10:00:00") || s.InvokedAt != in.Now || len(effects) != 0 {
		t.Fatalf("%v, due %s, %d attempts; want INVOKED_ASYNC until 10:00", s.Status, a.Due, len(effects))
	}
	return p, a, in
}

func reason(err error) string {
	if e, ok := errors.AsType[*belay.Error](err); ok {
		return e.Reason
	}
	return ""
}

func TestACompletionGoesOnWithItsOutput(t *testing.T) {
	p, a, in := invoked(t)
	in.Now = at(t, "09:30:00")
	a, effects, err := p.Complete(a, in, "ask", belay.Completion{At: in.Now, Output: []byte(`{"email":"told"}`)})
	if err != nil || len(effects) != 1 || string(effects[0].Input) != `{"to":"told"}` {
		t.Fatalf("Complete = %+v, %v; want an attempt at \"then\" with the output", effects, err)
	}
	if s := find(a.Actions, "ask"); s.Status != belay.ActionEnded || s.EndedAt != in.Now || s.TimeoutAt != at(t, "10:00:00") {
		t.Errorf("the action is %v at %s; want ENDED at 09:30", s.Status, s.EndedAt)
	}
	if _, _, err := p.Complete(a, in, "ask", belay.Completion{}); reason(err) != "INVOCATION_COMPLETED" {
		t.Errorf("the second time: %v", err)
	}
}

func TestAFailureThatAnAppReportsEndsTheBranch(t *testing.T) {
	p, a, in := invoked(t)
	a, effects, err := p.Complete(a, in, "ask", belay.Completion{At: in.Now, Failed: true, Error: "no paper"})
	s := find(a.Actions, "ask")
	if err != nil || len(effects) != 0 || s.Status != belay.ActionFailed || s.ErrorCode != "APP_FAILED" || s.Error != "no paper" {
		t.Errorf("%+v, %d attempts, %v; want FAILED, and nothing behind it", s, len(effects), err)
	}
	if a.Status != belay.Ended || !a.WithFailedActions {
		t.Errorf("the activation is %v; want ENDED with failed actions", a.Status)
	}
}

func TestATimeOutGoesOnWithTheDefaultOutput(t *testing.T) {
	p, a, in := invoked(t)
	in.Now = at(t, "10:00:00") - 1
	if _, _, changed := p.Step(a, in, nil); changed {
		t.Error("something changed before the time-out")
	}
	in.Now++
	a, effects, _ := p.Step(a, in, nil)
	if len(effects) != 1 || string(effects[0].Input) != `{"to":"default"}` {
		t.Fatalf("attempts %+v; want one at \"then\" with the default output", effects)
	}
	if s := find(a.Actions, "ask"); s.Status != belay.ActionFailed || s.ErrorCode != "TIMED_OUT" {
		t.Errorf("the action is %v %s; want FAILED, TIMED_OUT", s.Status, s.ErrorCode)
	}
	if _, _, err := p.Complete(a, in, "ask", belay.Completion{}); reason(err) != "INVOCATION_TIMED_OUT" {
		t.Errorf("after the time-out: %v", err)
	}
}

func TestACompletionAfterACancelIsRecordedAndStartsNothing(t *testing.T) {
	p, a, in := invoked(t)
	a = a.Cancel(belay.EventCancelled, belay.Identity{}, in.Now)
	if s := find(a.Actions, "ask"); s.Status != belay.ActionWithdrawn || a.Due != 0 {
		t.Fatalf("the action is %v; want CANCELLED", s.Status)
	}
	next, effects, err := p.Complete(a, in, "ask", belay.Completion{At: in.Now, Output: []byte(`{}`)})
	if err != nil || len(effects) != 0 || next.Status != belay.Cancelled || next.Due != 0 || next.Version != a.Version+1 {
		t.Fatalf("Complete = %+v, %d attempts, %v; want it recorded, nothing else", next, len(effects), err)
	}
	if s := find(next.Actions, "ask"); s.Completion == nil || s.Status != belay.ActionEnded {
		t.Errorf("the action is %+v; want what became of it", s)
	}
	if _, _, err := p.Complete(next, in, "ask", belay.Completion{}); reason(err) != "INVOCATION_COMPLETED" {
		t.Errorf("the second time: %v", err)
	}
}

// An app may be done before its answer to the attempt has arrived, or that answer
// may be lost.
func TestACompletionThatOvertakesTheAnswerCountsWhenTheAttemptIsOver(t *testing.T) {
	p := plan(t, `{"rootActionIds":["ask"],"actions":{"ask":`+sends("then")+`,"then":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	begun, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	waits, effects, err := p.Complete(begun, in, "ask", belay.Completion{At: in.Now, Output: []byte(`{"email":"told"}`)})
	if err != nil || len(effects) != 0 || find(waits.Actions, "ask").Status != belay.ActionStarted {
		t.Fatalf("Complete = %d attempts, %v; want it kept until the attempt is over", len(effects), err)
	}
	for name, r := range map[string]*Result{
		"taken":     {ActionID: "ask", Attempt: 1, Verdict: Delivered, Until: in.Now + 60_000},
		"at once":   {ActionID: "ask", Attempt: 1, Verdict: Delivered, Output: []byte(`{"email":"another"}`)},
		"no answer": {ActionID: "ask", Attempt: 1, Verdict: Retry},
		"lost":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			in, results := in, []Result(nil)
			if r != nil {
				results = []Result{*r}
			} else {
				in.Now = waits.Due
			}
			a, effects, _ := p.Step(waits, in, results)
			if len(effects) != 1 || string(effects[0].Input) != `{"to":"told"}` {
				t.Errorf("attempts %+v; want one at \"then\" with what the app said", effects)
			}
			if s := find(a.Actions, "ask"); s.Status != belay.ActionEnded {
				t.Errorf("the action is %v; want ENDED", s.Status)
			}
		})
	}
	if late, _ := Late(waits.Cancel(belay.EventCancelled, belay.Identity{}, in.Now), in.Now, Result{ActionID: "ask", Attempt: 1, Verdict: Retry}); find(late.Actions, "ask").Status != belay.ActionEnded {
		t.Errorf("after a cancel it is %v; want what the app said", find(late.Actions, "ask").Status)
	}
}

func TestACompletionOfWhatDoesNotWaitIsRefused(t *testing.T) {
	p, a, in := invoked(t)
	if _, _, err := p.Complete(a, in, "then", belay.Completion{}); reason(err) != "INVOCATION_UNKNOWN" {
		t.Errorf("of an action that has not begun: %v", err)
	}
	in.Now = a.Due
	a, _, _ = p.Step(a, in, nil)
	a, _, _ = p.Step(a, in, []Result{{ActionID: "then", Attempt: 1, Verdict: Delivered}})
	if _, _, err := p.Complete(a, in, "then", belay.Completion{}); reason(err) != "INVOCATION_ENDED" {
		t.Errorf("of an action that is over: %v", err)
	}
}

func TestAPostponedAttemptDoesNotCountUntilPatienceEnds(t *testing.T) {
	p := plan(t, `{"rootActionIds":["ask"],"actions":{"ask":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	a, _, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	for !a.Status.Final() {
		s := find(a.Actions, "ask")
		if len(s.Attempts) != 1 || s.Attempts[0].Number != 1 {
			t.Fatalf("attempts %+v; want the first alone", s.Attempts)
		}
		a, _, _ = p.Step(a, in, []Result{{ActionID: "ask", Attempt: 1, Verdict: Postponed, Code: "CIRCUIT_OPEN", After: 120_000}})
		if !a.Status.Final() {
			in.Now = a.Due
			a, _, _ = p.Step(a, in, nil)
		}
	}
	s := find(a.Actions, "ask")
	if s.Status != belay.ActionFailed || s.ErrorCode != "CIRCUIT_OPEN" || s.Postponed != 7 || in.Now != at(t, "09:12:00") {
		t.Errorf("%v %s after %d at %s; want FAILED when all attempts would have been made", s.Status, s.ErrorCode, s.Postponed, in.Now)
	}
}
