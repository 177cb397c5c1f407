package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/belay-events/belay/internal/action"
)

// Judge returns what a status means for an attempt. 2xx is a delivery. 408, 425,
// 429 and 5xx ask for another try. Everything else is a rejection: the same request
// would be refused again, and 410 says in so many words that the receiver is gone.
//
// Source: Standard Webhooks, "Deliverability and reliability"; RFC 9110, section 15.
func Judge(status int) action.Verdict {
	switch {
	case status >= 200 && status <= 299:
		return action.Delivered
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= 500:
		return action.Retry
	}
	return action.Rejected
}

func judge(status int, retryAfter string, now time.Time) action.Outcome {
	o := action.Outcome{Status: status, Verdict: Judge(status)}
	if o.Verdict == action.Delivered {
		return o
	}
	o.Code = "HTTP_" + strconv.Itoa(status)
	o.Detail = strings.TrimSpace(fmt.Sprintf("the receiver answered %d %s", status, http.StatusText(status)))
	switch {
	case status == http.StatusGone:
		o.Detail += ": it asks to be sent nothing more"
	case o.Verdict == action.Retry:
		o.After = RetryAfter(retryAfter, now)
	}
	return o
}

// RetryAfter returns the wait that the value of a Retry-After header asks for, a
// number of seconds or an HTTP date, between 0 and action.MaxAfter. It is 0 for a
// date that has passed at now and for a value of any other form.
//
// Source: RFC 9110, section 10.2.3.
func RetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(action.MaxAfter/time.Second) {
			return action.MaxAfter // of digits alone, it can only be too long
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), action.MaxAfter)
}

// failure returns the outcome of a request that got no answer. Its detail is made
// of the cause alone: the error of net/http repeats the URL, which may hold secrets.
func (c *Client) failure(ctx context.Context, host string, err error, sent bool) action.Outcome {
	o := action.Outcome{Sent: sent}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if redirect, ok := errors.AsType[*redirectError](err); ok {
		o.Verdict, o.Code, o.Detail = action.Rejected, "REDIRECT_REFUSED", action.Bound(redirect.Error())
		return o
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrInvalidHostPort) {
		o.Verdict, o.Code, o.Detail = action.Rejected, refusedAddress, action.Bound(refusedDetail(host))
		return o
	}
	o.Code, o.Detail = c.cause(ctx, host, err, sent)
	o.Detail = action.Bound(o.Detail)
	return o
}

func (c *Client) cause(ctx context.Context, host string, err error, sent bool) (code, detail string) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "CANCELED", "canceled before an answer came"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		if sent {
			return "TIMEOUT", "no answer from " + host + " in time"
		}
		return "TIMEOUT", "no connection to " + host + " in time"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "DNS_FAILED", "the name " + host + " could not be resolved"
	}
	if tlsFailure(err) {
		return "TLS_FAILED", "no secure connection to " + host + ": " + err.Error()
	}
	if !sent {
		return "CONNECT_FAILED", "no connection to " + host + ": " + err.Error()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return "CONNECTION_LOST", host + " closed the connection without an answer"
	}
	return "BAD_ANSWER", "no usable answer from " + host + ": " + err.Error()
}

func tlsFailure(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	_, ok := errors.AsType[tls.AlertError](err)
	return ok
}
