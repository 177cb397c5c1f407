package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/heap"
	"github.com/belay-events/belay/internal/store"
)

type serveVerb struct {
	Listen      string   `env:"BELAY_LISTEN" default:"127.0.0.1:7300" help:"Address to answer at; port 0 takes a free one."`
	Data        string   `env:"BELAY_DATA" default:"belay-data" type:"path" help:"Folder of the store, made where there is none."`
	Store       string   `env:"BELAY_STORE" placeholder:"URL" help:"A PostgreSQL database that many servers may share, such as postgres://belay@db/belay; then --data is not used."`
	Node        string   `env:"BELAY_NODE" help:"What people call this server among those that share a database; the machine's name otherwise."`
	PeerListen  string   `env:"BELAY_PEER_LISTEN" placeholder:"ADDRESS" help:"Where servers that share a database hand each other what is of their shares; off for not at all. A free port of the address from which the database is reached otherwise."`
	PeerAddress string   `env:"BELAY_PEER_ADDRESS" placeholder:"ADDRESS" help:"Where the other servers find --peer-listen, if that is another address."`
	Machine     string   `env:"BELAY_MACHINE" placeholder:"NAME" help:"The same for servers that share a machine: the eldest of them looks after what is due for all. What the system says otherwise, and each for itself that may not use all processors."`
	OperatorKey string   `env:"BELAY_OPERATOR_KEY" help:"A key that operators may use. Without one, the first start makes a key and prints it once."`
	Allow       []string `env:"BELAY_ALLOW" placeholder:"RANGE" help:"Addresses that requests may go to although they are not public, such as 10.0.0.0/8."`
	Proxies     []string `name:"trusted-proxies" env:"BELAY_TRUSTED_PROXIES" placeholder:"RANGE" help:"Addresses of proxies in front, whose X-Forwarded-For says where a call comes from."`

	PublicURL string `name:"public-url" env:"BELAY_PUBLIC_URL" placeholder:"URL" help:"Where people reach the server, such as https://belay.example.com; with https, cookies are for HTTPS alone."`

	LogFormat string     `env:"BELAY_LOG_FORMAT" enum:"text,json" default:"text" help:"${enum}."`
	LogLevel  slog.Level `env:"BELAY_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`

	Horizon time.Duration `env:"BELAY_HORIZON" default:"10s" help:"How far ahead due work is held in memory."`
	Lease   time.Duration `env:"BELAY_LEASE" default:"1m" help:"How long an attempt may be out before it counts as lost; at least a quarter more than the longest attempt may take, --smtp-timeout among them."`
	Drain   time.Duration `env:"BELAY_DRAIN" default:"10s" help:"How long a stop waits for what is under way."`

	WebhookTimeout time.Duration `env:"BELAY_WEBHOOK_TIMEOUT" default:"1250ms" help:"How long a receiver of changes has to answer."`

	RetentionDays int `env:"BELAY_RETENTION_DAYS" default:"90" help:"How many days what happened is kept after it was over, on sites that say nothing else; 0 keeps it for ever."`

	OIDC oidcFlags `embed:"" prefix:"oidc-" group:"OIDC (without an issuer, people sign in by password)"`

	SMTP smtpFlags `embed:"" prefix:"smtp-" group:"SMTP (without a host, mails are kept in each site's outbox)"`
}

type smtpFlags struct {
	Host     string        `env:"BELAY_SMTP_HOST" help:"SMTP server."`
	Port     int           `env:"BELAY_SMTP_PORT" help:"Its port; 465 with implicit TLS, 587 otherwise."`
	Username string        `env:"BELAY_SMTP_USERNAME" help:"Who logs in."`
	Password string        `env:"BELAY_SMTP_PASSWORD" help:"Better given by BELAY_SMTP_PASSWORD than here, where others see it."`
	TLS      string        `env:"BELAY_SMTP_TLS" enum:"starttls,opportunistic,implicit,none" default:"starttls" help:"${enum}."`
	From     string        `env:"BELAY_SMTP_FROM" help:"Sender of every mail, such as \"Salon <bookings@example.com>\"."`
	HELO     string        `name:"helo" env:"BELAY_SMTP_HELO" help:"Name to introduce ourselves by; the machine's otherwise."`
	Timeout  time.Duration `env:"BELAY_SMTP_TIMEOUT" default:"30s" help:"Bound on one mail."`
}

