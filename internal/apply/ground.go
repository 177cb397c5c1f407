package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
)

// ground is what automations stand on: what is set up already or by the files.
type ground struct {
	builtIn   map[string]bool // keys of the actions that the server carries out
	installed map[onSite]bool
	scheduled map[ofApp]bool // every trigger, with whether it is a scheduled one
}

type (
	onSite struct{ app, site string }
	ofApp  struct{ app, key string }
)

// lookAtGround reads what the automations of the wish stand on.
func lookAtGround(ctx context.Context, c *client.Client, w *Wish, h *Has) (*ground, error) {
	g := &ground{builtIn: make(map[string]bool), installed: make(map[onSite]bool), scheduled: make(map[ofApp]bool)}
	if len(w.Automations) == 0 {
		return g, nil
	}
	actions, err := c.BuiltInActions(ctx)
	if err != nil {
		return nil, err
	}
	for i := range actions {
		g.builtIn[actions[i].ActionKey] = true
	}
	there := make(map[string]bool)
	for _, s := range h.sites {
		there[s.ID] = true
	}
	seen := make(map[string]bool)
	for i := range w.Automations {
		site := w.Automations[i].Site
		if seen[site] || !there[site] {
			continue
		}
		seen[site] = true
		list, err := c.Installations(ctx, site)
		if err != nil {
			return nil, err
		}
		for _, in := range list {
			g.installed[onSite{in.AppID, site}] = true
		}
	}
	used := w.named(h)
	for _, a := range h.apps {
		if !used[a.ID] {
			continue
		}
		list, err := c.Triggers(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		for i := range list {
			g.scheduled[ofApp{a.ID, list[i].TriggerKey}] = list[i].Scheduled
		}
	}
	for _, i := range w.Installations {
		g.installed[onSite{i.App, i.Site}] = true
	}
	return g, nil
}

// check returns what keeps the document from being an automation of the site,
// as far as it is known here.
func (g *ground) check(site string, document []byte) error {
	var spec belay.AutomationSpec
	if err := json.Unmarshal(document, &spec); err != nil {
		return fmt.Errorf("is no automation: %w", err)
	}
	if spec.Configuration.Status != belay.Active {
		return nil
	}
	var f faults
	_, err := flow.Compile(&spec, func(app belay.ID, key string) bool { return app != belay.BuiltIn || g.builtIn[key] })
	f.take(err)
	use := &spec.Configuration.Trigger
	app := strings.ToLower(use.AppID)
	if id, err := flow.ActionApp(use.AppID); err == nil && belay.BuiltInTrigger(id, use.TriggerKey) != "" {
		return f.err() // every site has it
	}
	scheduled, declared := g.scheduled[ofApp{app, use.TriggerKey}]
	switch {
	case app == "":
	case !g.installed[onSite{app, site}]:
		f.add("trigger", "is of an app that is not installed on the site")
	case !declared:
		f.add("trigger", "%q is none that the app has declared", use.TriggerKey)
	case use.ScheduledOffset != nil && !scheduled:
		f.add("trigger", "%q is real-time, so nothing can begin before it", use.TriggerKey)
	}
	return f.err()
}
