package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/schema"
)

// carrier makes a change. What it returns is told to the person.
type carrier func(ctx context.Context, c *client.Client) (told string, err error)

// comparison collects changes.
type comparison struct {
	wish    *Wish
	has     *Has
	changes []Change
	wrong   []error // what nothing may be changed for
}

// Compare returns what has to change, in an order in which it can: what others
// need is made first and deleted last. The error names every rule that is known
// to be broken; nothing is to be changed then.
func Compare(w *Wish, h *Has, o Options) ([]Change, error) {
	c := &comparison{wish: w, has: h}
	for _, step := range []func() error{c.apps, c.triggers, c.actions, c.preinstalled, c.webhooks, c.sites, c.installations, c.keys, c.automations} {
		if err := step(); err != nil {
			c.wrong = append(c.wrong, err)
		}
	}
	if len(c.wrong) > 0 {
		return nil, errors.Join(c.wrong...)
	}
	if o.Prune {
		c.prune()
	}
	if h.doomed != nil {
		c.pruneWhole(h.doomed)
	}
	return c.changes, nil
}

// put adds a change where was and is, documents or nil, differ.
func (c *comparison) put(name string, was, is any, do carrier) error {
	change := Change{Sign: '+', Name: name, do: do}
	var before, after string
	var err error
	if after, err = text(is); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if was != nil {
		change.Sign = '~'
		if before, err = text(was); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if before == after {
			return nil
		}
	}
	change.lines = difference(before, after)
	c.changes = append(c.changes, change)
	return nil
}

func find[T any](list []T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, func(v T) bool { return is(&v) }); i >= 0 {
		return &list[i]
	}
	return nil
}

// doc turns what may be missing into a document or an untyped nil.
func doc[T, D any](v *T, write func(*T) D) any {
	if v == nil {
		return nil
	}
	return write(v)
}

func (c *comparison) apps() error {
	for _, a := range c.wish.Apps {
		c.refuse("app "+a.Name, a.check())
		now := find(c.has.apps, func(o *api.App) bool { return o.ID == a.ID })
		is := App{Kind: "app", ID: a.ID, Name: a.Name, BaseURL: a.BaseURL, Format: a.Format}
		err := c.put("app "+a.Name, doc(now, appDoc), is, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutApp(ctx, api.PutAppRequest{ID: a.ID, Name: a.Name, Provider: api.Provider{BaseURL: a.BaseURL, Format: a.Format}})
			return "", err
		})
		if err != nil {
			return err
		}
		if a.Secret.Value == "" {
			continue
		}
		hint := ""
		if now != nil && len(now.Secrets) > 0 {
			hint = now.Secrets[0].Hint
		}
		c.secret("secret of app "+a.Name, hint, a.Secret.Value, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.RotateAppSecret(ctx, api.RotateAppSecretRequest{ID: a.ID, Value: a.Secret.Value, OverlapSeconds: overlap})
			return "", err
		})
	}
	return nil
}

// overlap is how long the secret before stays good, in seconds.
const overlap = 24 * 60 * 60

// secret adds a change where the secret on the server, of which the last four
// characters are known, is another.
func (c *comparison) secret(name, hint, value string, do carrier) {
	end := last(value)
	switch hint {
	case end:
	case "":
		c.changes = append(c.changes, Change{Sign: '+', Name: name, lines: []string{"+ …" + end}, do: do})
	default:
		c.changes = append(c.changes, Change{Sign: '~', Name: name, lines: []string{"- …" + hint, "+ …" + end}, do: do})
	}
}

func last(value string) string { return value[max(len(value)-4, 0):] }

