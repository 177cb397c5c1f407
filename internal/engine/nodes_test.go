package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/storetest"
)

// cluster is nodes over one store, which all send to one receiver.
type cluster struct {
	*testing.T
	store    store.Store
	nodes    store.Nodes
	shared   store.Commits // nil where nobody looks
	receiver *receiver
	joined   int
}

func newCluster(t *testing.T) *cluster {
	return &cluster{T: t, store: model(), nodes: storetest.NewNodes(), receiver: &receiver{}}
}

// join starts a node whose machine's clock is wrong by skew.
func (c *cluster) join(skew time.Duration) *house {
	c.Helper()
	return c.joinAs(skew, func(*engine.Options) {})
}

func (c *cluster) joinAs(skew time.Duration, with func(*engine.Options)) *house {
	c.Helper()
	c.joined++
	name := fmt.Sprintf("node-%d", c.joined)
	return openFor(c.T, &mortal{Store: c.store}, c.receiver, func(o *engine.Options) {
		o.SoleOwner, o.Horizon = false, 10*time.Second
		o.Nodes, o.Node, o.NodeName = &link{c.nodes, o.Store.(*mortal)}, name+"-1", name
		o.Commits = c.shared
		o.Clock = func() time.Time { return time.Now().Add(skew) }
		with(o)
	})
}

// link is a node's way to the others, which it loses with its store.
type link struct {
	store.Nodes
	of *mortal
}

func (l *link) Heartbeat(ctx context.Context, n store.Node, ttl time.Duration) (store.Beat, error) {
	if l.of.dead.Load() {
		return store.Beat{}, store.ErrUnreachable
	}
	if !n.Leaving {
		time.Sleep(time.Duration(l.of.beat.Load()))
	}
	return l.Nodes.Heartbeat(ctx, n, ttl)
}

func (l *link) Leave(ctx context.Context, id string) error {
	if l.of.dead.Load() {
		return store.ErrUnreachable
	}
	return l.Nodes.Leave(ctx, id)
}

// spread sets up n more sites on a house, so that every node has buckets with
// work, and returns them.
func (h *house) spread(n int, trigger, graph string) []belay.ID {
	h.Helper()
	var sites []belay.ID
	for i := range n {
		site := id(500 + i)
		h.must(h.Book().PutSite(h.Context(), operator, belay.Site{ID: site, Name: "Salon", TimeZone: "UTC", Locale: "en-GB"}))
		h.must(h.Book().Install(h.Context(), operator, site, h.app, belay.ID{}))
		on := *h
		on.site = site
		on.automate(trigger, "", graph)
		sites = append(sites, site)
	}
	return sites
}

func (h *house) reportOn(site belay.ID, trigger string, entity int, payload string) engine.Reported {
	h.Helper()
	on := *h
	on.site = site
	return on.report(trigger, entity, payload)
}

func TestNodesShareWhatIsDueAndStartItOnce(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b, d := furnish(c.join(0)), c.join(0), c.join(0)
		sites := a.spread(30, "starting", mails("at"))
		time.Sleep(3 * time.Second)
		var made []engine.Reported
		for i, site := range sites {
			made = append(made, []*house{a, b, d}[i%3].reportOn(site, "starting", 100+i, payload("2000-01-01T00:05:00Z")))
		}
		time.Sleep(10 * time.Minute)
		started := map[string]int{}
		for i, site := range sites {
			on := *d
			on.site = site
			row := on.row(made[i])
			if row.Status != belay.Ended || len(row.Actions) != 1 || len(row.Actions[0].Attempts) != 1 {
				t.Fatalf("site %d: the activation is %+v; want it ended after one attempt", i, row)
			}
			started[row.Actions[0].Attempts[0].Node]++
		}
		if len(started) != 3 {
			t.Errorf("what was due was started by %v; want all three nodes to have started some", started)
		}
		sent := c.receiver.sent()
		if len(sent) != len(sites) {
			t.Errorf("%d were sent; want %d", len(sent), len(sites))
		}
		for _, s := range sent {
			if s != "2000-01-01 00:05:00.000 at ada@example.com" {
				t.Errorf("sent %s; want it at 00:05:00.000", s)
			}
		}
		for _, h := range []*house{a, b, d} {
			buckets := 0
			for _, n := range h.Nodes() {
				buckets += n.Buckets
			}
			if len(h.Nodes()) != 3 || buckets != belay.Buckets {
				t.Errorf("a node sees %d nodes with %d buckets; want 3 with 256", len(h.Nodes()), buckets)
			}
		}
		a.stop()
		b.stop()
		d.stop()
	})
}

