package processors

import (
	"testing"
	"testing/fstest"
)

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  float64
	}{
		{"no control groups", nil, 0},
		{"version 2 without a limit", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, 0},
		{"half a processor", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5},
		{"the least of a group and those around it", map[string]string{
			"proc/self/cgroup":                  "0::/pods/one\n",
			"sys/fs/cgroup/cpu.max":             "400000 100000\n",
			"sys/fs/cgroup/pods/cpu.max":        "150000 100000\n",
			"sys/fs/cgroup/pods/one/cpu.max":    "max 100000\n",
			"sys/fs/cgroup/another/one/cpu.max": "10000 100000\n",
		}, 1.5},
		{"a group above the root that is seen", map[string]string{
			"proc/self/cgroup": "0::/../../other\n", "sys/fs/cgroup/cpu.max": "100000 50000\n",
		}, 2},
		{"version 1", map[string]string{
			"proc/self/cgroup":                        "9:memory:/small\n4:cpu,cpuacct:/pod\n0::/\n",
			"sys/fs/cgroup/cpu/pod/cpu.cfs_quota_us":  "25000\n",
			"sys/fs/cgroup/cpu/pod/cpu.cfs_period_us": "100000\n",
		}, 0.25},
		{"version 1 without a limit", map[string]string{
			"proc/self/cgroup": "1:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
		}, 0},
		{"a controller of a like name", map[string]string{
			"proc/self/cgroup": "1:cpuset:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "10\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100\n",
		}, 0},
		{"what cannot be read", map[string]string{"proc/self/cgroup": "0::/\nnothing\n", "sys/fs/cgroup/cpu.max": "half\n"}, 0},
		{"no period", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 0\n"}, 0},
	} {
		root := fstest.MapFS{}
		for name, text := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := limit(root); got != c.want {
			t.Errorf("%s: limit() = %v; want %v", c.name, got, c.want)
		}
	}
}

func TestWhoMayNotUseTheWholeMachine(t *testing.T) {
	for _, c := range []struct {
		procs, cores int
		limit        float64
		want         bool
	}{
		{2, 2, 0, true},
		{1, 2, 0, false},
		{2, 2, 0.5, false}, // what Go makes 2
		{2, 2, 2, true},
		{2, 2, 1.99, false},
		{8, 8, 64, true},
	} {
		if got := whole(c.procs, c.cores, c.limit); got != c.want {
			t.Errorf("whole(%d, %d, %v) = %t; want %t", c.procs, c.cores, c.limit, got, c.want)
		}
	}
}
