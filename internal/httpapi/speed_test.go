package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/store/storetest"
)

const (
	benchedSite = "5117e000-0000-4000-8000-000000000001"
	benchedBody = `{"triggerKey":"bookings-booked","payload":{"customer":"Ada Lovelace","email":"ada@example.com","seats":2,` +
		`"lines":[{"quantity":1,"article":"Tea"},{"quantity":3,"article":"Cake"}],"note":"A window seat, please, if there is one."},` +
		`"externalEntityId":"e1717000-0000-4000-8000-000000000001","idempotency":{"key":"booking-4711","ttlInMilliseconds":"86400000"}}`
)

// reportedAt is an answer of a usual size.
func reportedAt(context.Context, *call, *api.ReportEventRequest) (*api.ReportEventResponse, error) {
	return &api.ReportEventResponse{
		ActivationIDs: []string{"0192f3c4-0b7d-7c39-9a51-2d8e7f603b14"}, EventID: "0192f3c4-0b7d-7c39-9a51-2d8e7f603b15",
	}, nil
}

// bare does the JSON of a report and nothing else.
func bare(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var in api.ReportEventRequest
	if err := json.Unmarshal(raw, &in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, _ := reportedAt(r.Context(), nil, &in)
	raw, err = json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(raw)
}

// benched returns a door whose report answers without the engine, with all that
// the door itself does: credential, site, checks, log line and figures.
func benched(b *testing.B) (h http.Handler, key string) {
	b.Helper()
	e, err := engine.New(b.Context(), engine.Options{Store: storetest.NewModel()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	key, _, err = e.Book().EnsureOperatorKey(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	h, err = New(Options{Engine: e, Logger: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	d := h.(*door)
	d.mux = http.NewServeMux()
	for i := range d.routes {
		rt := d.routes[i]
		if rt.id == "reportEvent" {
			rt.operation = does(reportedAt)
		}
		for _, pattern := range rt.patterns {
			d.mux.Handle(rt.method+" "+pattern, d.handler(&rt))
		}
	}
	return h, key
}

// BenchmarkReportAgainstBareHandler sends the same reports to the door and to a
// bare handler in turns, over real connections, and states the door's share of
// the bare handler's throughput.
func BenchmarkReportAgainstBareHandler(b *testing.B) {
	door, key := benched(b)
	request := fmt.Appendf(nil, "POST /automations/v1/events/report HTTP/1.1\r\nHost: belay\r\nAuthorization: %s\r\nwix-site-id: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", key, benchedSite, len(benchedBody), benchedBody)
	const conns, rounds = 16, 101
	servers := [2]*client{dial(b, door, conns, request), dial(b, http.HandlerFunc(bare), conns, request)}
	for _, s := range servers {
		s.send(b, 200) // warm
	}
	// Rounds are short and the middle one counts, as others use the machine too.
	share := make([]float64, rounds)
	b.ResetTimer()
	for round := range share {
		var took [2]time.Duration
		for i, s := range servers {
			began := time.Now()
			s.send(b, max(b.N/(rounds*conns), 1))
			took[i] = time.Since(began)
		}
		share[round] = took[1].Seconds() / took[0].Seconds()
	}
	slices.Sort(share)
	b.ReportMetric(100*share[rounds/2], "%_of_bare")
}

// client keeps connections to one server busy.
type client struct {
	request []byte
	conns   []net.Conn
	readers []*bufio.Reader
}

func dial(b *testing.B, h http.Handler, n int, request []byte) *client {
	b.Helper()
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	c := &client{request: request}
	for range n {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		c.conns, c.readers = append(c.conns, conn), append(c.readers, bufio.NewReader(conn))
	}
	return c
}

// send sends n requests on each connection and reads the answers.
func (c *client) send(b *testing.B, n int) {
	var all sync.WaitGroup
	for i, conn := range c.conns {
		all.Go(func() {
			for range n {
				if _, err := conn.Write(c.request); err != nil {
					b.Error(err)
					return
				}
				answer, err := http.ReadResponse(c.readers[i], nil)
				if err != nil {
					b.Error(err)
					return
				}
				text, err := io.ReadAll(answer.Body)
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Errorf("answer = %d %s, %v", answer.StatusCode, text, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkHandler measures both handlers without a network.
func BenchmarkHandler(b *testing.B) {
	door, key := benched(b)
	for name, h := range map[string]http.Handler{"door": door, "bare": http.HandlerFunc(bare)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				r := httptest.NewRequest("POST", "/automations/v1/events/report", bytes.NewReader([]byte(benchedBody)))
				r.Header["Authorization"] = []string{key}
				r.Header["Wix-Site-Id"] = []string{benchedSite}
				r.Header["Content-Type"] = contentJSON
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

func TestTheBareHandlerAnswersAsTheDoorDoes(t *testing.T) {
	w := httptest.NewRecorder()
	bare(w, httptest.NewRequestWithContext(t.Context(), "POST", "/", bytes.NewReader([]byte(benchedBody))))
	want := `{"activationIds":["0192f3c4-0b7d-7c39-9a51-2d8e7f603b14"],"eventId":"0192f3c4-0b7d-7c39-9a51-2d8e7f603b15","repeated":false}`
	if w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("bare = %d %s, want %s", w.Code, w.Body, want)
	}
}
