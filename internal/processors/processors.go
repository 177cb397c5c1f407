// Package processors has the servers that run side by side on one machine divide
// its processors while they are all busy.
//
// Go lets each process run on all of them at once. Three servers on two processors
// then wake and displace each other's threads all the time, and carry less than one
// would. While the machine has time to spare, that
// does no harm and each server may use all of it, which keeps what is due on time.
package processors

import (
	"os"
	"runtime"
	"sync"
)

// A machine is busy from busyAt of its processors' time on, and no longer so below
// idleAt. In between it stays what it was.
const (
	busyAt = 0.9
	idleAt = 0.75
)

// Sharer divides the processors of this machine, by runtime.GOMAXPROCS. Its
// methods may be called by several goroutines.
type Sharer struct {
	usual int // what Go took at the start
	cores int

	mu   sync.Mutex
	last times
	busy bool
	now  int
}

// New returns a sharer, nil where the operator has said how many processors Go may
// use (GOMAXPROCS), or where the system does not say how busy it is. The methods of
// nil do nothing.
func New() *Sharer {
	last, err := readTimes()
	if _, said := os.LookupEnv("GOMAXPROCS"); said || err != nil {
		return nil
	}
	usual := runtime.GOMAXPROCS(0)
	return &Sharer{usual: usual, cores: runtime.NumCPU(), last: last, now: usual}
}

// Beside takes in how many servers run on this machine, this one among them, and
// returns how many processors this one uses from now on. It is to be called now and
// then: whether the machine is busy is judged from call to call.
func (s *Sharer) Beside(servers int) int {
	if s == nil {
		return runtime.GOMAXPROCS(0)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if next, err := readTimes(); err == nil {
		s.busy = busy(s.busy, s.last, next)
		s.last = next
	}
	s.use(share(s.usual, s.cores, servers, s.busy))
	return s.now
}

// Close gives the process what Go took at the start.
func (s *Sharer) Close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(s.usual)
}

// use sets how many processors Go uses. Each call stops the program for a moment,
// so only a change is one.
func (s *Sharer) use(n int) {
	if n != s.now {
		runtime.GOMAXPROCS(n)
		s.now = n
	}
}

// share returns how many of a machine's processors one of several servers uses.
// What usual leaves out already, a container's limit say, is not divided again.
func share(usual, cores, servers int, busy bool) int {
	if !busy || servers < 2 {
		return usual
	}
	return max(1, min(usual, (cores+servers-1)/servers))
}

// busy judges the time between two readings.
func busy(was bool, from, to times) bool {
	all := to.all - from.all
	if to.all <= from.all || to.idle < from.idle {
		return was // counters that went back, or no time between
	}
	switch used := 1 - float64(to.idle-from.idle)/float64(all); {
	case used >= busyAt:
		return true
	case used < idleAt:
		return false
	}
	return was
}
