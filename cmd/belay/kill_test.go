package main

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/belaytest"
)

const hooked = `
kind: app
name: Clock
---
kind: site
id: 51e7e000-0000-4000-8000-000000000001
name: Site
timeZone: UTC
---
kind: installation
site: Site
app: Clock
---
kind: trigger
app: Clock
key: now
name: Happens now
schema:
  type: object
  properties:
    note: {type: string, title: Note, examples: [hello]}
---
kind: automation
site: Site
name: Tell the receiver
trigger: {app: Clock, key: now}
actions:
  tell: {do: send_http_request, with: {url: HOOK, body: {note: '{{var("note")}}'}}}
`

// serveIn runs the program as a process of its own over a folder, and returns it
// with a client for it.
func serveIn(t *testing.T, folder string) (*exec.Cmd, *client.Client) {
	t.Helper()
	const key = "the-operators-own-key"
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Args = []string{"belay", "serve", "--data", folder, "--listen", "127.0.0.1:0", "--operator-key", key, "--allow", "127.0.0.0/8"}
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://[0-9.]+:[0-9]+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := address.FindString(lines.Text()); url != "" {
			go func() {
				for lines.Scan() { // what it says from here on
				}
			}()
			return c, client.New(url, client.Credentials{Key: key, SiteID: "51e7e000-0000-4000-8000-000000000001"})
		}
	}
	t.Fatalf("the server ended without saying where it answers: %v", c.Wait())
	return nil, nil
}

// A process that is killed while a webhook is out does not know whether it
// arrived. The next one sends it again, under the same webhook-id, and says in
// the log that the first was lost.
func TestAWebhookThatWasOutAtAKillIsSentAgainUnderItsID(t *testing.T) {
	receiver := belaytest.NewReceiver(t)
	receiver.Answer(belaytest.Hang(), belaytest.Status(200))
	folder := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()

	first, c := serveIn(t, folder)
	wish, err := apply.LoadFS(asFS(strings.ReplaceAll(hooked, "HOOK", receiver.URL+"/hook")), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply.Apply(ctx, c, wish, apply.Options{}, t.Output()); err != nil {
		t.Fatal(err)
	}
	done, err := c.Report(ctx, api.ReportEventRequest{TriggerKey: "now", Payload: []byte(`{"note":"hello"}`)})
	if err != nil || len(done.ActivationIDs) != 1 {
		t.Fatalf("Report = %+v, %v; want one activation", done, err)
	}
	if got := receiver.Await(ctx, 1); len(got) != 1 {
		t.Fatal("the webhook never left")
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed

	second, c := serveIn(t, folder)
	got := receiver.Await(ctx, 2)
	if len(got) != 2 {
		t.Fatalf("%d requests came; want the one that was out, and its repeat", len(got))
	}
	if was, is := got[0].Header.Get("webhook-id"), got[1].Header.Get("webhook-id"); was == "" || was != is {
		t.Errorf("the repeat went out as %q; want %q again", is, was)
	}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		a, err := c.Activation(ctx, done.ActivationIDs[0])
		if err != nil {
			t.Fatal(err)
		}
		if a.Status == "ENDED" {
			if n := len(a.Actions[0].Attempts); n != 2 || a.Actions[0].Attempts[0].Result != "LOST" {
				t.Errorf("attempts %+v; want two, the first LOST", a.Actions[0].Attempts)
			}
			break
		}
		<-ticker.C
	}
	if err := second.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

const listening = `
---
kind: webhooks
app: Clock
receivers:
- {url: HOOK, events: [activation_status_changed], format: webhook}
`

// A change and what an app is told of it are one commit, so a process that is
// killed while a delivery is out, and while others wait behind it, loses none:
// the next one sends the first again under the same ID, and those behind it in
// their order.
func TestWhatAnAppIsToldOutlivesAKill(t *testing.T) {
	hook, ear := belaytest.NewReceiver(t), belaytest.NewReceiver(t)
	ear.Answer(belaytest.Hang(), belaytest.Status(200))
	folder := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()

	first, c := serveIn(t, folder)
	text := strings.ReplaceAll(hooked, "HOOK", hook.URL+"/hook") + strings.ReplaceAll(listening, "HOOK", ear.URL+"/ear")
	wish, err := apply.LoadFS(asFS(text), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply.Apply(ctx, c, wish, apply.Options{}, t.Output()); err != nil {
		t.Fatal(err)
	}
	done, err := c.Report(ctx, api.ReportEventRequest{TriggerKey: "now", Payload: []byte(`{"note":"hello"}`)})
	if err != nil || len(done.ActivationIDs) != 1 {
		t.Fatalf("Report = %+v, %v; want one activation", done, err)
	}
	if hook.Await(ctx, 1) == nil || ear.Await(ctx, 1) == nil {
		t.Fatal("the action or the first delivery never left")
	}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for a, err := c.Activation(ctx, done.ActivationIDs[0]); a.Status != "ENDED"; a, err = c.Activation(ctx, done.ActivationIDs[0]) {
		if err != nil {
			t.Fatal(err)
		}
		<-ticker.C
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed

	second, _ := serveIn(t, folder)
	got := ear.Await(ctx, 3)
	if len(got) != 3 {
		t.Fatalf("%d deliveries came; want the one that was out, its repeat, and the one behind it", len(got))
	}
	ids, statuses := make([]string, 3), make([]string, 3)
	for i, r := range got {
		ids[i] = r.Header.Get("webhook-id")
		statuses[i] = regexp.MustCompile(`\\?"status\\?":\s*\\?"([A-Z]+)`).FindStringSubmatch(string(r.Body))[1]
	}
	if ids[0] == "" || ids[0] != ids[1] || ids[2] == ids[0] {
		t.Errorf("the deliveries went out as %q; want the first twice, then another", ids)
	}
	if !slices.Equal(statuses, []string{"STARTED", "STARTED", "ENDED"}) {
		t.Errorf("they told %q; want STARTED, again, and ENDED", statuses)
	}
	if err := second.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// asFS is a folder of one file.
func asFS(text string) fs.FS {
	return fstest.MapFS{"belay.yaml": {Data: []byte(text)}}
}
