package figures

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestSamplesAreWhatTheMetricsSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		reports := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "belay_reports_total"}, []string{"result"})
		lateness := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "belay_lateness_seconds", Buckets: []float64{0.01, 0.1, 1}})
		due := prometheus.NewGauge(prometheus.GaugeOpts{Name: "belay_queue_due"})
		registry.MustRegister(reports, lateness, due)
		r := New(registry)
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		go r.Run(ctx)
		synctest.Wait()
		reports.WithLabelValues("accepted").Add(7)
		reports.WithLabelValues("refused").Add(2)
		due.Set(3)
		for _, late := range []float64{0.005, 0.05, 0.05, 9} {
			lateness.Observe(late)
		}
		time.Sleep(Every)
		synctest.Wait()
		stop()
		got := r.Since(began.Add(-time.Second))
		if len(got) != 2 || got[1].At.Sub(got[0].At) != Every {
			t.Fatalf("%d samples; want two, %v apart", len(got), Every)
		}
		if d := got[1].Events - got[0].Events; d != 7 || got[1].Due != 3 {
			t.Errorf("%v events and %v due; want 7 and 3", d, got[1].Due)
		}
		late := got[1].Lateness.Since(got[0].Lateness)
		for q, want := range map[float64]float64{0.25: 0.01, 0.5: 0.1, 0.99: 1} {
			if got, ok := late.Quantile(q); !ok || got != want {
				t.Errorf("quantile %v is %v, %v; want %v", q, got, ok, want)
			}
		}
		if _, ok := late.Since(late).Quantile(0.5); ok {
			t.Error("nothing has a quantile")
		}
		if rest := r.Since(got[0].At); len(rest) != 1 {
			t.Errorf("%d samples after the first; want 1", len(rest))
		}
	})
}

func TestOldSamplesAreForgotten(t *testing.T) {
	r := New(prometheus.NewRegistry())
	at := time.Unix(0, 0)
	for range Kept + 5 {
		at = at.Add(Every)
		r.take(at)
	}
	if got := r.Since(time.Time{}); len(got) != Kept || !got[Kept-1].At.Equal(at) {
		t.Errorf("%d samples up to %v; want %d up to %v", len(got), got[len(got)-1].At, Kept, at)
	}
}
