package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belaytest"
)

// audit compares what clients were answered and what the receiver got with what
// the cluster says that it did. All times but due ones are of this process's
// monotonic clock.
type audit struct {
	l      *load
	faults *faults

	events      map[string][]api.Event // by idempotency key
	activations map[string]api.Activation
	byEvent     map[string][]string // activations
	arrivals    map[string][]belaytest.Received
	flips       map[string][]flip // by automation

	onTime, disturbed    lateness
	deliveries, repeats  int
	lost, canceled, late int
	told                 int // histories of offenders
}

// settled returns when nothing is pending on any site.
func (c *cluster) settled() {
	c.Helper()
	c.await("everything to be over", func() (bool, error) {
		for i, site := range c.sites {
			for _, status := range []string{"INITIATED", "SCHEDULED", "STARTED"} {
				in := api.ActivationsRequest{Status: status}
				in.Limit = 1
				page, err := c.nodes[i%len(c.nodes)].client().On(site).Activations(c.ctx, in)
				if err != nil || len(page.Activations) > 0 {
					return false, err
				}
			}
		}
		return true, nil
	})
}

// newAudit reads all that there is.
func newAudit(l *load, f *faults) *audit {
	a := &audit{
		l: l, faults: f, events: map[string][]api.Event{}, activations: map[string]api.Activation{},
		byEvent: map[string][]string{}, arrivals: map[string][]belaytest.Received{}, flips: map[string][]flip{},
	}
	c := l.c
	for i, site := range c.sites {
		from := c.nodes[i%len(c.nodes)].client().On(site)
		for cursor, more := "", true; more; {
			page, err := from.Events(c.ctx, api.EventsRequest{ListRequest: api.ListRequest{Limit: 500, Cursor: cursor}})
			if err != nil {
				c.Fatal(err)
			}
			for _, e := range page.Events {
				a.events[e.IdempotencyKey] = append(a.events[e.IdempotencyKey], e)
			}
			cursor, more = page.PagingMetadata.Cursors.Next, page.PagingMetadata.HasNext
		}
		for cursor, more := "", true; more; {
			page, err := from.Activations(c.ctx, api.ActivationsRequest{ListRequest: api.ListRequest{Limit: 500, Cursor: cursor}})
			if err != nil {
				c.Fatal(err)
			}
			for _, one := range page.Activations {
				a.activations[one.ID] = one
				a.byEvent[one.EventID] = append(a.byEvent[one.EventID], one.ID)
			}
			cursor, more = page.PagingMetadata.Cursors.Next, page.PagingMetadata.HasNext
		}
	}
	for _, got := range c.receiver.Requests() {
		id := got.Header.Get("webhook-id")
		a.arrivals[id] = append(a.arrivals[id], got)
	}
	for _, f := range l.flips {
		a.flips[f.automation] = append(a.flips[f.automation], f)
	}
	return a
}

// run audits every story, and that there is nothing else.
func (a *audit) run() {
	known := map[string]bool{}
	messages := map[string]bool{}
	for _, s := range a.l.told {
		known[s.key] = true
		a.story(s)
		for _, id := range s.activations {
			for i := range a.activations[id].Actions {
				messages[id+"_"+a.activations[id].Actions[i].ActionID] = true
			}
		}
	}
	for key, list := range a.events {
		if !known[key] {
			a.l.c.Errorf("nobody reported the event %+v", list[0])
		}
	}
	for id, got := range a.arrivals {
		if !messages[id] {
			a.l.c.Errorf("the receiver got %q, which belongs to no activation of an accepted event: %s", id, got[0].Body)
		}
	}
}

// fail tells of a broken promise, with all that is known of the story for the first few.
func (a *audit) fail(s *story, format string, args ...any) {
	c := a.l.c
	c.Helper()
	if a.told++; a.told > 5 {
		c.Errorf(format, args...)
		return
	}
	words := append([]string{s.event}, s.activations...)
	var b strings.Builder
	fmt.Fprintf(&b, format, args...)
	fmt.Fprintf(&b, "\nreport of key %s, site %d, trigger %s, due %v:\n  %s", s.key, s.site, s.trigger, s.due, strings.Join(s.lines, "\n  "))
	fmt.Fprintf(&b, "\ncancels of entity %s:\n  %s", s.entity.id, strings.Join(s.entity.lines, "\n  "))
	for _, id := range s.activations {
		text, _ := json.Marshal(a.activations[id])
		fmt.Fprintf(&b, "\nactivation: %s", text)
		for i := range a.activations[id].Actions {
			for _, got := range a.arrivals[id+"_"+a.activations[id].Actions[i].ActionID] {
				fmt.Fprintf(&b, "\narrived %s%s", clock(got.At), got.Body)
			}
		}
	}
	for _, f := range a.faults.done {
		fmt.Fprintf(&b, "\nfault %s from %sto %s", f.kind, clock(f.began), clock(f.ended))
	}
	for _, f := range a.l.flips {
		if s.site == 0 && f.automation == toggled(0, s.trigger) {
			fmt.Fprintf(&b, "\nswitched to active: %t from %sto %s", f.active, clock(f.began), clock(f.answered))
		}
	}
	fmt.Fprintf(&b, "\nthe nodes said:\n%s", strings.Join(c.grep(words...), "\n"))
	c.Error(b.String())
}

