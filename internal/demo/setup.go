package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/examples"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/schema"
)

// quiet keeps all but trouble out of the account.
const quiet = slog.LevelWarn

// world is a server with the two businesses set up.
type world struct {
	url      string
	keys     keys
	site     string
	app      string // the appointments app
	triggers []api.Trigger
	operator *client.Client // on the site
	own      *receiver
}

// setUp makes the server's configuration that of the examples.
func setUp(ctx context.Context, server *app.App, own *receiver, k keys) (*world, error) {
	w := &world{url: server.URL(), keys: k, own: own}
	w.operator = client.New(w.url, client.Credentials{Key: k.Operator})
	for _, example := range []struct{ name, key string }{{"appointments", k.Appointments}, {"courses", k.Courses}} {
		wish, err := load(example.name, own.address(), example.key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", example.name, err)
		}
		if _, err := apply.Apply(ctx, w.operator, wish, apply.Options{}, io.Discard); err != nil {
			return nil, fmt.Errorf("%s: %w", example.name, err)
		}
		if w.site == "" {
			w.site, w.app = wish.Sites[0].ID, wish.Apps[0].ID
		}
		triggers, err := w.operator.Triggers(ctx, wish.Apps[0].ID)
		if err != nil {
			return nil, err
		}
		w.triggers = append(w.triggers, triggers...)
	}
	w.operator = w.operator.On(w.site)
	return w, nil
}

// load reads an example and makes it one for a demo: days are seconds, requests
// go to the demo's own receiver, and the app's key has the value given.
func load(name, receiver, key string) (*apply.Wish, error) {
	folder, err := fs.Sub(examples.Files, name)
	if err != nil {
		return nil, err
	}
	wish, err := apply.LoadFS(folder, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	if len(wish.Apps) != 1 || len(wish.Sites) != 1 || len(wish.Keys) != 1 {
		return nil, errors.New("an example has one app, one site and one key")
	}
	wish.Keys[0].Value.Value = key
	for i := range wish.Automations {
		a := &wish.Automations[i]
		a.Trigger.Before = shorter(a.Trigger.Before)
		a.Trigger.SkipWhenLater = shorter(a.Trigger.SkipWhenLater)
		for j := range a.Actions {
			a.Actions[j].Wait = shorter(a.Actions[j].Wait)
			a.Actions[j].Replace("url", func(url string) string { return strings.Replace(url, "127.0.0.1:7301", receiver, 1) })
		}
	}
	return wish, nil
}

// shorter returns what stands for a span in a demo. Minutes are the smallest
// unit; parts of them are allowed.
func shorter(s apply.Span) apply.Span {
	switch s {
	case "2 days":
		return "{{0.5}} minutes"
	case "1 day":
		return "{{0.4}} minutes"
	case "30 minutes":
		return "{{0.15}} minutes"
	case "15 minutes":
		return "{{0.1}} minutes"
	case "2 hours":
		return "{{0.1}} minutes"
	}
	return s
}

// ready is the line that scripts read.
type ready struct {
	URL         string         `json:"url"`
	OperatorKey string         `json:"operatorKey"`
	SiteID      string         `json:"siteId"`
	AppID       string         `json:"appId"`
	AppKey      string         `json:"appKey"`
	Triggers    []readyTrigger `json:"triggers"`
}

type readyTrigger struct {
	AppID      string         `json:"appId"`
	TriggerKey string         `json:"triggerKey"`
	Scheduled  bool           `json:"scheduled"`
	Example    map[string]any `json:"example"`
}

// ahead is how far in the future the examples of scheduled events take place.
const ahead = 24 * time.Hour

func (w *world) ready() (ready, error) {
	r := ready{URL: w.url, OperatorKey: w.keys.Operator, SiteID: w.site, AppID: w.app, AppKey: w.keys.Appointments}
	for _, t := range w.triggers {
		payload, err := schema.Declare("payloadSchema", t.PayloadSchema)
		if err != nil {
			return r, fmt.Errorf("trigger %s: %w", t.TriggerKey, err)
		}
		r.Triggers = append(r.Triggers, readyTrigger{
			AppID: t.AppID, TriggerKey: t.TriggerKey, Scheduled: t.Scheduled, Example: payload.Example(time.Now().Add(ahead)),
		})
	}
	return r, nil
}
