package config

import (
	"cmp"
	"context"
	"slices"

	"github.com/belay-events/belay/internal/belay"
)

// Workbench is all that an automation of a site is edited with, as it was at one
// moment.
type Workbench struct {
	Site belay.Site
	// Live is the automation that acts, and Draft what is to become of it; one is nil
	// where there is no such thing, and both are where a new one is to be made.
	Live, Draft *belay.Automation
	// Editable says whether the caller may change it.
	Editable bool
	// Offers begin with the built-in app's; the rest is in the order of names.
	Offers []Offer
}

// Outdated reports whether the live automation has changed since the draft was made
// from it.
func (w *Workbench) Outdated() bool {
	return w.Live != nil && w.Draft != nil && w.Live.Revision != w.Draft.Draft.Revision
}

// Offer is what one app offers to automations, in the order of keys.
type Offer struct {
	App      belay.App
	Triggers []*Trigger
	Actions  []belay.ActionDeclaration
}

// Workbench returns what the automation or the draft of an ID is edited with, or,
// for the zero ID, what a new one can be made of. Hidden triggers are offered only
// to an automation that uses them. Whoever may read the site's automations may ask.
func (b *Book) Workbench(ctx context.Context, by belay.Caller, site, id belay.ID) (*Workbench, error) {
	if err := readsSite(by, site, "read automations"); err != nil {
		return nil, err
	}
	s, err := b.Refresh(ctx, site)
	if err != nil {
		return nil, err
	}
	w := &Workbench{Site: s.Site, Editable: editsSite(by, site, "") == nil}
	if !id.IsZero() {
		if err := b.layOut(ctx, s, w, id); err != nil {
			return nil, err
		}
	}
	w.offers(s)
	return w, nil
}

// layOut finds an automation and its draft by the ID of either.
func (b *Book) layOut(ctx context.Context, s *Snapshot, w *Workbench, id belay.ID) error {
	live, draft := id, belay.ID{}
	if _, ok := s.Automation(id); ok {
		var err error
		if draft, err = b.draftIDOf(ctx, s.Site.ID, id); err != nil {
			return err
		}
	} else {
		d, err := b.draft(ctx, s.Site.ID, id)
		if belay.CodeOf(err) == belay.NotFound {
			return errNoAutomation()
		}
		if err != nil {
			return err
		}
		live, draft, w.Draft = d.Draft.OriginalID, id, &d
	}
	if a, ok := s.Automation(live); ok {
		w.Live = &a
	}
	if draft.IsZero() || w.Draft != nil {
		return nil
	}
	d, err := b.draft(ctx, s.Site.ID, draft)
	if belay.CodeOf(err) == belay.NotFound {
		return nil // published or thrown away since
	}
	w.Draft = &d
	return err
}

// offers takes in what the site's apps declare.
func (w *Workbench) offers(s *Snapshot) {
	used := w.hiddenInUse(s)
	byApp := map[belay.ID]*Offer{}
	offer := func(app belay.ID) *Offer {
		if byApp[app] == nil {
			a, _ := s.App(app)
			byApp[app] = &Offer{App: a}
		}
		return byApp[app]
	}
	for r, t := range s.shared.triggers.all {
		if s.Installed(r.app) && (!t.Hidden || used[r]) {
			o := offer(r.app)
			o.Triggers = append(o.Triggers, t)
		}
	}
	for r, a := range s.shared.actions.all {
		if s.Installed(r.app) {
			o := offer(r.app)
			o.Actions = append(o.Actions, a.ActionDeclaration)
		}
	}
	for _, o := range byApp {
		slices.SortFunc(o.Triggers, func(a, c *Trigger) int { return cmp.Compare(a.Key, c.Key) })
		slices.SortFunc(o.Actions, func(a, c belay.ActionDeclaration) int { return cmp.Compare(a.Key, c.Key) })
		w.Offers = append(w.Offers, *o)
	}
	slices.SortFunc(w.Offers, func(a, c Offer) int {
		return cmp.Or(cmp.Compare(a.App.Name, c.App.Name), slices.Compare(a.App.ID[:], c.App.ID[:]))
	})
	builtIn := Offer{App: belay.App{ID: belay.BuiltIn, Name: "Belay"}, Triggers: BuiltInTriggers()}
	w.Offers = slices.Insert(w.Offers, 0, builtIn)
}

// hiddenInUse returns the triggers that the automation and its draft have, hidden
// or not.
func (w *Workbench) hiddenInUse(s *Snapshot) map[ref]bool {
	used := map[ref]bool{}
	for _, a := range []*belay.Automation{w.Live, w.Draft} {
		if a == nil {
			continue
		}
		spec, err := readSpec(a.Document)
		if err != nil {
			continue // it names no trigger that can be read
		}
		use := spec.Configuration.Trigger
		if app, err := appID(use.AppID); err == nil {
			if _, ok := s.Trigger(app, use.TriggerKey); ok {
				used[ref{app, use.TriggerKey}] = true
			}
		}
	}
	return used
}
