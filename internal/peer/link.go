package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/store"
)

// link is the connection to one node, made anew whenever it broke.
type link struct {
	p     *Peers
	to    store.Node
	ended chan struct{}
	once  sync.Once

	mu     sync.Mutex
	out    *outbox // nil while there is no connection
	number uint64
	owed   map[uint64]debt
	tired  time.Time // nothing is handed over until then
}

// debt is an answer that a node owes.
type debt struct {
	since  time.Time
	answer func(*store.Result, error)
}

func newLink(p *Peers, to *store.Node) *link {
	return &link{p: p, to: *to, ended: make(chan struct{}), owed: map[uint64]debt{}}
}

func (l *link) end() { l.once.Do(func() { close(l.ended) }) }

// refusal is what the other node says of a batch that it did not keep.
type refusal string

func (r refusal) Error() string { return "peer: the other node did not keep it: " + string(r) }

// hand sends a batch where there is a connection, and reports whether it did.
func (l *link) hand(b *store.Batch, answer func(*store.Result, error)) bool {
	l.mu.Lock()
	out := l.out
	l.number++
	number := l.number
	tired := time.Now().Before(l.tired)
	l.mu.Unlock()
	if out == nil || tired {
		return false
	}
	frame, err := l.p.codec.frame(&handed{number, *b})
	if err != nil {
		return false
	}
	defer free(frame)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out != out || !out.put(frame.Bytes()) {
		return false
	}
	l.owed[number] = debt{time.Now(), answer}
	return true
}

// run keeps up the connection until end.
func (l *link) run() {
	for failures := 0; ; failures++ {
		pause := rest
		if late, err := l.connected(); err != nil && failures == 0 {
			l.p.o.Logger.Info("another node cannot be reached; what is of its buckets is committed from here", "node", l.to.Name, "address", l.to.Address, "error", err)
		} else if err == nil {
			failures = -1
			if late {
				pause = longRest
			}
		}
		if !sleep(pause, l.ended) {
			return
		}
	}
}

// connected makes a connection, and returns when it is over, and whether for an
// answer that was overdue; the error says that there was none.
func (l *link) connected() (late bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), greeting)
	defer cancel()
	l.p.work.Go(func() { // an end does not wait for a greeting
		select {
		case <-l.ended:
			cancel()
		case <-ctx.Done():
		}
	})
	if l.p.isLocal(&l.to) {
		raw, err := l.p.callLocally(ctx, &l.to)
		if err == nil {
			return l.use(raw, raw), nil
		}
		l.p.o.Logger.Debug("a node of this machine is called by the network", "node", l.to.Name, "error", err)
	}
	raw, err := l.p.o.Dial(ctx, "tcp", l.to.Address)
	if err != nil {
		return false, err
	}
	conn := tls.Client(raw, l.p.calling(l.to.Key))
	if err := conn.HandshakeContext(ctx); err != nil {
		return false, errors.Join(err, raw.Close())
	}
	return l.use(raw, conn), nil
}

// use hands batches over by a connection until it breaks, an answer is overdue, or
// the link ends, and reports whether an answer was overdue.
func (l *link) use(raw, conn net.Conn) (late bool) {
	out := newOutbox()
	l.mu.Lock()
	l.out = out
	l.mu.Unlock()
	over := make(chan struct{})
	var parts sync.WaitGroup
	parts.Go(func() {
		defer close(over)
		l.read(conn)
	})
	parts.Go(func() {
		if out.drain(conn) != nil {
			_ = raw.Close()
		}
	})
	watch := time.NewTicker(overdue / 8)
	defer watch.Stop()
	for open := true; open && !late; {
		select {
		case <-over:
			open = false
		case <-l.ended:
			open = false
		case now := <-watch.C:
			late = l.late(now)
		}
	}
	l.mu.Lock()
	owed := l.owed
	l.out, l.owed = nil, map[uint64]debt{}
	l.mu.Unlock()
	out.end()
	_ = raw.Close()
	parts.Wait()
	for _, d := range owed {
		d.answer(nil, fmt.Errorf("%w: the connection to the node %s broke", store.ErrUnanswered, l.to.Name))
	}
	return late
}

// read takes answers in until the connection breaks.
func (l *link) read(conn net.Conn) {
	for in := l.p.codec.frames(conn); ; {
		var a answered
		if err := in.next(&a); err != nil {
			return
		}
		l.mu.Lock()
		d, ok := l.owed[a.Number]
		delete(l.owed, a.Number)
		if a.Result == nil && !a.Fenced {
			l.tired = time.Now().Add(rest)
		}
		l.mu.Unlock()
		switch {
		case !ok:
			return
		case a.Uncertain:
			d.answer(nil, fmt.Errorf("%w: %s", store.ErrUncertain, a.Error))
		case a.Result == nil:
			d.answer(nil, refusal(a.Error))
		default:
			d.answer(a.Result, nil)
		}
	}
}

// late reports whether an answer is overdue.
func (l *link) late(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.owed {
		if now.Sub(d.since) > overdue {
			return true
		}
	}
	return false
}

// sleep waits, and reports whether it may go on.
func sleep(d time.Duration, ended <-chan struct{}) bool {
	select {
	case <-time.After(d):
		return true
	case <-ended:
		return false
	}
}
