// Package flow is the rule of how an activation advances, as a pure function:
// a plan, an activation, the time and what attempts achieved go in; the
// activation after it and the attempts to make come out. It touches no clock, no
// store and no network.
//
// Compile makes a Plan of an automation, once per revision. Begin decides what a
// report makes of it; Step advances it as far as it can go without waiting.
package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
)

// Plan is an automation ready to be carried out. It is immutable and may be used
// by many at once.
type Plan struct {
	filters []filter
	offset  *formula.Expression // before the event's time; nil for "at"
	unit    belay.Unit
	limit   *limit              // of the trigger; nil for none
	later   *formula.Expression // start no later than this after the due time; nil for no bound
	lateBy  belay.Unit
	roots   []string
	nodes   map[string]*node
}

type filter struct {
	field string
	pass  *formula.Expression
}

type node struct {
	id        string
	kind      belay.ActionType
	namespace string
	ancestors []*node // root first
	post      []string

	// of an app-defined action
	app   belay.ID
	key   string
	input *formula.Template
	html  *formula.Template // of a built-in action's field "html"; nil where there is none

	// skip leaves the action out where it is true, skipGroups where one passes
	skip       *formula.Expression
	skipGroups []group

	// of a condition; post is then the way taken when it passes
	groups    []group
	otherwise []string

	// continues goes on behind the action when it has failed
	continues bool

	// of a code condition, whose ways are those of a condition
	code *code

	// of variables and of an output
	output *formula.Template

	// of a delay
	delay delay

	// of a rate limit
	limit *limit
}

type group struct {
	all         bool // joined by AND
	expressions []*formula.Expression
}

type delay struct {
	offset *formula.Expression
	unit   belay.Unit
	until  *formula.Expression // nil for a wait that counts from when it begins
}

// Compile returns the plan of an automation. carried says which actions of apps
// can be carried out. The error is a *belay.Error that names every part that is
// wrong: InvalidArgument, or FailedPrecondition with the reason
// NOT_SUPPORTED_YET where the only fault is a part that does not run yet.
func Compile(spec *belay.AutomationSpec, carried func(app belay.ID, actionKey string) bool) (*Plan, error) {
	c := assemble(spec, carried)
	if len(c.wrong) > 0 {
		return nil, &belay.Error{
			Code:       belay.InvalidArgument,
			Message:    "the automation cannot be activated",
			Violations: append(c.wrong, c.unsupported...),
		}
	}
	if len(c.unsupported) > 0 {
		return nil, &belay.Error{
			Code:       belay.FailedPrecondition,
			Reason:     "NOT_SUPPORTED_YET",
			Message:    "the automation uses a part that does not run yet; it can be kept inactive",
			Violations: c.unsupported,
		}
	}
	return c.plan, nil
}

func assemble(spec *belay.AutomationSpec, carried func(app belay.ID, actionKey string) bool) *compiler {
	c := &compiler{plan: &Plan{nodes: make(map[string]*node)}, carried: carried}
	c.trigger(&spec.Configuration.Trigger)
	for _, id := range slices.Sorted(maps.Keys(spec.Configuration.Actions)) {
		action := spec.Configuration.Actions[id]
		c.action(id, &action)
	}
	c.graph(spec.Configuration.RootActionIDs)
	return c
}

// Action returns the app and the key of an action that an app defines, zeros for any
// other.
func (p *Plan) Action(id string) (app belay.ID, key string) {
	if n := p.nodes[id]; n != nil {
		return n.app, n.key
	}
	return belay.ID{}, ""
}

type compiler struct {
	plan        *Plan
	carried     func(belay.ID, string) bool
	wrong       []belay.Violation
	unsupported []belay.Violation
}

func (c *compiler) fault(field, rule, format string, args ...any) {
	c.wrong = append(c.wrong, belay.Violation{Field: field, Rule: rule, Description: fmt.Sprintf(format, args...)})
}

func (c *compiler) notYet(field, what string) {
	c.unsupported = append(c.unsupported, belay.Violation{
		Field: field, Rule: "NOT_SUPPORTED_YET", Description: what + " does not run yet",
	})
}

func (c *compiler) expression(field, source string) *formula.Expression {
	e, err := formula.Compile(source)
	if err != nil {
		c.fault(field, "EXPRESSION", "%v", err)
	}
	return e
}

