package config

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/schema"
)

// ref names what an app declared.
type ref struct {
	app belay.ID
	key string
}

func (r ref) String() string { return r.app.String() + "/" + r.key }

func parseRef(s string) (ref, error) {
	app, key, ok := strings.Cut(s, "/")
	if !ok {
		return ref{}, fmt.Errorf("config: %q names no app and key", s)
	}
	id, err := belay.ParseID(app)
	if err != nil {
		return ref{}, fmt.Errorf("config: %q: %w", s, err)
	}
	return ref{id, key}, nil
}

// instance is what an instance ID stands for.
type instance struct {
	ID     belay.ID `json:"id"`
	AppID  belay.ID `json:"appId"`
	SiteID belay.ID `json:"siteId"`
}

// pair is an app on a site.
type pair struct{ app, site belay.ID }

// located is a site with its zone looked up.
type located struct {
	belay.Site
	zone *time.Location
}

// shared is scope zero at one version. It does not change.
type shared struct {
	version   int64
	apps      *table[belay.ID, belay.App]
	sites     *table[belay.ID, *located]
	triggers  *table[ref, *Trigger]
	named     *table[string, []*Trigger]
	actions   *table[ref, *Action]
	used      *table[ref, struct{}]
	keys      *table[belay.ID, belay.APIKey]
	hashes    *table[[sha256.Size]byte, belay.ID]
	instances *table[belay.ID, instance]
	installed *table[pair, belay.ID]
	gone      *table[belay.ID, struct{}]
	calendars *table[belay.ID, struct{}]
	signers   *table[belay.ID, belay.Signer]
	// preinstalled came with apps; those of one app are in brought, the active ones
	// of one trigger in started.
	preinstalled *table[belay.ID, *preinstalled]
	brought      *table[belay.ID, []*preinstalled]
	started      *table[ref, []*preinstalled]
	webhooks     *table[belay.ID, belay.Webhooks]
	listening    []belay.ID // the apps in webhooks, in order
	tokenKey     []byte
	users        *table[belay.ID, belay.User]
	emails       *table[string, belay.ID]
	portals      *table[belay.ID, belay.Portal]
	welcomes     [][]byte
}

func sharedKinds() []string {
	return []string{kindApp, kindSite, kindTrigger, kindAction, kindUsed, kindKey, kindInstance, kindTokenKey, kindSigner, kindGone, kindPreinstalled, kindWebhooks, kindCalendar, kindUser, kindWelcome, kindPortal}
}

func newShared() *shared {
	return &shared{
		apps:      newTable[belay.ID, belay.App](),
		sites:     newTable[belay.ID, *located](),
		triggers:  newTable[ref, *Trigger](),
		named:     newTable[string, []*Trigger](),
		actions:   newTable[ref, *Action](),
		used:      newTable[ref, struct{}](),
		keys:      newTable[belay.ID, belay.APIKey](),
		hashes:    newTable[[sha256.Size]byte, belay.ID](),
		instances: newTable[belay.ID, instance](),
		installed: newTable[pair, belay.ID](),
		gone:      newTable[belay.ID, struct{}](),
		calendars: newTable[belay.ID, struct{}](),
		signers:   newTable[belay.ID, belay.Signer](),

		preinstalled: newTable[belay.ID, *preinstalled](),
		brought:      newTable[belay.ID, []*preinstalled](),
		started:      newTable[ref, []*preinstalled](),
		webhooks:     newTable[belay.ID, belay.Webhooks](),

		users:   newTable[belay.ID, belay.User](),
		emails:  newTable[string, belay.ID](),
		portals: newTable[belay.ID, belay.Portal](),
	}
}

// with returns s with documents written or deleted, at another version. compile
// reads the document of an automation.
func (s *shared) with(docs []document, version int64, compile func(document) (*kept, error)) (*shared, error) {
	d := sharedDraft{
		apps: s.apps.draft(), sites: s.sites.draft(), triggers: s.triggers.draft(), named: s.named.draft(),
		actions: s.actions.draft(), used: s.used.draft(), keys: s.keys.draft(), hashes: s.hashes.draft(),
		instances: s.instances.draft(), installed: s.installed.draft(), gone: s.gone.draft(), signers: s.signers.draft(), webhooks: s.webhooks.draft(), calendars: s.calendars.draft(),
		preinstalled: s.preinstalled.draft(), brought: s.brought.draft(), started: s.started.draft(),
		users: s.users.draft(), emails: s.emails.draft(), portals: s.portals.draft(), welcomes: s.welcomes,
		zones: make(map[string]*time.Location), tokenKey: s.tokenKey, compile: compile,
	}
	for _, doc := range docs {
		if !slices.Contains(sharedKinds(), doc.kind) {
			continue // read when it is asked for
		}
		if err := d.take(doc); err != nil {
			return nil, err
		}
	}
	listening := s.listening
	if d.webhooks.own != [256]bool{} {
		listening = sortedKeys(d.webhooks.table)
	}
	return &shared{
		version: version, listening: listening,
		apps: d.apps.table, sites: d.sites.table, triggers: d.triggers.table, named: d.named.table,
		actions: d.actions.table, used: d.used.table, keys: d.keys.table, hashes: d.hashes.table,
		instances: d.instances.table, installed: d.installed.table, gone: d.gone.table, signers: d.signers.table, webhooks: d.webhooks.table, calendars: d.calendars.table,
		preinstalled: d.preinstalled.table, brought: d.brought.table, started: d.started.table, tokenKey: d.tokenKey,
		users: d.users.table, emails: d.emails.table, portals: d.portals.table, welcomes: d.welcomes,
	}, nil
}

