package belay

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Topic is a kind of change on a site that apps can ask to be told of.
type Topic uint8

// The topics. Those of automations are the compatible wire's; it names those of
// activations only for its own use.
const (
	TopicAutomationCreated Topic = iota + 1
	TopicAutomationUpdated
	TopicAutomationDeleted
	TopicAutomationUpdatedWithPrevious
	TopicAutomationDeletedWithEntity
	TopicActivationStatusChanged
	TopicActivationActionStatusChanged
)

var topicNames = [...]string{
	"", "automation_created", "automation_updated", "automation_deleted",
	"automation_updated_with_previous_entity", "automation_deleted_with_entity",
	"activation_status_changed", "activation_action_status_changed",
}

// String returns the name that the wire's event type ends with.
func (t Topic) String() string {
	if int(t) < len(topicNames) {
		return topicNames[t]
	}
	return ""
}

// MarshalText returns the name.
func (t Topic) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name.
func (t *Topic) UnmarshalText(b []byte) error {
	got, ok := ParseTopic(string(b))
	if !ok {
		return fmt.Errorf("%q is no topic", b)
	}
	*t = got
	return nil
}

// ParseTopic reads a name; ok is false for any other word.
func ParseTopic(name string) (t Topic, ok bool) {
	for i, n := range topicNames {
		if i > 0 && n == name {
			return Topic(i), true
		}
	}
	return 0, false
}

// TopicNames returns all names, in the order of the topics.
func TopicNames() []string { return topicNames[1:len(topicNames):len(topicNames)] }

// OfActivations reports whether t concerns activations rather than automations.
func (t Topic) OfActivations() bool { return t >= TopicActivationStatusChanged }

// Topics is a set of topics; its zero value is empty.
type Topics uint16

// With returns s with t in it.
func (s Topics) With(t Topic) Topics { return s | 1<<t }

// Has reports whether t is in s.
func (s Topics) Has(t Topic) bool { return s&(1<<t) != 0 }

// Listener is an app on a site, with what it asked to be told of.
type Listener struct {
	AppID  ID
	Topics Topics
}

// DeliveryStatus is where a delivery stands.
type DeliveryStatus uint8

// The states of a delivery. All but the first are final, until it is replayed.
const (
	DeliveryWaiting   DeliveryStatus = iota + 1
	DeliveryDelivered                // the receiver took it
	DeliveryFailed                   // given up: the receiver did not take it in time
	DeliveryDropped                  // not sent: the app asks for it no more, or left the site
)

var deliveryWords = [...]string{"", "WAITING", "DELIVERED", "FAILED", "DROPPED"}

// String returns the wire's word.
func (s DeliveryStatus) String() string {
	if int(s) < len(deliveryWords) {
		return deliveryWords[s]
	}
	return ""
}

