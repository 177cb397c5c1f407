package config

import (
	"encoding/json"
	"errors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/calendar"
	"github.com/belay-events/belay/internal/flow"
)

// Prospect is an automation of which is asked what it would do.
type Prospect struct {
	ID     belay.ID // zero for one that is not kept
	Spec   *belay.AutomationSpec
	Active bool
	// Plan is nil for one that is not active, and for one that cannot act, and then NotReady says
	// why.
	Plan     *flow.Plan
	NotReady *belay.Error

	use builtInUse
}

// Schedule returns the calendar of an automation that has one of its own, nil for
// any other.
func (p *Prospect) Schedule() *calendar.Schedule { return p.use.schedule }

// Prospects returns the automations of a site that use a trigger in the order of creation, at
// most so many.
func (s *Snapshot) Prospects(app belay.ID, key string, most int) (list []*Prospect, more bool) {
	acting := map[belay.ID]*Active{}
	for _, one := range s.Active(app, key) {
		acting[one.Automation.ID] = one
	}
	for _, k := range s.all() {
		if usedTrigger(k.spec) != (ref{app, key}) {
			continue
		}
		if len(list) == most {
			return list, true
		}
		p := &Prospect{ID: k.ID, Spec: k.spec}
		if one := acting[k.ID]; one != nil {
			p.Active, p.Plan, p.use = true, one.Plan, one.use
		}
		list = append(list, p)
	}
	return list, false
}

// Prospect reads an automation that need not be kept, as if it were active, and the trigger that it
// uses. The error is that of what is no automation at all.
func (b *Book) Prospect(s *Snapshot, doc json.RawMessage) (p *Prospect, app belay.ID, key string, err error) {
	_, spec, err := readAutomation(doc)
	if err != nil {
		return nil, app, "", err
	}
	var given struct {
		ID belay.ID `json:"id"`
	}
	_ = json.Unmarshal(doc, &given) // an ID that is none is no other's either
	p = &Prospect{ID: given.ID, Spec: spec, Active: true}
	trigger := usedTrigger(spec)
	if err := b.checkReady(s, spec, given.ID); err != nil {
		refused, ok := errors.AsType[*belay.Error](err)
		if !ok {
			return nil, app, "", err
		}
		p.NotReady = refused
		return p, trigger.app, trigger.key, nil
	}
	if p.Plan, err = flow.Compile(spec, b.carried); err != nil {
		return nil, app, "", err
	}
	p.use, _ = readBuiltIn(&spec.Configuration.Trigger) // checkReady has found nothing wrong
	return p, trigger.app, trigger.key, nil
}
