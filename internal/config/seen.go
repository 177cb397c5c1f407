package config

import (
	"cmp"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// maxSeen is how many sites, and how many apps, are named to whoever sees many.
const maxSeen = 1000

// Seen is what grants let somebody look at, in the order of names: at most 1,000
// sites and as many apps, with More where there are others.
type Seen struct {
	Sites               []belay.Site
	Apps                []belay.App
	MoreSites, MoreApps bool
}

// GrantsOf returns what a key, a token or a portal link lets its bearer be.
func GrantsOf(by belay.Caller) []belay.Grant {
	switch by.Role {
	case belay.RoleOperator:
		return []belay.Grant{{Role: by.Role}}
	case belay.RoleSite, belay.RoleViewer:
		return []belay.Grant{{Role: by.Role, SiteID: by.SiteID}}
	}
	return nil
}

// Seen returns what somebody with grants may look at: a developer the app and the
// sites that have it, an owner or viewer the site and the apps that are on it. It
// reads nothing from the store.
func (b *Book) Seen(grants []belay.Grant) Seen {
	s := b.shared.Load()
	sites, apps := make(map[belay.ID]bool), make(map[belay.ID]bool)
	for _, g := range grants {
		if g.Role == belay.RoleOperator {
			return seenOf(everySite(s), everyApp(s))
		}
		if !g.SiteID.IsZero() {
			sites[g.SiteID] = true
		}
		if !g.AppID.IsZero() {
			apps[g.AppID] = true
		}
	}
	for _, i := range s.instances.all {
		if hasSite(grants, i.SiteID) {
			apps[i.AppID] = true
		}
		if hasApp(grants, i.AppID) {
			sites[i.SiteID] = true
		}
	}
	var seenSites []belay.Site
	for id := range sites {
		if site, ok := s.sites.get(id); ok {
			seenSites = append(seenSites, site.Site)
		}
	}
	var seenApps []belay.App
	for id := range apps {
		if app, ok := s.apps.get(id); ok {
			seenApps = append(seenApps, app)
		}
	}
	return seenOf(seenSites, seenApps)
}

// SitesSeen returns the sites whose events somebody may read without naming one: all
// for an operator, for an app and its developer those that have it. It reads nothing
// from the store.
func (b *Book) SitesSeen(by belay.Caller) []belay.ID {
	switch {
	case by.Role == belay.RoleOperator:
		var sites []belay.ID
		for site := range b.shared.Load().sites.all {
			sites = append(sites, site)
		}
		return sites
	case by.OfApp() && !by.AppID.IsZero():
		return b.sitesWith(by.AppID)
	}
	return nil
}

func hasSite(grants []belay.Grant, site belay.ID) bool {
	return slices.ContainsFunc(grants, func(g belay.Grant) bool { return g.SiteID == site })
}

func hasApp(grants []belay.Grant, app belay.ID) bool {
	return slices.ContainsFunc(grants, func(g belay.Grant) bool { return g.AppID == app })
}

func everySite(s *shared) []belay.Site {
	var all []belay.Site
	for _, site := range s.sites.all {
		all = append(all, site.Site)
	}
	return all
}

func everyApp(s *shared) []belay.App {
	var all []belay.App
	for _, app := range s.apps.all {
		all = append(all, app)
	}
	return all
}

func seenOf(sites []belay.Site, apps []belay.App) Seen {
	slices.SortFunc(sites, func(a, c belay.Site) int {
		return cmp.Or(cmp.Compare(a.Name, c.Name), slices.Compare(a.ID[:], c.ID[:]))
	})
	slices.SortFunc(apps, func(a, c belay.App) int { return cmp.Or(cmp.Compare(a.Name, c.Name), slices.Compare(a.ID[:], c.ID[:])) })
	seen := Seen{MoreSites: len(sites) > maxSeen, MoreApps: len(apps) > maxSeen}
	seen.Sites, seen.Apps = sites[:min(len(sites), maxSeen)], apps[:min(len(apps), maxSeen)]
	for i := range seen.Sites {
		seen.Sites[i].SigningSecrets = nil
	}
	for i := range seen.Apps {
		seen.Apps[i].Secrets = nil
	}
	return seen
}
