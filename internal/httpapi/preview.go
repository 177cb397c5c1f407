package httpapi

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// maxPreviewed is how many steps of an automation a preview shows.
const maxPreviewed = 100

func (d *door) previewEvent(ctx context.Context, c *call, in *api.PreviewRequest) (*api.PreviewResponse, error) {
	if len(in.Payload) > 0 && string(in.Payload) != "null" && in.EventID != "" {
		return nil, belay.Invalid("eventId", "ONE_OF", "and payload are both given; only one can be")
	}
	item := engine.PreviewItem{
		AppID: optionalID(in.AppID), TriggerKey: in.TriggerKey, EventID: optionalID(in.EventID), Now: belay.At(in.Now.Time),
	}
	if string(in.Payload) != "null" {
		item.Payload = in.Payload
	}
	if string(in.Automation) != "null" {
		item.Automation = json.RawMessage(in.Automation)
	}
	p, err := d.engine.Preview(ctx, c.by, c.site, item)
	if err != nil {
		return nil, err
	}
	answer := &api.PreviewResponse{
		Now: when(p.Now), TimeZone: p.Snapshot.Site.TimeZone, AppID: p.Trigger.AppID.String(), TriggerKey: p.Trigger.Key,
		TriggerName: p.Trigger.Name, Scheduled: p.Trigger.Scheduled, PayloadSource: string(p.Source), Payload: shownPayload(p.Payload),
		PayloadViolations: violationsOf(p.Breaks), TakesPlaceDate: when(p.TakesPlaceAt),
		Automations: make([]api.PreviewedAutomation, len(p.Automations)), More: p.More,
	}
	teller := previewTeller{names: d.named(p.Snapshot), zone: p.Snapshot.Zone}
	for i := range p.Automations {
		answer.Automations[i] = teller.automation(&p.Automations[i])
	}
	return answer, nil
}

// shownPayload returns what was sent, as a text where it is no JSON.
func shownPayload(raw []byte) json.RawMessage {
	if json.Valid(raw) {
		return raw
	}
	text, _ := json.Marshal(string(raw)) // a string can be written
	return text
}

func violationsOf(e *belay.Error) []api.FieldViolation {
	list := []api.FieldViolation{}
	if e == nil {
		return list
	}
	for _, v := range e.Violations {
		list = append(list, api.FieldViolation{Field: v.Field, Description: v.Description, ViolatedRule: v.Rule})
	}
	if len(list) == 0 {
		list = append(list, api.FieldViolation{Description: e.Message, ViolatedRule: e.Reason})
	}
	return list
}

// previewTeller writes what a preview found.
type previewTeller struct {
	names names
	zone  *time.Location
}

// local writes an instant in the site's time zone, and "" for none.
func (t previewTeller) local(i belay.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.Time().In(t.zone).Format(time.RFC3339)
}

func (t previewTeller) automation(p *engine.PreviewedAutomation) api.PreviewedAutomation {
	a := &p.Activation
	told := api.PreviewedAutomation{
		AutomationID: p.ID.String(), Name: p.Spec.Name, Active: p.Active, Filters: []api.PreviewedExpression{}, Steps: []api.PreviewedStep{},
		Violations: violationsOf(p.NotReady), Refreshes: p.Refreshes, Cut: p.Cut,
	}
	switch {
	case p.NotReady != nil:
		told.Outcome = "NOT_READY"
		return told
	case p.Plan == nil:
		told.Outcome = "INACTIVE"
		return told
	}
	for _, f := range p.Filters {
		e := api.PreviewedExpression{FieldKey: f.FieldKey, Expression: f.Expression, Passed: f.Passed, Error: f.Error, Values: []api.PreviewedValue{}}
		for _, v := range f.Read {
			e.Values = append(e.Values, previewedValue(v.Path, v.Value))
		}
		told.Filters = append(told.Filters, e)
	}
	if l, ok := p.Limits[""]; ok {
		told.Limit = &api.PreviewedLimit{Max: l.Max, Taken: l.Taken, Since: when(l.Since), Passed: l.Passed}
	}
	told.Error = a.Error
	switch {
	case a.Status == belay.Skipped:
		told.Outcome, told.Reason = "SKIPPED", string(a.SkipReason)
	case a.Status == belay.Failed:
		told.Outcome, told.Reason = "FAILED", string(a.FailReason)
	default:
		told.Outcome = "RUNS"
	}
	starts := a.StartsAt
	if starts.IsZero() {
		starts = a.StartedAt
	}
	told.StartsDate, told.StartsLocal = when(starts), t.local(starts)
	if told.Outcome == "RUNS" && a.Status.Final() {
		told.EndsDate = when(a.EndedAt)
	}
	for i := range p.Steps {
		if i == maxPreviewed {
			told.Cut = true
			break
		}
		told.Steps = append(told.Steps, t.step(p, &p.Steps[i]))
	}
	return told
}

