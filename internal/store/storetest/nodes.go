package storetest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/store"
)

// NewNodes returns a membership in memory, whose clock is the process's. With
// NewModel it makes many nodes of one process, in virtual time.
func NewNodes() store.Nodes { return &nodes{all: map[string]store.Node{}} }

type nodes struct {
	mu  sync.Mutex
	all map[string]store.Node
}

// Heartbeat keeps that a node lives.
func (n *nodes) Heartbeat(ctx context.Context, self store.Node, ttl time.Duration) (store.Beat, error) {
	if err := ctx.Err(); err != nil {
		return store.Beat{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	self.Began, self.Seen = now, now
	if old, ok := n.all[self.ID]; ok {
		self.Began = old.Began
	}
	n.all[self.ID] = self
	b := store.Beat{Now: now}
	for _, one := range n.all {
		if now.Sub(one.Seen) < ttl {
			b.Nodes = append(b.Nodes, one)
		}
	}
	slices.SortFunc(b.Nodes, func(x, y store.Node) int { return cmp.Compare(x.ID, y.ID) })
	return b, nil
}

// Leave forgets a node.
func (n *nodes) Leave(_ context.Context, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.all, id)
	return nil
}
