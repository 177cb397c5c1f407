// Package deploy_test holds the files with which Belay is deployed to their own
// formats, to each other, and to the server that they speak of. Only the image is
// not built and no cluster is started: no machine of ours that tests has an engine.
package deploy_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain removes the binary that the tests have made.
func TestMain(m *testing.M) {
	code := m.Run()
	if scratch.dir != "" {
		if err := os.RemoveAll(scratch.dir); err != nil && code == 0 {
			code = 1
		}
	}
	os.Exit(code)
}

// scratch is what all tests share: the binary, which takes seconds to make.
var scratch struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}

// binary returns the path of the belay binary.
func binary(t *testing.T) string {
	t.Helper()
	scratch.once.Do(func() {
		if scratch.dir, scratch.err = os.MkdirTemp("", "belay-deploy-"); scratch.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(scratch.dir, "belay"), "../cmd/belay")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		scratch.out, scratch.err = build.CombinedOutput()
	})
	if scratch.err != nil {
		t.Fatalf("%v\n%s", scratch.err, scratch.out)
	}
	return filepath.Join(scratch.dir, "belay")
}

// help returns what the binary says of serve.
func help(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary(t), "serve", "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files are those that speak of the server.
var files = []string{"Dockerfile", "compose.yaml", "Caddyfile", "kubernetes.yaml", "belay.service", "../docs/how-to/deploy.md"}

const port = "7300"

func TestVariablesAndFlagsAreThoseOfTheServer(t *testing.T) {
	said := help(t)
	variable := regexp.MustCompile(`\bBELAY_[A-Z_]+\b`)
	flag := regexp.MustCompile(`belay serve((?: +(?:\\\n +)?--?[a-z-]+[= ]\S+)+)`)
	name := regexp.MustCompile(`--[a-z-]+`)
	known := map[string]bool{"BELAY_URL": true, "BELAY_KEY": true, "BELAY_SITE": true} // of the verbs that call a server
	for _, v := range variable.FindAllString(said, -1) {
		known[v] = true
	}
	for _, f := range name.FindAllString(said, -1) {
		known[f] = true
	}
	if !known["BELAY_STORE"] || !known["--store"] {
		t.Fatalf("the help of serve lists %v", known)
	}
	for _, path := range files {
		text := read(t, path)
		names := variable.FindAllString(text, -1)
		for _, m := range flag.FindAllStringSubmatch(text, -1) {
			names = append(names, name.FindAllString(m[1], -1)...)
		}
		for _, n := range names {
			if !known[n] {
				t.Errorf("%s: belay serve does not know %s", path, n)
			}
		}
	}
}

// longestStop is how long an orderly stop of a server takes at most, by what its
// help says of --drain: three parts of a stop wait so long each, and a few seconds
// go to the other nodes.
func longestStop(t *testing.T) time.Duration {
	t.Helper()
	m := regexp.MustCompile(`--drain=(\S+)`).FindStringSubmatch(help(t))
	if m == nil {
		t.Fatal("the help of serve does not speak of --drain")
	}
	drain, err := time.ParseDuration(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return 3*drain + 5*time.Second
}

// TestTheServerAnswersWhereItIsAsked starts the binary with the image's settings
// and asks what the probes and the proxy ask.
func TestTheServerAnswersWhereItIsAsked(t *testing.T) {
	paths := map[string]bool{}
	for _, p := range probes(t) {
		paths[p.Path] = true
	}
	asked := regexp.MustCompile(`health_uri (\S+)`).FindStringSubmatch(read(t, "Caddyfile"))
	if asked == nil {
		t.Fatal("the proxy does not ask the nodes for their health")
	}
	paths[asked[1]] = true
	hidden := regexp.MustCompile(`@inside path (.*)`).FindStringSubmatch(read(t, "Caddyfile"))
	if hidden == nil {
		t.Fatal("the proxy hides nothing")
	}
	for path := range strings.FieldsSeq(hidden[1]) {
		paths[path] = true
	}

	image := readImage(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	server := exec.CommandContext(ctx, binary(t), image.command...)
	server.Env = []string{"BELAY_DATA=" + t.TempDir(), "BELAY_LISTEN=127.0.0.1:0", "BELAY_LOG_FORMAT=json"}
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = longestStop(t)
	var said bytes.Buffer
	server.Stderr = &said
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	url := ""
	for lines := bufio.NewScanner(out); url == "" && lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "Belay answers at "); ok {
			url, _, _ = strings.Cut(at, " ")
		}
	}
	for path := range paths {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	stop()
	if err := server.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("SIGTERM: %v\n%s", err, said.String())
	}
}
