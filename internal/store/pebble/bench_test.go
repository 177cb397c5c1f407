package pebble_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
	"github.com/belay-events/belay/internal/store/pebble"
)

// load makes reports as they come in: random GUIDs for entities, keys and
// requests, 300 random bytes of payload in 400 characters less what JSON takes,
// and due times over thirty days.
type load struct {
	*rand.Rand
	now   belay.Instant
	sites []belay.ID
}

func newLoad(sites int) *load {
	l := &load{Rand: rand.New(rand.NewPCG(1, 2)), now: 1_800_000_000_000}
	for range sites {
		l.sites = append(l.sites, l.guid())
	}
	return l
}

func (l *load) guid() (id belay.ID) {
	binary.LittleEndian.PutUint64(id[:8], l.Uint64())
	binary.LittleEndian.PutUint64(id[8:], l.Uint64())
	return id
}

func (l *load) id() belay.ID {
	var chance [10]byte
	binary.LittleEndian.PutUint64(chance[:8], l.Uint64())
	binary.LittleEndian.PutUint16(chance[8:], uint16(l.Uint32()))
	return belay.NewID(l.now.Time(), chance)
}

// payload is a JSON object of 300 bytes, nearly all of it random.
func (l *load) payload() []byte {
	b := make([]byte, 216)
	for i := range b {
		b[i] = byte(l.Uint32())
	}
	return fmt.Appendf(nil, `{"note":"%s"}`, base64.RawURLEncoding.EncodeToString(b))[:300]
}

func (l *load) report() store.Report {
	site := l.sites[l.IntN(len(l.sites))]
	e := belay.Event{
		ID: l.id(), SiteID: site, AppID: belay.ID{2, 15: 2}, TriggerKey: "invoice.overdue", EntityID: l.guid(),
		IdempotencyKey: l.guid().String(), RequestID: l.guid().String(), ReportedAt: l.now, Payload: l.payload(),
	}
	due := l.now + belay.Instant(l.Int64N(30*24*3600*1000))
	e.TakesPlaceAt = due + 3600_000
	a := belay.Activation{
		ID: l.id(), SiteID: site, EventID: e.ID, AutomationID: belay.ID{3, 15: byte(l.IntN(5))}, AppID: e.AppID, Revision: 1,
		TriggerKey: e.TriggerKey, EntityID: e.EntityID, Status: belay.Scheduled, Version: 1,
		Due: due, StartsAt: due, InitiatedAt: l.now, ScheduledAt: l.now,
	}
	e.Activations = []belay.ID{a.ID}
	return store.Report{Event: e, Activations: []belay.Activation{a}, Now: l.now, KeyUntil: l.now.Add(24 * time.Hour)}
}

func (l *load) batch(n int) *store.Batch {
	l.now += 5
	b := &store.Batch{}
	for range n {
		b.Reports = append(b.Reports, l.report())
	}
	return b
}

// fill puts n pending activations in.
func (l *load) fill(tb testing.TB, s store.Store, n int) {
	tb.Helper()
	for left := n; left > 0; left -= 256 {
		if _, err := s.Commit(context.Background(), l.batch(min(left, 256))); err != nil {
			tb.Fatal(err)
		}
	}
}

func benchOpen(b *testing.B, o pebble.Options) *pebble.Store {
	b.Helper()
	s, err := pebble.Open(b.TempDir(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// cpu is what this process has used, all threads together.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func rss() int64 {
	var size, resident int64
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		_, _ = fmt.Sscan(string(b), &size, &resident)
	}
	return resident * int64(os.Getpagesize())
}

func benchPending() int {
	if n, err := strconv.Atoi(os.Getenv("BELAY_BENCH_PENDING")); err == nil {
		return n
	}
	return 200_000
}

// BenchmarkReports commits 64 reports at once, each with one activation.
func BenchmarkReports(b *testing.B) {
	s := benchOpen(b, pebble.Options{})
	l := newLoad(100)
	l.fill(b, s, 10_000)
	batches := make([]*store.Batch, 64)
	var used, from time.Duration
	measured := 0
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		if i%len(batches) == 0 {
			b.StopTimer()
			for j := range batches {
				batches[j] = l.batch(64)
			}
			from = cpu()
			b.StartTimer()
		}
		if _, err := s.Commit(context.Background(), batches[i%len(batches)]); err != nil {
			b.Fatal(err)
		}
		if i%len(batches) == len(batches)-1 {
			used += cpu() - from
			measured += 64 * len(batches)
		}
	}
	if measured > 0 {
		b.ReportMetric(float64(used.Microseconds())/float64(measured), "cpu-µs/report")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(64*b.N), "µs/report")
}

