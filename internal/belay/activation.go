package belay

import "slices"

// Status is where an activation stands.
type Status uint8

// The states of an activation. An activation begins as Initiated or is Skipped
// at once; Scheduled waits for a due time before anything ran; Started has
// begun its actions. Ended, Cancelled, Failed and Skipped are final.
const (
	Initiated Status = iota + 1
	Scheduled
	Started
	Ended
	Cancelled
	Failed
	Skipped
)

var statusWords = [...]string{"", "INITIATED", "SCHEDULED", "STARTED", "ENDED", "CANCELLED", "FAILED", "SKIPPED"}

// String returns the wire's word.
func (s Status) String() string {
	if int(s) < len(statusWords) {
		return statusWords[s]
	}
	return ""
}

// MarshalText returns the wire's word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseStatus reads the wire's word; ok is false for any other.
func ParseStatus(word string) (s Status, ok bool) {
	for i, w := range statusWords {
		if i > 0 && w == word {
			return Status(i), true
		}
	}
	return 0, false
}

// Final reports whether nothing follows s.
func (s Status) Final() bool { return s >= Ended }

// SkipReason says why an activation never began.
type SkipReason string

// The reasons of the compatible wire.
const (
	ScheduleDateExpired     SkipReason = "SCHEDULE_DATE_EXPIRED"
	TriggerFiltersNotPassed SkipReason = "TRIGGER_FILTERS_NOT_PASSED"
	RateLimitExceeded       SkipReason = "RATE_LIMIT_EXCEEDED"
	EventAlreadyProcessed   SkipReason = "EVENT_ALREADY_PROCESSED"
)

// CancelReason says what called an activation off.
type CancelReason string

// The reasons of the compatible wire, and two that it lacks: AppUninstalled, and
// ScheduleChanged for an occurrence that is none any more.
const (
	EventCancelled            CancelReason = "EVENT_CANCELLED"
	AutomationDeactivated     CancelReason = "AUTOMATION_DEACTIVATED"
	AutomationDeleted         CancelReason = "AUTOMATION_DELETED"
	CancelledByRefreshPayload CancelReason = "CANCELLED_BY_REFRESH_PAYLOAD"
	CancelledByGDPRRequest    CancelReason = "CANCELLED_BY_GDPR_REQUEST"
	AppUninstalled            CancelReason = "APP_UNINSTALLED"
	ScheduleChanged           CancelReason = "SCHEDULE_CHANGED"
)

// FailReason says why an activation could not begin.
type FailReason string

// The reasons of the compatible wire.
const (
	UnexpectedError              FailReason = "UNEXPECTED_ERROR_REASON"
	ScheduleDateEvaluationFailed FailReason = "SCHEDULE_DATE_EVALUATION_FAILED"
)

// Identity is who did something: a user or an app, or nobody in particular.
type Identity struct {
	UserID string `cbor:"1,keyasint,omitempty" json:"userId,omitempty"`
	AppID  ID     `cbor:"2,keyasint,omitzero" json:"appId,omitzero"`
}

