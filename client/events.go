package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/belay-events/belay/api"
)

// Report reports an event. When it returns without an error, the event and all
// that follows from it are kept.
func (c *Client) Report(ctx context.Context, in api.ReportEventRequest) (api.ReportEventResponse, error) {
	var out api.ReportEventResponse
	return out, c.call(ctx, http.MethodPost, "/automations/v1/events/report", in, &out)
}

// Preview says what a report would do. Nothing is kept and nothing is sent.
func (c *Client) Preview(ctx context.Context, in api.PreviewRequest) (api.PreviewResponse, error) {
	var out api.PreviewResponse
	err := c.call(ctx, http.MethodPost, "/belay/v1/events/preview", in, &out)
	return out, err
}

// BulkReport reports up to 100 events under one trigger. Each is kept or refused
// by itself; the answer says which.
func (c *Client) BulkReport(ctx context.Context, in api.BulkReportEventRequest) (api.BulkReportEventResponse, error) {
	var out api.BulkReportEventResponse
	return out, c.call(ctx, http.MethodPost, "/automations/v1/events/bulk-report", in, &out)
}

// Cancel calls off what is pending of an external entity under a trigger. When
// it returns without an error, no further action of those events starts.
func (c *Client) Cancel(ctx context.Context, in api.CancelEventRequest) (api.Canceled, error) {
	var out api.Canceled
	return out, c.call(ctx, http.MethodPost, "/automations/v1/events/cancel", in, &out)
}

// BulkCancel cancels up to 100 external entities under one trigger.
func (c *Client) BulkCancel(ctx context.Context, in api.BulkCancelEventRequest) (api.BulkCancelEventResponse, error) {
	var out api.BulkCancelEventResponse
	return out, c.call(ctx, http.MethodPost, "/automations/v1/events/bulk-cancel", in, &out)
}

// Event returns an event with the activations that it made.
func (c *Client) Event(ctx context.Context, id string) (api.EventResponse, error) {
	var out api.EventResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/events"+one(id), nil, &out)
}

// Events returns a page of the site's events, newest first.
func (c *Client) Events(ctx context.Context, in api.EventsRequest) (api.EventsResponse, error) {
	q := listQuery(in.ListRequest)
	given(q, "appId", in.AppID)
	given(q, "triggerKey", in.TriggerKey)
	given(q, "externalEntityId", in.ExternalEntityID)
	var out api.EventsResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/events?"+q.Encode(), nil, &out)
}

// Activation returns an activation with its actions and their attempts.
func (c *Client) Activation(ctx context.Context, id string) (api.Activation, error) {
	var out api.ActivationResponse
	return out.Activation, c.call(ctx, http.MethodGet, "/belay/v1/activations"+one(id), nil, &out)
}

// Activations returns a page of the site's activations, newest first.
func (c *Client) Activations(ctx context.Context, in api.ActivationsRequest) (api.ActivationsResponse, error) {
	q := listQuery(in.ListRequest)
	given(q, "automationId", in.AutomationID)
	given(q, "externalEntityId", in.ExternalEntityID)
	given(q, "status", in.Status)
	var out api.ActivationsResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/activations?"+q.Encode(), nil, &out)
}

// Outbox returns a page of the mails that the site's automations sent while no
// SMTP server was configured, newest first.
func (c *Client) Outbox(ctx context.Context, in api.ListRequest) (api.MailsResponse, error) {
	var out api.MailsResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/outbox?"+listQuery(in).Encode(), nil, &out)
}

// Inbox returns a page of the site's notifications, newest first.
func (c *Client) Inbox(ctx context.Context, in api.ListRequest) (api.NotificationsResponse, error) {
	var out api.NotificationsResponse
	return out, c.call(ctx, http.MethodGet, "/belay/v1/inbox?"+listQuery(in).Encode(), nil, &out)
}

func listQuery(in api.ListRequest) url.Values {
	q := url.Values{}
	if in.Limit > 0 {
		q.Set("limit", strconv.Itoa(in.Limit))
	}
	given(q, "cursor", in.Cursor)
	return q
}

func given(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}
