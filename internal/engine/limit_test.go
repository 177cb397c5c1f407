package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// limitedTo returns the trigger's fields for a limit by email.
func limitedTo(n int, duration string) string {
	return fmt.Sprintf(`,"rateLimit":{"maxActivationsExpression":"{{%d}}","uniqueIdentifierExpression":"{{var(\"email\")}}"%s}`, n, duration)
}

const (
	aDay      = `,"durationExpression":"{{1}}","durationTimeUnit":"DAYS"`
	hours24   = `,"durationExpression":"{{24}}","durationTimeUnit":"HOURS"`
	aMinute   = `,"durationExpression":"{{1}}","durationTimeUnit":"MINUTES"`
	minutes10 = `,"durationExpression":"{{10}}","durationTimeUnit":"MINUTES"`
	of10      = `,"rateLimitDurationExpression":"{{10}}","rateLimitDurationTimeUnit":"MINUTES"`
	of24      = `,"rateLimitDurationExpression":"{{24}}","rateLimitDurationTimeUnit":"HOURS"`
	byEmail   = `,"uniqueIdentifierExpression":"{{var(\"email\")}}"`
	everyone  = ""
)

// limiting returns a graph of a limit in front of a mail.
func limiting(label string, n int, more string) string {
	return fmt.Sprintf(`"rootActionIds":["%[2]s"],"actions":{"%[1]s":%[3]s,
		"%[2]s":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"{{%[4]d}}"%[5]s,"postActionIds":["%[1]s"]}}}`,
		aid(1), aid(2), sending1(label), n, more)
}

func to(email string) string { return `{"email":"` + email + `"}` }

// wantSkipped checks whether a report's only activation was skipped for the limit.
func (h *house) wantSkipped(r engine.Reported, skipped bool) {
	h.Helper()
	a := h.row(r)
	if got := a.Status == belay.Skipped && a.SkipReason == belay.RateLimitExceeded; got != skipped {
		h.Errorf("at %s: %v %s; want it skipped for the limit: %v", time.Now().UTC(), a.Status, a.SkipReason, skipped)
	}
}

func TestATriggersLimitSkipsWhatIsTooMuch(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", limitedTo(2, hours24), mails("to"))
		h.wantSkipped(h.report("booked", 1, to("ada")), false)
		time.Sleep(time.Hour)
		h.wantSkipped(h.report("booked", 2, to("ada")), false)
		h.wantSkipped(h.report("booked", 3, to("ada")), true)
		h.wantSkipped(h.report("booked", 4, to("bob")), false)
		time.Sleep(23*time.Hour - time.Millisecond)
		h.wantSkipped(h.report("booked", 5, to("ada")), true)
		time.Sleep(time.Millisecond)
		h.wantSkipped(h.report("booked", 6, to("ada")), false)
		h.wantSkipped(h.report("booked", 7, to("ada")), true)
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 to ada", "2000-01-01 01:00:00.000 to ada", "2000-01-01 01:00:00.000 to bob",
			"2000-01-02 00:00:00.000 to ada")
	})
}

func TestALimitOfADayIsADayOnTheWall(t *testing.T) {
	for name, tt := range map[string]struct {
		duration string
		begin    time.Time
		until    time.Duration
	}{
		"a day of 23 hours":          {aDay, time.Date(2000, 3, 25, 9, 0, 0, 0, time.UTC), 23 * time.Hour},
		"a day of 25 hours":          {aDay, time.Date(2000, 10, 28, 9, 0, 0, 0, time.UTC), 25 * time.Hour},
		"24 hours in a change":       {hours24, time.Date(2000, 3, 25, 9, 0, 0, 0, time.UTC), 24 * time.Hour},
		"a day like the others":      {aDay, time.Date(2000, 2, 1, 9, 0, 0, 0, time.UTC), 24 * time.Hour},
		"a minute":                   {aMinute, time.Date(2000, 2, 1, 9, 0, 0, 0, time.UTC), time.Minute},
		"the last day of a February": {aDay, time.Date(2000, 2, 29, 9, 0, 0, 0, time.UTC), 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				time.Sleep(time.Until(tt.begin))
				h := build(t, model(), nil)
				defer h.stop()
				h.automate("booked", limitedTo(1, tt.duration), mails("to"))
				h.wantSkipped(h.report("booked", 1, to("ada")), false)
				time.Sleep(tt.until - time.Millisecond)
				h.wantSkipped(h.report("booked", 2, to("ada")), true)
				time.Sleep(time.Millisecond)
				h.wantSkipped(h.report("booked", 3, to("ada")), false)
			})
		})
	}
}

