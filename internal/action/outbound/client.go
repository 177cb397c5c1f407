// Package outbound is the one way from Belay to somebody else's HTTP server. Every
// request goes through Client: it is signed, it reaches public addresses only
// unless the operator allows more, it is bounded in time and size, and its answer
// is read as a verdict. Begin with Client.Do; guard.go says who may be dialled,
// redirect.go what is followed, verdict.go what an answer means.
package outbound

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/action"
)

// Config says how far a Client may go. The zero value is safe and works.
type Config struct {
	// AllowedRanges are addresses that may be reached although they are not public:
	// loopback, private, link-local, those of cloud metadata. Empty by default.
	AllowedRanges []netip.Prefix
	// ConnectTimeout bounds the connection and, once more, its TLS handshake; 5 s if 0.
	ConnectTimeout time.Duration
	// Timeout bounds the whole of one Do, redirects and answer included; 15 s if 0.
	Timeout time.Duration
	// BodyLimit is how many bytes of an answer's body are read; 64 KiB if 0.
	BodyLimit int64
	// Keep is how many bytes of each body an outcome's Exchange holds; 1 KiB if 0. If
	// less, no exchange is kept.
	Keep int
	// Version stands in the User-Agent: Belay/Version.
	Version string
	// RootCAs are the authorities that servers' certificates are checked against;
	// the system's if nil.
	RootCAs *x509.CertPool
	// Resolver answers for names; the system's if nil.
	Resolver *net.Resolver
	// DialContext takes the place of the dialer and of its guard: with it, no address
	// is refused. It is for tests that stand in for the network.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

const (
	defaultConnectTimeout = 5 * time.Second
	defaultTimeout        = 15 * time.Second
	defaultBodyLimit      = 64 << 10

	maxHeaderBytes = 32 << 10
	maxURL         = 4096
	// A site's host is limited by the engine; these only keep connections warm, so
	// that a busy host does not cost a handshake for each attempt.
	maxIdle        = 1024
	maxIdlePerHost = 128
	idleTimeout    = 90 * time.Second
	pingAfter      = 20 * time.Second // an HTTP/2 connection that has gone silent
)

// Client sends requests. It is safe for use by many goroutines and keeps
// connections open between them.
type Client struct {
	http      *http.Client
	guard     *guard // nil when the caller dials
	timeout   time.Duration
	bodyLimit int64
	keep      int
	userAgent string
}

// New returns a client that keeps to c.
func New(c Config) *Client {
	connect := cmp.Or(c.ConnectTimeout, defaultConnectTimeout)
	client := &Client{
		timeout:   cmp.Or(c.Timeout, defaultTimeout),
		bodyLimit: cmp.Or(c.BodyLimit, defaultBodyLimit),
		keep:      cmp.Or(c.Keep, defaultKeep),
		userAgent: "Belay/" + cmp.Or(c.Version, "dev"),
	}
	dial := c.DialContext
	if dial == nil {
		client.guard = newGuard(c.AllowedRanges)
		dial = (&net.Dialer{Resolver: c.Resolver, Control: client.guard.control}).DialContext
	}
	client.http = &http.Client{
		CheckRedirect: checkRedirect,
		Transport: &http.Transport{
			// No Proxy: one named by the environment would dial for us, past the guard.
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				ctx, cancel := context.WithTimeout(ctx, connect)
				defer cancel()
				return dial(ctx, network, address)
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.RootCAs},
			TLSHandshakeTimeout:    connect,
			DisableCompression:     true, // BodyLimit then bounds what is read and what it becomes
			MaxIdleConns:           maxIdle,
			MaxIdleConnsPerHost:    maxIdlePerHost,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			ForceAttemptHTTP2:      true,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: connect},
		},
	}
	return client
}

// CloseIdle closes the connections that no request is using.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Request is one request to be sent.
type Request struct {
	// Method is POST if empty.
	Method string
	// URL is absolute, http or https, of at most 4096 bytes.
	URL string
	// Header is sent as it is, save for what Client sets: the webhook headers, and
	// the User-Agent and Idempotency-Key where it has none. Client does not keep it.
	Header http.Header
	Body   []byte
	// MessageID is the same over all attempts of one action. It goes out as
	// webhook-id and Idempotency-Key; neither is sent if it is empty.
	MessageID string
	// Secrets sign the request, each adding a signature, so that a receiver may hold
	// the old secret or the new one. They have the form whsec_ and base64. Without
	// any, or without a MessageID, the request goes unsigned.
	Secrets []string
	// Now is the time of the attempt, the webhook-timestamp.
	Now time.Time
	// Shown is what the outcome's Exchange holds in the place of a Body that is a
	// secret, or no text; nil for the Body itself.
	Shown []byte
	// Private says that the URL is a secret: of it, the Exchange holds the host alone.
	Private bool
}

