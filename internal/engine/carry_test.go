package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/flow"
	"github.com/belay-events/belay/internal/store"
)

// besideEachOther has three nodes of one machine, of which the first looks after all
// buckets, and an automation that sends at once.
func besideEachOther(t *testing.T, tune func(*engine.Options), f func(n *neighbours, nodes []*house)) {
	virtual(t, func(t *testing.T) {
		n := &neighbours{cluster: newCluster(t), pipes: map[string]*belaytest.Pipe{}, machine: "one", tune: tune}
		nodes := n.joinAll(3)
		nodes[0].automate("booked", "", mails("to"))
		nodes[0].automate("starting", "", mails("at"))
		for range 2 { // so that they learn the fence, and connect
			for i, h := range nodes {
				h.report("starting", 9000+i, payload("2000-01-03T00:00:00Z"))
			}
			time.Sleep(2 * time.Second)
		}
		f(n, nodes)
		n.meddle.Store(nil)
		for _, h := range nodes {
			h.stop()
		}
	})
}

func (n *neighbours) meddles(f func(h *house, b *store.Batch, answer func(*store.Result, error))) {
	n.meddle.Store(&f)
}

// nodeOf returns which node made the attempts of a report.
func nodeOf(h *house, r engine.Reported) (names []string) {
	a := h.row(r)
	for _, try := range a.Actions[0].Attempts {
		names = append(names, try.Node)
	}
	return names
}

func TestWhatStartsAtOnceGoesOutFromTheNodeThatKeepsIt(t *testing.T) {
	besideEachOther(t, nil, func(n *neighbours, nodes []*house) {
		before := n.taken.Load()
		for i, h := range nodes {
			r := h.report("booked", 100+i, payload(""))
			time.Sleep(time.Second)
			if a := h.row(r); a.Status != belay.Ended {
				t.Errorf("reported at %d: the row is %v; want ENDED", i+1, a.Status)
			}
			if got := nodeOf(h, r); !slices.Equal(got, []string{"node-1"}) {
				t.Errorf("reported at %d: sent by %v; want node-1", i+1, got)
			}
		}
		// A report of each of the two that do not look after the bucket, and nothing else.
		if got := n.taken.Load() - before; got != 2 {
			t.Errorf("%d batches were handed over; want 2", got)
		}
		if got := n.receiver.count(); got != 3 {
			t.Errorf("%d were sent; want 3", got)
		}
	})
}

func TestWhatAMachineCannotKeepUpWithIsCarriedOutWhereItCameIn(t *testing.T) {
	for name, tune := range map[string]func(*engine.Options){
		"attempts":           func(o *engine.Options) { o.Attempts = 1 },
		"attempts of a site": func(o *engine.Options) { o.PerSite = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			besideEachOther(t, tune, func(n *neighbours, nodes []*house) {
				hold := n.receiver.holds()
				var made []engine.Reported
				for i := range 2 {
					made = append(made, nodes[1].report("booked", 100+i, payload("")))
					synctest.Wait()
				}
				if got := n.receiver.count(); got != 2 {
					t.Errorf("%d are being sent; want both at once", got)
				}
				close(hold)
				time.Sleep(time.Second)
				got := [][]string{nodeOf(nodes[1], made[0]), nodeOf(nodes[1], made[1])}
				if !slices.Equal(got[0], []string{"node-1"}) || !slices.Equal(got[1], []string{"node-2"}) {
					t.Errorf("sent by %v; want node-1, and node-2 when that had no room", got)
				}
			})
		})
	}
}

