package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// maxPreinstalled is how many automations an app brings at most.
const maxPreinstalled = 100

// preinstalledRecord is how a preinstalled automation is stored. Its document has
// no preinstalledInfo: that is the record's.
type preinstalledRecord struct {
	belay.Automation
	// ActiveSince is the revision from which on it has been active without a break;
	// 0 while it is not. What began before is called off.
	ActiveSince int64 `json:"activeSince,omitempty"`
}

// PreinstalledInput is an automation as an app brings it. Document is an
// automation's; its preinstalledInfo names the app and the component where the
// others are zero, and else agrees with them.
type PreinstalledInput struct {
	AppID, ComponentID belay.ID
	Document           json.RawMessage
}

// CreatePreinstalled brings an automation to every site that has the app, now or
// later: one document, whatever the number of sites. It counts as an automation of
// the origin PREINSTALLED of each such site until the site makes a copy of its own,
// by its first update, or deletes it. The error is AlreadyExists where the app has
// the component already. An operator may, and the app's own key.
func (b *Book) CreatePreinstalled(ctx context.Context, by belay.Caller, in PreinstalledInput) (belay.Automation, error) {
	a, _, err := b.savePreinstalled(ctx, by, in, func(old *preinstalled) error {
		if old != nil {
			return belay.Refuse(belay.AlreadyExists, "", "the app has an automation of this component already")
		}
		return nil
	})
	return a, err
}

// UpdatePreinstalled replaces what an app brings as a component, whose revision the
// caller read as revision: on every site but those that have a copy of their own.
// Activations under way keep to the revision that they began with; where the
// automation ceases to be active, they are canceled on every site before this
// answers. An operator may, and the app's own key.
func (b *Book) UpdatePreinstalled(ctx context.Context, by belay.Caller, in PreinstalledInput, revision int64) (belay.Automation, error) {
	a, _, err := b.savePreinstalled(ctx, by, in, func(old *preinstalled) error {
		switch {
		case old == nil:
			return errNoComponent()
		case old.Revision != revision:
			return belay.Refuse(belay.Aborted, "", "entity has already changed since the requested revision")
		}
		return nil
	})
	return a, err
}

// PutPreinstalled makes what an app brings as a component be the document, whatever
// it was. It is for configuration kept elsewhere. An operator may, and the app's own
// key.
func (b *Book) PutPreinstalled(ctx context.Context, by belay.Caller, in PreinstalledInput) (belay.Automation, Outcome, error) {
	return b.savePreinstalled(ctx, by, in, func(*preinstalled) error { return nil })
}

func errNoComponent() error {
	return belay.Refuse(belay.NotFound, "", "the app brings no automation as this component")
}

// component is what an app calls an automation that it brings.
type component struct {
	AppID            belay.ID
	ComponentID      belay.ID
	ComponentVersion int64
}

