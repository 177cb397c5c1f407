package pebble

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Due looks only into buckets that may hold something before q.Until, so that it
// costs next to nothing when nothing is due.
func (s *Store) Due(ctx context.Context, q store.DueQuery) ([]store.Due, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	if q.Limit <= 0 {
		return nil, nil
	}
	look, from := s.horizon.begin(q)
	defer s.horizon.end(look)
	if len(from) == 0 {
		return nil, nil
	}
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: []byte{kindDue}, UpperBound: after([]byte{kindDue}),
	})
	if err != nil {
		return nil, fmt.Errorf("pebble: due: %w", err)
	}
	found, err := gather(ctx, it, look, from, q)
	if err != nil {
		it.Close()
		return nil, fmt.Errorf("pebble: due: %w", err)
	}
	if err := it.Close(); err != nil {
		return nil, fmt.Errorf("pebble: due: %w", err)
	}
	slices.SortFunc(found, compareDue)
	return found, nil
}

// gather reads bucket by bucket and keeps the q.Limit earliest.
func gather(ctx context.Context, it *pebble.Iterator, look *look, from []start, q store.DueQuery) ([]store.Due, error) {
	var best latest
	for _, b := range from {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for ok := it.SeekGE(dueKey(b.bucket, b.at, belay.ID{})); ; ok = it.Next() {
			if err := it.Error(); err != nil {
				return nil, err
			}
			d, ok := readDue(it, ok, b.bucket)
			if b.first {
				b.first = false
				look.found(b.bucket, d.At, ok)
			}
			if !ok || d.At >= q.Until || len(best) == q.Limit && compareDue(d, best[0]) > 0 {
				break
			}
			site, err := it.ValueAndErr()
			if err != nil {
				return nil, err
			}
			if len(site) != idLen {
				return nil, fmt.Errorf("due time of %s: %w", d.ActivationID, errRecord)
			}
			d.SiteID = belay.ID(site)
			if len(best) == q.Limit {
				best[0] = d
				heap.Fix(&best, 0)
			} else {
				heap.Push(&best, d)
			}
		}
	}
	return best, nil
}

// Upcoming walks through what is due in the site's bucket, and passes by what is of
// others.
func (s *Store) Upcoming(ctx context.Context, q store.UpcomingQuery) (found []store.Due, next store.Due, err error) {
	if err := checkPage(store.Page{Limit: q.Limit}); err != nil {
		return nil, next, err
	}
	if err := s.enter(); err != nil {
		return nil, next, err
	}
	defer s.exit()
	bucket := belay.Bucket(q.SiteID)
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: append(dueKey(bucket, q.After.At, q.After.ActivationID), 0),
		UpperBound: dueKey(bucket, q.Until, belay.ID{}),
	})
	if err != nil {
		return nil, next, fmt.Errorf("pebble: upcoming: %w", err)
	}
	looked := 0
	for ok := it.First(); ok && len(found) < q.Limit; ok = it.Next() {
		d, _ := readDue(it, ok, bucket)
		site, err := it.ValueAndErr()
		if err == nil && len(site) != idLen {
			err = fmt.Errorf("due time of %s: %w", d.ActivationID, errRecord)
		}
		if err != nil {
			return nil, next, fmt.Errorf("pebble: upcoming: %w", errors.Join(err, it.Close()))
		}
		if d.SiteID = belay.ID(site); d.SiteID == q.SiteID {
			if found = append(found, d); len(found) == q.Limit {
				break
			}
		}
		if looked++; looked == store.UpcomingLook {
			next = store.Due{At: d.At, ActivationID: d.ActivationID}
			break
		}
	}
	if err := errors.Join(it.Error(), it.Close(), ctx.Err()); err != nil {
		return nil, store.Due{}, fmt.Errorf("pebble: upcoming: %w", err)
	}
	return found, next, nil
}

func readDue(it *pebble.Iterator, valid bool, bucket uint8) (store.Due, bool) {
	if !valid {
		return store.Due{}, false
	}
	key := it.Key()
	if len(key) != 2+8+idLen || key[1] != bucket {
		return store.Due{}, false
	}
	return store.Due{At: belay.Instant(binary.BigEndian.Uint64(key[2:])), ActivationID: lastID(key)}, true
}

func compareDue(a, b store.Due) int {
	return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.ActivationID[:], b.ActivationID[:]))
}

// latest is a heap with the latest in front.
type latest []store.Due

func (l latest) Len() int           { return len(l) }
func (l latest) Less(i, j int) bool { return compareDue(l[i], l[j]) > 0 }
func (l latest) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *latest) Push(d any)        { *l = append(*l, d.(store.Due)) }
func (l *latest) Pop() any {
	old := *l
	d := old[len(old)-1]
	*l = old[:len(old)-1]
	return d
}

// horizon knows for each bucket a time before which nothing is due, so that
// neither an empty bucket nor the tombstones of what was done are read again.
//
// A look may raise a bucket's time to the first that it found. What a commit
// adds meanwhile need not be in the look's snapshot, so every commit tells what
// it is about to add before it writes, and every look takes it into account:
// what was being added when the look began, and what was announced since.
type horizon struct {
	mu     sync.Mutex
	low    [belay.Buckets]belay.Instant
	adding map[uint8]belay.Instant // by the commit under way
	looks  map[*look]struct{}
}

// look is one call of Due.
type look struct {
	h     *horizon
	added map[uint8]belay.Instant // the earliest added since it began
	first map[uint8]belay.Instant // the earliest that it found
}

// start is where to begin in a bucket. first reports that nothing stands before
// it in the bucket, so that what is found first is the bucket's earliest.
type start struct {
	bucket uint8
	at     belay.Instant
	first  bool
}

// never is later than any due time.
const never = belay.Instant(1<<63 - 1)

// begin returns the buckets to look into, those with the earliest in front.
func (h *horizon) begin(q store.DueQuery) (*look, []start) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var from []start
	for b := range h.low {
		if low := h.low[b]; low < q.Until && q.Buckets.Has(uint8(b)) {
			from = append(from, start{uint8(b), max(low, q.From, 0), q.From <= low})
		}
	}
	if len(from) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(from, func(a, b start) int { return cmp.Compare(a.at, b.at) })
	l := &look{h: h, added: map[uint8]belay.Instant{}, first: map[uint8]belay.Instant{}}
	for b, at := range h.adding {
		l.added[b] = at
	}
	if h.looks == nil {
		h.looks = map[*look]struct{}{}
	}
	h.looks[l] = struct{}{}
	return l, from
}

func (l *look) found(bucket uint8, at belay.Instant, ok bool) {
	if !ok {
		at = never
	}
	l.first[bucket] = at
}

// end lets h know what l found.
func (h *horizon) end(l *look) {
	if l == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.looks, l)
	for b, at := range l.first {
		if added, ok := l.added[b]; ok {
			at = min(at, added)
		}
		h.low[b] = max(h.low[b], at)
	}
}

// announce tells what a commit is about to add: the earliest of each bucket.
func (h *horizon) announce(adding map[uint8]belay.Instant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.adding = adding
	for b, at := range adding {
		h.low[b] = min(h.low[b], at)
		for l := range h.looks {
			if old, ok := l.added[b]; !ok || at < old {
				l.added[b] = at
			}
		}
	}
}

// added tells that the commit is over.
func (h *horizon) added() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.adding = nil
}
