package config

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/schema"
	"github.com/belay-events/belay/internal/store"
)

// Snapshot is the configuration of a site as it was at one version of the site's
// scope and one of scope zero. It does not change; nothing got from it may be
// written to.
type Snapshot struct {
	SiteVersion, GlobalVersion int64
	Site                       belay.Site
	Zone                       *time.Location

	shared    *shared
	owned     *owned
	listeners listeners
}

// Trigger is a declared trigger with its payload schema compiled.
type Trigger struct {
	belay.Trigger
	Payload *schema.Payload
	// Config checks what an automation says of itself; nil where anything will do.
	Config *schema.Action
}

// Active is an automation that acts, ready to be carried out.
type Active struct {
	Automation belay.Automation
	Plan       *flow.Plan

	trigger ref
	use     builtInUse
}

// Trigger returns the trigger that the automation uses.
func (a *Active) Trigger() (app belay.ID, key string) { return a.trigger.app, a.trigger.key }

// Installed reports whether the app is on the site. BuiltIn is on every site.
func (s *Snapshot) Installed(app belay.ID) bool {
	_, ok := s.owned.installations[app]
	return ok || app == belay.BuiltIn
}

// Trigger returns what an app declared under a key, hidden or not, whether the
// app is installed or not.
func (s *Snapshot) Trigger(app belay.ID, key string) (*Trigger, bool) {
	if app == belay.BuiltIn {
		t, ok := builtInTriggers()[key]
		return t, ok
	}
	return s.shared.triggers.get(ref{app, key})
}

// TriggersNamed returns the triggers of that key of the apps that are installed,
// in no order.
func (s *Snapshot) TriggersNamed(key string) []*Trigger {
	named, _ := s.shared.named.get(key)
	var list []*Trigger
	for _, t := range named {
		if s.Installed(t.AppID) {
			list = append(list, t)
		}
	}
	return list
}

// Action returns what an app declared as an action under a key, whether the app
// is installed or not.
func (s *Snapshot) Action(app belay.ID, key string) (*Action, bool) {
	return s.shared.actions.get(ref{app, key})
}

// App returns an app, installed or not.
func (s *Snapshot) App(id belay.ID) (belay.App, bool) { return s.shared.apps.get(id) }

// BaseURL returns where an app's server is called: at the address of its own that a
// trigger or an action has, or at the app's; "" where there is none.
func (s *Snapshot) BaseURL(app belay.ID, own string) string {
	if own != "" {
		return own
	}
	a, _ := s.App(app)
	return a.Provider.BaseURL
}

// Instance returns the ID of an app's installation on the site.
func (s *Snapshot) Instance(app belay.ID) (belay.ID, bool) {
	i, ok := s.owned.installations[app]
	return i.InstanceID, ok
}

func newSnapshot(shared *shared, site *located, owned *owned) *Snapshot {
	return &Snapshot{
		SiteVersion: owned.version, GlobalVersion: shared.version,
		Site: site.Site, Zone: site.zone, shared: shared, owned: owned, listeners: newListeners(shared, site.ID),
	}
}

// entry is a site's place in the cache.
type entry struct {
	site belay.ID
	snap atomic.Pointer[Snapshot] // nil until the site is first read
	edit sync.Mutex               // held while the site's scope is read or changed
}

// entry returns the site's place, made where there is none.
func (b *Book) entry(site belay.ID) *entry {
	slot := b.slot(site)
	if e := slot.Load(); e != nil && e.site == site {
		return e
	}
	b.enter.Lock()
	defer b.enter.Unlock()
	e := slot.Load()
	if e == nil || e.site != site {
		var ok bool
		if e, ok = b.sites.Get(site); !ok {
			e = &entry{site: site}
		}
		slot.Store(e)
	}
	// Also where the front had it: the cache behind may have let go of it.
	b.sites.Add(site, e)
	return e
}

