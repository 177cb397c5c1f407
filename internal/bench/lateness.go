package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// lateness measures how late due activations start, at a steady rate over all
// sites. The floor is a bare timer that appends to a file with a group fsync.
func (b *bench) lateness(ctx context.Context, h *house) error {
	n := max(1, int(float64(b.c.Rate)*b.c.Slice.Seconds()))
	kinds := []struct{ trigger, name string }{{starting, "send_http_request"}, {mailing, "send_email to the outbox"}}
	var floors [][]time.Duration
	starts := make([][]started, len(kinds))
	var arrived [][]time.Duration
	for range b.c.Rounds {
		late, err := b.floorLateness(ctx, n)
		if err != nil {
			return err
		}
		floors = append(floors, late)
		for i, kind := range kinds {
			b.say("%s due in %s, %s, %s pending", count(n), b.c.Slice, kind.name, count(h.filled))
			got, s, err := b.dueSlice(ctx, h, kind.trigger, n)
			if err != nil {
				return err
			}
			starts[i] = append(starts[i], s)
			if kind.trigger == starting {
				arrived = append(arrived, got)
			}
		}
	}
	for _, q := range []struct {
		name  string
		q     float64
		limit float64
	}{{"p50", 0.5, 5}, {"p99", 0.99, 25}} {
		of := func(all [][]time.Duration) float64 {
			each := make([]time.Duration, len(all))
			for i, late := range all {
				each[i] = at(late, q.q)
			}
			return ms(median(each))
		}
		for i, kind := range kinds {
			each := make([]float64, len(starts[i]))
			for j, s := range starts[i] {
				each[j] = s.late(q.q)
			}
			b.add(Row{
				Phase: "lateness", Figure: fmt.Sprintf("start, %s/s, %s, %s", count(b.c.Rate), kind.name, q.name),
				Value: median(each), Unit: "ms",
			}.over(of(floors)).atMost(q.limit))
		}
		b.add(Row{
			Phase: "lateness", Figure: fmt.Sprintf("at the receiver, %s/s, %s, %s", count(b.c.Rate), kinds[0].name, q.name),
			Value: of(arrived), Unit: "ms",
		}.over(of(floors)))
	}
	return nil
}

func (b *bench) floorLateness(ctx context.Context, n int) ([]time.Duration, error) {
	if err := settle(ctx); err != nil {
		return nil, err
	}
	due := make([]time.Time, n)
	from := time.Now().Add(100 * time.Millisecond)
	for i := range due {
		due[i] = from.Add(time.Duration(float64(i) / float64(b.c.Rate) * float64(time.Second)))
	}
	return lateFloor(ctx, b.root, due)
}

// dueSlice reports n events that are due at the steady rate a little later, and
// waits until all of them have been dealt with. It returns how late requests
// arrived, ascending, and what the engine started.
func (b *bench) dueSlice(ctx context.Context, h *house, trigger string, n int) ([]time.Duration, started, error) {
	calls := (n + perCall - 1) / perCall
	gap := 1000 / float64(b.c.Rate)
	var before started
	var begin belay.Instant
	lead := h.lead(n)
	for inTime := false; !inTime; lead *= 2 {
		if lead > 10*time.Minute {
			return nil, before, errors.New("bench: events fall due before they are all reported, however late they are due")
		}
		var err error
		if _, err = b.receiver.take(); err != nil {
			return nil, before, err
		}
		if before, err = h.started(ctx); err != nil {
			return nil, before, err
		}
		begin = h.engine().Now().Add(lead)
		// The events of one call, which are of one site, are spread over the slice.
		_, err = h.report(ctx, events{trigger: trigger, n: n, starts: func(i int, _ *rand.Rand) belay.Instant {
			return begin + belay.Instant(gap*float64(i%perCall*calls+i/perCall))
		}})
		if err != nil {
			return nil, before, err
		}
		if inTime = h.engine().Now() < begin; !inTime {
			b.say("  the first were due before the last was reported; once more, with more time")
			if _, err := b.landed(ctx, h, before, n, 100*time.Millisecond); err != nil {
				return nil, before, err
			}
		}
	}
	if err := pause(ctx, time.Until(begin.Time())+b.c.Slice); err != nil {
		return nil, before, err
	}
	after, err := b.landed(ctx, h, before, n, 100*time.Millisecond)
	if err != nil {
		return nil, before, err
	}
	got, err := b.receiver.take()
	return lateness(got), after.since(before), err
}

// lead returns how long before the first is due n events should begin to be
// reported: what reporting them took the last time, twice, and two seconds.
func (h *house) lead(n int) time.Duration {
	return 2*time.Second + time.Duration(2*float64(n)/max(h.rate, 500)*float64(time.Second))
}

// landed waits until n more attempts than before have been started and none is out.
func (b *bench) landed(ctx context.Context, h *house, before started, n int, every time.Duration) (started, error) {
	for limit := time.Now().Add(2*time.Minute + b.c.Slice); ; {
		s, err := h.started(ctx)
		if err != nil {
			return s, err
		}
		if int(s.total-before.total) >= n && s.out == 0 {
			return s, nil
		}
		if time.Now().After(limit) {
			return s, fmt.Errorf("bench: %d of %d due activations were started, %d attempts are out", int(s.total-before.total), n, int(s.out))
		}
		if err := pause(ctx, every); err != nil {
			return s, err
		}
	}
}
