package outbound

import (
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard refuses connections to addresses that are not public. It sits in the
// dialer, after names have become addresses and for each connection anew, so that
// neither a redirect nor a name that changes its mind gets round it.
type guard struct {
	rules *ssrf.Guardian
}

func newGuard(allowed []netip.Prefix) *guard {
	var v4, v6 []netip.Prefix
	for _, prefix := range allowed {
		if prefix.Addr().Is4() {
			v4 = append(v4, prefix.Masked())
		} else {
			v6 = append(v6, prefix.Masked())
		}
	}
	return &guard{rules: ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithAllowedV4Prefixes(v4...),
		ssrf.WithAllowedV6Prefixes(v6...),
	)}
}

func (g *guard) control(network, address string, conn syscall.RawConn) error {
	return g.rules.Safe(network, address, conn)
}

// allows reports whether addr may be dialled. An IPv4 address that is dressed as
// IPv6 counts as what it is, as it does for the dialer.
func (g *guard) allows(addr netip.Addr) bool {
	return g.rules.SafeAddr(addr.Unmap().WithZone("")) == nil
}

const refusedAddress = "REFUSED_ADDRESS"

// refusedDetail does not say which address it was: what a name means inside the
// operator's network is not for a site's owner to learn.
func refusedDetail(host string) string {
	return host + " is not a public address, and the operator has not allowed it"
}
