package bench

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

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
	for line := range bytes.Lines(body) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		bound, isBucket := strings.CutPrefix(name, `belay_lateness_seconds_bucket{le="`)
		if !isBucket && name != "belay_attempts_out" {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return s, fmt.Errorf("bench: metric %s: %w", name, err)
		}
		switch bound = strings.TrimSuffix(bound, `"}`); {
		case !isBucket:
			s.out = v
		case bound == "+Inf":
			s.total = v
		default:
			le, err := strconv.ParseFloat(bound, 64)
			if err != nil {
				return s, fmt.Errorf("bench: metric %s: %w", name, err)
			}
			s.bounds, s.counts = append(s.bounds, le), append(s.counts, v)
		}
	}
	if len(s.bounds) == 0 {
		return s, fmt.Errorf("bench: /metrics tells nothing of lateness")
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
