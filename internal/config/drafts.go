package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Drafts are kept beside the automations of a site, as documents that snapshots do
// not hold: nothing of an event ever meets one. They change with the site's scope,
// so what a change read of them holds at the moment of the change.

// CreateDraft keeps a draft of a new automation. doc may lack anything, and is kept
// as an automation's is; no document is an empty draft. An operator may, and the
// site's key.
func (b *Book) CreateDraft(ctx context.Context, by belay.Caller, site belay.ID, doc json.RawMessage) (belay.Automation, error) {
	if err := editsSite(by, site, "create drafts"); err != nil {
		return belay.Automation{}, err
	}
	document, err := readDraft(doc)
	if err != nil {
		return belay.Automation{}, err
	}
	return b.keepDraft(ctx, by, site, document)
}

// readDraft returns a draft's document as it is stored.
func readDraft(doc json.RawMessage) (json.RawMessage, error) {
	if len(doc) == 0 || string(doc) == "null" {
		doc = json.RawMessage("{}")
	}
	document, spec, err := readAutomation(doc)
	if err != nil {
		return nil, err
	}
	return document, checkDraftLimits(document, spec)
}

func (b *Book) keepDraft(ctx context.Context, by belay.Caller, site belay.ID, document json.RawMessage) (belay.Automation, error) {
	id, err := b.newID()
	if err != nil {
		return belay.Automation{}, err
	}
	a := b.newDraft(by, site, id, document)
	err = b.editSite(ctx, by, site, func(*Snapshot) (siteEdit, error) {
		docs, err := one(keep(kindDraft, id.String(), a))
		return siteEdit{docs: docs}, err
	})
	return a, err
}

func (b *Book) newDraft(by belay.Caller, site, id belay.ID, document json.RawMessage) belay.Automation {
	now := b.now()
	return belay.Automation{
		ID: id, SiteID: site, Revision: 1, CreatedAt: now, UpdatedAt: now,
		CreatedBy: by.Identity(), UpdatedBy: by.Identity(), Draft: &belay.DraftOf{}, Document: document,
	}
}

// DraftOf returns the draft of an automation, made from it as it is now where there
// is none; an automation has one draft at most. The draft itself where id is a
// draft's. An operator may, and the site's key.
func (b *Book) DraftOf(ctx context.Context, by belay.Caller, site, id belay.ID) (belay.Automation, error) {
	if err := editsSite(by, site, "create drafts"); err != nil {
		return belay.Automation{}, err
	}
	fresh, err := b.newID()
	if err != nil {
		return belay.Automation{}, err
	}
	var a belay.Automation
	err = b.editSite(ctx, by, site, func(s *Snapshot) (siteEdit, error) {
		var err error
		if a, err = b.draft(ctx, site, id); err == nil || belay.CodeOf(err) != belay.NotFound {
			return siteEdit{}, err
		}
		original, ok := s.Automation(id)
		if !ok {
			return siteEdit{}, errNoAutomation()
		}
		old, err := b.draftIDOf(ctx, site, id)
		if err != nil {
			return siteEdit{}, err
		}
		if !old.IsZero() {
			a, err = b.draft(ctx, site, old)
			return siteEdit{}, err
		}
		a = b.newDraft(by, site, fresh, original.Document)
		a.Draft = &belay.DraftOf{OriginalID: id, Revision: original.Revision}
		draft, err := keep(kindDraft, fresh.String(), a)
		if err != nil {
			return siteEdit{}, err
		}
		docs, err := one(keep(kindDraftOf, id.String(), fresh))
		return siteEdit{docs: append(docs, draft)}, err
	})
	return a, err
}

