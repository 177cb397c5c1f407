package config

import (
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func TestAPersonActsAsWhatTheCallNames(t *testing.T) {
	op := belay.Grant{Role: belay.RoleOperator}
	owner, viewer := belay.Grant{Role: belay.RoleSite, SiteID: siteID}, belay.Grant{Role: belay.RoleViewer, SiteID: otherID}
	dev1, dev2 := belay.Grant{Role: belay.RoleDeveloper, AppID: appID1}, belay.Grant{Role: belay.RoleDeveloper, AppID: appID2}
	for name, tt := range map[string]struct {
		grants []belay.Grant
		ask    Ask
		want   belay.Grant
		code   belay.Code
	}{
		"an operator everywhere":                  {[]belay.Grant{owner, op}, Ask{Site: otherID, App: appID2}, op, ""},
		"an owner on the site":                    {[]belay.Grant{viewer, owner}, Ask{Site: siteID}, owner, ""},
		"a viewer on theirs":                      {[]belay.Grant{viewer, owner}, Ask{Site: otherID}, viewer, ""},
		"nobody elsewhere":                        {[]belay.Grant{owner}, Ask{Site: otherID}, belay.Grant{}, belay.PermissionDenied},
		"an owner who looks at an app":            {[]belay.Grant{owner}, Ask{Site: siteID, App: appID1}, owner, ""},
		"a developer of the app that is named":    {[]belay.Grant{dev2, dev1, owner}, Ask{Site: siteID, App: appID1}, dev1, ""},
		"a developer of their only app on a site": {[]belay.Grant{dev1}, Ask{Site: otherID}, dev1, ""},
		"of which app":                            {[]belay.Grant{dev1, dev2}, Ask{Site: otherID}, belay.Grant{}, belay.InvalidArgument},
		"not of another app":                      {[]belay.Grant{dev1}, Ask{App: appID2}, belay.Grant{}, belay.PermissionDenied},
		"the only grant where nothing is named":   {[]belay.Grant{viewer}, Ask{}, viewer, ""},
		"which of many":                           {[]belay.Grant{viewer, owner}, Ask{}, belay.Grant{}, belay.InvalidArgument},
		"nothing at all":                          {nil, Ask{}, belay.Grant{}, belay.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			by, err := Acts(belay.User{ID: id(9), Name: "Sol", Grants: tt.grants}, tt.ask)
			if got := (belay.Grant{Role: by.Role, AppID: by.AppID, SiteID: by.SiteID}); got != tt.want || err != nil && belay.CodeOf(err) != tt.code || err == nil && tt.code != "" {
				t.Errorf("Acts = %+v, %v; want %+v, %s", got, err, tt.want, tt.code)
			}
		})
	}
}

func TestWhatWasTakenAwayIsGrantedNoMore(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	sol, _, err := d.Invite(ctx, operator, belay.User{Name: "Sol", Email: "sol@example.com", Grants: []belay.Grant{{Role: belay.RoleSite, SiteID: siteID}}})
	d.must(err)
	by, err := Acts(sol, Ask{Site: siteID})
	d.must(err)
	d.must(d.StillValid(by))
	sol.Grants = []belay.Grant{{Role: belay.RoleViewer, SiteID: siteID}}
	_, _, err = d.PutUser(ctx, operator, sol)
	d.must(err)
	refusedWith(t, d.StillValid(by), belay.PermissionDenied, "ROLE_NOT_ALLOWED")
	d.must(d.DeleteUser(ctx, operator, sol.ID))
	refusedWith(t, d.StillValid(by), belay.Unauthenticated, "SESSION_ENDED")
}
