package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// The names that the wire's event types and entities begin with, and what signs.
const (
	domain = "wix.automations.v2."
	issuer = "wix.com"
	life   = time.Hour // of an envelope
)

// shape is how the wire names a topic: the last part of its entity, its slug, and
// the field of a domain event that the body stands in.
type shape struct{ entity, slug, field string }

var shapes = [...]shape{
	belay.TopicAutomationCreated:             {"automation", "created", "createdEvent"},
	belay.TopicAutomationUpdated:             {"automation", "updated", "updatedEvent"},
	belay.TopicAutomationDeleted:             {"automation", "deleted", "deletedEvent"},
	belay.TopicAutomationUpdatedWithPrevious: {"automation", "updated_with_previous_entity", "actionEvent"},
	belay.TopicAutomationDeletedWithEntity:   {"automation", "deleted_with_entity", "actionEvent"},
	belay.TopicActivationStatusChanged:       {"activation", "status_changed", "actionEvent"},
	belay.TopicActivationActionStatusChanged: {"activation", "action_status_changed", "actionEvent"},
}

// EventType returns the wire's name of a topic.
func EventType(t belay.Topic) string { return domain + t.String() }

// event writes a delivery as a domain event.
func event(d *belay.Delivery) ([]byte, error) {
	if int(d.Topic) >= len(shapes) || shapes[d.Topic].field == "" {
		return nil, fmt.Errorf("webhook: a topic %d", d.Topic)
	}
	s := shapes[d.Topic]
	body := json.RawMessage(d.Body)
	if s.field == "actionEvent" {
		body = append(append(json.RawMessage(`{"body":`), d.Body...), '}')
	}
	return json.Marshal(map[string]any{
		"id": d.ID, "entityFqdn": domain + s.entity, "slug": s.slug, "entityId": d.EntityID,
		"eventTime": d.ChangedAt, "entityEventSequence": fmt.Sprint(d.Sequence), s.field: body,
	})
}

// identity is who the wire says made a change; it is the server that tells.
const identity = `{"identityType":"WIX_APP"}`

// envelope writes the claims of the wire's JWT, JSON in texts within JSON.
func envelope(d *belay.Delivery, instance belay.ID, now time.Time) ([]byte, error) {
	what, err := event(d)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]any{
		"eventType": EventType(d.Topic), "instanceId": instance, "data": string(what), "identity": identity,
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"data": string(data), "iss": issuer, "aud": d.AppID, "iat": now.Unix(), "exp": now.Add(life).Unix(),
	})
}

// plain writes a delivery as one JSON object.
func plain(d *belay.Delivery, instance belay.ID) ([]byte, error) {
	what, err := event(d)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"type": EventType(d.Topic), "timestamp": d.ChangedAt, "instanceId": instance, "siteId": d.SiteID, "data": json.RawMessage(what),
	})
}
