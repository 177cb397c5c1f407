package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

func (d *door) sessionRoutes() []route {
	return []route{
		{
			method: "GET", patterns: own("/session"), id: "getSession", group: groupAccess,
			summary: "Say who calls and what they may look at; nobody is told how to sign in", operation: does(d.getSession),
		},
	}
}

// getSession says who calls. Whoever is nobody is refused, with how to sign in.
func (d *door) getSession(ctx context.Context, c *call, _ *api.Empty) (*api.Session, error) {
	if err := d.identify(ctx, &route{}, c); err != nil {
		return nil, &signInError{err, d.signIn()}
	}
	grants := config.GrantsOf(c.by)
	told := &api.Session{KeyRole: string(c.by.Role), Grants: each(grants, grantTold), SignIn: d.signIn(), Version: d.version}
	if c.by.Role == belay.RoleApp {
		grants = []belay.Grant{{Role: belay.RoleDeveloper, AppID: c.by.AppID}}
	}
	seen := d.book.Seen(grants)
	if c.by.Role == belay.RoleApp && !c.by.SiteID.IsZero() { // a token speaks for one site
		seen.Sites = slices.DeleteFunc(seen.Sites, func(s belay.Site) bool { return s.ID != c.by.SiteID })
	}
	told.Sites, told.MoreSites = each(seen.Sites, sessionSite), seen.MoreSites
	told.Apps, told.MoreApps = each(seen.Apps, sessionApp), seen.MoreApps
	return told, nil
}

// signIn says how people may sign in.
func (d *door) signIn() api.SignIn { return api.SignIn{} }

func grantTold(g *belay.Grant) api.Grant {
	return api.Grant{Role: strings.ToUpper(string(g.Role)), AppID: g.AppID.String(), SiteID: g.SiteID.String()}
}

func sessionSite(s *belay.Site) api.SessionSite {
	return api.SessionSite{ID: s.ID.String(), Name: s.Name, TimeZone: s.TimeZone, Locale: s.Locale}
}

func sessionApp(a *belay.App) api.SessionApp {
	return api.SessionApp{ID: a.ID.String(), Name: a.Name}
}

// signInError refuses nobody, and says how to become somebody.
type signInError struct {
	error
	how api.SignIn
}

// Unwrap returns why the caller is nobody.
func (e *signInError) Unwrap() error { return e.error }
