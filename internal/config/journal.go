package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// The kinds of documents. A kind's name is stored and never changes.
const (
	kindJournal = "journal" // both scopes; by the version that a change made, in twenty digits

	// Of scope zero.
	kindApp      = "app"      // belay.App by ID
	kindSite     = "site"     // belay.Site by ID
	kindTrigger  = "trigger"  // belay.Trigger by app/key
	kindAction   = "action"   // belay.ActionDeclaration by app/key
	kindUsed     = "used"     // a mark, by app/key, that an automation has used the trigger
	kindKey      = "key"      // belay.APIKey by ID
	kindInstance = "instance" // instance by ID: which installation of which site a token speaks for
	kindWebhooks = "webhooks" // belay.Webhooks by app
	kindTokenKey = "tokenkey" // the key that signs tokens
	// belay.Automation of an app's making, for every site that has the app.
	kindPreinstalled         = "preinstalled"         // preinstalled by ID
	kindPreinstalledRevision = "preinstalledrevision" // belay.Automation by ID/revision, never changed
	kindPreinstalledLast     = "preinstalledlast"     // lastOne by app/component, of one that was taken away
	kindCallOff              = "calloff"              // callOff by automation/revision: what is still to be called off on sites

	kindCalendar = "calendar" // a mark, by site, that an automation of it has had a calendar
	kindSigner   = "signer"   // belay.Signer by app
	kindUser     = "user"     // belay.User by ID
	kindWelcome  = "welcome"  // the SHA-256s of links that make the first operator
	kindPortal   = "portal"   // belay.Portal by site; by serverPortal, that of the server
	kindGone     = "gone"     // a mark, by site, that what happened on a deleted site is still to be forgotten

	// Of a site.
	kindInstallation = "installation" // belay.Installation by app
	kindAutomation   = "automation"   // belay.Automation by ID
	kindRevision     = "revision"     // belay.Automation by ID/revision, never changed
	kindRemoved      = "removed"      // by ID, the last revision of a preinstalled automation that the site has deleted
	kindDraft        = "draft"        // belay.Automation with its Draft set, by ID
	kindDraftOf      = "draftof"      // the ID of an automation's draft, by the automation's ID
)

// A journal keeps the last journalKept changes; whoever is further behind reads
// the scope as a whole.
const journalKept = 500

// document is one document to keep, or to delete where value is nil.
type document struct {
	kind, key string
	value     []byte
}

// keep returns the document that holds v.
func keep(kind, key string, v any) (document, error) {
	value, err := json.Marshal(v)
	if err != nil {
		return document{}, fmt.Errorf("config: write %s %s: %w", kind, key, err)
	}
	return document{kind, key, value}, nil
}

func remove(kind, key string) document { return document{kind, key, nil} }

func read[T any](d document) (T, error) {
	var v T
	if err := json.Unmarshal(d.value, &v); err != nil {
		return v, fmt.Errorf("config: read %s %s: %w", d.kind, d.key, err)
	}
	return v, nil
}

// touched is a journal entry's element: a document that the change wrote or deleted.
type touched struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

func journalKey(version int64) string { return fmt.Sprintf("%020d", version) }

// write commits what by does to a scope whose version was read as version: documents,
// what is called off and told of it, and the audit entries, in one act. moved reports
// that somebody else has changed the scope since; nothing was kept then.
func (b *Book) write(ctx context.Context, by belay.Caller, scope belay.ID, version int64, edit siteEdit, tell []belay.Delivery) (done store.Changed, moved bool, err error) {
	said, err := b.said(ctx, by, scope, edit.docs)
	if err != nil {
		return done, false, err
	}
	entry := make([]touched, len(edit.docs))
	change := store.Change{Scope: scope, GlobalVersion: edit.under, Cancels: edit.cancels, Deliveries: tell, Entries: said, Puts: make([]store.Put, 1, len(edit.docs)+2)}
	for i, d := range edit.docs {
		entry[i] = touched{d.kind, d.key}
		change.Puts = append(change.Puts, store.Put{Kind: d.kind, Key: d.key, Value: d.value, Expect: store.AnyRevision})
	}
	value, err := json.Marshal(entry)
	if err != nil {
		return done, false, fmt.Errorf("config: write journal: %w", err)
	}
	change.Puts[0] = store.Put{Kind: kindJournal, Key: journalKey(version + 1), Value: value}
	if old := version + 1 - journalKept; old > 0 {
		change.Puts = append(change.Puts, store.Put{Kind: kindJournal, Key: journalKey(old), Expect: store.AnyRevision})
	}
	result, err := b.commit(ctx, &store.Batch{Changes: []store.Change{change}})
	if err != nil {
		return done, false, err
	}
	done = result.Changes[0]
	return done, !done.Happened(), nil
}

