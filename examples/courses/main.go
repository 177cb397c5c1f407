// Command courses plays a school: participants enroll in two classes, one of them
// leaves, and one class is canceled with all who are in it. It shows the calls
// that the app of such a business makes.
//
// Set the server up first, with belay apply -f examples/courses; README.md says how.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

func main() {
	address := flag.String("url", env("BELAY_URL", "http://127.0.0.1:7300"), "where the server answers")
	key := flag.String("key", os.Getenv("BELAY_KEY"), "the app's key, or an operator's")
	site := flag.String("site", env("BELAY_SITE", "51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f"), "the site")
	in := flag.Duration("in", 7*24*time.Hour, "how far ahead the classes are")
	many := flag.Int("participants", 12, "how many are in the class that is canceled")
	flag.Parse()
	log.SetFlags(0)

	b := business{client.New(*address, client.Credentials{Key: *key, SiteID: *site})}
	if err := b.play(context.Background(), time.Now().Add(*in), *many); err != nil {
		log.Fatal(err)
	}
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// business makes the calls to Belay.
type business struct{ belay *client.Client }

// class is the business's own record of a class, by enrollment.
type class struct {
	name     string
	startsAt time.Time
	enrolled []enrollment
}

// enrollment is one participant's place in one class. Its ID is the external
// entity: the participant's would call off all their classes, the class's all its
// participants.
type enrollment struct{ id, participant string }

// payload is what every trigger of the app is told; three of them leave some of it
// unread.
func (k *class) payload(e enrollment, place int) (json.RawMessage, error) {
	return json.Marshal(map[string]any{
		"participant_name":  e.participant,
		"participant_email": strings.ToLower(strings.ReplaceAll(e.participant, " ", ".")) + "@example.com",
		"class":             k.name,
		"when":              k.startsAt.Format("Monday 2 January, 15:04"),
		"starts_at":         k.startsAt,
		"place":             place,
		"participants":      len(k.enrolled),
	})
}

func (b *business) play(ctx context.Context, at time.Time, many int) error {
	pottery := &class{name: "Pottery", startsAt: at}
	drawing := &class{name: "Drawing", startsAt: at.Add(24 * time.Hour)}
	for _, participant := range []string{"Tomas Reis", "Carla Nunes"} {
		if err := b.enroll(ctx, pottery, participant); err != nil {
			return err
		}
	}
	for i := range many {
		if err := b.enroll(ctx, drawing, fmt.Sprintf("Participant %d", i+1)); err != nil {
			return err
		}
	}
	if err := b.leave(ctx, pottery, 1); err != nil {
		return err
	}
	return b.cancel(ctx, drawing)
}

// enroll reports two events: what happened now, and what will happen then.
func (b *business) enroll(ctx context.Context, k *class, participant string) error {
	e := enrollment{newID(), participant}
	k.enrolled = append(k.enrolled, e)
	log.Printf("%s enrolls in %s", participant, k.name)
	if err := b.report(ctx, "participant_enrolled_in_class", k, e); err != nil {
		return err
	}
	return b.report(ctx, "class_starting", k, e)
}

// leave takes the participant of that place off the class. Nobody else's reminders
// are touched.
func (b *business) leave(ctx context.Context, k *class, place int) error {
	e := k.enrolled[place]
	k.enrolled = append(k.enrolled[:place:place], k.enrolled[place+1:]...)
	log.Printf("%s leaves %s", e.participant, k.name)
	if err := b.report(ctx, "participant_left_class", k, e); err != nil {
		return err
	}
	return b.callOff(ctx, []enrollment{e})
}

// most is how many events or external entities one call takes.
const most = 100

// cancel tells every participant that the class is off, and calls off what they
// were still to be sent: as many calls as there are hundreds of participants.
func (b *business) cancel(ctx context.Context, k *class) error {
	log.Printf("%s is canceled, with %d participants", k.name, len(k.enrolled))
	for first := 0; first < len(k.enrolled); first += most {
		part := k.enrolled[first:min(first+most, len(k.enrolled))]
		in := api.BulkReportEventRequest{TriggerKey: "class_canceled"}
		for i, e := range part {
			payload, err := k.payload(e, first+i+1)
			if err != nil {
				return err
			}
			in.EventsInfo = append(in.EventsInfo, api.EventInfo{Payload: payload, ExternalEntityID: e.id})
		}
		done, err := b.belay.BulkReport(ctx, in)
		if err != nil {
			return err
		}
		// Each event is kept or refused by itself.
		for _, r := range done.Results {
			if !r.ItemMetadata.Success {
				return fmt.Errorf("%s: %s", part[r.ItemMetadata.OriginalIndex].participant, r.ItemMetadata.Error.Description)
			}
		}
		log.Printf("  reported class_canceled for %d", done.BulkActionMetadata.TotalSuccesses)
		if err := b.callOff(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// callOff cancels all events of the enrollments. When it returns, nothing of them
// starts any more.
func (b *business) callOff(ctx context.Context, enrollments []enrollment) error {
	ids := make([]string, len(enrollments))
	for i, e := range enrollments {
		ids[i] = e.id
	}
	for _, trigger := range []string{"participant_enrolled_in_class", "class_starting"} {
		done, err := b.belay.BulkCancel(ctx, api.BulkCancelEventRequest{TriggerKey: trigger, ExternalEntityIDs: ids})
		if err != nil {
			return err
		}
		off := 0
		for _, r := range done.Results {
			if !r.ItemMetadata.Success {
				return fmt.Errorf("cancel %s: %s", trigger, r.ItemMetadata.Error.Description)
			}
			off += r.CanceledActivations
		}
		log.Printf("  canceled %s: %d called off", trigger, off)
	}
	return nil
}

func (b *business) report(ctx context.Context, trigger string, k *class, e enrollment) error {
	payload, err := k.payload(e, len(k.enrolled))
	if err != nil {
		return err
	}
	done, err := b.belay.Report(ctx, api.ReportEventRequest{TriggerKey: trigger, Payload: payload, ExternalEntityID: e.id})
	if err != nil {
		return err
	}
	log.Printf("  reported %s: %d automations", trigger, len(done.ActivationIDs))
	return nil
}

// newID returns a GUID of chance.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails: the package says so
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
