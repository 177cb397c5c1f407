package validate

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// declaration is what is declared of an action; each part may be missing.
type declaration struct{ input, output json.RawMessage }

// declaration returns what an app declared, or Belay itself; false for an action
// that there is not.
func (l *look) declaration(info *belay.AppDefinedInfo) (declaration, bool) {
	app, err := appOf(info.AppID)
	if err != nil {
		return declaration{}, false
	}
	if app == belay.BuiltIn {
		d, ok := l.v.Actions.Find(info.ActionKey)
		return declaration{d.InputSchema, d.OutputSchema}, ok
	}
	d, ok := l.snap.Action(app, info.ActionKey)
	if !ok {
		return declaration{}, false
	}
	return declaration{d.InputSchema, d.OutputSchema}, true
}

// action looks at one action with what comes before it.
func (l *look) action(id string) {
	a := l.actions[id]
	data := formula.TypeOf(l.before(id))
	at := func(place string) Finding {
		return Finding{ActionID: id, Part: Action, FieldKey: lastOf(place), Field: atActions + id + "." + place}
	}
	l.expression(at("skipActionExpression"), a.SkipExpression, data, formula.AsBool)
	if i := a.AppDefined; i != nil {
		l.groups(at, "appDefinedInfo.skipConditionOrExpressionGroups", i.SkipGroups, data)
		l.appDefined(id, i, data)
	}
	if i := a.Condition; i != nil {
		l.groups(at, "conditionInfo.orExpressionGroups", i.Groups, data)
	}
	if i := a.Delay; i != nil {
		l.expression(at("delayInfo.offsetExpression"), i.Offset, data, formula.AsNumber)
		l.expression(at("delayInfo.dueDateEpochExpression"), i.DueEpoch, data, formula.AsTime)
		l.expression(at("delayInfo.dueDateExpression"), i.DueDate, data, formula.AsTime)
	}
	if i := a.SetVariables; i != nil {
		l.template(at("setVariablesInfo.outputMapping"), i.OutputMapping, data)
	}
	if i := a.Output; i != nil {
		l.template(at("outputInfo.outputMapping"), i.OutputMapping, data)
	}
	if i := a.RateLimit; i != nil {
		l.expression(at("rateLimitInfo.maxActivationsExpression"), i.Max, data, formula.AsNumber)
		l.expression(at("rateLimitInfo.rateLimitDurationExpression"), i.Duration, data, formula.AsNumber)
		l.expression(at("rateLimitInfo.uniqueIdentifierExpression"), said(i.Identifier), data, formula.AsAnything)
	}
	for i, e := range l.more.Configuration.Actions[id].CodeCondition.Variables {
		l.expression(at(fmt.Sprintf("codeConditionInfo.dynamicVariableExpressions[%d]", i)), e, data, formula.AsAnything)
	}
}

func (l *look) groups(at func(string) Finding, place string, groups []belay.ExpressionGroup, data formula.Type) {
	for i, g := range groups {
		for j, e := range g.Expressions {
			l.expression(at(fmt.Sprintf("%s[%d].booleanExpressions[%d]", place, i, j)), e, data, formula.AsBool)
		}
	}
}

// template looks at a mapping that may hold anything.
func (l *look) template(f Finding, raw json.RawMessage, data formula.Type) {
	var mapping any
	if json.Unmarshal(raw, &mapping) != nil {
		return // none, or a fault that flow finds
	}
	_, leaves := formula.CheckTemplate(mapping, data)
	root := f.Field
	for i := range leaves {
		leaf := &leaves[i]
		f.Field, f.FieldKey = schema.Place(root, leaf.Steps...), fieldOf(leaf.Steps)
		l.problems(f, leaf.Problems)
	}
}

// fieldOf returns the field of a mapping that steps lead into.
func fieldOf(steps []any) string {
	if len(steps) == 0 {
		return ""
	}
	name, _ := steps[0].(string)
	return name
}

// appDefined looks at whether the site has an action, and at its input.
func (l *look) appDefined(id string, info *belay.AppDefinedInfo, data formula.Type) {
	place := atActions + id + ".appDefinedInfo"
	f := Finding{ActionID: id, Part: Action, Severity: Error, Field: place + ".actionKey", FieldKey: "actionKey"}
	app, err := appOf(info.AppID)
	d, declared := l.declaration(info)
	if err == nil && !l.snap.Installed(app) {
		f := f
		f.Field, f.FieldKey, f.Type, f.Reason = place+".appId", "appId", "APP_NOT_INSTALLED", "APP_NOT_INSTALLED"
		f.Message = "names an app that is not installed on the site"
		l.add(f)
	}
	if err == nil && app != belay.BuiltIn && !declared && info.ActionKey != "" {
		f.Type, f.Reason, f.Message = "NOT_FOUND", "NOT_FOUND", "names an action that the app has not declared"
		if wrong := schema.CheckKey(f.Field, info.ActionKey); len(wrong) > 0 && wrong[0].Rule == "PATTERN" {
			f.Type, f.Reason, f.Message = "INVALID_ACTION_KEY", "PATTERN", wrong[0].Description
		}
		l.add(f)
	}
	if d, ok := l.snap.Action(app, info.ActionKey); err == nil && ok && l.snap.BaseURL(app, d.BaseURL) == "" {
		f.Reason, f.Message = "NO_BASE_URL", "names an action that nobody can be called for: neither it nor its app has a base URL"
		l.add(f)
	}
	mapping := map[string]any{}
	if raw := strings.TrimSpace(string(info.InputMapping)); raw != "" && json.Unmarshal(info.InputMapping, &mapping) != nil {
		return // flow says that it is no object
	}
	m := l.inputMapping(id, place+".inputMapping", mapping, data, d.input)
	m.check()
	if app == belay.BuiltIn {
		m.refuse(l.v.Book.InputFaults(app, info.ActionKey, m.place, mapping))
	} else {
		m.literals()
	}
}
