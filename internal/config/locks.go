package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// locks are what the settings of an automation that came with an app keep its
// site from changing.
//
// Source: the compatible API's Automations V2, AutomationSettings.
type locks struct {
	Readonly            bool `json:"readonly"`
	DisableDelete       bool `json:"disableDelete"`
	DisableStatusChange bool `json:"disableStatusChange"`
	Actions             struct {
		Permanent        []string `json:"permanentActionIds"`
		Readonly         []string `json:"readonlyActionIds"`
		DisableDelay     bool     `json:"disableDelayAddition"`
		DisableCondition bool     `json:"disableConditionAddition"`
	} `json:"actionSettings"`
	Trigger struct {
		DisableChange bool `json:"disableConfigurationModification"`
	} `json:"triggerSettings"`
}

func locksOf(spec *belay.AutomationSpec) locks {
	var l locks
	// The settings' types were checked when they were stored.
	if len(spec.Settings) == 0 || json.Unmarshal(spec.Settings, &l) != nil {
		return locks{}
	}
	return l
}

// checkLocks returns nil where the caller may change what the settings of the
// stored automation lock, or nothing locked changes. Locks hold for automations
// of an app, against all but operators, and the settings themselves are locked
// with them: PermissionDenied, with a reason for each lock. What an app has made
// keeps at least one of its actions, and only conditions and delays are added.
func (n *saving) checkLocks(by belay.Caller) error {
	switch {
	case by.Role == belay.RoleOperator:
		return nil
	case n.old == nil:
		if n.spec.Origin == "PREINSTALLED" {
			return unauthorized("ORIGIN_NOT_ALLOWED", "an automation of the origin PREINSTALLED comes with an app")
		}
		return nil
	case n.old.spec.Origin != "APPLICATION" && n.old.spec.Origin != "PREINSTALLED":
		return nil
	}
	l := locksOf(n.old.spec)
	before, after, err := n.compared()
	if err != nil {
		return err
	}
	was, is := n.old.spec.Configuration.Status, n.spec.Configuration.Status
	if l.DisableStatusChange && was != is {
		return locked("STATUS_LOCKED", "do not let its status be changed")
	}
	if !reflect.DeepEqual(l, locks{}) && !reflect.DeepEqual(before["settings"], after["settings"]) {
		return locked("SETTINGS_LOCKED", "may be changed by an operator only")
	}
	if l.Readonly && !reflect.DeepEqual(before, after) {
		return locked("AUTOMATION_READONLY", "let nothing but its status be changed")
	}
	if l.Trigger.DisableChange && !reflect.DeepEqual(configuration(before)["trigger"], configuration(after)["trigger"]) {
		return locked("TRIGGER_LOCKED", "do not let its trigger be changed")
	}
	if err := l.checkActions(actionsIn(before), actionsIn(after)); err != nil {
		return err
	}
	return checkOfApp(actionsIn(before), actionsIn(after))
}

// checkOfApp checks what holds of every automation of an app.
//
// Source: the compatible wire's builder, automations of the origins APPLICATION and
// PREINSTALLED.
func checkOfApp(before, after map[string]any) error {
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if kind := typeOf(after[id]); kind != typeOf(before[id]) && kind != belay.Delay && kind != belay.Condition {
			return unauthorized("ACTION_TYPE_LOCKED", fmt.Sprintf("only conditions and delays may be added to an app's automation, and %s is neither", id))
		}
	}
	had, has := false, false
	for id, action := range before {
		had = had || typeOf(action) == belay.AppDefined
		has = has || typeOf(action) == belay.AppDefined && typeOf(after[id]) == belay.AppDefined
	}
	if had && !has {
		return unauthorized("LAST_ACTION", "the last action of an app's automation must stay")
	}
	return nil
}

func locked(reason, what string) error {
	return unauthorized(reason, "the automation's settings "+what)
}

// unauthorized refuses in the words that the compatible wire begins with.
func unauthorized(reason, why string) error {
	return belay.Refuse(belay.PermissionDenied, reason, "Unauthorized automation creation or update: "+why)
}

func (l *locks) checkActions(before, after map[string]any) error {
	for _, id := range l.Actions.Permanent {
		if before[id] != nil && after[id] == nil {
			return locked("ACTION_PERMANENT", fmt.Sprintf("do not let its action %s be removed", id))
		}
	}
	for _, id := range l.Actions.Readonly {
		if before[id] != nil && after[id] != nil && !reflect.DeepEqual(unlinked(before[id]), unlinked(after[id])) {
			return locked("ACTION_READONLY", fmt.Sprintf("do not let its action %s be changed", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after)) {
		kind := typeOf(after[id])
		if kind == typeOf(before[id]) {
			continue
		}
		if l.Actions.DisableDelay && kind == belay.Delay {
			return locked("DELAY_LOCKED", "do not let delays be added, such as "+id)
		}
		if l.Actions.DisableCondition && kind == belay.Condition {
			return locked("CONDITION_LOCKED", "do not let conditions be added, such as "+id)
		}
	}
	return nil
}

// compared returns both documents for a comparison by value, without the status;
// what is empty counts as missing, as answers show it where it is not there.
func (n *saving) compared() (before, after map[string]any, err error) {
	if before, err = valuesOf(n.old.Document); err != nil {
		return nil, nil, err
	}
	after, err = valuesOf(n.document)
	return before, after, err
}

func valuesOf(document json.RawMessage) (map[string]any, error) {
	var all map[string]any
	if err := json.Unmarshal(document, &all); err != nil {
		return nil, fmt.Errorf("config: compare automation: %w", err)
	}
	if configuration, ok := all["configuration"].(map[string]any); ok {
		delete(configuration, "status")
	}
	prune(all)
	return all, nil
}

// prune removes the members of objects that are empty.
func prune(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			prune(member)
			if empty(member) {
				delete(v, key)
			}
		}
	case []any:
		for _, item := range v {
			prune(item)
		}
	}
}

func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func configuration(document map[string]any) map[string]any {
	part, _ := document["configuration"].(map[string]any)
	return part
}

func actionsIn(document map[string]any) map[string]any {
	actions, _ := configuration(document)["actions"].(map[string]any)
	return actions
}

func typeOf(action any) belay.ActionType {
	fields, _ := action.(map[string]any)
	word, _ := fields["type"].(string)
	return belay.ActionType(word)
}

// unlinked returns an action without what follows it: what may be put behind an
// action is no part of it.
func unlinked(action any) any {
	fields, ok := action.(map[string]any)
	if !ok {
		return action
	}
	bare := maps.Clone(fields)
	for key, member := range bare {
		info, ok := member.(map[string]any)
		if !ok {
			continue
		}
		info = maps.Clone(info)
		for _, link := range []string{"postActionIds", "truePostActionIds", "falsePostActionIds", "mergeActionId"} {
			delete(info, link)
		}
		if paths, ok := info["paths"].([]any); ok {
			info["paths"] = unlinkedPaths(paths)
		}
		bare[key] = info
	}
	return bare
}

func unlinkedPaths(paths []any) []any {
	bare := make([]any, len(paths))
	for i, p := range paths {
		bare[i] = p
		if fields, ok := p.(map[string]any); ok {
			fields = maps.Clone(fields)
			delete(fields, "postActionId")
			bare[i] = fields
		}
	}
	return bare
}
