package engine

import (
	"cmp"
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
	"github.com/belay-events/belay/internal/store"
)

// maxExplained is how many activations and automations an explanation holds.
const maxExplained = 100

// Verdict is what became of an event at one automation.
type Verdict string

// The verdicts. All but Activated say why nothing was carried out.
const (
	Activated    Verdict = "ACTIVATED"
	Filtered     Verdict = "FILTERED"      // a filter did not pass
	PastDate     Verdict = "EXPIRED"       // its time had passed
	Limited      Verdict = "LIMITED"       // its rate limit was spent
	NotBegun     Verdict = "FAILED"        // its start could not be worked out
	SwitchedOff  Verdict = "INACTIVE"      // it was inactive
	MadeLater    Verdict = "LATER"         // it was made after the event
	OtherTrigger Verdict = "OTHER_TRIGGER" // it used another trigger then
	NotAsked     Verdict = "NOT_ASKED"     // the event was made for one automation alone
	NoReason     Verdict = "UNKNOWN"       // what it was then is not kept, or an app of its actions was missing
)

// Explained is all there is to say of an event.
type Explained struct {
	Snapshot    *config.Snapshot
	Event       belay.Event
	AppName     string
	Trigger     *config.Trigger // as it is declared now; nil where it is not
	Breaks      *belay.Error    // how the payload breaks the trigger's schema as it is now
	Automations []ExplainedAutomation
	More        bool // automations are left out
	Activations []belay.Activation
	Cancels     []ExplainedCancel
}

// ExplainedAutomation is what became of an event at one automation.
type ExplainedAutomation struct {
	config.AsAt
	Verdict    Verdict
	Activation belay.ID
	Filters    []flow.Filtered
	Error      string
}

// ExplainedCancel is one act that called activations of an event off.
type ExplainedCancel struct {
	At          belay.Instant
	Reason      belay.CancelReason
	By          belay.Identity
	Activations []belay.ID
	InFlight    int
}

// Explain tells what became of an event of a site that the caller may see, and why.
func (e *Engine) Explain(ctx context.Context, by belay.Caller, site, id belay.ID) (Explained, error) {
	event, err := e.EventOf(ctx, by, site, id)
	if err != nil {
		return Explained{}, err
	}
	told := Explained{Event: event}
	s, err := e.book.Snapshot(ctx, site)
	if err != nil {
		return Explained{}, err
	}
	told.Snapshot = s
	if app, ok := s.App(event.AppID); ok {
		told.AppName = app.Name
	}
	payload, err := schema.ParsePayload("payload", event.Payload)
	if err != nil {
		return Explained{}, err
	}
	if t, ok := s.Trigger(event.AppID, event.TriggerKey); ok && event.AppID != belay.BuiltIn {
		told.Trigger = t
		told.Breaks, _ = t.Payload.Validate("payload", payload).(*belay.Error)
	}
	for _, id := range event.Activations[:min(len(event.Activations), maxExplained)] {
		a, err := e.Activation(ctx, site, id)
		switch {
		case belay.CodeOf(err) == belay.NotFound:
			continue // kept for a shorter time than its event
		case err != nil:
			return Explained{}, err
		}
		told.Activations = append(told.Activations, a)
		told.cancel(&a)
	}
	slices.SortStableFunc(told.Cancels, func(a, b ExplainedCancel) int { return cmp.Compare(a.At, b.At) })
	in := e.input(s.Zone, event.ReportedAt, &happening{payload, event.Payload, event.TakesPlaceAt})
	if err := e.explainAutomations(ctx, &told, in); err != nil {
		return Explained{}, err
	}
	return told, nil
}

// cancel adds an activation to the act that called it off.
func (x *Explained) cancel(a *belay.Activation) {
	if a.Status != belay.Cancelled {
		return
	}
	for i := range x.Cancels {
		c := &x.Cancels[i]
		if c.At == a.EndedAt && c.Reason == a.CancelReason && c.By == a.Initiator {
			c.Activations, c.InFlight = append(c.Activations, a.ID), c.InFlight+a.InFlight()
			return
		}
	}
	x.Cancels = append(x.Cancels, ExplainedCancel{
		At: a.EndedAt, Reason: a.CancelReason, By: a.Initiator, Activations: []belay.ID{a.ID}, InFlight: a.InFlight(),
	})
}

