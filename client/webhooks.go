package client

import (
	"context"
	"net/http"

	"github.com/belay-events/belay/api"
)

// Webhooks returns where an app is told of changes.
func (c *Client) Webhooks(ctx context.Context, appID string) ([]api.Webhook, error) {
	var out api.WebhooksResponse
	err := c.call(ctx, http.MethodGet, appPath(appID)+"/webhooks", nil, &out)
	return out.Webhooks, err
}

// PutWebhooks says where the app in.ID is told of changes from now on.
func (c *Client) PutWebhooks(ctx context.Context, in api.PutWebhooksRequest) (api.WebhooksResponse, error) {
	var out api.WebhooksResponse
	return out, c.call(ctx, http.MethodPut, appPath(in.ID)+"/webhooks", in, &out)
}

// Deliveries returns a page of what apps are told of changes, newest first.
func (c *Client) Deliveries(ctx context.Context, in api.DeliveriesRequest) (api.DeliveriesResponse, error) {
	q := listQuery(in.ListRequest)
	given(q, "appId", in.AppID)
	given(q, "entityId", in.EntityID)
	given(q, "status", in.Status)
	var out api.DeliveriesResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/deliveries?"+q.Encode(), nil, &out)
}

// Delivery returns a delivery with its attempts.
func (c *Client) Delivery(ctx context.Context, id string) (api.Delivery, error) {
	var out api.DeliveryResponse
	err := c.call(ctx, http.MethodGet, "/belay/v1/deliveries"+one(id), nil, &out)
	return out.Delivery, err
}

// Replay sends a delivery anew.
func (c *Client) Replay(ctx context.Context, id string) (api.Delivery, error) {
	var out api.DeliveryResponse
	err := c.call(ctx, http.MethodPost, "/belay/v1/deliveries"+one(id)+"/replay", nil, &out)
	return out.Delivery, err
}

// ReplayFailed sends all deliveries to an app anew that were given up, and returns
// how many they are.
func (c *Client) ReplayFailed(ctx context.Context, appID string) (int, error) {
	var out api.ReplayFailedResponse
	err := c.call(ctx, http.MethodPost, "/belay/v1/deliveries/replay-failed", api.ReplayFailedRequest{AppID: appID}, &out)
	return out.Replayed, err
}
