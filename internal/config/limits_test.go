package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

// Every bound of an automation is taken at its edge and refused one past it, with
// the place and the rule; so is a draft's, but for what may be missing.
func TestEveryBoundOfAnAutomationIsExact(t *testing.T) {
	const (
		trigger, at  = "configuration/trigger/", "automation.configuration.trigger."
		actions, act = "configuration/actions/", "automation.configuration.actions."
		send         = actions + "send/"
	)
	text := func(path string) func(int) map[string]any {
		return func(n int) map[string]any { return map[string]any{path: strings.Repeat("x", n)} }
	}
	list := func(path string) func(int) map[string]any {
		return func(n int) map[string]any { return map[string]any{path: strs(n, "x")} }
	}
	filter := func(key string) func(int) map[string]any {
		return func(n int) map[string]any {
			f := map[string]any{"id": id(1).String(), "fieldKey": "number", "filterExpression": "{{true}}", key: strings.Repeat("x", n)}
			return map[string]any{trigger + "filters": []any{f}}
		}
	}
	// info makes an action with its info, of which one member grows.
	info := func(kind, name string, base map[string]any, path string, value func(int) any) func(int) map[string]any {
		return func(n int) map[string]any {
			all := map[string]any{}
			for k, v := range base {
				all[k] = v
			}
			set(all, path, value(n))
			return map[string]any{actions + "new": map[string]any{"type": kind, name: all}}
		}
	}
	word := func(n int) any { return strings.Repeat("x", n) }
	words := func(n int) any { return strs(n, "x") }
	group := func(expressions ...any) any {
		return map[string]any{"operator": "AND", "booleanExpressions": expressions}
	}
	groups := func(n int) any {
		all := make([]any, n)
		for i := range all {
			all[i] = group("{{true}}")
		}
		return all
	}
	expressions := func(n int) any { return []any{group(strs(n, "{{true}}")...)} }
	expression := func(n int) any { return []any{group(strings.Repeat("x", n))} }
	paths := func(n int) any {
		all := make([]any, n)
		for i := range all {
			all[i] = map[string]any{"name": "x"}
		}
		return all
	}
	path := func(key string) func(int) any {
		return func(n int) any {
			return []any{map[string]any{"name": "x", key: strings.Repeat("x", n)}, map[string]any{"name": "y"}}
		}
	}
	many := func(kind, name string, of map[string]any, besides int) func(int) map[string]any {
		return func(n int) map[string]any {
			change := map[string]any{}
			for i := range n - besides {
				change[actions+fmt.Sprint("a", i)] = map[string]any{"type": kind, name: of}
			}
			return change
		}
	}
	delay := map[string]any{"offsetExpression": "{{1}}", "offsetTimeUnit": "DAYS"}
	rate := map[string]any{"maxActivationsExpression": "{{1}}"}
	triggerRate := func(key string) func(int) map[string]any {
		return func(n int) map[string]any {
			r := map[string]any{"maxActivationsExpression": "{{1}}", "durationTimeUnit": "DAYS", key: strings.Repeat("x", n)}
			return map[string]any{trigger + "rateLimit": r}
		}
	}
	actionRate := func(key string) func(int) map[string]any {
		base := map[string]any{"maxActivationsExpression": "{{1}}", "rateLimitDurationTimeUnit": "DAYS"}
		return info("RATE_LIMIT", "rateLimitInfo", base, key, word)
	}
	offset := func(n int) map[string]any {
		return map[string]any{trigger + "scheduledEventOffset": map[string]any{"preScheduledEventOffsetExpression": strings.Repeat("x", n), "scheduledEventOffsetTimeUnit": "DAYS"}}
	}
	type bound struct {
		grow        func(int) map[string]any
		least, most int
		field       string
	}
	for name, tt := range map[string]bound{
		"name":                    {text("name"), 1, 500, "automation.name"},
		"description":             {text("description"), 0, 2000, "automation.description"},
		"namespace":               {text("namespace"), 0, 50, "automation.namespace"},
		"permanent actions":       {list("settings/actionSettings/permanentActionIds"), 0, 30, "automation.settings.actionSettings.permanentActionIds"},
		"readonly actions":        {list("settings/actionSettings/readonlyActionIds"), 0, 30, "automation.settings.actionSettings.readonlyActionIds"},
		"trigger key":             {text(trigger + "triggerKey"), 1, 100, at + "triggerKey"},
		"filters":                 {func(n int) map[string]any { return map[string]any{trigger + "filters": passing(n)} }, 0, 5, at + "filters"},
		"a filter's field":        {filter("fieldKey"), 1, 110, at + "filters[0].fieldKey"},
		"a filter's expression":   {filter("filterExpression"), 1, 5000, at + "filters[0].filterExpression"},
		"offset":                  {offset, 1, 1000, at + "scheduledEventOffset.preScheduledEventOffsetExpression"},
		"a trigger's rate":        {triggerRate("maxActivationsExpression"), 1, 1000, at + "rateLimit.maxActivationsExpression"},
		"a trigger's rate's time": {triggerRate("durationExpression"), 0, 1000, at + "rateLimit.durationExpression"},
		"a trigger's rate's key":  {triggerRate("uniqueIdentifierExpression"), 1, 400, at + "rateLimit.uniqueIdentifierExpression"},
		"selected values":         {list(trigger + "filterValueSelection/selectedFilterValues"), 0, 50, at + "filterValueSelection.selectedFilterValues"},
		"a selected value": {func(n int) map[string]any {
			return map[string]any{trigger + "filterValueSelection/selectedFilterValues": []any{word(n)}}
		}, 0, 80, at + "filterValueSelection.selectedFilterValues[0]"},
		"roots":                  {list("configuration/rootActionIds"), 0, 20, "automation.configuration.rootActionIds"},
		"actions":                {many("DELAY", "delayInfo", delay, 1), 1, 45, "automation.configuration.actions"},
		"splits":                 {many("SPLIT", "splitInfo", map[string]any{"paths": paths(2)}, 0), 0, 10, "automation.configuration.actions"},
		"an action's namespace":  {text(send + "namespace"), 0, 100, act + "send.namespace"},
		"an action's name":       {text(send + "displayName"), 0, 60, act + "send.displayName"},
		"an action's skip":       {text(send + "skipActionExpression"), 0, 1000, act + "send.skipActionExpression"},
		"an action key":          {text(send + "appDefinedInfo/actionKey"), 1, 100, act + "send.appDefinedInfo.actionKey"},
		"what follows an action": {list(send + "appDefinedInfo/postActionIds"), 0, 20, act + "send.appDefinedInfo.postActionIds"},
		"skip groups": {func(n int) map[string]any {
			return map[string]any{send + "appDefinedInfo/skipConditionOrExpressionGroups": groups(n)}
		}, 0, 10, act + "send.appDefinedInfo.skipConditionOrExpressionGroups"},
		"a skip group's expressions": {func(n int) map[string]any {
			return map[string]any{send + "appDefinedInfo/skipConditionOrExpressionGroups": expressions(n)}
		}, 1, 20, act + "send.appDefinedInfo.skipConditionOrExpressionGroups[0].booleanExpressions"},
		"a skip group's expression": {func(n int) map[string]any {
			return map[string]any{send + "appDefinedInfo/skipConditionOrExpressionGroups": expression(n)}
		}, 1, 5000, act + "send.appDefinedInfo.skipConditionOrExpressionGroups[0].booleanExpressions[0]"},
		"groups":                       {info("CONDITION", "conditionInfo", nil, "orExpressionGroups", groups), 1, 10, act + "new.conditionInfo.orExpressionGroups"},
		"a group's expressions":        {info("CONDITION", "conditionInfo", nil, "orExpressionGroups", expressions), 1, 20, act + "new.conditionInfo.orExpressionGroups[0].booleanExpressions"},
		"a group's expression":         {info("CONDITION", "conditionInfo", nil, "orExpressionGroups", expression), 1, 5000, act + "new.conditionInfo.orExpressionGroups[0].booleanExpressions[0]"},
		"what follows what holds":      {info("CONDITION", "conditionInfo", map[string]any{"orExpressionGroups": groups(1)}, "truePostActionIds", words), 0, 20, act + "new.conditionInfo.truePostActionIds"},
		"what follows what does not":   {info("CONDITION", "conditionInfo", map[string]any{"orExpressionGroups": groups(1)}, "falsePostActionIds", words), 0, 20, act + "new.conditionInfo.falsePostActionIds"},
		"a delay":                      {info("DELAY", "delayInfo", delay, "offsetExpression", word), 0, 1000, act + "new.delayInfo.offsetExpression"},
		"a delay's date":               {info("DELAY", "delayInfo", delay, "dueDateExpression", word), 0, 1000, act + "new.delayInfo.dueDateExpression"},
		"a delay's date as a number":   {info("DELAY", "delayInfo", delay, "dueDateEpochExpression", word), 0, 1000, act + "new.delayInfo.dueDateEpochExpression"},
		"what follows a delay":         {info("DELAY", "delayInfo", delay, "postActionIds", words), 0, 20, act + "new.delayInfo.postActionIds"},
		"a rate":                       {actionRate("maxActivationsExpression"), 1, 1000, act + "new.rateLimitInfo.maxActivationsExpression"},
		"a rate's time":                {actionRate("rateLimitDurationExpression"), 0, 1000, act + "new.rateLimitInfo.rateLimitDurationExpression"},
		"a rate's key":                 {actionRate("uniqueIdentifierExpression"), 1, 400, act + "new.rateLimitInfo.uniqueIdentifierExpression"},
		"what follows a rate":          {info("RATE_LIMIT", "rateLimitInfo", rate, "postActionIds", words), 0, 20, act + "new.rateLimitInfo.postActionIds"},
		"what follows variables":       {info("SET_VARIABLES", "setVariablesInfo", nil, "postActionIds", words), 0, 20, act + "new.setVariablesInfo.postActionIds"},
		"code":                         {info("CODE_CONDITION", "codeConditionInfo", nil, "snippet/code", word), 0, 1000, act + "new.codeConditionInfo.snippet.code"},
		"what follows code that holds": {info("CODE_CONDITION", "codeConditionInfo", nil, "truePostActionIds", words), 0, 20, act + "new.codeConditionInfo.truePostActionIds"},
		"what follows other code":      {info("CODE_CONDITION", "codeConditionInfo", nil, "falsePostActionIds", words), 0, 20, act + "new.codeConditionInfo.falsePostActionIds"},
		"paths":                        {info("SPLIT", "splitInfo", nil, "paths", paths), 2, 10, act + "new.splitInfo.paths"},
		"a path's name":                {info("SPLIT", "splitInfo", nil, "paths", path("name")), 1, 100, act + "new.splitInfo.paths[0].name"},
		"a path's shown name":          {info("SPLIT", "splitInfo", nil, "paths", path("displayName")), 0, 60, act + "new.splitInfo.paths[0].displayName"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).furnish()
			refuses := func(n int, draft bool) (rules []string) {
				t.Helper()
				change := tt.grow(n)
				change["configuration/status"] = "INACTIVE"
				document := json.RawMessage(automation(change))
				var err error
				if draft {
					_, err = d.CreateDraft(t.Context(), operator, siteID, document)
				} else {
					_, err = d.CreateAutomation(t.Context(), operator, siteID, document)
				}
				if e, ok := errors.AsType[*belay.Error](err); ok {
					for _, v := range e.Violations {
						rules = append(rules, v.Field+" "+v.Rule)
					}
				} else if err != nil {
					t.Fatal(err)
				}
				return rules
			}
			for _, draft := range []bool{false, true} {
				for _, n := range []int{tt.least, tt.most} {
					if rules := refuses(n, draft); len(rules) != 0 {
						t.Errorf("%d, as a draft %v: refused by %q", n, draft, rules)
					}
				}
				if rules := refuses(tt.most+1, draft); len(rules) != 1 || rules[0] != tt.field+" MAX_LENGTH" && rules[0] != tt.field+" MAX_ITEMS" {
					t.Errorf("%d, as a draft %v: refused by %q; want %s alone", tt.most+1, draft, rules, tt.field)
				}
			}
			if tt.least == 0 || name == "actions" {
				return
			}
			if rules := refuses(tt.least-1, false); len(rules) != 1 || rules[0] != tt.field+" REQUIRED" && rules[0] != tt.field+" MIN_ITEMS" {
				t.Errorf("%d: refused by %q; want %s alone", tt.least-1, rules, tt.field)
			}
			if rules := refuses(tt.least-1, true); len(rules) != 0 {
				t.Errorf("%d in a draft: refused by %q", tt.least-1, rules)
			}
		})
	}
}

