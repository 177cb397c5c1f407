package peer

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// BenchmarkFrame writes and reads what a call of so many reports takes: the batch of a
// node, and the answer of the one that kept it.
func BenchmarkFrame(b *testing.B) {
	c, err := newCodec()
	if err != nil {
		b.Fatal(err)
	}
	for _, reports := range []int{1, 100} {
		batch := handed{Number: 1, Batch: store.Batch{Fence: 7}}
		answer := answered{Number: 1, Result: &store.Result{}}
		for range reports {
			batch.Batch.Reports = append(batch.Batch.Reports, aReport())
			answer.Result.Reports = append(answer.Result.Reports, store.Reported{})
		}
		b.Run(fmt.Sprint(reports), func(b *testing.B) {
			wire := bytes.NewReader(nil)
			in := c.frames(wire)
			size := 0
			b.ReportAllocs()
			for b.Loop() {
				var gotBatch handed
				var gotAnswer answered
				size = 0
				for _, v := range [][2]any{{&batch, &gotBatch}, {&answer, &gotAnswer}} {
					frame, err := c.frame(v[0])
					if err != nil {
						b.Fatal(err)
					}
					size += frame.Len()
					wire.Reset(frame.Bytes())
					if err := in.next(v[1]); err != nil {
						b.Fatal(err)
					}
					free(frame)
				}
			}
			b.ReportMetric(float64(size)/float64(reports), "B/report")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(reports), "ns/report")
		})
	}
}

// aReport is one with a payload of 300 bytes and an activation that waits.
func aReport() store.Report {
	id := func(n byte) (id belay.ID) {
		for i := range id {
			id[i] = n
		}
		return id
	}
	event := belay.Event{
		ID: id(1), SiteID: id(2), AppID: id(3), TriggerKey: "bookings-booking_booked", EntityID: id(4), RequestID: "0123456789abcdef",
		ReportedAt: 5e12, TakesPlaceAt: 6e12, Payload: bytes.Repeat([]byte("0123456789"), 30), Activations: []belay.ID{id(5)},
	}
	return store.Report{
		Event: event, SiteVersion: 1, GlobalVersion: 2, KeyUntil: 3e12, Now: 5e12,
		Activations: []belay.Activation{{
			ID: id(5), SiteID: id(2), EventID: id(1), AutomationID: id(6), AppID: id(3), Revision: 3, TriggerKey: event.TriggerKey, EntityID: id(4),
			Status: belay.Scheduled, Version: 1, Due: 6e12, StartsAt: 6e12, InitiatedAt: 5e12, ScheduledAt: 5e12,
		}},
	}
}
