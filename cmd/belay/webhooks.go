package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/belay-events/belay/api"
)

type webhooksVerb struct {
	List   webhooksList   `cmd:"" default:"withargs" help:"List what apps are told of changes, newest first."`
	Show   webhooksShow   `cmd:"" help:"Show one delivery with its attempts."`
	Replay webhooksReplay `cmd:"" help:"Send a delivery anew, or all that were given up."`
}

type webhooksList struct {
	listing
	Status string `enum:",WAITING,DELIVERED,FAILED,DROPPED" default:"" help:"Only those that stand there: WAITING, DELIVERED, FAILED or DROPPED."`
	App    string `placeholder:"ID" help:"Only those to this app."`
	Entity string `placeholder:"ID" help:"Only those about this automation or activation."`
}

// Run lists deliveries.
func (v *webhooksList) Run(p *process) error {
	if err := v.check(); err != nil {
		return err
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	page, err := c.Deliveries(p.ctx, api.DeliveriesRequest{
		Status: v.Status, AppID: v.App, EntityID: v.Entity, ListRequest: api.ListRequest{Limit: v.Limit, Cursor: v.After},
	})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(page)
	}
	t := newTable("CHANGED", "EVENT", "STATUS", "ATTEMPTS", "LAST ANSWER", "DUE", "ENTITY", "APP", "ID")
	for i := range page.Deliveries {
		d := &page.Deliveries[i]
		n, last := 0, ""
		if k := len(d.Attempts); k > 0 {
			n, last = d.Attempts[k-1].Number, answered(&d.Attempts[k-1])
		}
		t.row(at(d.ChangedDate), d.Event, d.Status, fmt.Sprint(n), dash(last), at(d.DueDate), d.EntityID, d.AppID, d.ID)
	}
	if err := p.print(t, len(page.Deliveries), "no deliveries"); err != nil {
		return err
	}
	return p.more(page.PagingMetadata)
}

// answered says what a receiver answered.
func answered(t *api.Attempt) string {
	if t.Status != 0 {
		return fmt.Sprint(t.Status)
	}
	return t.Code
}

type webhooksShow struct {
	server
	ID   string `arg:"" help:"The delivery's ID."`
	JSON bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run shows a delivery.
func (v *webhooksShow) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	d, err := c.Delivery(p.ctx, v.ID)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(d)
	}
	fmt.Fprintf(p.out, "delivery  %s\nevent     %s\napp       %s\nentity    %s, sequence %d\nchanged   %s\nstatus    %s\n",
		d.ID, d.Event, d.AppID, d.EntityID, d.EntityEventSequence, at(d.ChangedDate), d.Status)
	if !d.DueDate.IsZero() {
		fmt.Fprintf(p.out, "due       %s\n", at(d.DueDate))
	}
	for _, t := range d.Attempts {
		fmt.Fprintf(p.out, "  attempt %d  %s  took %d ms  %s  %s %s\n", t.Number, at(t.StartedDate), t.LatencyMs, t.Result,
			answered(&t), strings.Map(printable, t.Detail))
	}
	_, err = fmt.Fprintf(p.out, "body      %s\n", indented(d.Body, "          "))
	return err
}

type webhooksReplay struct {
	server
	ID     string `arg:"" optional:"" help:"The delivery's ID."`
	Failed string `placeholder:"APP" help:"Replay all deliveries to this app that were given up."`
	JSON   bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run replays.
func (v *webhooksReplay) Run(p *process) error {
	if (v.ID == "") == (v.Failed == "") {
		return usageError{errors.New("name a delivery, or --failed and an app")}
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	if v.Failed != "" {
		n, err := c.ReplayFailed(p.ctx, v.Failed)
		if err != nil {
			return v.hinted(err)
		}
		if v.JSON {
			return p.printJSON(api.ReplayFailedResponse{Replayed: n})
		}
		_, err = fmt.Fprintf(p.out, "replayed %d deliveries\n", n)
		return err
	}
	d, err := c.Replay(p.ctx, v.ID)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(d)
	}
	_, err = fmt.Fprintf(p.out, "replayed %s\n", d.ID)
	return err
}
