package formula

import (
	"strings"
	"time"
)

// Dates. A date-time is looked at in the site's time zone; a bare date is in no
// zone. Comparisons of dates compare the calendar, those of date-times the
// instant, for which a bare date counts as its first moment in the site's zone.
// Null makes a comparison false and is an error elsewhere. What can be read as
// a date stands with momentOf.

func dateFunctions() []builtin {
	at := data("at", "2026-05-01T17:45:00Z")
	move := " Months are added before days, and a day that the month does not have becomes its last. " +
		"The result is written as the argument is; a date-time keeps its time of day in the site's zone."
	offered := []builtin{
		part("hour(date-time) → number", "The hour of a date-time in the site's time zone, 0 to 23; a bare date is an error.",
			17.0, func(e *evaluation) any { return float64(e.clock().Hour()) }),
		part("minute(date-time) → number", "The minute of a date-time in the site's time zone, 0 to 59; a bare date is an error.",
			45.0, func(e *evaluation) any { return float64(e.clock().Minute()) }),
		part("year(date) → number", "The year of a date, or of a date-time in the site's time zone.",
			2026.0, func(e *evaluation) any { return float64(e.moment(0).in(e.zone).Year()) }),
		part("month(date) → number", "The month of a date, or of a date-time in the site's time zone, 1 to 12.",
			5.0, func(e *evaluation) any { return float64(e.moment(0).in(e.zone).Month()) }),
		part("day(date) → number", "The day of the month of a date, or of a date-time in the site's time zone, 1 to 31.",
			1.0, func(e *evaluation) any { return float64(e.moment(0).in(e.zone).Day()) }),
		part("weekDay(date) → text", "The English name of the day of the week, in small letters.",
			"friday", func(e *evaluation) any { return strings.ToLower(e.moment(0).in(e.zone).Weekday().String()) }),
		entry("addToDate(date; years: whole; months: whole; days: whole) → date", "The date moved ahead by whole years, months and days."+move,
			example(`{{addToDate("2026-01-31";0;1;0)}}`, nil, "2026-02-28"), moveDate(1)),
		entry("subtractFromDate(date; years: whole; months: whole; days: whole) → date", "The date moved back by whole years, months and days."+move,
			example(`{{subtractFromDate(var("at");0;0;2)}}`, at, "2026-04-29T17:45:00Z"), moveDate(-1)),
		entry("now() → date-time", "The current date-time, in UTC with milliseconds.",
			example(`{{now()}}`, nil, "2026-05-01T09:30:00.000Z"),
			func(e *evaluation) any { return e.scope.Now.UTC().Format("2006-01-02T15:04:05.000Z07:00") }),
	}
	for suffix, claim := range map[string]string{"Eq": "is the same as", "Before": "comes before", "After": "comes after"} {
		offered = append(offered,
			dateTest("date"+suffix, "Whether the calendar date of the first "+claim+" that of the second; false if one is null.",
				suffix, func(m moment, zone *time.Location) int64 { return int64(m.day(zone)) }),
			dateTest("dateTime"+suffix, "Whether the instant of the first "+claim+" that of the second; false if one is null.",
				suffix, func(m moment, zone *time.Location) int64 { return m.instant(zone).UnixMilli() }))
	}
	return append(offered, hidden(
		part("toEpoch(date) → number", "The milliseconds from the beginning of 1970 UTC to a date-time.", 1777657500000.0,
			func(e *evaluation) any { return float64(e.moment(0).instant(e.zone).UnixMilli()) }),
	)...)
}

// part makes a function of one date.
func part(signature, doc string, result any, do func(*evaluation) any) builtin {
	name, _, _ := strings.Cut(signature, "(")
	return entry(signature, doc,
		example(`{{`+name+`(var("at"))}}`, data("at", "2026-05-01T17:45:00Z"), result), do)
}

// dateTest makes a comparison of two dates by what rank makes of them.
func dateTest(name, doc, suffix string, rank func(moment, *time.Location) int64) builtin {
	usage := example(`{{`+name+`(var("at");"2026-05-02T08:00:00Z")}}`,
		data("at", "2026-05-01T17:45:00Z"), suffix == "Before")
	return entry(name+"(date?; date?) → boolean", doc, usage, func(e *evaluation) any {
		if e.null() {
			return false
		}
		a, b := rank(e.moment(0), e.zone), rank(e.moment(1), e.zone)
		switch suffix {
		case "Before":
			return a < b
		case "After":
			return a > b
		}
		return a == b
	})
}

// clock returns argument 0, which must have a time of day, in the site's zone.
func (e *evaluation) clock() time.Time {
	m := e.moment(0)
	if m.form == bareDate {
		e.blame(0, "is a date without a time of day")
	}
	return m.in(e.zone)
}

func moveDate(sign int) func(*evaluation) any {
	const most = 1_000_000 // years, months or days
	return func(e *evaluation) any {
		m := e.moment(0)
		years, months, days := e.whole(1, -most, most), e.whole(2, -most, most), e.whole(3, -most, most)
		if e.err != nil {
			return nil
		}
		moved, ok := m.add(sign*years, sign*months, sign*days, e.zone)
		if !ok {
			e.fail("the date leaves the years 1 to 9999")
			return nil
		}
		return moved.value()
	}
}
