package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// lateness is how late things were.
type lateness []time.Duration

func (l *lateness) add(d time.Duration) { *l = append(*l, d) }

// String is a histogram in one line.
func (l lateness) String() string {
	if len(l) == 0 {
		return "none"
	}
	sorted := slices.Sorted(slices.Values(l))
	at := func(percent int) time.Duration {
		return sorted[min(len(sorted)-1, len(sorted)*percent/100)].Round(time.Millisecond)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d: p50 %v, p90 %v, p99 %v, max %v;", len(sorted), at(50), at(90), at(99), at(100))
	below := 0
	for _, bound := range []time.Duration{
		5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
		250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, time.Hour,
	} {
		n, _ := slices.BinarySearch(sorted, bound)
		if n > below {
			fmt.Fprintf(&b, " <%v %d", bound, n-below)
		}
		below = n
	}
	return b.String()
}
