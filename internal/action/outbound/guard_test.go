package outbound_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belaytest"
)

func TestAddressesThatAreNotPublicAreRefused(t *testing.T) {
	client := outbound.New(outbound.Config{})
	for name, host := range map[string]string{
		"loopback":            "127.0.0.1",
		"loopback by name":    "localhost",
		"other loopback":      "127.9.9.9",
		"unspecified":         "0.0.0.0",
		"metadata":            "169.254.169.254",
		"private 10":          "10.0.0.1",
		"private 172":         "172.16.0.1",
		"private 192":         "192.168.1.1",
		"carrier":             "100.64.0.1",
		"multicast":           "224.0.0.1",
		"broadcast":           "255.255.255.255",
		"IPv6 loopback":       "[::1]",
		"IPv6 unspecified":    "[::]",
		"IPv6 unique local":   "[fd12:3456:789a::1]",
		"IPv6 metadata":       "[fd00:ec2::254]",
		"IPv6 link-local":     "[fe80::1]",
		"IPv6 mapped":         "[::ffff:127.0.0.1]",
		"IPv6 mapped private": "[::ffff:a00:1]",
		"IPv6 NAT64":          "[64:ff9b::7f00:1]",
		"IPv6 6to4":           "[2002:7f00:1::]",
		"IPv6 Teredo":         "[2001:0:7f00:1::]",
	} {
		t.Run(name, func(t *testing.T) {
			_, got := client.Do(t.Context(), outbound.Request{URL: "http://" + host + ":8080/", Now: now})
			if got.Verdict != action.Rejected || got.Code != "REFUSED_ADDRESS" || got.Sent {
				t.Errorf("outcome = %+v", got)
			}
		})
	}
}

func TestTheOperatorAllowsARangeAndNoMore(t *testing.T) {
	r := belaytest.NewReceiver(t)
	client := outbound.New(outbound.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	defer client.CloseIdle()
	if _, got := client.Do(t.Context(), outbound.Request{URL: r.URL, Now: now}); got.Verdict != action.Delivered {
		t.Errorf("allowed: %+v", got)
	}
	mapped := strings.Replace(r.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1)
	if _, got := client.Do(t.Context(), outbound.Request{URL: mapped, Now: now}); got.Verdict != action.Delivered {
		t.Errorf("allowed, in another dress: %+v", got)
	}
	other := strings.Replace(r.URL, "127.0.0.1", "127.0.0.2", 1)
	if _, got := client.Do(t.Context(), outbound.Request{URL: other, Now: now}); got.Code != "REFUSED_ADDRESS" {
		t.Errorf("not allowed: %+v", got)
	}
}

func TestANameIsJudgedByItsAddress(t *testing.T) {
	client := outbound.New(outbound.Config{Resolver: answering("10.1.2.3")})
	_, got := client.Do(t.Context(), outbound.Request{URL: "http://innocent.example/", Now: now})
	if got.Code != "REFUSED_ADDRESS" || got.Sent {
		t.Errorf("outcome = %+v", got)
	}
	if strings.Contains(got.Detail, "10.1.2.3") || !strings.Contains(got.Detail, "innocent.example") {
		t.Errorf("detail = %q, which should name the host and not its address", got.Detail)
	}
}

func TestANameThatChangesItsMindIsJudgedAgain(t *testing.T) {
	r := belaytest.NewReceiver(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.URL, "http://"))
	r.Answer(belaytest.HangUpMidway(200), belaytest.Status(200)) // so that each request dials anew
	client := outbound.New(outbound.Config{
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolver:      answering("127.0.0.1", "127.0.0.2"),
	})
	request := outbound.Request{URL: "http://rebinding.example:" + port, Now: now}
	if _, got := client.Do(t.Context(), request); got.Verdict != action.Delivered {
		t.Errorf("first: %+v", got)
	}
	if _, got := client.Do(t.Context(), request); got.Code != "REFUSED_ADDRESS" {
		t.Errorf("second: %+v", got)
	}
}

func TestAnUnknownNameIsRetried(t *testing.T) {
	client := outbound.New(outbound.Config{Resolver: answering("")})
	_, got := client.Do(t.Context(), outbound.Request{URL: "http://unknown.example/", Now: now})
	if got.Verdict != action.Retry || got.Code != "DNS_FAILED" || got.Sent {
		t.Errorf("outcome = %+v", got)
	}
}

// answering returns a resolver that answers every question for an IPv4 address with
// the next of the addresses, the last one staying; "" is no such name. Questions for
// IPv6 addresses get an empty answer.
func answering(addresses ...string) *net.Resolver {
	var mu sync.Mutex
	next := func() string {
		mu.Lock()
		defer mu.Unlock()
		a := addresses[0]
		if len(addresses) > 1 {
			addresses = addresses[1:]
		}
		return a
	}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			answerDNS(there, next)
		}()
		return here, nil
	}}
}

// answerDNS speaks DNS over a stream (RFC 1035, sections 4.1 and 4.2.2): messages
// with a length of two bytes before them.
func answerDNS(conn io.ReadWriter, next func() string) {
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		end := 12
		for query[end] != 0 {
			end += int(query[end]) + 1
		}
		end += 5 // the root label, type and class
		kind := binary.BigEndian.Uint16(query[end-4:])

		flags, answers, record := uint16(0x8180), uint16(0), []byte(nil)
		if kind == 1 {
			if address := next(); address == "" {
				flags |= 3 // no such name
			} else {
				ip := netip.MustParseAddr(address).As4()
				record = append([]byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4}, ip[:]...)
				answers = 1
			}
		}
		reply := append([]byte(nil), query[:2]...)
		for _, field := range []uint16{flags, 1, answers, 0, 0} {
			reply = binary.BigEndian.AppendUint16(reply, field)
		}
		reply = append(append(reply, query[12:end]...), record...)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}
