package schema

import (
	"errors"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// ScheduledTime returns when the event of payload takes place: the value of the
// futureDate property in UTC, cut to whole milliseconds. It lies in the years 1970
// to 9999.
//
// The error is a *belay.Error of InvalidArgument whose violation names the place
// below field and the rule: REQUIRED when the property is missing (Reason
// REQUIRED_PROPERTY), TYPE when it is no string, OFFSET when the text lacks Z or an
// offset from UTC, FORMAT when it is no RFC 3339 date and time, RANGE outside those
// years. A schema without a futureDate property is FailedPrecondition.
func (p *Payload) ScheduledTime(field string, payload map[string]any) (time.Time, error) {
	if p.future == "" {
		return time.Time{}, belay.Refuse(belay.FailedPrecondition, "NOT_SCHEDULED", "the trigger is real-time: no property of its schema says when an event takes place")
	}
	at := place{field: field, steps: []step{{key: p.future, index: -1}}}
	v, there := payload[p.future]
	if !there {
		missing := belay.Invalid(at.String(), "REQUIRED", "is missing: it says when the event takes place")
		missing.Reason = "REQUIRED_PROPERTY"
		return time.Time{}, missing
	}
	text, ok := v.(string)
	if !ok {
		return time.Time{}, belay.Invalid(at.String(), "TYPE", mustBe("string", v))
	}
	t, err := parseDateTime(text)
	switch {
	case errors.Is(err, errNoOffset):
		return time.Time{}, belay.Invalid(at.String(), "OFFSET", err.Error())
	case err != nil:
		return time.Time{}, belay.Invalid(at.String(), "FORMAT", err.Error())
	case t.Year() < 1970 || t.Year() > 9999:
		return time.Time{}, belay.Invalid(at.String(), "RANGE", "must lie in the years 1970 to 9999, in UTC")
	}
	return t.Truncate(time.Millisecond), nil
}
