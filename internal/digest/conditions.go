package digest

import (
	"encoding/json"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/formula"
	"github.com/belay-events/belay/internal/schema"
)

// maxValues is how many values of a condition a digest tells.
const maxValues = 10

// relations are what the language's functions say of a field.
var relations = map[string]string{
	"": "TRUE", "boolEq": "EQUALS", "stringEq": "EQUALS", "eq": "EQUALS", "numberEq": "EQUALS", "dateEq": "EQUALS", "dateTimeEq": "EQUALS",
	"contains": "ONE_OF", "stringContains": "ONE_OF", "numberContains": "ONE_OF",
	"stringHasSubString": "CONTAINS", "hasSubstring": "CONTAINS", "startsWith": "STARTS_WITH", "endsWith": "ENDS_WITH",
	"gt": "GREATER", "numberGt": "GREATER", "gte": "AT_LEAST", "numberGte": "AT_LEAST",
	"lt": "LESS", "numberLt": "LESS", "lte": "AT_MOST", "numberLte": "AT_MOST",
	"dateBefore": "BEFORE", "dateTimeBefore": "BEFORE", "dateAfter": "AFTER", "dateTimeAfter": "AFTER",
	"isEmpty": "EMPTY", "isEmptyString": "EMPTY",
}

func (w *writer) groups(groups []belay.ExpressionGroup) []api.GroupDigest {
	list := make([]api.GroupDigest, len(groups))
	for i, g := range groups {
		list[i] = api.GroupDigest{All: g.Operator != "OR", Conditions: make([]api.ConditionDigest, len(g.Expressions))}
		for j, e := range g.Expressions {
			list[i].Conditions[j] = w.condition(e)
		}
	}
	return list
}

// condition reads one condition. One that is more than a comparison is told by
// itself.
func (w *writer) condition(expression string) api.ConditionDigest {
	c, ok := formula.ReadComparison(expression)
	relation := relations[c.Function]
	if !ok || relation == "" {
		return api.ConditionDigest{Relation: "FORMULA", Expression: expression}
	}
	d := api.ConditionDigest{
		Field: w.field(c.Field), Relation: relation, Not: c.Not,
		Items: map[formula.Items]string{formula.SomeItem: "SOME", formula.EveryItem: "EVERY"}[c.Items],
	}
	if truth, isBool := only(c.Values).(bool); isBool && relation == "EQUALS" {
		d.Relation, d.Not = "TRUE", c.Not == truth
		return d
	}
	if relation == "ONE_OF" && len(c.Values) == 1 {
		d.Relation = "EQUALS"
	}
	for _, v := range c.Values {
		if len(d.Values) == maxValues {
			d.More = len(c.Values) - maxValues
			break
		}
		if raw, err := json.Marshal(v); err == nil {
			d.Values = append(d.Values, raw)
		}
	}
	return d
}

func only(values []any) any {
	if len(values) != 1 {
		return nil
	}
	return values[0]
}

// field names a field by what the trigger's schema says of it.
func (w *writer) field(path string) *api.FieldDigest {
	d := &api.FieldDigest{Path: path}
	properties := w.declared.Payload
	for step := range strings.SplitSeq(path, ".") {
		p, ok := property(properties, strings.TrimSuffix(step, "[0]"))
		if !ok {
			d.Title, d.Owner, d.Format = "", "", ""
			break
		}
		d.Owner, d.Title, d.Format, properties = d.Title, p.Title, p.Format, p.Properties
	}
	return d
}

func property(list []schema.Property, key string) (schema.Property, bool) {
	for _, p := range list {
		if p.Key == key {
			return p, true
		}
	}
	return schema.Property{}, false
}

// value tells what somebody chose as a value.
func (w *writer) value(text string) *api.ValueDigest {
	if !strings.Contains(text, "{{") {
		return &api.ValueDigest{Text: text}
	}
	if c, ok := formula.ReadComparison(text); ok && c.Function == "" && !c.Not {
		return &api.ValueDigest{Field: w.field(c.Field)}
	}
	return &api.ValueDigest{Expression: text}
}

// labels are what filters and their values are called, by the filter's ID.
type labels map[string]filterLabels

type filterLabels struct {
	title  string
	values map[string]string
}

// labelsOf reads a trigger's filters.
func labelsOf(raw json.RawMessage) labels {
	type filter struct {
		ID    string `json:"id"`
		Input struct {
			Label  string `json:"label"`
			Static struct {
				Values []struct {
					Value any    `json:"value"`
					Name  string `json:"displayName"`
				} `json:"staticValues"`
			} `json:"staticItems"`
		} `json:"valueInput"`
	}
	var declared []struct {
		filter
		FollowUp []filter `json:"followUpFilters"`
	}
	all := labels{}
	if json.Unmarshal(raw, &declared) != nil {
		return all
	}
	add := func(f filter) {
		l := filterLabels{title: f.Input.Label, values: map[string]string{}}
		for _, v := range f.Input.Static.Values {
			if value, err := json.Marshal(v.Value); err == nil && v.Name != "" {
				l.values[string(value)] = v.Name
			}
		}
		all[f.ID] = l
	}
	for _, f := range declared {
		add(f.filter)
		for _, g := range f.FollowUp {
			add(g)
		}
	}
	return all
}

// name gives a condition the names of the filter that it was made with.
func (l labels) name(c *api.ConditionDigest, filter string) {
	f := l[filter]
	if c.Field != nil && c.Field.Title == "" {
		c.Field.Title = f.title
	}
	for i, v := range c.Values {
		if name := f.values[string(v)]; name != "" {
			if raw, err := json.Marshal(name); err == nil {
				c.Values[i] = raw
			}
		}
	}
}