// onMachines starts a node on each of the machines named; those without a name say
// that theirs is not known.
func (c *cluster) onMachines(beside func(node, nodes int), machines ...string) []*house {
	c.Helper()
	var nodes []*house
	for i, machine := range machines {
		nodes = append(nodes, c.joinAs(0, func(o *engine.Options) {
			o.Machine, o.Address, o.Beside = machine, fmt.Sprintf("node-%d", i), func(nodes int) { beside(i, nodes) }
		}))
		time.Sleep(10 * time.Second)
	}
	return nodes
}

// A node of another machine takes nothing of this one's processors, neither does
// one that has died, and the eldest, which works for the others, divides them with nobody.
func TestANodeKnowsAmongHowManyItsProcessorsAreDivided(t *testing.T) {
	virtual(t, func(t *testing.T) {
		const gone = 0
		c := newCluster(t)
		var told [5]atomic.Int64
		nodes := c.onMachines(func(node, nodes int) { told[node].Store(int64(nodes)) }, "one", "one", "one", "another", "")
		check := func(when string, want ...int64) {
			t.Helper()
			time.Sleep(10 * time.Second)
			for i, n := range want {
				if got := told[i].Load(); n != gone && got != n {
					t.Errorf("%s: node %d was told that its processors are divided among %d; want %d", when, i, got, n)
				}
			}
		}
		check("all live", 1, 3, 3, 1, 1)
		nodes[2].crash()
		check("one is dead", 1, 2)
		nodes[0].stop()
		check("the eldest has stopped", gone, 1)
		for _, i := range []int{1, 3, 4} {
			nodes[i].stop()
		}
	})
}

// Of the nodes of one machine the eldest looks after the buckets of all; when it goes,
// the next does, and other machines keep theirs.
func TestTheEldestNodeOfAMachineLooksAfterItsBuckets(t *testing.T) {
	for name, end := range map[string]func(*house){"stop": (*house).stop, "crash": (*house).crash} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				c := newCluster(t)
				nodes := c.onMachines(func(int, int) {}, "one", "one", "another")
				a, b, d := furnish(nodes[0]), nodes[1], nodes[2]
				buckets := func(seenBy *house) map[string]int {
					all := map[string]int{}
					for _, n := range seenBy.Nodes() {
						all[n.Name] = n.Buckets
					}
					return all
				}
				before := buckets(b)
				if before["node-1"] == 0 || before["node-2"] != 0 || before["node-3"] == 0 {
					t.Errorf("two machines share the buckets as %v; want none at node-2", before)
				}
				sites := a.spread(30, "starting", mails("at"))
				for i, site := range sites {
					b.reportOn(site, "starting", 100+i, payload("2000-01-01T01:00:00Z"))
					b.reportOn(site, "starting", 200+i, payload("2000-01-01T02:00:00Z"))
				}
				time.Sleep(90 * time.Minute)
				end(a)
				time.Sleep(90 * time.Minute)
				if after := buckets(d); after["node-2"] != before["node-1"] || after["node-3"] != before["node-3"] {
					t.Errorf("without the eldest the buckets are shared as %v; they were %v", after, before)
				}
				if got := len(c.receiver.sent()); got != 2*len(sites) {
					t.Errorf("%d were sent; want %d", got, 2*len(sites))
				}
				b.stop()
				d.stop()
			})
		})
	}
}

// tardy is a node's way to the others on which heartbeats may come too late to count.
type tardy struct {
	store.Nodes
	late *atomic.Bool
	n    atomic.Int64 // that did
}

func (l *tardy) Heartbeat(ctx context.Context, n store.Node, ttl time.Duration) (store.Beat, error) {
	b, err := l.Nodes.Heartbeat(ctx, n, ttl)
	if l.late.Load() {
		l.n.Add(1)
		b.Nodes = slices.DeleteFunc(b.Nodes, func(o store.Node) bool { return o.ID == n.ID })
	}
	return b, err
}

