package outbound

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/belay-events/belay/internal/belay"
)

// The bounds of what is kept of an exchange. With bodies of 1 KiB, one takes some
// 1.5 KiB as a rule, and never more than 12 KiB.
const (
	defaultKeep     = 1 << 10
	keptURL         = 1 << 10
	keptHeaders     = 24
	keptHeaderName  = 100
	keptHeaderValue = 200
)

// shown are the headers whose values are kept. Whatever else a header says may be a
// secret, a signature among them: what it says would be good for anybody who reads.
func shown(name string) bool {
	switch name {
	case "Accept", "Content-Type", "Content-Length", "Content-Encoding", "User-Agent", "Idempotency-Key",
		"Webhook-Id", "Webhook-Timestamp", "Date", "Retry-After", "Server", "Via", "X-Request-Id", "Traceparent",
		"Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "Allow", "Cache-Control":
		return true
	}
	return false
}

// exchange returns what is kept of a request and of its answer, which is zero where
// there was none; nil where nothing is kept.
func (c *Client) exchange(req *http.Request, r *Request, answer *Response) *belay.Exchange {
	if c.keep <= 0 {
		return nil
	}
	body := r.Body
	if r.Shown != nil {
		body = r.Shown
	}
	kept := &belay.Exchange{
		Method: req.Method, URL: keptAddress(req.URL, r.Private),
		Request: belay.Message{Headers: keptOf(req.Header), Body: c.first(body), Bytes: len(r.Body)},
	}
	if answer.Status != 0 {
		kept.Response = belay.Message{Headers: keptOf(answer.Header), Body: c.first(answer.Body), Bytes: len(answer.Body)}
	}
	return kept
}

// first returns a copy of the beginning of a body, so that the rest is let go of.
func (c *Client) first(body []byte) []byte {
	return slices.Clone(body[:min(len(body), c.keep)])
}

func keptOf(header http.Header) []belay.Header {
	list := make([]belay.Header, 0, len(header))
	for name, values := range header {
		h := belay.Header{Name: cut(name, keptHeaderName), Hidden: !shown(name)}
		if !h.Hidden {
			h.Value = cut(strings.Join(values, ", "), keptHeaderValue)
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b belay.Header) int { return cmp.Compare(a.Name, b.Name) })
	return list[:min(len(list), keptHeaders)]
}

// keptAddress writes a URL without what may be a secret in it: user and password,
// the values of its query, and all but the host where the whole is private.
func keptAddress(u *url.URL, private bool) string {
	if private {
		return u.Scheme + "://" + u.Host + "/…"
	}
	text := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
	if u.RawQuery != "" {
		names := make([]string, 0, 8)
		for part := range strings.SplitSeq(u.RawQuery, "&") {
			name, _, _ := strings.Cut(part, "=")
			names = append(names, name+"=…")
		}
		text += "?" + strings.Join(names, "&")
	}
	return cut(text, keptURL)
}

// cut returns at most n bytes of a text, as valid UTF-8.
func cut(text string, n int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n-len("…")], "") + "…"
}