func TestALimitWithoutADurationIsForEver(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		h := build(t, s, nil)
		h.automate("booked", limitedTo(1, ""), mails("to"))
		h.wantSkipped(h.report("booked", 1, to("ada")), false)
		for range 3 {
			time.Sleep(200 * 24 * time.Hour)
			if err := h.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.wantSkipped(h.report("booked", 2, to("ada")), true)
		}
		h.stop()
		h = open(t, s, nil)
		defer h.stop()
		h.wantSkipped(h.report("booked", 3, to("ada")), true)
		h.wantSkipped(h.report("booked", 4, to("bob")), false)
	})
}

func TestAScheduledActivationTakesItsPlaceAtTheReport(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS")+limitedTo(1, hours24), mails("reminder"))
		h.wantSkipped(h.report("starting", 1, payload("2000-01-10T10:00:00Z")), false)
		h.wantSkipped(h.report("starting", 2, payload("2000-01-12T10:00:00Z")), true)
		late := h.report("starting", 3, payload("2000-01-01T10:00:00Z"))
		if a := h.row(late); a.SkipReason != belay.ScheduleDateExpired {
			t.Errorf("the start has passed, and the reason is %s; want that one", a.SkipReason)
		}
		time.Sleep(24 * time.Hour)
		h.wantSkipped(h.report("starting", 4, payload("2000-01-14T10:00:00Z")), false)
		time.Sleep(20 * 24 * time.Hour)
		h.wantSent("2000-01-09 10:00:00.000 reminder ada@example.com", "2000-01-13 10:00:00.000 reminder ada@example.com")
	})
}

// An appointment that is moved is canceled and reported anew: its reminder must
// not fall victim to the limit that the first report filled.
func TestACancelBeforeTheStartGivesThePlaceBack(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS")+limitedTo(1, ""), mails("reminder"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		h.call(100, "starting")
		h.wantSkipped(h.report("starting", 100, payload("2000-01-12T10:00:00Z")), false)
		h.wantSkipped(h.report("starting", 101, payload("2000-01-13T10:00:00Z")), true)
		time.Sleep(20 * 24 * time.Hour)
		h.call(100, "starting")
		h.wantSkipped(h.report("starting", 102, payload("2000-02-13T10:00:00Z")), true)
		h.wantSent("2000-01-11 10:00:00.000 reminder ada@example.com")
	})
}

func TestWhatIsSwitchedOffGivesItsPlacesBack(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.automate("starting", limitedTo(1, ""), mails("at"))
		h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		edit := func(change func(string) string) {
			t.Helper()
			next, err := h.Book().UpdateAutomation(t.Context(), operator, h.site, a.ID, a.Revision, json.RawMessage(change(string(a.Document))))
			if err != nil {
				t.Fatal(err)
			}
			a = next
		}
		edit(func(s string) string { return strings.Replace(s, `"ACTIVE"`, `"INACTIVE"`, 1) })
		edit(func(s string) string { return strings.Replace(s, `"INACTIVE"`, `"ACTIVE"`, 1) })
		h.wantSkipped(h.report("starting", 101, payload("2000-01-10T10:00:00Z")), false)
		// An edit keeps what was counted.
		edit(func(s string) string { return strings.Replace(s, `"Automation"`, `"Another name"`, 1) })
		h.wantSkipped(h.report("starting", 102, payload("2000-01-10T10:00:00Z")), true)
		edit(func(s string) string { return strings.Replace(s, `{{1}}`, `{{2}}`, 1) })
		h.wantSkipped(h.report("starting", 103, payload("2000-01-10T10:00:00Z")), false)
	})
}

