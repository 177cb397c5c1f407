package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func parse(t testing.TB, mapping string) *calendar.Schedule {
	t.Helper()
	s, wrong := calendar.Parse([]byte(mapping))
	if len(wrong) > 0 {
		t.Fatalf("Parse(%s): %+v", mapping, wrong)
	}
	return s
}

func TestOccurrencesAreThoseOfTheWallClock(t *testing.T) {
	const berlin = "Europe/Berlin"
	for name, tt := range map[string]struct {
		mapping, zone, after string
		want                 []string
	}{
		"once":                                {`{"startDate":"2026-11-23T09:00:00Z"}`, berlin, "2026-01-01T00:00:00Z", []string{"2026-11-23T09:00:00+01:00", ""}},
		"once, and over":                      {`{"startDate":"2026-11-23T09:00:00Z"}`, berlin, "2026-11-23T09:00:00+01:00", []string{""}},
		"daily over the spring change":        {cron("0 9 * * *", "2026-03-27T00:00:00", ""), berlin, "2026-03-28T00:00:00Z", []string{"2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00"}},
		"a wall time that does not exist":     {cron("30 2 * * *", "2026-03-01T00:00:00", ""), berlin, "2026-03-28T12:00:00Z", []string{"2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"}},
		"a wall time that comes twice":        {cron("30 2 * * *", "2026-03-01T00:00:00", ""), berlin, "2026-10-24T12:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		"every half hour goes on through it":  {cron("*/30 * * * *", "2026-03-01T00:00:00", ""), berlin, "2026-10-25T02:00:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"}},
		"every half hour leaves the gap out":  {cron("*/30 * * * *", "2026-03-01T00:00:00", ""), berlin, "2026-03-29T01:30:00+01:00", []string{"2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00", "2026-03-29T04:00:00+02:00"}},
		"the second Friday":                   {cron("0 9 * * 5#2", "2026-11-01T00:00:00", ""), "UTC", "2026-11-01T00:00:00Z", []string{"2026-11-13T09:00:00Z", "2026-12-11T09:00:00Z"}},
		"the fifth Monday":                    {cron("0 9 * * MON#5", "2026-11-01T00:00:00", ""), "UTC", "2026-11-01T00:00:00Z", []string{"2026-11-30T09:00:00Z", "2027-03-29T09:00:00Z"}},
		"the last Friday":                     {cron("0 9 * * 5L", "2026-11-01T00:00:00", ""), "UTC", "2026-11-01T00:00:00Z", []string{"2026-11-27T09:00:00Z", "2026-12-25T09:00:00Z"}},
		"the last day":                        {cron("0 9 L * *", "2026-01-01T00:00:00", ""), "UTC", "2028-01-01T00:00:00Z", []string{"2028-01-31T09:00:00Z", "2028-02-29T09:00:00Z", "2028-03-31T09:00:00Z"}},
		"the 31st":                            {cron("0 9 31 * *", "2026-01-01T00:00:00", ""), "UTC", "2026-02-01T00:00:00Z", []string{"2026-03-31T09:00:00Z", "2026-05-31T09:00:00Z"}},
		"29 February":                         {cron("0 9 29 FEB *", "2026-01-01T00:00:00", ""), "UTC", "2096-03-01T00:00:00Z", []string{"2104-02-29T09:00:00Z"}},
		"day or weekday":                      {cron("0 9 13 * FRI", "2026-01-01T00:00:00", ""), "UTC", "2026-10-10T00:00:00Z", []string{"2026-10-13T09:00:00Z", "2026-10-16T09:00:00Z"}},
		"Sunday is 0 and 7":                   {cron("0 9 * * 7", "2026-11-01T00:00:00", ""), "UTC", "2026-11-01T10:00:00Z", []string{"2026-11-08T09:00:00Z"}},
		"every third day":                     {`{"startDate":"2026-11-23T09:00","repetitions":{"everyNthDay":3}}`, berlin, "2026-11-23T12:00:00Z", []string{"2026-11-26T09:00:00+01:00", "2026-11-29T09:00:00+01:00"}},
		"every second week":                   {`{"startDate":"2026-11-25T09:00","repetitions":{"everyNthWeek":2}}`, "UTC", "2026-11-25T09:00:00Z", []string{"2026-12-09T09:00:00Z"}},
		"Mondays and Fridays every two weeks": {`{"startDate":"2026-11-25T00:00","repetitions":{"cronExpression":"0 9 * * 1,5","everyNthWeek":2}}`, "UTC", "2026-11-25T09:00:00Z", []string{"2026-11-27T09:00:00Z", "2026-12-07T09:00:00Z", "2026-12-11T09:00:00Z"}},
		"every month from the 31st":           {`{"startDate":"2026-12-31T09:00","repetitions":{"everyNthMonth":1}}`, "UTC", "2027-01-31T09:00:00Z", []string{"2027-02-28T09:00:00Z", "2027-03-31T09:00:00Z"}},
		"every quarter":                       {`{"startDate":"2026-01-15T09:00","repetitions":{"everyNthMonth":3}}`, "UTC", "2026-02-01T00:00:00Z", []string{"2026-04-15T09:00:00Z", "2026-07-15T09:00:00Z"}},
		"not before the start":                {cron("0 9 * * *", "2026-11-23T09:30:00", ""), "UTC", "2026-01-01T00:00:00Z", []string{"2026-11-24T09:00:00Z"}},
		"the start is one":                    {cron("0 9 * * *", "2026-11-23T09:00:00", ""), "UTC", "2026-01-01T00:00:00Z", []string{"2026-11-23T09:00:00Z"}},
		"until the end, included":             {cron("0 9 * * *", "2026-11-23T09:00:00", "2026-11-24T09:00:00"), "UTC", "2026-11-23T09:00:00Z", []string{"2026-11-24T09:00:00Z", ""}},
		"until the end of a day":              {cron("0 9 * * *", "2026-11-23T09:00:00", "2026-11-24"), "UTC", "2026-11-23T09:00:00Z", []string{"2026-11-24T09:00:00Z", ""}},
		"offsets count for nothing":           {cron("0 9 * * *", "2026-11-23T09:00:00+09:00", "2026-11-24T10:00:00-08:00"), berlin, "2026-01-01T00:00:00Z", []string{"2026-11-23T09:00:00+01:00", "2026-11-24T09:00:00+01:00", ""}},
		"across the day Samoa left out":       {cron("0 9 * * *", "2011-12-01T00:00:00", ""), "Pacific/Apia", "2011-12-29T10:00:00-10:00", []string{"2011-12-31T09:00:00+14:00", "2012-01-01T09:00:00+14:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, in := parse(t, tt.mapping), zone(t, tt.zone)
			at := instant(t, tt.after)
			for _, want := range tt.want {
				next, ok := s.Next(at, in)
				if want == "" {
					if ok {
						t.Errorf("after %s comes %s; want none", at, next)
					}
					break
				}
				if !ok || next != instant(t, want) {
					t.Fatalf("after %s comes %s, %v; want %s", at, next, ok, instant(t, want))
				}
				if !s.Has(next, in) || s.Has(next+1, in) {
					t.Errorf("Has(%s) does not agree", next)
				}
				at = next
			}
		})
	}
}

func cron(expression, start, end string) string {
	return fmt.Sprintf(`{"startDate":%q,"repetitions":{"cronExpression":%q,"endDate":%q}}`, start, expression, end)
}

func instant(t testing.TB, text string) belay.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return belay.At(at)
}

