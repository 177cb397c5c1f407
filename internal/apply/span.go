package apply

import (
	"fmt"
	"strings"
)

// Span is a length of time as a person writes it: "1 day", "30 minutes", or an
// expression and a unit, "{{var("lead")}} hours". Months, weeks and days are
// steps of the calendar.
type Span string

var units = []struct{ word, unit string }{
	{"minute", "MINUTES"},
	{"hour", "HOURS"},
	{"day", "DAYS"},
	{"week", "WEEKS"},
	{"month", "MONTHS"},
}

// read returns the expression and the unit that the API wants.
func (s Span) read() (expression, unit string, err error) {
	text := strings.TrimSpace(string(s))
	cut := strings.LastIndexAny(text, " \t")
	if cut > 0 {
		word := strings.TrimSuffix(strings.ToLower(text[cut+1:]), "s")
		for _, u := range units {
			if u.word == word {
				return braced(strings.TrimSpace(text[:cut])), u.unit, nil
			}
		}
	}
	return "", "", fmt.Errorf("%q must be a number or an expression, and minutes, hours, days, weeks or months", text)
}

// braced makes a bare number an expression.
func braced(s string) string {
	if strings.HasPrefix(s, "{{") {
		return s
	}
	return "{{" + s + "}}"
}

// unbraced takes the braces off a number.
func unbraced(s string) string {
	number := strings.TrimSuffix(strings.TrimPrefix(s, "{{"), "}}")
	if number != "" && strings.Trim(number, "0123456789.") == "" {
		return number
	}
	return s
}

// spanOf writes what read reads.
func spanOf(expression, unit string) Span {
	for _, u := range units {
		if u.unit != unit {
			continue
		}
		number := strings.TrimSuffix(strings.TrimPrefix(expression, "{{"), "}}")
		if number == "1" {
			return Span("1 " + u.word)
		}
		if strings.Trim(number, "0123456789.") == "" {
			return Span(number + " " + u.word + "s")
		}
		return Span(expression + " " + u.word + "s")
	}
	return Span(expression + " " + unit)
}
