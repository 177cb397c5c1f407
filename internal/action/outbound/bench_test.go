package outbound_test

import (
	"net/netip"
	"testing"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/outbound"
	"github.com/belay-events/belay/internal/belaytest"
)

// BenchmarkSignedRequests sends from many goroutines to one host on loopback.
func BenchmarkSignedRequests(b *testing.B) {
	r := belaytest.NewReceiver(b)
	client := outbound.New(outbound.Config{AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.CloseIdle()
	secrets := []string{outbound.FormatSecret(make([]byte, 32))}
	body := make([]byte, 1<<10)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, got := client.Do(b.Context(), outbound.Request{URL: r.URL, Body: body, MessageID: "m", Secrets: secrets, Now: now})
			if got.Verdict != action.Delivered {
				b.Errorf("outcome = %+v", got)
				return
			}
		}
	})
	b.StopTimer()
	connections := map[string]bool{}
	for _, request := range r.Requests() {
		connections[request.Remote] = true
	}
	b.ReportMetric(float64(len(connections)), "connections")
}
