package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/belay-events/belay/api"
)

type previewVerb struct {
	server
	Trigger    string `arg:"" optional:"" help:"The trigger's key; not needed with --event or --automation."`
	Payload    string `short:"p" help:"The payload, JSON; @FILE reads a file, @- standard input. The trigger's example where it is left out."`
	Event      string `placeholder:"ID" help:"Take the payload of this event."`
	Automation string `placeholder:"@FILE" help:"Look at this automation alone, JSON; it need not be kept."`
	App        string `placeholder:"ID" help:"Whose trigger it is, where the key alone does not tell."`
	Now        string `placeholder:"TIME" help:"When the report is taken to come; now where it is left out."`
	JSON       bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run says what a report would do.
func (v *previewVerb) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	in := api.PreviewRequest{TriggerKey: v.Trigger, AppID: v.App, EventID: v.Event}
	if v.Payload != "" {
		if in.Payload, err = readPayload(v.Payload); err != nil {
			return usageError{fmt.Errorf("--payload: %w", err)}
		}
	}
	if v.Automation != "" {
		document, err := readPayload(v.Automation)
		if err != nil {
			return usageError{fmt.Errorf("--automation: %w", err)}
		}
		in.Automation = api.PartialDocument(document)
	}
	if err := in.Now.UnmarshalText([]byte(v.Now)); err != nil {
		return usageError{fmt.Errorf("--now: %w", err)}
	}
	told, err := c.Preview(p.ctx, in)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(told)
	}
	printPreview(p.out, &told)
	return nil
}

func printPreview(w io.Writer, told *api.PreviewResponse) {
	fmt.Fprintf(w, "%s, with the payload %s\n", told.TriggerName, oneLine(told.Payload))
	for _, v := range told.PayloadViolations {
		fmt.Fprintf(w, "  a report of it is refused: %s %s\n", v.Field, v.Description)
	}
	if len(told.Automations) == 0 && len(told.PayloadViolations) == 0 {
		fmt.Fprintln(w, "no automation uses the trigger")
	}
	for i := range told.Automations {
		printPreviewed(w, &told.Automations[i])
	}
	if told.More {
		fmt.Fprintln(w, "there are more automations")
	}
}

func printPreviewed(w io.Writer, a *api.PreviewedAutomation) {
	outcome := strings.TrimSpace(a.Outcome + " " + a.Reason)
	fmt.Fprintf(w, "\n%s: %s\n", a.Name, strings.ToLower(strings.ReplaceAll(outcome, "_", " ")))
	if a.Error != "" {
		fmt.Fprintf(w, "  %s\n", a.Error)
	}
	for _, v := range a.Violations {
		fmt.Fprintf(w, "  %s %s\n", v.Field, v.Description)
	}
	for _, f := range a.Filters {
		if !f.Passed {
			printExpression(w, &f)
		}
	}
	for i := range a.Steps {
		s := &a.Steps[i]
		name := s.Name
		if name == "" {
			name = strings.ToLower(strings.ReplaceAll(s.Type, "_", " "))
		}
		fmt.Fprintf(w, "  %s  %s: %s\n", s.Local, name, strings.ToLower(strings.ReplaceAll(s.Outcome, "_", " ")))
		printStep(w, s)
	}
}

func printStep(w io.Writer, s *api.PreviewedStep) {
	const indent = "      "
	if s.UntilLocal != "" {
		fmt.Fprintf(w, "%suntil %s\n", indent, s.UntilLocal)
	}
	if s.Error != "" {
		fmt.Fprintf(w, "%s%s\n", indent, s.Error)
	}
	for i := range s.Expressions {
		printExpression(w, &s.Expressions[i])
	}
	switch {
	case s.Mail != nil:
		fmt.Fprintf(w, "%sto %s: %s\n", indent, strings.Join(s.Mail.To, ", "), s.Mail.Subject)
		for line := range strings.SplitSeq(strings.TrimRight(s.Mail.Text+s.Mail.HTML, "\n"), "\n") {
			fmt.Fprintf(w, "%s| %s\n", indent, line)
		}
	case s.Request != nil:
		fmt.Fprintf(w, "%s%s %s %s\n", indent, s.Request.Method, s.Request.URL, s.Request.Body)
	case s.Notification != nil:
		fmt.Fprintf(w, "%s%s\n", indent, strings.TrimSpace(s.Notification.Title+" "+s.Notification.Message))
	case s.Type == "APP_DEFINED" && len(s.Input) > 0:
		fmt.Fprintf(w, "%s%s\n", indent, oneLine(s.Input))
	}
	if len(s.Assumed) > 0 {
		fmt.Fprintf(w, "%sassumed: what %s gives is unknown before it runs\n", indent, strings.Join(s.Assumed, ", "))
	}
}

func printExpression(w io.Writer, e *api.PreviewedExpression) {
	var values []string
	for _, v := range e.Values {
		values = append(values, v.Path+" = "+oneLine(v.Value))
	}
	fmt.Fprintf(w, "      %s: %v (%s%s)\n", e.Expression, e.Passed, strings.Join(values, ", "), e.Error)
}

// oneLine writes JSON on one line.
func oneLine(raw json.RawMessage) string { return strings.Join(strings.Fields(string(raw)), " ") }
