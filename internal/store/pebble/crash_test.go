package pebble_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belay-events/belay/internal/store/pebble"
)

func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	for _, percent := range []int{0, 50, 100} {
		t.Run(fmt.Sprint(percent, " percent of what was not synced survives"), func(t *testing.T) {
			fs := vfs.NewCrashableMem()
			s := open(t, fs)
			chance := rand.New(rand.NewPCG(1, uint64(percent)))
			var acknowledged atomic.Int64
			done := make(chan error, 1)
			go func() {
				for n := range 400 {
					if err := report(t, s, n, 20_000); err != nil {
						done <- err
						return
					}
					acknowledged.Store(int64(n + 1))
				}
				done <- nil
			}()
			for crashes := 0; ; crashes++ {
				n := int(acknowledged.Load())
				crashed := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: chance})
				if crashed == nil {
					t.Fatal("no file system after the crash")
				}
				again := openAfterCrash(t, crashed)
				if again != nil {
					holds(t, again, n)
					closed(t, again)
				} else if n > 0 {
					t.Fatalf("%d reports were acknowledged, and there is no store", n)
				}
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					closed(t, s)
					t.Logf("%d crashes", crashes+1)
					return
				default:
				}
			}
		})
	}
}

func openAfterCrash(t *testing.T, fs vfs.FS) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(dir, pebble.Options{FS: fs, CacheBytes: 3 << 20, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A log that ends in the middle of its last record, or in rubbish, is one whose
// last commit was never acknowledged.
func TestATornLogOpensWithAllBefore(t *testing.T) {
	const n = 20
	home := t.TempDir()
	s := openDir(t, home)
	for i := range n {
		if err := report(t, s, i, 300); err != nil {
			t.Fatal(err)
		}
	}
	before := snapshot(t, home)
	if err := report(t, s, n, 300); err != nil {
		t.Fatal(err)
	}
	after := snapshot(t, home)
	closed(t, s)
	log := lastLog(t, after)
	from, to := differ(before[log], after[log])
	if to-from < 300 {
		t.Fatalf("the last record takes bytes %d to %d of %s", from, to, log)
	}
	cuts := map[string]func([]byte) []byte{
		"cut to zeros": func(b []byte) []byte { clear(b[from:]); return b },
		"all of it":    func(b []byte) []byte { return b },
	}
	for i := from; i < to; i += 37 {
		cuts[fmt.Sprint("truncated at ", i)] = func(b []byte) []byte { return b[:i] }
		cuts[fmt.Sprint("zeros from ", i)] = func(b []byte) []byte { clear(b[i:]); return b }
		cuts[fmt.Sprint("rubbish at ", i)] = func(b []byte) []byte { b[i] ^= 0x5a; return b }
	}
	for name, cut := range cuts {
		torn := filepath.Join(t.TempDir(), "torn")
		for file, data := range after {
			if file == log {
				data = cut(bytes.Clone(data))
			}
			write(t, filepath.Join(torn, file), data)
		}
		s := openDir(t, torn)
		want := n
		if name == "all of it" {
			want = n + 1
		}
		if got := holds(t, s, n); got != want {
			t.Errorf("%s: %d reports; want %d", name, got, want)
		}
		closed(t, s)
	}
}

func openDir(t testing.TB, dir string) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(dir, pebble.Options{CacheBytes: 3 << 20, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func snapshot(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name()] = b
	}
	return files
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func lastLog(t testing.TB, files map[string][]byte) string {
	t.Helper()
	var logs []string
	for name := range files {
		if strings.HasSuffix(name, ".log") {
			logs = append(logs, name)
		}
	}
	if len(logs) == 0 {
		t.Fatal("there is no log")
	}
	return slices.Max(logs)
}

// differ returns the range in which b differs from a.
func differ(a, b []byte) (from, to int) {
	at := func(s []byte, i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	for from < len(b) && at(a, from) == b[from] {
		from++
	}
	for to = len(b); to > from && at(a, to-1) == b[to-1]; to-- {
	}
	return from, to
}

// The child of the next two tests: it opens the folder, commits until it is
// killed, and says what was acknowledged.
func TestMain(m *testing.M) {
	home := os.Getenv("BELAY_TEST_CHILD")
	if home == "" {
		os.Exit(m.Run())
	}
	if err := child(home); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func child(home string) error {
	s, err := pebble.Open(home, pebble.Options{CacheBytes: 3 << 20})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for n := 0; ; n++ {
		if err := commit(context.Background(), s, n, 3000); err != nil {
			return err
		}
		fmt.Println("kept", n)
	}
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	home := t.TempDir()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), "BELAY_TEST_CHILD="+home)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	kept := -1
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "kept %d", &kept); err != nil && lines.Text() != "open" {
			t.Fatalf("the child says %q", lines.Text())
		}
		if kept == 0 {
			if _, err := pebble.Open(home, pebble.Options{}); err == nil {
				t.Error("a folder that another process has open was opened")
			}
		}
		if kept == 300 {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(rest), "\n") {
		_, _ = fmt.Sscanf(line, "kept %d", &kept)
	}
	_ = c.Wait()
	if kept < 300 {
		t.Fatalf("the child ended after %d reports", kept)
	}
	began := time.Now()
	s := openDir(t, home)
	t.Logf("opened in %v with %d reports acknowledged", time.Since(began), kept+1)
	holds(t, s, kept+1)
	closed(t, s)
}
