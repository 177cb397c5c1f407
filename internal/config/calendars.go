package config

import (
	"context"
	"fmt"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

var scheduleTrigger = ref{belay.BuiltIn, belay.TriggerSchedule}

// markCalendar marks a site as one that has had an automation with a calendar,
// before that automation is kept.
func (b *Book) markCalendar(ctx context.Context, site belay.ID) error {
	if _, marked := b.shared.Load().calendars.get(site); marked {
		return nil
	}
	return b.editShared(ctx, belay.Caller{}, func(s *shared) ([]document, error) {
		if _, marked := s.calendars.get(site); marked {
			return nil, nil
		}
		return one(keep(kindCalendar, site.String(), struct{}{}))
	})
}

// Calendars returns the sites that may have an automation with a calendar, in the
// order of their IDs.
func (b *Book) Calendars(ctx context.Context) ([]belay.ID, error) {
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	s := b.shared.Load()
	var sites []belay.ID
	for id := range s.calendars.all {
		if _, there := s.sites.get(id); there {
			sites = append(sites, id)
		}
	}
	slices.SortFunc(sites, func(a, c belay.ID) int { return slices.Compare(a[:], c[:]) })
	return sites, nil
}

// calendarsMoved tells of every automation of a site that has a calendar.
func (b *Book) calendarsMoved(ctx context.Context, site belay.ID) {
	s, err := b.Refresh(ctx, site)
	if err != nil {
		b.log.WarnContext(ctx, "calendars could not be read after a change of the time zone", "site", site, "error", err)
		return
	}
	for _, a := range s.Scheduled() {
		b.moved(ctx, site, a.Automation.ID)
	}
}

// cancelOccurrences returns what calls off the occurrences of an automation that
// are pending; those that have begun go on. What another node plans meanwhile finds
// at its time that the automation has changed.
func (b *Book) cancelOccurrences(ctx context.Context, by belay.Caller, site, automation belay.ID) ([]store.Cancel, error) {
	pending, err := b.store.Activations(ctx, store.ActivationQuery{
		SiteID: site, Page: store.Page{Limit: 100, Newest: true}, AutomationID: automation, Status: belay.Scheduled,
	})
	if err != nil {
		return nil, fmt.Errorf("config: occurrences of automation %s: %w", automation, err)
	}
	var cancels []store.Cancel
	for i := range pending {
		if pending[i].Cause == belay.Occurrence {
			cancels = append(cancels, b.cancel(by, site, store.Selector{ActivationID: pending[i].ID}, belay.ScheduleChanged))
		}
	}
	return cancels, nil
}
