package processors

import (
	"os"
	"runtime"
	"testing"
)

func TestWhoMayNotUseTheWholeMachineIsByItself(t *testing.T) {
	const text = "cpu  100 1 20 3000\ncpu0 50 0 10 1500\ncpu1 50 0 10 1500\ncpufreq 1\nintr 1\n"
	if got := count([]byte(text)); got != 2 {
		t.Errorf("count() = %d; want 2", got)
	}
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(count(stat)))
	if Machine() == "" {
		t.Error("Machine() with all processors is empty; want the machine's ID")
	}
	if runtime.GOMAXPROCS(1); count(stat) > 1 && Machine() != "" {
		t.Errorf("Machine() with one processor of %d = %q; want none", count(stat), Machine())
	}
}