func (b *Book) savePreinstalled(ctx context.Context, by belay.Caller, in PreinstalledInput, allowed func(old *preinstalled) error) (belay.Automation, Outcome, error) {
	doc, spec, c, err := readPreinstalled(in)
	if err != nil {
		return belay.Automation{}, Unchanged, err
	}
	if err := brings(by, c.AppID, "bring automations"); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	id, err := b.newID()
	if err != nil {
		return belay.Automation{}, Unchanged, err
	}
	check := func(s *shared) (*preinstalled, error) {
		old, err := s.replaced(c)
		if err == nil {
			err = allowed(old)
		}
		if err == nil && spec.Configuration.Status == belay.Active {
			err = b.checkReady(everywhere(s, spec, c.AppID), spec, belay.ID{})
		}
		if err == nil && usedTrigger(spec).app == belay.BuiltIn {
			var f faults
			f.add("automation.configuration.trigger.triggerKey", "OTHER_APP", "names a built-in trigger, which an automation of one site can have alone")
			err = f.err("the automation")
		}
		return old, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	if _, err := check(b.shared.Load()); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	if err := b.markUsed(ctx, usedTrigger(spec)); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	var a belay.Automation
	var done Outcome
	var off *callOff
	err = b.editShared(ctx, by, func(s *shared) ([]document, error) {
		old, err := check(s)
		if err != nil {
			return nil, err
		}
		if old != nil && bytes.Equal(old.Document, doc) && old.Preinstalled.ComponentVersion == c.ComponentVersion {
			a, done, off = old.Automation, Unchanged, nil
			return nil, nil
		}
		var record preinstalledRecord
		if record, done, err = b.nextPreinstalled(ctx, by, id, old, c, doc); err != nil {
			return nil, err
		}
		if spec.Configuration.Status == belay.Active {
			record.ActiveSince = record.Revision
			if old != nil && old.since > 0 {
				record.ActiveSince = old.since
			}
		}
		a, off = record.Automation, nil
		docs, err := b.preinstalledDocs(record)
		if err == nil && old != nil && old.since > 0 && record.ActiveSince == 0 {
			off = &callOff{AppID: c.AppID, AutomationID: a.ID, Revision: a.Revision, Reason: belay.AutomationDeactivated, By: by.Identity()}
			docs, err = off.noted(docs)
		}
		return docs, err
	})
	if err == nil {
		b.finish(ctx, off)
	}
	return a, done, err
}

// lastOne is what is known of a preinstalled automation that was taken away, so that
// it is the same one when it comes back: sites that have a copy keep it, and no
// revision is used twice.
type lastOne struct {
	ID       belay.ID `json:"id"`
	Revision int64    `json:"revision"`
}

func (c component) key() string { return ref{c.AppID, c.ComponentID.String()}.String() }

// takenAway returns what removes a preinstalled automation and remembers it. That
// counts as a revision.
func (p *preinstalled) takenAway() ([]document, error) {
	c := component{AppID: p.Preinstalled.AppID, ComponentID: p.Preinstalled.ComponentID}
	last, err := keep(kindPreinstalledLast, c.key(), lastOne{p.ID, p.Revision + 1})
	return []document{remove(kindPreinstalled, p.ID.String()), last}, err
}

// nextPreinstalled returns a preinstalled automation as it is to be stored; id is
// that of one that there never was.
func (b *Book) nextPreinstalled(ctx context.Context, by belay.Caller, id belay.ID, old *preinstalled, c component, written json.RawMessage) (preinstalledRecord, Outcome, error) {
	now := b.now()
	next := preinstalledRecord{Automation: belay.Automation{ID: id, CreatedAt: now, CreatedBy: by.Identity()}}
	done := Created
	if old != nil {
		next.Automation, done = old.Automation, Updated
	} else {
		last, ok, err := b.lastOne(ctx, c)
		if err != nil {
			return next, done, err
		}
		if ok {
			next.ID, next.Revision = last.ID, last.Revision
		}
	}
	next.Revision++
	next.UpdatedAt, next.UpdatedBy, next.Document = now, by.Identity(), written
	next.Preinstalled = &belay.Preinstalled{AppID: c.AppID, ComponentID: c.ComponentID, ComponentVersion: c.ComponentVersion}
	return next, done, nil
}

// lastOne returns what is known of a component that was taken away.
func (b *Book) lastOne(ctx context.Context, c component) (last lastOne, ok bool, err error) {
	doc, err := b.store.Doc(ctx, store.DocKey{Kind: kindPreinstalledLast, Key: c.key()})
	if errors.Is(err, store.ErrNotFound) {
		return last, false, nil
	}
	if err != nil {
		return last, false, fmt.Errorf("config: read what an app brought before: %w", err)
	}
	last, err = read[lastOne](document{kindPreinstalledLast, doc.Key, doc.Value})
	return last, err == nil, err
}

// ComponentAutomation returns the ID that what an app brings as a component has on
// every site, also if it was taken away since; ok is false where there never was any.
func (b *Book) ComponentAutomation(ctx context.Context, app, id belay.ID) (automation belay.ID, ok bool, err error) {
	if err := b.Reload(ctx); err != nil {
		return belay.ID{}, false, err
	}
	brought, _ := b.shared.Load().brought.get(app)
	for _, p := range brought {
		if p.Preinstalled.ComponentID == id {
			return p.ID, true, nil
		}
	}
	last, ok, err := b.lastOne(ctx, component{AppID: app, ComponentID: id})
	return last.ID, ok, err
}

func (b *Book) preinstalledDocs(record preinstalledRecord) ([]document, error) {
	current, err := keep(kindPreinstalled, record.ID.String(), record)
	if err != nil {
		return nil, err
	}
	past, err := keep(kindPreinstalledRevision, revisionKey(record.ID, record.Revision), record.Automation)
	return []document{current, past}, err
}

// replaced returns what an app brings as a component already, nil for nothing.
func (s *shared) replaced(c component) (*preinstalled, error) {
	if _, ok := s.apps.get(c.AppID); !ok {
		return nil, errNoApp()
	}
	all, _ := s.brought.get(c.AppID)
	for _, p := range all {
		if p.Preinstalled.ComponentID == c.ComponentID {
			return p, nil
		}
	}
	if len(all) >= maxPreinstalled {
		return nil, belay.Refuse(belay.FailedPrecondition, "TOO_MANY_PREINSTALLED", fmt.Sprintf("an app brings at most %d automations", maxPreinstalled))
	}
	return nil, nil
}

// everywhere returns the snapshot of a site that has each app that an automation
// names, of those there are: what it says of the automation holds on every such site.
func everywhere(s *shared, spec *belay.AutomationSpec, app belay.ID) *Snapshot {
	o := &owned{installations: make(map[belay.ID]belay.Installation)}
	for _, id := range append(actionApps(spec), usedTrigger(spec).app, app) {
		if _, ok := s.apps.get(id); ok {
			o.installations[id] = belay.Installation{AppID: id}
		}
	}
	return &Snapshot{GlobalVersion: s.version, shared: s, owned: o}
}

// readPreinstalled reads what an app brings, and as what.
func readPreinstalled(in PreinstalledInput) (json.RawMessage, *belay.AutomationSpec, component, error) {
	var none component
	document, spec, err := readAutomation(in.Document)
	if err != nil {
		return nil, nil, none, err
	}
	var top object
	if err := json.Unmarshal(document, &top); err != nil {
		return nil, nil, none, fmt.Errorf("config: read automation: %w", err)
	}
	switch spec.Origin {
	case "PREINSTALLED":
	case "":
		top["origin"] = json.RawMessage(`"PREINSTALLED"`)
	default:
		return nil, nil, none, errOrigin("PREINSTALLED")
	}
	c, err := readComponent(in, top["preinstalledInfo"])
	if err != nil {
		return nil, nil, none, err
	}
	if document, err = without(top, "preinstalledInfo"); err != nil {
		return nil, nil, none, err
	}
	if spec, err = readSpec(document); err != nil {
		return nil, nil, none, err
	}
	return document, spec, c, checkLimits(document, spec)
}

// without returns an object less a member.
func without(top object, member string) (json.RawMessage, error) {
	delete(top, member)
	raw, err := json.Marshal(top)
	if err != nil {
		return nil, fmt.Errorf("config: write automation: %w", err)
	}
	return raw, nil
}

// maxComponentVersion is the largest that the compatible wire can carry.
const maxComponentVersion = 1<<31 - 1

func readComponent(in PreinstalledInput, raw json.RawMessage) (component, error) {
	const at = "automation.preinstalledInfo"
	var info struct {
		AppID            string `json:"appId"`
		ComponentID      string `json:"componentId"`
		ComponentVersion int64  `json:"componentVersion"`
	}
	if len(raw) > 0 {
		if err := jsonv2.Unmarshal(raw, &info); err != nil {
			return component{}, refuseTypeAt(at, err)
		}
	}
	var f faults
	c := component{
		AppID:            f.agreed(at+".appId", info.AppID, in.AppID),
		ComponentID:      f.agreed(at+".componentId", info.ComponentID, in.ComponentID),
		ComponentVersion: info.ComponentVersion,
	}
	if v := info.ComponentVersion; v < 0 || v > maxComponentVersion {
		f.add(at+".componentVersion", "RANGE", "must be from 0 to %d", maxComponentVersion)
	}
	return c, f.err("the automation")
}

// agreed returns what a document and its call say alike, either of which may say
// nothing.
func (f *faults) agreed(field, written string, called belay.ID) belay.ID {
	if written == "" {
		if called.IsZero() {
			f.add(field, "REQUIRED", "must not be empty")
		}
		return called
	}
	id, err := belay.ParseID(written)
	switch {
	case err != nil:
		f.add(field, "GUID", "%v", err)
	case !called.IsZero() && id != called:
		f.add(field, "AMBIGUOUS", "is not the one that the call names")
	}
	return id
}

// DeletePreinstalled takes what an app brings as a component off every site, but for
// copies that sites have made, and cancels what is pending of it before it answers.
// An operator may, and the app's own key.
func (b *Book) DeletePreinstalled(ctx context.Context, by belay.Caller, app, id belay.ID) error {
	if err := brings(by, app, "delete the automations"); err != nil {
		return err
	}
	var off *callOff
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		old, err := s.replaced(component{AppID: app, ComponentID: id})
		if err != nil {
			return nil, err
		}
		if old == nil {
			return nil, errNoComponent()
		}
		off = &callOff{AppID: app, AutomationID: old.ID, Revision: old.Revision + 1, Reason: belay.AutomationDeleted, By: by.Identity()}
		gone, err := old.takenAway()
		if err != nil {
			return nil, err
		}
		return off.noted(gone)
	})
	if err == nil {
		b.finish(ctx, off)
	}
	return err
}

// QueryPreinstalled returns a page of what an app brings, by the rules of
// QueryAutomations. All may but other apps.
func (b *Book) QueryPreinstalled(ctx context.Context, by belay.Caller, app belay.ID, q Query) (Page, error) {
	if err := seesApp(by, app, "read the automations"); err != nil {
		return Page{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return Page{}, err
	}
	s := b.shared.Load()
	if _, ok := s.apps.get(app); !ok {
		return Page{}, errNoApp()
	}
	brought, _ := s.brought.get(app)
	all := make([]*kept, len(brought))
	for i, p := range brought {
		all[i] = p.kept
	}
	return q.over(func() ([]*kept, error) { return all, nil })
}
