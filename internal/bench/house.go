package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
)

// The triggers of the house, each with one automation on every site.
const (
	booked   = "booked"   // real-time; the automation waits for 30 days, then sends a request
	starting = "starting" // scheduled; the automation sends a request at the event's time
	mailing  = "mailing"  // scheduled; the automation puts a mail into the outbox then
)

// credential is the key of the house's app.
const credential = "the-key-of-the-app-that-is-measured"

// operator may set up all.
var operator = belay.Caller{Role: belay.RoleOperator}

// house is a server under test: the whole of it, as it is served, on a folder of
// its own and a free port of loopback.
type house struct {
	dir      string
	store    string // a database instead of dir
	receiver string // where automations send to
	seed     uint64 // of its GUIDs
	app      belay.ID
	sites    []belay.ID
	progress io.Writer
	rate     float64 // events/s of the last load of some size within the process
	filled   int     // activations made pending by fillTo

	server *app.App // nil while it is stopped
	end    context.CancelFunc
	done   chan error

	next    atomic.Uint64 // the number of the next entity that was never reported
	pending []uint32      // numbers of entities that are pending, where cancels choose
}

// loud lets warnings and errors of a log pass, such as that the store waits for
// its disk. The log is written as any server's is, and the rest dropped.
type loud struct{ to io.Writer }

func (l loud) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("level=WARN")) || bytes.Contains(line, []byte("level=ERROR")) {
		return l.to.Write(line)
	}
	return len(line), nil
}

// start opens the server and returns when it says that it is ready.
func (h *house) start(ctx context.Context) error {
	server, err := app.Open(ctx, app.Config{
		Listen: "127.0.0.1:0", Data: h.dir, Store: h.store, LogWriter: loud{h.progress}, OperatorKey: operatorKey,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix(loopback)},
	})
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	h.server, h.end, h.done = server, end, make(chan error, 1)
	go func() { h.done <- server.Run(running) }()
	if _, err := h.get(ctx, "/readyz"); err != nil {
		return errors.Join(err, h.stop())
	}
	return nil
}

// stop ends the server in an orderly way. It does nothing to one that is stopped.
func (h *house) stop() error {
	if h == nil || h.server == nil {
		return nil
	}
	h.end()
	h.server = nil
	return <-h.done
}

func (h *house) engine() *engine.Engine { return h.server.Engine() }

// address returns host and port.
func (h *house) address() string { return strings.TrimPrefix(h.server.URL(), "http://") }

func (h *house) get(ctx context.Context, path string) ([]byte, error) {
	return get(ctx, h.server.URL(), path)
}

// get returns what a server answers at a path that needs no credential.
func get(ctx context.Context, server, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(server, "http://"))
	if err != nil {
		return nil, fmt.Errorf("bench: GET %s: %w", path, err)
	}
	once := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server+path, nil)
	if err != nil {
		return nil, fmt.Errorf("bench: GET %s: %w", path, err)
	}
	answer, err := once.Do(r)
	if err != nil {
		return nil, fmt.Errorf("bench: GET %s: %w", path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", answer.Status, body)
	}
	if err != nil {
		return nil, fmt.Errorf("bench: GET %s: %w", path, err)
	}
	return body, nil
}

// setUp declares the app, its triggers, the sites and their automations.
func (h *house) setUp(ctx context.Context) error {
	book := h.engine().Book()
	h.app = numbered(h.seed^1<<32, 0)
	if _, _, err := book.PutApp(ctx, operator, belay.App{ID: h.app, Name: "Bookings"}); err != nil {
		return fmt.Errorf("bench: app: %w", err)
	}
	key := config.NewKey{Name: "measuring", Role: belay.RoleApp, AppID: h.app, Value: credential}
	if _, _, err := book.CreateKey(ctx, operator, key); err != nil {
		return fmt.Errorf("bench: key: %w", err)
	}
	for _, t := range []struct{ key, name, mark string }{
		{booked, "Appointment booked", ""},
		{starting, "Appointment starting", `,"futureDate":true`},
		{mailing, "Appointment starting, by mail", `,"futureDate":true`},
	} {
		in := config.TriggerInput{AppID: h.app, Key: t.key, Name: t.name, Schema: fmt.Appendf(nil, payloadSchema, t.mark)}
		if _, _, err := book.PutTrigger(ctx, operator, in); err != nil {
			return fmt.Errorf("bench: trigger %s: %w", t.key, err)
		}
	}
	for i := range h.sites {
		h.sites[i] = numbered(h.seed^1<<32, uint64(i)+1)
		if err := h.setUpSite(ctx, book, i); err != nil {
			return fmt.Errorf("bench: site: %w", err)
		}
	}
	return nil
}

