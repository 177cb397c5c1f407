// Package email is the built-in action send_email. Mails go to an SMTP server where
// the operator has named one, over connections that are kept for the next mail, and
// otherwise into an outbox that the console shows. Begin with New; mail.go reads the
// input, smtp.go sends.
package email

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
)

// Key names the action within the built-in app.
const Key = "send_email"

// TLS says how a connection to the SMTP server is made secure.
type TLS string

// The ways. The zero value is StartTLS.
const (
	StartTLS      TLS = "starttls"      // by STARTTLS, or not at all
	Opportunistic TLS = "opportunistic" // by STARTTLS where the server offers it
	Implicit      TLS = "implicit"      // from the first byte
	None          TLS = "none"          // never: mails and passwords go in the clear
)

// Config says where mails go. With its zero value they go to the outbox.
type Config struct {
	// Host is the SMTP server; Port is 465 for Implicit and else 587 if 0.
	Host string
	Port int
	// Username and Password log in; nobody logs in while both are empty. They are
	// sent over a secure connection only, or to the machine itself.
	Username, Password string
	TLS                TLS
	// From is the sender of every mail, such as "Salon <bookings@example.com>". It is
	// required with Host.
	From string
	// HELO is the name that Belay introduces itself by; the machine's if empty.
	HELO string
	// Timeout bounds one mail, connecting included; 30 s if 0.
	Timeout time.Duration
	// RootCAs are the authorities that the server's certificate is checked against;
	// the system's if nil.
	RootCAs *x509.CertPool
	// DialContext connects to the server; a plain dialer if nil. Tests stand in for
	// the network by it.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// DefaultTimeout bounds one mail where Config says nothing.
const DefaultTimeout = 30 * time.Second

// Outbox keeps the mails that no SMTP server takes.
type Outbox interface {
	// PutMail keeps a mail under id, which is unique within the site. Putting the same
	// id again changes nothing.
	PutMail(ctx context.Context, site belay.ID, id string, mail Mail) error
}

// Action sends mails.
type Action struct {
	from   *netmail.Address
	smtp   *server // nil without a host
	outbox Outbox
}

// New returns an action that sends as c says. It refuses a configuration that cannot
// work: a Host without From, an unknown TLS, no Host and no outbox.
func New(c Config, outbox Outbox) (*Action, error) {
	from, err := netmail.ParseAddress(cmp.Or(c.From, "Belay <belay@localhost>"))
	if err != nil {
		return nil, fmt.Errorf("email: from %q: %w", c.From, err)
	}
	e := &Action{from: from, outbox: outbox}
	switch {
	case c.Host == "" && outbox == nil:
		return nil, fmt.Errorf("email: neither an SMTP host nor an outbox")
	case c.Host == "":
		return e, nil
	case c.From == "":
		return nil, fmt.Errorf("email: from is required with an SMTP host")
	}
	e.smtp, err = newServer(c)
	return e, err
}

// Close closes the connections that are kept for the next mail.
func (e *Action) Close() {
	if e.smtp != nil {
		e.smtp.closeIdle()
	}
}

// Define returns the action's definition. timeout bounds one attempt.
func Define(do *Action, timeout time.Duration) action.Definition {
	return action.Definition{
		Key:          Key,
		Name:         "Send an email",
		Description:  "Sends a mail to one or more addresses.",
		InputSchema:  json.RawMessage(inputSchema),
		OutputSchema: json.RawMessage(outputSchema),
		Do:           do,
		Timeout:      timeout,
	}
}

// Do sends the mail that the input describes. All attempts of one action carry one
// Message-ID, by which a repeat can be told.
func (e *Action) Do(ctx context.Context, a action.Attempt) action.Outcome {
	mail, problem := read(a.Input)
	if problem != nil {
		return action.RejectInput(problem.field, problem.text)
	}
	mail.From = e.from.String()
	mail.MessageID = messageID(a.MessageID, e.from.Address)
	mail.At, mail.EventID, mail.ActivationID = a.Now, a.Event, a.Activation
	begin := time.Now()
	outcome := e.deliver(ctx, a, mail)
	outcome.Latency = time.Since(begin)
	if outcome.Verdict == action.Delivered {
		outcome.Output = map[string]any{"messageId": mail.MessageID}
	}
	return outcome
}

// Sketch returns the mail that Do would send.
func (e *Action) Sketch(a action.Attempt) (action.Sketch, *action.Outcome) {
	mail, problem := read(a.Input)
	if problem != nil {
		rejected := action.RejectInput(problem.field, problem.text)
		return action.Sketch{}, &rejected
	}
	return action.Sketch{Mail: &action.SketchedMail{
		From: e.from.String(), To: mail.To, Cc: mail.Cc, ReplyTo: mail.ReplyTo, Subject: mail.Subject, Text: mail.Text, HTML: mail.HTML,
	}}, nil
}

func (e *Action) deliver(ctx context.Context, a action.Attempt, mail Mail) action.Outcome {
	if e.smtp != nil {
		return e.smtp.send(ctx, mail)
	}
	if err := e.outbox.PutMail(ctx, a.Site, a.MessageID, mail); err != nil {
		return action.Outcome{Code: "OUTBOX_UNAVAILABLE", Detail: action.Bound("the mail could not be put into the outbox: " + err.Error())}
	}
	return action.Outcome{Verdict: action.Delivered, Sent: true}
}

// Destination returns the SMTP server; "" where mails go to the outbox.
func (e *Action) Destination(action.Attempt) string {
	if e.smtp == nil {
		return ""
	}
	return e.smtp.address()
}

// messageID returns the Message-ID, without its angle brackets, of the action's ID
// and the sender's domain. A character that an atom may not have becomes a hyphen.
//
// Source: RFC 5322, section 3.6.4.
func messageID(id, from string) string {
	id = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, id)
	return id + from[strings.LastIndexByte(from, '@'):]
}
