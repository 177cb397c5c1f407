package script

import (
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"
	"github.com/grafana/sobek/parser"
	"github.com/grafana/sobek/token"
	"github.com/grafana/sobek/unistring"
)

// The names under which rewritten code finds its meter. No source can spell a name
// that begins with a space, so no code can reach or hide them.
const (
	stepTool  = " step"  // pays for a call or a turn of a loop
	sizeTool  = " size"  // pays for a text or a list that was made, and gives it
	wholeTool = " whole" // pays for going through a text, a list or an object's fields, and gives it
	keyTool   = " key"   // pays for the room that writing to an index may take
)

// meter rewrites a tree so that it pays for what it does. It is also the list of
// what is understood: any other part of the language is refused.
type meter struct {
	file *file.File
	err  *Error
}

func (m *meter) refuse(n ast.Node, what string) {
	if m.err == nil {
		at := m.file.Position(int(n.Idx0()) - 1)
		m.err = fault("%d:%d: %s cannot be used here", at.Line, at.Column, what)
	}
}

func name(s string) *ast.Identifier { return &ast.Identifier{Name: unistring.String(s), Idx: 1} }

func tool(s string, args ...ast.Expression) *ast.CallExpression {
	return &ast.CallExpression{Callee: name(s), ArgumentList: args}
}

// step is the payment for running what stands between two places once.
func step(from, to file.Idx) ast.Expression {
	return tool(stepTool, &ast.NumberLiteral{Idx: 1, Literal: "0", Value: int64(1 + max(0, to-from)/32)})
}

// module turns a module into a function of the tools that gives the default export.
func (m *meter) module(p *ast.Program) ast.Expression {
	var body []ast.Statement
	var export ast.Expression
	for _, s := range p.Body {
		e, ok := s.(*ast.ExportDeclaration)
		if !ok {
			body = append(body, m.statement(s))
			continue
		}
		switch declared := e.HoistableDeclaration; {
		case !e.IsDefault:
			m.refuse(s, "an export other than the default")
		case declared != nil && declared.FunctionDeclaration != nil:
			f := declared.FunctionDeclaration.Function
			m.function(f)
			if export = f; f.Name != nil {
				body = append(body, declared.FunctionDeclaration)
				export = f.Name
			}
		case e.AssignExpression != nil:
			switch e.AssignExpression.(type) {
			case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
				export = m.expr(e.AssignExpression)
			default:
				m.refuse(s, "a default export that is no function")
			}
		default:
			m.refuse(s, "a default export that is no function")
		}
	}
	if export == nil && m.err == nil {
		m.err = fault("the code has no default export: export default function(payload) { … }")
	}
	params := &ast.ParameterList{}
	for _, s := range []string{stepTool, sizeTool, wholeTool, keyTool} {
		params.List = append(params.List, &ast.Binding{Target: name(s)})
	}
	return &ast.FunctionLiteral{
		Function: 1, ParameterList: params, DeclarationList: p.DeclarationList,
		Body: &ast.BlockStatement{LeftBrace: 1, List: append(body, &ast.ReturnStatement{Return: 1, Argument: export})},
	}
}

func (m *meter) function(f *ast.FunctionLiteral) {
	if f.Async || f.Generator {
		m.refuse(f, "an async function or a generator")
		return
	}
	m.parameters(f.ParameterList)
	m.body(f.Body)
}

func (m *meter) parameters(p *ast.ParameterList) {
	m.bindings(p.List)
	if p.Rest != nil {
		m.target(p.Rest)
	}
}

// body makes a block pay each time it is entered.
func (m *meter) body(b *ast.BlockStatement) {
	pay := step(b.Idx0(), b.Idx1())
	m.statements(b.List)
	b.List = append([]ast.Statement{&ast.ExpressionStatement{Expression: pay}}, b.List...)
}

// turn makes what a loop repeats pay.
func (m *meter) turn(loop ast.Node, s ast.Statement) ast.Statement {
	pay := step(loop.Idx0(), loop.Idx1())
	return &ast.BlockStatement{LeftBrace: s.Idx0(), List: []ast.Statement{&ast.ExpressionStatement{Expression: pay}, m.statement(s)}, RightBrace: s.Idx1()}
}

func (m *meter) statements(list []ast.Statement) {
	for i := range list {
		list[i] = m.statement(list[i])
	}
}

