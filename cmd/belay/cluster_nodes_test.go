package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/apply"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
)

var clusterSeed = flag.Uint64("cluster-seed", 0, "play the load and the faults of the cluster tests by this seed; 0 draws one")

// clusterBound is how long a cluster test may hang before it fails.
const clusterBound = 5 * time.Minute

// cluster is three processes of the program over one real database, each with a
// network of its own to it, and the receiver that all of them send to.
type cluster struct {
	*testing.T
	ctx      context.Context // ends with the test, or when it hangs
	cancel   context.CancelFunc
	seed     uint64
	database *pgtest.Server
	nodes    []*clusterNode
	receiver *belaytest.Receiver
	sites    []string
}

// machines are those that the nodes say they run on: two of one, and one by itself.
var machines = [...]string{"one", "one", "another"}

// newCluster starts it all and sets the sites up.
func newCluster(t *testing.T, sites int) *cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clusterBound)
	t.Cleanup(cancel)
	c := &cluster{T: t, ctx: ctx, cancel: cancel, seed: *clusterSeed, receiver: belaytest.NewReceiver(t)}
	if c.seed == 0 {
		c.seed = rand.Uint64()
	}
	t.Logf("the seed is %d", c.seed)
	c.receiver.Answer(answerInTime)
	c.database = pgtest.Start(t, pgtest.Options{Durable: true})
	url := c.database.Database(t)
	folder := t.TempDir()
	for i := range machines {
		c.nodes = append(c.nodes, newClusterNode(t, folder, fmt.Sprintf("node-%d", i+1), machines[i], pgtest.NewProxy(t, c.database.Addr()), url))
	}
	t.Cleanup(c.close)
	// All at once: they make the schema and the operator's key together.
	failed := make([]error, len(c.nodes))
	var starting sync.WaitGroup
	for i, n := range c.nodes {
		starting.Go(func() { failed[i] = n.start(ctx) })
	}
	starting.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	c.furnish(sites)
	return c
}

// answerInTime answers half of the requests at once, the others within 27 ms, so
// that a cancel or a kill finds some of them out.
func answerInTime(w http.ResponseWriter, r *http.Request) {
	wait := time.Duration(0)
	if n := rand.IntN(20); n < 10 {
		wait = time.Duration(n) * 3 * time.Millisecond
	}
	belaytest.After(wait, belaytest.Status(http.StatusOK))(w, r)
}

// close ends the nodes, and tells what they said last where the test has failed.
func (c *cluster) close() {
	for _, n := range c.nodes {
		n.kill()
		if c.Failed() {
			c.Logf("%s said last:\n%s", n.name, n.tail(40))
		}
	}
	if c.Failed() {
		c.Logf("to play the same load and faults again: -cluster-seed %d", c.seed)
	}
}

// toggled is the automation of a trigger that is switched on and off.
func toggled(site int, trigger string) string {
	if trigger == "now" {
		return fmt.Sprintf("a0000000-0000-4000-8000-%012d", 2*site)
	}
	return fmt.Sprintf("a0000000-0000-4000-8000-%012d", 2*site+1)
}

// lasting is the automation of a trigger that acts all the time.
func lasting(site int, trigger string) string { return "b" + toggled(site, trigger)[1:] }

const clusterApp = "a9900000-0000-4000-8000-000000000001"

// furnish sets the app and the sites up. Each site has for each trigger an
// automation that acts all the time; the first site has some that are switched on
// and off.
func (c *cluster) furnish(sites int) {
	c.Helper()
	var text strings.Builder
	text.WriteString(strings.ReplaceAll(`
kind: app
id: APP
name: Clock
---
kind: trigger
app: Clock
key: now
name: Happens now
schema:
  type: object
  properties:
    key: {type: string, title: Key, examples: [k]}
---
kind: trigger
app: Clock
key: soon
name: Happens soon
schema:
  type: object
  properties:
    key: {type: string, title: Key, examples: [k]}
    at: {type: string, format: date-time, futureDate: true, title: At, examples: ["2030-05-12T09:00:00Z"]}
`, "APP", clusterApp))
	for i := range sites {
		id := fmt.Sprintf("51e7e000-0000-4000-8000-%012d", i)
		c.sites = append(c.sites, id)
		fmt.Fprintf(&text, "---\nkind: site\nid: %s\nname: Site %d\ntimeZone: UTC\n---\nkind: installation\nsite: Site %d\napp: Clock\n", id, i, i)
		for _, trigger := range []string{"now", "soon"} {
			kinds := []string{lasting(i, trigger)}
			if i == 0 {
				kinds = append(kinds, toggled(i, trigger))
			}
			for _, automation := range kinds {
				fmt.Fprintf(&text, `---
kind: automation
id: %s
site: Site %d
name: Tell of %s by %s
trigger: {app: Clock, key: %s}
actions:
  tell: {do: send_http_request, with: {url: %s/hook, body: {key: '{{var("key")}}', automation: %s}}}
`, automation, i, trigger, automation, trigger, c.receiver.URL, automation)
			}
		}
	}
	wish, err := apply.LoadFS(asFS(text.String()), os.Getenv)
	if err != nil {
		c.Fatal(err)
	}
	var said bytes.Buffer
	if _, err := apply.Apply(c.ctx, c.nodes[0].client(), wish, apply.Options{}, &said); err != nil {
		c.Fatalf("%v\n%s", err, &said)
	}
}

