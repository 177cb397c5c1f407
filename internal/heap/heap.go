// Package heap has Go collect garbage seldom while there is little to keep.
//
// Go collects when as much was allocated as was alive (GOGC=100). A server that
// keeps ten megabytes then does so some ten times a second under load, and each time
// goes through the stacks and the tables of the whole program; several on one machine
// each do. A few dozen megabytes more make it seldom (docs/performance.md).
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Spare has Go allocate at least so many bytes from one collection to the next,
// however little is alive, until stop. It does nothing where GOGC says how often Go is
// to collect; a limit to memory (GOMEMLIMIT) goes before.
func Spare(bytes uint64) (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	p := &pace{spare: bytes, now: usual}
	p.after()
	return p.stop
}

// usual is what GOGC is where nobody says.
const usual = 100

// pace is how often Go collects.
type pace struct {
	spare uint64

	mu      sync.Mutex
	now     int // GOGC
	stopped bool
}

// sentinel is garbage at once, and so ends with the next collection. It has a pointer, as
// what has none may share its place with others and stay.
type sentinel struct{ _ *sentinel }

// after sets GOGC anew when a collection is over, again and again.
func (p *pace) after() {
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.stopped {
			return
		}
		// Each change stops the program for a moment.
		if want := percent(alive(), p.spare); want > p.now+p.now/4 || want < p.now-p.now/4 {
			p.set(want)
		}
		p.after()
	})
}

func (p *pace) set(percent int) {
	debug.SetGCPercent(percent)
	p.now = percent
}

func (p *pace) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.set(usual)
}

// percent is the least GOGC from the usual by which spare is allocated where so much is alive;
// Go itself reckons with no less than 4 MB.
func percent(alive, spare uint64) int {
	return int(max(usual, spare*100/max(alive, 4<<20)))
}

// alive is what the last collection left.
func alive() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
