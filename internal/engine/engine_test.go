package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

func TestARealTimeEventActsAtOnce(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", mails("to"))
		r := h.report("booked", 100, payload(""))
		if len(r.Activations) != 1 || r.Repeated {
			t.Fatalf("Report = %+v; want one activation", r)
		}
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 to ada@example.com")
		if a := h.row(r); a.Status != belay.Ended || a.WithFailedActions {
			t.Errorf("the activation is %v; want ENDED", a.Status)
		}
	})
}

func TestAReminderGoesOutOnTheDayBeforeInTheSitesZone(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS"), mails("reminder"))
		h.automate("starting", "", delayed("follow-up", "2", "HOURS"))
		h.report("starting", 100, payload("2000-03-26T09:00:00+02:00")) // the clocks change that night
		time.Sleep(100 * 24 * time.Hour)
		h.wantSent("2000-03-25 08:00:00.000 reminder ada@example.com", "2000-03-26 09:00:00.000 follow-up ada@example.com")
	})
}

func TestACancelIsFinalAndTheEntityMayBeReportedAgain(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS"), mails("a day before"))
		h.automate("starting", "", mails("at"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		if c := h.call(100, "starting"); c.Activations != 2 || len(c.IDs) != 2 || len(c.InFlight) != 0 || c.Ended != 0 {
			t.Fatalf("Cancel = %+v; want 2 called off", c)
		}
		h.report("starting", 100, payload("2000-01-12T10:00:00Z"))
		if c := h.call(100, "booked"); c.Activations != 0 {
			t.Errorf("a cancel under another trigger called off %d", c.Activations)
		}
		if c := h.call(101, "starting"); c.Activations != 0 {
			t.Errorf("a cancel of another entity called off %d", c.Activations)
		}
		time.Sleep(30 * 24 * time.Hour)
		h.wantSent("2000-01-11 10:00:00.000 a day before ada@example.com", "2000-01-12 10:00:00.000 at ada@example.com")
		if c := h.call(100, "starting"); c.Activations != 0 || c.Ended != 4 {
			t.Errorf("Cancel of what is over = %+v; want 0 called off, 4 ended", c)
		}
	})
}

func TestAnIdempotencyKeyMakesNothingTwice(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", mails("to"))
		item := func(life time.Duration) engine.ReportItem {
			return engine.ReportItem{Payload: []byte(payload("")), IdempotencyKey: "k", KeyLife: life}
		}
		first, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item(0))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(7*24*time.Hour - time.Second)
		second, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item(0))
		if err != nil || !second.Repeated || second.EventID != first.EventID || second.Activations[0] != first.Activations[0] {
			t.Errorf("within the week: %+v, %v; want the first's IDs", second, err)
		}
		time.Sleep(2 * time.Second)
		third, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item(time.Minute))
		if err != nil || third.Repeated || third.EventID == first.EventID {
			t.Errorf("after the week: %+v, %v; want a new event", third, err)
		}
		time.Sleep(time.Minute)
		fourth, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item(0))
		if err != nil || fourth.Repeated {
			t.Errorf("after the minute that was asked for: %+v, %v; want a new event", fourth, err)
		}
		synctest.Wait()
		if got := h.receiver.count(); got != 3 {
			t.Errorf("%d were sent; want 3", got)
		}
	})
}

func TestWhatIsInFlightIsNamedAndNotTriedAgain(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.receiver.answer = func(ctx context.Context, a action.Attempt) action.Outcome {
			select {
			case <-time.After(5 * time.Second):
			case <-ctx.Done():
			}
			return action.Outcome{Verdict: action.Retry, Status: 503, Code: "HTTP_503", Sent: true}
		}
		h.automate("booked", "", mails("to"))
		r := h.report("booked", 100, payload(""))
		time.Sleep(time.Second)
		c := h.call(100, "booked")
		if c.Activations != 1 || len(c.InFlight) != 1 || c.InFlight[0].ActionID != aid(1) {
			t.Fatalf("Cancel = %+v; want one called off with one in flight", c)
		}
		time.Sleep(10 * 24 * time.Hour)
		if got := h.receiver.count(); got != 1 {
			t.Errorf("%d attempts; want the one that was in flight", got)
		}
		a := h.row(r)
		if a.Status != belay.Cancelled || a.Actions[0].Attempts[0].Status != 503 || a.InFlight() != 0 {
			t.Errorf("the row is %+v; want CANCELLED with the attempt's outcome", a)
		}
	})
}

