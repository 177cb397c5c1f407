package storetest

import (
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// commits holds stores that many processes share to store.Commits.
func commits(p *pair) {
	a, ok := p.a.(store.Commits)
	if !ok {
		return // nobody else commits
	}
	e := p.event()
	bucket := belay.Bucket(e.SiteID)
	var of store.Buckets
	of.Add(bucket)
	count := func() int64 {
		counts, err := a.Commits(p.ctx, &of)
		p.ok(err)
		for b, n := range counts {
			if b != int(bucket) && n != 0 {
				p.Errorf("Commits() has %d for bucket %d, which was not asked for", n, b)
			}
		}
		return counts[bucket]
	}
	raised := func(what string, by store.Store, b store.Batch) {
		before := count()
		p.through(by, b)
		if after := count(); after <= before {
			p.Errorf("%s: Commits() = %d before and %d after; want more", what, before, after)
		}
	}
	made := p.activation(e)
	raised("a report", p.a, store.Batch{Reports: []store.Report{p.of(e, made)}})
	next := made.Clone()
	next.Version++
	raised("a save through the other handle", p.b, store.Batch{Saves: []store.Save{{Activation: next, Version: made.Version}}})
	raised("a change", p.b, store.Batch{Changes: []store.Change{{Scope: e.SiteID, Puts: []store.Put{{Kind: "kind", Key: "key", Value: []byte("{}"), Expect: store.AnyRevision}}}}})
	if before, after := count(), count(); before != after {
		p.Errorf("Commits() = %d, then %d with nothing committed between", before, after)
	}
	whole, err := a.Commits(p.ctx, nil)
	p.ok(err)
	p.equal("Commits() of all buckets, this one", whole[bucket], count())
}
