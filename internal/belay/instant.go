package belay

import (
	"strconv"
	"time"
)

// Instant is a moment in UTC, in whole milliseconds since 1970. The zero
// Instant stands for "none"; nothing is ever due then.
type Instant int64

// At returns the millisecond that t lies in.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time returns i as a time in UTC, and the zero time for none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// IsZero reports whether i stands for none.
func (i Instant) IsZero() bool { return i == 0 }

// Add returns i moved by d, cut to whole milliseconds.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub returns i − j.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// String returns the form of the wire, "2026-11-23T09:00:00.000Z", and "" for none.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02T15:04:05.000Z07:00")
}

// MarshalJSON writes String's form.
func (i Instant) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, i.String()), nil }

// UnmarshalJSON reads any RFC 3339 time; null and "" are none.
func (i *Instant) UnmarshalJSON(b []byte) error {
	if string(b) == "null" || string(b) == `""` {
		*i = 0
		return nil
	}
	var t time.Time
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*i = At(t)
	return nil
}

// Unit is a unit of an automation's waits, in the wire's words.
type Unit string

// The units. Minutes and hours are exact durations; days, weeks and months are
// steps of the calendar in the site's time zone.
const (
	Minutes Unit = "MINUTES"
	Hours   Unit = "HOURS"
	Days    Unit = "DAYS"
	Weeks   Unit = "WEEKS"
	Months  Unit = "MONTHS"
)

// Valid reports whether u is one of the units.
func (u Unit) Valid() bool {
	switch u {
	case Minutes, Hours, Days, Weeks, Months:
		return true
	}
	return false
}

// The last instant that Belay plans for: the end of the year 9999, the last
// that RFC 3339 can write.
var lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)

// Step returns t moved by n units, forwards or backwards. Minutes and hours are
// exact. Days, weeks and months keep the time on the wall in zone: a day before
// 09:00 is 09:00 across a change of the clocks, and a month before 31 March is
// the last of February. A wall time that a change of the clocks leaves out is
// read with the offset from before the change, so that it lies later by the
// length of the gap; one that comes twice is the first of the two. A fraction
// of a unit counts for minutes and hours and is refused elsewhere. ok is false
// where the result is before 1970 or after the year 9999, or n cannot be used.
func Step(t Instant, n float64, unit Unit, zone *time.Location) (at Instant, ok bool) {
	if n != n || n > 1e9 || n < -1e9 {
		return 0, false
	}
	var to time.Time
	switch unit {
	case Minutes:
		to = t.Time().Add(time.Duration(n * float64(time.Minute)))
	case Hours:
		if n > 2e6 || n < -2e6 {
			return 0, false
		}
		to = t.Time().Add(time.Duration(n * float64(time.Hour)))
	case Days, Weeks, Months:
		whole := int(n)
		if float64(whole) != n {
			return 0, false
		}
		to = wallStep(t.Time().In(zone), whole, unit)
	default:
		return 0, false
	}
	if at = At(to); at <= 0 || to.After(lastInstant) {
		return 0, false
	}
	return at, true
}

func wallStep(t time.Time, n int, unit Unit) time.Time {
	y, m, d := t.Date()
	switch unit {
	case Weeks:
		d += 7 * n
	case Months:
		first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		y, m = first.Year(), first.Month()
		d = min(d, time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day())
	default:
		d += n
	}
	return wall(y, m, d, t)
}

// wall returns the instant at which a clock in t's zone shows t's time of day on
// the given date. time.Date leaves open which offset it uses around a change of
// the clocks, so it is chosen here: the offset in force before the change, which
// is the earlier reading of an hour that comes twice.
func wall(y int, m time.Month, d int, t time.Time) time.Time {
	h, minute, s := t.Clock()
	naive := time.Date(y, m, d, h, minute, s, t.Nanosecond(), time.UTC)
	_, before := naive.Add(-24 * time.Hour).In(t.Location()).Zone()
	first := naive.Add(-time.Duration(before) * time.Second)
	if _, now := first.In(t.Location()).Zone(); now != before {
		// Either the clocks changed in the day before, and now is the offset in
		// force, or the wall time is in the gap and has no instant of its own.
		second := naive.Add(-time.Duration(now) * time.Second)
		if _, check := second.In(t.Location()).Zone(); check == now {
			return second
		}
	}
	return first
}
