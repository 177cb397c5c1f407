package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/script"
)

// maxVariables is how many variables code may be given.
const maxVariables = 50

// code is what a code condition runs, and what it is given of the payload.
type code struct {
	script    *script.Code
	variables []variable
}

// variable is one field that code finds in its payload, at its own path.
type variable struct {
	path  []string
	value *formula.Expression
}

func (c *compiler) code(at string, n *node, info *belay.CodeConditionInfo) {
	n.post, n.otherwise = info.True, info.False
	if info.Snippet.Language != "JAVASCRIPT" && info.Snippet.Language != "" {
		c.fault(at+".snippet.language", "ENUM", "must be JAVASCRIPT, not %q", info.Snippet.Language)
	}
	compiled, err := script.Compile(info.Snippet.Code)
	if err != nil {
		c.fault(at+".snippet.code", "CODE", "%v", err)
	}
	n.code = &code{script: compiled}
	if len(info.Variables) > maxVariables {
		c.fault(at+".dynamicVariableExpressions", "MAX_ITEMS", "must have at most %d items, has %d", maxVariables, len(info.Variables))
		return
	}
	for i, source := range info.Variables {
		field := fmt.Sprintf("%s.dynamicVariableExpressions[%d]", at, i)
		e := c.expression(field, source)
		if e == nil {
			continue
		}
		path, ok := pathOf(e)
		if !ok {
			c.fault(field, "VARIABLE", `must be one field of the payload, such as {{var("contact.email")}}`)
			continue
		}
		n.code.variables = append(n.code.variables, variable{path: path, value: e})
	}
	n.code.variables = outermost(n.code.variables)
}

// pathOf returns the path of an expression that is a field and nothing else.
func pathOf(e *formula.Expression) (path []string, ok bool) {
	read := e.Variables()
	if len(read) != 1 || strings.Contains(read[0], "[") {
		return nil, false
	}
	text := strings.TrimSpace(e.Source())
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "{{"), "}}"))
	if inner, called := strings.CutPrefix(text, "var("); called {
		text = strings.TrimSpace(strings.TrimSuffix(inner, ")"))
	}
	if strings.Trim(text, `"'`) != read[0] {
		return nil, false
	}
	return strings.Split(read[0], "."), true
}

// outermost returns the variables that stand in no other.
func outermost(all []variable) (kept []variable) {
	for i, v := range all {
		if !slices.ContainsFunc(all, func(other variable) bool {
			return len(other.path) < len(v.path) && slices.Equal(other.path, v.path[:len(other.path)])
		}) && !slices.ContainsFunc(all[:i], func(other variable) bool { return slices.Equal(other.path, v.path) }) {
			kept = append(kept, v)
		}
	}
	return kept
}

// payload returns what the code is given: the variables alone, each at its path,
// null where there is none.
func (c *code) payload(scope formula.Scope) (map[string]any, error) {
	payload := map[string]any{}
	for _, v := range c.variables {
		value, err := v.value.Eval(scope)
		if err != nil {
			return nil, fmt.Errorf("the variable %s could not be evaluated: %w", strings.Join(v.path, "."), err)
		}
		last := len(v.path) - 1
		holder := payload
		for _, name := range v.path[:last] {
			inner, ok := holder[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				holder[name] = inner
			}
			holder = inner
		}
		holder[v.path[last]] = value
	}
	return payload, nil
}

// judge runs a code condition. One that fails goes neither way, unless the action
// is to continue on failure: then it goes the way of one that did not pass.
func (s *stepper) judge(i int, n *node, due belay.Instant) {
	state := &s.a.Actions[i]
	payload, err := n.code.payload(s.in.scope(s.data(n)))
	if err == nil {
		state.Passed, err = n.code.script.Eval(payload, s.in.Zone)
	}
	if err != nil {
		s.fail(state, "CODE", err.Error())
		return
	}
	s.end(i)
	if s.a.Actions[i].Passed {
		s.follow(n.post, due)
	} else {
		s.follow(n.otherwise, due)
	}
}
