package config

import (
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// OfferedTriggers returns the triggers that automations of a site can choose from:
// those of the apps that are installed there, in the order of app and key. Hidden
// ones are among them only where one app is asked for, and for those who see them;
// those of the built-in app are.
// The site's keys may, an operator, and an app that asks for its own.
func (b *Book) OfferedTriggers(ctx context.Context, by belay.Caller, site, app belay.ID) ([]*Trigger, error) {
	s, app, err := b.chooses(ctx, by, site, app, "read triggers")
	if err != nil {
		return nil, err
	}
	var all []*Trigger
	for r, t := range s.shared.triggers.all {
		chosen := app.IsZero() && !t.Hidden || app == r.app && offered(by, t)
		if chosen && s.Installed(r.app) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, c *Trigger) int { return compareRefs(ref{a.AppID, a.Key}, ref{c.AppID, c.Key}) })
	if !by.OfApp() && (app.IsZero() || app == belay.BuiltIn) {
		all = append(BuiltInTriggers(), all...)
	}
	return all, nil
}

// OfferedActions returns the actions of the apps that are installed on a site, in
// the order of app and key, or those of one of them. Built-in actions are not
// among them. The site's keys may, an operator, and an app that asks for its own.
func (b *Book) OfferedActions(ctx context.Context, by belay.Caller, site, app belay.ID) ([]belay.ActionDeclaration, error) {
	s, app, err := b.chooses(ctx, by, site, app, "read actions")
	if err != nil {
		return nil, err
	}
	var all []belay.ActionDeclaration
	for r, a := range s.shared.actions.all {
		if (app.IsZero() || app == r.app) && s.Installed(r.app) {
			all = append(all, a.ActionDeclaration)
		}
	}
	slices.SortFunc(all, func(a, c belay.ActionDeclaration) int {
		return compareRefs(ref{a.AppID, a.Key}, ref{c.AppID, c.Key})
	})
	return all, nil
}

// chooses lets through who may see what a site can choose from, and of which app
// alone.
func (b *Book) chooses(ctx context.Context, by belay.Caller, site, app belay.ID, what string) (*Snapshot, belay.ID, error) {
	if by.OfApp() {
		if app.IsZero() {
			app = by.AppID
		}
		if err := seesApp(by, app, what); err != nil {
			return nil, app, err
		}
		if !by.SiteID.IsZero() && by.SiteID != site {
			return nil, app, denied(by, what+" of another site")
		}
	} else if err := readsSite(by, site, what); err != nil {
		return nil, app, err
	}
	s, err := b.Refresh(ctx, site)
	return s, app, err
}
