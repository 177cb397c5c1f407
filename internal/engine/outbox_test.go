package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/webhook"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// ears take deliveries, and answer as they are told.
type ears struct {
	mu     sync.Mutex
	heard  []belay.Delivery
	at     []time.Time
	answer func(ctx context.Context, to webhook.Receiver, d *belay.Delivery) action.Outcome
}

func (r *ears) Send(ctx context.Context, to webhook.Receiver, d *belay.Delivery) action.Outcome {
	r.mu.Lock()
	r.heard, r.at = append(r.heard, *d), append(r.at, time.Now())
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		return answer(ctx, to, d)
	}
	return taken
}

var (
	taken   = action.Outcome{Verdict: action.Delivered, Status: 200, Sent: true}
	refused = action.Outcome{Verdict: action.Retry, Status: 503, Code: "HTTP_503", Sent: true}
)

func (r *ears) answers(f func(ctx context.Context, to webhook.Receiver, d *belay.Delivery) action.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// told returns what was heard by an app, as "topic sequence-within-its-version".
func (r *ears) told(app belay.ID) (out []belay.Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.heard {
		if d.AppID == app {
			out = append(out, d)
		}
	}
	return out
}

func (r *ears) topics(app belay.ID) (out []string) {
	for _, d := range r.told(app) {
		out = append(out, d.Topic.String())
	}
	return out
}

func hearing(r *ears) func(*engine.Options) {
	return func(o *engine.Options) { o.Webhooks = r }
}

// listen subscribes an app of the house to topics.
func (h *house) listen(app belay.ID, topics ...belay.Topic) {
	h.Helper()
	h.must(h.PutWebhooks(h.Context(), operator, app, []belay.Webhook{{URL: "https://" + app.String() + ".example.com/hook", Topics: topics}}))
}

// second sets up another app on the site.
func (h *house) second() belay.ID {
	h.Helper()
	app := id(7)
	h.must(h.Book().PutApp(h.Context(), operator, belay.App{ID: app, Name: "Accounting"}))
	h.must(h.Book().Install(h.Context(), operator, h.site, app, belay.ID{}))
	return app
}

func (h *house) deliveries(with ...func(*store.DeliveryQuery)) []belay.Delivery {
	h.Helper()
	q := store.DeliveryQuery{SiteID: h.site, Page: store.Page{Limit: 1000}}
	for _, w := range with {
		w(&q)
	}
	list, err := h.Deliveries(h.Context(), operator, q)
	if err != nil {
		h.Fatal(err)
	}
	return list
}

func TestAppsAreToldWhatBecomesOfAutomations(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		other := h.second()
		h.listen(h.app, belay.TopicAutomationCreated, belay.TopicAutomationUpdated, belay.TopicAutomationDeleted)
		h.listen(other, belay.TopicAutomationUpdatedWithPrevious, belay.TopicAutomationDeletedWithEntity)
		a := h.automate("booked", "", mails("to"))
		doc := strings.Replace(string(a.Document), `"name":"Automation"`, `"name":"Renamed"`, 1)
		if _, err := h.Book().UpdateAutomation(t.Context(), operator, h.site, a.ID, a.Revision, []byte(doc)); err != nil {
			t.Fatal(err)
		}
		if err := h.Book().DeleteAutomation(t.Context(), operator, h.site, a.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		if got, want := r.topics(h.app), []string{"automation_created", "automation_updated", "automation_deleted"}; !slices.Equal(got, want) {
			t.Errorf("told %q; want %q", got, want)
		}
		if got, want := r.topics(other), []string{"automation_updated_with_previous_entity", "automation_deleted_with_entity"}; !slices.Equal(got, want) {
			t.Errorf("told the other app %q; want %q", got, want)
		}
		last := int64(0)
		for _, d := range r.told(h.app) {
			if d.Sequence <= last || d.EntityID != a.ID {
				t.Errorf("sequence %d of %s after %d", d.Sequence, d.EntityID, last)
			}
			last = d.Sequence
		}
		if body := string(r.told(other)[0].Body); !strings.Contains(body, `"previousAutomation":{`) || !strings.Contains(body, `"name":"Renamed"`) {
			t.Errorf("told %s", body)
		}
		for _, d := range h.deliveries() {
			if d.Status != belay.DeliveryDelivered || len(d.Attempts) != 1 {
				t.Errorf("%s is %s after %d attempts", d.Topic, d.Status, len(d.Attempts))
			}
		}
	})
}

