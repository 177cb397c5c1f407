package httpapi

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestTheClientIsWhoATrustedProxyNames(t *testing.T) {
	behind := addresses{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for name, tt := range map[string]struct {
		to        addresses
		remote    string
		forwarded []string
		want      string
	}{
		"a connection of its own":                      {addresses{}, "192.0.2.7:4711", nil, "192.0.2.7"},
		"a header of nobody that is trusted":           {addresses{}, "192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7"},
		"a header past the proxy":                      {behind, "192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7"},
		"behind a proxy":                               {behind, "10.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		"behind two proxies":                           {behind, "10.0.0.1:80", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"an address made up by the client":             {behind, "10.0.0.1:80", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		"a proxy that says nothing":                    {behind, "10.0.0.1:80", nil, "10.0.0.1"},
		"a proxy that says nonsense":                   {behind, "10.0.0.1:80", []string{"unknown"}, "10.0.0.1"},
		"IPv6 and a zone":                              {addresses{}, "[fe80::1%eth0]:80", nil, "fe80::1"},
		"IPv4 that is written as IPv6":                 {behind, "[::ffff:10.0.0.1]:80", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"a connection that is no address, as in pipes": {behind, "pipe", []string{"198.51.100.1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: tt.remote, Header: http.Header{"X-Forwarded-For": tt.forwarded}}
			if got := tt.to.of(r); got != tt.want {
				t.Errorf("of(%s, %q) = %q; want %q", tt.remote, tt.forwarded, got, tt.want)
			}
		})
	}
}
