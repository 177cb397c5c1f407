package main

import (
	"github.com/belay-events/belay/internal/demo"
)

type demoVerb struct {
	JSON   bool   `name:"json" help:"Play no story; print one line of JSON when the server is ready, and serve."`
	Listen string `env:"BELAY_LISTEN" default:"127.0.0.1:7300" help:"Address to answer at; port 0 takes a free one."`
	Data   string `env:"BELAY_DATA" type:"path" help:"Folder of the store; a new one that goes with the demo otherwise."`
}

// Run shows Belay at work until the process is told to end.
func (v *demoVerb) Run(p *process) error {
	err := demo.Run(p.ctx, demo.Options{
		JSON: v.JSON, Listen: v.Listen, Data: v.Data, Out: p.out, Log: p.err, Version: version(),
	})
	return explain(err, v.Data)
}
