package flow

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/belay-events/belay/internal/belay"
)

// limited is an automation whose trigger has a limit.
func limited(limit string) string {
	return `{"trigger":{"rateLimit":` + limit + `},"rootActionIds":["mail"],"actions":{"mail":` + sends() + `}}`
}

// limits is an automation of a limit with a mail behind it, beside another mail.
func limits(limit string) string {
	return `{"rootActionIds":["limit","beside"],"actions":{"mail":` + sends() + `,"beside":` + sends() + `,
		"limit":{"type":"RATE_LIMIT","rateLimitInfo":{` + limit + `,"postActionIds":["mail"]}}}}`
}

func TestATriggersLimitClaimsAPlace(t *testing.T) {
	p := plan(t, limited(`{"maxActivationsExpression":"{{2}}","durationExpression":"{{24}}","durationTimeUnit":"HOURS"}`))
	in := input(at(t, "09:00:00"))
	a, claimed := p.Limit(p.Begin(belay.Activation{ID: belay.ID{1}}, in), in)
	if claimed == nil {
		t.Fatal("nothing was claimed")
	}
	day := belay.Instant((24 * time.Hour).Milliseconds())
	want := belay.Claim{Counter: claimed.Counter, Max: 2, Since: in.Now - day, At: in.Now, Until: in.Now + day}
	if claimed.Claim != want || want.Counter.IsZero() {
		t.Errorf("claim = %+v; want %+v", claimed.Claim, want)
	}
	if a.Status != belay.Initiated || a.Due != in.Now || a.Place != (belay.Place{Counter: want.Counter, At: in.Now}) {
		t.Errorf("with a place: %v due %s, %+v; want INITIATED, due now, with the place", a.Status, a.Due, a.Place)
	}
	if o := claimed.Otherwise; o.Status != belay.Skipped || o.SkipReason != belay.RateLimitExceeded || o.Due != 0 || o.EndedAt != in.Now || o.Place != (belay.Place{}) || o.ID != a.ID {
		t.Errorf("otherwise: %+v; want it skipped for the limit, with nothing due", o)
	}
}

func TestOnlyWhatMayBeginClaimsAPlace(t *testing.T) {
	const limit = `"rateLimit":{"maxActivationsExpression":"{{1}}"}`
	mail := `"rootActionIds":["mail"],"actions":{"mail":` + sends() + `}`
	in := input(at(t, "2026-11-23T09:00:00Z"))
	for name, tt := range map[string]struct {
		trigger string
		at      belay.Instant
		status  belay.Status
	}{
		"a filter does not pass": {`"filters":[{"fieldKey":"x","filterExpression":"{{false}}"}],` + limit, 0, belay.Skipped},
		"the start has passed":   {limit, in.Now - 3_600_000, belay.Skipped},
		"no start can be told":   {`"scheduledEventOffset":{"preScheduledEventOffsetExpression":"x","scheduledEventOffsetTimeUnit":"DAYS"},` + limit, in.Now + 1, belay.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			p, in := plan(t, `{"trigger":{`+tt.trigger+`},`+mail+`}`), in
			in.TakesPlaceAt = tt.at
			a, claimed := p.Limit(p.Begin(belay.Activation{}, in), in)
			if a.Status != tt.status || claimed != nil || a.SkipReason == belay.RateLimitExceeded {
				t.Errorf("%v (%s), claim %v; want %v for its own reason, and no claim", a.Status, a.SkipReason, claimed, tt.status)
			}
		})
	}
}