func (b *Book) slot(site belay.ID) *atomic.Pointer[entry] {
	// The last bytes of an identifier are chance; FNV-1a over them spreads
	// those that a person chose.
	h := uint32(2166136261)
	for _, c := range site[8:] {
		h = (h ^ uint32(c)) * 16777619
	}
	return &b.front[(h^h>>16)%frontSites]
}

// Snapshot returns the configuration of a site as this Book knows it, which is
// never older than this Book's own last change. A site that was read before
// costs no lock and no read. The error is NotFound for an unknown site.
func (b *Book) Snapshot(ctx context.Context, site belay.ID) (*Snapshot, error) {
	if e := b.slot(site).Load(); e != nil && e.site == site {
		if s := b.joined(e); s != nil {
			return s, nil
		}
	}
	if _, ok := b.shared.Load().sites.get(site); !ok {
		if err := b.Reload(ctx); err != nil {
			return nil, err
		}
		if _, ok := b.shared.Load().sites.get(site); !ok {
			return nil, errNoSite()
		}
	}
	e := b.entry(site)
	if s := b.joined(e); s != nil {
		return s, nil
	}
	e.edit.Lock()
	defer e.edit.Unlock()
	return b.freshSite(ctx, e)
}

// joined returns what is known of a site, joined anew with scope zero where that
// has changed since; nil where the site must be read. It waits for no change of
// the site that is under way.
func (b *Book) joined(e *entry) *Snapshot {
	for {
		s, shared := e.snap.Load(), b.shared.Load()
		if s == nil || s.shared == shared {
			return s
		}
		site, ok := shared.sites.get(e.site)
		if !ok {
			return nil
		}
		if next := newSnapshot(shared, site, s.owned); e.snap.CompareAndSwap(s, next) {
			return next
		}
	}
}

// Refresh reads what has changed in a site's scope and in scope zero and returns
// the site's snapshot. The error is NotFound for an unknown site.
func (b *Book) Refresh(ctx context.Context, site belay.ID) (*Snapshot, error) {
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	if _, ok := b.shared.Load().sites.get(site); !ok {
		return nil, errNoSite()
	}
	e := b.entry(site)
	e.edit.Lock()
	defer e.edit.Unlock()
	return b.freshSite(ctx, e)
}

// freshSite returns the site as it is stored now. The caller holds e.edit.
func (b *Book) freshSite(ctx context.Context, e *entry) (*Snapshot, error) {
	from := &owned{installations: map[belay.ID]belay.Installation{}, automations: map[belay.ID]*kept{}, removed: map[belay.ID]int64{}}
	if s := e.snap.Load(); s != nil {
		docs, version, whole, err := b.changes(ctx, e.site, s.owned.version, siteKinds())
		if err != nil {
			return nil, err
		}
		if !whole {
			if version == s.owned.version {
				return b.publish(e, s.owned)
			}
			o, err := b.ownedWith(ctx, s.owned, docs, version)
			if err != nil {
				return nil, err
			}
			return b.publish(e, o)
		}
	}
	docs, version, err := b.all(ctx, e.site, siteKinds()...)
	if err != nil {
		return nil, err
	}
	o, err := b.ownedWith(ctx, from, docs, version)
	if err != nil {
		return nil, err
	}
	return b.publish(e, o)
}

// publish makes o the site's own part, joined with scope zero as it is known.
// The caller holds e.edit.
func (b *Book) publish(e *entry, o *owned) (*Snapshot, error) {
	shared := b.shared.Load()
	site, ok := shared.sites.get(e.site)
	if !ok {
		return nil, errNoSite()
	}
	if s := e.snap.Load(); s != nil && s.shared == shared && s.owned == o {
		return s, nil
	}
	s := newSnapshot(shared, site, o)
	e.snap.Store(s)
	return s, nil
}

// siteEdit is a change of a site's scope.
type siteEdit struct {
	docs    []document
	cancels []store.Cancel
	// under is the version of what all sites share that the edit holds under; 0 for
	// whichever there is.
	under int64
}

