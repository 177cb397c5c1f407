package formula

import (
	"math"
	"strings"
	"time"
)

// momentForm is how a date or date-time was written, and so how a change of it
// is written back.
type momentForm int

const (
	bareDate   momentForm = iota // 2026-05-01
	localTime                    // 2026-05-01T09:00:00, in the site's zone
	offsetTime                   // 2026-05-01T09:00:00+02:00
	epochTime                    // 1777618800000
)

// moment is a date or a date-time.
type moment struct {
	at       time.Time // for a bare date, its midnight in UTC
	form     momentForm
	fraction bool // written with fractions of a second
}

const (
	dateLayout   = "2006-01-02"
	localLayout  = "2006-01-02T15:04:05"
	offsetLayout = "2006-01-02T15:04:05Z07:00"
)

// momentOf reads a date or date-time: YYYY-MM-DD; that, T or a space, and
// hh:mm, hh:mm:ss or hh:mm:ss with a fraction, then Z, an offset, or neither
// for a time in zone; or milliseconds since 1970 as a number or numeric text.
// Otherwise problem says what v is instead.
func momentOf(v any, zone *time.Location) (m moment, problem string) {
	s, ok := v.(string)
	if n, isNumber := numberOf(v); isNumber {
		const year9999 = 253402300799999 // in milliseconds
		if n != math.Trunc(n) || math.Abs(n) > year9999 {
			return m, "is not a number of milliseconds up to the year 9999"
		}
		return moment{at: time.UnixMilli(int64(n)).UTC(), form: epochTime}, ""
	}
	if !ok {
		return m, "is " + kindOf(v) + ", not a date"
	}
	const unknown = "is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)"
	if len(s) > maxDigits {
		return m, unknown
	}
	s = strings.TrimSpace(s)
	if at, err := time.Parse(dateLayout, s); err == nil {
		return moment{at: at, form: bareDate}, ""
	}
	if len(s) < len("2006-01-02T15:04") {
		return m, unknown
	}
	if s[10] == ' ' || s[10] == 't' {
		s = s[:10] + "T" + s[11:]
	}
	if utc, ok := strings.CutSuffix(s, "z"); ok {
		s = utc + "Z"
	}
	m.fraction = strings.Contains(s, ".")
	for _, layout := range []string{offsetLayout, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, s); err == nil {
			_, offset := at.Zone()
			m.at, m.form = at.In(fixed(offset)), offsetTime
			return m, ""
		}
	}
	for _, layout := range []string{localLayout, "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			m.at, m.form = at, localTime
			return m, ""
		}
	}
	return m, unknown
}

// fixed returns the zone of an offset, without a name: the machine's own zone
// never shows.
func fixed(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}

// in returns the moment as a clock in zone shows it; a bare date stays itself.
func (m moment) in(zone *time.Location) time.Time {
	if m.form == bareDate {
		return m.at
	}
	return m.at.In(zone)
}

// instant returns the moment as a point in time: of a bare date, its first
// moment in zone.
func (m moment) instant(zone *time.Location) time.Time {
	if m.form != bareDate {
		return m.at
	}
	y, month, d := m.at.Date()
	return time.Date(y, month, d, 0, 0, 0, 0, zone)
}

// day returns the moment's calendar date in zone as a number that sorts.
func (m moment) day(zone *time.Location) int {
	y, month, d := m.in(zone).Date()
	return y*10000 + int(month)*100 + d
}

// add returns the moment moved on the calendar of zone: by years and months
// first, the day held to the last of the month, then by days. The clock shows
// the same time as before; one that a change of clocks leaves out moves on as
// time.Date has it. False when it leaves the years 1 to 9999.
func (m moment) add(years, months, days int, zone *time.Location) (moment, bool) {
	at := m.in(zone)
	y, month, d := at.Date()
	count := (y+years)*12 + int(month) - 1 + months
	y, month = count/12, time.Month(count%12+1)
	if y < 1 || y > 9999 {
		return m, false
	}
	last := time.Date(y, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	moved := time.Date(y, month, min(d, last)+days,
		at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location())
	if moved.Year() < 1 || moved.Year() > 9999 {
		return m, false
	}
	m.at = moved.In(m.at.Location())
	return m, true
}

// value returns the moment in the form that it was written in.
func (m moment) value() any {
	layout := offsetLayout
	switch m.form {
	case bareDate:
		return m.at.Format(dateLayout)
	case epochTime:
		return float64(m.at.UnixMilli())
	case localTime:
		layout = localLayout
	}
	if m.fraction {
		layout = strings.Replace(layout, ":05", ":05.000", 1)
	}
	return m.at.Format(layout)
}
