package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// types are actions of every type as the action 3 of a graph that waits an hour,
// comes to it at 01:00, and behind it, where it does not end the branch, waits
// another hour and sends. Some bring further actions.
var types = map[string]string{
	"an app's":                     `"3":` + sends("x", "4"),
	"a delay by an offset":         `"3":` + waits(`"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS"`, "4"),
	"a delay until an epoch":       `"3":` + waits(`"dueDateEpochExpression":"{{946692000000}}"`, "4"),
	"a delay until a date":         `"3":` + waits(`"dueDateExpression":"2000-01-01T02:00:00Z"`, "4"),
	"a delay until past a date":    `"3":` + waits(`"dueDateExpression":"2000-01-01T01:00:00Z","offsetExpression":"{{1}}","offsetTimeUnit":"HOURS"`, "4"),
	"a delay until before a date":  `"3":` + waits(`"dueDateExpression":"2000-01-01T04:00:00Z","offsetExpression":"{{-2}}","offsetTimeUnit":"HOURS"`, "4"),
	"a delay that is over at once": `"3":` + waits(`"dueDateExpression":"1999-01-01T01:00:00Z"`, "4"),
	"a condition":                  `"3":{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"AND","booleanExpressions":["{{true}}"]}],"truePostActionIds":["4"]}}`,
	"a code condition":             `"3":{"type":"CODE_CONDITION","codeConditionInfo":{"snippet":{"code":"export default () => true"},"truePostActionIds":["4"]}}`,
	"variables":                    `"3":{"type":"SET_VARIABLES","setVariablesInfo":{"outputMapping":{"a":"{{1}}"},"outputSchema":{"type":"object","properties":{"a":{"type":"number"}}},"postActionIds":["4"]}}`,
	"a limit":                      `"3":{"type":"RATE_LIMIT","rateLimitInfo":{"maxActivationsExpression":"{{1}}","postActionIds":["4"]}}`,
	"a split":                      `"3":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"4"},{"name":"b","postActionId":"6"}]}},"6":` + waits(`"offsetExpression":"{{90}}","offsetTimeUnit":"MINUTES"`, "7") + `,"7":` + sends("b"),
	"a merge": `"3":{"type":"MERGE","mergeInfo":{"postActionIds":["4"]}},
		"7":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"3"},{"name":"b","postActionId":"6"}]}},"6":` + waits(`"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS"`, "3"),
	"an output beside a branch": `"3":{"type":"OUTPUT","outputInfo":{}},
		"7":{"type":"SPLIT","splitInfo":{"paths":[{"name":"a","postActionId":"3"},{"name":"b","postActionId":"4"}]}}`,
}

// graphOf returns the graph of one of the types.
func graphOf(actions string) string {
	first := "3"
	if strings.Contains(actions, `"7":{"type":"SPLIT"`) {
		first = "7"
	}
	graph := `"rootActionIds":["1"],"actions":{"1":` + waits(`"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS"`, first) + `,` + actions +
		`,"4":` + waits(`"offsetExpression":"{{1}}","offsetTimeUnit":"HOURS"`, "5") + `,"5":` + sends("after") + `}`
	for n := 1; n <= 7; n++ {
		graph = strings.ReplaceAll(graph, fmt.Sprintf(`"%d"`, n), `"`+aid(n)+`"`)
	}
	return graph
}

func sends(label string, post ...string) string { return sending1(label, post...) }

func waits(how, post string) string {
	return `{"type":"DELAY","delayInfo":{` + how + `,"postActionIds":["` + post + `"]}}`
}

// moments are when something befalls an activation of graphOf: before the action
// in question, as it begins, while an app's attempt is out, and after it.
var moments = []time.Duration{30 * time.Minute, time.Hour, time.Hour + 5*time.Second, 90 * time.Minute}

// slow takes ten seconds for an attempt.
func slow(context.Context, action.Attempt) action.Outcome {
	time.Sleep(10 * time.Second)
	return action.Outcome{Verdict: action.Delivered, Sent: true}
}

