package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"golang.org/x/sync/errgroup"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// database returns three stores on one database, each as a node opens it.
func databases(t *testing.T, n int) []*postgres.Store {
	t.Helper()
	url := pgtest.Shared(t).Database(t)
	if _, _, err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	var all []*postgres.Store
	for range n {
		s, err := postgres.Open(t.Context(), url, postgres.Options{Connections: 6})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		all = append(all, s)
	}
	return all
}

// What an entity's activations are to the model: at most 16, each in a state.
type entityState [16]byte

const (
	unknown byte = iota
	pending
	started
	over // ended, or skipped at once
	calledOff
)

// One operation on an entity: a report, a start that a receiver saw, the outcome
// that was recorded of it, or a cancel with its whole answer.
type operation struct {
	kind       string
	activation int
	skipped    bool
	canceled   []int
	inFlight   []int
	ended      int
}

// step is the promise in small: a start needs an activation that is pending, and a
// cancel calls off exactly what is not over, names all of it that had started, and
// counts what was over.
func step(s entityState, o operation) (bool, entityState) {
	switch o.kind {
	case "report":
		ok := s[o.activation] == unknown
		if s[o.activation] = pending; o.skipped {
			s[o.activation] = over
		}
		return ok, s
	case "start":
		ok := s[o.activation] == pending
		s[o.activation] = started
		return ok, s
	case "complete":
		ok := s[o.activation] == started
		s[o.activation] = over
		return ok, s
	}
	ended := 0
	for i := range s {
		canceled, named := slices.Contains(o.canceled, i), slices.Contains(o.inFlight, i)
		live := s[i] == pending || s[i] == started
		if live != canceled || named && !canceled || s[i] == started && !named {
			return false, s
		}
		if s[i] == over || s[i] == calledOff {
			ended++
		}
		if live {
			s[i] = calledOff
		}
	}
	return ended == o.ended, s
}

var entityModel = porcupine.Model{
	Init: func() any { return entityState{} },
	Step: func(s, in, _ any) (bool, any) {
		ok, next := step(s.(entityState), in.(operation))
		return ok, next
	},
	DescribeOperation: func(in, _ any) string { return fmt.Sprintf("%+v", in) },
	DescribeState:     func(s any) string { return fmt.Sprint(s) },
}

func TestTheModelRefusesWhatTheProductMustNotDo(t *testing.T) {
	at := func(call, ret int64, o operation) porcupine.Operation {
		return porcupine.Operation{Input: o, Call: call, Return: ret}
	}
	for name, history := range map[string][]porcupine.Operation{
		"a start after its cancel": {
			at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "cancel", canceled: []int{0}}), at(0, 5, operation{kind: "start"}),
			at(6, 7, operation{kind: "cancel", ended: 1}), at(8, 9, operation{kind: "complete"}),
		},
		"a cancel that leaves one standing":     {at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "cancel"})},
		"a cancel that hides what had left":     {at(0, 1, operation{kind: "report"}), at(0, 2, operation{kind: "start"}), at(3, 4, operation{kind: "cancel", canceled: []int{0}})},
		"something called off twice":            {at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "cancel", canceled: []int{0}}), at(4, 5, operation{kind: "cancel", canceled: []int{0}})},
		"something over that is not counted":    {at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "cancel", canceled: []int{0}}), at(4, 5, operation{kind: "cancel"})},
		"a start that was named by no cancel":   {at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "cancel", canceled: []int{0}}), at(4, 5, operation{kind: "start"})},
		"something that was started two times":  {at(0, 1, operation{kind: "report"}), at(0, 2, operation{kind: "start"}), at(0, 3, operation{kind: "start"})},
		"a report whose activation never began": {at(0, 1, operation{kind: "report"}), at(2, 3, operation{kind: "report"})},
	} {
		if porcupine.CheckOperations(entityModel, history) {
			t.Errorf("%s passes", name)
		}
	}
}

// history is what callers and the receiver saw, by entity.
type history struct {
	began time.Time
	mu    sync.Mutex
	ops   map[belay.ID][]porcupine.Operation
	index map[belay.ID]int           // an activation among its entity's
	of    map[belay.ID]belay.ID      // the entity of an activation
	call  map[belay.ID]time.Duration // when its report began
	left  map[belay.ID]time.Duration // when its receiver was reached
	back  map[belay.ID]time.Duration // when the receiver answered
}

func (h *history) now() time.Duration { return time.Since(h.began) }

func (h *history) add(entity belay.ID, call, ret time.Duration, o operation) {
	h.ops[entity] = append(h.ops[entity], porcupine.Operation{Input: o, Call: int64(call), Return: int64(ret), ClientId: len(h.ops[entity])})
}

