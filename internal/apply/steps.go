package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Steps are the actions of an automation by their keys, in the order written.
type Steps []Step

// Step is one action of an automation: what it does, waits for or asks, and what
// follows. Exactly one of Do, If, Code, Limit, (Wait, Until, UntilEpoch), Split, Merge,
// Set and Output is given.
type Step struct {
	Key string `yaml:"-"`
	// Do names a built-in action, "send_email", or another app's, "app/action".
	Do   string `yaml:"do,omitempty"`
	With any    `yaml:"with,omitempty"`
	// Wait, Until and both: for a time, until a date, until a date and a time more.
	Wait       Span   `yaml:"wait,omitempty"`
	Until      string `yaml:"until,omitempty"`
	UntilEpoch string `yaml:"untilEpoch,omitempty"` // milliseconds since 1970
	If         *Test  `yaml:"if,omitempty"`
	// Code is JavaScript that answers true or false; Variables are the fields that it
	// is given, by their paths or as expressions.
	Code      string   `yaml:"code,omitempty"`
	Variables []string `yaml:"variables,omitempty"`
	Split     []Path   `yaml:"split,omitempty"`
	Merge     bool     `yaml:"merge,omitempty"`
	// Set gives variables values, and Schema describes them; Output is what the
	// automation gives as a whole.
	Set    any `yaml:"set,omitempty"`
	Schema any `yaml:"schema,omitempty"`
	Output any `yaml:"output,omitempty"`
	// Limit lets what follows go on so often.
	Limit *Limit `yaml:"limit,omitempty"`
	// Then follow; of a condition, where it passes.
	Then []string `yaml:"then,omitempty"`
	Else []string `yaml:"else,omitempty"`

	Namespace   string `yaml:"namespace,omitempty"`
	DisplayName string `yaml:"displayName,omitempty"`
	// Skip leaves the action out where the expression is true, SkipIf where it passes.
	Skip              string `yaml:"skip,omitempty"`
	SkipIf            *Test  `yaml:"skipIf,omitempty"`
	ContinueOnFailure bool   `yaml:"continueOnFailure,omitempty"`
}

// Test is a condition: a list of expressions that must all pass, or {any: […]},
// or {groups: […]} of such lists, one of which must pass.
type Test struct {
	Groups []Group
}

// Group joins expressions; All or Any is given.
type Group struct {
	All []string `yaml:"all,omitempty"`
	Any []string `yaml:"any,omitempty"`
}

// UnmarshalYAML reads the actions in their order.
func (s *Steps) UnmarshalYAML(n ast.Node) error {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return fmt.Errorf("[%d:1] actions must be a map of actions by their keys", n.GetToken().Position.Line)
	}
	for _, v := range values {
		var step Step
		if err := strict(v.Value, &step); err != nil {
			return err
		}
		if err := yaml.NodeToValue(v.Key, &step.Key); err != nil {
			return err
		}
		*s = append(*s, step)
	}
	return nil
}

// MarshalYAML writes the actions in their order.
func (s Steps) MarshalYAML() (any, error) {
	m := make(yaml.MapSlice, len(s))
	for i, step := range s {
		m[i] = yaml.MapItem{Key: step.Key, Value: step}
	}
	return m, nil
}

// UnmarshalYAML reads any of the three forms.
func (t *Test) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.SequenceType {
		var all []string
		if err := strict(n, &all); err != nil {
			return err
		}
		t.Groups = []Group{{All: all}}
		return nil
	}
	var form struct {
		Group  `yaml:",inline"`
		Groups []Group `yaml:"groups,omitempty"`
	}
	if err := strict(n, &form); err != nil {
		return err
	}
	t.Groups = form.Groups
	if form.All != nil || form.Any != nil {
		t.Groups = append([]Group{form.Group}, t.Groups...)
	}
	return nil
}

// MarshalYAML writes the shortest form.
func (t Test) MarshalYAML() (any, error) {
	switch {
	case len(t.Groups) == 1 && t.Groups[0].All != nil:
		return t.Groups[0].All, nil
	case len(t.Groups) == 1:
		return t.Groups[0], nil
	}
	return object{{"groups", t.Groups}}, nil
}

// write returns the action as the API has it.
func (s *Step) write(apps *names) (object, error) {
	action, err := s.writeKind(object{{"id", s.Key}}, apps)
	if err != nil {
		return nil, fmt.Errorf("action %s: %w", s.Key, err)
	}
	action = action.with("namespace", s.Namespace).with("displayName", s.DisplayName).with("skipActionExpression", s.Skip)
	if s.ContinueOnFailure {
		action = append(action, member{"continueOnFailure", true})
	}
	return action, nil
}

