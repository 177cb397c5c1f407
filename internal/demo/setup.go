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
	welcome  string // a link that makes the first operator; "" where there is one
	keys     keys
	site     string
	app      string // the appointments app
	triggers []api.Trigger
	operator *client.Client // on the site
	own      *receiver
}

// setUp makes the server's configuration that of the examples.
func setUp(ctx context.Context, server *app.App, own *receiver, k keys, data string) (*world, error) {
	w := &world{url: server.URL(), welcome: server.Welcome(), keys: k, own: own}
	w.operator = client.New(w.url, client.Credentials{Key: k.Operator})
	for _, example := range []struct{ name, key string }{{"appointments", k.Appointments}, {"courses", k.Courses}} {
		wish, err := load(example.name, own.address(), example.key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", example.name, err)
		}
		if _, err := apply.Apply(ctx, w.operator, wish, apply.Options{}, io.Discard); err != nil {
			return nil, fmt.Errorf("%s: %w", example.name, stale(err, data))
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
	if err := w.setUpShop(ctx); err != nil {
		return nil, fmt.Errorf("the shop: %w", stale(err, data))
	}
	w.operator = w.operator.On(w.site)
	return w, nil
}

// stale says what to do where the server refuses the examples: what is set up in
// the folder is not of this version of them.
func stale(err error, data string) error {
	if _, ok := errors.AsType[*client.Error](err); !ok {
		return err
	}
	return fmt.Errorf("%w\nWhat %s holds was made by another version of the demo, or changed since. Remove that folder (make clean removes .belay) and start again", err, data)
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

// span is a length of time in the examples, and what stands for it in a demo.
type span struct {
	real    apply.Span
	seconds float64
}

// spans are all that the examples use. Minutes are the smallest unit; parts of
// them are allowed.
func spans() []span {
	return []span{{"2 days", 30}, {"1 day", 24}, {"2 hours", 6}, {"30 minutes", 9}, {"15 minutes", 6}}
}

// shorter returns what stands for a span in a demo.
func shorter(s apply.Span) apply.Span {
	for _, known := range spans() {
		if known.real == s {
			return apply.Span(fmt.Sprintf("{{%g}} minutes", known.seconds/60))
		}
	}
	return s
}

// scale says what stands for what.
func scale() string {
	words := make([]string, 0, len(spans()))
	for _, s := range spans() {
		words = append(words, fmt.Sprintf("%s = %g s", s.real, s.seconds))
	}
	return strings.Join(words, ", ")
}

// ready is the line that scripts read.
type ready struct {
	URL           string         `json:"url"`
	FirstOperator string         `json:"firstOperatorLink,omitempty"`
	OperatorKey   string         `json:"operatorKey"`
	SiteID        string         `json:"siteId"`
	ShopID        string         `json:"shopSiteId"`
	AppID         string         `json:"appId"`
	AppKey        string         `json:"appKey"`
	Triggers      []readyTrigger `json:"triggers"`
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
	r := ready{URL: w.url, FirstOperator: w.welcome, OperatorKey: w.keys.Operator, SiteID: w.site, ShopID: shopSite, AppID: w.app, AppKey: w.keys.Appointments}
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