func TestWhatWaitsForItsHostIsCalledOff(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), func(o *engine.Options) { o.PerHost = 1 })
		defer h.stop()
		hold := h.receiver.holds()
		h.automate("booked", "", mails("to"))
		h.report("booked", 100, payload(""))
		synctest.Wait()
		waiting := h.report("booked", 101, payload(""))
		synctest.Wait()
		if c := h.call(101, "booked"); c.Activations != 1 || len(c.InFlight) != 0 {
			t.Errorf("Cancel = %+v; want one called off, as it had not left", c)
		}
		close(hold)
		time.Sleep(24 * time.Hour)
		if got := h.receiver.count(); got != 1 {
			t.Errorf("%d were sent; want only the first", got)
		}
		if a := h.row(waiting); a.Status != belay.Cancelled || a.InFlight() != 0 || a.Actions[0].Status != belay.ActionWithdrawn {
			t.Errorf("the row is %+v; want CANCELLED with its action withdrawn", a)
		}
	})
}

func TestRetriesFollowTheScheduleAndStopWhenTheReceiverSaysSo(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), func(o *engine.Options) {
			o.Retry = action.RetrySchedule{time.Minute, time.Hour}
		})
		defer h.stop()
		h.receiver.answer = func(_ context.Context, a action.Attempt) action.Outcome {
			if a.Number == 3 {
				return action.Outcome{Verdict: action.Delivered, Output: map[string]any{"n": 3}, Sent: true}
			}
			return action.Outcome{Verdict: action.Retry, Code: "HTTP_500", Sent: true}
		}
		h.automate("booked", "", mails("to"))
		r := h.report("booked", 100, payload(""))
		time.Sleep(24 * time.Hour)
		a := h.row(r)
		if a.Status != belay.Ended || a.WithFailedActions || string(a.Actions[0].Output) != `{"n":3}` {
			t.Errorf("the row is %+v; want ENDED with the third attempt's output", a)
		}
		got := h.receiver.got
		if len(got) != 3 || got[0].message != got[1].message || got[1].message != got[2].message {
			t.Fatalf("attempts %+v; want three under one message ID", got)
		}
		if d := got[1].at.Sub(got[0].at); d < time.Minute || d > 72*time.Second+time.Millisecond {
			t.Errorf("the second came %v after the first; want a minute and up to a fifth more", d)
		}
	})
}

func TestDeactivatingAnAutomationCancelsWhatIsPending(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(h *house, a belay.Automation) error
		want belay.CancelReason
	}{
		"deactivated": {func(h *house, a belay.Automation) error {
			doc := []byte(`{"name":"Automation","origin":"USER","configuration":{"status":"INACTIVE","trigger":{"appId":"` + h.app.String() + `","triggerKey":"starting"},` + mails("x") + `}}`)
			_, err := h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, a.Revision, doc)
			return err
		}, belay.AutomationDeactivated},
		"deleted": {func(h *house, a belay.Automation) error {
			return h.Book().DeleteAutomation(h.Context(), operator, h.site, a.ID)
		}, belay.AutomationDeleted},
		"app uninstalled": {func(h *house, a belay.Automation) error {
			return h.Book().Uninstall(h.Context(), operator, h.site, h.app)
		}, belay.AppUninstalled},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				h := build(t, model(), nil)
				defer h.stop()
				a := h.automate("starting", "", mails("at"))
				r := h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
				if err := tt.do(h, a); err != nil {
					t.Fatal(err)
				}
				if row := h.row(r); row.Status != belay.Cancelled || row.CancelReason != tt.want {
					t.Errorf("the activation is %v %s; want CANCELLED %s", row.Status, row.CancelReason, tt.want)
				}
				time.Sleep(30 * 24 * time.Hour)
				h.wantSent()
			})
		})
	}
}

