package postgres_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Commits of one bucket by many, each with a key that others take too: one takes
// it, and the rest are told so, though each decides with its first statement.
func TestReportsThatMeetInABucketSeeEachOther(t *testing.T) {
	const callers, rounds = 6, 60
	url := database(t)
	stores := make([]store.Store, callers)
	for i := range stores {
		s := open(t, url)
		t.Cleanup(func() { _ = s.Close() })
		stores[i] = s
	}
	site := belay.ID{1, 15: 1}
	for round := range rounds {
		var wait sync.WaitGroup
		outcomes := make([]store.Reported, callers)
		for i, s := range stores {
			wait.Go(func() {
				id := belay.ID{2, 14: byte(i + 1), 15: byte(round + 1)}
				r, err := s.Commit(t.Context(), &store.Batch{Reports: []store.Report{{
					Event: belay.Event{
						ID: id, SiteID: site, AppID: belay.ID{3, 15: 3}, TriggerKey: "t",
						IdempotencyKey: fmt.Sprint(round), Payload: []byte(`{}`),
					},
					Now: 1000, KeyUntil: 2000,
				}}})
				if err != nil {
					t.Error(err)
					return
				}
				outcomes[i] = r.Reports[0]
			})
		}
		wait.Wait()
		accepted := 0
		for _, o := range outcomes {
			if o.Outcome == store.Accepted {
				accepted++
			}
		}
		if accepted != 1 {
			t.Fatalf("round %d: %d of %d reports with one key were accepted: %+v", round, accepted, callers, outcomes)
		}
	}
}
