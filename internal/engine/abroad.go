package engine

import (
	"context"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// abroadEvery is how often a node looks at what others have committed while
// somebody watches.
const abroadEvery = time.Second

// watchOthers tells those who watch that another node may have changed something.
// Only that it did is known, by the numbers of commits of the buckets; that is one
// row of each bucket that is watched, and nothing while nobody watches. Commits of
// this node raise the numbers too, so they are told twice: once what they were,
// once that they were.
func (e *Engine) watchOthers(ctx context.Context) {
	if e.o.Commits == nil {
		return
	}
	ticker := time.NewTicker(abroadEvery)
	defer ticker.Stop()
	var known [belay.Buckets]int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		of := e.watch.buckets()
		if of.Len() == 0 {
			known = [belay.Buckets]int64{}
			continue
		}
		now, err := e.o.Commits.Commits(ctx, &of)
		if err != nil {
			if ctx.Err() == nil {
				e.metrics.watchErrors.Inc()
			}
			continue
		}
		// What is watched for the first time counts as moved: what happened between
		// its beginning and this look is told as well.
		var moved store.Buckets
		for b := range now {
			if now[b] != known[b] {
				moved.Add(uint8(b))
			}
		}
		known = now
		e.watch.moved(&moved)
	}
}

// buckets returns those that are watched.
func (w *watch) buckets() (of store.Buckets) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.topics {
		if key.site.IsZero() {
			for b := range belay.Buckets {
				of.Add(uint8(b))
			}
			return of
		}
		of.Add(belay.Bucket(key.site))
	}
	return of
}

// moved tells those who watch something in the buckets that it may have changed.
func (w *watch) moved(buckets *store.Buckets) {
	if buckets.Len() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, t := range w.topics {
		if key.site.IsZero() || buckets.Has(belay.Bucket(key.site)) {
			t.add(News{Kind: ChangedNews, SiteID: key.site})
		}
	}
}
