package apply

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Timetable is a calendar of an automation's own, on the site's clock. Without
// Cron and Every it takes place once.
type Timetable struct {
	Start string `yaml:"start"`
	Cron  string `yaml:"cron,omitempty"`
	Every Span   `yaml:"every,omitempty"` // a whole number of days, weeks or months
	Until string `yaml:"until,omitempty"`
}

// The triggers that need no app, by what the form calls them.
const (
	scheduleKey = "schedule"
	webhookKey  = "webhook"
	customKey   = "custom"
)

// own returns the trigger that needs no app, if the form names one: its key and
// its configuration.
func (u *Use) own() (key string, mapping object, err error) {
	given := 0
	if u.Schedule != nil {
		given++
		key = scheduleKey
		mapping, err = u.Schedule.write()
	}
	if u.Webhook != "" {
		given++
		key, mapping = webhookKey, object{{"webhookId", u.Webhook}}
	}
	if u.Custom != "" {
		given++
		key, mapping = customKey, object{{"hookId", u.Custom}}
	}
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("schedule: %w", err)
	case given > 1:
		return "", nil, errors.New("schedule, webhook and custom: only one can be given")
	case given == 1 && (u.App != "" || u.Key != ""):
		return "", nil, fmt.Errorf("%s stands for app and key; they cannot be given beside it", key)
	}
	return key, mapping, nil
}

func (t *Timetable) write() (object, error) {
	out := object{{"startDate", t.Start}}
	if t.Cron == "" && t.Every == "" {
		if t.Until != "" {
			return nil, errors.New("until is given for something that takes place once")
		}
		return out, nil
	}
	var repeats object
	if t.Cron != "" {
		repeats = append(repeats, member{"cronExpression", t.Cron})
	}
	if t.Every != "" {
		expression, unit, err := t.Every.read()
		if err != nil {
			return nil, fmt.Errorf("every: %w", err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(expression, "{{"), "}}"))
		field := map[string]string{"DAYS": "everyNthDay", "WEEKS": "everyNthWeek", "MONTHS": "everyNthMonth"}[unit]
		if err != nil || n < 1 || field == "" {
			return nil, fmt.Errorf("every: %q must be a whole number of days, weeks or months", t.Every)
		}
		repeats = append(repeats, member{field, n})
	}
	if t.Until != "" {
		repeats = append(repeats, member{"endDate", t.Until})
	}
	return append(out, member{"repetitions", repeats}), nil
}

// ownUse returns the form of a trigger that needs no app; nil where it is another.
// doc is the automation, where members have their order.
func ownUse(key string, doc object) *Use {
	text := func(path ...string) string {
		s, _ := doc.at(append([]string{"configuration", "trigger", "automationConfigMapping"}, path...)...).(string)
		return s
	}
	u := &Use{Schema: doc.at("configuration", "trigger", "overrideSchema")}
	switch key {
	case scheduleKey:
		u.Schedule = &Timetable{Start: text("startDate"), Cron: text("repetitions", "cronExpression"), Until: text("repetitions", "endDate")}
		for field, unit := range map[string]string{"everyNthDay": "DAYS", "everyNthWeek": "WEEKS", "everyNthMonth": "MONTHS"} {
			if n := doc.at("configuration", "trigger", "automationConfigMapping", "repetitions", field); n != nil {
				u.Schedule.Every = spanOf(fmt.Sprint("{{", n, "}}"), unit)
			}
		}
	case webhookKey:
		u.Webhook = text("webhookId")
	case customKey:
		u.Custom = text("hookId")
	default:
		return nil
	}
	return u
}
