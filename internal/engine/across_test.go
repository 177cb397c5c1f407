package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store"
)

// Events of twelve sites, reported in turns, are read in pages of five as if they were
// of one; what is reported meanwhile moves nothing.
func TestEventsOfAllSitesAreReadInPages(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		var want []belay.ID
		sites := h.spread(12, "starting", mails("at"))
		report := func(i int) belay.ID {
			time.Sleep(time.Millisecond)
			return h.reportOn(sites[i%len(sites)], "starting", i, payload("2000-01-01T00:05:00Z")).EventID
		}
		for i := range 31 {
			want = append(want, report(i))
		}
		slices.Reverse(want)
		developer := belay.Caller{Role: belay.RoleDeveloper, AppID: h.app}
		for name, by := range map[string]belay.Caller{"operator": operator, "developer": developer} {
			q := store.EventQuery{Page: store.Page{Newest: true, Limit: 5}}
			var got []belay.ID
			for {
				page, err := h.Events(t.Context(), by, q)
				if err != nil {
					t.Fatal(err)
				}
				for i := range page {
					if got = append(got, page[i].ID); page[i].SiteID.IsZero() {
						t.Errorf("the event %s names no site", page[i].ID)
					}
				}
				if len(page) < q.Limit {
					break
				}
				q.Before = page[len(page)-1].ID
				report(len(got))
			}
			// Those that were reported while the other read stand before them.
			if !slices.Equal(got[max(0, len(got)-len(want)):], want) {
				t.Errorf("the %s read %v; want it to end with %v", name, got, want)
			}
		}
		found, _, err := h.SearchEvents(t.Context(), developer, engine.EventSearch{
			EventQuery: store.EventQuery{Page: store.Page{Limit: 100}}, Status: belay.Scheduled,
		})
		if err != nil || len(found) < len(want) {
			t.Errorf("SearchEvents by status = %d events, %v; want at least %d, of all sites", len(found), err, len(want))
		}
	})
}

func TestWhoMayReadEventsOfAllSites(t *testing.T) {
	virtual(t, func(t *testing.T) {
		h := build(t, model(), nil)
		defer h.stop()
		h.report("booked", 0, `{"email":"ada@example.com"}`)
		for name, tt := range map[string]struct {
			by   belay.Caller
			app  belay.ID
			want string
		}{
			"the operator":             {operator, belay.ID{}, "1 <nil>"},
			"of another app":           {operator, id(77), "0 <nil>"},
			"the app's developer":      {belay.Caller{Role: belay.RoleDeveloper, AppID: h.app}, belay.ID{}, "1 <nil>"},
			"another app's developer":  {belay.Caller{Role: belay.RoleDeveloper, AppID: id(77)}, belay.ID{}, "0 <nil>"},
			"a developer, another app": {belay.Caller{Role: belay.RoleDeveloper, AppID: id(77)}, h.app, "0 PERMISSION_DENIED"},
			"a site's owner":           {belay.Caller{Role: belay.RoleSite, SiteID: h.site}, belay.ID{}, "0 INVALID_ARGUMENT"},
		} {
			list, err := h.Events(t.Context(), tt.by, store.EventQuery{AppID: tt.app, Page: store.Page{Newest: true, Limit: 10}})
			got := fmt.Sprintf("%d <nil>", len(list))
			if err != nil {
				got = fmt.Sprintf("%d %s", len(list), belay.CodeOf(err))
			}
			if got != tt.want {
				t.Errorf("%s: %s, %v; want %s", name, got, err, tt.want)
			}
		}
	})
}
