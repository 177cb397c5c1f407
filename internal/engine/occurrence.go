package engine

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
)

// An automation with a calendar of its own has its next occurrence always pending,
// as an activation like any other. Three things see to it: the change that makes
// the automation active, the start of each occurrence, which plans the next in the
// same commit, and a look at all such automations every minute, for what a crash
// left between. They may all plan the same one: an occurrence of a revision has an
// idempotency key, so the first makes it and the others find it made.

const (
	// CatchUp is how late the last occurrence that was missed may still begin.
	CatchUp = time.Hour
	// countMissed is up to how many occurrences that were missed are counted.
	countMissed = 100
	// maxOver is how many occurrences that are over already are passed by in a row.
	maxOver = 1000
)

// occurrence is one time of an automation's calendar, planned.
func (e *Engine) occurrence(s *config.Snapshot, one *config.Active, at belay.Instant) planned {
	app, key := one.Trigger()
	now := e.Now()
	return planned{
		site: s.Site.ID, app: app, key: key, one: one, cause: belay.Occurrence, takesPlaceAt: at,
		payload: map[string]any{"date": at.String()},
		item: &ReportItem{
			Payload:        fmt.Appendf(nil, `{"date":%q}`, at.String()),
			EntityID:       occurrenceEntity(one.Automation.ID, at),
			IdempotencyKey: "OCCURRENCE/" + one.Automation.ID.String() + "/" + strconv.FormatInt(one.Automation.Revision, 10) + "/" + at.String(),
			KeyLife:        max(at.Sub(now), 0) + 7*24*time.Hour,
		},
	}
}

