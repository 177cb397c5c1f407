package httpapi

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// maxListed is how many IDs an answer lists; it counts all.
//
// Source: the compatible wire, activationIds of ReportEventResponse.
const maxListed = 100

// reportEvent answers when the event and its activations are durable.
func (d *door) reportEvent(ctx context.Context, c *call, in *api.ReportEventRequest) (*api.ReportEventResponse, error) {
	item := reported(c, in.Payload, in.ExternalEntityID, in.Idempotency)
	done, err := d.engine.Report(ctx, c.by, c.site, optionalID(in.AppID), in.TriggerKey, item)
	if err != nil {
		return nil, err
	}
	c.event = done.EventID
	return &api.ReportEventResponse{
		ActivationIDs: texts(done.Activations), EventID: done.EventID.String(), Repeated: done.Repeated,
	}, nil
}

// reported is an event as the engine takes it; its fields have been checked.
func reported(c *call, payload []byte, entity string, key *api.Idempotency) engine.ReportItem {
	item := engine.ReportItem{Payload: payload, EntityID: optionalID(entity), RequestID: c.requestID}
	if key != nil {
		item.IdempotencyKey = key.Key
		if key.TTL != nil {
			item.KeyLife = time.Duration(*key.TTL) * time.Millisecond
		}
	}
	return item
}

// eventInfoRules are checked event by event: each is refused on its own.
var eventInfoRules = rulesOf(reflect.TypeFor[api.EventInfo]())

// bulkReport is a bulk report of which some events may not be readable.
type bulkReport struct {
	api.BulkReportEventRequest
	broken `json:"-"`
}

func (d *door) bulkReportEvent(ctx context.Context, c *call, in *bulkReport) (*api.BulkReportEventResponse, error) {
	results := make([]api.BulkReportResult, len(in.EventsInfo))
	items := make([]engine.ReportItem, 0, len(results))
	places := make([]int, 0, len(results)) // of each item among the results
	for i := range in.EventsInfo {
		info := &in.EventsInfo[i]
		results[i] = api.BulkReportResult{ItemMetadata: api.ItemMetadata{OriginalIndex: i}, EventInfo: sent(info)}
		if err := in.items[i]; err != nil {
			results[i].ItemMetadata.Error = d.itemError(ctx, c, err)
			continue
		}
		field := fmt.Sprintf("eventsInfo[%d].", i)
		var f faults
		eventInfoRules.check(&f, field, reflect.ValueOf(info).Elem())
		if err := f.err(); err != nil {
			results[i].ItemMetadata.Error = d.itemError(ctx, c, err)
			continue
		}
		item := reported(c, info.Payload, info.ExternalEntityID, info.Idempotency)
		item.Field = field
		items, places = append(items, item), append(places, i)
	}
	done, err := d.engine.ReportAll(ctx, c.by, c.site, optionalID(in.AppID), in.TriggerKey, items)
	if err != nil {
		return nil, err
	}
	if err := later(len(results), done, func(r *engine.Reported) error { return r.Err }); err != nil {
		return nil, err
	}
	for i := range done {
		result := &results[places[i]]
		if done[i].Err != nil {
			result.ItemMetadata.Error = d.itemError(ctx, c, done[i].Err)
			continue
		}
		result.ItemMetadata.Success = true
		result.ItemMetadata.ID, result.EventID = done[i].EventID.String(), done[i].EventID.String()
		result.ActivationIDs, result.Repeated = texts(done[i].Activations), done[i].Repeated
	}
	answer := &api.BulkReportEventResponse{TriggerKey: in.TriggerKey, Results: results}
	for i := range results {
		count(&answer.BulkActionMetadata, results[i].ItemMetadata)
	}
	return answer, nil
}

