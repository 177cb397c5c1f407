package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

func when(i belay.Instant) api.Time { return api.Time{Time: i.Time()} }

func (d *door) getEvent(ctx context.Context, c *call, in *api.EventRequest) (*api.EventResponse, error) {
	event, err := d.engine.EventOf(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	c.event = event.ID
	answer := &api.EventResponse{Event: eventOf(&event)}
	for _, id := range event.Activations[:min(len(event.Activations), maxListed)] {
		a, err := d.engine.ActivationOf(ctx, c.by, c.site, id)
		if belay.CodeOf(err) == belay.NotFound {
			continue // kept for a shorter time than its event
		}
		if err != nil {
			return nil, err
		}
		answer.Activations = append(answer.Activations, activationOf(&a))
	}
	return answer, nil
}

func eventOf(e *belay.Event) api.Event {
	return api.Event{
		ID: e.ID.String(), SiteID: e.SiteID.String(), AppID: e.AppID.String(), TriggerKey: e.TriggerKey, ExternalEntityID: e.EntityID.String(),
		IdempotencyKey: e.IdempotencyKey, RequestID: e.RequestID,
		ReportedDate: when(e.ReportedAt), TakesPlaceDate: when(e.TakesPlaceAt),
		Payload: e.Payload, ActivationIDs: texts(e.Activations), Cause: causeOf(e.Cause),
	}
}

// causeOf writes what made an event or an activation.
func causeOf(c belay.Cause) string {
	if c == "" {
		return "EVENT"
	}
	return string(c)
}

func (d *door) listEvents(ctx context.Context, c *call, in *api.EventsRequest) (*api.EventsResponse, error) {
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	if in.ExternalEntityID != "" && in.TriggerKey == "" {
		return nil, belay.Invalid("triggerKey", "REQUIRED", "is missing: an external entity is looked up under a trigger")
	}
	q := store.EventQuery{
		SiteID: c.site, Page: page, AppID: optionalID(in.AppID), TriggerKey: in.TriggerKey, EntityID: optionalID(in.ExternalEntityID),
	}
	if !q.EntityID.IsZero() && q.AppID.IsZero() && c.by.AppID.IsZero() {
		return nil, belay.Invalid("appId", "REQUIRED", "is missing: an external entity is looked up under an app's trigger")
	}
	events, paging, err := d.events(ctx, c, q, in)
	if err != nil {
		return nil, err
	}
	answer := &api.EventsResponse{Events: make([]api.Event, len(events)), PagingMetadata: paging}
	for i := range events {
		answer.Events[i] = eventOf(&events[i])
	}
	return answer, nil
}

// events returns a page that newestFirst has made. One that is searched for by key or
// status may hold less than it asks for, and go on.
func (d *door) events(ctx context.Context, c *call, q store.EventQuery, in *api.EventsRequest) ([]belay.Event, api.Paging, error) {
	if in.IdempotencyKey == "" && in.Status == "" {
		events, err := d.engine.Events(ctx, c.by, q)
		if err != nil {
			return nil, api.Paging{}, err
		}
		events, paging := turned(events, q.Page, func(e *belay.Event) belay.ID { return e.ID })
		return events, paging, nil
	}
	status, _ := belay.ParseStatus(in.Status) // zero for NONE; the tags allow no other word
	q.Limit = limitOf(in.Limit)
	events, next, err := d.engine.SearchEvents(ctx, c.by, engine.EventSearch{
		EventQuery: q, IdempotencyKey: in.IdempotencyKey, Status: status, Unmatched: in.Status == "NONE",
	})
	if err != nil {
		return nil, api.Paging{}, err
	}
	paging := api.Paging{Count: len(events)}
	if !next.IsZero() {
		paging.HasNext, paging.Cursors.Next = true, cursorOf(next.String())
	}
	return events, paging, nil
}

func (d *door) getActivation(ctx context.Context, c *call, in *api.ActivationRequest) (*api.ActivationResponse, error) {
	a, err := d.engine.ActivationOf(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	answer := &api.ActivationResponse{Activation: activationOf(&a)}
	withExchanges(&answer.Activation, &a)
	return answer, nil
}

func (d *door) listActivations(ctx context.Context, c *call, in *api.ActivationsRequest) (*api.ActivationsResponse, error) {
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	status, _ := belay.ParseStatus(in.Status) // zero for none; the tags allow no other word
	list, paging, err := d.activations(ctx, c, store.ActivationQuery{
		SiteID: c.site, Page: page, AutomationID: optionalID(in.AutomationID), EntityID: optionalID(in.ExternalEntityID), Status: status,
	})
	if err != nil {
		return nil, err
	}
	answer := &api.ActivationsResponse{Activations: make([]api.Activation, len(list)), PagingMetadata: paging}
	for i := range list {
		answer.Activations[i] = activationOf(&list[i])
	}
	return answer, nil
}

// activations returns a page that newestFirst has made.
func (d *door) activations(ctx context.Context, c *call, q store.ActivationQuery) ([]belay.Activation, api.Paging, error) {
	list, err := d.engine.Activations(ctx, c.by, q)
	if err != nil {
		return nil, api.Paging{}, err
	}
	list, paging := turned(list, q.Page, func(a *belay.Activation) belay.ID { return a.ID })
	return list, paging, nil
}

func (d *door) cancelActivation(ctx context.Context, c *call, in *api.ActivationRequest) (*api.Canceled, error) {
	var done engine.Canceled
	done, err := d.engine.CancelActivation(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	answer := canceled(&done)
	return &answer, nil
}

func activationOf(a *belay.Activation) api.Activation {
	told := api.Activation{
		ID: a.ID.String(), EventID: a.EventID.String(), AutomationID: a.AutomationID.String(),
		AutomationRevision: api.Int64(a.Revision), AppID: a.AppID.String(), TriggerKey: a.TriggerKey,
		ExternalEntityID: a.EntityID.String(), Status: a.Status.String(),
		InitiatedDate: when(a.InitiatedAt), ScheduledDate: when(a.ScheduledAt), StartsDate: when(a.StartsAt),
		StartedDate: when(a.StartedAt), EndedDate: when(a.EndedAt), DueDate: when(a.Due),
		SkipReason: string(a.SkipReason), CancelReason: string(a.CancelReason), FailReason: string(a.FailReason),
		Error: a.Error, ErrorCode: a.ErrorCode, WithFailedActions: a.WithFailedActions,
		Actions: make([]api.ActivityAction, len(a.Actions)), Cause: causeOf(a.Cause), RerunOf: a.RerunOf.String(),
		Payload: a.Payload, RefreshAttempts: refreshOf(a.Refresh), Warnings: warningsOf(a.Warnings),
		Hurried: byHandOf(a.Hurried),
	}
	if a.Status == belay.Cancelled {
		by := identityOf(a.Initiator)
		told.CanceledBy = &by
	}
	for i := range a.Actions {
		told.Actions[i] = actionOf(&a.Actions[i])
	}
	return told
}

func identityOf(i belay.Identity) api.Identity {
	return api.Identity{UserID: i.UserID, AppID: i.AppID.String()}
}

func actionOf(s *belay.ActionState) api.ActivityAction {
	told := api.ActivityAction{
		ActionID: s.ActionID, Type: string(s.Type), Status: s.Status.String(),
		StartedDate: when(s.StartedAt), EndedDate: when(s.EndedAt), DueDate: when(s.Due), InFlight: s.InFlight,
		Attempts: attemptsOf(s.Attempts), Input: s.Input, Output: s.Output, Error: s.Error, ErrorCode: s.ErrorCode,
		InvokedDate: when(s.InvokedAt), TimeoutDate: when(s.TimeoutAt), Completion: completionOf(s), Postponed: postponedOf(s),
		RefreshAttempts: refreshOf(s.Refresh), Warnings: warningsOf(s.Warnings),
		Hurried: byHandOf(s.Hurried), LeaveOut: byHandOf(s.LeaveOut), LeftOut: byHandOf(s.LeftOut),
	}
	if s.Type == belay.Condition && !s.Status.Open() {
		told.Passed = &s.Passed
	}
	for _, e := range s.Expressions {
		told.Expressions = append(told.Expressions, api.ExpressionResult{Expression: e.Expression, Passed: e.Passed, Error: e.Error})
	}
	return told
}

func byHandOf(b *belay.ByHand) *api.ByHand {
	if b == nil {
		return nil
	}
	return &api.ByHand{Date: when(b.At), By: identityOf(b.By), WasDueDate: when(b.Was)}
}

func completionOf(s *belay.ActionState) *api.Completion {
	switch {
	case s.Completion == nil:
		return nil
	case s.Completion.Failed:
		return &api.Completion{Date: when(s.Completion.At), Status: api.CompletionFailure}
	}
	return &api.Completion{Date: when(s.Completion.At), Status: api.CompletionSuccess}
}

func postponedOf(s *belay.ActionState) *api.Postponed {
	if s.Postponed == 0 {
		return nil
	}
	return &api.Postponed{Times: s.Postponed, LastDate: when(s.PostponedAt)}
}

func refreshOf(r *belay.Refresh) []api.Attempt {
	if r == nil {
		return nil
	}
	return attemptsOf(r.Attempts)
}

func warningsOf(list []belay.Warning) []api.Warning {
	told := make([]api.Warning, len(list))
	for i, w := range list {
		told[i].Type = string(w)
	}
	return told
}

// withExchanges adds to an activation what its attempts sent and got, which lists
// leave out.
func withExchanges(told *api.Activation, a *belay.Activation) {
	if a.Refresh != nil {
		addExchanges(told.RefreshAttempts, a.Refresh.Attempts)
	}
	for i := range a.Actions {
		addExchanges(told.Actions[i].Attempts, a.Actions[i].Attempts)
		if r := a.Actions[i].Refresh; r != nil {
			addExchanges(told.Actions[i].RefreshAttempts, r.Attempts)
		}
	}
}

func addExchanges(told []api.Attempt, attempts []belay.Attempt) {
	for i := range attempts {
		if kept := attempts[i].Exchange; kept != nil {
			told[i].Exchange = &api.Exchange{
				Method: kept.Method, URL: kept.URL, Request: messageOf(&kept.Request), Response: messageOf(&kept.Response),
			}
		}
	}
}

func messageOf(m *belay.Message) api.ExchangedMessage {
	return api.ExchangedMessage{
		Headers: each(m.Headers, func(h *belay.Header) api.ExchangedHeader { return api.ExchangedHeader(*h) }),
		Body:    strings.ToValidUTF8(string(m.Body), "\uFFFD"), Bytes: m.Bytes,
	}
}

func attemptsOf(attempts []belay.Attempt) []api.Attempt {
	list := make([]api.Attempt, len(attempts))
	for i, a := range attempts {
		list[i] = api.Attempt{
			Number: a.Number, StartedDate: when(a.StartedAt), EndedDate: when(a.EndedAt), LatenessMs: a.Lateness,
			LatencyMs: a.Latency, Result: a.Result, Status: a.Status, Code: a.Code, Detail: a.Detail,
		}
	}
	return list
}

// plain takes the brackets, which belong to a header, off addresses without names.
func plain(addresses []string) {
	for i, a := range addresses {
		if strings.HasPrefix(a, "<") && strings.HasSuffix(a, ">") {
			addresses[i] = a[1 : len(a)-1]
		}
	}
}

func (d *door) listMails(ctx context.Context, c *call, in *api.ListRequest) (*api.MailsResponse, error) {
	mails, paging, err := entries(ctx, d, c, engine.Outbox, in, func(m *api.Mail, id string) {
		m.ID = id
		plain(m.To)
		plain(m.Cc)
	})
	if err != nil {
		return nil, err
	}
	return &api.MailsResponse{Mails: mails, PagingMetadata: paging}, nil
}

func (d *door) listNotifications(ctx context.Context, c *call, in *api.ListRequest) (*api.NotificationsResponse, error) {
	list, paging, err := entries(ctx, d, c, engine.Inbox, in, func(n *api.Notification, id string) { n.ID = id })
	if err != nil {
		return nil, err
	}
	return &api.NotificationsResponse{Notifications: list, PagingMetadata: paging}, nil
}

// entries reads a page of a stream, newest first; name gives an item its ID.
func entries[T any](ctx context.Context, d *door, c *call, stream string, in *api.ListRequest, name func(*T, string)) ([]T, api.Paging, error) {
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, api.Paging{}, err
	}
	list, err := d.engine.Entries(ctx, c.by, store.EntryQuery{SiteID: c.site, Stream: stream, Page: page})
	if err != nil {
		return nil, api.Paging{}, err
	}
	list, paging := turned(list, page, func(e *store.Entry) belay.ID { return e.ID })
	items := make([]T, len(list))
	for i := range list {
		if err := json.Unmarshal(list[i].Value, &items[i]); err != nil {
			return nil, api.Paging{}, fmt.Errorf("httpapi: entry %s of the %s: %w", list[i].ID, stream, err)
		}
		name(&items[i], list[i].ID.String())
	}
	return items, paging, nil
}
