package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// Machine is where a run took place.
type Machine struct {
	System    string  `json:"system"`
	Cores     int     `json:"cores"`
	Processor string  `json:"processor,omitempty"`
	Go        string  `json:"go"`
	Fsyncs    float64 `json:"fsyncsPerSecond"` // appends of 8 KiB to a file in the folder, each with an fsync
}

// String returns one line.
func (m Machine) String() string {
	name := m.Processor
	if name != "" {
		name = " (" + name + ")"
	}
	return fmt.Sprintf("%s, %d cores%s, %s, %s fsync/s", m.System, m.Cores, name, m.Go, count(int(m.Fsyncs)))
}

func describeMachine(ctx context.Context, dir string) (Machine, error) {
	m := Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), Processor: processor()}
	var err error
	m.Fsyncs, err = fsyncs(ctx, dir, time.Second)
	return m, err
}

// fsyncs returns how often a second 8 KiB can be made durable.
func fsyncs(ctx context.Context, dir string, d time.Duration) (perSecond float64, err error) {
	file, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, fmt.Errorf("bench: measure fsync: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	block := make([]byte, 8<<10)
	began, n := time.Now(), 0
	for time.Since(began) < d && ctx.Err() == nil {
		if _, err := file.Write(block); err != nil {
			return 0, fmt.Errorf("bench: measure fsync: %w", err)
		}
		if err := file.Sync(); err != nil {
			return 0, fmt.Errorf("bench: measure fsync: %w", err)
		}
		n++
	}
	return float64(n) / time.Since(began).Seconds(), ctx.Err()
}

// processor returns the processor's name, where Linux tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// memory is what the process takes, in bytes, after what is free was given back.
type memory struct{ resident, heap int64 }

func readMemory() memory {
	debug.FreeOSMemory()
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	m := memory{
		heap:     int64(samples[0].Value.Uint64()),
		resident: int64(samples[1].Value.Uint64() - samples[2].Value.Uint64()), // where the system does not tell
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return m
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 3 && words[0] == "VmRSS:" {
			if kib, err := strconv.ParseInt(words[1], 10, 64); err == nil {
				m.resident = kib << 10
			}
		}
	}
	return m
}

// folderSize returns the bytes of all files below dir. A file that a server
// removes meanwhile counts nothing.
func folderSize(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("bench: size of the folder: %w", err)
	}
	return total, nil
}

// usage returns how much of a core the process used for d, in percent.
func usage(ctx context.Context, d time.Duration) (float64, error) {
	before, err := processorTime()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := pause(ctx, d); err != nil {
		return 0, err
	}
	after, err := processorTime()
	return 100 * float64(after-before) / float64(time.Since(began)), err
}

// settle waits until the process has nothing left to do in the background, such
// as merging tables after a load, for at most two minutes.
func settle(ctx context.Context) error {
	calm := 0
	for began := time.Now(); calm < 3 && time.Since(began) < 2*time.Minute; {
		used, err := usage(ctx, 200*time.Millisecond)
		if err != nil {
			return err
		}
		if calm++; used > 5 {
			calm = 0
		}
	}
	return nil
}
