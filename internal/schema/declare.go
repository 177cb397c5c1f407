package schema

import (
	"fmt"
	"regexp"

	"github.com/belay-events/belay/internal/belay"
)

// Declare returns the payload schema in raw, checked by the rules for triggers
// and compiled. The error is a *belay.Error of InvalidArgument with a violation
// for every rule broken, each naming the place (schema.properties.start_at.format,
// where field is "schema") and the rule.
//
// What is taken, beyond the rules' own annotations: the keywords of draft-07 that
// constrain one value (enum, const, pattern, lengths, ranges, item counts), and
// names that JSON Schema does not know, which are kept and mean nothing. What
// refers elsewhere, combines schemas or forbids unknown keys is refused.
// examples is a list of examples, or one bare example of the property's type; of
// an array property, a list whose elements are all arrays is a list of examples.
//
// Source: the compatible API, "The trigger payload schema"; JSON Schema draft-07.
func Declare(field string, raw []byte) (*Payload, error) {
	doc, err := readDocument(field, raw)
	if err != nil {
		return nil, err
	}
	if doc.kind != '{' {
		return nil, belay.Invalid(field, "TYPE", "must be a JSON object")
	}
	d := &declaration{place: place{field: field}}
	d.root(doc)
	compiled, err := compile(asserted(doc))
	if err != nil {
		d.fromLibrary(doc.value(), err)
	}
	if len(d.broken) > 0 {
		return nil, d.refusal()
	}
	p := &Payload{canonical: canonical(doc), future: d.future, root: newRule("", doc, compiled)}
	required := doc.get("required").words()
	for i, m := range doc.get("properties").members {
		property := newProperty(m.key, m.value, required[m.key])
		example, ok := p.root.members[i].example(m.value)
		if !ok {
			d.schemaProperty(m.key, func() {
				d.breach("EXAMPLES", "must hold an example that obeys the property's own rules")
			})
			continue
		}
		property.Example = example
		p.properties = append(p.properties, property)
	}
	if len(d.broken) > 0 {
		return nil, d.refusal()
	}
	return p, nil
}

// declaration walks a schema document and collects the rules it breaks.
type declaration struct {
	place
	violations
	future   string // key of the first property marked futureDate
	identity bool   // an identityType has been seen
}

// level says which rules hold for a schema inside the document.
type level int

const (
	first  level = 1 + iota // a property of the payload
	second                  // a property of an object property
	inItem                  // a property of the objects in an array
)

func (d *declaration) breach(rule, description string) { d.add(&d.place, rule, description) }

// at runs check one member deeper.
func (d *declaration) at(key string, check func()) {
	d.enter(key)
	check()
	d.leave()
}

func (d *declaration) schemaProperty(key string, check func()) {
	d.at("properties", func() { d.at(key, func() { d.at("examples", check) }) })
}

func (d *declaration) refusal() *belay.Error {
	message := d.field + " breaks a rule of payload schemas"
	if n := len(d.broken); n > 1 {
		message = fmt.Sprintf("%s breaks %d rules of payload schemas", d.field, n)
	}
	return &belay.Error{Code: belay.InvalidArgument, Message: message, Violations: d.broken}
}

func (d *declaration) root(n *node) {
	d.object(n)
	d.keywords(n, "only properties may be constrained")
	d.properties(n, first, false)
}

// object checks that n says it describes an object.
func (d *declaration) object(n *node) {
	d.at("type", func() {
		switch t := n.get("type"); {
		case t == nil:
			d.breach("REQUIRED", `is missing, it must be "object"`)
		case t.word() != "object":
			d.breach("TYPE", `must be "object"`)
		}
	})
}

// properties checks the members that n describes and those it requires. Both are
// optional for a shape that the custom type already names.
func (d *declaration) properties(n *node, l level, optional bool) {
	members := n.get("properties")
	d.at("properties", func() {
		switch {
		case members == nil && optional:
		case members == nil:
			d.breach("REQUIRED", "is missing, it must describe at least one property")
		case members.kind != '{':
			d.breach("TYPE", "must be an object")
		case len(members.members) == 0:
			d.breach("MIN_PROPERTIES", "must describe at least one property")
		default:
			for _, m := range members.members {
				d.at(m.key, func() { d.property(m.key, m.value, l) })
			}
		}
	})
	d.at("required", func() { d.required(n.get("required"), members) })
}

