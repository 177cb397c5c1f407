package flow

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// told is a refreshed payload as the engine hands it in.
func told(attempt int, action, email string) Result {
	return Result{
		ActionID: action, Attempt: attempt, Refresh: true, Verdict: Delivered,
		Output: []byte(`{"email":"` + email + `"}`), Payload: map[string]any{"email": email},
	}
}

// due returns a scheduled activation at its start, with the provider asked.
func due(t *testing.T) (*Plan, belay.Activation, Input) {
	t.Helper()
	p := plan(t, `{"rootActionIds":["mail"],"actions":{"mail":`+sends()+`}}`)
	in := input(at(t, "09:00:00"))
	in.TakesPlaceAt, in.Refreshes, in.Payload = at(t, "10:00:00"), true, map[string]any{"email": "old"}
	a := p.Begin(belay.Activation{}, in)
	in.Now = a.Due
	a, effects, _ := p.Step(a, in, nil)
	if a.Status != belay.Scheduled || len(effects) != 1 || !effects[0].Refresh || a.Due != in.Now.Add(in.Lease) {
		t.Fatalf("%v, attempts %+v; want the provider asked first", a.Status, effects)
	}
	return p, a, in
}

func TestARefreshedPayloadIsWhatActionsBeginWith(t *testing.T) {
	p, a, in := due(t)
	in.Now += 500
	a, effects, _ := p.Step(a, in, []Result{told(1, "", "new")})
	if a.Status != belay.Started || len(effects) != 1 || string(effects[0].Input) != `{"to":"new"}` {
		t.Fatalf("%v, attempts %+v; want the mail to go to the new address", a.Status, effects)
	}
	if string(a.StartPayload) != `{"email":"new"}` || string(a.Payload) != `{"email":"new"}` || a.Refresh.Open() || len(a.Warnings) != 0 {
		t.Errorf("%+v; want the payload kept", a)
	}
	if late := effects[0].Due; late != at(t, "10:00:00") {
		t.Errorf("due %s; want lateness to count from 10:00", late)
	}
}

func TestAnUnchangedPayloadIsNotKept(t *testing.T) {
	p, a, in := due(t)
	if a, _, _ = p.Step(a, in, []Result{told(1, "", "old")}); a.Status != belay.Started || a.Payload != nil {
		t.Errorf("%v with payload %s; want STARTED without one of its own", a.Status, a.Payload)
	}
}

func TestAProviderMayCallTheActivationOff(t *testing.T) {
	p, a, in := due(t)
	r := told(1, "", "new")
	r.Cancel = true
	next, effects, _ := p.Step(a, in, []Result{r})
	if next.Status != belay.Cancelled || next.CancelReason != belay.CancelledByRefreshPayload || len(effects) != 0 || next.Due != 0 || next.Version != a.Version+1 {
		t.Errorf("%+v, %d attempts; want CANCELLED_BY_REFRESH_PAYLOAD", next, len(effects))
	}
}

func TestAFailedRefreshIsAWarning(t *testing.T) {
	fails := Result{Attempt: 1, Refresh: true, Verdict: Retry, Code: "TIMEOUT"}
	twice := fails
	twice.Attempt = 2
	for name, tt := range map[string]struct {
		results []Result // nil lets the lease lapse
		after   belay.Instant
	}{
		"rejected":            {[]Result{{Attempt: 1, Refresh: true, Verdict: Rejected, Code: "HTTP_404"}}, 0},
		"asked for more time": {[]Result{{Attempt: 1, Refresh: true, Verdict: Retry, After: 60_000}}, 0},
		"twice":               {[]Result{fails, twice}, 1_000},
		"lost twice":          {nil, 120_000},
	} {
		t.Run(name, func(t *testing.T) {
			p, a, in := due(t)
			var effects []Effect
			begun := in.Now
			for rounds := 0; a.Status == belay.Scheduled; rounds++ {
				var results []Result
				if rounds < len(tt.results) {
					results = tt.results[rounds : rounds+1]
				} else {
					in.Now = a.Due
				}
				a, effects, _ = p.Step(a, in, results)
				if a.Status == belay.Scheduled && !a.Refresh.InFlight {
					in.Now = a.Due
					a, effects, _ = p.Step(a, in, nil)
				}
			}
			if a.Status != belay.Started || len(effects) != 1 || string(effects[0].Input) != `{"to":"old"}` {
				t.Fatalf("%v, attempts %+v; want it to go on with the old payload", a.Status, effects)
			}
			if len(a.Warnings) != 1 || a.Warnings[0] != belay.RefreshPayloadFailed || in.Now != begun+tt.after {
				t.Errorf("warnings %v after %d ms; want one after %d", a.Warnings, in.Now-begun, tt.after)
			}
		})
	}
}

func TestACancelWhileTheProviderIsAskedWins(t *testing.T) {
	_, a, in := due(t)
	a = a.Cancel(belay.EventCancelled, belay.Identity{}, in.Now)
	next, changed := Late(a, in.Now, told(1, "", "new"))
	if !changed || next.Status != belay.Cancelled || next.Refresh.InFlight || next.Payload != nil || next.Due != 0 {
		t.Errorf("%+v; want the attempt noted and nothing else", next)
	}
}

func TestADelayEndsWithTheRefreshedPayload(t *testing.T) {
	p := plan(t, `{"rootActionIds":["wait"],"actions":{"mail":`+sends()+`,
		"wait":{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS","postActionIds":["mail"]}}}}`)
	in := input(at(t, "09:00:00"))
	in.Refreshes, in.Payload = true, map[string]any{"email": "old"}
	a, effects, _ := p.Step(p.Begin(belay.Activation{}, in), in, nil)
	if len(effects) != 0 || a.Status != belay.Started {
		t.Fatalf("%v, attempts %+v; want a real-time start not to ask", a.Status, effects)
	}
	in.Now = a.Due
	a, effects, _ = p.Step(a, in, nil)
	if len(effects) != 1 || !effects[0].Refresh || effects[0].ActionID != "wait" {
		t.Fatalf("attempts %+v; want the provider asked at the end of the delay", effects)
	}
	in.Now += 100
	a, effects, _ = p.Step(a, in, []Result{told(1, "wait", "new")})
	s := find(a.Actions, "wait")
	if len(effects) != 1 || string(effects[0].Input) != `{"to":"new"}` || string(s.Payload) != `{"email":"new"}` || a.StartPayload != nil {
		t.Errorf("attempts %+v, the delay %+v; want what follows to see the new payload", effects, s)
	}
	if s.Status != belay.ActionEnded || s.EndedAt != in.Now || s.Due != at(t, "10:00:00") {
		t.Errorf("the delay is %v at %s, due %s", s.Status, s.EndedAt, s.Due)
	}
}
