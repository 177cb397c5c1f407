package belay

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStepKeepsTheTimeOnTheWall(t *testing.T) {
	for name, tt := range map[string]struct {
		from string
		n    float64
		unit Unit
		zone string
		want string
	}{
		"a day before over the spring change":       {"2026-03-29T09:00:00+02:00", -1, Days, "Europe/Berlin", "2026-03-28T09:00:00+01:00"},
		"a day before over the autumn change":       {"2026-10-25T09:00:00+01:00", -1, Days, "Europe/Berlin", "2026-10-24T09:00:00+02:00"},
		"24 hours before over the spring change":    {"2026-03-29T09:00:00+02:00", -24, Hours, "Europe/Berlin", "2026-03-28T08:00:00+01:00"},
		"a month before 31 March":                   {"2026-03-31T10:00:00Z", -1, Months, "UTC", "2026-02-28T10:00:00Z"},
		"a month before 31 March of a leap year":    {"2028-03-31T10:00:00Z", -1, Months, "UTC", "2028-02-29T10:00:00Z"},
		"a year of months before 29 February":       {"2028-02-29T10:00:00Z", -12, Months, "UTC", "2027-02-28T10:00:00Z"},
		"two weeks before":                          {"2026-11-23T09:00:00+01:00", -2, Weeks, "Europe/Berlin", "2026-11-09T09:00:00+01:00"},
		"into the gap: later by its length":         {"2026-03-28T02:30:00+01:00", 1, Days, "Europe/Berlin", "2026-03-29T03:30:00+02:00"},
		"into the hour that comes twice: the first": {"2026-10-24T02:30:00+02:00", 1, Days, "Europe/Berlin", "2026-10-25T02:30:00+02:00"},
		"into the gap across the Atlantic":          {"2026-03-07T02:30:00-05:00", 1, Days, "America/New_York", "2026-03-08T03:30:00-04:00"},
		"the hour twice across the Atlantic":        {"2026-10-31T01:30:00-04:00", 1, Days, "America/New_York", "2026-11-01T01:30:00-04:00"},
		"after the change on the same day":          {"2026-10-24T12:00:00+02:00", 1, Days, "Europe/Berlin", "2026-10-25T12:00:00+01:00"},
		"half an hour's change, Lord Howe":          {"2026-10-03T09:00:00+10:30", 1, Days, "Australia/Lord_Howe", "2026-10-04T09:00:00+11:00"},
		"the day that Samoa left out":               {"2011-12-29T10:00:00-10:00", 1, Days, "Pacific/Apia", "2011-12-31T10:00:00+14:00"},
		"minutes with a fraction":                   {"2026-11-23T09:00:00Z", 1.5, Minutes, "UTC", "2026-11-23T09:01:30Z"},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := time.Parse(time.RFC3339, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			want, err := time.Parse(time.RFC3339, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := Step(At(from), tt.n, tt.unit, zone(t, tt.zone))
			if !ok || got != At(want) {
				t.Errorf("Step(%s, %v %s) = %s, %v; want %s", tt.from, tt.n, tt.unit, got, ok, At(want))
			}
		})
	}
}

func TestStepRefusesWhatNoCalendarHolds(t *testing.T) {
	at := At(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	for name, tt := range map[string]struct {
		n    float64
		unit Unit
	}{
		"after the year 9999":  {2, Days},
		"before 1970":          {-2e6, Hours},
		"half a day":           {0.5, Days},
		"a unit nobody knows":  {1, "FORTNIGHTS"},
		"more than can be":     {1e300, Minutes},
		"an hour count beyond": {1e8, Hours},
	} {
		t.Run(name, func(t *testing.T) {
			from := at
			if tt.unit == Hours {
				from = At(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC))
			}
			if got, ok := Step(from, tt.n, tt.unit, time.UTC); ok {
				t.Errorf("Step gave %s; want a refusal", got)
			}
		})
	}
}
