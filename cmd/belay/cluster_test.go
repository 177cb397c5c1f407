package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// Three nodes over one database are killed, stopped and cut off, and the database
// is killed under them, while clients report, cancel and switch automations through
// any of them. Afterwards every report that was answered is accounted for. Most of
// its time goes by until the leases of a killed node's attempts lapse; many runs in
// a row need a -timeout of two minutes each.
func TestClusterKeepsItsPromisesUnderFaults(t *testing.T) {
	c := newCluster(t, 6)
	l := &load{c: c, bound: 1500 * time.Millisecond}
	f := &faults{c: c, r: clusterRand(c.seed, 0)}
	c.underLoad(func(ctx context.Context) {
		var working sync.WaitGroup
		working.Go(func() { l.run(ctx, 24, 120*time.Millisecond, l.act) })
		for i, trigger := range []string{"now", "soon"} {
			working.Go(func() { l.flipping(ctx, clusterRand(c.seed, uint64(1000+i)), trigger) })
		}
		working.Wait()
	}, func() { f.suffer(5 * time.Second) })

	c.settled()
	c.awaitNodes()
	a := newAudit(l, f)
	a.run()
	a.say()
	c.noNodeBroke()
}

// underLoad does something while others act, and returns when they have ended.
func (c *cluster) underLoad(load func(context.Context), do func()) {
	ctx, stop := context.WithCancel(c.ctx)
	var loading sync.WaitGroup
	defer loading.Wait()
	giveUp := c.cancel // where do fails, clients would wait for answers that never come
	defer func() { giveUp() }()
	loading.Go(func() { load(ctx) })
	do()
	giveUp = stop
}

// say logs what there was.
func (a *audit) say() {
	l, t := a.l, a.l.c
	cancels := 0
	seen := map[*entity]bool{}
	for _, s := range l.told {
		if !seen[s.entity] {
			cancels += len(s.entity.tries)
		}
		seen[s.entity] = true
	}
	t.Logf("faults: %s", a.faults.counts())
	t.Logf("%d events, %d activations, %d of them canceled by %d tries at canceling, %d switches of an automation",
		len(l.told), len(a.activations), a.canceled, cancels, len(l.flips))
	t.Logf("%d calls, %d without an answer, %d refused for now, %d repeats of a report answered as such",
		l.tries.Load(), l.uncertain.Load(), l.refused.Load(), l.repeats.Load())
	t.Logf("%d deliveries, %d of them repeats; %d attempts lost; %d deliveries after a cancel that named them", a.deliveries, a.repeats, a.lost, a.late)
	t.Logf("lateness when calm: %v", a.onTime)
	t.Logf("lateness in faults: %v", a.disturbed)
}

// noNodeBroke looks for what must not stand in a node's log.
func (c *cluster) noNodeBroke() {
	for _, n := range c.nodes {
		for _, line := range n.lines() {
			if strings.Contains(line, "DATA RACE") || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") {
				c.Errorf("%s broke: %s", n.name, line)
			}
		}
	}
}
