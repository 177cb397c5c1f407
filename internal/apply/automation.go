package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The members of an automation's document that the server sets.
var serverFields = []string{"id", "revision", "createdDate", "updatedDate", "createdBy", "updatedBy"}

// write returns the automation's document as the API has it, less the server's
// own members.
func (a *Automation) write(site string, apps *names) (object, error) {
	if a.Document != nil {
		return a.whole()
	}
	if a.Trigger == nil {
		return nil, errors.New("trigger is missing")
	}
	trigger, err := a.Trigger.write(site, a.Name, apps)
	if err != nil {
		return nil, fmt.Errorf("trigger: %w", err)
	}
	actions := make(object, 0, len(a.Actions))
	for i := range a.Actions {
		action, err := a.Actions[i].write(apps)
		if err != nil {
			return nil, err
		}
		actions = append(actions, member{a.Actions[i].Key, action})
	}
	roots := a.First
	if roots == nil {
		roots = a.Actions.roots()
	}
	if roots == nil {
		roots = []string{}
	}
	return object{{"name", a.Name}}.with("description", a.Description).with("origin", or(a.Origin, "USER")).join(object{
		{"configuration", object{
			{"status", strings.ToUpper(or(a.Status, "ACTIVE"))},
			{"trigger", trigger},
			{"rootActionIds", roots},
			{"actions", actions},
		}},
	}), nil
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (o object) join(more object) object { return append(o, more...) }

// whole returns the document that the file gives as it is, under the name that
// the file gives.
func (a *Automation) whole() (object, error) {
	doc, ok := ordered(a.Document).(object)
	if !ok {
		return nil, errors.New("document must be a map")
	}
	if a.Trigger != nil || a.Actions != nil || a.First != nil || a.Description != "" || a.Status != "" || a.Origin != "" {
		return nil, errors.New("document stands for the whole: nothing but site, id and name can be given beside it")
	}
	return object{{"name", a.Name}}.join(identified(doc.without(append(slices.Clone(serverFields), "name")...))), nil
}

// identified gives each action the ID that it is listed under, as the server does.
func identified(doc object) object {
	for i := range doc {
		configuration, ok := doc[i].value.(object)
		if doc[i].key != "configuration" || !ok {
			continue
		}
		for j := range configuration {
			actions, ok := configuration[j].value.(object)
			if configuration[j].key != "actions" || !ok {
				continue
			}
			for k := range actions {
				if action, ok := actions[k].value.(object); ok && action.at("id") == nil {
					actions[k].value = object{{"id", actions[k].key}}.join(action)
				}
			}
		}
	}
	return doc
}

func (u *Use) write(site, automation string, apps *names) (object, error) {
	key, mapping, err := u.own()
	if err != nil {
		return nil, err
	}
	app := builtIn
	if key == "" {
		if app, err = apps.id(u.App); err != nil {
			return nil, err
		}
		key = u.Key
	}
	out := object{{"appId", app}, {"triggerKey", key}}
	if mapping != nil {
		out = append(out, member{"automationConfigMapping", mapping})
	}
	if u.Config != nil {
		if mapping != nil {
			return nil, errors.New("config belongs to the trigger of an app")
		}
		out = append(out, member{"automationConfigMapping", ordered(u.Config)})
	}
	if u.Schema != nil {
		out = append(out, member{"overrideSchema", ordered(u.Schema)})
	}
	var filters []any
	for _, f := range u.Filters {
		id := or(f.ID, derived("filter", site, automation, f.Field))
		filters = append(filters, object{{"id", id}, {"fieldKey", f.Field}, {"filterExpression", f.When}})
	}
	if filters != nil {
		out = append(out, member{"filters", filters})
	}
	if u.Before != "" {
		expression, unit, err := u.Before.read()
		if err != nil {
			return nil, fmt.Errorf("before: %w", err)
		}
		out = append(out, member{"scheduledEventOffset", object{
			{"preScheduledEventOffsetExpression", expression},
			{"scheduledEventOffsetTimeUnit", unit},
		}})
	}
	if u.SkipWhenLater != "" {
		expression, unit, err := u.SkipWhenLater.read()
		if err != nil {
			return nil, fmt.Errorf("skipWhenLater: %w", err)
		}
		out = append(out, member{"skipWhenLater", object{{"durationExpression", expression}, {"durationTimeUnit", unit}}})
	}
	if u.Limit != nil {
		limit, err := u.Limit.write("duration")
		if err != nil {
			return nil, err
		}
		out = append(out, member{"rateLimit", limit})
	}
	return out, nil
}
