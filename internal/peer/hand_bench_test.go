package peer_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/belay-events/belay/internal/peer"
	"github.com/belay-events/belay/internal/store"
)

// BenchmarkHand hands batches of one report over and waits for their answers, few or
// many at a time: to a node of the same machine, and to one by the network, which here is
// that of the machine as well.
func BenchmarkHand(b *testing.B) {
	for _, kind := range []struct {
		name, machine string
		atOnce        int // for each processor
	}{{"few/machine", "m", 1}, {"few/network", "", 1}, {"many/machine", "m", 16}, {"many/network", "", 16}} {
		b.Run(kind.name, func(b *testing.B) {
			from, to := realNode(b, "from", kind.machine, nil), realNode(b, "to", kind.machine, nil)
			all := []store.Node{from.at, to.at}
			from.Meet(all)
			to.Meet(all)
			for connected := false; !connected; { // nothing is handed over before
				_, connected = from.hand(to, batch())
			}
			b.ReportAllocs()
			b.SetParallelism(kind.atOnce)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if got, ok := from.hand(to, batch()); !ok || got.err != nil {
						b.Errorf("hand() = %v, %v", ok, got.err)
						return
					}
				}
			})
		})
	}
}

// realNode is one that listens at this machine, and calls others by its sockets and by dial.
func realNode(b testing.TB, name, machine string, dial func(context.Context, string, string) (net.Conn, error)) *node {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p, err := peer.New(peer.Options{Listener: listener, Dial: dial, Machine: machine, Local: peer.Sockets()})
	if err != nil {
		b.Fatal(err)
	}
	n := &node{Peers: p, at: store.Node{ID: name, Name: name, Address: listener.Addr().String(), Key: p.Key(), Machine: machine}}
	n.takes(keeps)
	served := make(chan error, 1)
	go func() { served <- p.Serve(n.serve) }()
	b.Cleanup(func() {
		if err := errors.Join(p.Close(), <-served); err != nil {
			b.Error(err)
		}
	})
	return n
}
