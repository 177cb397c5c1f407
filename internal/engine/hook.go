package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/config"
	"github.com/belay-events/belay/internal/schema"
)

// CallWebhook begins the active automation that is called by an ID on a site, for a
// caller who knows nothing but that. The payload obeys the automation's own schema,
// where it has one; it is given the ID as webhookId. Where there is no such
// automation, or no such site, the error is NotFound and tells no more.
func (e *Engine) CallWebhook(ctx context.Context, site, webhook belay.ID, item ReportItem) (Reported, error) {
	out, err := e.callHook(ctx, belay.Caller{}, site, belay.TriggerWebhook, webhook.String(), item)
	if belay.CodeOf(err) == belay.NotFound {
		err = errNoWebhook
	}
	return out, err
}

var errNoWebhook = belay.Refuse(belay.NotFound, "", "there is no such webhook, or its automation is not active")

// CallCustom begins the active automation of a site that has the custom trigger of
// an ID. The site's key may, an operator, and an app that is installed.
func (e *Engine) CallCustom(ctx context.Context, by belay.Caller, site belay.ID, id string, item ReportItem) (Reported, error) {
	snapshot, err := e.book.Snapshot(ctx, site)
	if err != nil {
		return Reported{}, e.hideSite(by, err)
	}
	switch {
	case !by.SiteID.IsZero() && by.SiteID != site:
		return Reported{}, belay.Refuse(belay.PermissionDenied, "OTHER_SITE", "the credential is for another site")
	case by.Role == belay.RoleApp && !snapshot.Installed(by.AppID):
		return Reported{}, errNotInstalled
	case by.Role == belay.RoleDeveloper:
		return Reported{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "the developer of an app may not begin automations")
	case by.Role == belay.RoleViewer:
		return Reported{}, belay.Refuse(belay.PermissionDenied, "ROLE_NOT_ALLOWED", "a viewer's key may not begin automations")
	}
	return e.callHook(ctx, by, site, belay.TriggerCustom, id, item)
}

func (e *Engine) callHook(ctx context.Context, by belay.Caller, site belay.ID, trigger, id string, item ReportItem) (Reported, error) {
	key := item.IdempotencyKey
	given := item.Payload
	return e.carryOut(ctx, by, site, func(s *config.Snapshot) (planned, error) {
		one := s.Hooked(trigger, id)
		if one == nil {
			return planned{}, belay.Refuse(belay.NotFound, "TRIGGER_NOT_FOUND", "no active automation has the trigger "+quote(id))
		}
		var err error
		if item.Payload, err = withHook(one, given); err != nil {
			return planned{}, err
		}
		item.IdempotencyKey = askedKey("HOOK", one.Automation.ID, key)
		return e.readFor(s, one, "", &item)
	})
}

// withHook returns a payload with what the automation is called by in it, as the
// fixed filter of the compatible wire wants it there.
func withHook(one *config.Active, payload []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if len(payload) > 0 {
		if _, err := schema.ParsePayload("payload", payload); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(payload, &fields); err != nil || fields == nil {
			return nil, belay.Invalid("payload", "TYPE", "must be a JSON object")
		}
	}
	if fields == nil {
		fields = make(map[string]json.RawMessage, 1)
	}
	field, id := one.Hook()
	quoted, err := json.Marshal(id)
	if err != nil {
		return nil, fmt.Errorf("engine: payload of a call: %w", err)
	}
	fields[field] = quoted
	return json.Marshal(fields)
}