func TestAnEditDoesNotChangeWhatIsUnderWay(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.automate("starting", "", mails("old"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		doc := []byte(`{"name":"Automation","origin":"USER","configuration":{"status":"ACTIVE","trigger":{"appId":"` + h.app.String() + `","triggerKey":"starting"},` + mails("new") + `}}`)
		if _, err := h.Book().UpdateAutomation(t.Context(), operator, h.site, a.ID, a.Revision, doc); err != nil {
			t.Fatal(err)
		}
		h.report("starting", 101, payload("2000-01-11T10:00:00Z"))
		time.Sleep(30 * 24 * time.Hour)
		h.wantSent("2000-01-10 10:00:00.000 old ada@example.com", "2000-01-11 10:00:00.000 new ada@example.com")
	})
}

func TestAStopGivesBackWhatHasNotLeftAndAStartTakesItUp(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		h := build(t, s, nil)
		h.automate("starting", "", mails("at"))
		h.automate("booked", "", mails("now"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		h.receiver.answer = func(ctx context.Context, _ action.Attempt) action.Outcome {
			<-ctx.Done() // hangs until the stop's bound
			return action.Outcome{Verdict: action.Retry, Code: "TIMEOUT", Sent: true}
		}
		r := h.report("booked", 101, payload(""))
		synctest.Wait()
		began := time.Now()
		h.stop()
		if took := time.Since(began); took > 11*time.Second {
			t.Errorf("the stop took %v; want at most its bound of 10 s", took)
		}
		time.Sleep(20 * 24 * time.Hour)
		h = open(t, s, nil)
		defer h.stop()
		time.Sleep(24 * time.Hour)
		h.wantSent("2000-01-21 00:00:10.000 at ada@example.com", "2000-01-21 00:00:10.000 now ada@example.com")
		if a := h.row(r); a.Status != belay.Ended || len(a.Actions[0].Attempts) != 2 {
			t.Errorf("the row is %+v; want ENDED by a second attempt", a)
		}
	})
}

func TestACrashDuringAnAttemptRepeatsItUnderTheSameMessageID(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		dead := build(t, s, nil)
		hang := make(chan struct{})
		dead.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			<-hang
			return action.Outcome{Verdict: action.Delivered, Output: map[string]any{"from": "the dead"}, Sent: true}
		}
		dead.automate("booked", "", mails("to"))
		r := dead.report("booked", 100, payload(""))
		synctest.Wait() // the attempt is out; its process does nothing more

		h := open(t, s, nil)
		synctest.Wait()
		a := h.row(r)
		if a.Status != belay.Ended || len(a.Actions[0].Attempts) != 2 || a.Actions[0].Attempts[0].Result != "LOST" {
			t.Fatalf("the row is %+v; want ENDED by a second attempt, the first LOST", a)
		}
		if was, is := dead.receiver.got[0].message, h.receiver.got[0].message; was != is {
			t.Errorf("the repeat went out as %q; want %q again", is, was)
		}
		close(hang)
		synctest.Wait()
		if again := h.row(r); again.Version != a.Version {
			t.Errorf("the dead process's outcome changed the row: %+v", again)
		}
		h.stop()
		dead.stop()
	})
}

func TestWithoutSoleOwnershipALeaseMustLapseFirst(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		dead := build(t, s, nil)
		hang := make(chan struct{})
		dead.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			<-hang
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		dead.automate("booked", "", mails("to"))
		dead.report("booked", 100, payload(""))
		synctest.Wait()
		dead.cancel() // it starts nothing more, and never records what is out
		h := open(t, s, func(o *engine.Options) { o.SoleOwner = false })
		time.Sleep(59 * time.Second)
		h.wantSent()
		time.Sleep(time.Second)
		synctest.Wait()
		h.wantSent("2000-01-01 00:01:00.000 to ada@example.com")
		close(hang)
		h.stop()
		dead.stop()
	})
}

func TestADeletedSiteActsNoMoreAndIsForgotten(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", "", mails("at"))
		r := h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		if err := h.DeleteSite(t.Context(), operator, h.site); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, err := h.store.Event(t.Context(), h.site, r.EventID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the event of a deleted site: %v; want none", err)
		}
		if _, err := h.store.Activation(t.Context(), h.site, r.Activations[0]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the activation of a deleted site: %v; want none", err)
		}
		h.must(h.Book().PutSite(t.Context(), operator, belay.Site{ID: h.site, Name: "Another", TimeZone: "UTC", Locale: "en"}))
		time.Sleep(30 * 24 * time.Hour)
		h.wantSent()
	})
}

