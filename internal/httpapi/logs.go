package httpapi

import (
	"context"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// defaultSpan is how far back a list of logs reaches where the call does not say.
//
// Source: the compatible wire, fromCreatedDate.
const defaultSpan = 30 * 24 * time.Hour

func (d *door) getActivationLog(ctx context.Context, c *call, in *api.ActivationLogRequest) (*api.ActivationLogResponse, error) {
	a, err := d.engine.ActivationOf(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	event, err := d.engine.EventOf(ctx, c.by, c.site, a.EventID)
	if err != nil && belay.CodeOf(err) != belay.NotFound {
		return nil, err
	}
	return &api.ActivationLogResponse{ActivationLog: logOf(&a, &event, true)}, nil
}

func (d *door) listActivationLogs(ctx context.Context, c *call, in *api.ActivationLogsRequest) (*api.ActivationLogsResponse, error) {
	mask, err := readMask(in.PayloadMask)
	if err != nil {
		return nil, err
	}
	answer := &api.ActivationLogsResponse{}
	automation, ok, err := d.loggedAutomation(ctx, "identifierType", in.IdentifierType, in.AutomationID, in.AppID, in.ComponentID)
	if err != nil || !ok {
		return answer, err
	}
	page, err := newestFirst("cursorPaging.cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	if page, err = d.between(page, in.From, in.To); err != nil {
		return nil, err
	}
	list, paging, err := d.activations(ctx, c, store.ActivationQuery{SiteID: c.site, Page: page, AutomationID: automation})
	if err != nil {
		return nil, err
	}
	answer.PagingMetadata = paging
	answer.ActivationLogs = make([]api.ActivationLog, len(list))
	events := make(map[belay.ID]*belay.Event, len(list))
	for i := range list {
		event, read := events[list[i].EventID]
		if !read {
			found, err := d.engine.EventOf(ctx, c.by, c.site, list[i].EventID)
			if err != nil && belay.CodeOf(err) != belay.NotFound {
				return nil, err
			}
			event = &found
			events[list[i].EventID] = event
		}
		answer.ActivationLogs[i] = logOf(&list[i], event, in.IncludePayload)
		mask.masked(&answer.ActivationLogs[i])
	}
	return answer, nil
}

// loggedAutomation returns the automation whose logs are asked for, zero for all. ok
// is false where nothing can have come of it. field holds the word that says how it
// is named.
func (d *door) loggedAutomation(ctx context.Context, field, word, automation, app, component string) (id belay.ID, ok bool, err error) {
	switch {
	case word == "AUTOMATION_ID" && automation == "":
		return id, false, belay.Invalid("automationIdInfo.automationId", "REQUIRED", "is missing: "+field+" is AUTOMATION_ID")
	case word != "PREINSTALLED_IDENTIFIER":
		return optionalID(automation), true, nil
	case app == "" || component == "":
		return id, false, belay.Invalid("preinstalledIdentifierInfo", "REQUIRED", "must have appId and componentId: "+field+" is PREINSTALLED_IDENTIFIER")
	}
	return d.book.ComponentAutomation(ctx, optionalID(app), optionalID(component))
}

// between bounds a page by the times of creation, both included, which the IDs
// begin with.
func (d *door) between(p store.Page, from, to api.Time) (store.Page, error) {
	now := d.engine.Now().Time()
	fault := "must not lie before fromCreatedDate"
	if from.IsZero() {
		from.Time = now.Add(-defaultSpan)
		fault = "lies before fromCreatedDate, which is 30 days ago where it is not given; give both"
	}
	blamed := "toCreatedDate"
	if to.IsZero() {
		to.Time = now
		blamed, fault = "fromCreatedDate", "lies after toCreatedDate, which is now where it is not given"
	}
	if to.Before(from.Time) {
		return p, belay.Invalid(blamed, "RANGE", fault)
	}
	p.After = belay.IDFloor(from.Time)
	if end := belay.IDFloor(to.Add(time.Millisecond)); p.Before.IsZero() || string(end[:]) < string(p.Before[:]) {
		p.Before = end
	}
	return p, nil
}

// logOf tells an activation as the compatible wire does. event is zero where it
// is no longer kept.
func logOf(a *belay.Activation, event *belay.Event, withPayload bool) api.ActivationLog {
	told := api.ActivationLog{
		ID: a.ID.String(), AutomationID: a.AutomationID.String(), AutomationRevision: api.Int64(a.Revision),
		Status: a.Status.String(), CreatedDate: when(a.InitiatedAt), EventID: a.EventID.String(),
		AppID: a.AppID.String(), TriggerKey: a.TriggerKey, DueDate: when(a.Due), Cause: causeOf(a.Cause),
		Warnings: warningsOf(a.Warnings),
	}
	var payload []byte
	if withPayload {
		payload = event.Payload
	}
	if a.Status == belay.Skipped && a.StartedAt.IsZero() && a.ScheduledAt.IsZero() {
		told.SkippedInfo = &api.SkippedInfo{
			StatusChangedDate: when(a.EndedAt), Reason: string(a.SkipReason), Payload: payload,
			ExternalEntityID: a.EntityID.String(), RequestID: event.RequestID,
		}
		return told
	}
	told.InitiatedInfo = &api.InitiatedInfo{
		StatusChangedDate: when(a.InitiatedAt), Target: "IMMEDIATE", Payload: payload,
		ExternalEntityID: a.EntityID.String(), RequestID: event.RequestID,
	}
	if !a.ScheduledAt.IsZero() {
		told.InitiatedInfo.Target = "SCHEDULE"
		told.ScheduledInfo = &api.ScheduledInfo{StatusChangedDate: when(a.ScheduledAt), ScheduleID: a.ID.String(), Date: when(a.StartsAt)}
	}
	if !a.StartedAt.IsZero() {
		told.StartedInfo = &api.StartedInfo{StatusChangedDate: when(a.StartedAt), Payload: payload}
		if withPayload && a.StartPayload != nil {
			told.StartedInfo.Payload = a.StartPayload
		}
	}
	final(&told, a)
	return told
}

func final(told *api.ActivationLog, a *belay.Activation) {
	at := when(a.EndedAt)
	switch a.Status {
	case belay.Ended:
		told.EndedInfo = &api.EndedInfo{StatusChangedDate: at, WithFailedActions: a.WithFailedActions}
	case belay.Cancelled:
		told.CancelledInfo = &api.CancelledInfo{StatusChangedDate: at, Reason: string(a.CancelReason), Initiator: identityOf(a.Initiator)}
	case belay.Failed:
		told.FailedInfo = &api.FailedInfo{
			StatusChangedDate: at, ErrorDescription: a.Error, ErrorCode: a.ErrorCode, ErrorReason: string(a.FailReason),
		}
	case belay.Skipped:
		told.SkippedInfo = &api.SkippedInfo{StatusChangedDate: at, Reason: string(a.SkipReason)}
	}
}

func (d *door) listActionLogs(ctx context.Context, c *call, in *api.ActionLogsRequest) (*api.ActionLogsResponse, error) {
	a, err := d.engine.ActivationOf(ctx, c.by, c.site, optionalID(in.ActivationID))
	if err != nil {
		return nil, err
	}
	event, err := d.engine.EventOf(ctx, c.by, c.site, a.EventID)
	if err != nil && belay.CodeOf(err) != belay.NotFound {
		return nil, err
	}
	answer := &api.ActionLogsResponse{ActivationActionLogs: make([]api.ActionLog, len(a.Actions))}
	for i := range a.Actions {
		answer.ActivationActionLogs[i] = actionLogOf(&a, &a.Actions[i], event.Payload)
	}
	return answer, nil
}

func actionLogOf(a *belay.Activation, s *belay.ActionState, payload []byte) api.ActionLog {
	told := api.ActionLog{
		ID: s.ActionID, ActivationID: a.ID.String(), Type: string(s.Type), ActivationStatus: s.Status.String(),
		Attempts: attemptsOf(s.Attempts), Input: s.Input, Output: s.Output, Error: s.Error, DueDate: when(s.Due), InFlight: s.InFlight,
		Warnings: warningsOf(s.Warnings), Completion: completionOf(s), Postponed: postponedOf(s), RefreshAttempts: refreshOf(s.Refresh),
	}
	at := when(s.EndedAt)
	// Only actions that take time have a start of their own on the wire.
	switch s.Type {
	case belay.AppDefined:
		told.StartedInfo = &api.ActionStartedInfo{StatusChangedDate: when(s.StartedAt), AppDefinedActionInfo: &api.ActionInput{Input: s.Input}}
	case belay.Delay:
		told.StartedInfo = &api.ActionStartedInfo{StatusChangedDate: when(s.StartedAt), DelayActionInfo: &api.DelayStartInfo{Date: when(s.Due)}}
	}
	if !s.InvokedAt.IsZero() {
		told.InvokedAsyncInfo = &api.ActionAsyncInfo{
			StatusChangedDate: when(s.InvokedAt), AppDefinedActionInfo: &api.ActionOutput{TimeoutDate: when(s.TimeoutAt)},
		}
		if s.Completion == nil {
			told.InvokedAsyncInfo.AppDefinedActionInfo.Output = s.Output // what counts where the app never says that it is done
		}
	}
	switch s.Status {
	case belay.ActionEnded:
		told.EndedInfo = actionEnded(s, payload)
	case belay.ActionSkipped:
		told.StartedInfo = nil
		told.SkippedInfo = &api.ActionSkippedInfo{StatusChangedDate: at}
	case belay.ActionFailed:
		told.FailedInfo = &api.FailedInfo{StatusChangedDate: at, ErrorDescription: s.Error, ErrorCode: s.ErrorCode}
	}
	return told
}

func actionEnded(s *belay.ActionState, payload []byte) *api.ActionEndedInfo {
	told := &api.ActionEndedInfo{StatusChangedDate: when(s.EndedAt)}
	switch s.Type {
	case belay.Condition, belay.CodeCondition:
		results := make(map[string]api.ConditionResult, len(s.Expressions))
		for _, e := range s.Expressions {
			results[e.Expression] = api.ConditionResult{Passed: e.Passed, Error: e.Error}
		}
		told.ConditionActionInfo = &api.ConditionActionInfo{Passed: s.Passed, ExpressionResults: results}
	case belay.RateLimit:
		told.RateLimitActionInfo = &api.RateLimitActionInfo{Passed: s.Passed}
	case belay.Delay:
		told.DelayActionInfo = &api.DelayEndInfo{Payload: payload}
		if s.Payload != nil {
			told.DelayActionInfo.Payload = s.Payload
		}
	case belay.SetVariables:
		told.SetVariablesActionInfo = &api.ActionOutput{Output: s.Output}
	default:
		told.AppDefinedActionInfo = &api.ActionOutput{Output: s.Output}
	}
	return told
}
