package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
	"github.com/belay-events/belay/internal/store"
)

// How much one preview looks at.
const (
	previewedAutomations = 100
	previewTime          = 5 * time.Second
	// exampleAhead is how far ahead the example of a scheduled event takes place.
	exampleAhead = 14 * 24 * time.Hour
)

// PreviewSource says where the payload of a preview is from.
type PreviewSource string

// The sources.
const (
	PayloadGiven   PreviewSource = "GIVEN"
	PayloadOfEvent PreviewSource = "EVENT"
	PayloadExample PreviewSource = "EXAMPLE"
)

// PreviewItem is a report that does not take place. Of Payload and EventID one is
// given at most; the trigger's example stands in for both. AppID and TriggerKey may be left out
// where Automation or EventID tells.
type PreviewItem struct {
	AppID      belay.ID
	TriggerKey string
	Payload    []byte
	EventID    belay.ID
	Now        belay.Instant   // zero for the present
	Automation json.RawMessage // one that need not be kept; it alone is looked at
}

// Preview is what a report would do.
type Preview struct {
	Snapshot     *config.Snapshot
	Now          belay.Instant
	Trigger      *config.Trigger
	Source       PreviewSource
	Payload      []byte
	Breaks       *belay.Error // how the payload breaks the trigger's schema; nothing is looked at then
	TakesPlaceAt belay.Instant
	Automations  []PreviewedAutomation
	More         bool
}

// PreviewedAutomation is what a report would do to one automation.
type PreviewedAutomation struct {
	*config.Prospect
	flow.Foreseen
	Refreshes bool
	Steps     []PreviewedStep
}

// PreviewedStep is an action as it would be carried out. Input and Sketch are as they
// would be sent; Rejected says why they would not be.
type PreviewedStep struct {
	Step
	State belay.ActionState
	flow.ForeseenStep
	Input    []byte
	Sketch   action.Sketch
	Rejected *action.Outcome
}

// Preview says what a report would do, and does none of it. The operator may ask, and
// whoever may read the site's automations.
func (e *Engine) Preview(ctx context.Context, by belay.Caller, site belay.ID, item PreviewItem) (*Preview, error) {
	only, err := e.mayRead(ctx, by, site)
	if err != nil {
		return nil, err
	}
	if !only.IsZero() {
		return nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "an app may not see what the automations of a site would do")
	}
	s, err := e.book.Refresh(ctx, site)
	if err != nil {
		return nil, err
	}
	p := &Preview{Snapshot: s, Now: item.Now}
	if p.Now.IsZero() {
		p.Now = e.Now()
	}
	var draft *config.Prospect
	if len(item.Automation) > 0 {
		var app belay.ID
		var key string
		if draft, app, key, err = e.book.Prospect(s, item.Automation); err != nil {
			return nil, err
		}
		if item.TriggerKey == "" {
			item.AppID, item.TriggerKey = app, key
		}
	}
	var event belay.Event
	if !item.EventID.IsZero() {
		if event, err = e.EventOf(ctx, by, site, item.EventID); err != nil {
			return nil, err
		}
		if item.TriggerKey == "" {
			item.AppID, item.TriggerKey = event.AppID, event.TriggerKey
		}
	}
	if p.Trigger, err = previewTrigger(s, item.AppID, item.TriggerKey); err != nil {
		return nil, err
	}
	p.choose(&item, event.Payload)
	payload := p.read()
	prospects := []*config.Prospect{draft}
	if draft == nil {
		prospects, p.More = s.Prospects(p.Trigger.AppID, p.Trigger.Key, previewedAutomations)
	}
	ctx, stop := context.WithTimeout(ctx, previewTime)
	defer stop()
	for _, one := range prospects {
		if p.Breaks != nil {
			break
		}
		if ctx.Err() != nil {
			p.More = true
			break
		}
		told, err := e.foresee(ctx, p, one, payload)
		if err != nil {
			return nil, fmt.Errorf("engine: preview: %w", err)
		}
		p.Automations = append(p.Automations, told)
	}
	return p, nil
}

// previewTrigger finds the trigger that a preview names.
func previewTrigger(s *config.Snapshot, app belay.ID, key string) (*config.Trigger, error) {
	if key == "" {
		return nil, belay.Invalid("triggerKey", "REQUIRED", "is missing: it says which trigger, unless eventId or automation does")
	}
	if app.IsZero() {
		return only(s, key)
	}
	if t, ok := s.Trigger(app, key); ok {
		return t, nil
	}
	return nil, noTrigger(key)
}

// choose sets the payload.
func (p *Preview) choose(item *PreviewItem, ofEvent []byte) {
	switch {
	case len(item.Payload) > 0:
		p.Source, p.Payload = PayloadGiven, item.Payload
	case len(ofEvent) > 0:
		p.Source, p.Payload = PayloadOfEvent, ofEvent
	default:
		p.Source = PayloadExample
		future := p.Now.Time().Add(exampleAhead).Truncate(time.Hour)
		p.Payload, _ = json.Marshal(p.Trigger.Payload.Example(future)) // made of JSON
	}
}

