package pebble

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Event returns one event of a site.
func (s *Store) Event(_ context.Context, site, id belay.ID) (belay.Event, error) {
	if err := s.enter(); err != nil {
		return belay.Event{}, err
	}
	defer s.exit()
	e, ok, err := s.event(s.db, site, id)
	if err == nil && !ok {
		err = fmt.Errorf("pebble: event %s: %w", id, store.ErrNotFound)
	}
	return e, err
}

func (s *Store) event(r pebble.Reader, site, id belay.ID) (e belay.Event, ok bool, err error) {
	key := siteKey(kindEvent, site, id)
	err = getFrom(r, key, func(value []byte) (err error) {
		ok = true
		e, err = s.codec.readEvent(key, value)
		return err
	})
	return e, ok, err
}

// Activation returns one activation of a site.
func (s *Store) Activation(_ context.Context, site, id belay.ID) (belay.Activation, error) {
	if err := s.enter(); err != nil {
		return belay.Activation{}, err
	}
	defer s.exit()
	a, ok, err := s.activation(s.db, site, id)
	if err == nil && !ok {
		err = fmt.Errorf("pebble: activation %s: %w", id, store.ErrNotFound)
	}
	return a, err
}

func (s *Store) activation(r pebble.Reader, site, id belay.ID) (a belay.Activation, ok bool, err error) {
	key := siteKey(kindActivation, site, id)
	err = getFrom(r, key, func(value []byte) (err error) {
		ok = true
		a, err = s.codec.readActivation(key, value)
		return err
	})
	return a, ok, err
}

// Doc returns one document.
func (s *Store) Doc(_ context.Context, key store.DocKey) (store.Doc, error) {
	if err := s.enter(); err != nil {
		return store.Doc{}, err
	}
	defer s.exit()
	var d store.Doc
	found := false
	err := s.get(docKey(key), func(value []byte) error {
		revision, text, err := readDoc(value)
		d, found = store.Doc{Key: key.Key, Revision: revision, Value: bytes.Clone(text)}, true
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("pebble: %s %q: %w", key.Kind, key.Key, store.ErrNotFound)
	}
	return d, err
}

// Docs lists documents, and the version of their scope at the same moment.
func (s *Store) Docs(ctx context.Context, scope belay.ID, kind, behind string, limit int) (docs []store.Doc, version int64, err error) {
	if err := s.enter(); err != nil {
		return nil, 0, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	err = getFrom(snap, siteKey(kindVersion, scope), func(value []byte) (err error) {
		version, err = readVersion(value)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	prefix := docPrefix(scope, kind)
	lower := prefix
	if behind != "" {
		lower = append(append(bytes.Clone(prefix), behind...), 0)
	}
	it, err := snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: after(prefix)})
	if err != nil {
		return nil, 0, fmt.Errorf("pebble: list %s: %w", kind, err)
	}
	defer it.Close()
	for ok := it.First(); ok && (limit <= 0 || len(docs) < limit); ok = it.Next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return nil, 0, fmt.Errorf("pebble: list %s: %w", kind, err)
		}
		revision, text, err := readDoc(value)
		if err != nil {
			return nil, 0, err
		}
		docs = append(docs, store.Doc{Key: string(it.Key()[len(prefix):]), Revision: revision, Value: bytes.Clone(text)})
	}
	return docs, version, it.Error()
}

// Entries lists a stream.
func (s *Store) Entries(ctx context.Context, q store.EntryQuery) ([]store.Entry, error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	lower, upper := pageBounds(streamPrefix(q.SiteID, q.Stream), q.Page)
	it, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("pebble: list %s: %w", q.Stream, err)
	}
	defer it.Close()
	var out []store.Entry
	for ok := begin(it, q.Newest); ok && len(out) < q.Limit; ok = step(it, q.Newest) {
		value, err := it.ValueAndErr()
		if err != nil {
			return nil, fmt.Errorf("pebble: list %s: %w", q.Stream, err)
		}
		out = append(out, store.Entry{SiteID: q.SiteID, Stream: q.Stream, ID: lastID(it.Key()), Value: bytes.Clone(value)})
	}
	return out, it.Error()
}

// Trail walks over the keys of a stream by time, and reads the entries that they lead to.
func (s *Store) Trail(ctx context.Context, q store.TrailQuery) ([]store.Entry, error) {
	if err := checkPage(q.Page); err != nil {
		return nil, err
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.exit()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	prefix := trailPrefix(q.Stream)
	lower, upper := pageBounds(prefix, q.Page)
	if !q.After.IsZero() {
		lower = after(append(bytes.Clone(prefix), q.After[:]...)) // of whichever site
	}
	if upper != nil && bytes.Compare(lower, upper) > 0 {
		return nil, nil
	}
	it, err := snap.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("pebble: list %s of all sites: %w", q.Stream, err)
	}
	defer it.Close()
	var out []store.Entry
	for ok := begin(it, q.Newest); ok && len(out) < q.Limit; ok = step(it, q.Newest) {
		rest := it.Key()[len(prefix):]
		e := store.Entry{Stream: q.Stream, ID: belay.ID(rest[:idLen]), SiteID: belay.ID(rest[idLen:])}
		err := getFrom(snap, append(streamPrefix(e.SiteID, e.Stream), e.ID[:]...), func(value []byte) error {
			e.Value = bytes.Clone(value)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("pebble: list %s of all sites: %w", q.Stream, err)
		}
		out = append(out, e)
	}
	return out, it.Error()
}

func checkPage(p store.Page) error {
	if p.Limit < 1 || p.Limit > 1000 {
		return fmt.Errorf("pebble: a page of %d rows; it must be from 1 to 1,000", p.Limit)
	}
	return nil
}

// pageBounds bounds the keys under prefix, each of which ends with an ID, by
// those of a page.
func pageBounds(prefix []byte, p store.Page) (lower, upper []byte) {
	lower, upper = prefix, after(prefix)
	if !p.After.IsZero() {
		lower = append(append(bytes.Clone(prefix), p.After[:]...), 0)
	}
	if !p.Before.IsZero() {
		upper = append(bytes.Clone(prefix), p.Before[:]...)
	}
	if bytes.Compare(lower, upper) > 0 {
		upper = lower
	}
	return lower, upper
}

func begin(it *pebble.Iterator, newest bool) bool {
	if newest {
		return it.Last()
	}
	return it.First()
}

func step(it *pebble.Iterator, newest bool) bool {
	if newest {
		return it.Prev()
	}
	return it.Next()
}

// scan calls use for every key under prefix, until it returns an error.
func scan(ctx context.Context, r pebble.Reader, prefix []byte, use func(key []byte, value func() ([]byte, error)) error) error {
	it, err := r.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return err
	}
	defer it.Close()
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := use(it.Key(), it.ValueAndErr); err != nil {
			return err
		}
	}
	return it.Error()
}
