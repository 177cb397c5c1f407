package bench

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// postmaster is the process of a database server, 0 where it is not one of this
// machine's or cannot be seen.
type postmaster int

// findPostmaster looks for the process that a connection's is a child of.
func findPostmaster(ctx context.Context, d *database) postmaster {
	var backend int
	if d.conn.QueryRow(ctx, `select pg_backend_pid()`).Scan(&backend) != nil {
		return 0
	}
	one, seen := readProcess(strconv.Itoa(backend))
	parent, also := readProcess(strconv.Itoa(one.parent))
	if !seen || !also || one.name != "postgres" || parent.name != "postgres" {
		return 0
	}
	return postmaster(one.parent)
}

// used returns the processor time of the server, of what has ended too.
func (p postmaster) used() time.Duration {
	if p == 0 {
		return 0
	}
	self, _ := readProcess(strconv.Itoa(int(p)))
	all := self.used + self.ended
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		if one, seen := readProcess(filepath.Base(folder)); seen && one.parent == int(p) {
			all += one.used + one.ended
		}
	}
	return all
}

// running is what Linux tells of a process.
type running struct {
	name        string
	parent      int
	used, ended time.Duration // of processor time: its own, and of children waited for
}

// Source: proc(5), /proc/pid/stat. Times are in hundredths of a second.
func readProcess(pid string) (running, bool) {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return running{}, false
	}
	head, tail, ok := strings.Cut(string(text), ") ")
	_, name, named := strings.Cut(head, "(")
	fields := strings.Fields(tail)
	if !ok || !named || len(fields) < 15 {
		return running{}, false
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(fields[i-3]) // fields count from 1, and two are cut off
		return n
	}
	hundredths := func(a, b int) time.Duration { return time.Duration(number(a)+number(b)) * 10 * time.Millisecond }
	return running{name: name, parent: number(4), used: hundredths(14, 15), ended: hundredths(16, 17)}, true
}
