package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// standing is what a server costs that holds what is pending and does nothing.
type standing struct {
	pending       int
	loaded, disk  int64 // bytes of the folder: at once after the load, and when it has settled
	memory        memory
	reopened      memory
	idle          float64 // percent of a core
	open          time.Duration
	idled, opened bool
}

// stand measures what a server costs that has just been filled.
func (b *bench) stand(ctx context.Context, h *house) (s standing, err error) {
	s.pending = h.filled
	if s.loaded, err = folderSize(h.dir); err != nil {
		return s, err
	}
	if err = settle(ctx); err != nil {
		return s, err
	}
	if s.disk, err = folderSize(h.dir); err != nil {
		return s, err
	}
	s.memory = readMemory()
	if b.wants("idle") {
		b.say("idle for %s with %s pending", 2*b.c.Slice, count(s.pending))
		if s.idle, err = usage(ctx, 2*b.c.Slice); err != nil {
			return s, err
		}
		s.idled = true
	}
	if b.wants("open", "space") {
		b.say("opening with %s pending", count(s.pending))
		if s.open, err = b.reopen(ctx, h); err != nil {
			return s, err
		}
		s.opened = true
		if err = settle(ctx); err != nil {
			return s, err
		}
		s.reopened = readMemory()
	}
	return s, nil
}

// reopen stops and starts a server and returns the median time from the first
// step until /readyz, which looks for due work, answers that it is ready.
func (b *bench) reopen(ctx context.Context, h *house) (time.Duration, error) {
	took := make([]time.Duration, b.c.Rounds)
	for i := range took {
		if err := h.stop(); err != nil {
			return 0, err
		}
		runtime.GC()
		began := time.Now()
		if err := h.start(ctx); err != nil {
			return 0, err
		}
		took[i] = time.Since(began)
	}
	return median(took), nil
}

// compare adds what many pending cost beside few.
func (b *bench) compare(few, many standing) {
	named := fmt.Sprintf("%s pending", count(few.pending))
	if b.wants("space") {
		n := float64(many.pending)
		b.add(
			Row{Phase: "space", Figure: "disk per pending, after the load", Value: float64(many.loaded) / n, Unit: "B"}.atMost(1000),
			Row{Phase: "space", Figure: "disk per pending, settled", Value: float64(many.disk) / n, Unit: "B"}.atMost(1000),
		)
		more := float64(max(1, many.pending-few.pending))
		for _, m := range []struct {
			name      string
			few, many int64
		}{
			{"RAM per pending, resident after the load", few.memory.resident, many.memory.resident},
			{"RAM per pending, heap after the load", few.memory.heap, many.memory.heap},
			{"RAM per pending, resident after opening", few.reopened.resident, many.reopened.resident},
			{"RAM per pending, heap after opening", few.reopened.heap, many.reopened.heap},
		} {
			b.add(Row{Phase: "space", Figure: m.name, Value: float64(m.many-m.few) / more, Unit: "B"}.atMost(100))
		}
		b.add(
			Row{Phase: "space", Figure: "RAM of the process, resident", Value: float64(many.memory.resident) / (1 << 20), Unit: "MiB"}.
				beside(named, float64(few.memory.resident)/(1<<20)),
		)
	}
	if many.idled {
		b.add(Row{Phase: "idle", Figure: "processor, " + count(many.pending) + " pending", Value: many.idle, Unit: "% of a core"}.
			beside(named, few.idle).atMost(2))
	}
	if many.opened && b.wants("open") {
		b.add(Row{Phase: "open", Figure: "open until ready, " + count(many.pending) + " pending", Value: many.open.Seconds(), Unit: "s"}.
			beside(named, few.open.Seconds()).atMost(2))
	}
}

// median returns the middle one, of an even number what lies between the middle two.
func median[T interface{ ~int64 | ~float64 }](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}