func TestWindows(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ duration, now, since, until string }{
		"minutes":                            {`"{{90}}","durationTimeUnit":"MINUTES"`, "2026-11-23T09:00:00Z", "2026-11-23T07:30:00Z", "2026-11-23T10:30:00Z"},
		"half an hour":                       {`"0.5","durationTimeUnit":"HOURS"`, "2026-11-23T09:00:00Z", "2026-11-23T08:30:00Z", "2026-11-23T09:30:00Z"},
		"a day is the same time on the wall": {`"{{1}}","durationTimeUnit":"DAYS"`, "2026-03-29T08:00:00Z", "2026-03-28T09:00:00Z", "2026-04-03T08:00:00Z"},
		"24 hours are 24 hours":              {`"{{24}}","durationTimeUnit":"HOURS"`, "2026-03-29T08:00:00Z", "2026-03-28T08:00:00Z", "2026-03-30T08:00:00Z"},
		"a day of 25 hours":                  {`"{{1}}","durationTimeUnit":"DAYS"`, "2026-10-25T09:00:00Z", "2026-10-24T08:00:00Z", "2026-10-30T09:00:00Z"},
		"a week":                             {`"{{1}}","durationTimeUnit":"WEEKS"`, "2026-11-23T09:00:00Z", "2026-11-16T09:00:00Z", "2026-12-04T09:00:00Z"},
		"a month from its last day":          {`"{{1}}","durationTimeUnit":"MONTHS"`, "2026-03-31T12:00:00Z", "2026-02-28T13:00:00Z", "2026-05-04T12:00:00Z"},
		"as long as the payload says":        {`"{{var(\"n\")}}","durationTimeUnit":"HOURS"`, "2026-11-23T09:00:00Z", "2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z"},
		"for ever":                           {"", "2026-11-23T09:00:00Z", "", ""},
		"to the millisecond":                 {`"{{1}}","durationTimeUnit":"MINUTES"`, "2026-11-23T09:00:00.001Z", "2026-11-23T08:59:00.001Z", "2026-11-23T09:01:00.001Z"},
		"a hundred days":                     {`"{{100}}","durationTimeUnit":"DAYS"`, "2026-11-23T09:00:00Z", "2026-08-15T08:00:00Z", "2027-03-07T09:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			duration := ""
			if tt.duration != "" {
				duration = `,"durationExpression":` + tt.duration
			}
			p := plan(t, limited(`{"maxActivationsExpression":"1"`+duration+`}`))
			in := input(at(t, tt.now))
			in.Zone, in.Payload = zone, map[string]any{"n": 3.0}
			_, claimed := p.Limit(p.Begin(belay.Activation{}, in), in)
			if claimed == nil {
				t.Fatal("nothing was claimed")
			}
			var since, until belay.Instant
			if tt.since != "" {
				since, until = at(t, tt.since), at(t, tt.until)
			}
			if claimed.Since != since || claimed.Until != until {
				t.Errorf("since %s until %s; want %s and %s", claimed.Since, claimed.Until, since, until)
			}
		})
	}
}

// What a place counts for is decided by windows that end later, so it must be kept
// for as long as any of them can begin before it.
func TestAPlaceIsKeptForAsLongAsItCounts(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []belay.Unit{belay.Minutes, belay.Hours, belay.Days, belay.Weeks, belay.Months} {
		for n := 1.0; n < 4; n++ {
			taken := at(t, "2026-01-28T23:30:00Z")
			for range 400 {
				taken += 25 * 3_600_000
				in := Input{Now: taken, Zone: zone}
				until := keptUntil(in, n, unit)
				for later := until; later < until+3*24*3_600_000; later += 3_600_000 {
					if since, ok := belay.Step(later, -n, unit, zone); !ok || taken > since {
						t.Fatalf("a place of %s, kept until %s, counts at %s for %v %s", taken, until, later, n, unit)
					}
				}
			}
		}
	}
}

func TestCounters(t *testing.T) {
	counter := func(configuration string, payload map[string]any) belay.ID {
		t.Helper()
		p, in := plan(t, configuration), input(at(t, "09:00:00"))
		in.Payload = payload
		if _, claimed := p.Limit(p.Begin(belay.Activation{}, in), in); claimed != nil {
			return claimed.Counter
		}
		_, _, claimed, _ := p.Advance(p.Begin(belay.Activation{}, in), in, nil)
		if claimed == nil {
			t.Fatalf("%s claims nothing", configuration)
		}
		return claimed.Counter
	}
	one, two := map[string]any{"contact": "one", "n": 5.0}, map[string]any{"contact": "two", "n": "5"}
	of := func(identifier string) string {
		return limited(`{"maxActivationsExpression":"1","uniqueIdentifierExpression":"` + identifier + `"}`)
	}
	byContact, byNumber, all := of(`{{var(\"contact\")}}`), of(`{{var(\"n\")}}`), limited(`{"maxActivationsExpression":"1"}`)
	action := limits(`"maxActivationsExpression":"1","uniqueIdentifierExpression":"{{var(\"contact\")}}"`)
	if counter(byContact, one) == counter(byContact, two) {
		t.Error("two contacts share a counter")
	}
	if counter(byContact, one) != counter(byContact, map[string]any{"contact": "one"}) {
		t.Error("one contact has two counters")
	}
	if counter(byNumber, one) != counter(byNumber, two) {
		t.Error("a number and its text have two counters")
	}
	if counter(all, one) != counter(all, two) {
		t.Error("without an identifier there are two counters")
	}
	if counter(action, one) == counter(byContact, one) {
		t.Error("an action and the trigger share a counter")
	}
	if counter(action, one) != counter(strings.ReplaceAll(action, `"beside"`, `"besides"`), one) {
		t.Error("a change of another action moves the counter")
	}
}