func TestACancelIsFinalForEveryTypeOfAction(t *testing.T) {
	for name, actions := range types {
		for _, moment := range moments {
			t.Run(fmt.Sprintf("%s after %v", name, moment), func(t *testing.T) {
				virtual(t, func(t *testing.T) {
					h := furnish(openFor(t, model(), &receiver{answer: slow}, seldom))
					defer h.stop()
					h.automate("booked", "", graphOf(actions))
					r := h.report("booked", 100, payload(""))
					time.Sleep(moment)
					synctest.Wait()
					row := h.row(r)
					out := row.InFlight()
					before := h.receiver.sent()
					c := h.call(100, "booked")
					if c.Activations != 1 || len(c.InFlight) != out {
						t.Errorf("Cancel = %+v; want 1 called off, %d in flight", c, out)
					}
					time.Sleep(30 * 24 * time.Hour)
					h.wantSent(before...)
					a := h.row(r)
					if a.Status != belay.Cancelled || a.CancelReason != belay.EventCancelled || a.Due != 0 {
						t.Errorf("the activation is %v %s, due %s; want it canceled for good", a.Status, a.CancelReason, a.Due)
					}
					for _, s := range a.Actions {
						if s.Status == belay.ActionStarted {
							t.Errorf("the action %s is still under way", s.ActionID)
						}
					}
				})
			})
		}
	}
}

// came is how an activation came out.
type came struct {
	status  belay.Status
	actions map[string]belay.ActionStatus
	sent    map[string]time.Time // by action: when it was first sent
	ids     int                  // of all messages
}

// carriedOut returns what became of an activation of a graph, on a node that is
// taken away at a moment, if there is one, and another that goes on.
func carriedOut(t *testing.T, graph string, moment time.Duration, takeAway func(h *house, s store.Store) *house) came {
	t.Helper()
	s := model()
	first := furnish(openFor(t, s, &receiver{answer: slow}, seldom))
	first.automate("booked", "", graph)
	r := first.report("booked", 100, payload(""))
	nodes := []*house{first}
	if takeAway != nil {
		time.Sleep(moment)
		synctest.Wait()
		nodes = append(nodes, takeAway(first, s))
	}
	last := nodes[len(nodes)-1]
	time.Sleep(24 * time.Hour)
	a := last.row(r)
	result := came{status: a.Status, actions: map[string]belay.ActionStatus{}, sent: map[string]time.Time{}}
	for _, s := range a.Actions {
		result.actions[s.ActionID] = s.Status
	}
	ids := map[string]bool{}
	for _, n := range nodes {
		n.receiver.mu.Lock()
		for _, s := range n.receiver.got {
			ids[s.message] = true
			_, key, _ := strings.Cut(s.message, "_")
			if at, ok := result.sent[key]; !ok || s.at.Before(at) {
				result.sent[key] = s.at
			}
		}
		n.receiver.mu.Unlock()
	}
	result.ids = len(ids)
	last.stop()
	return result
}

func crashes(h *house, s store.Store) *house {
	h.crash()
	return openFor(h.TB, s, &receiver{answer: slow}, seldom)
}

// hangs takes a node away that never says so: another has to wait for its leases.
func hangs(h *house, s store.Store) *house {
	h.store.(*mortal).dead.Store(true)
	h.cancel()
	h.TB.Cleanup(func() {
		if err := <-h.done; err != nil {
			h.Errorf("Run = %v", err)
		}
		h.Close()
	})
	return openFor(h.TB, s, &receiver{answer: slow}, func(o *engine.Options) { seldom(o); o.SoleOwner = false })
}

func TestEveryTypeOfActionOutlivesItsNode(t *testing.T) {
	for name, actions := range types {
		var want came
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) { want = carriedOut(t, graphOf(actions), 0, nil) })
			if want.status != belay.Ended || len(want.sent) == 0 {
				t.Fatalf("undisturbed it came out %v, sending %v", want.status, want.sent)
			}
			for way, takeAway := range map[string]func(*house, store.Store) *house{"crash": crashes, "hang": hangs} {
				for _, moment := range moments {
					t.Run(fmt.Sprintf("%s after %v", way, moment), func(t *testing.T) {
						virtual(t, func(t *testing.T) { want.check(t, carriedOut(t, graphOf(actions), moment, takeAway)) })
					})
				}
			}
		})
	}
}

// check compares how an activation came out with how it does undisturbed: the same
// was sent, none of it early, and late by no more than a lapsed lease.
func (want *came) check(t *testing.T, got came) {
	t.Helper()
	if got.status != want.status {
		t.Errorf("the activation came out %v; want %v", got.status, want.status)
	}
	if diff := cmp.Diff(want.actions, got.actions); diff != "" {
		t.Errorf("its actions (-undisturbed +got):\n%s", diff)
	}
	for what, at := range want.sent {
		late := got.sent[what].Sub(at)
		if late < 0 || late > 3*time.Minute {
			t.Errorf("%s went out %v after its time", what, late)
		}
	}
	if len(got.sent) != len(want.sent) || got.ids != want.ids {
		t.Errorf("sent %v under %d message IDs; want %v, each under its own", got.sent, got.ids, want.sent)
	}
}
