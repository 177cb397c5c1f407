package config

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// ListAutomations returns a site's automations in the order of creation.
func (b *Book) ListAutomations(ctx context.Context, by belay.Caller, site belay.ID) ([]belay.Automation, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return nil, err
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return nil, err
	}
	all := s.all()
	list := make([]belay.Automation, len(all))
	for i, k := range all {
		list[i] = k.Automation
	}
	return list, nil
}

// GetAutomation returns one automation, or NotFound.
func (b *Book) GetAutomation(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Automation, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return belay.Automation{}, err
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return belay.Automation{}, err
	}
	k, ok := s.automation(id)
	if !ok {
		return belay.Automation{}, errNoAutomation()
	}
	return k.Automation, nil
}

// GetRevision returns an automation as it was at a revision, also one that was
// deleted since, or NotFound. One that came with an app is shown while the site has
// the app, up to the revision that the site's own copy was made from.
func (b *Book) GetRevision(ctx context.Context, by belay.Caller, site, id belay.ID, revision int64) (belay.Automation, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return belay.Automation{}, err
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return belay.Automation{}, err
	}
	a, err := b.revision(ctx, site, id, revision)
	if err != nil || a.Preinstalled == nil {
		return a, err
	}
	k, own := s.owned.automations[id]
	if !s.Installed(a.Preinstalled.AppID) || a.SiteID.IsZero() && own && k.Preinstalled != nil && revision > k.Preinstalled.OfRevision {
		return belay.Automation{}, errNoRevision()
	}
	a.SiteID = site
	return a, nil
}

func errOrigin(stays string) error {
	return &belay.Error{
		Code: belay.InvalidArgument, Reason: "INVALID_ORIGIN_TYPE", Message: "the origin of an automation cannot change",
		Violations: []belay.Violation{{Field: "automation.origin", Rule: "IMMUTABLE", Description: "must stay " + stays}},
	}
}

func errNoAutomation() error {
	return belay.Refuse(belay.NotFound, "", "the site has no such automation")
}

// CreateAutomation keeps a new automation of a site. doc is the automation as
// the caller wrote it; the server's own fields in it are ignored, what Belay
// does not know is kept. An inactive automation needs to keep within the limits
// only, and one without any action is kept as a draft; an active one must be able
// to act. An operator may, and the site's key.
func (b *Book) CreateAutomation(ctx context.Context, by belay.Caller, site belay.ID, doc json.RawMessage) (belay.Automation, error) {
	if err := editsSite(by, site, "create automations"); err != nil {
		return belay.Automation{}, err
	}
	document, spec, err := readWhole(doc)
	if err != nil {
		return belay.Automation{}, err
	}
	if len(spec.Configuration.Actions) == 0 && spec.Configuration.Status != belay.Active {
		return b.keepDraft(ctx, by, site, document)
	}
	id, err := b.newID()
	if err != nil {
		return belay.Automation{}, err
	}
	a, _, err := b.saveRead(ctx, by, site, document, spec, func(*Snapshot) (saving, error) {
		return saving{id: id}, nil
	})
	return a, err
}

// UpdateAutomation replaces an automation by doc, whose revision the caller read
// as revision; where it has changed since, the error is Aborted. The origin
// cannot change: INVALID_ORIGIN_TYPE; what settings lock of an automation that
// came with an app, an operator alone may change. Override schemas that doc does
// not name stay as they are; null removes one. Activations under way keep to the revision
// that they began with; where the automation ceases to be active, they are
// canceled in the same act. An operator may, and the site's key.
func (b *Book) UpdateAutomation(ctx context.Context, by belay.Caller, site, id belay.ID, revision int64, doc json.RawMessage) (belay.Automation, error) {
	a, _, err := b.save(ctx, by, site, doc, "change automations", func(s *Snapshot) (saving, error) {
		k, ok := s.automation(id)
		if !ok {
			return saving{}, errNoAutomation()
		}
		if k.Revision != revision {
			return saving{}, belay.Refuse(belay.Aborted, "", "entity has already changed since the requested revision")
		}
		return saving{id: id, old: k, schemasStay: true}, nil
	})
	return a, err
}

// PutAutomation makes the automation of that ID be doc, whatever it was: it is
// created, updated, or left as it is where its document says the same already.
// It is for configuration kept elsewhere. An operator may, and the site's key.
func (b *Book) PutAutomation(ctx context.Context, by belay.Caller, site, id belay.ID, doc json.RawMessage) (belay.Automation, Outcome, error) {
	if id.IsZero() {
		return belay.Automation{}, Unchanged, belay.Invalid("automation.id", "REQUIRED", "must not be empty")
	}
	return b.save(ctx, by, site, doc, "change automations", func(s *Snapshot) (saving, error) {
		n := saving{id: id, idempotent: true}
		if k, ok := s.automation(id); ok {
			n.old = k
		} else if p, ok := s.shared.preinstalled.get(id); ok && s.Installed(p.Preinstalled.AppID) {
			n.old = p.on(site) // which the site has deleted
		} else if k := s.owned.automations[id]; k != nil {
			return saving{}, belay.Refuse(belay.FailedPrecondition, "APP_NOT_INSTALLED", "the automation came with an app that the site does not have at the moment")
		}
		return n, nil
	})
}

