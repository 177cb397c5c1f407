package formula

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads a source from left to right; at is where it stands.
type parser struct {
	src       string
	at        int
	depth     int
	predicate int // how many predicates stand around
}

// parse returns the pieces of a source in order: bare literals for the text
// outside braces, and one tree for each {{…}}.
func parse(src string) ([]*node, *SyntaxError) {
	if len(src) > MaxSource {
		return nil, &SyntaxError{Pos: MaxSource, End: len(src), Kind: Malformed, Message: fmt.Sprintf("the text is longer than %d bytes", MaxSource)}
	}
	if at := invalidUTF8(src); at >= 0 {
		return nil, &SyntaxError{Pos: at, End: at + 1, Kind: Malformed, Message: "the text is not valid UTF-8"}
	}
	p := &parser{src: src}
	var parts []*node
	for p.at < len(src) {
		open := strings.Index(src[p.at:], "{{")
		if open != 0 {
			end := len(src)
			if open > 0 {
				end = p.at + open
			}
			parts = append(parts, &node{kind: literalNode, pos: p.at, end: end, bare: true, value: src[p.at:end]})
			p.at = end
			continue
		}
		n, err := p.braces()
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
	}
	return parts, nil
}

// braces reads one {{…}}.
func (p *parser) braces() (*node, *SyntaxError) {
	open := p.at
	p.at += 2
	p.space()
	if p.has("}}") {
		return nil, p.fault(open, "there is nothing between {{ and }}").spanning(p.src[open : p.at+2])
	}
	if p.at == len(p.src) {
		return nil, p.fault(open, "{{ is never closed by }}").spanning("{{")
	}
	n, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	switch {
	case p.at == len(p.src):
		return nil, p.fault(open, "{{ is never closed by }}").spanning("{{")
	case !p.has("}}"):
		return nil, p.misplaced("}}")
	}
	p.at += 2
	if p.at-open > MaxExpression {
		return nil, p.fault(open, fmt.Sprintf("the expression is longer than %d bytes", MaxExpression)).spanning(p.src[open:p.at])
	}
	return n, nil
}

// value reads one literal, field, item, list or call.
func (p *parser) value() (*node, *SyntaxError) {
	n, err := p.part()
	if err == nil && n.end == 0 {
		n.end = p.at
	}
	return n, err
}

func (p *parser) part() (*node, *SyntaxError) {
	p.space()
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fault(p.at, fmt.Sprintf("the expression is nested more than %d deep", MaxDepth))
	}
	defer func() { p.depth-- }()
	pos := p.at
	if pos == len(p.src) {
		return nil, p.fault(pos, "the expression ends where a value was expected")
	}
	switch c := p.src[pos]; {
	case c == '"' || c == '\'':
		raw, err := p.quoted()
		return &node{kind: literalNode, pos: pos, value: decode(raw)}, err
	case c == '[':
		return p.list()
	case c == '$':
		return p.item()
	case c == '-' || c == '.' || isDigit(c):
		n, err := p.number()
		return &node{kind: literalNode, pos: pos, value: n}, err
	}
	name := p.barePath()
	if name == "" {
		return nil, p.fault(pos, p.here()+" where a value was expected")
	}
	after := p.at
	p.space()
	if p.has("(") {
		return p.call(name, pos)
	}
	p.at = after
	switch name {
	case "true", "false":
		return &node{kind: literalNode, pos: pos, value: name == "true"}, nil
	case "null":
		return &node{kind: literalNode, pos: pos}, nil
	}
	return p.field(name, pos, after)
}

// call reads the arguments of a function whose name has just been read.
func (p *parser) call(name string, pos int) (*node, *SyntaxError) {
	open := p.at
	p.at++
	if name == "var" {
		return p.variable(open)
	}
	f, ok := builtins[name]
	if !ok {
		e := unknown(name)
		e.Pos = pos
		return nil, e.spanning(name)
	}
	n := &node{kind: callNode, pos: pos, text: name}
	p.space()
	for !p.has(")") {
		inside := f.form.predicate() && len(n.args) == 1
		if inside {
			p.predicate++
		}
		a, err := p.value()
		if inside {
			p.predicate--
		}
		if err != nil {
			return nil, p.unclosed(err, open, "( is never closed by )")
		}
		n.args = append(n.args, a)
		p.space()
		switch {
		case p.has(")"):
		case p.has(";"):
			p.at++
			p.space()
			if p.has(")") {
				return nil, p.fault(p.at, "a value is missing after ;")
			}
		case p.has(","):
			e := p.fault(p.at, "arguments are separated by ; and not by a comma")
			e.Suggestion = ";"
			return nil, e
		case p.at == len(p.src):
			return nil, p.fault(open, "( is never closed by )")
		default:
			return nil, p.misplaced("; or )")
		}
	}
	p.at++
	return n, f.check(n)
}

