package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// clock is the time that everything is decided by. Where many nodes share a
// store it is the store's, so that nodes whose own clocks differ agree: the
// node's own plus what the two differ by.
type clock struct {
	wall   func() time.Time
	offset atomic.Int64 // nanoseconds

	mu   sync.Mutex
	last [8]time.Duration // the latest looks at the store's clock, 0 for none yet
	next int
}

func (c *clock) now() time.Time { return c.wall().Add(time.Duration(c.offset.Load())) }

// look takes into account that the store's clock showed then at some moment that
// was over by until, by the node's own clock. Had it been read at the very end,
// the difference would be the least that it can be: with that, nothing is ever
// early by the store's clock. The greatest of the latest such bounds is closest.
func (c *clock) look(then, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Without the monotonic part: it is the wall's difference that counts.
	c.last[c.next%len(c.last)] = then.Round(0).Sub(until.Round(0))
	c.next++
	best := c.last[0]
	for _, d := range c.last[:min(c.next, len(c.last))] {
		best = max(best, d)
	}
	c.offset.Store(int64(best))
}

// Now returns the present instant.
func (e *Engine) Now() belay.Instant { return belay.At(e.clock.now()) }

// until returns how long it is to an instant.
func (e *Engine) until(at belay.Instant) time.Duration { return at.Time().Sub(e.clock.now()) }
