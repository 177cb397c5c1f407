package apply

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/belay-events/belay/api"
)

// describe writes an automation's document as a person would. Whatever the
// friendly form cannot say is kept: where reading the form back would not give
// the same document, the document itself is written.
func describe(doc object, id, site string, apps, sites *names) (*Automation, error) {
	rest := doc.without(serverFields...)
	raw, err := json.Marshal(rest)
	if err != nil {
		return nil, err
	}
	var known api.Automation
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, fmt.Errorf("automation %s: %w", id, err)
	}
	a := &Automation{Kind: "automation", Site: sites.name(site), Name: known.Name}
	if id != derivedAutomation(site, known.Name) {
		a.ID = id
	}
	friendly := *a
	friendly.fill(&known, rest, site, apps)
	if again, err := friendly.write(site, apps); err == nil && sameJSON(again, rest) {
		return &friendly, nil
	}
	a.Document = rest.without("name")
	return a, nil
}

func derivedAutomation(site, name string) string { return derived("automation", site, name) }

func (a *Automation) fill(known *api.Automation, doc object, site string, apps *names) {
	a.Description = known.Description
	if known.Origin != "USER" {
		a.Origin = known.Origin
	}
	if known.Configuration.Status != "ACTIVE" {
		a.Status = known.Configuration.Status
	}
	t := &known.Configuration.Trigger
	a.Trigger = &Use{App: apps.name(t.AppID), Key: t.TriggerKey}
	if t.AppID == builtIn {
		if own := ownUse(t.TriggerKey, doc); own != nil {
			a.Trigger = own
		}
	} else {
		a.Trigger.Config = doc.at("configuration", "trigger", "automationConfigMapping")
	}
	for _, f := range t.Filters {
		own := Filter{Field: f.FieldKey, When: f.FilterExpression}
		if f.ID != derived("filter", site, known.Name, f.FieldKey) {
			own.ID = f.ID
		}
		a.Trigger.Filters = append(a.Trigger.Filters, own)
	}
	if o := t.ScheduledOffset; o != nil {
		a.Trigger.Before = spanOf(o.Expression, o.Unit)
	}
	if s := t.SkipWhenLater; s != nil {
		a.Trigger.SkipWhenLater = spanOf(s.Expression, s.Unit)
	}
	a.Trigger.Limit = limitOfTrigger(t.RateLimit)
	steps := make(map[string]Step, len(known.Configuration.Actions))
	for id, action := range known.Configuration.Actions {
		own, _ := doc.at("configuration", "actions", id).(object)
		steps[id] = stepOf(id, &action, own, apps)
	}
	for _, id := range order(known.Configuration.RootActionIDs, steps) {
		a.Actions = append(a.Actions, steps[id])
	}
	if roots := a.Actions.roots(); !slices.Equal(roots, known.Configuration.RootActionIDs) {
		a.First = known.Configuration.RootActionIDs
	}
}

// order returns the actions as they are reached, and then the rest by ID.
func order(roots []string, steps map[string]Step) []string {
	var list []string
	seen := make(map[string]bool)
	var visit func(id string)
	visit = func(id string) {
		s, known := steps[id]
		if !known || seen[id] {
			return
		}
		seen[id] = true
		list = append(list, id)
		for _, next := range s.next() {
			visit(next)
		}
	}
	for _, id := range roots {
		visit(id)
	}
	var rest []string
	for id := range steps {
		if !seen[id] {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	return append(list, rest...)
}

// stepOf describes an action. doc is its document, where members have their order
// and those that are free have their values.
func stepOf(id string, a *api.AutomationAction, doc object, apps *names) Step {
	s := Step{Key: id, Namespace: a.Namespace, DisplayName: a.DisplayName, Skip: a.SkipExpression}
	s.ContinueOnFailure, _ = doc.at("continueOnFailure").(bool)
	switch {
	case a.AppDefined != nil:
		s.Do = a.AppDefined.ActionKey
		if a.AppDefined.AppID != builtIn {
			s.Do = apps.name(a.AppDefined.AppID) + "/" + a.AppDefined.ActionKey
		}
		s.With = doc.at("appDefinedInfo", "inputMapping")
		s.SkipIf = skipOf(a.AppDefined)
		s.Then = a.AppDefined.PostActionIDs
	case a.Condition != nil:
		s.If = testOf(a.Condition.Groups)
		s.Then, s.Else = a.Condition.TruePostActionIDs, a.Condition.FalsePostActionIDs
	case a.Delay != nil:
		if a.Delay.OffsetExpression != "" {
			s.Wait = spanOf(a.Delay.OffsetExpression, a.Delay.OffsetTimeUnit)
		}
		s.Until, s.UntilEpoch, s.Then = a.Delay.DueDateExpression, a.Delay.DueDateEpoch, a.Delay.PostActionIDs
	case a.RateLimit != nil:
		l := a.RateLimit
		s.Limit, s.Then = limitOf(l.Max, l.Duration, l.Unit, l.Identifier), l.PostActionIDs
	default:
		s.fill(doc)
	}
	return s
}

func testOf(groups []api.ExpressionGroup) *Test {
	t := &Test{}
	for _, g := range groups {
		own := Group{All: g.Expressions}
		if g.Operator == "OR" {
			own = Group{Any: g.Expressions}
		}
		t.Groups = append(t.Groups, own)
	}
	return t
}

func skipOf(info *api.AppDefinedInfo) *Test {
	var groups []api.ExpressionGroup
	if len(info.SkipGroups) == 0 || json.Unmarshal(info.SkipGroups, &groups) != nil {
		return nil
	}
	return testOf(groups)
}

// at returns the value at a path of members, nil where there is none.
func (o object) at(path ...string) any {
	var v any = o
	for _, key := range path {
		inner, ok := v.(object)
		if !ok {
			return nil
		}
		i := slices.IndexFunc(inner, func(m member) bool { return m.key == key })
		if i < 0 {
			return nil
		}
		v = inner[i].value
	}
	return v
}

// textAt returns the text at a path, "" where there is none.
func (o object) textAt(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

// textsAt returns the texts of the list at a path.
func (o object) textsAt(path ...string) (texts []string) {
	list, _ := o.at(path...).([]any)
	for _, v := range list {
		s, _ := v.(string)
		texts = append(texts, s)
	}
	return texts
}
