package processors

import (
	"bytes"
	"os"
	"runtime"
	"strings"
)

// Machine returns what tells this machine from others until it starts anew, in
// containers as well: the boot ID on Linux (random(4)), else the machine's name. It is
// "" where it has none, and where this process may not use all of its processors,
// by GOMAXPROCS or a container's limit: that is a machine of its own.
func Machine() string {
	if stat, err := os.ReadFile("/proc/stat"); err == nil && !whole(runtime.GOMAXPROCS(0), count(stat), limit(os.DirFS("/"))) {
		return ""
	}
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return strings.TrimSpace(string(id))
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// whole reports whether a process of that GOMAXPROCS and limit, 0 for none, may use
// all processors of a machine.
func whole(procs, cores int, limit float64) bool {
	return procs >= cores && (limit == 0 || limit >= float64(cores))
}

// count returns how many processors /proc/stat has a line of (proc(5)).
func count(stat []byte) int {
	n := 0
	for line := range bytes.Lines(stat) {
		if rest, ok := bytes.CutPrefix(line, []byte("cpu")); ok && len(rest) > 0 && '0' <= rest[0] && rest[0] <= '9' {
			n++
		}
	}
	return n
}
