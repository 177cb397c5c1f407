package bench

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// readings are what a server tells at /metrics, by name and labels.
type readings map[string]float64

func readMetrics(body []byte) (readings, error) {
	all := make(readings)
	for line := range bytes.Lines(body) {
		text := strings.TrimSpace(string(line))
		at := strings.LastIndexByte(text, ' ')
		if at < 0 || strings.HasPrefix(text, "#") {
			continue
		}
		v, err := strconv.ParseFloat(text[at+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("bench: metric %s: %w", text[:at], err)
		}
		all[text[:at]] = v
	}
	return all, nil
}

// started is what the server tells at /metrics of the attempts that it started.
type started struct {
	bounds []float64 // upper bounds of lateness, in seconds, ascending; all but the last, infinity
	counts []float64 // of attempts at most that late
	total  float64
	out    float64 // attempts that are out
}

func (h *house) started(ctx context.Context) (started, error) {
	var s started
	body, err := h.get(ctx, "/metrics")
	if err != nil {
		return s, err
	}
	all, err := readMetrics(body)
	if err != nil {
		return s, err
	}
	s.out = all["belay_attempts_out"]
	at := make(map[float64]float64)
	for name, v := range all {
		bound, isBucket := strings.CutPrefix(name, `belay_lateness_seconds_bucket{le="`)
		if !isBucket {
			continue
		}
		if bound = strings.TrimSuffix(bound, `"}`); bound == "+Inf" {
			s.total = v
			continue
		}
		le, err := strconv.ParseFloat(bound, 64)
		if err != nil {
			return s, fmt.Errorf("bench: metric %s: %w", name, err)
		}
		s.bounds, at[le] = append(s.bounds, le), v
	}
	if len(s.bounds) == 0 {
		return s, fmt.Errorf("bench: /metrics tells nothing of lateness")
	}
	slices.Sort(s.bounds)
	for _, le := range s.bounds {
		s.counts = append(s.counts, at[le])
	}
	return s, nil
}

// since returns what was started after before.
func (s started) since(before started) started {
	d := started{bounds: s.bounds, counts: make([]float64, len(s.counts)), total: s.total - before.total, out: s.out}
	for i := range s.counts {
		d.counts[i] = s.counts[i] - before.counts[i]
	}
	return d
}

// late returns the quantile q of lateness in milliseconds. It lies exactly on
// the right side of each bound; between two it is interpolated.
func (s started) late(q float64) float64 {
	want := q * s.total
	low, below := 0.0, 0.0
	for i, bound := range s.bounds {
		if s.counts[i] >= want && s.counts[i] > below {
			return 1000 * (low + (bound-low)*(want-below)/(s.counts[i]-below))
		}
		low, below = bound, s.counts[i]
	}
	return 1000 * low
}
