package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/belay-events/belay/api"
)

// Apps returns every app.
func (c *Client) Apps(ctx context.Context) ([]api.App, error) {
	return all(ctx, c, "/belay/v1/apps", nil, func(p *api.AppsResponse) ([]api.App, api.Paging) { return p.Apps, p.PagingMetadata })
}

// CreateApp sets up an app that has no ID yet.
func (c *Client) CreateApp(ctx context.Context, in api.CreateAppRequest) (api.AppResponse, error) {
	var out api.AppResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/apps", in, &out)
}

// PutApp makes the app of in.ID be as in says.
func (c *Client) PutApp(ctx context.Context, in api.PutAppRequest) (api.AppResponse, error) {
	var out api.AppResponse
	return out, c.call(ctx, http.MethodPut, appPath(in.ID), in, &out)
}

// DeleteApp removes an app that no site has.
func (c *Client) DeleteApp(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, appPath(id), nil, nil)
}

// RotateAppSecret gives an app a new secret and returns it; it cannot be read again.
func (c *Client) RotateAppSecret(ctx context.Context, in api.RotateAppSecretRequest) (string, error) {
	var out api.SecretResponse
	err := c.call(ctx, http.MethodPost, appPath(in.ID)+"/secrets", in, &out)
	return out.Secret, err
}

// Triggers returns every trigger that an app declared.
func (c *Client) Triggers(ctx context.Context, appID string) ([]api.Trigger, error) {
	return all(ctx, c, appPath(appID)+"/triggers", nil, func(p *api.TriggersResponse) ([]api.Trigger, api.Paging) { return p.Triggers, p.PagingMetadata })
}

// PutTrigger declares a trigger of the app in.ID.
func (c *Client) PutTrigger(ctx context.Context, in api.PutTriggerRequest) (api.TriggerResponse, error) {
	var out api.TriggerResponse
	return out, c.call(ctx, http.MethodPut, appPath(in.ID)+"/triggers"+one(in.Key), in, &out)
}

// DeleteTrigger removes a trigger that no automation has used.
func (c *Client) DeleteTrigger(ctx context.Context, appID, key string) error {
	return c.call(ctx, http.MethodDelete, appPath(appID)+"/triggers"+one(key), nil, nil)
}

// Actions returns every action that an app declared.
func (c *Client) Actions(ctx context.Context, appID string) ([]api.Action, error) {
	return all(ctx, c, appPath(appID)+"/actions", nil, func(p *api.ActionsResponse) ([]api.Action, api.Paging) { return p.Actions, p.PagingMetadata })
}

// PutAction declares an action of the app in.ID.
func (c *Client) PutAction(ctx context.Context, in api.PutActionRequest) (api.ActionResponse, error) {
	var out api.ActionResponse
	return out, c.call(ctx, http.MethodPut, appPath(in.ID)+"/actions"+one(in.Key), in, &out)
}

// DeleteAction removes an action.
func (c *Client) DeleteAction(ctx context.Context, appID, key string) error {
	return c.call(ctx, http.MethodDelete, appPath(appID)+"/actions"+one(key), nil, nil)
}

// Backup has the server copy its store, and returns the folder on its machine.
func (c *Client) Backup(ctx context.Context) (api.BackupResponse, error) {
	var out api.BackupResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/backup", nil, &out)
}

// BuiltInActions returns the actions that the server carries out itself.
func (c *Client) BuiltInActions(ctx context.Context) ([]api.BuiltInAction, error) {
	var out api.BuiltInActionsResponse
	err := c.call(ctx, http.MethodGet, "/belay/v1/built-in-actions", nil, &out)
	return out.Actions, err
}

// Sites returns every site.
func (c *Client) Sites(ctx context.Context) ([]api.Site, error) {
	return all(ctx, c, "/belay/v1/sites", nil, func(p *api.SitesResponse) ([]api.Site, api.Paging) { return p.Sites, p.PagingMetadata })
}

// CreateSite sets up a site that has no ID yet.
func (c *Client) CreateSite(ctx context.Context, in api.CreateSiteRequest) (api.SiteResponse, error) {
	var out api.SiteResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/sites", in, &out)
}

// PutSite makes the site of in.ID be as in says.
func (c *Client) PutSite(ctx context.Context, in api.PutSiteRequest) (api.SiteResponse, error) {
	var out api.SiteResponse
	return out, c.call(ctx, http.MethodPut, sitePath(in.ID), in, &out)
}

// DeleteSite removes a site with all that it has set up, and cancels what is pending.
func (c *Client) DeleteSite(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, sitePath(id), nil, nil)
}

// RotateSigningSecret gives a site a new signing secret and returns it.
func (c *Client) RotateSigningSecret(ctx context.Context, in api.RotateSigningSecretRequest) (string, error) {
	var out api.SecretResponse
	err := c.call(ctx, http.MethodPost, sitePath(in.ID)+"/signing-secrets", in, &out)
	return out.Secret, err
}

// Installations returns the apps on a site.
func (c *Client) Installations(ctx context.Context, siteID string) ([]api.Installation, error) {
	return all(ctx, c, sitePath(siteID)+"/installations", nil, func(p *api.InstallationsResponse) ([]api.Installation, api.Paging) {
		return p.Installations, p.PagingMetadata
	})
}

// PutInstallation installs the app in.AppID on the site in.ID.
func (c *Client) PutInstallation(ctx context.Context, in api.PutInstallationRequest) (api.InstallationResponse, error) {
	var out api.InstallationResponse
	return out, c.call(ctx, http.MethodPut, sitePath(in.ID)+"/installations"+one(in.AppID), in, &out)
}

