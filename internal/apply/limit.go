package apply

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/belay-events/belay/api"
)

// Limit lets so many pass: {max: 1, per: 24 hours, by: '{{var("contact")}}'}.
type Limit struct {
	Max Count `yaml:"max"`
	// Per is the length of the window; for ever where it is left out.
	Per Span `yaml:"per,omitempty"`
	// By gives each of its values a count of its own.
	By string `yaml:"by,omitempty"`
}

// Count is a number or an expression that gives one.
type Count string

// MarshalYAML writes a number as one.
func (c Count) MarshalYAML() (any, error) {
	if n, err := strconv.Atoi(string(c)); err == nil {
		return n, nil
	}
	return string(c), nil
}

// write returns the limit as the API has it; length is how the names of the
// duration and its unit begin.
func (l *Limit) write(length string) (object, error) {
	if l.Max == "" {
		return nil, errors.New("limit: max is missing")
	}
	out := object{{"maxActivationsExpression", braced(string(l.Max))}}
	if l.Per != "" {
		expression, unit, err := l.Per.read()
		if err != nil {
			return nil, fmt.Errorf("limit: per: %w", err)
		}
		out = append(out, member{length + "Expression", expression}, member{length + "TimeUnit", unit})
	}
	return out.with("uniqueIdentifierExpression", l.By), nil
}

func (s *Step) writeLimit(action object) (object, error) {
	info, err := s.Limit.write("rateLimitDuration")
	if err != nil {
		return nil, err
	}
	return append(action, member{"type", "RATE_LIMIT"}, member{"rateLimitInfo", info.following("postActionIds", s.Then)}), nil
}

// limitOf writes what write reads.
func limitOf(most, duration, unit, identifier string) *Limit {
	l := &Limit{Max: Count(unbraced(most)), By: identifier}
	if duration != "" {
		l.Per = spanOf(duration, unit)
	}
	return l
}

func limitOfTrigger(l *api.TriggerRateLimit) *Limit {
	if l == nil {
		return nil
	}
	return limitOf(l.Max, l.Duration, l.Unit, l.Identifier)
}
