package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

var errEnded = errors.New("it ended by itself")

// process is a child that does not outlive the test binary.
type process struct {
	handle *os.Process
	done   chan struct{} // closed once it ended and was waited for
}

// launch starts a process that writes to the end of a log.
func launch(cmd *exec.Cmd, log string) (*process, error) {
	file, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cmd.Stdout, cmd.Stderr = file, file
	// A terminal's Ctrl-C is for the test binary.
	cmd.SysProcAttr.Setpgid = true
	endWithUs(cmd.SysProcAttr)
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel takes the end of the thread that started it for ours.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		err := cmd.Start()
		p.handle = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// end sends a signal and waits. It kills a process that is still there after half a
// minute, and returns false.
func (p *process) end(signal syscall.Signal) bool {
	_ = p.handle.Signal(signal)
	timer := time.NewTimer(limit / 2)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		p.kill()
		return false
	}
}

// kill kills the process and its children and waits for their end. PostgreSQL's
// children are in process groups of their own, so each is killed by its number. The
// parent is halted meanwhile: it makes no more, and as it reaps none, the numbers
// stay theirs.
func (p *process) kill() {
	if p.handle.Signal(syscall.SIGSTOP) != nil {
		<-p.done
		return
	}
	_ = until(context.Background(), func() (bool, error) {
		living := children(p.handle.Pid)
		for _, child := range living {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
		return len(living) == 0, nil
	})
	_ = p.handle.Kill()
	<-p.done
}

// tail returns a log's last lines.
func tail(log string) string {
	content, err := os.ReadFile(log)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-20):], []byte("\n")))
}
