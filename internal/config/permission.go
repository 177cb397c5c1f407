package config

import "github.com/belay-events/belay/internal/belay"

// Who may do what. An operator may do everything. A site's key or owner sets up the
// automations of the site and reads what they need for that; a viewer reads
// the same, less secrets. An app's key or token reads what the app itself
// declared; its developer declares it. Every refusal is PermissionDenied and is made before anything is
// looked up, so that it tells nothing of what exists.

func denied(by belay.Caller, what string) error {
	who := map[belay.Role]string{
		belay.RoleOperator:  "an operator's key",
		belay.RoleApp:       "an app's key or token",
		belay.RoleDeveloper: "the developer of an app",
		belay.RoleSite:      "a site's key",
		belay.RoleViewer:    "a viewer's key",
	}[by.Role]
	if by.UserID != "" && (by.Role == belay.RoleSite || by.Role == belay.RoleViewer) {
		who = map[belay.Role]string{belay.RoleSite: "the owner of a site", belay.RoleViewer: "the viewer of a site"}[by.Role]
	}
	if who == "" {
		who = "a caller without a role"
	}
	return belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", who+" may not "+what)
}

// operates lets operators through alone.
func operates(by belay.Caller, what string) error {
	if by.Role != belay.RoleOperator {
		return denied(by, what)
	}
	return nil
}

// editsSite lets through who may change a site's automations.
func editsSite(by belay.Caller, site belay.ID, what string) error {
	if by.Role == belay.RoleOperator || by.Role == belay.RoleSite && by.SiteID == site && !site.IsZero() {
		return nil
	}
	if by.Role == belay.RoleViewer {
		return denied(by, what)
	}
	return ofSite(by, what)
}

// readsSite lets through who may see a site's automations.
func readsSite(by belay.Caller, site belay.ID, what string) error {
	if by.Role == belay.RoleOperator {
		return nil
	}
	if (by.Role == belay.RoleSite || by.Role == belay.RoleViewer) && by.SiteID == site && !site.IsZero() {
		return nil
	}
	return ofSite(by, what)
}

func ofSite(by belay.Caller, what string) error {
	if by.Role == belay.RoleSite || by.Role == belay.RoleViewer {
		what += " of another site"
	}
	return denied(by, what)
}

// develops lets through who may change what an app declares: operators and the app's
// own developers.
func develops(by belay.Caller, app belay.ID, what string) error {
	if by.Role == belay.RoleOperator || by.Role == belay.RoleDeveloper && by.AppID == app && !app.IsZero() {
		return nil
	}
	if by.Role == belay.RoleDeveloper && !app.IsZero() {
		what += " of another app"
	}
	return denied(by, what)
}

// brings lets through who may change what an app brings to the sites that have it:
// operators, the app's own developers and its own key. A token of the app speaks for
// one site alone.
func brings(by belay.Caller, app belay.ID, what string) error {
	if by.Role == belay.RoleOperator || by.Role == belay.RoleDeveloper && by.AppID == app && !app.IsZero() {
		return nil
	}
	if by.Role == belay.RoleApp && by.AppID == app && !app.IsZero() {
		if by.SiteID.IsZero() {
			return nil
		}
		return belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "a token speaks for one site and may not "+what+" to all; the app's key may")
	}
	if by.Role == belay.RoleApp || by.Role == belay.RoleDeveloper {
		what += " for another app"
	}
	return denied(by, what)
}

// seesApp lets through who may see what an app declared: all but other apps and
// their developers.
func seesApp(by belay.Caller, app belay.ID, what string) error {
	switch by.Role {
	case belay.RoleOperator, belay.RoleSite, belay.RoleViewer:
		return nil
	case belay.RoleApp, belay.RoleDeveloper:
		if by.AppID == app && !app.IsZero() {
			return nil
		}
		return denied(by, what+" of another app")
	}
	return denied(by, what)
}
