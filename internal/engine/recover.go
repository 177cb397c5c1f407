package engine

import (
	"context"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// recover ends the leases of attempts that an earlier process left out. That
// process is dead, as this one owns the store alone, so there is nothing to wait
// for: the attempts count as lost and are repeated under the same message ID.
func (e *Engine) recover(ctx context.Context) error {
	now := e.Now()
	from, until := now.Add(-e.o.Lease), now.Add(e.o.Lease)+1
	for {
		page, err := e.Store().Due(ctx, store.DueQuery{From: from, Until: until, Limit: overdueLimit})
		if err != nil {
			return err
		}
		var batch store.Batch
		for _, d := range page {
			a, err := e.Store().Activation(ctx, d.SiteID, d.ActivationID)
			if err != nil {
				return err
			}
			if lapsed, any := lapse(a, now); any {
				batch.Saves = append(batch.Saves, store.Save{Activation: lapsed, Version: a.Version})
			}
		}
		if len(batch.Saves) > 0 {
			if _, err := e.commits.must(ctx, &batch); err != nil {
				return err
			}
			e.log.Info("took up attempts whose outcome the last process did not record", "activations", len(batch.Saves))
		}
		if len(page) < overdueLimit {
			return nil
		}
		from = page[len(page)-1].At + 1
	}
}

// lapse returns a with the leases of its attempts ended.
func lapse(a belay.Activation, now belay.Instant) (belay.Activation, bool) {
	a = a.Clone()
	any := lapseRefresh(a.Refresh, now)
	for i := range a.Actions {
		s := &a.Actions[i]
		any = lapseRefresh(s.Refresh, now) || any
		if s.InFlight {
			s.Due, any = min(s.Due, now), true
		}
	}
	if !any {
		return a, false
	}
	a.Due = min(a.Due, now)
	a.Version++
	return a, true
}

func lapseRefresh(r *belay.Refresh, now belay.Instant) bool {
	if !r.Open() || !r.InFlight {
		return false
	}
	r.Due = min(r.Due, now)
	return true
}
