package config

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

const maxWebhooks = 20

// Webhooks returns where an app is told of changes. An operator may ask, and the
// app itself. The error is NotFound for an unknown app.
func (b *Book) Webhooks(ctx context.Context, by belay.Caller, app belay.ID) (belay.Webhooks, error) {
	if err := ownsWebhooks(by, app); err != nil {
		return belay.Webhooks{}, err
	}
	if err := b.Reload(ctx); err != nil {
		return belay.Webhooks{}, err
	}
	s := b.shared.Load()
	if _, ok := s.apps.get(app); !ok {
		return belay.Webhooks{}, errNoApp()
	}
	hooks, _ := s.webhooks.get(app)
	hooks.AppID = app
	return hooks, nil
}

// PutWebhooks makes list be where an app is told of changes, on every site that
// has it; none ends it. Changes from then on are told. An operator may, and the app
// itself.
func (b *Book) PutWebhooks(ctx context.Context, by belay.Caller, app belay.ID, list []belay.Webhook) (belay.Webhooks, Outcome, error) {
	if err := ownsWebhooks(by, app); err != nil {
		return belay.Webhooks{}, Unchanged, err
	}
	list = slices.Clone(list)
	if err := checkWebhooks(list); err != nil {
		return belay.Webhooks{}, Unchanged, err
	}
	hooks, done := belay.Webhooks{AppID: app, List: list}, Created
	err := b.editShared(ctx, by, func(s *shared) ([]document, error) {
		if _, ok := s.apps.get(app); !ok {
			return nil, errNoApp()
		}
		done, hooks.UpdatedAt = Created, b.now()
		old, there := s.webhooks.get(app)
		switch {
		case there && reflect.DeepEqual(old.List, list):
			done, hooks = Unchanged, old
			return nil, nil
		case !there && len(list) == 0:
			done, hooks.UpdatedAt = Unchanged, 0
			return nil, nil
		case there:
			done = Updated
		}
		if len(list) == 0 {
			return []document{remove(kindWebhooks, app.String())}, nil
		}
		return one(keep(kindWebhooks, app.String(), hooks))
	})
	return hooks, done, err
}

func ownsWebhooks(by belay.Caller, app belay.ID) error {
	if by.OfApp() && by.AppID == app && !app.IsZero() {
		return nil
	}
	return operates(by, "set up an app's webhooks")
}

// checkWebhooks fills in formats that are left out.
func checkWebhooks(list []belay.Webhook) error {
	var f faults
	f.items("webhooks", len(list), 0, maxWebhooks)
	seen := map[belay.Topic]int{}
	for i := range list {
		at := fmt.Sprintf("webhooks[%d].", i)
		if f.required(at+"url", list[i].URL) {
			f.baseURL(at+"url", list[i].URL)
		}
		list[i].Format = cmp.Or(list[i].Format, belay.WebhookJWT)
		f.oneOf(at+"format", string(list[i].Format), string(belay.WebhookJWT), string(belay.WebhookJSON))
		f.items(at+"events", len(list[i].Topics), 1, len(belay.TopicNames()))
		for j, t := range list[i].Topics {
			if other, twice := seen[t]; twice {
				f.add(fmt.Sprintf("%sevents[%d]", at, j), "UNIQUE", "%s goes to webhooks[%d] already", t, other)
			}
			seen[t] = i
		}
	}
	return f.err("the webhooks")
}

// Listening returns the apps that are told of anything, in the order of their IDs.
// It is read by what sends, and costs no read of the store.
func (b *Book) Listening() []belay.ID {
	return b.shared.Load().listening
}