func TestALimitThatCannotBeToldLetsNothingBegin(t *testing.T) {
	for name, tt := range map[string]struct{ limit, says string }{
		"no number":              {`"maxActivationsExpression":"{{var(\"x\")}}"`, "the most that may pass could not be evaluated"},
		"a part of one":          {`"maxActivationsExpression":"{{divide(var(\"n\");2)}}"`, "whole number from 0 to 1000"},
		"too many":               {`"maxActivationsExpression":"{{multiply(var(\"n\");1000)}}"`, "whole number from 0 to 1000"},
		"less than nothing":      {`"maxActivationsExpression":"{{subtract(0;var(\"n\"))}}"`, "whole number from 0 to 1000"},
		"no duration":            {`"maxActivationsExpression":"1","durationExpression":"{{var(\"x\")}}","durationTimeUnit":"DAYS"`, "the duration could not be evaluated"},
		"a duration of nothing":  {`"maxActivationsExpression":"1","durationExpression":"0","durationTimeUnit":"DAYS"`, "more than 0"},
		"a part of a day":        {`"maxActivationsExpression":"1","durationExpression":"0.5","durationTimeUnit":"DAYS"`, "no usable date"},
		"beyond all calendars":   {`"maxActivationsExpression":"1","durationExpression":"99999","durationTimeUnit":"MONTHS"`, "no usable date"},
		"nobody":                 {`"maxActivationsExpression":"1","uniqueIdentifierExpression":"{{var(\"x\")}}"`, "the unique identifier is empty"},
		"an identifier of error": {`"maxActivationsExpression":"1","uniqueIdentifierExpression":"{{divide(var(\"n\");0)}}"`, "the unique identifier could not be evaluated"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(at(t, "2026-11-23T09:00:00Z"))
			in.Payload = map[string]any{"n": 3.0}
			p := plan(t, limited("{"+tt.limit+"}"))
			a, claimed := p.Limit(p.Begin(belay.Activation{}, in), in)
			if claimed != nil || a.Status != belay.Failed || a.FailReason != belay.UnexpectedError || a.ErrorCode != "RATE_LIMIT" || a.Due != 0 || !strings.Contains(a.Error, tt.says) {
				t.Errorf("the trigger's: %v %s %q, claim %v; want it FAILED, saying %q", a.Status, a.ErrorCode, a.Error, claimed, tt.says)
			}
			action := strings.NewReplacer(`"durationE`, `"rateLimitDurationE`, `"durationT`, `"rateLimitDurationT`).Replace(tt.limit)
			p = plan(t, limits(action))
			a, effects, claimed, _ := p.Advance(p.Begin(belay.Activation{}, in), in, nil)
			state := find(a.Actions, "limit")
			if claimed != nil || state.Status != belay.ActionFailed || state.ErrorCode != "RATE_LIMIT" || !strings.Contains(state.Error, tt.says) {
				t.Errorf("an action's: %+v, claim %v; want it FAILED, saying %q", state, claimed, tt.says)
			}
			if len(effects) != 1 || effects[0].ActionID != "beside" || find(a.Actions, "mail") != nil {
				t.Errorf("effects %+v; want that what follows is left out, and the branch beside goes on", effects)
			}
		})
	}
}

func TestAnActionsLimitGoesTwoWays(t *testing.T) {
	p := plan(t, limits(`"maxActivationsExpression":"{{1}}"`))
	in := input(at(t, "09:00:00"))
	a, effects, claimed, changed := p.Advance(p.Begin(belay.Activation{}, in), in, nil)
	if !changed || claimed == nil {
		t.Fatalf("changed %v, claim %v; want one", changed, claimed)
	}
	if s := find(a.Actions, "limit"); s.Status != belay.ActionEnded || !s.Passed || len(effects) != 2 {
		t.Errorf("passed: %+v, effects %+v; want it ended, and both mails sent", s, effects)
	}
	o := claimed.Otherwise
	if s := find(o.Actions, "limit"); s.Status != belay.ActionEnded || s.Passed || find(o.Actions, "mail") != nil {
		t.Errorf("refused: %+v of %+v; want it ended without what follows", s, o.Actions)
	}
	if len(claimed.Effects) != 1 || claimed.Effects[0].ActionID != "beside" || o.Version != a.Version {
		t.Errorf("refused: effects %+v, version %d; want the mail beside, version %d", claimed.Effects, o.Version, a.Version)
	}
	in.Now += 1000
	o, _, claimed, _ = p.Advance(o, in, []Result{{ActionID: "beside", Attempt: 1, Verdict: Delivered}})
	if o.Status != belay.Ended || o.WithFailedActions || claimed != nil {
		t.Errorf("after all: %v, failed %v, claim %v; want ENDED without failures", o.Status, o.WithFailedActions, claimed)
	}
}

