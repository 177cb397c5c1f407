package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// WeekDays is how many days a Week has.
const WeekDays = 7

// Week counts the activations of one automation that became final on each of seven
// days of the site's calendar, the last of which is today.
type Week struct {
	Ended, Failed, Canceled, Skipped [WeekDays]int
	// Bounded says that only the activations that began last were looked at.
	Bounded bool
}

const (
	// weekLook is how many activations of an automation are looked at for its Week.
	weekLook = 5_000
	// weekAsk is how many automations the store is asked for at a time.
	weekAsk = 50
)

// Weeks returns what became of the activations of some automations in the last
// seven days, and when those days begin; an automation without any has an empty
// Week. Of each automation the 5,000 that are final and began last are looked at.
func (e *Engine) Weeks(ctx context.Context, by belay.Caller, site belay.ID, automations []belay.ID) (days [WeekDays]time.Time, weeks map[belay.ID]*Week, err error) {
	if only, err := e.mayRead(ctx, by, site); err != nil {
		return days, nil, err
	} else if !only.IsZero() {
		return days, nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "an app may not read what a site's automations did")
	}
	snapshot, err := e.book.Snapshot(ctx, site)
	if err != nil {
		return days, nil, err
	}
	days = lastDays(e.Now().Time(), snapshot.Zone)
	since := belay.At(days[0])
	weeks = make(map[belay.ID]*Week, len(automations))
	looked := make(map[belay.ID]int)
	for some := range slices.Chunk(automations, weekAsk) {
		found, err := e.Store().Tally(ctx, store.TallyQuery{
			SiteID: site, Automations: some, Since: since - since%store.TallyStep, Look: weekLook,
		})
		if err != nil {
			return days, nil, fmt.Errorf("engine: tally: %w", err)
		}
		for _, t := range found {
			w := weeks[t.AutomationID]
			if w == nil {
				w = &Week{}
				weeks[t.AutomationID] = w
			}
			looked[t.AutomationID] += t.Count
			w.Bounded = looked[t.AutomationID] >= weekLook
			w.add(&t, days)
		}
	}
	return days, weeks, nil
}

// lastDays returns the first moments of the seven days in zone that end with now's.
func lastDays(now time.Time, zone *time.Location) (days [WeekDays]time.Time) {
	y, m, d := now.In(zone).Date()
	for i := range days {
		days[i] = time.Date(y, m, d-(WeekDays-1)+i, 0, 0, 0, 0, zone)
	}
	return days
}

func (w *Week) add(t *store.Tally, days [WeekDays]time.Time) {
	if t.At == 0 || t.At.Time().Before(days[0]) {
		return
	}
	day := 0
	for day < WeekDays-1 && !t.At.Time().Before(days[day+1]) {
		day++
	}
	switch t.Status {
	case belay.Ended:
		w.Ended[day] += t.Count
	case belay.Failed:
		w.Failed[day] += t.Count
	case belay.Cancelled:
		w.Canceled[day] += t.Count
	case belay.Skipped:
		w.Skipped[day] += t.Count
	}
}
