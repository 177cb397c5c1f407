package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// How many names a top list keeps apart, and how long a count stays whole: what is
// told is of the last one to two spans.
const (
	topNames = 200
	topSpan  = 15 * time.Minute
)

// top counts by name what there may be very many names of. Where there are more than
// it keeps apart, the smallest makes place and leaves its count to the newcomer, so
// that none of the large is missed and none is told smaller than it is.
//
// Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k
// Elements in Data Streams", 2005.
type top[K comparable] struct {
	mu       sync.Mutex
	now, was map[K]Tally
	turned   time.Time
}

// Tally is how often something happened, and how often it failed.
type Tally struct{ Count, Failed int64 }

// Top is a name of a top list with its tally.
type Top[K comparable] struct {
	Name K
	Tally
}

func (t *top[K]) add(at time.Time, name K, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(at)
	tally, ok := t.now[name]
	if !ok && len(t.now) >= topNames {
		var least K
		lowest := Tally{Count: -1}
		for other, c := range t.now {
			if lowest.Count < 0 || c.Count < lowest.Count {
				least, lowest = other, c
			}
		}
		delete(t.now, least)
		tally = Tally{Count: lowest.Count}
	}
	tally.Count++
	if failed {
		tally.Failed++
	}
	t.now[name] = tally
}

// turn begins a new span when the last is over. The caller holds t.mu.
func (t *top[K]) turn(at time.Time) {
	switch {
	case t.now == nil || at.Sub(t.turned) >= 2*topSpan:
		t.now, t.was, t.turned = map[K]Tally{}, nil, at
	case at.Sub(t.turned) >= topSpan:
		t.now, t.was, t.turned = map[K]Tally{}, t.now, at
	}
}

// list returns the largest, by what order says of a tally.
func (t *top[K]) list(at time.Time, most int, order func(Tally) int64) []Top[K] {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(at)
	sum := make(map[K]Tally, len(t.now)+len(t.was))
	for _, span := range []map[K]Tally{t.was, t.now} {
		for name, c := range span {
			sum[name] = Tally{sum[name].Count + c.Count, sum[name].Failed + c.Failed}
		}
	}
	var all []Top[K]
	for name, c := range sum {
		if order(c) > 0 {
			all = append(all, Top[K]{name, c})
		}
	}
	slices.SortFunc(all, func(a, b Top[K]) int {
		return cmp.Or(cmp.Compare(order(b.Tally), order(a.Tally)), cmp.Compare(b.Count, a.Count))
	})
	return all[:min(len(all), most)]
}
