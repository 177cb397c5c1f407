package peer_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/peer"
	"github.com/belay-events/belay/internal/store"
)

// network has nodes by their addresses.
type network map[string]*belaytest.Pipe

func (n network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	p, ok := n[address]
	if !ok {
		return nil, errors.New("nobody there")
	}
	return p.Dial(ctx, kind, address)
}

// node is one that answers by take.
type node struct {
	*peer.Peers
	at   store.Node
	mu   sync.Mutex
	take peer.Take
}

func (n *node) serve(b *store.Batch, answer func(*store.Result, error)) {
	n.mu.Lock()
	take := n.take
	n.mu.Unlock()
	take(b, answer)
}

func (n *node) takes(take peer.Take) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.take = take
}

func (n network) join(t *testing.T, name string) *node {
	t.Helper()
	return n.joinOn(t, name, "", nil)
}

// joinOn has a node on a machine, whose nodes meet by local.
func (n network) joinOn(t *testing.T, name, machine string, local peer.Local) *node {
	t.Helper()
	pipe := belaytest.NewPipe()
	n[name] = pipe
	p, err := peer.New(peer.Options{Listener: pipe, Dial: n.dial, Machine: machine, Local: local})
	if err != nil {
		t.Fatal(err)
	}
	one := &node{Peers: p, at: store.Node{ID: name, Name: name, Address: name, Key: p.Key(), Machine: machine}}
	one.takes(func(_ *store.Batch, answer func(*store.Result, error)) { answer(nil, errors.New("not today")) })
	served := make(chan error, 1)
	go func() { served <- p.Serve(one.serve) }()
	t.Cleanup(func() {
		if err := errors.Join(p.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return one
}

// answer is what came back of a batch, and when.
type answer struct {
	result *store.Result
	err    error
	after  time.Duration
}

// hand hands over and waits for the answer; ok is false where nothing was handed.
func (n *node) hand(to *node, b *store.Batch) (a answer, ok bool) {
	began, got := time.Now(), make(chan answer, 2)
	ok = n.Hand(&to.at, b, func(r *store.Result, err error) { got <- answer{r, err, time.Since(began)} })
	if !ok {
		return answer{}, false
	}
	return <-got, true
}

// meet tells all nodes of all, and has a connect to b.
func meet(t *testing.T, a, b *node, others ...*node) {
	t.Helper()
	all := []store.Node{a.at, b.at}
	for _, o := range others {
		all = append(all, o.at)
	}
	a.Meet(all)
	b.Meet(all)
	_, _ = a.hand(b, batch()) // makes the connection, or has it made
	time.Sleep(2 * time.Second)
}

func batch() *store.Batch {
	return &store.Batch{Fence: 3, Reports: []store.Report{{
		Event: belay.Event{ID: belay.ID{1}, SiteID: belay.ID{2}, Payload: []byte(`{"a":1}`)},
		Activations: []belay.Activation{{ID: belay.ID{3}, Version: 1, Actions: []belay.ActionState{{
			ActionID: "a", Output: []byte("\xff"), Error: "\xff", Attempts: []belay.Attempt{{Number: 1}},
		}}}},
		SiteVersion: 7, Now: 9,
	}}}
}

func TestABatchIsHandedOverWholeAndAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network{}
		a, b := net.join(t, "a"), net.join(t, "b")
		meet(t, a, b)
		want := &store.Result{Reports: []store.Reported{{Outcome: store.Repeated, EventID: belay.ID{9}, Activations: []belay.ID{{1}}}}, Saves: []store.Saved{store.Kept}}
		var taken *store.Batch
		b.takes(func(b *store.Batch, answer func(*store.Result, error)) {
			taken = b
			answer(want, nil)
		})
		got, ok := a.hand(b, batch())
		if !ok || got.err != nil {
			t.Fatalf("hand() = %v, %v", ok, got.err)
		}
		if diff := cmp.Diff(batch(), taken); diff != "" {
			t.Errorf("what was taken (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, got.result); diff != "" {
			t.Errorf("the answer (-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsNotAnsweredIsUncertain(t *testing.T) {
	for name, tt := range map[string]struct {
		take     peer.Take
		cut      bool
		from, to time.Duration
	}{
		"no answer": {func(*store.Batch, func(*store.Result, error)) {}, false, 2 * time.Second, 3 * time.Second},
		"a late one": {func(_ *store.Batch, a func(*store.Result, error)) {
			time.AfterFunc(4*time.Second, func() { a(&store.Result{}, nil) })
		}, false, 2 * time.Second, 3 * time.Second},
		"a cut":       {func(*store.Batch, func(*store.Result, error)) {}, true, 0, 0},
		"it was lost": {func(_ *store.Batch, a func(*store.Result, error)) { a(nil, store.ErrUncertain) }, false, 0, 0},
		"two answers": {func(_ *store.Batch, a func(*store.Result, error)) {
			a(nil, store.ErrUncertain)
			a(&store.Result{}, nil)
		}, false, 0, 0},
		"no end of it": {func(_ *store.Batch, a func(*store.Result, error)) {
			a(nil, errors.Join(store.ErrUncertain, errors.New(strings.Repeat("x", 1<<20))))
		}, false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := network{}
				a, b := net.join(t, "a"), net.join(t, "b")
				meet(t, a, b)
				b.takes(func(batch *store.Batch, answer func(*store.Result, error)) {
					tt.take(batch, answer)
					if tt.cut {
						go b.Meet([]store.Node{a.at})
						go func() { _ = b.Close() }()
					}
				})
				got, ok := a.hand(b, batch())
				if !ok || !errors.Is(got.err, store.ErrUncertain) || got.after < tt.from || got.after > tt.to {
					t.Errorf("answer after %v: %v, %v; want %v after %v to %v", got.after, ok, got.err, store.ErrUncertain, tt.from, tt.to)
				}
				time.Sleep(10 * time.Second) // whatever comes late is nobody's any more
			})
		})
	}
}

func TestANodeThatRefusesIsLeftAloneForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network{}
		a, b := net.join(t, "a"), net.join(t, "b")
		meet(t, a, b)
		got, ok := a.hand(b, batch())
		if !ok || got.err == nil || errors.Is(got.err, store.ErrUncertain) || !strings.Contains(got.err.Error(), "not today") {
			t.Fatalf("hand() = %v, %v; want a refusal that says why", ok, got.err)
		}
		if _, ok := a.hand(b, batch()); ok {
			t.Error("something was handed over at once after a refusal")
		}
		time.Sleep(time.Second)
		b.takes(func(_ *store.Batch, answer func(*store.Result, error)) { answer(nil, store.ErrFenced) })
		for range 2 { // a fence says nothing about the node
			if got, ok := a.hand(b, batch()); !ok || got.err == nil || errors.Is(got.err, store.ErrUncertain) {
				t.Errorf("hand() = %v, %v; want a refusal", ok, got.err)
			}
		}
	})
}

func TestStrangersAreNotLetInAndNotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network{}
		a, b, c := net.join(t, "a"), net.join(t, "b"), net.join(t, "c")
		b.takes(func(*store.Batch, func(*store.Result, error)) { t.Error("a stranger's batch was taken") })
		// b does not know c.
		b.Meet([]store.Node{a.at, b.at})
		c.Meet([]store.Node{b.at, c.at})
		// Whoever answers at b's address is not the node that a knows.
		forged := b.at
		forged.Key = c.Key()
		for range 5 {
			if _, ok := c.hand(b, batch()); ok {
				synctest.Wait()
			}
			if a.Hand(&forged, batch(), func(*store.Result, error) {}) {
				t.Error("something was handed to a node with another certificate")
			}
			time.Sleep(time.Second)
		}
	})
}

func TestAConnectionIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network{}
		a, b := net.join(t, "a"), net.join(t, "b")
		meet(t, a, b)
		b.takes(func(*store.Batch, func(*store.Result, error)) {})
		if got, ok := a.hand(b, batch()); !ok || !errors.Is(got.err, store.ErrUncertain) {
			t.Fatalf("hand() = %v, %v", ok, got.err)
		}
		b.takes(func(_ *store.Batch, answer func(*store.Result, error)) { answer(&store.Result{}, nil) })
		if _, ok := a.hand(b, batch()); ok {
			t.Error("something was handed to a node that has just owed an answer")
		}
		time.Sleep(6 * time.Second)
		if got, ok := a.hand(b, batch()); !ok || got.err != nil {
			t.Errorf("hand() six seconds later = %v, %v", ok, got.err)
		}
		// One that is gone is let go of.
		a.Meet([]store.Node{a.at})
		synctest.Wait()
		b.Meet([]store.Node{b.at})
	})
}