func (m *meter) statement(s ast.Statement) ast.Statement {
	switch s := s.(type) {
	case nil:
	case *ast.EmptyStatement, *ast.BranchStatement:
	case *ast.BlockStatement:
		m.statements(s.List)
	case *ast.ExpressionStatement:
		s.Expression = m.expr(s.Expression)
	case *ast.VariableStatement:
		m.bindings(s.List)
	case *ast.LexicalDeclaration:
		m.bindings(s.List)
	case *ast.FunctionDeclaration:
		m.function(s.Function)
	case *ast.IfStatement:
		s.Test, s.Consequent, s.Alternate = m.expr(s.Test), m.statement(s.Consequent), m.statement(s.Alternate)
	case *ast.ReturnStatement:
		s.Argument = m.expr(s.Argument)
	case *ast.ThrowStatement:
		s.Argument = m.expr(s.Argument)
	case *ast.LabelledStatement:
		s.Statement = m.statement(s.Statement)
	case *ast.TryStatement:
		m.statements(s.Body.List)
		if s.Catch != nil {
			if s.Catch.Parameter != nil {
				m.target(s.Catch.Parameter)
			}
			m.statements(s.Catch.Body.List)
		}
		if s.Finally != nil {
			m.statements(s.Finally.List)
		}
	case *ast.SwitchStatement:
		s.Discriminant = m.expr(s.Discriminant)
		for _, c := range s.Body {
			c.Test = m.expr(c.Test)
			m.statements(c.Consequent)
		}
	default:
		return m.loop(s)
	}
	return s
}

func (m *meter) loop(s ast.Statement) ast.Statement {
	switch s := s.(type) {
	case *ast.WhileStatement:
		s.Test, s.Body = m.expr(s.Test), m.turn(s, s.Body)
	case *ast.DoWhileStatement:
		s.Test, s.Body = m.expr(s.Test), m.turn(s, s.Body)
	case *ast.ForStatement:
		switch i := s.Initializer.(type) {
		case *ast.ForLoopInitializerExpression:
			i.Expression = m.expr(i.Expression)
		case *ast.ForLoopInitializerVarDeclList:
			m.bindings(i.List)
		case *ast.ForLoopInitializerLexicalDecl:
			m.bindings(i.LexicalDeclaration.List)
		}
		s.Test, s.Update, s.Body = m.expr(s.Test), m.expr(s.Update), m.turn(s, s.Body)
	case *ast.ForInStatement:
		m.into(s.Into)
		s.Source, s.Body = tool(wholeTool, m.expr(s.Source)), m.turn(s, s.Body)
	case *ast.ForOfStatement:
		m.into(s.Into)
		s.Source, s.Body = tool(sizeTool, m.expr(s.Source)), m.turn(s, s.Body)
	default:
		m.refuse(s, "this kind of statement")
	}
	return s
}

func (m *meter) into(i ast.ForInto) {
	switch i := i.(type) {
	case *ast.ForIntoVar:
		m.bindings([]*ast.Binding{i.Binding})
	case *ast.ForDeclaration:
		m.target(i.Target)
	case *ast.ForIntoExpression:
		m.target(i.Expression)
	}
}

func (m *meter) bindings(list []*ast.Binding) {
	for _, b := range list {
		m.target(b.Target)
		b.Initializer = m.expr(b.Initializer)
	}
}

// target checks what a declaration or a destructuring writes to.
func (m *meter) target(e ast.Expression) {
	switch e := e.(type) {
	case nil, *ast.Identifier:
	case *ast.Binding:
		m.bindings([]*ast.Binding{e})
	case *ast.AssignExpression: // a default
		m.target(e.Left)
		e.Right = m.expr(e.Right)
	case *ast.ArrayPattern:
		for _, item := range e.Elements {
			m.target(item)
		}
		if e.Rest != nil {
			m.refuse(e, "the rest of a destructuring")
		}
	case *ast.ObjectPattern:
		for _, p := range e.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				p.Initializer = m.expr(p.Initializer)
			case *ast.PropertyKeyed:
				p.Key = m.expr(p.Key)
				m.target(p.Value)
			default:
				m.refuse(e, "this kind of destructuring")
			}
		}
		if e.Rest != nil {
			m.refuse(e, "the rest of a destructuring")
		}
	default:
		m.refuse(e, "a destructuring to anything but a name")
	}
}

// written rewrites what an assignment or an increment writes to.
func (m *meter) written(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.DotExpression:
		e.Left = m.expr(e.Left)
	case *ast.BracketExpression:
		e.Left, e.Member = m.expr(e.Left), tool(keyTool, m.expr(e.Member))
	default:
		m.target(e)
	}
	return e
}

