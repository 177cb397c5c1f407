package schema

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

// Problem is a rule that a schema breaks, with what mends it where that is obvious.
type Problem struct {
	belay.Violation
	// Pointer is the Violation's Field as a JSON Pointer (RFC 6901) into the schema;
	// ok is false where the place names a key that is too long to tell.
	Pointer string
	Known   bool
	Fix     *Fix // nil where a person must decide
}

// Fix is a change that mends a problem and leaves the rest as it is.
type Fix struct {
	Title string // in a few words, such as: Remove "$ref"
	Patch []Act
}

// Act is one act of a JSON Patch (RFC 6902): add, remove, replace or move.
type Act struct {
	Op, Path, From string
	Value          []byte // JSON
}

// Linted is what stands against a schema.
type Linted struct {
	Problems  []Problem
	Scheduled bool // of a payload schema without problems
	// Fixed is the schema with every fix applied, over and over while there is one; nil
	// where there is none. Remaining counts its problems.
	Fixed     []byte
	Remaining int
}

const (
	// maxProblems bounds how many problems are told; once they are mended, others are.
	maxProblems = 200
	// maxRounds bounds how often fixes are looked for in what fixes have made.
	maxRounds = 12
)

// size returns how many bytes a fix writes.
func (f *Fix) size() int {
	n := 0
	for _, act := range f.Patch {
		n += len(act.Value)
	}
	return n
}

// LintPayload says what stands against a payload schema, by the rules of Declare.
func LintPayload(field string, raw []byte) Linted {
	return lint(field, raw, func(raw []byte) (scheduled bool, err error) {
		p, err := Declare(field, raw)
		if err != nil {
			return false, err
		}
		return p.FutureDate() != "", nil
	})
}

// LintAction says what stands against an action's schema, by the rules of
// CheckActionSchema.
func LintAction(field string, raw []byte) Linted {
	return lint(field, raw, func(raw []byte) (bool, error) {
		_, err := CheckActionSchema(field, raw)
		return false, err
	})
}

func lint(field string, raw []byte, check func([]byte) (bool, error)) Linted {
	var l Linted
	var doc *node
	l.Problems, doc, l.Scheduled = problems(field, raw, check)
	left, fixed := l.Problems, false
	for range maxRounds {
		again := false
		// The last first, so that no fix moves what another names in the same list.
		// What lies in each other's way does not apply, and is found again, or gone.
		for _, p := range slices.Backward(left) {
			if p.Fix != nil && doc.patch(p.Fix.Patch) == nil {
				again, fixed = true, true
			}
		}
		if !again {
			break
		}
		left, doc, _ = problems(field, doc.appendTo(nil), check)
		if doc == nil {
			return l
		}
	}
	if fixed {
		l.Fixed, l.Remaining = doc.appendTo(nil), len(left)
	}
	return l
}

// problems returns what stands against raw, and raw as it was read; nil where it is
// no JSON.
func problems(field string, raw []byte, check func([]byte) (bool, error)) ([]Problem, *node, bool) {
	scheduled, err := check(raw)
	doc, unread := readDocument(field, raw)
	if err == nil {
		return nil, doc, scheduled
	}
	refused, ok := errors.AsType[*belay.Error](err)
	if !ok {
		refused = belay.Invalid(field, "SCHEMA", err.Error())
	}
	list := make([]Problem, min(len(refused.Violations), maxProblems))
	room := MaxSchemaBytes
	for i, v := range refused.Violations[:len(list)] {
		list[i].Violation = v
		way, known := steps(strings.TrimPrefix(v.Field, field))
		if list[i].Known = known; !known {
			continue
		}
		list[i].Pointer = pointer(way)
		if unread == nil {
			if list[i].Fix = mend(doc, way, v.Rule); list[i].Fix != nil {
				if room -= list[i].Fix.size(); room < 0 {
					list[i].Fix = nil
				}
			}
		}
	}
	if unread != nil {
		doc = nil
	}
	return list, doc, false
}

// steps reads a place below its field, as place writes it; ok is false where a key
// was cut short.
func steps(text string) (way []string, ok bool) {
	for text != "" {
		switch {
		case text[0] == '.':
			end := strings.IndexAny(text[1:], ".[") + 1
			if end == 0 {
				end = len(text)
			}
			way, text = append(way, text[1:end]), text[end:]
		case strings.HasPrefix(text, `["`):
			quoted, err := strconv.QuotedPrefix(text[1:])
			if err != nil {
				return nil, false
			}
			key, err := strconv.Unquote(quoted)
			if err != nil || len(key) > maxKeyInPlace {
				return nil, false
			}
			way, text = append(way, key), text[1+len(quoted)+1:]
		default:
			end := strings.IndexByte(text, ']')
			if text[0] != '[' || end < 0 {
				return nil, false
			}
			way, text = append(way, text[1:end]), text[end+1:]
		}
	}
	return way, true
}

var escaped = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes a JSON Pointer.
func pointer(way []string) string {
	var b strings.Builder
	for _, step := range way {
		b.WriteByte('/')
		b.WriteString(escaped.Replace(step))
	}
	return b.String()
}