// A node whose heartbeats come too late, alone or not, goes on with what it looks after.
func TestANodeThatMissesItsHeartbeatsGoesOn(t *testing.T) {
	for _, nodes := range []int{1, 2} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				c := newCluster(t)
				var late atomic.Bool
				way := &tardy{late: &late}
				a := furnish(c.joinAs(0, func(o *engine.Options) {
					way.Nodes = o.Nodes
					o.Nodes = way
				}))
				all := []*house{a}
				for range nodes - 1 {
					all = append(all, c.join(0))
				}
				sites := a.spread(10, "starting", mails("at"))
				time.Sleep(3 * time.Second)
				late.Store(true)
				for i, site := range sites {
					a.reportOn(site, "starting", 100+i, payload("2000-01-01T00:01:00Z"))
				}
				time.Sleep(2 * time.Minute)
				if got := len(c.receiver.sent()); got != len(sites) {
					t.Errorf("%d were sent while heartbeats were late; want %d", got, len(sites))
				}
				if way.n.Load() < 100 {
					t.Errorf("%d heartbeats were late in two minutes; want one a second", way.n.Load())
				}
				late.Store(false)
				for i, site := range sites {
					a.reportOn(site, "starting", 200+i, payload("2000-01-01T00:05:00Z"))
				}
				time.Sleep(5 * time.Minute)
				if got := len(c.receiver.sent()); got != 2*len(sites) {
					t.Errorf("%d were sent in all; want %d", got, 2*len(sites))
				}
				for _, h := range all {
					h.stop()
				}
			})
		})
	}
}

// What falls due while a node stops, or after it died, goes out at its time: to
// the millisecond after a stop, after a crash as soon as the others know.
func TestAStopHandsOverAndACrashIsTakenOver(t *testing.T) {
	const ms = time.Millisecond
	for name, tt := range map[string]struct {
		joins  time.Duration // how far into a second the node that stays does, and then the other
		then   time.Duration
		at     time.Duration // how far into a second it ends
		end    func(*house)
		latest time.Duration
	}{
		"stop":                           {0, 0, 0, (*house).stop, 0},
		"stop, long after a heartbeat":   {0, 450 * ms, 400 * ms, (*house).stop, 0},
		"stop, just before a look":       {850 * ms, 450 * ms, 950 * ms, (*house).stop, 0},
		"stop, just after the other's":   {400 * ms, 100 * ms, 410 * ms, (*house).stop, 0},
		"stop during a heartbeat":        {0, 0, 0, stopDuringABeat, 0},
		"stop during one, before a look": {850 * ms, 450 * ms, 450 * ms, stopDuringABeat, 0},
		"crash":                          {0, 0, 0, (*house).crash, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				c := newCluster(t)
				time.Sleep(tt.joins)
				a := furnish(c.join(0))
				time.Sleep(tt.then)
				b := c.join(0)
				sites := a.spread(20, "starting", mails("at"))
				begin := time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)
				for i, site := range sites {
					for s := range 60 {
						at := begin.Add(time.Duration(s)*time.Second + time.Duration(i)*37*time.Millisecond)
						a.reportOn(site, "starting", 1000+100*i+s, payload(at.Format("2006-01-02T15:04:05.000Z")))
					}
				}
				time.Sleep(time.Until(begin.Add(30*time.Second + tt.at)))
				tt.end(b)
				time.Sleep(5 * time.Minute)
				late := c.lateness(t, begin, sites, tt.latest > 0)
				if late > tt.latest {
					t.Errorf("something was %v late; want at most %v", late, tt.latest)
				}
				a.stop()
			})
		})
	}
}

// stopDuringABeat stops a node while a heartbeat of it is under way that says nothing
// of the stop.
func stopDuringABeat(h *house) {
	h.store.(*mortal).beat.Store(int64(900 * time.Millisecond))
	time.Sleep(1500 * time.Millisecond)
	h.stop()
}

// lateness checks that every one of the sites' sixty reports was sent and none
// early, and returns the greatest lateness. Only what a dead node had out may be
// sent again.
func (c *cluster) lateness(t *testing.T, begin time.Time, sites []belay.ID, repeats bool) time.Duration {
	t.Helper()
	var want []time.Time
	for i := range sites {
		for s := range 60 {
			want = append(want, begin.Add(time.Duration(s)*time.Second+time.Duration(i)*37*time.Millisecond))
		}
	}
	slices.SortFunc(want, time.Time.Compare)
	var got []time.Time
	c.receiver.mu.Lock()
	defer c.receiver.mu.Unlock()
	seen := map[string]bool{}
	for _, s := range c.receiver.got {
		if seen[s.message] && !repeats {
			t.Errorf("%s was sent twice", s.message)
		}
		if !seen[s.message] {
			got = append(got, s.at)
		}
		seen[s.message] = true
	}
	slices.SortFunc(got, time.Time.Compare)
	if len(got) != len(want) {
		t.Fatalf("%d were sent; want %d", len(got), len(want))
	}
	var late time.Duration
	for i := range want {
		if got[i].Before(want[i]) {
			t.Fatalf("something due at %v went out at %v", want[i], got[i])
		}
		late = max(late, got[i].Sub(want[i]))
	}
	return late
}