// saving is what an automation's document is to replace.
type saving struct {
	id          belay.ID
	old         *kept // nil for a new automation
	idempotent  bool  // the same document is not written again
	schemasStay bool  // those that the document does not name
	// draft is the draft that is published; it goes in the same act.
	draft *belay.Automation

	// What is to be stored, and what the engine reads in it.
	document json.RawMessage
	spec     *belay.AutomationSpec
}

// keepInfo takes off a document what only the server says of an automation that
// came with an app.
func (n *saving) keepInfo() error {
	if n.old == nil || n.old.Preinstalled == nil {
		return nil
	}
	var top object
	if err := json.Unmarshal(n.document, &top); err != nil {
		return fmt.Errorf("config: read automation: %w", err)
	}
	document, err := without(top, "preinstalledInfo")
	n.document = document
	return err
}

// wasActive reports whether what is replaced acts: what it has begun goes on.
func (n *saving) wasActive() bool {
	return n.old != nil && n.old.spec.Configuration.Status == belay.Active
}

// same reports whether the document says what is stored already.
func (n *saving) same() bool {
	return n.idempotent && n.old != nil && bytes.Equal(n.old.Document, n.document)
}

// readWhole reads an automation and checks what holds of every one.
func readWhole(doc json.RawMessage) (json.RawMessage, *belay.AutomationSpec, error) {
	document, spec, err := readAutomation(doc)
	if err != nil {
		return nil, nil, err
	}
	return document, spec, checkLimits(document, spec)
}

func (b *Book) save(ctx context.Context, by belay.Caller, site belay.ID, doc json.RawMessage, what string, replaces func(*Snapshot) (saving, error)) (belay.Automation, Outcome, error) {
	if err := editsSite(by, site, what); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	document, spec, err := readWhole(doc)
	if err != nil {
		return belay.Automation{}, Unchanged, err
	}
	return b.saveRead(ctx, by, site, document, spec, replaces)
}

// saveRead stores a document that was read and keeps the limits.
func (b *Book) saveRead(ctx context.Context, by belay.Caller, site belay.ID, document json.RawMessage, spec *belay.AutomationSpec, replaces func(*Snapshot) (saving, error)) (belay.Automation, Outcome, error) {
	check := func(s *Snapshot) (saving, error) {
		now, err := replaces(s)
		if err != nil {
			return saving{}, err
		}
		now.document, now.spec = document, spec
		return now, b.checkSave(by, s, &now)
	}
	// The check of the revision comes before the mark, so that a refused update
	// leaves nothing behind; it is made again with the change.
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return belay.Automation{}, Unchanged, err
	}
	if _, err := check(s); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	if err := b.markUsed(ctx, usedTrigger(spec)); err != nil {
		return belay.Automation{}, Unchanged, err
	}
	timed := usedTrigger(spec) == scheduleTrigger && spec.Configuration.Status == belay.Active
	if timed {
		if err := b.markCalendar(ctx, site); err != nil {
			return belay.Automation{}, Unchanged, err
		}
	}
	var a belay.Automation
	var done Outcome
	err = b.editSite(ctx, by, site, func(s *Snapshot) (siteEdit, error) {
		now, err := check(s)
		if err != nil {
			return siteEdit{}, err
		}
		if now.same() {
			a, done = now.old.Automation, Unchanged
			return siteEdit{}, nil
		}
		a, done = b.next(s, by, &now)
		return b.saveEdit(ctx, s, by, a, &now)
	})
	if err == nil && timed {
		b.moved(ctx, site, a.ID)
	}
	return a, done, err
}

// checkSave completes what is to be stored from what it replaces, and returns nil
// where the rules let it.
func (b *Book) checkSave(by belay.Caller, s *Snapshot, now *saving) error {
	if err := now.keepInfo(); err != nil {
		return err
	}
	if now.old != nil && now.old.spec.Origin != now.spec.Origin {
		return errOrigin(now.old.spec.Origin)
	}
	if now.schemasStay {
		document, err := keepSchemas(now.old.Document, now.document)
		if err != nil {
			return err
		}
		now.document = document
		if now.spec, err = readSpec(document); err != nil {
			return err
		}
	}
	if now.same() {
		return nil
	}
	if err := now.checkLocks(by); err != nil {
		return err
	}
	if now.spec.Configuration.Status == belay.Active || now.draft != nil {
		return b.checkReady(s, now.spec, now.id)
	}
	return nil
}

