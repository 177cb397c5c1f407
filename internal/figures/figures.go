// Package figures keeps what a node measured of itself: samples of its metrics, for a
// few hours, in memory. It counts nothing itself, so that a page shows what /metrics
// shows. Start with Recorder.
package figures

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Every is the time between two samples, Kept how many there are: four hours.
const (
	Every = 10 * time.Second
	Kept  = 4 * 360
)

// Sample is what the metrics said at one moment: counters since the start of the
// process, gauges as they were.
type Sample struct {
	At time.Time

	Events, Activations, Canceled float64
	Attempts, Failed              float64
	Commits, Acts, CommitSeconds  float64
	Lateness, CommitSizes         Histogram

	Waiting, Near, Due, Overdue, Out, Deliveries float64
	StoreBytes                                   float64 // 0 where it is not known
}

// Histogram is how often a value was at most each bound; the last is infinite.
type Histogram struct {
	Bounds []float64
	Counts []float64
}

// Since returns what was counted after an earlier state.
func (h Histogram) Since(earlier Histogram) Histogram {
	counts := make([]float64, len(h.Counts))
	for i := range counts {
		if counts[i] = h.Counts[i]; len(earlier.Counts) == len(counts) {
			counts[i] -= earlier.Counts[i]
		}
	}
	return Histogram{h.Bounds, counts}
}

// Count returns how many values were counted.
func (h Histogram) Count() float64 {
	if len(h.Counts) == 0 {
		return 0
	}
	return h.Counts[len(h.Counts)-1]
}

// Quantile returns the bound that a share q of the values do not pass; where they pass
// all bounds, the last finite one. It is false where nothing was counted.
func (h Histogram) Quantile(q float64) (float64, bool) {
	rank := q * h.Count()
	if rank <= 0 {
		return 0, false
	}
	for i, count := range h.Counts {
		if count < rank {
			continue
		}
		if math.IsInf(h.Bounds[i], 1) && i > 0 {
			return h.Bounds[i-1], true
		}
		return h.Bounds[i], true
	}
	return 0, false
}

// Recorder samples metrics. Its methods may be called at once by many callers.
type Recorder struct {
	from prometheus.Gatherer

	mu   sync.Mutex
	kept []Sample // oldest first
}

// New returns a recorder of the metrics of a registry.
func New(from prometheus.Gatherer) *Recorder { return &Recorder{from: from} }

// Run samples until ctx ends.
func (r *Recorder) Run(ctx context.Context) {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		r.take(time.Now())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Recorder) take(at time.Time) {
	s, err := r.Now(at)
	if err != nil {
		return // a metric that cannot be read leaves a gap
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept = append(r.kept, s); len(r.kept) > Kept {
		r.kept = append(r.kept[:0], r.kept[1:]...)
	}
}

// Since returns the samples after a moment, oldest first.
func (r *Recorder) Since(t time.Time) []Sample {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.kept {
		if r.kept[i].At.After(t) {
			return append([]Sample(nil), r.kept[i:]...)
		}
	}
	return nil
}

// Now reads the metrics.
func (r *Recorder) Now(at time.Time) (Sample, error) {
	families, err := r.from.Gather()
	if err != nil {
		return Sample{}, err
	}
	s := Sample{At: at}
	for _, f := range families {
		switch f.GetName() {
		case "belay_reports_total":
			s.Events = sum(f, "result", "accepted")
		case "belay_activations_total":
			s.Activations = sum(f, "status", "STARTED")
		case "belay_cancels_total":
			s.Canceled = sum(f, "what", "activations")
		case "belay_attempts_total":
			s.Attempts = sum(f, "", "")
			s.Failed = s.Attempts - sum(f, "verdict", "delivered")
		case "belay_lateness_seconds":
			s.Lateness = histogram(f)
		case "belay_commit_acts":
			s.CommitSizes, s.Acts = histogram(f), f.GetMetric()[0].GetHistogram().GetSampleSum()
			s.Commits = s.CommitSizes.Count()
		case "belay_commit_seconds":
			s.CommitSeconds = f.GetMetric()[0].GetHistogram().GetSampleSum()
		case "belay_queue_commits":
			s.Waiting = sum(f, "", "")
		case "belay_queue_near":
			s.Near = sum(f, "", "")
		case "belay_queue_due":
			s.Due = sum(f, "", "")
		case "belay_queue_overdue":
			s.Overdue = sum(f, "", "")
		case "belay_attempts_out":
			s.Out = sum(f, "", "")
		case "belay_deliveries_waiting":
			s.Deliveries = sum(f, "", "")
		case "belay_store_bytes":
			s.StoreBytes = sum(f, "", "")
		}
	}
	return s, nil
}

// sum adds up a family, of one value of a label where one is named.
func sum(f *dto.MetricFamily, label, value string) (total float64) {
	for _, m := range f.GetMetric() {
		counts := label == ""
		for _, l := range m.GetLabel() {
			counts = counts || l.GetName() == label && l.GetValue() == value
		}
		if counts {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return total
}

func histogram(f *dto.MetricFamily) (h Histogram) {
	from := f.GetMetric()[0].GetHistogram()
	for _, b := range from.GetBucket() {
		h.Bounds, h.Counts = append(h.Bounds, b.GetUpperBound()), append(h.Counts, float64(b.GetCumulativeCount()))
	}
	return Histogram{append(h.Bounds, math.Inf(1)), append(h.Counts, float64(from.GetSampleCount()))}
}
