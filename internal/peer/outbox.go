package peer

import (
	"net"
	"sync"
	"time"
)

// outbox is what waits to be written to a connection. Whatever gathers while one
// write is under way goes out with the next.
type outbox struct {
	mu    sync.Mutex
	more  sync.Cond
	bytes []byte
	ended bool
}

func newOutbox() *outbox {
	o := &outbox{}
	o.more.L = &o.mu
	return o
}

// put adds a frame, and reports whether it may still go out.
func (o *outbox) put(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return false
	}
	o.bytes = append(o.bytes, frame...)
	o.more.Signal()
	return true
}

// end has drain return.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.more.Signal()
}

// drain writes what is put until end or an error, which a write is that takes nearly as
// long as an answer may. How long that is need not be told anew for each.
func (o *outbox) drain(conn net.Conn) error {
	var spare []byte
	var set time.Time
	for {
		o.mu.Lock()
		for len(o.bytes) == 0 && !o.ended {
			o.more.Wait()
		}
		if o.ended {
			o.mu.Unlock()
			return nil
		}
		full := o.bytes
		o.bytes = spare[:0]
		o.mu.Unlock()
		if now := time.Now(); now.Sub(set) > overdue/4 {
			if err := conn.SetWriteDeadline(now.Add(overdue)); err != nil {
				return err
			}
			set = now
		}
		if _, err := conn.Write(full); err != nil {
			return err
		}
		if spare = full; cap(spare) > 1<<20 {
			spare = nil
		}
	}
}
