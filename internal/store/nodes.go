package store

import (
	"context"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// Nodes is what a store that many processes share tells them of each other.
type Nodes interface {
	// Heartbeat keeps that a node lives, and returns those that do: whoever has said
	// so within ttl, in the order of their IDs.
	Heartbeat(ctx context.Context, n Node, ttl time.Duration) (Beat, error)
	// Leave forgets a node.
	Leave(ctx context.Context, id string) error
}

// Fences is what lets a node hand a batch to another and still know what becomes
// of it. Each bucket has a fence, a number. A batch that names one (Batch.Fence)
// happens only while it is the bucket's, so that whoever raises it knows that a
// batch which has not happened by then never will.
type Fences interface {
	// Fence returns the fence of a bucket as last heard; ok is false where that is
	// not known yet, or in doubt. A commit of the bucket learns it.
	Fence(bucket uint8) (fence int64, ok bool)
	// Doubt has the next commit of the bucket raise its fence first.
	Doubt(bucket uint8)
}

// Commits is what tells those who share a store where something was written.
type Commits interface {
	// Commits returns, for each bucket given, nil for all, a number that every commit
	// of it raises; 0 for the others.
	Commits(ctx context.Context, of *Buckets) ([belay.Buckets]int64, error)
}

// Node is one process that serves a store.
type Node struct {
	// ID is of this start of the process; Name is what people call it.
	ID, Name, Version string
	// Leaving says that it stops: it takes nothing up that others can.
	Leaving bool
	// Address is where the other nodes reach it, "" where they cannot, and Key the
	// SHA-256 of the certificate that it shows there.
	Address string
	Key     []byte
	// Machine is the same for the nodes of one machine, "" where it is not known.
	Machine string
	// Began and Seen are by the store's clock: the first and the last heartbeat.
	Began, Seen time.Time
}

// Beat answers a heartbeat.
type Beat struct {
	Nodes []Node
	// Now is the store's clock at some moment during the call.
	Now time.Time
}
