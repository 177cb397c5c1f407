package engine_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// A year on a site, drawn by chance: reports, reports again under one
// idempotency key, cancels, automations switched off and on, receivers that
// refuse and hang, stops, and crashes in the middle of attempts. After it, every
// promise is checked against what was asked.
func TestAYearOfChanceKeepsThePromises(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newYear(t, seed).live() })
		})
	}
}

// year is one simulation.
type year struct {
	*testing.T
	chance *rand.Rand
	house  *house
	// automations by their label, which each mail begins with.
	automations map[string]*belay.Automation
	documents   map[string]string
	promised    []*promise

	mu    sync.Mutex
	sends map[string][]attempted // by the label and the address, which is unique
}

// promise is one activation that a report made, and what must come of it.
type promise struct {
	label, address string
	entity         int
	activation     belay.ID
	due            time.Time // not before
	off            time.Time // when a cancel or a switch had returned; zero for never
	inFlight       bool      // the cancel named it
	event          time.Time // of a start before its event
}

// attempted is one attempt that the receiver saw.
type attempted struct {
	at        time.Time
	message   string
	delivered bool
}

func newYear(t *testing.T, seed uint64) *year {
	y := &year{
		T: t, chance: rand.New(rand.NewPCG(seed, 7)),
		automations: map[string]*belay.Automation{}, documents: map[string]string{}, sends: map[string][]attempted{},
	}
	y.house = furnish(openFor(t, model(), &receiver{answer: y.answer}, y.tune))
	for label, parts := range map[string][3]string{
		"now":      {"booked", "", mails("now")},
		"later":    {"booked", "", delayed("later", "3", "DAYS")},
		"before":   {"starting", before("1", "DAYS"), mails("before")},
		"at":       {"starting", "", mails("at")},
		"followup": {"starting", "", delayed("followup", "2", "HOURS")},
	} {
		a := y.house.automate(parts[0], parts[1], parts[2])
		y.automations[label] = &a
		y.documents[label] = string(a.Document)
	}
	return y
}

func (y *year) tune(o *engine.Options) {
	seldom(o)
	o.Retention = -1 // the whole year is looked at in the end
	o.Retry = action.RetrySchedule{time.Minute, time.Hour, 10 * time.Hour, 10 * time.Hour, 10 * time.Hour, 10 * time.Hour, 10 * time.Hour}
}

// answer is the receiver: it records what it sees, and misbehaves.
func (y *year) answer(ctx context.Context, a action.Attempt) action.Outcome {
	to, _ := a.Input["to"].(string)
	y.mu.Lock()
	what := y.chance.IntN(10)
	if a.Number > 4 {
		what = 9 // it gives in before the attempts are spent
	}
	y.sends[to] = append(y.sends[to], attempted{time.Now(), a.MessageID, what > 2})
	y.mu.Unlock()
	switch what {
	case 0:
		return action.Outcome{Verdict: action.Retry, Code: "HTTP_503", Sent: true}
	case 1:
		return action.Outcome{Verdict: action.Retry, Code: "HTTP_429", After: 7 * time.Minute, Sent: true}
	case 2:
		<-ctx.Done()
		return action.Outcome{Verdict: action.Retry, Code: "TIMEOUT", Sent: true}
	}
	return action.Outcome{Verdict: action.Delivered, Sent: true}
}

func (y *year) draw(n int) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.chance.IntN(n)
}

func (y *year) live() {
	end := time.Now().Add(365 * 24 * time.Hour)
	for n := 0; time.Now().Before(end); n++ {
		switch y.draw(20) {
		default:
			y.report(n)
		case 0, 1, 2, 3:
			y.cancelOne()
		case 4:
			y.restart()
		case 5:
			y.switchOne()
		}
		time.Sleep(time.Duration(y.draw(100_000_000)) * time.Millisecond)
	}
	time.Sleep(90 * 24 * time.Hour)
	y.house.stop()
	y.check()
}

