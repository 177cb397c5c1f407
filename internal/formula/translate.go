package formula

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// site is a place in a program where Go is called: a function of ours, the
// reading of a field, or the check that a condition is a boolean.
type site struct {
	name string // of the function to blame; empty for joined text and constant lists
	pos  int
	args []*node // what the arguments were written as, to name them in errors
	do   func(*evaluation) any
}

// translator writes a tree as a program of expr-lang/expr. That library's part
// is the order of things: laziness, loops over items, and the bounds on both.
// What a function means stands in this package, behind the one function that
// the program knows, call($env, site, arguments...).
type translator struct {
	out   strings.Builder
	sites []site
}

// callee is the name of the one function that programs call.
const callee = "call"

// translate turns the pieces of a source into one program.
func translate(parts []*node) (program *vm.Program, sites []site, fault *SyntaxError) {
	defer func() {
		if r := recover(); r != nil {
			program, sites, fault = nil, nil, &SyntaxError{Kind: Malformed, Message: fmt.Sprint("the text cannot be compiled: ", r)}
		}
	}()
	var t translator
	if len(parts) == 1 {
		t.write(parts[0])
	} else {
		t.call(site{pos: parts[0].pos, args: parts, do: join}, parts...)
	}
	program, err := expr.Compile(t.out.String(),
		expr.Function(callee, dispatch),
		expr.DisableAllBuiltins(),
		expr.EnableBuiltin("any"), expr.EnableBuiltin("all"), expr.EnableBuiltin("filter"),
		expr.Optimize(false),
		expr.MaxNodes(0), // bounded by MaxSource
	)
	if err != nil {
		return nil, nil, &SyntaxError{Kind: Malformed, Message: "the text cannot be compiled: " + firstLine(err.Error())}
	}
	return program, t.sites, nil
}

// write adds the value of n to the program.
func (t *translator) write(n *node) {
	switch n.kind {
	case literalNode:
		t.literal(n.value)
	case fieldNode:
		t.call(site{name: "var", pos: n.pos, do: func(e *evaluation) any { return e.read(e.scope.Data, n.path) }})
	case itemNode:
		t.item(n)
	case listNode:
		t.list(n)
	case callNode:
		t.function(n)
	}
}

func (t *translator) literal(v any) {
	switch v := v.(type) {
	case nil:
		t.out.WriteString("nil")
	case bool:
		t.out.WriteString(strconv.FormatBool(v))
	case string:
		t.out.WriteString(strconv.Quote(v))
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		t.out.WriteString(s)
		if !strings.ContainsAny(s, ".e") {
			t.out.WriteString(".0")
		}
	}
}

func (t *translator) item(n *node) {
	if len(n.path) == 0 {
		t.out.WriteString("#")
		return
	}
	t.begin(site{name: "$_", pos: n.pos, do: func(e *evaluation) any { return e.read(e.args[0], n.path) }})
	t.out.WriteString(",#)")
}

func (t *translator) list(n *node) {
	if v, ok := n.constant(); ok {
		t.call(site{pos: n.pos, do: func(*evaluation) any { return v }})
		return
	}
	for i, a := range n.args {
		t.out.WriteString(separator(i, "["))
		t.write(a)
	}
	t.out.WriteString("]")
}

// function writes a call of one of the language's functions.
func (t *translator) function(n *node) {
	f := builtins[n.text]
	at := site{name: n.text, pos: n.pos, args: n.args, do: f.do}
	switch f.form {
	case ifForm:
		t.out.WriteString("(")
		t.truth(n, 0)
		t.out.WriteString("?")
		t.write(n.args[1])
		t.out.WriteString(":")
		t.write(n.args[2])
		t.out.WriteString(")")
	case andForm, orForm:
		operator := map[form]string{andForm: "&&", orForm: "||"}[f.form]
		for i := range n.args {
			if i > 0 {
				t.out.WriteString(operator)
			} else {
				t.out.WriteString("(")
			}
			t.truth(n, i)
		}
		t.out.WriteString(")")
	case someForm, filterForm:
		t.out.WriteString(map[form]string{someForm: "any(", filterForm: "filter("}[f.form])
		at.do = itemsOrNone
		t.call(at, n.args[0])
		t.out.WriteString(",")
		t.truth(n, 1)
		t.out.WriteString(")")
	case everyForm:
		// Null is set apart from an empty list before the items are looked at.
		at.do = keepItems
		t.out.WriteString("(")
		t.call(at, n.args[0])
		at.do = keptItems
		t.out.WriteString("&&all(")
		t.call(at)
		t.out.WriteString(",")
		t.truth(n, 1)
		t.out.WriteString("))")
	default:
		t.call(at, n.args...)
	}
}

// truth writes argument i of n as a boolean.
func (t *translator) truth(n *node, i int) {
	t.call(site{name: n.text, pos: n.pos, args: n.args, do: func(e *evaluation) any {
		return e.truthOf(i, e.args[0])
	}}, n.args[i])
}

func (t *translator) call(s site, args ...*node) {
	t.begin(s)
	for _, a := range args {
		t.out.WriteString(",")
		t.write(a)
	}
	t.out.WriteString(")")
}

// begin writes a call up to its arguments and records its site.
func (t *translator) begin(s site) {
	t.out.WriteString(callee + "($env," + strconv.Itoa(len(t.sites)))
	t.sites = append(t.sites, s)
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}
