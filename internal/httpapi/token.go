package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
)

func (d *door) token(ctx context.Context, _ *call, in *api.TokenRequest) (*api.TokenResponse, error) {
	token, life, err := d.book.Token(ctx, optionalID(in.ClientID), in.ClientSecret, optionalID(in.InstanceID))
	if err != nil {
		return nil, err
	}
	return &api.TokenResponse{AccessToken: token, TokenType: "Bearer", ExpiresIn: int64(life.Seconds())}, nil
}

func (d *door) tokenInfo(ctx context.Context, _ *call, in *api.TokenInfoRequest) (*api.TokenInfo, error) {
	if d.engine.Shared() {
		if err := d.book.Reload(ctx); err != nil {
			return nil, err
		}
	}
	info, err := d.book.TokenInfo(in.Token)
	if err != nil || !info.Active {
		return &api.TokenInfo{}, err
	}
	return &api.TokenInfo{
		Active: true, SubjectType: "APP", SubjectID: info.AppID.String(), ClientID: info.AppID.String(),
		SiteID: info.SiteID.String(), InstanceID: info.InstanceID.String(),
		IssuedAt: info.IssuedAt.Time().Unix(), ExpiresAt: info.ExpiresAt.Time().Unix(),
	}, nil
}

func (d *door) whoami(_ context.Context, c *call, _ *api.Empty) (*api.Caller, error) {
	return &api.Caller{
		Role: string(c.by.Role), AppID: c.by.AppID.String(), SiteID: c.by.SiteID.String(),
		KeyID: c.by.KeyID.String(), UserID: c.by.UserID,
	}, nil
}
