package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// maxMessageID is how long a webhook-id may be that makes a call repeatable.
const maxMessageID = 80

// webhook is the one operation whose body is not ours to shape: it is whatever
// object the sender sends, and becomes the payload.
func (d *door) webhook() operation {
	return operation{
		in: reflect.TypeFor[api.WebhookRequest](), out: reflect.TypeFor[*api.Empty](), shape: shapeOf(reflect.TypeFor[api.WebhookRequest]()),
		do: func(ctx context.Context, c *call, w http.ResponseWriter, r *http.Request, rt *route) (any, error) {
			site, err := belay.ParseID(r.PathValue("siteId"))
			if err != nil {
				return nil, belay.Invalid("siteId", "GUID", err.Error())
			}
			id, err := belay.ParseID(r.PathValue("webhookId"))
			if err != nil {
				return nil, belay.Invalid("webhookId", "GUID", err.Error())
			}
			payload, err := sentPayload(w, r, rt)
			if err != nil {
				return nil, err
			}
			key := r.Header.Get("webhook-id")
			if len(key) > maxMessageID {
				return nil, belay.Invalid("webhook-id", "MAX_LENGTH", "must be at most 80 characters long")
			}
			done, err := d.engine.CallWebhook(ctx, site, id, engine.ReportItem{Payload: payload, IdempotencyKey: key, RequestID: c.requestID})
			if err != nil {
				return nil, err
			}
			c.site, c.event = site, done.EventID
			return &api.Empty{}, nil
		},
	}
}

// sentPayload reads a JSON object, or a form as an object of texts, of lists where
// a name comes more than once.
func sentPayload(w http.ResponseWriter, r *http.Request, rt *route) ([]byte, error) {
	form, err := contentType(r, true)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := take(&b, w, r, rt.maxBody); err != nil {
		return nil, err
	}
	if !form {
		if b.Len() > 0 && jsontext.Value(b.Bytes()).Kind() != '{' {
			return nil, belay.Invalid("payload", "TYPE", "must be a JSON object")
		}
		return b.Bytes(), nil
	}
	fields, err := url.ParseQuery(b.String())
	if err != nil {
		return nil, belay.Invalid("body", "FORM", "is not a form")
	}
	payload := make(map[string]any, len(fields))
	for name, values := range fields {
		if payload[name] = values; len(values) == 1 {
			payload[name] = values[0]
		}
	}
	return json.Marshal(payload)
}

func (d *door) callCustomTrigger(ctx context.Context, c *call, in *api.CallCustomTriggerRequest) (*api.Empty, error) {
	done, err := d.engine.CallCustom(ctx, c.by, c.site, in.TriggerID, reported(c, in.Payload, "", in.Idempotency))
	c.event = done.EventID
	return &api.Empty{}, err
}
