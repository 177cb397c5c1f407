package engine

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/store"
)

// someNodes draws living nodes on a few machines, some of them on none that is known.
func someNodes(t *rapid.T) []store.Node {
	ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{3}`), 1, 8, rapid.ID[string]).Draw(t, "ids")
	nodes := make([]store.Node, len(ids))
	for i, id := range ids {
		nodes[i] = store.Node{
			ID: id, Leaving: rapid.IntRange(0, 4).Draw(t, "leaving") == 0,
			Machine: rapid.SampledFrom([]string{"", "M1", "M2", "M3"}).Draw(t, "machine"),
			Address: rapid.SampledFrom([]string{"here", "here", "here", ""}).Draw(t, "address"),
			Began:   time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "began")), 0),
		}
	}
	return nodes
}

func TestEachBucketIsLookedAfterByTheEldestOfAMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := someNodes(t)
		all := ownersOf(nodes)
		shuffled := slices.Clone(nodes)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		allLeave := !slices.ContainsFunc(nodes, func(n store.Node) bool { return !n.Leaving })
		for b, other := range ownersOf(shuffled) {
			owner := all[b]
			if owner.ID != other.ID {
				t.Fatalf("bucket %d is %s's or %s's, as the nodes are listed", b, owner.ID, other.ID)
			}
			if owner.Leaving && !allLeave {
				t.Fatalf("bucket %d is of %s, which leaves", b, owner.ID)
			}
			for _, n := range nodes {
				if machineOf(&n) == machineOf(owner) && (!n.Leaving || allLeave) && n.Began.Before(owner.Began) {
					t.Fatalf("bucket %d is of %s, on whose machine %s is older", b, owner.ID, n.ID)
				}
			}
		}
	})
}

func TestANodeThatGoesMovesNoBucketBetweenTwoOtherMachines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := someNodes(t)
		if len(nodes) < 2 {
			return
		}
		for i := range nodes {
			nodes[i].Leaving = false
		}
		gone := rapid.IntRange(0, len(nodes)-1).Draw(t, "gone")
		left := slices.Delete(slices.Clone(nodes), gone, gone+1)
		was, is := ownersOf(nodes), ownersOf(left)
		alone := !slices.ContainsFunc(left, func(n store.Node) bool { return machineOf(&n) == machineOf(&nodes[gone]) })
		for b := range was {
			switch {
			case was[b].ID != nodes[gone].ID:
				if is[b].ID != was[b].ID {
					t.Fatalf("bucket %d went from %s to %s, and %s was the one to go", b, was[b].ID, is[b].ID, nodes[gone].ID)
				}
			case !alone && machineOf(is[b]) != machineOf(&nodes[gone]):
				t.Fatalf("bucket %d went to %s of another machine, and there is one left on its own", b, is[b].ID)
			}
		}
	})
}

func TestProcessorsAreDividedAmongThoseOfAMachine(t *testing.T) {
	on := func(id, machine, address string) store.Node {
		return store.Node{ID: id, Machine: machine, Address: address}
	}
	for name, tt := range map[string]struct {
		living []store.Node // the first is the one that is told, the eldest the first by its ID
		want   int
	}{
		"alone":                         {[]store.Node{on("a", "m", "x")}, 1},
		"the eldest":                    {[]store.Node{on("a", "m", "x"), on("b", "m", "y")}, 1},
		"another":                       {[]store.Node{on("b", "m", "x"), on("a", "m", "y"), on("c", "m", "z")}, 3},
		"of another machine":            {[]store.Node{on("b", "m", "x"), on("a", "n", "y")}, 1},
		"of machines that nobody knows": {[]store.Node{on("b", "", "x"), on("a", "", "y")}, 1},
		"none takes from others":        {[]store.Node{on("a", "m", ""), on("b", "m", "")}, 2},
	} {
		if got := beside(&tt.living[0], tt.living); got != tt.want {
			t.Errorf("%s: beside() = %d; want %d", name, got, tt.want)
		}
	}
}