// MarshalText returns the wire's word.
func (s DeliveryStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseDeliveryStatus reads the wire's word; ok is false for any other.
func ParseDeliveryStatus(word string) (s DeliveryStatus, ok bool) {
	for i, w := range deliveryWords {
		if i > 0 && w == word {
			return DeliveryStatus(i), true
		}
	}
	return 0, false
}

// Delivery is one change that one app is told of, a row of the site's: written
// with the change and sent until the app has taken it. Those of one app about one
// entity are sent in the order of Sequence, each when the ones before are final.
type Delivery struct {
	ID       ID    `cbor:"1,keyasint,omitzero"`
	SiteID   ID    `cbor:"2,keyasint,omitzero"`
	AppID    ID    `cbor:"3,keyasint,omitzero"`
	EntityID ID    `cbor:"4,keyasint,omitzero"` // the automation or the activation
	Topic    Topic `cbor:"5,keyasint"`
	// Sequence orders all changes of one entity: a later one has a higher number.
	Sequence  int64   `cbor:"6,keyasint"`
	ChangedAt Instant `cbor:"7,keyasint"`
	// Body is the JSON object that tells of the change, in the topic's form.
	Body []byte `cbor:"8,keyasint"`

	Status  DeliveryStatus `cbor:"9,keyasint"`
	Version int64          `cbor:"10,keyasint"`
	// Due is when to send it next, if it is the first of its entity; zero when it is final.
	Due     Instant `cbor:"11,keyasint,omitempty"`
	EndedAt Instant `cbor:"12,keyasint,omitempty"`
	// Since is when it was first sent, or first sent since the last replay; zero
	// before that.
	Since Instant `cbor:"13,keyasint,omitempty"`
	// Tries counts the attempts since then, Attempts are the latest of all.
	Tries    int       `cbor:"14,keyasint,omitempty"`
	Attempts []Attempt `cbor:"15,keyasint,omitempty"`
}

// Final reports whether nothing follows.
func (d *Delivery) Final() bool { return d.Status > DeliveryWaiting }

// keptAttempts is how many attempts a delivery shows: more than there are from a
// first one to giving up.
const keptAttempts = 20

// With returns d after an attempt, the version raised.
func (d Delivery) With(a Attempt) Delivery {
	d.Version++
	d.Tries++
	a.Number = 1
	if n := len(d.Attempts); n > 0 {
		a.Number = d.Attempts[n-1].Number + 1
	}
	if d.Since == 0 {
		d.Since = a.StartedAt
	}
	old := d.Attempts[max(0, len(d.Attempts)+1-keptAttempts):]
	d.Attempts = append(append(make([]Attempt, 0, len(old)+1), old...), a)
	return d
}

// End returns d with a final status, its version as it is.
func (d Delivery) End(s DeliveryStatus, now Instant) Delivery {
	d.Status, d.EndedAt, d.Due = s, now, 0
	return d
}

// Replay returns d to be sent anew, the version raised. It must be final.
func (d Delivery) Replay(now Instant) Delivery {
	d.Version++
	d.Status, d.Due, d.EndedAt, d.Since, d.Tries = DeliveryWaiting, now, 0, 0, 0
	return d
}

// NewDelivery returns the delivery of one change to one app, due at once. Its ID
// follows from what it is about, so that it is the same wherever it is made.
func NewDelivery(site, app, entity ID, t Topic, sequence int64, now Instant, body []byte) Delivery {
	h := sha256.New()
	h.Write(app[:])
	h.Write(entity[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(sequence)))
	chance := [10]byte(h.Sum(nil)[:10])
	binary.BigEndian.PutUint16(chance[:2], uint16(sequence)) // so that lists of one millisecond are in order
	return Delivery{
		ID: NewID(now.Time(), chance), SiteID: site, AppID: app, EntityID: entity,
		Topic: t, Sequence: sequence, ChangedAt: now, Body: body, Status: DeliveryWaiting, Version: 1, Due: now,
	}
}

// perVersion is how many changes one version of an entity can tell of.
const perVersion = 1 << 8

// SequenceOf numbers change n, from 0 to 255, of a version of an entity.
func SequenceOf(version int64, n int) int64 { return version*perVersion + int64(min(n, perVersion-1)) }

// Tell returns the deliveries by which listeners learn what became of an
// activation: its status first, then those of its actions. before is nil for a
// new one. Statuses that came and went within one commit are not told.
func Tell(before, after *Activation, to []Listener, now Instant) []Delivery {
	var all Topics
	for _, l := range to {
		all |= l.Topics
	}
	var out []Delivery
	n := 0
	tell := func(t Topic, what any) {
		body, err := json.Marshal(what)
		if err != nil {
			panic(fmt.Sprintf("belay: write what became of an activation: %v", err)) // texts and numbers
		}
		for _, l := range to {
			if l.Topics.Has(t) {
				out = append(out, NewDelivery(after.SiteID, l.AppID, after.ID, t, SequenceOf(after.Version, n), now, body))
			}
		}
		n++
	}
	if all.Has(TopicActivationStatusChanged) && (before == nil || before.Status != after.Status) {
		tell(TopicActivationStatusChanged, statusChange(before, after))
	}
	if all.Has(TopicActivationActionStatusChanged) {
		for i := range after.Actions {
			was := statusOf(before, after.Actions[i].ActionID)
			if s := &after.Actions[i]; s.Status != was {
				tell(TopicActivationActionStatusChanged, actionChange(after, s, was))
			}
		}
	}
	return out
}

func statusOf(a *Activation, action string) ActionStatus {
	if a == nil {
		return 0
	}
	for i := range a.Actions {
		if a.Actions[i].ActionID == action {
			return a.Actions[i].Status
		}
	}
	return 0
}

// The bodies of the topics of activations.
type (
	toldActivation struct {
		ActivationID       ID     `json:"activationId"`
		AutomationID       ID     `json:"automationId"`
		AutomationRevision int64  `json:"automationRevision,string"`
		EventID            ID     `json:"eventId"`
		TriggerAppID       ID     `json:"triggerAppId"`
		TriggerKey         string `json:"triggerKey"`
		ExternalEntityID   ID     `json:"externalEntityId,omitzero"`
	}
	toldStatus struct {
		toldActivation
		Status            string    `json:"status"`
		PreviousStatus    string    `json:"previousStatus,omitempty"`
		Reason            string    `json:"reason,omitempty"`
		Initiator         *Identity `json:"initiator,omitempty"`
		ScheduledFor      string    `json:"scheduledFor,omitempty"`
		WithFailedActions bool      `json:"withFailedActions,omitempty"`
		ErrorCode         string    `json:"errorCode,omitempty"`
	}
	toldAction struct {
		toldActivation
		ActionID       string     `json:"actionId"`
		Type           ActionType `json:"type"`
		Status         string     `json:"status"`
		PreviousStatus string     `json:"previousStatus,omitempty"`
		ErrorCode      string     `json:"errorCode,omitempty"`
	}
)

func told(a *Activation) toldActivation {
	return toldActivation{a.ID, a.AutomationID, a.Revision, a.EventID, a.AppID, a.TriggerKey, a.EntityID}
}

func statusChange(before, after *Activation) toldStatus {
	c := toldStatus{
		toldActivation: told(after), Status: after.Status.String(), ErrorCode: after.ErrorCode,
		WithFailedActions: after.WithFailedActions,
	}
	if before != nil {
		c.PreviousStatus = before.Status.String()
	}
	switch after.Status {
	case Scheduled:
		if after.Due != 0 {
			c.ScheduledFor = after.Due.String()
		}
	case Skipped:
		c.Reason = string(after.SkipReason)
	case Failed:
		c.Reason = string(after.FailReason)
	case Cancelled:
		c.Reason = string(after.CancelReason)
		if after.Initiator != (Identity{}) {
			by := after.Initiator
			c.Initiator = &by
		}
	}
	return c
}

func actionChange(a *Activation, s *ActionState, was ActionStatus) toldAction {
	return toldAction{
		toldActivation: told(a), ActionID: s.ActionID, Type: s.Type, Status: s.Status.String(),
		PreviousStatus: was.String(), ErrorCode: s.ErrorCode,
	}
}
