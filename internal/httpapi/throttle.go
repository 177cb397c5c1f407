package httpapi

import (
	"strconv"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/belay-events/belay/internal/belay"
)

// throttle lets each key through so many times at once, and again as time passes.
// It remembers the keys that came last, so that it stays small whoever calls: one
// that is forgotten begins anew. It is safe for use by many goroutines.
//
// It is the generic cell rate algorithm: of each key it is kept until when what was
// let through is paid for.
type throttle struct {
	every time.Duration // what one time costs
	burst int
	mu    sync.Mutex
	paid  *lru.Cache[string, belay.Instant]
}

const throttledKeys = 10_000

func newThrottle(burst int, every time.Duration) *throttle {
	paid, err := lru.New[string, belay.Instant](throttledKeys)
	if err != nil {
		panic("httpapi: " + err.Error()) // the size is a constant above 0
	}
	return &throttle{every: every, burst: burst, paid: paid}
}

// take lets a key through, or returns how long it must wait.
func (t *throttle) take(key string, now belay.Instant) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, _ := t.paid.Get(key)
	until = max(until, now).Add(t.every)
	if wait = until.Sub(now) - time.Duration(t.burst)*t.every; wait > 0 {
		return wait, false
	}
	t.paid.Add(key, until)
	return 0, true
}

// forget lets a key begin anew.
func (t *throttle) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.paid.Remove(key)
}

// tooOften refuses who must wait.
type tooOften struct {
	error
	wait time.Duration
}

func errTooOften(wait time.Duration) error {
	return &tooOften{belay.Refuse(belay.ResourceExhausted, "TOO_MANY_SIGN_INS", "there were too many attempts to sign in; wait a little"), wait}
}

// seconds writes how long to wait, for the header.
func (e *tooOften) seconds() string {
	return strconv.Itoa(int((e.wait + time.Second - 1) / time.Second))
}

// Unwrap returns the refusal without the wait.
func (e *tooOften) Unwrap() error { return e.error }