func (c *comparison) triggers() error {
	seen := make(map[string]bool)
	for _, t := range c.wish.Triggers {
		name := "trigger " + c.has.appNames.name(t.App) + "/" + t.Key
		if seen[name] {
			return fmt.Errorf("%s is there twice", name)
		}
		seen[name] = true
		in, err := t.request()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.refuse(name, t.check(in.PayloadSchema, in.ConfigSchema))
		now := find(c.has.triggers, func(o *api.Trigger) bool { return o.AppID == t.App && o.TriggerKey == t.Key })
		var was any
		if now != nil {
			if was, err = c.has.trigger(now); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if c.has.ground != nil {
			declared, err := schema.Declare("schema", in.PayloadSchema)
			c.has.ground.scheduled[ofApp{t.App, t.Key}] = err == nil && declared.FutureDate() != ""
		}
		is, err := c.has.trigger(&api.Trigger{
			AppID: in.ID, TriggerKey: in.Key, DisplayName: in.DisplayName, Hidden: in.Hidden, BaseURL: in.BaseURL, Methods: in.Methods,
			PayloadSchema: stored(in.PayloadSchema), Filters: in.Filters, ConfigSchema: in.ConfigSchema,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		err = c.put(name, was, is, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutTrigger(ctx, in)
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// stored returns a payload schema as a server keeps it; one that it will refuse
// is returned as it is.
func stored(raw json.RawMessage) json.RawMessage {
	declared, err := schema.Declare("schema", raw)
	if err != nil {
		return raw
	}
	return declared.Canonical()
}

func (t *Trigger) request() (api.PutTriggerRequest, error) {
	in := api.PutTriggerRequest{ID: t.App, Key: t.Key, DisplayName: t.Name, Hidden: t.Hidden, BaseURL: t.BaseURL, Methods: t.methods()}
	var err error
	if in.PayloadSchema, err = json.Marshal(ordered(t.Schema)); err != nil {
		return in, fmt.Errorf("schema: %w", err)
	}
	if t.Config != nil {
		if in.ConfigSchema, err = json.Marshal(ordered(t.Config)); err != nil {
			return in, fmt.Errorf("config: %w", err)
		}
	}
	if t.Filters != nil {
		if in.Filters, err = json.Marshal(ordered(t.Filters)); err != nil {
			return in, fmt.Errorf("filters: %w", err)
		}
		if string(in.Filters) == "[]" {
			in.Filters = nil // as the server keeps it
		}
	}
	return in, nil
}

func (c *comparison) actions() error {
	seen := make(map[string]bool)
	for _, a := range c.wish.Actions {
		name := "action " + c.has.appNames.name(a.App) + "/" + a.Key
		if seen[name] {
			return fmt.Errorf("%s is there twice", name)
		}
		seen[name] = true
		in := api.PutActionRequest{ID: a.App, Key: a.Key, DisplayName: a.Name, BaseURL: a.BaseURL, Methods: a.methods()}
		var err error
		if in.InputSchema, err = json.Marshal(ordered(a.Input)); err != nil {
			return fmt.Errorf("%s: input: %w", name, err)
		}
		if a.Output != nil {
			if in.OutputSchema, err = json.Marshal(ordered(a.Output)); err != nil {
				return fmt.Errorf("%s: output: %w", name, err)
			}
		}
		c.refuse(name, a.check(in.InputSchema, in.OutputSchema))
		now := find(c.has.actions, func(o *api.Action) bool { return o.AppID == a.App && o.ActionKey == a.Key })
		is, err := c.has.action(&api.Action{
			AppID: in.ID, ActionKey: in.Key, DisplayName: in.DisplayName, BaseURL: in.BaseURL, Methods: in.Methods,
			InputSchema: in.InputSchema, OutputSchema: in.OutputSchema,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var was any
		if now != nil {
			if was, err = c.has.action(now); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		err = c.put(name, was, is, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutAction(ctx, in)
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) sites() error {
	for _, s := range c.wish.Sites {
		s.Locale = or(s.Locale, "en")
		c.refuse("site "+s.Name, s.check())
		now := find(c.has.sites, func(o *api.Site) bool { return o.ID == s.ID })
		is := Site{Kind: "site", ID: s.ID, Name: s.Name, TimeZone: s.TimeZone, Locale: s.Locale, RetentionDays: s.RetentionDays}
		err := c.put("site "+s.Name, doc(now, siteDoc), is, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutSite(ctx, api.PutSiteRequest{ID: s.ID, Name: s.Name, TimeZone: s.TimeZone, Locale: s.Locale, RetentionDays: s.RetentionDays})
			return "", err
		})
		if err != nil {
			return err
		}
		value := s.SigningSecret.Value
		if value == "" || now != nil && len(now.SigningSecrets) > 0 && now.SigningSecrets[0].Value == value {
			continue
		}
		c.changes = append(c.changes, Change{
			Sign: '~', Name: "signing secret of site " + s.Name, lines: []string{"+ …" + last(value)},
			do: func(ctx context.Context, c *client.Client) (string, error) {
				_, err := c.RotateSigningSecret(ctx, api.RotateSigningSecretRequest{ID: s.ID, Value: value, OverlapSeconds: overlap})
				return "", err
			},
		})
	}
	return nil
}

func (c *comparison) installations() error {
	seen := make(map[string]bool)
	for _, i := range c.wish.Installations {
		name := "installation of " + c.has.appNames.name(i.App) + " on " + c.has.siteNames.name(i.Site)
		if seen[name] {
			return fmt.Errorf("%s is there twice", name)
		}
		seen[name] = true
		now := find(c.has.installations, func(o *api.Installation) bool { return o.AppID == i.App && o.SiteID == i.Site })
		if now != nil {
			if i.InstanceID != "" && !strings.EqualFold(i.InstanceID, now.InstanceID) {
				return fmt.Errorf("%s: it has the instance ID %s, which cannot change; uninstall the app first", name, now.InstanceID)
			}
			continue
		}
		err := c.put(name, nil, i, func(ctx context.Context, c *client.Client) (string, error) {
			_, err := c.PutInstallation(ctx, api.PutInstallationRequest{ID: i.Site, AppID: i.App, InstanceID: i.InstanceID})
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) keys() error {
	for _, k := range c.wish.Keys {
		name := "key " + k.Name
		if err := k.check(); err != nil {
			c.refuse(name, err)
			continue
		}
		ends, err := k.expires()
		if err != nil {
			return err
		}
		now := find(c.has.keys, func(o *api.Key) bool { return k.is(o) })
		value := k.Value.Value
		switch {
		case now == nil && !ends.IsZero() && !ends.After(time.Now()):
			continue // it would be good for nothing
		case now == nil:
			c.changes = append(c.changes, k.made(ends))
		case (value == "" || now.Hint == last(value)) && (ends.IsZero() || ends.Equal(now.ExpiresDate.Time)):
		case value == "":
			c.refuse(name, fmt.Errorf("expires cannot change without the key's value; it is %s on the server", or(expiry(now), "not set")))
		default:
			c.changes = append(c.changes, k.replaced(now, ends))
		}
	}
	return nil
}

// expiry writes when a key ends, "" for never.
func expiry(k *api.Key) string {
	if k.ExpiresDate.IsZero() {
		return ""
	}
	return k.ExpiresDate.UTC().Format(time.RFC3339Nano)
}

func (k *Key) request(ends time.Time) api.CreateKeyRequest {
	return api.CreateKeyRequest{
		Name: k.Name, Role: k.Role, AppID: k.App, SiteID: k.Site, Value: k.Value.Value, ExpiresDate: api.Time{Time: ends},
	}
}

// made is the change that makes a key.
func (k *Key) made(ends time.Time) Change {
	change := Change{Sign: '+', Name: "key " + k.Name, lines: []string{"+ role: " + k.Role}}
	if k.Value.Value != "" {
		change.lines = append(change.lines, "+ value: …"+last(k.Value.Value))
	}
	if k.Expires != "" {
		change.lines = append(change.lines, "+ expires: "+k.Expires)
	}
	change.do = func(ctx context.Context, c *client.Client) (string, error) {
		made, err := c.CreateKey(ctx, k.request(ends))
		return k.told(made.Secret), err
	}
	return change
}

// replaced is the change that puts the key in the place of another. The same
// value cannot be two keys, so that one that only ends at another time is gone
// for a moment.
func (k *Key) replaced(now *api.Key, ends time.Time) Change {
	same := now.Hint == last(k.Value.Value)
	change := Change{Sign: '~', Name: "key " + k.Name}
	if same {
		change.lines = []string{"- expires: " + or(expiry(now), "never"), "+ expires: " + or(k.Expires, "never")}
	} else {
		change.lines = []string{"- value: …" + now.Hint, "+ value: …" + last(k.Value.Value)}
	}
	change.do = func(ctx context.Context, c *client.Client) (string, error) {
		if same {
			if err := c.DeleteKey(ctx, now.ID); err != nil {
				return "", err
			}
		}
		if _, err := c.CreateKey(ctx, k.request(ends)); err != nil || same {
			return "", err
		}
		return "", c.DeleteKey(ctx, now.ID)
	}
	return change
}

func (k *Key) is(o *api.Key) bool {
	return o.Name == k.Name && o.Role == k.Role && o.AppID == k.App && o.SiteID == k.Site
}

// told returns what the person must be told of a key that the server made.
func (k *Key) told(value string) string {
	if value == "" || k.Value.Value != "" {
		return ""
	}
	return "value: " + value + "  (it is shown this once)"
}

func (c *comparison) automations() error {
	seen := make(map[string]bool)
	for i := range c.wish.Automations {
		a := &c.wish.Automations[i]
		name := "automation " + c.has.siteNames.name(a.Site) + "/" + a.Name
		if a.Name == "" {
			return fmt.Errorf("an automation of the site %s lacks its name", c.has.siteNames.name(a.Site))
		}
		if err := c.settleAutomation(a); err != nil {
			c.refuse(name, err)
			continue
		}
		if seen[a.Site+a.ID] {
			return fmt.Errorf("%s is there twice; give each an id or another name", name)
		}
		seen[a.Site+a.ID] = true
		c.refuse(name, c.automation(name, a))
	}
	return nil
}

// settleAutomation gives the automation the ID of the one of its name on the site,
// or one that is derived.
func (c *comparison) settleAutomation(a *Automation) error {
	if a.ID != "" {
		if !isID(a.ID) {
			return fmt.Errorf("id %q is not a GUID", a.ID)
		}
		a.ID = strings.ToLower(a.ID)
		return nil
	}
	a.ID = derivedAutomation(a.Site, a.Name)
	var same []string
	for _, p := range c.has.automations {
		if p.site == a.Site && p.id == a.ID {
			return nil
		}
		if p.site == a.Site && p.name == a.Name {
			same = append(same, p.id)
		}
	}
	switch len(same) {
	case 0:
	case 1:
		a.ID = same[0]
	default:
		return fmt.Errorf("the site has %d automations of that name; say which by its id", len(same))
	}
	return nil
}

func (c *comparison) automation(name string, a *Automation) error {
	want, err := a.write(a.Site, c.has.appNames)
	if err != nil {
		return err
	}
	is, err := c.has.automation(want, a.ID, a.Site)
	if err != nil {
		return err
	}
	now := find(c.has.automations, func(p *placed) bool { return p.site == a.Site && p.id == a.ID })
	var was any
	if now != nil {
		if sameJSON(now.doc.without(serverFields...), want) {
			return nil
		}
		if was, err = c.has.automation(now.doc, a.ID, a.Site); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(want)
	if err != nil {
		return err
	}
	if c.has.ground != nil {
		if err := c.has.ground.check(a.Site, raw); err != nil {
			return err
		}
	}
	site, id := a.Site, a.ID
	return c.put(name, was, is, func(ctx context.Context, c *client.Client) (string, error) {
		_, err := c.On(site).PutAutomation(ctx, id, raw)
		return "", err
	})
}
