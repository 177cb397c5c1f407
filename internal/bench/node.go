package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/app"
	"github.com/belay-events/belay/internal/belay"
)

// operatorKey is one that every server under test has.
const operatorKey = "the-key-of-the-operator-who-measures"

// Servers under test may send requests to the bench's receiver.
const loopback = "127.0.0.0/8"

// patience bounds what takes no time where all is well: a start, a stop, the end
// of what is under way.
const patience = time.Minute

// node is one of several servers that share a database.
type node struct {
	url  string
	stop func() error // waits for an orderly end
}

// cluster is the nodes that are under load together.
type cluster []*node

// openCluster starts n nodes on a database and returns when each answers, knows of
// all the others, and has its share of the buckets.
func (b *bench) openCluster(ctx context.Context, store string, n int) (cluster, error) {
	var c cluster
	for i := range n {
		open := b.openNode
		if b.c.Program == "" {
			open = b.openNodeHere
		}
		one, err := open(ctx, store, fmt.Sprintf("bench-%d", i+1))
		if err != nil {
			return nil, errors.Join(err, c.stop())
		}
		c = append(c, one)
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.agree(bounded); err != nil {
		return nil, errors.Join(fmt.Errorf("bench: %d nodes: %w", n, err), c.stop())
	}
	return c, nil
}

// openNode starts a process.
func (b *bench) openNode(ctx context.Context, store, name string) (*node, error) {
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	cmd := exec.CommandContext(running, b.c.Program, "serve")
	cmd.Args[0] = "belay"
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "BELAY_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	// What others on the machine may not see is not among the arguments.
	cmd.Env = append(cmd.Env, "BELAY_LISTEN=127.0.0.1:0", "BELAY_STORE="+store, "BELAY_NODE="+name,
		"BELAY_OPERATOR_KEY="+operatorKey, "BELAY_ALLOW="+loopback, "BELAY_LOG_LEVEL=warn")
	said := &announcement{url: make(chan string, 1)}
	cmd.Stdout, cmd.Stderr = said, b.c.Progress
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		end()
		return nil, fmt.Errorf("bench: start a node: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stop := func() error {
		end()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("bench: node %s: %w", name, err)
		}
		return nil
	}
	select {
	case url := <-said.url:
		return &node{url: url, stop: stop}, nil
	case err := <-done:
		end()
		return nil, fmt.Errorf("bench: node %s ended before it answered: %w", name, err)
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), stop())
	}
}

// announcement hears where a node says that it answers.
type announcement struct {
	text  []byte
	heard bool
	url   chan string // has room for one
}

func (a *announcement) Write(text []byte) (int, error) {
	const mark = "Belay answers at "
	if a.heard {
		return len(text), nil
	}
	a.text = append(a.text, text...)
	if _, after, ok := bytes.Cut(a.text, []byte(mark)); ok {
		if url, _, whole := bytes.Cut(after, []byte(" ")); whole {
			a.url <- string(url)
			a.heard = true
		}
	}
	return len(text), nil
}

// openNodeHere starts a node within this process.
func (b *bench) openNodeHere(ctx context.Context, store, name string) (*node, error) {
	server, err := app.Open(ctx, app.Config{
		Listen: "127.0.0.1:0", Store: store, Node: name, LogWriter: loud{b.c.Progress}, OperatorKey: operatorKey,
		AllowedRanges: []netip.Prefix{netip.MustParsePrefix(loopback)},
	})
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- server.Run(running) }()
	return &node{url: server.URL(), stop: func() error {
		end()
		return <-done
	}}, nil
}

// addresses returns the host and port of each.
func (c cluster) addresses() []string {
	all := make([]string, len(c))
	for i, n := range c {
		all[i] = strings.TrimPrefix(n.url, "http://")
	}
	return all
}

// stop ends all at once, so that none waits for another to take over.
func (c cluster) stop() error {
	errs := make(chan error, len(c))
	for _, n := range c {
		go func() { errs <- n.stop() }()
	}
	var all error
	for range c {
		all = errors.Join(all, <-errs)
	}
	return all
}

// agree returns when every node knows of all, and each bucket is one node's.
func (c cluster) agree(ctx context.Context) error {
	for _, n := range c {
		if _, err := get(ctx, n.url, "/readyz"); err != nil {
			return err
		}
	}
	return c.until(ctx, func(all []readings) bool {
		owned := 0.0
		for _, m := range all {
			if int(m["belay_nodes"]) != len(c) {
				return false
			}
			owned += m["belay_buckets"]
		}
		return int(owned) == belay.Buckets
	})
}

// quiet returns when no node has an attempt out or a commit to make.
func (c cluster) quiet(ctx context.Context) error {
	return c.until(ctx, func(all []readings) bool {
		for _, m := range all {
			if m["belay_attempts_out"]+m["belay_queue_commits"] > 0 {
				return false
			}
		}
		return true
	})
}

// until asks all nodes for their metrics until they are as wanted.
func (c cluster) until(ctx context.Context, wanted func([]readings) bool) error {
	for {
		all, err := c.metrics(ctx)
		if err != nil {
			return err
		}
		if wanted(all) {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

func (c cluster) metrics(ctx context.Context) ([]readings, error) {
	all := make([]readings, len(c))
	for i, n := range c {
		body, err := get(ctx, n.url, "/metrics")
		if err == nil {
			all[i], err = readMetrics(body)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