// read checks the payload as that of a report.
func (p *Preview) read() map[string]any {
	payload, err := schema.ParsePayload("payload", p.Payload)
	if err == nil {
		err = p.Trigger.Payload.Validate("payload", payload)
	}
	if err == nil && p.Trigger.Scheduled {
		var at time.Time
		if at, err = p.Trigger.Payload.ScheduledTime("payload", payload); err == nil {
			p.TakesPlaceAt = belay.At(at)
		}
	}
	if err != nil && !errors.As(err, &p.Breaks) {
		p.Breaks = &belay.Error{Code: belay.InvalidArgument, Message: err.Error()}
	}
	return payload
}

// foresee says what a report would do to one automation.
func (e *Engine) foresee(ctx context.Context, p *Preview, one *config.Prospect, payload map[string]any) (told PreviewedAutomation, err error) {
	told.Prospect = one
	if one.Plan == nil {
		return told, nil
	}
	a := belay.Activation{SiteID: p.Snapshot.Site.ID, AutomationID: one.ID, AppID: p.Trigger.AppID, TriggerKey: p.Trigger.Key}
	h := &happening{payload, p.Payload, p.TakesPlaceAt}
	if calendar := one.Schedule(); calendar != nil {
		at, ok := calendar.Next(p.Now, p.Snapshot.Zone)
		if !ok {
			a.Status, a.SkipReason = belay.Skipped, belay.ScheduleDateExpired
			told.Activation = a
			return told, nil
		}
		a.Cause = belay.Occurrence
		h = &happening{map[string]any{"date": at.String()}, nil, at}
	}
	told.Refreshes = e.refreshes(p.Snapshot, p.Trigger.AppID, p.Trigger.Key)
	told.Foreseen, err = one.Plan.Foresee(a, e.input(p.Snapshot.Zone, p.Now, h), flow.Oracle{
		Output: func(app belay.ID, key string) []byte { return e.exampleOutput(p.Snapshot, app, key) },
		Taken: func(c belay.Claim) (int, error) {
			return e.taken(ctx, p.Snapshot.Site.ID, one.ID, c)
		},
	})
	if err != nil {
		return told, err
	}
	told.Steps = make([]PreviewedStep, len(told.Activation.Actions))
	for i := range told.Steps {
		state := told.Activation.Actions[i]
		kind, app, key := one.Plan.Label(state.ActionID)
		told.Steps[i] = PreviewedStep{Step: Step{state.ActionID, kind, app, key}, State: state, ForeseenStep: told.Foreseen.Steps[i], Input: state.Input}
		if len(state.Input) > 0 && app == belay.BuiltIn {
			e.sketch(&told.Steps[i])
		} else if len(state.Input) > 0 {
			e.checkInput(p.Snapshot, &told.Steps[i])
		}
	}
	return told, nil
}

// exampleOutput returns an example of what an action gives.
func (e *Engine) exampleOutput(s *config.Snapshot, app belay.ID, key string) []byte {
	var declared json.RawMessage
	if app == belay.BuiltIn {
		definition, _ := e.actions.Find(key)
		declared = definition.OutputSchema
	} else if a, ok := s.Action(app, key); ok {
		declared = a.OutputSchema
	}
	if len(declared) == 0 {
		return nil
	}
	output, err := json.Marshal(schema.ExampleOf(declared))
	if err != nil {
		return nil
	}
	return output
}

// taken counts the places that a claim would find taken.
func (e *Engine) taken(ctx context.Context, site, automation belay.ID, c belay.Claim) (int, error) {
	if automation.IsZero() || c.Max == 0 {
		return 0, nil
	}
	after := store.Place{AutomationID: automation, Counter: c.Counter, At: c.Since, ActivationID: belay.ID(bytes.Repeat([]byte{0xff}, 16))}
	places, err := e.Store().Places(ctx, store.PlaceQuery{SiteID: site, After: after, Limit: c.Max})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range places {
		if p.AutomationID == automation && p.Counter == c.Counter {
			n++
		}
	}
	return n, nil
}

// sketch says what an action that Belay carries out itself would send.
func (e *Engine) sketch(s *PreviewedStep) {
	definition, ok := e.actions.Find(s.Key)
	var input map[string]any
	if !ok || json.Unmarshal(s.State.Input, &input) != nil {
		return
	}
	input = e.inputs[s.Key].written(input)
	if written, err := json.Marshal(input); err == nil {
		s.Input = written
	}
	if sketcher, ok := definition.Do.(action.Sketcher); ok {
		s.Sketch, s.Rejected = sketcher.Sketch(action.Attempt{ActionID: s.ID, AppID: belay.BuiltInName, ActionKey: s.Key, Number: 1, Input: input})
	}
}

// checkInput holds the input of an app's action against its schema.
func (e *Engine) checkInput(s *config.Snapshot, step *PreviewedStep) {
	a, ok := s.Action(step.App, step.Key)
	if !ok {
		return
	}
	schemas, err := a.Schemas()
	if err != nil {
		return
	}
	params, wrong := fitting(schemas, step.State.Input)
	if wrong != "" {
		rejected := action.Reject("INPUT_SCHEMA", "the input breaks the action's input schema: "+wrong)
		step.Rejected = &rejected
		return
	}
	step.Input = params
}
