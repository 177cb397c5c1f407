package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

// admit learns who calls and, where the route needs one, on which site.
func (d *door) admit(ctx context.Context, rt *route, c *call) error {
	if err := d.identify(ctx, rt, c); err != nil {
		return err
	}
	if !c.user.ID.IsZero() && rt.access != people {
		if err := d.act(c); err != nil {
			return err
		}
	}
	c.by.Address = d.addresses.of(c.request)
	if rt.access == operators && c.by.Role != belay.RoleOperator {
		return errNotOperator
	}
	var err error
	switch rt.access {
	case onSite:
		c.site, err = siteOf(c.by, c.request.Header)
	case perhapsOnSite:
		c.site, err = siteNamed(c.by, c.request.Header)
	}
	return err
}

// identify learns who calls: by the Authorization header, or else by the cookie of a
// person's session.
func (d *door) identify(ctx context.Context, rt *route, c *call) (err error) {
	var credential string
	if given := c.request.Header["Authorization"]; len(given) > 0 {
		credential = given[0]
	} else if cookie := cookieOf(c.request); cookie != "" {
		return d.signedIn(ctx, c, cookie)
	}
	if rt.access == people {
		return belay.Refuse(belay.Unauthenticated, "SESSION_NEEDED", "this is for a person who has signed in; a key has no account")
	}
	c.by, err = d.authenticate(ctx, rt, credential)
	return err
}

var errNotOperator = belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "only an operator may do this")

// authenticate learns who bears a credential. Where other nodes may have made or
// revoked it, what they changed is read first; on the routes whose commit compares
// the configuration anyway, only where the credential would be refused.
func (d *door) authenticate(ctx context.Context, rt *route, credential string) (belay.Caller, error) {
	if by, is, err := d.guest(ctx, credential); is {
		return by, err
	}
	if !d.engine.Shared() {
		return d.book.Authenticate(credential)
	}
	if rt.compares {
		if by, err := d.book.Authenticate(credential); err == nil {
			return by, nil
		}
	}
	if err := d.book.Reload(ctx); err != nil {
		return belay.Caller{}, err
	}
	return d.book.Authenticate(credential)
}

// guest learns who bears the token of a portal link; is is false for what is none.
func (d *door) guest(ctx context.Context, credential string) (by belay.Caller, is bool, err error) {
	by, is, err = d.book.Guest(ctx, credential)
	if is && err != nil && d.engine.Shared() {
		// The site may be a new one.
		if err := d.book.Reload(ctx); err != nil {
			return by, is, err
		}
		return d.book.Guest(ctx, credential)
	}
	return by, is, err
}

// siteOf returns the site that a call names in either header, or the one that
// its credential is good for.
func siteOf(by belay.Caller, header http.Header) (belay.ID, error) {
	site, err := siteNamed(by, header)
	if err == nil && site.IsZero() {
		return site, belay.Invalid("belay-site-id", "REQUIRED", "is missing: the header belay-site-id (or wix-site-id) says on which site")
	}
	return site, err
}

// siteNamed is siteOf, and zero where neither names one.
func siteNamed(by belay.Caller, header http.Header) (belay.ID, error) {
	var site belay.ID
	for _, name := range [...]string{"Wix-Site-Id", "Belay-Site-Id"} {
		given := header[name]
		if len(given) == 0 || given[0] == "" {
			continue
		}
		id, err := belay.ParseID(given[0])
		if err != nil {
			return belay.ID{}, belay.Invalid(strings.ToLower(name), "GUID", err.Error())
		}
		if len(given) > 1 || !site.IsZero() && site != id {
			return belay.ID{}, belay.Invalid(strings.ToLower(name), "AMBIGUOUS", "names another site than the call does elsewhere")
		}
		site = id
	}
	if site.IsZero() {
		site = by.SiteID
	}
	return site, nil
}

// notFound answers what no route takes: 405 with the methods that the path has,
// or 404.
func (d *door) notFound(w http.ResponseWriter, r *http.Request) {
	c := call{request: r, requestID: w.Header()[requestIDHeader][0]}
	if allowed := d.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		d.refuse(w, r, &c, &refusal{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "the path takes " + strings.Join(allowed, ", ") + " only"})
		return
	}
	d.refuse(w, r, &c, &refusal{http.StatusNotFound, string(belay.NotFound), "there is nothing at this path; /docs lists what there is"})
}

// allowed returns the methods that have a route at the request's path.
func (d *door) allowed(r *http.Request) []string {
	var list []string
	probe := *r
	for _, method := range [...]string{"DELETE", "GET", "PATCH", "POST", "PUT"} {
		probe.Method = method
		if _, pattern := d.mux.Handler(&probe); pattern != "/" && pattern != "" {
			list = append(list, method)
		}
	}
	if slices.Contains(list, "GET") {
		list = append(list, "HEAD")
	}
	return list
}