// writeKind adds what the type of the action asks for.
func (s *Step) writeKind(action object, apps *names) (object, error) {
	type kind struct {
		given bool
		write func() (object, error)
	}
	var chosen []kind
	for _, k := range []kind{
		{s.Do != "", func() (object, error) { return s.writeDo(action, apps) }},
		{s.If != nil, func() (object, error) { return s.writeIf(action) }},
		{s.Code != "", func() (object, error) { return s.writeCode(action), nil }},
		{s.Limit != nil, func() (object, error) { return s.writeLimit(action) }},
		{s.Wait != "" || s.Until != "" || s.UntilEpoch != "", func() (object, error) { return s.writeWait(action) }},
		{s.Split != nil, func() (object, error) { return s.writeSplit(action), nil }},
		{s.Merge, func() (object, error) { return s.writeMerge(action), nil }},
		{s.Set != nil, func() (object, error) { return s.writeSet(action), nil }},
		{s.Output != nil, func() (object, error) { return s.writeOutput(action), nil }},
	} {
		if k.given {
			chosen = append(chosen, k)
		}
	}
	if len(chosen) != 1 {
		return nil, errors.New("must have exactly one of do, if, code, limit, wait (or until), split, merge, set and output")
	}
	for _, needs := range []struct {
		wrong bool
		what  string
	}{
		{s.With != nil && s.Do == "", "with needs a do"},
		{s.SkipIf != nil && s.Do == "", "skipIf needs a do; any action can have skip"},
		{s.Variables != nil && s.Code == "", "variables need a code"},
		{s.Schema != nil && s.Set == nil, "schema needs a set"},
		{s.Else != nil && s.If == nil && s.Code == "", "else needs an if or a code"},
		{s.Then != nil && s.Split != nil, "the paths of a split have a then each"},
		{s.Then != nil && s.Output != nil, "nothing follows an output"},
	} {
		if needs.wrong {
			return nil, errors.New(needs.what)
		}
	}
	return chosen[0].write()
}

// with adds a text that is not empty.
func (o object) with(key, text string) object {
	if text == "" {
		return o
	}
	return append(o, member{key, text})
}

// following adds a list of actions that is not empty.
func (o object) following(key string, ids []string) object {
	if len(ids) == 0 {
		return o
	}
	return append(o, member{key, ids})
}

func (s *Step) writeDo(action object, apps *names) (object, error) {
	app, key := builtIn, s.Do
	if name, own, ok := cutLast(s.Do, "/"); ok {
		id, err := apps.id(name)
		if err != nil {
			return nil, err
		}
		app, key = id, own
	}
	info := object{{"appId", app}, {"actionKey", key}}
	if s.With != nil {
		info = append(info, member{"inputMapping", ordered(s.With)})
	}
	if s.SkipIf != nil {
		groups, err := s.SkipIf.write()
		if err != nil {
			return nil, fmt.Errorf("skipIf: %w", err)
		}
		info = append(info, member{"skipConditionOrExpressionGroups", groups})
	}
	return append(action, member{"type", "APP_DEFINED"}, member{"appDefinedInfo", info.following("postActionIds", s.Then)}), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (s *Step) writeIf(action object) (object, error) {
	groups, err := s.If.write()
	if err != nil {
		return nil, fmt.Errorf("if: %w", err)
	}
	info := object{{"orExpressionGroups", groups}}.following("truePostActionIds", s.Then).following("falsePostActionIds", s.Else)
	return append(action, member{"type", "CONDITION"}, member{"conditionInfo", info}), nil
}

// write returns the groups as the API has them.
func (t *Test) write() ([]any, error) {
	groups := make([]any, len(t.Groups))
	for i, g := range t.Groups {
		operator, list := "AND", g.All
		if g.Any != nil {
			operator, list = "OR", g.Any
		}
		if g.All != nil && g.Any != nil || len(list) == 0 {
			return nil, errors.New("each group needs either all or any, with at least one expression")
		}
		groups[i] = object{{"operator", operator}, {"booleanExpressions", list}}
	}
	return groups, nil
}

func (s *Step) writeWait(action object) (object, error) {
	info := object{}
	if s.Wait != "" {
		expression, unit, err := s.Wait.read()
		if err != nil {
			return nil, fmt.Errorf("wait: %w", err)
		}
		info = object{{"offsetExpression", expression}, {"offsetTimeUnit", unit}}
	}
	info = info.with("dueDateExpression", s.Until).with("dueDateEpochExpression", s.UntilEpoch)
	return append(action, member{"type", "DELAY"}, member{"delayInfo", info.following("postActionIds", s.Then)}), nil
}

// next returns the actions that may follow.
func (s *Step) next() []string {
	next := slices.Concat(s.Then, s.Else)
	for _, p := range s.Split {
		if p.Then != "" {
			next = append(next, p.Then)
		}
	}
	return next
}

// roots returns the actions that no other leads to.
func (s Steps) roots() []string {
	led := make(map[string]bool)
	for i := range s {
		for _, key := range s[i].next() {
			led[key] = true
		}
	}
	var list []string
	for i := range s {
		if !led[s[i].Key] {
			list = append(list, s[i].Key)
		}
	}
	return list
}

// Replace changes a text among what the action is given, if there is one under
// that key.
func (s *Step) Replace(key string, with func(string) string) {
	given, _ := s.With.(yaml.MapSlice)
	for i := range given {
		if text, ok := given[i].Value.(string); ok && given[i].Key == key {
			given[i].Value = with(text)
		}
	}
}
