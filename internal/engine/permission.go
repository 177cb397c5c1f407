package engine

import (
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// errNotInstalled is the same for a site that does not exist and for one that
// the app is not installed on: an app learns nothing about other sites.
var errNotInstalled = belay.Refuse(belay.PermissionDenied, "APP_NOT_INSTALLED",
	"the app is not installed on this site")

func (e *Engine) hideSite(by belay.Caller, err error) error {
	if by.OfApp() && belay.CodeOf(err) == belay.NotFound {
		return errNotInstalled
	}
	return err
}

// mayUse returns the trigger that a caller names, if the caller may report and
// cancel under it. An app is told of its own triggers only: a key that it did
// not declare does not exist for it, whoever else declared it.
func mayUse(by belay.Caller, s *config.Snapshot, app belay.ID, key string) (*config.Trigger, error) {
	if !by.SiteID.IsZero() && by.SiteID != s.Site.ID {
		return nil, belay.Refuse(belay.PermissionDenied, "OTHER_SITE", "the credential is for another site")
	}
	switch by.Role {
	case belay.RoleApp, belay.RoleDeveloper:
		if !app.IsZero() && app != by.AppID {
			return nil, belay.Refuse(belay.PermissionDenied, "OTHER_APP",
				"an app reports and cancels events of its own triggers only")
		}
		app = by.AppID
	case belay.RoleOperator, belay.RoleSite:
	default:
		return nil, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the credential may not report or cancel events")
	}
	if app.IsZero() {
		return only(s, key)
	}
	if !s.Installed(app) {
		return nil, errNotInstalled
	}
	if t, ok := s.Trigger(app, key); ok {
		return t, nil
	}
	return nil, noTrigger(key)
}

func noTrigger(key string) error {
	return belay.Refuse(belay.NotFound, "TRIGGER_NOT_FOUND", "there is no trigger with the key "+quote(key))
}

// only returns the one trigger of the key among a site's apps.
func only(s *config.Snapshot, key string) (*config.Trigger, error) {
	switch all := s.TriggersNamed(key); len(all) {
	case 0:
		return nil, noTrigger(key)
	case 1:
		return all[0], nil
	default:
		return nil, belay.Invalid("appId", "AMBIGUOUS",
			"is needed: more than one app on the site has a trigger with the key "+quote(key))
	}
}

// quote shows a caller's own word back, cut where it is long.
func quote(s string) string {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return `"` + s + `"`
}
