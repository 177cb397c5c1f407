package config

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

const (
	// serverPortal is the key of what holds for all sites that say nothing else.
	serverPortal  = "server"
	maxPortalName = 60
	maxLogo       = 32 << 10
	maxAncestors  = 20
)

// Portal returns the portal of a site as it was put, or of the server where site is
// zero; an empty one where none was. The site's key may read its own, an operator all.
func (b *Book) Portal(ctx context.Context, by belay.Caller, site belay.ID) (belay.Portal, error) {
	if err := setsPortal(by, site, "read the portal"); err != nil {
		return belay.Portal{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Portal{}, err
	}
	s := b.shared.Load()
	if _, ok := s.sites.get(site); !ok && !site.IsZero() {
		return belay.Portal{}, errNoSite()
	}
	p, _ := s.portals.get(site)
	return p, nil
}

// PutPortal replaces the portal of a site, or of the server where site is zero. The
// site's key may replace its own, an operator all.
func (b *Book) PutPortal(ctx context.Context, by belay.Caller, site belay.ID, p belay.Portal) (belay.Portal, Outcome, error) {
	if err := setsPortal(by, site, "set up the portal"); err != nil {
		return belay.Portal{}, Unchanged, err
	}
	if err := checkPortal(&p); err != nil {
		return belay.Portal{}, Unchanged, err
	}
	done := Updated
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.sites.get(site); !ok && !site.IsZero() {
			return nil, errNoSite()
		}
		old, _ := s.portals.get(site)
		if p.UpdatedAt = old.UpdatedAt; old.Name == p.Name && old.LogoURL == p.LogoURL && old.Primary == p.Primary &&
			old.Background == p.Background && slices.Equal(old.Ancestors, p.Ancestors) {
			done = Unchanged
			return nil, nil
		}
		p.UpdatedAt = b.now()
		return one(keep(kindPortal, portalKey(site), p))
	})
	return p, done, err
}

func portalKey(site belay.ID) string { return cmp.Or(site.String(), serverPortal) }

func setsPortal(by belay.Caller, site belay.ID, what string) error {
	if site.IsZero() {
		return operates(by, what+" of all sites")
	}
	if by.Guest {
		return errGuest(what)
	}
	return editsSite(by, site, what)
}

// PortalOf returns how the console looks on a site, and who may hold it in a frame:
// what the site says, filled up with what the server says. It reads nothing from the
// store.
func (b *Book) PortalOf(site belay.ID) belay.Portal {
	s := b.shared.Load()
	server, _ := s.portals.get(belay.ID{})
	p, _ := s.portals.get(site)
	return belay.Portal{
		Name: cmp.Or(p.Name, server.Name), LogoURL: cmp.Or(p.LogoURL, server.LogoURL),
		Primary: cmp.Or(p.Primary, server.Primary), Background: cmp.Or(p.Background, server.Background),
		Ancestors: slices.Concat(server.Ancestors, p.Ancestors),
	}
}

func checkPortal(p *belay.Portal) error {
	var f faults
	f.length("name", p.Name, 0, maxPortalName)
	f.logo("logoUrl", p.LogoURL)
	f.color("colors.primary", p.Primary)
	f.color("colors.background", p.Background)
	f.items("ancestors", len(p.Ancestors), 0, maxAncestors)
	for i, a := range p.Ancestors {
		if !GoodAncestor(a) {
			f.add(fmt.Sprintf("ancestors[%d]", i), "ORIGIN", "must be an origin such as https://shop.example.com or https://*.example.com, without a path")
		}
	}
	return f.err("the portal")
}

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func (f *faults) color(field, s string) {
	if s != "" && !hexColor.MatchString(s) {
		f.add(field, "COLOR", "must be a colour such as #0f766e")
	}
}

// images are the kinds of pictures that a browser shows without running anything in them.
var images = []string{"data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/svg+xml;base64,"}

func (f *faults) logo(field, s string) {
	if s == "" {
		return
	}
	f.length(field, s, 0, maxLogo)
	for _, prefix := range images {
		if encoded, ok := strings.CutPrefix(s, prefix); ok {
			if _, err := base64.StdEncoding.DecodeString(encoded); err != nil {
				f.add(field, "FORMAT", "must hold base64 behind its comma")
			}
			return
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		f.add(field, "FORMAT", "must be an https address, or a data URI of a PNG, JPEG, WebP or SVG image in base64")
	}
}

var ancestor = regexp.MustCompile(`^(https://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$`)

// GoodAncestor reports whether s is an origin whose pages may be let hold the
// console: https, or http on this machine. Nothing else can stand in it, so that it
// can stand in a header.
func GoodAncestor(s string) bool {
	return len(s) <= 253+len("https://*.:65535") && ancestor.MatchString(s)
}
