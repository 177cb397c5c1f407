package app_test

import (
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/belaytest"
)

const operator = "the-operators-own-key"

// site is where what follows happens; RECEIVER is replaced.
const (
	siteID = "51e7e000-0000-4000-8000-000000000001"
	setUp  = `kind: app
name: Clock
---
kind: site
id: ` + siteID + `
name: Site
timeZone: UTC
---
kind: installation
site: Site
app: Clock
---
kind: trigger
app: Clock
key: struck
name: Struck
schema: {type: object, properties: {hour: {type: integer, title: Hour, examples: [3]}}}
---
kind: automation
site: Site
name: Tell
trigger: {app: Clock, key: struck}
actions:
  mail: {do: send_email, with: {to: you@example.com, subject: 'It is {{var("hour")}}', text: Good morning.}, then: [call]}
  call: {do: send_http_request, with: {url: RECEIVER, body: {hour: '{{var("hour")}}'}}}
`
)

// reportHour runs a server, sets it up and reports what makes it mail and call.
func reportHour(t *testing.T, c app.Config, url string) *client.Client {
	t.Helper()
	c.Data, c.OperatorKey = t.TempDir(), operator
	a := open(t, c)
	stop := run(t, a)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	calls := client.New(a.URL(), client.Credentials{Key: operator, SiteID: siteID})
	files := fstest.MapFS{"it.yaml": {Data: []byte(strings.Replace(setUp, "RECEIVER", url, 1))}}
	wish, err := apply.LoadFS(files, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply.Apply(t.Context(), calls, wish, apply.Options{}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := calls.Report(t.Context(), api.ReportEventRequest{TriggerKey: "struck", Payload: []byte(`{"hour": 7}`)}); err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestMailsGoToTheServerAndRequestsAreSigned(t *testing.T) {
	receiver := belaytest.NewReceiver(t)
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	calls := reportHour(t, app.Config{
		SMTP:          email.Config{Host: sink.Host, Port: sink.Port, TLS: email.None, From: "Clock <clock@example.com>"},
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}, receiver.URL)

	got := receiver.Await(t.Context(), 1)
	if len(got) != 1 || string(got[0].Body) != `{"hour":7}` {
		t.Fatalf("received %+v", got)
	}
	sites, err := calls.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hook, err := webhooks.NewWebhook(sites[0].SigningSecrets[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.Verify(got[0].Body, got[0].Header); err != nil {
		t.Errorf("the signature is not the site's: %v", err)
	}
	// The call follows the mail.
	if mails := sink.Mails(); len(mails) != 1 || mails[0].Subject() != "It is 7" || mails[0].To[0] != "you@example.com" {
		t.Errorf("mails = %+v", mails)
	}
	if kept, err := calls.Outbox(t.Context(), api.ListRequest{}); err != nil || len(kept.Mails) != 0 {
		t.Errorf("outbox = %+v, %v; want none where a server takes mails", kept, err)
	}
}

func TestWithoutAMailServerMailsAreKept(t *testing.T) {
	receiver := belaytest.NewReceiver(t)
	calls := reportHour(t, app.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, receiver.URL)
	receiver.Await(t.Context(), 1)
	kept, err := calls.Outbox(t.Context(), api.ListRequest{})
	if err != nil || len(kept.Mails) != 1 || kept.Mails[0].Subject != "It is 7" {
		t.Errorf("outbox = %+v, %v", kept, err)
	}
}
