package move

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/sync/errgroup"

	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/postgres"
)

// Sum says what a table holds, whatever the order in which it was read: how many
// rows, and the sum of their digests, each of four words by itself.
type Sum struct {
	Rows   int64
	Digest [4]uint64
}

// String is short enough for a person to compare.
func (s Sum) String() string { return fmt.Sprintf("%016x", s.Digest[0]) }

func (s *Sum) add(other Sum) {
	s.Rows += other.Rows
	for i := range s.Digest {
		s.Digest[i] += other.Digest[i]
	}
}

// Sums are those of all tables.
type Sums map[store.Table]Sum

// Verify reads both stores whole, each by its own reader, and returns what they
// hold. It changes nothing. tell is as Copy has it.
func Verify(ctx context.Context, from *pebble.View, to *postgres.Loader, tell func(Progress)) (source, target Sums, err error) {
	v := &verifying{sums: [2]Sums{{}, {}}, teller: teller{tell: tell}}
	for _, t := range store.Tables() {
		v.total += 2 * from.Count(t)
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		return eachPart(ctx, max(2, runtime.GOMAXPROCS(0)), func(ctx context.Context, t store.Table, part int) error {
			rows, err := from.Rows(ctx, t, part)
			return v.sum(t, 0, rows, err)
		})
	})
	work.Go(func() error {
		return eachPart(ctx, min(maxReaders, to.Connections()), func(ctx context.Context, t store.Table, part int) error {
			rows, err := to.Rows(ctx, t, part, true)
			return v.sum(t, 1, rows, err)
		})
	})
	err = work.Wait()
	v.say(v.progress)
	return v.sums[0], v.sums[1], err
}

type verifying struct {
	teller
	total int64
	rows  atomic.Int64
	lock  sync.Mutex
	sums  [2]Sums
}

func (v *verifying) progress() Progress { return Progress{Rows: v.rows.Load(), Total: v.total} }

func (v *verifying) sum(t store.Table, side int, rows store.Rows, err error) error {
	if err != nil {
		return err
	}
	var s Sum
	for rows.Next() {
		d, err := digestOf(t, rows)
		if err != nil {
			return errors.Join(err, rows.Close())
		}
		one := Sum{Rows: 1}
		for i := range one.Digest {
			one.Digest[i] = binary.BigEndian.Uint64(d[8*i:])
		}
		if s.add(one); s.Rows%256 == 0 {
			v.rows.Add(256)
			v.say(v.progress)
		}
	}
	v.rows.Add(s.Rows % 256)
	v.lock.Lock()
	defer v.lock.Unlock()
	whole := v.sums[side][t]
	whole.add(s)
	v.sums[side][t] = whole
	return rows.Close()
}

// digestOf is of a whole row, with its table and its key: what a store's reader
// makes of it, not how the store keeps it.
func digestOf(t store.Table, rows store.Rows) (d [sha256.Size]byte, err error) {
	row, _, err := rows.Row()
	if err != nil {
		return d, err
	}
	switch r := row.(type) { // nothing is nothing, whichever way a reader says so
	case store.Entry:
		r.Value = append([]byte{}, r.Value...)
		row = r
	case store.ScopeDoc:
		r.Value = append([]byte{}, r.Value...)
		row = r
	}
	key := rows.Key()
	text, err := cbor.Marshal(row)
	if err != nil {
		return d, fmt.Errorf("move: digest of %x of %s: %w", key, t, err)
	}
	head := binary.BigEndian.AppendUint32([]byte{byte(t)}, uint32(len(key)))
	h := sha256.New()
	h.Write(head)
	h.Write(key)
	h.Write(text)
	h.Sum(d[:0])
	return d, nil
}