// names is the way between nodes of one machine, over which it remembers what was said.
type names struct {
	mu    sync.Mutex
	taken map[string]*belaytest.Pipe
	said  bytes.Buffer
}

func (n *names) Listen(name string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.taken[name] != nil {
		return nil, errors.New("the name is taken")
	}
	pipe := belaytest.NewPipe()
	n.taken[name] = pipe
	return pipe, nil
}

func (n *names) Network() string { return "one" }

// elsewhere is the same names in another network: somebody passes on what is said to them.
type elsewhere struct{ *names }

func (elsewhere) Network() string { return "another" }

func (n *names) Dial(ctx context.Context, name string) (net.Conn, error) {
	n.mu.Lock()
	pipe := n.taken[name]
	n.mu.Unlock()
	if pipe == nil {
		return nil, errors.New("nobody has that name")
	}
	conn, err := pipe.Dial(ctx, "", "")
	return overheard{conn, n}, err
}

// seize has somebody else be called by a node's name.
func (n *names) seize(from *node) *belaytest.Pipe {
	n.mu.Lock()
	defer n.mu.Unlock()
	instead := belaytest.NewPipe()
	for name, pipe := range n.taken {
		if strings.HasSuffix(name, hex.EncodeToString(from.at.Key[:16])) {
			_ = pipe.Close()
			n.taken[name] = instead
		}
	}
	return instead
}

type overheard struct {
	net.Conn
	by *names
}

func (o overheard) Write(b []byte) (int, error) {
	o.by.mu.Lock()
	o.by.said.Write(b)
	o.by.mu.Unlock()
	return o.Conn.Write(b)
}

// plain reports whether a batch was said in words that everybody understands.
func (n *names) plain() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return bytes.Contains(n.said.Bytes(), batch().Reports[0].Event.Payload)
}

func keeps(_ *store.Batch, answer func(*store.Result, error)) { answer(&store.Result{}, nil) }

func TestNodesOfOneMachineSpeakPlainlyAndOthersDoNot(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b  string
		plain bool
	}{
		"one machine":    {"m", "m", true},
		"two machines":   {"m", "n", false},
		"none is known":  {"", "", false},
		"one's is known": {"m", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
				a, b := net.joinOn(t, "a", tt.a, local), net.joinOn(t, "b", tt.b, local)
				meet(t, a, b)
				b.takes(keeps)
				if got, ok := a.hand(b, batch()); !ok || got.err != nil {
					t.Fatalf("hand() = %v, %v", ok, got.err)
				}
				if local.plain() != tt.plain {
					t.Errorf("said plainly: %t; want %t", local.plain(), tt.plain)
				}
			})
		})
	}
}