// later returns the refusal of a whole call of n items, all of which were refused
// for one reason of the server's own that passes; nil for any other outcome.
func later[T any](n int, done []T, errOf func(*T) error) error {
	if len(done) < n {
		return nil
	}
	var first *belay.Error
	for i := range done {
		e, ok := errors.AsType[*belay.Error](errOf(&done[i]))
		if !ok || e.Code != belay.Unavailable && e.Code != belay.ResourceExhausted {
			return nil
		}
		if first == nil {
			first = e
		}
		if e.Code != first.Code || e.Reason != first.Reason {
			return nil
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// sent returns an event for the answer, as it came.
func sent(info *api.EventInfo) api.SentEvent {
	event := api.SentEvent{Payload: info.Payload, ExternalEntityID: info.ExternalEntityID}
	if key := info.Idempotency; key != nil {
		event.Idempotency = &api.SentIdempotency{Key: key.Key}
		if key.TTL != nil {
			event.Idempotency.TTL = *key.TTL
		}
	}
	return event
}

func count(m *api.BulkActionMetadata, item api.ItemMetadata) {
	if item.Success {
		m.TotalSuccesses++
	} else {
		m.TotalFailures++
	}
}

// cancelEvent answers when nothing of the entity's events can start any more.
func (d *door) cancelEvent(ctx context.Context, c *call, in *api.CancelEventRequest) (*api.Canceled, error) {
	done, err := d.engine.Cancel(ctx, c.by, c.site, optionalID(in.AppID), in.TriggerKey, optionalID(in.ExternalEntityID))
	if err != nil {
		return nil, err
	}
	answer := canceled(&done)
	return &answer, nil
}

func canceled(done *engine.Canceled) api.Canceled {
	return api.Canceled{
		CanceledActivations: done.Activations, InFlightActions: len(done.InFlight), EndedActivations: done.Ended,
		CanceledActivationIDs: texts(done.IDs), InFlight: inFlight(done.InFlight),
	}
}

func inFlight(actions []store.InFlight) []api.InFlightAction {
	list := make([]api.InFlightAction, 0, min(len(actions), maxListed))
	for _, a := range actions[:min(len(actions), maxListed)] {
		list = append(list, api.InFlightAction{ActivationID: a.ActivationID.String(), ActionID: a.ActionID})
	}
	return list
}

// bulkCancel is a bulk cancel of which some entities may not be readable.
type bulkCancel struct {
	api.BulkCancelEventRequest
	broken `json:"-"`
}

func (d *door) bulkCancelEvent(ctx context.Context, c *call, in *bulkCancel) (*api.BulkCancelEventResponse, error) {
	results := make([]api.BulkCancelResult, len(in.ExternalEntityIDs))
	entities := make([]belay.ID, 0, len(results))
	places := make([]int, 0, len(results))
	for i, text := range in.ExternalEntityIDs {
		results[i].ExternalEntityID = text
		results[i].ItemMetadata.OriginalIndex = i
		if err := in.items[i]; err != nil {
			results[i].ItemMetadata.Error = d.itemError(ctx, c, err)
			continue
		}
		id, err := belay.ParseID(text)
		if err != nil {
			results[i].ItemMetadata.Error = d.itemError(ctx, c, belay.Invalid(fmt.Sprintf("externalEntityIds[%d]", i), "GUID", err.Error()))
			continue
		}
		results[i].ItemMetadata.ID = text
		entities, places = append(entities, id), append(places, i)
	}
	done, err := d.engine.CancelAll(ctx, c.by, c.site, optionalID(in.AppID), in.TriggerKey, entities)
	if err != nil {
		return nil, err
	}
	if err := later(len(results), done, func(c *engine.Canceled) error { return c.Err }); err != nil {
		return nil, err
	}
	for i := range done {
		result := &results[places[i]]
		if done[i].Err != nil {
			result.ItemMetadata.Error = d.itemError(ctx, c, done[i].Err)
			continue
		}
		result.ItemMetadata.Success = true
		result.Canceled = canceled(&done[i])
	}
	answer := &api.BulkCancelEventResponse{TriggerKey: in.TriggerKey, Results: results}
	for i := range results {
		count(&answer.BulkActionMetadata, results[i].ItemMetadata)
	}
	return answer, nil
}

// optionalID reads an ID that has been checked, and zero where there is none.
func optionalID(text string) belay.ID {
	if text == "" {
		return belay.ID{}
	}
	id, _ := belay.ParseID(text) // the tags say format:"uuid"
	return id
}

// texts writes at most the first maxListed of ids.
func texts(ids []belay.ID) []string {
	list := make([]string, min(len(ids), maxListed))
	for i := range list {
		list[i] = ids[i].String()
	}
	return list
}