// Response is what the receiver answered.
type Response struct {
	Status int
	Header http.Header
	// Body holds the first bytes of the body, at most Config.BodyLimit of them.
	Body []byte
	// Truncated says that the body was longer or broke off.
	Truncated bool
}

// Do sends the request once and returns the answer with its verdict. The outcome
// has no Output; its other fields are complete. The Response is zero where the
// outcome's Status is.
//
// The status alone decides the verdict: a body that breaks off, or is larger than
// is read, marks the response as truncated and does not ask for a repeat of what
// the receiver has already answered. A connection that fails or stays silent is to
// be retried; an address, a URL or a redirect that is not allowed is rejected.
func (c *Client) Do(ctx context.Context, r Request) (Response, action.Outcome) {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	req, refused := c.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// From here on bytes may leave; before, only a handshake can have.
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	}), r)
	if refused != nil {
		return Response{}, *refused
	}
	resp, err := c.http.Do(req)
	if err != nil {
		outcome := c.failure(ctx, req.URL.Hostname(), err, sent.Load())
		outcome.Latency = time.Since(begin)
		outcome.Exchange = c.exchange(req, &r, &Response{})
		return Response{}, outcome
	}
	defer func() { _ = resp.Body.Close() }() // unread, so the connection is cut and nothing more is read
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.bodyLimit+1))
	answer := Response{Status: resp.StatusCode, Header: resp.Header, Body: body, Truncated: err != nil}
	if int64(len(body)) > c.bodyLimit {
		answer.Body, answer.Truncated = body[:c.bodyLimit], true
	}
	latency := time.Since(begin)
	outcome := judge(resp.StatusCode, resp.Header.Get("Retry-After"), r.Now.Add(latency))
	outcome.Latency = latency
	outcome.Sent = true
	outcome.Exchange = c.exchange(req, &r, &answer)
	return answer, outcome
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, *action.Outcome) {
	u, problem := parse(r.URL)
	if problem != "" {
		return nil, refuse("INVALID_URL", problem)
	}
	if c.guard != nil {
		if addr, err := netip.ParseAddr(u.Hostname()); err == nil && !c.guard.allows(addr) {
			return nil, refuse(refusedAddress, refusedDetail(u.Hostname()))
		}
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(r.Method, http.MethodPost), u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, refuse("INVALID_REQUEST", "the method is not one that HTTP knows")
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	if r.MessageID == "" {
		return req, nil
	}
	req.Header.Set("Webhook-Id", r.MessageID)
	req.Header.Set("Webhook-Timestamp", strconv.FormatInt(r.Now.Unix(), 10))
	if req.Header.Get("Idempotency-Key") == "" {
		req.Header.Set("Idempotency-Key", r.MessageID)
	}
	if len(r.Secrets) == 0 {
		req.Header.Del("Webhook-Signature")
		return req, nil
	}
	signature, err := sign(r.Secrets, r.MessageID, r.Now, r.Body)
	if err != nil {
		return nil, refuse("INVALID_SECRET", "the signing secret "+err.Error())
	}
	req.Header.Set("Webhook-Signature", signature)
	return req, nil
}

func refuse(code, detail string) *action.Outcome {
	o := action.Reject(code, detail)
	return &o
}

// parse returns the URL, or what is wrong with it.
func parse(raw string) (*url.URL, string) {
	if len(raw) > maxURL {
		return nil, fmt.Sprintf("the URL is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, "the URL cannot be read" // err would repeat it, password and all
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, "the URL must begin with https:// or http://"
	}
	if u.Hostname() == "" {
		return nil, "the URL names no host"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, "the URL's port must be from 1 to 65535"
		}
	}
	return u, ""
}

// Destination returns the host of an absolute URL in lower case, with its port
// where it names one, and "" for what Do would refuse as a URL. It is what limits
// per host count by.
func Destination(rawURL string) string {
	u, problem := parse(rawURL)
	if problem != "" {
		return ""
	}
	return strings.ToLower(u.Host)
}
