package processors

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// limit returns how many processors' time a container's limit leaves this process,
// 0 where it has none: the least of its control groups' and of those around them
// (cgroups(7)). root is the system's files. It is asked for because GOMAXPROCS is
// rounded up, and never below 2 by a limit, so that it hides half a processor.
func limit(root fs.FS) (least float64) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(groups)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, at, _ := strings.Cut(rest, ":")
		mount, read := "sys/fs/cgroup", newLimit
		if controllers != "" {
			if !slices.Contains(strings.Split(controllers, ","), "cpu") {
				continue
			}
			mount, read = "sys/fs/cgroup/cpu", oldLimit
		}
		for group := path.Join("/", at); ; group = path.Dir(group) {
			if n := read(root, path.Join(mount, group)); n > 0 && (least == 0 || n < least) {
				least = n
			}
			if group == "/" {
				break
			}
		}
	}
	return least
}

// newLimit reads a group of version 2: microseconds of a period of microseconds.
func newLimit(root fs.FS, group string) float64 {
	text, err := fs.ReadFile(root, path.Join(group, "cpu.max"))
	if err != nil {
		return 0
	}
	quota, period, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	return ratio(quota, period)
}

// oldLimit reads a group of version 1.
func oldLimit(root fs.FS, group string) float64 {
	quota, err := fs.ReadFile(root, path.Join(group, "cpu.cfs_quota_us"))
	if err != nil {
		return 0
	}
	period, err := fs.ReadFile(root, path.Join(group, "cpu.cfs_period_us"))
	if err != nil {
		return 0
	}
	return ratio(strings.TrimSpace(string(quota)), strings.TrimSpace(string(period)))
}

// ratio returns 0 for what is no limit: "max", -1, or what cannot be read.
func ratio(quota, period string) float64 {
	q, err := strconv.ParseFloat(quota, 64)
	if err != nil {
		return 0
	}
	p, err := strconv.ParseFloat(period, 64)
	if err != nil || p <= 0 {
		return 0
	}
	return max(q/p, 0)
}
