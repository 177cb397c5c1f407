package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// cron is a five-field expression: minute, hour, day of the month, month, weekday.
// Its fields are sets of bits.
type cron struct {
	minutes, hours, days, months, weekdays uint64
	nth                                    uint64 // bit 8·weekday + k for the k-th such day of a month
	lasts                                  uint64 // bit for the last such weekday of a month
	lastDay                                bool   // the last day of the month
	anyDay, anyWeekday                     bool
	everyHour                              bool
}

// parseCron reads a cron expression. Beside lists, ranges, steps and English names
// of months and weekdays it takes L as the last day of a month, 5L as the last
// Friday and 5#2 as the second. Where both the day and the weekday are restricted,
// a day passes that one of them lets through.
func parseCron(text string) (*cron, error) {
	fields := strings.Fields(text)
	if len(fields) != 5 {
		return nil, fmt.Errorf("must have 5 fields (minute, hour, day of the month, month, weekday), has %d", len(fields))
	}
	var c cron
	var err error
	if c.minutes, err = set(fields[0], 0, 59, nil); err != nil {
		return nil, fmt.Errorf("has a minute that %w", err)
	}
	if c.hours, err = set(fields[1], 0, 23, nil); err != nil {
		return nil, fmt.Errorf("has an hour that %w", err)
	}
	if c.months, err = set(fields[3], 1, 12, monthNames); err != nil {
		return nil, fmt.Errorf("has a month that %w", err)
	}
	if err := c.readDays(fields[2]); err != nil {
		return nil, fmt.Errorf("has a day of the month that %w", err)
	}
	if err := c.readWeekdays(fields[4]); err != nil {
		return nil, fmt.Errorf("has a weekday that %w", err)
	}
	c.everyHour = fields[1] == "*"
	return &c, nil
}

var (
	monthNames   = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdayNames = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

func (c *cron) readDays(field string) error {
	c.anyDay = field == "*" || field == "?"
	var rest []string
	for part := range strings.SplitSeq(field, ",") {
		if part == "L" {
			c.lastDay = true
			continue
		}
		rest = append(rest, part)
	}
	if len(rest) == 0 {
		return nil
	}
	var err error
	c.days, err = set(strings.Replace(strings.Join(rest, ","), "?", "*", 1), 1, 31, nil)
	return err
}

func (c *cron) readWeekdays(field string) error {
	c.anyWeekday = field == "*" || field == "?"
	for part := range strings.SplitSeq(field, ",") {
		name, ordinal, isNth := strings.Cut(part, "#")
		switch {
		case isNth:
			day, err := number(name, 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			k, err := number(ordinal, 1, 5, nil)
			if err != nil {
				return err
			}
			c.nth |= 1 << (8*(day%7) + k)
		case len(part) > 1 && strings.HasSuffix(part, "L"):
			day, err := number(strings.TrimSuffix(part, "L"), 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			c.lasts |= 1 << (day % 7)
		default:
			days, err := set(strings.Replace(part, "?", "*", 1), 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			c.weekdays |= days&0x7f | days>>7&1
		}
	}
	return nil
}

// set reads a list of numbers, ranges and steps.
func set(field string, least, most int, names []string) (bits uint64, err error) {
	for part := range strings.SplitSeq(field, ",") {
		span, stride, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			if step, err = number(stride, 1, most, nil); err != nil {
				return 0, fmt.Errorf("has the step %q, which %w", stride, err)
			}
		}
		from, to := least, most
		if span != "*" {
			first, last, ranged := strings.Cut(span, "-")
			if from, err = number(first, least, most, names); err != nil {
				return 0, err
			}
			switch {
			case ranged:
				if to, err = number(last, least, most, names); err != nil {
					return 0, err
				}
			case !stepped:
				to = from
			}
		}
		if from > to {
			return 0, fmt.Errorf("runs backwards: %q", part)
		}
		for n := from; n <= to; n += step {
			bits |= 1 << n
		}
	}
	return bits, nil
}

func number(text string, least, most int, names []string) (int, error) {
	for i, name := range names {
		if name != "" && strings.EqualFold(name, text) {
			return i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || text[0] == '+' {
		return 0, errNumber(text)
	}
	if n < least || n > most {
		return 0, fmt.Errorf("is %d, and must be from %d to %d", n, least, most)
	}
	return n, nil
}

func errNumber(text string) error {
	if text == "" {
		return errors.New("is missing")
	}
	if len(text) > 20 {
		text = text[:20] + "…"
	}
	return fmt.Errorf("is no number: %q", text)
}

// on reports whether a day passes.
func (c *cron) on(day wall) bool {
	if c.months&(1<<int(day.Month())) == 0 {
		return false
	}
	byDay := c.days&(1<<day.Day()) != 0 || c.lastDay && day.Day() == lastOf(day)
	weekday := int(day.Weekday())
	byWeekday := c.weekdays&(1<<weekday) != 0 ||
		c.nth&(1<<(8*weekday+(day.Day()-1)/7+1)) != 0 ||
		c.lasts&(1<<weekday) != 0 && day.Day()+7 > lastOf(day)
	switch {
	case c.anyDay:
		return byWeekday
	case c.anyWeekday:
		return byDay
	default:
		return byDay || byWeekday
	}
}
