package storetest

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func tallies(t *testing.T, f Fixture) {
	other := belay.ID{3, 15: 9}
	cases(t, f, map[string]func(*exam){
		"by end, status and automation, over what is final": func(x *exam) {
			step := belay.Instant(store.TallyStep)
			since := x.now / step * step
			for _, end := range []struct {
				automation belay.ID
				status     belay.Status
				at         belay.Instant
			}{
				{x.automation, belay.Ended, since + 1},
				{x.automation, belay.Ended, since + step - 1},
				{x.automation, belay.Failed, since},
				{x.automation, belay.Ended, since + step},
				{x.automation, belay.Ended, since - 1},
				{x.automation, belay.Ended, since - 2*step},
				{x.automation, belay.Cancelled, since - 1},
				{other, belay.Skipped, since + 3*step},
			} {
				x.scheduled(belay.ID{}, func(a *belay.Activation) {
					a.AutomationID, a.Status, a.EndedAt, a.Due = end.automation, end.status, end.at, 0
				})
			}
			x.scheduled(belay.ID{})
			want := []store.Tally{
				{AutomationID: x.automation, Status: belay.Ended, Count: 2},
				{AutomationID: x.automation, Status: belay.Cancelled, Count: 1},
				{AutomationID: x.automation, At: since, Status: belay.Ended, Count: 2},
				{AutomationID: x.automation, At: since, Status: belay.Failed, Count: 1},
				{AutomationID: x.automation, At: since + step, Status: belay.Ended, Count: 1},
				{AutomationID: other, At: since + 3*step, Status: belay.Skipped, Count: 1},
			}
			q := store.TallyQuery{Automations: []belay.ID{other, x.automation, other}, Since: since, Look: 100}
			x.equal("both", x.tally(q), want)
			q.Automations = []belay.ID{other}
			x.equal("one", x.tally(q), want[5:])
			q.Automations = nil
			x.equal("none", x.tally(q), []store.Tally(nil))
			q.Automations, q.SiteID = []belay.ID{other}, belay.ID{1, 15: 7}
			x.equal("of another site", x.tally(q), []store.Tally(nil))
		},
		"no more than the newest": func(x *exam) {
			since := x.now / store.TallyStep * store.TallyStep
			for _, status := range []belay.Status{belay.Ended, belay.Failed, belay.Skipped} {
				x.scheduled(belay.ID{}, func(a *belay.Activation) { a.Status, a.EndedAt, a.Due = status, since, 0 })
			}
			x.equal("two", x.tally(store.TallyQuery{Automations: []belay.ID{x.automation}, Since: since, Look: 2}), []store.Tally{
				{AutomationID: x.automation, At: since, Status: belay.Failed, Count: 1},
				{AutomationID: x.automation, At: since, Status: belay.Skipped, Count: 1},
			})
		},
		"as they go on, and are forgotten": func(x *exam) {
			a := x.scheduled(belay.ID{})
			q := store.TallyQuery{Automations: []belay.ID{x.automation}, Look: 5}
			x.equal("pending", x.tally(q), []store.Tally(nil))
			x.cancel(byID(a.ID))
			at := x.now / store.TallyStep * store.TallyStep
			x.equal("canceled", x.tally(q), []store.Tally{{AutomationID: x.automation, At: at, Status: belay.Cancelled, Count: 1}})
			x.commit(store.Batch{Purges: []store.Purge{{SiteID: x.site, Events: []belay.ID{a.EventID}, EndedBefore: x.now + 1}}})
			x.equal("forgotten", x.tally(q), []store.Tally(nil))
		},
		"bounds are refused": func(x *exam) {
			for _, q := range []store.TallyQuery{{}, {Look: 10_001}, {Look: 1, Since: 1}} {
				if _, err := x.s.Tally(x.ctx, q); err == nil {
					x.Errorf("%+v was answered", q)
				}
			}
		},
	})
}

// tally asks, of the exam's own site where the query names none.
func (x *exam) tally(q store.TallyQuery) []store.Tally {
	x.Helper()
	if q.SiteID.IsZero() {
		q.SiteID = x.site
	}
	got, err := x.s.Tally(x.ctx, q)
	x.ok(err)
	return got
}
