package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/storetest"
)

// operator may do everything.
var operator = belay.Caller{Role: belay.RoleOperator}

// id returns a GUID that is easy to tell apart from others.
func id(n int) belay.ID {
	v, err := belay.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	if err != nil {
		panic(err)
	}
	return v
}

// receiver carries out the action "send": it keeps what it was sent, and
// answers as it is told.
type receiver struct {
	mu     sync.Mutex
	got    []sending
	answer func(ctx context.Context, a action.Attempt) action.Outcome
}

type sending struct {
	at      time.Time
	message string
	number  int
	to      string
}

func (r *receiver) Do(ctx context.Context, a action.Attempt) action.Outcome {
	r.mu.Lock()
	to, _ := a.Input["to"].(string)
	r.got = append(r.got, sending{at: time.Now(), message: a.MessageID, number: a.Number, to: to})
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		return answer(ctx, a)
	}
	return action.Outcome{Verdict: action.Delivered, Sent: true}
}

// holds has what is sent from now on arrive when the channel is closed.
func (r *receiver) holds() chan struct{} {
	hold := make(chan struct{})
	r.answer = func(context.Context, action.Attempt) action.Outcome {
		<-hold
		return action.Outcome{Verdict: action.Delivered, Sent: true}
	}
	return hold
}

// Destination makes all attempts go to one host.
func (r *receiver) Destination(action.Attempt) string { return "receiver:80" }

// sent returns what was sent so far, as "2026-11-23 09:00:00.000 to".
func (r *receiver) sent() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, s := range r.got {
		out = append(out, s.at.UTC().Format("2006-01-02 15:04:05.000 ")+s.to)
	}
	slices.Sort(out) // what goes out at one instant has no order
	return out
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got)
}

// house is an engine with an app, a site and a receiver.
type house struct {
	testing.TB
	*engine.Engine
	receiver  *receiver
	app, site belay.ID
	appCaller belay.Caller
	store     store.Store
	cancel    context.CancelFunc
	done      chan error
}

const realTime = `{"type":"object","properties":{"email":{"type":"string","title":"Email","examples":["ada@example.com"]}},"required":["email"]}`

const scheduled = `{"type":"object","properties":{
	"email":{"type":"string","title":"Email","examples":["ada@example.com"]},
	"starts":{"type":"string","format":"date-time","title":"Start","examples":["2026-11-30T10:00:00Z"],"futureDate":true}},
	"required":["email","starts"]}`

// build opens an engine over s and sets up the app 1 on the site 2 in Berlin,
// with the triggers "booked" (real-time) and "starting" (scheduled).
func build(t testing.TB, s store.Store, tune func(*engine.Options)) *house {
	t.Helper()
	return furnish(open(t, s, tune))
}

func furnish(h *house) *house {
	h.Helper()
	ctx := h.Context()
	book := h.Book()
	h.must(book.PutApp(ctx, operator, belay.App{ID: h.app, Name: "Appointments"}))
	h.must(book.PutSite(ctx, operator, belay.Site{ID: h.site, Name: "Salon", TimeZone: "Europe/Berlin", Locale: "en-GB"}))
	h.must(book.Install(ctx, operator, h.site, h.app, belay.ID{}))
	h.must(book.PutTrigger(ctx, operator, config.TriggerInput{AppID: h.app, Key: "booked", Name: "Appointment booked", Schema: json.RawMessage(realTime)}))
	h.must(book.PutTrigger(ctx, operator, config.TriggerInput{AppID: h.app, Key: "starting", Name: "Appointment starting", Schema: json.RawMessage(scheduled)}))
	return h
}

// open opens an engine over what s holds already.
func open(t testing.TB, s store.Store, tune func(*engine.Options)) *house {
	t.Helper()
	return openFor(t, s, &receiver{}, tune)
}

