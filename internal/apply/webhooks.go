package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// Webhooks is a document of kind webhooks: where an app is told of changes.
type Webhooks struct {
	Kind      string    `yaml:"kind"`
	App       string    `yaml:"app"`
	Receivers []Webhook `yaml:"receivers"`
}

// Webhook is one receiver.
type Webhook struct {
	URL    string   `yaml:"url"`
	Events []string `yaml:"events"`
	// Format is jwt where it is left out.
	Format string `yaml:"format,omitempty"`
}

// told is where an app is told of changes, as the server has it.
type told struct {
	app   string
	hooks []api.Webhook
}

// lookAtWebhooks reads where apps are told of changes: those that the wish speaks
// of or sets up, or all.
func (h *Has) lookAtWebhooks(ctx context.Context, c *client.Client, w *Wish) error {
	meant := map[string]bool{}
	if w != nil {
		for i := range w.Webhooks {
			if err := h.appNames.settle(&w.Webhooks[i].App, meant); err != nil {
				return fmt.Errorf("webhooks: app: %w", err)
			}
		}
		for i := range w.Apps { // for what is to be pruned
			meant[w.Apps[i].ID] = true
		}
	}
	for _, a := range h.apps {
		if w != nil && !meant[a.ID] {
			continue
		}
		hooks, err := c.Webhooks(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(hooks) > 0 {
			h.told = append(h.told, told{a.ID, hooks})
		}
	}
	return nil
}

func (h *Has) webhooksDoc(t *told) Webhooks {
	d := Webhooks{Kind: "webhooks", App: h.appNames.name(t.app)}
	for _, hook := range t.hooks {
		d.Receivers = append(d.Receivers, Webhook{URL: hook.URL, Events: hook.Events, Format: hook.Format})
	}
	return d
}

func (c *comparison) webhooks() error {
	for i := range c.wish.Webhooks {
		w := &c.wish.Webhooks[i]
		name := "webhooks of " + c.has.appNames.name(w.App)
		if find(c.wish.Webhooks[:i], func(o *Webhooks) bool { return o.App == w.App }) != nil {
			return fmt.Errorf("%s: there are two documents of them", name)
		}
		is := told{app: w.App}
		for _, r := range w.Receivers {
			is.hooks = append(is.hooks, api.Webhook{URL: r.URL, Events: slices.Clone(r.Events), Format: or(r.Format, "jwt")})
		}
		now := find(c.has.told, func(t *told) bool { return t.app == w.App })
		if now == nil && len(is.hooks) == 0 {
			continue
		}
		err := c.put(name, doc(now, c.has.webhooksDoc), c.has.webhooksDoc(&is), func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutWebhooks(ctx, api.PutWebhooksRequest{ID: is.app, Webhooks: is.hooks})
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) pruneWebhooks() {
	for _, t := range c.has.told {
		if find(c.wish.Webhooks, func(w *Webhooks) bool { return w.App == t.app }) == nil {
			c.remove("webhooks of "+c.has.appNames.name(t.app), func(ctx context.Context, c *client.Client) error {
				_, err := c.PutWebhooks(ctx, api.PutWebhooksRequest{ID: t.app, Webhooks: []api.Webhook{}})
				return err
			})
		}
	}
}
