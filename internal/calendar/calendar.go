// Package calendar tells when something that repeats takes place: from a date on,
// by a cron expression or every so many days, weeks or months, on the wall clock
// of a time zone. It is pure.
//
// Parse reads a schedule as an automation's configuration mapping holds it; Next
// is what everything else is made of.
//
// A wall time that a change of the clocks leaves out counts as that much later. One
// that comes twice counts once, the first time, but for a cron expression whose
// hour field is *, which goes on through both.
package calendar

import (
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// Schedule is a set of wall times. It is immutable and may be used by many at once.
type Schedule struct {
	start, end wall  // end is zero for none; both belong to the schedule
	cron       *cron // nil for one that has no times of its own
	every      int   // of unit; 0 for every one
	unit       belay.Unit
	once       bool
}

// wall is what a clock on the wall shows, as an instant of UTC.
type wall struct{ time.Time }

func (w wall) day() wall {
	y, m, d := w.Date()
	return wall{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// horizon is how many days are looked at for the next occurrence: the Gregorian
// calendar repeats itself after 400 years.
const horizon = 146_097 + 2

var lastDay = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Next returns the first occurrence in zone after an instant; ok is false where
// there is none.
func (s *Schedule) Next(after belay.Instant, zone *time.Location) (at belay.Instant, ok bool) {
	// A day earlier, as a gap may have moved what was to be yesterday into today.
	day := wall{after.Time().In(zone)}.day().AddDate(0, 0, -1)
	if first := s.start.day(); day.Before(first.Time) {
		day = first.Time
	}
	for range horizon {
		if day.After(lastDay) || !s.end.IsZero() && day.After(s.end.Time) {
			return 0, false
		}
		at, ok := s.first(wall{day}, after, zone)
		// A gap at midnight may have moved the last of a day behind the next day's.
		if next, sooner := s.first(wall{day.AddDate(0, 0, 1)}, after, zone); ok && sooner {
			at = min(at, next)
		}
		if ok {
			return at, true
		}
		day = day.AddDate(0, 0, 1)
		if s.once && day.After(s.start.AddDate(0, 0, 1)) {
			return 0, false
		}
	}
	return 0, false
}

// first returns the first occurrence of a day after an instant.
func (s *Schedule) first(day wall, after belay.Instant, zone *time.Location) (belay.Instant, bool) {
	if !s.on(day) {
		return 0, false
	}
	for _, at := range s.of(day, zone) {
		if at > after {
			return at, true
		}
	}
	return 0, false
}

// Has reports whether an instant is an occurrence.
func (s *Schedule) Has(at belay.Instant, zone *time.Location) bool {
	next, ok := s.Next(at-1, zone)
	return ok && next == at
}

// Last returns the last occurrence after since that is not after now; ok is false
// where there is none. Its cost grows with how many there are.
func (s *Schedule) Last(since, now belay.Instant, zone *time.Location) (last belay.Instant, ok bool) {
	for {
		next, more := s.Next(since, zone)
		if !more || next > now {
			return last, ok
		}
		last, since, ok = next, next, true
	}
}

// Count returns how many occurrences there are after since and not after until, up
// to limit.
func (s *Schedule) Count(since, until belay.Instant, limit int, zone *time.Location) int {
	n := 0
	for ; n < limit; n++ {
		next, ok := s.Next(since, zone)
		if !ok || next > until {
			break
		}
		since = next
	}
	return n
}

// on reports whether a day has occurrences.
func (s *Schedule) on(day wall) bool {
	first := s.start.day()
	if s.once {
		return day.Equal(first.Time)
	}
	if s.every > 0 && s.apart(first, day)%s.every != 0 {
		return false
	}
	if s.cron != nil {
		return s.cron.on(day)
	}
	switch s.unit {
	case belay.Weeks:
		return day.Weekday() == first.Weekday()
	case belay.Months:
		return day.Day() == min(first.Day(), lastOf(day))
	default:
		return true
	}
}

// apart returns how many of the unit lie between the start and a later day. A week
// begins on Monday.
func (s *Schedule) apart(first, day wall) int {
	switch s.unit {
	case belay.Months:
		return 12*(day.Year()-first.Year()) + int(day.Month()) - int(first.Month())
	case belay.Weeks:
		return daysApart(monday(first), monday(day)) / 7
	default:
		return daysApart(first, day)
	}
}

func daysApart(a, b wall) int { return int(b.Sub(a.Time).Hours() / 24) }

func monday(day wall) wall {
	return wall{day.AddDate(0, 0, -(int(day.Weekday())+6)%7)}
}

func lastOf(day wall) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// of returns the occurrences of a day that has some, in order.
func (s *Schedule) of(day wall, zone *time.Location) []belay.Instant {
	var all []belay.Instant
	if s.cron == nil {
		h, m, sec := s.start.Clock()
		all = s.add(all, day, time.Duration(h)*time.Hour+time.Duration(m)*time.Minute+time.Duration(sec)*time.Second, zone)
		return all
	}
	for h := range 24 {
		if s.cron.hours&(1<<h) == 0 {
			continue
		}
		for m := range 60 {
			if s.cron.minutes&(1<<m) != 0 {
				all = s.add(all, day, time.Duration(h)*time.Hour+time.Duration(m)*time.Minute, zone)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// add appends the instants at which a clock in zone shows a time of day, where
// that lies within the schedule.
func (s *Schedule) add(all []belay.Instant, day wall, clock time.Duration, zone *time.Location) []belay.Instant {
	w := wall{day.Add(clock)}
	if w.Before(s.start.Time) || !s.end.IsZero() && w.After(s.end.Time) {
		return all
	}
	first := at(w, zone)
	all = append(all, belay.At(first))
	if s.cron == nil || !s.cron.everyHour {
		return all
	}
	_, before := first.Zone()
	if _, after := first.Add(3 * time.Hour).Zone(); after < before {
		if second := first.Add(time.Duration(before-after) * time.Second); shows(second, w) {
			all = append(all, belay.At(second))
		}
	}
	return all
}

// at returns the instant at which a clock in zone shows w: the first where there
// are two, and where there is none the one that is later by the length of the gap.
func at(w wall, zone *time.Location) time.Time {
	_, offset := w.Add(-24 * time.Hour).In(zone).Zone()
	first := w.Add(-time.Duration(offset) * time.Second).In(zone)
	if shows(first, w) {
		return first
	}
	if _, now := first.Zone(); now != offset {
		if second := w.Add(-time.Duration(now) * time.Second).In(zone); shows(second, w) {
			return second
		}
	}
	return first
}

// shows reports whether a clock in t's zone shows w at t.
func shows(t time.Time, w wall) bool {
	y, m, d := t.Date()
	h, minute, s := t.Clock()
	return time.Date(y, m, d, h, minute, s, 0, time.UTC).Equal(w.Time)
}