// Activation is one activation of one automation by one event: a durable state
// machine, kept as one row. Version counts its changes; whoever changes it
// compares the version, and that alone orders a start against a cancel.
type Activation struct {
	ID           ID     `cbor:"1,keyasint,omitzero"`
	SiteID       ID     `cbor:"2,keyasint,omitzero"`
	EventID      ID     `cbor:"3,keyasint,omitzero"`
	AutomationID ID     `cbor:"4,keyasint,omitzero"`
	AppID        ID     `cbor:"5,keyasint,omitzero"`
	Revision     int64  `cbor:"6,keyasint"` // of the automation, the one that this activation keeps to
	TriggerKey   string `cbor:"7,keyasint"`
	EntityID     ID     `cbor:"8,keyasint,omitzero"`
	Status       Status `cbor:"9,keyasint"`
	Version      int64  `cbor:"10,keyasint"`
	// Due is when there is next something to do; zero when nothing is pending.
	// While an attempt is out, it is the end of that attempt's lease: an attempt
	// whose outcome is never recorded makes the activation due again.
	Due Instant `cbor:"11,keyasint,omitempty"`
	// StartsAt is the computed start of a scheduled event's activation, the event's
	// time where none could be computed; zero for a real-time event.
	StartsAt    Instant `cbor:"12,keyasint,omitempty"`
	InitiatedAt Instant `cbor:"13,keyasint"`
	ScheduledAt Instant `cbor:"14,keyasint,omitempty"` // when it became Scheduled
	StartedAt   Instant `cbor:"15,keyasint,omitempty"`
	EndedAt     Instant `cbor:"16,keyasint,omitempty"` // when it became final, whichever way

	SkipReason   SkipReason   `cbor:"17,keyasint,omitempty"`
	CancelReason CancelReason `cbor:"18,keyasint,omitempty"`
	Initiator    Identity     `cbor:"19,keyasint,omitzero"` // of the cancel
	FailReason   FailReason   `cbor:"20,keyasint,omitempty"`
	Error        string       `cbor:"21,keyasint,omitempty"` // at most 1,000 characters
	ErrorCode    string       `cbor:"22,keyasint,omitempty"` // at most 20 characters

	WithFailedActions bool `cbor:"23,keyasint,omitempty"`
	// Actions are those that were reached, in the order in which they were.
	Actions []ActionState `cbor:"24,keyasint,omitempty"`
	// Place is the one that it took under its trigger's limit; zero where it took none.
	Place Place `cbor:"25,keyasint,omitzero"`

	// Payload is the JSON that the trigger's provider gave in the place of the
	// event's when it was last asked, nil where it never did; StartPayload is the
	// one that the actions began with.
	Payload      []byte `cbor:"30,keyasint,omitempty"`
	StartPayload []byte `cbor:"31,keyasint,omitempty"`
	// Refresh is how the provider was asked before the start.
	Refresh *Refresh `cbor:"32,keyasint,omitempty"`
	// Warnings are what went wrong and stopped nothing, at most MaxWarnings.
	Warnings []Warning `cbor:"33,keyasint,omitempty"`

	// Cause is what made it; empty for an event that was reported. RerunOf is the
	// activation that a Rerun repeats.
	Cause   Cause `cbor:"35,keyasint,omitempty"`
	RerunOf ID    `cbor:"36,keyasint,omitzero"`

	// Hurried is set where somebody had it begin before StartsAt, which stays.
	Hurried *ByHand `cbor:"45,keyasint,omitempty"`
}

// ByHand is what a person did to something that waited.
type ByHand struct {
	At Instant  `cbor:"1,keyasint"`
	By Identity `cbor:"2,keyasint,omitzero"`
	// Was is when it would have gone on.
	Was Instant `cbor:"3,keyasint,omitempty"`
}

// Warning says what went wrong and stopped nothing, in the wire's words.
type Warning string

// RefreshPayloadFailed says that the trigger's provider was asked for the payload as it is
// now and gave none that could be used.
const RefreshPayloadFailed Warning = "REFRESH_PAYLOAD_FAILED"

// MaxWarnings is how many warnings an activation and an action have at most.
const MaxWarnings = 15

// Refresh is how a trigger's provider was asked for the payload as it is now.
type Refresh struct {
	// Due is the time of the next attempt, or the end of the lease of the one that
	// is out; zero when the provider is asked no more.
	Due Instant `cbor:"1,keyasint,omitempty"`
	// InFlight reports that the last of Attempts is out and its outcome unknown.
	InFlight bool      `cbor:"2,keyasint,omitempty"`
	Attempts []Attempt `cbor:"3,keyasint,omitempty"`
}

// Open reports whether the provider is still to be asked, or to answer.
func (r *Refresh) Open() bool { return r != nil && r.Due != 0 }

// End asks the provider no more; the answer to an attempt that is out is still noted.
func (r *Refresh) End() {
	if r != nil {
		r.Due = 0
	}
}

// clone returns a copy that shares no room with r.
func (r *Refresh) clone() *Refresh {
	if r == nil {
		return nil
	}
	c := *r
	c.Attempts = append(make([]Attempt, 0, len(r.Attempts)+1), r.Attempts...)
	return &c
}

