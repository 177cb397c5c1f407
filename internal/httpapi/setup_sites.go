package httpapi

import (
	"context"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
)

func siteTold(s *belay.Site) api.Site {
	told := api.Site{
		ID: s.ID.String(), Name: s.Name, TimeZone: s.TimeZone, Locale: s.Locale, RetentionDays: s.RetentionDays,
		CreatedDate: when(s.CreatedAt), UpdatedDate: when(s.UpdatedAt),
		SigningSecrets: make([]api.SigningSecret, len(s.SigningSecrets)),
	}
	for i, secret := range s.SigningSecrets {
		told.SigningSecrets[i] = api.SigningSecret{
			ID: secret.ID.String(), Value: secret.Value, CreatedDate: when(secret.CreatedAt), ExpiresDate: when(secret.ExpiresAt),
		}
	}
	return told
}

func (d *door) createSite(ctx context.Context, c *call, in *api.CreateSiteRequest) (*api.SiteResponse, error) {
	return d.putSite(ctx, c, &api.PutSiteRequest{Name: in.Name, TimeZone: in.TimeZone, Locale: in.Locale, RetentionDays: in.RetentionDays})
}

func (d *door) putSite(ctx context.Context, c *call, in *api.PutSiteRequest) (*api.SiteResponse, error) {
	site, done, err := d.book.PutSite(ctx, c.by, belay.Site{
		ID: optionalID(in.ID), Name: in.Name, TimeZone: in.TimeZone, Locale: in.Locale, RetentionDays: in.RetentionDays,
	})
	if err != nil {
		return nil, err
	}
	return &api.SiteResponse{Site: siteTold(&site), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) getSite(ctx context.Context, c *call, in *api.SiteRequest) (*api.SiteResponse, error) {
	site, err := d.book.Site(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.SiteResponse{Site: siteTold(&site)}, nil
}

func (d *door) listSites(ctx context.Context, c *call, in *api.ListRequest) (*api.SitesResponse, error) {
	all, err := d.book.Sites(ctx, c.by)
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(s *belay.Site) string { return made(s.CreatedAt, s.ID) }, *in)
	if err != nil {
		return nil, err
	}
	return &api.SitesResponse{Sites: each(page, siteTold), PagingMetadata: paging}, nil
}

func (d *door) deleteSite(ctx context.Context, c *call, in *api.SiteRequest) (*api.Empty, error) {
	return &api.Empty{}, d.engine.DeleteSite(ctx, c.by, optionalID(in.ID))
}

func (d *door) rotateSigningSecret(ctx context.Context, c *call, in *api.RotateSigningSecretRequest) (*api.SecretResponse, error) {
	secret, err := d.book.RotateSigningSecret(ctx, c.by, optionalID(in.ID), in.Value, time.Duration(in.OverlapSeconds)*time.Second)
	if err != nil {
		return nil, err
	}
	return &api.SecretResponse{Secret: secret}, nil
}

func installationOf(i *belay.Installation) api.Installation {
	return api.Installation{
		AppID: i.AppID.String(), SiteID: i.SiteID.String(), InstanceID: i.InstanceID.String(), CreatedDate: when(i.CreatedAt),
	}
}

func (d *door) putInstallation(ctx context.Context, c *call, in *api.PutInstallationRequest) (*api.InstallationResponse, error) {
	i, done, err := d.book.Install(ctx, c.by, optionalID(in.ID), optionalID(in.AppID), optionalID(in.InstanceID))
	if err != nil {
		return nil, err
	}
	return &api.InstallationResponse{Installation: installationOf(&i), Outcome: api.Outcome(done.String())}, nil
}

func (d *door) listInstallations(ctx context.Context, c *call, in *api.SiteListRequest) (*api.InstallationsResponse, error) {
	all, err := d.book.Installations(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(i *belay.Installation) string { return made(i.CreatedAt, i.AppID) }, in.ListRequest)
	if err != nil {
		return nil, err
	}
	return &api.InstallationsResponse{Installations: each(page, installationOf), PagingMetadata: paging}, nil
}

func (d *door) deleteInstallation(ctx context.Context, c *call, in *api.InstallationRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.Uninstall(ctx, c.by, optionalID(in.ID), optionalID(in.AppID))
}

func keyOf(k *belay.APIKey) api.Key {
	return api.Key{
		ID: k.ID.String(), Name: k.Name, Role: string(k.Role), AppID: k.AppID.String(), SiteID: k.SiteID.String(), Hint: k.Hint,
		CreatedDate: when(k.CreatedAt), ExpiresDate: when(k.ExpiresAt),
	}
}

func (d *door) createKey(ctx context.Context, c *call, in *api.CreateKeyRequest) (*api.CreateKeyResponse, error) {
	key, plain, err := d.book.CreateKey(ctx, c.by, config.NewKey{
		Name: in.Name, Role: belay.Role(in.Role), AppID: optionalID(in.AppID), SiteID: optionalID(in.SiteID),
		ExpiresAt: belay.At(in.ExpiresDate.Time), Value: in.Value,
	})
	if err != nil {
		return nil, err
	}
	return &api.CreateKeyResponse{Key: keyOf(&key), Secret: plain}, nil
}

func (d *door) listKeys(ctx context.Context, c *call, in *api.ListRequest) (*api.KeysResponse, error) {
	all, err := d.book.Keys(ctx, c.by)
	if err != nil {
		return nil, err
	}
	page, paging, err := pageOf(all, func(k *belay.APIKey) string { return made(k.CreatedAt, k.ID) }, *in)
	if err != nil {
		return nil, err
	}
	return &api.KeysResponse{Keys: each(page, keyOf), PagingMetadata: paging}, nil
}

func (d *door) deleteKey(ctx context.Context, c *call, in *api.KeyRequest) (*api.Empty, error) {
	return &api.Empty{}, d.book.DeleteKey(ctx, c.by, optionalID(in.ID))
}