// explainAutomations adds what the event activated, by the revision that was
// activated, and then what else uses its trigger.
func (e *Engine) explainAutomations(ctx context.Context, x *Explained, in flow.Input) error {
	site, event := x.Event.SiteID, &x.Event
	seen := make(map[belay.ID]bool)
	for i := range x.Activations {
		a := &x.Activations[i]
		seen[a.AutomationID] = true
		was, err := e.book.Was(ctx, site, a.AutomationID, a.Revision)
		if belay.CodeOf(err) == belay.NotFound {
			was = config.AsAt{Automation: belay.Automation{ID: a.AutomationID, Revision: a.Revision}, Spec: &belay.AutomationSpec{}, Known: true}
		} else if err != nil {
			return err
		}
		told := ExplainedAutomation{AsAt: was, Activation: a.ID, Verdict: verdictOf(a), Error: a.Error}
		told.Filters = e.filtered(ctx, site, &was, in)
		x.Automations = append(x.Automations, told)
	}
	others, more, err := e.book.Using(ctx, site, event.AppID, event.TriggerKey, event.ReportedAt, maxExplained+len(seen))
	if err != nil {
		return err
	}
	x.More = more
	for i := range others {
		other := &others[i]
		if seen[other.ID] {
			continue
		}
		if len(x.Automations) >= maxExplained {
			x.More = true
			break
		}
		told := ExplainedAutomation{AsAt: *other, Verdict: passedOver(event, other)}
		told.Filters = e.filtered(ctx, site, other, in)
		x.Automations = append(x.Automations, told)
	}
	return nil
}

// filtered evaluates the filters of an automation as it was; none where it could not
// act.
func (e *Engine) filtered(ctx context.Context, site belay.ID, was *config.AsAt, in flow.Input) []flow.Filtered {
	plan, err := e.book.Plan(ctx, site, was.ID, was.Revision)
	if err != nil {
		return nil
	}
	return plan.Filter(in)
}

// verdictOf says how an activation began.
func verdictOf(a *belay.Activation) Verdict {
	switch {
	case a.Status == belay.Skipped && a.SkipReason == belay.TriggerFiltersNotPassed:
		return Filtered
	case a.Status == belay.Skipped && a.SkipReason == belay.ScheduleDateExpired:
		return PastDate
	case a.Status == belay.Skipped && a.SkipReason == belay.RateLimitExceeded:
		return Limited
	case a.Status == belay.Failed && a.StartedAt.IsZero():
		return NotBegun
	}
	return Activated
}

// passedOver says why an event made no activation of an automation.
func passedOver(event *belay.Event, a *config.AsAt) Verdict {
	switch {
	case event.Cause != "":
		return NotAsked
	case a.CreatedAt > event.ReportedAt:
		return MadeLater
	case !a.Known:
		return NoReason
	case !a.Uses(event.AppID, event.TriggerKey):
		return OtherTrigger
	case a.Spec.Configuration.Status != belay.Active:
		return SwitchedOff
	}
	return NoReason
}

// EventSearch asks for events by what only they themselves, or what came of
// them, can tell.
type EventSearch struct {
	store.EventQuery
	IdempotencyKey string // "" for any
	// Status is one that an activation of the event has, zero for any; Unmatched asks
	// for events without activations instead.
	Status    belay.Status
	Unmatched bool
}

// maxSearched is how many events a search by status looks at, each with all its
// activations; one by key alone looks at ten times as many.
const maxSearched = 1_000

// SearchEvents returns up to q.Limit events of a site, or of all sites, that the caller
// may see, newest first. It looks at 10,000 of them at most, 1,000 where it asks for what came of
// them; where it stopped before the end, next is where to go on: before it.
func (e *Engine) SearchEvents(ctx context.Context, by belay.Caller, q EventSearch) (list []belay.Event, next belay.ID, err error) {
	left, limit := 10*maxSearched, q.Limit
	if q.Status != 0 || q.Unmatched {
		left = maxSearched
	}
	q.Newest, q.Limit = true, searchPage
	for left > 0 {
		page, err := e.Events(ctx, by, q.EventQuery)
		if err != nil {
			return nil, belay.ID{}, err
		}
		for i := range page {
			ok, err := e.finds(ctx, &q, &page[i])
			if err != nil {
				return nil, belay.ID{}, err
			}
			if q.Before = page[i].ID; ok {
				list = append(list, page[i])
			}
			if len(list) == limit {
				return list, q.Before, nil
			}
		}
		if len(page) < q.Limit {
			return list, belay.ID{}, nil
		}
		left -= len(page)
	}
	return list, q.Before, nil
}

// finds reports whether an event is one that is searched for.
func (e *Engine) finds(ctx context.Context, q *EventSearch, event *belay.Event) (bool, error) {
	switch {
	case q.IdempotencyKey != "" && event.IdempotencyKey != q.IdempotencyKey:
		return false, nil
	case q.Unmatched:
		return len(event.Activations) == 0, nil
	case q.Status == 0:
		return true, nil
	}
	for _, id := range event.Activations {
		a, err := e.Activation(ctx, event.SiteID, id)
		if err != nil && belay.CodeOf(err) != belay.NotFound {
			return false, err
		}
		if err == nil && a.Status == q.Status {
			return true, nil
		}
	}
	return false, nil
}
