package main

import (
	"context"
	"io"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/apply"
)

const operator = "the-operators-own-key"

// serve runs Belay over a new store, with this example applied to it, and the shop
// beside it.
func serve(t *testing.T) (*client.Client, *shop) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), OperatorKey: operator, LogWriter: io.Discard,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	s := newShop(a.URL(), operator, 0)
	server := httptest.NewServer(s.handler())
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	c := client.New(a.URL(), client.Credentials{Key: operator, SiteID: siteID})
	wish, err := apply.LoadFS(os.DirFS("."), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	for round, changes := range []bool{true, false} {
		n, err := apply.Apply(t.Context(), c, wish, apply.Options{}, t.Output())
		if err != nil || (n > 0) != changes {
			t.Fatalf("round %d of apply: %d changes, %v", round+1, n, err)
		}
	}
	// The port that the file names may be taken.
	if _, err := c.PutApp(t.Context(), api.PutAppRequest{ID: appID, Name: "Parcels", Provider: api.Provider{BaseURL: server.URL}}); err != nil {
		t.Fatal(err)
	}
	return c, s
}

func TestAParcelIsSent(t *testing.T) {
	c, s := serve(t)
	if err := s.order(t.Context(), "A-17", "Rua do Ouro 1, Lisboa"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.shipped:
	case <-time.After(30 * time.Second):
		t.Fatal("the parcel was not shipped")
	}
	deadline := time.After(30 * time.Second)
	for {
		inbox, err := c.Inbox(t.Context(), api.ListRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if len(inbox.Notifications) > 0 {
			if n := inbox.Notifications[0]; n.Title != "Order A-17 is on its way" || n.Message != "Tracking number PT-000017" {
				t.Errorf("the owner is told %q, %q", n.Title, n.Message)
			}
			return
		}
		select {
		case <-deadline:
			t.Fatal("the owner was not told")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestTheShopAnswersBelayAlone(t *testing.T) {
	_, s := serve(t)
	r := httptest.NewRequestWithContext(t.Context(), "POST", api.PathInvoke, strings.NewReader(`{"request":{"actionKey":"ship"}}`))
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, r)
	if w.Code != 403 {
		t.Errorf("a stranger is answered %d %s", w.Code, w.Body)
	}
}