func TestLastAndCountLookBack(t *testing.T) {
	s := parse(t, cron("0 * * * *", "2026-01-01T00:00:00", ""))
	since := instant(t, "2026-11-23T09:00:00Z")
	for name, tt := range map[string]struct {
		now, want string
		count     int
	}{
		"none since": {"2026-11-23T09:59:59Z", "", 0},
		"one since":  {"2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z", 1},
		"a few":      {"2026-11-23T13:30:00Z", "2026-11-23T13:00:00Z", 4},
		"many":       {"2026-11-24T13:30:00Z", "2026-11-24T13:00:00Z", 10},
	} {
		t.Run(name, func(t *testing.T) {
			now := instant(t, tt.now)
			last, ok := s.Last(since, now, time.UTC)
			if ok != (tt.want != "") || ok && last != instant(t, tt.want) {
				t.Errorf("Last = %s, %v; want %s", last, ok, tt.want)
			}
			if n := s.Count(since, now, 10, time.UTC); n != tt.count {
				t.Errorf("Count = %d; want %d", n, tt.count)
			}
		})
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct{ mapping, field, rule string }{
		"nothing":            {`{}`, "startDate", "REQUIRED"},
		"no date":            {`{"startDate":"soon"}`, "startDate", "FORMAT"},
		"a long past date":   {`{"startDate":"1066-10-14T09:00:00"}`, "startDate", "RANGE"},
		"end before start":   {cron("0 9 * * *", "2026-11-23T09:00:00", "2026-11-22T09:00:00"), "repetitions.endDate", "RANGE"},
		"no repetition":      {`{"startDate":"2026-11-23T09:00:00","repetitions":{}}`, "repetitions.cronExpression", "REQUIRED"},
		"two repetitions":    {`{"startDate":"2026-11-23T09:00:00","repetitions":{"everyNthDay":1,"everyNthWeek":1}}`, "repetitions", "ONE_OF"},
		"every minus second": {`{"startDate":"2026-11-23T09:00:00","repetitions":{"everyNthDay":-2}}`, "repetitions.everyNthDay", "RANGE"},
		"four fields":        {cron("0 9 * *", "2026-11-23T09:00:00", ""), "repetitions.cronExpression", "CRON"},
		"minute 60":          {cron("60 9 * * *", "2026-11-23T09:00:00", ""), "repetitions.cronExpression", "CRON"},
		"a sixth Monday":     {cron("0 9 * * 1#6", "2026-11-23T09:00:00", ""), "repetitions.cronExpression", "CRON"},
		"backwards":          {cron("0 17-9 * * *", "2026-11-23T09:00:00", ""), "repetitions.cronExpression", "CRON"},
		"30 February":        {cron("0 9 30 2 *", "2026-11-23T09:00:00", ""), "repetitions", "NO_OCCURRENCE"},
		"over at the start":  {cron("0 9 * * *", "2026-11-23T09:30:00", "2026-11-23T10:00:00"), "repetitions", "NO_OCCURRENCE"},
		"another type":       {`{"startDate":7}`, "", "TYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, wrong := calendar.Parse([]byte(tt.mapping))
			if len(wrong) != 1 || wrong[0].Field != tt.field || wrong[0].Rule != tt.rule {
				t.Errorf("Parse = %+v; want %s %s", wrong, tt.field, tt.rule)
			}
		})
	}
}