// awaitNodes returns when every node sees three that look after all buckets: those
// that were killed are forgotten.
func (c *cluster) awaitNodes() {
	c.Helper()
	c.await("every node to see three", func() (bool, error) {
		for _, n := range c.nodes {
			seen, err := n.client().Nodes(c.ctx)
			buckets := 0
			for i := range seen {
				buckets += seen[i].Buckets
			}
			if err != nil || len(seen) != len(c.nodes) || buckets != belay.Buckets {
				return false, err
			}
		}
		return true, nil
	})
}

// await asks until the answer is yes.
func (c *cluster) await(what string, yes func() (bool, error)) {
	c.Helper()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		done, err := yes()
		if done {
			return
		}
		select {
		case <-ticker.C:
		case <-c.ctx.Done():
			c.Fatalf("gave up waiting for %s: %v", what, err)
		}
	}
}

// clusterNode is one node over its starts.
type clusterNode struct {
	name  string
	proxy *pgtest.Proxy
	args  []string
	log   string
	at    atomic.Pointer[doorway]
	// ending is set while it is told to end and started anew.
	ending atomic.Bool
	cmd    *exec.Cmd
	ended  chan error
}

// doorway is where one start of a node answers.
type doorway struct {
	url    string
	client *client.Client
}

func newClusterNode(t *testing.T, folder, name, machine string, proxy *pgtest.Proxy, database string) *clusterNode {
	return &clusterNode{
		name: name, proxy: proxy, log: filepath.Join(folder, name+".log"),
		args: []string{
			"belay", "serve", "--store", proxy.URL(database), "--node", name, "--machine", machine, "--listen", "127.0.0.1:0",
			"--operator-key", operatorKey, "--allow", "127.0.0.0/8", "--log-level", "debug",
			"--lease", "50s", // the least that attempts of 40 s allow
			"--drain", "1m", // so that on a busy machine too a stop ends in order
		},
	}
}

const operatorKey = "the-operators-own-key"

// client is one for the node's last start.
func (n *clusterNode) client() *client.Client { return n.at.Load().client }

// start returns when the node has said where it answers.
func (n *clusterNode) start(ctx context.Context) error {
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	n.cmd = exec.CommandContext(ctx, os.Args[0])
	n.cmd.Args, n.cmd.Stderr = n.args, log
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := n.cmd.Start(); err != nil {
		return err
	}
	n.ended = make(chan error, 1)
	address := regexp.MustCompile(`http://[0-9.]+:[0-9]+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := address.FindString(lines.Text()); url != "" {
			n.at.Store(&doorway{url, client.New(url, client.Credentials{Key: operatorKey})})
			go func(cmd *exec.Cmd, ended chan<- error) {
				for lines.Scan() { // what it says from here on
				}
				ended <- cmd.Wait()
			}(n.cmd, n.ended)
			return nil
		}
	}
	return fmt.Errorf("%s ended without saying where it answers: %w\n%s", n.name, n.cmd.Wait(), n.tail(20))
}

// kill ends the process as a crash does.
func (n *clusterNode) kill() {
	if n.cmd != nil && n.cmd.Process != nil && n.ended != nil {
		_ = n.cmd.Process.Kill()
		<-n.ended
		n.cmd = nil
	}
}

// stop ends the process in order; the error says that it did not end well.
func (n *clusterNode) stop() error {
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := <-n.ended
	n.cmd = nil
	return err
}

// tail returns the last lines of all that the node has logged.
func (n *clusterNode) tail(most int) string {
	lines := n.lines()
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

func (n *clusterNode) lines() []string {
	content, err := os.ReadFile(n.log)
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

// grep returns what all nodes have logged of any of these words, in the order of time.
func (c *cluster) grep(words ...string) []string {
	var found []string
	for _, n := range c.nodes {
		for _, line := range n.lines() {
			if slices.ContainsFunc(words, func(word string) bool { return word != "" && strings.Contains(line, word) }) {
				found = append(found, line+" node="+n.name)
			}
		}
	}
	slices.Sort(found) // each begins with its time
	return found
}
