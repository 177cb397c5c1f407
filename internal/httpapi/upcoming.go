package httpapi

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

func (d *door) listUpcoming(ctx context.Context, c *call, in *api.UpcomingRequest) (*api.UpcomingResponse, error) {
	after, err := dueIn("cursor", in.Cursor)
	if err != nil {
		return nil, err
	}
	if !in.To.IsZero() && in.To.Before(in.From.Time) {
		return nil, belay.Invalid("to", "RANGE", "must not lie before from")
	}
	page, err := d.engine.Upcoming(ctx, c.by, engine.UpcomingQuery{
		SiteID: c.site, AutomationID: optionalID(in.AutomationID), AppID: optionalID(in.AppID), TriggerKey: in.TriggerKey,
		EntityID: optionalID(in.ExternalEntityID), From: belay.At(in.From.Time), To: belay.At(in.To.Time),
		After: after, Limit: limitOf(in.Limit),
	})
	if err != nil {
		return nil, err
	}
	answer := &api.UpcomingResponse{Upcoming: make([]api.Upcoming, len(page.List)), TimeZone: page.Snapshot.Site.TimeZone}
	answer.PagingMetadata.Count = len(page.List)
	if next := page.Next; next != (store.Due{}) {
		answer.PagingMetadata.HasNext = true
		answer.PagingMetadata.Cursors.Next = cursorOf(strconv.FormatInt(int64(next.At), 10) + "/" + next.ActivationID.String())
	}
	names, abouts := d.named(page.Snapshot), d.abouts(c, page.Snapshot)
	for i := range page.List {
		answer.Upcoming[i] = names.upcoming(&page.List[i])
		if answer.Upcoming[i].About, err = abouts.of(ctx, &page.List[i].Activation); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// dueIn reads the cursor of a list by due time.
func dueIn(field, cursor string) (at store.Due, err error) {
	if cursor == "" {
		return at, nil
	}
	key, err := keyIn(field, cursor)
	if err != nil {
		return at, err
	}
	ms, id, _ := strings.Cut(key, "/")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err == nil && n > 0 {
		at.At = belay.Instant(n)
		at.ActivationID, err = belay.ParseID(id)
	}
	if err != nil || at.At == 0 {
		return store.Due{}, belay.Invalid(field, "CURSOR", "is not a cursor of this list")
	}
	return at, nil
}

func (d *door) countUpcoming(ctx context.Context, c *call, in *api.UpcomingDaysRequest) (*api.UpcomingDaysResponse, error) {
	month, err := time.Parse("2006-01", in.Month)
	if err != nil {
		return nil, belay.Invalid("month", "MONTH", "must be a year and a month such as 2026-11")
	}
	days, s, complete, err := d.engine.UpcomingDays(ctx, c.by, engine.UpcomingQuery{
		SiteID: c.site, AutomationID: optionalID(in.AutomationID), AppID: optionalID(in.AppID), TriggerKey: in.TriggerKey,
		EntityID: optionalID(in.ExternalEntityID),
	}, func(zone *time.Location) (from, to belay.Instant) {
		year, m, _ := month.Date()
		return belay.At(time.Date(year, m, 1, 0, 0, 0, 0, zone)), belay.At(time.Date(year, m+1, 1, 0, 0, 0, 0, zone))
	})
	if err != nil {
		return nil, err
	}
	answer := &api.UpcomingDaysResponse{Month: in.Month, TimeZone: s.Site.TimeZone, Days: []api.UpcomingDay{}, Complete: complete}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		answer.Days = append(answer.Days, api.UpcomingDay{Date: day, Count: days[day]})
	}
	return answer, nil
}

func (d *door) runActivationNow(ctx context.Context, c *call, in *api.ActivationRequest) (*api.HurriedResponse, error) {
	done, err := d.engine.RunNow(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.HurriedResponse{ActivationID: in.ID, DueDate: when(done.Due), WasDueDate: when(done.Was)}, nil
}

func (d *door) skipActivation(ctx context.Context, c *call, in *api.ActivationRequest) (*api.SkippedResponse, error) {
	done, err := d.engine.Skip(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	s, err := d.book.Snapshot(ctx, c.site)
	if err != nil {
		return nil, err
	}
	return &api.SkippedResponse{
		ActivationID: in.ID, Ended: done.Ended, LeftOut: d.named(s).steps(done.AutomationID, done.LeftOut),
	}, nil
}

// names says what people call the parts of a site's automations.
type names struct {
	s       *config.Snapshot
	builtIn *action.Registry
}

func (d *door) named(s *config.Snapshot) names { return names{s, d.engine.Actions()} }

func (n names) upcoming(u *engine.Upcoming) api.Upcoming {
	a := &u.Activation
	told := api.Upcoming{
		ActivationID: a.ID.String(), EventID: a.EventID.String(), AutomationID: a.AutomationID.String(), AutomationRevision: api.Int64(a.Revision),
		AppID: a.AppID.String(), TriggerKey: a.TriggerKey, TriggerName: n.trigger(a.AppID, a.TriggerKey), ExternalEntityID: a.EntityID.String(),
		Status: a.Status.String(), Cause: causeOf(a.Cause), DueDate: when(u.Wait.Due), InitiatedDate: when(a.InitiatedAt),
		TakesPlaceDate: when(u.TakesPlaceAt), Wait: string(u.Wait.Kind), WaitingActionIDs: append([]string{}, u.Wait.ActionIDs...),
		LeftOut: u.Wait.LeftOut, Next: n.steps(a.AutomationID, u.Next),
	}
	if spec, ok := n.s.Spec(a.AutomationID); ok {
		told.AutomationName = spec.Name
	}
	return told
}

func (n names) trigger(app belay.ID, key string) string {
	if t, ok := n.s.Trigger(app, key); ok {
		return t.Name
	}
	return ""
}

func (n names) steps(automation belay.ID, steps []engine.Step) []api.UpcomingStep {
	list := make([]api.UpcomingStep, len(steps))
	for i, s := range steps {
		list[i] = api.UpcomingStep{
			ActionID: s.ID, Type: string(s.Type), AppID: s.App.String(), ActionKey: s.Key, Name: n.step(automation, s.ID, s.App, s.Key),
		}
	}
	return list
}

// step returns what people call a step of an automation.
func (n names) step(automation belay.ID, id string, app belay.ID, key string) string {
	if spec, ok := n.s.Spec(automation); ok {
		if name := spec.Configuration.Actions[id].DisplayName; name != "" {
			return name
		}
	}
	return n.action(app, key)
}

// action returns what people call an action that an app carries out.
func (n names) action(app belay.ID, key string) string {
	if app == belay.BuiltIn && n.builtIn != nil {
		definition, _ := n.builtIn.Find(key)
		return definition.Name
	}
	if a, ok := n.s.Action(app, key); ok {
		return a.Name
	}
	return ""
}
