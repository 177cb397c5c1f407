package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "belay_http_requests_total", Help: "Requests answered, by operation and status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "belay_http_request_seconds", Help: "Time from a request's headers to its answer, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15),
		}, []string{"operation"}),
	}
	r.MustRegister(m.requests, m.seconds)
	return m
}

// counted is what is counted of one operation.
type counted struct {
	m       *metrics
	id      string
	ok      prometheus.Counter
	seconds prometheus.Observer
}

func (m *metrics) of(id string) counted {
	return counted{m: m, id: id, ok: m.requests.WithLabelValues(id, "200"), seconds: m.seconds.WithLabelValues(id)}
}

func (c counted) observe(status int, took time.Duration) {
	if status == http.StatusOK {
		c.ok.Inc()
	} else {
		c.m.requests.WithLabelValues(c.id, strconv.Itoa(status)).Inc()
	}
	c.seconds.Observe(took.Seconds())
}
