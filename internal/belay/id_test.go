package belay

import (
	"strings"
	"testing"
	"time"
)

func TestIDReadsOnlyTheFormItWrites(t *testing.T) {
	const s = "6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14"
	for name, tt := range map[string]struct {
		in string
		ok bool
	}{
		"lower case":  {s, true},
		"upper case":  {strings.ToUpper(s), true},
		"braces":      {"{" + s + "}", false},
		"no hyphens":  {strings.ReplaceAll(s, "-", ""), false},
		"not hex":     {"z" + s[1:], false},
		"nil GUID":    {"00000000-0000-0000-0000-000000000000", false},
		"empty":       {"", false},
		"hyphen away": {"6f1c2a4e00b7d-4c39-9a51-2d8e7f603b14", false},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := ParseID(tt.in)
			if (err == nil) != tt.ok {
				t.Fatalf("ParseID(%q) = %v, %v; want ok %v", tt.in, id, err, tt.ok)
			}
			if tt.ok && id.String() != s {
				t.Errorf("String() = %q; want %q", id.String(), s)
			}
		})
	}
}

func TestIDsSortByTheTimeTheyWereMade(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	full := [10]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255}
	early, late := NewID(at, full), NewID(at.Add(time.Millisecond), [10]byte{})
	if early.String() >= late.String() {
		t.Errorf("%s is not before %s", early, late)
	}
	if floor := IDFloor(at); floor.String() > NewID(at, [10]byte{}).String() || floor.String() <= NewID(at.Add(-time.Millisecond), full).String() {
		t.Errorf("IDFloor(%v) = %s is not between the milliseconds", at, floor)
	}
}

func TestBucketsAreEvenlyFilled(t *testing.T) {
	var n [Buckets]int
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i := range 256 * 100 {
		n[Bucket(NewID(at, [10]byte{1, 2, 3, byte(i), byte(i >> 8), byte(i >> 16)}))]++
	}
	for b, got := range n {
		if got < 40 || got > 180 {
			t.Errorf("bucket %d holds %d of 25600 sites; want about 100", b, got)
		}
	}
}
