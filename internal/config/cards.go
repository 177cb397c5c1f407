package config

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
)

// Card is an automation as a list shows it, with what belongs to it.
type Card struct {
	belay.Automation
	// Spec is what is shown of it; of a draft also what is incomplete.
	Spec *belay.AutomationSpec
	// Draft is that of this automation, nil where it has none. A draft of a new
	// automation is a card of its own, without one.
	Draft *belay.Automation
}

// Cards returns the automations of a site with their drafts, in the order of
// creation, drafts of new automations last, and the snapshot that they are of: the
// site's own, and what came with its apps until the site has a copy of it.
func (b *Book) Cards(ctx context.Context, by belay.Caller, site belay.ID) ([]Card, *Snapshot, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return nil, nil, err
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return nil, nil, err
	}
	// A draft that comes or goes meanwhile is shown or not; neither is wrong.
	drafts, _, err := b.allDrafts(ctx, site)
	if err != nil {
		return nil, nil, err
	}
	of := make(map[belay.ID]*belay.Automation)
	for i := range drafts {
		of[drafts[i].Draft.OriginalID] = &drafts[i]
	}
	all := s.all()
	cards := make([]Card, 0, len(all)+len(drafts))
	for _, k := range all {
		cards = append(cards, Card{Automation: k.Automation, Spec: k.spec, Draft: of[k.ID]})
	}
	for _, d := range drafts {
		if !d.Draft.OriginalID.IsZero() {
			continue
		}
		spec, err := readSpec(d.Document)
		if err != nil {
			return nil, nil, err
		}
		cards = append(cards, Card{Automation: d, Spec: spec})
	}
	return cards, s, nil
}

// Locks are what the settings of an automation that came with an app keep its site
// from doing.
type Locks struct{ ReadOnly, NoDelete, NoStatus, TriggerFixed bool }

// Locks returns the locks of a card; an automation of the site's own keeps no more
// than itself from being deleted.
func (c *Card) Locks() Locks {
	l := locksOf(c.Spec)
	if c.Spec.Origin != "APPLICATION" && c.Spec.Origin != "PREINSTALLED" {
		return Locks{NoDelete: l.DisableDelete}
	}
	return Locks{ReadOnly: l.Readonly, NoDelete: l.DisableDelete, NoStatus: l.DisableStatusChange, TriggerFixed: l.Trigger.DisableChange}
}