func (m *meter) exprs(list []ast.Expression) {
	for i, e := range list {
		if spread, ok := e.(*ast.SpreadElement); ok {
			spread.Expression = tool(wholeTool, m.expr(spread.Expression))
			continue
		}
		list[i] = m.expr(e)
	}
}

// expr returns an expression rewritten. Nil stays nil.
func (m *meter) expr(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case nil, *ast.BooleanLiteral, *ast.NullLiteral, *ast.StringLiteral, *ast.ThisExpression:
	case *ast.Identifier:
		if e.Name == "eval" {
			m.refuse(e, "eval")
		}
	case *ast.NumberLiteral:
		switch e.Value.(type) {
		case int64, float64:
		default:
			m.refuse(e, "a BigInt")
		}
	case *ast.RegExpLiteral:
		m.pattern(e)
	case *ast.ArrayLiteral:
		m.exprs(e.Value)
	case *ast.ObjectLiteral:
		m.object(e)
	case *ast.AssignExpression:
		e.Left, e.Right = m.written(e.Left), m.expr(e.Right)
		if e.Operator == token.PLUS {
			return tool(sizeTool, e)
		}
	case *ast.BinaryExpression:
		e.Left, e.Right = m.expr(e.Left), m.expr(e.Right)
		if e.Operator == token.PLUS {
			return tool(sizeTool, e)
		}
	case *ast.UnaryExpression:
		if e.Operator == token.INCREMENT || e.Operator == token.DECREMENT {
			e.Operand = m.written(e.Operand)
		} else {
			e.Operand = m.expr(e.Operand)
		}
	case *ast.ConditionalExpression:
		e.Test, e.Consequent, e.Alternate = m.expr(e.Test), m.expr(e.Consequent), m.expr(e.Alternate)
	case *ast.SequenceExpression:
		m.exprs(e.Sequence)
	case *ast.DotExpression:
		e.Left = m.expr(e.Left)
	case *ast.BracketExpression:
		e.Left, e.Member = m.expr(e.Left), m.expr(e.Member)
	case *ast.OptionalChain:
		e.Expression = m.expr(e.Expression)
	case *ast.Optional:
		e.Expression = m.expr(e.Expression)
	case *ast.CallExpression:
		e.Callee = m.expr(e.Callee)
		m.exprs(e.ArgumentList)
	case *ast.NewExpression:
		e.Callee = m.expr(e.Callee)
		m.exprs(e.ArgumentList)
		for i, a := range e.ArgumentList {
			if _, spread := a.(*ast.SpreadElement); !spread {
				e.ArgumentList[i] = tool(wholeTool, a)
			}
		}
	case *ast.TemplateLiteral:
		if e.Tag != nil {
			m.refuse(e, "a tagged template")
		}
		m.exprs(e.Expressions)
		return tool(sizeTool, e)
	case *ast.FunctionLiteral:
		m.function(e)
	case *ast.ArrowFunctionLiteral:
		m.arrow(e)
	default:
		m.refuse(e, "this kind of expression")
	}
	return e
}

func (m *meter) arrow(f *ast.ArrowFunctionLiteral) {
	if f.Async {
		m.refuse(f, "an async function or a generator")
		return
	}
	m.parameters(f.ParameterList)
	switch b := f.Body.(type) {
	case *ast.BlockStatement:
		m.body(b)
	case *ast.ExpressionBody:
		pay := step(b.Idx0(), b.Idx1())
		b.Expression = &ast.SequenceExpression{Sequence: []ast.Expression{pay, m.expr(b.Expression)}}
	}
}

func (m *meter) object(e *ast.ObjectLiteral) {
	for _, p := range e.Value {
		switch p := p.(type) {
		case *ast.PropertyShort:
			if p.Name.Name == "eval" {
				m.refuse(p, "eval")
			}
		case *ast.PropertyKeyed:
			p.Key = m.expr(p.Key)
			p.Value = m.expr(p.Value)
		case *ast.SpreadElement:
			p.Expression = tool(wholeTool, m.expr(p.Expression))
		default:
			m.refuse(e, "this kind of field")
		}
	}
}

// pattern refuses regular expressions that need backtracking: what they cost is
// not bounded by what they read.
func (m *meter) pattern(e *ast.RegExpLiteral) {
	if _, err := parser.TransformRegExp(e.Pattern, false, false); err != nil {
		m.refuse(e, "a regular expression that looks around or refers back")
	}
}
