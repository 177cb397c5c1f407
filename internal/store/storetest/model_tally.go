package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Tally counts one by one.
func (m *model) Tally(ctx context.Context, q store.TallyQuery) ([]store.Tally, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	if q.Look < 1 || q.Look > 10_000 || q.Since%store.TallyStep != 0 {
		return nil, fmt.Errorf("model: a tally of %d activations since %d", q.Look, q.Since)
	}
	counts := map[store.Tally]int{}
	for i, automation := range q.Automations {
		if slices.Contains(q.Automations[:i], automation) {
			continue
		}
		var ended []belay.Activation
		for r, a := range m.activations {
			if r.site == q.SiteID && a.AutomationID == automation && a.Status.Final() {
				ended = append(ended, a)
			}
		}
		slices.SortFunc(ended, func(a, b belay.Activation) int { return bytes.Compare(b.ID[:], a.ID[:]) })
		for _, a := range ended[:min(len(ended), q.Look)] {
			t := store.Tally{AutomationID: automation, Status: a.Status}
			if a.EndedAt >= q.Since {
				t.At = a.EndedAt / store.TallyStep * store.TallyStep
			}
			counts[t]++
		}
	}
	out := []store.Tally{}
	for t, n := range counts {
		t.Count = n
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b store.Tally) int {
		return cmp.Or(bytes.Compare(a.AutomationID[:], b.AutomationID[:]), cmp.Compare(a.At, b.At), cmp.Compare(a.Status, b.Status))
	})
	return out, nil
}
