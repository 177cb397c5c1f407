// Package bench measures a whole server against the least that the same machine
// must do: it starts its own server on a folder on disk, loads it over real
// loopback HTTP, and takes beside each figure the floor, which is a bare net/http
// handler that appends the body to a file and answers after a group fsync,
// measured in the same run by the same generator.
//
// With Config.Store it measures several nodes on one PostgreSQL server instead, and
// the floor is pgbench there; nodes.go begins that.
//
// Floor and server take turns, slice by slice, so that the noise of the machine
// hits both; a figure is the median of its slices. Start with Run. Each phase has
// a file of its own; house.go is the server under test, drive.go the generator,
// floor.go the floor, table.go what is printed.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// Config is what is measured and for how long. Its zero value is the full
// measurement, which takes some ten minutes and two gigabytes of disk.
type Config struct {
	// Pending is how many activations are pending where many are; 1,000,000.
	Pending int
	// Few is how many are pending where few are; 1,000.
	Few int
	// Slice is how long one figure is taken at a time; 5 s.
	Slice time.Duration
	// Rounds is how many slices of each a median is made of; 3.
	Rounds int
	// Connections is how many clients report and cancel at once; 64.
	Connections int
	// Rate is how many activations are due each second while lateness is
	// measured; 2,000, or 500 where Store is set.
	Rate int
	// Herd is how many are due at one instant; 10,000.
	Herd int
	// Sites is how many sites they are spread over; 100, at least 2.
	Sites int
	// Dir is where a folder is made for the run and removed after it; the working
	// directory if empty. What is measured is the disk that it lies on.
	Dir string
	// Store is the URL of a PostgreSQL database, whose user may make others. Where
	// it is set, nodes that share a database are measured: one that is made on the
	// same server for the run and dropped after it, as is the floor's. Pending, Few,
	// Herd mean nothing then.
	Store string
	// Nodes are the numbers of nodes that are compared; 1, 2, 3. The first is what
	// the others are held against.
	Nodes []int
	// Program is the belay binary, of which each node runs a process; where it is
	// empty, nodes run within this process.
	Program string
	// Scale is pgbench's; 10.
	Scale int
	// NoPgbench takes the floor without the program, though it is there.
	NoPgbench bool
	// Only names the phases to run, all if empty. See Phases and NodePhases.
	Only []string
	// JSON writes a Report instead of a table.
	JSON bool
	// Progress hears a line whenever something begins or is known; nobody if nil.
	// Nodes write their warnings to it, at the same time as others.
	Progress io.Writer
}

// Phases returns the names that Config.Only may hold, in the order in which they run.
func Phases() []string {
	return []string{"space", "idle", "open", "lateness", "herd", "cancels", "single", "bulk"}
}

func (c *Config) fill() error {
	c.Pending = cmp.Or(c.Pending, 1_000_000)
	c.Few = cmp.Or(c.Few, 1_000)
	c.Slice = cmp.Or(c.Slice, 5*time.Second)
	c.Rounds = cmp.Or(c.Rounds, 3)
	c.Connections = cmp.Or(c.Connections, 64)
	phases := Phases()
	if c.Store != "" {
		phases = NodePhases()
		c.Rate = cmp.Or(c.Rate, 500)
	}
	c.Rate = cmp.Or(c.Rate, 2_000)
	c.Scale = cmp.Or(c.Scale, 10)
	if len(c.Nodes) == 0 {
		c.Nodes = []int{1, 2, 3}
	}
	c.Herd = cmp.Or(c.Herd, 10_000)
	c.Sites = cmp.Or(c.Sites, 100)
	c.Dir = cmp.Or(c.Dir, ".")
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	for _, n := range []int{c.Pending, c.Few, int(c.Slice), c.Rounds, c.Connections, c.Rate, c.Herd, c.Sites - 1, c.Scale} {
		if n <= 0 {
			return errors.New("bench: every size must be positive, and there must be two sites or more")
		}
	}
	for _, name := range c.Only {
		if !slices.Contains(phases, name) {
			return fmt.Errorf("bench: there is no phase %q; they are %s", name, strings.Join(phases, ", "))
		}
	}
	if c.Store != "" {
		return c.checkNodes()
	}
	return nil
}