func sortedKeys(t *table[belay.ID, belay.Webhooks]) (ids []belay.ID) {
	for id := range t.all {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b belay.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// listeners are the apps on a site that are told of something.
type listeners struct{ ofAutomations, ofActivations []belay.Listener }

// newListeners goes by scope zero alone, which every node reads once a second.
func newListeners(s *shared, site belay.ID) (l listeners) {
	for _, app := range s.listening {
		if _, ok := s.installed.get(pair{app, site}); !ok {
			continue
		}
		hooks, _ := s.webhooks.get(app)
		var automations, activations belay.Topics
		for _, hook := range hooks.List {
			for _, t := range hook.Topics {
				if t.OfActivations() {
					activations = activations.With(t)
				} else {
					automations = automations.With(t)
				}
			}
		}
		if automations != 0 {
			l.ofAutomations = append(l.ofAutomations, belay.Listener{AppID: app, Topics: automations})
		}
		if activations != 0 {
			l.ofActivations = append(l.ofActivations, belay.Listener{AppID: app, Topics: activations})
		}
	}
	return l
}

// Listeners returns the apps on the site that are told what becomes of
// activations; nil where nobody is.
func (s *Snapshot) Listeners() []belay.Listener { return s.listeners.ofActivations }

// Webhook returns where an app on the site is told of a topic, and the ID of the
// app's installation; ok is false where it is not told.
func (s *Snapshot) Webhook(app belay.ID, t belay.Topic) (hook belay.Webhook, instance belay.ID, ok bool) {
	instance, installed := s.shared.installed.get(pair{app, s.Site.ID})
	hooks, _ := s.shared.webhooks.get(app)
	hook, ok = hooks.For(t)
	return hook, instance, ok && installed
}

// told returns the deliveries of a change of a site's documents, which makes the
// site's version be version. Sequences follow from that version rather than from
// an automation's revision, which begins anew where an ID is used again.
func (b *Book) told(s *Snapshot, docs []document, version int64) ([]belay.Delivery, error) {
	to := s.listeners.ofAutomations
	if len(to) == 0 {
		return nil, nil
	}
	var out []belay.Delivery
	for _, d := range docs {
		if d.kind != kindAutomation {
			continue
		}
		id, err := belay.ParseID(d.key)
		if err != nil {
			return nil, fmt.Errorf("config: tell of automation %q: %w", d.key, err)
		}
		c := automationChange{site: s.Site.ID, id: id, version: version, now: b.now(), to: to}
		if k, ok := s.automation(id); ok {
			if c.before, err = b.shown(&k.Automation); err != nil {
				return nil, err
			}
		}
		if d.value != nil {
			a, err := read[belay.Automation](d)
			if err != nil {
				return nil, err
			}
			if c.after, err = b.shown(&a); err != nil {
				return nil, err
			}
		}
		out = append(out, c.deliveries()...)
	}
	return out, nil
}

// automationChange is what became of an automation, before and after as the wire
// shows it, nil for none.
type automationChange struct {
	site, id      belay.ID
	version       int64
	now           belay.Instant
	to            []belay.Listener
	before, after json.RawMessage
}

func (c *automationChange) deliveries() []belay.Delivery {
	switch {
	case c.before == nil && c.after == nil:
		return nil
	case c.before == nil:
		return c.tell(nil, 0, belay.TopicAutomationCreated, members("entity", c.after))
	case c.after == nil:
		out := c.tell(nil, 0, belay.TopicAutomationDeleted, members("deletedEntity", c.before))
		return c.tell(out, 1, belay.TopicAutomationDeletedWithEntity, members("automation", c.before))
	}
	out := c.tell(nil, 0, belay.TopicAutomationUpdated, members("currentEntity", c.after))
	return c.tell(out, 1, belay.TopicAutomationUpdatedWithPrevious,
		members("previousAutomation", c.before, "currentAutomation", c.after))
}

func (c *automationChange) tell(out []belay.Delivery, n int, t belay.Topic, body []byte) []belay.Delivery {
	for _, l := range c.to {
		if l.Topics.Has(t) {
			out = append(out, belay.NewDelivery(c.site, l.AppID, c.id, t, belay.SequenceOf(c.version, n), c.now, body))
		}
	}
	return out
}

// members writes a JSON object of names and values.
func members(name string, value json.RawMessage, more ...any) []byte {
	out := append([]byte(`{"`+name+`":`), value...)
	for i := 0; i < len(more); i += 2 {
		out = append(out, `,"`+more[i].(string)+`":`...)
		out = append(out, more[i+1].(json.RawMessage)...)
	}
	return append(out, '}')
}

// storedAutomation shows an automation where nobody says how: its document with
// what the server knows of it.
func storedAutomation(a *belay.Automation) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(a.Document, &fields); err != nil {
		return nil, fmt.Errorf("config: stored automation %s: %w", a.ID, err)
	}
	for name, v := range map[string]any{
		"id": a.ID, "revision": fmt.Sprint(a.Revision), "createdDate": a.CreatedAt, "updatedDate": a.UpdatedAt,
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("config: automation %s: %w", a.ID, err)
		}
		fields[name] = raw
	}
	return json.Marshal(fields)
}

// listen has cancels of a site tell those who listen.
func listen(s *Snapshot, cancels []store.Cancel) {
	for i := range cancels {
		cancels[i].Tell = s.Listeners()
	}
}

// ParseTopics reads names of topics at a field.
func ParseTopics(field string, names []string) ([]belay.Topic, error) {
	var f faults
	topics := make([]belay.Topic, len(names))
	for i, name := range names {
		t, ok := belay.ParseTopic(name)
		if !ok {
			f.add(fmt.Sprintf("%s[%d]", field, i), "ENUM", "must be one of %s", list(belay.TopicNames()))
		}
		topics[i] = t
	}
	return topics, f.err("the webhooks")
}
