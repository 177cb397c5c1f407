package main

import (
	"fmt"

	"github.com/belay-events/belay/api"
)

type eventsVerb struct {
	List eventsList `cmd:"" default:"withargs" help:"List events, newest first."`
	Show eventsShow `cmd:"" help:"Show one event with all that came of it."`
}

type eventsList struct {
	ID string `arg:"" optional:"" help:"Show this one, as show does."`
	listing
	Trigger string `placeholder:"KEY" help:"Only events under this trigger."`
	Entity  string `placeholder:"ID" help:"Only events about this external entity; needs --trigger, and --app unless the key is the app's."`
	App     string `placeholder:"ID" help:"Only events of this app."`
}

// Run lists events.
func (v *eventsList) Run(p *process) error {
	if v.ID != "" {
		return (&eventsShow{server: v.server, ID: v.ID, JSON: v.JSON}).Run(p)
	}
	if err := v.check(); err != nil {
		return err
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	page, err := c.Events(p.ctx, api.EventsRequest{
		TriggerKey: v.Trigger, ExternalEntityID: v.Entity, AppID: v.App, ListRequest: api.ListRequest{Limit: v.Limit, Cursor: v.After},
	})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(page)
	}
	cells := func(site string, of ...string) []string {
		if v.Site == "" { // they may be of several
			of = append(of, site)
		}
		return of
	}
	t := newTable(cells("SITE", "REPORTED", "TRIGGER", "TAKES PLACE", "ACTIVATIONS", "EXTERNAL ENTITY", "ID")...)
	for _, e := range page.Events {
		t.row(cells(e.SiteID, at(e.ReportedDate), e.TriggerKey, at(e.TakesPlaceDate), fmt.Sprint(len(e.ActivationIDs)), dash(e.ExternalEntityID), e.ID)...)
	}
	if err := p.print(t, len(page.Events), "no events"); err != nil {
		return err
	}
	return p.more(page.PagingMetadata)
}

type eventsShow struct {
	server
	ID   string `arg:"" help:"The event's ID."`
	JSON bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run shows an event.
func (v *eventsShow) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	got, err := c.Event(p.ctx, v.ID)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(got)
	}
	e := &got.Event
	fmt.Fprintf(p.out, "event            %s\ntrigger          %s\nreported         %s\n", e.ID, e.TriggerKey, at(e.ReportedDate))
	if !e.TakesPlaceDate.IsZero() {
		fmt.Fprintf(p.out, "takes place      %s\n", at(e.TakesPlaceDate))
	}
	fmt.Fprintf(p.out, "external entity  %s\npayload          %s\n", dash(e.ExternalEntityID), indented(e.Payload, "                 "))
	if len(got.Activations) == 0 {
		_, err := fmt.Fprintln(p.out, "\nno automation was activated")
		return err
	}
	for i := range got.Activations {
		fmt.Fprintln(p.out)
		if err := p.printActivation(&got.Activations[i]); err != nil {
			return err
		}
	}
	return nil
}