// An attempt that was out when its node died is repeated by another node when its
// lease lapses, under the same message ID.
func TestWhatADeadNodeHadOutIsRepeatedWithinTwoLeases(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a := furnish(c.join(0))
		b := c.join(0)
		a.automate("booked", "", mails("to"))
		hang := make(chan struct{})
		c.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			<-hang
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		a.report("booked", 100, payload(""))
		synctest.Wait()
		c.receiver.answer = nil
		a.store.(*mortal).dead.Store(true)
		a.cancel()
		time.Sleep(2 * time.Minute)
		c.receiver.mu.Lock()
		got := slices.Clone(c.receiver.got)
		c.receiver.mu.Unlock()
		if len(got) != 2 || got[0].message != got[1].message {
			t.Fatalf("sent %+v; want it twice under one message ID", got)
		}
		if gap := got[1].at.Sub(got[0].at); gap < time.Minute || gap > 2*time.Minute {
			t.Errorf("it was repeated after %v; want between one lease, 1m, and two", gap)
		}
		close(hang)
		b.stop()
		<-a.done
		a.Close()
	})
}

// Nodes go by the time of the database: with clocks that are wrong by five
// seconds either way nothing is early, nothing is late, and a key that is taken
// on one node is taken on the others until its time.
func TestClocksThatDifferBreakNoPromise(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b := furnish(c.join(5*time.Second)), c.join(-5*time.Second)
		sites := a.spread(10, "starting", mails("at"))
		begin := time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)
		for i, site := range sites {
			for s := range 60 {
				at := begin.Add(time.Duration(s)*time.Second + time.Duration(i)*37*time.Millisecond)
				[]*house{a, b}[s%2].reportOn(site, "starting", 1000+100*i+s, payload(at.Format("2006-01-02T15:04:05.000Z")))
			}
		}
		keyed := engine.ReportItem{Payload: []byte(payload("2000-01-02T00:00:00Z")), IdempotencyKey: "k", KeyLife: 3 * time.Second}
		first, err := a.Report(t.Context(), a.appCaller, sites[0], belay.ID{}, "starting", keyed)
		if err != nil || first.Repeated {
			t.Fatalf("Report = %+v, %v", first, err)
		}
		time.Sleep(2999 * time.Millisecond)
		if again, err := b.Report(t.Context(), b.appCaller, sites[0], belay.ID{}, "starting", keyed); err != nil || !again.Repeated {
			t.Errorf("the same key on the other node: %+v, %v; want it repeated", again, err)
		}
		time.Sleep(time.Millisecond)
		if again, err := b.Report(t.Context(), b.appCaller, sites[0], belay.ID{}, "starting", keyed); err != nil || again.Repeated {
			t.Errorf("the key after its time: %+v, %v; want it free", again, err)
		}
		time.Sleep(5 * time.Minute)
		if late := c.lateness(t, begin, sites, false); late != 0 {
			t.Errorf("something was %v late", late)
		}
		a.stop()
		b.stop()
	})
}

// What one node changes in the configuration holds on the others from the moment
// that its call has returned.
func TestAChangeOnOneNodeHoldsOnTheOthers(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b := furnish(c.join(0)), c.join(0)
		b.report("booked", 1, payload("")) // it knows the site now

		automation := a.automate("starting", "", mails("at"))
		if r := b.report("starting", 2, payload("2000-01-01T01:00:00Z")); len(r.Activations) != 1 {
			t.Errorf("an automation made on a made %d activations on b; want 1", len(r.Activations))
		}
		off := []byte(`{"name":"Automation","origin":"USER","configuration":{"status":"INACTIVE","trigger":{"appId":"` + a.app.String() + `","triggerKey":"starting"},` + mails("x") + `}}`)
		if _, err := a.Book().UpdateAutomation(t.Context(), operator, a.site, automation.ID, automation.Revision, off); err != nil {
			t.Fatal(err)
		}
		if r := b.report("starting", 3, payload("2000-01-01T01:00:00Z")); len(r.Activations) != 0 {
			t.Errorf("an automation deactivated on a made %d activations on b", len(r.Activations))
		}

		// New triggers, sites and keys are known, and keys that are gone are not.
		a.must(a.Book().PutTrigger(t.Context(), operator, triggerNamed(a.app, "moved")))
		b.report("moved", 4, payload(""))
		item := engine.ReportItem{Payload: []byte(payload("")), EntityID: id(5)}
		for what, use := range map[string]func(belay.Caller) error{
			"report": func(by belay.Caller) error {
				_, err := b.Report(t.Context(), by, b.site, belay.ID{}, "booked", item)
				return err
			},
			"cancel": func(by belay.Caller) error {
				_, err := b.Engine.Cancel(t.Context(), by, b.site, belay.ID{}, "booked", id(5))
				return err
			},
		} {
			key, _, err := a.Book().CreateKey(t.Context(), operator, config.NewKey{Name: "app", Role: belay.RoleApp, AppID: a.app})
			if err != nil {
				t.Fatal(err)
			}
			by := belay.Caller{Role: belay.RoleApp, AppID: a.app, KeyID: key.ID}
			if err := use(by); err != nil {
				t.Errorf("a %s on b with a key made on a: %v", what, err)
			}
			if err := a.Book().DeleteKey(t.Context(), operator, key.ID); err != nil {
				t.Fatal(err)
			}
			if err := use(by); belay.CodeOf(err) != belay.Unauthenticated {
				t.Errorf("a %s on b with a key deleted on a: %v; want it refused", what, err)
			}
		}
		if err := a.Book().Uninstall(t.Context(), operator, a.site, a.app); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Report(t.Context(), b.appCaller, b.site, belay.ID{}, "booked", item); belay.CodeOf(err) != belay.PermissionDenied {
			t.Errorf("a report of an app uninstalled on a: %v; want it refused", err)
		}
		a.stop()
		b.stop()
	})
}

