package config

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/audit"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const (
	maxPortalLink = time.Hour
	// maxPortalLinks is how many of one site are good at once.
	maxPortalLinks = 1000
	maxGuest       = 100
)

// NewPortalLink says what a portal link is to open.
type NewPortalLink struct {
	Site belay.ID
	Role belay.Role // RoleSite or RoleViewer
	// Guest is who the platform says that the guest is; what the guest does is
	// recorded as theirs.
	Guest string
	Life  time.Duration // at most an hour
}

// portalLink is a link that has not been used. It is kept under the SHA-256 of its secret.
type portalLink struct {
	Site      belay.ID      `json:"siteId"`
	Role      belay.Role    `json:"role"`
	Guest     string        `json:"guest"`
	ExpiresAt belay.Instant `json:"expiresDate"`
}

func errGuest(what string) error {
	return belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "a guest who came by a portal link may not "+what)
}

// CreatePortalLink returns the secret of a link that opens the console for one site
// once, and when it ends. The site's key may make it, and an operator.
func (b *Book) CreatePortalLink(ctx context.Context, by belay.Caller, in NewPortalLink) (secret string, ends belay.Instant, err error) {
	if err := hosts(by, in.Site, "make portal links"); err != nil {
		return "", 0, err
	}
	var f faults
	f.oneOf("role", string(in.Role), string(belay.RoleSite), string(belay.RoleViewer))
	f.length("userId", in.Guest, 1, maxGuest)
	if in.Life <= 0 || in.Life > maxPortalLink {
		f.add("lifetimeSeconds", "RANGE", "must be from 1 to %d", int(maxPortalLink.Seconds()))
	}
	if err := f.err("the portal link"); err != nil {
		return "", 0, err
	}
	if err := b.Reload(ctx); err != nil {
		return "", 0, err
	}
	if _, ok := b.shared.Load().sites.get(in.Site); !ok {
		return "", 0, errNoSite()
	}
	if secret, err = b.newSecret(linkPrefix); err != nil {
		return "", 0, err
	}
	return b.keepLink(ctx, secret, portalLink{in.Site, in.Role, in.Guest, b.now().Add(in.Life)})
}

// keepLink keeps a new link, and takes those that have ended away.
func (b *Book) keepLink(ctx context.Context, secret string, link portalLink) (string, belay.Instant, error) {
	scope := guestsOf(link.Site)
	old, _, err := b.store.Docs(ctx, scope, kindPortalLink, "", 0)
	if err != nil {
		return "", 0, fmt.Errorf("config: read portal links: %w", err)
	}
	doc, err := keep(kindPortalLink, hex.EncodeToString(hashed(secret)), link)
	if err != nil {
		return "", 0, err
	}
	puts := []store.Put{{Kind: doc.kind, Key: doc.key, Value: doc.value}}
	now, good := b.now(), 0
	for _, d := range old {
		l, err := read[portalLink](document{kindPortalLink, d.Key, d.Value})
		if err != nil {
			return "", 0, err
		}
		if now < l.ExpiresAt {
			good++
			continue
		}
		puts = append(puts, store.Put{Kind: kindPortalLink, Key: d.Key, Expect: store.AnyRevision})
	}
	if good >= maxPortalLinks {
		return "", 0, belay.Refuse(belay.ResourceExhausted, "TOO_MANY_PORTAL_LINKS", "the site has 1,000 portal links that were not used; wait until they end")
	}
	if _, err := b.commit(ctx, &store.Batch{Changes: []store.Change{{Scope: scope, Puts: puts}}}); err != nil {
		return "", 0, err
	}
	return secret, link.ExpiresAt, nil
}

