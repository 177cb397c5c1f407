package schema_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
)

func TestScheduledTimeReadsRFC3339(t *testing.T) {
	at := func(year int, month time.Month, day, hour, minute, second, ms int) time.Time {
		return time.Date(year, month, day, hour, minute, second, ms*1e6, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"2030-01-31T09:00:00Z":                 at(2030, 1, 31, 9, 0, 0, 0),
		"2030-01-31t09:00:00z":                 at(2030, 1, 31, 9, 0, 0, 0),
		"2030-01-31T09:00:00+02:00":            at(2030, 1, 31, 7, 0, 0, 0),
		"2030-01-31T23:30:00-05:45":            at(2030, 2, 1, 5, 15, 0, 0),
		"2030-01-31T09:00:00.1Z":               at(2030, 1, 31, 9, 0, 0, 100),
		"2030-01-31T09:00:00.9999Z":            at(2030, 1, 31, 9, 0, 0, 999),
		"2030-01-31T09:00:00.123456789012345Z": at(2030, 1, 31, 9, 0, 0, 123),
		"2028-02-29T00:00:00Z":                 at(2028, 2, 29, 0, 0, 0, 0),
		"1970-01-01T00:00:00Z":                 at(1970, 1, 1, 0, 0, 0, 0),
		"1969-12-31T23:00:00-01:00":            at(1970, 1, 1, 0, 0, 0, 0),
		"9999-12-31T23:59:59.999Z":             at(9999, 12, 31, 23, 59, 59, 999),
		"2016-12-31T23:59:60Z":                 at(2017, 1, 1, 0, 0, 0, 0),
		"2016-12-31T15:59:60.5-08:00":          at(2017, 1, 1, 0, 0, 0, 0),
		"2030-01-31T09:00:00-00:00":            at(2030, 1, 31, 9, 0, 0, 0),
	} {
		got, err := declare(t, invoice).ScheduledTime("payload", map[string]any{"due": text})
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestScheduledTimeRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		payload map[string]any
		want    string
	}{
		"missing":        {map[string]any{}, "payload.due REQUIRED"},
		"null":           {map[string]any{"due": nil}, "payload.due TYPE"},
		"number":         {map[string]any{"due": 1900000000.0}, "payload.due TYPE"},
		"no offset":      {map[string]any{"due": "2030-01-31T09:00:00"}, "payload.due OFFSET"},
		"no offset, ms":  {map[string]any{"due": "2030-01-31T09:00:00.123"}, "payload.due OFFSET"},
		"date alone":     {map[string]any{"due": "2030-01-31"}, "payload.due FORMAT"},
		"no such day":    {map[string]any{"due": "2030-02-29T09:00:00Z"}, "payload.due FORMAT"},
		"no such hour":   {map[string]any{"due": "2030-01-31T24:00:00Z"}, "payload.due FORMAT"},
		"no such second": {map[string]any{"due": "2030-01-31T09:00:60Z"}, "payload.due FORMAT"},
		"no such offset": {map[string]any{"due": "2030-01-31T09:00:00+24:00"}, "payload.due FORMAT"},
		"short offset":   {map[string]any{"due": "2030-01-31T09:00:00+01"}, "payload.due FORMAT"},
		"comma":          {map[string]any{"due": "2030-01-31T09:00:00,5Z"}, "payload.due FORMAT"},
		"point alone":    {map[string]any{"due": "2030-01-31T09:00:00.Z"}, "payload.due FORMAT"},
		"space":          {map[string]any{"due": "2030-01-31 09:00:00Z"}, "payload.due FORMAT"},
		"signs":          {map[string]any{"due": "2030-01-31T+9:00:00Z"}, "payload.due FORMAT"},
		"empty":          {map[string]any{"due": ""}, "payload.due FORMAT"},
		"words":          {map[string]any{"due": "the day after tomorrow"}, "payload.due FORMAT"},
		"before 1970":    {map[string]any{"due": "1969-12-31T23:59:59Z"}, "payload.due RANGE"},
		"before, in UTC": {map[string]any{"due": "1970-01-01T00:30:00+01:00"}, "payload.due RANGE"},
		"after 9999":     {map[string]any{"due": "9999-12-31T23:30:00-01:00"}, "payload.due RANGE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := declare(t, invoice).ScheduledTime("payload", tt.payload)
			if diff := cmp.Diff([]string{tt.want}, broken(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			refused, _ := errors.AsType[*belay.Error](err)
			if refused.Code != belay.InvalidArgument || (refused.Reason == "REQUIRED_PROPERTY") != (name == "missing") {
				t.Errorf("refused with %+v", refused)
			}
		})
	}
}

func TestScheduledTimeNeedsAScheduledTrigger(t *testing.T) {
	p := declare(t, `{`+one+`}`)
	if _, err := p.ScheduledTime("payload", nil); belay.CodeOf(err) != belay.FailedPrecondition {
		t.Errorf("error = %v, want %s", err, belay.FailedPrecondition)
	}
	if got := p.FutureDate(); got != "" {
		t.Errorf("FutureDate() = %q, want none", got)
	}
}

func TestWhatValidateTakesAsATimeScheduledTimeTakesToo(t *testing.T) {
	p := declare(t, invoice)
	for _, second := range []string{"00", "59", "60", "61", "0", "5x"} {
		for _, hour := range []string{"00", "15", "23", "24"} {
			for _, zone := range []string{"", "Z", "z", "+00:00", "-08:00", "+23:59", "+24:00"} {
				payload := map[string]any{"total": 1.0, "due": fmt.Sprintf("2030-06-30T%s:59:%s%s", hour, second, zone)}
				_, err := p.ScheduledTime("payload", payload)
				if valid := p.Validate("payload", payload) == nil; valid != (err == nil) {
					t.Errorf("%v: valid %v, but %v", payload["due"], valid, err)
				}
			}
		}
	}
}
