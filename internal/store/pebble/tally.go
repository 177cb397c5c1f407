package pebble

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// endingValue is what a key of kind R has of its activation: how it ended, and when;
// nil for one that has not.
func endingValue(a *belay.Activation) []byte {
	if !a.Status.Final() {
		return nil
	}
	return binary.BigEndian.AppendUint64([]byte{byte(a.Status)}, uint64(a.EndedAt))
}

// ending reads the value of a key of kind R. One that an older Belay wrote is
// empty, and the record itself is read.
func (s *Store) ending(r pebble.Reader, site, id belay.ID, value []byte) (belay.Status, belay.Instant, error) {
	switch len(value) {
	case 9:
		return belay.Status(value[0]), belay.Instant(binary.BigEndian.Uint64(value[1:])), nil
	case 0:
		a, _, err := s.activation(r, site, id)
		return a.Status, a.EndedAt, err
	}
	return 0, 0, fmt.Errorf("how activation %s ended: %w", id, errRecord)
}

// Tally counts by the keys of kind R, whose values say what it needs.
func (s *Store) Tally(ctx context.Context, q store.TallyQuery) ([]store.Tally, error) {
	if err := checkTally(q); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	counts := map[store.Tally]int{}
	for i, automation := range q.Automations {
		if slices.Contains(q.Automations[:i], automation) {
			continue
		}
		if err := s.tally(ctx, snap, q, automation, counts); err != nil {
			return nil, fmt.Errorf("pebble: tally of automation %s: %w", automation, err)
		}
	}
	out := make([]store.Tally, 0, len(counts))
	for t, n := range counts {
		t.Count = n
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b store.Tally) int {
		return cmp.Or(bytes.Compare(a.AutomationID[:], b.AutomationID[:]), cmp.Compare(a.At, b.At), cmp.Compare(a.Status, b.Status))
	})
	return out, nil
}

func checkTally(q store.TallyQuery) error {
	if q.Look < 1 || q.Look > 10_000 || q.Since%store.TallyStep != 0 {
		return fmt.Errorf("pebble: a tally of %d activations since %d", q.Look, q.Since)
	}
	return nil
}

// tally adds what one automation has; the counts' own Count is zero.
func (s *Store) tally(ctx context.Context, snap *pebble.Snapshot, q store.TallyQuery, automation belay.ID, counts map[store.Tally]int) error {
	prefix := siteKey(kindEndedAutomation, q.SiteID, automation)
	it, err := snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return err
	}
	defer it.Close()
	seen := 0
	for ok := it.Last(); ok && seen < q.Look; ok = it.Prev() {
		if seen++; seen%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		status, at, err := s.ending(snap, q.SiteID, lastID(it.Key()), value)
		if err != nil {
			return err
		}
		t := store.Tally{AutomationID: automation, Status: status}
		if at >= q.Since {
			t.At = at - at%store.TallyStep
		}
		counts[t]++
	}
	return it.Error()
}
