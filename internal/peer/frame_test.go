package peer

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

func TestFramesSayWhatWasPutIn(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		// One kind of act a time: drawing a whole activation takes longer than its frame.
		batch := handed{Number: rapid.Uint64().Draw(t, "number"), Batch: store.Batch{Fence: 7, Carry: rapid.Bool().Draw(t, "carry")}}
		switch b := &batch.Batch; rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			b.Reports = []store.Report{{
				Event: rapid.Make[belay.Event]().Draw(t, "event"), Activations: []belay.Activation{rapid.Make[belay.Activation]().Draw(t, "activation")},
				Again: true, SiteVersion: 1, GlobalVersion: 2, KeyUntil: 3, Now: 4,
			}}
		case 1:
			b.Saves = []store.Save{{
				Version: 5, Again: true, Activation: belay.Activation{ID: belay.ID{8}, Version: 6}, Claim: &store.Claim{
					Claim: rapid.Make[belay.Claim]().Draw(t, "claim"), Otherwise: rapid.Make[belay.Activation]().Draw(t, "otherwise"),
					OtherwiseDeliveries: []belay.Delivery{rapid.Make[belay.Delivery]().Draw(t, "told")},
				},
			}}
		case 2:
			b.Cancels = []store.Cancel{rapid.Make[store.Cancel]().Draw(t, "cancel")}
		case 3:
			b.Entries = []store.Entry{rapid.Make[store.Entry]().Draw(t, "entry")}
		case 4:
			b.Deliveries = []store.DeliverySave{rapid.Make[store.DeliverySave]().Draw(t, "delivery")}
		case 5:
			b.Purges = []store.Purge{rapid.Make[store.Purge]().Draw(t, "purge")}
		}
		result := answered{
			Number: batch.Number, Uncertain: rapid.Bool().Draw(t, "uncertain"), Fenced: rapid.Bool().Draw(t, "fenced"), Error: rapid.String().Draw(t, "error"),
			Result: &store.Result{
				Cancels: []store.Canceled{rapid.Make[store.Canceled]().Draw(t, "canceled")},
				Reports: []store.Reported{rapid.Make[store.Reported]().Draw(t, "reported")},
				Saves:   []store.Saved{store.Kept, store.Lost, store.KeptOtherwise},
				Carried: rapid.Bool().Draw(t, "carried"),
				Purges:  []store.Purged{rapid.Make[store.Purged]().Draw(t, "purged")},
			},
		}
		var wire []byte
		for _, v := range []any{&batch, &result} {
			frame, err := c.frame(v)
			if err != nil {
				t.Fatal(err)
			}
			wire = append(wire, frame.Bytes()...)
			free(frame)
		}
		in := c.frames(bytes.NewReader(wire))
		var gotBatch handed
		var gotResult answered
		if err := in.next(&gotBatch); err != nil {
			t.Fatal(err)
		}
		if err := in.next(&gotResult); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(batch, gotBatch, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("batch (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(result, gotResult, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	})
}

// An act that this version does not know all of is not taken for another.
func TestAFieldThatIsNotKnownIsRefused(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	type later struct {
		store.Batch
		Urgent bool `cbor:"99,keyasint"`
	}
	frame, err := c.frame(struct {
		Number uint64 `cbor:"1,keyasint"`
		Batch  later  `cbor:"2,keyasint"`
	}{1, later{Urgent: true}})
	if err != nil {
		t.Fatal(err)
	}
	var h handed
	if err := c.frames(bytes.NewReader(frame.Bytes())).next(&h); err == nil || h.Number != 1 {
		t.Errorf("next() = %v with %+v; want the number read and an error for the rest", err, h)
	}
}

func FuzzNext(f *testing.F) {
	c, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	frame, err := c.frame(&handed{Number: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(frame.Bytes()))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0})
	f.Fuzz(func(_ *testing.T, wire []byte) {
		if len(wire) > 4 {
			wire[0] = 0 // so that no test machine runs out of memory
		}
		var h handed
		_ = c.frames(bytes.NewReader(wire)).next(&h)
	})
}
