package config

import (
	"context"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Installations returns the apps on a site in the order of their IDs; an app
// sees its own alone.
func (b *Book) Installations(ctx context.Context, by belay.Caller, site belay.ID) ([]belay.Installation, error) {
	own := by.OfApp() && !by.AppID.IsZero() && (by.SiteID.IsZero() || by.SiteID == site)
	if !own {
		if err := readsSite(by, site, "read installations"); err != nil {
			return nil, err
		}
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return nil, err
	}
	if own {
		i, ok := s.owned.installations[by.AppID]
		if !ok {
			return nil, nil
		}
		return []belay.Installation{i}, nil
	}
	return slices.SortedFunc(maps.Values(s.owned.installations), func(a, c belay.Installation) int {
		return slices.Compare(a.AppID[:], c.AppID[:])
	}), nil
}

// Install puts an app on a site. wish is the instance ID to give it, zero for
// one to be made; it counts only where the app is not there yet. An operator may.
//
// The instance is written to scope zero before the installation is to the
// site's: a crash between leaves an instance that lets nobody report, and
// installing again takes it up.
func (b *Book) Install(ctx context.Context, by belay.Caller, site, app, wish belay.ID) (belay.Installation, Outcome, error) {
	if err := operates(by, "install apps"); err != nil {
		return belay.Installation{}, Unchanged, err
	}
	if wish.IsZero() {
		var err error
		if wish, err = b.newID(); err != nil {
			return belay.Installation{}, Unchanged, err
		}
	}
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.sites.get(site); !ok {
			return nil, errNoSite()
		}
		if _, ok := s.apps.get(app); !ok {
			return nil, errNoApp()
		}
		if id, ok := s.installed.get(pair{app, site}); ok {
			wish = id
			return nil, nil
		}
		if _, taken := s.instances.get(wish); taken {
			return nil, belay.Refuse(belay.AlreadyExists, "", "the instance ID is that of another installation")
		}
		return one(keep(kindInstance, wish.String(), instance{wish, app, site}))
	})
	if err != nil {
		return belay.Installation{}, Unchanged, err
	}
	installed, done := belay.Installation{AppID: app, SiteID: site, InstanceID: wish}, Created
	err = b.editSite(ctx, by, site, func(s *Snapshot) (siteEdit, error) {
		if old, ok := s.owned.installations[app]; ok && old.InstanceID == wish {
			installed, done = old, Unchanged
			return siteEdit{}, nil
		}
		installed.CreatedAt = b.now()
		docs, err := one(keep(kindInstallation, app.String(), installed))
		return siteEdit{docs: docs}, err
	})
	return installed, done, err
}

// Uninstall takes an app off a site and cancels what is pending of that app's
// events there, and of the automations that came with it, in one act. Copies that
// the site has made of those stay out of sight until the app is back. An operator may.
func (b *Book) Uninstall(ctx context.Context, by belay.Caller, site, app belay.ID) error {
	if err := operates(by, "uninstall apps"); err != nil {
		return err
	}
	found := false
	err := b.editSite(ctx, by, site, func(s *Snapshot) (siteEdit, error) {
		if _, found = s.owned.installations[app]; !found {
			return siteEdit{}, nil
		}
		edit := siteEdit{
			docs:    []document{remove(kindInstallation, app.String())},
			cancels: []store.Cancel{b.cancel(by, site, store.Selector{AppID: app}, belay.AppUninstalled)},
		}
		for _, k := range s.all() {
			if k.Preinstalled != nil && k.Preinstalled.AppID == app {
				edit.cancels = append(edit.cancels, b.cancel(by, site, store.Selector{AutomationID: k.ID}, belay.AppUninstalled))
			}
		}
		return edit, nil
	})
	if err != nil {
		return err
	}
	return b.editShared(ctx, by, func(s *shared) ([]document, error) {
		id, ok := s.installed.get(pair{app, site})
		if ok {
			return []document{remove(kindInstance, id.String())}, nil
		}
		if !found {
			return nil, belay.Refuse(belay.NotFound, "", "the app is not installed on the site")
		}
		return nil, nil
	})
}