type sharedDraft struct {
	apps      *draft[belay.ID, belay.App]
	sites     *draft[belay.ID, *located]
	triggers  *draft[ref, *Trigger]
	named     *draft[string, []*Trigger]
	actions   *draft[ref, *Action]
	used      *draft[ref, struct{}]
	keys      *draft[belay.ID, belay.APIKey]
	hashes    *draft[[sha256.Size]byte, belay.ID]
	instances *draft[belay.ID, instance]
	installed *draft[pair, belay.ID]
	gone      *draft[belay.ID, struct{}]
	webhooks  *draft[belay.ID, belay.Webhooks]
	calendars *draft[belay.ID, struct{}]
	signers   *draft[belay.ID, belay.Signer]
	zones     map[string]*time.Location
	tokenKey  []byte
	users     *draft[belay.ID, belay.User]
	emails    *draft[string, belay.ID]
	portals   *draft[belay.ID, belay.Portal]
	welcomes  [][]byte

	preinstalled *draft[belay.ID, *preinstalled]
	brought      *draft[belay.ID, []*preinstalled]
	started      *draft[ref, []*preinstalled]
	compile      func(document) (*kept, error)
}

func (d *sharedDraft) take(doc document) error {
	switch doc.kind {
	case kindTrigger, kindAction, kindUsed:
		r, err := parseRef(doc.key)
		if err != nil {
			return err
		}
		return d.takeDeclared(r, doc)
	case kindTokenKey:
		if doc.value == nil {
			return nil
		}
		key, err := read[[]byte](doc)
		d.tokenKey = key
		return err
	case kindWelcome:
		d.welcomes = nil
		if doc.value == nil {
			return nil
		}
		links, err := read[[][]byte](doc)
		d.welcomes = links
		return err
	case kindPortal:
		if doc.key == serverPortal {
			return taken(d.portals, belay.ID{}, doc)
		}
	}
	id, err := belay.ParseID(doc.key)
	if err != nil {
		return fmt.Errorf("config: read %s %q: %w", doc.kind, doc.key, err)
	}
	switch doc.kind {
	case kindApp:
		return taken(d.apps, id, doc)
	case kindSite:
		return d.takeSite(id, doc)
	case kindKey:
		return d.takeKey(id, doc)
	case kindInstance:
		return d.takeInstance(id, doc)
	case kindGone:
		return taken(d.gone, id, doc)
	case kindPreinstalled:
		return d.takePreinstalled(id, doc)
	case kindWebhooks:
		return taken(d.webhooks, id, doc)
	case kindCalendar:
		return taken(d.calendars, id, doc)
	case kindSigner:
		return taken(d.signers, id, doc)
	case kindUser:
		return d.takeUser(id, doc)
	case kindPortal:
		return taken(d.portals, id, doc)
	}
	return fmt.Errorf("config: a document of the unknown kind %q", doc.kind)
}

// taken sets or removes the value of a document that needs nothing made of it.
func taken[V any](d *draft[belay.ID, V], id belay.ID, doc document) error {
	if doc.value == nil {
		d.remove(id)
		return nil
	}
	v, err := read[V](doc)
	if err == nil {
		d.set(id, v)
	}
	return err
}

func (d *sharedDraft) takeDeclared(r ref, doc document) error {
	switch {
	case doc.kind == kindUsed && doc.value == nil:
		d.used.remove(r)
	case doc.kind == kindUsed:
		d.used.set(r, struct{}{})
	case doc.kind == kindAction && doc.value == nil:
		d.actions.remove(r)
	case doc.kind == kindAction:
		a, err := read[belay.ActionDeclaration](doc)
		if err != nil {
			return err
		}
		d.actions.set(r, &Action{ActionDeclaration: a})
	case doc.value == nil:
		d.triggers.remove(r)
		d.rename(r, nil)
	default:
		v, err := read[belay.Trigger](doc)
		if err != nil {
			return err
		}
		payload, err := schema.Declare("payloadSchema", v.Schema)
		if err != nil {
			return fmt.Errorf("config: stored trigger %s: %w", r, err)
		}
		t := &Trigger{Trigger: v, Payload: payload}
		if t.Config, err = compileConfig(v.ConfigSchema); err != nil {
			return fmt.Errorf("config: stored trigger %s: %w", r, err)
		}
		d.triggers.set(r, t)
		d.rename(r, t)
	}
	return nil
}

