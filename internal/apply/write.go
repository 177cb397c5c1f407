package apply

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// text writes a document as a file has it. The library that reads files also
// writes them, but not so that every text is read back as it was.
func text(v any) (string, error) {
	tree, err := treeOf(reflect.ValueOf(v))
	if err != nil {
		return "", fmt.Errorf("write YAML: %w", err)
	}
	o, ok := tree.(object)
	if !ok {
		return "", fmt.Errorf("write YAML: a document must be a map, not %T", v)
	}
	var w writer
	w.members(o, 0)
	return w.String(), nil
}

// shaped is what says itself how it is written.
type shaped interface{ MarshalYAML() (any, error) }

// treeOf makes a value one of objects, lists, texts, numbers, booleans and nil.
func treeOf(v reflect.Value) (any, error) {
	if !v.IsValid() {
		return nil, nil
	}
	switch known := v.Interface().(type) {
	case object:
		return objectOf(len(known), func(i int) (string, any) { return known[i].key, known[i].value })
	case yaml.MapSlice:
		return objectOf(len(known), func(i int) (string, any) { return fmt.Sprint(known[i].Key), known[i].Value })
	case number:
		return known, nil
	case json.Number:
		return readNumber(known.String())
	case shaped:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, nil
		}
		inner, err := known.MarshalYAML()
		if err != nil {
			return nil, err
		}
		return treeOf(reflect.ValueOf(inner))
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return treeOf(v.Elem())
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = treeOf(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case reflect.Struct:
		return fieldsOf(v)
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, err
	}
	return readNumber(string(raw))
}

func objectOf(n int, at func(int) (string, any)) (any, error) {
	o := make(object, n)
	for i := range o {
		key, value := at(i)
		tree, err := treeOf(reflect.ValueOf(value))
		if err != nil {
			return nil, err
		}
		o[i] = member{key, tree}
	}
	return o, nil
}

// fieldsOf returns the fields of a struct by their yaml tags.
func fieldsOf(v reflect.Value) (any, error) {
	o := object{}
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if name == "-" || options == "omitempty" && empty(v.Field(i)) {
			continue
		}
		tree, err := treeOf(v.Field(i))
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, tree})
	}
	return o, nil
}

func empty(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

// writer writes a tree in YAML.
type writer struct{ strings.Builder }

const step = "  "

func (w *writer) members(o object, deep int) {
	for _, m := range o {
		w.WriteString(strings.Repeat(step, deep) + scalar(m.key, false) + ":")
		w.value(m.value, deep)
	}
}

// value writes what follows a colon or a dash, on the same line or below it.
func (w *writer) value(v any, deep int) {
	switch v := v.(type) {
	case object:
		if len(v) == 0 {
			w.WriteString(" {}\n")
			return
		}
		w.WriteByte('\n')
		w.members(v, deep+1)
	case []any:
		if len(v) == 0 {
			w.WriteString(" []\n")
			return
		}
		w.WriteByte('\n')
		for _, item := range v {
			w.item(item, deep+1)
		}
	case string:
		if head, lines, ok := block(v); ok {
			w.WriteString(" " + head + "\n")
			for _, line := range lines {
				w.WriteString(strings.TrimRight(strings.Repeat(step, deep+1)+line, " ") + "\n")
			}
			return
		}
		w.WriteString(" " + scalar(v, true) + "\n")
	case nil:
		w.WriteString(" null\n")
	default:
		fmt.Fprintf(w, " %v\n", v)
	}
}

// item writes an item of a list; the first member of a map stands beside the dash.
func (w *writer) item(v any, deep int) {
	o, isMap := v.(object)
	if !isMap || len(o) == 0 {
		w.WriteString(strings.Repeat(step, deep) + "-")
		w.value(v, deep)
		return
	}
	var inner writer
	inner.members(o, deep+1)
	own := strings.Repeat(step, deep+1)
	w.WriteString(strings.Repeat(step, deep) + "- " + strings.TrimPrefix(inner.String(), own))
}

// block returns a text of several lines as a block, if it can be one.
func block(s string) (head string, lines []string, ok bool) {
	head = "|-"
	if strings.HasSuffix(s, "\n") {
		head, s = "|", s[:len(s)-1]
	}
	lines = strings.Split(s, "\n")
	if len(lines) < 2 && head == "|-" {
		return "", nil, false
	}
	for i, line := range lines {
		ends := i == 0 || i == len(lines)-1
		if line == "" && ends || strings.HasPrefix(line, " ") && ends || strings.HasSuffix(line, " ") || strings.ContainsFunc(line, odd) {
			return "", nil, false
		}
	}
	return head, lines, true
}

// odd reports whether a character cannot stand for itself.
func odd(r rune) bool {
	return r != ' ' && (!unicode.IsPrint(r) || r == '\uFEFF' || r == unicode.ReplacementChar)
}

var word = regexp.MustCompile(`^[A-Za-z_](?:[A-Za-z0-9_ ./@()+-]*[A-Za-z0-9_./@()+-])?$`)

var amount = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)? [a-z]+$`)

// taken are words that YAML, of one version or another, takes for something else.
var taken = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"}

// scalar writes a text on one line.
func scalar(s string, value bool) string {
	switch {
	case word.MatchString(s) && !slices.Contains(taken, strings.ToLower(s)), value && (isID(s) || amount.MatchString(s)):
		return s
	case !strings.ContainsFunc(s, odd):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case !odd(r):
			b.WriteRune(r)
		case r <= 0xffff:
			b.WriteString(`\u` + padded(r, 4))
		default:
			b.WriteString(`\U` + padded(r, 8))
		}
	}
	return b.String() + `"`
}

func padded(r rune, digits int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(s)) + s
}
