package peer_test

import (
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/belay-events/belay/internal/peer"
)

// The sockets of this machine have one listener for each name.
func TestSockets(t *testing.T) {
	local := peer.Sockets()
	if network := local.Network(); !strings.HasPrefix(network, "net:[") {
		t.Errorf("Network() = %q; want the name of a network namespace", network)
	}
	name := "belay-test-" + strings.ToLower(rand.Text())
	if conn, err := local.Dial(t.Context(), name); err == nil {
		t.Errorf("Dial() before anybody listens = %v; want an error", conn.RemoteAddr())
	}
	l, err := local.Listen(name)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := local.Listen(name); err == nil {
		t.Errorf("a second Listen() = %v; want an error", second.Addr())
	}
	accepted := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			_, err = conn.Write([]byte("b"))
			err = errors.Join(err, conn.Close())
		}
		accepted <- err
	}()
	conn, err := local.Dial(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(conn)
	if err := errors.Join(err, <-accepted, conn.Close(), l.Close()); err != nil || string(said) != "b" {
		t.Errorf("heard %q, %v; want b", said, err)
	}
}
