package formula

// Comparison is a condition that holds one field against fixed values, as trigger
// filters and conditions mostly do: what can be told in a sentence.
type Comparison struct {
	// Not says that the condition holds where the rest does not.
	Not bool
	// Function is the one that compares, such as numberGt; empty for a field that is
	// the condition itself.
	Function string
	// Field is the dotted path of what is compared. Of each item of a list, where
	// Items says for how many of them it must hold.
	Field string
	Items Items
	// Values are what it is compared with: texts, numbers, booleans.
	Values []any
}

// Items says of how many items of a list something holds.
type Items int

// The numbers of items; NoItems where the field is no list.
const (
	NoItems Items = iota
	SomeItem
	EveryItem
)

// ReadComparison reads a condition of one {{…}}; ok is false for one that is more
// than a comparison of a field with fixed values, or cannot be read at all.
func ReadComparison(src string) (c Comparison, ok bool) {
	parts, fault := parse(src)
	if fault != nil || len(parts) != 1 || parts[0].bare {
		return c, false
	}
	n := parts[0]
	for n.kind == callNode && n.text == "not" && len(n.args) == 1 {
		c.Not, n = !c.Not, n.args[0]
	}
	return c, c.read(n)
}

func (c *Comparison) read(n *node) bool {
	if path, ok := comparedField(n); ok {
		c.Field = path
		return true
	}
	if n.kind != callNode {
		return false
	}
	switch n.text {
	case "arraySome", "arrayEvery":
		return c.readItems(n)
	case "contains", "stringContains", "numberContains": // the list comes first
		return len(n.args) == 2 && c.compare(n.text, n.args[1], n.args[0])
	}
	return len(n.args) >= 1 && len(n.args) <= 2 && c.compare(n.text, n.args[0], n.args[1:]...)
}

// readItems reads what must hold of items: arraySome(field; contains([values]; $_)),
// or, as filters have it, arraySome([values]; contains(field; $_)).
func (c *Comparison) readItems(n *node) bool {
	if len(n.args) != 2 {
		return false
	}
	list, test := n.args[0], n.args[1]
	if c.Items = SomeItem; n.text == "arrayEvery" {
		c.Items = EveryItem
	}
	if test.kind != callNode || len(test.args) != 2 {
		return false
	}
	first, second := test.args[0], test.args[1]
	if _, constant := list.constant(); constant {
		return n.text == "arraySome" && second.kind == itemNode && len(second.path) == 0 && c.compare(test.text, first, list)
	}
	if second.kind == itemNode { // the list comes first
		first, second = second, first
	}
	path, ok := comparedField(list)
	if !ok || first.kind != itemNode || !c.values(second) {
		return false
	}
	if c.Function, c.Field = test.text, path; len(first.path) > 0 {
		c.Field += "." + first.path.String()
	}
	return true
}

func (c *Comparison) compare(function string, field *node, values ...*node) bool {
	path, ok := comparedField(field)
	c.Function, c.Field = function, path
	for _, v := range values {
		ok = ok && c.values(v)
	}
	return ok
}

func (c *Comparison) values(n *node) bool {
	v, ok := n.constant()
	if list, many := v.([]any); many {
		c.Values = append(c.Values, list...)
	} else if ok {
		c.Values = append(c.Values, v)
	}
	return ok
}

// comparedField returns the path of a node that reads a field, or one of the fields of
// each item of a list.
func comparedField(n *node) (string, bool) {
	switch {
	case n.kind == fieldNode:
		return n.path.String(), true
	case n.kind == callNode && n.text == "arrayMap" && len(n.args) == 2 && n.args[0].kind == fieldNode:
		below, ok := n.args[1].value.(string)
		return n.args[0].path.String() + "." + below, ok && n.args[1].kind == literalNode
	}
	return "", false
}