// occurrenceEntity names one time of an automation's calendar, whatever its
// revision: a GUID of version 8.
func occurrenceEntity(automation belay.ID, at belay.Instant) belay.ID {
	sum := sha256.Sum256([]byte(automation.String() + "/" + at.String()))
	id := belay.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// planNext sees to it that an automation that is active and has a calendar has its
// next occurrence pending.
func (e *Engine) planNext(ctx context.Context, site, automation belay.ID) error {
	for range maxStale {
		s, err := e.book.Refresh(ctx, site)
		if belay.CodeOf(err) == belay.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		one := s.Acting(automation)
		if one == nil || one.Schedule() == nil {
			return nil
		}
		stale, err := e.planFrom(ctx, s, one, e.Now())
		if err != nil || !stale {
			return err
		}
	}
	return errChanging
}

// planFrom plans the first occurrence after an instant that is not over already.
func (e *Engine) planFrom(ctx context.Context, s *config.Snapshot, one *config.Active, after belay.Instant) (stale bool, err error) {
	for range maxOver {
		at, ok := one.Schedule().Next(after, s.Zone)
		if !ok {
			return false, nil
		}
		out := make([]Reported, 1)
		if rest := e.keep(ctx, s, []planned{e.occurrence(s, one, at)}, out); len(rest) > 0 {
			return true, nil
		}
		if out[0].Err != nil {
			return false, out[0].Err
		}
		if !out[0].Repeated || len(out[0].Activations) == 0 {
			e.calendars.note(one.Automation.ID, at)
			return false, nil
		}
		a, err := e.Store().Activation(ctx, s.Site.ID, out[0].Activations[0])
		if err == nil && !a.Status.Final() {
			e.calendars.note(one.Automation.ID, at)
			return false, nil
		}
		after = at // called off by itself
	}
	return false, nil
}

// occurs decides what becomes of an occurrence whose time has come: begins is false
// where it is called off or skipped, and next is what it is then.
func (e *Engine) occurs(ctx context.Context, a *belay.Activation, now belay.Instant) (next belay.Activation, begins bool, err error) {
	s, one, err := e.scheduledBy(ctx, a)
	if err != nil {
		return *a, false, err
	}
	begun := false
	if one != nil {
		if begun, err = e.begunBefore(ctx, a); err != nil {
			return *a, false, err
		}
	}
	if one == nil || begun {
		return a.Cancel(belay.ScheduleChanged, belay.Identity{}, now), false, nil
	}
	after := one.Schedule().Count(a.StartsAt, now, countMissed, s.Zone)
	late := now.Sub(a.StartsAt) > CatchUp
	if after == 0 && !late {
		return *a, true, nil
	}
	next = a.Clone()
	next.Status, next.SkipReason, next.EndedAt, next.Due = belay.Skipped, belay.ScheduleDateExpired, now, 0
	next.Error = missed(after)
	next.Version++
	return next, false, nil
}

// missed says what became of an occurrence that could not begin in time, and of how
// many after it.
func missed(after int) string {
	switch {
	case after == 0:
		return "it was missed by more than an hour"
	case after == countMissed:
		return fmt.Sprintf("it was missed, and so were at least %d after it; the last of them alone may still begin", after)
	case after == 1:
		return "it was missed; the one after it has come too, and may still begin"
	default:
		return fmt.Sprintf("it was missed, and so were %d after it; the last of them alone may still begin", after)
	}
}

// scheduledBy returns the automation of an occurrence, nil where the occurrence is
// none of it any more.
func (e *Engine) scheduledBy(ctx context.Context, a *belay.Activation) (*config.Snapshot, *config.Active, error) {
	s, err := e.book.Snapshot(ctx, a.SiteID)
	if err != nil {
		return nil, nil, err
	}
	one := occursIn(s, a)
	if one == nil && !e.members.alone() { // another node may have changed it
		if s, err = e.book.Refresh(ctx, a.SiteID); err != nil {
			return nil, nil, err
		}
		one = occursIn(s, a)
	}
	return s, one, nil
}

func occursIn(s *config.Snapshot, a *belay.Activation) *config.Active {
	one := s.Acting(a.AutomationID)
	if one == nil || one.Automation.Revision != a.Revision || one.Schedule() == nil || !one.Schedule().Has(a.StartsAt, s.Zone) {
		return nil
	}
	return one
}

// begunBefore reports whether the same occurrence began under an earlier revision,
// just before the automation was changed.
func (e *Engine) begunBefore(ctx context.Context, a *belay.Activation) (bool, error) {
	events, err := e.Store().Events(ctx, store.EventQuery{
		SiteID: a.SiteID, Page: store.Page{Limit: 100, Newest: true}, AppID: a.AppID, TriggerKey: a.TriggerKey, EntityID: a.EntityID,
	})
	if err != nil {
		return false, fmt.Errorf("engine: occurrence %s: %w", a.ID, err)
	}
	for i := range events {
		for _, id := range events[i].Activations {
			if id == a.ID || events[i].Cause != belay.Occurrence {
				continue
			}
			other, err := e.Store().Activation(ctx, a.SiteID, id)
			if err == nil && !other.StartedAt.IsZero() {
				return true, nil
			}
		}
	}
	return false, nil
}

// following returns the report that plans what comes after an occurrence that is
// no longer pending: the last one that was missed with it, if that may still begin,
// or the next. It is nil where nothing comes, or others have planned it.
func (e *Engine) following(ctx context.Context, a *belay.Activation, now belay.Instant) *store.Report {
	s, one, err := e.scheduledBy(ctx, a)
	if err != nil || one == nil {
		return nil // the look at all calendars goes on with it
	}
	at, ok := one.Schedule().Last(max(a.StartsAt, now.Add(-CatchUp)-1), now, s.Zone)
	if !ok {
		at, ok = one.Schedule().Next(max(now, a.StartsAt), s.Zone)
	}
	if !ok {
		return nil
	}
	p := e.occurrence(s, one, at)
	report, _ := e.plan(s, &p)
	return &report
}

// followed takes up what following planned, when its commit has returned.
func (e *Engine) followed(ctx context.Context, r *store.Report, kept store.Reported) {
	a := &r.Activations[0]
	if kept.Outcome == store.Accepted || kept.KeptBefore(r.Event.ID) {
		e.metrics.moved(a)
		e.calendars.note(a.AutomationID, a.StartsAt)
		e.due.add(a.Due, a.SiteID, a.ID)
		return
	}
	if err := e.planNext(ctx, a.SiteID, a.AutomationID); err != nil {
		e.log.WarnContext(ctx, "the next occurrence could not be planned; trying again soon", "site", a.SiteID, "automation", a.AutomationID, "error", err)
	}
}

// calendars remembers which occurrences this node knows to be pending, so that the
// look at all of them writes nothing where there is nothing to do.
type calendars struct {
	mu      sync.Mutex
	pending map[belay.ID]belay.Instant // by automation
}

func (c *calendars) note(automation belay.ID, at belay.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending == nil {
		c.pending = make(map[belay.ID]belay.Instant)
	}
	c.pending[automation] = at
}

// waits reports whether an automation's next occurrence is known to be pending.
func (c *calendars) waits(automation belay.ID, now belay.Instant) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.pending[automation]
	if ok && at <= now {
		delete(c.pending, automation)
	}
	return at > now
}

// lookAtCalendars looks at every automation that has a calendar, now and at
// every turn of Options.Calendars, until ctx ends.
func (e *Engine) lookAtCalendars(ctx context.Context) {
	ticker := time.NewTicker(e.o.Calendars)
	defer ticker.Stop()
	for {
		if err := e.planAll(ctx); err != nil && ctx.Err() == nil {
			e.log.Warn("not every occurrence could be planned; trying again soon", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (e *Engine) planAll(ctx context.Context) error {
	sites, err := e.book.Calendars(ctx)
	if err != nil {
		return err
	}
	for _, site := range sites {
		if !e.members.owns(site) {
			continue // another node's
		}
		s, err := e.book.Snapshot(ctx, site)
		if belay.CodeOf(err) == belay.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		for _, one := range s.Scheduled() {
			if e.calendars.waits(one.Automation.ID, e.Now()) {
				continue
			}
			if err := e.planNext(ctx, site, one.Automation.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// calendarChanged is what config calls when an automation with a calendar has changed, or
// its site's time zone has.
func (e *Engine) calendarChanged(ctx context.Context, site, automation belay.ID) {
	if err := e.planNext(context.WithoutCancel(ctx), site, automation); err != nil {
		e.log.WarnContext(ctx, "the next occurrence could not be planned; trying again soon", "site", site, "automation", automation, "error", err)
	}
}
