package email_test

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func attempt(input map[string]any) action.Attempt {
	return action.Attempt{
		Site: belay.ID{1}, Event: belay.ID{2}, Activation: belay.ID{3},
		MessageID: "msg_1.a", Number: 1, Now: now, Input: input,
	}
}

func hello() action.Attempt {
	return attempt(map[string]any{"to": "ann@example.org", "subject": "Hello", "text": "Hi."})
}

func sender(t *testing.T, c email.Config) *email.Action {
	t.Helper()
	if c.From == "" {
		c.From = "Salon <bookings@salon.example>"
	}
	e, err := email.New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func to(sink *belaytest.SMTPSink) email.Config {
	return email.Config{Host: sink.Host, Port: sink.Port, TLS: email.None}
}

func TestTheDefinitionIsWhole(t *testing.T) {
	e := sender(t, email.Config{Host: "mail.example"})
	if _, err := action.NewRegistry(email.Define(e, time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestAMailArrivesWhole(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	got := sender(t, to(sink)).Do(t.Context(), attempt(map[string]any{
		"to": `Ann <ann@example.org>, bob@example.org`, "cc": []any{"Cläre <c@example.org>"},
		"replyTo": "desk@salon.example", "subject": "Grüße — see you soon",
		"text": "Dear Ann,\n\n.\nsee you.", "html": "<p>Dear Änn</p>",
	}))
	got.Latency = 0
	want := action.Outcome{Verdict: action.Delivered, Status: 250, Sent: true, Output: map[string]any{"messageId": "msg_1-a@salon.example"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("outcome (-want +got):\n%s", diff)
	}
	mail := sink.Mails()[0]
	if mail.From != "bookings@salon.example" || strings.Join(mail.To, " ") != "ann@example.org bob@example.org c@example.org" {
		t.Errorf("envelope: from %s to %v", mail.From, mail.To)
	}
	if mail.Subject() != "Grüße — see you soon" || mail.Text != "Dear Ann,\n\n.\nsee you." || mail.HTML != "<p>Dear Änn</p>" {
		t.Errorf("subject %q, text %q, html %q", mail.Subject(), mail.Text, mail.HTML)
	}
	for name, want := range map[string]string{
		"Message-Id": "<msg_1-a@salon.example>", "From": `"Salon" <bookings@salon.example>`,
		"To": `"Ann" <ann@example.org>, <bob@example.org>`, "Reply-To": "<desk@salon.example>",
		"Date": "Sun, 01 Mar 2026 09:00:00 +0000", "Auto-Submitted": "auto-generated",
	} {
		if got := mail.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestEveryAttemptHasTheSameMessageID(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	e := sender(t, to(sink))
	for n := range 2 {
		again := hello()
		again.Number = n + 1
		e.Do(t.Context(), again)
	}
	mails := sink.Mails()
	if len(mails) != 2 || mails[0].Header.Get("Message-Id") != mails[1].Header.Get("Message-Id") {
		t.Errorf("mails = %+v", mails)
	}
}

func TestBadInputIsRejectedByField(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	many := strings.Repeat("a@example.org,", 50) + "a@example.org"
	for name, tt := range map[string]struct {
		change map[string]any
		field  string
	}{
		"no to":                    {map[string]any{"to": nil}, "to"},
		"empty to":                 {map[string]any{"to": " "}, "to"},
		"no address":               {map[string]any{"to": "Ann"}, "to"},
		"a number":                 {map[string]any{"to": 7.0}, "to"},
		"one bad in a list":        {map[string]any{"to": []any{"ann@example.org", "b"}}, "to[1]"},
		"two in one element":       {map[string]any{"to": []any{"a@example.org, b@example.org"}}, "to[0]"},
		"too many":                 {map[string]any{"to": many}, "to"},
		"header in to":             {map[string]any{"to": "ann@example.org\r\nBcc: all@example.org"}, "to"},
		"header in a list":         {map[string]any{"to": []any{"ann@example.org\nBcc: all@example.org"}}, "to[0]"},
		"header in cc":             {map[string]any{"cc": "a@example.org\r\nX: y"}, "cc"},
		"header in replyTo":        {map[string]any{"replyTo": "a@example.org\r\nX: y"}, "replyTo"},
		"header in subject":        {map[string]any{"subject": "Hi\r\nBcc: all@example.org"}, "subject"},
		"bare return in subject":   {map[string]any{"subject": "Hi\rBcc: all@example.org"}, "subject"},
		"null in subject":          {map[string]any{"subject": "Hi\x00"}, "subject"},
		"long subject":             {map[string]any{"subject": strings.Repeat("a", 999)}, "subject"},
		"two to answer to":         {map[string]any{"replyTo": "a@example.org, b@example.org"}, "replyTo"},
		"no body":                  {map[string]any{"text": ""}, "text"},
		"a body that is no text":   {map[string]any{"text": map[string]any{}}, "text"},
		"a layout that is no text": {map[string]any{"html": 1.0}, "html"},
		"a very long body":         {map[string]any{"text": strings.Repeat("a", 300<<10)}, "text"},
	} {
		t.Run(name, func(t *testing.T) {
			a := hello()
			for field, value := range tt.change {
				a.Input[field] = value
			}
			got := sender(t, to(sink)).Do(t.Context(), a)
			if got.Verdict != action.Rejected || got.Code != "INVALID_INPUT" || got.Sent || !strings.HasPrefix(got.Detail, tt.field+" ") {
				t.Errorf("outcome = %+v, want %s blamed", got, tt.field)
			}
		})
	}
	if n := len(sink.Mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

// What passes for an address or a subject must never grow a header.
func FuzzNoHeaderIsInjected(f *testing.F) {
	f.Add("ann@example.org", "Hello")
	f.Add("\"Ann\\\r\nBcc: x@y.z\" <ann@example.org>", "a\r\nb: c")
	f.Add("=?utf-8?q?a=0D=0ABcc:_x?= <ann@example.org>", "=?utf-8?q?=0D=0AX:_y?=")
	sink := belaytest.NewSMTPSink(f, belaytest.SMTPConfig{})
	config := to(sink)
	config.From = "bookings@salon.example"
	e, err := email.New(config, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(e.Close)
	known := map[string]bool{
		"Message-Id": true, "From": true, "To": true, "Date": true, "Auto-Submitted": true, "Subject": true,
		"Mime-Version": true, "Content-Type": true, "Content-Transfer-Encoding": true,
	}
	f.Fuzz(func(t *testing.T, to, subject string) {
		before := len(sink.Mails())
		got := e.Do(t.Context(), attempt(map[string]any{"to": to, "subject": subject, "text": "Hi."}))
		mails := sink.Mails()
		if got.Verdict != action.Delivered {
			return
		}
		if len(mails) != before+1 {
			t.Fatalf("%d mails arrived", len(mails)-before)
		}
		for name := range mails[before].Header {
			if !known[name] {
				t.Errorf("the mail has a header %s: %q", name, mails[before].Raw)
			}
		}
	})
}

func TestTheServersAnswerBecomesAVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		at      belaytest.Stage
		code    int
		verdict action.Verdict
	}{
		"sender refused":         {belaytest.AtMail, 553, action.Rejected},
		"mailbox unknown":        {belaytest.AtRcpt, 550, action.Rejected},
		"content refused":        {belaytest.AtData, 554, action.Rejected},
		"greylisted":             {belaytest.AtRcpt, 450, action.Retry},
		"busy":                   {belaytest.AtMail, 451, action.Retry},
		"closing":                {belaytest.AtMail, 421, action.Retry},
		"not logged in any more": {belaytest.AtMail, 530, action.Retry},
	} {
		t.Run(name, func(t *testing.T) {
			sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
			sink.Answer(belaytest.Refuse(tt.at, tt.code), belaytest.Reply{})
			e := sender(t, to(sink))
			got := e.Do(t.Context(), hello())
			if got.Verdict != tt.verdict || got.Status != tt.code || !strings.HasPrefix(got.Code, "SMTP_") || !got.Sent || got.Output != nil {
				t.Errorf("outcome = %+v", got)
			}
			if got := e.Do(t.Context(), hello()); got.Verdict != action.Delivered {
				t.Errorf("the next mail: %+v", got)
			}
		})
	}
}

func TestConnectionsAreKept(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	e := sender(t, to(sink))
	for range 3 {
		if got := e.Do(t.Context(), hello()); got.Verdict != action.Delivered {
			t.Fatalf("outcome = %+v", got)
		}
	}
	if n := sink.Connections(); n != 1 {
		t.Errorf("3 mails over %d connections", n)
	}
	sink.Drop()
	if got := e.Do(t.Context(), hello()); got.Verdict != action.Delivered {
		t.Errorf("after the server hung up: %+v", got)
	}
	if n := sink.Connections(); n != 2 {
		t.Errorf("%d connections, want a second", n)
	}
}

func TestManyMailsAtOnceAllArrive(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	e := sender(t, to(sink))
	var sending sync.WaitGroup
	for range 20 {
		sending.Go(func() {
			if got := e.Do(t.Context(), hello()); got.Verdict != action.Delivered {
				t.Errorf("outcome = %+v", got)
			}
		})
	}
	sending.Wait()
	if n := len(sink.Mails()); n != 20 {
		t.Errorf("%d mails arrived", n)
	}
}

func TestEachWayOfTLSLogsIn(t *testing.T) {
	cert, roots := belaytest.Certificate(t)
	server := &tls.Config{Certificates: []tls.Certificate{cert}}
	for way, implicit := range map[email.TLS]bool{"": false, email.StartTLS: false, email.Opportunistic: false, email.Implicit: true} {
		t.Run(string(way), func(t *testing.T) {
			sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{TLS: server, Implicit: implicit, Username: "u", Password: "p"})
			c := email.Config{Host: sink.Host, Port: sink.Port, TLS: way, Username: "u", Password: "p", RootCAs: roots}
			if got := sender(t, c).Do(t.Context(), hello()); got.Verdict != action.Delivered {
				t.Errorf("outcome = %+v", got)
			}
			c.Password = "wrong"
			if got := sender(t, c).Do(t.Context(), hello()); got.Verdict != action.Retry || got.Status != 535 || got.Sent || strings.Contains(got.Detail, "wrong") {
				t.Errorf("with a wrong password: %+v", got)
			}
			c.Password, c.RootCAs = "p", nil
			if got := sender(t, c).Do(t.Context(), hello()); got.Verdict != action.Retry || got.Code != "TLS_FAILED" || got.Sent {
				t.Errorf("with an unknown certificate: %+v", got)
			}
		})
	}
}

func TestAServerWithoutSTARTTLSGetsNothing(t *testing.T) {
	sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{})
	c := to(sink)
	c.TLS = email.StartTLS
	if got := sender(t, c).Do(t.Context(), hello()); got.Verdict != action.Retry || got.Sent || len(sink.Mails()) != 0 {
		t.Errorf("outcome = %+v", got)
	}
}

func TestAHangingServerIsLeft(t *testing.T) {
	for name, tt := range map[string]struct {
		reply   belaytest.Reply
		cancel  time.Duration
		latency time.Duration
		code    string
	}{
		"at the recipient": {belaytest.HangAt(belaytest.AtRcpt), 0, 30 * time.Second, "TIMEOUT"},
		"at the content":   {belaytest.HangAt(belaytest.AtData), 0, 30 * time.Second, "TIMEOUT"},
		"canceled":         {belaytest.HangAt(belaytest.AtMail), 2 * time.Second, 2 * time.Second, "CANCELED"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pipe := belaytest.NewPipe()
				sink := belaytest.NewSMTPSink(t, belaytest.SMTPConfig{Listener: pipe})
				sink.Answer(tt.reply)
				e := sender(t, email.Config{Host: "mail.example", TLS: email.None, DialContext: pipe.Dial})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel > 0 {
					defer time.AfterFunc(tt.cancel, cancel).Stop()
				}
				got := e.Do(ctx, hello())
				if got.Verdict != action.Retry || got.Code != tt.code || got.Latency != tt.latency || !got.Sent {
					t.Errorf("outcome = %+v", got)
				}
			})
		})
	}
}

func TestASilentServerIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe := belaytest.NewPipe()
		go func() {
			conn, err := pipe.Accept() // and never a greeting
			if err == nil {
				<-t.Context().Done()
				_ = conn.Close()
			}
		}()
		e := sender(t, email.Config{Host: "mail.example", DialContext: pipe.Dial})
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		if got := e.Do(ctx, hello()); got.Code != "TIMEOUT" || got.Sent || got.Latency != 7*time.Second {
			t.Errorf("outcome = %+v", got)
		}
	})
}