// Reports, cancels, starts and completions of many entities at three nodes on one
// database look as if they had come one after the other.
func TestThreeNodesAreLinearizable(t *testing.T) {
	const entities, reports, cancels = 60, 6, 5
	h := &history{
		began: time.Now(), ops: map[belay.ID][]porcupine.Operation{}, index: map[belay.ID]int{}, of: map[belay.ID]belay.ID{},
		call: map[belay.ID]time.Duration{}, left: map[belay.ID]time.Duration{}, back: map[belay.ID]time.Duration{},
	}
	r := &receiver{answer: func(_ context.Context, a action.Attempt) action.Outcome {
		h.mu.Lock()
		h.left[a.Activation] = h.now()
		h.mu.Unlock()
		outcome := action.Outcome{Verdict: action.Delivered, Sent: true}
		h.mu.Lock()
		h.back[a.Activation] = h.now()
		h.mu.Unlock()
		return outcome
	}}
	var nodes []*house
	for i, s := range databases(t, 3) {
		nodes = append(nodes, openFor(t, s, r, func(o *engine.Options) {
			o.SoleOwner, o.Horizon, o.Poll = false, 10*time.Second, 100*time.Millisecond
			o.Store, o.Nodes, o.Writers = s, s, 4
			o.NodeName = fmt.Sprintf("node-%d", i)
			o.Node = o.NodeName
		}))
	}
	furnish(nodes[0]).automate("starting", "", mails("at"))

	var work errgroup.Group
	for n := range entities {
		entity := id(1000 + n)
		for range reports {
			work.Go(func() error { return h.report(t.Context(), nodes[rand.IntN(3)], entity) })
		}
		for range cancels {
			work.Go(func() error { return h.cancel(t.Context(), nodes[rand.IntN(3)], entity) })
		}
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	h.finish(t, nodes[0])
	for entity, ops := range h.ops {
		switch result, _ := porcupine.CheckOperationsVerbose(entityModel, ops, time.Minute); result {
		case porcupine.Illegal:
			slices.SortFunc(ops, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
			for _, o := range ops {
				t.Logf("%12v %12v %+v", time.Duration(o.Call), time.Duration(o.Return), o.Input)
			}
			t.Errorf("the history of %s fits no order", entity)
		case porcupine.Unknown:
			t.Errorf("the history of %s is too long to be judged", entity)
		}
	}
	for _, n := range nodes {
		n.stop()
	}
}

// spell waits for some milliseconds, so that callers come at all moments.
func spell(ctx context.Context, most int) {
	select {
	case <-time.After(time.Duration(rand.IntN(most)) * time.Millisecond):
	case <-ctx.Done():
	}
}

func (h *history) report(ctx context.Context, on *house, entity belay.ID) error {
	spell(ctx, 400)
	starts := time.Now().Add(time.Duration(20+rand.IntN(200)) * time.Millisecond).UTC()
	call := h.now()
	made, err := on.Report(ctx, on.appCaller, on.site, belay.ID{}, "starting", engine.ReportItem{
		EntityID: entity, Payload: []byte(payload(starts.Format("2006-01-02T15:04:05.000Z"))),
	})
	if err != nil {
		return err
	}
	ret := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	a := made.Activations[0]
	h.index[a], h.of[a], h.call[a] = h.known(entity), entity, call
	h.add(entity, call, ret, operation{kind: "report", activation: h.index[a]})
	return nil
}

func (h *history) known(entity belay.ID) (n int) {
	for _, of := range h.of {
		if of == entity {
			n++
		}
	}
	return n
}

func (h *history) cancel(ctx context.Context, on *house, entity belay.ID) error {
	spell(ctx, 600)
	call := h.now()
	got, err := on.Engine.Cancel(ctx, on.appCaller, on.site, belay.ID{}, "starting", entity)
	if err != nil {
		return err
	}
	ret := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	// Activations get their index when their report has returned, which may be
	// after the cancel that found them.
	h.ops[entity] = append(h.ops[entity], porcupine.Operation{Input: got, Call: int64(call), Return: int64(ret), ClientId: len(h.ops[entity])})
	return nil
}

// finish waits until all is over, and adds what the rows and the receiver know.
func (h *history) finish(t *testing.T, on *house) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	rows := map[belay.ID]belay.Activation{}
	for a := range h.of {
		for {
			row, err := on.Activation(t.Context(), on.site, a)
			if err != nil {
				t.Fatal(err)
			}
			if rows[a] = row; row.Status.Final() && row.InFlight() == 0 {
				break
			}
			select {
			case <-tick.C:
			case <-t.Context().Done():
				t.Fatalf("activation %s is still %v", a, row.Status)
			}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	end := h.now()
	named := func(list []belay.ID) (out []int) {
		for _, a := range list {
			out = append(out, h.index[a])
		}
		return out
	}
	type place struct {
		entity belay.ID
		index  int
	}
	skipped := map[place]bool{}
	for a, row := range rows {
		skipped[place{h.of[a], h.index[a]}] = row.Status == belay.Skipped
	}
	for entity, ops := range h.ops {
		for i := range ops {
			if got, ok := ops[i].Input.(engine.Canceled); ok {
				var out []belay.ID
				for _, f := range got.InFlight {
					out = append(out, f.ActivationID)
				}
				ops[i].Input = operation{kind: "cancel", canceled: named(got.IDs), inFlight: named(out), ended: got.Ended}
			}
			if o := ops[i].Input.(operation); o.kind == "report" {
				o.skipped = skipped[place{entity, o.activation}]
				ops[i].Input = o
			}
		}
	}
	for a, entity := range h.of {
		if left, ok := h.left[a]; ok {
			h.add(entity, h.call[a], left, operation{kind: "start", activation: h.index[a]})
			if rows[a].Status == belay.Ended {
				h.add(entity, h.back[a], end, operation{kind: "complete", activation: h.index[a]})
			}
		}
	}
}
