package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/client"
)

// Preinstalled is a document of kind preinstalled: an automation that an app brings
// to every site that has it. But for what it belongs to, it is written as one of a
// site.
type Preinstalled struct {
	Kind string `yaml:"kind"`
	App  string `yaml:"app"`
	// ID is that of the component, derived from the app and the name where it is left
	// out; Version is the app's own count.
	ID       string `yaml:"id,omitempty"`
	Version  int64  `yaml:"version,omitempty"`
	Name     string `yaml:"name"`
	Document any    `yaml:"document,omitempty"`

	Description string   `yaml:"description,omitempty"`
	Status      string   `yaml:"status,omitempty"`
	Trigger     *Use     `yaml:"trigger,omitempty"`
	First       []string `yaml:"first,omitempty"`
	Actions     Steps    `yaml:"actions,omitempty"`
}

// origin is that of every automation that an app brings.
const origin = "PREINSTALLED"

// write returns the document as the API has it, less the server's own members.
func (p *Preinstalled) write(apps *names) (object, error) {
	a := Automation{
		Name: p.Name, Document: p.Document, Description: p.Description, Status: p.Status,
		Trigger: p.Trigger, First: p.First, Actions: p.Actions,
	}
	if a.Document == nil {
		a.Origin = origin
	}
	doc, err := a.write(p.App, apps)
	if err != nil {
		return nil, err
	}
	return p.versioned(doc.without("origin")), nil
}

// versioned returns a document with what the API says beside it of the component.
func (p *Preinstalled) versioned(doc object) object {
	doc = doc.without("preinstalledInfo").join(object{{"origin", origin}})
	if p.Version == 0 {
		return doc
	}
	return doc.join(object{{"preinstalledInfo", object{{"componentVersion", p.Version}}}})
}

// describePreinstalled returns what an app brings as a person would write it.
func (h *Has) describePreinstalled(b *brought) (*Preinstalled, error) {
	a, err := describe(b.doc.without("preinstalledInfo"), b.component, b.app, h.appNames, h.siteNames)
	if err != nil {
		return nil, err
	}
	return &Preinstalled{
		Kind: "preinstalled", App: h.appNames.name(b.app), ID: a.ID, Version: b.version, Name: a.Name, Document: a.Document,
		Description: a.Description, Status: a.Status, Trigger: a.Trigger, First: a.First, Actions: a.Actions,
	}, nil
}

// brought is what an app brings, as the server has it.
type brought struct {
	app, component, name string
	version              int64
	doc                  object
}

// lookAtPreinstalled reads what apps bring: those that the wish speaks of, or all.
func (h *Has) lookAtPreinstalled(ctx context.Context, c *client.Client, w *Wish) error {
	meant := make(map[string]bool)
	if w != nil {
		for i := range w.Preinstalled {
			if err := h.appNames.settle(&w.Preinstalled[i].App, meant); err != nil {
				return fmt.Errorf("preinstalled %q: app: %w", w.Preinstalled[i].Name, err)
			}
		}
	}
	for _, a := range h.apps {
		if w != nil && !meant[a.ID] {
			continue
		}
		list, err := c.Preinstalled(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, raw := range list {
			v, err := readJSON(raw)
			if err != nil {
				return err
			}
			var info struct {
				Info struct {
					Version int64 `json:"componentVersion"`
				} `json:"preinstalledInfo"`
			}
			if err := json.Unmarshal(raw, &info); err != nil {
				return err
			}
			doc, _ := v.(object)
			b := brought{app: a.ID, version: info.Info.Version, doc: doc}
			b.component, _ = doc.at("preinstalledInfo", "componentId").(string)
			b.name, _ = doc.at("name").(string)
			h.brought = append(h.brought, b)
		}
	}
	return nil
}

func (c *comparison) preinstalled() error {
	seen := make(map[string]bool)
	for i := range c.wish.Preinstalled {
		p := &c.wish.Preinstalled[i]
		name := "preinstalled " + c.has.appNames.name(p.App) + "/" + p.Name
		if p.Name == "" {
			return fmt.Errorf("what the app %s brings lacks its name", c.has.appNames.name(p.App))
		}
		if p.ID == "" {
			p.ID = derivedAutomation(p.App, p.Name)
		}
		if !isID(p.ID) {
			c.refuse(name, fmt.Errorf("id %q is not a GUID", p.ID))
			continue
		}
		if p.ID = strings.ToLower(p.ID); seen[p.App+p.ID] {
			return fmt.Errorf("%s is there twice; give each an id or another name", name)
		}
		seen[p.App+p.ID] = true
		c.refuse(name, c.onePreinstalled(name, p))
	}
	return nil
}

func (c *comparison) onePreinstalled(name string, p *Preinstalled) error {
	want, err := p.write(c.has.appNames)
	if err != nil {
		return err
	}
	is, err := c.has.describePreinstalled(&brought{app: p.App, component: p.ID, version: p.Version, doc: want})
	if err != nil {
		return err
	}
	var was any
	if now := find(c.has.brought, func(b *brought) bool { return b.app == p.App && b.component == p.ID }); now != nil {
		stored := Preinstalled{Version: now.version}
		if sameJSON(stored.versioned(now.doc.without(append(slices.Clone(serverFields), "origin")...)), want) {
			return nil
		}
		if was, err = c.has.describePreinstalled(now); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(want)
	if err != nil {
		return err
	}
	app, id := p.App, p.ID
	return c.put(name, was, is, func(ctx context.Context, c *client.Client) (string, error) {
		_, err := c.PutPreinstalled(ctx, app, id, raw)
		return "", err
	})
}

func (c *comparison) prunePreinstalled() {
	for _, b := range c.has.brought {
		if find(c.wish.Preinstalled, func(p *Preinstalled) bool { return p.App == b.app && p.ID == b.component }) == nil {
			c.remove("preinstalled "+c.has.appNames.name(b.app)+"/"+b.name, func(ctx context.Context, c *client.Client) error {
				return c.DeletePreinstalled(ctx, b.app, b.component)
			})
		}
	}
}
