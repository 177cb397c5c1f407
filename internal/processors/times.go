package processors

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// times are how long a machine's processors have run in all, and how long of it
// they had nothing to do; in ticks.
type times struct{ all, idle uint64 }

var errTimes = errors.New("processors: /proc/stat does not say how busy the machine is")

// readTimes reads them from Linux (proc(5)); other systems have no such file.
func readTimes() (times, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return times{}, fmt.Errorf("processors: %w", err)
	}
	return parseTimes(text)
}

// parseTimes reads the first line: user, nice, system, idle, iowait, irq, softirq and
// steal, and then guests, whose time is in user's already.
func parseTimes(text []byte) (t times, err error) {
	line := bufio.NewScanner(bytes.NewReader(text))
	if !line.Scan() {
		return t, errTimes
	}
	fields := strings.Fields(line.Text())
	if len(fields) < 6 || fields[0] != "cpu" {
		return t, errTimes
	}
	for i, field := range fields[1:min(len(fields), 9)] {
		n, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return times{}, fmt.Errorf("%w: %w", errTimes, err)
		}
		if t.all += n; i == 3 || i == 4 {
			t.idle += n
		}
	}
	return t, nil
}