// openFor is open with a receiver of the test's own.
func openFor(t testing.TB, s store.Store, r *receiver, tune func(*engine.Options)) *house {
	t.Helper()
	if _, ok := s.(*mortal); !ok {
		s = &mortal{Store: s}
	}
	h := &house{TB: t, receiver: r, app: id(1), site: id(2), store: s, done: make(chan error, 1)}
	h.appCaller = belay.Caller{Role: belay.RoleApp, AppID: h.app}
	o := engine.Options{
		Store: s, Horizon: 24 * time.Hour, SoleOwner: true,
		Actions: func(engine.Streams) (*action.Registry, error) {
			return action.NewRegistry(action.Definition{
				Key: "send", Name: "Send", InputSchema: json.RawMessage(`{}`), OutputSchema: json.RawMessage(`{}`),
				Do: h.receiver, Timeout: 15 * time.Second,
			})
		},
	}
	if tune != nil {
		tune(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	e, err := engine.New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	h.Engine, h.cancel = e, cancel
	go func() { h.done <- e.Run(ctx) }()
	return h
}

// stop ends the engine as a server's stop does.
func (h *house) stop() {
	h.Helper()
	h.cancel()
	if err := <-h.done; err != nil {
		h.Errorf("Run = %v", err)
	}
	h.Close()
	if m, ok := h.store.(*mortal); ok {
		h.store = m.Store
	}
}

// crash ends the engine as kill -9 does: nothing is recorded from here on.
func (h *house) crash() {
	h.Helper()
	h.store.(*mortal).dead.Store(true)
	h.stop()
}

// mortal is a store that a process loses when it dies.
type mortal struct {
	store.Store
	dead atomic.Bool
	slow atomic.Int64 // how long a commit takes, in nanoseconds
	beat atomic.Int64 // how long a heartbeat is on its way
}

func (m *mortal) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if m.dead.Load() {
		return nil, errors.New("the process is dead")
	}
	time.Sleep(time.Duration(m.slow.Load()))
	return m.Store.Commit(ctx, b)
}

// must stops the test where a call of three results failed.
func (h *house) must(_ any, _ any, err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// automate sets an automation up; configuration is the JSON of its trigger's
// further fields, its roots and its actions.
func (h *house) automate(trigger, more, graph string) belay.Automation {
	h.Helper()
	doc := fmt.Sprintf(`{"name":"Automation","origin":"USER","configuration":{"status":"ACTIVE","trigger":{"appId":%q,"triggerKey":%q%s},%s}}`,
		h.app, trigger, more, graph)
	a, err := h.Book().CreateAutomation(h.Context(), operator, h.site, json.RawMessage(doc))
	if err != nil {
		h.Fatalf("CreateAutomation: %v\n%s", err, doc)
	}
	return a
}

// mails returns a graph of one action that sends to the payload's email.
func mails(label string) string {
	return `"rootActionIds":["` + aid(1) + `"],"actions":{"` + aid(1) + `":` + sending1(label) + `}`
}

// aid returns the n-th action's ID.
func aid(n int) string { return id(9000 + n).String() }

func sending1(label string, post ...string) string {
	next := ""
	if len(post) > 0 {
		next = `,"postActionIds":["` + strings.Join(post, `","`) + `"]`
	}
	return `{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"to":"` + label + ` {{var(\"email\")}}"}` + next + `}}`
}

// delayed returns a graph that waits, then sends.
func delayed(label, n, unit string) string {
	return `"rootActionIds":["` + aid(2) + `"],"actions":{"` + aid(1) + `":` + sending1(label) + `,
		"` + aid(2) + `":{"type":"DELAY","delayInfo":{"offsetExpression":"{{` + n + `}}","offsetTimeUnit":"` + unit + `","postActionIds":["` + aid(1) + `"]}}}`
}

// before returns the trigger's fields for a start before the event.
func before(n, unit string) string {
	return `,"scheduledEventOffset":{"preScheduledEventOffsetExpression":"{{` + n + `}}","scheduledEventOffsetTimeUnit":"` + unit + `"}`
}

func (h *house) report(trigger string, entity int, payload string) engine.Reported {
	h.Helper()
	item := engine.ReportItem{Payload: []byte(payload)}
	if entity > 0 {
		item.EntityID = id(entity)
	}
	r, err := h.Report(h.Context(), h.appCaller, h.site, belay.ID{}, trigger, item)
	if err != nil {
		h.Fatalf("Report: %v", err)
	}
	return r
}

func (h *house) call(entity int, trigger string) engine.Canceled {
	h.Helper()
	c, err := h.Engine.Cancel(h.Context(), h.appCaller, h.site, belay.ID{}, trigger, id(entity))
	if err != nil {
		h.Fatalf("Cancel: %v", err)
	}
	return c
}

func (h *house) row(of engine.Reported) belay.Activation {
	h.Helper()
	a, err := h.Activation(h.Context(), h.site, of.Activations[0])
	if err != nil {
		h.Fatal(err)
	}
	return a
}

// rowOf returns the activation that a report made of an automation.
func (h *house) rowOf(of engine.Reported, automation belay.Automation) belay.Activation {
	h.Helper()
	for _, id := range of.Activations {
		a, err := h.Activation(h.Context(), h.site, id)
		if err != nil {
			h.Fatal(err)
		}
		if a.AutomationID == automation.ID {
			return a
		}
	}
	h.Fatalf("the report made no activation of %s", automation.ID)
	return belay.Activation{}
}

func (h *house) wantSent(want ...string) {
	h.Helper()
	if got := h.receiver.sent(); !slices.Equal(got, want) {
		h.Errorf("sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// virtual runs a test in a bubble whose clock starts at 2000-01-01 00:00 UTC.
func virtual(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// seldom is for a house without calendars that lives for long: looking at them is what
// an engine at rest does most.
func seldom(o *engine.Options) { o.Calendars = 24 * time.Hour }

func model() store.Store { return storetest.NewModel() }

// disk returns the embedded store in a folder of the test's own.
func disk(t testing.TB) store.Store {
	t.Helper()
	s, err := pebble.Open(t.TempDir(), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func payload(starts string) string {
	if starts == "" {
		return `{"email":"ada@example.com"}`
	}
	return `{"email":"ada@example.com","starts":"` + starts + `"}`
}
