package config

import (
	"cmp"
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// preinstalled is an automation that an app brings to every site that has it. It is
// one document, of scope zero, however many sites there are: a snapshot joins it
// with what is the site's own, which goes before it.
type preinstalled struct {
	*kept
	// since is the revision from which on it has been active without a break.
	since int64
	// needs are the apps of its actions; it acts on sites that have them all.
	needs []belay.ID
}

// takePreinstalled sets or removes what an app brings, in each of its places.
func (d *sharedDraft) takePreinstalled(id belay.ID, doc document) error {
	if old, ok := d.preinstalled.get(id); ok {
		put(d.brought, old.Preinstalled.AppID, id, nil)
		put(d.started, usedTrigger(old.spec), id, nil)
	}
	if doc.value == nil {
		d.preinstalled.remove(id)
		return nil
	}
	k, err := d.compile(doc)
	if err != nil {
		return err
	}
	record, err := read[preinstalledRecord](doc)
	if err != nil {
		return err
	}
	p := &preinstalled{kept: k, since: record.ActiveSince, needs: actionApps(k.spec)}
	d.preinstalled.set(id, p)
	put(d.brought, k.Preinstalled.AppID, id, p)
	if k.active != nil {
		put(d.started, usedTrigger(k.spec), id, p)
	}
	return nil
}

// put makes p the automation of that ID in the list under a key; nil removes it.
func put[K comparable](d *draft[K, []*preinstalled], key K, id belay.ID, p *preinstalled) {
	old, _ := d.get(key)
	list := make([]*preinstalled, 0, len(old)+1)
	for _, o := range old {
		if o.ID != id {
			list = append(list, o)
		}
	}
	if p != nil {
		list = append(list, p)
	}
	if len(list) == 0 {
		d.remove(key)
		return
	}
	slices.SortFunc(list, func(a, c *preinstalled) int { return slices.Compare(a.ID[:], c.ID[:]) })
	d.set(key, list)
}

// actionApps returns the apps that an automation's actions are of.
func actionApps(spec *belay.AutomationSpec) []belay.ID {
	var apps []belay.ID
	for _, action := range spec.Configuration.Actions {
		if action.Type != belay.AppDefined || action.AppDefined == nil {
			continue
		}
		if app, err := appID(action.AppDefined.AppID); err == nil && !slices.Contains(apps, app) {
			apps = append(apps, app)
		}
	}
	return apps
}

// shows reports whether a preinstalled automation is there on the site as the app
// brings it: the site has the app, and neither a copy of its own nor deleted it.
func (s *Snapshot) shows(p *preinstalled) bool {
	if !s.Installed(p.Preinstalled.AppID) {
		return false
	}
	_, own := s.owned.automations[p.ID]
	_, removed := s.owned.removed[p.ID]
	return !own && !removed
}

// acts reports whether a preinstalled automation that is active acts on the site.
func (s *Snapshot) acts(p *preinstalled) bool {
	if !s.shows(p) {
		return false
	}
	for _, app := range p.needs {
		if !s.Installed(app) {
			return false
		}
	}
	return true
}

// on returns a preinstalled automation as it is on a site.
func (p *preinstalled) on(site belay.ID) *kept {
	k := *p.kept
	k.SiteID = site
	return &k
}

// Active returns the active automations of a trigger in the order of their IDs: the
// site's own, and those that came with its apps.
func (s *Snapshot) Active(app belay.ID, key string) []*Active {
	own := s.owned.active[ref{app, key}]
	brought, ok := s.shared.started.get(ref{app, key})
	if !ok {
		return own
	}
	all := slices.Clip(own)
	for _, p := range brought {
		if s.acts(p) {
			all = append(all, p.active)
		}
	}
	if len(all) > len(own) {
		slices.SortFunc(all, func(a, c *Active) int {
			return slices.Compare(a.Automation.ID[:], c.Automation.ID[:])
		})
	}
	return all
}

// Automation returns an automation of the site, active or not.
func (s *Snapshot) Automation(id belay.ID) (belay.Automation, bool) {
	k, ok := s.automation(id)
	if !ok {
		return belay.Automation{}, false
	}
	return k.Automation, true
}

// Spec returns what the engine reads in an automation of the site, active or not.
func (s *Snapshot) Spec(id belay.ID) (*belay.AutomationSpec, bool) {
	k, ok := s.automation(id)
	if !ok {
		return nil, false
	}
	return k.spec, true
}

// NameOf returns what an automation of the site is called, "" for one that is not there.
func (s *Snapshot) NameOf(id belay.ID) string {
	if k, ok := s.automation(id); ok {
		return k.spec.Name
	}
	return ""
}

func (s *Snapshot) automation(id belay.ID) (*kept, bool) {
	if k, ok := s.owned.automations[id]; ok {
		return k, s.owned.present(k)
	}
	if p, ok := s.shared.preinstalled.get(id); ok && s.shows(p) {
		return p.on(s.Site.ID), true
	}
	return nil, false
}

// all returns the automations of the site in the order of creation.
func (s *Snapshot) all() []*kept {
	list := make([]*kept, 0, len(s.owned.ordered))
	for _, k := range s.owned.ordered {
		if s.owned.present(k) {
			list = append(list, k)
		}
	}
	own := len(list)
	for app := range s.owned.installations {
		brought, _ := s.shared.brought.get(app)
		for _, p := range brought {
			if s.shows(p) {
				list = append(list, p.on(s.Site.ID))
			}
		}
	}
	if len(list) > own {
		slices.SortFunc(list, byCreation)
	}
	return list
}

// absent returns the copies that the site has of what came with apps that it does
// not have at the moment.
func (s *Snapshot) absent() []*kept {
	var list []*kept
	for _, k := range s.owned.ordered {
		if !s.owned.present(k) {
			list = append(list, k)
		}
	}
	return list
}

func byCreation(a, c *kept) int {
	return cmp.Or(cmp.Compare(a.CreatedAt, c.CreatedAt), slices.Compare(a.ID[:], c.ID[:]))
}

// Standing returns why an activation that keeps to a revision of an automation may
// not go on, as the site's snapshot has it; "" where it may. The activations of one
// that a site switches off are canceled in the same act, and those of one that came
// with an app are when the call is answered; this catches what a crash left over.
func (b *Book) Standing(ctx context.Context, site, automation belay.ID, revision int64) (belay.CancelReason, error) {
	s, err := b.Snapshot(ctx, site)
	if err != nil {
		return "", err
	}
	k, own := s.owned.automations[automation]
	p, brought := s.shared.preinstalled.get(automation)
	_, removed := s.owned.removed[automation]
	switch {
	case own && !s.owned.present(k), !own && !removed && brought && !s.Installed(p.Preinstalled.AppID):
		return belay.AppUninstalled, nil
	case !own && (removed || !brought):
		return belay.AutomationDeleted, nil
	case own && k.spec.Configuration.Status != belay.Active, !own && (p.since == 0 || revision < p.since):
		return belay.AutomationDeactivated, nil
	}
	return "", nil
}
