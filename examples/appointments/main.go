// Command appointments plays a salon: a customer books an appointment, another
// books one and moves it, a third books one and cancels. It shows the calls that
// the app of such a business makes.
//
// Set the server up first, with belay apply -f examples/appointments; README.md
// says how. While it runs, it is also the site's calendar, which one of the
// automations writes to.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

func main() {
	address := flag.String("url", env("BELAY_URL", "http://127.0.0.1:7300"), "where the server answers")
	key := flag.String("key", os.Getenv("BELAY_KEY"), "the app's key, or an operator's")
	site := flag.String("site", env("BELAY_SITE", "51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f"), "the site")
	in := flag.Duration("in", 72*time.Hour, "how far ahead the appointments are")
	listen := flag.String("calendar", "127.0.0.1:7301", "where the calendar listens; empty for none")
	flag.Parse()
	log.SetFlags(0)

	if *listen != "" {
		calendar, err := net.Listen("tcp", *listen)
		if err != nil {
			log.Fatal(err)
		}
		go func() { log.Fatal(http.Serve(calendar, http.HandlerFunc(write))) }()
	}
	b := business{client.New(*address, client.Credentials{Key: *key, SiteID: *site})}
	if err := b.play(context.Background(), time.Now().Add(*in)); err != nil {
		log.Fatal(err)
	}
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// write is the calendar: it prints what it is sent.
func write(w http.ResponseWriter, r *http.Request) {
	entry, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	log.Printf("  the calendar has: %s", entry)
	w.WriteHeader(http.StatusNoContent)
}

// business makes the calls to Belay.
type business struct{ belay *client.Client }

// appointment is the business's own record. ID is the external entity of its
// events.
type appointment struct {
	ID           string    `json:"-"`
	Customer     string    `json:"customer_name"`
	Email        string    `json:"customer_email"`
	Service      string    `json:"service"`
	Collaborator string    `json:"collaborator"`
	When         string    `json:"when"`
	StartsAt     time.Time `json:"starts_at"`
}

func (b *business) play(ctx context.Context, first time.Time) error {
	ines := &appointment{ID: newID(), Customer: "Ines Duarte", Email: "ines@example.com", Service: "haircut", Collaborator: "Rui"}
	bruno := &appointment{ID: newID(), Customer: "Bruno Matos", Email: "bruno@example.com", Service: "shave", Collaborator: "Rui"}
	clara := &appointment{ID: newID(), Customer: "Clara Dias", Email: "clara@example.com", Service: "colour", Collaborator: "Eva"}
	for i, a := range []*appointment{ines, bruno, clara} {
		if err := b.schedule(ctx, a, first.Add(time.Duration(i)*time.Hour)); err != nil {
			return err
		}
	}
	if err := b.reschedule(ctx, bruno, bruno.StartsAt.Add(24*time.Hour)); err != nil {
		return err
	}
	return b.cancel(ctx, clara)
}

// schedule reports two events: what happened now, and what will happen then.
func (b *business) schedule(ctx context.Context, a *appointment, at time.Time) error {
	a.StartsAt, a.When = at, at.Format("Monday 2 January, 15:04")
	log.Printf("%s books a %s for %s", a.Customer, a.Service, a.When)
	if err := b.report(ctx, "appointment_scheduled", a); err != nil {
		return err
	}
	return b.report(ctx, "appointment_starting", a)
}

// reschedule calls the old time off and reports the new one. An event that was
// reported does not change; the same appointment may be reported again at once.
func (b *business) reschedule(ctx context.Context, a *appointment, to time.Time) error {
	log.Printf("%s comes another day", a.Customer)
	if err := b.callOff(ctx, a); err != nil {
		return err
	}
	return b.schedule(ctx, a, to)
}

func (b *business) cancel(ctx context.Context, a *appointment) error {
	log.Printf("%s cancels", a.Customer)
	if err := b.report(ctx, "appointment_canceled", a); err != nil {
		return err
	}
	return b.callOff(ctx, a)
}

// callOff cancels all events of the appointment. When it returns, nothing of them
// starts any more.
func (b *business) callOff(ctx context.Context, a *appointment) error {
	for _, trigger := range []string{"appointment_scheduled", "appointment_starting"} {
		done, err := b.belay.Cancel(ctx, api.CancelEventRequest{TriggerKey: trigger, ExternalEntityID: a.ID})
		if err != nil {
			return err
		}
		log.Printf("  canceled %s: %d called off", trigger, done.CanceledActivations)
	}
	return nil
}

// report tells Belay of an event. A report that got no answer may be repeated
// under the same idempotency key: it counts once.
func (b *business) report(ctx context.Context, trigger string, a *appointment) error {
	payload, err := json.Marshal(a)
	if err != nil {
		return err
	}
	done, err := b.belay.Report(ctx, api.ReportEventRequest{
		TriggerKey: trigger, Payload: payload, ExternalEntityID: a.ID,
		Idempotency: &api.Idempotency{Key: trigger + "/" + newID()},
	})
	if err != nil {
		return err
	}
	log.Printf("  reported %s: %d automations", trigger, len(done.ActivationIDs))
	return nil
}

// newID returns a GUID of chance.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails: the package says so
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