func (f *smtpFlags) config() email.Config {
	return email.Config{
		Host: f.Host, Port: f.Port, Username: f.Username, Password: f.Password,
		TLS: email.TLS(f.TLS), From: f.From, HELO: f.HELO, Timeout: f.Timeout,
	}
}

// spare is how much the server allocates from one collection of garbage to the next, at
// the least, in bytes.
const spare = 64 << 20

// Run serves until the process is told to end.
func (v *serveVerb) Run(p *process) error {
	allowed, err := ranges("--allow", v.Allow)
	if err != nil {
		return err
	}
	proxies, err := ranges("--trusted-proxies", v.Proxies)
	if err != nil {
		return err
	}
	provider, err := v.OIDC.config()
	if err != nil {
		return err
	}
	public, err := publicURL(v.PublicURL)
	if err != nil {
		return err
	}
	defer heap.Spare(spare)()
	a, err := app.Open(p.ctx, app.Config{
		PublicURL: public, OIDC: provider,
		Listen: v.Listen, Data: v.Data, Store: v.Store, Node: v.Node, PeerListen: v.PeerListen, PeerAddress: v.PeerAddress, Machine: v.Machine, ShareProcessors: true, OperatorKey: v.OperatorKey, SMTP: v.SMTP.config(), AllowedRanges: allowed, TrustedProxies: proxies,
		LogFormat: v.LogFormat, LogLevel: v.LogLevel, LogWriter: p.err,
		Horizon: v.Horizon, Lease: v.Lease, Drain: v.Drain, Retention: v.retention(), WebhookTimeout: v.WebhookTimeout, Version: version(),
	})
	if err != nil {
		return explain(err, v.where())
	}
	if key := a.FirstKey(); key != "" {
		fmt.Fprintf(p.out, "This is the operator's key. It is shown this once; keep it:\n\n  export BELAY_URL=%s BELAY_KEY=%s\n\n", a.URL(), key)
	}
	fmt.Fprintf(p.out, "Belay answers at %s and keeps its data in %s\n", a.URL(), v.where())
	if link := a.Welcome(); link != "" {
		fmt.Fprintf(p.out, "\nNobody can sign in yet. Open this link to become the first operator; it is good for one use:\n\n  %s\n\n", link)
	}
	return a.Run(p.ctx)
}

func (v *serveVerb) where() string {
	if v.Store != "" {
		return redacted(v.Store)
	}
	return v.Data
}

func ranges(flag string, texts []string) ([]netip.Prefix, error) {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		var err error
		if list[i], err = netip.ParsePrefix(text); err != nil {
			return nil, usageError{fmt.Errorf("%s %s: must be a range such as 10.0.0.0/8", flag, text)}
		}
	}
	return list, nil
}

func (v *serveVerb) retention() time.Duration {
	if v.RetentionDays <= 0 {
		return -1
	}
	return time.Duration(v.RetentionDays) * 24 * time.Hour
}

// explain says what a person can do about a store that does not open.
func explain(err error, data string) error {
	if o, ok := errors.AsType[*net.OpError](err); ok && o.Op == "listen" {
		return fmt.Errorf("--listen: %w", o)
	}
	if short, ok := errors.AsType[*engine.LeaseError](err); ok {
		return fmt.Errorf("--lease: %w", short)
	}
	if moved, ok := errors.AsType[*store.MovedError](err); ok {
		return fmt.Errorf("what %s holds was moved to %s on %s; serve it from there with --store. "+
			"To serve the folder all the same, as it was then, delete the file MOVE in it",
			data, moved.To, at(api.Time{Time: moved.At.Time()}))
	}
	if moving, ok := errors.AsType[*store.MovingError](err); ok {
		return fmt.Errorf("a move from %s to %s was begun and has not ended; end it with belay move", moving.From, data)
	}
	switch {
	case errors.Is(err, store.ErrInUse):
		return fmt.Errorf("another process is using %s; stop it, or name another folder with --data", data)
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("%s was written by a newer Belay than this one (%s); nothing was changed in it", data, version())
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("there is no room left on the disk that holds %s; make room, or name another folder with --data", data)
	}
	return err
}
