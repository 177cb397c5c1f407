package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/belay-events/belay/internal/belay"
)

// The bounds of an automation.
// Source: the compatible API's Automations V2, the entity; where an older and
// the present one differ, the wider.
const (
	maxAutomationName = 500
	maxDescription    = 2000
	maxNamespace      = 50
	maxKey            = 100
	maxFilterText     = 5000
	maxExpression     = 1000
	maxIdentifier     = 400
	maxSelected       = 50
	maxSelectedText   = 80
	maxSuccessors     = 20
	maxActions        = 45
	maxSplits         = 10
	maxPinned         = 30
	maxActionID       = 100
)

// rest are the limited parts that AutomationSpec leaves unread.
type rest struct {
	Namespace       string `json:"namespace"`
	ApplicationInfo *struct {
		AppID string `json:"appId"`
	} `json:"applicationInfo"`
	PreinstalledInfo map[string]json.RawMessage `json:"preinstalledInfo"`
	ExtendedFields   map[string]json.RawMessage `json:"extendedFields"`
	Settings         struct {
		Hidden bool `json:"hidden"`
		locks
	} `json:"settings"`
	Configuration struct {
		Trigger struct {
			Selection struct {
				Values []string `json:"selectedFilterValues"`
			} `json:"filterValueSelection"`
		} `json:"trigger"`
		Actions map[string]restAction `json:"actions"`
	} `json:"configuration"`
}

type restAction struct {
	SetVariables *struct {
		Post []string `json:"postActionIds"`
	} `json:"setVariablesInfo"`
	CodeCondition *struct {
		Snippet struct {
			Code string `json:"code"`
		} `json:"snippet"`
		Variables []string `json:"dynamicVariableExpressions"`
		True      []string `json:"truePostActionIds"`
		False     []string `json:"falsePostActionIds"`
	} `json:"codeConditionInfo"`
	Split *struct {
		Paths []struct {
			Name        string `json:"name"`
			DisplayName string `json:"displayName"`
		} `json:"paths"`
	} `json:"splitInfo"`
}

// checkLimits checks what holds of every automation, active or not.
func checkLimits(document json.RawMessage, spec *belay.AutomationSpec) error {
	f, err := beyond(document, spec)
	if err != nil {
		return err
	}
	return f.err("the automation")
}

// checkDraftLimits checks what holds of a draft: what is missing may come later,
// what is there keeps to the limits.
func checkDraftLimits(document json.RawMessage, spec *belay.AutomationSpec) error {
	f, err := beyond(document, spec)
	if err != nil {
		return err
	}
	f.list = slices.DeleteFunc(f.list, func(v belay.Violation) bool { return v.Rule == "REQUIRED" || v.Rule == "MIN_ITEMS" })
	return f.err("the draft")
}

// beyond collects the limits that a document does not keep.
func beyond(document json.RawMessage, spec *belay.AutomationSpec) (faults, error) {
	var more rest
	if err := jsonv2.Unmarshal(document, &more); err != nil {
		return faults{}, refuseType(err)
	}
	var f faults
	f.length("automation.name", spec.Name, 1, maxAutomationName)
	f.length("automation.description", spec.Description, 0, maxDescription)
	f.length("automation.namespace", more.Namespace, 0, maxNamespace)
	if f.required("automation.origin", spec.Origin) {
		f.oneOf("automation.origin", spec.Origin, "USER", "APPLICATION", "PREINSTALLED", "RECIPE")
	}
	if more.ApplicationInfo != nil {
		f.guid("automation.applicationInfo.appId", more.ApplicationInfo.AppID)
		if more.PreinstalledInfo != nil {
			f.add("automation.preinstalledInfo", "ONE_OF", "must not be given together with applicationInfo")
		}
	}
	pinned := more.Settings.Actions
	f.items("automation.settings.actionSettings.permanentActionIds", len(pinned.Permanent), 0, maxPinned)
	f.items("automation.settings.actionSettings.readonlyActionIds", len(pinned.Readonly), 0, maxPinned)
	c := &spec.Configuration
	if f.required("automation.configuration.status", string(c.Status)) {
		f.oneOf("automation.configuration.status", string(c.Status), string(belay.Active), string(belay.Inactive))
	}
	f.triggerUse(&c.Trigger, more.Configuration.Trigger.Selection.Values)
	f.items("automation.configuration.rootActionIds", len(c.RootActionIDs), 0, maxSuccessors)
	f.items("automation.configuration.actions", len(c.Actions), 0, maxActions)
	splits := 0
	for _, id := range slices.Sorted(maps.Keys(c.Actions)) {
		action := c.Actions[id]
		unread := more.Configuration.Actions[id]
		f.action(id, &action, &unread)
		if action.Type == belay.Split {
			splits++
		}
	}
	if splits > maxSplits {
		f.add("automation.configuration.actions", "MAX_ITEMS", "must have at most %d actions of type SPLIT, has %d", maxSplits, splits)
	}
	return f, nil
}

