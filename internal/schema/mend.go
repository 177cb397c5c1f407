package schema

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// mend returns what mends a rule that is broken at the end of a way, nil where what
// is meant cannot be told.
func mend(doc *node, way []string, rule string) *Fix {
	if len(way) == 0 {
		return nil
	}
	last := len(way) - 1
	m := mending{doc: doc, way: way, owner: doc.below(way[:last]), value: doc.below(way), key: way[last]}
	if last > 0 {
		m.name = way[last-1]
	}
	if last > 1 && way[last-1] == "required" || last == 1 && way[0] == "required" {
		return m.required(rule)
	}
	switch rule {
	case "KEY":
		return m.rename()
	case "REFERENCE":
		return m.inline()
	case "COMPOSITION":
		return m.only()
	case "UNIQUE", "UNDECLARED", "AT_MOST_ONE", "KEYWORD":
		return m.remove()
	}
	switch m.key {
	case "type":
		return m.typed(rule)
	case "title":
		return m.set("Name it %s", title(m.name))
	case "examples":
		return m.exemplify(rule)
	case "format":
		return m.format(rule)
	case "identityType":
		return m.identity(rule)
	case "futureDate":
		return m.future(rule)
	case "pattern", "default", "description", "$id", "hidden", "items", "properties", "namespace",
		"wixCustomType", "itemsSelectionConfiguration", "providerKey", "tag":
		if rule == "REQUIRED" || rule == "MIN_PROPERTIES" || m.value == nil {
			return nil
		}
		return m.remove()
	}
	if constrains(m.key) && m.value != nil {
		return m.remove()
	}
	return nil
}

// mending is a problem at a member of owner, which describes the property name.
type mending struct {
	doc   *node
	way   []string
	owner *node
	value *node // nil for what is missing
	key   string
	name  string
}

func (m *mending) path() string { return pointer(m.way) }

// beside returns the pointer of another member of the owner.
func (m *mending) beside(key string) string {
	return pointer(append(append([]string{}, m.way[:len(m.way)-1]...), key))
}

func (m *mending) remove() *Fix {
	if m.value == nil {
		return nil
	}
	return &Fix{Title: fmt.Sprintf("Remove %q", m.key), Patch: []Act{{Op: "remove", Path: m.path()}}}
}

