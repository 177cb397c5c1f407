package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
)

// addresses tell where calls come from.
type addresses struct {
	// proxies are whose word on it is taken.
	proxies []netip.Prefix
}

// of returns the address of the client of a request: that of the connection or,
// where it is a trusted proxy's, the last in X-Forwarded-For that is not. It is ""
// where the connection has none that can be read.
func (a addresses) of(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	at := from.Addr().Unmap()
	if !a.trusted(at) {
		return at.WithZone("").String()
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0 && a.trusted(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at.WithZone("").String()
}

func (a addresses) trusted(at netip.Addr) bool {
	for _, p := range a.proxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}