// The row of a pending activation may be taken up by a node that has not heard of
// its automation yet: it asks before it calls anything off.
func TestANodeThatKnowsLessAsksBeforeItCallsOff(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b := furnish(c.join(0)), c.join(0)
		sites := a.spread(20, "booked", mails("to"))
		for i, site := range sites {
			b.reportOn(site, "booked", 100+i, payload(""))
		}
		synctest.Wait()
		var made []engine.Reported
		for i, site := range sites {
			on := *a
			on.site = site
			on.automate("starting", "", mails("at"))
			made = append(made, a.reportOn(site, "starting", 200+i, payload("2000-01-01T00:00:30Z")))
		}
		time.Sleep(time.Minute)
		for i, site := range sites {
			on := *b
			on.site = site
			if row := on.row(made[i]); row.Status != belay.Ended {
				t.Errorf("the activation is %v %s; want it ended", row.Status, row.CancelReason)
			}
		}
		a.stop()
		b.stop()
	})
}

// A cancel at one node names what another has out, and what the other has not
// sent yet does not go out.
func TestACancelReachesWhatAnotherNodeStarted(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a, b := furnish(c.join(0)), c.join(0)
		a.automate("booked", "", mails("to"))
		hang := make(chan struct{})
		c.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			<-hang
			return action.Outcome{Verdict: action.Retry, Sent: true}
		}
		r := a.report("booked", 100, payload(""))
		synctest.Wait()
		got := b.call(100, "booked")
		if got.Activations != 1 || len(got.InFlight) != 1 || got.InFlight[0].ActivationID != r.Activations[0] {
			t.Errorf("Cancel = %+v; want it to name the attempt that a has out", got)
		}
		close(hang)
		time.Sleep(time.Hour)
		if n := c.receiver.count(); n != 1 {
			t.Errorf("sent %d times; want once, and no retry after the cancel", n)
		}
		a.stop()
		b.stop()
	})
}

// What a dead node had out when its activation was canceled is shown as out until
// its lease lapses, and as lost from then on.
func TestWhatADeadNodeHadOutWhenItWasCanceledIsLostInTheEnd(t *testing.T) {
	virtual(t, func(t *testing.T) {
		c := newCluster(t)
		a := furnish(c.join(0))
		b := c.join(0)
		a.automate("booked", "", mails("to"))
		hang := make(chan struct{})
		c.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			<-hang
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		r := a.report("booked", 100, payload(""))
		synctest.Wait()
		a.store.(*mortal).dead.Store(true)
		a.cancel()
		if got := b.call(100, "booked"); len(got.InFlight) != 1 {
			t.Errorf("Cancel = %+v; want it to name the attempt that is out", got)
		}
		if row := b.row(r); row.InFlight() != 1 {
			t.Errorf("before its lease lapses the attempt is shown as %+v; want it out", row.Actions)
		}
		time.Sleep(time.Minute)
		row := b.row(r)
		if last := row.Actions[0].Attempts[0]; row.InFlight() != 0 || last.Result != "LOST" || row.Actions[0].Status != belay.ActionWithdrawn {
			t.Errorf("after its lease the attempt is shown as %+v; want it lost", row.Actions)
		}
		close(hang)
		b.stop()
		<-a.done
		a.Close()
	})
}

func triggerNamed(app belay.ID, key string) config.TriggerInput {
	return config.TriggerInput{AppID: app, Key: key, Name: "Moved", Schema: []byte(realTime)}
}