func (c *compiler) span(field, source string, unit belay.Unit) *formula.Expression {
	if !unit.Valid() {
		c.fault(field, "UNIT", "needs a time unit of MINUTES, HOURS, DAYS, WEEKS or MONTHS, not %q", unit)
	}
	return c.expression(field, source)
}

func (c *compiler) trigger(t *belay.TriggerUse) {
	const at = "configuration.trigger."
	for i, f := range t.Filters {
		field := fmt.Sprintf("%sfilters[%d].filterExpression", at, i)
		if e := c.expression(field, f.Expression); e != nil {
			c.plan.filters = append(c.plan.filters, filter{field: f.FieldKey, pass: e})
		}
	}
	if o := t.ScheduledOffset; o != nil {
		c.plan.offset = c.span(at+"scheduledEventOffset.preScheduledEventOffsetExpression", o.Expression, o.Unit)
		c.plan.unit = o.Unit
	}
	if s := t.SkipWhenLater; s != nil {
		c.plan.later = c.span(at+"skipWhenLater.durationExpression", s.Expression, s.Unit)
		c.plan.lateBy = s.Unit
	}
	if l := t.RateLimit; l != nil {
		c.plan.limit = c.limit("", at+"rateLimit.", "duration", l.Max, l.Duration, l.Unit, l.Identifier)
	}
	if app, err := ActionApp(t.AppID); err == nil && belay.BuiltInTrigger(app, t.TriggerKey) != "" {
		return // it is the trigger's to read the rest
	}
	if given(t.ConfigMapping) && bytes.TrimSpace(t.ConfigMapping)[0] != '{' {
		c.fault(at+"automationConfigMapping", "TYPE", "must be an object")
	}
}

// given reports whether an optional part of the document is there.
func given(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && string(raw) != "null" && string(raw) != "{}" && string(raw) != "[]"
}

func (c *compiler) action(id string, a *belay.Action) {
	at := "configuration.actions." + id
	n := &node{id: id, kind: a.Type, namespace: a.Namespace, continues: a.ContinueOnFailure}
	c.plan.nodes[id] = n
	if a.SkipExpression != "" {
		n.skip = c.expression(at+".skipActionExpression", a.SkipExpression)
	}
	switch a.Type {
	case belay.AppDefined:
		if a.AppDefined == nil {
			c.fault(at+".appDefinedInfo", "REQUIRED", "is required for an action of type APP_DEFINED")
			return
		}
		c.appDefined(at+".appDefinedInfo", n, a.AppDefined)
	case belay.Condition:
		if a.Condition == nil {
			c.fault(at+".conditionInfo", "REQUIRED", "is required for an action of type CONDITION")
			return
		}
		c.condition(at+".conditionInfo", n, a.Condition)
	case belay.Delay:
		if a.Delay == nil {
			c.fault(at+".delayInfo", "REQUIRED", "is required for an action of type DELAY")
			return
		}
		c.delay(at+".delayInfo", n, a.Delay)
	case belay.SetVariables:
		if a.SetVariables == nil {
			c.fault(at+".setVariablesInfo", "REQUIRED", "is required for an action of type SET_VARIABLES")
			return
		}
		n.post = a.SetVariables.Post
		n.output = c.mapping(at+".setVariablesInfo.outputMapping", a.SetVariables.OutputMapping)
	case belay.Output:
		if a.Output == nil {
			c.fault(at+".outputInfo", "REQUIRED", "is required for an action of type OUTPUT")
			return
		}
		n.output = c.mapping(at+".outputInfo.outputMapping", a.Output.OutputMapping)
	case belay.Split:
		if a.Split == nil {
			c.fault(at+".splitInfo", "REQUIRED", "is required for an action of type SPLIT")
			return
		}
		for _, path := range a.Split.Paths {
			n.post = append(n.post, path.Post)
		}
	case belay.Merge:
		if a.Merge != nil {
			n.post = a.Merge.Post
		}
	case belay.CodeCondition:
		if a.CodeCondition == nil {
			c.fault(at+".codeConditionInfo", "REQUIRED", "is required for an action of type CODE_CONDITION")
			return
		}
		c.code(at+".codeConditionInfo", n, a.CodeCondition)
	case belay.RateLimit:
		l := a.RateLimit
		if l == nil {
			c.fault(at+".rateLimitInfo", "REQUIRED", "is required for an action of type RATE_LIMIT")
			return
		}
		n.post = l.Post
		n.limit = c.limit(id, at+".rateLimitInfo.", "rateLimitDuration", l.Max, l.Duration, l.Unit, l.Identifier)
	default:
		c.fault(at+".type", "ENUM", "is %q, which is no type of action", a.Type)
	}
}