func TestAppsAreToldWhatBecomesOfActivations(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		h.listen(h.app, belay.TopicActivationStatusChanged, belay.TopicActivationActionStatusChanged)
		h.automate("booked", "", mails("to"))
		h.automate("starting", "", mails("to"))
		h.report("booked", 100, payload(""))
		h.report("starting", 100, payload("2000-02-01T00:00:00Z"))
		h.call(100, "starting")
		time.Sleep(time.Second)
		var got []string
		for _, d := range r.told(h.app) {
			status := strings.SplitN(strings.SplitN(string(d.Body), `"status":"`, 2)[1], `"`, 2)[0]
			got = append(got, d.Topic.String()+" "+status)
		}
		slices.Sort(got)
		want := []string{
			"activation_action_status_changed ENDED", "activation_action_status_changed STARTED",
			"activation_status_changed CANCELLED", "activation_status_changed ENDED",
			"activation_status_changed SCHEDULED", "activation_status_changed STARTED",
		}
		if !slices.Equal(got, want) {
			t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// Of what a limit decides on, only what came of it is told.
func TestAppsAreToldWhatALimitLetPass(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		h.listen(h.app, belay.TopicActivationStatusChanged)
		h.automate("booked", limitedTo(2, ""), limiting("to", 1, everyone))
		for n, want := range [][]string{{"STARTED", "ENDED"}, {"STARTED", "ENDED"}, {"SKIPPED"}} {
			before := len(r.told(h.app))
			h.report("booked", 100+n, to("ada"))
			time.Sleep(time.Second)
			var got []string
			for _, d := range r.told(h.app)[before:] {
				got = append(got, strings.SplitN(strings.SplitN(string(d.Body), `"status":"`, 2)[1], `"`, 2)[0])
			}
			if !slices.Equal(got, want) {
				t.Errorf("report %d: told %v; want %v", n, got, want)
			}
		}
	})
}

func TestNobodyIsToldWhereNobodyAsks(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		elsewhere := id(8) // listens, and is not on the site
		h.must(h.Book().PutApp(t.Context(), operator, belay.App{ID: elsewhere, Name: "Elsewhere"}))
		h.listen(elsewhere, belay.TopicActivationStatusChanged, belay.TopicAutomationCreated)
		h.listen(h.app, belay.TopicAutomationDeleted)
		h.automate("booked", "", mails("to"))
		h.report("booked", 100, payload(""))
		time.Sleep(time.Minute)
		if got := h.deliveries(); len(got) != 0 {
			t.Errorf("%d deliveries were kept", len(got))
		}
	})
}

func TestWhatIsNotTakenIsTriedForTwoDaysInOrderAndReplayed(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		other := h.second()
		h.listen(h.app, belay.TopicAutomationCreated, belay.TopicAutomationDeleted)
		h.listen(other, belay.TopicAutomationCreated)
		r.answers(func(_ context.Context, _ webhook.Receiver, d *belay.Delivery) action.Outcome {
			if d.AppID == h.app {
				return refused
			}
			return taken
		})
		began := time.Now()
		a := h.automate("booked", "", mails("to"))
		if err := h.Book().DeleteAutomation(t.Context(), operator, h.site, a.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := r.told(other); len(got) != 1 {
			t.Errorf("the other app was told %d times in the meantime", len(got))
		}
		time.Sleep(47 * time.Hour)
		for _, d := range r.told(h.app) {
			if d.Topic != belay.TopicAutomationCreated {
				t.Fatalf("%s went out before what comes before it was given up", d.Topic)
			}
		}
		time.Sleep(2 * time.Hour)
		failed := h.deliveries(func(q *store.DeliveryQuery) { q.Status = belay.DeliveryFailed })
		if len(failed) != 1 || failed[0].Topic != belay.TopicAutomationCreated || failed[0].EndedAt.Time().Sub(began).Round(time.Second) != 48*time.Hour {
			t.Fatalf("%d were given up; want the first, after 48 h", len(failed))
		}
		if n := len(failed[0].Attempts); n < 10 || n > 16 || failed[0].Attempts[n-1].Status != 503 {
			t.Errorf("%d attempts were made", n)
		}
		for i, try := range failed[0].Attempts[1:] {
			if wait, least := try.StartedAt.Sub(failed[0].Attempts[i].StartedAt), engine.RetryDelivery(i+2, 0); i < 9 && (wait < least || wait > least*6/5+time.Second) {
				t.Errorf("attempt %d came after %v; want %v to a fifth more", i+2, wait, least)
			}
		}
		time.Sleep(48 * time.Hour)
		if failed = h.deliveries(func(q *store.DeliveryQuery) { q.Status = belay.DeliveryFailed }); len(failed) != 2 {
			t.Fatalf("%d were given up; want both", len(failed))
		}
		r.answers(nil)
		r.mu.Lock()
		r.heard = nil
		r.mu.Unlock()
		viewer := belay.Caller{Role: belay.RoleViewer, SiteID: h.site}
		if _, err := h.ReplayFailed(t.Context(), viewer, h.site, h.app); belay.CodeOf(err) != belay.PermissionDenied {
			t.Errorf("a viewer's replay = %v", err)
		}
		if n, err := h.ReplayFailed(t.Context(), h.appCaller, h.site, h.app); err != nil || n != 2 {
			t.Errorf("ReplayFailed = %d, %v", n, err)
		}
		time.Sleep(time.Minute)
		if got, want := r.topics(h.app), []string{"automation_created", "automation_deleted"}; !slices.Equal(got, want) {
			t.Errorf("replayed %q; want %q", got, want)
		}
		if _, err := h.Replay(t.Context(), h.appCaller, h.site, failed[0].ID); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if got := r.told(h.app); len(got) != 3 || got[2].ID != failed[0].ID {
			t.Errorf("one was replayed: told %d", len(got))
		}
		stranger := belay.Caller{Role: belay.RoleApp, AppID: other}
		if _, err := h.Replay(t.Context(), stranger, h.site, failed[0].ID); belay.CodeOf(err) != belay.NotFound {
			t.Errorf("another app's replay = %v", err)
		}
	})
}

