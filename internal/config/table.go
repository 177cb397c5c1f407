package config

import (
	"hash/maphash"
	"maps"
)

// table is an immutable map. A draft of it copies only the shards that it
// changes, so that one change among 100,000 sites copies some 400 entries.
type table[K comparable, V any] struct {
	seed   maphash.Seed
	shards [256]map[K]V
}

func newTable[K comparable, V any]() *table[K, V] {
	return &table[K, V]{seed: maphash.MakeSeed()}
}

func (t *table[K, V]) shard(k K) uint8 { return uint8(maphash.Comparable(t.seed, k)) }

func (t *table[K, V]) get(k K) (V, bool) {
	v, ok := t.shards[t.shard(k)][k]
	return v, ok
}

// all calls yield for each entry, in no order, until it returns false.
func (t *table[K, V]) all(yield func(K, V) bool) {
	for i := range t.shards {
		if len(t.shards[i]) == 0 {
			continue // most are, in a small table; starting to range over one costs more than asking
		}
		for k, v := range t.shards[i] {
			if !yield(k, v) {
				return
			}
		}
	}
}

// draft is a table in the making. It must not be written to once its table has
// been handed out.
type draft[K comparable, V any] struct {
	*table[K, V]
	own [256]bool
}

func (t *table[K, V]) draft() *draft[K, V] {
	c := *t
	return &draft[K, V]{table: &c}
}

func (d *draft[K, V]) writable(k K) map[K]V {
	i := d.shard(k)
	if !d.own[i] {
		d.own[i] = true
		if d.shards[i] = maps.Clone(d.shards[i]); d.shards[i] == nil {
			d.shards[i] = make(map[K]V)
		}
	}
	return d.shards[i]
}

func (d *draft[K, V]) set(k K, v V) { d.writable(k)[k] = v }

func (d *draft[K, V]) remove(k K) {
	if _, ok := d.get(k); ok {
		delete(d.writable(k), k)
	}
}
