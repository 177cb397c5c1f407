package calendar

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// maxEvery bounds every n-th day, week or month.
const maxEvery = 1000

// mapping is a schedule as an automation has it.
//
// Source: the compatible API's scheduled trigger, automationConfigMapping.
type mapping struct {
	StartDate   string       `json:"startDate"`
	Repetitions *repetitions `json:"repetitions"`
}

type repetitions struct {
	Cron  string `json:"cronExpression"`
	Day   int    `json:"everyNthDay"`
	Week  int    `json:"everyNthWeek"`
	Month int    `json:"everyNthMonth"`
	End   string `json:"endDate"`
}

// Parse reads an automation's configuration mapping: startDate, and repetitions
// with cronExpression, everyNthDay, everyNthWeek or everyNthMonth, and endDate.
// Without repetitions it takes place once. Dates are read off the wall: their
// offsets count for nothing. Violations name their places below the mapping.
func Parse(raw json.RawMessage) (*Schedule, []belay.Violation) {
	var m mapping
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, []belay.Violation{{Rule: "TYPE", Description: "must be an object with startDate and repetitions: " + err.Error()}}
	}
	p := parser{s: &Schedule{once: m.Repetitions == nil}}
	p.s.start = p.date("startDate", m.StartDate)
	if m.StartDate == "" {
		p.fault("startDate", "REQUIRED", "is required: the first date and time, on the site's clock")
	}
	if m.Repetitions != nil {
		p.repeat(m.Repetitions)
	}
	if len(p.wrong) == 0 {
		if _, ok := p.s.Next(0, time.UTC); !ok {
			p.fault("repetitions", "NO_OCCURRENCE", "never takes place")
		}
	}
	if len(p.wrong) > 0 {
		return nil, p.wrong
	}
	return p.s, nil
}

type parser struct {
	s     *Schedule
	wrong []belay.Violation
}

func (p *parser) fault(field, rule, format string, args ...any) {
	p.wrong = append(p.wrong, belay.Violation{Field: field, Rule: rule, Description: fmt.Sprintf(format, args...)})
}

// date reads what a clock on the wall shows, in whole seconds.
func (p *parser) date(field, text string) wall {
	if text == "" {
		return wall{}
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		t, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if t.Year() < 1970 || t.Year() > 9999 {
			p.fault(field, "RANGE", "must lie in the years 1970 to 9999")
		}
		y, m, d := t.Date()
		h, minute, s := t.Clock()
		return wall{time.Date(y, m, d, h, minute, s, 0, time.UTC)}
	}
	p.fault(field, "FORMAT", "must be a date and time such as 2026-11-23T09:00:00")
	return wall{}
}

func (p *parser) repeat(r *repetitions) {
	s := p.s
	s.end = p.date("repetitions.endDate", r.End)
	if len(r.End) == len("2006-01-02") && !s.end.IsZero() {
		s.end = wall{s.end.AddDate(0, 0, 1).Add(-time.Second)} // the whole of that day
	}
	if !s.end.IsZero() && s.end.Before(s.start.Time) {
		p.fault("repetitions.endDate", "RANGE", "must not lie before startDate")
	}
	given := 0
	for _, every := range []struct {
		field string
		n     int
		unit  belay.Unit
	}{{"everyNthDay", r.Day, belay.Days}, {"everyNthWeek", r.Week, belay.Weeks}, {"everyNthMonth", r.Month, belay.Months}} {
		if every.n == 0 {
			continue
		}
		if given++; every.n < 0 || every.n > maxEvery {
			p.fault("repetitions."+every.field, "RANGE", "must be from 1 to %d", maxEvery)
		}
		s.every, s.unit = every.n, every.unit
	}
	switch {
	case given > 1:
		p.fault("repetitions", "ONE_OF", "has more than one of everyNthDay, everyNthWeek and everyNthMonth; only one can be")
	case r.Cron == "" && given == 0:
		p.fault("repetitions.cronExpression", "REQUIRED", "or everyNthDay, everyNthWeek or everyNthMonth is required")
	case r.Cron != "":
		c, err := parseCron(r.Cron)
		if err != nil {
			p.fault("repetitions.cronExpression", "CRON", "%v", err)
			return
		}
		s.cron = c
	}
}
