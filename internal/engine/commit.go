package engine

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// maxActs bounds how many acts one commit carries, so that none waits long for
// the others of its batch to be laid out.
const maxActs = 1024

// committer is the group commit: many callers hand in batches, and one goroutine
// makes one commit of all that waits. The store sees one commit at a time.
type committer struct {
	store   atomic.Pointer[store.Store]
	in      chan *submission
	closed  chan struct{} // closed when Run ends
	metrics *Metrics
	// reopen makes a new store after a write broke the old one.
	reopen func(broken store.Store) (store.Store, error)
}

// submission is one caller's batch and where its answer goes.
type submission struct {
	batch  *store.Batch
	result *store.Result
	err    error
	done   chan struct{}
	resent bool // once, after a write that failed
}

func newCommitter(o *Options, m *Metrics) *committer {
	c := &committer{in: make(chan *submission, o.CommitQueue), closed: make(chan struct{}), metrics: m, reopen: o.Reopen}
	c.store.Store(&o.Store)
	return c
}

func (c *committer) current() store.Store { return *c.store.Load() }

// errBusy tells a caller to come back: the queue is full.
var errBusy = belay.Refuse(belay.ResourceExhausted, "COMMIT_QUEUE_FULL",
	"more is being reported than can be kept at the moment; try again in a second")

// errStopping tells a caller that the server takes nothing more.
var errStopping = belay.Refuse(belay.Unavailable, "STOPPING", "the server is stopping; try again")

// try commits a batch for a caller who can be refused: where the queue is full
// it answers ResourceExhausted at once, and where there is no room to write it
// answers Unavailable. Nothing was kept then.
func (c *committer) try(ctx context.Context, b *store.Batch) (*store.Result, error) {
	s := &submission{batch: b, done: make(chan struct{})}
	select {
	case <-c.closed:
		return nil, errStopping
	default:
	}
	select {
	case c.in <- s:
	default:
		c.metrics.refused.Inc()
		return nil, errBusy
	}
	return c.wait(s)
}

// must commits a batch that may not be lost: it waits for its place in the queue
// and tries again, with growing pauses, while the store has no room or is being
// opened anew. It gives up only when ctx ends or the server has stopped.
func (c *committer) must(ctx context.Context, b *store.Batch) (*store.Result, error) {
	pause := 50 * time.Millisecond
	for {
		s := &submission{batch: b, done: make(chan struct{})}
		select {
		case c.in <- s:
		case <-c.closed:
			return nil, errStopping
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		r, err := c.wait(s)
		if err == nil || !passing(err) {
			return r, err
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, 5*time.Second)
		case <-c.closed:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// wait returns a submission's answer. It does not give up with a caller's
// context: what was handed in is kept or not, and the caller must be told which.
func (c *committer) wait(s *submission) (*store.Result, error) {
	select {
	case <-s.done:
	case <-c.closed:
		select {
		case <-s.done:
		default:
			return nil, errStopping
		}
	}
	return s.result, outward(s.err)
}

// outward dresses the store's answers for the doors.
func outward(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_FULL",
			"there is no room left to keep anything; nothing of this call was kept"), err)
	case errors.Is(err, store.ErrBroken), errors.Is(err, store.ErrClosed):
		return fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_BROKEN",
			"a write failed; whether this call was kept is not known. Repeat it with the same idempotency key"), err)
	default:
		return fmt.Errorf("engine: commit: %w", err)
	}
}

// passing reports whether a commit that failed with err may succeed later.
func passing(err error) bool {
	return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrBroken)
}

// run commits until ctx ends and nobody hands in any more.
func (c *committer) run(ctx context.Context) {
	defer close(c.closed)
	var group []*submission
	for {
		select {
		case s := <-c.in:
			group = c.gather(append(group[:0], s))
			c.commit(group)
		case <-ctx.Done():
			for {
				select {
				case s := <-c.in:
					c.commit(c.gather(append(group[:0], s)))
				default:
					return
				}
			}
		}
	}
}