func TestASiteIsNotSetUpAnewWhileItsPastIsBeingForgotten(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		h := build(t, s, nil)
		h.automate("starting", "", mails("at"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		if err := h.Book().DeleteSite(t.Context(), operator, h.site); err != nil { // and then the process dies
			t.Fatal(err)
		}
		_, _, err := h.Book().PutSite(t.Context(), operator, belay.Site{ID: h.site, Name: "Another", TimeZone: "UTC", Locale: "en"})
		if belay.CodeOf(err) != belay.AlreadyExists {
			t.Errorf("PutSite = %v; want ALREADY_EXISTS", err)
		}
		h.crash()
		h = open(t, h.store, nil)
		defer h.stop()
		time.Sleep(time.Minute)
		h.must(h.Book().PutSite(t.Context(), operator, belay.Site{ID: h.site, Name: "Another", TimeZone: "UTC", Locale: "en"}))
		events, err := h.Store().Events(t.Context(), store.EventQuery{SiteID: h.site, Page: store.Page{Limit: 10}})
		if err != nil || len(events) != 0 {
			t.Errorf("the new site has %d events of the old one, %v", len(events), err)
		}
	})
}

func TestTwoHoursAwayAreDecidedAndRecorded(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		h := build(t, s, nil)
		soon := h.automate("starting", before("30", "MINUTES"), mails("soon"))
		at := h.automate("starting", "", mails("at"))
		gone := h.report("starting", 100, payload("2000-01-01T01:00:00Z"))   // soon at 00:30, at 01:00: both fall into the outage
		coming := h.report("starting", 101, payload("2000-01-01T02:15:00Z")) // soon at 01:45: its event is still to come
		h.stop()
		time.Sleep(2 * time.Hour)
		h = open(t, s, nil)
		defer h.stop()
		time.Sleep(time.Hour)
		h.wantSent("2000-01-01 02:00:00.000 at ada@example.com", "2000-01-01 02:00:00.000 soon ada@example.com", "2000-01-01 02:15:00.000 at ada@example.com")
		if a := h.rowOf(gone, soon); a.Status != belay.Skipped || a.SkipReason != belay.ScheduleDateExpired {
			t.Errorf("the start before an event that has passed is %v %s; want SKIPPED", a.Status, a.SkipReason)
		}
		if a := h.rowOf(gone, at); a.Status != belay.Ended {
			t.Errorf("the start at the event's time is %v; want ENDED", a.Status)
		}
		if a := h.rowOf(coming, soon); a.Actions[0].Attempts[0].Lateness != (15 * time.Minute).Milliseconds() {
			t.Errorf("lateness is %d ms; want the 15 minutes of the outage", a.Actions[0].Attempts[0].Lateness)
		}
	})
}

