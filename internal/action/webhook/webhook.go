// Package webhook tells apps of changes: it writes a delivery as the compatible
// wire has it, signs it, and posts it. Begin with Client.Send; envelope.go has the
// form.
package webhook

import (
	"context"
	"net/http"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/jws"
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

// Keys is what signs for an app at the moment.
type Keys interface {
	Signer(ctx context.Context, app belay.ID) (belay.Signer, error)
}

// Client sends deliveries.
type Client struct {
	HTTP    *outbound.Client
	Signers jws.Signers
	Keys    Keys
}

// Send posts a delivery once. Any 2xx is a delivery; whatever else is answered is
// to be tried again, as the wire has it: a receiver that is set up wrongly may be
// set right in time.
func (c *Client) Send(ctx context.Context, to Receiver, d *belay.Delivery) action.Outcome {
	r := outbound.Request{URL: to.URL, Now: to.Now, MessageID: d.ID.String(), Header: http.Header{}}
	with, err := c.Keys.Signer(ctx, d.AppID)
	if err != nil {
		return unsigned(err)
	}
	switch now := belay.At(to.Now); to.Format {
	case belay.WebhookJSON:
		r.Header.Set("Content-Type", "application/json")
		r.Secrets = jws.Secrets(with, now)
		r.Body, err = plain(d, to.Instance)
	default:
		r.Header.Set("Content-Type", "text/plain") // what servers of the compatible wire read it as
		var claims []byte
		if claims, err = envelope(d, to.Instance, to.Now); err == nil {
			r.Body, err = c.Signers.Seal(with, now, claims)
		}
	}
	if err != nil {
		return unsigned(err)
	}
	_, outcome := c.HTTP.Do(ctx, r)
	if outcome.Verdict == action.Rejected {
		outcome.Verdict = action.Retry
	}
	return outcome
}

func unsigned(err error) action.Outcome {
	return action.Outcome{Code: "UNSIGNED", Detail: action.Bound("it cannot be signed: " + err.Error())}
}
