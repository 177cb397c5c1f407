package pebble

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// View is the store at one moment, for what reads all of it, such as a move. The
// store is not closed before the view is.
type View struct {
	s      *Store
	snap   *pebble.Snapshot
	scopes map[byte]*[store.Parts][]belay.ID // by kind of key, in order
	counts map[store.Table]int64
}

// View looks at every key, a second for a million rows.
func (s *Store) View(ctx context.Context) (*View, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	v := &View{s: s, snap: s.db.NewSnapshot(), scopes: map[byte]*[store.Parts][]belay.ID{}, counts: map[store.Table]int64{}}
	for _, t := range store.Tables() {
		if err := v.look(ctx, t); err != nil {
			return nil, errors.Join(fmt.Errorf("pebble: look at all %s: %w", t, err), v.Close())
		}
	}
	return v, nil
}

// kindOf returns the kind of the keys that hold the rows of a table.
func kindOf(t store.Table) byte {
	return [...]byte{
		store.Scopes: kindVersion, store.Docs: kindDoc, store.Events: kindEvent, store.Activations: kindActivation,
		store.Keys: kindIdempotency, store.Entries: kindEntry, store.Deliveries: kindDelivery,
		store.Places: kindPlace,
	}[t]
}

// look counts the rows of a table and finds the scopes that have some.
func (v *View) look(ctx context.Context, t store.Table) error {
	found := new([store.Parts][]belay.ID)
	v.scopes[kindOf(t)] = found
	kinds := []byte{kindOf(t)}
	if t == store.Activations { // smaller than the records
		kinds = []byte{kindPendingAutomation, kindEndedAutomation}
	}
	for _, kind := range kinds {
		var last belay.ID
		first := true
		err := scan(ctx, v.snap, []byte{kind}, func(key []byte, _ func() ([]byte, error)) error {
			if len(key) < 1+idLen {
				return fmt.Errorf("key %x: %w", key, errRecord)
			}
			v.counts[t]++
			if scope := belay.ID(key[1 : 1+idLen]); first || scope != last {
				first, last = false, scope
				part := store.PartOf(scope)
				if t == store.Entries { // those of scope zero lie in a bucket as well
					part = int(belay.Bucket(scope))
				}
				found[part] = append(found[part], scope)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(kinds) > 1 {
		for part := range found {
			slices.SortFunc(found[part], func(a, b belay.ID) int { return bytes.Compare(a[:], b[:]) })
			found[part] = slices.Compact(found[part])
		}
	}
	return nil
}

// Count returns how many rows a table has.
func (v *View) Count(t store.Table) int64 { return v.counts[t] }

// Close lets go of the store.
func (v *View) Close() error {
	defer v.s.exit()
	if err := v.snap.Close(); err != nil {
		return fmt.Errorf("pebble: close view: %w", err)
	}
	return nil
}

// Rows walks over a part of a table. Walks may go on at once.
func (v *View) Rows(ctx context.Context, t store.Table, part int) (store.Rows, error) {
	kind := kindOf(t)
	scopes := v.scopes[kind][part]
	if len(scopes) == 0 {
		return &rows{}, nil
	}
	it, err := v.snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: []byte{kind}, UpperBound: []byte{kind + 1}})
	if err != nil {
		return nil, fmt.Errorf("pebble: walk over %s: %w", t, err)
	}
	return &rows{s: v.s, table: t, it: it, ahead: scopes}, nil
}

// rows goes from scope to scope of a part, which lie apart in the tree.
type rows struct {
	s      *Store
	table  store.Table
	it     *pebble.Iterator
	ahead  []belay.ID
	prefix []byte // of the scope that it is in
	mark   []byte
}

func (r *rows) Next() bool {
	if r.it == nil {
		return false
	}
	if r.prefix != nil && r.it.Next() && bytes.HasPrefix(r.it.Key(), r.prefix) {
		return true
	}
	for len(r.ahead) > 0 {
		r.prefix, r.ahead = siteKey(kindOf(r.table), r.ahead[0]), r.ahead[1:]
		if r.it.SeekGE(r.prefix) && bytes.HasPrefix(r.it.Key(), r.prefix) {
			return true
		}
		if r.it.Error() != nil {
			break
		}
	}
	r.prefix = nil
	return false
}

func (r *rows) Key() []byte { return r.it.Key()[1:] }

func (r *rows) Mark() ([]byte, error) {
	if r.table == store.Events {
		return nil, nil
	}
	value, err := r.whole()
	if err != nil {
		return nil, err
	}
	r.mark = r.mark[:0]
	switch r.table {
	case store.Scopes, store.Keys, store.Places: // as they are kept
		r.mark = append(r.mark, value...)
	case store.Docs:
		revision, text, err := readDoc(value)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		r.mark = append(binary.BigEndian.AppendUint64(r.mark, uint64(revision)), sum[:]...)
	case store.Activations, store.Deliveries:
		version, err := r.s.codec.readRowVersion(r.it.Key(), value)
		if err != nil {
			return nil, err
		}
		r.mark = binary.BigEndian.AppendUint64(r.mark, uint64(version))
	case store.Entries:
		sum := sha256.Sum256(value)
		r.mark = append(r.mark, sum[:]...)
	}
	return r.mark, nil
}

func (r *rows) whole() ([]byte, error) {
	value, err := r.it.ValueAndErr()
	if err != nil {
		return nil, fmt.Errorf("pebble: read %s: %w", r.table, err)
	}
	return value, nil
}

func (r *rows) Row() (row any, size int, err error) {
	key := r.it.Key()
	value, err := r.whole()
	if err != nil {
		return nil, 0, err
	}
	scope := belay.ID(key[1 : 1+idLen])
	switch r.table {
	case store.Scopes:
		var version int64
		version, err = readVersion(value)
		row = store.Scope{ID: scope, Version: version}
	case store.Docs:
		row, err = readScopeDoc(key, value)
	case store.Events:
		row, err = r.s.codec.readEvent(key, value)
	case store.Activations:
		row, err = r.s.codec.readActivation(key, value)
	case store.Deliveries:
		row, err = r.s.codec.readDelivery(key, value)
	case store.Keys:
		var k taken
		if k, err = readTaken(value); err == nil && len(key) != 1+idLen+len(keyHash{}) {
			err = fmt.Errorf("pebble: idempotency key under %x: %w", key, errRecord)
		}
		if err == nil {
			row = store.Key{SiteID: scope, Hash: keyHash(key[1+idLen:]), Event: k.event, Until: k.until}
		}
	case store.Entries:
		stream, rest, ok := cutText(key[1+idLen:])
		if !ok || len(rest) != idLen {
			return nil, 0, fmt.Errorf("pebble: entry under %x: %w", key, errRecord)
		}
		row = store.Entry{SiteID: scope, Stream: stream, ID: belay.ID(rest), Value: bytes.Clone(value)}
	case store.Places:
		row, err = readPlace(key, value)
	}
	return row, len(key) + len(value), err
}

func readScopeDoc(key, value []byte) (store.ScopeDoc, error) {
	kind, rest, ok := cutText(key[1+idLen:])
	if !ok {
		return store.ScopeDoc{}, fmt.Errorf("pebble: document under %x: %w", key, errRecord)
	}
	revision, text, err := readDoc(value)
	if err != nil {
		return store.ScopeDoc{}, err
	}
	return store.ScopeDoc{
		Scope: belay.ID(key[1 : 1+idLen]), Kind: kind,
		Doc: store.Doc{Key: string(rest), Revision: revision, Value: bytes.Clone(text)},
	}, nil
}

func (r *rows) Close() error {
	if r.it == nil {
		return nil
	}
	it := r.it
	r.it = nil
	if err := it.Close(); err != nil { // which tells of failures before, too
		return fmt.Errorf("pebble: walk over %s: %w", r.table, err)
	}
	return nil
}
