package formula

// Literals returns the values that stand in the expressions of a source, in order,
// the items of lists one by one: what a filter such as
// {{contains(["a","b"];var("kind"))}} lets through. Paths are not among them. It
// returns nil for a source that does not compile.
func Literals(src string) []any {
	parts, fault := parse(src)
	if fault != nil {
		return nil
	}
	var values []any
	for _, p := range parts {
		if !p.bare {
			values = p.literals(values)
		}
	}
	return values
}

func (n *node) literals(values []any) []any {
	if n.kind == literalNode {
		return append(values, n.value)
	}
	args := n.args
	if n.kind == callNode && n.text == "arrayMap" {
		args = args[:1]
	}
	for _, a := range args {
		values = a.literals(values)
	}
	return values
}
