package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

func (h *house) preview(item engine.PreviewItem) *engine.Preview {
	h.Helper()
	p, err := h.Preview(h.Context(), operator, h.site, item)
	if err != nil {
		h.Fatalf("Preview: %v", err)
	}
	return p
}

// told is what counts of an activation: its end, and each action with when it was
// reached and with what it was carried out.
func told(a *belay.Activation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s %s starts %v ended %v\n", a.Status, a.SkipReason, a.FailReason, a.StartsAt, a.EndedAt)
	var steps []string
	for i := range a.Actions {
		s := &a.Actions[i]
		due := s.Due
		if s.Type != belay.Delay {
			due = 0 // a lease
		}
		steps = append(steps, fmt.Sprintf("%s %v %v-%v due %v passed %v with %s %s", s.ActionID, s.Status, s.StartedAt, s.EndedAt, due, s.Passed, s.Input, s.ErrorCode))
	}
	slices.Sort(steps) // branches that go on at one instant have no order
	return b.String() + strings.Join(steps, "\n")
}

// drawGraph makes a graph of up to five actions, one behind the other, with branches.
func drawGraph(t *rapid.T) string {
	n := rapid.IntRange(1, 5).Draw(t, "actions")
	actions := map[string]any{}
	for i := 1; i <= n; i++ {
		var post []string
		if i < n {
			post = []string{aid(i + 1)}
		}
		switch rapid.SampledFrom([]string{"send", "send", "delay", "condition", "limit", "variables"}).Draw(t, "kind") {
		case "send":
			var send map[string]any
			if err := json.Unmarshal([]byte(sending1(fmt.Sprint("n", i), post...)), &send); err != nil {
				t.Fatal(err)
			}
			actions[aid(i)] = send
		case "delay":
			unit := rapid.SampledFrom([]string{"MINUTES", "HOURS", "DAYS"}).Draw(t, "unit")
			actions[aid(i)] = map[string]any{"type": "DELAY", "delayInfo": map[string]any{
				"offsetExpression": fmt.Sprintf("{{%d}}", rapid.IntRange(0, 2).Draw(t, "offset")), "offsetTimeUnit": unit, "postActionIds": post,
			}}
		case "condition":
			info := map[string]any{"orExpressionGroups": []any{map[string]any{"operator": "AND", "booleanExpressions": []string{
				rapid.SampledFrom([]string{`{{stringEq(var("email");"ada@example.com")}}`, `{{stringEq(var("email");"nobody")}}`}).Draw(t, "test"),
			}}}}
			info[rapid.SampledFrom([]string{"truePostActionIds", "falsePostActionIds"}).Draw(t, "way")] = post
			actions[aid(i)] = map[string]any{"type": "CONDITION", "conditionInfo": info}
		case "limit":
			actions[aid(i)] = map[string]any{"type": "RATE_LIMIT", "rateLimitInfo": map[string]any{
				"maxActivationsExpression": fmt.Sprintf("{{%d}}", rapid.IntRange(0, 2).Draw(t, "max")), "postActionIds": post,
			}}
		case "variables":
			actions[aid(i)] = map[string]any{"type": "SET_VARIABLES", "setVariablesInfo": map[string]any{
				"outputMapping": map[string]any{"v": `{{var("email")}}`}, "postActionIds": post,
			}}
		}
	}
	raw, err := json.Marshal(actions)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`"rootActionIds":[%q],"actions":%s`, aid(1), raw)
}

// What a preview says is what a report at the same moment does.
func TestAReportDoesWhatItsPreviewSays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		trigger, more := "booked", ""
		starts := rapid.IntRange(-2, 90).Draw(r, "hours")
		if rapid.Bool().Draw(r, "scheduled") {
			if trigger = "starting"; rapid.Bool().Draw(r, "before") {
				more = before(fmt.Sprint(rapid.IntRange(0, 3).Draw(r, "offset")), "DAYS")
			}
		}
		if rapid.Bool().Draw(r, "filtered") {
			who := rapid.SampledFrom([]string{"ada@example.com", "nobody"}).Draw(r, "who")
			more += `,"filters":[{"id":"` + id(7).String() + `","fieldKey":"email","filterExpression":"{{stringEq(var(\"email\");\"` + who + `\")}}"}]`
		}
		if rapid.Bool().Draw(r, "limited") {
			more += fmt.Sprintf(`,"rateLimit":{"maxActivationsExpression":"{{%d}}","durationExpression":"{{1}}","durationTimeUnit":"DAYS"}`, rapid.IntRange(0, 2).Draw(r, "most"))
		}
		graph, difference := drawGraph(r), ""
		virtual(t, func(t *testing.T) { difference = previewAndReport(t, trigger, more, graph, starts) })
		if difference != "" {
			r.Fatal(difference)
		}
	})
}