// gather takes what else is waiting, up to maxActs.
func (c *committer) gather(group []*submission) []*submission {
	acts := size(group[0].batch)
	for acts < maxActs {
		select {
		case s := <-c.in:
			group = append(group, s)
			acts += size(s.batch)
		default:
			return group
		}
	}
	return group
}

func size(b *store.Batch) int {
	return len(b.Changes) + len(b.Cancels) + len(b.Reports) + len(b.Saves) + len(b.Entries) + len(b.Purges)
}

func (c *committer) commit(group []*submission) {
	all := group[0].batch
	if len(group) > 1 {
		all = &store.Batch{}
		for _, s := range group {
			all.Changes = append(all.Changes, s.batch.Changes...)
			all.Cancels = append(all.Cancels, s.batch.Cancels...)
			all.Reports = append(all.Reports, s.batch.Reports...)
			all.Saves = append(all.Saves, s.batch.Saves...)
			all.Entries = append(all.Entries, s.batch.Entries...)
			all.Purges = append(all.Purges, s.batch.Purges...)
		}
	}
	began := time.Now()
	result, err := c.current().Commit(context.Background(), all)
	c.metrics.commits(size(all), time.Since(began), err)
	if errors.Is(err, store.ErrBroken) && c.rebuild() {
		group = c.resend(group)
	}
	if errors.Is(err, store.ErrFull) && len(group) > 1 {
		c.apart(group, err)
		return
	}
	for _, s := range group {
		if s.err = err; err == nil {
			s.result = take(result, s.batch)
		}
		close(s.done)
	}
}

// apart commits again what a full disk refused as a whole: cancels and saves are
// let in when nothing else is any more, but only among themselves.
func (c *committer) apart(group []*submission, full error) {
	var cancels, saves, rest []*submission
	for _, s := range group {
		switch n := size(s.batch); n {
		case len(s.batch.Cancels):
			cancels = append(cancels, s)
		case len(s.batch.Saves):
			saves = append(saves, s)
		default:
			rest = append(rest, s)
		}
	}
	for _, kind := range [][]*submission{cancels, saves} {
		if len(kind) == len(group) {
			rest = group // they were among themselves
		} else if len(kind) > 0 {
			c.commit(kind)
		}
	}
	for _, s := range rest {
		s.err = full
		close(s.done)
	}
}

// rebuild opens the store anew after a failed write. Where that fails too, the
// broken store stays and the next commit tries again.
func (c *committer) rebuild() bool {
	if c.reopen == nil {
		return false
	}
	fresh, err := c.reopen(c.current())
	if err != nil {
		return false
	}
	c.store.Store(&fresh)
	return true
}

// resend commits reports again of which a failed write left open whether they
// were kept, so that their callers can be told. It returns what it did not send.
func (c *committer) resend(group []*submission) (rest []*submission) {
	var again []*submission
	for _, s := range group {
		if size(s.batch) != len(s.batch.Reports) || s.resent {
			rest = append(rest, s)
			continue
		}
		s.resent = true
		for i := range s.batch.Reports {
			s.batch.Reports[i].Again = true
		}
		again = append(again, s)
	}
	if len(again) > 0 {
		c.commit(again)
	}
	return rest
}

// take cuts one batch's answers off the front of a whole commit's.
func take(all *store.Result, b *store.Batch) *store.Result {
	var own store.Result
	own.Changes, all.Changes = cut(all.Changes, len(b.Changes))
	own.Cancels, all.Cancels = cut(all.Cancels, len(b.Cancels))
	own.Reports, all.Reports = cut(all.Reports, len(b.Reports))
	own.Saves, all.Saves = cut(all.Saves, len(b.Saves))
	own.Purges, all.Purges = cut(all.Purges, len(b.Purges))
	return &own
}

func cut[T any](all []T, n int) (own, rest []T) { return all[:n:n], all[n:] }
