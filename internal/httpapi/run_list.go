package httpapi

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// What a row of the list says of its payload.
const (
	maxAbout      = 2
	maxAboutValue = 120 // characters
)

func (d *door) listRuns(ctx context.Context, c *call, in *api.RunsRequest) (*api.RunsResponse, error) {
	if strings.TrimSpace(in.Search) != "" {
		return d.searchRuns(ctx, c, in)
	}
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	page.Limit--
	list, next, err := d.engine.Runs(ctx, c.by, store.ActivationQuery{
		SiteID: c.site, Page: page, AutomationID: optionalID(in.AutomationID), EntityID: optionalID(in.ExternalEntityID),
	}, engine.RunState(in.State))
	if err != nil {
		return nil, err
	}
	answer, err := d.runRows(ctx, c, list)
	if err == nil && !next.IsZero() {
		answer.PagingMetadata.HasNext, answer.PagingMetadata.Cursors.Next = true, cursorOf(next.String())
	}
	return answer, err
}

// searchRuns lists runs whose payload holds a value.
func (d *door) searchRuns(ctx context.Context, c *call, in *api.RunsRequest) (*api.RunsResponse, error) {
	s := engine.Search{SiteID: c.site, Value: in.Search, AutomationID: optionalID(in.AutomationID), Limit: limitOf(in.Limit)}
	if in.Cursor != "" {
		var err error
		if s.Before, s.Skip, err = searchCursor("cursor", in.Cursor); err != nil {
			return nil, err
		}
	}
	found, err := d.engine.SearchByValue(ctx, c.by, s)
	if err != nil {
		return nil, err
	}
	entity, state := optionalID(in.ExternalEntityID), engine.RunState(in.State)
	var list []belay.Activation
	for i := range found.Activations {
		a := &found.Activations[i]
		if (entity.IsZero() || a.EntityID == entity) && (state == "" || engine.StateOf(a) == state) {
			list = append(list, *a)
		}
	}
	answer, err := d.runRows(ctx, c, list)
	if err == nil && found.More {
		answer.PagingMetadata.HasNext = true
		answer.PagingMetadata.Cursors.Next = cursorOf(found.Before.String() + "/" + strconv.Itoa(found.Skip))
	}
	return answer, err
}

// runRows tells runs as a list shows them.
func (d *door) runRows(ctx context.Context, c *call, list []belay.Activation) (*api.RunsResponse, error) {
	answer := &api.RunsResponse{Runs: make([]api.RunRow, len(list))}
	answer.PagingMetadata.Count = len(list)
	snapshot, err := d.book.Snapshot(ctx, c.site)
	if err != nil {
		return nil, err
	}
	abouts := d.abouts(c, snapshot)
	for i := range list {
		answer.Runs[i] = d.runRow(c, snapshot, &list[i])
		if answer.Runs[i].About, err = abouts.of(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// abouts says of activations what people know them by. Those of one event have it
// in common, and it is read once.
type abouts struct {
	d        *door
	c        *call
	snapshot *config.Snapshot
	known    map[belay.ID][]api.RunField
}

func (d *door) abouts(c *call, s *config.Snapshot) *abouts {
	return &abouts{d, c, s, map[belay.ID][]api.RunField{}}
}

func (l *abouts) of(ctx context.Context, a *belay.Activation) ([]api.RunField, error) {
	fields, known := l.known[a.EventID]
	if known {
		return fields, nil
	}
	event, err := l.d.engine.EventOf(ctx, l.c.by, l.c.site, a.EventID)
	if err != nil && belay.CodeOf(err) != belay.NotFound {
		return nil, err
	}
	fields = aboutOf(l.snapshot, a, event.Payload)
	l.known[a.EventID] = fields
	return fields, nil
}

func (d *door) runRow(c *call, s *config.Snapshot, a *belay.Activation) api.RunRow {
	row := api.RunRow{
		ID: a.ID.String(), EventID: a.EventID.String(), AutomationID: a.AutomationID.String(), ExternalEntityID: a.EntityID.String(),
		Status: a.Status.String(), Cause: causeOf(a.Cause), InitiatedDate: when(a.InitiatedAt), StartedDate: when(a.StartedAt),
		EndedDate: when(a.EndedAt), DueDate: when(a.Due), SkipReason: string(a.SkipReason), CancelReason: string(a.CancelReason),
		Error: a.Error, WithFailedActions: a.WithFailedActions, TriggerName: d.named(s).trigger(a.AppID, a.TriggerKey),
	}
	if c.by.AppID.IsZero() { // what a site calls its automations is not for apps
		if spec, ok := s.Spec(a.AutomationID); ok {
			row.AutomationName = spec.Name
		}
	}
	for i := range a.Actions {
		switch step := &a.Actions[i]; step.Status {
		case belay.ActionEnded:
			row.StepsDone++
		case belay.ActionFailed:
			row.Error = step.Error
		}
	}
	return row
}

// aboutOf returns the first fields of a payload that say something to people: by
// the order of its schema, those with a title, which are a short text or a number,
// and no ID, date or address.
func aboutOf(s *config.Snapshot, a *belay.Activation, payload []byte) []api.RunField {
	told := []api.RunField{}
	trigger, ok := s.Trigger(a.AppID, a.TriggerKey)
	var values map[string]json.RawMessage
	if !ok || json.Unmarshal(payload, &values) != nil {
		return told
	}
	for _, p := range trigger.Payload.Properties() {
		value, there := values[p.Key]
		if !there || p.Hidden || p.Title == "" || p.Format != "" || p.IdentityType != "" {
			continue
		}
		switch p.Type {
		case "string":
			var text string
			if json.Unmarshal(value, &text) != nil || strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > maxAboutValue {
				continue
			}
		case "number", "integer":
		default:
			continue
		}
		if told = append(told, api.RunField{Title: p.Title, Value: value}); len(told) == maxAbout {
			break
		}
	}
	return told
}
