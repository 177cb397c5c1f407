package pgtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// endWithUs has the kernel shut the process down when we end, however that comes
// about. SIGQUIT makes a postmaster end its children and give its memory back;
// SIGKILL would leave both.
func endWithUs(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }

// children returns the living children of a process.
func children(parent int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var living []int
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		// "12 (a name) S 3 …"; a name may hold anything, ")" too.
		var state string
		var ppid int
		if _, err := fmt.Sscan(string(content[bytes.LastIndexByte(content, ')')+1:]), &state, &ppid); err != nil {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil && ppid == parent && state != "Z" && state != "X" {
			living = append(living, pid)
		}
	}
	return living
}
