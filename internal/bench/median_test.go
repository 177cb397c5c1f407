package bench

import "testing"

func TestMedianLiesBetweenTheMiddleTwo(t *testing.T) {
	for name, tt := range map[string]struct {
		of   []float64
		want float64
	}{
		"one":   {[]float64{4}, 4},
		"two":   {[]float64{6, 2}, 4},
		"three": {[]float64{9, 1, 2}, 2},
		"four":  {[]float64{9, 1, 2, 4}, 3},
	} {
		if got := median(tt.of); got != tt.want {
			t.Errorf("%s: median(%v) = %v; want %v", name, tt.of, got, tt.want)
		}
	}
}

// A machine that is half as fast for a round is so for both.
func TestRatiosAreOfOneRound(t *testing.T) {
	base := []nodeSlice{{rate: 100}, {rate: 50}, {rate: 0}, {rate: 100}}
	of := []nodeSlice{{rate: 90}, {rate: 45}, {rate: 1}, {rate: 120}}
	if got := paired(of, base, func(s *nodeSlice) float64 { return s.rate }); got != 0.9 {
		t.Errorf("paired() = %v; want 0.9, of 0.9, 0.9 and 1.2", got)
	}
	if got := paired(of[2:3], base[2:3], func(s *nodeSlice) float64 { return s.rate }); got != 0 {
		t.Errorf("paired() to nothing = %v; want 0", got)
	}
}
