package email

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/belay-events/belay/internal/action"
)

// maxIdle is how many connections are kept for the next mail.
const maxIdle = 4

// grace is what a connection's own deadline has over the attempt's, so that it is
// always the attempt's that ends it and names the cause.
const grace = time.Second

// server sends mails to the operator's SMTP server.
type server struct {
	config  Config
	port    int
	timeout time.Duration
	options []gomail.Option
	idle    chan *conversation
}

// conversation is one connection to the server, logged in.
type conversation struct {
	client *gomail.Client
	smtp   *smtp.Client
	conn   net.Conn
	reused bool
}

func newServer(c Config) (*server, error) {
	s := &server{
		config:  c,
		port:    cmp.Or(c.Port, 587),
		timeout: cmp.Or(c.Timeout, DefaultTimeout),
		idle:    make(chan *conversation, maxIdle),
	}
	policy := gomail.TLSMandatory
	switch c.TLS {
	case "", StartTLS:
	case Opportunistic:
		policy = gomail.TLSOpportunistic
	case Implicit:
		s.port = cmp.Or(c.Port, 465)
		policy = gomail.NoTLS // the dialer has seen to it
	case None:
		policy = gomail.NoTLS
	default:
		return nil, fmt.Errorf("email: tls %q: must be starttls, opportunistic, implicit or none", c.TLS)
	}
	s.options = []gomail.Option{
		gomail.WithPort(s.port),
		gomail.WithTimeout(s.timeout + grace),
		gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(s.tls()),
	}
	if c.HELO != "" {
		s.options = append(s.options, gomail.WithHELO(c.HELO))
	}
	if c.Username != "" || c.Password != "" {
		s.options = append(s.options, gomail.WithUsername(c.Username), gomail.WithPassword(c.Password),
			// PLAIN and LOGIN refuse by themselves to go over a connection in the clear.
			gomail.WithOpportunisticSMTPAuth(
				gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain,
				gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5,
			))
	}
	if _, err := gomail.NewClient(c.Host, s.options...); err != nil {
		return nil, fmt.Errorf("email: %w", err)
	}
	return s, nil
}

func (s *server) address() string { return net.JoinHostPort(s.config.Host, strconv.Itoa(s.port)) }

func (s *server) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Host, MinVersion: tls.VersionTLS12, RootCAs: s.config.RootCAs}
}

