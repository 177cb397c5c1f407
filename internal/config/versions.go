package config

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
)

// Version is an automation as it was at one revision.
type Version struct {
	belay.Automation
	Spec *belay.AutomationSpec
}

// Versions returns what an automation of a site was before, newest first, from the
// present one down, or from below the revision before where that is not zero; at
// most limit revisions are looked at. Those that an app took away, or that were
// never this site's, are left out. more says that there may be earlier ones.
func (b *Book) Versions(ctx context.Context, by belay.Caller, site, id belay.ID, before int64, limit int) (list []Version, more bool, s *Snapshot, err error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return nil, false, nil, err
	}
	if s, err = b.Refresh(ctx, site); err != nil {
		return nil, false, nil, err
	}
	k, ok := s.automation(id)
	if !ok {
		return nil, false, nil, errNoAutomation()
	}
	next := k.Revision
	if before > 0 {
		next = min(next, before-1)
	}
	for ; next > 0 && limit > 0; next, limit = next-1, limit-1 {
		a, err := b.GetRevision(ctx, by, site, id, next)
		if belay.CodeOf(err) == belay.NotFound {
			continue
		}
		if err != nil {
			return nil, false, nil, err
		}
		spec, err := readSpec(a.Document)
		if err != nil {
			return nil, false, nil, err
		}
		list = append(list, Version{Automation: a, Spec: spec})
	}
	return list, next > 0, s, nil
}