func (c *compiler) appDefined(at string, n *node, info *belay.AppDefinedInfo) {
	n.post = info.Post
	app, err := ActionApp(info.AppID)
	if err != nil {
		c.fault(at+".appId", "GUID", "%v", err)
		return
	}
	n.app, n.key = app, info.ActionKey
	switch {
	case app == belay.BuiltIn && !c.carried(app, info.ActionKey):
		c.fault(at+".actionKey", "NOT_FOUND", "names no built-in action: %q", info.ActionKey)
	case !c.carried(app, info.ActionKey):
		c.notYet(at+".actionKey", fmt.Sprintf("the action %q of the app %s", info.ActionKey, app))
	}
	n.skipGroups = c.groups(at+".skipConditionOrExpressionGroups", info.SkipGroups)
	mapping, ok := c.object(at+".inputMapping", info.InputMapping)
	if !ok {
		return
	}
	if n.input, err = formula.CompileTemplate(mapping); err != nil {
		c.fault(at+".inputMapping", "EXPRESSION", "%v", err)
		return
	}
	if page, ok := mapping["html"]; ok && app == belay.BuiltIn {
		n.html, err = formula.CompileTemplate(page)
		if err != nil {
			c.fault(at+".inputMapping", "EXPRESSION", "html: %v", err)
		}
	}
}

// object reads a mapping; one that is not given is empty.
func (c *compiler) object(field string, raw json.RawMessage) (mapping map[string]any, ok bool) {
	mapping = map[string]any{}
	if given(raw) && json.Unmarshal(raw, &mapping) != nil {
		c.fault(field, "TYPE", "must be an object")
		return nil, false
	}
	return mapping, true
}

func (c *compiler) mapping(field string, raw json.RawMessage) *formula.Template {
	mapping, ok := c.object(field, raw)
	if !ok {
		return nil
	}
	t, err := formula.CompileTemplate(mapping)
	if err != nil {
		c.fault(field, "EXPRESSION", "%v", err)
	}
	return t
}

// ActionApp reads the app of an action: a GUID, or the name of the built-in app.
func ActionApp(s string) (belay.ID, error) {
	if s == belay.BuiltInName {
		return belay.BuiltIn, nil
	}
	return belay.ParseID(s)
}

func (c *compiler) condition(at string, n *node, info *belay.ConditionInfo) {
	n.post, n.otherwise = info.True, info.False
	if len(info.Groups) == 0 {
		c.fault(at+".orExpressionGroups", "MIN_ITEMS", "needs at least one group")
	}
	n.groups = c.groups(at+".orExpressionGroups", info.Groups)
}

func (c *compiler) groups(at string, groups []belay.ExpressionGroup) (compiled []group) {
	for i, g := range groups {
		field := fmt.Sprintf("%s[%d]", at, i)
		var out group
		switch g.Operator {
		case "AND", "":
			out.all = true
		case "OR":
		default:
			c.fault(field+".operator", "ENUM", "must be AND or OR, not %q", g.Operator)
		}
		if len(g.Expressions) == 0 {
			c.fault(field+".booleanExpressions", "MIN_ITEMS", "needs at least one expression")
		}
		for j, source := range g.Expressions {
			if e := c.expression(fmt.Sprintf("%s.booleanExpressions[%d]", field, j), source); e != nil {
				out.expressions = append(out.expressions, e)
			}
		}
		compiled = append(compiled, out)
	}
	return compiled
}

func (c *compiler) delay(at string, n *node, info *belay.DelayInfo) {
	n.post = info.Post
	switch {
	case info.DueEpoch != "" && info.DueDate != "":
		c.fault(at+".dueDateExpression", "ONE_OF", "and dueDateEpochExpression are both set; only one can be")
	case info.DueEpoch != "":
		n.delay.until = c.expression(at+".dueDateEpochExpression", info.DueEpoch)
	case info.DueDate != "":
		n.delay.until = c.expression(at+".dueDateExpression", info.DueDate)
	case info.Offset == "":
		c.fault(at+".offsetExpression", "REQUIRED", "or a due date is required")
	}
	if info.Offset != "" {
		n.delay.offset = c.span(at+".offsetExpression", info.Offset, info.Unit)
		n.delay.unit = info.Unit
	}
}