func (y *year) report(n int) {
	trigger, event, now := "booked", time.Time{}, time.Now()
	address := fmt.Sprintf("c%d@example.com", n)
	body := fmt.Sprintf(`{"email":%q}`, address)
	if y.draw(2) == 0 {
		trigger, event = "starting", now.Add(time.Duration(y.draw(10*24*60))*time.Minute).Truncate(time.Second)
		body = fmt.Sprintf(`{"email":%q,"starts":%q}`, address, event.Format(time.RFC3339))
	}
	entity := y.draw(20) + 1
	item := engine.ReportItem{Payload: []byte(body), EntityID: id(entity), IdempotencyKey: address}
	r, err := y.house.Report(y.Context(), y.house.appCaller, y.house.site, belay.ID{}, trigger, item)
	if err != nil {
		y.Fatal(err)
	}
	again, err := y.house.Report(y.Context(), y.house.appCaller, y.house.site, belay.ID{}, trigger, item)
	if err != nil || !again.Repeated || !slices.Equal(again.Activations, r.Activations) {
		y.Fatalf("the same key again: %+v, %v; want the first's activations %v", again, err, r.Activations)
	}
	for _, activation := range r.Activations {
		a, err := y.house.Activation(y.Context(), y.house.site, activation)
		if err != nil {
			y.Fatal(err)
		}
		p := &promise{address: address, entity: entity, activation: activation, label: y.labelOf(a.AutomationID)}
		switch p.label {
		case "now":
			p.due = now
		case "later":
			p.due = berlin(now, 3)
		case "before":
			p.due, p.event = berlin(event, -1), event
			if p.due.Before(now) {
				if a.Status != belay.Skipped || a.SkipReason != belay.ScheduleDateExpired {
					y.Errorf("a start that has passed is %v %s", a.Status, a.SkipReason)
				}
				continue
			}
		case "at":
			p.due = event
		case "followup":
			p.due = event.Add(2 * time.Hour)
		}
		y.promised = append(y.promised, p)
	}
}

// berlin moves t by days on a clock on the wall in the site's zone.
func berlin(t time.Time, days int) time.Time {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	at, _ := belay.Step(belay.At(t), float64(days), belay.Days, l)
	return at.Time()
}

func (y *year) labelOf(automation belay.ID) string {
	for label, a := range y.automations {
		if a.ID == automation {
			return label
		}
	}
	y.Fatalf("an activation of an automation that nobody made: %s", automation)
	return ""
}

func (y *year) cancelOne() {
	entity := y.draw(20) + 1
	for _, trigger := range []string{"booked", "starting"} {
		c := y.house.call(entity, trigger)
		for _, p := range y.promised {
			if p.entity == entity && y.triggerOf(p.label) == trigger && p.off.IsZero() {
				p.off = time.Now()
				p.inFlight = slices.ContainsFunc(c.InFlight, func(f store.InFlight) bool { return f.ActivationID == p.activation })
			}
		}
	}
}

func (y *year) triggerOf(label string) string {
	if label == "now" || label == "later" {
		return "booked"
	}
	return "starting"
}

// switchOne deactivates an automation and activates it again.
func (y *year) switchOne() {
	labels := slices.Sorted(maps.Keys(y.automations))
	label := labels[y.draw(len(labels))]
	for _, status := range []string{"INACTIVE", "ACTIVE"} {
		a := y.automations[label]
		doc := strings.Replace(y.documents[label], `"ACTIVE"`, `"`+status+`"`, 1)
		next, err := y.house.Book().UpdateAutomation(y.Context(), operator, y.house.site, a.ID, a.Revision, []byte(doc))
		if err != nil {
			y.Fatal(err)
		}
		*a = next
		if status == "INACTIVE" {
			for _, p := range y.promised {
				if p.label == label && p.off.IsZero() {
					p.off = time.Now()
					p.inFlight = true // an attempt that was out may have gone out
				}
			}
		}
	}
}

// restart ends the engine, by a stop or by a crash in the middle of everything,
// and starts another after a while.
func (y *year) restart() {
	old, crash := y.house, y.draw(2) == 0
	if crash {
		old.crash()
	} else {
		old.stop()
	}
	time.Sleep(time.Duration(y.draw(48)) * time.Hour)
	y.house = openFor(y.T, old.store, &receiver{answer: y.answer}, y.tune)
}

func (y *year) check() {
	delivered := 0
	for _, p := range y.promised {
		to := p.label + " " + p.address
		sends := y.sends[to]
		row, err := y.house.store.Activation(y.Context(), y.house.site, p.activation)
		if err != nil {
			y.Fatal(err)
		}
		if !row.Status.Final() {
			y.Errorf("%s is %v at the end of all time, due %s", to, row.Status, row.Due)
		}
		messages := map[string]bool{}
		count := 0
		for _, s := range sends {
			messages[s.message] = true
			if s.delivered {
				count++
			}
			if s.at.Before(p.due) {
				y.Errorf("%s went out at %s, before it was due at %s", to, s.at, p.due)
			}
			if !p.off.IsZero() && s.at.After(p.off) {
				y.Errorf("%s went out at %s, after it was called off at %s", to, s.at, p.off)
			}
		}
		if len(messages) > 1 || count > 1 {
			y.Errorf("%s was delivered %d times under %d message IDs", to, count, len(messages))
		}
		if count == 0 && p.off.IsZero() && !(row.Status == belay.Skipped && !p.event.IsZero()) {
			y.Errorf("%s never arrived: %v %s, attempts %+v", to, row.Status, row.SkipReason, sends)
		}
		delivered += count
	}
	y.Logf("%d activations, %d delivered", len(y.promised), delivered)
}