// UsePortalLink begins the session of a guest by a link of a site, uses the link up
// in the same act, and returns the guest's token, which nobody can read again.
func (b *Book) UsePortalLink(ctx context.Context, site belay.ID, secret string, from Visitor) (belay.Session, string, error) {
	key := hex.EncodeToString(hashed(secret))
	stored, err := b.store.Doc(ctx, store.DocKey{Scope: guestsOf(site), Kind: kindPortalLink, Key: key})
	if errors.Is(err, store.ErrNotFound) {
		return belay.Session{}, "", errLink()
	} else if err != nil {
		return belay.Session{}, "", fmt.Errorf("config: read portal link: %w", err)
	}
	link, err := read[portalLink](document{kindPortalLink, key, stored.Value})
	if err != nil {
		return belay.Session{}, "", err
	}
	if b.now() >= link.ExpiresAt {
		return belay.Session{}, "", errLink()
	}
	s := belay.Session{Site: link.Site, Role: link.Role, Guest: link.Guest, Entrance: belay.ByPortal}
	token, err := b.newSession(&s, from)
	if err != nil {
		return belay.Session{}, "", err
	}
	used := store.Put{Kind: kindPortalLink, Key: key, Expect: stored.Revision}
	kept, err := b.keepSession(ctx, &s, used)
	switch {
	case err != nil:
		return belay.Session{}, "", err
	case !kept: // somebody else was first
		return belay.Session{}, "", errLink()
	}
	s.Hash = nil
	by := belay.Caller{Role: s.Role, SiteID: s.Site, UserID: s.Guest, Guest: true, Address: from.Address}
	entered := audit.Entry{Operation: audit.SignedIn, Kind: audit.Session, Thing: s.Site.String(), Name: s.Guest}
	return s, guestPrefix + token.String(), b.Note(ctx, by, entered)
}

// Guests returns the sessions of a site's guests that are not over, the one used last
// first. The site's key may, and an operator.
func (b *Book) Guests(ctx context.Context, by belay.Caller, site belay.ID) ([]belay.Session, error) {
	if err := hosts(by, site, "see guests"); err != nil {
		return nil, err
	}
	all, err := b.sessionsIn(ctx, guestsOf(site))
	if err != nil {
		return nil, err
	}
	return openOnes(all, b.now(), 0), nil
}

// EndGuest ends one session of a guest, or NotFound. The site's key may, and an
// operator.
func (b *Book) EndGuest(ctx context.Context, by belay.Caller, site, id belay.ID) error {
	if err := hosts(by, site, "dismiss guests"); err != nil {
		return err
	}
	s, err := b.endSession(ctx, guestsOf(site), id)
	if err != nil {
		return err
	}
	return b.Note(ctx, by, audit.Entry{Operation: audit.Deleted, Kind: audit.Session, Thing: site.String(), Name: s.Guest})
}

// DismissGuests ends the sessions of all guests of a site, and its links that were
// not used. The site's key may, and an operator.
func (b *Book) DismissGuests(ctx context.Context, by belay.Caller, site belay.ID) error {
	if err := hosts(by, site, "dismiss guests"); err != nil {
		return err
	}
	if err := b.dismissGuests(ctx, site); err != nil {
		return err
	}
	return b.Note(ctx, by, audit.Entry{Operation: audit.Deleted, Kind: audit.Session, Thing: site.String(), Name: "all guests"})
}

// hosts refuses who may not look after a site's guests.
func hosts(by belay.Caller, site belay.ID, what string) error {
	if by.Guest {
		return errGuest(what)
	}
	return editsSite(by, site, what)
}

func (b *Book) dismissGuests(ctx context.Context, site belay.ID) error {
	scope := guestsOf(site)
	change := store.Change{Scope: scope}
	for _, kind := range []string{kindSession, kindPortalLink} {
		docs, _, err := b.store.Docs(ctx, scope, kind, "", 0)
		if err != nil {
			return fmt.Errorf("config: read guests: %w", err)
		}
		for _, d := range docs {
			change.Puts = append(change.Puts, store.Put{Kind: kind, Key: d.Key, Expect: store.AnyRevision})
		}
	}
	if len(change.Puts) == 0 {
		return nil
	}
	_, err := b.commit(ctx, &store.Batch{Changes: []store.Change{change}})
	return err
}
