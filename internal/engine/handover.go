package engine

import (
	"errors"
	"sync"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Peers is the way to the other nodes that share the store.
type Peers interface {
	// Meet says which nodes there are.
	Meet(living []store.Node)
	// Hand gives a batch to a node, and reports whether it did. answer is then called
	// once and must not block; store.ErrUncertain leaves open whether the batch was,
	// or will be, kept, and is store.ErrUnanswered where the node has not said so
	// itself. Any other error says that it was not.
	Hand(to *store.Node, b *store.Batch, answer func(*store.Result, error)) bool
}

// away is what was handed to other nodes. Its zero value hands nothing over.
type away struct {
	peers   Peers
	fences  store.Fences
	members *members

	mu      sync.Mutex
	n       int           // handed over and not answered
	stopped chan struct{} // once it is stopped; closed when n is 0
}

// hand gives a submission to the node that looks after its bucket, so that one
// commit carries what came in at all nodes, and reports whether it did. What that
// node does not keep is committed here after all.
func (a *away) hand(c *committer, at int, s *submission) bool {
	if a.peers == nil || at == belay.Buckets || len(s.batch.Changes) > 0 {
		return false
	}
	bucket := uint8(at)
	to := a.members.owner(bucket)
	if to == nil {
		return false
	}
	fence, ok := a.fences.Fence(bucket)
	if !ok || !a.leave() {
		return false
	}
	handed := *s.batch
	handed.Fence = fence
	handed.Carry = s.batch.Carry && together(&a.members.self, to)
	given := a.peers.Hand(to, &handed, func(result *store.Result, err error) {
		c.metrics.handedOver(err)
		if err == nil {
			c.watch.committed(s.batch, result)
			<-c.slots
			s.settled(result, nil)
		} else {
			if errors.Is(err, store.ErrUncertain) {
				mark(s.batch)
				a.fences.Doubt(bucket)
			}
			if handed.Carry && errors.Is(err, store.ErrUnanswered) {
				s.batch.Carry = false // that node may do so: nobody else is to
			}
			c.queue(at, s)
		}
		a.back()
	})
	if !given {
		a.back()
	}
	return given
}

// leave counts one that goes, and reports whether it may.
func (a *away) leave() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != nil {
		return false
	}
	a.n++
	return true
}

// back counts one that has returned.
func (a *away) back() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n--; a.n == 0 && a.stopped != nil {
		close(a.stopped)
	}
}

// stop lets nothing leave any more, and returns what is closed when all are back.
func (a *away) stop() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped == nil {
		a.stopped = make(chan struct{})
		if a.n == 0 {
			close(a.stopped)
		}
	}
	return a.stopped
}

// Take commits a batch that another node handed over, and calls answer once. It
// refuses one for which there is no room, or that names no fence.
func (e *Engine) Take(b *store.Batch, answer func(*store.Result, error)) {
	c := e.commits
	at := c.laneOf(b)
	if b.Fence == 0 || at == belay.Buckets || len(b.Changes) > 0 {
		answer(nil, errNotHanded)
		return
	}
	select {
	case <-c.closed:
		answer(nil, errStopping)
		return
	default:
	}
	select {
	case c.slots <- struct{}{}:
		if b.Carry && e.flights.promise(b.Reports, &e.o, &e.work) {
			answer = e.carrying(b, answer)
		}
		if len(b.Cancels) > 0 {
			answer = e.grounding(answer)
		}
		c.queue(at, &submission{batch: b, answer: answer})
	default:
		answer(nil, errBusy)
	}
}

var errNotHanded = errors.New("engine: a batch that is handed over must be of one bucket, under a fence, and change no configuration")