// editSite changes a site's scope by what plan returns for its present state;
// nothing to keep changes nothing. by is who does it, zero for Belay itself. plan is called again when somebody else was
// first, so that its checks on the site hold at the moment of the change.
func (b *Book) editSite(ctx context.Context, by belay.Caller, site belay.ID, plan func(*Snapshot) (siteEdit, error)) error {
	if err := b.Reload(ctx); err != nil {
		return err
	}
	if _, ok := b.shared.Load().sites.get(site); !ok {
		return errNoSite()
	}
	e := b.entry(site)
	e.edit.Lock()
	defer e.edit.Unlock()
	for range maxTries {
		s, err := b.freshSite(ctx, e)
		if err != nil {
			return err
		}
		edit, err := plan(s)
		if err != nil || len(edit.docs) == 0 {
			return err
		}
		listen(s, edit.cancels)
		if err := b.noteCancels(by, s, edit.cancels); err != nil {
			return err
		}
		tell, err := b.told(s, edit.docs, s.SiteVersion+1)
		if err != nil {
			return err
		}
		done, moved, err := b.write(ctx, by, site, s.SiteVersion, edit, tell)
		if err != nil {
			return err
		}
		if done.Stale {
			if err := b.Reload(ctx); err != nil {
				return err
			}
		}
		if moved {
			continue
		}
		if err := b.take(ctx, e, s, edit.docs, done.Version); err != nil {
			return err
		}
		return b.cancelRest(ctx, edit.cancels, done.Cancels)
	}
	return errMoved()
}

// take publishes this Book's own change of s.
func (b *Book) take(ctx context.Context, e *entry, s *Snapshot, docs []document, version int64) error {
	if version != s.SiteVersion+1 {
		_, err := b.freshSite(ctx, e)
		return err
	}
	o, err := b.ownedWith(ctx, s.owned, docs, version)
	if err == nil {
		_, err = b.publish(e, o)
	}
	return err
}

func errNoSite() error { return belay.Refuse(belay.NotFound, "", "there is no such site") }

func revisionKey(automation belay.ID, revision int64) string {
	return automation.String() + "/" + strconv.FormatInt(revision, 10)
}

// Plan returns the plan of any revision of an automation, also of one that was
// changed or deleted since. The error is NotFound where there was none.
func (b *Book) Plan(ctx context.Context, site, automation belay.ID, revision int64) (*flow.Plan, error) {
	key := planKey{site, automation, revision}
	if plan, ok := b.plans.Get(key); ok {
		return plan, nil
	}
	a, err := b.revision(ctx, site, automation, revision)
	if err != nil {
		return nil, err
	}
	if plan, ok := b.plans.Get(planKey{a.SiteID, automation, revision}); ok {
		b.plans.Add(key, plan) // the app's, which sites share
		return plan, nil
	}
	spec, err := readSpec(a.Document)
	if err != nil {
		return nil, fmt.Errorf("config: revision %d of automation %s: %w", revision, automation, err)
	}
	plan, err := b.compiled(a, spec)
	if err == nil {
		b.plans.Add(key, plan)
	}
	return plan, err
}

// revision returns an automation as it was: the site's own, or else the one that
// came with an app, which is of no site.
func (b *Book) revision(ctx context.Context, site, automation belay.ID, revision int64) (belay.Automation, error) {
	for _, at := range []store.DocKey{
		{Scope: site, Kind: kindRevision, Key: revisionKey(automation, revision)},
		{Kind: kindPreinstalledRevision, Key: revisionKey(automation, revision)},
	} {
		doc, err := b.store.Doc(ctx, at)
		if err == nil {
			return read[belay.Automation](document{at.Kind, at.Key, doc.Value})
		}
		if !errors.Is(err, store.ErrNotFound) {
			return belay.Automation{}, fmt.Errorf("config: read revision %s: %w", at.Key, err)
		}
	}
	return belay.Automation{}, errNoRevision()
}

func errNoRevision() error {
	return belay.Refuse(belay.NotFound, "", "there is no such revision of the automation")
}
