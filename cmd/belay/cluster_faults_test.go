package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// aftermath is how long a fault is felt after its end: a node that vanished counts
// as living for five seconds, and what it looked after waits for so long.
const aftermath = 7 * time.Second

// fault is one that a cluster suffered.
type fault struct {
	kind         string
	began, ended time.Time
}

// covers reports whether an attempt that was out at some moment from one instant to
// another can have been lost by the fault.
func (f *fault) covers(from, to time.Time) bool {
	return f.kind != "stop" && f.began.Before(to) && f.ended.After(from)
}

// faults are carried out one after the other, but that one in two cuts has another
// fault in its midst.
type faults struct {
	c    *cluster
	r    *rand.Rand
	done []fault
}

// suffer lets the cluster suffer every kind of fault, in random order, with calm
// before, between and after.
func (f *faults) suffer(calm time.Duration) {
	kinds := []string{"kill", "database", "cut", "stop", "cut", "kill"}
	f.r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	f.c.Logf("the faults are %s", strings.Join(kinds, ", "))
	f.c.pause(calm)
	for _, kind := range kinds {
		node := f.r.IntN(len(f.c.nodes))
		f.one(kind, node)
		f.c.pause(f.upTo(2000))
	}
	f.c.pause(calm)
}

func (f *faults) upTo(milliseconds int) time.Duration {
	return time.Duration(f.r.IntN(milliseconds)) * time.Millisecond
}

func (f *faults) one(kind string, node int) {
	n := f.c.nodes[node]
	n.ending.Store(kind == "stop")
	defer n.ending.Store(false)
	this := fault{kind: kind, began: time.Now()}
	switch kind {
	case "kill":
		n.kill()
		f.c.pause(f.upTo(1500))
		f.start(n)
	case "stop":
		if err := n.stop(); err != nil {
			f.c.Errorf("%s did not stop well: %v", n.name, err)
		}
		f.start(n)
	case "database":
		f.c.database.Kill()
		f.c.pause(f.upTo(1500))
		f.c.database.Restart(f.c)
	case "cut":
		n.proxy.Cut()
		f.c.pause(500*time.Millisecond + f.upTo(7000)) // also beyond the time after which others take over
		if f.r.IntN(2) == 0 {
			f.one([]string{"kill", "database"}[f.r.IntN(2)], (node+1)%len(f.c.nodes))
		}
		n.proxy.Heal()
	}
	this.ended = time.Now()
	whom := n.name
	if kind == "database" {
		whom = "all"
	}
	f.c.Logf("%s%s of %s, for %v", clock(this.began), kind, whom, this.ended.Sub(this.began).Round(time.Millisecond))
	f.done = append(f.done, this)
}

func (f *faults) start(n *clusterNode) {
	if err := n.start(f.c.ctx); err != nil {
		f.c.Fatal(err)
	}
}

// counts says how many there were of each kind.
func (f *faults) counts() string {
	n := map[string]int{}
	for i := range f.done {
		n[f.done[i].kind]++
	}
	return fmt.Sprintf("%d nodes killed, %d stopped, %d cut off, the database killed %d times", n["kill"], n["stop"], n["cut"], n["database"])
}

// calm reports whether no fault was felt from one instant to another.
func (f *faults) calm(from, to time.Time) bool {
	for i := range f.done {
		if f.done[i].began.Before(to) && f.done[i].ended.Add(aftermath).After(from) {
			return false
		}
	}
	return true
}
