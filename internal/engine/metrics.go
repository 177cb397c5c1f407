package engine

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Metrics is what the engine counts, for Prometheus.
type Metrics struct {
	reports    *prometheus.CounterVec
	reportTime prometheus.Histogram
	cancels    *prometheus.CounterVec
	status     *prometheus.CounterVec
	actions    *prometheus.CounterVec
	attempts   *prometheus.CounterVec
	attemptLen *prometheus.HistogramVec
	lateness   prometheus.Histogram
	batchSize  prometheus.Histogram
	batchTime  prometheus.Histogram
	commitErrs prometheus.Counter
	loadErrors prometheus.Counter
	beatErrors prometheus.Counter
	conflicts  prometheus.Counter
	handed     *prometheus.CounterVec
	refused    prometheus.Counter
	purged     *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	sendTime   prometheus.Histogram

	watchResets, watchErrors prometheus.Counter
}

func newMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
		r.MustRegister(h)
		return h
	}
	m := &Metrics{
		reports:    counters("belay_reports_total", "Events reported, by result: accepted, repeated, refused.", "result"),
		reportTime: histogram("belay_report_commit_seconds", "Time from a planned report to its durable answer.", prometheus.ExponentialBuckets(0.0005, 2, 14)),
		cancels:    counters("belay_cancels_total", "What cancels called off: activations; and actions that were in flight.", "what"),
		status:     counters("belay_activations_total", "Activations that came into a status.", "status"),
		actions:    counters("belay_actions_total", "Actions that came into a status, by type.", "type", "status"),
		attempts:   counters("belay_attempts_total", "Attempts at actions, by action and verdict.", "action", "verdict"),
		lateness: histogram("belay_lateness_seconds", "Start minus due time of each attempt, when its start is durable.",
			[]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 3600}),
		batchSize:   histogram("belay_commit_acts", "Acts in one commit.", prometheus.ExponentialBuckets(1, 2, 12)),
		batchTime:   histogram("belay_commit_seconds", "Time of one commit, with its sync to disk.", prometheus.ExponentialBuckets(0.0001, 2, 16)),
		commitErrs:  counter("belay_commit_errors_total", "Commits that failed."),
		loadErrors:  counter("belay_due_read_errors_total", "Failed reads of due work."),
		beatErrors:  counter("belay_heartbeat_errors_total", "Heartbeats of this node that the database did not take."),
		conflicts:   counter("belay_save_conflicts_total", "Steps that found their row changed, and began anew."),
		deliveries:  counters("belay_deliveries_total", "Attempts at telling apps of changes, by result: delivered, retry, failed, dropped.", "result"),
		sendTime:    histogram("belay_delivery_seconds", "Duration of an attempt at a delivery.", prometheus.ExponentialBuckets(0.001, 2, 12)),
		purged:      counters("belay_purged_total", "What was forgotten for its age: events, activations, entries, deliveries.", "what"),
		handed:      counters("belay_handed_over_total", "Batches handed to the node that looks after their bucket, by result: kept, refused, lost.", "result"),
		watchResets: counter("belay_live_resets_total", "Times that a page which follows what happens was too far behind, and was told to read all anew."),
		watchErrors: counter("belay_live_read_errors_total", "Failed looks at what other nodes have committed, for pages that follow what happens."),
		refused:     counter("belay_commit_queue_full_total", "Calls refused because the commit queue was full."),
	}
	m.attemptLen = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "belay_attempt_seconds", Help: "Duration of an attempt, by action.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
	}, []string{"action"})
	r.MustRegister(m.attemptLen)
	return m
}

// watch registers what is read off the engine when it is asked for.
func (m *Metrics) watch(r prometheus.Registerer, e *Engine) {
	gauge := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	gauge("belay_queue_commits", "Calls that wait for a commit.", func() float64 { return float64(e.commits.waiting()) })
	gauge("belay_queue_near", "Activations held in memory until they are due.", func() float64 { n, _, _ := e.due.depths(); return float64(n) })
	gauge("belay_queue_due", "Activations that are due and wait to be started.", func() float64 { _, n, _ := e.due.depths(); return float64(n) })
	gauge("belay_queue_overdue", "Overdue activations that wait behind what is due now.", func() float64 { _, _, n := e.due.depths(); return float64(n) })
	gauge("belay_nodes", "Nodes that serve the store, as this one sees it.", func() float64 { return float64(len(e.Nodes())) })
	gauge("belay_buckets", "Buckets, of 256, whose due work this node starts.", func() float64 {
		if owned := e.members.owned.Load(); owned != nil {
			return float64(owned.Len())
		}
		return belay.Buckets
	})
	gauge("belay_deliveries_out", "Deliveries that are being sent.", func() float64 { return float64(e.outbox.out.Load()) })
	gauge("belay_deliveries_waiting", "Deliveries of this node's sites that wait, as last counted; at most 10,000 of each app.", func() float64 {
		n, _ := e.outbox.waiting()
		return float64(n)
	})
	gauge("belay_deliveries_oldest_seconds", "Age of the oldest of those deliveries, 0 where there is none.", func() float64 {
		_, oldest := e.outbox.waiting()
		return oldest.Seconds()
	})
	gauge("belay_live_watchers", "Pages that follow what happens at this node.", func() float64 { return float64(e.watch.watching()) })
	gauge("belay_attempts_out", "Attempts that are out or wait for their host.", func() float64 { return float64(e.flights.count()) })
}

func (m *Metrics) moved(a *belay.Activation) { m.status.WithLabelValues(a.Status.String()).Inc() }

func (m *Metrics) attempt(key string, o *action.Outcome, took time.Duration) {
	m.attempts.WithLabelValues(key, o.Verdict.String()).Inc()
	m.attemptLen.WithLabelValues(key).Observe(took.Seconds())
}

// handedOver counts what became of a batch that another node was given.
func (m *Metrics) handedOver(err error) {
	switch {
	case err == nil:
		m.handed.WithLabelValues("kept").Inc()
	case errors.Is(err, store.ErrUncertain):
		m.handed.WithLabelValues("lost").Inc()
	default:
		m.handed.WithLabelValues("refused").Inc()
	}
}

func (m *Metrics) commits(acts int, took time.Duration, err error) {
	if err != nil {
		m.commitErrs.Inc()
		return
	}
	m.batchSize.Observe(float64(acts))
	m.batchTime.Observe(took.Seconds())
}
