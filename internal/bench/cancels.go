package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// cancels measures cancels of random pending entities, with few and with many
// pending, by one connection and by many.
func (b *bench) cancels(ctx context.Context, few, many *house) error {
	for _, h := range []*house{few, many} {
		h.pending = make([]uint32, h.filled)
		for i := range h.pending {
			h.pending[i] = uint32(i)
		}
	}
	for _, connections := range []int{1, b.c.Connections} {
		b.say("cancels, %s, %s and %s pending", clients(connections), count(few.filled), count(many.filled))
		var least, small, large []timing
		for range b.c.Rounds {
			body := newForm(cancelBody)
			f, err := b.onFloor(ctx, connections, func(int) func() []byte {
				one := request("/v1/events/cancel", many.sites[0].String(), string(body.text))
				return func() []byte { return one.text }
			})
			if err != nil {
				return err
			}
			least = append(least, f)
			for _, of := range []struct {
				h     *house
				taken *[]timing
			}{{few, &small}, {many, &large}} {
				t, err := b.cancelSlice(ctx, of.h, connections)
				if err != nil {
					return err
				}
				*of.taken = append(*of.taken, t)
			}
		}
		b.cancelRows(connections, few, many, least, small, large)
	}
	return nil
}

func clients(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

func (b *bench) cancelRows(connections int, few, many *house, least, small, large []timing) {
	named := count(few.filled) + " pending"
	clients := clients(connections)
	b.add(Row{Phase: "cancels", Figure: fmt.Sprintf("%s, %s pending", clients, count(many.filled)), Value: rates(large), Unit: "/s"}.
		over(rates(least)).beside(named, rates(small)))
	for _, q := range quantiles {
		b.add(Row{
			Phase: "cancels", Figure: fmt.Sprintf("%s, %s pending, %s", clients, count(many.filled), q.name),
			Value: ms(quantile(large, q.q)), Unit: "ms",
		}.over(ms(quantile(least, q.q))).beside(named, ms(quantile(small, q.q))).ratioAtMost(1.5))
	}
}

var cancelBody = fmt.Sprintf(`{"triggerKey":%q,"externalEntityId":"<entity>"}`, starting)

// shortest is the least time for which a connection is worth opening.
const shortest = 50 * time.Millisecond

// cancelSlice cancels entities chosen at random for a slice's time. Whenever half
// of what was pending is canceled, and at the end, as many are reported anew,
// which is not counted.
func (b *bench) cancelSlice(ctx context.Context, h *house, connections int) (timing, error) {
	var all timing
	if err := settle(ctx); err != nil {
		return all, err
	}
	for all.took < b.c.Slice {
		most := max(1, len(h.pending)/2)
		for i := range most {
			j := i + rand.IntN(len(h.pending)-i)
			h.pending[i], h.pending[j] = h.pending[j], h.pending[i]
		}
		var taken atomic.Int64
		t, err := drive(ctx, load{
			addresses: []string{h.address()}, connections: connections, slice: max(b.c.Slice-all.took, shortest), check: canceledOne,
			requests: func(int) func() []byte {
				f := request("/v1/events/cancel", "<site>", cancelBody)
				return func() []byte {
					i := int(taken.Add(1)) - 1
					if i >= most {
						return nil
					}
					n := uint64(h.pending[i])
					f.put("site", h.sites[h.siteOf(n)])
					f.put("entity", h.entity(n))
					return f.text
				}
			},
		})
		if err != nil {
			return all, err
		}
		all.took += t.took
		all.latencies = merge(all.latencies, t.latencies)
		gone := min(int(taken.Load()), most)
		first, err := h.report(ctx, events{trigger: starting, n: gone, starts: h.far()})
		if err != nil {
			return all, err
		}
		for i := range gone {
			h.pending[i] = uint32(first) + uint32(i)
		}
	}
	return all, nil
}

func canceledOne(body []byte) error {
	if !bytes.Contains(body, []byte(`"canceledActivations":1,`)) {
		return fmt.Errorf("bench: the cancel of a pending entity was answered by %.300s", body)
	}
	return nil
}

// merge returns two ascending lists as one.
func merge(a, b []time.Duration) []time.Duration {
	all := make([]time.Duration, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}
