package docs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestMain lets the test's own binary stand in for curl, which not every machine
// has, so that the pages' commands can be carried out as they are written.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "curl" {
		if err := curl(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "curl:", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if dir := scratch.dir; dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// curl carries out as much of curl's command line as the pages use. Unlike curl,
// it fails on any status but 200.
func curl(args []string) error {
	method, body, headers := "", "", http.Header{}
	f := flag.NewFlagSet("curl", flag.ContinueOnError)
	f.Bool("s", true, "")
	f.StringVar(&method, "X", "", "")
	f.StringVar(&body, "d", "", "")
	f.Func("H", "", func(line string) error {
		name, value, _ := strings.Cut(line, ":")
		headers.Set(name, strings.TrimSpace(value))
		return nil
	})
	var urls []string
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return err
		}
		if args = f.Args(); len(args) > 0 {
			urls, args = append(urls, args[0]), args[1:]
		}
	}
	if len(urls) != 1 {
		return fmt.Errorf("needs one address, has %q", urls)
	}
	if method == "" && body != "" {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(context.Background(), method, urls[0], strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = headers
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		return err
	}
	fmt.Println()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// scratch is what all tests share: the binary, which takes seconds to make.
var scratch struct {
	once sync.Once
	dir  string
	err  error
}

// binary returns the path of the belay binary.
func binary(t *testing.T) string {
	t.Helper()
	scratch.once.Do(func() {
		if scratch.dir, scratch.err = os.MkdirTemp("", "belay-docs-"); scratch.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(scratch.dir, "belay"), "../cmd/belay")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			scratch.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if scratch.err != nil {
		t.Fatal(scratch.err)
	}
	return filepath.Join(scratch.dir, "belay")
}

// desk is a folder as the reader of a page has it: the binary in bin, the examples,
// and a server under way.
type desk struct {
	t        *testing.T
	dir      string
	url, key string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Abs("../examples")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(d.dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"bin/belay": binary(t), "bin/curl": self, "examples": examples} {
		if err := os.Symlink(to, filepath.Join(d.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// start runs a server and returns the first line that it prints.
func (d *desk) start(args ...string) string {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, binary(d.t), args...)
	server.Dir = d.dir
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	out, err := server.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		stop()
		if err := server.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			d.t.Errorf("the server: %v\n%s", err, said.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		d.t.Fatalf("the server said %q: %v\n%s", line, err, said.String())
	}
	return line
}

// follow carries out a page's commands in one shell and returns what they print.
// Those that start a server are left out; it is under way.
func (d *desk) follow(page string) string {
	d.t.Helper()
	var script strings.Builder
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		if m[1] != "" || regexp.MustCompile(`(?m)^(\s*app +Belay|git clone|make|bin/belay serve|export BELAY_URL=\S+ BELAY_KEY)`).MatchString(m[2]) {
			continue
		}
		script.WriteString(strings.ReplaceAll(m[2], "http://127.0.0.1:7300", d.url))
	}
	shell := exec.CommandContext(d.t.Context(), "bash", "-eu", "-o", "pipefail", "-c", script.String())
	shell.Dir = d.dir
	shell.Env = append(os.Environ(), "PATH="+filepath.Join(d.dir, "bin")+":"+os.Getenv("PATH"), "BELAY_URL="+d.url, "BELAY_KEY="+d.key, "TZ=UTC")
	out, err := shell.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// wants checks that an output shows each of some things.
func wants(t *testing.T, out string, things ...string) {
	t.Helper()
	for _, thing := range things {
		if !regexp.MustCompile(thing).MatchString(out) {
			t.Errorf("nothing like %q in\n%s", thing, out)
		}
	}
}

func TestTheCommandsOfTheReadmeWork(t *testing.T) {
	d := newDesk(t)
	var ready struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal([]byte(d.start("demo", "--json", "--listen", "127.0.0.1:0", "--data", ".belay")), &ready); err != nil {
		t.Fatal(err)
	}
	d.url = ready.URL
	wants(t, d.follow(read(t, "../README.md")),
		`"activationIds":\["[^"]+","[^"]+","[^"]+"\]`, `"status":"SCHEDULED"`, `"canceledActivations":3`, `"inFlightActions":0`)
}

func TestTheCommandsOfTheTutorialsWork(t *testing.T) {
	const key = "belay_docs_operator_key"
	d := newDesk(t)
	said := d.start("serve", "--listen", "127.0.0.1:0", "--data", "data", "--operator-key", key)
	d.url, d.key = regexp.MustCompile(`http://[\d.:]+`).FindString(said), key
	first := read(t, "tutorials/first-automation.md")
	files := regexp.MustCompile("(?s)`shop.yaml`:\n\n```yaml\n(.*?)```").FindStringSubmatch(first)
	if files == nil {
		t.Fatal("the tutorial has no shop.yaml")
	}
	if err := os.WriteFile(filepath.Join(d.dir, "shop.yaml"), []byte(files[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, d.follow(first), `5 changed`, `with 1 activation`, `order_paid`)
	wants(t, d.follow(read(t, "tutorials/reminder.md")),
		`with 3 activations`, `SCHEDULED`, `2030-05-11 08:00:00`, `2030-05-12 09:00:00`,
		`3 activations called off; 0 actions had left before, 3 activations were over`)
}
