package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/action/httprequest"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/action/provider"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// attemptTimeout bounds one attempt at an action. It is longer than the clients'
// own bounds, which know better what went wrong, and shorter than the lease.
const attemptTimeout = 40 * time.Second

// senders are what the built-in actions send by.
type senders struct {
	client *outbound.Client
	apps   *outbound.Client // to the servers of apps
	hooks  *outbound.Client // to receivers of changes
	mail   *email.Action
}

func (s *senders) close() {
	if s.client != nil {
		s.client.CloseIdle()
	}
	if s.apps != nil {
		s.apps.CloseIdle()
	}
	if s.hooks != nil {
		s.hooks.CloseIdle()
	}
	if s.mail != nil {
		s.mail.Close()
	}
}

// actions makes the built-in actions.
func (a *App) actions(streams engine.Streams) (*action.Registry, error) {
	a.senders.client = outbound.New(outbound.Config{AllowedRanges: a.c.AllowedRanges, Version: a.c.Version})
	var err error
	if a.senders.mail, err = email.New(a.c.SMTP, streams); err != nil {
		return nil, err
	}
	return action.NewRegistry(
		httprequest.Define(&httprequest.Action{Client: a.senders.client, Secrets: a.signingSecrets}, attemptTimeout),
		email.Define(a.senders.mail, attemptTimeout),
		notify.Define(&notify.Action{Inbox: streams, Client: a.senders.client}, attemptTimeout),
	)
}

// provider makes what calls the servers of apps, and registers what it counts.
func (a *App) provider(metrics prometheus.Registerer) *provider.Client {
	a.senders.apps = outbound.New(outbound.Config{
		AllowedRanges: a.c.AllowedRanges, Version: a.c.Version, Timeout: provider.InvokeTimeout, BodyLimit: provider.MaxAnswer,
	})
	client := provider.New(a.senders.apps)
	metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "belay_apps_spared", Help: "Apps that this node does not call for a while, since they kept failing.",
	}, func() float64 { return float64(client.Spared()) }))
	return client
}

// signingSecrets returns what signs a site's requests at the moment, newest first.
func (a *App) signingSecrets(ctx context.Context, site belay.ID) ([]string, error) {
	snapshot, err := a.engine.Book().Snapshot(ctx, site)
	if err != nil {
		return nil, err
	}
	now := a.engine.Now()
	var secrets []string
	for _, s := range snapshot.Site.SigningSecrets {
		if s.ExpiresAt.IsZero() || now < s.ExpiresAt {
			secrets = append(secrets, s.Value)
		}
	}
	return secrets, nil
}
