package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// docKey is a document within its scope.
type docKey struct{ kind, key string }

// change carries out changes of sites in a transaction that out has begun, in two
// round trips each: one reads revisions, the other writes.
func (s *Store) change(ctx context.Context, conn *pgxpool.Conn, out *pipeline, p *part) error {
	for _, c := range p.changes {
		kinds, keys := columnsOf(c.do.Puts)
		before, global, revisions := int64(0), c.do.GlobalVersion, make([]int64, len(c.do.Puts))
		if global != 0 {
			out.add(sqlGlobalVersion, func(rows pgx.Rows) error { return rows.Scan(&global) })
		}
		out.add(sqlVersion, func(rows pgx.Rows) error { return rows.Scan(&before) }, out.bucket, raw(c.do.Scope))
		out.add(sqlRevisions, readRevisions(revisions), out.bucket, raw(c.do.Scope), kinds, keys)
		if err := out.run(ctx, conn); err != nil {
			return err
		}
		if global != c.do.GlobalVersion {
			*c.answer = store.Changed{Conflict: -1, Stale: true, Version: before}
			continue
		}
		w, conflict := decide(c.do.Puts, revisions)
		if conflict >= 0 {
			*c.answer = store.Changed{Conflict: conflict, Version: before}
			continue
		}
		*c.answer = store.Changed{Conflict: -1, Version: before + 1, Cancels: make([]store.Canceled, len(c.do.Cancels))}
		if len(w.put.kinds) > 0 {
			out.add(sqlPutDocs, nil, out.bucket, raw(c.do.Scope), w.put.kinds, w.put.keys, w.revisions, w.values)
		}
		if len(w.drop.kinds) > 0 {
			out.add(sqlDropDocs, nil, out.bucket, raw(c.do.Scope), w.drop.kinds, w.drop.keys)
		}
		out.add(sqlRaise, nil, out.bucket, raw(c.do.Scope), before+1)
		var list []act[store.Cancel, store.Canceled]
		for i := range c.do.Cancels {
			if c.do.Cancels[i].SiteID == c.do.Scope {
				list = append(list, act[store.Cancel, store.Canceled]{&c.do.Cancels[i], &c.answer.Cancels[i]})
			}
		}
		if err := s.cancels(out, list); err != nil {
			return err
		}
		s.entries(out, entriesOf(c.do))
	}
	return nil
}

// changeGlobal carries out changes of scope zero in a transaction of their own.
// Their cancels find nothing: no activation is of scope zero.
func (s *Store) changeGlobal(ctx context.Context, conn *pgxpool.Conn, p *part) error {
	// The entries of scope zero are the only rows of it that are in a bucket.
	out := newPipeline(belay.Bucket(belay.ID{}))
	var before int64
	out.add(`begin`, nil)
	s.settle(out)
	out.add(sqlGlobalLock, func(rows pgx.Rows) error { return rows.Scan(&before) })
	for _, c := range p.changes {
		kinds, keys := columnsOf(c.do.Puts)
		revisions := make([]int64, len(c.do.Puts))
		out.add(sqlGlobalRevisions, readRevisions(revisions), kinds, keys)
		if err := out.run(ctx, conn); err != nil {
			s.rollback(conn)
			return failure(err, false)
		}
		if c.do.GlobalVersion != 0 && c.do.GlobalVersion != before {
			*c.answer = store.Changed{Conflict: -1, Stale: true, Version: before}
			continue
		}
		w, conflict := decide(c.do.Puts, revisions)
		if conflict >= 0 {
			*c.answer = store.Changed{Conflict: conflict, Version: before}
			continue
		}
		before++
		*c.answer = store.Changed{Conflict: -1, Version: before, Cancels: make([]store.Canceled, len(c.do.Cancels))}
		if len(w.put.kinds) > 0 {
			out.add(sqlGlobalPutDocs, nil, w.put.kinds, w.put.keys, w.revisions, w.values)
		}
		if len(w.drop.kinds) > 0 {
			out.add(sqlGlobalDropDocs, nil, w.drop.kinds, w.drop.keys)
		}
		out.add(sqlGlobalRaise, nil, before)
		s.entries(out, entriesOf(c.do))
	}
	out.add(`commit`, nil)
	return s.end(ctx, conn, out, p, true)
}

// entriesOf returns what a change appends.
func entriesOf(c *store.Change) []*store.Entry {
	list := make([]*store.Entry, len(c.Entries))
	for i, e := range c.Entries {
		e.SiteID = c.Scope
		list[i] = &e
	}
	return list
}

func columnsOf(puts []store.Put) (kinds, keys texts) {
	kinds, keys = make(texts, len(puts)), make(texts, len(puts))
	for i := range puts {
		kinds[i], keys[i] = []byte(puts[i].Kind), []byte(puts[i].Key)
	}
	return kinds, keys
}

func readRevisions(into []int64) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var n, revision int64
		if err := rows.Scan(&n, &revision); err != nil {
			return err
		}
		into[n-1] = revision
		return nil
	}
}

// names are columns that name documents.
type names struct{ kinds, keys texts }

func (n *names) add(k docKey) {
	n.kinds, n.keys = append(n.kinds, []byte(k.kind)), append(n.keys, []byte(k.key))
}

// writes are what a change leaves of each document.
type writes struct {
	put, drop names
	revisions bigs
	values    texts
}

// decide compares the revisions that documents have with those expected, each put
// seeing the ones before; conflict is the first that differs, -1 for none.
func decide(puts []store.Put, revisions []int64) (w writes, conflict int) {
	last := map[docKey]int{}
	within := map[docKey]int64{}
	for i := range puts {
		p := &puts[i]
		k := docKey{p.Kind, p.Key}
		revision, ok := within[k]
		if !ok {
			revision = revisions[i]
		}
		if p.Expect != store.AnyRevision && p.Expect != revision {
			return writes{}, i
		}
		if within[k] = revision + 1; p.Value == nil {
			within[k] = 0
		}
		last[k] = i
	}
	for i := range puts {
		k := docKey{puts[i].Kind, puts[i].Key}
		switch {
		case last[k] != i:
		case puts[i].Value == nil:
			w.drop.add(k)
		default:
			w.put.add(k)
			w.revisions, w.values = append(w.revisions, big(within[k])), append(w.values, puts[i].Value)
		}
	}
	return w, -1
}