func TestAfterACrashWhatWasToldIsSent(t *testing.T) {
	virtual(t, func(t *testing.T) {
		s, r := model(), &ears{}
		h := build(t, s, hearing(r))
		h.listen(h.app, belay.TopicAutomationCreated, belay.TopicActivationStatusChanged)
		hang := make(chan struct{})
		r.answers(func(ctx context.Context, _ webhook.Receiver, _ *belay.Delivery) action.Outcome {
			<-hang // it is out when the process dies
			return taken
		})
		h.automate("booked", "", mails("to"))
		h.report("booked", 100, payload(""))
		synctest.Wait()
		h.store.(*mortal).dead.Store(true)
		close(hang)
		h.crash()
		r.answers(nil)
		before := len(r.told(h.app))
		again := open(t, s, hearing(r))
		defer again.stop()
		time.Sleep(time.Minute)
		counts := map[belay.ID]int{}
		for _, d := range r.told(h.app) {
			counts[d.ID]++
		}
		if len(counts) < 3 || len(r.told(h.app)) == before {
			t.Errorf("told %d changes, %d before the crash", len(counts), before)
		}
		for _, d := range again.deliveries() {
			if d.Status != belay.DeliveryDelivered || counts[d.ID] == 0 {
				t.Errorf("%s %s is %s", d.Topic, d.ID, d.Status)
			}
		}
	})
}

func TestOneEntityKeepsItsOrderUnderFailures(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, disk(t), hearing(r))
		defer h.stop()
		h.listen(h.app, belay.TopicActivationStatusChanged, belay.TopicActivationActionStatusChanged)
		tries := map[belay.ID]int{}
		var mu sync.Mutex
		var took []belay.Delivery
		r.answers(func(_ context.Context, _ webhook.Receiver, d *belay.Delivery) action.Outcome {
			mu.Lock()
			defer mu.Unlock()
			tries[d.ID]++
			if tries[d.ID] <= int(d.ID[15])%3 { // some are refused once or twice
				return refused
			}
			took = append(took, *d)
			return taken
		})
		h.automate("booked", "", delayed("to", "1", "MINUTES"))
		for n := range 30 {
			h.report("booked", 100+n, payload(""))
		}
		time.Sleep(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		last := map[belay.ID]int64{}
		for _, d := range took {
			if d.Sequence <= last[d.EntityID] {
				t.Errorf("%s took %d after %d", d.EntityID, d.Sequence, last[d.EntityID])
			}
			last[d.EntityID] = d.Sequence
		}
		if want := len(h.deliveries()); len(last) != 30 || len(took) != want {
			t.Errorf("%d of %d were taken, of %d activations", len(took), want, len(last))
		}
	})
}