func TestARepeatedReportTakesOnePlace(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", limitedTo(2, ""), mails("to"))
		item := engine.ReportItem{Payload: []byte(to("ada")), IdempotencyKey: "k"}
		for range 3 {
			if _, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item); err != nil {
				t.Fatal(err)
			}
		}
		h.wantSkipped(h.report("booked", 2, to("ada")), false)
		h.wantSkipped(h.report("booked", 3, to("ada")), true)
	})
}

func TestALostAnswerTakesOnePlace(t *testing.T) {
	for name, kept := range map[string]bool{"the write was kept": true, "the write was not kept": false} {
		for what, graph := range map[string][2]string{
			"the trigger's": {limitedTo(1, ""), mails("to")}, "an action's": {"", limiting("to", 1, byEmail)},
		} {
			t.Run(what+", "+name, func(t *testing.T) {
				virtual(t, func(t *testing.T) {
					s := &breakingStore{Store: model()}
					h := build(t, s, func(o *engine.Options) {
						o.Reopen = func(store.Store) (store.Store, error) { return s.Store, nil }
					})
					defer h.stop()
					h.automate("booked", graph[0], graph[1])
					s.breaks(kept)
					h.report("booked", 1, to("ada"))
					synctest.Wait()
					h.report("booked", 2, to("ada"))
					synctest.Wait()
					h.wantSent("2000-01-01 00:00:00.000 to ada")
				})
			})
		}
	}
}

// What a lost answer has refused must not go out.
func TestALostAnswerLetsNothingPass(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := &breakingStore{Store: model()}
		h := build(t, s, func(o *engine.Options) {
			o.Reopen = func(store.Store) (store.Store, error) { return &breakingStore{Store: s.Store}, nil }
		})
		defer h.stop()
		h.automate("booked", limitedTo(1, ""), mails("to"))
		h.report("booked", 1, to("ada"))
		synctest.Wait()
		s.breaks(true)
		h.wantSkipped(h.report("booked", 2, to("ada")), true)
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 to ada")
	})
}

func TestAnActionsLimitLeavesOutWhatFollows(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", limiting("to", 1, of24+byEmail))
		first := h.report("booked", 1, to("ada"))
		second := h.report("booked", 2, to("ada"))
		h.report("booked", 3, to("bob"))
		synctest.Wait()
		for r, passed := range map[*engine.Reported]bool{&first: true, &second: false} {
			a := h.row(*r)
			if a.Status != belay.Ended || a.WithFailedActions || a.Actions[0].Status != belay.ActionEnded || a.Actions[0].Passed != passed {
				t.Errorf("%+v; want it ENDED, passed: %v", a, passed)
			}
		}
		time.Sleep(24 * time.Hour)
		h.report("booked", 4, to("ada"))
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 to ada", "2000-01-01 00:00:00.000 to bob", "2000-01-02 00:00:00.000 to ada")
	})
}

func TestATriggersLimitAndAnActionsHoldTogether(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", limitedTo(2, ""), limiting("to", 1, everyone))
		h.wantSkipped(h.report("booked", 1, to("ada")), false)
		synctest.Wait()
		h.wantSkipped(h.report("booked", 2, to("ada")), false)
		synctest.Wait()
		h.wantSkipped(h.report("booked", 3, to("ada")), true)
		h.wantSent("2000-01-01 00:00:00.000 to ada")
	})
}

// An activation that waits before its limit asks when it comes there.
func TestALimitBehindAWaitAsksThen(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		graph := strings.Replace(limiting("to", 1, everyone), `"rootActionIds":["`+aid(2)+`"],"actions":{`,
			`"rootActionIds":["`+aid(3)+`"],"actions":{"`+aid(3)+`":{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS","postActionIds":["`+aid(2)+`"]}},`, 1)
		h.automate("booked", "", graph)
		h.report("booked", 1, to("ada"))
		time.Sleep(time.Minute)
		h.report("booked", 2, to("bob"))
		h.call(1, "booked")
		s := h.store
		h.crash()
		h = openFor(t, s.(*mortal).Store, h.receiver, nil)
		defer h.stop()
		time.Sleep(2 * time.Hour)
		h.wantSent("2000-01-01 01:01:00.000 to bob")
	})
}

