// Package peer is the way from node to node: batches of acts go to the node that
// looks after their bucket, so that its commits carry what came in at all of them.
//
// It is never needed for being right. A batch that cannot be handed over, or whose
// answer does not come, is committed by the node that it came to; the fence of the
// bucket (store.Fences) decides between the two. Connections begin by TLS in both
// directions: each node shows a certificate that it made when it started, and knows
// those of the others by what they say of themselves in the database. Over the network they stay so;
// on one machine they go on plainly.
//
// Start with link.go, the side that hands over, and serve.go, the side that takes;
// local.go is the way between nodes of one machine.
package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/store"
)

// Options is how a node meets the others. Listener is required.
type Options struct {
	// Listener is where the others come in.
	Listener net.Listener
	// Dial connects to another; a net.Dialer's if nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Machine is the node's, and Local the way to the others on it; without either all
	// are called by their addresses.
	Machine string
	Local   Local
	Logger  *slog.Logger
}

// Peers is a node's connections to the others. Make it with New, and call Serve.
type Peers struct {
	o        Options
	identity tls.Certificate
	key      []byte
	codec    codec
	local    net.Listener // nil where there is none

	mu     sync.Mutex
	known  map[string]bool // the keys of those that live
	links  map[string]*link
	closed bool
	conns  map[net.Conn]struct{} // taken in
	work   sync.WaitGroup
}

// Times of the connections between nodes.
const (
	// overdue is how long a node may owe an answer before it is given up; the acts
	// are then committed from here.
	overdue = 2 * time.Second
	// rest is how long a node that failed is left alone, longRest one that owed an
	// answer: until then its heartbeats tell whether it is well.
	rest     = time.Second
	longRest = 5 * time.Second
	// greeting bounds the making of a connection.
	greeting = 2 * time.Second
)

// New makes the node's certificate.
func New(o Options) (*Peers, error) {
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	p := &Peers{o: o, codec: codec, known: map[string]bool{}, links: map[string]*link{}, conns: map[net.Conn]struct{}{}}
	if p.identity, p.key, err = newIdentity(); err != nil {
		return nil, err
	}
	if o.Machine != "" && o.Local != nil {
		if p.local, err = o.Local.Listen(localName(p.key)); err != nil {
			o.Logger.Info("the other nodes of this machine are met by the network alone", "error", err)
			p.local = nil
		}
	}
	return p, nil
}

// Key returns the SHA-256 of the node's certificate, for the others to know it by.
func (p *Peers) Key() []byte { return p.key }

// Meet says which nodes there are. Those that are gone are no longer let in, and
// connections to them end.
func (p *Peers) Meet(nodes []store.Node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
	living := map[string]bool{}
	for i := range nodes {
		p.known[string(nodes[i].Key)] = true
		living[nodes[i].ID] = true
	}
	for id, l := range p.links {
		if !living[id] {
			delete(p.links, id)
			p.work.Go(l.end)
		}
	}
}

// Hand gives a batch to a node, and reports whether it did; answer is then called
// once, from another goroutine, and must not block. An answer of
// store.ErrUncertain leaves open whether the batch was, or will be, kept, and is
// store.ErrUnanswered where the node has not said so itself; any other error says
// that it was not. Where there is no connection yet, one is made and
// nothing is handed over.
func (p *Peers) Hand(to *store.Node, b *store.Batch, answer func(*store.Result, error)) bool {
	p.mu.Lock()
	l := p.links[to.ID]
	if l == nil && !p.closed {
		l = newLink(p, to)
		p.links[to.ID] = l
		p.work.Go(l.run)
	}
	p.mu.Unlock()
	return l != nil && l.hand(b, answer)
}

// Close ends all connections; what waits for an answer gets store.ErrUncertain.
func (p *Peers) Close() error {
	p.mu.Lock()
	p.closed = true
	links := p.links
	p.links = map[string]*link{}
	for conn := range p.conns {
		_ = conn.Close()
	}
	p.mu.Unlock()
	for _, l := range links {
		l.end()
	}
	err := closed(p.o.Listener.Close())
	if p.local != nil {
		err = errors.Join(err, closed(p.local.Close()))
	}
	p.work.Wait()
	return err
}

// closed makes nothing of closing what is closed.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