// A client of protocol buffers sends the first word of an enumeration where it says
// nothing.
func TestAnUnknownUnitIsNone(t *testing.T) {
	for info, ok := range map[string]bool{
		`{"dueDateExpression":"{{now()}}","offsetTimeUnit":"UNKNOWN_TIME_UNIT"}`: true,
		`{"offsetExpression":"{{1}}","offsetTimeUnit":"UNKNOWN_TIME_UNIT"}`:      false,
		`{"dueDateExpression":"{{now()}}","offsetTimeUnit":"SECONDS"}`:           false,
	} {
		d := newDesk(t).furnish()
		change := map[string]any{"configuration/actions/wait": map[string]any{"type": "DELAY", "delayInfo": json.RawMessage(info)}, "configuration/status": "INACTIVE"}
		if _, err := d.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(change))); (err == nil) != ok {
			t.Errorf("%s: %v", info, err)
		}
	}
}

func passing(n int) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = map[string]any{"id": id(1).String(), "fieldKey": "number", "filterExpression": "{{true}}"}
	}
	return all
}

func TestAnAutomationIsAsLargeAsItMayBe(t *testing.T) {
	d := newDesk(t).furnish()
	empty := len(automation(map[string]any{"configuration/status": "INACTIVE", "pad": ""}))
	for n, want := range map[int]belay.Code{maxDocument - empty: "", maxDocument - empty + 1: belay.InvalidArgument} {
		_, err := d.CreateAutomation(t.Context(), operator, siteID, json.RawMessage(automation(map[string]any{"configuration/status": "INACTIVE", "pad": strings.Repeat("x", n)})))
		if got := belay.CodeOf(err); got != want {
			t.Errorf("a pad of %d: %v; want %q", n, err, want)
		}
	}
}
