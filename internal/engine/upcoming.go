package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// How much one call for what is upcoming looks at.
const (
	upcomingRows   = 5_000 // activations that are read
	upcomingRounds = 10    // calls of the store, each of which looks at up to store.UpcomingLook
	countedAtMost  = 200_000
)

// UpcomingQuery asks for what waits on a site; zero fields filter nothing.
type UpcomingQuery struct {
	SiteID       belay.ID
	AutomationID belay.ID
	AppID        belay.ID
	TriggerKey   string
	EntityID     belay.ID
	// From and To bound what is asked for; To is not in it, and zero for no bound.
	From, To belay.Instant
	After    store.Due // where the page before ended
	Limit    int       // from 1 to 500
}

// Upcoming is an activation that waits.
type Upcoming struct {
	Activation belay.Activation
	Wait       flow.Wait
	// TakesPlaceAt is when what it is about does, zero for a real-time trigger.
	TakesPlaceAt belay.Instant
	// Next are the actions that begin then.
	Next []Step
}

// Step is an action of an automation: its type, and the app and the key of one that
// an app carries out.
type Step struct {
	ID   string
	Type belay.ActionType
	App  belay.ID
	Key  string
}

// stepsOf passes by paths of a split that lead nowhere.
func stepsOf(plan *flow.Plan, ids []string) []Step {
	list := make([]Step, 0, len(ids))
	for _, id := range ids {
		if kind, app, key := plan.Label(id); kind != "" {
			list = append(list, Step{id, kind, app, key})
		}
	}
	return list
}

// UpcomingPage is what waits, earliest first. Next is where the next page begins,
// zero where there is none.
type UpcomingPage struct {
	List     []Upcoming
	Next     store.Due
	Snapshot *config.Snapshot
}

// Upcoming lists what waits on a site that the caller may see; an app sees what its
// own events made.
func (e *Engine) Upcoming(ctx context.Context, by belay.Caller, q UpcomingQuery) (UpcomingPage, error) {
	look, err := e.lookAhead(ctx, by, &q)
	if err != nil {
		return UpcomingPage{}, err
	}
	page := UpcomingPage{Snapshot: look.snapshot}
	page.Next, err = look.walk(ctx, func(u Upcoming) bool {
		page.List = append(page.List, u)
		return len(page.List) <= q.Limit // one more shows whether anything follows
	})
	if err != nil {
		return UpcomingPage{}, fmt.Errorf("engine: upcoming: %w", err)
	}
	if len(page.List) > q.Limit {
		page.List = page.List[:q.Limit]
		last := &page.List[q.Limit-1].Activation
		page.Next = store.Due{At: last.Due, SiteID: q.SiteID, ActivationID: last.ID}
	}
	slices.SortStableFunc(page.List, func(a, b Upcoming) int { return cmp.Compare(a.Wait.Due, b.Wait.Due) })
	for i := range page.List {
		u := &page.List[i]
		if u.Activation.StartsAt.IsZero() {
			continue
		}
		event, err := e.Store().Event(ctx, q.SiteID, u.Activation.EventID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return UpcomingPage{}, fmt.Errorf("engine: upcoming: %w", err)
		}
		u.TakesPlaceAt = event.TakesPlaceAt
	}
	return page, nil
}

// UpcomingDays counts what waits on each day from q.From to q.To in the site's time
// zone; complete is false where there was more than a call counts. q.After and
// q.Limit are not looked at.
func (e *Engine) UpcomingDays(ctx context.Context, by belay.Caller, q UpcomingQuery, span func(*time.Location) (from, to belay.Instant)) (days map[string]int, s *config.Snapshot, complete bool, err error) {
	q.After = store.Due{}
	look, err := e.lookAhead(ctx, by, &q)
	if err != nil {
		return nil, nil, false, err
	}
	s, days = look.snapshot, map[string]int{}
	q.From, q.To = span(s.Zone)
	look.begin()
	count := func(at belay.Instant) { days[at.Time().In(s.Zone).Format(time.DateOnly)]++ }
	var rest store.Due
	if look.narrow() {
		rest, err = look.walk(ctx, func(u Upcoming) bool {
			count(u.Wait.Due)
			return true
		})
	} else {
		rest, err = look.count(ctx, count)
	}
	if err != nil {
		return nil, nil, false, fmt.Errorf("engine: upcoming: %w", err)
	}
	return days, s, rest == store.Due{}, nil
}

// ahead is one look at what waits.
type ahead struct {
	e        *Engine
	q        *UpcomingQuery
	snapshot *config.Snapshot
	until    belay.Instant
}

func (e *Engine) lookAhead(ctx context.Context, by belay.Caller, q *UpcomingQuery) (*ahead, error) {
	only, err := e.mayRead(ctx, by, q.SiteID)
	if err != nil {
		return nil, err
	}
	if !only.IsZero() {
		if !q.AppID.IsZero() && q.AppID != only {
			return nil, belay.Refuse(belay.PermissionDenied, "OTHER_APP", "an app sees what waits of its own events only")
		}
		q.AppID = only
	}
	snapshot, err := e.book.Snapshot(ctx, q.SiteID)
	if err != nil {
		return nil, e.hideSite(by, err)
	}
	look := &ahead{e: e, q: q, snapshot: snapshot}
	look.begin()
	return look, nil
}

// begin reads the bounds.
func (l *ahead) begin() {
	l.until = l.q.To
	if l.until.IsZero() {
		l.until = 1<<63 - 1
	}
	if before := (store.Due{At: l.q.From - 1, ActivationID: belay.ID(bytes.Repeat([]byte{0xff}, 16))}); !l.q.From.IsZero() && earlier(&l.q.After, &before) {
		l.q.After = before
	}
}

