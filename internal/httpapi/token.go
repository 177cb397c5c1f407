package httpapi

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
)

func (d *door) token(ctx context.Context, _ *call, in *api.TokenRequest) (*api.TokenResponse, error) {
	token, life, err := d.book.Token(ctx, optionalID(in.ClientID), in.ClientSecret, optionalID(in.InstanceID))
	if err != nil {
		return nil, err
	}
	return &api.TokenResponse{AccessToken: token, TokenType: "Bearer", ExpiresIn: int64(life.Seconds())}, nil
}

// legacyToken gives a token by the older way. What a code and a refresh token say
// there, which installation is meant, its instance ID says here; what proves the app
// is its secret, either way.
func (d *door) legacyToken(ctx context.Context, c *call, in *api.LegacyTokenRequest) (*api.LegacyTokenResponse, error) {
	instance, field := in.RefreshToken, "refresh_token"
	if in.GrantType == "authorization_code" {
		instance, field = in.Code, "code"
	}
	if instance == "" {
		return nil, belay.Invalid(field, "REQUIRED", "is missing: the grant "+in.GrantType+" takes it")
	}
	token, err := d.token(ctx, c, &api.TokenRequest{ClientID: in.ClientID, ClientSecret: in.ClientSecret, InstanceID: instance})
	if err != nil {
		return nil, err
	}
	return &api.LegacyTokenResponse{TokenResponse: *token, RefreshToken: instance}, nil
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
