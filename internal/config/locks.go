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
// that came with an app, against all but operators, and the settings themselves
// are locked with them: PermissionDenied, with a reason for each lock.
func (n *saving) checkLocks(by belay.Caller) error {
	if n.old == nil || by.Role == belay.RoleOperator {
		return nil
	}
	if origin := n.old.spec.Origin; origin != "APPLICATION" && origin != "PREINSTALLED" {
		return nil
	}
	l := locksOf(n.old.spec)
	if reflect.DeepEqual(l, locks{}) {
		return nil
	}
	before, after, err := n.compared()
	if err != nil {
		return err
	}
	was, is := n.old.spec.Configuration.Status, n.spec.Configuration.Status
	if l.DisableStatusChange && was != is {
		return locked("STATUS_LOCKED", "do not let its status be changed")
	}
	if !reflect.DeepEqual(before["settings"], after["settings"]) {
		return locked("SETTINGS_LOCKED", "may be changed by an operator only")
	}
	if l.Readonly && !reflect.DeepEqual(before, after) {
		return locked("AUTOMATION_READONLY", "let nothing but its status be changed")
	}
	return l.checkActions(actionsIn(before), actionsIn(after))
}

func locked(reason, what string) error {
	return belay.Refuse(belay.PermissionDenied, reason, "the automation's settings "+what)
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

func actionsIn(document map[string]any) map[string]any {
	configuration, _ := document["configuration"].(map[string]any)
	actions, _ := configuration["actions"].(map[string]any)
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
		for _, link := range []string{"postActionIds", "truePostActionIds", "falsePostActionIds"} {
			delete(info, link)
		}
		bare[key] = info
	}
	return bare
}
