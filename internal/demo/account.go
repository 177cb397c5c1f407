package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
)

// clock is how the account writes times.
const clock = "15:04:05"

// account tells what is reported, what waits, what went out and what was called
// off, as it happens. It asks the server as anybody could.
type account struct {
	w       *world
	out     io.Writer
	failed  error             // of the first write to out
	names   map[string]string // of automations by ID
	seen    map[string]bool   // mails and notifications that were told
	waiting []waiting
	events  []string // reported in this story
	off     int      // activations called off
}

// waiting is an activation that begins later.
type waiting struct {
	id, name, about string
	at              time.Time
}

func newAccount(ctx context.Context, w *world, out io.Writer) (*account, error) {
	a := &account{w: w, out: out, names: make(map[string]string), seen: make(map[string]bool)}
	list, err := w.operator.Automations(ctx)
	if err != nil {
		return nil, err
	}
	for _, raw := range list {
		var doc api.Automation
		if err := json.Unmarshal(raw, &doc); err != nil {
			return nil, err
		}
		a.names[doc.ID] = doc.Name
	}
	// What an earlier demo left in the same folder is not told again.
	_, err = a.fresh(ctx)
	return a, err
}

func (a *account) say(format string, args ...any) {
	if _, err := fmt.Fprintf(a.out, format, args...); err != nil && a.failed == nil {
		a.failed = err
	}
}

func (a *account) happens(format string, args ...any) {
	a.say("\n%s  %s\n", time.Now().Format(clock), fmt.Sprintf(format, args...))
}

func (a *account) line(format string, args ...any) {
	a.say("            %s\n", fmt.Sprintf(format, args...))
}

// reported tells what events under one trigger have set going.
func (a *account) reported(ctx context.Context, trigger string, ids ...string) error {
	a.events = append(a.events, ids...)
	if len(ids) == 1 {
		a.line("reported %s", trigger)
	} else {
		a.line("reported %d × %s in one call", len(ids), trigger)
	}
	said := make(map[string]bool)
	for _, id := range ids {
		got, err := a.w.operator.Event(ctx, id)
		if err != nil {
			return err
		}
		for i := range got.Activations {
			activation := &got.Activations[i]
			if line := a.outlook(activation, about(got.Event.Payload)); !said[line] {
				said[line] = true
				a.line("  · %s", line)
			}
		}
	}
	return nil
}

// outlook returns what will come of an activation, and notes it where it waits.
func (a *account) outlook(activation *api.Activation, about string) string {
	name, start := a.names[activation.AutomationID], activation.StartsDate.Time
	switch {
	case activation.SkipReason == "TRIGGER_FILTERS_NOT_PASSED":
		return name + ": not for all of them, by its filter"
	case activation.Status == "SKIPPED":
		return name + ": skipped, " + activation.SkipReason
	case start.After(time.Now()):
		a.waiting = append(a.waiting, waiting{activation.ID, name, about, start})
		return name + ": waits until " + start.Local().Format(clock)
	}
	return name + ": at once"
}

// about returns whose event it is.
func about(payload json.RawMessage) string {
	var p struct {
		Customer    string `json:"customer_name"`
		Participant string `json:"participant_name"`
	}
	_ = json.Unmarshal(payload, &p) // this program has written it
	return p.Customer + p.Participant
}

func (a *account) calledOff(trigger string, n int, of string) {
	a.off += n
	if of != "" {
		of = " of " + of
	}
	a.line("canceled %s%s: %d called off", trigger, of, n)
}

// told is one thing that went out.
type told struct {
	at   time.Time
	text string
}

// fresh returns what has gone out since the last call, in the order of time.
func (a *account) fresh(ctx context.Context) ([]told, error) {
	var list []told
	mails, err := a.w.operator.Outbox(ctx, api.ListRequest{Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, m := range mails.Mails {
		if !a.seen[m.ID] {
			a.seen[m.ID] = true
			list = append(list, told{m.Date.Time, fmt.Sprintf("mail to %s: %s", strings.Trim(strings.Join(m.To, ", "), "<>"), m.Subject)})
		}
	}
	notes, err := a.w.operator.Inbox(ctx, api.ListRequest{Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, n := range notes.Notifications {
		if !a.seen[n.ID] {
			a.seen[n.ID] = true
			list = append(list, told{n.Date.Time, fmt.Sprintf("notification: %s: %s", n.Title, n.Message)})
		}
	}
	for {
		select {
		case request := <-a.w.own.taken:
			list = append(list, told{time.Now(), "request to the site's server: " + request})
			continue
		default:
		}
		slices.SortStableFunc(list, func(x, y told) int { return x.at.Compare(y.at) })
		return list, nil
	}
}

// update tells what has gone out since the last update, and what has not.
func (a *account) update(ctx context.Context) error {
	list, err := a.fresh(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		a.say("%s  → %s\n", t.at.Local().Format(clock), t.text)
	}
	return a.missed(ctx)
}

// missed tells what would have begun by now and was called off.
func (a *account) missed(ctx context.Context) error {
	// A moment later than due, so that what did begin has been told.
	late := time.Now().Add(-3 * tick)
	type thing struct {
		name string
		at   int64 // seconds
	}
	var order []thing
	off := make(map[thing][]string)
	var left []waiting
	for _, w := range a.waiting {
		if w.at.After(late) {
			left = append(left, w)
			continue
		}
		activation, err := a.w.operator.Activation(ctx, w.id)
		if err != nil {
			return err
		}
		if activation.Status != "CANCELLED" {
			continue
		}
		t := thing{w.name, w.at.Unix()}
		if off[t] == nil {
			order = append(order, t)
		}
		off[t] = append(off[t], w.about)
	}
	a.waiting = left
	for _, t := range order {
		a.say("%s  ✗ nothing for %s: %q was called off\n", time.Unix(t.at, 0).Format(clock), and(off[t]), t.name)
	}
	return nil
}

// sum tells how it went.
func (a *account) sum(ctx context.Context) error {
	attempts, latest := 0, int64(0)
	for _, id := range a.events {
		got, err := a.w.operator.Event(ctx, id)
		if err != nil {
			return err
		}
		for _, activation := range got.Activations {
			for _, action := range activation.Actions {
				for _, t := range action.Attempts {
					attempts++
					latest = max(latest, t.LatenessMs)
				}
			}
		}
	}
	a.say("\n%s  That is the story: %d events, %d actions carried out, the latest of them %d ms after its time, and %d activations called off.\n",
		time.Now().Format(clock), len(a.events), attempts, latest, a.off)
	return nil
}