func TestASlowReceiverDelaysNoOther(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		other := h.second()
		h.listen(h.app, belay.TopicActivationStatusChanged)
		h.listen(other, belay.TopicActivationStatusChanged)
		var mu sync.Mutex
		out, most := 0, 0
		r.answers(func(ctx context.Context, _ webhook.Receiver, d *belay.Delivery) action.Outcome {
			if d.AppID == other {
				return taken
			}
			mu.Lock()
			out++
			most = max(most, out)
			mu.Unlock()
			time.Sleep(webhook.DefaultTimeout)
			mu.Lock()
			out--
			mu.Unlock()
			return action.Outcome{Code: "TIMEOUT"}
		})
		h.automate("booked", "", mails("to"))
		began := time.Now()
		for n := range 200 {
			h.report("booked", 100+n, payload(""))
		}
		time.Sleep(time.Second)
		if got := len(r.told(other)); got != 400 {
			t.Errorf("the other app was told %d changes within %v; want all 400", got, time.Since(began))
		}
		if h.receiver.count() != 200 {
			t.Errorf("%d of 200 actions were carried out", h.receiver.count())
		}
		mu.Lock()
		defer mu.Unlock()
		if most != 16 {
			t.Errorf("%d were out at once to one app; want 16", most)
		}
	})
}

func TestWhatNobodyAsksForAnyMoreIsDropped(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		h.listen(h.app, belay.TopicAutomationCreated)
		r.answers(func(context.Context, webhook.Receiver, *belay.Delivery) action.Outcome { return refused })
		h.automate("booked", "", mails("to"))
		time.Sleep(time.Second)
		h.listen(h.app, belay.TopicAutomationDeleted)
		time.Sleep(time.Minute)
		if d := h.deliveries()[0]; d.Status != belay.DeliveryDropped {
			t.Errorf("it is %s; want DROPPED", d.Status)
		}
		n := len(r.told(h.app))
		time.Sleep(time.Hour)
		if len(r.told(h.app)) != n {
			t.Error("it was sent after all")
		}
	})
}

func TestNodesTellOnceAndTakeOverWhatADeadOneLeft(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		r := &ears{}
		join := func() *house {
			c.joined++
			name := fmt.Sprintf("node-%d", c.joined)
			return openFor(t, &mortal{Store: c.store}, c.receiver, func(o *engine.Options) {
				o.SoleOwner, o.Horizon, o.Webhooks = false, 10*time.Second, r
				o.Nodes, o.Node, o.NodeName = &link{c.nodes, o.Store.(*mortal)}, name+"-1", name
			})
		}
		one, two := join(), join()
		time.Sleep(3 * time.Second) // they know of each other
		furnish(one)
		one.listen(one.app, belay.TopicActivationStatusChanged)
		sites := one.spread(20, "booked", mails("to"))
		time.Sleep(3 * time.Second)
		for i, site := range sites {
			one.reportOn(site, "booked", 100+i, payload(""))
		}
		time.Sleep(5 * time.Second)
		counts := map[belay.ID]int{}
		for _, d := range r.told(one.app) {
			counts[d.ID]++
		}
		if len(counts) != 40 {
			t.Errorf("told %d changes; want 40", len(counts))
		}
		for id, n := range counts {
			if n != 1 {
				t.Errorf("%s was sent %d times", id, n)
			}
		}
		two.crash()
		for i, site := range sites {
			one.reportOn(site, "booked", 300+i, payload(""))
		}
		time.Sleep(10 * time.Second)
		counts = map[belay.ID]int{}
		for _, d := range r.told(one.app) {
			counts[d.ID]++
		}
		if len(counts) != 80 {
			t.Errorf("after one died: told %d changes; want 80", len(counts))
		}
		one.stop()
	})
}

func TestDeliveriesAreForgottenWithAge(t *testing.T) {
	virtual(t, func(t *testing.T) {
		r := &ears{}
		h := build(t, model(), hearing(r))
		defer h.stop()
		h.listen(h.app, belay.TopicAutomationCreated)
		h.automate("booked", "", mails("to"))
		time.Sleep(89 * 24 * time.Hour)
		if err := h.Sweep(t.Context()); err != nil || len(h.deliveries()) != 1 {
			t.Fatalf("after 89 days: %v, %d deliveries", err, len(h.deliveries()))
		}
		time.Sleep(2 * 24 * time.Hour)
		if err := h.Sweep(t.Context()); err != nil || len(h.deliveries()) != 0 {
			t.Errorf("after 91 days: %v, %d deliveries", err, len(h.deliveries()))
		}
	})
}
