package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"belay": main})
}

// Each script runs the real program, which this test binary stands in for, in real
// processes over real folders.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("BELAY_KEY", "the-operators-own-key")
			e.Setenv("BELAY_OPERATOR_KEY", "the-operators-own-key")
			e.Setenv("TZ", "UTC")
			e.Values[servers{}] = make(map[string]*running)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":    start,
			"end":      end,
			"exits":    exits,
			"until":    until,
			"in":       in,
			"examples": tryExamples,
		},
	})
}

// servers is the key of the processes that a script has started.
type servers struct{}

// running is one of them.
type running struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	done   chan error
}

const patience = 30 * time.Second

// start NAME ARGS… begins belay ARGS in the background, and goes on when it has
// said where it answers: BELAY_URL is that. FIRST_KEY is the key it has made.
func start(ts *testscript.TestScript, _ bool, args []string) {
	path := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "belay")); err == nil {
			path = filepath.Join(dir, "belay")
			break
		}
	}
	p := &running{cmd: exec.Command(path, args[1:]...), done: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Stderr = ts.MkAbs("."), &p.stderr
	p.cmd.Env = append(os.Environ(), "TZ=UTC", "BELAY_OPERATOR_KEY="+ts.Getenv("BELAY_OPERATOR_KEY"), "TMPDIR="+ts.MkAbs("."))
	out, err := p.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	ts.Value(servers{}).(map[string]*running)[args[0]] = p
	ts.Defer(func() { _ = p.cmd.Process.Kill() })

	lines := make(chan string)
	go func() {
		s := bufio.NewScanner(out)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			select {
			case lines <- s.Text():
			case <-time.After(patience):
			}
		}
		close(lines)
		p.done <- p.cmd.Wait()
	}()
	said := regexp.MustCompile(`http://[0-9.]+:[0-9]+`)
	key := regexp.MustCompile(`BELAY_KEY=(\S+)`)
	ts.Setenv("FIRST_KEY", "")
	for {
		select {
		case line, more := <-lines:
			if !more {
				ts.Fatalf("belay %s ended: %v\n%s", strings.Join(args[1:], " "), <-p.done, &p.stderr)
			}
			if url := said.FindString(line); url != "" {
				ts.Setenv("BELAY_URL", url)
			}
			if found := key.FindStringSubmatch(line); found != nil {
				ts.Setenv("FIRST_KEY", found[1])
			}
			ts.Setenv("LINE", line)
		case <-time.After(patience):
			ts.Fatalf("belay %s says nothing:\n%s", strings.Join(args[1:], " "), &p.stderr)
		}
		if client.New(ts.Getenv("BELAY_URL"), client.Credentials{}).Ready(context.Background()) == nil {
			go func() {
				for range lines { // what it says from here on
				}
			}()
			return
		}
	}
}

// end SIGNAL NAME ends a process and waits until it has gone. With TERM it must go
// within its bound, and well.
func end(ts *testscript.TestScript, _ bool, args []string) {
	p := ts.Value(servers{}).(map[string]*running)[args[1]]
	signal := map[string]os.Signal{"KILL": os.Kill, "TERM": syscall.SIGTERM, "INT": os.Interrupt}[args[0]]
	ts.Check(p.cmd.Process.Signal(signal))
	select {
	case err := <-p.done:
		if err != nil && args[0] != "KILL" {
			ts.Fatalf("%s: %v\n%s", args[1], err, &p.stderr)
		}
	case <-time.After(patience):
		ts.Fatalf("%s goes on after SIG%s\n%s", args[1], args[0], &p.stderr)
	}
}

// exits CODE COMMAND… runs a command that must end with that code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		got = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// until PATTERN COMMAND… runs a command again and again until its output has the
// pattern: what is due in another process comes when it comes.
func until(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile(args[0])
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); ; <-ticker.C {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if out := ts.ReadFile("stdout"); pattern.MatchString(out) {
			return
		} else if time.Now().After(deadline) {
			ts.Fatalf("no %q in\n%s", args[0], out)
		}
	}
}

// in DURATION NAME FILE writes a payload in which what takes place does so that
// long from now.
func in(ts *testscript.TestScript, _ bool, args []string) {
	ahead, err := time.ParseDuration(args[0])
	ts.Check(err)
	text := strings.ReplaceAll(ts.ReadFile(args[1]), "$AT", time.Now().Add(ahead).UTC().Format(time.RFC3339Nano))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

// examples reads the line that a demo has printed for scripts and reports every
// example in it, as the app where the app may.
func tryExamples(ts *testscript.TestScript, _ bool, _ []string) {
	var ready struct {
		URL, OperatorKey, SiteID, AppID, AppKey string
		Triggers                                []struct {
			AppID, TriggerKey string
			Scheduled         bool
			Example           json.RawMessage
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.Getenv("LINE")), &ready))
	scheduled := 0
	for _, trigger := range ready.Triggers {
		key := ready.OperatorKey
		if trigger.AppID == ready.AppID {
			key = ready.AppKey
		}
		if trigger.Scheduled {
			scheduled++
		}
		c := client.New(ready.URL, client.Credentials{Key: key, SiteID: ready.SiteID})
		done, err := c.Report(context.Background(), api.ReportEventRequest{TriggerKey: trigger.TriggerKey, Payload: trigger.Example})
		if err != nil || len(done.ActivationIDs) == 0 {
			ts.Fatalf("%s: %d activations, %v", trigger.TriggerKey, len(done.ActivationIDs), err)
		}
	}
	if len(ready.Triggers) != 7 || scheduled != 2 {
		ts.Fatalf("%d triggers, %d of them scheduled", len(ready.Triggers), scheduled)
	}
	fmt.Fprintf(ts.Stdout(), "%d examples were taken\n", len(ready.Triggers))
	ts.Setenv("BELAY_SITE", ready.SiteID)
	ts.Setenv("BELAY_KEY", ready.OperatorKey)
}
