package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
)

func TestASearchFindsWholeValues(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", mails("to"))
		made := h.report("booked", 0, `{"email":"Ada@Example.com","phone":"+49 (30) 123-456","number":4930123456,"customer":{"id":"9F1F4D7A-0000-4000-8000-000000000001"},"lines":[{"sku":"blue"},7]}`)
		for value, want := range map[string]bool{
			"ada@example.com":                      true,
			" ADA@EXAMPLE.COM ":                    true,
			"example.com":                          false,
			"4930123456":                           true,
			"+49 30 123456":                        true,
			"493012345":                            false,
			"9f1f4d7a-0000-4000-8000-000000000001": true,
			"blue":                                 true,
			"7":                                    true,
			"sku":                                  false,
			"nobody":                               false,
		} {
			got, err := h.SearchByValue(t.Context(), operator, engine.Search{SiteID: h.site, Value: value, Limit: 10})
			if err != nil || got.More || (len(got.Activations) == 1) != want {
				t.Errorf("SearchByValue(%q) = %d activations, more: %v, %v; want found: %v", value, len(got.Activations), got.More, err, want)
			}
			if want && got.Activations[0].ID != made.Activations[0] {
				t.Errorf("SearchByValue(%q) found %s; want %s", value, got.Activations[0].ID, made.Activations[0])
			}
		}
	})
}

// However much is kept, a call looks at a part of it and says where to go on; what
// is reported meanwhile moves nothing.
func TestASearchGoesOnWhereItStopped(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.automate("booked", "", mails("a"))
		h.automate("booked", "", mails("b"))
		const events = 12_000
		for i := range events {
			name := "someone"
			if i%11_000 == 0 {
				name = "ada"
			}
			h.report("booked", 0, fmt.Sprintf(`{"email":"%s@example.com"}`, name))
			time.Sleep(time.Millisecond)
		}
		// Two activations of each of two events; between these lie more than a call
		// looks at.
		cut := belay.IDFloor(time.Now())
		for limit, calls := range map[int]int{10: 2, 2: 2, 1: 4} {
			seen := map[belay.ID]bool{}
			s := engine.Search{SiteID: h.site, Value: "ada@example.com", Limit: limit, Before: cut}
			made := 0
			for more := true; more; made++ {
				got, err := h.SearchByValue(t.Context(), operator, s)
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Activations) > limit {
					t.Errorf("limit %d: %d activations at once", limit, len(got.Activations))
				}
				for _, a := range got.Activations {
					if seen[a.ID] {
						t.Errorf("limit %d: %s was found twice", limit, a.ID)
					}
					seen[a.ID] = true
				}
				h.report("booked", 0, `{"email":"ada@example.com"}`)
				more, s.Before, s.Skip = got.More, got.Before, got.Skip
			}
			if len(seen) != 4 || made != calls {
				t.Errorf("limit %d: %d activations in %d calls; want 4 in %d", limit, len(seen), made, calls)
			}
			time.Sleep(time.Millisecond)
		}
	})
}