func (d *declaration) required(list, members *node) {
	if list == nil {
		return
	}
	if list.kind != '[' {
		d.breach("TYPE", "must be an array of property keys")
		return
	}
	seen := make(map[string]bool, len(list.elements))
	declared := members.keys()
	for i, e := range list.elements {
		d.enterIndex(i)
		switch key := e.word(); {
		case e.kind != '"':
			d.breach("TYPE", "must be a property key")
		case seen[key]:
			d.breach("UNIQUE", "is named twice")
		case !declared[key]:
			d.breach("UNDECLARED", fmt.Sprintf("names %q, which is not among the properties", shorten(key)))
		default:
			seen[key] = true
		}
		d.leave()
	}
}

func (d *declaration) property(key string, n *node, l level) {
	if !goodPropertyKey(key) {
		d.breach("KEY", "must begin with a letter or digit and hold only letters, digits and '_'")
	}
	if n.kind != '{' {
		d.breach("TYPE", "must be an object that describes the property")
		return
	}
	t := d.propertyType(n, l)
	d.keywords(n, "")
	d.texts(n)
	d.examples(n, t, l)
	d.format(n, t)
	d.identityType(n, t, l)
	d.futureDate(key, n, t, l)
	if n.get("wixCustomType") != nil || n.get("itemsSelectionConfiguration") != nil {
		d.customType(n)
	}
	d.nested(n, t, l)
}

// goodPropertyKey reports whether key is [A-Za-z0-9][A-Za-z0-9_]*.
func goodPropertyKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; !letterOrDigit(c) && (i == 0 || c != '_') {
			return false
		}
	}
	return key != ""
}

// propertyType returns the property's type, "" when it is not one that may be.
func (d *declaration) propertyType(n *node, l level) string {
	d.enter("type")
	defer d.leave()
	switch t := n.get("type"); t.word() {
	case "string", "number", "integer", "boolean":
		return t.text
	case "array", "object":
		if l != first {
			d.breach("NESTING", "must be string, number, integer or boolean: objects and arrays are taken on the first level only")
			return ""
		}
		return t.text
	default:
		if t == nil {
			d.breach("REQUIRED", "is missing")
		} else {
			d.breach("TYPE", "must be one of string, number, integer, boolean, array and object")
		}
		return ""
	}
}

// texts checks what people read and what is only kept.
func (d *declaration) texts(n *node) {
	d.at("title", func() {
		switch t := n.get("title"); {
		case t == nil:
			d.breach("REQUIRED", "is missing: it is what users see")
		case t.kind != '"':
			d.breach("TYPE", "must be a string")
		case t.text == "":
			d.breach("MIN_LENGTH", "must not be empty")
		}
	})
	for _, key := range []string{"description", "$id"} {
		if v := n.get(key); v != nil && v.kind != '"' {
			d.at(key, func() { d.breach("TYPE", "must be a string") })
		}
	}
	if v := n.get("hidden"); v != nil && !v.boolean() {
		d.at("hidden", func() { d.breach("TYPE", "must be true or false") })
	}
}

func (d *declaration) format(n *node, t string) {
	if p := n.get("pattern"); p != nil && p.kind == '"' {
		if _, err := regexp.Compile(p.text); err != nil {
			d.at("pattern", func() {
				d.breach("PATTERN", "must be a regular expression of RE2, which has no look-around and no back-references")
			})
		}
	}
	f := n.get("format")
	if f == nil {
		return
	}
	d.enter("format")
	defer d.leave()
	switch {
	case f.kind != '"':
		d.breach("TYPE", "must be a string")
	case t != "" && t != "string":
		d.breach("NOT_ALLOWED", "may be given for strings only")
	case !knownFormat(f.text):
		d.breach("FORMAT", fmt.Sprintf("must be one of %s", list(formats())))
	}
}

// nested checks what an object or array property holds.
func (d *declaration) nested(n *node, t string, l level) {
	custom := n.get("wixCustomType").word() != ""
	items := n.get("items")
	switch {
	case l != first || t == "":
	case t == "object":
		d.properties(n, second, custom)
	case t == "array" && items == nil:
		if !custom {
			d.at("items", func() { d.breach("REQUIRED", "is missing: an array must describe the objects it holds") })
		}
	case t == "array" && items.kind != '{':
		d.at("items", func() { d.breach("TYPE", "must be an object that describes the objects of the array") })
	case t == "array":
		d.at("items", func() {
			d.object(items)
			d.keywords(items, "only properties may be constrained")
			if items.get("examples") != nil {
				d.at("examples", func() { d.breach("NOT_ALLOWED", "is taken on the first level only") })
			}
			d.properties(items, inItem, custom)
		})
	}
	if items != nil && t != "" && t != "array" {
		d.at("items", func() { d.breach("NOT_ALLOWED", "may be given for arrays only") })
	}
	for _, key := range []string{"properties", "required"} {
		if n.get(key) != nil && t != "" && t != "object" {
			d.at(key, func() { d.breach("NOT_ALLOWED", "may be given for objects only") })
		}
	}
}