// send makes one attempt, over a kept connection if one still answers.
func (s *server) send(ctx context.Context, mail Mail) action.Outcome {
	msg, err := compose(mail)
	if err != nil {
		return action.RejectInput("mail", "cannot be written: "+err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	for {
		c, err := s.connect(ctx)
		if err != nil {
			return s.failure(ctx, "connecting", err)
		}
		err = c.send(ctx, msg, s.timeout+grace)
		s.keep(c, err)
		if msg.IsDelivered() {
			// What goes wrong after the server has taken the mail does not concern the mail.
			return action.Outcome{Verdict: action.Delivered, Status: 250, Sent: true}
		}
		refused, ok := errors.AsType[*gomail.SendError](err)
		if ok && refused.Reason == gomail.ErrConnCheck && c.reused && ctx.Err() == nil {
			continue // it had gone quiet since the last mail, and nothing was said on it
		}
		if ok && refused.ErrorCode() != 0 {
			return verdict(refused)
		}
		o := s.failure(ctx, "sending", err)
		o.Sent = true
		return o
	}
}

// verdict reads the server's answer to a mail. A 5xx is about the mail and final,
// unless it is about us: not logged in, or shut out for now.
func verdict(refused *gomail.SendError) action.Outcome {
	code := refused.ErrorCode()
	o := action.Outcome{
		Code: "SMTP_" + strconv.Itoa(code), Status: code, Sent: true,
		Detail: action.Bound("the mail server refused: " + refused.Error()),
	}
	switch code {
	case 530, 534, 535, 538: // RFC 4954, section 6
	default:
		if code >= 500 {
			o.Verdict = action.Rejected
		}
	}
	return o
}

// failure reads what went wrong before the server could judge the mail. All of it is
// retried, a refused login too: the operator can mend it while the mail waits.
func (s *server) failure(ctx context.Context, doing string, err error) action.Outcome {
	o := action.Outcome{Detail: action.Bound(doing + " to the mail server " + s.address() + ": " + err.Error())}
	answer, answered := errors.AsType[*textproto.Error](err)
	timeout, isNet := errors.AsType[net.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		o.Code, o.Detail = "CANCELED", "canceled before the mail server took the mail"
	case ctx.Err() != nil, isNet && timeout.Timeout():
		o.Code = "TIMEOUT"
		o.Detail = doing + " to the mail server " + s.address() + " took too long"
	case answered:
		o.Status = answer.Code
		o.Code = "SMTP_" + strconv.Itoa(answer.Code)
	case untrusted:
		o.Code = "TLS_FAILED"
	case doing == "connecting":
		o.Code = "CONNECT_FAILED"
	default:
		o.Code = "CONNECTION_LOST"
	}
	return o
}

func (s *server) connect(ctx context.Context) (*conversation, error) {
	select {
	case c := <-s.idle:
		c.reused = true
		return c, nil
	default:
	}
	c := &conversation{}
	var unwatch func() bool
	var err error
	c.client, err = gomail.NewClient(s.config.Host, append(slices.Clip(s.options),
		gomail.WithDialContextFunc(func(dialling context.Context, network, address string) (net.Conn, error) {
			conn, err := s.dial(dialling, network, address)
			if err != nil {
				return nil, err
			}
			c.conn = conn
			// The library heeds ctx until here; in the greeting and the login that follow,
			// only a closed connection makes it stop.
			unwatch = context.AfterFunc(ctx, func() { _ = conn.Close() })
			return s.secure(dialling, conn)
		}))...)
	if err != nil {
		return nil, err
	}
	c.smtp, err = c.client.DialToSMTPClientWithContext(ctx)
	if unwatch != nil && !unwatch() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (s *server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.config.DialContext != nil {
		return s.config.DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (s *server) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if s.config.TLS != Implicit {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls())
	return secure, secure.HandshakeContext(ctx)
}

// keep puts a conversation by for the next mail if the last one left it in order:
// taken, or refused in so many words other than a farewell.
func (s *server) keep(c *conversation, err error) {
	if refused, ok := errors.AsType[*gomail.SendError](err); err != nil &&
		(!ok || refused.ErrorCode() == 0 || refused.ErrorCode() == 421) {
		c.close()
		return
	}
	select {
	case s.idle <- c:
	default:
		c.close()
	}
}

func (s *server) closeIdle() {
	for {
		select {
		case c := <-s.idle:
			c.close()
		default:
			return
		}
	}
}

// send sends one mail and ends with ctx, at the cost of the connection.
func (c *conversation) send(ctx context.Context, msg *gomail.Msg, deadline time.Duration) error {
	if err := c.smtp.UpdateDeadline(deadline); err != nil {
		return err
	}
	unwatch := context.AfterFunc(ctx, c.close)
	defer unwatch()
	return c.client.SendWithSMTPClient(c.smtp, msg)
}

// close hangs up without a farewell, which could wait for an answer.
func (c *conversation) close() {
	if c.conn != nil {
		_ = c.conn.Close()
	}
}

func compose(mail Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(mail.From); err != nil {
		return nil, err
	}
	if err := msg.To(mail.To...); err != nil {
		return nil, err
	}
	if err := msg.Cc(mail.Cc...); err != nil {
		return nil, err
	}
	if mail.ReplyTo != "" {
		if err := msg.ReplyTo(mail.ReplyTo); err != nil {
			return nil, err
		}
	}
	msg.Subject(mail.Subject)
	msg.SetMessageIDWithValue(mail.MessageID)
	msg.SetDateWithValue(mail.At)
	// Keeps holiday notices from answering; RFC 3834, section 5.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	switch {
	case mail.Text == "":
		msg.SetBodyString(gomail.TypeTextHTML, mail.HTML)
	case mail.HTML == "":
		msg.SetBodyString(gomail.TypeTextPlain, mail.Text)
	default:
		msg.SetBodyString(gomail.TypeTextPlain, mail.Text)
		msg.AddAlternativeString(gomail.TypeTextHTML, mail.HTML)
	}
	return msg, nil
}
