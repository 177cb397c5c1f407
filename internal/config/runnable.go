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
// one that is active, or where anyway any that could be, drafts included. An operator may ask for
// it, the site's key, and an app whose trigger it uses or that brought it; for
// other apps there is no such automation. The error is FailedPrecondition with
// the reason AUTOMATION_INACTIVE, AUTOMATION_NOT_READY or NOT_SUPPORTED_YET where
// it cannot be carried out.
func (b *Book) Runnable(ctx context.Context, by belay.Caller, s *Snapshot, t Target, anyway bool) (*Active, error) {
	k, err := b.targeted(by, s, t)
	if anyway && belay.CodeOf(err) == belay.NotFound {
		return b.testable(ctx, by, s, t)
	}
	if err != nil {
		return nil, err
	}
	if k.active != nil && k.spec.Configuration.Status == belay.Active {
		return k.active, nil
	}
	if !anyway {
		return nil, belay.Refuse(belay.FailedPrecondition, "AUTOMATION_INACTIVE", "the automation is not active")
	}
	return b.made(s, k.Automation, k.spec)
}

// made returns an automation that need not be active ready to be carried out.
func (b *Book) made(s *Snapshot, a belay.Automation, spec *belay.AutomationSpec) (*Active, error) {
	if err := b.checkReady(s, spec, a.ID); err != nil {
		return nil, err
	}
	plan, err := b.compiled(a, spec)
	if err != nil {
		return nil, fmt.Errorf("config: automation %s: %w", a.ID, err)
	}
	use, _ := readBuiltIn(&spec.Configuration.Trigger) // checkReady has found nothing wrong
	return &Active{Automation: a, Plan: plan, trigger: usedTrigger(spec), use: use}, nil
}

// testable returns a draft ready to be carried out. What is carried out is kept as
// a revision, like that of an automation; those of drafts count down from zero, as
// a draft that is published begins its revisions anew.
func (b *Book) testable(ctx context.Context, by belay.Caller, s *Snapshot, t Target) (*Active, error) {
	if by.Role == belay.RoleApp || t.AutomationID.IsZero() {
		return nil, errNoAutomation()
	}
	a, err := b.draft(ctx, s.Site.ID, t.AutomationID)
	if belay.CodeOf(err) == belay.NotFound {
		return nil, errNoAutomation()
	}
	if err != nil {
		return nil, err
	}
	a.Revision = -a.Revision
	spec, err := readSpec(a.Document)
	if err != nil {
		return nil, fmt.Errorf("config: stored draft %s: %w", a.ID, err)
	}
	one, err := b.made(s, a, spec)
	if err != nil {
		return nil, err
	}
	return one, b.keepRevision(ctx, a)
}

// keepRevision keeps an automation as it is, where that is not kept yet.
func (b *Book) keepRevision(ctx context.Context, a belay.Automation) error {
	return b.editSite(ctx, belay.Caller{}, a.SiteID, func(*Snapshot) (siteEdit, error) {
		_, err := b.revision(ctx, a.SiteID, a.ID, a.Revision)
		if belay.CodeOf(err) != belay.NotFound {
			return siteEdit{}, err
		}
		past, err := keep(kindRevision, revisionKey(a.ID, a.Revision), a)
		return siteEdit{docs: []document{past}}, err
	})
}

// HasDraft reports whether a site has a draft of that ID.
func (b *Book) HasDraft(ctx context.Context, site, id belay.ID) (bool, error) {
	_, err := b.draft(ctx, site, id)
	if belay.CodeOf(err) == belay.NotFound {
		return false, nil
	}
	return err == nil, err
}

func (b *Book) targeted(by belay.Caller, s *Snapshot, t Target) (*kept, error) {
	if by.Role != belay.RoleApp {
		if err := editsSite(by, s.Site.ID, "run automations"); err != nil {
			return nil, err
		}
	} else if !s.Installed(by.AppID) || !by.SiteID.IsZero() && by.SiteID != s.Site.ID {
		return nil, belay.Refuse(belay.PermissionDenied, "APP_NOT_INSTALLED", "the app is not installed on this site")
	}
	k, ok := s.automation(t.AutomationID)
	if !t.ComponentID.IsZero() {
		k, ok = s.component(t)
	}
	if !ok || by.Role == belay.RoleApp && usedTrigger(k.spec).app != by.AppID && !broughtBy(k, by.AppID) {
		return nil, errNoAutomation()
	}
	return k, nil
}

// component returns the automation that an app brought along.
func (s *Snapshot) component(t Target) (*kept, bool) {
	for _, k := range s.all() {
		from := origin(k)
		if from.PreinstalledInfo.AppID == t.AppID.String() && from.PreinstalledInfo.ComponentID == t.ComponentID.String() {
			return k, true
		}
	}
	return nil, false
}

func broughtBy(k *kept, app belay.ID) bool {
	from := origin(k)
	return from.ApplicationInfo.AppID == app.String() || from.PreinstalledInfo.AppID == app.String()
}

func origin(k *kept) (from brought) {
	if err := json.Unmarshal(k.Document, &from); err != nil {
		return brought{} // of another form: from nowhere
	}
	if p := k.Preinstalled; p != nil {
		from.PreinstalledInfo.AppID, from.PreinstalledInfo.ComponentID = p.AppID.String(), p.ComponentID.String()
	}
	return from
}