type outbox struct {
	mails map[string]email.Mail
	err   error
}

func (o *outbox) PutMail(_ context.Context, site belay.ID, id string, mail email.Mail) error {
	o.mails[site.String()+" "+id] = mail
	return o.err
}

func TestMailsWithoutAServerGoToTheOutbox(t *testing.T) {
	box := &outbox{mails: map[string]email.Mail{}}
	e, err := email.New(email.Config{}, box)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Do(t.Context(), hello()); got.Verdict != action.Delivered {
		t.Errorf("outcome = %+v", got)
	}
	want := map[string]email.Mail{belay.ID{1}.String() + " msg_1.a": {
		From: `"Belay" <belay@localhost>`, To: []string{"<ann@example.org>"}, Subject: "Hello", Text: "Hi.",
		MessageID: "msg_1-a@localhost", At: now, EventID: belay.ID{2}, ActivationID: belay.ID{3},
	}}
	if diff := cmp.Diff(want, box.mails); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	if d := e.Destination(hello()); d != "" {
		t.Errorf("Destination = %q", d)
	}
	box.err = errors.New("disk full")
	if got := e.Do(t.Context(), hello()); got.Verdict != action.Retry || got.Sent {
		t.Errorf("with a full disk: %+v", got)
	}
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	for name, c := range map[string]email.Config{
		"neither server nor outbox": {},
		"no sender":                 {Host: "mail.example"},
		"a sender that is none":     {Host: "mail.example", From: "Salon"},
		"an unknown way":            {Host: "mail.example", From: "a@b.example", TLS: "ssl"},
		"a port out of range":       {Host: "mail.example", From: "a@b.example", Port: 70000},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := email.New(c, nil); err == nil {
				t.Error("New accepted it")
			}
		})
	}
}
