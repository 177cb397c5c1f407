package peer_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/peer"
	"github.com/belay-events/belay/internal/store"
)

// Two nodes of this machine hand over by its sockets alone, both ways.
func TestNodesMeetBySockets(t *testing.T) {
	never := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("there is no network") }
	a, b := realNode(t, "a", "m", never), realNode(t, "b", "m", never)
	var taken *store.Batch
	b.takes(func(b *store.Batch, answer func(*store.Result, error)) {
		taken = b
		answer(&store.Result{}, nil)
	})
	all := []store.Node{a.at, b.at}
	a.Meet(all)
	b.Meet(all)
	for _, way := range []struct{ from, to *node }{{a, b}, {b, a}} {
		for connected := false; !connected; {
			var got answer
			if got, connected = way.from.hand(way.to, batch()); connected && got.err != nil {
				t.Errorf("hand() = %v", got.err)
			}
		}
	}
	if diff := cmp.Diff(batch(), taken); diff != "" {
		t.Errorf("what was taken (-want +got):\n%s", diff)
	}
}

// The sockets of this machine have one listener for each name.
func TestSockets(t *testing.T) {
	local := peer.Sockets()
	if network := local.Network(); !regexp.MustCompile(`^[0-9a-f-]{36} net:\[\d+\]$`).MatchString(network) {
		t.Errorf("Network() = %q; want a boot ID and a network namespace", network)
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
