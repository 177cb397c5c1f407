package peer

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/belay-events/belay/internal/store"
)

// Local is the way between nodes of one machine that no network is part of.
type Local interface {
	// Listen takes in whoever dials a name; at most one listens to a name at a time.
	Listen(name string) (net.Listener, error)
	Dial(ctx context.Context, name string) (net.Conn, error)
	// Network tells apart the networks of all machines, in each of which a name is
	// somebody else's.
	Network() string
}

// plainly is what two nodes of one machine and network agree on (ALPN) when they greet each
// other: to go on without TLS. A machine's own sockets pass through no other hands, and what TLS costs
// is the most of what handing over does (docs/adr/0016). Because both sides have agreed on it
// within the handshake, and only on such a socket of the same network, nobody can have one of
// them greet somebody else in another's name and then speak to it plainly.
func (p *Peers) plainly() string { return "belay-plain " + p.o.Local.Network() }

// goOn is what the called side says first once it has let the other in. Only then
// does either say anything plainly, so that nothing of it is taken for TLS.
const goOn = 'b'

var errNotPlainly = errors.New("peer: the other side has not agreed to go on without TLS")

// localName is the name by which a node is called on its machine.
func localName(key []byte) string { return "belay-" + hex.EncodeToString(key[:16]) }

// isLocal reports whether a node may be called by its local name.
func (p *Peers) isLocal(to *store.Node) bool {
	return p.o.Local != nil && p.o.Machine != "" && to.Machine == p.o.Machine && len(to.Key) >= 16
}

// callLocally connects to a node of this machine, in time to call it by the network
// where whoever has its name says nothing.
func (p *Peers) callLocally(ctx context.Context, to *store.Node) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, greeting/4)
	defer cancel()
	raw, err := p.o.Local.Dial(ctx, localName(to.Key))
	if err != nil {
		return nil, err
	}
	config := p.calling(to.Key)
	config.NextProtos = []string{p.plainly()}
	err = p.agreed(ctx, tls.Client(raw, config))
	if err == nil {
		err = invited(ctx, raw)
	}
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return raw, nil
}

// invited waits until the other side has let this one in.
func invited(ctx context.Context, raw net.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	var word [1]byte
	if _, err := io.ReadFull(raw, word[:]); err != nil {
		return fmt.Errorf("peer: was not let in: %w", err)
	}
	if word[0] != goOn {
		return errNotPlainly
	}
	return nil
}

// inviteLocally lets in whoever is known.
func (p *Peers) inviteLocally(ctx context.Context, raw net.Conn) (net.Conn, error) {
	config := p.serving()
	config.NextProtos = []string{p.plainly()}
	if err := p.agreed(ctx, tls.Server(raw, config)); err != nil {
		return nil, err
	}
	_, err := raw.Write([]byte{goOn})
	return raw, err
}

// agreed makes sure who the other side is and that it goes on plainly.
func (p *Peers) agreed(ctx context.Context, conn *tls.Conn) error {
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	if conn.ConnectionState().NegotiatedProtocol != p.plainly() {
		return errNotPlainly
	}
	return nil
}