// Run measures, and writes to w a table of what it found, or a Report as JSON.
// What was measured before an error, or before ctx ended, is written too.
func Run(ctx context.Context, c Config, w io.Writer) (err error) {
	if err := c.fill(); err != nil {
		return err
	}
	root, err := os.MkdirTemp(c.Dir, "belay-bench-")
	if err != nil {
		return fmt.Errorf("bench: make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	m, err := describeMachine(ctx, root)
	if err != nil {
		return err
	}
	b := &bench{c: c, root: root, report: Report{Machine: m, Slice: c.Slice.String(), Rounds: c.Rounds}}
	if c.Store == "" {
		b.report.Pending = c.Pending
	}
	b.say("%s", m)
	if b.receiver, err = newReceiver(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.receiver.close()) }()
	began := time.Now()
	measured := b.measure(ctx)
	b.report.Took = time.Since(began).Round(time.Second).String()
	return errors.Join(measured, b.report.write(w, c.JSON))
}

// bench is one run.
type bench struct {
	c        Config
	root     string
	receiver *receiver
	report   Report
	seed     uint64 // of the last house made
}

func (b *bench) measure(ctx context.Context) error {
	if b.c.Store != "" {
		return b.nodes(ctx)
	}
	if b.wants("space", "idle", "open", "lateness", "herd", "cancels") {
		if err := b.withPending(ctx); err != nil {
			return err
		}
	}
	if b.wants("single", "bulk") {
		return b.reports(ctx)
	}
	return nil
}

// withPending runs what compares a store of many pending with one of few.
func (b *bench) withPending(ctx context.Context) (err error) {
	var few, many *house
	defer func() { err = errors.Join(err, few.stop(), many.stop()) }()
	var before standing
	if b.wants("space", "idle", "open", "cancels") {
		if few, err = b.filled(ctx, "few", b.c.Few); err != nil {
			return err
		}
		if before, err = b.stand(ctx, few); err != nil {
			return err
		}
		if err := few.stop(); err != nil {
			return err
		}
	}
	if many, err = b.filled(ctx, "many", b.c.Pending); err != nil {
		return err
	}
	after, err := b.stand(ctx, many)
	if err != nil {
		return err
	}
	b.compare(before, after)
	if b.wants("lateness") {
		if err := b.lateness(ctx, many); err != nil {
			return err
		}
	}
	if b.wants("herd") {
		if err := b.herd(ctx, many); err != nil {
			return err
		}
	}
	if b.wants("cancels") {
		if err := few.start(ctx); err != nil {
			return err
		}
		return b.cancels(ctx, few, many)
	}
	return nil
}

// filled returns a new server with n activations pending.
func (b *bench) filled(ctx context.Context, name string, n int) (*house, error) {
	h, err := b.newHouse(ctx, name, "")
	if err != nil {
		return nil, err
	}
	b.say("%s: reporting %s events that are due in 1 to 31 days", name, count(n))
	if err := h.fillTo(ctx, n); err != nil {
		return nil, errors.Join(err, h.stop())
	}
	if h.rate > 0 {
		b.say("%s: %s events/s in calls of %d within the process", name, count(int(h.rate)), perCall)
	}
	return h, nil
}

// newHouse returns a server that is set up, on a folder or, if one is named, on a
// database.
func (b *bench) newHouse(ctx context.Context, name, store string) (*house, error) {
	b.seed++
	h := &house{
		dir: filepath.Join(b.root, name), store: store, seed: b.seed, receiver: b.receiver.url,
		sites: make([]belay.ID, b.c.Sites), progress: b.c.Progress,
	}
	if err := h.start(ctx); err != nil {
		return nil, err
	}
	if err := h.setUp(ctx); err != nil {
		return nil, errors.Join(err, h.stop())
	}
	return h, nil
}

func (b *bench) wants(names ...string) bool {
	if len(b.c.Only) == 0 {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(b.c.Only, name) })
}

// say tells whoever waits how it goes. A progress that cannot be written is no
// reason to stop.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.c.Progress, format+"\n", args...)
}

// add keeps a row and tells of it.
func (b *bench) add(rows ...Row) {
	for _, r := range rows {
		b.report.Rows = append(b.report.Rows, r)
		b.say("  %s", r)
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
