package console

import (
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy of the page. Scripts are files of ours and
// nothing else. Style elements, which the component library and the editor make, are
// told by the nonce; style attributes may stand, as mails that are shown have them.
// Images may come from https addresses, as a platform's logo does.
func policy(nonce string, framers []string) string {
	ancestors := "'none'"
	if len(framers) > 0 {
		ancestors = strings.Join(framers, " ")
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"style-src-attr 'unsafe-inline'",
		"img-src 'self' data: https:",
		"font-src 'self'",
		"connect-src 'self'",
		"frame-src 'self' blob:",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors " + ancestors,
	}, "; ")
}

// secure sets what holds for every answer of the console.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// framers are the origins that may frame the page of a request.
func (c *Console) framers(r *http.Request) []string {
	if c.ancestors == nil {
		return nil
	}
	return c.ancestors(r)
}
