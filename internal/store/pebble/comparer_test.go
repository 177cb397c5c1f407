package pebble

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
)

// someKey draws what the tree may meet: keys of all kinds, with few values so
// that many begin alike, bounds that are longer and separators cut anywhere.
func someKey(t *rapid.T) []byte {
	id := rapid.Custom(func(t *rapid.T) belay.ID {
		return belay.ID(bytes.Repeat([]byte{rapid.SampledFrom([]byte{0, 1, 0xff}).Draw(t, "byte")}, idLen))
	})
	var key []byte
	switch kind := rapid.SampledFrom([]byte("EADPFQRVKXCWSPFV")).Draw(t, "kind"); kind {
	case kindPendingEntity, kindEndedEntity, kindEventEntity:
		trigger := rapid.SampledFrom([]string{"", "a", "ab", "b", "\xff"}).Draw(t, "trigger")
		key = entityPrefix(kind, id.Draw(t, "site"), id.Draw(t, "app"), trigger, id.Draw(t, "entity"))
	case kindDue:
		key = dueKey(1, 2, id.Draw(t, "id"))
	default:
		key = siteKey(kind, id.Draw(t, "site"), id.Draw(t, "next"))
	}
	tail := id.Draw(t, "tail")
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		key = append(key, tail[:]...)
	case 1:
		key = append(append(key, tail[:]...), 0)
	case 2:
		key = key[:rapid.IntRange(1, len(key)).Draw(t, "length")]
	}
	return key
}

func sign(n int) int { return cmp.Compare(n, 0) }

// The rules stand with pebble's base.Split and its neighbors. Its own
// CheckComparer is for cuts told by a key's end; it takes off leading bytes,
// which here tell the kind.
func TestKeysAndTheirPrefixesAreInOneOrder(t *testing.T) {
	c := comparer()
	rapid.Check(t, func(t *rapid.T) {
		a, b := someKey(t), someKey(t)
		pa, pb := a[:c.Split(a)], b[:c.Split(b)]
		if n := c.Split(pa); n != len(pa) {
			t.Fatalf("the prefix %x of %x is cut at %d", pa, a, n)
		}
		want := c.Compare(pa, pb)
		if want == 0 {
			want = c.ComparePointSuffixes(a[len(pa):], b[len(pb):])
		}
		if got := bytes.Compare(a, b); sign(got) != sign(want) {
			t.Fatalf("%x and %x: %d by their bytes, %d by prefix and suffix", a, b, got, want)
		}
		if ka, kb := c.AbbreviatedKey(a), c.AbbreviatedKey(b); ka != kb && cmp.Compare(ka, kb) != bytes.Compare(a, b) {
			t.Fatalf("%x and %x are abbreviated to %x and %x", a, b, ka, kb)
		}
		if s := c.Successor(nil, a); bytes.Compare(s, a) < 0 {
			t.Fatalf("successor %x of %x", s, a)
		}
		if bytes.Compare(a, b) < 0 {
			if s := c.Separator(nil, a, b); bytes.Compare(s, a) < 0 || bytes.Compare(s, b) >= 0 {
				t.Fatalf("separator %x of %x and %x", s, a, b)
			}
		}
	})
}

func TestThePrefixBehindAnotherIsTheNext(t *testing.T) {
	c := comparer()
	rapid.Check(t, func(t *rapid.T) {
		a, b := someKey(t), someKey(t)
		a, b = a[:c.Split(a)], b[:c.Split(b)]
		next := c.ImmediateSuccessor(nil, a)
		if n := c.Split(next); n != len(next) || bytes.Compare(next, a) <= 0 {
			t.Fatalf("%x is cut at %d behind prefix %x", next, n, a)
		}
		if bytes.Compare(a, b) < 0 && bytes.Compare(b, next) < 0 {
			t.Fatalf("prefix %x stands between %x and %x", b, a, next)
		}
	})
}

func TestTheIDIsCutOffKeysByEntityAlone(t *testing.T) {
	site, other := belay.ID{1}, belay.ID{2}
	entity := entityPrefix(kindPendingEntity, site, other, "invoice.overdue", belay.ID{3})
	for name, tt := range map[string]struct {
		key  []byte
		want int
	}{
		"pending":        {append(bytes.Clone(entity), site[:]...), len(entity)},
		"a bound":        {append(append(bytes.Clone(entity), site[:]...), 0), len(entity)},
		"no entity":      {entity[:len(entity)-1], len(entity) - 1},
		"no trigger":     {entity[:33], 33},
		"an activation":  {siteKey(kindActivation, site, other), 33},
		"an automation":  {siteKey(kindPendingAutomation, site, other, site), 49},
		"nothing at all": {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := splitKey(tt.key); got != tt.want {
				t.Errorf("%x is cut at %d, want %d", tt.key, got, tt.want)
			}
		})
	}
}
