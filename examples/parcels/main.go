// Command parcels is an app with a server of its own: Belay calls it to carry out two
// actions and to refresh a trigger's payload. It serves, reports one order that is
// paid, and waits until the parcel is on its way.
//
// Set the server up first, with belay apply -f examples/parcels; README.md says how.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/belay-events/belay/api"
)

const (
	appID  = "c0a45e50-5a0e-4f3b-9a55-6d1f6c2b7e03"
	siteID = "51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f"
)

func main() {
	address := flag.String("url", cmp.Or(os.Getenv("BELAY_URL"), "http://127.0.0.1:7300"), "where Belay answers")
	key := flag.String("key", os.Getenv("BELAY_KEY"), "the app's key, or an operator's")
	listen := flag.String("listen", "127.0.0.1:7390", "where this server answers")
	carrier := flag.Duration("carrier", 3*time.Second, "how long the carrier takes")
	flag.Parse()
	log.SetFlags(0)

	s := newShop(*address, *key, *carrier)
	server := &http.Server{Addr: *listen, Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	if err := s.order(context.Background(), "A-17", "Rua do Ouro 1, Lisboa"); err != nil {
		log.Fatal(err)
	}
	select {
	case tracking := <-s.shipped:
		log.Printf("reported %s as shipped; the site's inbox tells its owner", tracking)
	case err := <-failed:
		log.Fatal(err)
	case <-time.After(time.Minute):
		log.Fatal("nobody called for the parcel; does Belay run with --allow 127.0.0.0/8?")
	}
}

// order reports that an order is paid.
func (s *shop) order(ctx context.Context, order, address string) error {
	done, err := s.belay.Report(ctx, api.ReportEventRequest{
		TriggerKey: "order_paid", Payload: encoded(map[string]string{"order": order, "address": address}),
	})
	if err == nil && len(done.ActivationIDs) == 0 {
		err = errors.New("no automation waits for orders; apply examples/parcels first")
	}
	return err
}
