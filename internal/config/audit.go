package config

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// audited are the documents that are somebody's work. The others are marks and
// indexes of Belay's own; drafts, which save themselves and never act, are told of
// when they are published.
func audited(kind string) (audit.Kind, bool) {
	k, ok := map[string]audit.Kind{
		kindApp:          audit.App,
		kindSite:         audit.Site,
		kindTrigger:      audit.Trigger,
		kindAction:       audit.Action,
		kindKey:          audit.APIKey,
		kindWebhooks:     audit.Webhooks,
		kindSigner:       audit.SigningKeys,
		kindPreinstalled: audit.PreinstalledAutomation,
		kindInstallation: audit.Installation,
		kindAutomation:   audit.Automation,
		kindUser:         audit.User,
		kindPortal:       audit.Portal,
	}[kind]
	return k, ok
}

// Note writes down what somebody did that changes no document, such as signing in,
// beside what all sites share. Who and from where come from by.
func (b *Book) Note(ctx context.Context, by belay.Caller, e audit.Entry) error {
	e.By = audit.ActorOf(by)
	entry, err := b.written(belay.ID{}, &e)
	if err != nil {
		return err
	}
	_, err = b.commit(ctx, &store.Batch{Entries: []store.Entry{entry}})
	return err
}

func (b *Book) written(scope belay.ID, e *audit.Entry) (store.Entry, error) {
	id, err := b.newTurn()
	if err != nil {
		return store.Entry{}, err
	}
	value, err := audit.Encode(e)
	return store.Entry{SiteID: scope, Stream: store.Changes, ID: id, Value: value}, err
}

// CancelNote returns what a cancel by a caller leaves in the audit log, in the act of
// the cancel itself; name is what people call that which the selector names, "" for an
// external entity.
func (b *Book) CancelNote(by belay.Caller, c *store.Cancel, name string) (store.Note, error) {
	e := audit.Entry{
		Operation: audit.Canceled, Kind: audit.ExternalEntity, By: audit.ActorOf(by), Name: audit.Short(name),
		Thing: c.Selector.EntityID.String(), AppID: c.Selector.AppID, TriggerKey: c.Selector.TriggerKey, Reason: c.Reason,
	}
	switch s := &c.Selector; {
	case !s.ActivationID.IsZero():
		e.Kind, e.Thing = audit.Activation, s.ActivationID.String()
	case !s.AutomationID.IsZero():
		e.Kind, e.Thing = audit.Automation, s.AutomationID.String()
	case s.EntityID.IsZero():
		e.Kind, e.Thing = audit.App, s.AppID.String()
	}
	id, err := b.newTurn()
	if err != nil {
		return store.Note{}, err
	}
	value, err := audit.Encode(&e)
	return store.Note{ID: id, Value: value}, err
}

// noteCancels has the cancels that go with a change leave an entry where they call
// something off.
func (b *Book) noteCancels(by belay.Caller, s *Snapshot, cancels []store.Cancel) error {
	for i := range cancels {
		c := &cancels[i]
		name := s.NameOf(c.Selector.AutomationID)
		if c.Selector.AutomationID.IsZero() {
			app, _ := s.shared.apps.get(c.Selector.AppID)
			name = app.Name
		}
		note, err := b.CancelNote(by, c, name)
		if err != nil {
			return err
		}
		note.IfAny = true
		c.Note = note
	}
	return nil
}

// renew gives a note an entry of its own.
func (b *Book) renew(n *store.Note) (err error) {
	if !n.ID.IsZero() {
		n.ID, err = b.newTurn()
	}
	return err
}

// newTurn returns a new identifier behind those that it returned before, also in
// the same millisecond: 12 bits in front of the chance count.
func (b *Book) newTurn() (belay.ID, error) {
	var chance [10]byte
	if err := b.draw(chance[2:]); err != nil {
		return belay.ID{}, err
	}
	binary.BigEndian.PutUint16(chance[:2], uint16(b.turns.Add(1)))
	return belay.NewID(b.now().Time(), chance), nil
}

// said returns the audit entries of a change of a scope, which is compared with the
// version that the documents stored now are of.
func (b *Book) said(ctx context.Context, by belay.Caller, scope belay.ID, docs []document) ([]store.Entry, error) {
	var entries []store.Entry
	for _, d := range docs {
		kind, ok := audited(d.kind)
		if !ok {
			continue
		}
		e := audit.Entry{Kind: kind, By: audit.ActorOf(by)}
		e.Thing, e.AppID = thing(kind, d.key)
		stored, err := b.store.Doc(ctx, store.DocKey{Scope: scope, Kind: d.kind, Key: d.key})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("config: read %s %s: %w", d.kind, d.key, err)
		}
		after := audit.State{JSON: d.value}
		if d.value != nil {
			after.Revision = stored.Revision + 1
		}
		differs, err := e.Of(audit.State{JSON: stored.Value, Revision: stored.Revision}, after)
		if err != nil {
			return nil, err
		}
		if !differs {
			continue
		}
		if app, ok := b.shared.Load().apps.get(e.AppID); ok && e.Name == "" {
			e.Name = app.Name
		}
		entry, err := b.written(scope, &e)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// thing returns what a document's key names, and the app that it tells of.
func thing(kind audit.Kind, key string) (string, belay.ID) {
	switch kind {
	case audit.Trigger, audit.Action:
		if r, err := parseRef(key); err == nil {
			return r.key, r.app
		}
	case audit.Installation, audit.Webhooks, audit.SigningKeys, audit.App:
		if id, err := belay.ParseID(key); err == nil {
			return key, id
		}
	}
	return key, belay.ID{}
}

// NameOfTrigger returns what people know a trigger by, "" where there is none. It reads
// nothing from the store.
func (b *Book) NameOfTrigger(app belay.ID, key string) string {
	t, ok := b.shared.Load().triggers.get(ref{app, key})
	if !ok {
		return ""
	}
	return t.Name
}

// NameOfApp returns what an app is called, "" for one that is not there. It reads
// nothing from the store.
func (b *Book) NameOfApp(id belay.ID) string {
	app, _ := b.shared.Load().apps.get(id)
	return app.Name
}

// NameOfSite returns what a site is called, "" for one that is not there. It reads
// nothing from the store.
func (b *Book) NameOfSite(id belay.ID) string {
	s, ok := b.shared.Load().sites.get(id)
	if !ok {
		return ""
	}
	return s.Name
}