// story audits one report.
func (a *audit) story(s *story) {
	if s.event == "" {
		a.fail(s, "a report was never answered")
		return
	}
	switch events := a.events[s.key]; {
	case len(events) != 1:
		a.fail(s, "the key has %d events: %+v", len(events), events)
		return
	case events[0].ID != s.event || !slices.Equal(events[0].ActivationIDs, s.activations):
		a.fail(s, "the report was answered with event %s, activations %v; it is event %s with %v", s.event, s.activations, events[0].ID, events[0].ActivationIDs)
		return
	}
	if made := a.byEvent[s.event]; len(made) != len(s.activations) {
		a.fail(s, "the event has made %v", made)
	}
	of := map[string]int{}
	for _, id := range s.activations {
		one, ok := a.activations[id]
		if !ok {
			a.fail(s, "there is no activation %s", id)
			continue
		}
		of[one.AutomationID]++
		a.activation(s, &one)
	}
	a.matches(s, of)
	for _, t := range s.entity.tries {
		for i := 0; t.answer != nil && i < len(t.answer.CanceledActivationIDs); i++ {
			if id := t.answer.CanceledActivationIDs[i]; a.activations[id].Status != "CANCELLED" {
				a.fail(s, "a cancel was answered with activation %s, which is %q", id, a.activations[id].Status)
			}
		}
	}
}

// matches audits which automations an event made activations of.
func (a *audit) matches(s *story, of map[string]int) {
	if n := of[lasting(s.site, s.trigger)]; n != 1 {
		a.fail(s, "%d activations of an automation that is active", n)
	}
	delete(of, lasting(s.site, s.trigger))
	least, most := 0, 0
	if automation := toggled(s.site, s.trigger); s.site == 0 {
		least, most = a.wanted(s, automation)
		if n := of[automation]; n < least || n > most {
			a.fail(s, "%d activations of an automation that is switched on and off; want from %d to %d", n, least, most)
		}
		delete(of, automation)
	}
	if len(of) > 0 {
		a.fail(s, "activations of automations that do not match: %v", of)
	}
}

// wanted returns how many activations an event may have made of an automation: one
// if it was known to be active all the time, none if it was known not to be.
func (a *audit) wanted(s *story, automation string) (least, most int) {
	active := true
	for _, f := range a.flips[automation] {
		if f.answered.After(s.began) {
			if f.began.After(s.answered) {
				break // later
			}
			return 0, 1 // meanwhile
		}
		active = f.active
	}
	if active {
		return 1, 1
	}
	return 0, 0
}

// activation audits what became of one activation.
func (a *audit) activation(s *story, one *api.Activation) {
	switch {
	case one.Status == "ENDED":
		if len(one.Actions) != 1 || one.Actions[0].Status != "ENDED" || one.WithFailedActions {
			a.fail(s, "the activation ended without its action")
			return
		}
	case one.Status == "CANCELLED" && one.CancelReason == "EVENT_CANCELLED":
		if !s.canBeCanceled() {
			a.fail(s, "canceled, and nobody has canceled it")
		}
		a.canceled++
	case one.Status == "CANCELLED" && one.CancelReason == "AUTOMATION_DEACTIVATED" && one.AutomationID == toggled(s.site, s.trigger):
		a.canceled++
	default:
		a.fail(s, "an activation is %s %s%s%s %s", one.Status, one.SkipReason, one.CancelReason, one.FailReason, one.Error)
		return
	}
	if len(one.Actions) > 1 {
		a.fail(s, "an activation has %d actions", len(one.Actions))
		return
	}
	for i := range one.Actions {
		a.action(s, one, &one.Actions[i])
	}
}