// ActionStatus is where one action of an activation stands.
type ActionStatus uint8

// The states of an action. The wire knows no word for Withdrawn: an action
// that was under way when its activation was canceled.
const (
	ActionStarted ActionStatus = iota + 1
	ActionInvokedAsync
	ActionEnded
	ActionSkipped
	ActionFailed
	ActionWithdrawn
)

var actionStatusWords = [...]string{"", "STARTED", "INVOKED_ASYNC", "ENDED", "SKIPPED", "FAILED", "CANCELLED"}

// String returns the wire's word, and CANCELLED for ActionWithdrawn.
func (s ActionStatus) String() string {
	if int(s) < len(actionStatusWords) {
		return actionStatusWords[s]
	}
	return ""
}

// MarshalText returns String's word.
func (s ActionStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Open reports whether the action has still something to do.
func (s ActionStatus) Open() bool { return s == ActionStarted || s == ActionInvokedAsync }

// ActionState is what has become of one action of an activation.
type ActionState struct {
	ActionID  string       `cbor:"1,keyasint"`
	Type      ActionType   `cbor:"2,keyasint"`
	Status    ActionStatus `cbor:"3,keyasint"`
	StartedAt Instant      `cbor:"4,keyasint,omitempty"`
	EndedAt   Instant      `cbor:"5,keyasint,omitempty"`
	// Due is the end of a delay, the time of the next attempt, or the end of the
	// lease of the attempt that is out.
	Due Instant `cbor:"6,keyasint,omitempty"`
	// InFlight reports that the last of Attempts is out and its outcome unknown.
	InFlight bool      `cbor:"7,keyasint,omitempty"`
	Attempts []Attempt `cbor:"8,keyasint,omitempty"`
	// Input and Output are JSON; Input is what the expressions gave at the first
	// attempt, and stays the same for each further one.
	Input  []byte `cbor:"9,keyasint,omitempty"`
	Output []byte `cbor:"10,keyasint,omitempty"`
	// Passed is the result of a condition or a limit, Expressions what each of its expressions gave.
	Passed      bool               `cbor:"11,keyasint,omitempty"`
	Expressions []ExpressionResult `cbor:"12,keyasint,omitempty"`
	Error       string             `cbor:"13,keyasint,omitempty"` // at most 1,000 characters
	ErrorCode   string             `cbor:"14,keyasint,omitempty"` // at most 20 characters

	// InvokedAt is when an app took the action to say later that it is done, and
	// TimeoutAt until when it may; both zero for one that was done at once.
	InvokedAt Instant `cbor:"20,keyasint,omitempty"`
	TimeoutAt Instant `cbor:"21,keyasint,omitempty"`
	// Completion is what the app said of it, nil until it has.
	Completion *Completion `cbor:"22,keyasint,omitempty"`
	// Postponed counts the attempts that were put off as the app has been failing;
	// PostponedAt is when the last one was.
	Postponed   int     `cbor:"23,keyasint,omitempty"`
	PostponedAt Instant `cbor:"24,keyasint,omitempty"`
	// Refresh is how the trigger's provider was asked before a delay ended, and
	// Payload what the activation went on with then; nil where that is the event's.
	Refresh  *Refresh  `cbor:"25,keyasint,omitempty"`
	Payload  []byte    `cbor:"26,keyasint,omitempty"`
	Warnings []Warning `cbor:"27,keyasint,omitempty"` // at most MaxWarnings

	// Hurried is set where somebody ended a delay, or a wait for the next attempt,
	// before its time. LeaveOut, of a delay, has what directly follows it left out
	// when it ends; of an action that waits for its next attempt, the action itself.
	// LeftOut is set on an action that was.
	Hurried  *ByHand `cbor:"35,keyasint,omitempty"`
	LeaveOut *ByHand `cbor:"36,keyasint,omitempty"`
	LeftOut  *ByHand `cbor:"37,keyasint,omitempty"`
}

// Completion is what an app said of an action that it had taken.
type Completion struct {
	At     Instant `cbor:"1,keyasint"`
	Failed bool    `cbor:"2,keyasint,omitempty"`
	Output []byte  `cbor:"3,keyasint,omitempty"` // JSON, of a success
	Error  string  `cbor:"4,keyasint,omitempty"` // of a failure, at most 1,000 characters
}

// ExpressionResult is what one expression of a condition gave. One that failed
// did not pass, and Error says why.
type ExpressionResult struct {
	Expression string `cbor:"1,keyasint"`
	Passed     bool   `cbor:"2,keyasint,omitempty"`
	Error      string `cbor:"3,keyasint,omitempty"`
}

// Attempt is one try at carrying out an action.
type Attempt struct {
	Number    int     `cbor:"1,keyasint"` // from 1
	StartedAt Instant `cbor:"2,keyasint"`
	EndedAt   Instant `cbor:"3,keyasint,omitempty"`
	// Lateness is start − due time in milliseconds, never negative.
	Lateness int64  `cbor:"4,keyasint,omitempty"`
	Result   string `cbor:"5,keyasint,omitempty"` // DELIVERED, RETRY, REJECTED, LOST, RELEASED; empty while it is out
	Status   int    `cbor:"6,keyasint,omitempty"` // HTTP's or SMTP's, 0 where there was none
	Code     string `cbor:"7,keyasint,omitempty"` // at most 20 characters
	Detail   string `cbor:"8,keyasint,omitempty"` // for people, at most 1,000 characters
	Latency  int64  `cbor:"9,keyasint,omitempty"` // in milliseconds
	// Node is the one that started it, by the ID that it took at its start.
	Node string `cbor:"10,keyasint,omitempty"`
	// Exchange is what it sent and got, of the last MaxExchanges attempts that did.
	Exchange *Exchange `cbor:"11,keyasint,omitempty"`
	// Since is the activation's version that was the first to have it. One that is
	// given back leaves its number to the next; of two of one number it tells which is
	// meant. 0 where it is not known, and of deliveries.
	Since int64 `cbor:"12,keyasint,omitempty"`
}

// Is reports whether a is the attempt of a number that began with an activation's
// version since, 0 where that is not known.
func (a *Attempt) Is(number int, since int64) bool {
	return a.Number == number && (a.Since == since || a.Since == 0 || since == 0)
}

// InFlight returns how many actions of a have an attempt out.
func (a *Activation) InFlight() int {
	n := 0
	for i := range a.Actions {
		if a.Actions[i].InFlight {
			n++
		}
	}
	return n
}

// Clone returns a copy of a that shares only what is never written in place:
// inputs, outputs, payloads, completions, what was done by hand and results of
// expressions.
func (a Activation) Clone() Activation {
	a.Refresh, a.Warnings = a.Refresh.clone(), slices.Clone(a.Warnings)
	if a.Actions != nil {
		actions := make([]ActionState, len(a.Actions), len(a.Actions)+2)
		copy(actions, a.Actions)
		for i := range actions {
			// Also an empty list may have room behind it that two copies would share.
			if n := len(actions[i].Attempts); n > 0 {
				actions[i].Attempts = append(make([]Attempt, 0, n+1), actions[i].Attempts...)
			} else {
				actions[i].Attempts = nil
			}
			actions[i].Refresh, actions[i].Warnings = actions[i].Refresh.clone(), slices.Clone(actions[i].Warnings)
		}
		a.Actions = actions
	}
	return a
}

// Cancel returns a called off: final, with nothing due and its version raised.
// Actions that wait are withdrawn; one whose attempt is out stays open until its
// outcome is recorded, so that what went out is never hidden. It must not be
// called on a final activation.
func (a Activation) Cancel(why CancelReason, by Identity, now Instant) Activation {
	a = a.Clone()
	a.Status, a.CancelReason, a.Initiator, a.EndedAt, a.Due = Cancelled, why, by, now, 0
	a.Version++
	a.Refresh.End()
	for i := range a.Actions {
		s := &a.Actions[i]
		s.Refresh.End()
		if s.Status.Open() && !s.InFlight {
			s.Status, s.EndedAt, s.Due = ActionWithdrawn, now, 0
		}
	}
	return a
}
