// Package move copies all that one store keeps into another of another engine,
// and shows that both hold the same.
//
// Copy compares before it writes, row by row in the order of keys, so it serves
// at once as the first copy, as what goes on after an interruption, and as what
// brings up to date: it keeps no record of its own. Verify reads both stores whole
// and compares what their own readers make of it.
package move

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/postgres"
)

// Progress says how far a stage is.
type Progress struct {
	// Rows of Total have been looked at; in a verification, those of both stores count.
	Rows, Total int64
	// Written and Dropped count what was changed in the target so far.
	Written, Dropped int64
}

// Done is what a copy changed.
type Done struct{ Written, Dropped int64 }

// How much goes on at once, and in one transaction. Those who write wait for the
// database most of the time. Each takes a connection.
const (
	maxReaders  = 4
	maxWriters  = 6
	maxRows     = 1000
	maxBytes    = 1 << 20
	Connections = maxReaders + maxWriters
)

// batch is what is written or deleted at once.
type batch struct {
	table store.Table
	part  int
	rows  []any
	bytes int
	gone  [][]byte
}

// Copy makes the target hold what the source shows: it writes what is missing
// there or has another mark, and deletes what the source no longer has. With exact
// it compares whole rows instead of marks, which takes longer and finds rows that
// differ although no store would have changed them so. tell, which may be nil, is
// called now and then, by one goroutine at a time.
func Copy(ctx context.Context, from *pebble.View, to *postgres.Loader, exact bool, tell func(Progress)) (Done, error) {
	c := &copying{from: from, to: to, exact: exact, batches: make(chan batch), teller: teller{tell: tell}}
	for _, t := range store.Tables() {
		c.total += from.Count(t)
	}
	if to.Connections() < 2 {
		return Done{}, errors.New("move: a copy needs two connections to the database at least")
	}
	readers := min(maxReaders, to.Connections()/2)
	writers := min(maxWriters, to.Connections()-readers)
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(c.batches)
		return eachPart(ctx, readers, c.part)
	})
	for range writers {
		work.Go(func() error {
			for b := range c.batches {
				if err := c.write(ctx, b); err != nil {
					return err
				}
				c.say(c.progress)
			}
			return nil
		})
	}
	err := work.Wait()
	c.say(c.progress)
	return Done{c.written.Load(), c.dropped.Load()}, err
}

// eachPart calls do for each part of each table, up to limit at once.
func eachPart(ctx context.Context, limit int, do func(context.Context, store.Table, int) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(limit)
	for _, t := range store.Tables() {
		for part := range store.Parts {
			work.Go(func() error { return do(ctx, t, part) })
		}
	}
	return work.Wait()
}

// teller tells how far a stage is, and nothing while it is telling that.
type teller struct {
	tell func(Progress)
	mu   sync.Mutex
}

func (t *teller) say(progress func() Progress) {
	if t.tell != nil && t.mu.TryLock() {
		t.tell(progress())
		t.mu.Unlock()
	}
}

type copying struct {
	from *pebble.View
	to   *postgres.Loader
	teller
	exact                  bool
	total                  int64
	batches                chan batch
	rows, written, dropped atomic.Int64
}

func (c *copying) progress() Progress {
	return Progress{Rows: c.rows.Load(), Total: c.total, Written: c.written.Load(), Dropped: c.dropped.Load()}
}

func (c *copying) write(ctx context.Context, b batch) error {
	if err := c.to.Put(ctx, b.table, b.part, b.rows); err != nil {
		return err
	}
	if err := c.to.Drop(ctx, b.table, b.part, b.gone); err != nil {
		return err
	}
	c.written.Add(int64(len(b.rows)))
	c.dropped.Add(int64(len(b.gone)))
	return nil
}

// part walks over one part of a table in both stores.
func (c *copying) part(ctx context.Context, t store.Table, part int) (err error) {
	source, err := c.from.Rows(ctx, t, part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := c.to.Rows(ctx, t, part, c.exact)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	m := &merge{copying: c, ctx: ctx, source: source, target: target, next: batch{table: t, part: part}}
	return m.run()
}

// merge goes through two walks side by side.
type merge struct {
	*copying
	ctx            context.Context
	source, target store.Rows
	next           batch
	seen           int64
}

func (m *merge) run() error {
	here, err := advance(m.source)
	if err != nil {
		return err
	}
	there, err := advance(m.target)
	if err != nil {
		return err
	}
	for here || there {
		order := -1 // of the source's row to the target's
		switch {
		case here && there:
			order = bytes.Compare(m.source.Key(), m.target.Key())
		case there:
			order = 1
		}
		switch {
		case order > 0:
			m.next.gone = append(m.next.gone, bytes.Clone(m.target.Key()))
			err = m.passOn(maxRows)
		case order < 0:
			err = m.put()
		default:
			var same bool
			if same, err = m.same(); err == nil && !same {
				err = m.put()
			}
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			m.looked()
			if here, err = advance(m.source); err != nil {
				return err
			}
		}
		if order >= 0 {
			if there, err = advance(m.target); err != nil {
				return err
			}
		}
	}
	m.rows.Add(m.seen)
	return m.passOn(1)
}

// advance goes on to the next row. A walk that broke off is told from one at its
// end: what the other store shows behind would else be taken for new, or for gone.
func advance(rows store.Rows) (bool, error) {
	if rows.Next() {
		return true, nil
	}
	return false, rows.Close()
}

func (m *merge) looked() {
	if m.seen++; m.seen == 256 {
		m.rows.Add(m.seen)
		m.seen = 0
		m.say(m.progress)
	}
}

func (m *merge) same() (bool, error) {
	if m.exact {
		a, err := digestOf(m.next.table, m.source)
		if err != nil {
			return false, err
		}
		b, err := digestOf(m.next.table, m.target)
		return a == b, err
	}
	a, err := m.source.Mark()
	if err != nil {
		return false, err
	}
	b, err := m.target.Mark()
	return bytes.Equal(a, b), err
}

func (m *merge) put() error {
	row, size, err := m.source.Row()
	if err != nil {
		return err
	}
	m.next.rows, m.next.bytes = append(m.next.rows, row), m.next.bytes+size
	return m.passOn(maxRows)
}

// passOn hands the batch to a writer when it is large enough.
func (m *merge) passOn(least int) error {
	b := &m.next
	if n := max(len(b.rows), len(b.gone)); n == 0 || n < least && b.bytes < maxBytes {
		return nil
	}
	full := *b
	*b = batch{table: full.table, part: full.part}
	select {
	case m.batches <- full:
		return nil
	case <-m.ctx.Done():
		return fmt.Errorf("move: %w", context.Cause(m.ctx))
	}
}
