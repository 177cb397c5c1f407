package heap

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		alive, spare uint64
		want         int
	}{
		{0, 64 << 20, 1600},
		{16 << 20, 64 << 20, 400},
		{64 << 20, 64 << 20, 100},
		{1 << 40, 64 << 20, 100},
	} {
		if got := percent(c.alive, c.spare); got != c.want {
			t.Errorf("percent(%d, %d) = %d; want %d", c.alive, c.spare, got, c.want)
		}
	}
}

// keep is what is alive, so that the compiler does not see that nobody reads it.
var keep []byte

func TestWhatIsAliveDecidesHowOftenGoCollects(t *testing.T) {
	t.Setenv("GOGC", "")
	stop := Spare(64 << 20)
	settles(t, "with little alive", func(p uint64) bool { return p > 150 })
	keep = make([]byte, 256<<20)
	settles(t, "with much alive", func(p uint64) bool { return p == 100 })
	keep = nil
	settles(t, "with little alive again", func(p uint64) bool { return p > 150 })
	stop()
	settles(t, "in the end", func(p uint64) bool { return p == 100 })
}

// settles collects until GOGC is as it should be, which the finalizer's goroutine sees to.
func settles(t *testing.T, when string, ok func(uint64) bool) {
	t.Helper()
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	for range 1000 {
		runtime.GC()
		runtime.Gosched()
		if metrics.Read(s); ok(s[0].Value.Uint64()) {
			return
		}
	}
	t.Errorf("%s: GOGC is %d", when, s[0].Value.Uint64())
}

func TestWhoSaysHowOftenIsLeftAlone(t *testing.T) {
	t.Setenv("GOGC", "80")
	defer debug.SetGCPercent(debug.SetGCPercent(80))
	defer Spare(64 << 20)()
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	for range 10 {
		runtime.GC()
	}
	if metrics.Read(s); s[0].Value.Uint64() != 80 {
		t.Errorf("GOGC is %d; want 80", s[0].Value.Uint64())
	}
}
