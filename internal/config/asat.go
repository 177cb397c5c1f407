package config

import (
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// AsAt is an automation as it was at some time.
type AsAt struct {
	belay.Automation
	Spec *belay.AutomationSpec
	// Known says that it is told as it was then. Where it is not, it was made later, or
	// what it was is no longer kept: it is told as it is now.
	Known bool
}

// maxBack is how many revisions are looked back through for the one that held.
const maxBack = 50

// Using returns the automations of a site that use a trigger now, active or not, in
// the order of creation, each as it was at a time; at most limit of them.
func (b *Book) Using(ctx context.Context, site, app belay.ID, key string, at belay.Instant, limit int) (list []AsAt, more bool, err error) {
	s, err := b.Snapshot(ctx, site)
	if err != nil {
		return nil, false, err
	}
	for _, k := range s.all() {
		if usedTrigger(k.spec) != (ref{app, key}) {
			continue
		}
		if len(list) == limit {
			return list, true, nil
		}
		then, err := b.asAt(ctx, site, k, at)
		if err != nil {
			return nil, false, err
		}
		list = append(list, then)
	}
	return list, false, nil
}

// asAt looks back for the revision of an automation that held at a time.
func (b *Book) asAt(ctx context.Context, site belay.ID, k *kept, at belay.Instant) (AsAt, error) {
	now := AsAt{Automation: k.Automation, Spec: k.spec}
	if k.UpdatedAt <= at {
		now.Known = true
		return now, nil
	}
	if k.CreatedAt > at {
		return now, nil
	}
	for revision := k.Revision - 1; revision > 0 && k.Revision-revision <= maxBack; revision-- {
		then, err := b.Was(ctx, site, k.ID, revision)
		if belay.CodeOf(err) == belay.NotFound {
			continue // revisions have gaps
		}
		if err != nil || then.UpdatedAt <= at {
			return then, err
		}
	}
	return now, nil
}

// Was returns an automation as it was at a revision, also one that is gone. The error
// is NotFound where that is not kept.
func (b *Book) Was(ctx context.Context, site, automation belay.ID, revision int64) (AsAt, error) {
	a, err := b.revision(ctx, site, automation, revision)
	if err != nil {
		return AsAt{}, err
	}
	spec, err := readSpec(a.Document)
	return AsAt{Automation: a, Spec: spec, Known: true}, err
}

// Uses reports whether an automation uses a trigger.
func (a *AsAt) Uses(app belay.ID, key string) bool { return usedTrigger(a.Spec) == (ref{app, key}) }

// SitesWith returns the IDs of the sites that an app is installed on, in order; at most
// limit of them.
func (b *Book) SitesWith(ctx context.Context, app belay.ID, limit int) (list []belay.ID, more bool, err error) {
	if err := b.Reload(ctx); err != nil {
		return nil, false, err
	}
	for at := range b.shared.Load().installed.all {
		if at.app == app {
			list = append(list, at.site)
		}
	}
	slices.SortFunc(list, func(a, c belay.ID) int { return slices.Compare(a[:], c[:]) })
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}
