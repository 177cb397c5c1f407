package config

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
)

// owned is a site's own scope at one version. It does not change.
type owned struct {
	version       int64
	installations map[belay.ID]belay.Installation
	automations   map[belay.ID]*kept
	removed       map[belay.ID]int64 // preinstalled automations that the site has deleted, with their last revision
	active        map[ref][]*Active
	ordered       []*kept // by creation
	hooked        map[hook]*Active
}

// kept is an automation with what was read in it.
type kept struct {
	belay.Automation
	spec   *belay.AutomationSpec
	active *Active // nil for one that does not act
}

// siteKinds are what a snapshot holds of a site.
func siteKinds() []string { return []string{kindInstallation, kindAutomation, kindRemoved} }

// ownedWith returns o with documents written or deleted, at another version.
func (b *Book) ownedWith(ctx context.Context, o *owned, docs []document, version int64) (*owned, error) {
	n := &owned{
		version: version, installations: maps.Clone(o.installations), automations: maps.Clone(o.automations),
		removed: maps.Clone(o.removed), active: make(map[ref][]*Active), hooked: make(map[hook]*Active),
	}
	for _, doc := range docs {
		if !slices.Contains(siteKinds(), doc.kind) {
			continue // revisions and drafts are read when they are asked for
		}
		id, err := belay.ParseID(doc.key)
		if err != nil {
			return nil, fmt.Errorf("config: read %s %q: %w", doc.kind, doc.key, err)
		}
		switch {
		case doc.kind == kindInstallation && doc.value == nil:
			delete(n.installations, id)
		case doc.kind == kindInstallation:
			if n.installations[id], err = read[belay.Installation](doc); err != nil {
				return nil, err
			}
		case doc.kind == kindAutomation && doc.value == nil:
			delete(n.automations, id)
		case doc.kind == kindAutomation:
			if n.automations[id], err = b.keptFrom(ctx, doc); err != nil {
				return nil, err
			}
		case doc.kind == kindRemoved && doc.value == nil:
			delete(n.removed, id)
		case doc.kind == kindRemoved:
			if n.removed[id], err = read[int64](doc); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("config: a document of the unknown kind %q", doc.kind)
		}
	}
	n.order()
	return n, nil
}

// order fills what is derived from the automations.
func (o *owned) order() {
	o.ordered = slices.SortedFunc(maps.Values(o.automations), byCreation)
	for _, k := range o.ordered {
		if k.active != nil && o.present(k) {
			trigger := usedTrigger(k.spec)
			o.active[trigger] = append(o.active[trigger], k.active)
			if id := k.active.use.hook; id != "" {
				o.hooked[hook{trigger.key, id}] = k.active
			}
		}
	}
	for _, list := range o.active {
		slices.SortFunc(list, func(a, c *Active) int {
			return slices.Compare(a.Automation.ID[:], c.Automation.ID[:])
		})
	}
}

// present reports whether a stored automation is there: the site's own copy of one
// that came with an app is, while the site has the app.
func (o *owned) present(k *kept) bool {
	if k.Preinstalled == nil {
		return true
	}
	_, ok := o.installations[k.Preinstalled.AppID]
	return ok
}

// usedTrigger returns the trigger that an automation names; its app is zero
// where that is no identifier.
func usedTrigger(spec *belay.AutomationSpec) ref {
	use := &spec.Configuration.Trigger
	app, _ := appID(use.AppID)
	if key := belay.BuiltInTrigger(app, use.TriggerKey); key != "" {
		return ref{belay.BuiltIn, key} // whatever the document calls it
	}
	return ref{app, use.TriggerKey}
}

// keptFrom reads a stored automation. One that is active but no longer compiles
// does not act; the operator's log says so.
func (b *Book) keptFrom(ctx context.Context, doc document) (*kept, error) {
	a, err := read[belay.Automation](doc)
	if err != nil {
		return nil, err
	}
	spec, err := readSpec(a.Document)
	if err != nil {
		return nil, fmt.Errorf("config: stored automation %s: %w", a.ID, err)
	}
	k := &kept{Automation: a, spec: spec}
	if spec.Configuration.Status != belay.Active {
		return k, nil
	}
	plan, err := b.compiled(a, spec)
	if err != nil {
		b.log.ErrorContext(ctx, "stored automation does not compile", "site", a.SiteID, "automation", a.ID, "revision", a.Revision, "error", err)
		return k, nil
	}
	use, wrong := readBuiltIn(&spec.Configuration.Trigger)
	if len(wrong) > 0 {
		b.log.ErrorContext(ctx, "stored automation's trigger cannot be read", "site", a.SiteID, "automation", a.ID, "revision", a.Revision,
			"field", wrong[0].Field, "error", wrong[0].Description)
		return k, nil
	}
	k.active = &Active{Automation: a, Plan: plan, trigger: usedTrigger(spec), use: use}
	return k, nil
}

type planKey struct {
	site, automation belay.ID
	revision         int64
}

// compiled returns the plan of a revision, which never changes.
func (b *Book) compiled(a belay.Automation, spec *belay.AutomationSpec) (*flow.Plan, error) {
	key := planKey{a.SiteID, a.ID, a.Revision}
	if plan, ok := b.plans.Get(key); ok {
		return plan, nil
	}
	plan, err := flow.Compile(spec, b.carried)
	if err != nil {
		return nil, err
	}
	b.plans.Add(key, plan)
	return plan, nil
}
