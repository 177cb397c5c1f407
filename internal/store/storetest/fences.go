package storetest

import (
	"errors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// fences holds stores that many processes share to store.Fences.
func fences(p *pair) {
	a, shared := p.a.(store.Fences)
	b, both := p.b.(store.Fences)
	if !shared || !both {
		return // nobody hands such a store a batch
	}
	commit := func(s store.Store, fence int64) (kept bool, err error) {
		e := p.event()
		_, err = s.Commit(p.ctx, &store.Batch{Fence: fence, Reports: []store.Report{{Event: e}}})
		_, missing := p.a.Event(p.ctx, e.SiteID, e.ID)
		return missing == nil, err
	}
	happens := func(what string, s store.Store, fence int64) {
		if kept, err := commit(s, fence); err != nil || !kept {
			p.Errorf("%s: Commit() = %v, kept: %v", what, err, kept)
		}
	}
	fails := func(what string, s store.Store, fence int64) {
		if kept, err := commit(s, fence); !errors.Is(err, store.ErrFenced) || kept {
			p.Errorf("%s: Commit() = %v, kept: %v; want %v and nothing kept", what, err, kept, store.ErrFenced)
		}
	}
	happens("no fence, one handle", p.a, 0)
	happens("no fence, the other", p.b, 0)
	bucket := belay.Bucket(p.event().SiteID)
	old, known := a.Fence(bucket)
	if other, same := b.Fence(bucket); !known || !same || old != other || old == 0 {
		p.Fatalf("Fence() = %d, %v and %d, %v; want one fence, known to both after a commit", old, known, other, same)
	}
	happens("the bucket's fence", p.b, old)
	a.Doubt(bucket)
	happens("after a doubt, no fence", p.a, 0)
	fails("after a doubt of another, the fence of before", p.b, old)
	fresh, known := a.Fence(bucket)
	if !known || fresh == old {
		p.Errorf("Fence() after a doubt and a commit = %d, %v; want another than %d", fresh, known, old)
	}
	happens("after a doubt, the new fence", p.b, fresh)
	b.Doubt(bucket)
	fails("after a doubt of one's own, the fence of before", p.b, fresh)
	happens("no fence, when it was raised twice", p.a, 0)
}
