package httpapi

import (
	"context"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

func (d *door) userDetails(u *belay.User) api.UserDetails {
	told := api.UserDetails{
		User: userTold(u), Grants: each(u.Grants, grantTold), Password: u.Password != "", Provider: u.Subject != "",
		CreatedDate: when(u.CreatedAt), UpdatedDate: when(u.UpdatedAt),
	}
	if u.Link != nil && d.engine.Now() < u.Link.ExpiresAt {
		told.LinkEndsDate = when(u.Link.ExpiresAt)
	}
	return told
}

func grantsGiven(list []api.Grant) []belay.Grant {
	return each(list, func(g *api.Grant) belay.Grant {
		return belay.Grant{Role: belay.Role(strings.ToLower(g.Role)), AppID: optionalID(g.AppID), SiteID: optionalID(g.SiteID)}
	})
}

func (d *door) inviteUser(ctx context.Context, c *call, in *api.InviteUserRequest) (*api.UserLinkResponse, error) {
	user, secret, err := d.book.Invite(ctx, c.by, belay.User{Name: in.Name, Email: in.Email, Grants: grantsGiven(in.Grants)})
	if err != nil {
		return nil, err
	}
	return d.linkTold(c, &user, secret), nil
}

func (d *door) linkUser(ctx context.Context, c *call, in *api.UserRequest) (*api.UserLinkResponse, error) {
	user, secret, err := d.book.LinkUser(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return d.linkTold(c, &user, secret), nil
}

func (d *door) linkTold(c *call, u *belay.User, secret string) *api.UserLinkResponse {
	return &api.UserLinkResponse{User: d.userDetails(u), Link: api.OneTimeLink{
		URL: d.base(c.request) + "/welcome#" + secret, ExpiresDate: when(u.Link.ExpiresAt),
	}}
}

func (d *door) listUsers(ctx context.Context, c *call, in *api.ListRequest) (*api.UsersResponse, error) {
	all, err := d.book.Users(ctx, c.by)
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(u *belay.User) string { return made(u.CreatedAt, u.ID) }, *in)
	if err != nil {
		return nil, err
	}
	return &api.UsersResponse{Users: each(page, d.userDetails), PagingMetadata: paging}, nil
}

func (d *door) getUser(ctx context.Context, c *call, in *api.UserRequest) (*api.UserResponse, error) {
	user, err := d.book.User(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.UserResponse{User: d.userDetails(&user)}, nil
}

func (d *door) putUser(ctx context.Context, c *call, in *api.PutUserRequest) (*api.UserResponse, error) {
	user, done, err := d.book.PutUser(ctx, c.by, belay.User{
		ID: optionalID(in.ID), Name: in.Name, Email: in.Email, Grants: grantsGiven(in.Grants),
	})
	if err != nil {
		return nil, err
	}
	return &api.UserResponse{User: d.userDetails(&user), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) deleteUser(ctx context.Context, c *call, in *api.UserRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteUser(ctx, c.by, optionalID(in.ID))
}

func (d *door) listUserSessions(ctx context.Context, c *call, in *api.UserRequest) (*api.OpenSessionsResponse, error) {
	return d.sessionsOf(ctx, c, optionalID(in.ID))
}

func (d *door) endUserSession(ctx context.Context, c *call, in *api.UserSessionRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.EndSession(ctx, c.by, optionalID(in.UserID), optionalID(in.ID))
}

func (d *door) endUserSessions(ctx context.Context, c *call, in *api.UserRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.EndSessions(ctx, c.by, optionalID(in.ID), belay.ID{})
}
