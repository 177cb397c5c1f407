package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
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
	failed  error                    // of the first write to out
	names   map[string]string        // of automations by ID
	pauses  map[string]time.Duration // how long automations wait first, by ID
	seen    map[string]bool          // mails and notifications that were told
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
	a := &account{w: w, out: out, names: make(map[string]string), pauses: make(map[string]time.Duration), seen: make(map[string]bool)}
	list, err := w.operator.Automations(ctx)
	if err != nil {
		return nil, err
	}
	for _, raw := range list {
		var doc api.Automation
		if err := json.Unmarshal(raw, &doc); err != nil {
			return nil, err
		}
		a.names[doc.ID], a.pauses[doc.ID] = doc.Name, pause(&doc.Configuration)
	}
	// What an earlier demo left in the same folder is not told again.
	_, err = a.fresh(ctx)
	return a, err
}

// pause returns how long an automation waits before its first act, where it
// begins with one wait of so many minutes, as those of the examples do.
func pause(c *api.AutomationConfiguration) time.Duration {
	if len(c.RootActionIDs) != 1 {
		return 0
	}
	root := c.Actions[c.RootActionIDs[0]]
	if root.Delay == nil || root.Delay.OffsetTimeUnit != "MINUTES" || root.Delay.DueDateExpression != "" {
		return 0
	}
	minutes, err := strconv.ParseFloat(strings.Trim(root.Delay.OffsetExpression, "{}"), 64)
	if err != nil {
		return 0
	}
	return time.Duration(minutes * float64(time.Minute))
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
		a.line("the app reports %s", trigger)
	} else {
		a.line("the app reports %d × %s in one call", len(ids), trigger)
	}
	var lines []string
	of := make(map[string]int)
	for _, id := range ids {
		got, err := a.w.operator.Event(ctx, id)
		if err != nil {
			return err
		}
		for i := range got.Activations {
			line := a.outlook(&got.Activations[i], about(got.Event.Payload))
			if of[line]++; of[line] == 1 {
				lines = append(lines, line)
			}
		}
	}
	for _, line := range lines {
		if n := of[line]; n < len(ids) {
			line += fmt.Sprintf(" (%d of %d)", n, len(ids))
		}
		a.line("  · %s", line)
	}
	return nil
}

// outlook returns what will come of an activation, and notes it where it waits.
func (a *account) outlook(activation *api.Activation, about string) string {
	name, start := a.names[activation.AutomationID], activation.StartsDate.Time.Add(a.pauses[activation.AutomationID])
	switch {
	case activation.SkipReason == "TRIGGER_FILTERS_NOT_PASSED":
		return name + ": not at all, by its filter"
	case activation.Status == "SKIPPED":
		return name + ": skipped, " + activation.SkipReason
	case start.After(time.Now()):
		a.waiting = append(a.waiting, waiting{activation.ID, name, about, start})
		return name + ": goes out at " + start.Local().Format(clock)
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
	what := fmt.Sprintf("%d that waited are called off", n)
	switch n {
	case 0:
		what = "nothing of it waits"
	case 1:
		what = "1 that waited is called off"
	}
	a.line("the app cancels %s%s: %s", trigger, of, what)
}

// told is one thing that went out.
type told struct {
	at   time.Time
	to   string // whom a mail went to
	text string
}

// folded returns what went out with mails of one subject and second as one.
func folded(list []told) []told {
	var out []told
	var to [][]string
	for _, t := range list {
		i := slices.IndexFunc(out, func(o told) bool {
			return t.to != "" && o.to != "" && o.text == t.text && o.at.Unix() == t.at.Unix()
		})
		if i < 0 {
			i = len(out)
			out, to = append(out, t), append(to, nil)
		}
		to[i] = append(to[i], t.to)
	}
	for i := range out {
		if out[i].to != "" {
			slices.Sort(to[i])
			out[i].text = "mail to " + and(to[i]) + ": " + out[i].text
		}
	}
	return out
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
			list = append(list, told{m.Date.Time, strings.Trim(strings.Join(m.To, ", "), "<>"), m.Subject})
		}
	}
	notes, err := a.w.operator.Inbox(ctx, api.ListRequest{Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, n := range notes.Notifications {
		if !a.seen[n.ID] {
			a.seen[n.ID] = true
			list = append(list, told{n.Date.Time, "", fmt.Sprintf("notification: %s: %s", n.Title, n.Message)})
		}
	}
	for {
		select {
		case request := <-a.w.own.taken:
			list = append(list, told{time.Now(), "", "request to the site's server: " + request})
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
	for _, t := range folded(list) {
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
		end  string
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
		t := thing{w.name, w.at.Unix(), activation.EndedDate.Local().Format(clock)}
		if off[t] == nil {
			order = append(order, t)
		}
		off[t] = append(off[t], w.about)
	}
	a.waiting = left
	for _, t := range order {
		a.say("%s  ✗ nothing for %s: %q was called off at %s\n", time.Unix(t.at, 0).Format(clock), and(off[t]), t.name, t.end)
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
	a.say("\n%s  That is the story: %d events were reported, %d actions were carried out, none of them more than %d ms after its time, and %d activations were called off before they had done anything.\n",
		time.Now().Format(clock), len(a.events), attempts, latest, a.off)
	return nil
}