func TestASweepForgetsPlacesThatCountNoMore(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		minutes := h.automate("booked", limitedTo(1, aMinute), mails("a"))
		h.automate("booked", limitedTo(1, ""), mails("b"))
		gone := h.automate("booked", limitedTo(1, ""), mails("c"))
		h.report("booked", 1, to("ada"))
		places := func(want int) {
			t.Helper()
			if err := h.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, err := h.Store().Places(t.Context(), store.PlaceQuery{SiteID: h.site, Limit: 10})
			if err != nil || len(got) != want {
				t.Errorf("%d places, %v; want %d", len(got), err, want)
			}
			if want < 3 && slices.ContainsFunc(got, func(p store.Place) bool { return p.AutomationID == minutes.ID || p.AutomationID == gone.ID }) {
				t.Errorf("places = %+v; want those for ever alone", got)
			}
		}
		places(3)
		if err := h.Book().DeleteAutomation(t.Context(), operator, h.site, gone.ID); err != nil {
			t.Fatal(err)
		}
		places(3)
		time.Sleep(2 * time.Hour)
		places(1)
		if err := h.DeleteSite(t.Context(), operator, h.site); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		got, err := h.Store().Places(t.Context(), store.PlaceQuery{SiteID: h.site, Limit: 10})
		if err != nil || len(got) != 0 {
			t.Errorf("of a deleted site %d places are left, %v", len(got), err)
		}
	})
}

// However many nodes are asked at once, as many pass as there are places.
func TestNodesShareALimit(t *testing.T) {
	for name, graph := range map[string][2]string{
		"the trigger's": {limitedTo(7, minutes10), mails("to")}, "an action's": {"", limiting("to", 7, of10+byEmail)},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				c := newCluster(t)
				nodes := []*house{furnish(c.join(0)), c.join(2 * time.Millisecond), c.join(-3 * time.Millisecond)}
				nodes[0].automate("booked", graph[0], graph[1])
				time.Sleep(3 * time.Second)
				ask := func() {
					var all sync.WaitGroup
					for _, h := range nodes {
						for i := range 20 {
							all.Go(func() { h.report("booked", 100+i, to("ada")) })
						}
					}
					all.Wait()
					time.Sleep(5 * time.Second)
				}
				ask()
				if got := c.receiver.count(); got != 7 {
					t.Errorf("%d passed; want 7", got)
				}
				ask()
				if got := c.receiver.count(); got != 7 {
					t.Errorf("%d passed in all; want 7", got)
				}
				nodes[1].crash()
				nodes = []*house{nodes[0], nodes[2], c.join(0)}
				time.Sleep(9 * time.Minute)
				ask()
				if got := c.receiver.count(); got != 7 {
					t.Errorf("%d passed within ten minutes; want 7", got)
				}
				time.Sleep(time.Minute)
				ask()
				if got := c.receiver.count(); got != 14 {
					t.Errorf("%d passed after ten minutes; want 14", got)
				}
				for _, h := range nodes {
					h.stop()
				}
			})
		})
	}
}

func TestALimitThatCannotBeToldFailsInSight(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.must(h.Book().PutTrigger(t.Context(), operator, config.TriggerInput{AppID: h.app, Key: "seen", Name: "Appointment seen", Schema: json.RawMessage(realTime)}))
		h.automate("seen", `,"rateLimit":{"maxActivationsExpression":"{{1}}","uniqueIdentifierExpression":"{{var(\"nobody\")}}"}`, mails("to"))
		a := h.row(h.report("seen", 1, to("ada")))
		if a.Status != belay.Failed || a.FailReason != belay.UnexpectedError || !strings.Contains(a.Error, "the unique identifier is empty") {
			t.Errorf("%v %q; want it FAILED, saying why", a.Status, a.Error)
		}
	})
}