// DeleteInstallation takes an app off a site and cancels what is pending of its events.
func (c *Client) DeleteInstallation(ctx context.Context, siteID, appID string) error {
	return c.call(ctx, http.MethodDelete, sitePath(siteID)+"/installations"+one(appID), nil, nil)
}

// Nodes returns every node that serves the store.
func (c *Client) Nodes(ctx context.Context) ([]api.Node, error) {
	var out api.NodesResponse
	err := c.call(ctx, http.MethodGet, "/belay/v1/nodes", nil, &out)
	return out.Nodes, err
}

// AllowedAddresses returns the address ranges that calls may go to beside public
// addresses.
func (c *Client) AllowedAddresses(ctx context.Context) ([]string, error) {
	var out api.AllowedAddressesResponse
	err := c.call(ctx, http.MethodGet, "/belay/v1/allowed-addresses", nil, &out)
	return out.Ranges, err
}

// Keys returns every API key, without its value.
func (c *Client) Keys(ctx context.Context) ([]api.Key, error) {
	return all(ctx, c, "/belay/v1/keys", nil, func(p *api.KeysResponse) ([]api.Key, api.Paging) { return p.Keys, p.PagingMetadata })
}

// CreateKey makes an API key. Its value cannot be read again.
func (c *Client) CreateKey(ctx context.Context, in api.CreateKeyRequest) (api.CreateKeyResponse, error) {
	var out api.CreateKeyResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/keys", in, &out)
}

// DeleteKey removes an API key, which is good for nothing from then on.
func (c *Client) DeleteKey(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/belay/v1/keys"+one(id), nil, nil)
}

// Users returns every person who may sign in, or is invited.
func (c *Client) Users(ctx context.Context) ([]api.UserDetails, error) {
	return all(ctx, c, "/belay/v1/users", nil, func(p *api.UsersResponse) ([]api.UserDetails, api.Paging) { return p.Users, p.PagingMetadata })
}

// InviteUser makes a user, and a one-time link by which the person joins. The link
// cannot be read again.
func (c *Client) InviteUser(ctx context.Context, in api.InviteUserRequest) (api.UserLinkResponse, error) {
	var out api.UserLinkResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/users", in, &out)
}

// LinkUser makes a one-time link by which a user chooses a new password. It cannot
// be read again.
func (c *Client) LinkUser(ctx context.Context, id string) (api.UserLinkResponse, error) {
	var out api.UserLinkResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/users"+one(id)+"/links", nil, &out)
}

// CreatePortalLink makes a link that opens the console for one site, once. It cannot
// be read again.
func (c *Client) CreatePortalLink(ctx context.Context, site string, in api.CreatePortalLinkRequest) (api.PortalLinkResponse, error) {
	var out api.PortalLinkResponse
	return out, c.call(ctx, http.MethodPost, "/belay/v1/sites"+one(site)+"/portal-links", in, &out)
}

// Automations returns every automation of the site, as documents.
func (c *Client) Automations(ctx context.Context) ([]json.RawMessage, error) {
	return c.documents(ctx, "/v2/automations/query", api.QueryPreinstalledRequest{})
}

// documents returns every automation that a query finds, as it is stored.
func (c *Client) documents(ctx context.Context, path string, in api.QueryPreinstalledRequest) ([]json.RawMessage, error) {
	var list []json.RawMessage
	in.Fields, in.Query.CursorPaging.Limit = []string{"OVERRIDE_SCHEMA", "AS_STORED"}, 500
	for {
		var page api.QueryAutomationsResponse
		if err := c.call(ctx, http.MethodPost, path, in, &page); err != nil {
			return nil, err
		}
		for _, a := range page.Automations {
			list = append(list, json.RawMessage(a))
		}
		if !page.PagingMetadata.HasNext || page.PagingMetadata.Cursors.Next == "" {
			return list, nil
		}
		in.Query.CursorPaging.Cursor = page.PagingMetadata.Cursors.Next
	}
}

// Preinstalled returns what an app brings to every site that has it, as documents.
func (c *Client) Preinstalled(ctx context.Context, app string) ([]json.RawMessage, error) {
	return c.documents(ctx, "/v2/preinstalled-automations/query", api.QueryPreinstalledRequest{AppID: app})
}

// PutPreinstalled makes what an app brings as a component be what the document says,
// on every site without a copy of its own.
func (c *Client) PutPreinstalled(ctx context.Context, app, component string, document json.RawMessage) (api.AutomationResponse, error) {
	var out api.AutomationResponse
	path := appPath(app) + "/preinstalled-automations" + one(component)
	return out, c.call(ctx, http.MethodPut, path, api.PutPreinstalledRequest{Automation: api.AutomationDocument(document)}, &out)
}

// DeletePreinstalled takes what an app brings off every site without a copy of its
// own, and cancels what is pending of it.
func (c *Client) DeletePreinstalled(ctx context.Context, app, component string) error {
	return c.call(ctx, http.MethodDelete, "/v2/preinstalled-automation"+one(component)+"?appId="+url.QueryEscape(app), nil, nil)
}

// PutAutomation makes the automation of that ID be what the document says.
func (c *Client) PutAutomation(ctx context.Context, id string, document json.RawMessage) (api.AutomationResponse, error) {
	var out api.AutomationResponse
	return out, c.call(ctx, http.MethodPut, "/belay/v1/automations"+one(id), api.PutAutomationRequest{Automation: api.AutomationDocument(document)}, &out)
}

// DeleteAutomation removes an automation and cancels what is pending of it.
func (c *Client) DeleteAutomation(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/v2/automations"+one(id), nil, nil)
}

func appPath(id string) string  { return "/belay/v1/apps" + one(id) }
func sitePath(id string) string { return "/belay/v1/sites" + one(id) }
