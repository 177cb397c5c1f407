package belay_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
)

func topics(list ...belay.Topic) (s belay.Topics) {
	for _, t := range list {
		s = s.With(t)
	}
	return s
}

func TestTellNumbersWhatBecameOfAnActivation(t *testing.T) {
	before := belay.Activation{
		ID: belay.ID{1}, SiteID: belay.ID{2}, AppID: belay.ID{3}, AutomationID: belay.ID{4}, EventID: belay.ID{5},
		TriggerKey: "a", Revision: 7, Status: belay.Started, Version: 3,
		Actions: []belay.ActionState{{ActionID: "x", Type: belay.Delay, Status: belay.ActionStarted}},
	}
	after := before.Clone()
	after.Status, after.Version, after.WithFailedActions = belay.Ended, 4, true
	after.Actions[0].Status = belay.ActionEnded
	after.Actions = append(after.Actions, belay.ActionState{ActionID: "y", Type: belay.AppDefined, Status: belay.ActionFailed, ErrorCode: "HTTP_404"})
	all := topics(belay.TopicActivationStatusChanged, belay.TopicActivationActionStatusChanged)
	got := belay.Tell(&before, &after, []belay.Listener{
		{AppID: belay.ID{8}, Topics: all},
		{AppID: belay.ID{9}, Topics: topics(belay.TopicActivationActionStatusChanged, belay.TopicAutomationCreated)},
	}, 1000)
	type line struct {
		App      byte
		Topic    string
		Sequence int64
		Body     map[string]any
	}
	var lines []line
	for _, d := range got {
		var body map[string]any
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"activationId", "automationId", "automationRevision", "eventId", "triggerAppId", "triggerKey"} {
			if body[k] == nil {
				t.Errorf("no %s in %s", k, d.Body)
			}
			delete(body, k)
		}
		lines = append(lines, line{d.AppID[0], d.Topic.String(), d.Sequence, body})
	}
	x := map[string]any{"actionId": "x", "type": "DELAY", "status": "ENDED", "previousStatus": "STARTED"}
	y := map[string]any{"actionId": "y", "type": "APP_DEFINED", "status": "FAILED", "errorCode": "HTTP_404"}
	want := []line{
		{8, "activation_status_changed", 1024, map[string]any{"status": "ENDED", "previousStatus": "STARTED", "withFailedActions": true}},
		{8, "activation_action_status_changed", 1025, x},
		{9, "activation_action_status_changed", 1025, x},
		{8, "activation_action_status_changed", 1026, y},
		{9, "activation_action_status_changed", 1026, y},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := belay.Tell(&before, &after, nil, 1000); got != nil {
		t.Errorf("told nobody: %v", got)
	}
	if got := belay.Tell(&after, &after, []belay.Listener{{AppID: belay.ID{8}, Topics: all}}, 1000); got != nil {
		t.Errorf("told that nothing changed: %v", got)
	}
}

func TestDeliveriesAreTheSameWhereverTheyAreMade(t *testing.T) {
	make := func(app, entity byte, sequence int64) belay.ID {
		return belay.NewDelivery(belay.ID{1}, belay.ID{app}, belay.ID{entity}, belay.TopicAutomationCreated, sequence, 1000, nil).ID
	}
	if first, second := make(2, 3, 4), make(2, 3, 4); first != second {
		t.Errorf("one delivery has two IDs, %s and %s", first, second)
	}
	if make(2, 3, 4) == make(2, 3, 5) || make(2, 3, 4) == make(2, 4, 4) || make(2, 3, 4) == make(3, 3, 4) {
		t.Error("two deliveries have one ID")
	}
}

func TestADeliveryShowsItsLatestAttempts(t *testing.T) {
	d := belay.NewDelivery(belay.ID{1}, belay.ID{2}, belay.ID{3}, belay.TopicAutomationCreated, 4, 1000, nil)
	for n := range 30 {
		d = d.With(belay.Attempt{StartedAt: belay.Instant(2000 + n)})
	}
	if d.Tries != 30 || d.Since != 2000 || d.Version != 31 || len(d.Attempts) != 20 || d.Attempts[19].Number != 30 || d.Attempts[0].Number != 11 {
		t.Errorf("after 30 attempts: %+v", d)
	}
	d = d.End(belay.DeliveryFailed, 5000)
	if !d.Final() || d.Due != 0 || d.EndedAt != 5000 {
		t.Errorf("ended: %+v", d)
	}
	if d = d.Replay(6000); d.Final() || d.Due != 6000 || d.Tries != 0 || d.Since != 0 || d.EndedAt != 0 || d.Version != 32 || len(d.Attempts) != 20 {
		t.Errorf("replayed: %+v", d)
	}
}