func TestAStepAsksOneLimit(t *testing.T) {
	p := plan(t, `{"rootActionIds":["a","b"],"actions":{
		"a":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"1","postActionIds":["c"]}},
		"b":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"1"}},
		"c":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"1"}}}}`)
	in := input(at(t, "09:00:00"))
	begun := p.Begin(belay.Activation{}, in)
	waits, effects, changed := p.Step(begun, in, nil)
	if !changed || len(effects) != 0 || waits.Status != belay.Started || waits.Due != in.Now || waits.Actions[0].Status != belay.ActionStarted {
		t.Errorf("Step = %+v; want that it waits at the limits, due now", waits)
	}
	if _, _, changed := p.Step(waits, in, nil); changed {
		t.Error("Step goes on from a limit")
	}
	for name, from := range map[string]belay.Activation{"at first": begun, "after a wait": waits} {
		t.Run(name, func(t *testing.T) {
			a := from
			asked := map[belay.ID]bool{}
			for n := range 3 {
				next, _, claimed, changed := p.Advance(a, in, nil)
				if !changed || claimed == nil || asked[claimed.Counter] {
					t.Fatalf("step %d: changed %v, claim %+v; want that it asks a limit that was not asked", n, changed, claimed)
				}
				asked[claimed.Counter] = true
				if n < 2 && (next.Status != belay.Started || next.Due != in.Now) {
					t.Fatalf("step %d: %v due %s; want it STARTED, due now", n, next.Status, next.Due)
				}
				a = next
			}
			if a.Status != belay.Ended || a.Due != 0 {
				t.Errorf("%v due %s; want ENDED", a.Status, a.Due)
			}
		})
	}
}

func TestLimitsAreCheckedWhenTheyAreCompiled(t *testing.T) {
	for name, tt := range map[string]struct{ configuration, field string }{
		"too many":         {limited(`{"maxActivationsExpression":"{{1001}}"}`), "configuration.trigger.rateLimit.maxActivationsExpression"},
		"no number":        {limited(`{"maxActivationsExpression":"many"}`), "configuration.trigger.rateLimit.maxActivationsExpression"},
		"no unit":          {limited(`{"maxActivationsExpression":"1","durationExpression":"1"}`), "configuration.trigger.rateLimit.durationTimeUnit"},
		"an action's unit": {limits(`"maxActivationsExpression":"1","rateLimitDurationExpression":"1","rateLimitDurationTimeUnit":"YEARS"`), "configuration.actions.limit.rateLimitInfo.rateLimitDurationTimeUnit"},
		"no expression":    {limits(`"maxActivationsExpression":"{{"`), "configuration.actions.limit.rateLimitInfo.maxActivationsExpression"},
		"no info":          {`{"rootActionIds":["limit"],"actions":{"limit":{"type":"RATE_LIMIT"}}}`, "configuration.actions.limit.rateLimitInfo"},
		"nothing follows":  {`{"rootActionIds":["limit"],"actions":{"limit":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"1","postActionIds":["nobody"]}}}}`, "configuration.actions.limit.rateLimitInfo.postActionIds[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compile(t, tt.configuration)
			var refused *belay.Error
			if !errors.As(err, &refused) || len(refused.Violations) != 1 || refused.Violations[0].Field != tt.field {
				t.Errorf("Compile = %v; want one violation, of %s", err, tt.field)
			}
		})
	}
}

func TestWhatSomebodyAskedForPassesEveryLimit(t *testing.T) {
	for _, cause := range []belay.Cause{belay.Run, belay.Test, belay.Rerun} {
		in := input(at(t, "09:00:00"))
		p := plan(t, `{"trigger":{"rateLimit":{"maxActivationsExpression":"0"}},`+strings.TrimPrefix(limits(`"maxActivationsExpression":"0"`), "{"))
		a, claimed := p.Limit(p.Begin(belay.Activation{Cause: cause}, in), in)
		if claimed != nil || a.Place != (belay.Place{}) {
			t.Errorf("%s: the trigger's limit is asked", cause)
		}
		a, effects, claimed, _ := p.Advance(a, in, nil)
		if s := find(a.Actions, "limit"); claimed != nil || len(effects) != 2 || !s.Passed || s.Status != belay.ActionEnded {
			t.Errorf("%s: claim %v, effects %+v, %+v; want that it passes", cause, claimed, effects, s)
		}
	}
}
