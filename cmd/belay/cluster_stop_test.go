package main

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

// A node that is told to stop hands over what is due: nothing of it is tried twice
// or lost, and a client that meets it stopping is answered by the next node.
func TestClusterHandsOverWhenANodeStops(t *testing.T) {
	c := newCluster(t, 6)
	l := &load{c: c, bound: time.Minute, strict: true}
	f := &faults{c: c, r: clusterRand(c.seed, 0)}
	c.underLoad(func(ctx context.Context) {
		l.run(ctx, 12, 100*time.Millisecond, func(r *rand.Rand) {
			l.report(r, l.story(r, r.IntN(len(c.sites)), "soon", &entity{id: guid(r)}))
		})
	}, func() {
		c.pause(5 * time.Second)
		for i := range c.nodes {
			f.one("stop", i)
			c.pause(f.upTo(2000))
		}
		c.pause(2 * time.Second)
	})

	c.settled()
	a := newAudit(l, f)
	a.run()
	for _, one := range a.activations {
		for i := range one.Actions {
			if n := len(one.Actions[i].Attempts); n != 1 {
				t.Errorf("an action took %d attempts: %+v", n, one.Actions[i])
			}
		}
	}
	a.say()
	c.noNodeBroke()
}