// next returns the automation as it is to be stored.
func (b *Book) next(s *Snapshot, by belay.Caller, now *saving) (belay.Automation, Outcome) {
	at := b.now()
	if now.old == nil {
		a := belay.Automation{
			ID: now.id, SiteID: s.Site.ID, Revision: 1, CreatedAt: at, UpdatedAt: at,
			CreatedBy: by.Identity(), UpdatedBy: by.Identity(), Document: now.document,
		}
		if now.draft != nil {
			a.CreatedAt, a.CreatedBy = now.draft.CreatedAt, now.draft.CreatedBy
		}
		return a, Created
	}
	a := now.old.Automation
	a.Revision++
	if p := a.Preinstalled; p != nil && !p.Override {
		a.Revision = max(a.Revision, s.owned.removed[a.ID]+1)
		own := *p
		own.Override, own.OfRevision = true, a.Revision-1
		a.Preinstalled = &own
	}
	a.UpdatedAt, a.UpdatedBy, a.Document = at, by.Identity(), now.document
	return a, Updated
}

// saveEdit returns the change that stores an automation and its revision. One
// that is no longer active, or was not already but may have been left half
// canceled by a crash, has what is pending canceled with it.
func (b *Book) saveEdit(ctx context.Context, s *Snapshot, by belay.Caller, a belay.Automation, now *saving) (siteEdit, error) {
	current, err := keep(kindAutomation, a.ID.String(), a)
	if err != nil {
		return siteEdit{}, err
	}
	past := document{kindRevision, revisionKey(a.ID, a.Revision), current.value}
	edit := siteEdit{docs: []document{current, past}}
	if p := a.Preinstalled; p != nil && p.OfRevision == a.Revision-1 {
		edit.under = s.GlobalVersion // lest its app's next revision takes the same number
	}
	if now.draft != nil {
		edit.docs = append(edit.docs, dropDraft(now.draft)...)
	}
	if _, removed := s.owned.removed[a.ID]; removed {
		edit.docs = append(edit.docs, remove(kindRemoved, a.ID.String()))
	}
	if now.old != nil && !(now.wasActive() && now.spec.Configuration.Status == belay.Active) {
		edit.cancels = []store.Cancel{b.cancel(by, a.SiteID, store.Selector{AutomationID: a.ID}, belay.AutomationDeactivated)}
		return edit, nil
	}
	if now.old != nil && usedTrigger(now.old.spec) == scheduleTrigger {
		edit.cancels, err = b.cancelOccurrences(ctx, by, a.SiteID, a.ID)
	}
	return edit, err
}

// DeleteAutomation removes an automation with its draft and cancels what is pending
// of it in the same act. One that came with an app is gone from this site for good. One whose settings say disableDelete stays: PermissionDenied. An
// operator may, and the site's key.
func (b *Book) DeleteAutomation(ctx context.Context, by belay.Caller, site, id belay.ID) error {
	results, err := b.delete(ctx, by, site, []belay.ID{id})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	return nil
}

// Deleted is what became of one automation of a BulkDelete.
type Deleted struct {
	ID  belay.ID
	Err *belay.Error // nil for one that was deleted
}

// BulkDelete removes from 1 to 200 automations, each as DeleteAutomation would,
// all in one act; those that may not be removed stay and say why. An ID given
// twice is deleted once and then NotFound.
func (b *Book) BulkDelete(ctx context.Context, by belay.Caller, site belay.ID, ids []belay.ID) ([]Deleted, error) {
	var f faults
	f.items("automationIds", len(ids), 1, 200)
	if err := f.err("the call"); err != nil {
		return nil, err
	}
	return b.delete(ctx, by, site, ids)
}

func (b *Book) delete(ctx context.Context, by belay.Caller, site belay.ID, ids []belay.ID) ([]Deleted, error) {
	if err := editsSite(by, site, "delete automations"); err != nil {
		return nil, err
	}
	results := make([]Deleted, len(ids))
	err := b.editSite(ctx, by, site, func(s *Snapshot) (siteEdit, error) {
		var edit siteEdit
		gone := make(map[belay.ID]bool)
		for i, id := range ids {
			k, ok := s.automation(id)
			results[i] = Deleted{ID: id, Err: checkDelete(k, ok && !gone[id])}
			if results[i].Err != nil {
				continue
			}
			gone[id] = true
			edit.docs = append(edit.docs, remove(kindAutomation, id.String()))
			if k.Preinstalled != nil {
				mark, err := keep(kindRemoved, id.String(), k.Revision)
				if err != nil {
					return siteEdit{}, err
				}
				edit.docs = append(edit.docs, mark)
			}
			draft, err := b.draftDocs(ctx, site, id)
			if err != nil {
				return siteEdit{}, err
			}
			edit.docs = append(edit.docs, draft...)
			edit.cancels = append(edit.cancels, b.cancel(by, site, store.Selector{AutomationID: id}, belay.AutomationDeleted))
		}
		return edit, nil
	})
	return results, err
}

func checkDelete(k *kept, exists bool) *belay.Error {
	if !exists {
		return belay.Refuse(belay.NotFound, "", "the site has no such automation")
	}
	if locksOf(k.spec).DisableDelete {
		return belay.Refuse(belay.PermissionDenied, "DELETE_DISABLED", "the automation's settings do not let it be deleted")
	}
	return nil
}
