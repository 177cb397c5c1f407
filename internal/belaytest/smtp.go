package belaytest

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// SMTPSink is an SMTP server that keeps each mail it takes and refuses by script.
// All its methods may be called by many goroutines at once.
type SMTPSink struct {
	// Host and Port say where it listens.
	Host string
	Port int

	config SMTPConfig
	stop   chan struct{}

	mu     sync.Mutex
	script []Reply
	mails  []Mail
	conns  []net.Conn
	total  int
}

// SMTPConfig says how an SMTPSink is reached. The zero value listens on a free port
// of 127.0.0.1 in the clear and lets everybody in.
type SMTPConfig struct {
	Listener net.Listener
	// TLS is offered by STARTTLS, or spoken from the first byte where Implicit.
	TLS      *tls.Config
	Implicit bool
	// Username and Password are asked for where they are not empty.
	Username, Password string
}

// Stage is a place in an SMTP conversation where a Reply can be something other
// than yes.
type Stage int8

// The stages, in order.
const (
	AtMail Stage = iota
	AtRcpt
	AtData
)

// Reply is how the sink treats one mail. The zero value takes it.
type Reply struct {
	at   Stage
	code int // 0 takes the mail
	hang bool
}

// Refuse answers one stage with a status from 400 to 599.
func Refuse(at Stage, code int) Reply { return Reply{at: at, code: code} }

// HangAt says nothing more from that stage on until the sink stops.
func HangAt(at Stage) Reply { return Reply{at: at, hang: true} }

// NewSMTPSink returns a sink that stops with the test.
func NewSMTPSink(t testing.TB, config SMTPConfig) *SMTPSink {
	t.Helper()
	if config.Listener == nil {
		config.Listener = listen(t)
	}
	s := &SMTPSink{config: config, stop: make(chan struct{})}
	s.Host = "receiver.test"
	s.Port = 25
	if addr, ok := config.Listener.Addr().(*net.TCPAddr); ok {
		s.Host, s.Port = addr.IP.String(), addr.Port
	}
	srv := smtp.NewServer(smtp.BackendFunc(s.session))
	srv.Domain = "receiver.test"
	srv.AllowInsecureAuth = true
	srv.ErrorLog = log.New(io.Discard, "", 0)
	ln := config.Listener
	if config.Implicit {
		ln = tls.NewListener(ln, config.TLS)
	} else {
		srv.TLSConfig = config.TLS
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // ends when the listener is closed
	}()
	t.Cleanup(func() {
		close(s.stop)
		_ = srv.Close()
		<-done
	})
	return s
}

// Answer sets the script: each mail takes the next reply, and the last one stays.
func (s *SMTPSink) Answer(script ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// Mails returns what was taken so far, in order.
func (s *SMTPSink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Connections returns how many conversations were begun so far. One that changes to
// TLS by STARTTLS begins twice.
func (s *SMTPSink) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// Drop closes every connection that is open, as a server does with idle ones.
func (s *SMTPSink) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	s.conns = nil
}

func (s *SMTPSink) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	s.conns = append(s.conns, c.Conn())
	return &session{sink: s, welcome: s.config.Username == ""}, nil
}

func (s *SMTPSink) next() Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.script) == 0 {
		return Reply{}
	}
	reply := s.script[0]
	if len(s.script) > 1 {
		s.script = s.script[1:]
	}
	return reply
}

type session struct {
	sink    *SMTPSink
	welcome bool
	reply   Reply
	mail    Mail
}

func (s *session) AuthMechanisms() []string {
	if s.sink.config.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.sink.config.Username || password != s.sink.config.Password {
			return smtp.ErrAuthFailed
		}
		s.welcome = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.welcome {
		return smtp.ErrAuthRequired
	}
	s.reply = s.sink.next()
	s.mail = Mail{From: from}
	return s.answer(AtMail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return s.answer(AtRcpt)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.answer(AtData); err != nil {
		return err
	}
	if err := s.mail.read(raw); err != nil {
		return &smtp.SMTPError{Code: 554, Message: "not a mail: " + err.Error()}
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) answer(at Stage) error {
	switch {
	case at != s.reply.at:
		return nil
	case s.reply.hang:
		<-s.sink.stop
		return errors.New("stopped")
	case s.reply.code != 0:
		class := s.reply.code / 100
		return &smtp.SMTPError{
			Code: s.reply.code, EnhancedCode: smtp.EnhancedCode{class, 0, 0},
			Message: "refused with " + strconv.Itoa(s.reply.code),
		}
	}
	return nil
}
