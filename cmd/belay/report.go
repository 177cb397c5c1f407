package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/belay-events/belay/api"
)

type reportVerb struct {
	server
	Trigger     string `arg:"" help:"The trigger's key."`
	Payload     string `short:"p" default:"{}" help:"The payload, JSON; @FILE reads a file, @- standard input."`
	Entity      string `short:"e" placeholder:"ID" help:"The external entity that the event is about; it can be canceled by that."`
	Idempotency string `placeholder:"KEY" help:"Of all reports with the same key, the first counts."`
	App         string `placeholder:"ID" help:"Whose trigger it is, where the key alone does not tell."`
	JSON        bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run reports one event.
func (v *reportVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	payload, err := readPayload(v.Payload)
	if err != nil {
		return usageError{fmt.Errorf("--payload: %w", err)}
	}
	in := api.ReportEventRequest{TriggerKey: v.Trigger, Payload: payload, ExternalEntityID: v.Entity, AppID: v.App}
	if v.Idempotency != "" {
		in.Idempotency = &api.Idempotency{Key: v.Idempotency}
	}
	done, err := c.Report(p.ctx, in)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(done)
	}
	said := "kept"
	if done.Repeated {
		said = "had been reported already; it is"
	}
	fmt.Fprintf(p.out, "%s event %s, with %s\n", said, done.EventID, counted(len(done.ActivationIDs), "activation"))
	for _, id := range done.ActivationIDs {
		fmt.Fprintln(p.out, " ", id)
	}
	return nil
}

func readPayload(given string) (json.RawMessage, error) {
	text := []byte(given)
	if name, isFile := strings.CutPrefix(given, "@"); isFile {
		var err error
		if text, err = readNamed(name); err != nil {
			return nil, err
		}
	}
	if !json.Valid(text) {
		return nil, errors.New("is not JSON")
	}
	return text, nil
}

func readNamed(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