// UpdateDraft replaces a draft's document by what edit makes of the stored one. It
// needs no revision: whoever comes last has said it. A revision that is not zero is
// the one that the caller has seen; where the draft is past it, the error is Aborted
// with the reason DRAFT_CHANGED. The origin of a draft of an
// automation stays: INVALID_ORIGIN_TYPE. Override schemas stay as in an update of
// an automation. An operator may, and the site's key.
func (b *Book) UpdateDraft(ctx context.Context, by belay.Caller, site, id belay.ID, revision int64, edit func(stored json.RawMessage) (json.RawMessage, error)) (belay.Automation, error) {
	if err := editsSite(by, site, "change drafts"); err != nil {
		return belay.Automation{}, err
	}
	var a belay.Automation
	err := b.editSite(ctx, by, site, func(*Snapshot) (siteEdit, error) {
		old, err := b.draft(ctx, site, id)
		if err != nil {
			return siteEdit{}, err
		}
		if revision != 0 && old.Revision != revision {
			return siteEdit{}, belay.Refuse(belay.Aborted, "DRAFT_CHANGED", fmt.Sprintf(
				"the draft has been changed meanwhile: it is at revision %d, not %d", old.Revision, revision))
		}
		a = old
		if a.Document, err = editedDraft(&old, edit); err != nil {
			return siteEdit{}, err
		}
		a.Revision++
		a.UpdatedAt, a.UpdatedBy = b.now(), by.Identity()
		docs, err := one(keep(kindDraft, id.String(), a))
		return siteEdit{docs: docs}, err
	})
	return a, err
}

func editedDraft(old *belay.Automation, edit func(json.RawMessage) (json.RawMessage, error)) (json.RawMessage, error) {
	given, err := edit(old.Document)
	if err != nil {
		return nil, err
	}
	document, err := readDraft(given)
	if err != nil {
		return nil, err
	}
	if !old.Draft.OriginalID.IsZero() {
		was, err := readSpec(old.Document)
		if err != nil {
			return nil, err
		}
		is, err := readSpec(document)
		if err != nil {
			return nil, err
		}
		if was.Origin != is.Origin {
			return nil, errOrigin(was.Origin)
		}
	}
	return keepSchemas(old.Document, document)
}

// DeleteDraft removes a draft; the automation that it is of stays as it is. An
// operator may, and the site's key.
func (b *Book) DeleteDraft(ctx context.Context, by belay.Caller, site, id belay.ID) error {
	if err := editsSite(by, site, "delete drafts"); err != nil {
		return err
	}
	return b.editSite(ctx, by, site, func(*Snapshot) (siteEdit, error) {
		a, err := b.draft(ctx, site, id)
		return siteEdit{docs: dropDraft(&a)}, err
	})
}

// errDraftMoved says that a draft has changed since it was read.
var errDraftMoved = errors.New("config: the draft has changed")

// PublishDraft makes an automation of a draft, in one act with the draft's removal:
// it replaces the one that it is of, as UpdateDraft's counterpart UpdateAutomation
// would, or becomes a new one under its own ID. The automation must be able to act,
// also where it is to be inactive: AUTOMATION_NOT_READY. Where the original has
// changed since the draft was made from it, the error is Aborted with the reason
// DRAFT_OUTDATED; revision, where it is not zero, is the one of the original that
// the caller knows the draft to replace. An operator may, and the site's key.
func (b *Book) PublishDraft(ctx context.Context, by belay.Caller, site, id belay.ID, revision int64) (belay.Automation, error) {
	if err := editsSite(by, site, "publish drafts"); err != nil {
		return belay.Automation{}, err
	}
	for range maxTries {
		d, err := b.draft(ctx, site, id)
		if err != nil {
			return belay.Automation{}, err
		}
		if err := checkWhole(d.Document); err != nil {
			return belay.Automation{}, err
		}
		a, _, err := b.save(ctx, by, site, d.Document, "publish drafts", func(s *Snapshot) (saving, error) {
			return b.publishing(ctx, s, &d, revision)
		})
		if !errors.Is(err, errDraftMoved) {
			return a, err
		}
	}
	return belay.Automation{}, errMoved()
}

