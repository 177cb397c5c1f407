package app

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/belay-events/belay/internal/action/email"
	"github.com/belay-events/belay/internal/httpapi"
)

// What a server is set up with where nothing is said.
const (
	DefaultListen = "127.0.0.1:7300"
	DefaultData   = "belay-data"
	DefaultDrain  = 10 * time.Second
)

// PeerOff as Config.PeerListen has a server commit whatever comes to it by itself.
const PeerOff = "off"

// Config is how a server is set up. Its zero value works.
type Config struct {
	// Listen is the address to answer at, DefaultListen if empty; port 0 takes a
	// free one.
	Listen string
	// Data is the store's folder, DefaultData if empty.
	Data string
	// Store is the address of a PostgreSQL database that many servers may share,
	// "postgres://…"; if set, Data is not used.
	Store string
	// Node is what people call this server among those that share a database; the
	// machine's name if empty.
	Node string
	// PeerListen is where the other servers that share the database hand over what is
	// of this one's share: an address, or PeerOff; a free port of the address from
	// which the database is reached, if empty. PeerAddress is where they find it, if
	// that is another.
	PeerListen, PeerAddress string
	// Machine is the same for servers that share a machine and the database: one of them
	// looks after what is due for all. What the system says, if empty.
	Machine string
	// ShareProcessors has the server divide this machine's processors with the other
	// servers on it that share the database, while they are all busy. It changes
	// runtime.GOMAXPROCS, so only one server of a process may.
	ShareProcessors bool
	// OperatorKey is a key that operators may use, made where it is not known
	// yet; with it, no first key is made.
	OperatorKey string
	// PublicURL is where people reach the server, such as https://belay.example.com:
	// links are made of it, and with https cookies are for HTTPS alone. What each
	// request says, if empty.
	PublicURL string
	// OIDC is by which identity provider people may sign in; none if nil.
	OIDC *httpapi.OIDC
	// SMTP is where mails go. With its zero value they are kept in each site's
	// outbox.
	SMTP email.Config
	// AllowedRanges are addresses that requests may go to although they are not
	// public.
	AllowedRanges []netip.Prefix
	// TrustedProxies are ranges whose X-Forwarded-For says where a call comes from.
	TrustedProxies []netip.Prefix

	LogFormat string     // "text" or "json"; text if empty
	LogLevel  slog.Level // Info by default
	LogWriter io.Writer  // os.Stderr if nil

	Horizon time.Duration // the engine's, as is Lease; its own defaults if 0
	Lease   time.Duration
	Drain   time.Duration // how long each part of a stop waits; DefaultDrain if 0
	// Retention is how long what happened is kept after it was over, on sites that
	// say nothing else; the engine's default if 0, for ever if less.
	Retention time.Duration

	// WebhookTimeout is how long a receiver of changes has to answer;
	// webhook.DefaultTimeout if 0.
	WebhookTimeout time.Duration

	Version string
}

func (c *Config) fill() {
	c.Listen = cmp.Or(c.Listen, DefaultListen)
	c.Data = cmp.Or(c.Data, DefaultData)
	if c.Node == "" {
		c.Node = nodeName()
	}
	c.LogFormat = cmp.Or(c.LogFormat, "text")
	c.Drain = cmp.Or(c.Drain, DefaultDrain)
	c.Version = cmp.Or(c.Version, "dev")
	if c.LogWriter == nil {
		c.LogWriter = os.Stderr
	}
}

func (c *Config) logger() (*slog.Logger, error) {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	switch c.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(c.LogWriter, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(c.LogWriter, o)), nil
	}
	return nil, fmt.Errorf("app: log format %q is neither text nor json", c.LogFormat)
}