// Whatever becomes of an answer, what was started goes out once: at once where it is
// known who does it, and else no later than a lease.
func TestWhatIsCarriedGoesOutOnceWhateverBecomesOfTheAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		meddle func(h *house, b *store.Batch, answer func(*store.Result, error))
		by     string
	}{
		"kept and carried, the answer is lost": {func(h *house, b *store.Batch, _ func(*store.Result, error)) {
			h.Take(b, func(*store.Result, error) {})
		}, "node-1"},
		"not kept, the answer is lost": {func(*house, *store.Batch, func(*store.Result, error)) {}, "node-2"},
		"not kept, and it is not known there": {func(_ *house, _ *store.Batch, answer func(*store.Result, error)) {
			answer(nil, store.ErrUncertain)
		}, "node-2"},
		"kept, and it is not known there": {func(h *house, b *store.Batch, answer func(*store.Result, error)) {
			b.Carry = false // as a commit does whose answer was lost
			b.Reports[0].Activations[0].Actions[0].Attempts[0].Node = "node-1"
			h.Take(b, func(*store.Result, error) { answer(nil, store.ErrUncertain) })
		}, "node-2"},
		"refused": {func(_ *house, _ *store.Batch, answer func(*store.Result, error)) {
			answer(nil, store.ErrFull)
		}, "node-2"},
		"kept, and there is no room to carry it": {func(h *house, b *store.Batch, answer func(*store.Result, error)) {
			b.Carry = false
			h.Take(b, answer)
		}, "node-2"},
	} {
		t.Run(name, func(t *testing.T) {
			besideEachOther(t, nil, func(n *neighbours, nodes []*house) {
				n.meddles(func(h *house, b *store.Batch, answer func(*store.Result, error)) {
					n.meddle.Store(nil) // the one batch
					c.meddle(h, b, answer)
				})
				n.receiver.answer = func(_ context.Context, a action.Attempt) action.Outcome {
					// A cancel asks the node that the row names.
					row, err := n.store.Activation(t.Context(), a.Site, a.Activation)
					if err != nil || row.Actions[0].Attempts[0].Node != c.by {
						t.Errorf("sent while the row is %+v, %v; want %s to be named", row, err, c.by)
					}
					time.Sleep(5 * time.Second) // it is out still when the answer is overdue
					return action.Outcome{Verdict: action.Delivered, Sent: true}
				}
				began := time.Now()
				r := nodes[1].report("booked", 100, payload(""))
				time.Sleep(10 * time.Second)
				sent := n.receiver.sent()
				if len(sent) != 1 {
					t.Fatalf("sent %v; want one", sent)
				}
				if at := n.receiver.got[0].at; at.Sub(began) > 3*time.Second {
					t.Errorf("sent %v after the report; want it at once, or after an answer was overdue", at.Sub(began))
				}
				if got := nodeOf(nodes[1], r); len(got) != 1 || got[0] != c.by {
					t.Errorf("sent by %v; want %s", got, c.by)
				}
				time.Sleep(10 * time.Minute)
				if got := n.receiver.count(); got != 1 {
					t.Errorf("%d were sent in the end; want 1", got)
				}
			})
		})
	}
}

// What a node gives back, as it waited too long for its host, may be under way at
// another before it hears that this was kept; to give it back once more is not about
// that attempt.
func TestWhatIsGivenBackTwiceGoesOutOnce(t *testing.T) {
	for name, canceled := range map[string]bool{"and delivered": false, "and canceled": true} {
		t.Run(name, func(t *testing.T) {
			besideEachOther(t, func(o *engine.Options) { o.PerHost = 1 }, func(n *neighbours, nodes []*house) {
				n.meddles(func(h *house, b *store.Batch, answer func(*store.Result, error)) {
					b.Carry = false // so that the node that took it in sends it out
					h.Take(b, answer)
				})
				hold := n.receiver.holds()
				nodes[1].report("booked", 100, payload(""))
				synctest.Wait()
				waiting := nodes[1].report("booked", 101, payload(""))
				time.Sleep(50 * time.Second) // too little is left of the lease to send it
				n.meddles(func(h *house, b *store.Batch, answer func(*store.Result, error)) {
					if len(b.Saves) == 1 && b.Saves[0].Activation.EventID == waiting.EventID {
						answer = func(*store.Result, error) {} // it is lost
						n.meddle.Store(nil)
					}
					h.Take(b, answer)
				})
				n.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
					time.Sleep(10 * time.Second) // it is out still when the answer is overdue
					return action.Outcome{Verdict: action.Delivered, Sent: true}
				}
				close(hold)
				time.Sleep(1500 * time.Millisecond)
				if n.meddle.Load() != nil {
					t.Fatal("what was given back was not handed over, so no answer was lost")
				}
				if got := nodeOf(nodes[1], waiting); !slices.Equal(got, []string{"node-1"}) || n.receiver.count() != 2 {
					t.Fatalf("%d were sent, the last by %v; want 2, by the node that found it due", n.receiver.count(), got)
				}
				want := belay.Ended
				if canceled {
					want = belay.Cancelled
					if c := nodes[1].call(101, "booked"); c.Activations != 1 || len(c.InFlight) != 1 {
						t.Errorf("Cancel = %+v; want one called off that is in flight", c)
					}
				}
				time.Sleep(10 * time.Minute)
				if got := n.receiver.count(); got != 2 {
					t.Errorf("%d were sent; want each of two once", got)
				}
				a := nodes[1].row(waiting)
				if tries := a.Actions[0].Attempts; a.Status != want || len(tries) != 1 || tries[0].Result != string(flow.Delivered) {
					t.Errorf("the row is %v with %+v; want it %v with the one attempt delivered", a.Status, tries, want)
				}
			})
		})
	}
}

