package processors

import (
	"os"
	"strings"
)

// Machine returns what tells this machine from others until it starts anew, in
// containers as well: the boot ID on Linux (random(4)), else the machine's name, and
// "" where it has none.
func Machine() string {
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return strings.TrimSpace(string(id))
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}
