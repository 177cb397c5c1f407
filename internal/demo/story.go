package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/belay-events/belay/client"
)

// scene is one thing that happens in the story, so long after its beginning.
type scene struct {
	at   time.Duration
	play func(ctx context.Context) error
}

// tick is how often the account is brought up to date.
const tick = 100 * time.Millisecond

// tell plays the story, gives an account of it, and says how to go on.
func (w *world) tell(ctx context.Context, out io.Writer, left int) error {
	a, err := newAccount(ctx, w, out)
	if err != nil {
		return err
	}
	begin := time.Now()
	scenes, end := w.story(a, begin)
	a.say(opening, w.url, scale(), w.door())
	if left > 0 {
		a.say("\nAn earlier story in this folder was broken off. What it had still to do is called off: %d activations.\n", left)
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for time.Since(begin) < end {
		for len(scenes) > 0 && time.Since(begin) >= scenes[0].at {
			if err := scenes[0].play(ctx); err != nil {
				return ended(ctx, err)
			}
			scenes = scenes[1:]
		}
		if err := a.update(ctx); err != nil {
			return ended(ctx, err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
	if err := a.sum(ctx); err != nil {
		return ended(ctx, err)
	}
	w.goOn(a)
	return a.failed
}

const opening = `Belay answers at %[1]s

%[3]s
Two businesses use it: a salon that takes appointments, and a school that gives courses.
Their apps report what happens; the automations of the owner do the rest.

Time is short here: %[2]s.
The story takes a minute; Ctrl-C ends it.

  →  goes out at this moment
  ✗  would go out at this moment, and was called off before
`

// ended returns nil where the person has ended the demo.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// story returns what happens, and when it is over.
func (w *world) story(a *account, begin time.Time) ([]scene, time.Duration) {
	salon := salon{a, client.New(w.url, client.Credentials{Key: w.keys.Appointments, SiteID: w.site})}
	school := school{a, client.New(w.url, client.Credentials{Key: w.keys.Courses, SiteID: w.site})}
	in := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }

	ines := &appointment{id: cast(1), customer: "Ines Duarte", email: "ines@example.com", service: "haircut", collaborator: "Rui", at: in(46)}
	bruno := &appointment{id: cast(2), customer: "Bruno Matos", email: "bruno@example.com", service: "shave", collaborator: "Rui", at: in(38)}
	pottery := &class{name: "pottery", first: 10, at: in(54)}
	drawing := &class{name: "drawing", first: 20, at: in(58)}

	return []scene{
		{1 * time.Second, func(ctx context.Context) error { return salon.schedule(ctx, ines) }},
		{4 * time.Second, func(ctx context.Context) error { return salon.schedule(ctx, bruno) }},
		{7 * time.Second, func(ctx context.Context) error {
			return school.enroll(ctx, pottery, "Tomas Reis", "Carla Nunes")
		}},
		{10 * time.Second, func(ctx context.Context) error { return salon.reschedule(ctx, bruno, in(44)) }},
		{13 * time.Second, func(ctx context.Context) error {
			return school.enroll(ctx, drawing, "Ana Sousa", "Joao Pinto", "Marta Lopes", "Nuno Vaz", "Rita Gil", "Sara Melo")
		}},
		{16 * time.Second, func(ctx context.Context) error { return salon.cancel(ctx, bruno) }},
		{19 * time.Second, func(ctx context.Context) error { return school.leave(ctx, pottery, "Carla Nunes") }},
		{25 * time.Second, func(ctx context.Context) error { return school.call(ctx, drawing) }},
	}, 60 * time.Second
}

// newID returns a GUID for an external entity of the person's own.
//
// Source: RFC 9562, section 5.4.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails: the package says so
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
