package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// apart is how long after a herd another site's single activation is due.
const apart = 200 * time.Millisecond

// herd measures how long it takes until all activations of one site that are due
// at one instant have started, and how late a single one of another site is that
// is due while they do. All go to one receiver.
func (b *bench) herd(ctx context.Context, h *house) error {
	var floors, all, arrived, other []time.Duration
	for range b.c.Rounds {
		b.say("%s due at one instant on one site, one on another %s later", count(b.c.Herd), apart)
		late, err := b.floorHerd(ctx)
		if err != nil {
			return err
		}
		floors = append(floors, late)
		one, err := b.herdOnce(ctx, h)
		if err != nil {
			return err
		}
		all, arrived, other = append(all, one.started), append(arrived, one.arrived), append(other, one.other)
	}
	herd := count(b.c.Herd) + " at one instant"
	b.add(
		Row{Phase: "herd", Figure: herd + ", all started", Value: median(all).Seconds(), Unit: "s"}.
			over(median(floors).Seconds()).atMost(3),
		Row{Phase: "herd", Figure: herd + ", all at the receiver", Value: median(arrived).Seconds(), Unit: "s"}.
			over(median(floors).Seconds()),
		Row{Phase: "herd", Figure: "another site's single one, late at the receiver", Value: ms(median(other)), Unit: "ms"}.
			atMost(100),
	)
	return nil
}

// floorHerd returns when the bare group fsync is done with as many at one instant.
func (b *bench) floorHerd(ctx context.Context) (time.Duration, error) {
	if err := settle(ctx); err != nil {
		return 0, err
	}
	due := make([]time.Time, b.c.Herd)
	from := time.Now().Add(100 * time.Millisecond)
	for i := range due {
		due[i] = from
	}
	late, err := lateFloor(ctx, b.root, due)
	return at(late, 1), err
}

// stampede is what became of one herd: the time from its due time until all had
// been started, and had arrived; and the lateness of the single one's arrival.
type stampede struct{ started, arrived, other time.Duration }

func (b *bench) herdOnce(ctx context.Context, h *house) (stampede, error) {
	var s stampede
	n := b.c.Herd + 1
	if _, err := b.receiver.take(); err != nil {
		return s, err
	}
	before, err := h.started(ctx)
	if err != nil {
		return s, err
	}
	begin := h.engine().Now().Add(h.lead(n))
	crowded, quiet := 0, 1
	for _, e := range []events{
		{trigger: starting, n: b.c.Herd, site: &crowded, starts: func(int, *rand.Rand) belay.Instant { return begin }},
		{trigger: starting, n: 1, site: &quiet, starts: func(int, *rand.Rand) belay.Instant { return begin.Add(apart) }},
	} {
		if _, err := h.report(ctx, e); err != nil {
			return s, err
		}
	}
	if h.engine().Now() > begin {
		return s, fmt.Errorf("bench: the herd was due before it was reported")
	}
	if err := pause(ctx, time.Until(begin.Time())); err != nil {
		return s, err
	}
	for s.started == 0 {
		now, err := h.started(ctx)
		if err != nil {
			return s, err
		}
		if int(now.total-before.total) >= b.c.Herd {
			s.started = time.Since(begin.Time())
		} else if time.Since(begin.Time()) > time.Minute {
			return s, fmt.Errorf("bench: after a minute %d of %d had been started", int(now.total-before.total), b.c.Herd)
		} else if err := pause(ctx, 20*time.Millisecond); err != nil {
			return s, err
		}
	}
	bounded, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	got, err := b.receiver.waitFor(bounded, n)
	if err != nil {
		return s, err
	}
	for _, a := range got {
		if a.site == quiet {
			s.other = a.late
		} else {
			s.arrived = max(s.arrived, a.late)
		}
	}
	_, err = b.landed(ctx, h, before, n, 100*time.Millisecond)
	return s, err
}
