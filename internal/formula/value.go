package formula

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// kindOf names the kind of a value for a person.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	if _, ok := numberOf(v); ok {
		return "a number"
	}
	return "a value of an unknown kind"
}

// notNumber says how v fails to be a number.
func notNumber(v any) string {
	if _, ok := v.(string); ok {
		return "text that is not a number"
	}
	return kindOf(v) + ", not a number"
}

// numberOf returns v as a number: a finite number, or text that spells one in
// decimal digits with an optional sign, point and exponent, spaces around it
// left out. Booleans are no numbers.
func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsInf(v, 0) && !math.IsNaN(v)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		return parseNumber(string(v))
	case string:
		if len(v) <= maxDigits {
			return parseNumber(strings.TrimSpace(v))
		}
	}
	return 0, false
}

// maxDigits bounds the text that is looked at as a number or a date, in bytes.
const maxDigits = 400

func parseNumber(s string) (float64, bool) {
	if s == "" || len(s) > maxDigits {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) && !strings.ContainsRune("+-.eE", rune(s[i])) {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// tidy returns the result of arithmetic without the noise of binary fractions:
// a number that is not whole is rounded to 15 significant digits, so that the
// sum of 0.1 and 0.2 is 0.3.
func tidy(n float64) float64 {
	if n == math.Trunc(n) || math.IsNaN(n) {
		return n
	}
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	return n
}

// textOf returns v as text: null is empty, lists and objects are compact JSON.
func textOf(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return numberText(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		n, ok := numberOf(v)
		if !ok || !strings.ContainsAny(string(v), ".eE") { // digits of any length stay as they are
			return string(v), nil
		}
		return numberText(n), nil
	}
	var b bytes.Buffer
	err := writeJSON(&b, v)
	return b.String(), err
}

// writeJSON adds v to b as compact JSON, the names of an object in order. It
// stops when there is too much of it: a list may hold the same large field
// many times over.
func writeJSON(b *bytes.Buffer, v any) error {
	if b.Len() > MaxText {
		return errors.New("grows beyond 64 KiB as text")
	}
	switch v := v.(type) {
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, name); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeJSON(b, v[name]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	default:
		encoder := json.NewEncoder(b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return errors.New("cannot be written as text")
		}
		b.Truncate(b.Len() - len("\n"))
	}
	return nil
}

// numberText spells a number: the digits that tell it apart from its
// neighbours, an exponent only for fractions far from 1.
func numberText(n float64) string {
	if size := math.Abs(n); n != math.Trunc(n) && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(n, 'e', -1, 64)
	}
	return strconv.FormatFloat(n+0, 'f', -1, 64)
}

// equal reports whether two values are the same by value. A number equals text
// that spells it, and a boolean the text "true" or "false"; two texts are
// compared letter by letter; lists and objects part by part.
func (e *evaluation) equal(a, b any) bool {
	if e.spend(1); e.err != nil {
		return false
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		e.spend(len(a) / 32)
	case []any:
		list, ok := b.([]any)
		if !ok || len(a) != len(list) {
			return false
		}
		for i := range a {
			if !e.equal(a[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := b.(map[string]any)
		if !ok || len(a) != len(object) {
			return false
		}
		for name, v := range a {
			other, ok := object[name]
			if !ok || !e.equal(v, other) {
				return false
			}
		}
		return true
	}
	if text, ok := b.(string); ok {
		e.spend(min(len(text), maxDigits) / 8) // it may spell a number
	}
	return sameScalar(a, b)
}

// sameScalar compares what is neither a list nor an object; a is not null.
func sameScalar(a, b any) bool {
	at, aText := a.(string)
	bt, bText := b.(string)
	if aText && bText {
		return at == bt
	}
	if v, ok := a.(bool); ok {
		other, ok := b.(bool)
		return ok && v == other || bText && bt == strconv.FormatBool(v)
	}
	if v, ok := b.(bool); ok {
		return aText && at == strconv.FormatBool(v)
	}
	x, ok := numberOf(a)
	if !ok {
		return false
	}
	y, ok := numberOf(b)
	return ok && x == y
}
