package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belay-events/belay/internal/store"
)

func TestNodesLearnOfEachOther(t *testing.T) {
	url := database(t)
	one, other := open(t, url), open(t, url)
	defer one.Close()
	defer other.Close()
	north := store.Node{ID: "north-1", Name: "north", Version: "1", Address: "192.0.2.1:7000", Key: []byte{1, 2}, Machine: "m"}
	south := store.Node{ID: "south-1", Name: "south", Version: "1", Key: []byte{}}
	beat := func(s *store.Node, by store.Nodes, ttl time.Duration, want ...store.Node) store.Beat {
		t.Helper()
		b, err := by.Heartbeat(t.Context(), *s, ttl)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.Nodes, cmpopts.IgnoreFields(store.Node{}, "Began", "Seen")); diff != "" {
			t.Errorf("%s sees (-want +got):\n%s", s.Name, diff)
		}
		return b
	}
	first := beat(&north, one, time.Minute, north)
	beat(&south, other, time.Minute, north, south)
	south.Leaving = true
	beat(&south, other, time.Minute, north, south)
	again := beat(&north, one, time.Minute, north, south)
	if began, seen := again.Nodes[0].Began, again.Nodes[0].Seen; !began.Equal(first.Nodes[0].Began) || !seen.After(began) {
		t.Errorf("north began at %v and was seen at %v; want the time of the first heartbeat, and a later one", began, seen)
	}
	beat(&south, other, 0) // nobody was seen within no time
	if err := other.Leave(t.Context(), south.ID); err != nil {
		t.Fatal(err)
	}
	beat(&north, one, time.Minute, north)
}
