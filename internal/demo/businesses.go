package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

// salon is the business of the appointments example. Each of its acts makes the
// calls that the app of such a business makes.
type salon struct {
	a *account
	c *client.Client
}

type appointment struct {
	id, customer, email, service, collaborator string
	at                                         time.Time
}

func (p *appointment) payload() map[string]any {
	return map[string]any{
		"customer_name": p.customer, "customer_email": p.email, "service": p.service,
		"collaborator": p.collaborator, "when": p.at.Format(clock),
	}
}

func (s *salon) schedule(ctx context.Context, p *appointment) error {
	s.a.happens("%s books a %s for %s", p.customer, p.service, p.at.Format(clock))
	return s.report(ctx, p)
}

func (s *salon) report(ctx context.Context, p *appointment) error {
	if err := report(ctx, s.a, s.c, "appointment_scheduled", p.id, p.payload()); err != nil {
		return err
	}
	starting := p.payload()
	starting["starts_at"] = p.at.UTC().Format(time.RFC3339Nano)
	return report(ctx, s.a, s.c, "appointment_starting", p.id, starting)
}

// reschedule calls the old appointment off and reports it anew: an event that
// was reported does not change.
func (s *salon) reschedule(ctx context.Context, p *appointment, to time.Time) error {
	s.a.happens("%s would rather come at %s", p.customer, to.Format(clock))
	p.at = to
	if err := s.callOff(ctx, p); err != nil {
		return err
	}
	return s.report(ctx, p)
}

func (s *salon) cancel(ctx context.Context, p *appointment) error {
	s.a.happens("%s cancels", p.customer)
	if err := report(ctx, s.a, s.c, "appointment_canceled", p.id, p.payload()); err != nil {
		return err
	}
	return s.callOff(ctx, p)
}

func (s *salon) callOff(ctx context.Context, p *appointment) error {
	for _, trigger := range []string{"appointment_scheduled", "appointment_starting"} {
		if err := callOff(ctx, s.a, s.c, trigger, p.id); err != nil {
			return err
		}
	}
	return nil
}

// school is the business of the courses example.
type school struct {
	a *account
	c *client.Client
}

type class struct {
	name     string
	first    int // of the story's external entities, for who enrolls first
	at       time.Time
	enrolled []enrollment
}

// enrollment is one participant's place in one class, the external entity of its
// events.
type enrollment struct{ id, participant string }

func (e *enrollment) payload(k *class) map[string]any {
	first, _, _ := strings.Cut(strings.ToLower(e.participant), " ")
	return map[string]any{
		"participant_name": e.participant, "participant_email": first + "@example.com",
		"class": k.name, "when": k.at.Format(clock),
	}
}

func (s *school) enroll(ctx context.Context, k *class, participants ...string) error {
	s.a.happens("%s enroll in the %s class of %s", and(participants), k.name, k.at.Format(clock))
	for _, participant := range participants {
		k.enrolled = append(k.enrolled, enrollment{cast(k.first + len(k.enrolled)), participant})
	}
	if err := s.reportAll(ctx, k, "participant_enrolled_in_class", nil); err != nil {
		return err
	}
	return s.reportAll(ctx, k, "class_starting", func(_ int, payload map[string]any) {
		payload["starts_at"] = k.at.UTC().Format(time.RFC3339Nano)
	})
}

// reportAll reports an event for each participant, all in one call; more adds to
// the payload of each.
func (s *school) reportAll(ctx context.Context, k *class, trigger string, more func(i int, payload map[string]any)) error {
	in := api.BulkReportEventRequest{TriggerKey: trigger}
	for i := range k.enrolled {
		e := &k.enrolled[i]
		payload := e.payload(k)
		if more != nil {
			more(i, payload)
		}
		raw, err := json.Marshal(payload)
		if err != nil {
			return err
		}
		in.EventsInfo = append(in.EventsInfo, api.EventInfo{Payload: raw, ExternalEntityID: e.id})
	}
	done, err := s.c.BulkReport(ctx, in)
	if err != nil {
		return err
	}
	ids := make([]string, len(done.Results))
	for i, r := range done.Results {
		if !r.ItemMetadata.Success {
			return fmt.Errorf("report %s: %s", trigger, r.ItemMetadata.Error.Description)
		}
		ids[i] = r.EventID
	}
	return s.a.reported(ctx, trigger, ids...)
}

func (s *school) leave(ctx context.Context, k *class, participant string) error {
	s.a.happens("%s leaves the %s class", participant, k.name)
	i := slices.IndexFunc(k.enrolled, func(e enrollment) bool { return e.participant == participant })
	e := k.enrolled[i]
	k.enrolled = slices.Delete(k.enrolled, i, i+1)
	if err := report(ctx, s.a, s.c, "participant_left_class", e.id, e.payload(k)); err != nil {
		return err
	}
	for _, trigger := range []string{"participant_enrolled_in_class", "class_starting"} {
		if err := callOff(ctx, s.a, s.c, trigger, e.id); err != nil {
			return err
		}
	}
	return nil
}

// call cancels a whole class: one report of many events, and one cancel of as many
// external entities under each trigger.
func (s *school) call(ctx context.Context, k *class) error {
	s.a.happens("The %s class with its %d participants is canceled", k.name, len(k.enrolled))
	err := s.reportAll(ctx, k, "class_canceled", func(i int, payload map[string]any) {
		payload["place"], payload["participants"] = i+1, len(k.enrolled)
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(k.enrolled))
	for i, e := range k.enrolled {
		ids[i] = e.id
	}
	for _, trigger := range []string{"participant_enrolled_in_class", "class_starting"} {
		done, err := s.c.BulkCancel(ctx, api.BulkCancelEventRequest{TriggerKey: trigger, ExternalEntityIDs: ids})
		if err != nil {
			return err
		}
		n := 0
		for _, r := range done.Results {
			n += r.CanceledActivations
		}
		s.a.calledOff(trigger, n, fmt.Sprintf("%d enrollments", len(ids)))
	}
	return nil
}

func report(ctx context.Context, a *account, c *client.Client, trigger, entity string, payload map[string]any) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	done, err := c.Report(ctx, api.ReportEventRequest{TriggerKey: trigger, ExternalEntityID: entity, Payload: raw})
	if err != nil {
		return err
	}
	return a.reported(ctx, trigger, done.EventID)
}

func callOff(ctx context.Context, a *account, c *client.Client, trigger, entity string) error {
	done, err := c.Cancel(ctx, api.CancelEventRequest{TriggerKey: trigger, ExternalEntityID: entity})
	if err != nil {
		return err
	}
	a.calledOff(trigger, done.CanceledActivations, "")
	return nil
}

// and joins names as a sentence does; many are counted.
func and(names []string) string {
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n > 3:
		return fmt.Sprintf("%s and %d others", names[0], n-1)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
