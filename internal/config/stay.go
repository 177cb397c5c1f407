package config

import (
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// object is a JSON object of which some members are looked at.
type object = map[string]json.RawMessage

// keepSchemas returns given with the override schemas that it does not name taken
// over from stored, which it replaces, as answers leave them out where they are not
// asked for: the trigger's while it is the same trigger, each action's while it is
// the same action of the same app. A schema of null is removed.
func keepSchemas(stored, given json.RawMessage) (json.RawMessage, error) {
	var old, next object
	if err := json.Unmarshal(stored, &old); err != nil {
		return nil, fmt.Errorf("config: read stored automation: %w", err)
	}
	if err := json.Unmarshal(given, &next); err != nil {
		return nil, fmt.Errorf("config: read automation: %w", err)
	}
	changed := inside(old, next, "configuration", func(old, next object) bool {
		trigger := inside(old, next, "trigger", func(old, next object) bool {
			return stays(old, next, "overrideSchema", "appId", "triggerKey")
		})
		actions := inside(old, next, "actions", func(old, next object) bool {
			changed := false
			for id := range next {
				changed = inside(old, next, id, func(old, next object) bool {
					return inside(old, next, "appDefinedInfo", func(old, next object) bool {
						return stays(old, next, "overrideOutputSchema", "appId", "actionKey")
					})
				}) || changed
			}
			return changed
		})
		return trigger || actions
	})
	if !changed {
		return given, nil
	}
	document, err := json.Marshal(next)
	if err != nil {
		return nil, fmt.Errorf("config: write automation: %w", err)
	}
	if len(document) > maxDocument {
		return nil, belay.Invalid("automation", "MAX_BYTES", fmt.Sprintf("is %d bytes long with its override schemas, at most %d are taken", len(document), maxDocument))
	}
	return document, nil
}

// inside changes the object under a key of next, with what is there in old
// beside it, and reports whether f changed it.
func inside(old, next object, key string, f func(old, next object) bool) bool {
	var before, after object
	if json.Unmarshal(next[key], &after) != nil || after == nil {
		return false
	}
	if json.Unmarshal(old[key], &before) != nil {
		before = nil
	}
	if !f(before, after) {
		return false
	}
	// What has been read as JSON can be written.
	next[key], _ = json.Marshal(after)
	return true
}

// stays gives next the schema that old has under a key, where next does not name
// it and is of the same kind by the keys same. It reports whether next changed.
func stays(old, next object, key string, same ...string) bool {
	if given, there := next[key]; there {
		if string(given) != "null" {
			return false
		}
		delete(next, key)
		return true
	}
	stored, there := old[key]
	for _, k := range same {
		there = there && string(old[k]) == string(next[k])
	}
	if there {
		next[key] = stored
	}
	return there
}
