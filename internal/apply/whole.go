package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// Sites and apps, which are deleted with everything on them, and so only where
// that is asked for by itself.

// doomed is what the files do not name, with what goes with it.
type doomed struct {
	sites, apps   []loss
	installations []api.Installation // of apps that go, on sites that stay
}

// loss is one site or app, and what goes with it, a line each.
type loss struct {
	id, name string
	with     []string
}

// lookAtDoomed returns the sites and apps that go: where the wish has some of
// that kind, those that nothing in it names.
func lookAtDoomed(ctx context.Context, c *client.Client, w *Wish, h *Has) (*doomed, error) {
	all, err := Look(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	d := &doomed{}
	named := w.named(h)
	goes := make(map[string]bool)
	if len(w.Sites) > 0 {
		for _, s := range h.sites {
			if named[s.ID] {
				continue
			}
			goes[s.ID] = true
			with := all.onSite(s.ID)
			pending, err := countPending(ctx, c.On(s.ID))
			if err != nil {
				return nil, err
			}
			if pending != "" {
				with = append(with, pending)
			}
			d.sites = append(d.sites, loss{s.ID, s.Name, with})
		}
	}
	if len(w.Apps) > 0 {
		for _, a := range h.apps {
			if !named[a.ID] {
				goes[a.ID] = true
				d.apps = append(d.apps, loss{a.ID, a.Name, all.ofApp(a.ID)})
			}
		}
	}
	for _, i := range all.installations {
		if goes[i.AppID] && !goes[i.SiteID] {
			d.installations = append(d.installations, i)
		}
	}
	return d, nil
}

// named returns the IDs of the apps and sites that the wish sets up or speaks of.
func (w *Wish) named(h *Has) map[string]bool {
	ids := make(map[string]bool)
	app := func(meant string) {
		if id, err := h.appNames.id(meant); err == nil {
			ids[id] = true
		}
	}
	for i := range w.Apps {
		ids[strings.ToLower(w.Apps[i].ID)] = true
	}
	for i := range w.Sites {
		ids[strings.ToLower(w.Sites[i].ID)] = true
	}
	for i := range w.Triggers {
		ids[w.Triggers[i].App] = true
	}
	for i := range w.Actions {
		ids[w.Actions[i].App] = true
	}
	for i := range w.Preinstalled {
		p := &w.Preinstalled[i]
		ids[p.App] = true
		a := Automation{Document: p.Document, Trigger: p.Trigger, Actions: p.Actions}
		a.named(app)
	}
	for i := range w.Webhooks {
		ids[w.Webhooks[i].App] = true
	}
	for _, i := range w.Installations {
		ids[i.App], ids[i.Site] = true, true
	}
	for i := range w.Keys {
		ids[w.Keys[i].App], ids[w.Keys[i].Site] = true, true
	}
	for i := range w.Automations {
		a := &w.Automations[i]
		ids[a.Site] = true
		a.named(app)
	}
	return ids
}

// named calls app with each app that the automation names.
func (a *Automation) named(app func(meant string)) {
	if o, ok := ordered(a.Document).(object); ok {
		if id, ok := o.at("configuration", "trigger", "appId").(string); ok {
			app(id)
		}
	}
	if a.Trigger != nil {
		app(a.Trigger.App)
	}
	for j := range a.Actions {
		if name, _, ok := cutLast(a.Actions[j].Do, "/"); ok {
			app(name)
		}
	}
}

// onSite returns what is set up on a site.
func (h *Has) onSite(site string) []string {
	var with []string
	for _, p := range h.automations {
		if p.site == site {
			with = append(with, "automation "+p.name)
		}
	}
	for _, i := range h.installations {
		if i.SiteID == site {
			with = append(with, "installation of "+h.appNames.name(i.AppID))
		}
	}
	for i := range h.keys {
		if h.keys[i].SiteID == site {
			with = append(with, "key "+h.keys[i].Name)
		}
	}
	return with
}

// ofApp returns what an app has.
func (h *Has) ofApp(app string) []string {
	var with []string
	for i := range h.triggers {
		if h.triggers[i].AppID == app {
			with = append(with, "trigger "+h.triggers[i].TriggerKey)
		}
	}
	for i := range h.actions {
		if h.actions[i].AppID == app {
			with = append(with, "action "+h.actions[i].ActionKey)
		}
	}
	for i := range h.brought {
		if h.brought[i].app == app {
			with = append(with, "preinstalled "+h.brought[i].name)
		}
	}
	for i := range h.keys {
		if h.keys[i].AppID == app {
			with = append(with, "key "+h.keys[i].Name)
		}
	}
	for _, i := range h.installations {
		if i.AppID == app {
			with = append(with, "installation on "+h.siteNames.name(i.SiteID))
		}
	}
	for _, p := range h.automations {
		if id, _ := p.doc.at("configuration", "trigger", "appId").(string); strings.EqualFold(id, app) {
			with = append(with, "the trigger of automation "+h.siteNames.name(p.site)+"/"+p.name)
		}
	}
	return with
}

// mostCounted is a server's largest page.
const mostCounted = 500

// countPending says how many activations of a site wait or are under way, "" for
// none.
func countPending(ctx context.Context, c *client.Client) (string, error) {
	n, more := 0, ""
	for _, status := range []string{"SCHEDULED", "STARTED"} {
		page, err := c.Activations(ctx, api.ActivationsRequest{Status: status, ListRequest: api.ListRequest{Limit: mostCounted}})
		if err != nil {
			return "", err
		}
		n += len(page.Activations)
		if page.PagingMetadata.HasNext {
			more = " or more"
		}
	}
	switch {
	case n == 0:
		return "", nil
	case n == 1:
		return "1 pending activation", nil
	}
	return fmt.Sprintf("%d%s pending activations", n, more), nil
}

// pruneWhole deletes sites and then apps, which must be installed nowhere.
func (c *comparison) pruneWhole(d *doomed) {
	for _, s := range d.sites {
		c.removeWith("site "+s.name, s.with, func(ctx context.Context, c *client.Client) error { return c.DeleteSite(ctx, s.id) })
	}
	for _, i := range d.installations {
		name := "installation of " + c.has.appNames.name(i.AppID) + " on " + c.has.siteNames.name(i.SiteID)
		if find(c.changes, func(o *Change) bool { return o.Sign == '-' && o.Name == name }) == nil {
			c.remove(name, func(ctx context.Context, c *client.Client) error { return c.DeleteInstallation(ctx, i.SiteID, i.AppID) })
		}
	}
	for _, a := range d.apps {
		c.removeWith("app "+a.name, a.with, func(ctx context.Context, c *client.Client) error { return c.DeleteApp(ctx, a.id) })
	}
}

// removeWith adds a deletion that takes other things along.
func (c *comparison) removeWith(name string, with []string, do func(ctx context.Context, c *client.Client) error) {
	c.remove(name, do)
	change := &c.changes[len(c.changes)-1]
	for _, thing := range with {
		change.lines = append(change.lines, "with "+thing)
	}
}