// Whoever took a node's name before it passes on what the two say to greet each
// other, so that each believes to have met the other, and hears no more than that.
func TestWhoeverTakesANodesNameHearsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
		a, b := net.joinOn(t, "a", "m", local), net.joinOn(t, "b", "m", local)
		b.takes(keeps)
		between := local.seize(b)
		defer between.Close()
		go passOn(between, net["b"])
		a.Meet([]store.Node{a.at, b.at})
		b.Meet([]store.Node{a.at, b.at})
		_, _ = a.hand(b, batch())
		time.Sleep(4 * time.Second)
		if got, ok := a.hand(b, batch()); !ok || got.err != nil {
			t.Errorf("hand() = %v, %v; want it handed over by the network", ok, got.err)
		}
		if local.plain() {
			t.Error("a batch was said plainly to whoever had the name")
		}
	})
}

// Whoever took a node's name and says nothing keeps nobody from the network.
func TestASilentHolderOfANameIsPassedBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
		a, b := net.joinOn(t, "a", "m", local), net.joinOn(t, "b", "m", local)
		b.takes(keeps)
		silent := local.seize(b)
		defer silent.Close()
		go func() {
			for {
				conn, err := silent.Accept()
				if err != nil {
					return
				}
				go func() { _, _ = io.Copy(io.Discard, conn) }()
			}
		}()
		meet(t, a, b)
		if got, ok := a.hand(b, batch()); !ok || got.err != nil {
			t.Errorf("hand() = %v, %v; want it handed over by the network", ok, got.err)
		}
	})
}

// deaf is a local way on which nobody can be taken in.
type deaf struct{ *names }

func (d deaf) Listen(name string) (net.Listener, error) {
	l, err := d.names.Listen(name)
	return deafListener{l}, err
}

type deafListener struct{ net.Listener }

func (deafListener) Accept() (net.Conn, error) { return nil, errors.New("too many open files") }

// A node that cannot take in anybody locally takes in all by the network; that join's
// cleanup finds no error of Serve is part of it.
func TestANodeThatIsDeafLocallyServesTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
		a, b := net.joinOn(t, "a", "m", local), net.joinOn(t, "b", "m", deaf{local})
		b.takes(keeps)
		meet(t, a, b)
		if got, ok := a.hand(b, batch()); !ok || got.err != nil {
			t.Errorf("hand() = %v, %v; want it handed over by the network", ok, got.err)
		}
	})
}

// The same name may be called in two networks of a machine, by whoever is in both.
func TestNodesOfTwoNetworksDoNotSpeakPlainly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
		a, b := net.joinOn(t, "a", "m", local), net.joinOn(t, "b", "m", elsewhere{local})
		b.takes(keeps)
		a.Meet([]store.Node{a.at, b.at})
		b.Meet([]store.Node{a.at, b.at})
		_, _ = a.hand(b, batch())
		time.Sleep(4 * time.Second)
		if got, ok := a.hand(b, batch()); !ok || got.err != nil {
			t.Errorf("hand() = %v, %v; want it handed over by the network", ok, got.err)
		}
		if local.plain() {
			t.Error("a batch was said plainly to a node of another network")
		}
	})
}

// passOn connects each that comes to one with the other, and has it invited.
func passOn(from, to *belaytest.Pipe) {
	for {
		here, err := from.Accept()
		if err != nil {
			return
		}
		there, err := to.Dial(context.Background(), "", "")
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
		go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
		time.AfterFunc(time.Second, func() { _, _ = here.Write([]byte("b")) })
	}
}

func TestAStrangerOfTheSameMachineIsNotLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, local := network{}, &names{taken: map[string]*belaytest.Pipe{}}
		a, b := net.joinOn(t, "a", "m", local), net.joinOn(t, "b", "m", local)
		b.takes(func(*store.Batch, func(*store.Result, error)) { t.Error("a stranger's batch was taken") })
		a.Meet([]store.Node{a.at, b.at})
		b.Meet([]store.Node{b.at})
		for range 5 {
			if _, ok := a.hand(b, batch()); ok {
				synctest.Wait()
			}
			time.Sleep(time.Second)
		}
		if local.plain() {
			t.Error("a batch was said to a node that had let nobody in")
		}
	})
}
