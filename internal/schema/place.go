package schema

import "strconv"

// place is where in a document we are, as a caller would write it. The zero
// value is unnamed; field is the caller's word for the root.
type place struct {
	field string
	steps []step
}

// step goes into a member by key, or into an element by index when index >= 0.
type step struct {
	key   string
	index int
}

// Place returns where in a document the steps lead from field, as violations name
// it: a string goes into a member, an int into an element.
func Place(field string, steps ...any) string {
	p := place{field: field}
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			p.enter(s)
		case int:
			p.enterIndex(s)
		}
	}
	return p.String()
}

func (p *place) enter(key string)   { p.steps = append(p.steps, step{key: key, index: -1}) }
func (p *place) enterIndex(i int)   { p.steps = append(p.steps, step{index: i}) }
func (p *place) leave()             { p.steps = p.steps[:len(p.steps)-1] }
func (p *place) reset(field string) { p.field, p.steps = field, p.steps[:0] }

// maxKeyInPlace bounds how much of a stranger's key a message repeats, in bytes.
const maxKeyInPlace = 100

// String returns the place: payload.lines[3].quantity. A key that is not of
// letters, digits, '_', '-' and '$' is quoted, payload["unit price"]; a key over
// 100 bytes is cut short.
func (p *place) String() string {
	b := []byte(p.field)
	for _, s := range p.steps {
		switch {
		case s.index >= 0:
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(s.index), 10)
			b = append(b, ']')
		case plain(s.key):
			if len(b) > 0 {
				b = append(b, '.')
			}
			b = append(b, s.key...)
		default:
			b = append(b, '[')
			b = strconv.AppendQuote(b, shorten(s.key))
			b = append(b, ']')
		}
	}
	return string(b)
}

// plain reports whether key can stand behind a dot without quotes.
func plain(key string) bool {
	if key == "" || len(key) > maxKeyInPlace {
		return false
	}
	for i := range len(key) {
		if c := key[i]; !letterOrDigit(c) && c != '_' && c != '-' && c != '$' {
			return false
		}
	}
	return true
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// shorten returns at most 100 bytes of a stranger's text, whole characters only.
func shorten(s string) string {
	if len(s) <= maxKeyInPlace {
		return s
	}
	end := 0
	for i := range s {
		if i > maxKeyInPlace {
			break
		}
		end = i
	}
	return s[:end] + "…"
}
