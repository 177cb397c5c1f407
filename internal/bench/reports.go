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
	h, err := b.newHouse(ctx, "reports", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	info := fmt.Sprintf(`{"externalEntityId":"<entity>","payload":%s}`, payloadText)
	ways := []*reporting{{
		path: "/v1/events/report", ok: `"repeated":false`,
		body: fmt.Sprintf(`{"triggerKey":%q,%s`, booked, info[1:]),
	}}
	if b.wants("bulk") {
		ways = append(ways, &reporting{
			path: "/v1/events/bulk-report", ok: fmt.Sprintf(`"totalSuccesses":%d`, perCall),
			body: fmt.Sprintf(`{"triggerKey":%q,"eventsInfo":[%s%s]}`, booked, info, strings.Repeat(","+info, perCall-1)),
		})
	}
	for range b.c.Rounds {
		for _, r := range ways {
			b.say("%s, %d connections", r.path, b.c.Connections)
			if err := b.reportSlice(ctx, h, r); err != nil {
				return err
			}
		}
	}
	single := rates(ways[0].ours)
	b.add(Row{Phase: "single", Figure: fmt.Sprintf("reports, %d connections", b.c.Connections), Value: single, Unit: "/s"}.
		over(rates(ways[0].floor)).ratioAtLeast(0.35))
	b.add(ways[0].latencies("single", "report", b.c.Connections)...)
	if len(ways) > 1 {
		b.add(Row{Phase: "bulk", Figure: fmt.Sprintf("events in calls of %d", perCall), Value: perCall * rates(ways[1].ours), Unit: "/s"}.
			over(perCall*rates(ways[1].floor)).beside("single", single).ratioAtLeast(2.5))
		b.add(ways[1].latencies("bulk", "call", b.c.Connections)...)
	}
	return nil
}

// reportSlice adds a slice of the floor and one of the house.
func (b *bench) reportSlice(ctx context.Context, h *house, r *reporting) error {
	requests := func(n int) func() []byte { return r.requests(h, n) }
	floor, err := b.onFloor(ctx, b.c.Connections, requests)
	if err != nil {
		return err
	}
	ours, err := drive(ctx, load{
		addresses: []string{h.address()}, connections: b.c.Connections, warm: b.c.Slice / 10, slice: b.c.Slice,
		requests: requests, check: r.check,
	})
	if err != nil {
		return err
	}
	r.floor, r.ours = append(r.floor, floor), append(r.ours, ours)
	return nil
}

// onFloor runs a slice of the same requests against the bare handler. It begins
// when the servers have nothing left to do, lest they slow the floor down.
func (b *bench) onFloor(ctx context.Context, connections int, requests func(n int) func() []byte) (t timing, err error) {
	if err := settle(ctx); err != nil {
		return t, err
	}
	f, err := openFloor(ctx, b.root)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	return drive(ctx, load{
		addresses: []string{f.address()}, connections: connections, warm: b.c.Slice / 10, slice: b.c.Slice, requests: requests,
	})
}

// reporting is one way to report, and what it came to.
type reporting struct {
	path, body  string
	ok          string // the words that only success has, at the end of the answer
	floor, ours []timing
}

// requests makes the reports of one connection, which keeps to one site.
func (r *reporting) requests(h *house, n int) func() []byte {
	f := request(r.path, h.sites[n%len(h.sites)].String(), r.body)
	chance := rand.New(rand.NewPCG(rand.Uint64(), uint64(n)))
	entity := func() belay.ID { return randomID(chance.Uint64(), chance.Uint64()) }
	starts := h.engine().Now().Add(day)
	return func() []byte { return f.fill(chance, entity, starts) }
}

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

// latencies returns those of the house over those of the floor.
func (r *reporting) latencies(phase, what string, connections int) []Row {
	rows := make([]Row, 0, len(quantiles))
	for _, q := range quantiles {
		rows = append(rows, Row{
			Phase: phase, Figure: fmt.Sprintf("%s, %d connections, %s", what, connections, q.name),
			Value: ms(quantile(r.ours, q.q)), Unit: "ms",
		}.over(ms(quantile(r.floor, q.q))))
	}
	return rows
}

// quantiles are those of latency that are told.
var quantiles = [...]struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p99", 0.99}}
