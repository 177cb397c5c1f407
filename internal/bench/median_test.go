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