// The oracle looks at every minute, and at what a clock on the wall shows then.
func TestOccurrencesAreThoseOfAMinuteByMinuteLook(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"}
	// Around changes of the clocks of 2018, in the north and in the south.
	from := []string{"2018-03-09T00:00:00Z", "2018-03-23T00:00:00Z", "2018-10-05T00:00:00Z", "2018-10-26T00:00:00Z", "2018-11-02T00:00:00Z", "2018-03-31T00:00:00Z"}
	rapid.Check(t, func(r *rapid.T) {
		in := zone(t, rapid.SampledFrom(zones).Draw(r, "zone"))
		after := instant(t, rapid.SampledFrom(from).Draw(r, "after"))
		minute := rapid.SampledFrom([]string{"0", "30", "15,45", "*/20"}).Draw(r, "minute")
		hour := rapid.SampledFrom([]string{"*", "0", "1", "2", "3", "*/2", "0-4"}).Draw(r, "hour")
		day := rapid.SampledFrom([]string{"*", "*", "L", "28", "1-5", "11,25"}).Draw(r, "day")
		weekday := rapid.SampledFrom([]string{"*", "*", "SUN", "6", "7#2", "0L", "1-5"}).Draw(r, "weekday")
		every := rapid.SampledFrom([]string{"", `,"everyNthDay":2`, `,"everyNthWeek":2`, `,"everyNthMonth":2`}).Draw(r, "every")
		start := time.Date(2018, 3, rapid.IntRange(1, 12).Draw(r, "start"), 0, 0, 0, 0, time.UTC)
		text := strings.Join([]string{minute, hour, day, "*", weekday}, " ")
		s, wrong := calendar.Parse(fmt.Appendf(nil, `{"startDate":%q,"repetitions":{"cronExpression":%q%s}}`, start.Format("2006-01-02T15:04:05"), text, every))
		if len(wrong) > 0 {
			r.Fatal(wrong)
		}
		until := after.Add(6 * 24 * time.Hour)
		var got []belay.Instant
		for at, ok := s.Next(after, in); ok && at <= until; at, ok = s.Next(at, in) {
			got = append(got, at)
		}
		o := oracle{minute: minute, hour: hour, day: day, weekday: weekday, every: every, start: start}
		want := o.look(after, until, in)
		if !slices.Equal(got, want) {
			r.Fatalf("%s%s from %s in %s\ngot  %v\nwant %v", text, every, start.Format(time.DateOnly), in, got, want)
		}
	})
}

