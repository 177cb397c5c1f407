package config

import "github.com/belay-events/belay/internal/belay"

// AutomationIn returns which automation a document of a site is, or which draft;
// of scope zero, which one an app brings to every site. ok is false for documents
// of other kinds.
func AutomationIn(kind, key string) (id belay.ID, draft, ok bool) {
	switch kind {
	case kindAutomation, kindPreinstalled:
	case kindDraft:
		draft = true
	default:
		return belay.ID{}, false, false
	}
	id, err := belay.ParseID(key)
	return id, draft, err == nil
}
