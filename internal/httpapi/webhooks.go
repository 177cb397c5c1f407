package httpapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/store"
)

func (d *door) webhookRoutes() []route {
	routes := []route{
		{method: "GET", patterns: own("/apps/{appId}/webhooks"), id: "listWebhooks", summary: "Say where an app is told of changes", operation: does(d.listWebhooks)},
		{method: "PUT", patterns: own("/apps/{appId}/webhooks"), id: "putWebhooks", summary: "Say where an app is told of changes from now on, on every site that has it", operation: does(d.putWebhooks)},
		{method: "GET", patterns: own("/deliveries"), id: "listDeliveries", access: onSite, summary: "List what apps are told of changes, newest first", operation: does(d.listDeliveries)},
		{method: "GET", patterns: own("/deliveries/{deliveryId}"), id: "getDelivery", access: onSite, summary: "Get a delivery with its attempts", operation: does(d.getDelivery)},
		{method: "POST", patterns: own("/deliveries/{deliveryId}/replay"), id: "replayDelivery", access: onSite, summary: "Send a delivery anew", operation: does(d.replayDelivery)},
		{method: "POST", patterns: own("/deliveries/replay-failed"), id: "replayFailedDeliveries", access: onSite, summary: "Send all deliveries to an app anew that were given up", operation: does(d.replayFailed)},
	}
	for i := range routes {
		routes[i].group = groupWebhooks
		if routes[i].access == anyone {
			routes[i].access = known
		}
	}
	return routes
}

func webhooksOf(hooks *belay.Webhooks) []api.Webhook {
	list := make([]api.Webhook, len(hooks.List))
	for i, hook := range hooks.List {
		list[i] = api.Webhook{URL: hook.URL, Format: string(hook.Format), Events: make([]string, len(hook.Topics))}
		for j, t := range hook.Topics {
			list[i].Events[j] = t.String()
		}
	}
	return list
}

func (d *door) listWebhooks(ctx context.Context, c *call, in *api.AppRequest) (*api.WebhooksResponse, error) {
	hooks, err := d.book.Webhooks(ctx, c.by, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.WebhooksResponse{Webhooks: webhooksOf(&hooks)}, nil
}

func (d *door) putWebhooks(ctx context.Context, c *call, in *api.PutWebhooksRequest) (*api.WebhooksResponse, error) {
	list := make([]belay.Webhook, len(in.Webhooks))
	for i, hook := range in.Webhooks {
		topics, err := config.ParseTopics(fmt.Sprintf("webhooks[%d].events", i), hook.Events)
		if err != nil {
			return nil, err
		}
		list[i] = belay.Webhook{URL: hook.URL, Topics: topics, Format: belay.WebhookFormat(hook.Format)}
	}
	hooks, done, err := d.engine.PutWebhooks(ctx, c.by, optionalID(in.ID), list)
	if err != nil {
		return nil, err
	}
	return &api.WebhooksResponse{Webhooks: webhooksOf(&hooks), Outcome: api.Outcome(done.String())}, nil
}

func deliveryOf(d *belay.Delivery) api.Delivery {
	return api.Delivery{
		ID: d.ID.String(), AppID: d.AppID.String(), Event: d.Topic.String(), EntityID: d.EntityID.String(),
		EntityEventSequence: api.Int64(d.Sequence), ChangedDate: when(d.ChangedAt), Status: d.Status.String(),
		DueDate: when(d.Due), EndedDate: when(d.EndedAt), Attempts: attemptsOf(d.Attempts),
	}
}

func (d *door) listDeliveries(ctx context.Context, c *call, in *api.DeliveriesRequest) (*api.DeliveriesResponse, error) {
	page, err := newestFirst("cursor", in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	status, _ := belay.ParseDeliveryStatus(in.Status) // zero for none; the tags allow no other word
	list, err := d.engine.Deliveries(ctx, c.by, store.DeliveryQuery{
		SiteID: c.site, Page: page, AppID: optionalID(in.AppID), EntityID: optionalID(in.EntityID), Status: status,
	})
	if err != nil {
		return nil, err
	}
	list, paging := turned(list, page, func(d *belay.Delivery) belay.ID { return d.ID })
	answer := &api.DeliveriesResponse{Deliveries: make([]api.Delivery, len(list)), PagingMetadata: paging}
	for i := range list {
		answer.Deliveries[i] = deliveryOf(&list[i])
	}
	return answer, nil
}

func (d *door) getDelivery(ctx context.Context, c *call, in *api.DeliveryRequest) (*api.DeliveryResponse, error) {
	told, err := d.engine.Delivery(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	answer := &api.DeliveryResponse{Delivery: deliveryOf(&told)}
	answer.Delivery.Body = told.Body
	return answer, nil
}

func (d *door) replayDelivery(ctx context.Context, c *call, in *api.DeliveryRequest) (*api.DeliveryResponse, error) {
	told, err := d.engine.Replay(ctx, c.by, c.site, optionalID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.DeliveryResponse{Delivery: deliveryOf(&told)}, nil
}

func (d *door) replayFailed(ctx context.Context, c *call, in *api.ReplayFailedRequest) (*api.ReplayFailedResponse, error) {
	n, err := d.engine.ReplayFailed(ctx, c.by, c.site, optionalID(in.AppID))
	if err != nil {
		return nil, err
	}
	return &api.ReplayFailedResponse{Replayed: n}, nil
}

// ShowAutomation returns an automation as the wire shows it where no fields are
// asked for.
func ShowAutomation(a *belay.Automation) (json.RawMessage, error) {
	doc, err := documentOf(a, nil)
	return json.RawMessage(doc), err
}