type oracle struct {
	minute, hour, day, weekday, every string
	start                             time.Time
}

func (o *oracle) look(after, until belay.Instant, in *time.Location) []belay.Instant {
	var all []belay.Instant
	seen := map[time.Time]bool{}
	note := func(at belay.Instant, shown time.Time, again bool) {
		if o.matches(shown) && (!again || o.hour == "*") && at > after && !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	// Two days ahead, so that what shows twice is known to be the second.
	for at := after.Add(-48 * time.Hour); at <= until; at = at.Add(time.Minute) {
		shown, before := shows(at, in), shows(at.Add(-time.Minute), in)
		note(at, shown, seen[shown])
		seen[shown] = true
		// What the clocks left out counts that much later.
		if gap := shown.Sub(before) - time.Minute; gap > 0 {
			for left := time.Minute; left <= gap; left += time.Minute {
				note(at.Add(left-time.Minute), before.Add(left), false)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(at belay.Instant) bool { return at > until })
}

func shows(at belay.Instant, in *time.Location) time.Time {
	t := at.Time().In(in)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

func (o *oracle) matches(t time.Time) bool {
	if t.Before(o.start) {
		return false
	}
	minute := map[string]bool{"0": t.Minute() == 0, "30": t.Minute() == 30, "15,45": t.Minute()%30 == 15, "*/20": t.Minute()%20 == 0}
	hour := map[string]bool{
		"*": true, "0": t.Hour() == 0, "1": t.Hour() == 1, "2": t.Hour() == 2, "3": t.Hour() == 3, "*/2": t.Hour()%2 == 0, "0-4": t.Hour() <= 4,
	}
	tomorrow := t.AddDate(0, 0, 1)
	day := map[string]bool{
		"*": true, "L": tomorrow.Day() == 1, "28": t.Day() == 28, "1-5": t.Day() <= 5, "11,25": t.Day() == 11 || t.Day() == 25,
	}
	sunday := t.Weekday() == time.Sunday
	weekday := map[string]bool{
		"*": true, "SUN": sunday, "6": t.Weekday() == time.Saturday, "7#2": sunday && t.Day() > 7 && t.Day() <= 14,
		"0L": sunday && t.AddDate(0, 0, 7).Month() != t.Month(), "1-5": !sunday && t.Weekday() != time.Saturday,
	}
	onDay := day[o.day] && weekday[o.weekday]
	if o.day != "*" && o.weekday != "*" {
		onDay = day[o.day] || weekday[o.weekday]
	}
	return minute[o.minute] && hour[o.hour] && onDay && o.turn(t)
}

// turn counts from the start, a step at a time.
func (o *oracle) turn(t time.Time) bool {
	date := t.Truncate(24 * time.Hour)
	switch o.every {
	case `,"everyNthDay":2`:
		n := 0
		for d := o.start; d.Before(date); d = d.AddDate(0, 0, 1) {
			n++
		}
		return n%2 == 0
	case `,"everyNthWeek":2`:
		n := 0
		for d := o.start; d.Before(date); {
			if d = d.AddDate(0, 0, 1); d.Weekday() == time.Monday {
				n++
			}
		}
		return n%2 == 0
	case `,"everyNthMonth":2`:
		return (int(t.Month())-int(o.start.Month()))%2 == 0
	}
	return true
}
