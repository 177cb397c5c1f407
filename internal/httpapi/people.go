package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// sessionCookie bears the session of a person. No script can read it, and no page of
// another site sends it along.
const sessionCookie = "belay_session"

// cookieLife is how long a browser keeps it; the session ends before, unused.
const cookieLife = 30 * 24 * time.Hour

// signedIn learns who bears the session cookie of a call. A call that changes anything
// must come from our own pages: a browser sends a cookie along whoever made it.
func (d *door) signedIn(ctx context.Context, c *call, cookie string) error {
	if err := d.sameOrigin(c.request); err != nil {
		return err
	}
	if d.engine.Shared() {
		// Another node may have changed what the person was granted.
		if err := d.book.Reload(ctx); err != nil {
			return err
		}
	}
	var err error
	c.user, c.session, err = d.book.Person(ctx, cookie)
	if err != nil {
		return err
	}
	c.by = belay.Caller{UserID: c.user.ID.String(), Name: c.user.Name}
	return nil
}

// sameOrigin refuses a request that a browser made for a page of another origin, by
// what the browser says of it; a GET changes nothing and passes.
func (d *door) sameOrigin(r *http.Request) error {
	if err := d.origins.Check(r); err != nil {
		return belay.Refuse(belay.PermissionDenied, "CROSS_ORIGIN", "a page of another origin made this call, and a session is good for the console's own pages only")
	}
	return nil
}

// act learns as what a person makes a call.
func (d *door) act(c *call) error {
	ask, err := askOf(c.request)
	if err != nil {
		return err
	}
	c.by, err = config.Acts(c.user, ask)
	return err
}

// askOf returns the site and the app that a call names, in its path or its headers.
func askOf(r *http.Request) (ask config.Ask, err error) {
	if ask.Site, err = named(r, "siteId", "Wix-Site-Id", "Belay-Site-Id"); err != nil {
		return ask, err
	}
	if ask.App, err = named(r, "appId", "Belay-App-Id"); err == nil && ask.App.IsZero() && ask.Site.IsZero() {
		// What is read of an app on all its sites is asked for as the app's developer.
		ask.App, _ = belay.ParseID(r.URL.Query().Get("appId")) // what is no ID is refused where the query is read
	}
	return ask, err
}

func named(r *http.Request, path string, headers ...string) (belay.ID, error) {
	if text := r.PathValue(path); text != "" {
		// What is no ID is refused where the path is read.
		id, _ := belay.ParseID(text)
		return id, nil
	}
	for _, header := range headers {
		if given := r.Header[header]; len(given) > 0 && given[0] != "" {
			id, err := belay.ParseID(given[0])
			if err != nil {
				return id, belay.Invalid(strings.ToLower(header), "GUID", err.Error())
			}
			return id, nil
		}
	}
	return belay.ID{}, nil
}

// cookieOf returns the session cookie of a request, "" where there is none.
func cookieOf(r *http.Request) string {
	if len(r.Header["Cookie"]) == 0 {
		return ""
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// enter begins the session of a person and has the answer set its cookie.
func (d *door) enter(ctx context.Context, c *call, user belay.User, by belay.Entrance) error {
	session, token, err := d.book.Enter(ctx, user, by, d.visitor(c))
	if err != nil {
		return err
	}
	c.user, c.session = user, session
	c.cookie = d.newCookie(c.request, token, cookieLife)
	return nil
}

// newCookie returns the session cookie that holds a token, or takes it back where
// life is not positive.
func (d *door) newCookie(r *http.Request, token string, life time.Duration) *http.Cookie {
	age := int(life.Seconds())
	if age <= 0 {
		age = -1
	}
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: d.secure(r),
	}
}

// secure reports whether a request came by HTTPS, to us or to a proxy before us.
func (d *door) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(d.publicURL, "https://")
}

// base returns where people reach this server: as it was told, or as this request did.
func (d *door) base(r *http.Request) string {
	if d.publicURL != "" {
		return d.publicURL
	}
	base := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		base.Scheme = "https"
	}
	return base.String()
}

func (d *door) visitor(c *call) config.Visitor {
	return config.Visitor{Agent: c.request.UserAgent(), Address: d.addresses.of(c.request)}
}