// canBeCanceled reports whether some cancel can have met the event: one that was
// answered after the report began, or one whose answer was lost, which may have
// come to its end at any time.
func (s *story) canBeCanceled() bool {
	return slices.ContainsFunc(s.entity.tries, func(t cancelTry) bool { return t.answer == nil || t.ended.After(s.began) })
}

// action audits the deliveries of an action against its log.
func (a *audit) action(s *story, one *api.Activation, action *api.ActivityAction) {
	got := a.arrivals[one.ID+"_"+action.ActionID]
	a.deliveries += len(got)
	// An attempt that was given back before it left stands in the log of a canceled
	// activation alone.
	left := slices.DeleteFunc(slices.Clone(action.Attempts), func(t api.Attempt) bool { return t.Result == "RELEASED" })
	if one.Status == "ENDED" && len(got) == 0 {
		a.fail(s, "the activation ended, but nothing arrived")
		return
	}
	if len(got) > len(left) {
		a.fail(s, "%d deliveries of %d attempts", len(got), len(left))
	}
	for i, t := range left {
		last := i == len(left)-1
		switch {
		case t.Result == "LOST" && (!last || one.Status == "CANCELLED"):
			a.lost++
			a.explain(s, t)
		case t.Result == "" && one.Status == "CANCELLED" && last: // its node died with it
			a.lost++
			a.explain(s, t)
		case t.Result != "DELIVERED" || !last:
			a.fail(s, "attempt %d of %d came to %q: %s", i+1, len(left), t.Result, t.Detail)
		case len(got) == 0:
			a.fail(s, "an attempt is DELIVERED, but nothing arrived")
		}
	}
	if len(got) == 0 {
		return
	}
	a.repeats += len(got) - 1
	for _, g := range got {
		a.arrival(s, one, g)
	}
	if !s.due.IsZero() {
		late := wall(got[0].At).Sub(s.due)
		if from := got[0].At.Add(-late); a.faults.calm(from, got[0].At) {
			a.onTime.add(late)
		} else {
			a.disturbed.add(late)
		}
	}
}

// explain audits that something has happened by which an attempt can be lost. One
// is out for 15 seconds at most.
func (a *audit) explain(s *story, t api.Attempt) {
	from := t.StartedDate.Time
	for i := range a.faults.done {
		if a.faults.done[i].covers(from.Add(-time.Second), from.Add(15*time.Second)) {
			return
		}
	}
	a.fail(s, "attempt %d was lost, and no fault can have done that", t.Number)
}

// wall is a time to compare with due ones, which are whole milliseconds.
func wall(t time.Time) time.Time { return t.Round(0).Truncate(time.Millisecond) }

// arrival audits one delivery.
func (a *audit) arrival(s *story, one *api.Activation, got belaytest.Received) {
	var body struct{ Key, Automation string }
	if err := json.Unmarshal(got.Body, &body); err != nil || body.Key != s.key || body.Automation != one.AutomationID {
		a.fail(s, "the receiver got %s for automation %s: %v", got.Body, one.AutomationID, err)
	}
	if !s.due.IsZero() && wall(got.At).Before(s.due) {
		a.fail(s, "it came at %v, which is early", got.At)
	}
	a.afterCancel(s, one, got.At)
	for _, f := range a.flips[one.AutomationID] {
		// What was out when the automation was switched off is in the log of a
		// canceled activation; one that has ended had its outcome before.
		if !f.active && f.began.After(s.answered) && got.At.After(f.answered) && one.Status != "CANCELLED" {
			a.fail(s, "delivered at %safter the automation was switched off, by %s", clock(got.At), clock(f.answered))
		}
	}
}

// afterCancel audits a delivery against the cancels of its entity that began when
// the report had been answered: whatever comes after their answers was named in
// one of them.
func (a *audit) afterCancel(s *story, one *api.Activation, at time.Time) {
	named, lostAnswer, after := false, false, time.Time{}
	for _, t := range s.entity.tries {
		switch {
		case t.answer == nil:
			lostAnswer = true
			continue
		case t.began.After(s.answered) && (after.IsZero() || t.ended.Before(after)):
			after = t.ended
		}
		named = named || slices.ContainsFunc(t.answer.InFlight, func(f api.InFlightAction) bool { return f.ActivationID == one.ID })
	}
	switch {
	case after.IsZero() || !at.After(after):
	case named:
		a.late++
	case lostAnswer && one.Status == "CANCELLED" && one.EndedDate.Before(wall(after)):
		// The lost answer named it.
		a.late++
	default:
		a.fail(s, "delivered at %safter a cancel was answered at %sthat does not name it as in flight", clock(at), clock(after))
	}
}
