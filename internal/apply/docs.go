package apply

import (
	"fmt"

	"github.com/belay-events/belay/api"
)

// What the server has, as documents of a file.

func appDoc(a *api.App) App {
	return App{Kind: "app", ID: a.ID, Name: a.Name, BaseURL: a.Provider.BaseURL, Format: a.Provider.Format}
}

func siteDoc(s *api.Site) Site {
	return Site{Kind: "site", ID: s.ID, Name: s.Name, TimeZone: s.TimeZone, Locale: s.Locale, RetentionDays: s.RetentionDays}
}

func (h *Has) trigger(t *api.Trigger) (Trigger, error) {
	d := Trigger{
		Kind: "trigger", App: h.appNames.name(t.AppID), Key: t.TriggerKey, Name: t.DisplayName,
		Hidden: t.Hidden, BaseURL: t.BaseURL, Implements: triggerMethods(t.Methods),
	}
	v, err := readJSON(t.PayloadSchema)
	if err != nil {
		return d, fmt.Errorf("schema: %w", err)
	}
	// The server sets these two itself.
	if o, ok := v.(object); ok {
		v = o.without("$schema", "additionalProperties")
	}
	d.Schema = v
	if len(t.ConfigSchema) > 0 {
		if d.Config, err = readJSON(t.ConfigSchema); err != nil {
			return d, fmt.Errorf("config: %w", err)
		}
	}
	if len(t.Filters) > 0 {
		if d.Filters, err = readJSON(t.Filters); err != nil {
			return d, fmt.Errorf("filters: %w", err)
		}
	}
	return d, nil
}

func (h *Has) action(a *api.Action) (Action, error) {
	d := Action{
		Kind: "action", App: h.appNames.name(a.AppID), Key: a.ActionKey, Name: a.DisplayName,
		BaseURL: a.BaseURL, Implements: actionMethods(a.Methods),
	}
	var err error
	if d.Input, err = readJSON(a.InputSchema); err != nil {
		return d, fmt.Errorf("input: %w", err)
	}
	if len(a.OutputSchema) > 0 {
		if d.Output, err = readJSON(a.OutputSchema); err != nil {
			return d, fmt.Errorf("output: %w", err)
		}
	}
	return d, nil
}

func (h *Has) installation(i *api.Installation) Installation {
	return Installation{Kind: "installation", Site: h.siteNames.name(i.SiteID), App: h.appNames.name(i.AppID), InstanceID: i.InstanceID}
}

func (h *Has) key(k *api.Key) Key {
	d := Key{Kind: "key", Name: k.Name, Role: k.Role, Expires: expiry(k)}
	if k.AppID != "" {
		d.App = h.appNames.name(k.AppID)
	}
	if k.SiteID != "" {
		d.Site = h.siteNames.name(k.SiteID)
	}
	return d
}

func (h *Has) automation(doc object, id, site string) (*Automation, error) {
	return describe(doc, id, site, h.appNames, h.siteNames)
}
