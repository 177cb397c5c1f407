package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Steps are the actions of an automation by their keys, in the order written.
type Steps []Step

// Step is one action of an automation: what it does, waits for or asks, and what
// follows. Exactly one of Do, If and (Wait, Until, UntilEpoch) is given.
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
	// Then follow; of a condition, where it passes.
	Then []string `yaml:"then,omitempty"`
	Else []string `yaml:"else,omitempty"`

	Namespace   string `yaml:"namespace,omitempty"`
	DisplayName string `yaml:"displayName,omitempty"`
	Skip        string `yaml:"skip,omitempty"`
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
	action := object{{"id", s.Key}}
	kinds := 0
	for _, given := range []bool{s.Do != "", s.If != nil, s.Wait != "" || s.Until != "" || s.UntilEpoch != ""} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("action %s: must have exactly one of do, if and wait (or until)", s.Key)
	}
	if s.Else != nil && s.If == nil {
		return nil, fmt.Errorf("action %s: else needs an if", s.Key)
	}
	if s.With != nil && s.Do == "" {
		return nil, fmt.Errorf("action %s: with needs a do", s.Key)
	}
	var err error
	switch {
	case s.Do != "":
		action, err = s.writeDo(action, apps)
	case s.If != nil:
		action, err = s.writeIf(action)
	default:
		action, err = s.writeWait(action)
	}
	if err != nil {
		return nil, fmt.Errorf("action %s: %w", s.Key, err)
	}
	return action.with("namespace", s.Namespace).with("displayName", s.DisplayName).with("skipActionExpression", s.Skip), nil
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
	return append(action, member{"type", "APP_DEFINED"}, member{"appDefinedInfo", info.following("postActionIds", s.Then)}), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (s *Step) writeIf(action object) (object, error) {
	groups := make([]any, len(s.If.Groups))
	for i, g := range s.If.Groups {
		operator, list := "AND", g.All
		if g.Any != nil {
			operator, list = "OR", g.Any
		}
		if g.All != nil && g.Any != nil || len(list) == 0 {
			return nil, fmt.Errorf("if: each group needs either all or any, with at least one expression")
		}
		groups[i] = object{{"operator", operator}, {"booleanExpressions", list}}
	}
	info := object{{"orExpressionGroups", groups}}.following("truePostActionIds", s.Then).following("falsePostActionIds", s.Else)
	return append(action, member{"type", "CONDITION"}, member{"conditionInfo", info}), nil
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
func (s *Step) next() []string { return slices.Concat(s.Then, s.Else) }

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
