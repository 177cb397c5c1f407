package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// row is an automation as a query sees it.
type row struct {
	kept   *kept
	fields map[string]any // the document, with what the server sets
	keys   []string       // what it is sorted by
}

func newRow(k *kept, sort []Sort) (row, error) {
	r := row{kept: k}
	if err := json.Unmarshal(k.Document, &r.fields); err != nil {
		return row{}, fmt.Errorf("config: stored automation %s: %w", k.ID, err)
	}
	r.fields["id"] = k.ID.String()
	r.fields["createdDate"] = k.CreatedAt.String()
	r.fields["updatedDate"] = k.UpdatedAt.String()
	if len(sort) == 0 {
		r.keys = []string{k.CreatedAt.String()}
	}
	for _, s := range sort {
		word, _ := r.get(s.Field).(string)
		r.keys = append(r.keys, word)
	}
	return r, nil
}

// get returns the value at a dotted path, nil where there is none. The switches
// of settings are false where they are not set, as the wire has it.
func (r row) get(path string) any {
	var at any = r.fields
	for step := range strings.SplitSeq(path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			at = nil
			break
		}
		at = object[step]
	}
	if at == nil && isSwitch(path) {
		return false
	}
	return at
}

func isSwitch(path string) bool {
	switch path {
	case "settings.hidden", "settings.readonly", "settings.disableDelete", "settings.disableStatusChange",
		"settings.actionSettings.disableDelayAddition", "settings.actionSettings.disableConditionAddition":
		return true
	}
	return false
}

// sortFields are what can be sorted by, all of them words.
func sortFields() []string {
	return []string{
		"id", "name", "createdDate", "updatedDate", "origin",
		"configuration.status", "configuration.trigger.appId", "configuration.trigger.triggerKey",
	}
}

// filterable reports whether a path can be filtered by.
func filterable(path string) bool {
	for _, f := range sortFields() {
		if path == f {
			return true
		}
	}
	return path == "settings" || strings.HasPrefix(path, "settings.") ||
		path == "configuration.trigger.filterValueSelection.selectedFilterValues"
}
