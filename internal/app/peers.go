package app

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/peer"
)

// meet opens the way from and to the other servers that share the database.
func (a *App) meet(ctx context.Context, d *database, o *engine.Options) error {
	if a.c.PeerListen == PeerOff {
		return nil
	}
	here := d.store.Local(ctx)
	listen := a.c.PeerListen
	if listen == "" {
		listen = net.JoinHostPort(here, "0")
	}
	var l net.ListenConfig
	listener, err := l.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("app: peers: %w", err)
	}
	if a.peers, err = peer.New(peer.Options{Listener: listener, Machine: o.Machine, Local: peer.Sockets(), Logger: a.log}); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	o.Peers, o.Fences, o.Key, o.Address = a.peers, d.store, a.peers.Key(), a.c.PeerAddress
	if o.Address == "" {
		o.Address = reachable(listener.Addr().String(), here)
	}
	return nil
}

// reachable returns an address that others can use: host stands for any address of
// the machine.
func reachable(address, host string) string {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().IsUnspecified() {
		return address
	}
	return net.JoinHostPort(host, fmt.Sprint(at.Port()))
}
