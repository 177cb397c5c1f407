package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
)

const strong = "a harbour of paper boats"

// first makes the first operator of a desk.
func (d *desk) first() belay.User {
	d.t.Helper()
	link, err := d.FirstOperatorLink(d.t.Context())
	d.must(err)
	u, err := d.UseLink(d.t.Context(), Visitor{}, link, Accepted{Name: "Ola", Email: "Ola@example.com", Password: strong})
	d.must(err)
	return u
}

func (d *desk) enter(u belay.User) (belay.Session, string) {
	d.t.Helper()
	s, token, err := d.Enter(d.t.Context(), u, belay.ByPassword, Visitor{Agent: "a browser", Address: "192.0.2.1"})
	d.must(err)
	return s, token
}

func TestASessionThatWasEndedIsRefusedByEveryNodeAtOnce(t *testing.T) {
	d := newDesk(t).furnish()
	u := d.first()
	other := openDesk(t, d.store)
	s, token := d.enter(u)
	if _, got, err := other.Person(t.Context(), token); err != nil || got.ID != s.ID || got.Hash != nil {
		t.Fatalf("the other node has session %+v, %v", got, err)
	}
	by := belay.Caller{Role: belay.RoleOperator, UserID: u.ID.String()}
	d.must(other.EndSession(t.Context(), by, u.ID, s.ID))
	_, _, err := d.Person(t.Context(), token)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	refusedWith(t, d.EndSession(t.Context(), by, u.ID, s.ID), belay.NotFound, "")
}

func TestSigningInStandsInNoReportsWay(t *testing.T) {
	d := newDesk(t).furnish()
	u := d.first()
	before := d.versions()
	for range 3 {
		_, token := d.enter(u)
		d.clock = d.clock.Add(10 * time.Minute)
		_, _, err := d.Person(t.Context(), token)
		d.must(err)
	}
	secret, _, err := d.CreatePortalLink(t.Context(), operator, NewPortalLink{Site: siteID, Role: belay.RoleSite, Guest: "g", Life: time.Minute})
	d.must(err)
	_, _, err = d.UsePortalLink(t.Context(), siteID, secret, Visitor{})
	d.must(err)
	if after := d.versions(); after != before {
		t.Errorf("the versions that reports compare went from %v to %v", before, after)
	}
}

func TestASessionEndsUnusedAndInAnyCase(t *testing.T) {
	d := newDesk(t).furnish()
	u := d.first()
	_, unused := d.enter(u)
	_, used := d.enter(u)
	for day := 1; day < 30; day++ {
		d.clock = d.clock.Add(24 * time.Hour)
		if _, _, err := d.Person(t.Context(), used); err != nil {
			t.Fatalf("on day %d: %v", day, err)
		}
	}
	_, _, err := d.Person(t.Context(), unused)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	d.clock = d.clock.Add(24 * time.Hour)
	_, _, err = d.Person(t.Context(), used)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	if _, _ = d.enter(u); len(d.stored(u.ID)) != 1 {
		t.Errorf("%d sessions are kept; want those that are over to have made room", len(d.stored(u.ID)))
	}
}

// stored returns the sessions that a scope holds, over or not.
func (d *desk) stored(scope belay.ID) []belay.Session {
	d.t.Helper()
	list, err := d.sessionsIn(d.t.Context(), scope)
	d.must(err)
	return list
}

func TestANewPasswordAndARemovalEndEverySession(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	ola := d.first()
	_, link, err := d.Invite(ctx, operator, belay.User{Name: "Sol", Email: "sol@example.com", Grants: []belay.Grant{{Role: belay.RoleOperator}}})
	d.must(err)
	sol, err := d.UseLink(ctx, Visitor{}, link, Accepted{Password: strong})
	d.must(err)
	_, olas := d.enter(ola)
	_, sols := d.enter(sol)

	d.clock++
	_, err = d.ChangePassword(ctx, operator, ola.ID, "not this one at all", "another long password")
	refusedWith(t, err, belay.InvalidArgument, "", breach{"oldPassword", "WRONG"})
	_, err = d.ChangePassword(ctx, operator, ola.ID, strong, "another long password")
	d.must(err)
	_, _, err = d.Person(ctx, olas)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	if _, _, err := d.Person(ctx, sols); err != nil {
		t.Errorf("the session of somebody else: %v", err)
	}
	d.must(d.DeleteUser(ctx, operator, sol.ID))
	_, _, err = d.Person(ctx, sols)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	if left := d.stored(sol.ID); len(left) > 0 {
		t.Errorf("%d sessions of a user who is gone are kept", len(left))
	}
	refusedWith(t, d.DeleteUser(ctx, operator, ola.ID), belay.FailedPrecondition, "LAST_OPERATOR")
}

func TestAForgedTokenIsNoSession(t *testing.T) {
	d := newDesk(t).furnish()
	u := d.first()
	_, token := d.enter(u)
	parsed, ok := parseToken(token)
	if !ok {
		t.Fatal("the token cannot be read")
	}
	for name, change := range map[string]func(*sessionToken){
		"another secret":  func(s *sessionToken) { s.secret[0] ^= 1 },
		"another session": func(s *sessionToken) { s.id[15] ^= 1 },
		"another person":  func(s *sessionToken) { s.of[15] ^= 1 },
		"a site":          func(s *sessionToken) { s.of = siteID },
	} {
		t.Run(name, func(t *testing.T) {
			forged := parsed
			change(&forged)
			_, _, err := d.Person(t.Context(), forged.String())
			refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
		})
	}
	if _, is, _ := d.Guest(t.Context(), token); is {
		t.Error("a person's token is taken for a guest's")
	}
	_, _, err := d.Guest(t.Context(), guestPrefix+token)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
}

