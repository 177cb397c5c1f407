package pgtest

import (
	"context"
	"io"
	"net"
	neturl "net/url"
	"sync"
	"testing"
	"time"
)

// Proxy forwards TCP connections until it is told to lose them. It speaks no
// protocol. The kernel still acknowledges what a stalled peer sends and answers its
// keepalives: what is stalled looks like a peer that hangs, and is noticed by
// timeouts alone. All methods are safe for concurrent use.
type Proxy struct {
	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	target string
	cut    bool
	closed bool
	links  map[*link]struct{}
}

// link is one client and its connection to the target. It stays in the proxy's
// links until its sockets are closed; a stalled one is served by nobody.
type link struct {
	client, server *net.TCPConn // server is nil until it is connected
	stalled        bool
	stop           context.CancelFunc // ends the dialling
	done           chan struct{}      // closed when no byte will be forwarded any more
}

// NewProxy returns a proxy on a free port of 127.0.0.1, for the host and port of
// target. It is closed when the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, target: target, links: make(map[*link]struct{})}
	p.serving.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Addr returns the host and port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// URL returns the URL with its host and port replaced by the proxy's; "" if it is
// none.
func (p *Proxy) URL(serverURL string) string {
	u, err := neturl.Parse(serverURL)
	if err != nil {
		return ""
	}
	u.Host = p.Addr()
	return u.String()
}

// Target has connections made from now on go to another host and port.
func (p *Proxy) Target(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = addr
}

// Cut stalls all connections, in silence: once it returns, nothing is forwarded in
// either direction, not even a hang-up. New ones are accepted and stall as well.
func (p *Proxy) Cut() {
	p.mu.Lock()
	p.cut = true
	var stalling []*link
	for l := range p.links {
		l.stalled = true
		l.interrupt()
		stalling = append(stalling, l)
	}
	p.mu.Unlock()
	for _, l := range stalling {
		<-l.done
	}
}

// Heal forwards new connections again. Stalled ones are reset, and what they held
// is lost.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
	for l := range p.links {
		if l.stalled {
			p.drop(l, reset)
		}
	}
}

// Reset closes all connections with a TCP reset on both sides. New ones fare as
// before.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		p.drop(l, reset)
	}
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Reset()
	p.serving.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.serving.Go(func() { p.serve(client.(*net.TCPConn)) })
	}
}

func (p *Proxy) serve(client *net.TCPConn) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	l := &link{client: client, stop: stop, done: make(chan struct{})}
	defer close(l.done)
	target, ok := p.admit(l)
	if !ok {
		return
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", target)
	if err != nil {
		p.finish(l, reset)
		return
	}
	if !p.connected(l, server.(*net.TCPConn)) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pump(l, l.server, l.client) })
	both.Go(func() { p.pump(l, l.client, l.server) })
	both.Wait()
	p.finish(l, hangUp)
}

// admit takes a link in; not ok if it is stalled or refused from the start.
func (p *Proxy) admit(l *link) (target string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		reset(l.client)
		return "", false
	}
	p.links[l] = struct{}{}
	l.stalled = p.cut
	return p.target, !p.cut
}

// connected completes a link; not if it was stalled or dropped during the dialling.
func (p *Proxy) connected(l *link, server *net.TCPConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.links[l]; !ok || l.stalled {
		reset(server)
		return false
	}
	l.server = server
	return true
}

// pump forwards one direction to its end, and passes a hang-up on.
func (p *Proxy) pump(l *link, to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		p.finish(l, reset)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !l.stalled {
		_ = to.CloseWrite()
	}
}

// finish drops a link, unless Cut has stalled it.
func (p *Proxy) finish(l *link, shut func(*net.TCPConn)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !l.stalled {
		p.drop(l, shut)
	}
}

// drop closes a link that is still there; p.mu is held.
func (p *Proxy) drop(l *link, shut func(*net.TCPConn)) {
	if _, ok := p.links[l]; !ok {
		return
	}
	delete(p.links, l)
	l.stop()
	shut(l.client)
	if l.server != nil {
		shut(l.server)
	}
}

// interrupt has all reads and writes fail, now and later, and leaves the sockets
// open.
func (l *link) interrupt() {
	l.stop()
	past := time.Unix(1, 0)
	_ = l.client.SetDeadline(past)
	if l.server != nil {
		_ = l.server.SetDeadline(past)
	}
}

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// hangUp delivers what was written before it closes.
func hangUp(conn *net.TCPConn) { _ = conn.Close() }