func TestAppsReachTheirOwnOnly(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		ctx := t.Context()
		other := belay.Caller{Role: belay.RoleApp, AppID: id(3)}
		h.must(h.Book().PutApp(ctx, operator, belay.App{ID: id(3), Name: "Other"}))
		h.must(h.Book().PutSite(ctx, operator, belay.Site{ID: id(4), Name: "Elsewhere", TimeZone: "UTC", Locale: "en"}))
		for name, tt := range map[string]struct {
			by     belay.Caller
			site   belay.ID
			app    belay.ID
			key    string
			code   belay.Code
			reason string
		}{
			"an unknown trigger":                {h.appCaller, h.site, belay.ID{}, "nothing", belay.NotFound, "TRIGGER_NOT_FOUND"},
			"a site without the app":            {h.appCaller, id(4), belay.ID{}, "booked", belay.PermissionDenied, "APP_NOT_INSTALLED"},
			"a site that does not exist":        {h.appCaller, id(5), belay.ID{}, "booked", belay.PermissionDenied, "APP_NOT_INSTALLED"},
			"an app that is not installed":      {other, h.site, belay.ID{}, "booked", belay.PermissionDenied, "APP_NOT_INSTALLED"},
			"another app by name":               {other, h.site, h.app, "booked", belay.PermissionDenied, "OTHER_APP"},
			"a viewer":                          {belay.Caller{Role: belay.RoleViewer, SiteID: h.site}, h.site, belay.ID{}, "booked", belay.PermissionDenied, "ROLE_NOT_ALLOWED"},
			"a key of another site":             {belay.Caller{Role: belay.RoleSite, SiteID: id(4)}, h.site, belay.ID{}, "booked", belay.PermissionDenied, "OTHER_SITE"},
			"an operator and an unknown site":   {operator, id(5), belay.ID{}, "booked", belay.NotFound, ""},
			"an operator's unknown trigger key": {operator, h.site, belay.ID{}, "nothing", belay.NotFound, "TRIGGER_NOT_FOUND"},
		} {
			_, err := h.Report(ctx, tt.by, tt.site, tt.app, tt.key, engine.ReportItem{Payload: []byte(payload(""))})
			e, ok := errors.AsType[*belay.Error](err)
			if !ok || e.Code != tt.code || (tt.reason != "" && e.Reason != tt.reason) {
				t.Errorf("%s: Report = %v; want %s %s", name, err, tt.code, tt.reason)
			}
			_, err = h.Engine.Cancel(ctx, tt.by, tt.site, tt.app, tt.key, id(100))
			if e, ok := errors.AsType[*belay.Error](err); !ok || e.Code != tt.code {
				t.Errorf("%s: Cancel = %v; want %s", name, err, tt.code)
			}
		}
	})
}

func TestTheConfigurationIsTheOneOfTheCommit(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		a, b := build(t, s, nil), open(t, s, nil) // two nodes over one store
		defer a.stop()
		defer b.stop()
		if r := b.report("booked", 100, payload("")); len(r.Activations) != 0 {
			t.Fatalf("Report = %+v; want no activation yet", r)
		}
		automation := a.automate("booked", "", mails("to"))
		if r := b.report("booked", 100, payload("")); len(r.Activations) != 1 {
			t.Errorf("a report on the other node made %d activations; want 1", len(r.Activations))
		}
		if err := a.Book().DeleteAutomation(t.Context(), operator, a.site, automation.ID); err != nil {
			t.Fatal(err)
		}
		if r := b.report("booked", 100, payload("")); len(r.Activations) != 0 {
			t.Errorf("a report after the deletion made %d activations; want none", len(r.Activations))
		}
	})
}

func TestThePastIsForgottenByAgeAndWhatIsPendingIsNot(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), func(o *engine.Options) { o.Retention = 30 * 24 * time.Hour })
		defer h.stop()
		h.automate("booked", "", mails("to"))
		h.automate("starting", "", mails("at"))
		old := h.report("booked", 100, payload(""))
		far := h.report("starting", 101, payload("2000-06-01T00:00:00Z"))
		time.Sleep(20 * 24 * time.Hour)
		young := h.report("booked", 102, payload(""))
		time.Sleep(11 * 24 * time.Hour)
		for _, tt := range []struct {
			what string
			r    engine.Reported
			kept bool
		}{{"a month old", old, false}, {"pending", far, true}, {"eleven days old", young, true}} {
			_, err := h.EventOf(t.Context(), operator, h.site, tt.r.EventID)
			if kept := err == nil; kept != tt.kept {
				t.Errorf("the event that is %s: kept %v (%v); want %v", tt.what, kept, err, tt.kept)
			}
			_, err = h.Activation(t.Context(), h.site, tt.r.Activations[0])
			if kept := err == nil; kept != tt.kept {
				t.Errorf("the activation that is %s: kept %v (%v); want %v", tt.what, kept, err, tt.kept)
			}
		}
		time.Sleep(150 * 24 * time.Hour)
		if got := h.receiver.count(); got != 3 {
			t.Errorf("%d were sent; want 3, the one of June among them", got)
		}
	})
}

