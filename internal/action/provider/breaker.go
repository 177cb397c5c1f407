package provider

import (
	"sync"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
)

// When an app is spared, and for how long. Each further failure doubles the time.
const (
	failuresToOpen = 10
	firstPause     = 10 * time.Second
	longestPause   = 5 * time.Minute
	// probeWait is how soon to come back while one call finds out how the app does.
	probeWait = 5 * time.Second
	// probeLife bounds how long that may take, should its outcome never be noted.
	probeLife = time.Minute
)

// breaker spares apps that have been failing: after ten failures in a row nobody
// calls, until a pause is over and one call has found the app well. It is this
// node's own and is forgotten with it.
type breaker struct {
	mu   sync.Mutex
	apps map[belay.ID]*circuit // of apps that have failed since they last answered
}

type circuit struct {
	failures int
	pause    time.Duration
	until    time.Time // open until then; zero while it is closed
	probe    time.Time // since when one call is finding out; zero for none
}

func newBreaker() breaker { return breaker{apps: make(map[belay.ID]*circuit)} }

// holds reports whether an app is to be spared at now, and for how long, stretched
// by jitter up to twice as long so that not all come back at once.
func (b *breaker) holds(app belay.ID, now time.Time, jitter float64) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.apps[app]
	if c == nil || c.until.IsZero() {
		return 0, false
	}
	wait := c.until.Sub(now)
	if wait <= 0 {
		if c.probe.IsZero() || now.Sub(c.probe) > probeLife {
			c.probe = now
			return 0, false
		}
		wait = probeWait
	}
	return wait + time.Duration(jitter*float64(wait)), true
}

// spared counts the apps that nobody calls: the pause of each is not over, or one call
// is finding out how it does.
func (b *breaker) spared() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, c := range b.apps {
		if !c.until.IsZero() {
			n++
		}
	}
	return n
}

// note takes the outcome of a call into account. An app that refuses is well; one
// that this server could not ask says nothing.
func (b *breaker) note(app belay.ID, now time.Time, o action.Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.apps[app]
	switch {
	case o.Verdict != action.Retry && o.Status != 0:
		delete(b.apps, app)
		return
	case o.Verdict != action.Retry || o.Code == "CANCELED":
		if c != nil {
			c.probe = time.Time{}
		}
		return
	case c == nil:
		c = &circuit{}
		b.apps[app] = c
	}
	if c.failures++; c.failures < failuresToOpen {
		return
	}
	if c.until.IsZero() || !c.probe.IsZero() {
		c.pause = min(max(2*c.pause, firstPause), longestPause)
		c.until, c.probe = now.Add(c.pause), time.Time{}
	}
}
