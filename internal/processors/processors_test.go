package processors

import (
	"os"
	"runtime"
	"testing"
)

func TestShare(t *testing.T) {
	for _, c := range []struct {
		name                  string
		usual, cores, servers int
		busy                  bool
		want                  int
	}{
		{"alone", 8, 8, 1, true, 8},
		{"nobody known", 8, 8, 0, true, 8},
		{"three on eight", 8, 8, 3, true, 3},
		{"three on eight with time to spare", 8, 8, 3, false, 8},
		{"three on two", 2, 2, 3, true, 1},
		{"two on three", 3, 3, 2, true, 2},
		{"a container with two of sixty-four", 2, 64, 3, true, 2},
		{"a hundred on four", 4, 4, 100, true, 1},
	} {
		if got := share(c.usual, c.cores, c.servers, c.busy); got != c.want {
			t.Errorf("%s: share() = %d; want %d", c.name, got, c.want)
		}
	}
}

func TestBusy(t *testing.T) {
	from := times{all: 1000, idle: 400}
	for _, c := range []struct {
		name      string
		to        times
		was, want bool
	}{
		{"all in use", times{1200, 400}, false, true},
		{"nine tenths in use", times{1200, 420}, false, true},
		{"between the two, from idle", times{1200, 440}, false, false},
		{"between the two, from busy", times{1200, 440}, true, true},
		{"three quarters in use", times{1200, 450}, true, true},
		{"a little less", times{1200, 452}, true, false},
		{"no time between", from, true, true},
		{"counters that went back", times{10, 5}, true, true},
		{"idle that went back", times{1200, 390}, false, false},
	} {
		if got := busy(c.was, from, c.to); got != c.want {
			t.Errorf("%s: busy() = %t; want %t", c.name, got, c.want)
		}
	}
}

func TestParseTimes(t *testing.T) {
	const text = "cpu  100 1 20 3000 40 5 6 7 80 9\ncpu0 50 0 10 1500 20 2 3 3 40 4\nintr 1\n"
	if got, err := parseTimes([]byte(text)); err != nil || got != (times{all: 3179, idle: 3040}) {
		t.Errorf("parseTimes() = %+v, %v; want 3179 in all, 3040 of it idle", got, err)
	}
	for _, text := range []string{"", "cpu", "cpu0 1 2 3 4 5", "cpu 1 2 three 4 5", "cpu 1 2 -3 4 5"} {
		if got, err := parseTimes([]byte(text)); err == nil {
			t.Errorf("parseTimes(%q) = %+v; want an error", text, got)
		}
	}
}

func TestAServerAloneUsesWhatGoTook(t *testing.T) {
	t.Setenv("GOMAXPROCS", "") // so that what was set is set again at the end
	if err := os.Unsetenv("GOMAXPROCS"); err != nil {
		t.Fatal(err)
	}
	s := New()
	defer s.Close()
	if usual := runtime.GOMAXPROCS(0); s.Beside(1) != usual || runtime.GOMAXPROCS(0) != usual {
		t.Errorf("Beside(1) has %d processors used; want the %d of the start", runtime.GOMAXPROCS(0), usual)
	}
}

func TestBusyServersDivideTheMachine(t *testing.T) {
	usual := runtime.GOMAXPROCS(0)
	s := &Sharer{usual: usual, cores: runtime.NumCPU(), now: usual, busy: true, last: times{all: 1 << 62}}
	if got := s.Beside(1000); got != 1 || runtime.GOMAXPROCS(0) != 1 {
		t.Errorf("Beside(1000) = %d, and Go uses %d; want 1", got, runtime.GOMAXPROCS(0))
	}
	if s.Close(); runtime.GOMAXPROCS(0) != usual {
		t.Errorf("after Close, Go uses %d processors; want %d", runtime.GOMAXPROCS(0), usual)
	}
}

func TestWhatTheOperatorSaysIsKept(t *testing.T) {
	t.Setenv("GOMAXPROCS", "3")
	s := New()
	if s != nil {
		t.Fatal("New() where GOMAXPROCS is set; want nil")
	}
	if got := s.Beside(5); got != runtime.GOMAXPROCS(0) {
		t.Errorf("Beside(5) = %d; want what Go uses", got)
	}
	s.Close()
}

func TestAMachineIsAlwaysTheSame(t *testing.T) {
	if one, other := Machine(), Machine(); one != other {
		t.Errorf("Machine() = %q, then %q", one, other)
	}
}
