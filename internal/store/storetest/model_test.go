package storetest

import (
	"errors"
	"testing"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func TestModelKeepsTheContract(t *testing.T) {
	Run(t, Fixture{Open: func(testing.TB) store.Store { return NewModel() }})
}

func TestFailAtFailsOneCallAndNoOther(t *testing.T) {
	x := newExam(t, Fixture{Open: func(testing.TB) store.Store { return NewModel() }})
	e := x.event()
	r := x.of(e)
	f := FailAt(x.s, 2)
	if _, err := f.Doc(x.ctx, store.DocKey{}); !errors.Is(err, store.ErrNotFound) || f.Failed() {
		t.Errorf("the first call = %v; want %v", err, store.ErrNotFound)
	}
	b := &store.Batch{Reports: []store.Report{r}}
	if _, err := f.Commit(x.ctx, b); !errors.Is(err, ErrInjected) || !f.Failed() {
		t.Errorf("the second call = %v; want %v", err, ErrInjected)
	}
	x.missing(e.ID, belay.ID{})
	if _, err := f.Commit(x.ctx, b); err != nil {
		t.Errorf("the third call = %v", err)
	}
}

func TestBreakAtLeavesTheBatchKeptOrNot(t *testing.T) {
	for _, kept := range []bool{false, true} {
		x := newExam(t, Fixture{Open: func(testing.TB) store.Store { return NewModel() }})
		e := x.event()
		f := BreakAt(x.s, 2, kept)
		if _, err := f.Commit(x.ctx, &store.Batch{}); err != nil {
			t.Errorf("the first commit = %v", err)
		}
		if _, err := f.Commit(x.ctx, &store.Batch{Reports: []store.Report{x.of(e)}}); !errors.Is(err, store.ErrBroken) {
			t.Errorf("the second commit = %v; want %v", err, store.ErrBroken)
		}
		if _, err := f.Event(x.ctx, x.site, e.ID); !errors.Is(err, store.ErrBroken) {
			t.Errorf("a read once broken = %v; want %v", err, store.ErrBroken)
		}
		if _, err := x.s.Event(x.ctx, x.site, e.ID); (err == nil) != kept {
			t.Errorf("the event below = %v; want it kept: %v", err, kept)
		}
	}
}
