package config

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
)

// Candidate is an automation as it is looked at before it may act: live, a draft,
// or not kept at all.
type Candidate struct {
	// Document is what would be stored, and Spec what the engine reads in it.
	Document json.RawMessage
	Spec     *belay.AutomationSpec
	// Trigger is what it names as its trigger, nil where nobody declared that; BuiltIn
	// says that every site has it.
	Trigger *Trigger
	BuiltIn bool
	// Bounds are the limits that it breaks, and what stands against how it sets up a
	// trigger that is built in; Flow is what stands against its parts and its graph.
	// Places begin with "automation".
	Bounds []belay.Violation
	Flow   *flow.Inspection
}

// Candidate reads an automation that a caller sent, to be looked at on a site as
// it is now. Nothing is kept. The error is that of what is no automation at all:
// other JSON than an object, and values of another type. Whoever may read the
// site's automations may ask.
func (b *Book) Candidate(ctx context.Context, by belay.Caller, site belay.ID, doc json.RawMessage) (*Candidate, *Snapshot, error) {
	s, err := b.Look(ctx, by, site)
	if err != nil {
		return nil, nil, err
	}
	var given struct {
		ID belay.ID `json:"id"`
	}
	_ = json.Unmarshal(doc, &given) // an ID that is none is no other's either
	c, err := b.candidate(s, given.ID, doc)
	return c, s, err
}

// CandidateOf returns a kept automation or draft, as Candidate does.
func (b *Book) CandidateOf(ctx context.Context, by belay.Caller, site, id belay.ID) (*Candidate, *Snapshot, error) {
	s, err := b.Look(ctx, by, site)
	if err != nil {
		return nil, nil, err
	}
	a, ok := s.Automation(id)
	if !ok {
		a, err = b.draft(ctx, site, id)
		if belay.CodeOf(err) == belay.NotFound {
			return nil, nil, errNoAutomation()
		}
		if err != nil {
			return nil, nil, err
		}
	}
	self := a.ID
	if a.Draft != nil && !a.Draft.OriginalID.IsZero() {
		self = a.Draft.OriginalID
	}
	c, err := b.candidate(s, self, a.Document)
	return c, s, err
}

// Look returns a site as it is now to those who may read its automations, for what
// is looked at apart from any of them.
func (b *Book) Look(ctx context.Context, by belay.Caller, site belay.ID) (*Snapshot, error) {
	if err := readsSite(by, site, "check automations"); err != nil {
		return nil, err
	}
	return b.Refresh(ctx, site)
}

// candidate reads an automation of the ID self, or of none.
func (b *Book) candidate(s *Snapshot, self belay.ID, doc json.RawMessage) (*Candidate, error) {
	document, spec, err := readAutomation(doc)
	if err != nil {
		return nil, err
	}
	c := &Candidate{Document: document, Spec: spec, Flow: flow.Inspect(spec, b.carried)}
	if err := checkLimits(document, spec); err != nil {
		e, ok := errors.AsType[*belay.Error](err)
		if !ok {
			return nil, err
		}
		c.Bounds = e.Violations
	}
	c.named(b, s, self)
	c.Flow.Faults, c.Flow.Unsupported = below(c.Flow.Faults), below(c.Flow.Unsupported)
	return c, nil
}

// named finds the trigger, and checks how one that is built in is set up.
func (c *Candidate) named(b *Book, s *Snapshot, self belay.ID) {
	use := &c.Spec.Configuration.Trigger
	app, err := appID(use.AppID)
	if err != nil {
		return
	}
	key := belay.BuiltInTrigger(app, use.TriggerKey)
	if c.BuiltIn = key != ""; !c.BuiltIn {
		c.Trigger, _ = s.Trigger(app, use.TriggerKey)
		var f faults
		f.checkOverride(use)
		c.Bounds = append(c.Bounds, f.list...)
		return
	}
	c.Trigger = builtInTriggers()[key]
	var f faults
	f.checkBuiltInReady(s, use, self)
	c.Bounds = append(c.Bounds, f.list...)
}

// InputFaults returns what is wrong with the input mapping of an action, at a place
// in the caller's words, whatever its expressions will give.
func (b *Book) InputFaults(app belay.ID, key, place string, mapping map[string]any) []belay.Violation {
	if b.inputs == nil {
		return nil
	}
	return b.inputs(app, key, place, mapping)
}
