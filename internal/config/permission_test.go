package config

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// Every verb, and who may use it on the first site and its app. Whoever is not
// named is refused, with nothing changed.
func TestEachVerbIsForThoseItIsFor(t *testing.T) {
	const (
		o = 1 << iota // operator
		s             // the site's key
		v             // the site's viewer
		a             // the app's key
		x             // the app's token on the site
		e             // the app's developer
		g             // a guest of the site
	)
	callers := map[int]belay.Caller{
		o: operator,
		s: {Role: belay.RoleSite, SiteID: siteID, KeyID: id(70)},
		v: {Role: belay.RoleViewer, SiteID: siteID, KeyID: id(71)},
		a: {Role: belay.RoleApp, AppID: appID1, KeyID: id(72)},
		x: {Role: belay.RoleApp, AppID: appID1, SiteID: siteID},
		e: {Role: belay.RoleDeveloper, AppID: appID1, UserID: "u-1"},
		g: {Role: belay.RoleSite, SiteID: siteID, UserID: "user-17", Guest: true},
	}
	// Those who may do nothing here: of another site, of another app, of nothing.
	strangers := []belay.Caller{
		{Role: belay.RoleSite, SiteID: otherID, KeyID: id(73)},
		{Role: belay.RoleViewer, SiteID: otherID, KeyID: id(74)},
		{Role: belay.RoleSite, KeyID: id(75)},
		{Role: belay.RoleApp, AppID: appID2, KeyID: id(76)},
		{Role: belay.RoleDeveloper, AppID: appID2, UserID: "u-2"},
		{Role: belay.RoleDeveloper, UserID: "u-3"},
		{},
	}
	doc := json.RawMessage(automation(nil))
	for name, tt := range map[string]struct {
		may  int
		open bool // what strangers of a role may read as well
		call func(*desk, belay.Caller) error
	}{
		"Apps": {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.Apps(t.Context(), by); return err }},
		"App":  {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.App(t.Context(), by, appID1); return err }},
		"PutApp": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutApp(t.Context(), by, belay.App{Name: "New"})
			return err
		}},
		"DeleteApp": {o, false, func(d *desk, by belay.Caller) error { return d.DeleteApp(t.Context(), by, appID2) }},
		"RotateSecret": {o | e, false, func(d *desk, by belay.Caller) error {
			_, err := d.RotateAppSecret(t.Context(), by, appID1, "", 0)
			return err
		}},
		"Sites": {o | s | v | g, true, func(d *desk, by belay.Caller) error { _, err := d.Sites(t.Context(), by); return err }},
		"Site":  {o | s | v | g, false, func(d *desk, by belay.Caller) error { _, err := d.Site(t.Context(), by, siteID); return err }},
		"PutSite": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutSite(t.Context(), by, belay.Site{Name: "New", TimeZone: "UTC"})
			return err
		}},
		"DeleteSite": {o, false, func(d *desk, by belay.Caller) error { return d.DeleteSite(t.Context(), by, siteID) }},
		"RotateSigning": {o | s, false, func(d *desk, by belay.Caller) error {
			_, err := d.RotateSigningSecret(t.Context(), by, siteID, "", 0)
			return err
		}},
		"Installations": {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.Installations(t.Context(), by, siteID); return err }},
		"Install": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.Install(t.Context(), by, siteID, appID2, belay.ID{})
			return err
		}},
		"Uninstall": {o, false, func(d *desk, by belay.Caller) error { return d.Uninstall(t.Context(), by, siteID, appID1) }},
		"Triggers":  {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.Triggers(t.Context(), by, appID1); return err }},
		"Trigger":   {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.Trigger(t.Context(), by, appID1, "paid"); return err }},
		"PutTrigger": {o | e, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutTrigger(t.Context(), by, TriggerInput{AppID: appID1, Key: "new", Name: "Something new", Schema: json.RawMessage(realTime)})
			return err
		}},
		"DeleteTrigger": {o | e, false, func(d *desk, by belay.Caller) error { return d.DeleteTrigger(t.Context(), by, appID1, "paid") }},
		"Actions":       {o | s | v | a | x | e | g, true, func(d *desk, by belay.Caller) error { _, err := d.Actions(t.Context(), by, appID1); return err }},
		"PutAction": {o | e, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutAction(t.Context(), by, belay.ActionDeclaration{AppID: appID1, Key: "new", Name: "New", InputSchema: json.RawMessage(`{"type":"object"}`)})
			return err
		}},
		"Keys": {o, false, func(d *desk, by belay.Caller) error { _, err := d.Keys(t.Context(), by); return err }},
		"CreateKey": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.CreateKey(t.Context(), by, NewKey{Name: "n", Role: belay.RoleOperator})
			return err
		}},
		"List": {o | s | v | g, false, func(d *desk, by belay.Caller) error { _, err := d.ListAutomations(t.Context(), by, siteID); return err }},
		"Query": {o | s | v | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.QueryAutomations(t.Context(), by, siteID, Query{})
			return err
		}},
		"Get": {o | s | v | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.GetAutomation(t.Context(), by, siteID, id(50))
			return err
		}},
		"GetRev": {o | s | v | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.GetRevision(t.Context(), by, siteID, id(50), 1)
			return err
		}},
		"Create": {o | s | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.CreateAutomation(t.Context(), by, siteID, doc)
			return err
		}},
		"Update": {o | s | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.UpdateAutomation(t.Context(), by, siteID, id(50), 1, doc)
			return err
		}},
		"Put": {o | s | g, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutAutomation(t.Context(), by, siteID, id(51), doc)
			return err
		}},
		"Delete": {o | s | g, false, func(d *desk, by belay.Caller) error { return d.DeleteAutomation(t.Context(), by, siteID, id(50)) }},
		"Users":  {o, false, func(d *desk, by belay.Caller) error { _, err := d.Users(t.Context(), by); return err }},
		"Invite": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.Invite(t.Context(), by, belay.User{Name: "Sol", Email: "sol@example.com"})
			return err
		}},
		"Portal": {o | s, false, func(d *desk, by belay.Caller) error { _, err := d.Portal(t.Context(), by, siteID); return err }},
		"PutPortal": {o | s, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutPortal(t.Context(), by, siteID, belay.Portal{Name: "Chairs"})
			return err
		}},
		"PutServerPortal": {o, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutPortal(t.Context(), by, belay.ID{}, belay.Portal{Name: "Chairs"})
			return err
		}},
		"PortalLink": {o | s, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.CreatePortalLink(t.Context(), by, NewPortalLink{Site: siteID, Role: belay.RoleSite, Guest: "g", Life: time.Minute})
			return err
		}},
		"DismissGuests": {o | s, false, func(d *desk, by belay.Caller) error { return d.DismissGuests(t.Context(), by, siteID) }},
		"SigningKeys":   {o | a | x | e, false, func(d *desk, by belay.Caller) error { _, err := d.SigningKeys(t.Context(), by, appID1); return err }},
		"PutWebhooks": {o | a | x | e, false, func(d *desk, by belay.Caller) error {
			_, _, err := d.PutWebhooks(t.Context(), by, appID1, nil)
			return err
		}},
		"BulkDelete": {o | s | g, false, func(d *desk, by belay.Caller) error {
			_, err := d.BulkDelete(t.Context(), by, siteID, []belay.ID{id(50)})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			furnished := func() *desk {
				d := newDesk(t).furnish()
				_, _, err := d.PutAutomation(t.Context(), operator, siteID, id(50), doc)
				d.must(err)
				d.must(d.DeleteAutomation(t.Context(), operator, siteID, id(50)))
				_, _, err = d.PutAutomation(t.Context(), operator, siteID, id(50), doc)
				d.must(err)
				if name == "DeleteTrigger" {
					d = newDesk(t).furnish()
				}
				d.batches = nil
				return d
			}
			for role, by := range callers {
				d := furnished()
				err := tt.call(d, by)
				if tt.may&role != 0 && err != nil {
					t.Errorf("%s was refused: %v", by.Role, err)
				}
				if tt.may&role == 0 && (belay.CodeOf(err) != belay.PermissionDenied || len(d.batches) > 0) {
					t.Errorf("%s got %v and %d batches; want PermissionDenied and none", by.Role, err, len(d.batches))
				}
			}
			for _, by := range strangers {
				if tt.open && by.Role != "" {
					continue
				}
				d := furnished()
				if err := tt.call(d, by); belay.CodeOf(err) != belay.PermissionDenied || len(d.batches) > 0 {
					t.Errorf("a stranger %+v got %v and %d batches; want PermissionDenied and none", by, err, len(d.batches))
				}
			}
		})
	}
}

