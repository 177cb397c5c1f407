package peer

import (
	"context"
	"net"
	"os"
)

// Sockets returns this machine's own sockets: those of Linux that have a name and no
// place in a folder (unix(7), abstract). Containers see each other's where they share a network
// (network_namespaces(7)). It returns nil where the system does not say which network this is.
func Sockets() Local {
	network, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return nil
	}
	return sockets{network}
}

type sockets struct{ network string }

func (s sockets) Network() string { return s.network }

func (sockets) Listen(name string) (net.Listener, error) {
	return net.Listen("unix", "@"+name)
}

func (sockets) Dial(ctx context.Context, name string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", "@"+name)
}
