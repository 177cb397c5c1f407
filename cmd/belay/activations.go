package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

type activationsVerb struct {
	List activationsList `cmd:"" default:"withargs" help:"List activations, newest first."`
	Show activationsShow `cmd:"" help:"Show one activation with its actions and their attempts."`
}

type activationsList struct {
	ID string `arg:"" optional:"" help:"Show this one, as show does."`
	listing
	Status     string `enum:",INITIATED,SCHEDULED,STARTED,ENDED,CANCELLED,FAILED,SKIPPED" default:"" help:"Only those that stand there: INITIATED, SCHEDULED, STARTED, ENDED, CANCELLED, FAILED or SKIPPED."`
	Automation string `placeholder:"ID" help:"Only those of this automation."`
	Entity     string `placeholder:"ID" help:"Only those about this external entity."`
}

// Run lists activations.
func (v *activationsList) Run(p *process) error {
	if v.ID != "" {
		return (&activationsShow{server: v.server, ID: v.ID, JSON: v.JSON}).Run(p)
	}
	if err := v.check(); err != nil {
		return err
	}
	c, err := v.client()
	if err != nil {
		return err
	}
	page, err := c.Activations(p.ctx, api.ActivationsRequest{
		Status: v.Status, AutomationID: v.Automation, ExternalEntityID: v.Entity, ListRequest: api.ListRequest{Limit: v.Limit, Cursor: v.After},
	})
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(page)
	}
	names := automationNames(p, c)
	t := newTable("BEGAN", "AUTOMATION", "TRIGGER", "STATUS", "WHY", "DUE", "ACTIONS", "EXTERNAL ENTITY", "ID")
	for i := range page.Activations {
		a := &page.Activations[i]
		t.row(at(a.InitiatedDate), short(names.of(a.AutomationID), 40), a.TriggerKey, a.Status, dash(why(a)), at(a.DueDate), dash(told(a)), dash(a.ExternalEntityID), a.ID)
	}
	if err := p.print(t, len(page.Activations), "no activations"); err != nil {
		return err
	}
	return p.more(page.PagingMetadata)
}

// named are the names of a site's automations by ID.
type named map[string]string

// automationNames returns the names that the key may read; a list without them is
// better than none.
func automationNames(p *process, c *client.Client) named {
	list, err := c.Automations(p.ctx)
	if err != nil {
		return nil
	}
	names := make(named)
	for _, raw := range list {
		var a struct{ ID, Name string }
		if json.Unmarshal(raw, &a) == nil {
			names[a.ID] = a.Name
		}
	}
	return names
}

// of returns the name, or the ID of an automation that is gone.
func (n named) of(id string) string {
	if name := n[id]; name != "" {
		return name
	}
	return id
}

// why returns the reason of a status that has one.
func why(a *api.Activation) string {
	reason := a.SkipReason + a.CancelReason + a.FailReason
	if reason == "" && a.WithFailedActions {
		return "an action failed"
	}
	return reason
}

// told names the actions that were reached with where they stand.
func told(a *api.Activation) string {
	words := make([]string, len(a.Actions))
	for i := range a.Actions {
		words[i] = a.Actions[i].ActionID + " " + strings.ToLower(a.Actions[i].Status)
	}
	return short(strings.Join(words, ", "), 60)
}

type activationsShow struct {
	server
	ID   string `arg:"" help:"The activation's ID."`
	JSON bool   `name:"json" help:"Print JSON, for scripts."`
}

// Run shows an activation.
func (v *activationsShow) Run(p *process) error {
	c, err := v.client()
	if err != nil {
		return err
	}
	a, err := c.Activation(p.ctx, v.ID)
	if err != nil {
		return v.hinted(err)
	}
	if v.JSON {
		return p.printJSON(a)
	}
	if name := automationNames(p, c)[a.AutomationID]; name != "" {
		fmt.Fprintf(p.out, "name             %s\n", strings.Map(printable, name))
	}
	fmt.Fprintf(p.out, "app              %s\n", a.AppID)
	fmt.Fprintf(p.out, "event            %s\nexternal entity  %s\n", a.EventID, dash(a.ExternalEntityID))
	return p.printActivation(&a)
}

// printActivation prints an activation with its actions and their attempts.
func (p *process) printActivation(a *api.Activation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "activation       %s\nautomation       %s, revision %d\nstatus           %s", a.ID, a.AutomationID, a.AutomationRevision, a.Status)
	if reason := why(a); reason != "" {
		b.WriteString(", " + reason)
	}
	b.WriteByte('\n')
	for _, line := range []struct {
		name string
		time api.Time
	}{
		{"began", a.InitiatedDate},
		{"starts", a.StartsDate},
		{"started", a.StartedDate},
		{"due", a.DueDate},
		{"over", a.EndedDate},
	} {
		if !line.time.IsZero() {
			fmt.Fprintf(&b, "%-17s%s\n", line.name, at(line.time))
		}
	}
	if a.Error != "" {
		fmt.Fprintf(&b, "error            %s %s\n", a.ErrorCode, strings.Map(printable, a.Error))
	}
	for i := range a.Actions {
		writeAction(&b, &a.Actions[i])
	}
	_, err := fmt.Fprint(p.out, b.String())
	return err
}

func writeAction(b *strings.Builder, s *api.ActivityAction) {
	fmt.Fprintf(b, "  %s (%s)  %s", s.ActionID, s.Type, s.Status)
	if s.Passed != nil {
		fmt.Fprintf(b, ", passed: %t", *s.Passed)
	}
	if !s.DueDate.IsZero() {
		fmt.Fprintf(b, ", due %s", at(s.DueDate))
	}
	b.WriteByte('\n')
	if s.Error != "" {
		fmt.Fprintf(b, "    error    %s %s\n", s.ErrorCode, strings.Map(printable, s.Error))
	}
	for _, t := range s.Attempts {
		fmt.Fprintf(b, "    attempt %d  %s  %d ms late, took %d ms  %s", t.Number, at(t.StartedDate), t.LatenessMs, t.LatencyMs, dash(t.Result))
		if t.Status != 0 {
			fmt.Fprintf(b, " %d", t.Status)
		}
		if t.Detail != "" {
			fmt.Fprintf(b, ": %s", strings.Map(printable, t.Detail))
		}
		b.WriteByte('\n')
	}
	for _, part := range []struct {
		name string
		raw  []byte
	}{{"input", s.Input}, {"output", s.Output}} {
		if len(part.raw) > 0 {
			fmt.Fprintf(b, "    %-8s %s\n", part.name, indented(part.raw, "             "))
		}
	}
}