func (h *house) setUpSite(ctx context.Context, book *config.Book, i int) error {
	at := belay.Site{ID: h.sites[i], Name: fmt.Sprintf("Salon %d", i), TimeZone: "Europe/Berlin"}
	if _, _, err := book.PutSite(ctx, operator, at); err != nil {
		return err
	}
	if _, _, err := book.Install(ctx, operator, at.ID, h.app, belay.ID{}); err != nil {
		return err
	}
	sends := fmt.Sprintf(`{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send_http_request","inputMapping":{
		"url":"%s%d","method":"POST","body":{"due":"{{var(\"starts\")}}","booking":"{{var(\"bookingId\")}}"}}}}`, h.receiver, i)
	mails := `{"type":"APP_DEFINED","appDefinedInfo":{"appId":"belay","actionKey":"send_email","inputMapping":{
		"to":"{{var(\"email\")}}","subject":"See you soon","text":"Dear {{var(\"firstName\")}}, see you at {{var(\"starts\")}}."}}}`
	const first, second = "a1a1a1a1-0000-4000-8000-000000000001", "a1a1a1a1-0000-4000-8000-000000000002"
	waits := fmt.Sprintf(`{"type":"DELAY","delayInfo":{"offsetExpression":"{{30}}","offsetTimeUnit":"DAYS","postActionIds":[%q]}}`, second)
	for key, actions := range map[string]string{
		booked:   fmt.Sprintf(`{%q:%s,%q:%s}`, first, waits, second, sends),
		starting: fmt.Sprintf(`{%q:%s}`, first, sends),
		mailing:  fmt.Sprintf(`{%q:%s}`, first, mails),
	} {
		doc := fmt.Sprintf(`{"name":"When %s","origin":"USER","configuration":{"status":"ACTIVE",
			"trigger":{"appId":%q,"triggerKey":%q},"rootActionIds":[%q],"actions":%s}}`, key, h.app, key, first, actions)
		if _, err := book.CreateAutomation(ctx, operator, at.ID, json.RawMessage(doc)); err != nil {
			return err
		}
	}
	return nil
}

// perCall is how many events one call reports, where many are reported.
const perCall = 100

// entity returns what the n-th reported event is about.
func (h *house) entity(n uint64) belay.ID { return numbered(h.seed, n) }

// siteOf returns the site of the n-th entity, where they are spread over all.
func (h *house) siteOf(n uint64) int { return int(n / perCall % uint64(len(h.sites))) }

// events are reports to be made.
type events struct {
	trigger string
	n       int
	// starts returns when the i-th takes place.
	starts func(i int, chance *rand.Rand) belay.Instant
	// site is where all take place; nil spreads them over all sites.
	site *int
}

// report reports events as fast as the engine takes them, by several callers
// within the process, and returns the number of the first one's entity; the
// others' follow it.
func (h *house) report(ctx context.Context, e events) (first uint64, err error) {
	calls := (e.n + perCall - 1) / perCall
	first = h.next.Add(uint64(calls*perCall)) - uint64(calls*perCall)
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	var call atomic.Int64
	for worker := range 16 {
		group.Go(func() error {
			chance := rand.New(rand.NewPCG(h.seed<<32|first, uint64(worker)))
			payloads := make([]*form, perCall)
			for i := range payloads {
				payloads[i] = newForm(payloadText)
			}
			for {
				from := int(call.Add(1)-1) * perCall
				if from >= e.n {
					return nil
				}
				items := make([]engine.ReportItem, min(perCall, e.n-from))
				for i := range items {
					items[i].EntityID = h.entity(first + uint64(from+i))
					items[i].Payload = payloads[i].fill(chance, nil, e.starts(from+i, chance))
				}
				site := h.siteOf(first + uint64(from))
				if e.site != nil {
					site = *e.site
				}
				if err := h.reportCall(ctx, h.sites[site], e.trigger, items); err != nil {
					return err
				}
			}
		})
	}
	err = group.Wait()
	if took := time.Since(began); e.n >= 10*perCall {
		h.rate = float64(e.n) / took.Seconds()
	}
	return first, err
}

func (h *house) reportCall(ctx context.Context, on belay.ID, trigger string, items []engine.ReportItem) error {
	by := belay.Caller{Role: belay.RoleApp, AppID: h.app}
	done, err := h.engine().ReportAll(ctx, by, on, h.app, trigger, items)
	if err != nil {
		return fmt.Errorf("bench: report: %w", err)
	}
	for i := range done {
		if done[i].Err != nil {
			return fmt.Errorf("bench: report: %w", done[i].Err)
		}
		if len(done[i].Activations) != 1 {
			return fmt.Errorf("bench: an event made %d activations instead of one", len(done[i].Activations))
		}
	}
	return nil
}

const day = 24 * time.Hour

// far returns a time in 1 to 31 days.
func (h *house) far() func(int, *rand.Rand) belay.Instant {
	from := h.engine().Now().Add(day)
	return func(_ int, chance *rand.Rand) belay.Instant {
		return from.Add(time.Duration(chance.Int64N(int64(30 * day))))
	}
}

// fillTo makes n activations pending.
func (h *house) fillTo(ctx context.Context, n int) error {
	h.filled = n
	_, err := h.report(ctx, events{trigger: starting, n: n, starts: h.far()})
	return err
}
