package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// Search asks for activations of events whose payload holds a value.
type Search struct {
	SiteID belay.ID
	// Value is a whole value of the payload, at any depth: a text, whatever its
	// case, or a number. One that looks like a telephone number is compared by its
	// digits.
	Value        string
	AutomationID belay.ID // zero for any
	// After and Before bound the events by their IDs; zero for no bound.
	After, Before belay.ID
	// Skip is how many activations of the newest event have been seen already.
	Skip  int
	Limit int
}

// Found is a page of what a Search found, newest event first.
type Found struct {
	Activations []belay.Activation
	Events      []belay.Event // of each activation
	// More says that older events were not looked at. Before and Skip are those of
	// the Search that goes on with them; a page that holds nothing may have More.
	More   bool
	Before belay.ID
	Skip   int
}

const (
	// searched bounds how many events one search looks at, so that what it costs
	// does not grow with the history.
	searched = 10_000
	// searchPage is how many of them are read at a time.
	searchPage = 500
)

// SearchByValue looks through a site's events that the caller may see. It reads no
// more than 10,000 of them and says then where it stopped.
func (e *Engine) SearchByValue(ctx context.Context, by belay.Caller, s Search) (Found, error) {
	var got Found
	wanted := newWanted(s.Value)
	page := store.Page{After: s.After, Before: s.Before, Newest: true, Limit: searchPage}
	for range searched / searchPage {
		events, err := e.Events(ctx, by, store.EventQuery{SiteID: s.SiteID, Page: page})
		if err != nil {
			return Found{}, err
		}
		for i := range events {
			event := &events[i]
			if wanted.in(event.Payload) {
				full, err := e.addFound(ctx, &got, event, s)
				if err != nil || full {
					return got, err
				}
			}
			s.Skip, page.Before = 0, event.ID
		}
		if len(events) < searchPage {
			return got, nil
		}
	}
	got.More, got.Before = true, page.Before
	return got, nil
}

// addFound adds an event's activations, and reports whether the page is full
// before all are in.
func (e *Engine) addFound(ctx context.Context, got *Found, event *belay.Event, s Search) (full bool, err error) {
	for i, id := range event.Activations {
		if i < s.Skip {
			continue
		}
		if len(got.Activations) == s.Limit {
			got.More, got.Skip = true, i
			got.Before = after(event.ID)
			return true, nil
		}
		a, err := e.Store().Activation(ctx, s.SiteID, id)
		switch err := found(err, "activation", id); {
		case belay.CodeOf(err) == belay.NotFound:
			continue // kept for a shorter time than its event
		case err != nil:
			return false, err
		}
		if s.AutomationID.IsZero() || a.AutomationID == s.AutomationID {
			got.Activations = append(got.Activations, flow.Expired(a, e.Now()))
			got.Events = append(got.Events, *event)
		}
	}
	return false, nil
}

// after returns the ID that follows, so that a bound before it lets id in.
func after(id belay.ID) belay.ID {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i]++; id[i] != 0 {
			break
		}
	}
	return id
}

// wanted is a value that payloads are looked through for.
type wanted struct {
	text   string
	digits string // of a telephone number, else ""
}

func newWanted(value string) wanted {
	value = strings.TrimSpace(value)
	return wanted{text: value, digits: digitsOf(value)}
}

// digitsOf returns the digits of what may be a telephone number: six or more, and
// else nothing but what such numbers are set apart with.
func digitsOf(text string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" +-.()/", r) {
			return -1
		}
		return r
	}, text)
	if len(digits) < 6 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}

// in reports whether a payload holds the value.
func (w wanted) in(payload []byte) bool {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var v any
	return d.Decode(&v) == nil && w.within(v)
}

func (w wanted) within(v any) bool {
	switch v := v.(type) {
	case string:
		return w.is(v)
	case json.Number:
		return w.is(v.String())
	case []any:
		return slices.ContainsFunc(v, w.within)
	case map[string]any:
		for _, one := range v {
			if w.within(one) {
				return true
			}
		}
	}
	return false
}

func (w wanted) is(text string) bool {
	if len(text) > 4*len(w.text)+64 {
		return false
	}
	text = strings.TrimSpace(text)
	return strings.EqualFold(text, w.text) || w.digits != "" && digitsOf(text) == w.digits
}
