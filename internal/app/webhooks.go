package app

import (
	"context"

	"github.com/belay-events/belay/internal/action/jws"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/action/webhook"
	"github.com/belay-events/belay/internal/belay"
)

// webhooks makes what tells apps of changes. Its connections are its own: a
// receiver that is slow takes none from actions.
func (a *App) webhooks() *webhook.Client {
	timeout := a.c.WebhookTimeout
	if timeout == 0 {
		timeout = webhook.DefaultTimeout
	}
	a.senders.hooks = outbound.New(outbound.Config{AllowedRanges: a.c.AllowedRanges, Version: a.c.Version, Timeout: timeout, BodyLimit: 1 << 10})
	return &webhook.Client{HTTP: a.senders.hooks, Signers: jws.NewSigners(), Keys: appKeys{a}}
}

// appKeys are what signs for apps, as the configuration has it at the moment.
type appKeys struct{ a *App }

// Signer returns what signs for an app.
func (k appKeys) Signer(ctx context.Context, app belay.ID) (belay.Signer, error) {
	return k.a.engine.Book().Signer(ctx, app)
}