// variable reads what stands between the parentheses of var.
func (p *parser) variable(open int) (*node, *SyntaxError) {
	p.space()
	pos := p.at
	if pos == len(p.src) {
		return nil, p.fault(open, "( is never closed by )")
	}
	var name string
	end := 0
	if c := p.src[pos]; c == '"' || c == '\'' {
		raw, err := p.quoted()
		if err != nil {
			return nil, err
		}
		name = strings.TrimSpace(raw)
		pos++
		end = pos + len(raw)
	} else {
		name = p.barePath()
		end = p.at
	}
	if name == "" {
		return nil, p.fault(pos, "var needs the path of a field")
	}
	p.space()
	switch {
	case p.at == len(p.src):
		return nil, p.fault(open, "( is never closed by )")
	case !p.has(")"):
		return nil, p.fault(p.at, p.here()+" where ) was expected: var takes one path")
	}
	p.at++
	return p.field(name, pos, end)
}

func (p *parser) field(name string, pos, end int) (*node, *SyntaxError) {
	steps, problem := parsePath(name)
	if problem != "" {
		return nil, p.fault(pos, problem).spanning(p.src[pos:end])
	}
	return &node{kind: fieldNode, pos: pos, end: end, path: steps}, nil
}

// item reads $_ and a path below it.
func (p *parser) item() (*node, *SyntaxError) {
	pos := p.at
	if !p.has("$_") {
		return nil, p.fault(pos, "$ where a value was expected: the current item is $_")
	}
	if p.predicate == 0 {
		return nil, p.fault(pos, "$_ stands outside the predicate of arraySome, arrayEvery or arrayFilter").spanning("$_")
	}
	p.at += 2
	n := &node{kind: itemNode, pos: pos}
	if !p.has(".") {
		return n, nil
	}
	p.at++
	steps, problem := parsePath(p.barePath())
	if problem != "" {
		return nil, p.fault(pos, problem)
	}
	n.path = steps
	return n, nil
}

// list reads [a, b]; items may be separated by ; too.
func (p *parser) list() (*node, *SyntaxError) {
	n := &node{kind: listNode, pos: p.at}
	p.at++
	p.space()
	for !p.has("]") {
		a, err := p.value()
		if err != nil {
			return nil, p.unclosed(err, n.pos, "[ is never closed by ]")
		}
		n.args = append(n.args, a)
		p.space()
		switch {
		case p.has("]"):
		case p.has(","), p.has(";"):
			p.at++
			p.space()
			if p.has("]") {
				return nil, p.fault(p.at, "a value is missing before ]")
			}
		case p.at == len(p.src):
			return nil, p.fault(n.pos, "[ is never closed by ]")
		default:
			return nil, p.fault(p.at, p.here()+" where a comma or ] was expected")
		}
	}
	p.at++
	return n, nil
}

// quoted reads a text in quotes and returns what stands between them.
func (p *parser) quoted() (string, *SyntaxError) {
	open := p.at
	n := strings.IndexByte(p.src[open+1:], p.src[open])
	if n < 0 {
		return "", p.fault(open, "the text is never closed by "+p.src[open:open+1])
	}
	p.at = open + n + 2
	return p.src[open+1 : open+1+n], nil
}

// barePath reads a name, or a dotted path without quotes; "" if none stands here.
func (p *parser) barePath() string {
	start := p.at
	for p.at < len(p.src) {
		if p.at > start && p.has(everyItem) {
			p.at += len(everyItem)
			continue
		}
		r, size := utf8.DecodeRuneInString(p.src[p.at:])
		inner := p.at > start && (unicode.IsDigit(r) || r == '-' || r == '.')
		if !unicode.IsLetter(r) && r != '_' && !inner {
			break
		}
		p.at += size
	}
	return p.src[start:p.at]
}

func (p *parser) space() {
	for p.at < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[p.at:])
		if !unicode.IsSpace(r) {
			return
		}
		p.at += size
	}
}

func (p *parser) has(s string) bool { return strings.HasPrefix(p.src[p.at:], s) }

// here names the character that the parser stands on.
func (p *parser) here() string {
	if p.at == len(p.src) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(p.src[p.at:])
	return string(r)
}

// fault blames the character at pos, or what is missing at the end.
func (p *parser) fault(pos int, message string) *SyntaxError {
	_, size := utf8.DecodeRuneInString(p.src[pos:])
	return &SyntaxError{Pos: pos, End: pos + size, Kind: Malformed, Message: message}
}

// instead names the functions for what other languages write with an operator.
var instead = map[byte]string{
	'+': "sum(…;…), or concat(…;…) of texts", '-': "subtract(…;…)", '*': "multiply(…;…)", '/': "divide(…;…)",
	'%': "mod(…;…)", '>': "gt(…;…)", '<': "lt(…;…)", '=': "eq(…;…), or stringEq(…;…) of texts",
	'!': "not(…)", '&': "and(…;…)", '|': "or(…;…)", '?': "if(…;…;…)",
}

// misplaced refuses what stands where something else was expected, and says how to
// write what it means elsewhere.
func (p *parser) misplaced(expected string) *SyntaxError {
	message := p.here() + " where " + expected + " was expected"
	if f, ok := instead[p.src[p.at]]; ok {
		message += "; there are no operators: write " + f
	}
	return p.fault(p.at, message)
}

// unclosed blames the bracket at open where err only says that the source ended.
func (p *parser) unclosed(err *SyntaxError, open int, message string) *SyntaxError {
	if err.Pos == len(p.src) {
		return p.fault(open, message)
	}
	return err
}

func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}