// cancelRest goes on with the cancels that left some activations standing.
func (b *Book) cancelRest(ctx context.Context, cancels []store.Cancel, done []store.Canceled) error {
	for {
		var rest []store.Cancel
		for i, d := range done {
			if d.More {
				rest = append(rest, cancels[i])
			}
		}
		if len(rest) == 0 {
			return nil
		}
		for i := range rest { // each portion is an act of its own
			if err := b.renew(&rest[i].Note); err != nil {
				return err
			}
		}
		result, err := b.commit(ctx, &store.Batch{Cancels: rest})
		if err != nil {
			return err
		}
		cancels, done = rest, result.Cancels
	}
}

// changes returns the documents of a scope that differ from those at version
// since, as they are now, and the version that they are of. whole reports that
// the journal does not reach back to since. Kinds other than those given, which a
// newer Belay beside this one may write, are left out.
func (b *Book) changes(ctx context.Context, scope belay.ID, since int64, kinds []string) (docs []document, now int64, whole bool, err error) {
	for range maxReads {
		entries, now, err := b.store.Docs(ctx, scope, kindJournal, journalKey(since), 0)
		if err != nil {
			return nil, 0, false, fmt.Errorf("config: read journal: %w", err)
		}
		if now == since {
			return nil, now, false, nil
		}
		if now < since || int64(len(entries)) != now-since {
			return nil, 0, true, nil
		}
		docs, err = b.readTouched(ctx, scope, entries, kinds)
		if err != nil {
			return nil, 0, false, err
		}
		_, after, err := b.store.Docs(ctx, scope, kindJournal, journalKey(now), 1)
		if err != nil {
			return nil, 0, false, fmt.Errorf("config: read journal: %w", err)
		}
		if after == now {
			return docs, now, false, nil
		}
	}
	return nil, 0, true, nil
}

// readTouched returns each document of the kinds that journal entries name, once.
func (b *Book) readTouched(ctx context.Context, scope belay.ID, entries []store.Doc, kinds []string) ([]document, error) {
	var docs []document
	seen := make(map[touched]bool)
	for _, e := range entries {
		list, err := read[[]touched](document{kindJournal, e.Key, e.Value})
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if seen[t] || !slices.Contains(kinds, t.Kind) {
				continue
			}
			seen[t] = true
			doc, err := b.store.Doc(ctx, store.DocKey{Scope: scope, Kind: t.Kind, Key: t.Key})
			if errors.Is(err, store.ErrNotFound) {
				doc.Value = nil
			} else if err != nil {
				return nil, fmt.Errorf("config: read %s %s: %w", t.Kind, t.Key, err)
			}
			docs = append(docs, document{t.Kind, t.Key, doc.Value})
		}
	}
	return docs, nil
}

// maxReads is how often a read is begun anew because somebody wrote meanwhile.
const maxReads = 50

// all returns every document of the kinds in a scope, as they are at one version.
func (b *Book) all(ctx context.Context, scope belay.ID, kinds ...string) ([]document, int64, error) {
	for range maxReads {
		var docs []document
		version, steady := int64(math.MinInt64), true
		for _, kind := range kinds {
			list, v, err := b.store.Docs(ctx, scope, kind, "", 0)
			if err != nil {
				return nil, 0, fmt.Errorf("config: read %ss: %w", kind, err)
			}
			if version == math.MinInt64 {
				version = v
			}
			if steady = v == version; !steady {
				break
			}
			for _, d := range list {
				docs = append(docs, document{kind, d.Key, d.Value})
			}
		}
		if steady {
			return docs, version, nil
		}
	}
	return nil, 0, errRestless()
}

func errRestless() error {
	return belay.Refuse(belay.Unavailable, "", "the configuration changes too fast to be read; try again")
}

// errMoved is what a caller hears whose change lost every round.
func errMoved() error {
	return belay.Refuse(belay.Aborted, "", "the configuration was changed by others at the same time; try again")
}

// maxTries is how often a change is planned anew because somebody else was first.
const maxTries = 20
