package pebble

import "github.com/cockroachdb/pebble/v2"

// comparerName stands in every folder. Pebble refuses a folder of another name,
// so a Split that cuts elsewhere needs a new one, and a new formatVersion.
const comparerName = "belay.1"

// comparer orders keys by their bytes, as Pebble's own does, and cuts the ID off
// keys by entity, so that the filter of a table answers whether it holds
// anything of an entity.
func comparer() *pebble.Comparer {
	c := *pebble.DefaultComparer
	c.Name = comparerName
	c.Split = splitKey
	c.ImmediateSuccessor = nextPrefix
	return &c
}

// splitKey returns the length of what the filters know of a key: up to the
// entity for one of kind P, F or V, the whole for any other and for one that
// ends before. Where it cuts is told by the bytes before the cut alone, so no
// prefix of one key begins that of another, and the order of prefixes is the
// order of keys, bounds and separators of any length included.
func splitKey(key []byte) int {
	if n, ok := entityLen(key); ok {
		return n
	}
	return len(key)
}

// nextPrefix appends the first key behind prefix, and behind all that begin with
// it where it is that of an entity, that is its own prefix.
func nextPrefix(dst, prefix []byte) []byte {
	if _, ok := entityLen(prefix); ok {
		return append(dst, after(prefix)...)
	}
	return append(append(dst, prefix...), 0)
}

// ofEntity returns whether prefix is that of all keys of one entity.
func ofEntity(prefix []byte) bool {
	n, ok := entityLen(prefix)
	return ok && n == len(prefix)
}
