package client

import (
	"context"
	"net/http"

	"github.com/belay-events/belay/api"
)

// Token asks for the token by which an app calls for a site that installed it.
// Use it as Credentials.Key; it is good for ExpiresIn seconds.
func (c *Client) Token(ctx context.Context, appID, secret, instanceID string) (api.TokenResponse, error) {
	var out api.TokenResponse
	return out, c.call(ctx, http.MethodPost, "/oauth2/token", api.TokenRequest{
		GrantType: "client_credentials", ClientID: appID, ClientSecret: secret, InstanceID: instanceID,
	}, &out)
}

// Ready returns nil while the server can keep what is reported.
func (c *Client) Ready(ctx context.Context) error {
	return c.call(ctx, http.MethodGet, "/readyz", nil, nil)
}
