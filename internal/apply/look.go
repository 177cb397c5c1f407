package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// Has is what is set up on a server, or the part of it that a Wish is about.
type Has struct {
	apps          []api.App
	triggers      []api.Trigger
	actions       []api.Action
	sites         []api.Site
	installations []api.Installation
	keys          []api.Key
	automations   []placed
	brought       []brought
	told          []told

	ground *ground // nil unless there is a wish
	doomed *doomed // nil unless sites and apps may be deleted

	appNames, siteNames *names
}

// placed is an automation's document on its site.
type placed struct {
	site, id, name string
	doc            object
}

// Look reads what is set up: all that the key may see, or, with a wish, no more
// than what is needed to compare the two.
func Look(ctx context.Context, c *client.Client, w *Wish) (*Has, error) {
	h := &Has{appNames: newNames("app"), siteNames: newNames("site")}
	var err error
	if h.apps, err = c.Apps(ctx); err != nil {
		return nil, err
	}
	if h.sites, err = c.Sites(ctx); err != nil {
		return nil, err
	}
	if err := h.name(w); err != nil {
		return nil, err
	}
	if err := h.lookAtApps(ctx, c, w); err != nil {
		return nil, err
	}
	if err := h.lookAtPreinstalled(ctx, c, w); err != nil {
		return nil, err
	}
	if err := h.lookAtWebhooks(ctx, c, w); err != nil {
		return nil, err
	}
	if err := h.lookAtSites(ctx, c, w); err != nil {
		return nil, err
	}
	if w == nil || len(w.Keys) > 0 {
		if h.keys, err = c.Keys(ctx); err != nil {
			return nil, err
		}
	}
	if w != nil {
		if h.ground, err = lookAtGround(ctx, c, w, h); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// name gives each app and site of the wish its ID: the one in the file, that of
// the one of its name on the server, or one that is derived from the name.
func (h *Has) name(w *Wish) error {
	appsNow, sitesNow := newNames("app"), newNames("site")
	h.appNames.add(builtIn, builtIn)
	for _, a := range h.apps {
		appsNow.add(a.ID, a.Name)
	}
	for _, s := range h.sites {
		sitesNow.add(s.ID, s.Name)
	}
	if w != nil {
		if err := h.settleAll(w, appsNow, sitesNow); err != nil {
			return err
		}
	}
	for _, a := range h.apps {
		h.appNames.add(a.ID, a.Name)
	}
	for _, s := range h.sites {
		h.siteNames.add(s.ID, s.Name)
	}
	return nil
}

// settleAll settles every app and site. Several files may say the same of one:
// documents that are alike count once.
func (h *Has) settleAll(w *Wish, appsNow, sitesNow *names) error {
	apps, sites := w.Apps[:0:0], w.Sites[:0:0]
	for i, a := range w.Apps {
		if slices.Contains(w.Apps[:i], a) {
			continue
		}
		if err := settle(&a.ID, a.Name, "app", appsNow, h.appNames); err != nil {
			return err
		}
		apps = append(apps, a)
	}
	for i, s := range w.Sites {
		if slices.Contains(w.Sites[:i], s) {
			continue
		}
		if err := settle(&s.ID, s.Name, "site", sitesNow, h.siteNames); err != nil {
			return err
		}
		sites = append(sites, s)
	}
	w.Apps, w.Sites = apps, sites
	return nil
}

func settle(id *string, name, kind string, now, names *names) error {
	if name == "" {
		return fmt.Errorf("a document of kind %s lacks its name", kind)
	}
	switch {
	case *id != "" && !isID(*id):
		return fmt.Errorf("%s %q: id %q is not a GUID", kind, name, *id)
	case *id == "" && len(now.ids[name]) == 0:
		*id = derived(kind, name)
	case *id == "":
		known, err := now.id(name)
		if err != nil {
			return err
		}
		*id = known
	}
	if _, twice := names.text[*id]; twice {
		return fmt.Errorf("%s %q is there twice, and not alike", kind, name)
	}
	names.add(*id, name)
	return nil
}

func (h *Has) lookAtApps(ctx context.Context, c *client.Client, w *Wish) error {
	triggers, actions := make(map[string]bool), make(map[string]bool)
	if w != nil {
		for i := range w.Triggers {
			if err := h.appNames.settle(&w.Triggers[i].App, triggers); err != nil {
				return fmt.Errorf("trigger %q: app: %w", w.Triggers[i].Key, err)
			}
		}
		for i := range w.Actions {
			if err := h.appNames.settle(&w.Actions[i].App, actions); err != nil {
				return fmt.Errorf("action %q: app: %w", w.Actions[i].Key, err)
			}
		}
	}
	for _, a := range h.apps {
		if w == nil || triggers[a.ID] {
			list, err := c.Triggers(ctx, a.ID)
			if err != nil {
				return err
			}
			h.triggers = append(h.triggers, list...)
		}
		if w == nil || actions[a.ID] {
			list, err := c.Actions(ctx, a.ID)
			if err != nil {
				return err
			}
			h.actions = append(h.actions, list...)
		}
	}
	return nil
}

// settle puts the ID in the place of a name, and remembers it.
func (n *names) settle(meant *string, used map[string]bool) error {
	id, err := n.id(*meant)
	if err != nil {
		return err
	}
	if _, known := n.text[id]; !known {
		return fmt.Errorf("there is no %s with the ID %s", n.kind, id)
	}
	*meant, used[id] = id, true
	return nil
}

func (h *Has) lookAtSites(ctx context.Context, c *client.Client, w *Wish) error {
	installations, automations := make(map[string]bool), make(map[string]bool)
	if w != nil {
		if err := h.settleSites(w, installations, automations); err != nil {
			return err
		}
	}
	for _, s := range h.sites {
		if w == nil || installations[s.ID] {
			list, err := c.Installations(ctx, s.ID)
			if err != nil {
				return err
			}
			h.installations = append(h.installations, list...)
		}
		if w == nil || automations[s.ID] {
			if err := h.lookAtAutomations(ctx, c, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Has) settleSites(w *Wish, installations, automations map[string]bool) error {
	ignored := make(map[string]bool)
	for i := range w.Installations {
		in := &w.Installations[i]
		if err := h.siteNames.settle(&in.Site, installations); err != nil {
			return fmt.Errorf("installation: site: %w", err)
		}
		if err := h.appNames.settle(&in.App, ignored); err != nil {
			return fmt.Errorf("installation: app: %w", err)
		}
	}
	for i := range w.Keys {
		k := &w.Keys[i]
		if k.App != "" {
			if err := h.appNames.settle(&k.App, ignored); err != nil {
				return fmt.Errorf("key %q: app: %w", k.Name, err)
			}
		}
		if k.Site != "" {
			if err := h.siteNames.settle(&k.Site, ignored); err != nil {
				return fmt.Errorf("key %q: site: %w", k.Name, err)
			}
		}
	}
	for i := range w.Automations {
		a := &w.Automations[i]
		if err := h.siteNames.settle(&a.Site, automations); err != nil {
			return fmt.Errorf("automation %q: site: %w", a.Name, err)
		}
	}
	return nil
}

func (h *Has) lookAtAutomations(ctx context.Context, c *client.Client, site string) error {
	list, err := c.On(site).Automations(ctx)
	if err != nil {
		return err
	}
	for _, raw := range list {
		v, err := readJSON(raw)
		if err != nil {
			return err
		}
		doc, _ := v.(object)
		if own, came := doc.at("preinstalledInfo", "override").(bool); came && !own {
			continue // it is its app's
		}
		id, _ := doc.at("id").(string)
		name, _ := doc.at("name").(string)
		h.automations = append(h.automations, placed{site: site, id: id, name: name, doc: doc})
	}
	return nil
}
