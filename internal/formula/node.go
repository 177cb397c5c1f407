package formula

// kind says what a node of the tree is.
type kind int

const (
	literalNode kind = iota // a constant: value
	fieldNode               // var("path"), or the bare path
	itemNode                // $_, or $_.path
	listNode                // [args]
	callNode                // text(args)
)

// node is one part of a parsed source.
type node struct {
	kind  kind
	pos   int    // byte offset in the source
	end   int    // byte offset behind it
	bare  bool   // a literal that stood outside braces
	text  string // the function's name
	value any    // of a literal
	path  path   // of a field or an item; empty for a plain $_
	args  []*node
}

// walk calls visit for n and everything below it.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, a := range n.args {
		a.walk(visit)
	}
}

// constant returns the value of a literal or of a list of constants.
func (n *node) constant() (any, bool) {
	switch n.kind {
	case literalNode:
		return n.value, true
	case listNode:
		list := make([]any, len(n.args))
		for i, a := range n.args {
			v, ok := a.constant()
			if !ok {
				return nil, false
			}
			list[i] = v
		}
		return list, true
	}
	return nil, false
}
