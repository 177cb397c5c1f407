package engine_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/peer"
	"github.com/belay-events/belay/internal/store"
)

// neighbours is a cluster whose nodes hand each other what is of their buckets.
type neighbours struct {
	*cluster
	pipes map[string]*belaytest.Pipe
	taken atomic.Int64
	// keep has every batch that is handed over committed so much later, and its
	// answer lost.
	keep atomic.Int64
	late atomic.Int64 // of those, how many were kept after all
	// meddle, if set, takes a batch that is handed over in the node's place.
	meddle atomic.Pointer[func(h *house, b *store.Batch, answer func(*store.Result, error))]

	machine string                // of all nodes
	tune    func(*engine.Options) // nil for nothing
}

func (n *neighbours) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	return n.pipes[address].Dial(ctx, kind, address)
}

// joinAll starts so many nodes and returns them when each has connections to all
// the others.
func (n *neighbours) joinAll(count int) []*house {
	n.Helper()
	var all []*house
	for i := range count {
		name := fmt.Sprintf("node-%d", i+1)
		pipe := belaytest.NewPipe()
		n.pipes[name] = pipe
		peers, err := peer.New(peer.Options{Listener: pipe, Dial: n.dial})
		if err != nil {
			n.Fatal(err)
		}
		h := openFor(n.T, &mortal{Store: n.store}, n.receiver, func(o *engine.Options) {
			o.SoleOwner, o.Horizon, o.Writers = false, 10*time.Second, 4
			o.Nodes, o.Node, o.NodeName = &link{n.nodes, o.Store.(*mortal)}, name, name
			o.Peers, o.Fences, o.Address, o.Key = peers, n.store.(store.Fences), name, peers.Key()
			o.Machine = n.machine
			if n.tune != nil {
				n.tune(o)
			}
		})
		served := make(chan error, 1)
		go func() { served <- peers.Serve(n.serve(h)) }()
		n.Cleanup(func() {
			if err := peers.Close(); err != nil {
				n.Error(err)
			}
			<-served
		})
		all = append(all, h)
	}
	furnish(all[0])
	time.Sleep(2 * time.Second) // two heartbeats
	return all
}

func (n *neighbours) serve(h *house) peer.Take {
	return func(b *store.Batch, answer func(*store.Result, error)) {
		n.taken.Add(1)
		if meddle := n.meddle.Load(); meddle != nil {
			(*meddle)(h, b, answer)
			return
		}
		if keep := time.Duration(n.keep.Load()); keep > 0 {
			time.AfterFunc(keep, func() {
				h.Take(b, func(_ *store.Result, err error) {
					if err == nil {
						n.late.Add(1)
					}
				})
			})
			return
		}
		h.Take(b, answer)
	}
}

func withNeighbours(t *testing.T, f func(n *neighbours, nodes []*house, sites []belay.ID)) {
	virtual(t, func(t *testing.T) {
		n := &neighbours{cluster: newCluster(t), pipes: map[string]*belaytest.Pipe{}}
		nodes := n.joinAll(3)
		sites := nodes[0].spread(30, "starting", mails("at"))
		// The first of each bucket at each node has it learn the fence, and connect.
		for range 2 {
			for _, h := range nodes {
				for i, site := range sites {
					h.reportOn(site, "starting", 9000+i, payload("2000-01-03T00:00:00Z"))
				}
			}
			time.Sleep(2 * time.Second)
		}
		f(n, nodes, sites)
		n.keep.Store(0)
		for _, h := range nodes {
			h.stop()
		}
	})
}

func TestWhateverNodeIsCalledCommitsAreMadeWhereTheBucketIs(t *testing.T) {
	withNeighbours(t, func(n *neighbours, nodes []*house, sites []belay.ID) {
		before := n.taken.Load()
		for i, site := range sites {
			nodes[i%3].reportOn(site, "starting", 100+i, payload("2000-01-01T01:00:00Z"))
			nodes[(i+1)%3].reportOn(site, "starting", 200+i, payload("2000-01-01T01:00:00Z"))
			on := *nodes[(i+2)%3]
			on.site = site
			if c := on.call(200+i, "starting"); c.Activations != 1 {
				t.Errorf("site %d: a cancel at the third node called %d off; want 1", i, c.Activations)
			}
		}
		// Two of three nodes do not look after a bucket.
		if taken := n.taken.Load() - before; taken != 60 {
			t.Errorf("%d of 90 commits were handed over; want 60", taken)
		}
		time.Sleep(2 * time.Hour)
		want := slices.Repeat([]string{"2000-01-01 01:00:00.000 at ada@example.com"}, len(sites))
		if got := n.receiver.sent(); !slices.Equal(got, want) {
			t.Errorf("sent %d: %v; want %d at one o'clock", len(got), got, len(want))
		}
	})
}

// A node that does not answer holds nobody up for long, and what it commits late
// is nothing: neither twice, nor a cancel of what was reported since.
func TestWhatIsHandedOverCountsOnceAlsoWhenItIsKeptLate(t *testing.T) {
	withNeighbours(t, func(n *neighbours, nodes []*house, sites []belay.ID) {
		n.keep.Store(int64(5 * time.Second))
		for i, site := range sites {
			nodes[i%3].reportOn(site, "starting", 100+i, payload("2000-01-01T01:00:00Z"))
		}
		n.keep.Store(0)
		time.Sleep(20 * time.Second)
		n.keep.Store(int64(5 * time.Second))
		for i, site := range sites {
			on := *nodes[i%3]
			on.site = site
			began := time.Now()
			if c := on.call(100+i, "starting"); c.Activations != 1 {
				t.Errorf("site %d: the cancel called %d off; want 1", i, c.Activations)
			}
			on.report("starting", 100+i, payload("2000-01-01T02:00:00Z"))
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("site %d: a cancel and a report took %v; want at most 5 s", i, took)
			}
		}
		time.Sleep(20 * time.Second)
		if n.late.Load() > 0 {
			t.Errorf("%d batches were kept after another node had committed them", n.late.Load())
		}
		time.Sleep(2 * time.Hour)
		want := slices.Repeat([]string{"2000-01-01 02:00:00.000 at ada@example.com"}, len(sites))
		if got := n.receiver.sent(); !slices.Equal(got, want) {
			t.Errorf("sent %d: %v; want %d at two o'clock", len(got), got, len(want))
		}
		for i, site := range sites {
			list, err := n.store.Events(t.Context(), store.EventQuery{SiteID: site, AppID: nodes[0].app, TriggerKey: "starting", EntityID: id(100 + i), Page: store.Page{Limit: 10}})
			if err != nil || len(list) != 2 {
				t.Errorf("site %d: %d events of the entity, %v; want 2", i, len(list), err)
			}
		}
	})
}
