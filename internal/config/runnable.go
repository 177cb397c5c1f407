package config

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/belay-events/belay/internal/belay"
)

// Target names an automation of a site: by its ID, or as the one that an app
// brought along, by the app and the app's component.
type Target struct {
	AutomationID       belay.ID
	AppID, ComponentID belay.ID
}

// brought is the part of an automation's document that says where it came from.
type brought struct {
	ApplicationInfo struct {
		AppID string `json:"appId"`
	} `json:"applicationInfo"`
	PreinstalledInfo struct {
		AppID       string `json:"appId"`
		ComponentID string `json:"componentId"`
	} `json:"preinstalledInfo"`
}

// Runnable returns an automation of s that is to be carried out without an event:
// one that is active, or where anyway any that could be. An operator may ask for
// it, the site's key, and an app whose trigger it uses or that brought it; for
// other apps there is no such automation. The error is FailedPrecondition with
// the reason AUTOMATION_INACTIVE, AUTOMATION_NOT_READY or NOT_SUPPORTED_YET where
// it cannot be carried out.
func (b *Book) Runnable(ctx context.Context, by belay.Caller, s *Snapshot, t Target, anyway bool) (*Active, error) {
	k, err := b.targeted(by, s, t)
	if err != nil {
		return nil, err
	}
	if k.active != nil && k.spec.Configuration.Status == belay.Active {
		return k.active, nil
	}
	if !anyway {
		return nil, belay.Refuse(belay.FailedPrecondition, "AUTOMATION_INACTIVE", "the automation is not active")
	}
	if err := b.checkReady(s, k.spec); err != nil {
		return nil, err
	}
	plan, err := b.compiled(k.Automation, k.spec)
	if err != nil {
		return nil, fmt.Errorf("config: automation %s: %w", k.ID, err)
	}
	return &Active{Automation: k.Automation, Plan: plan, trigger: usedTrigger(k.spec)}, nil
}

func (b *Book) targeted(by belay.Caller, s *Snapshot, t Target) (*kept, error) {
	if by.Role != belay.RoleApp {
		if err := editsSite(by, s.Site.ID, "run automations"); err != nil {
			return nil, err
		}
	} else if !s.Installed(by.AppID) || !by.SiteID.IsZero() && by.SiteID != s.Site.ID {
		return nil, belay.Refuse(belay.PermissionDenied, "APP_NOT_INSTALLED", "the app is not installed on this site")
	}
	k := s.owned.automations[t.AutomationID]
	if !t.ComponentID.IsZero() {
		k = s.owned.component(t)
	}
	if k == nil || by.Role == belay.RoleApp && usedTrigger(k.spec).app != by.AppID && !broughtBy(k, by.AppID) {
		return nil, errNoAutomation()
	}
	return k, nil
}

// component returns the automation that an app brought along; nil where the site
// has none.
func (o *owned) component(t Target) *kept {
	for _, k := range o.ordered {
		from := origin(k)
		if from.PreinstalledInfo.AppID == t.AppID.String() && from.PreinstalledInfo.ComponentID == t.ComponentID.String() {
			return k
		}
	}
	return nil
}

func broughtBy(k *kept, app belay.ID) bool {
	from := origin(k)
	return from.ApplicationInfo.AppID == app.String() || from.PreinstalledInfo.AppID == app.String()
}

func origin(k *kept) (from brought) {
	if err := json.Unmarshal(k.Document, &from); err != nil {
		return brought{} // of another form: from nowhere
	}
	return from
}
