package schema

import (
	"fmt"
	"slices"
	"strings"
)

// examples checks the examples and the default of a property.
func (d *declaration) examples(n *node, t string, l level) {
	if v := n.get("default"); v != nil && t != "" && !hasType(v.value(), t) {
		d.at("default", func() { d.breach("TYPE", "must be of the property's type, "+t) })
	}
	d.enter("examples")
	defer d.leave()
	e := n.get("examples")
	switch {
	case e == nil && l == first:
		d.breach("REQUIRED", "is missing: each property of the first level shows an example")
	case e == nil:
	case l != first:
		d.breach("NOT_ALLOWED", "is taken on the first level only")
	case t == "":
	case e.kind == '[' && len(e.elements) == 0:
		d.breach("MIN_ITEMS", "must hold at least one example")
	case bare(e, t):
	case e.kind != '[':
		d.breach("TYPE", "must be of the property's type, "+t)
	default:
		for i, v := range e.elements {
			if !hasType(v.value(), t) {
				d.enterIndex(i)
				d.breach("TYPE", "must be of the property's type, "+t)
				d.leave()
			}
		}
	}
}

// bare reports whether e is one example by itself, not a list of them.
func bare(e *node, t string) bool {
	if t != "array" {
		return hasType(e.value(), t)
	}
	return e.kind == '[' && slices.ContainsFunc(e.elements, func(v *node) bool { return v.kind != '[' })
}

func (d *declaration) identityType(n *node, t string, l level) {
	identity := n.get("identityType")
	if identity == nil {
		return
	}
	d.at("identityType", func() {
		switch {
		case identity.kind != '"':
			d.breach("TYPE", "must be a string")
		case !slices.Contains([]string{"contact", "visitor", "member"}, identity.text):
			d.breach("ENUM", "must be contact, visitor or member")
		}
		if t != "" && (t != "string" || n.get("format").word() != "uuid") {
			d.breach("NOT_ALLOWED", "may be given only for a string of format uuid")
		}
		if l == inItem {
			d.breach("NESTING", "may not be given inside an array: it would name many")
		}
		if d.identity {
			d.breach("AT_MOST_ONE", "may be given for one property only")
		}
		d.identity = true
	})
	for _, key := range []string{"namespace", "name"} {
		v := n.get(key)
		if v == nil {
			continue
		}
		d.at(key, func() {
			if v.kind != '"' {
				d.breach("TYPE", "must be a string")
			} else if !goodPropertyKey(v.text) {
				d.breach("KEY", "must begin with a letter or digit and hold only letters, digits and '_'")
			}
		})
	}
}

func (d *declaration) futureDate(key string, n *node, t string, l level) {
	mark := n.get("futureDate")
	if mark == nil || mark.kind == 'f' {
		return
	}
	d.enter("futureDate")
	defer d.leave()
	if mark.kind != 't' {
		d.breach("TYPE", "must be true or false")
		return
	}
	if t != "" && (t != "string" || n.get("format").word() != "date-time") {
		d.breach("NOT_ALLOWED", "may be set only for a string of format date-time")
	}
	if l != first {
		d.breach("NESTING", "may be set on the first level only")
		return
	}
	if d.future != "" {
		d.breach("AT_MOST_ONE", fmt.Sprintf("may be set for one property only, and %s has it", shorten(d.future)))
		return
	}
	d.future = key
	for _, keyword := range []string{"enum", "const", "pattern", "minLength", "maxLength"} {
		if n.get(keyword) != nil {
			d.leave()
			d.at(keyword, func() {
				d.breach("KEYWORD", "may not be given for the property that says when the event takes place")
			})
			d.enter("futureDate")
		}
	}
}

func (d *declaration) customType(n *node) {
	if v := n.get("wixCustomType"); v != nil {
		d.at("wixCustomType", func() {
			if v.kind != '"' {
				d.breach("TYPE", "must be a string")
			} else if v.text == "" {
				d.breach("MIN_LENGTH", "must not be empty")
			}
		})
	}
	v := n.get("itemsSelectionConfiguration")
	if v == nil {
		return
	}
	d.enter("itemsSelectionConfiguration")
	defer d.leave()
	if v.kind != '{' {
		d.breach("TYPE", "must be an object of providerKey and tag")
		return
	}
	for _, key := range []string{"providerKey", "tag"} {
		if part := v.get(key); part != nil && part.kind != '"' {
			d.at(key, func() { d.breach("TYPE", "must be a string") })
		}
	}
}

// keywords refuses what JSON Schema knows and payload schemas do not. Constraints
// on the value itself are refused too where unconstrained says why.
func (d *declaration) keywords(n *node, unconstrained string) {
	for _, m := range n.members {
		rule, description := refusedKeyword(m.key)
		if rule == "" && unconstrained != "" && constrains(m.key) {
			rule, description = "KEYWORD", "is not taken here: "+unconstrained
		}
		if rule != "" {
			d.at(m.key, func() { d.breach(rule, description) })
		}
	}
}

// refusedKeyword returns the rule that a keyword of JSON Schema breaks by being
// there, "" when it may be.
func refusedKeyword(key string) (rule, description string) {
	switch key {
	case "$ref", "$recursiveRef", "$dynamicRef", "definitions", "$defs",
		"$anchor", "$recursiveAnchor", "$dynamicAnchor", "$vocabulary":
		return "REFERENCE", "is not taken: describe each property in full where it stands"
	case "allOf", "anyOf", "oneOf", "not", "if", "then", "else":
		return "COMPOSITION", "is not taken: a property has one description"
	case "patternProperties", "propertyNames", "minProperties", "maxProperties",
		"unevaluatedProperties", "dependencies", "dependentRequired", "dependentSchemas":
		return "KEYWORD", "is not taken: a payload may always hold further keys"
	case "additionalItems", "prefixItems", "contains", "minContains", "maxContains",
		"unevaluatedItems", "contentEncoding", "contentMediaType", "contentSchema":
		return "KEYWORD", "is not taken in a payload schema"
	}
	return "", ""
}

// constrains reports whether a keyword that payload schemas know narrows the
// values of its type. format stands apart: it is checked by its own rule.
func constrains(key string) bool {
	switch key {
	case "enum", "const", "pattern", "minLength", "maxLength",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
		"minItems", "maxItems", "uniqueItems", "format":
		return true
	}
	return false
}

func knownFormat(name string) bool { return slices.Contains(formats(), name) }

// list joins words as a sentence would.
func list(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// boolean reports whether n is true or false.
func (n *node) boolean() bool { return n.kind == 't' || n.kind == 'f' }

// keys returns the keys of an object as a set; n may be nil.
func (n *node) keys() map[string]bool {
	set := make(map[string]bool)
	if n != nil {
		for _, m := range n.members {
			set[m.key] = true
		}
	}
	return set
}

// words returns the strings of an array as a set; n may be nil.
func (n *node) words() map[string]bool {
	set := make(map[string]bool)
	if n != nil {
		for _, e := range n.elements {
			if e.kind == '"' {
				set[e.text] = true
			}
		}
	}
	return set
}