// set gives the place a value, which the title names.
func (m *mending) set(titled string, value any) *Fix {
	if m.owner == nil || m.owner.kind != '{' {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return &Fix{Title: fmt.Sprintf(titled, raw), Patch: []Act{{Op: "add", Path: m.path(), Value: raw}}}
}

func (m *mending) required(rule string) *Fix {
	if m.value == nil || rule == "REQUIRED" {
		return nil
	}
	return &Fix{Title: "Take it off the list", Patch: []Act{{Op: "remove", Path: m.path()}}}
}

// rename gives a property a key that may be, in its parent's list of required ones
// too.
func (m *mending) rename() *Fix {
	good := strings.TrimLeft(strings.Map(func(r rune) rune {
		if r < 0x80 && letterOrDigit(byte(r)) {
			return r
		}
		return '_'
	}, m.key), "_")
	good = strings.TrimRight(good, "_")
	if good == "" || m.owner == nil || m.owner.get(good) != nil || len(m.way) < 2 || m.way[len(m.way)-2] != "properties" {
		return nil
	}
	fix := &Fix{Title: fmt.Sprintf("Rename it to %q", good), Patch: []Act{{Op: "move", From: m.path(), Path: m.beside(good)}}}
	above := m.way[:len(m.way)-2]
	list := m.doc.below(append(append([]string{}, above...), "required"))
	if list == nil {
		return fix
	}
	for i, e := range list.elements {
		if e.word() == m.key {
			raw, _ := json.Marshal(good) // a string can be written
			fix.Patch = append(fix.Patch, Act{Op: "replace", Path: pointer(append(append([]string{}, above...), "required", fmt.Sprint(i))), Value: raw})
		}
	}
	return fix
}

// inline writes out what a reference within the schema leads to, and removes
// definitions once nothing refers to them.
func (m *mending) inline() *Fix {
	if m.key != "$ref" {
		if m.doc.refers() {
			return nil
		}
		return m.remove()
	}
	target, ok := strings.CutPrefix(m.value.word(), "#/")
	if !ok || m.owner == nil {
		return nil
	}
	described := m.doc.below(strings.Split(target, "/"))
	if described == nil || described.kind != '{' || described.refers() {
		return nil
	}
	merged := &node{kind: '{', members: append([]member{}, described.members...)}
	for _, own := range m.owner.members {
		if own.key != "$ref" && merged.get(own.key) == nil {
			merged.members = append(merged.members, own)
		}
	}
	return &Fix{
		Title: "Write out what it refers to",
		Patch: []Act{{Op: "replace", Path: pointer(m.way[:len(m.way)-1]), Value: merged.appendTo(nil)}},
	}
}

func (n *node) refers() bool {
	for _, m := range n.members {
		if m.key == "$ref" || m.value.refers() {
			return true
		}
	}
	for _, e := range n.elements {
		if e.refers() {
			return true
		}
	}
	return false
}

// only takes the one description of a combination that has but one beside null.
func (m *mending) only() *Fix {
	if m.value == nil || m.value.kind != '[' || m.owner == nil || m.key != "allOf" && m.key != "anyOf" && m.key != "oneOf" {
		return nil
	}
	var one *node
	for _, e := range m.value.elements {
		if e.kind == '{' && e.get("type").word() == "null" {
			continue
		}
		if one != nil || e.kind != '{' {
			return nil
		}
		one = e
	}
	if one == nil {
		return nil
	}
	merged := &node{kind: '{'}
	for _, own := range m.owner.members {
		if own.key != m.key && one.get(own.key) == nil {
			merged.members = append(merged.members, own)
		}
	}
	merged.members = append(merged.members, one.members...)
	return &Fix{
		Title: "Keep the one description in it",
		Patch: []Act{{Op: "replace", Path: pointer(m.way[:len(m.way)-1]), Value: merged.appendTo(nil)}},
	}
}

// types are what people write for a type, beside the words of JSON Schema.
func types() map[string]string {
	return map[string]string{
		"str": "string", "text": "string", "date": "string", "datetime": "string", "date-time": "string", "uuid": "string", "email": "string",
		"int": "integer", "long": "integer", "float": "number", "double": "number", "decimal": "number", "bool": "boolean",
		"list": "array", "map": "object", "dict": "object",
	}
}

// formatsWritten are what people write for a format.
func formatsWritten() map[string]string {
	return map[string]string{
		"datetime": "date-time", "date_time": "date-time", "timestamp": "date-time", "iso8601": "date-time", "rfc3339": "date-time",
		"guid": "uuid", "url": "uri", "link": "uri", "e-mail": "email", "mail": "email", "decimal": "number", "float": "number",
	}
}

func (m *mending) typed(rule string) *Fix {
	switch {
	case rule == "NESTING" || m.owner == nil || m.owner.kind != '{':
		return nil
	case len(m.way) == 1 || m.name == "items" && len(m.way) > 2 && m.way[len(m.way)-3] != "properties":
		if m.value == nil {
			return m.set("Say that it is an %s", "object")
		}
		if len(m.way) == 1 {
			return m.set("Make it an %s", "object")
		}
		return nil
	case m.value == nil:
		return m.set("Say that it is of type %s", m.guess())
	}
	if word := types()[strings.ToLower(m.value.word())]; word != "" {
		fix := m.set("Write %s", word)
		if format := formatsWritten()[strings.ToLower(m.value.word())]; fix != nil && word == "string" && m.owner.get("format") == nil && m.value.word() != "text" {
			if format == "" && knownFormat(m.value.word()) {
				format = m.value.word()
			}
			if format != "" {
				raw, _ := json.Marshal(format) // a string can be written
				fix.Patch = append(fix.Patch, Act{Op: "add", Path: m.beside("format"), Value: raw})
			}
		}
		return fix
	}
	if knownType(strings.ToLower(m.value.word())) {
		return m.set("Write %s", strings.ToLower(m.value.word()))
	}
	for _, e := range m.value.elements { // ["string", "null"]
		if knownType(e.word()) {
			return m.set("Take %s alone", e.word())
		}
	}
	return nil
}

// guess returns the type that the rest of a property tells of.
func (m *mending) guess() string {
	switch {
	case m.owner.get("properties") != nil:
		return "object"
	case m.owner.get("items") != nil:
		return "array"
	}
	for _, key := range []string{"const", "default", "examples", "enum"} {
		v := m.owner.get(key)
		if v != nil && v.kind == '[' && len(v.elements) > 0 {
			v = v.elements[0]
		}
		if v == nil {
			continue
		}
		switch v.kind {
		case '0':
			return "number"
		case 't', 'f':
			return "boolean"
		case '{':
			return "object"
		}
	}
	return "string"
}

func (m *mending) exemplify(rule string) *Fix {
	if rule == "NOT_ALLOWED" {
		return m.remove()
	}
	if m.owner == nil || m.owner.kind != '{' {
		return nil
	}
	sample := m.sample(m.owner)
	if sample == nil {
		return nil
	}
	return m.set("Show the example %s", []any{sample})
}

// sample returns a value that a property is likely to take, nil where it cannot be
// told.
func (m *mending) sample(of *node) any {
	for _, key := range []string{"const", "default"} {
		if v := of.get(key); v != nil {
			return v.value()
		}
	}
	if v := of.get("enum"); v != nil && len(v.elements) > 0 {
		return v.elements[0].value()
	}
	switch of.get("type").word() {
	case "string":
		if s, ok := samples()[of.get("format").word()]; ok {
			return s
		}
		return "text"
	case "integer", "number":
		if v := of.get("minimum"); v != nil && v.kind == '0' {
			return v.value()
		}
		return 1
	case "boolean":
		return true
	case "object":
		return m.members(of)
	case "array":
		if items := of.get("items"); items != nil && items.kind == '{' {
			return []any{m.members(items)}
		}
		return []any{}
	}
	return nil
}

func (m *mending) members(of *node) map[string]any {
	object := map[string]any{}
	if p := of.get("properties"); p != nil {
		for _, property := range p.members {
			if v := m.sample(property.value); v != nil {
				object[property.key] = v
			}
		}
	}
	return object
}

func samples() map[string]string {
	return map[string]string{
		"date-time": "2030-06-01T09:00:00Z", "date": "2030-06-01", "time": "09:00:00Z", "duration": "P1D",
		"email": "ada@example.com", "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
		"uri": "https://example.com/", "uri-reference": "/path", "iri": "https://example.com/", "iri-reference": "/path",
		"uri-template": "https://example.com/{id}", "json-pointer": "/a", "relative-json-pointer": "0", "regex": "^a",
		"uuid": "5b0c7f0e-8d3e-4f6a-9a51-3f1d1c2b4a60", "number": "12.50",
	}
}

func (m *mending) format(rule string) *Fix {
	if rule == "FORMAT" {
		word := strings.ToLower(m.value.word())
		if meant := formatsWritten()[word]; meant != "" {
			return m.set("Write %s", meant)
		}
		if knownFormat(word) {
			return m.set("Write %s", word)
		}
	}
	return m.remove()
}

func (m *mending) identity(rule string) *Fix {
	switch word := strings.ToLower(m.value.word()); {
	case rule == "ENUM" && (word == "contact" || word == "visitor" || word == "member"):
		return m.set("Write %s", word)
	case rule == "NOT_ALLOWED" && m.owner.get("type").word() == "string" && m.owner.get("format") == nil:
		return &Fix{Title: "Say that it is a UUID", Patch: []Act{{Op: "add", Path: m.beside("format"), Value: []byte(`"uuid"`)}}}
	}
	return m.remove()
}

func (m *mending) future(rule string) *Fix {
	switch {
	case rule == "TYPE" && strings.EqualFold(m.value.word(), "true"):
		return m.set("Write %s", true)
	case rule == "NOT_ALLOWED" && m.owner.get("type").word() == "string":
		return &Fix{Title: "Say that it is a date and time", Patch: []Act{{Op: "add", Path: m.beside("format"), Value: []byte(`"date-time"`)}}}
	}
	return m.remove()
}

// title makes a name for people of a property's key: start_at is Start at.
func title(key string) string {
	words := strings.FieldsFunc(key, func(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '.' })
	text := strings.Join(words, " ")
	var b strings.Builder
	small := false
	for i, r := range text {
		if unicode.IsUpper(r) && small {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		if i == 0 {
			r = unicode.ToUpper(r)
		}
		small = unicode.IsLower(r)
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "Value"
	}
	return b.String()
}
