package engine_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/engine"
)

func (h *house) carryOut(a belay.Automation, cause belay.Cause, item engine.ReportItem) engine.Reported {
	h.Helper()
	r, err := h.CarryOut(h.Context(), operator, h.site, config.Target{AutomationID: a.ID}, cause, item)
	if err != nil {
		h.Fatalf("CarryOut: %v", err)
	}
	return r
}

func TestARunKeepsTheTimingAndATestDoesNot(t *testing.T) {
	for name, tt := range map[string]struct {
		cause belay.Cause
		want  string
	}{
		"run":  {belay.Run, "2000-01-11 10:00:00.000 x ada@example.com"},
		"test": {belay.Test, "2000-01-01 00:00:00.000 x ada@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				h := build(t, model(), nil)
				defer h.stop()
				no := `,"filters":[{"id":"` + id(7).String() + `","fieldKey":"email","filterExpression":"{{stringEq(var(\"email\");\"nobody\")}}"}]`
				a := h.automate("starting", no, delayed("x", "1", "DAYS"))
				r := h.carryOut(a, tt.cause, engine.ReportItem{Payload: []byte(payload("2000-01-10T10:00:00Z"))})
				time.Sleep(30 * 24 * time.Hour)
				h.wantSent(tt.want)
				if row := h.row(r); row.Status != belay.Ended || row.Cause != tt.cause {
					t.Errorf("the activation is %v, made by %q", row.Status, row.Cause)
				}
			})
		})
	}
}

func TestARerunActsThoughTheEventIsOver(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("starting", before("2", "HOURS"), mails("x"))
		late := h.report("starting", 100, payload("2000-01-01T01:00:00Z"))
		if row := h.row(late); row.SkipReason != belay.ScheduleDateExpired {
			t.Fatalf("the activation is %v %s; want SKIPPED", row.Status, row.SkipReason)
		}
		time.Sleep(2 * time.Hour)
		again, err := h.Rerun(t.Context(), operator, h.site, late.Activations[0], engine.ReportItem{})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.wantSent("2000-01-01 02:00:00.000 x ada@example.com")
		row := h.row(again)
		if row.Status != belay.Ended || row.RerunOf != late.Activations[0] || row.EntityID != id(100) {
			t.Errorf("the rerun is %v of %s about %s", row.Status, row.RerunOf, row.EntityID)
		}
	})
}

func TestWhatIsAskedForIsRepeatedByItsKeyAlone(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a, b := h.automate("booked", "", mails("a")), h.automate("booked", "", mails("b"))
		item := engine.ReportItem{Payload: []byte(payload("")), IdempotencyKey: "17"}
		first, second := h.carryOut(a, belay.Run, item), h.carryOut(a, belay.Run, item)
		if first.Repeated || !second.Repeated || second.Activations[0] != first.Activations[0] {
			t.Errorf("the second run is %+v; want the first, %+v", second, first)
		}
		if r := h.carryOut(b, belay.Run, item); r.Repeated {
			t.Error("the key of one automation counts for another")
		}
		if r := h.carryOut(a, belay.Test, item); r.Repeated {
			t.Error("the key of a run counts for a test")
		}
		reported, err := h.Report(t.Context(), h.appCaller, h.site, belay.ID{}, "booked", item)
		if err != nil || reported.Repeated {
			t.Errorf("the key of a run counts for a report: %+v, %v", reported, err)
		}
	})
}

func TestATestOfAnInactiveAutomationIsCalledOffWithIt(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		a := h.automate("booked", "", mails("x"))
		off := []byte(`{"name":"Automation","origin":"USER","configuration":{"status":"INACTIVE","trigger":{"appId":"` + h.app.String() + `","triggerKey":"booked"},` + mails("x") + `}}`)
		a, err := h.Book().UpdateAutomation(t.Context(), operator, h.site, a.ID, a.Revision, off)
		if err != nil {
			t.Fatal(err)
		}
		h.receiver.answer = func(context.Context, action.Attempt) action.Outcome {
			return action.Outcome{Verdict: action.Retry, Code: "HTTP_500", Sent: true}
		}
		r := h.carryOut(a, belay.Test, engine.ReportItem{Payload: json.RawMessage(payload(""))})
		synctest.Wait()
		if row := h.row(r); row.Status != belay.Started {
			t.Fatalf("the test is %v; want STARTED, between two attempts", row.Status)
		}
		if err := h.Book().DeleteAutomation(t.Context(), operator, h.site, a.ID); err != nil {
			t.Fatal(err)
		}
		if row := h.row(r); row.Status != belay.Cancelled || row.CancelReason != belay.AutomationDeleted {
			t.Errorf("the test is %v %s; want CANCELLED", row.Status, row.CancelReason)
		}
	})
}

func TestADraftIsTestedAsItIsAtThatMoment(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		draft := func(label string) json.RawMessage {
			return json.RawMessage(`{"name":"Draft","origin":"USER","configuration":{"status":"ACTIVE","trigger":{"appId":"` +
				h.app.String() + `","triggerKey":"booked"},` + mails(label) + `}}`)
		}
		d, err := h.Book().CreateDraft(t.Context(), operator, h.site, draft("first"))
		if err != nil {
			t.Fatal(err)
		}
		item := engine.ReportItem{Payload: []byte(payload(""))}
		first := h.carryOut(d, belay.Test, item)
		synctest.Wait()
		if _, err := h.Book().UpdateDraft(t.Context(), operator, h.site, d.ID, 0, func(json.RawMessage) (json.RawMessage, error) { return draft("second"), nil }); err != nil {
			t.Fatal(err)
		}
		second := h.carryOut(d, belay.Test, item)
		synctest.Wait()
		h.wantSent("2000-01-01 00:00:00.000 first ada@example.com", "2000-01-01 00:00:00.000 second ada@example.com")
		if a, b := h.row(first), h.row(second); a.Status != belay.Ended || a.Revision == b.Revision {
			t.Errorf("the tests are %v at revisions %d and %d", a.Status, a.Revision, b.Revision)
		}
		if _, err := h.CarryOut(t.Context(), operator, h.site, config.Target{AutomationID: d.ID}, belay.Run, item); belay.CodeOf(err) != belay.NotFound {
			t.Errorf("a draft runs: %v", err)
		}
	})
}
