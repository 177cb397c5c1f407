// Package belaytest is the outside world for tests: a receiver of HTTP requests
// that misbehaves on purpose, an SMTP server that keeps what it is sent, and a
// network of in-memory pipes for both, so that they can stand in a synctest
// bubble. It is imported by tests alone.
package belaytest

import (
	"context"
	"net"
	"sync"
)

// Pipe is a network of one listener: each Dial makes a net.Pipe and hands its
// other end to Accept. No operating system is involved, so time spent waiting on
// it passes at once in a synctest bubble. Make it with NewPipe, inside the bubble.
type Pipe struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewPipe returns an open network.
func NewPipe() *Pipe {
	return &Pipe{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial returns a connection to whoever accepts; network and address are ignored.
// It waits for the acceptor, for ctx to end or for Close.
func (p *Pipe) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept returns the other end of the next Dial.
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses every later Dial and Accept; connections already made stay.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr returns a name for the network.
func (p *Pipe) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
