package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// reports measures reports one by one and in calls of a hundred, each event
// checked against its schema and matching one automation that waits for 30 days.
func (b *bench) reports(ctx context.Context) (err error) {
	h, err := b.newHouse(ctx, "reports")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	b.say("single reports and calls of %d, %d connections", perCall, b.c.Connections)
	single := reporting{
		path: "/v1/events/report", ok: `"repeated":false`,
		body: fmt.Sprintf(`{"triggerKey":%q,"externalEntityId":"<entity>","payload":%s}`, booked, payloadText),
	}
	info := fmt.Sprintf(`{"externalEntityId":"<entity>","payload":%s}`, payloadText)
	bulk := reporting{
		path: "/v1/events/bulk-report", ok: fmt.Sprintf(`"totalSuccesses":%d`, perCall),
		body: fmt.Sprintf(`{"triggerKey":%q,"eventsInfo":[%s%s]}`, booked, info, strings.Repeat(","+info, perCall-1)),
	}
	var singles, bulks [2][]timing // of the floor and of the house
	for range b.c.Rounds {
		for _, r := range []struct {
			what  reporting
			taken *[2][]timing
		}{{single, &singles}, {bulk, &bulks}} {
			least, err := b.onFloor(ctx, b.c.Connections, func(n int) func() []byte { return r.what.requests(h, n) })
			if err != nil {
				return err
			}
			ours, err := drive(ctx, load{
				address: h.address(), connections: b.c.Connections, warm: b.c.Slice / 10, slice: b.c.Slice,
				requests: func(n int) func() []byte { return r.what.requests(h, n) }, check: r.what.check,
			})
			if err != nil {
				return err
			}
			r.taken[0], r.taken[1] = append(r.taken[0], least), append(r.taken[1], ours)
		}
	}
	least, ours := rates(singles[0]), rates(singles[1])
	b.add(Row{Phase: "single", Figure: fmt.Sprintf("reports, %d connections", b.c.Connections), Value: ours, Unit: "/s"}.
		over(least).ratioAtLeast(0.35))
	b.add(latencyRows("single", "report", b.c.Connections, singles)...)
	events := perCall * rates(bulks[1])
	b.add(Row{Phase: "bulk", Figure: fmt.Sprintf("events in calls of %d", perCall), Value: events, Unit: "/s"}.
		over(perCall*rates(bulks[0])).beside("single", ours).ratioAtLeast(2.5))
	b.add(latencyRows("bulk", "call", b.c.Connections, bulks)...)
	return nil
}

// onFloor runs a slice of the same requests against the bare handler.
func (b *bench) onFloor(ctx context.Context, connections int, requests func(n int) func() []byte) (t timing, err error) {
	f, err := openFloor(ctx, b.root)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	return drive(ctx, load{
		address: f.address(), connections: connections, warm: b.c.Slice / 10, slice: b.c.Slice, requests: requests,
	})
}

// reporting is one way to report.
type reporting struct{ path, body, ok string }

// requests makes the reports of one connection, which keeps to one site.
func (r *reporting) requests(h *house, n int) func() []byte {
	f := request(r.path, h.sites[n%len(h.sites)].String(), r.body)
	chance := rand.New(rand.NewPCG(rand.Uint64(), uint64(n)))
	entity := func() belay.ID { return randomID(chance.Uint64(), chance.Uint64()) }
	starts := h.engine().Now().Add(day)
	return func() []byte { return f.fill(chance, entity, starts) }
}

// check looks for the words that only success has, at the end of the answer.
func (r *reporting) check(body []byte) error {
	if !bytes.Contains(body[max(0, len(body)-300):], []byte(r.ok)) {
		return fmt.Errorf("bench: a report was answered by %.300s", body)
	}
	return nil
}

// rates returns the median of requests per second.
func rates(of []timing) float64 {
	all := make([]float64, len(of))
	for i, t := range of {
		all[i] = t.rate()
	}
	return median(all)
}

// quantile returns the median of a quantile of latency.
func quantile(of []timing, q float64) time.Duration {
	all := make([]time.Duration, len(of))
	for i, t := range of {
		all[i] = at(t.latencies, q)
	}
	return median(all)
}

// latencyRows are the latencies of the house over those of the floor.
func latencyRows(phase, what string, connections int, of [2][]timing) []Row {
	var rows []Row
	for _, q := range []struct {
		name string
		q    float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		rows = append(rows, Row{
			Phase: phase, Figure: fmt.Sprintf("%s, %d connections, %s", what, connections, q.name),
			Value: ms(quantile(of[1], q.q)), Unit: "ms",
		}.over(ms(quantile(of[0], q.q))))
	}
	return rows
}