// previewAndReport returns how what a report does differs from what its preview says.
func previewAndReport(t *testing.T, trigger, more, graph string, starts int) string {
	h := build(t, model(), seldom)
	defer h.stop()
	h.automate(trigger, more, graph)
	for range 2 { // the second finds places taken
		body := payload("")
		if trigger == "starting" {
			body = payload(time.Now().UTC().Add(time.Duration(starts) * time.Hour).Format(time.RFC3339))
		}
		p := h.preview(engine.PreviewItem{TriggerKey: trigger, Payload: []byte(body)})
		if p.Breaks != nil || len(p.Automations) != 1 {
			return fmt.Sprintf("the preview is %+v", p)
		}
		done := h.report(trigger, 100, body)
		time.Sleep(15 * 24 * time.Hour)
		row := h.row(done)
		if got, want := told(&row), told(&p.Automations[0].Activation); got != want {
			return fmt.Sprintf("the report did\n%s\nand the preview said\n%s", got, want)
		}
	}
	return ""
}

func TestAPreviewLeavesNothingBehind(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", twice())
		before, err := h.Store().Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p := h.preview(engine.PreviewItem{TriggerKey: "booked"})
		if p.Source != engine.PayloadExample || !strings.Contains(string(p.Payload), "ada@example.com") {
			t.Errorf("the payload is %s, from %s", p.Payload, p.Source)
		}
		time.Sleep(time.Hour)
		after, err := h.Store().Stats(t.Context())
		if err != nil || after != before {
			t.Errorf("the store has %+v, %v; had %+v", after, err, before)
		}
		if list, _ := h.upcoming(engine.UpcomingQuery{}); len(list) != 0 {
			t.Errorf("%d are upcoming", len(list))
		}
		h.wantSent()
	})
}

func TestAPreviewOfADraftAssumesOutputs(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		doc := fmt.Sprintf(`{"name":"Draft","configuration":{"status":"INACTIVE","trigger":{"appId":%q,"triggerKey":"booked"},"rootActionIds":[%q],"actions":{
			%q:{"type":"APP_DEFINED","namespace":"sent","appDefinedInfo":{"appId":"belay","actionKey":"send","inputMapping":{"to":"a"},"postActionIds":[%q]}},
			%q:{"type":"CONDITION","conditionInfo":{"orExpressionGroups":[{"operator":"AND","booleanExpressions":["{{gt(var(\"sent.n\");1)}}"]}],"truePostActionIds":[],"falsePostActionIds":[%q]}},
			%q:%s}}}`, h.app, aid(1), aid(1), aid(2), aid(2), aid(3), aid(3), sending1("b"))
		p := h.preview(engine.PreviewItem{Automation: json.RawMessage(doc)})
		if p.Trigger.Key != "booked" || len(p.Automations) != 1 || len(p.Automations[0].Steps) != 3 {
			t.Fatalf("the preview is %+v", p)
		}
		for i, want := range [][]string{nil, {aid(1)}, {aid(1)}} {
			if got := p.Automations[0].Steps[i].Assumed; !slices.Equal(got, want) {
				t.Errorf("step %d assumes the outputs of %v, want %v", i, got, want)
			}
		}
		broken := h.preview(engine.PreviewItem{Automation: json.RawMessage(strings.Replace(doc, `"actionKey":"send"`, `"actionKey":"none"`, 1))})
		if broken.Automations[0].NotReady == nil {
			t.Error("an automation that cannot act was previewed")
		}
		wrong := h.preview(engine.PreviewItem{Automation: json.RawMessage(doc), Payload: []byte(`{"email":7}`)})
		if wrong.Breaks == nil || len(wrong.Automations) != 0 {
			t.Errorf("a payload that breaks the schema gives %+v", wrong)
		}
	})
}