func (f *faults) triggerUse(t *belay.TriggerUse, selected []string) {
	const at = "automation.configuration.trigger."
	f.app(at+"appId", t.AppID)
	f.length(at+"triggerKey", t.TriggerKey, 1, maxKey)
	f.items(at+"filters", len(t.Filters), 0, maxFilters)
	for i, filter := range t.Filters {
		field := fmt.Sprintf("%sfilters[%d].", at, i)
		if filter.ID != "" {
			f.guid(field+"id", filter.ID)
		}
		f.length(field+"fieldKey", filter.FieldKey, 1, maxFieldKey)
		f.length(field+"filterExpression", filter.Expression, 1, maxFilterText)
	}
	if o := t.ScheduledOffset; o != nil {
		f.length(at+"scheduledEventOffset.preScheduledEventOffsetExpression", o.Expression, 1, maxExpression)
		f.unit(at+"scheduledEventOffset.scheduledEventOffsetTimeUnit", o.Unit)
	}
	if s := t.SkipWhenLater; s != nil {
		f.length(at+"skipWhenLater.durationExpression", s.Expression, 1, maxExpression)
		f.unit(at+"skipWhenLater.durationTimeUnit", s.Unit)
	}
	if l := t.RateLimit; l != nil {
		f.limit(at+"rateLimit.", "duration", l.Max, l.Duration, l.Unit, l.Identifier)
	}
	f.items(at+"filterValueSelection.selectedFilterValues", len(selected), 0, maxSelected)
	for i, value := range selected {
		f.length(fmt.Sprintf("%sfilterValueSelection.selectedFilterValues[%d]", at, i), value, 0, maxSelectedText)
	}
}

func (f *faults) action(id string, a *belay.Action, unread *restAction) {
	at := "automation.configuration.actions." + id
	if !goodActionID(id) {
		f.add(at, "ID", "must have an ID of 1 to %d letters, digits, '-' and '_', such as a GUID", maxActionID)
	}
	if a.ID != "" && a.ID != id {
		f.add(at+".id", "MATCH", "must be the key that the action is listed under")
	}
	if f.required(at+".type", string(a.Type)) {
		f.oneOf(at+".type", string(a.Type), actionTypes()...)
	}
	f.length(at+".namespace", a.Namespace, 0, maxKey)
	if strings.ContainsFunc(a.Namespace, func(r rune) bool { return !idRune(r) }) {
		f.add(at+".namespace", "PATTERN", "must hold only letters, digits, '-' and '_'")
	}
	f.length(at+".displayName", a.DisplayName, 0, 60)
	f.length(at+".skipActionExpression", a.SkipExpression, 0, maxExpression)
	if i := a.AppDefined; i != nil {
		f.app(at+".appDefinedInfo.appId", i.AppID)
		f.length(at+".appDefinedInfo.actionKey", i.ActionKey, 1, maxKey)
		f.groups(at+".appDefinedInfo.skipConditionOrExpressionGroups", i.SkipGroups, 0)
		f.items(at+".appDefinedInfo.postActionIds", len(i.Post), 0, maxSuccessors)
	}
	if i := a.Condition; i != nil {
		f.condition(at+".conditionInfo.", i)
	}
	if i := a.Delay; i != nil {
		f.delay(at+".delayInfo.", i)
	}
	if i := a.RateLimit; i != nil {
		f.limit(at+".rateLimitInfo.", "rateLimitDuration", i.Max, i.Duration, i.Unit, i.Identifier)
		f.items(at+".rateLimitInfo.postActionIds", len(i.Post), 0, maxSuccessors)
	}
	f.unread(at, unread)
}

