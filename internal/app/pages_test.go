package app

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/belay-events/belay/internal/belay"
)

func TestOnlyThePagesOfASiteAreHeldInFrames(t *testing.T) {
	a, err := Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir(), LogWriter: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	book, operator := a.Engine().Book(), belay.Caller{Role: belay.RoleOperator}
	site, _, err := book.PutSite(t.Context(), operator, belay.Site{Name: "Salon", TimeZone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	for of, origin := range map[belay.ID]string{{}: "https://*.chairs.example", site.ID: "https://salon.example"} {
		if _, _, err := book.PutPortal(t.Context(), operator, of, belay.Portal{Ancestors: []string{origin}}); err != nil {
			t.Fatal(err)
		}
	}
	id := site.ID.String()
	all := []string{"'self'", "https://*.chairs.example", "https://salon.example"}
	for path, want := range map[string][]string{
		"/portal?site=" + id:                                  all,
		"/s/" + id + "/automations":                           all,
		"/s/5117e000-0000-4000-8000-00000000000f/automations": all[:2],
		"/portal":                 nil,
		"/s/none/automations":     nil,
		"/sign-in?site=" + id:     nil,
		"/ops/users":              nil,
		"/account?site=" + id:     nil,
		"/portal/more?site=" + id: nil,
		"/":                       nil,
	} {
		if got := ancestors(book, httptest.NewRequest(http.MethodGet, path, nil)); !slices.Equal(got, want) {
			t.Errorf("%s may be held by %v; want %v", path, got, want)
		}
	}
}
