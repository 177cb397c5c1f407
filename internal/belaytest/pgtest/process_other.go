//go:build !linux

package pgtest

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
)

// endWithUs has no equal here: a test binary that is killed leaves its servers.
func endWithUs(*syscall.SysProcAttr) {}

// children returns the living children of a process.
func children(parent int) []int {
	lines, _ := exec.Command("ps", "-A", "-o", "pid=,ppid=,state=").Output()
	var living []int
	for line := range strings.Lines(string(lines)) {
		var pid, ppid int
		var state string
		if _, err := fmt.Sscan(line, &pid, &ppid, &state); err == nil && ppid == parent && !strings.HasPrefix(state, "Z") {
			living = append(living, pid)
		}
	}
	return living
}
