package engine_test

import (
	"math/rand/v2"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

// BenchmarkReport is one report with one matching automation that waits, by 64
// callers at once, on the embedded store.
func BenchmarkReport(b *testing.B) {
	h := build(b, disk(b), nil)
	defer h.stop()
	h.automate("booked", "", delayed("later", "30", "DAYS"))
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			item := engine.ReportItem{Payload: []byte(payload("")), EntityID: id(rand.IntN(1e9) + 1)}
			if _, err := h.Report(b.Context(), h.appCaller, h.site, belay.ID{}, "booked", item); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBulkReport is the same in calls of a hundred, by 8 callers; an
// operation is one event.
func BenchmarkBulkReport(b *testing.B) {
	h := build(b, disk(b), nil)
	defer h.stop()
	h.automate("booked", "", delayed("later", "30", "DAYS"))
	b.SetParallelism(4)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for more := true; more; {
			var items []engine.ReportItem
			for len(items) < 100 {
				if more = pb.Next(); !more {
					break
				}
				items = append(items, engine.ReportItem{Payload: []byte(payload("")), EntityID: id(rand.IntN(1e9) + 1)})
			}
			if _, err := h.ReportAll(b.Context(), h.appCaller, h.site, belay.ID{}, "booked", items); err != nil {
				b.Fatal(err)
			}
		}
	})
}
