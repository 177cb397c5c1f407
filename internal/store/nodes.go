package store

import (
	"context"
	"time"
)

// Nodes is what a store that many processes share tells them of each other.
type Nodes interface {
	// Heartbeat keeps that a node lives, and returns those that do: whoever has said
	// so within ttl, in the order of their IDs.
	Heartbeat(ctx context.Context, n Node, ttl time.Duration) (Beat, error)
	// Leave forgets a node.
	Leave(ctx context.Context, id string) error
}

// Node is one process that serves a store.
type Node struct {
	// ID is of this start of the process; Name is what people call it.
	ID, Name, Version string
	// Leaving says that it stops: it takes nothing up that others can.
	Leaving bool
	// Began and Seen are by the store's clock: the first and the last heartbeat.
	Began, Seen time.Time
}

// Beat answers a heartbeat.
type Beat struct {
	Nodes []Node
	// Now is the store's clock at some moment during the call.
	Now time.Time
}
