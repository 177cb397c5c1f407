package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

func (d *door) putAccount(ctx context.Context, c *call, in *api.PutAccountRequest) (*api.AccountResponse, error) {
	user, err := d.book.Rename(ctx, c.by, c.user.ID, in.Name)
	if err != nil {
		return nil, err
	}
	return &api.AccountResponse{User: userTold(&user)}, nil
}

// putPassword changes a person's password. All of their sessions end by it; the one
// that asked goes on as a new one.
func (d *door) putPassword(ctx context.Context, c *call, in *api.PutPasswordRequest) (*api.AccountResponse, error) {
	if err := d.mayTry(c, c.user.Email); err != nil {
		return nil, err
	}
	user, err := d.book.ChangePassword(ctx, c.by, c.user.ID, in.OldPassword, in.Password)
	if err != nil {
		return nil, err
	}
	d.byAccount.forget(c.user.Email)
	_, token, err := d.book.OpenSession(ctx, user.ID, c.session.Entrance, d.visitor(c))
	if err != nil {
		return nil, err
	}
	c.cookie = d.newCookie(c.request, token, cookieLife)
	return &api.AccountResponse{User: userTold(&user)}, nil
}

func (d *door) listOwnSessions(ctx context.Context, c *call, _ *api.Empty) (*api.OpenSessionsResponse, error) {
	return d.sessionsOf(ctx, c, c.user.ID)
}

func (d *door) sessionsOf(ctx context.Context, c *call, user belay.ID) (*api.OpenSessionsResponse, error) {
	all, err := d.book.Sessions(ctx, c.by, user)
	if err != nil {
		return nil, err
	}
	return &api.OpenSessionsResponse{Sessions: each(all, func(s *belay.Session) api.OpenSession {
		return api.OpenSession{
			ID: s.ID.String(), Current: s.ID == c.session.ID, Entrance: string(s.Entrance), Agent: s.Agent, Address: s.Address,
			CreatedDate: when(s.CreatedAt), SeenDate: when(s.SeenAt), EndsDate: when(s.Ends()),
		}
	})}, nil
}

func (d *door) endOwnSession(ctx context.Context, c *call, in *api.SessionRequest) (*api.Empty, error) {
	id := optionalID(in.ID)
	if id == c.session.ID {
		c.cookie = d.newCookie(c.request, "", 0)
	}
	return &api.Empty{}, d.book.EndSession(ctx, c.by, c.user.ID, id)
}

func (d *door) endOtherSessions(ctx context.Context, c *call, _ *api.Empty) (*api.Empty, error) {
	return &api.Empty{}, d.book.EndSessions(ctx, c.by, c.user.ID, c.session.ID)
}
