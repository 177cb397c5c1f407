package belay_test

import (
	"bytes"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
)

// What was kept before IDs wrote themselves is read by them, and the other way round.
func TestIDsAreKeptAsTheArraysThatTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		array := rapid.Make[[16]byte]().Draw(t, "id")
		want, err := cbor.Marshal(array)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cbor.Marshal(belay.ID(array))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("an ID is written as %x, %v; want %x", got, err, want)
		}
		var read belay.ID
		if err := cbor.Unmarshal(want, &read); err != nil || read != belay.ID(array) {
			t.Fatalf("%x is read as %v, %v; want %v", want, read, err, belay.ID(array))
		}
	})
}

func TestWhatIsNoIDIsNotRead(t *testing.T) {
	for name, v := range map[string]any{
		"too short": make([]byte, 15), "too long": make([]byte, 17), "a text": "0123456789abcdef", "a number": 7,
	} {
		b, err := cbor.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		id := belay.ID{1}
		if err := cbor.Unmarshal(b, &id); err == nil {
			t.Errorf("%s was read as %v; want an error", name, id)
		}
	}
}