func earlier(a, b *store.Due) bool {
	return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ActivationID[:], b.ActivationID[:])) < 0
}

// narrow reports whether anything but the time is asked for.
func (l *ahead) narrow() bool {
	q := l.q
	return !q.AutomationID.IsZero() || !q.AppID.IsZero() || q.TriggerKey != "" || !q.EntityID.IsZero()
}

// walk calls take with what waits, in order, until that returns false, and returns
// where to go on; zero at the end.
func (l *ahead) walk(ctx context.Context, take func(Upcoming) bool) (store.Due, error) {
	if list, whole, err := l.gather(ctx); err != nil || whole {
		return l.each(ctx, list, take, err)
	}
	after, read := l.q.After, 0
	for range upcomingRounds {
		found, next, err := l.e.Store().Upcoming(ctx, store.UpcomingQuery{SiteID: l.q.SiteID, After: after, Until: l.until, Limit: 500})
		if err != nil {
			return store.Due{}, err
		}
		for _, d := range found {
			after, read = d, read+1
			u, ok, err := l.read(ctx, d.ActivationID)
			if err != nil {
				return store.Due{}, err
			}
			if ok && !take(u) || read == upcomingRows {
				return after, nil
			}
		}
		switch {
		case next != store.Due{}:
			after = next
		case len(found) < 500:
			return store.Due{}, nil
		}
	}
	return after, nil
}

// gather returns what is pending of an entity or an automation, by its own index;
// whole is false where there is too much of it, or neither is asked for.
func (l *ahead) gather(ctx context.Context) (list []belay.Activation, whole bool, err error) {
	if l.q.EntityID.IsZero() && l.q.AutomationID.IsZero() {
		return nil, false, nil
	}
	for _, status := range []belay.Status{belay.Initiated, belay.Scheduled, belay.Started} {
		page := store.Page{Limit: 1000}
		for {
			rows, err := l.e.Store().Activations(ctx, store.ActivationQuery{
				SiteID: l.q.SiteID, Page: page, AppID: l.q.AppID, AutomationID: l.q.AutomationID, EntityID: l.q.EntityID, Status: status,
			})
			if err != nil {
				return nil, false, err
			}
			if list = append(list, rows...); len(list) > upcomingRows {
				return nil, false, nil
			}
			if len(rows) < page.Limit {
				break
			}
			page.After = rows[len(rows)-1].ID
		}
	}
	slices.SortFunc(list, func(a, b belay.Activation) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, true, nil
}

func (l *ahead) each(ctx context.Context, list []belay.Activation, take func(Upcoming) bool, err error) (store.Due, error) {
	if err != nil {
		return store.Due{}, err
	}
	for i := range list {
		d := store.Due{At: list[i].Due, SiteID: l.q.SiteID, ActivationID: list[i].ID}
		if !earlier(&l.q.After, &d) || d.At >= l.until {
			continue
		}
		u, ok, err := l.upcoming(ctx, &list[i])
		if err != nil {
			return store.Due{}, err
		}
		if ok && !take(u) {
			return d, nil
		}
	}
	return store.Due{}, nil
}

// upcoming reports what an activation waits for, if that is asked for.
func (l *ahead) upcoming(ctx context.Context, a *belay.Activation) (u Upcoming, ok bool, err error) {
	q := l.q
	if !q.AutomationID.IsZero() && a.AutomationID != q.AutomationID || !q.AppID.IsZero() && a.AppID != q.AppID ||
		q.TriggerKey != "" && a.TriggerKey != q.TriggerKey || !q.EntityID.IsZero() && a.EntityID != q.EntityID {
		return u, false, nil
	}
	plan, err := l.e.book.Plan(ctx, a.SiteID, a.AutomationID, a.Revision)
	if belay.CodeOf(err) == belay.Internal {
		return u, false, err
	}
	if err != nil {
		return u, false, nil // it cannot be carried out; what becomes of it is decided when it is due
	}
	wait, ok := plan.Wait(a)
	if !ok || wait.Due < q.From || wait.Due >= l.until {
		return u, false, nil
	}
	return Upcoming{Activation: *a, Wait: wait, Next: stepsOf(plan, wait.Next)}, true, nil
}

// read is upcoming for an activation by its ID; one that is gone meanwhile waits for
// nothing.
func (l *ahead) read(ctx context.Context, id belay.ID) (Upcoming, bool, error) {
	a, err := l.e.Store().Activation(ctx, l.q.SiteID, id)
	if errors.Is(err, store.ErrNotFound) {
		return Upcoming{}, false, nil
	}
	if err != nil {
		return Upcoming{}, false, err
	}
	return l.upcoming(ctx, &a)
}

// count is walk for who asks for times alone. What is due within a lease may be the
// end of that lease; only then is the activation read.
func (l *ahead) count(ctx context.Context, take func(belay.Instant)) (store.Due, error) {
	after, leases := l.q.After, l.e.Now().Add(l.e.o.Lease)
	for counted := 0; counted < countedAtMost; {
		found, next, err := l.e.Store().Upcoming(ctx, store.UpcomingQuery{SiteID: l.q.SiteID, After: after, Until: l.until, Limit: 1000})
		if err != nil {
			return store.Due{}, err
		}
		for _, d := range found {
			if d.At > leases {
				take(d.At)
				continue
			}
			u, ok, err := l.read(ctx, d.ActivationID)
			if err != nil {
				return store.Due{}, err
			}
			if ok {
				take(u.Wait.Due)
			}
		}
		switch counted += max(len(found), 1); {
		case next != store.Due{}:
			after, counted = next, counted+store.UpcomingLook
		case len(found) < 1000:
			return store.Due{}, nil
		default:
			after = found[len(found)-1]
		}
	}
	return after, nil
}
