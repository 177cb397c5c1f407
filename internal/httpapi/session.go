package httpapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// getSession says who calls. Whoever is nobody is refused, with how to sign in.
func (d *door) getSession(ctx context.Context, c *call, _ *api.Empty) (*api.Session, error) {
	if err := d.identify(ctx, &route{}, c); err != nil {
		return nil, &signInError{err, d.signIn()}
	}
	return d.sessionTold(c), nil
}

func (d *door) sessionTold(c *call) *api.Session {
	told := &api.Session{SignIn: d.signIn(), Version: d.version}
	grants := config.GrantsOf(c.by)
	switch {
	case !c.user.ID.IsZero():
		grants = c.user.Grants
		who := userTold(&c.user)
		told.User, told.SessionID, told.HasPassword = &who, c.session.ID.String(), c.user.Password != ""
	case c.by.Guest:
		portal := d.book.PortalOf(c.by.SiteID)
		told.Portal = &api.SessionPortal{SiteID: c.by.SiteID.String(), Appearance: appearanceOf(&portal)}
	default:
		told.KeyRole = string(c.by.Role)
	}
	told.Grants = each(grants, grantTold)
	if c.by.Role == belay.RoleApp {
		grants = []belay.Grant{{Role: belay.RoleDeveloper, AppID: c.by.AppID}}
	}
	seen := d.book.Seen(grants)
	if c.by.Role == belay.RoleApp && !c.by.SiteID.IsZero() { // a token speaks for one site
		seen.Sites = slices.DeleteFunc(seen.Sites, func(s belay.Site) bool { return s.ID != c.by.SiteID })
	}
	told.Sites, told.MoreSites = each(seen.Sites, sessionSite), seen.MoreSites
	told.Apps, told.MoreApps = each(seen.Apps, sessionApp), seen.MoreApps
	return told
}

// signIn says how people may sign in.
func (d *door) signIn() api.SignIn {
	return api.SignIn{FirstOperator: d.book.NeedsOperator(), OIDC: d.provider.label()}
}

func userTold(u *belay.User) api.User {
	return api.User{ID: u.ID.String(), Name: u.Name, Email: u.Email}
}

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

// How often people may try to sign in: from one address, and as one person.
const (
	addressBurst, addressEvery = 20, 15 * time.Second
	accountBurst, accountEvery = 10, 30 * time.Second
)

// createSession signs a person in by email and password.
func (d *door) createSession(ctx context.Context, c *call, in *api.SignInRequest) (*api.Session, error) {
	if err := d.sameOrigin(c.request); err != nil {
		return nil, err
	}
	account := strings.ToLower(strings.TrimSpace(in.Email))
	if err := d.mayTry(c, account); err != nil {
		return nil, err
	}
	user, err := d.book.SignIn(ctx, d.visitor(c), in.Email, in.Password)
	if err != nil {
		return nil, err
	}
	d.byAccount.forget(account)
	if err := d.enter(ctx, c, user, belay.ByPassword); err != nil {
		return nil, err
	}
	return d.sessionTold(c), nil
}

// mayTry refuses attempts that come too often, from one address or for one account.
// Both are counted whatever comes of the attempt, and before anything is looked up.
func (d *door) mayTry(c *call, account string) error {
	now := d.engine.Now()
	if wait, ok := d.byAddress.take(d.addresses.of(c.request), now); !ok {
		return errTooOften(wait)
	}
	if wait, ok := d.byAccount.take(account, now); !ok {
		return errTooOften(wait)
	}
	return nil
}

// deleteSession signs a person out. Whoever has no session is signed out already.
func (d *door) deleteSession(ctx context.Context, c *call, _ *api.Empty) (*api.Empty, error) {
	cookie := cookieOf(c.request)
	if cookie == "" {
		return &api.Empty{}, nil
	}
	err := d.signedIn(ctx, c, cookie)
	if err == nil {
		c.by.Address = d.addresses.of(c.request)
		err = d.book.EndSession(ctx, c.by, c.user.ID, c.session.ID)
	}
	if code := belay.CodeOf(err); err != nil && code != belay.Unauthenticated && code != belay.NotFound {
		return nil, err
	}
	c.cookie = d.newCookie(c.request, "", 0)
	return &api.Empty{}, nil
}

// lookAtWelcome says what a one-time link is for.
func (d *door) lookAtWelcome(ctx context.Context, c *call, in *api.WelcomeLookRequest) (*api.WelcomeLink, error) {
	w, err := d.book.LookAtLink(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	return &api.WelcomeLink{FirstOperator: w.FirstOperator, Name: w.User.Name, Email: w.User.Email, Returning: w.User.Joined()}, nil
}

// useWelcome uses a one-time link, and signs in the person whom it is for.
func (d *door) useWelcome(ctx context.Context, c *call, in *api.WelcomeRequest) (*api.Session, error) {
	if err := d.sameOrigin(c.request); err != nil {
		return nil, err
	}
	if wait, ok := d.byAddress.take(d.addresses.of(c.request), d.engine.Now()); !ok {
		return nil, errTooOften(wait)
	}
	user, err := d.book.UseLink(ctx, d.visitor(c), in.Token, config.Accepted{Name: in.Name, Email: in.Email, Password: in.Password})
	if err != nil {
		return nil, err
	}
	if err := d.enter(ctx, c, user, belay.ByLink); err != nil {
		return nil, err
	}
	return d.sessionTold(c), nil
}
