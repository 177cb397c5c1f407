package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/examples"
	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/action/httprequest"
	"github.com/belay-events/belay/internal/action/notify"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/httpapi"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
	"github.com/belay-events/belay/internal/store/storetest"
)

const site = "51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f"

// stage is a whole server in a bubble of virtual time, with one example applied
// to it: real HTTP, real SMTP and real webhooks, over pipes.
type stage struct {
	*testing.T
	app      *client.Client // calls as the example's app
	operator *client.Client
	mails    *belaytest.SMTPSink
	hooks    *belaytest.Receiver
}

// raise builds a stage over s for the app of the example in folder.
func raise(t *testing.T, s store.Store, folder, appID string) *stage {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	door, post := belaytest.NewPipe(), belaytest.NewPipe()
	st := &stage{T: t, mails: belaytest.NewSMTPSink(t, belaytest.SMTPConfig{Listener: post}), hooks: belaytest.NewPipeReceiver(t)}
	out := outbound.New(outbound.Config{DialContext: st.hooks.Dial})
	var sender *email.Action
	metrics := prometheus.NewRegistry()
	e, err := engine.New(ctx, engine.Options{
		Store: s, SoleOwner: true, Horizon: 24 * time.Hour, Retention: -1, Metrics: metrics,
		Actions: func(streams engine.Streams) (*action.Registry, error) {
			var err error
			sender, err = email.New(email.Config{
				Host: "mail.test", Port: 25, TLS: email.None, From: "Harbour House <hello@harbour.example>", HELO: "belay.test", DialContext: post.Dial,
			}, streams)
			if err != nil {
				return nil, err
			}
			unsigned := func(context.Context, belay.ID) ([]string, error) { return nil, nil }
			return action.NewRegistry(
				email.Define(sender, 40*time.Second),
				notify.Define(&notify.Action{Inbox: streams, Client: out}, 40*time.Second),
				httprequest.Define(&httprequest.Action{Client: out, Secrets: unsigned}, 40*time.Second),
			)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := httpapi.New(httpapi.Options{Engine: e, Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	go server.Serve(door)
	through := &http.Client{Transport: &http.Transport{DialContext: door.Dial}}
	t.Cleanup(func() {
		through.CloseIdleConnections()
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		e.Close()
		sender.Close()
		out.CloseIdle()
	})
	key, _, err := e.Book().EnsureOperatorKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	st.operator = client.New("http://belay.test", client.Credentials{Key: key, SiteID: site}).Through(through)
	st.configure(folder)
	made, err := st.operator.CreateKey(ctx, api.CreateKeyRequest{Name: "the play", Role: "app", AppID: appID})
	if err != nil {
		t.Fatal(err)
	}
	st.app = client.New("http://belay.test", client.Credentials{Key: made.Secret, SiteID: site}).Through(through)
	return st
}

// configure applies an example, twice: the second time changes nothing.
func (s *stage) configure(folder string) {
	s.Helper()
	files, err := fs.Sub(examples.Files, folder)
	if err != nil {
		s.Fatal(err)
	}
	for round := range 2 {
		wish, err := apply.LoadFS(files, func(string) string { return "" })
		if err != nil {
			s.Fatal(err)
		}
		var said strings.Builder
		n, err := apply.Apply(s.Context(), s.operator, wish, apply.Options{}, &said)
		if err != nil {
			s.Fatal(err)
		}
		if (n == 0) != (round == 1) {
			s.Errorf("round %d of apply changed %d things:\n%s", round+1, n, said.String())
		}
	}
}

// guid returns the n-th entity's GUID.
func guid(n int) string { return fmt.Sprintf("0a11ce00-0000-4000-8000-%012d", n) }

func (s *stage) report(trigger string, entity int, payload map[string]any) {
	s.Helper()
	body, err := json.Marshal(payload)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := s.app.Report(s.Context(), api.ReportEventRequest{TriggerKey: trigger, Payload: body, ExternalEntityID: guid(entity)}); err != nil {
		s.Fatalf("report %s: %v", trigger, err)
	}
}

// cancel calls an entity off and checks how many activations that concerned.
func (s *stage) cancel(trigger string, entity, want int) {
	s.Helper()
	got, err := s.app.Cancel(s.Context(), api.CancelEventRequest{TriggerKey: trigger, ExternalEntityID: guid(entity)})
	if err != nil {
		s.Fatalf("cancel %s: %v", trigger, err)
	}
	if got.CanceledActivations != want || got.InFlightActions != 0 {
		s.Errorf("cancel of %s %d called off %d with %d in flight; want %d and none", trigger, entity, got.CanceledActivations, got.InFlightActions, want)
	}
}

// until lets time pass up to an instant.
func until(t *testing.T, when string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(at))
	synctest.Wait()
}

// happened returns all that went out, in the order of time, a line each.
func (s *stage) happened() []string {
	s.Helper()
	var lines []string
	add := func(at time.Time, what string) {
		lines = append(lines, at.UTC().Format("2006-01-02 15:04:05 ")+what)
	}
	for _, m := range s.mails.Mails() {
		at, err := m.Header.Date()
		if err != nil {
			s.Fatal(err)
		}
		add(at, "mail "+strings.Join(m.To, ",")+": "+m.Subject())
	}
	for _, r := range s.hooks.Requests() {
		add(r.At, "hook "+r.Path+" "+string(r.Body))
	}
	page, err := s.operator.Inbox(s.Context(), api.ListRequest{Limit: 500})
	if err != nil {
		s.Fatal(err)
	}
	for _, n := range page.Notifications {
		add(n.Date.Time, "note "+n.Title+": "+n.Message)
	}
	slices.Sort(lines)
	return lines
}

func (s *stage) want(lines ...string) {
	s.Helper()
	if got := s.happened(); !slices.Equal(got, lines) {
		s.Errorf("what went out:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

// onBoth runs a play on the naive model and on the embedded store.
func onBoth(t *testing.T, play func(t *testing.T, s store.Store)) {
	for name, open := range map[string]func(t *testing.T) store.Store{
		"model": func(*testing.T) store.Store { return storetest.NewModel() },
		"pebble": func(t *testing.T) store.Store {
			s, err := pebble.Open(t.TempDir(), pebble.Options{VirtualTime: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(t, open(t)) })
		})
	}
}

const (
	appointments = "a5c3a1f0-5a0e-4f3b-9a55-6d1f6c2b7e01"
	courses      = "c0a45e50-5a0e-4f3b-9a55-6d1f6c2b7e02"
)

// appointment is what the salon's app reports of one.
func appointment(customer, when, starts string) map[string]any {
	p := map[string]any{
		"customer_name": customer, "customer_email": strings.ToLower(customer) + "@example.com",
		"service": "Haircut", "collaborator": "Rui", "when": when,
	}
	if starts != "" {
		p["starts_at"] = starts
	}
	return p
}

// book plays a customer who schedules an appointment.
func (s *stage) book(n int, customer, when, starts string) {
	s.Helper()
	s.report("appointment_scheduled", n, appointment(customer, when, ""))
	s.report("appointment_starting", n, appointment(customer, when, starts))
}

// TestAppointmentsOverMonths plays the one-to-many business: appointments that
// are kept, moved across the change of the clocks, and called off.
func TestAppointmentsOverMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, storetest.NewModel(), "appointments", appointments)
		until(t, "2000-01-03T10:00:00Z")
		s.book(1, "Ines", "26 March, 09:00", "2000-03-26T09:00:00+01:00") // Lisbon's clocks change that night
		s.book(2, "Bea", "15 February, 12:00", "2000-02-15T12:00:00Z")
		s.book(3, "Ana", "1 March, 15:00", "2000-03-01T15:00:00Z")
		until(t, "2000-02-01T10:00:00Z") // Bea cancels
		s.report("appointment_canceled", 2, appointment("Bea", "15 February, 12:00", ""))
		s.cancel("appointment_scheduled", 2, 0)
		s.cancel("appointment_starting", 2, 3)
		until(t, "2000-02-29T15:30:00Z") // Ana has been reminded; she moves to a later day
		s.cancel("appointment_starting", 3, 2)
		s.report("appointment_starting", 3, appointment("Ana", "5 April, 15:00", "2000-04-05T15:00:00+01:00"))
		until(t, "2000-06-01T00:00:00Z")
		s.want(
			`2000-01-03 10:00:00 hook /calendar {"title":"Haircut for Ana","when":"1 March, 15:00","who":"Rui"}`,
			`2000-01-03 10:00:00 hook /calendar {"title":"Haircut for Bea","when":"15 February, 12:00","who":"Rui"}`,
			`2000-01-03 10:00:00 hook /calendar {"title":"Haircut for Ines","when":"26 March, 09:00","who":"Rui"}`,
			`2000-01-03 10:00:00 mail ana@example.com: Your Haircut is booked`,
			`2000-01-03 10:00:00 mail bea@example.com: Your Haircut is booked`,
			`2000-01-03 10:00:00 mail ines@example.com: Your Haircut is booked`,
			`2000-01-03 10:00:00 note New appointment: Ana, Haircut with Rui, 1 March, 15:00`,
			`2000-01-03 10:00:00 note New appointment: Bea, Haircut with Rui, 15 February, 12:00`,
			`2000-01-03 10:00:00 note New appointment: Ines, Haircut with Rui, 26 March, 09:00`,
			`2000-02-01 10:00:00 mail bea@example.com: Your Haircut is canceled`,
			`2000-02-01 10:00:00 note Appointment canceled: Bea does not come: Haircut with Rui, 15 February, 12:00`,
			`2000-02-29 15:00:00 mail ana@example.com: Your Haircut is coming up`,
			`2000-03-25 09:00:00 mail ines@example.com: Your Haircut is coming up`,
			`2000-03-26 07:30:00 note Rui, your next customer: Ines comes for Haircut at 26 March, 09:00`,
			`2000-03-26 10:00:00 mail ines@example.com: How was your Haircut?`,
			`2000-04-04 14:00:00 mail ana@example.com: Your Haircut is coming up`,
			`2000-04-05 13:30:00 note Rui, your next customer: Ana comes for Haircut at 5 April, 15:00`,
			`2000-04-05 16:00:00 mail ana@example.com: How was your Haircut?`,
		)
	})
}

// TestAppointmentsOverDays plays a short-notice appointment and one that is
// called off between its reminders, on both stores.
func TestAppointmentsOverDays(t *testing.T) {
	onBoth(t, func(t *testing.T, store store.Store) {
		s := raise(t, store, "appointments", appointments)
		s.book(1, "Ines", "today, 00:45", "2000-01-01T00:45:00Z") // too near for the day before
		s.book(2, "Bea", "tomorrow, 12:00", "2000-01-02T12:00:00Z")
		until(t, "2000-01-02T11:00:00Z")
		s.report("appointment_canceled", 2, appointment("Bea", "tomorrow, 12:00", ""))
		s.cancel("appointment_scheduled", 2, 0)
		s.cancel("appointment_starting", 2, 2)
		until(t, "2000-01-03T00:00:00Z")
		s.want(
			`2000-01-01 00:00:00 hook /calendar {"title":"Haircut for Bea","when":"tomorrow, 12:00","who":"Rui"}`,
			`2000-01-01 00:00:00 hook /calendar {"title":"Haircut for Ines","when":"today, 00:45","who":"Rui"}`,
			`2000-01-01 00:00:00 mail bea@example.com: Your Haircut is booked`,
			`2000-01-01 00:00:00 mail ines@example.com: Your Haircut is booked`,
			`2000-01-01 00:00:00 note New appointment: Bea, Haircut with Rui, tomorrow, 12:00`,
			`2000-01-01 00:00:00 note New appointment: Ines, Haircut with Rui, today, 00:45`,
			`2000-01-01 00:15:00 note Rui, your next customer: Ines comes for Haircut at today, 00:45`,
			`2000-01-01 02:45:00 mail ines@example.com: How was your Haircut?`,
			`2000-01-01 12:00:00 mail bea@example.com: Your Haircut is coming up`,
			`2000-01-02 11:00:00 mail bea@example.com: Your Haircut is canceled`,
			`2000-01-02 11:00:00 note Appointment canceled: Bea does not come: Haircut with Rui, tomorrow, 12:00`,
		)
	})
}

// place is what the app of the courses reports of one participant's place.
func place(participant, class, when, starts string) map[string]any {
	p := map[string]any{
		"participant_name": participant, "participant_email": strings.ToLower(participant) + "@example.com",
		"class": class, "when": when,
	}
	if starts != "" {
		p["starts_at"] = starts
	}
	return p
}

// enroll plays a participant who takes a place in a class.
func (s *stage) enroll(n int, participant, class, when, starts string) {
	s.Helper()
	s.report("participant_enrolled_in_class", n, place(participant, class, when, ""))
	s.report("class_starting", n, place(participant, class, when, starts))
}

// TestCoursesOverMonths plays the many-to-many business: one participant leaves,
// which touches nobody else, and a class is called off for all.
func TestCoursesOverMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, storetest.NewModel(), "courses", courses)
		until(t, "2000-01-05T09:00:00Z")
		const pottery, weaving = "2000-03-04T10:00:00Z", "2000-04-08T10:00:00+01:00"
		s.enroll(1, "Tomas", "Pottery", "4 March", pottery)
		s.enroll(2, "Clara", "Pottery", "4 March", pottery)
		s.enroll(3, "Tomas", "Weaving", "8 April", weaving)
		s.enroll(4, "Clara", "Weaving", "8 April", weaving)
		until(t, "2000-02-01T09:00:00Z") // Clara leaves Pottery, and stays in Weaving
		s.report("participant_left_class", 2, place("Clara", "Pottery", "4 March", ""))
		s.cancel("participant_enrolled_in_class", 2, 0)
		s.cancel("class_starting", 2, 2)
		until(t, "2000-04-01T09:00:00Z") // Weaving is called off
		for i, who := range []string{"Tomas", "Clara"} {
			p := place(who, "Weaving", "8 April", "")
			p["place"], p["participants"] = i+1, 2
			s.report("class_canceled", i+3, p)
			s.cancel("participant_enrolled_in_class", i+3, 0)
			s.cancel("class_starting", i+3, 2)
		}
		until(t, "2000-06-01T00:00:00Z")
		s.want(
			`2000-01-05 09:00:00 mail clara@example.com: You are in: Pottery`,
			`2000-01-05 09:00:00 mail clara@example.com: You are in: Weaving`,
			`2000-01-05 09:00:00 mail tomas@example.com: You are in: Pottery`,
			`2000-01-05 09:00:00 mail tomas@example.com: You are in: Weaving`,
			`2000-01-05 09:00:00 note New participant: Clara has enrolled in Pottery, 4 March`,
			`2000-01-05 09:00:00 note New participant: Clara has enrolled in Weaving, 8 April`,
			`2000-01-05 09:00:00 note New participant: Tomas has enrolled in Pottery, 4 March`,
			`2000-01-05 09:00:00 note New participant: Tomas has enrolled in Weaving, 8 April`,
			`2000-02-01 09:00:00 mail clara@example.com: You have left Pottery`,
			`2000-02-01 09:00:00 note Participant left: Clara has left Pottery, 4 March`,
			`2000-03-02 10:00:00 mail tomas@example.com: Pottery is coming up`,
			`2000-03-04 09:45:00 note Pottery is about to begin: Tomas is expected at 4 March`,
			`2000-04-01 09:00:00 mail clara@example.com: Weaving is canceled`,
			`2000-04-01 09:00:00 mail tomas@example.com: Weaving is canceled`,
			`2000-04-01 09:00:00 note Class canceled: Weaving, 8 April: 2 participants are told`,
		)
	})
}