func TestAFullDiskStillTakesCancels(t *testing.T) {
	virtual(t, func(t *testing.T) {
		full := &fullStore{Store: model()}
		h := build(t, full, nil)
		defer h.stop()
		h.automate("starting", "", mails("at"))
		h.report("starting", 100, payload("2000-01-05T00:00:00Z"))
		full.cancels.Store(true)
		full.full.Store(true)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				_, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "starting", engine.ReportItem{Payload: []byte(payload("2000-01-05T00:00:00Z"))})
				if belay.CodeOf(err) != belay.Unavailable {
					t.Errorf("Report = %v; want UNAVAILABLE", err)
				}
			})
		}
		wg.Go(func() {
			if c := h.call(100, "starting"); c.Activations != 1 {
				t.Errorf("Cancel = %+v; want one called off", c)
			}
		})
		wg.Wait()
		full.full.Store(false)
		time.Sleep(30 * 24 * time.Hour)
		h.wantSent()
	})
}

func TestALeaseMustOutliveItsAttempts(t *testing.T) {
	_, err := engine.New(t.Context(), engine.Options{
		Store: model(), Lease: 10 * time.Second,
		Actions: func(engine.Streams) (*action.Registry, error) {
			return action.NewRegistry(action.Definition{
				Key: "slow", Name: "Slow", InputSchema: []byte(`{}`), OutputSchema: []byte(`{}`), Do: &receiver{}, Timeout: 9 * time.Second,
			})
		},
	})
	if err == nil {
		t.Error("New took a lease that an attempt can outlast")
	}
}

func TestNothingIsLostWhileThereIsNoRoom(t *testing.T) {
	virtual(t, func(t *testing.T) {
		full := &fullStore{Store: model()}
		h := build(t, full, nil)
		defer h.stop()
		h.automate("starting", "", mails("at"))
		h.report("starting", 100, payload("2000-01-01T01:00:00Z"))
		full.full.Store(true)
		_, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "starting", engine.ReportItem{Payload: []byte(payload("2000-01-01T01:00:00Z"))})
		if belay.CodeOf(err) != belay.Unavailable {
			t.Errorf("Report = %v; want UNAVAILABLE", err)
		}
		time.Sleep(2 * time.Hour)
		h.wantSent()
		full.full.Store(false)
		time.Sleep(time.Minute)
		if got := h.receiver.count(); got != 1 {
			t.Errorf("%d were sent when there was room again; want 1", got)
		}
	})
}

func TestAReportIsToldThoughTheWriteLostItsAnswer(t *testing.T) {
	for name, kept := range map[string]bool{"the write was kept": true, "the write was not kept": false} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				s := &breakingStore{Store: model()}
				h := build(t, s, func(o *engine.Options) {
					o.Reopen = func(store.Store) (store.Store, error) { return s.Store, nil }
				})
				defer h.stop()
				h.automate("booked", "", mails("to"))
				s.breaks(kept)
				r := h.report("booked", 100, payload(""))
				synctest.Wait()
				h.wantSent("2000-01-01 00:00:00.000 to ada@example.com")
				if a := h.row(r); a.Status != belay.Ended || len(a.Actions[0].Attempts) != 1 {
					t.Errorf("the row is %+v; want ENDED by one attempt", a)
				}
			})
		})
	}
}

// breakingStore fails one write, which it has kept or not.
type breakingStore struct {
	store.Store
	mu           sync.Mutex
	broken, kept bool
}

func (b *breakingStore) breaks(kept bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken, b.kept = true, kept
}

func (b *breakingStore) Commit(ctx context.Context, batch *store.Batch) (*store.Result, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.broken {
		return b.Store.Commit(ctx, batch)
	}
	if b.kept {
		if _, err := b.Store.Commit(ctx, batch); err != nil {
			return nil, err
		}
	}
	return nil, store.ErrBroken
}

// fullStore refuses commits while it is full.
type fullStore struct {
	store.Store
	full    atomic.Bool
	cancels atomic.Bool // cancels among themselves are let in
}

func (f *fullStore) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if f.full.Load() && !(f.cancels.Load() && len(b.Cancels) > 0 && len(b.Reports)+len(b.Saves)+len(b.Changes)+len(b.Entries) == 0) {
		return nil, store.ErrFull
	}
	return f.Store.Commit(ctx, b)
}
