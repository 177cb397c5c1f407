package engine

import (
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// CommitUnwatched returns what every commit does for those who watch, where nobody
// does.
func CommitUnwatched() func() {
	w := newWatch(func() belay.Instant { return 0 }, func(belay.Instant) belay.ID { return belay.ID{} }, nil)
	b := &store.Batch{Reports: make([]store.Report, 10), Saves: make([]store.Save, 10)}
	r := &store.Result{Reports: make([]store.Reported, 10), Saves: []store.Saved{9: store.Kept}}
	return func() { w.committed(b, r) }
}
