package httpapi

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

// portalLinkLife is how long a portal link may wait to be opened where the call says
// nothing.
const portalLinkLife = 5 * time.Minute

func appearanceOf(p *belay.Portal) api.Appearance {
	return api.Appearance{Name: p.Name, LogoURL: p.LogoURL, Colors: api.Colors{Primary: p.Primary, Background: p.Background}}
}

func portalTold(p *belay.Portal) api.Portal {
	return api.Portal{Appearance: appearanceOf(p), Ancestors: append([]string{}, p.Ancestors...), UpdatedDate: when(p.UpdatedAt)}
}

func portalGiven(in *api.PutPortalRequest) belay.Portal {
	return belay.Portal{
		Name: in.Name, LogoURL: in.LogoURL, Primary: strings.ToLower(in.Colors.Primary), Background: strings.ToLower(in.Colors.Background),
		Ancestors: in.Ancestors,
	}
}

func (d *door) getPortal(ctx context.Context, c *call, _ *api.Empty) (*api.PortalResponse, error) {
	p, err := d.book.Portal(ctx, c.by, belay.ID{})
	if err != nil {
		return nil, err
	}
	return &api.PortalResponse{Portal: portalTold(&p)}, nil
}

func (d *door) putPortal(ctx context.Context, c *call, in *api.PutPortalRequest) (*api.PortalResponse, error) {
	p, done, err := d.book.PutPortal(ctx, c.by, belay.ID{}, portalGiven(in))
	if err != nil {
		return nil, err
	}
	return &api.PortalResponse{Portal: portalTold(&p), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) getSitePortal(ctx context.Context, c *call, in *api.SiteRequest) (*api.PortalResponse, error) {
	site := optionalID(in.ID)
	p, err := d.book.Portal(ctx, c.by, site)
	if err != nil {
		return nil, err
	}
	return d.sitePortalTold(&p, site, ""), nil
}

func (d *door) putSitePortal(ctx context.Context, c *call, in *api.PutSitePortalRequest) (*api.PortalResponse, error) {
	site := optionalID(in.ID)
	p, done, err := d.book.PutPortal(ctx, c.by, site, portalGiven(&in.PutPortalRequest))
	if err != nil {
		return nil, err
	}
	return d.sitePortalTold(&p, site, done.String()), nil
}

func (d *door) sitePortalTold(p *belay.Portal, site belay.ID, outcome string) *api.PortalResponse {
	seen := d.book.PortalOf(site)
	effective := portalTold(&seen)
	return &api.PortalResponse{Portal: portalTold(p), Effective: &effective, Outcome: api.Outcome(outcome)}
}

func (d *door) createPortalLink(ctx context.Context, c *call, in *api.CreatePortalLinkRequest) (*api.PortalLinkResponse, error) {
	site := optionalID(in.ID)
	secret, ends, err := d.book.CreatePortalLink(ctx, c.by, config.NewPortalLink{
		Site: site, Role: cmp.Or(belay.Role(strings.ToLower(in.Role)), belay.RoleSite), Guest: in.UserID,
		Life: cmp.Or(time.Duration(in.LifetimeSeconds)*time.Second, portalLinkLife),
	})
	if err != nil {
		return nil, err
	}
	at := d.base(c.request) + "/portal?site=" + url.QueryEscape(site.String()) + "#" + secret
	return &api.PortalLinkResponse{OneTimeLink: api.OneTimeLink{URL: at, ExpiresDate: when(ends)}}, nil
}

// createPortalSession opens what a portal link is for. The page that asks keeps the
// token: a page in a foreign frame has no cookies.
func (d *door) createPortalSession(ctx context.Context, c *call, in *api.CreatePortalSessionRequest) (*api.PortalSessionResponse, error) {
	s, token, err := d.book.UsePortalLink(ctx, optionalID(in.SiteID), in.Token, d.visitor(c))
	if err != nil {
		return nil, err
	}
	return &api.PortalSessionResponse{AccessToken: token, ExpiresDate: when(s.Over())}, nil
}

func (d *door) listGuests(ctx context.Context, c *call, in *api.SiteRequest) (*api.GuestsResponse, error) {
	all, err := d.book.Guests(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.GuestsResponse{Guests: each(all, func(s *belay.Session) api.Guest {
		return api.Guest{
			ID: s.ID.String(), UserID: s.Guest, Role: strings.ToUpper(string(s.Role)), Agent: s.Agent, Address: s.Address,
			CreatedDate: when(s.CreatedAt), SeenDate: when(s.SeenAt), EndsDate: when(s.Ends()),
		}
	})}, nil
}

func (d *door) endGuest(ctx context.Context, c *call, in *api.GuestRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.EndGuest(ctx, c.by, optionalID(in.SiteID), optionalID(in.ID))
}

func (d *door) dismissGuests(ctx context.Context, c *call, in *api.SiteRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DismissGuests(ctx, c.by, optionalID(in.ID))
}