func TestALinkIsUsedOnceHoweverManyTryAtOnce(t *testing.T) {
	ctx := t.Context()
	t.Run("of the first operator", func(t *testing.T) {
		d := newDesk(t).furnish()
		link, err := d.FirstOperatorLink(ctx)
		d.must(err)
		other := openDesk(t, d.store)
		d.before = func() {
			_, err := other.UseLink(ctx, Visitor{}, link, Accepted{Name: "Eve", Email: "eve@example.com", Password: strong})
			d.must(err)
		}
		_, err = d.UseLink(ctx, Visitor{}, link, Accepted{Name: "Ola", Email: "ola@example.com", Password: strong})
		refusedWith(t, err, belay.FailedPrecondition, "LINK_NOT_GOOD")
		if again, err := d.FirstOperatorLink(ctx); err != nil || again != "" {
			t.Errorf("with an operator there is another link %q, %v", again, err)
		}
	})
	t.Run("of a portal", func(t *testing.T) {
		d := newDesk(t).furnish()
		link, _, err := d.CreatePortalLink(ctx, operator, NewPortalLink{Site: siteID, Role: belay.RoleViewer, Guest: "g", Life: time.Minute})
		d.must(err)
		other := openDesk(t, d.store)
		d.before = func() {
			_, _, err := other.UsePortalLink(ctx, siteID, link, Visitor{})
			d.must(err)
		}
		_, _, err = d.UsePortalLink(ctx, siteID, link, Visitor{})
		refusedWith(t, err, belay.FailedPrecondition, "LINK_NOT_GOOD")
		if n := len(d.stored(guestsOf(siteID))); n != 1 {
			t.Errorf("%d guests came by one link", n)
		}
	})
}

func TestEveryPrintedLinkOfTheLastEightIsGood(t *testing.T) {
	d := newDesk(t)
	var links []string
	for range 9 {
		link, err := d.FirstOperatorLink(t.Context())
		d.must(err)
		links = append(links, link)
	}
	_, err := d.LookAtLink(t.Context(), links[0])
	refusedWith(t, err, belay.FailedPrecondition, "LINK_NOT_GOOD")
	for _, link := range links[1:] {
		if w, err := d.LookAtLink(t.Context(), link); err != nil || !w.FirstOperator {
			t.Errorf("LookAtLink = %+v, %v", w, err)
		}
	}
}

func TestGuestsGoWithTheirSite(t *testing.T) {
	d := newDesk(t).furnish()
	ctx := t.Context()
	link, _, err := d.CreatePortalLink(ctx, operator, NewPortalLink{Site: siteID, Role: belay.RoleSite, Guest: "user-17", Life: time.Minute})
	d.must(err)
	_, token, err := d.UsePortalLink(ctx, siteID, link, Visitor{})
	d.must(err)
	by, is, err := d.Guest(ctx, "Bearer "+token)
	if want := (belay.Caller{Role: belay.RoleSite, SiteID: siteID, UserID: "user-17", Guest: true}); err != nil || !is || by != want {
		t.Fatalf("Guest = %+v, %v, %v; want %+v", by, is, err, want)
	}
	sol, _, err := d.Invite(ctx, operator, belay.User{Name: "Sol", Email: "sol@example.com", Grants: []belay.Grant{
		{Role: belay.RoleSite, SiteID: siteID}, {Role: belay.RoleDeveloper, AppID: appID1},
	}})
	d.must(err)
	d.must(d.DeleteSite(ctx, operator, siteID))
	_, _, err = d.Guest(ctx, token)
	refusedWith(t, err, belay.Unauthenticated, "SESSION_ENDED")
	if left := d.stored(guestsOf(siteID)); len(left) > 0 {
		t.Errorf("%d guests of a site that is gone are kept", len(left))
	}
	sol, err = d.User(ctx, operator, sol.ID)
	d.must(err)
	if len(sol.Grants) != 1 || sol.Grants[0].Role != belay.RoleDeveloper {
		t.Errorf("of a deleted site are granted %v", sol.Grants)
	}
}

func TestWhoComesInIsWrittenDown(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	u := d.first()
	_, err := d.SignIn(ctx, Visitor{Address: "192.0.2.1"}, "OLA@example.com", "not this one")
	refusedWith(t, err, belay.Unauthenticated, "SIGN_IN_REFUSED")
	_, err = d.SignIn(ctx, Visitor{Address: "192.0.2.1"}, strong, "typed into the wrong field")
	refusedWith(t, err, belay.Unauthenticated, "SIGN_IN_REFUSED")
	signed, err := d.SignIn(ctx, Visitor{}, "ola@example.com", strong)
	d.must(err)
	s, _ := d.enter(signed)
	by := belay.Caller{Role: belay.RoleOperator, UserID: u.ID.String(), Name: "Ola"}
	d.must(d.EndSession(ctx, by, u.ID, s.ID))
	want := []string{
		`Ola CREATED USER "Ola" 0→1`,
		` SIGN_IN_REFUSED SESSION "ola@example.com" 0→0`,
		` SIGN_IN_REFUSED SESSION "" 0→0`,
		`Ola SIGNED_IN SESSION "ola@example.com" 0→0`,
		`Ola SIGNED_OUT SESSION "ola@example.com" 0→0`,
	}
	if diff := cmp.Diff(want, d.audited(belay.ID{})); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}