func previewedValue(path string, value any) api.PreviewedValue {
	raw, err := json.Marshal(value)
	if err != nil {
		raw = json.RawMessage("null")
	}
	return api.PreviewedValue{Path: path, Value: raw}
}

func (t previewTeller) step(p *engine.PreviewedAutomation, s *engine.PreviewedStep) api.PreviewedStep {
	state := &s.State
	told := api.PreviewedStep{
		ActionID: s.ID, Type: string(s.Type), AppID: s.App.String(), ActionKey: s.Key, Name: p.Spec.Configuration.Actions[s.ID].DisplayName,
		Date: when(state.StartedAt), Local: t.local(state.StartedAt), Outcome: outcomeOf(state),
		Assumed: append([]string{}, s.Assumed...), Expressions: []api.PreviewedExpression{},
		Input: s.Input, Output: state.Output, Error: state.Error, ErrorCode: state.ErrorCode,
	}
	if told.Name == "" {
		told.Name = t.names.action(s.App, s.Key)
	}
	if state.Type == belay.Delay {
		told.UntilDate, told.UntilLocal = when(state.Due), t.local(state.Due)
	}
	for _, f := range s.Expressions {
		e := api.PreviewedExpression{Expression: f.Expression, Passed: f.Passed, Error: f.Error, Values: []api.PreviewedValue{}}
		for _, v := range f.Read {
			e.Values = append(e.Values, previewedValue(v.Path, v.Value))
		}
		told.Expressions = append(told.Expressions, e)
	}
	if l, ok := p.Limits[s.ID]; ok {
		told.Limit = &api.PreviewedLimit{Max: l.Max, Taken: l.Taken, Since: when(l.Since), Passed: l.Passed}
	}
	if s.Rejected != nil {
		told.Outcome, told.Error, told.ErrorCode = "FAILED", s.Rejected.Detail, s.Rejected.Code
	}
	if m := s.Sketch.Mail; m != nil {
		mail := &api.PreviewedMail{From: m.From, To: slices.Clone(m.To), Cc: append([]string{}, m.Cc...), ReplyTo: m.ReplyTo, Subject: m.Subject, Text: m.Text, HTML: m.HTML}
		plain(mail.To)
		plain(mail.Cc)
		told.Mail = mail
	}
	if r := s.Sketch.Request; r != nil {
		told.Request = &api.PreviewedRequest{Method: r.Method, URL: r.URL, Headers: r.Header, Body: r.Body}
	}
	if n := s.Sketch.Notification; n != nil {
		told.Notification = &api.PreviewedNotification{Title: n.Title, Message: n.Message, ChatURL: n.ChatURL}
	}
	return told
}

// outcomeOf says what would become of an action.
func outcomeOf(s *belay.ActionState) string {
	switch {
	case s.Status == belay.ActionSkipped:
		return "SKIPPED"
	case s.Status == belay.ActionFailed:
		return "FAILED"
	case s.Type == belay.Delay:
		return "WAITS"
	case s.Type == belay.Condition || s.Type == belay.CodeCondition || s.Type == belay.RateLimit:
		if s.Passed {
			return "PASSED"
		}
		return "NOT_PASSED"
	}
	return "DONE"
}
