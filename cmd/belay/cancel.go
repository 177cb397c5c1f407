package main

import (
	"fmt"

	"github.com/belay-events/belay/api"
)

type cancelVerb struct {
	server
	Trigger string `arg:"" help:"The trigger's key."`
	Entity  string `arg:"" help:"The external entity whose events are called off."`
	App     string `placeholder:"ID" help:"Whose trigger it is, where the key alone does not tell."`
	JSON    bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run cancels all events of one external entity under one trigger.
func (v *cancelVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	done, err := c.Cancel(p.ctx, api.CancelEventRequest{TriggerKey: v.Trigger, ExternalEntityID: v.Entity, AppID: v.App})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(done)
	}
	_, err = fmt.Fprintf(p.out, "%s called off; %s had left before, %s were over\n",
		counted(done.CanceledActivations, "activation"), counted(done.InFlightActions, "action"), counted(done.EndedActivations, "activation"))
	return err
}
