package config

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// CopyAutomation returns a copy of an automation that can be created, which it is
// not: without the server's fields, of the origin given, USER where that is empty,
// and with the members of with in the place of its own. An automation of a site's
// own, USER or RECIPE, takes over neither the settings that an app locked nor the
// app's information. The copy's actions keep their IDs, which are the automation's
// own. Whoever may read the automation may.
func (b *Book) CopyAutomation(ctx context.Context, by belay.Caller, site, id belay.ID, origin string, with json.RawMessage) (json.RawMessage, error) {
	a, err := b.GetAutomation(ctx, by, site, id)
	if err != nil {
		return nil, err
	}
	var copied, over object
	if err := json.Unmarshal(a.Document, &copied); err != nil {
		return nil, fmt.Errorf("config: stored automation %s: %w", id, err)
	}
	if origin == "" {
		origin = "USER"
	}
	if origin == "USER" || origin == "RECIPE" {
		for _, member := range []string{"settings", "applicationInfo", "preinstalledInfo"} {
			delete(copied, member)
		}
	}
	if copied["origin"], err = json.Marshal(origin); err != nil {
		return nil, fmt.Errorf("config: write origin: %w", err)
	}
	if len(with) > 0 && string(with) != "null" {
		if with, _, err = readAutomation(with); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(with, &over); err != nil {
			return nil, fmt.Errorf("config: read automation: %w", err)
		}
	}
	for member, value := range over {
		if member == "origin" && string(value) != string(copied["origin"]) {
			return nil, errOrigin(origin)
		}
		copied[member] = value
	}
	raw, err := json.Marshal(copied)
	if err != nil {
		return nil, fmt.Errorf("config: write automation: %w", err)
	}
	document, _, err := readWhole(raw)
	return document, err
}
