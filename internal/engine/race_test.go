package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// Ten thousand entities are due at one instant, and are canceled at that
// instant by many callers. A send that begins after its cancel has returned is
// allowed only if the cancel named it as in flight; what was called off and not
// named never goes out.
func TestCancelAgainstDueAtTheSameInstant(t *testing.T) {
	const entities, callers = 10_000, 32
	virtual(t, func(t *testing.T) {
		h := build(t, disk(t), nil)
		defer h.stop()
		var clock atomic.Int64 // orders sends and returns of cancels
		sent := make(map[string]int64)
		var mu sync.Mutex
		h.receiver.answer = func(_ context.Context, a action.Attempt) action.Outcome {
			mu.Lock()
			defer mu.Unlock()
			if _, again := sent[a.MessageID]; again {
				t.Errorf("%s was sent twice", a.MessageID)
			}
			sent[a.MessageID] = clock.Add(1)
			return action.Outcome{Verdict: action.Delivered, Sent: true}
		}
		h.automate("starting", "", mails("at"))
		items := make([]engine.ReportItem, 0, 100)
		activation := make(map[int]string, entities)
		for n := range entities {
			items = append(items, engine.ReportItem{Payload: []byte(payload("2000-01-01T00:01:00Z")), EntityID: id(n + 1)})
			if len(items) == cap(items) {
				all, err := h.ReportAll(t.Context(), h.appCaller, h.site, belay.ID{}, "starting", items)
				if err != nil {
					t.Fatal(err)
				}
				for i, r := range all {
					if r.Err != nil {
						t.Fatal(r.Err)
					}
					activation[n+1-len(items)+i] = r.Activations[0].String()
				}
				items = items[:0]
			}
		}
		time.Sleep(time.Until(time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)))
		type answer struct {
			engine.Canceled
			returned int64
		}
		answers := make([]answer, entities)
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for n := c; n < entities; n += callers {
					got := h.call(n+1, "starting")
					answers[n] = answer{got, clock.Add(1)}
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		var calledOff, ended, inFlight int
		for n, got := range answers {
			at, went := sent[activation[n]+"_"+aid(1)]
			switch {
			case got.Activations == 1 && len(got.InFlight) == 0:
				calledOff++
				if went {
					t.Fatalf("entity %d was called off (%+v) and yet sent, at %d", n, got, at)
				}
			case got.Activations == 1:
				inFlight++
			case got.Ended == 1:
				ended++
				if !went || at > got.returned {
					t.Fatalf("entity %d had ended (%+v), but was sent at %d", n, got, at)
				}
			default:
				t.Fatalf("entity %d: the cancel found nothing: %+v", n, got)
			}
		}
		if summary := fmt.Sprintf("%d called off, %d in flight, %d ended", calledOff, inFlight, ended); calledOff+inFlight+ended != entities {
			t.Error(summary)
		} else {
			t.Log(summary)
		}
	})
}

// A cancel and a new report of the same entity, over and over: the old never
// acts, the new always does.
func TestCancelAndReportAgainAtOnce(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", "", mails("at"))
		var wg sync.WaitGroup
		var called atomic.Int64
		for entity := 1; entity <= 50; entity++ {
			wg.Go(func() {
				h.report("starting", entity, payload("2000-01-05T00:00:00Z"))
				for range 20 {
					called.Add(int64(h.call(entity, "starting").Activations))
					h.report("starting", entity, payload("2000-01-05T00:00:00Z"))
				}
			})
		}
		wg.Wait()
		time.Sleep(30 * 24 * time.Hour)
		if called.Load() != 50*20 {
			t.Errorf("%d were called off; want each of the 1000 that were replaced", called.Load())
		}
		if got := h.receiver.count(); got != 50 {
			t.Errorf("%d were sent; want the last of each of 50", got)
		}
	})
}