// rename puts t in the place of r's trigger in the index by key.
func (d *sharedDraft) rename(r ref, t *Trigger) {
	old, _ := d.named.get(r.key)
	list := make([]*Trigger, 0, len(old)+1)
	for _, o := range old {
		if o.AppID != r.app {
			list = append(list, o)
		}
	}
	if t != nil {
		list = append(list, t)
	}
	if len(list) == 0 {
		d.named.remove(r.key)
		return
	}
	d.named.set(r.key, list)
}

func (d *sharedDraft) takeSite(id belay.ID, doc document) error {
	if doc.value == nil {
		d.sites.remove(id)
		return nil
	}
	s, err := read[belay.Site](doc)
	if err != nil {
		return err
	}
	zone, ok := d.zones[s.TimeZone]
	if !ok {
		zone = s.Zone()
		d.zones[s.TimeZone] = zone
	}
	d.sites.set(id, &located{s, zone})
	return nil
}

func (d *sharedDraft) takeKey(id belay.ID, doc document) error {
	if old, ok := d.keys.get(id); ok {
		d.hashes.remove([sha256.Size]byte(old.Hash))
	}
	if err := taken(d.keys, id, doc); err != nil {
		return err
	}
	if k, ok := d.keys.get(id); ok {
		if len(k.Hash) != sha256.Size {
			return fmt.Errorf("config: stored key %s has no SHA-256", id)
		}
		d.hashes.set([sha256.Size]byte(k.Hash), id)
	}
	return nil
}

func (d *sharedDraft) takeUser(id belay.ID, doc document) error {
	if old, ok := d.users.get(id); ok {
		// Another may have the email by now, and have been read before.
		if owner, _ := d.emails.get(old.Email); owner == id {
			d.emails.remove(old.Email)
		}
	}
	if err := taken(d.users, id, doc); err != nil {
		return err
	}
	if u, ok := d.users.get(id); ok {
		d.emails.set(u.Email, id)
	}
	return nil
}

func (d *sharedDraft) takeInstance(id belay.ID, doc document) error {
	if old, ok := d.instances.get(id); ok {
		d.installed.remove(pair{old.AppID, old.SiteID})
	}
	if err := taken(d.instances, id, doc); err != nil {
		return err
	}
	if i, ok := d.instances.get(id); ok {
		d.installed.set(pair{i.AppID, i.SiteID}, id)
	}
	return nil
}

// freshShared returns scope zero as it is stored now. The caller holds b.sharer.
func (b *Book) freshShared(ctx context.Context) (*shared, error) {
	s := b.shared.Load()
	if s != nil {
		docs, version, whole, err := b.changes(ctx, belay.ID{}, s.version, sharedKinds())
		if err != nil {
			return nil, err
		}
		if !whole {
			if version == s.version {
				return s, nil
			}
			return b.publishShared(ctx, s, docs, version)
		}
	}
	docs, version, err := b.all(ctx, belay.ID{}, sharedKinds()...)
	if err != nil {
		return nil, err
	}
	return b.publishShared(ctx, newShared(), docs, version)
}

func (b *Book) publishShared(ctx context.Context, s *shared, docs []document, version int64) (*shared, error) {
	s, err := s.with(docs, version, func(d document) (*kept, error) { return b.keptFrom(ctx, d) })
	if err != nil {
		return nil, err
	}
	b.shared.Store(s)
	return s, nil
}

// editShared changes scope zero by what plan returns for its present state;
// nothing to keep changes nothing. by is who does it, zero for Belay itself. plan is called again when somebody else was
// first, so that its checks hold at the moment of the change.
func (b *Book) editShared(ctx context.Context, by belay.Caller, plan func(*shared) ([]document, error)) error {
	b.sharer.Lock()
	defer b.sharer.Unlock()
	for range maxTries {
		s, err := b.freshShared(ctx)
		if err != nil {
			return err
		}
		docs, err := plan(s)
		if err != nil || len(docs) == 0 {
			return err
		}
		done, moved, err := b.write(ctx, by, belay.ID{}, s.version, siteEdit{docs: docs}, nil)
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		if done.Version == s.version+1 {
			_, err = b.publishShared(ctx, s, docs, done.Version)
		} else {
			_, err = b.freshShared(ctx)
		}
		return err
	}
	return errMoved()
}
