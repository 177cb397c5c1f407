package pebble

import (
	"encoding/binary"
	"errors"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

var errLong = errors.New("a name is longer than 65,535 bytes")

func (w *writer) change(c *store.Change) (store.Changed, error) {
	before, err := w.version(c.Scope)
	if err != nil {
		return store.Changed{}, err
	}
	if c.GlobalVersion != 0 {
		global, err := w.version(belay.ID{})
		if err != nil || global != c.GlobalVersion {
			return store.Changed{Conflict: -1, Stale: true, Version: before}, err
		}
	}
	revisions, conflict, err := w.compare(c)
	if err != nil || conflict >= 0 {
		return store.Changed{Conflict: conflict, Version: before}, err
	}
	for i := range c.Puts {
		if err := w.putDoc(c.Scope, &c.Puts[i], revisions[i]); err != nil {
			return store.Changed{}, err
		}
	}
	done := store.Changed{Conflict: -1, Version: before + 1, Cancels: make([]store.Canceled, len(c.Cancels))}
	w.versions[c.Scope] = done.Version
	value := binary.BigEndian.AppendUint64(nil, uint64(done.Version))
	if err := w.out.Set(siteKey(kindVersion, c.Scope), value, nil); err != nil {
		return store.Changed{}, err
	}
	for i := range c.Cancels {
		if c.Cancels[i].SiteID != c.Scope {
			continue
		}
		if done.Cancels[i], err = w.cancel(&c.Cancels[i]); err != nil {
			return store.Changed{}, err
		}
	}
	w.tell(c.Deliveries)
	for _, e := range c.Entries {
		e.SiteID = c.Scope
		if err := w.entry(&e); err != nil {
			return store.Changed{}, err
		}
	}
	return done, nil
}

// compare returns the revision that each put replaces, or the first that is not
// the expected one.
func (w *writer) compare(c *store.Change) (revisions []int64, conflict int, err error) {
	within := map[store.DocKey]int64{}
	revisions = make([]int64, len(c.Puts))
	for i := range c.Puts {
		p := &c.Puts[i]
		key := store.DocKey{Scope: c.Scope, Kind: p.Kind, Key: p.Key}
		revision, ok := within[key]
		if !ok {
			if revision, err = w.revision(key); err != nil {
				return nil, -1, err
			}
		}
		if p.Expect != store.AnyRevision && p.Expect != revision {
			return nil, i, nil
		}
		revisions[i] = revision
		if within[key] = revision + 1; p.Value == nil {
			within[key] = 0
		}
	}
	return revisions, -1, nil
}

func (w *writer) putDoc(scope belay.ID, p *store.Put, revision int64) error {
	if len(p.Kind) > maxText {
		return errLong
	}
	key := store.DocKey{Scope: scope, Kind: p.Kind, Key: p.Key}
	if p.Value == nil {
		w.docs[key] = 0
		return w.out.Delete(docKey(key), nil)
	}
	w.docs[key] = revision + 1
	return w.out.Set(docKey(key), docValue(revision+1, p.Value), nil)
}

// revision returns that of a document, 0 where there is none.
func (w *writer) revision(key store.DocKey) (int64, error) {
	if revision, ok := w.docs[key]; ok {
		return revision, nil
	}
	var revision int64
	err := w.s.get(docKey(key), func(value []byte) (err error) {
		revision, _, err = readDoc(value)
		return err
	})
	return revision, err
}

// version returns that of a scope, 0 where it was never changed.
func (w *writer) version(scope belay.ID) (int64, error) {
	if v, ok := w.versions[scope]; ok {
		return v, nil
	}
	v, ok := w.s.versions[scope]
	if !ok {
		err := w.s.get(siteKey(kindVersion, scope), func(value []byte) (err error) {
			v, err = readVersion(value)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	w.versions[scope] = v
	return v, nil
}

func (w *writer) entry(e *store.Entry) error {
	if len(e.Stream) > maxText {
		return errLong
	}
	key := append(streamPrefix(e.SiteID, e.Stream), e.ID[:]...)
	if w.entries[string(key)] {
		return nil
	}
	w.entries[string(key)] = true
	known := false
	err := w.s.get(key, func([]byte) error { known = true; return nil })
	if err != nil || known {
		return err
	}
	if store.Trails(e.Stream) {
		if err := w.out.Set(trailKey(e.Stream, e.ID, e.SiteID), nil, nil); err != nil {
			return err
		}
	}
	return w.out.Set(key, e.Value, nil)
}
