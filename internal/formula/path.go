package formula

import "strings"

// everyItem after a field's name stands for each item of the list there.
const everyItem = "[0]"

// step is one part of a path: a field's name, then perhaps [0], every item.
type step struct {
	name  string
	every int // how many [0] follow
}

// path leads from an object to a value in it.
type path []step

// String returns the path as it is written.
func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		for range s.every {
			b.WriteString(everyItem)
		}
	}
	return b.String()
}

// parsePath reads a dotted path, or says what is wrong with it.
func parsePath(s string) (path, string) {
	var p path
	for part := range strings.SplitSeq(s, ".") {
		name, rest := part, ""
		if i := strings.IndexByte(part, '['); i >= 0 {
			name, rest = part[:i], strings.TrimSpace(part[i:])
		}
		st := step{name: strings.TrimSpace(name)}
		if st.name == "" {
			return nil, "the path of a field has an empty part"
		}
		for ; strings.HasPrefix(rest, everyItem); rest = rest[len(everyItem):] {
			st.every++
		}
		if rest != "" {
			return nil, "a path knows [0], meaning every item, and no other brackets"
		}
		p = append(p, st)
	}
	if len(p) > MaxDepth {
		return nil, "the path of a field has too many parts"
	}
	return p, ""
}

// read returns what p leads to in v. A missing field is null. [0] stands for
// every item of a list, so that the result is a list: of what the rest of the
// path finds in each, leaving out items where that is null. A field's name
// below a list without [0] is read from every item in the same way. A single
// value under [0] counts as a list of one, and null as null.
func (e *evaluation) read(v any, p path) any {
	e.spend(len(p))
	for i, s := range p {
		if _, isList := v.([]any); isList {
			return e.readEach([]any{v}, p[i:], true)
		}
		v = fieldOf(v, s.name)
		if s.every > 0 {
			found, many := e.spread([]any{v}, s.every)
			return e.readEach(found, p[i+1:], many)
		}
	}
	return v
}

// readEach goes on where read has come upon a list. many says whether one was
// met already, or else values holds a single null.
func (e *evaluation) readEach(values []any, p path, many bool) any {
	for _, s := range p {
		found, _ := e.spread(values, 1)
		next := make([]any, 0, len(found))
		for _, v := range found {
			next = append(next, fieldOf(v, s.name))
		}
		values = next
		if s.every > 0 {
			var met bool
			values, met = e.spread(next, s.every)
			many = many || met
		}
		if e.err != nil {
			return nil
		}
	}
	if !many {
		return nil
	}
	kept := make([]any, 0, len(values))
	for _, v := range values {
		if v != nil {
			kept = append(kept, v)
		}
	}
	return kept
}

// spread replaces each list among values by its items, as many times as told,
// and reports whether there was anything but null to begin with.
func (e *evaluation) spread(values []any, times int) ([]any, bool) {
	met := false
	for range times {
		out := make([]any, 0, len(values))
		e.spend(len(values))
		for _, v := range values {
			met = met || v != nil
			list, isList := v.([]any)
			if !isList {
				out = append(out, v)
				continue
			}
			e.spend(len(list))
			out = append(out, list...)
		}
		values = out
	}
	return values, met
}

func fieldOf(v any, name string) any {
	if object, ok := v.(map[string]any); ok {
		return object[name]
	}
	return nil
}
