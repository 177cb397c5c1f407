package schema

import (
	"errors"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// formats are the words that a property's format may be: those of JSON Schema
// whose meaning is checked, and "number", a string that spells a number.
func formats() []string {
	return []string{
		"date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6",
		"uri", "uri-reference", "iri", "iri-reference", "uri-template",
		"json-pointer", "relative-json-pointer", "regex", "uuid", "number",
	}
}

// ownFormat returns the check of a format that is made here, because the payload
// path uses it often or the library's meaning is another; nil for the others.
func ownFormat(name string) func(string) bool {
	switch name {
	case "date-time":
		return isDateTime
	case "date":
		return isDate
	case "uuid":
		return isUUID
	case "number":
		return isNumber
	case "email":
		return isEmail
	}
	return nil
}

var errFormat = errors.New("is of another format")

// registerFormats teaches c the formats made here.
func registerFormats(c *jsonschema.Compiler) {
	for _, name := range formats() {
		is := ownFormat(name)
		if is == nil {
			continue
		}
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if s, ok := v.(string); ok && !is(s) {
				return errFormat
			}
			return nil
		}})
	}
}

func isDateTime(s string) bool {
	_, err := parseDateTime(s)
	return err == nil
}

func isDate(s string) bool {
	_, _, _, ok := date(s)
	return ok
}

// isUUID reports whether s is 32 hexadecimal digits grouped 8-4-4-4-12.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
				return false
			}
		}
	}
	return true
}

// isNumber reports whether s spells a decimal number: an optional sign, digits,
// an optional fraction and an optional exponent, within float64.
func isNumber(s string) bool {
	rest := strings.TrimLeft(s, "+-")
	if len(s)-len(rest) > 1 {
		return false
	}
	rest, ok := skipDigits(rest)
	if !ok {
		return false
	}
	if fraction, found := strings.CutPrefix(rest, "."); found {
		if rest, ok = skipDigits(fraction); !ok {
			return false
		}
	}
	if rest != "" {
		if rest[0] != 'e' && rest[0] != 'E' {
			return false
		}
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		if rest, ok = skipDigits(rest); !ok || rest != "" {
			return false
		}
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// skipDigits returns s without its leading digits, and false when there are none.
func skipDigits(s string) (string, bool) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[i:], i > 0
}

// isEmail reports whether s is one bare address, without a display name.
func isEmail(s string) bool {
	if len(s) > 254 {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}

// The ways in which text fails to be an instant.
var (
	errNotDateTime = errors.New("must be a date and time of RFC 3339, such as 2030-06-01T09:00:00Z")
	errNoOffset    = errors.New("must end with its offset from UTC: Z, or such as +02:00")
)

// parseDateTime returns the instant that s names, digits beyond the nanosecond
// cut. The second 60, which RFC 3339 allows as the last of a UTC day, is the first
// moment of the next day. Errors are errNoOffset for a date and time that is good
// but for its lacking offset, errNotDateTime for anything else.
//
// Source: RFC 3339, section 5.6. time.Parse takes more than it (one digit for an
// hour, a comma) and less (no second 60, no lowercase t and z).
func parseDateTime(s string) (time.Time, error) {
	if len(s) < 19 || s[10] != 'T' && s[10] != 't' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, errNotDateTime
	}
	year, month, day, ok := date(s[:10])
	hour, okHour := digits(s[11:13])
	minute, okMinute := digits(s[14:16])
	second, okSecond := digits(s[17:19])
	if !ok || !okHour || !okMinute || !okSecond || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, errNotDateTime
	}
	nanos, rest, ok := fraction(s[19:])
	if !ok {
		return time.Time{}, errNotDateTime
	}
	if rest == "" {
		return time.Time{}, errNoOffset
	}
	offset, ok := zone(rest)
	if !ok {
		return time.Time{}, errNotDateTime
	}
	t := time.Date(year, time.Month(month), day, hour, minute, min(second, 59), nanos, time.UTC).Add(-offset)
	if second == 60 {
		if t.Hour() != 23 || t.Minute() != 59 {
			return time.Time{}, errNotDateTime
		}
		t = t.Truncate(time.Second).Add(time.Second)
	}
	return t, nil
}

// date returns the parts of yyyy-mm-dd, false unless that day exists.
func date(s string) (year, month, day int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	year, okYear := digits(s[:4])
	month, okMonth := digits(s[5:7])
	day, okDay := digits(s[8:])
	if !okYear || !okMonth || !okDay || month < 1 || month > 12 || day < 1 {
		return 0, 0, 0, false
	}
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return year, month, day, day <= last
}

// fraction returns the nanoseconds of a leading ".123" and what follows it.
func fraction(s string) (nanos int, rest string, ok bool) {
	s, found := strings.CutPrefix(s, ".")
	if !found {
		return 0, s, true
	}
	rest, ok = skipDigits(s)
	unit := 100_000_000
	for i := 0; i < len(s)-len(rest) && unit > 0; i++ {
		nanos += int(s[i]-'0') * unit
		unit /= 10
	}
	return nanos, rest, ok
}

// zone returns the offset east of UTC that Z or ±hh:mm names.
func zone(s string) (time.Duration, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hours, okHours := digits(s[1:3])
	minutes, okMinutes := digits(s[4:])
	if !okHours || !okMinutes || hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// digits returns the number that s spells in digits alone.
func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