func TestNobodyIsShownMoreThanTheyMaySee(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	_, err := d.RotateAppSecret(ctx, operator, appID1, "", 0)
	d.must(err)
	viewer := belay.Caller{Role: belay.RoleViewer, SiteID: siteID, KeyID: id(71)}
	app := belay.Caller{Role: belay.RoleApp, AppID: appID1, KeyID: id(72)}

	site, err := d.Site(ctx, viewer, siteID)
	if d.must(err); site.SigningSecrets != nil {
		t.Error("a viewer is shown the signing secrets")
	}
	shown, err := d.App(ctx, viewer, appID1)
	if d.must(err); shown.Secrets != nil {
		t.Error("a viewer is shown an app's secrets")
	}
	shown, err = d.App(ctx, operator, appID1)
	if d.must(err); len(shown.Secrets) != 1 || shown.Secrets[0].Hash != nil {
		t.Errorf("an operator is shown secrets %+v; want one without its hash", shown.Secrets)
	}
	if _, err := d.App(ctx, app, appID2); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("an app reading another: %v; want PermissionDenied", err)
	}
	if _, err := d.Triggers(ctx, app, appID2); belay.CodeOf(err) != belay.PermissionDenied {
		t.Errorf("an app reading another's triggers: %v; want PermissionDenied", err)
	}
	apps, err := d.Apps(ctx, app)
	if d.must(err); len(apps) != 1 || apps[0].ID != appID1 {
		t.Errorf("an app lists %+v; want itself", apps)
	}
	sites, err := d.Sites(ctx, viewer)
	if d.must(err); len(sites) != 1 || sites[0].ID != siteID {
		t.Errorf("a viewer lists %+v; want its site", sites)
	}
	all, err := d.Triggers(ctx, app, belay.ID{})
	if d.must(err); len(all) != 2 {
		t.Errorf("an app lists %d triggers; want its own two", len(all))
	}
}

func TestARefusalOfAnotherSiteSaysSo(t *testing.T) {
	d := newDesk(t).furnish()
	for role, want := range map[belay.Role]string{
		belay.RoleSite:   "a site's key may not read automations of another site",
		belay.RoleViewer: "a viewer's key may not read automations of another site",
	} {
		_, err := d.ListAutomations(t.Context(), belay.Caller{Role: role, SiteID: otherID}, siteID)
		refusedWith(t, err, belay.PermissionDenied, "ROLE_NOT_ALLOWED")
		if err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	}
}
