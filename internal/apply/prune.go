package apply

import (
	"context"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// prune adds the deletions: of what has the kind of something in the wish, and
// belongs to an app or site that has something of that kind in the wish, and is
// not in the wish itself. Sites and apps are not among them (pruneWhole).
func (c *comparison) prune() {
	c.pruneAutomations()
	c.prunePreinstalled()
	c.pruneWebhooks()
	c.pruneKeys()
	c.pruneInstallations()
	c.pruneDeclared()
}

func (c *comparison) remove(name string, do func(ctx context.Context, c *client.Client) error) {
	c.changes = append(c.changes, Change{Sign: '-', Name: name, do: func(ctx context.Context, c *client.Client) (string, error) {
		return "", do(ctx, c)
	}})
}

func (c *comparison) pruneAutomations() {
	for _, p := range c.has.automations {
		if find(c.wish.Automations, func(a *Automation) bool { return a.Site == p.site && a.ID == p.id }) == nil {
			c.remove("automation "+c.has.siteNames.name(p.site)+"/"+p.name, func(ctx context.Context, c *client.Client) error {
				return c.On(p.site).DeleteAutomation(ctx, p.id)
			})
		}
	}
}

func (c *comparison) pruneKeys() {
	for _, k := range c.has.keys {
		kin := func(o *Key) bool { return o.App == k.AppID && o.Site == k.SiteID }
		if k.Role != "operator" && find(c.wish.Keys, kin) != nil && find(c.wish.Keys, func(o *Key) bool { return o.is(&k) }) == nil {
			c.remove("key "+k.Name, func(ctx context.Context, c *client.Client) error { return c.DeleteKey(ctx, k.ID) })
		}
	}
}

func (c *comparison) pruneInstallations() {
	for _, i := range c.has.installations {
		if find(c.wish.Installations, func(o *Installation) bool { return o.App == i.AppID && o.Site == i.SiteID }) == nil {
			name := "installation of " + c.has.appNames.name(i.AppID) + " on " + c.has.siteNames.name(i.SiteID)
			c.remove(name, func(ctx context.Context, c *client.Client) error { return c.DeleteInstallation(ctx, i.SiteID, i.AppID) })
		}
	}
}

// inUse is how the server refuses to delete a trigger that an automation has used.
const inUse = "TRIGGER_IN_USE"

func (c *comparison) pruneDeclared() {
	for _, t := range c.has.triggers {
		// A hidden trigger is as good as gone, and one that was used cannot go further.
		if t.Hidden || find(c.wish.Triggers, func(o *Trigger) bool { return o.App == t.AppID && o.Key == t.TriggerKey }) != nil {
			continue
		}
		c.changes = append(c.changes, Change{
			Sign: '-', Name: "trigger " + c.has.appNames.name(t.AppID) + "/" + t.TriggerKey,
			do: func(ctx context.Context, c *client.Client) (string, error) { return deleteOrHide(ctx, c, &t) },
		})
	}
	for _, a := range c.has.actions {
		if find(c.wish.Actions, func(o *Action) bool { return o.App == a.AppID && o.Key == a.ActionKey }) == nil {
			c.remove("action "+c.has.appNames.name(a.AppID)+"/"+a.ActionKey, func(ctx context.Context, c *client.Client) error {
				return c.DeleteAction(ctx, a.AppID, a.ActionKey)
			})
		}
	}
}

func deleteOrHide(ctx context.Context, c *client.Client, t *api.Trigger) (string, error) {
	err := c.DeleteTrigger(ctx, t.AppID, t.TriggerKey)
	if client.CodeOf(err) != inUse {
		return "", err
	}
	_, err = c.PutTrigger(ctx, api.PutTriggerRequest{
		ID: t.AppID, Key: t.TriggerKey, DisplayName: t.DisplayName, PayloadSchema: t.PayloadSchema, Filters: t.Filters, ConfigSchema: t.ConfigSchema,
		BaseURL: t.BaseURL, Methods: t.Methods, Hidden: true,
	})
	return "an automation has used it, so it is hidden instead", err
}
