package config

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// callOff is what is left to do when an app switches off an automation that it
// brought, or takes it away: to cancel what is pending of it on each site that has
// the app. It is noted with the change itself and done when the change is answered,
// or by another process after a crash; until then Standing keeps what is left over
// from going on. Sites that have a copy of their own are passed over.
type callOff struct {
	AppID        belay.ID           `json:"appId"`
	AutomationID belay.ID           `json:"automationId"`
	Revision     int64              `json:"revision"` // the first that is off
	Reason       belay.CancelReason `json:"reason"`
	By           belay.Identity     `json:"by,omitzero"`
}

func (o *callOff) key() string { return revisionKey(o.AutomationID, o.Revision) }

// noted returns docs with the note.
func (o *callOff) noted(docs []document) ([]document, error) {
	note, err := keep(kindCallOff, o.key(), o)
	return append(docs, note), err
}

// callOffPage is how many sites one commit concerns.
const callOffPage = 500

// finish carries out a call-off that was noted, nil for none. What cannot be done
// now is left to CallOff: the change itself stands.
func (b *Book) finish(ctx context.Context, o *callOff) {
	if o == nil {
		return
	}
	// It goes on without the caller, who may not wait for it.
	if err := b.carryOut(context.WithoutCancel(ctx), o); err != nil {
		b.log.WarnContext(ctx, "activations of an app's automation are still to be called off", "automation", o.AutomationID, "error", err)
	}
}

// CallOff carries out what processes have left undone that died or met a store that
// took nothing.
func (b *Book) CallOff(ctx context.Context) error {
	docs, _, err := b.store.Docs(ctx, belay.ID{}, kindCallOff, "", 0)
	if err != nil {
		return err
	}
	for _, d := range docs {
		o, err := read[callOff](document{kindCallOff, d.Key, d.Value})
		if err != nil {
			return err
		}
		if err := b.carryOut(ctx, &o); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) carryOut(ctx context.Context, o *callOff) error {
	if err := b.Reload(ctx); err != nil {
		return err
	}
	for page := range slices.Chunk(b.sitesWith(o.AppID), callOffPage) {
		if err := b.callOffOn(ctx, o, page); err != nil {
			return err
		}
	}
	return b.editShared(ctx, belay.Caller{}, func(*shared) ([]document, error) {
		_, err := b.store.Doc(ctx, store.DocKey{Kind: kindCallOff, Key: o.key()})
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return []document{remove(kindCallOff, o.key())}, err
	})
}

// sitesWith returns the sites that have an app, in the order of their IDs.
func (b *Book) sitesWith(app belay.ID) []belay.ID {
	var sites []belay.ID
	for p := range b.shared.Load().installed.all {
		if p.app == app {
			sites = append(sites, p.site)
		}
	}
	slices.SortFunc(sites, func(a, c belay.ID) int { return bytes.Compare(a[:], c[:]) })
	return sites
}

// callOffOn cancels what is pending on some sites. A cancel counts only while the
// site has no copy of its own and the automation is off, so that nothing is canceled
// that began since; it is made again where the configuration has moved meanwhile.
func (b *Book) callOffOn(ctx context.Context, o *callOff, sites []belay.ID) error {
	pause := 10 * time.Millisecond
	for len(sites) > 0 {
		s := b.shared.Load()
		if p, ok := s.preinstalled.get(o.AutomationID); ok && p.since > 0 {
			return nil // it is on again; Standing knows what began before
		}
		var batch store.Batch
		for _, site := range sites {
			version, own, err := b.hasCopy(ctx, site, o.AutomationID)
			if err != nil {
				return err
			}
			if !own {
				c := store.Cancel{
					SiteID: site, Selector: store.Selector{AutomationID: o.AutomationID}, Reason: o.Reason, By: o.By, Now: b.now(),
					SiteVersion: version, GlobalVersion: s.version,
					Tell: newListeners(s, site).ofActivations,
				}
				if c.Note, err = b.CancelNote(belay.Caller{UserID: o.By.UserID, AppID: o.By.AppID}, &c, ""); err != nil {
					return err
				}
				c.Note.IfAny = true
				batch.Cancels = append(batch.Cancels, c)
			}
		}
		if len(batch.Cancels) == 0 {
			return nil
		}
		result, err := b.commit(ctx, &batch)
		if err != nil {
			return err
		}
		sites = nil
		stale := false
		for i, done := range result.Cancels {
			stale = stale || done.Stale
			if done.More || done.Stale {
				sites = append(sites, batch.Cancels[i].SiteID)
			}
		}
		if !stale {
			continue
		}
		if err := b.Reload(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
	return nil
}

// hasCopy reports whether a site has a copy of its own of an automation, and the
// version of the site's scope at that moment.
func (b *Book) hasCopy(ctx context.Context, site, automation belay.ID) (version int64, own bool, err error) {
	docs, version, err := b.store.Docs(ctx, site, kindAutomation, before(automation), 1)
	if err != nil {
		return 0, false, err
	}
	return version, len(docs) > 0 && docs[0].Key == automation.String(), nil
}

// before returns the key right before an ID's, in the order of keys.
func before(id belay.ID) string {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			break
		}
	}
	return id.String()
}
