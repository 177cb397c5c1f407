package outbound

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const maxRedirects = 5

// redirectError is a redirect that is not followed.
type redirectError struct {
	why string
}

func (e *redirectError) Error() string { return "the receiver redirects " + e.why }

// checkRedirect allows a redirect that stays on its host and keeps the request
// whole. The request may carry secrets in its headers and an event in its body:
// neither is for another host to see, nor is it a delivery if the body was dropped
// on the way, as HTTP clients do when they answer 301 or 302 to a POST with a GET.
// 303 says that the POST was carried out and where its result is, so it is followed.
func checkRedirect(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("more than %d times", maxRedirects)}
	case !sameHost(last.URL, req.URL):
		return &redirectError{"to another host, " + req.URL.Scheme + "://" + req.URL.Host}
	case req.Method != last.Method && req.Response.StatusCode != http.StatusSeeOther:
		return &redirectError{fmt.Sprintf("with %d, which would drop the body: give the final address", req.Response.StatusCode)}
	}
	return nil
}

// sameHost reports whether to is the server that from is. A step from http to https
// on their usual ports counts as the same; the way back, into the clear, does not.
func sameHost(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return port(from) == port(to)
	}
	return from.Scheme == "http" && to.Scheme == "https" && port(from) == "80" && port(to) == "443"
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	case u.Scheme == "http":
		return "80"
	}
	return ""
}
