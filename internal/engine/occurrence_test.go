package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// timed is the document of an automation with a calendar, that sends label and
// when it was to take place.
func timed(status, mapping, label string) json.RawMessage {
	return fmt.Appendf(nil, `{"name":"Timed","origin":"USER","configuration":{"status":%q,
		"trigger":{"appId":"belay","triggerKey":"schedule","automationConfigMapping":%s},
		"rootActionIds":[%q],"actions":{%q:{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send",
			"inputMapping":{"to":"%s {{var(\"date\")}}"}}}}}}`, status, mapping, aid(1), aid(1), label)
}

func daily(expression, start string) string {
	return fmt.Sprintf(`{"startDate":%q,"repetitions":{"cronExpression":%q}}`, start, expression)
}

func (h *house) time(mapping string) belay.Automation {
	h.Helper()
	a, err := h.Book().CreateAutomation(h.Context(), operator, h.site, timed("ACTIVE", mapping, "on"))
	if err != nil {
		h.Fatal(err)
	}
	return a
}

// occurrences returns the automation's activations, oldest first, as "status date reason".
func (h *house) occurrences(a belay.Automation) []string {
	h.Helper()
	list, err := h.Activations(h.Context(), operator, store.ActivationQuery{SiteID: h.site, AutomationID: a.ID, Page: store.Page{Limit: 500}})
	if err != nil {
		h.Fatal(err)
	}
	var out []string
	for i := range list {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s%s", list[i].Status, list[i].StartsAt, list[i].SkipReason, list[i].CancelReason)))
	}
	slices.Sort(out)
	return out
}

func (h *house) wantOccurrences(a belay.Automation, want ...string) {
	h.Helper()
	slices.Sort(want)
	if got := h.occurrences(a); !slices.Equal(got, want) {
		h.Errorf("occurrences\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestACalendarActsAtEachTimeAndHasTheNextPending(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.time(daily("0 9 * * *", "2000-01-03T00:00:00"))
		h.wantOccurrences(a, "SCHEDULED 2000-01-03T08:00:00.000Z")
		time.Sleep(4 * 24 * time.Hour)
		h.wantSent(
			"2000-01-03 08:00:00.000 on 2000-01-03T08:00:00.000Z",
			"2000-01-04 08:00:00.000 on 2000-01-04T08:00:00.000Z")
		h.wantOccurrences(a, "ENDED 2000-01-03T08:00:00.000Z", "ENDED 2000-01-04T08:00:00.000Z", "SCHEDULED 2000-01-05T08:00:00.000Z")
	})
}

func TestACalendarThatIsOverHasNothingPending(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.time(`{"startDate":"2000-01-01T12:00:00"}`)
		time.Sleep(48 * time.Hour)
		h.wantOccurrences(a, "ENDED 2000-01-01T11:00:00.000Z")
	})
}

func TestAChangedCalendarStopsAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(h *house, a belay.Automation) error
		want []string
	}{
		"edited": {func(h *house, a belay.Automation) error {
			_, err := h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, a.Revision, timed("ACTIVE", daily("0 10 * * *", "2000-01-01T00:00:00"), "new"))
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z SCHEDULE_CHANGED", "ENDED 2000-01-01T09:00:00.000Z", "SCHEDULED 2000-01-02T09:00:00.000Z"}},
		"edited, but for its times": {func(h *house, a belay.Automation) error {
			_, err := h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, a.Revision, timed("ACTIVE", daily("0 9 * * *", "2000-01-01T00:00:00"), "new"))
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z SCHEDULE_CHANGED", "ENDED 2000-01-01T08:00:00.000Z", "SCHEDULED 2000-01-02T08:00:00.000Z"}},
		"deactivated": {func(h *house, a belay.Automation) error {
			_, err := h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, a.Revision, timed("INACTIVE", daily("0 9 * * *", "2000-01-01T00:00:00"), "on"))
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z AUTOMATION_DEACTIVATED"}},
		"deactivated and active again": {func(h *house, a belay.Automation) error {
			off, err := h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, a.Revision, timed("INACTIVE", daily("0 9 * * *", "2000-01-01T00:00:00"), "on"))
			if err == nil {
				_, err = h.Book().UpdateAutomation(h.Context(), operator, h.site, a.ID, off.Revision, timed("ACTIVE", daily("0 9 * * *", "2000-01-01T00:00:00"), "on"))
			}
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z AUTOMATION_DEACTIVATED", "ENDED 2000-01-01T08:00:00.000Z", "SCHEDULED 2000-01-02T08:00:00.000Z"}},
		"deleted": {func(h *house, a belay.Automation) error {
			return h.Book().DeleteAutomation(h.Context(), operator, h.site, a.ID)
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z AUTOMATION_DELETED"}},
		"in another time zone": {func(h *house, a belay.Automation) error {
			_, _, err := h.Book().PutSite(h.Context(), operator, belay.Site{ID: h.site, Name: "Salon", TimeZone: "UTC", Locale: "en-GB"})
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z SCHEDULE_CHANGED", "ENDED 2000-01-01T09:00:00.000Z", "SCHEDULED 2000-01-02T09:00:00.000Z"}},
		"one called off": {func(h *house, a belay.Automation) error {
			list, err := h.Activations(h.Context(), operator, store.ActivationQuery{SiteID: h.site, AutomationID: a.ID, Page: store.Page{Limit: 1}})
			if err == nil {
				_, err = h.CancelActivation(h.Context(), operator, h.site, list[0].ID)
			}
			return err
		}, []string{"CANCELLED 2000-01-01T08:00:00.000Z EVENT_CANCELLED", "SCHEDULED 2000-01-02T08:00:00.000Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				h := build(t, model(), nil)
				defer h.stop()
				a := h.time(daily("0 9 * * *", "2000-01-01T00:00:00"))
				time.Sleep(time.Hour)
				if err := tt.do(h, a); err != nil {
					t.Fatal(err)
				}
				time.Sleep(20 * time.Hour)
				h.wantOccurrences(a, tt.want...)
			})
		})
	}
}

func TestAfterAnOutageTheLastMissedTimeAloneMayStillCome(t *testing.T) {
	for name, tt := range map[string]struct {
		mapping string
		outage  time.Duration
		want    []string
	}{
		"daily, within the hour": {
			daily("0 9 * * *", "2000-01-01T00:00:00"), 8*time.Hour + 50*time.Minute,
			[]string{"ENDED 2000-01-01T08:00:00.000Z", "SCHEDULED 2000-01-02T08:00:00.000Z"},
		},
		"daily, too late": {
			daily("0 9 * * *", "2000-01-01T00:00:00"), 9*time.Hour + 10*time.Minute,
			[]string{"SKIPPED 2000-01-01T08:00:00.000Z SCHEDULE_DATE_EXPIRED", "SCHEDULED 2000-01-02T08:00:00.000Z"},
		},
		"hourly": {
			daily("0 * * * *", "2000-01-01T05:00:00"), 8*time.Hour + 30*time.Minute,
			[]string{"SKIPPED 2000-01-01T04:00:00.000Z SCHEDULE_DATE_EXPIRED", "ENDED 2000-01-01T08:00:00.000Z", "SCHEDULED 2000-01-01T09:00:00.000Z"},
		},
		"daily, over days": {
			daily("0 9 * * *", "2000-01-01T00:00:00"), 80*time.Hour + 30*time.Minute,
			[]string{"SKIPPED 2000-01-01T08:00:00.000Z SCHEDULE_DATE_EXPIRED", "ENDED 2000-01-04T08:00:00.000Z", "SCHEDULED 2000-01-05T08:00:00.000Z"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				s := model()
				h := build(t, s, nil)
				a := h.time(tt.mapping)
				h.stop()
				time.Sleep(tt.outage)
				h = open(t, s, nil)
				defer h.stop()
				time.Sleep(time.Minute)
				h.wantOccurrences(a, tt.want...)
			})
		})
	}
}

func TestACrashBeforeTheFirstTimeIsPlannedLosesNothing(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := model()
		h := build(t, s, nil)
		a := h.time(daily("0 9 * * *", "2000-01-01T00:00:00"))
		h.stop()
		// What the process would have written last is not there.
		if _, err := s.Commit(t.Context(), &store.Batch{Cancels: []store.Cancel{{
			SiteID: h.site, Selector: store.Selector{AutomationID: a.ID}, Reason: belay.EventCancelled, Now: belay.At(time.Now()),
		}}}); err != nil {
			t.Fatal(err)
		}
		h = open(t, s, nil)
		defer h.stop()
		synctest.Wait()
		h.wantOccurrences(a, "CANCELLED 2000-01-01T08:00:00.000Z EVENT_CANCELLED", "SCHEDULED 2000-01-02T08:00:00.000Z")
	})
}

func TestNodesStartEachTimeOfACalendarOnce(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b, d := furnish(c.join(0)), c.join(300*time.Millisecond), c.join(-200*time.Millisecond)
		timedOne := a.time(daily("*/10 * * * *", "2000-01-01T00:00:00"))
		time.Sleep(35 * time.Minute)
		b.crash()
		time.Sleep(30 * time.Minute)
		if _, err := d.Book().UpdateAutomation(t.Context(), operator, a.site, timedOne.ID, timedOne.Revision, timed("ACTIVE", daily("*/10 * * * *", "2000-01-01T00:00:00"), "on")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		var want []string
		for at := time.Date(2000, 1, 1, 0, 10, 0, 0, time.UTC); at.Minute()+60*at.Hour() < 95; at = at.Add(10 * time.Minute) {
			want = append(want, at.Format("2006-01-02T15:04:05.000Z"))
		}
		var got []string
		for _, s := range c.receiver.sent() {
			got = append(got, s[strings.Index(s, "on ")+3:])
		}
		if !slices.Equal(got, want) {
			t.Errorf("sent for\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		a.stop()
		d.stop()
	})
}

func TestACalendarIsTestedAndRunLikeAnyOther(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.time(daily("0 9 * * *", "2000-01-01T00:00:00"))
		if _, err := h.CarryOut(t.Context(), operator, h.site, config.Target{AutomationID: a.ID}, belay.Test, engine.ReportItem{Payload: []byte(`{"date":"2000-06-01T00:00:00Z"}`)}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 on 2000-06-01T00:00:00Z")
	})
}

// On disk, the start of an occurrence and the plan of the next are one commit.
func TestACalendarGoesOnOverAFolderAcrossACrash(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s := disk(t)
		h := build(t, s, nil)
		a := h.time(daily("*/10 * * * *", "2000-01-01T00:00:00"))
		time.Sleep(25 * time.Minute)
		h.crash()
		h = open(t, s, nil)
		defer h.stop()
		time.Sleep(10 * time.Minute)
		h.wantOccurrences(a, "ENDED 2000-01-01T00:10:00.000Z", "ENDED 2000-01-01T00:20:00.000Z", "ENDED 2000-01-01T00:30:00.000Z", "SCHEDULED 2000-01-01T00:40:00.000Z")
	})
}