func actionTypes() []string {
	var words []string
	for _, t := range []belay.ActionType{
		belay.AppDefined, belay.Condition, belay.CodeCondition, belay.Delay, belay.RateLimit,
		belay.SetVariables, belay.Split, belay.Output, belay.Merge,
	} {
		words = append(words, string(t))
	}
	return words
}

func goodActionID(id string) bool {
	return id != "" && len(id) <= maxActionID && !strings.ContainsFunc(id, func(r rune) bool { return !idRune(r) })
}

func idRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
}

func (f *faults) condition(at string, i *belay.ConditionInfo) {
	f.groups(at+"orExpressionGroups", i.Groups, 1)
	f.items(at+"truePostActionIds", len(i.True), 0, maxSuccessors)
	f.items(at+"falsePostActionIds", len(i.False), 0, maxSuccessors)
}

// groups checks at least so many groups of expressions.
func (f *faults) groups(at string, groups []belay.ExpressionGroup, least int) {
	f.items(at, len(groups), least, 10)
	for n, g := range groups {
		field := fmt.Sprintf("%s[%d].", at, n)
		if g.Operator != "" {
			f.oneOf(field+"operator", g.Operator, "OR", "AND")
		}
		f.items(field+"booleanExpressions", len(g.Expressions), 1, 20)
		for m, e := range g.Expressions {
			f.length(fmt.Sprintf("%sbooleanExpressions[%d]", field, m), e, 1, maxFilterText)
		}
	}
}

func (f *faults) delay(at string, i *belay.DelayInfo) {
	f.length(at+"offsetExpression", i.Offset, 0, maxExpression)
	// What speaks protocol buffers sends the first word of an enumeration for none.
	if i.Offset != "" || i.Unit != "" && i.Unit != "UNKNOWN_TIME_UNIT" {
		f.unit(at+"offsetTimeUnit", i.Unit)
	}
	f.length(at+"dueDateEpochExpression", i.DueEpoch, 0, maxExpression)
	f.length(at+"dueDateExpression", i.DueDate, 0, maxExpression)
	f.items(at+"postActionIds", len(i.Post), 0, maxSuccessors)
}

// unread checks the parts that are kept but do not run yet.
func (f *faults) unread(at string, a *restAction) {
	if i := a.SetVariables; i != nil {
		f.items(at+".setVariablesInfo.postActionIds", len(i.Post), 0, maxSuccessors)
	}
	if i := a.CodeCondition; i != nil {
		f.length(at+".codeConditionInfo.snippet.code", i.Snippet.Code, 0, maxExpression)
		f.items(at+".codeConditionInfo.dynamicVariableExpressions", len(i.Variables), 0, 50)
		for n, e := range i.Variables {
			f.length(fmt.Sprintf("%s.codeConditionInfo.dynamicVariableExpressions[%d]", at, n), e, 1, maxExpression)
		}
		f.items(at+".codeConditionInfo.truePostActionIds", len(i.True), 0, maxSuccessors)
		f.items(at+".codeConditionInfo.falsePostActionIds", len(i.False), 0, maxSuccessors)
	}
	if i := a.Split; i != nil {
		f.items(at+".splitInfo.paths", len(i.Paths), 2, 10)
		for n, p := range i.Paths {
			f.length(fmt.Sprintf("%s.splitInfo.paths[%d].name", at, n), p.Name, 1, maxKey)
			f.length(fmt.Sprintf("%s.splitInfo.paths[%d].displayName", at, n), p.DisplayName, 0, 60)
		}
	}
}

// limit checks a rate limit; the names of its duration and the unit of that begin
// with length.
func (f *faults) limit(at, length, max, duration string, unit belay.Unit, identifier *string) {
	f.length(at+"maxActivationsExpression", max, 1, maxExpression)
	f.length(at+length+"Expression", duration, 0, maxExpression)
	if duration != "" {
		f.unit(at+length+"TimeUnit", unit)
	}
	if identifier != nil {
		f.length(at+"uniqueIdentifierExpression", *identifier, 1, maxIdentifier)
	}
}

func (f *faults) unit(field string, u belay.Unit) {
	if f.required(field, string(u)) && !u.Valid() {
		f.add(field, "ENUM", "must be one of MINUTES, HOURS, DAYS, WEEKS and MONTHS")
	}
}

func (f *faults) app(field, s string) {
	if !f.required(field, s) {
		return
	}
	if _, err := appID(s); err != nil {
		f.add(field, "GUID", "%v", err)
	}
}