// BenchmarkCancel calls off one entity's activation at a time.
func BenchmarkCancel(b *testing.B) {
	for _, pending := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(pending), func(b *testing.B) {
			s := benchOpen(b, pebble.Options{})
			l := newLoad(100)
			l.fill(b, s, pending)
			var events []belay.Event
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				if i%64 == 0 {
					b.StopTimer()
					batch := l.batch(64)
					events = events[:0]
					for _, r := range batch.Reports {
						events = append(events, r.Event)
					}
					if _, err := s.Commit(context.Background(), batch); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				e := events[i%64]
				r, err := s.Commit(context.Background(), &store.Batch{Cancels: []store.Cancel{{
					SiteID: e.SiteID, Now: l.now, Reason: belay.EventCancelled,
					Selector: store.Selector{AppID: e.AppID, TriggerKey: e.TriggerKey, EntityID: e.EntityID},
				}}})
				if err != nil || r.Cancels[0].Count != 1 {
					b.Fatal(r, err)
				}
			}
		})
	}
}

// BenchmarkCancels calls off 32 entities at once, chosen at random among 1,000
// pending and among what BELAY_BENCH_PENDING says, 200,000 else.
func BenchmarkCancels(b *testing.B) {
	for _, n := range []int{1_000, benchPending()} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := benchOpen(b, pebble.Options{})
			l := newLoad(100)
			var pending []store.Cancel
			add := func(n int) {
				batch := l.batch(n)
				for i := range batch.Reports {
					e := &batch.Reports[i].Event
					pending = append(pending, store.Cancel{
						SiteID: e.SiteID, Now: l.now, Reason: belay.EventCancelled,
						Selector: store.Selector{AppID: e.AppID, TriggerKey: e.TriggerKey, EntityID: e.EntityID},
					})
				}
				if _, err := s.Commit(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			for len(pending) < n {
				add(min(256, n-len(pending)))
			}
			var used time.Duration
			b.ResetTimer()
			for b.Loop() {
				b.StopTimer()
				batch := &store.Batch{}
				for range 32 {
					i, last := l.IntN(len(pending)), len(pending)-1
					batch.Cancels = append(batch.Cancels, pending[i])
					pending[i] = pending[last]
					pending = pending[:last]
				}
				from := cpu()
				b.StartTimer()
				if _, err := s.Commit(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				used += cpu() - from
				add(32)
				b.StartTimer()
			}
			b.ReportMetric(float64(used.Nanoseconds())/1e3/float64(32*b.N), "cpu-µs/cancel")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(32*b.N), "µs/cancel")
		})
	}
}

// BenchmarkDue asks all buckets when nothing is due.
func BenchmarkDue(b *testing.B) {
	for name, from := range map[string]belay.Instant{"idle": 0, "within thirty days": 1_800_000_000_000 + 24*3600*1000} {
		b.Run(name, func(b *testing.B) {
			s := benchOpen(b, pebble.Options{})
			l := newLoad(1000)
			l.fill(b, s, 100_000)
			q := store.DueQuery{From: from, Until: 1_800_000_000_000, Limit: 1000}
			if from > 0 {
				q.Until = from + 10_000
			}
			b.ResetTimer()
			for b.Loop() {
				if _, err := s.Due(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSize fills a store with what BELAY_BENCH_PENDING says, 200,000
// pending activations else, and tells what each takes.
func BenchmarkSize(b *testing.B) {
	n := benchPending()
	for b.Loop() {
		before := rss()
		s := benchOpen(b, pebble.Options{})
		began, used := time.Now(), cpu()
		newLoad(1000).fill(b, s, n)
		used, took := cpu()-used, time.Since(began)
		st, err := s.Stats(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		began = time.Now()
		if _, err := s.Due(context.Background(), store.DueQuery{Until: 1, Limit: 1}); err != nil {
			b.Fatal(err)
		}
		first := time.Since(began)
		b.ReportMetric(float64(st.DiskBytes)/float64(n), "disk-B/pending")
		b.ReportMetric(float64(rss()-before)/float64(n), "ram-B/pending")
		b.ReportMetric(float64(first.Microseconds()), "first-due-µs")
		b.ReportMetric(float64(n)/took.Seconds(), "reports/s")
		b.ReportMetric(float64(used.Microseconds())/float64(n), "cpu-µs/report")
	}
}
