package config

import (
	"fmt"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// maxGrants is how many a user has at most.
const maxGrants = 200

// Ask is what a call of a person names, which decides what the person is in it.
type Ask struct {
	// Site is the site that the call is about, App the app that it is about or that
	// the person wants to be the developer of; each zero where the call names none.
	Site, App belay.ID
}

// Acts returns what a user is in a call. An operator is one everywhere. Whoever
// develops the app that the call names is its developer; else, on a site, its owner,
// its viewer, or the developer of their only app. A call that names nothing needs no
// choice of somebody who has one grant. The error is PermissionDenied where nothing
// lets the user in, and tells nothing of what exists.
func Acts(u belay.User, a Ask) (belay.Caller, error) {
	as := func(g belay.Grant) (belay.Caller, error) {
		return belay.Caller{Role: g.Role, AppID: g.AppID, SiteID: g.SiteID, UserID: u.ID.String(), Name: u.Name}, nil
	}
	if u.Operates() {
		return as(belay.Grant{Role: belay.RoleOperator})
	}
	if g := (belay.Grant{Role: belay.RoleDeveloper, AppID: a.App}); u.Is(g) {
		return as(g)
	}
	if !a.Site.IsZero() {
		for _, role := range []belay.Role{belay.RoleSite, belay.RoleViewer} {
			if g := (belay.Grant{Role: role, SiteID: a.Site}); u.Is(g) {
				return as(g)
			}
		}
		if apps := developed(u.Grants); len(apps) == 1 {
			return as(apps[0])
		} else if len(apps) > 1 {
			return belay.Caller{}, belay.Invalid("belay-app-id", "AMBIGUOUS", "is needed: the header says as the developer of which of your apps you ask")
		}
		return belay.Caller{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "nothing that you were granted is of this site")
	}
	switch {
	case len(u.Grants) == 1 && a.App.IsZero():
		return as(u.Grants[0])
	case len(u.Grants) > 1 && a.App.IsZero():
		return belay.Caller{}, belay.Invalid("belay-site-id", "AMBIGUOUS", "or belay-app-id is needed: the header says for which of what you were granted you ask")
	}
	return belay.Caller{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "nothing that you were granted lets you do this")
}

// stillGranted reports whether a person is still what they were let in as.
func (s *shared) stillGranted(by belay.Caller) error {
	id, err := belay.ParseID(by.UserID)
	if err != nil {
		return errSessionEnded()
	}
	u, ok := s.users.get(id)
	if !ok {
		return errSessionEnded()
	}
	if !u.Is(belay.Grant{Role: by.Role, AppID: by.AppID, SiteID: by.SiteID}) {
		return belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "what you were granted has changed")
	}
	return nil
}

func developed(grants []belay.Grant) []belay.Grant {
	var list []belay.Grant
	for _, g := range grants {
		if g.Role == belay.RoleDeveloper {
			list = append(list, g)
		}
	}
	return list
}

func (f *faults) grant(field string, g belay.Grant) {
	app, site := g.Role == belay.RoleDeveloper, g.Role == belay.RoleSite || g.Role == belay.RoleViewer
	if !app && !site && g.Role != belay.RoleOperator {
		f.add(field+".role", "ENUM", "must be one of OPERATOR, DEVELOPER, SITE and VIEWER")
		return
	}
	switch {
	case app && g.AppID.IsZero():
		f.add(field+".appId", "REQUIRED", "is required for the developer of an app")
	case !app && !g.AppID.IsZero():
		f.add(field+".appId", "NOT_ALLOWED", "may be given for the developer of an app only")
	}
	switch {
	case site && g.SiteID.IsZero():
		f.add(field+".siteId", "REQUIRED", "is required for the owner or viewer of a site")
	case !site && !g.SiteID.IsZero():
		f.add(field+".siteId", "NOT_ALLOWED", "may be given for the owner or viewer of a site only")
	}
}

// checkGrants refuses grants of what does not exist.
func (s *shared) checkGrants(grants []belay.Grant) error {
	var f faults
	for i, g := range grants {
		if _, ok := s.apps.get(g.AppID); !ok && !g.AppID.IsZero() {
			f.add(fmt.Sprintf("grants[%d].appId", i), "EXISTS", "is not the ID of an app")
		}
		if _, ok := s.sites.get(g.SiteID); !ok && !g.SiteID.IsZero() {
			f.add(fmt.Sprintf("grants[%d].siteId", i), "EXISTS", "is not the ID of a site")
		}
	}
	return f.err("the user")
}

// withoutGrants returns the documents of users who lose the grants that gone names.
func (s *shared) withoutGrants(now belay.Instant, gone func(belay.Grant) bool) ([]document, error) {
	var docs []document
	for id, u := range s.users.all {
		if !slices.ContainsFunc(u.Grants, gone) {
			continue
		}
		u.Grants = slices.DeleteFunc(slices.Clone(u.Grants), gone)
		u.UpdatedAt = now
		doc, err := keep(kindUser, id.String(), u)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}
