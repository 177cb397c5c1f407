package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// twice returns a graph that waits a day and sends a, then waits a day and sends b.
func twice() string {
	wait := func(n, next int) string {
		return fmt.Sprintf(`%q:{"type":"DELAY","delayInfo":{"offsetExpression":"{{1}}","offsetTimeUnit":"DAYS","postActionIds":[%q]}}`, aid(n), aid(next))
	}
	return fmt.Sprintf(`"rootActionIds":[%q],"actions":{%s,%q:%s,%s,%q:%s}`, aid(1),
		wait(1, 2), aid(2), sending1("a", aid(3)), wait(3, 4), aid(4), sending1("b"))
}

func (h *house) upcoming(q engine.UpcomingQuery) (list []engine.Upcoming, next store.Due) {
	h.Helper()
	q.SiteID = h.site
	if q.Limit == 0 {
		q.Limit = 500
	}
	page, err := h.Upcoming(h.Context(), operator, q)
	if err != nil {
		h.Fatalf("Upcoming: %v", err)
	}
	return page.List, page.Next
}

func TestUpcomingListsWhatWaitsPageByPage(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.automate("starting", before("1", "HOURS"), mails("x"))
		h.automate("booked", "", twice())
		for day := 7; day >= 2; day-- {
			h.report("starting", 100+day, payload(fmt.Sprintf("2000-01-%02dT10:00:00Z", day)))
		}
		h.report("booked", 200, payload(""))
		list, next := h.upcoming(engine.UpcomingQuery{})
		if len(list) != 7 || next != (store.Due{}) {
			t.Fatalf("%d are upcoming, then %v; want 7", len(list), next)
		}
		if w := list[0].Wait; w.Kind != flow.WaitDelay || !slices.Equal(w.Next, []string{aid(2)}) || w.Due != belay.At(time.Now().AddDate(0, 0, 1)) {
			t.Errorf("the first waits %+v", w)
		}
		if u := list[1]; u.Wait.Kind != flow.WaitStart || u.TakesPlaceAt.Sub(u.Wait.Due) != time.Hour {
			t.Errorf("the second waits %+v for %v", u.Wait, u.TakesPlaceAt)
		}
		var paged []belay.ID
		for after := (store.Due{}); ; {
			page, next := h.upcoming(engine.UpcomingQuery{After: after, Limit: 2})
			for _, u := range page {
				paged = append(paged, u.Activation.ID)
			}
			if after = next; next == (store.Due{}) {
				break
			}
		}
		for i, u := range list {
			if i >= len(paged) || paged[i] != u.Activation.ID {
				t.Fatalf("page by page there are %v", paged)
			}
		}
		from := belay.At(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC))
		for name, tt := range map[string]struct {
			q    engine.UpcomingQuery
			want int
		}{
			"of an automation":         {engine.UpcomingQuery{AutomationID: a.ID}, 6},
			"of a trigger":             {engine.UpcomingQuery{AppID: h.app, TriggerKey: "booked"}, 1},
			"of an entity":             {engine.UpcomingQuery{EntityID: id(104)}, 1},
			"of an unknown entity":     {engine.UpcomingQuery{EntityID: id(999)}, 0},
			"in a span":                {engine.UpcomingQuery{From: from, To: from.Add(48 * time.Hour)}, 2},
			"of an automation, a span": {engine.UpcomingQuery{AutomationID: a.ID, From: from}, 5},
		} {
			if got, _ := h.upcoming(tt.q); len(got) != tt.want {
				t.Errorf("%s there are %d, want %d", name, len(got), tt.want)
			}
			q := tt.q
			q.SiteID = h.site
			days, _, complete, err := h.UpcomingDays(t.Context(), operator, q, func(*time.Location) (from, to belay.Instant) { return q.From, q.To })
			sum := 0
			for _, n := range days {
				sum += n
			}
			if err != nil || !complete || sum != tt.want {
				t.Errorf("%s the days have %v, %v, %v; want %d in all", name, days, complete, err, tt.want)
			}
		}
	})
}

func TestARunNowIsNotLate(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS"), twice())
		r := h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		time.Sleep(time.Hour)
		hurry := func(was string) {
			t.Helper()
			done, err := h.RunNow(t.Context(), operator, h.site, r.Activations[0])
			if err != nil || done.Was.String() != was {
				t.Errorf("RunNow = %v, %v; want what was due at %s", done, err, was)
			}
			time.Sleep(time.Second)
		}
		hurry("2000-01-09T10:00:00.000Z")
		if row := h.row(r); row.Status != belay.Started || row.Hurried == nil || row.StartsAt.String() != "2000-01-09T10:00:00.000Z" {
			t.Fatalf("the activation is %v, hurried %v, from %v", row.Status, row.Hurried, row.StartsAt)
		}
		hurry("2000-01-02T01:00:00.000Z") // a day after it was begun, not after it was to begin
		h.wantSent("2000-01-01 01:00:01.000 a ada@example.com")
		time.Sleep(25 * time.Hour)
		h.wantSent("2000-01-01 01:00:01.000 a ada@example.com", "2000-01-02 01:00:01.000 b ada@example.com")
		row := h.row(r)
		for _, s := range row.Actions {
			for _, try := range s.Attempts {
				if try.Lateness != 0 {
					t.Errorf("%s was %d ms late", s.ActionID, try.Lateness)
				}
			}
		}
		if _, err := h.RunNow(t.Context(), operator, h.site, row.ID); belay.CodeOf(err) != belay.FailedPrecondition {
			t.Errorf("RunNow of what is over = %v", err)
		}
	})
}

func TestASkipLeavesOneActionOut(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", twice())
		r := h.report("booked", 100, payload(""))
		for range 2 { // the second changes nothing
			done, err := h.Engine.Skip(t.Context(), operator, h.site, r.Activations[0])
			if err != nil || done.Ended || len(done.LeftOut) != 1 || done.LeftOut[0].ID != aid(2) {
				t.Fatalf("Skip = %+v, %v", done, err)
			}
		}
		if list, _ := h.upcoming(engine.UpcomingQuery{}); len(list) != 1 || !list[0].Wait.LeftOut {
			t.Errorf("upcoming is %+v", list)
		}
		time.Sleep(72 * time.Hour)
		h.wantSent("2000-01-03 00:00:00.000 b ada@example.com")
		row := h.row(r)
		if row.Status != belay.Ended || len(row.Actions) != 4 || row.Actions[1].Status != belay.ActionSkipped || row.Actions[1].LeftOut == nil {
			t.Errorf("the activation is %v with %+v", row.Status, row.Actions)
		}
	})
}

func TestASkipBeforeTheStartCancels(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("1", "DAYS"), mails("x"))
		r := h.report("starting", 100, payload("2000-01-10T10:00:00Z"))
		viewer := belay.Caller{Role: belay.RoleViewer, SiteID: h.site}
		if _, err := h.Engine.Skip(t.Context(), viewer, h.site, r.Activations[0]); belay.CodeOf(err) != belay.PermissionDenied {
			t.Errorf("a viewer's Skip = %v", err)
		}
		done, err := h.Engine.Skip(t.Context(), operator, h.site, r.Activations[0])
		if err != nil || !done.Ended {
			t.Fatalf("Skip = %+v, %v", done, err)
		}
		if row := h.row(r); row.Status != belay.Cancelled || row.CancelReason != belay.EventCancelled {
			t.Errorf("the activation is %v, %s", row.Status, row.CancelReason)
		}
		time.Sleep(30 * 24 * time.Hour)
		h.wantSent()
	})
}