// checkWhole returns nil where a draft lacks nothing that an automation has.
func checkWhole(document json.RawMessage) error {
	spec, err := readSpec(document)
	if err != nil {
		return err
	}
	f, err := beyond(document, spec)
	if err != nil {
		return err
	}
	return f.refusal(belay.FailedPrecondition, "AUTOMATION_NOT_READY", "the draft cannot be published: it")
}

// publishing returns what a draft that was read as d replaces.
func (b *Book) publishing(ctx context.Context, s *Snapshot, d *belay.Automation, revision int64) (saving, error) {
	stored, err := b.draft(ctx, d.SiteID, d.ID)
	switch {
	case err != nil:
		return saving{}, err
	case stored.Revision != d.Revision:
		return saving{}, errDraftMoved
	case d.Draft.OriginalID.IsZero():
		return saving{id: d.ID, draft: d}, nil
	}
	original, ok := s.automation(d.Draft.OriginalID)
	if !ok {
		return saving{}, errNoAutomation()
	}
	if revision == 0 {
		revision = d.Draft.Revision
	}
	if original.Revision != revision {
		return saving{}, belay.Refuse(belay.Aborted, "DRAFT_OUTDATED", fmt.Sprintf(
			"the automation has changed since the draft was made from it: it is at revision %d, not %d", original.Revision, revision))
	}
	return saving{id: original.ID, old: original, draft: d}, nil
}

// dropDraft returns what removes a draft.
func dropDraft(a *belay.Automation) []document {
	if a.Draft == nil {
		return nil
	}
	docs := []document{remove(kindDraft, a.ID.String())}
	if of := a.Draft.OriginalID; !of.IsZero() {
		docs = append(docs, remove(kindDraftOf, of.String()))
	}
	return docs
}

// draftDocs returns what removes the draft of an automation, nothing where it has
// none.
func (b *Book) draftDocs(ctx context.Context, site, original belay.ID) ([]document, error) {
	id, err := b.draftIDOf(ctx, site, original)
	if err != nil || id.IsZero() {
		return nil, err
	}
	return dropDraft(&belay.Automation{ID: id, Draft: &belay.DraftOf{OriginalID: original}}), nil
}

// draft returns a draft as it is stored, or NotFound.
func (b *Book) draft(ctx context.Context, site, id belay.ID) (belay.Automation, error) {
	doc, err := b.store.Doc(ctx, store.DocKey{Scope: site, Kind: kindDraft, Key: id.String()})
	if errors.Is(err, store.ErrNotFound) {
		return belay.Automation{}, belay.Refuse(belay.NotFound, "", "the site has no such draft")
	}
	if err != nil {
		return belay.Automation{}, fmt.Errorf("config: read draft %s: %w", id, err)
	}
	return read[belay.Automation](document{kindDraft, doc.Key, doc.Value})
}

// draftIDOf returns the ID of an automation's draft, zero where it has none.
func (b *Book) draftIDOf(ctx context.Context, site, original belay.ID) (belay.ID, error) {
	doc, err := b.store.Doc(ctx, store.DocKey{Scope: site, Kind: kindDraftOf, Key: original.String()})
	if errors.Is(err, store.ErrNotFound) {
		return belay.ID{}, nil
	}
	if err != nil {
		return belay.ID{}, fmt.Errorf("config: read draft of %s: %w", original, err)
	}
	return read[belay.ID](document{kindDraftOf, doc.Key, doc.Value})
}

// allDrafts returns a site's drafts in the order of their IDs, and the version of
// the site's scope that they are of.
func (b *Book) allDrafts(ctx context.Context, site belay.ID) ([]belay.Automation, int64, error) {
	docs, version, err := b.store.Docs(ctx, site, kindDraft, "", 0)
	if err != nil {
		return nil, 0, fmt.Errorf("config: read drafts: %w", err)
	}
	drafts := make([]belay.Automation, len(docs))
	for i, d := range docs {
		if drafts[i], err = read[belay.Automation](document{kindDraft, d.Key, d.Value}); err != nil {
			return nil, 0, err
		}
	}
	return drafts, version, nil
}