// TestCoursesOverDays calls a class of many participants off in two bulk calls,
// on both stores.
func TestCoursesOverDays(t *testing.T) {
	const participants = 100
	onBoth(t, func(t *testing.T, store store.Store) {
		s := raise(t, store, "courses", courses)
		var enrolled, starting []api.EventInfo
		var entities []string
		for n := range participants {
			who := fmt.Sprintf("Guest%d", n)
			for list, payload := range map[*[]api.EventInfo]map[string]any{
				&enrolled: place(who, "Pottery", "Tuesday", ""), &starting: place(who, "Pottery", "Tuesday", "2000-01-04T10:00:00Z"),
			} {
				body, err := json.Marshal(payload)
				if err != nil {
					t.Fatal(err)
				}
				*list = append(*list, api.EventInfo{Payload: body, ExternalEntityID: guid(n)})
			}
			entities = append(entities, guid(n))
		}
		for trigger, events := range map[string][]api.EventInfo{"participant_enrolled_in_class": enrolled, "class_starting": starting} {
			r, err := s.app.BulkReport(t.Context(), api.BulkReportEventRequest{TriggerKey: trigger, EventsInfo: events})
			if err != nil || r.BulkActionMetadata.TotalSuccesses != participants {
				t.Fatalf("bulk report of %s: %+v, %v", trigger, r.BulkActionMetadata, err)
			}
		}
		until(t, "2000-01-02T10:00:00Z") // the reminders have just gone out
		r, err := s.app.BulkCancel(t.Context(), api.BulkCancelEventRequest{TriggerKey: "class_starting", ExternalEntityIDs: entities})
		if err != nil || r.BulkActionMetadata.TotalSuccesses != participants {
			t.Fatalf("bulk cancel: %+v, %v", r.BulkActionMetadata, err)
		}
		for _, item := range r.Results {
			if item.CanceledActivations != 1 || item.EndedActivations != 1 {
				t.Errorf("%s: %d called off, %d ended; want the one to come and the one that went out", item.ExternalEntityID, item.CanceledActivations, item.EndedActivations)
			}
		}
		until(t, "2000-01-06T00:00:00Z")
		if got := len(s.mails.Mails()); got != 2*participants {
			t.Errorf("%d mails went out; want a welcome and a reminder for each of %d", got, participants)
		}
		for _, line := range s.happened() {
			if strings.Contains(line, "about to begin") {
				t.Errorf("after the class was called off: %s", line)
			}
		}
	})
}
