package peer

import (
	"context"
	"net"
)

// Sockets returns this machine's own sockets: those of Linux that have a name and no
// place in a folder (unix(7), abstract). Containers see each other's where they share a network.
func Sockets() Local { return sockets{} }

type sockets struct{}

func (sockets) Listen(name string) (net.Listener, error) {
	return net.Listen("unix", "@"+name)
}

func (sockets) Dial(ctx context.Context, name string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", "@"+name)
}
