// Package webhook tells apps of changes: it writes a delivery as the compatible
// wire has it, signs it, and posts it. Begin with Client.Send; envelope.go has the
// form.
package webhook

import (
	"context"
	"net/http"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belay"
)

// DefaultTimeout is how long a receiver has to answer.
//
// Source: the compatible wire, domain events: 1,250 milliseconds.
const DefaultTimeout = 1250 * time.Millisecond

// Receiver is where an app is told of a change.
type Receiver struct {
	belay.Webhook
	// Instance is the app's installation on the site.
	Instance belay.ID
	Now      time.Time
}

// Client sends deliveries.
type Client struct {
	HTTP *outbound.Client
	Keys Keys
}

// Send posts a delivery once. Any 2xx is a delivery; whatever else is answered is
// to be tried again, as the wire has it: a receiver that is set up wrongly may be
// set right in time.
func (c *Client) Send(ctx context.Context, to Receiver, d *belay.Delivery) action.Outcome {
	r := outbound.Request{URL: to.URL, Now: to.Now, MessageID: d.ID.String(), Header: http.Header{}}
	var err error
	switch to.Format {
	case belay.WebhookJSON:
		r.Header.Set("Content-Type", "application/json")
		if r.Body, err = plain(d, to.Instance); err == nil {
			r.Secrets, err = c.Keys.Secrets(ctx, d.AppID)
		}
	default:
		r.Header.Set("Content-Type", "text/plain") // what servers of the compatible wire read it as
		var claims []byte
		if claims, err = envelope(d, to.Instance, to.Now); err == nil {
			r.Body, err = c.seal(ctx, d.AppID, claims)
		}
	}
	if err != nil {
		return action.Outcome{Code: "UNSIGNED", Detail: action.Bound("it cannot be signed: " + err.Error())}
	}
	_, outcome := c.HTTP.Do(ctx, r)
	if outcome.Verdict == action.Rejected {
		outcome.Verdict = action.Retry
	}
	return outcome
}
