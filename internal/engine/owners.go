package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// owners are who looks after each bucket.
type owners [belay.Buckets]*store.Node

// ownersOf returns who looks after each bucket among the nodes that live, which are
// not none. Machines share the buckets by rendezvous hashing: each bucket goes to the
// machine with the highest mark for it, so that one that comes or goes moves no bucket
// between two others. On a machine, its eldest node looks after all of them, and the
// others hand it what they take in: a commit carries what came to all, and where one
// processor is shared, one process makes it. Nodes that are leaving get none, unless all are.
func ownersOf(living []store.Node) *owners {
	var all owners
	candidates := eldest(living)
	for b := range all {
		var best *store.Node
		var mark uint64
		for i := range candidates {
			n := &candidates[i]
			if m := markOf(machineOf(n), b); best == nil || m > mark || m == mark && n.ID > best.ID {
				best, mark = n, m
			}
		}
		all[b] = best
	}
	return &all
}

// eldest returns of each machine the node that began first.
func eldest(living []store.Node) []store.Node {
	staying := slices.DeleteFunc(slices.Clone(living), func(n store.Node) bool { return n.Leaving })
	if len(staying) == 0 {
		staying = slices.Clone(living)
	}
	slices.SortFunc(staying, func(a, b store.Node) int {
		return cmp.Or(cmp.Compare(machineOf(&a), machineOf(&b)), a.Began.Compare(b.Began), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(staying, func(a, b store.Node) bool { return together(&a, &b) })
}

// machineOf names the machine that a node is on. One that takes nothing from others
// is by itself, and so is one whose machine is not known.
func machineOf(n *store.Node) string {
	if n.Machine == "" || n.Address == "" {
		return n.ID
	}
	return n.Machine
}

// together reports whether two nodes are on one machine.
func together(a, b *store.Node) bool { return machineOf(a) == machineOf(b) }

func markOf(machine string, bucket int) uint64 {
	sum := sha256.Sum256(append([]byte(machine), byte(bucket)))
	return binary.BigEndian.Uint64(sum[:])
}

// of returns the buckets of a node.
func (all *owners) of(id string) (buckets store.Buckets) {
	for b, n := range all {
		if n.ID == id {
			buckets.Add(uint8(b))
		}
	}
	return buckets
}

// count returns how many nodes look after some.
func (all *owners) count() int {
	ids := map[string]bool{}
	for _, n := range all {
		ids[n.ID] = true
	}
	return len(ids)
}

// beside returns among how many the processors of a node's machine are divided for
// it: those that live there, or 1 where it looks after the buckets of others, and so works for them.
func beside(self *store.Node, living []store.Node) int {
	n, serves := 1, false
	for i := range living {
		other := &living[i]
		if other.ID == self.ID {
			continue
		}
		if self.Machine != "" && other.Machine == self.Machine {
			n++
		}
		serves = serves || together(self, other)
	}
	if serves && slices.ContainsFunc(eldest(living), func(n store.Node) bool { return n.ID == self.ID }) {
		return 1
	}
	return n
}
