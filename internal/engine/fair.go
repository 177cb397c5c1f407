package engine

import "github.com/belay-events/belay/internal/belay"

// fair is a queue that serves sites by turns: one item of each that has any, so
// that a busy site delays no other. The zero value is empty and ready. It is
// not safe for concurrent use.
type fair[T any] struct {
	lines map[belay.ID]*line[T]
	ring  []belay.ID // sites that have items, the next to be served first
	n     int
}

type line[T any] struct {
	items []T
	head  int
}

func (f *fair[T]) push(site belay.ID, item T) {
	if f.lines == nil {
		f.lines = make(map[belay.ID]*line[T])
	}
	l := f.lines[site]
	if l == nil {
		l = &line[T]{}
		f.lines[site] = l
		f.ring = append(f.ring, site)
	}
	l.items = append(l.items, item)
	f.n++
}

// pop returns the next site's next item.
func (f *fair[T]) pop() (item T, ok bool) {
	return f.popIf(func(belay.ID) bool { return true })
}

// popIf is pop among the sites that may be served now.
func (f *fair[T]) popIf(may func(site belay.ID) bool) (item T, ok bool) {
	for range len(f.ring) {
		site := f.ring[0]
		f.ring = f.ring[1:]
		if !may(site) {
			f.ring = append(f.ring, site)
			continue
		}
		l := f.lines[site]
		item = l.items[l.head]
		var zero T
		l.items[l.head] = zero
		l.head++
		f.n--
		if l.head == len(l.items) {
			delete(f.lines, site)
		} else {
			f.ring = append(f.ring, site)
		}
		return item, true
	}
	return item, false
}

func (f *fair[T]) len() int { return f.n }
