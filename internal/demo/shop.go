package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/examples"
	"github.com/belay-events/belay/internal/apply"
)

// The shop is for looking around in the console: the appointments example as it is,
// with days that last a day, and two weeks of bookings. Its name stands before the
// story's in the list of sites, so that it is what a person sees first.
const (
	shopName     = "Bright Street Salon"
	shopSite     = "51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e60"
	shopInstance = "1a57a11e-0001-4a5c-9a55-6d1f6c2b7e60"
)

// setUpShop makes the shop's configuration, and books the appointments where there are none.
func (w *world) setUpShop(ctx context.Context) error {
	wish, err := shopWish(w.own.address())
	if err != nil {
		return err
	}
	if _, err := apply.Apply(ctx, client.New(w.url, client.Credentials{Key: w.keys.Operator}), wish, apply.Options{}, io.Discard); err != nil {
		return err
	}
	book := client.New(w.url, client.Credentials{Key: w.keys.Appointments, SiteID: shopSite})
	if there, err := book.Events(ctx, api.EventsRequest{ListRequest: api.ListRequest{Limit: 1}}); err != nil || len(there.Events) > 0 {
		return err
	}
	zone, err := time.LoadLocation(wish.Sites[0].TimeZone)
	if err != nil {
		return err
	}
	for i, b := range bookings() {
		if err := b.report(ctx, book, i, time.Now().In(zone)); err != nil {
			return fmt.Errorf("booking of %s: %w", b.customer, err)
		}
	}
	return nil
}

// shopWish is the appointments example on a site of its own. Apps and keys are
// there already, by the story.
func shopWish(receiver string) (*apply.Wish, error) {
	folder, err := fs.Sub(examples.Files, "appointments")
	if err != nil {
		return nil, err
	}
	wish, err := apply.LoadFS(folder, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	if len(wish.Sites) != 1 || len(wish.Installations) != 1 {
		return nil, errors.New("the example has one site and one installation")
	}
	wish.Keys = nil
	signed := wish.Sites[0].Name
	wish.Sites[0].ID, wish.Sites[0].Name = shopSite, shopName
	wish.Installations[0].Site, wish.Installations[0].InstanceID = shopName, shopInstance
	for i := range wish.Automations {
		a := &wish.Automations[i]
		a.Site = shopName
		for j := range a.Actions {
			a.Actions[j].Replace("url", func(url string) string { return strings.Replace(url, "127.0.0.1:7301", receiver, 1) })
			a.Actions[j].Replace("text", func(text string) string { return strings.ReplaceAll(text, signed, shopName) })
		}
	}
	return wish, nil
}

// booking is one appointment of the shop: so many days ahead, at that time.
type booking struct {
	customer, service, collaborator string
	days, hour, minute              int
	canceled                        bool
}

func bookings() []booking {
	return []booking{
		{"Ines Duarte", "Haircut", "Rui", 1, 9, 30, false},
		{"Bruno Matos", "Shave", "Rui", 1, 11, 0, false},
		{"Carla Nunes", "Colouring", "Marta", 1, 14, 0, true},
		{"Tomas Reis", "Haircut", "Marta", 2, 10, 0, false},
		{"Ana Sousa", "Haircut", "Rui", 3, 16, 30, false},
		{"Joao Pinto", "Shave", "Rui", 4, 9, 0, false},
		{"Rita Gil", "Colouring", "Marta", 6, 13, 0, false},
		{"Nuno Vaz", "Haircut", "Rui", 7, 17, 0, true},
		{"Sara Melo", "Haircut", "Marta", 9, 10, 30, false},
		{"Marta Lopes", "Colouring", "Marta", 12, 15, 0, false},
	}
}

// report books an appointment, and calls it off where it is canceled.
func (b booking) report(ctx context.Context, c *client.Client, n int, now time.Time) error {
	id := fmt.Sprintf("5a10e000-0000-4000-8000-%012d", n)
	at := time.Date(now.Year(), now.Month(), now.Day()+b.days, b.hour, b.minute, 0, 0, now.Location())
	payload := map[string]any{
		"customer_name": b.customer, "customer_email": strings.ToLower(strings.Replace(b.customer, " ", ".", 1)) + "@example.com",
		"service": b.service, "collaborator": b.collaborator, "when": at.Format("Monday 2 January, 15:04"),
	}
	tell := func(trigger string) error {
		raw, err := json.Marshal(payload)
		if err != nil {
			return err
		}
		_, err = c.Report(ctx, api.ReportEventRequest{TriggerKey: trigger, ExternalEntityID: id, Payload: raw})
		return err
	}
	if err := tell("appointment_scheduled"); err != nil {
		return err
	}
	payload["starts_at"] = at.UTC().Format(time.RFC3339)
	if err := tell("appointment_starting"); err != nil {
		return err
	}
	if !b.canceled {
		return nil
	}
	if err := tell("appointment_canceled"); err != nil {
		return err
	}
	_, err := c.Cancel(ctx, api.CancelEventRequest{TriggerKey: "appointment_starting", ExternalEntityID: id})
	return err
}
