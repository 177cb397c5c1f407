package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/flow"
)

// maxCompared is how long a compared value is shown, in bytes of JSON.
const maxCompared = 1 << 10

func (d *door) explainEvent(ctx context.Context, c *call, in *api.EventRequest) (*api.EventExplainedResponse, error) {
	told, err := d.engine.Explain(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	c.event = told.Event.ID
	answer := &api.EventExplainedResponse{
		Event: eventOf(&told.Event), AppName: told.AppName, MoreAutomations: told.More,
		Schema:      schemaResultOf(&told),
		Automations: make([]api.ExplainedAutomation, len(told.Automations)),
		Activations: make([]api.Activation, len(told.Activations)),
		Cancels:     make([]api.ExplainedCancel, len(told.Cancels)),
	}
	for i := range told.Automations {
		answer.Automations[i] = explainedAutomationOf(&told.Automations[i])
		answer.Automations[i].Actions = d.actionNames(&told, told.Automations[i].Spec)
	}
	for i := range told.Cancels {
		answer.Cancels[i] = explainedCancelOf(&told.Cancels[i])
		answer.Cancels[i].Person = d.person(c.by, told.Cancels[i].By)
	}
	if t := told.Trigger; t != nil {
		answer.Trigger = &api.ExplainedTrigger{
			DisplayName: t.Name, Scheduled: t.Scheduled, Hidden: t.Hidden, PayloadSchema: t.Schema,
			UpdatedDate: when(t.UpdatedAt), ChangedSince: t.UpdatedAt > told.Event.ReportedAt,
		}
	}
	for i := range told.Activations {
		answer.Activations[i] = activationOf(&told.Activations[i])
		withExchanges(&answer.Activations[i], &told.Activations[i])
	}
	return answer, nil
}

// actionNames returns what the actions of an automation are called.
func (d *door) actionNames(told *engine.Explained, spec *belay.AutomationSpec) []api.ExplainedAction {
	named := d.digests(told.Snapshot)
	names := []api.ExplainedAction{}
	for _, id := range slices.Sorted(maps.Keys(spec.Configuration.Actions)) {
		use := spec.Configuration.Actions[id].AppDefined
		if use == nil {
			continue
		}
		app, err := belay.ParseID(use.AppID)
		if err != nil {
			app = belay.BuiltIn
		}
		if name := named.Action(app, use.ActionKey); name != "" {
			names = append(names, api.ExplainedAction{ActionID: id, Name: name})
		}
	}
	return names
}

func schemaResultOf(told *engine.Explained) api.ExplainedSchema {
	switch {
	case told.Trigger == nil:
		return api.ExplainedSchema{Result: "UNKNOWN", Violations: []api.FieldViolation{}}
	case told.Breaks == nil:
		return api.ExplainedSchema{Result: "OBEYS", Violations: []api.FieldViolation{}}
	}
	return api.ExplainedSchema{Result: "BREAKS", Violations: each(told.Breaks.Violations, func(v *belay.Violation) api.FieldViolation {
		return api.FieldViolation{Field: v.Field, Description: v.Description, ViolatedRule: v.Rule}
	})}
}

func explainedAutomationOf(a *engine.ExplainedAutomation) api.ExplainedAutomation {
	told := api.ExplainedAutomation{
		AutomationID: a.ID.String(), Name: a.Spec.Name, Revision: api.Int64(a.Revision), Known: "NOW",
		Verdict: string(a.Verdict), ActivationID: a.Activation.String(), Error: a.Error,
		Filters: each(a.Filters, explainedFilterOf),
	}
	if a.Known {
		told.Known = "AT_REPORT"
	}
	if o := a.Spec.Configuration.Trigger.ScheduledOffset; o != nil {
		told.Offset, told.Unit = o.Expression, string(o.Unit)
	}
	return told
}

func explainedFilterOf(f *flow.Filtered) api.ExplainedFilter {
	return api.ExplainedFilter{
		FieldKey: f.FieldKey, Expression: f.Expression, Passed: f.Passed, Error: f.Error,
		Compared: each(f.Read, func(v *flow.Value) api.ComparedValue {
			told := api.ComparedValue{Path: v.Path}
			if v.Value == nil {
				return told
			}
			raw, err := json.Marshal(v.Value)
			if err != nil || len(raw) > maxCompared {
				raw = []byte("null")
			}
			told.Value = raw
			return told
		}),
	}
}

func explainedCancelOf(a *engine.ExplainedCancel) api.ExplainedCancel {
	told := api.ExplainedCancel{Date: when(a.At), Reason: string(a.Reason), By: identityOf(a.By), InFlight: a.InFlight}
	for _, id := range a.Activations {
		told.ActivationIDs = append(told.ActivationIDs, id.String())
	}
	return told
}