// The node that kept it dies before it has sent it: it goes out when the lease lapses.
func TestWhatADeadNodeWasToCarryIsRepeated(t *testing.T) {
	besideEachOther(t, nil, func(n *neighbours, nodes []*house) {
		hold := make(chan struct{})
		n.receiver.answer = func(_ context.Context, a action.Attempt) action.Outcome {
			if a.Number == 1 {
				<-hold
			}
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		r := nodes[1].report("booked", 100, payload(""))
		synctest.Wait()
		nodes[0].store.(*mortal).dead.Store(true)
		time.Sleep(5 * time.Minute)
		a := nodes[1].row(r)
		if got := nodeOf(nodes[1], r); a.Status != belay.Ended || len(got) != 2 || got[0] != "node-1" || got[1] != "node-2" {
			t.Errorf("the row is %v, sent by %v; want it ENDED by the second attempt, at node-2", a.Status, got)
		}
		close(hold)
	})
}

// A cancel at any node finds what has not left the one that carries it.
func TestACancelElsewhereDropsWhatWaitsAtTheNodeThatCarriesIt(t *testing.T) {
	for by := range 3 {
		t.Run(fmt.Sprint("at ", by+1), func(t *testing.T) {
			besideEachOther(t, func(o *engine.Options) { o.PerHost = 1 }, func(n *neighbours, nodes []*house) {
				hold := n.receiver.holds()
				nodes[1].report("booked", 100, payload(""))
				synctest.Wait()
				waiting := nodes[1].report("booked", 101, payload(""))
				synctest.Wait()
				if c := nodes[by].call(101, "booked"); c.Activations != 1 || len(c.InFlight) != 0 {
					t.Errorf("Cancel = %+v; want one called off, as it had not left", c)
				}
				if c := nodes[by].call(100, "booked"); c.Activations != 1 || len(c.InFlight) != 1 {
					t.Errorf("Cancel = %+v; want one called off that is in flight", c)
				}
				close(hold)
				time.Sleep(time.Hour)
				if got := n.receiver.count(); got != 1 {
					t.Errorf("%d were sent; want only the first", got)
				}
				if a := nodes[2].row(waiting); a.Status != belay.Cancelled || a.InFlight() != 0 {
					t.Errorf("the row is %+v; want CANCELLED and nothing in flight", a)
				}
			})
		})
	}
}

// A stop of the node that carries what others took in leaves nothing behind.
func TestAStopEndsWhatIsCarried(t *testing.T) {
	besideEachOther(t, nil, func(n *neighbours, nodes []*house) {
		n.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			time.Sleep(300 * time.Millisecond)
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		stopped := make(chan struct{})
		go func() {
			time.Sleep(2 * time.Second)
			nodes[0].cancel()
			<-nodes[0].done
			close(stopped)
		}()
		for i := range 100 {
			nodes[1+i%2].report("booked", 100+i, payload(""))
			time.Sleep(100 * time.Millisecond)
		}
		<-stopped
		time.Sleep(5 * time.Second)
		if got := n.receiver.count(); got != 100 {
			t.Errorf("%d were sent within seconds; want each of 100 once", got)
		}
		time.Sleep(time.Hour)
		if got := n.receiver.count(); got != 100 {
			t.Errorf("%d were sent in the end; want 100", got)
		}
		nodes[0].done <- nil
	})
}

// What it has promised to carry, and is still committing when it stops, goes out as
// soon as it is kept, and not when another node next looks for it.
func TestAStopWaitsForWhatIsPromised(t *testing.T) {
	besideEachOther(t, func(o *engine.Options) { o.Poll = time.Minute }, func(n *neighbours, nodes []*house) {
		nodes[0].store.(*mortal).slow.Store(int64(time.Second))
		nodes[0].cancel()
		var reports sync.WaitGroup
		for i := range 100 {
			reports.Go(func() { nodes[1].report("booked", 100+i, payload("")) })
			time.Sleep(50 * time.Millisecond)
		}
		reports.Wait()
		time.Sleep(5 * time.Second)
		if got := n.receiver.count(); got != 100 {
			t.Errorf("%d were sent within seconds; want each of 100", got)
		}
	})
}
