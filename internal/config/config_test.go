package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/storetest"
)

// desk is a Book over a store of its own with a clock that the test moves, and
// what was committed through it.
type desk struct {
	*Book
	t       *testing.T
	store   store.Store
	clock   belay.Instant
	batches []*store.Batch
	// before, where set, is called once, ahead of the next commit.
	before func()
}

var operator = belay.Caller{Role: belay.RoleOperator, KeyID: id(0xff)}

// id returns a GUID that ends in n.
func id(n byte) belay.ID { return belay.ID{0xaa, 6: 0x40, 8: 0x80, 15: n} }

var (
	siteID  = id(1)
	otherID = id(2)
	appID1  = id(3)
	appID2  = id(4)
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	return openDesk(t, storetest.NewModel())
}

func openDesk(t *testing.T, s store.Store) *desk {
	t.Helper()
	d := &desk{t: t, store: s, clock: belay.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))}
	book, err := Open(t.Context(), Options{
		Store: s, Commit: d.commit,
		Now:     func() belay.Instant { return d.clock },
		Carried: func(app belay.ID, key string) bool { return app != belay.BuiltIn || key == "http-request" },
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Book = book
	return d
}

func (d *desk) commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if before := d.before; before != nil {
		d.before = nil
		before()
	}
	d.batches = append(d.batches, b)
	return d.store.Commit(ctx, b)
}

// furnish sets up two sites, two apps of which the first is installed on the
// first site, a real-time trigger and a scheduled one.
func (d *desk) furnish() *desk {
	d.t.Helper()
	ctx := d.t.Context()
	for n, site := range []belay.ID{siteID, otherID} {
		_, _, err := d.PutSite(ctx, operator, belay.Site{ID: site, Name: fmt.Sprintf("Site %d", n), TimeZone: "Europe/Berlin", Locale: "de-DE"})
		d.must(err)
	}
	for n, app := range []belay.ID{appID1, appID2} {
		_, _, err := d.PutApp(ctx, operator, belay.App{ID: app, Name: fmt.Sprintf("App %d", n)})
		d.must(err)
	}
	_, _, err := d.Install(ctx, operator, siteID, appID1, belay.ID{})
	d.must(err)
	for _, in := range []TriggerInput{
		{AppID: appID1, Key: "paid", Name: "Invoice paid", Schema: json.RawMessage(realTime)},
		{AppID: appID1, Key: "starting", Name: "Appointment starts", Schema: json.RawMessage(scheduled)},
		{AppID: appID2, Key: "paid", Name: "Order is paid", Schema: json.RawMessage(realTime)},
	} {
		_, _, err := d.PutTrigger(ctx, operator, in)
		d.must(err)
	}
	d.batches = nil
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) create(doc string) belay.Automation {
	d.t.Helper()
	a, err := d.CreateAutomation(d.t.Context(), operator, siteID, json.RawMessage(doc))
	d.must(err)
	return a
}

func (d *desk) versions() [2]int64 {
	d.t.Helper()
	s, err := d.Refresh(d.t.Context(), siteID)
	d.must(err)
	return [2]int64{s.SiteVersion, s.GlobalVersion}
}

const (
	realTime  = `{"type":"object","properties":{"number":{"type":"string","title":"Number","examples":["R-1"]}},"required":["number"]}`
	scheduled = `{"type":"object","properties":{"at":{"type":"string","format":"date-time","futureDate":true,"title":"Starts","examples":["2030-01-01T09:00:00Z"]}},"required":["at"]}`
)

// automation returns an automation that can act; changes are made to it by
// path, a nil value removing what is there.
func automation(changes map[string]any) string {
	doc := map[string]any{
		"name": "Thank the customer", "origin": "USER", "somethingUnknown": map[string]any{"kept": true},
		"configuration": map[string]any{
			"status":        "ACTIVE",
			"trigger":       map[string]any{"appId": appID1.String(), "triggerKey": "paid"},
			"rootActionIds": []any{"send"},
			"actions": map[string]any{
				"send": map[string]any{
					"type":           "APP_DEFINED",
					"appDefinedInfo": map[string]any{"appId": "belay", "actionKey": "http-request", "inputMapping": map[string]any{"url": "https://example.com"}},
				},
			},
		},
	}
	for path, value := range changes {
		set(doc, path, value)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func set(object map[string]any, path string, value any) {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		inner, ok := object[path[:i]].(map[string]any)
		if !ok {
			inner = map[string]any{}
			object[path[:i]] = inner
		}
		set(inner, path[i+1:], value)
		return
	}
	if value == nil {
		delete(object, path)
		return
	}
	object[path] = value
}

// breach is a violation less its description.
type breach struct{ Field, Rule string }

func breaches(err error) []breach {
	e, ok := errors.AsType[*belay.Error](err)
	if !ok {
		return nil
	}
	var list []breach
	for _, v := range e.Violations {
		list = append(list, breach{v.Field, v.Rule})
	}
	return list
}

// refusedWith fails the test unless err is of the code and reason and breaks
// exactly the rules given.
func refusedWith(t *testing.T, err error, code belay.Code, reason string, want ...breach) {
	t.Helper()
	if got := belay.CodeOf(err); got != code {
		t.Fatalf("code %q, want %q: %v", got, code, err)
	}
	if e, ok := errors.AsType[*belay.Error](err); ok && e.Reason != reason {
		t.Errorf("reason %q, want %q: %v", e.Reason, reason, err)
	}
	if diff := cmp.Diff(want, breaches(err)); diff != "" {
		t.Errorf("rules broken (-want +got):\n%s", diff)
	}
}
