package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/belay"
)

// nodePhase is something that a number of nodes is loaded with.
type nodePhase struct {
	name string
	run  func(*nodeBench, context.Context, cluster) (nodeSlice, error)
}

var nodePhases = []nodePhase{
	{"single", (*nodeBench).single},
	{"bulk", (*nodeBench).bulk},
	{"acting", (*nodeBench).acting},
	{"lateness", (*nodeBench).ahead},
	{"soon", (*nodeBench).soon},
	{"one-site", (*nodeBench).oneSite},
}

// NodePhases returns the names that Config.Only may hold where Config.Store is
// set, in the order in which they run.
func NodePhases() []string {
	names := make([]string, len(nodePhases))
	for i, p := range nodePhases {
		names[i] = p.name
	}
	return names
}

// nodeSlice is what one slice came to.
type nodeSlice struct {
	rate      float64         // events/s
	latencies []time.Duration // of requests, ascending
	late      []time.Duration // of arrivals, ascending
	spent     spent
}

// spent is what the events of a slice took, from the nodes' own counters and the
// server's write-ahead log.
type spent struct{ events, commits, statements, acts, conflicts, processor, server, wal, images float64 }

// nodeBench measures several numbers of nodes, in turns, on one database.
type nodeBench struct {
	*bench
	h      *house
	db     *database
	server postmaster
	floor  []float64
	found  map[int]map[string][]nodeSlice // by nodes and phase
	lately float64                        // reports/s of the last slice of reports
}

// nodes measures 1, 2, … nodes beside pgbench's figure on the same server.
func (b *bench) nodes(ctx context.Context) (err error) {
	n := &nodeBench{bench: b, found: make(map[int]map[string][]nodeSlice)}
	if n.db, err = makeDatabase(ctx, b.c.Store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.db.close(ctx)) }()
	if b.report.Server, err = n.db.describe(ctx); err != nil {
		return err
	}
	b.say("%s", b.report.Server)
	n.server = findPostmaster(ctx, n.db)
	if !n.db.walRead {
		b.say("the server does not let its log be read, so that images of whole pages are not told apart")
	}
	if !n.db.checkpoints {
		b.say("the server makes no checkpoint for this user, so that slices do not begin alike")
	}
	if n.h, err = b.newHouse(ctx, "nodes", n.db.url); err != nil {
		return err
	}
	if err := n.h.stop(); err != nil {
		return err
	}
	floor, err := b.prepareFloor(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.close(ctx)) }()
	b.report.FloorBy = floor.name()
	b.say("the floor is %s, scale %d", floor.name(), floor.scale)
	for round := range b.c.Rounds {
		tps, err := floor.slice(ctx, b.c.Connections, b.c.Slice)
		if err != nil {
			return err
		}
		n.floor = append(n.floor, tps)
		b.say("round %d: the floor does %s transactions/s", round+1, count(int(tps)))
		for i := range b.c.Nodes {
			if err := n.turn(ctx, b.c.Nodes[(round+i)%len(b.c.Nodes)]); err != nil {
				return err
			}
		}
	}
	n.tell()
	return nil
}

// turn is a slice of each phase with a number of nodes.
func (n *nodeBench) turn(ctx context.Context, nodes int) (err error) {
	c, err := n.openCluster(ctx, n.db.url, nodes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	// What each node reads once, and each of its connections prepares.
	if _, err := n.drive(ctx, c, n.c.Slice/5, n.toAny(reportPath, reportBody(booked), n.anySite, forever(day)), repeatedNot); err != nil {
		return err
	}
	for _, p := range nodePhases {
		if !n.wants(p.name) {
			continue
		}
		s, err := n.measured(ctx, c, p)
		if err != nil {
			return fmt.Errorf("bench: %s, %d nodes: %w", p.name, nodes, err)
		}
		if n.found[nodes] == nil {
			n.found[nodes] = make(map[string][]nodeSlice)
		}
		n.found[nodes][p.name] = append(n.found[nodes][p.name], s)
		n.say("  %s: %s, %s events/s, p99 late %.3g ms, %.3g statements, %s B of log, %.3g ms of the nodes' processor and %.3g ms of the database's an event",
			nodesNamed(nodes), p.name, count(int(s.rate)), ms(at(s.late, 0.99)), s.spent.statements/s.spent.events, count(int(s.spent.wal/s.spent.events)), 1000*s.spent.processor/s.spent.events, 1000*s.spent.server/s.spent.events)
	}
	return nil
}

// measured runs a slice with what it costs.
func (n *nodeBench) measured(ctx context.Context, c cluster, p nodePhase) (s nodeSlice, err error) {
	if err := n.db.checkpoint(ctx); err != nil {
		return s, err
	}
	if _, err := n.receiver.take(); err != nil {
		return s, err
	}
	before, err := c.metrics(ctx)
	if err != nil {
		return s, err
	}
	from, err := n.db.position(ctx)
	if err != nil {
		return s, err
	}
	used := n.server.used()
	if s, err = p.run(n, ctx, c); err != nil {
		return s, err
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.quiet(bounded); err != nil {
		return s, fmt.Errorf("waiting for attempts that are out: %w", err)
	}
	s.spent.server = (n.server.used() - used).Seconds()
	to, err := n.db.position(ctx)
	if err != nil {
		return s, err
	}
	after, err := c.metrics(ctx)
	if err != nil {
		return s, err
	}
	if s.spent.wal, s.spent.images, err = n.db.written(ctx, from, to); err != nil {
		return s, err
	}
	for i := range c {
		since := func(name string) float64 { return after[i][name] - before[i][name] }
		s.spent.events += since(`belay_reports_total{result="accepted"}`)
		s.spent.commits += since("belay_store_commits_total")
		s.spent.statements += since("belay_store_statements_total")
		s.spent.acts += since("belay_store_acts_total")
		s.spent.processor += since("process_cpu_seconds_total")
		s.spent.conflicts += since("belay_save_conflicts_total")
	}
	if s.spent.events == 0 {
		return s, errors.New("the nodes count no event")
	}
	return s, nil
}

const reportPath, bulkPath = "/v1/events/report", "/v1/events/bulk-report"

const eventInfo = `{"externalEntityId":"<entity>","payload":` + payloadText + `}`

func reportBody(trigger string) string {
	return fmt.Sprintf(`{"triggerKey":%q,%s`, trigger, eventInfo[1:])
}

func bulkBody(trigger string, events int) string {
	return fmt.Sprintf(`{"triggerKey":%q,"eventsInfo":[%s%s]}`, trigger, eventInfo, strings.Repeat(","+eventInfo, events-1))
}

// says returns a check for words that only success has, at the end of the answer.
func says(words string) func([]byte) error {
	r := reporting{ok: words}
	return r.check
}

var repeatedNot = says(`"repeated":false`)

// anySite and oneSite choose where an event takes place.
func (n *nodeBench) anySite(chance *rand.Rand) belay.ID {
	return n.h.sites[chance.IntN(len(n.h.sites))]
}

func (n *nodeBench) firstSite(*rand.Rand) belay.ID { return n.h.sites[0] }

// forever returns times that lie d ahead.
func forever(d time.Duration) func() (belay.Instant, bool) {
	return func() (belay.Instant, bool) { return belay.At(time.Now().Add(d)), true }
}

// toAny makes requests, each for a site of its own choice, so that every site's
// events come to all nodes. starts says when the next event takes place, and
// whether there is one; all connections ask it.
func (n *nodeBench) toAny(path, body string, site func(*rand.Rand) belay.ID, starts func() (belay.Instant, bool)) func(int) func() []byte {
	return func(connection int) func() []byte {
		f := request(path, "<site>", body)
		chance := rand.New(rand.NewPCG(rand.Uint64(), uint64(connection)))
		entity := func() belay.ID { return randomID(chance.Uint64(), chance.Uint64()) }
		return func() []byte {
			at, more := starts()
			if !more {
				return nil
			}
			f.put("site", site(chance))
			return f.fill(chance, entity, at)
		}
	}
}

// drive spreads the connections over all nodes.
func (n *nodeBench) drive(ctx context.Context, c cluster, slice time.Duration, requests func(int) func() []byte, check func([]byte) error) (timing, error) {
	return drive(ctx, load{addresses: c.addresses(), connections: n.c.Connections, slice: slice, requests: requests, check: check})
}

// single is reports one by one, of events whose automation waits for 30 days.
func (n *nodeBench) single(ctx context.Context, c cluster) (nodeSlice, error) {
	return n.reports(ctx, c, n.anySite)
}

// oneSite is the same, all on one site, whose commits take turns.
func (n *nodeBench) oneSite(ctx context.Context, c cluster) (nodeSlice, error) {
	return n.reports(ctx, c, n.firstSite)
}

func (n *nodeBench) reports(ctx context.Context, c cluster, site func(*rand.Rand) belay.ID) (nodeSlice, error) {
	t, err := n.drive(ctx, c, n.c.Slice, n.toAny(reportPath, reportBody(booked), site, forever(day)), repeatedNot)
	if err != nil {
		return nodeSlice{}, err
	}
	n.lately = t.rate()
	return nodeSlice{rate: t.rate(), latencies: t.latencies}, nil
}

// bulk is the same in calls of a hundred.
func (n *nodeBench) bulk(ctx context.Context, c cluster) (nodeSlice, error) {
	t, err := n.drive(ctx, c, n.c.Slice, n.toAny(bulkPath, bulkBody(booked, perCall), n.anySite, forever(day)),
		says(fmt.Sprintf(`"totalSuccesses":%d`, perCall)))
	if err != nil {
		return nodeSlice{}, err
	}
	return nodeSlice{rate: perCall * t.rate(), latencies: t.latencies}, nil
}

// acting is reports one by one of events that are due at once. It is over when
// what they made has arrived at the receiver.
func (n *nodeBench) acting(ctx context.Context, c cluster) (nodeSlice, error) {
	began := time.Now()
	t, err := n.drive(ctx, c, n.c.Slice, n.toAny(reportPath, reportBody(starting), n.anySite, forever(0)), repeatedNot)
	if err != nil {
		return nodeSlice{}, err
	}
	got, err := n.arrived(ctx, len(t.latencies))
	return nodeSlice{rate: float64(len(t.latencies)) / time.Since(began).Seconds(), latencies: t.latencies, late: lateness(got)}, err
}

func (n *nodeBench) arrived(ctx context.Context, events int) ([]arrival, error) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return n.receiver.waitFor(bounded, events)
}

// ahead is events that are due at a steady rate, all reported before the first is.
func (n *nodeBench) ahead(ctx context.Context, c cluster) (nodeSlice, error) {
	events := n.events()
	lead := 2*time.Second + time.Duration(2*float64(events)/max(n.lately, 200)*float64(time.Second))
	begin := time.Now().Add(lead)
	var next atomic.Int64
	return n.due(ctx, c, events, begin, func() (belay.Instant, bool) {
		i := int(next.Add(1)) - 1
		return belay.At(n.after(begin, i)), i < events
	})
}

// shortNotice is how long before its time an event is reported in the phase soon:
// less than the pause between two polls of the node that looks after its site.
const shortNotice = 500 * time.Millisecond

// soon is events that are due at a steady rate, each reported shortly before.
func (n *nodeBench) soon(ctx context.Context, c cluster) (nodeSlice, error) {
	events := n.events()
	begin := time.Now().Add(2 * shortNotice)
	var next atomic.Int64
	return n.due(ctx, c, events, begin, func() (belay.Instant, bool) {
		i := int(next.Add(1)) - 1
		if i >= events {
			return 0, false
		}
		at := n.after(begin, i)
		return belay.At(at), pause(ctx, time.Until(at.Add(-shortNotice))) == nil
	})
}

func (n *nodeBench) events() int { return max(1, int(float64(n.c.Rate)*n.c.Slice.Seconds())) }

// after returns when the i-th event of a steady rate is due.
func (n *nodeBench) after(begin time.Time, i int) time.Time {
	return begin.Add(time.Duration(float64(i) / float64(n.c.Rate) * float64(time.Second)))
}

func (n *nodeBench) due(ctx context.Context, c cluster, events int, begin time.Time, starts func() (belay.Instant, bool)) (nodeSlice, error) {
	t, err := n.drive(ctx, c, time.Hour, n.toAny(reportPath, reportBody(starting), n.anySite, starts), repeatedNot)
	if err != nil {
		return nodeSlice{}, err
	}
	if err := pause(ctx, time.Until(n.after(begin, events))); err != nil {
		return nodeSlice{}, err
	}
	got, err := n.arrived(ctx, events)
	return nodeSlice{rate: float64(events) / time.Since(begin).Seconds(), latencies: t.latencies, late: lateness(got)}, err
}

// What several nodes are to do beside one.
const (
	leastOfRate = 0.9 // of one node's events/s
	mostOfCost  = 1.1 // times one node's statements and log
)

// tell adds the rows of all that was found.
func (n *nodeBench) tell() {
	for _, p := range nodePhases {
		for i, nodes := range n.c.Nodes {
			if of := n.found[nodes][p.name]; len(of) > 0 {
				n.add(n.rows(p.name, nodes, of, i > 0)...)
			}
		}
	}
}

// rows are those of a phase with a number of nodes. The first number of nodes is
// what the others are held against.
func (n *nodeBench) rows(phase string, nodes int, of []nodeSlice, others bool) []Row {
	base := n.found[n.c.Nodes[0]][phase]
	var rows []Row
	row := func(figure, unit string, read func(*nodeSlice) float64) Row {
		r := Row{Phase: phase, Figure: nodesNamed(nodes) + ", " + figure, Value: middle(of, read), Unit: unit}
		if others {
			r = r.beside(nodesNamed(n.c.Nodes[0]), middle(base, read))
			if r.Ratio != 0 {
				r.Ratio = paired(of, base, read)
			}
		}
		return r
	}
	perEvent := func(read func(*spent) float64) func(*nodeSlice) float64 {
		return func(s *nodeSlice) float64 { return read(&s.spent) / s.spent.events }
	}
	// Commits of one site take turns, so nothing is asked of them.
	asked := others && phase != "one-site"
	steady := phase == "lateness" || phase == "soon"
	if !steady {
		r := row("events", "/s", func(s *nodeSlice) float64 { return s.rate })
		r.Floor = median(n.floor)
		if !others {
			r = r.over(r.Floor)
		}
		if asked {
			r = r.ratioAtLeast(leastOfRate)
		}
		rows = append(rows, r)
		for _, q := range quantiles {
			rows = append(rows, row("request, "+q.name, "ms", func(s *nodeSlice) float64 { return ms(at(s.latencies, q.q)) }))
		}
	}
	if steady || phase == "acting" {
		for _, q := range []struct {
			name string
			q    float64
		}{{"p50", 0.5}, {"p99", 0.99}, {"max", 1}} {
			rows = append(rows, row("late at the receiver, "+q.name, "ms", func(s *nodeSlice) float64 { return ms(at(s.late, q.q)) }))
		}
	}
	rows = append(rows, row("transactions per event", "", perEvent(func(s *spent) float64 { return s.commits })))
	statements := row("statements per event", "", perEvent(func(s *spent) float64 { return s.statements }))
	log := row("log per event", "B", perEvent(func(s *spent) float64 { return s.wal }))
	changes := row("log per event, images of whole pages left out", "B", perEvent(func(s *spent) float64 { return s.wal - s.images }))
	if asked {
		statements = statements.ratioAtMost(mostOfCost)
		// How many images there are depends on the time since the checkpoint, and so
		// on how many events share them.
		if n.db.walRead {
			changes = changes.ratioAtMost(mostOfCost)
		} else {
			log = log.ratioAtMost(mostOfCost)
		}
	}
	rows = append(rows, statements, row("acts per transaction", "", func(s *nodeSlice) float64 { return s.spent.acts / s.spent.commits }), log)
	if n.db.walRead {
		rows = append(rows, changes)
	}
	if n.server != 0 {
		rows = append(rows, row("processor time of the database, per event", "ms", perEvent(func(s *spent) float64 { return 1000 * s.server })))
	}
	if n.c.Program != "" { // else the process is not the node's own
		rows = append(rows, row("processor time of the nodes, per event", "ms", perEvent(func(s *spent) float64 { return 1000 * s.processor })))
	}
	if phase != "single" && phase != "bulk" && phase != "one-site" {
		rows = append(rows, row("starts lost to another node, per event", "", perEvent(func(s *spent) float64 { return s.conflicts })))
	}
	return rows
}

// middle returns the median of a figure.
func middle(of []nodeSlice, read func(*nodeSlice) float64) float64 {
	all := make([]float64, len(of))
	for i := range of {
		all[i] = read(&of[i])
	}
	return median(all)
}

// paired returns the median of the ratios of a figure round by round: what slows the
// machine down for a while slows both down.
func paired(of, base []nodeSlice, read func(*nodeSlice) float64) float64 {
	var all []float64
	for i := range min(len(of), len(base)) {
		if b := read(&base[i]); b != 0 {
			all = append(all, read(&of[i])/b)
		}
	}
	if len(all) == 0 {
		return 0
	}
	return median(all)
}

func nodesNamed(n int) string {
	if n == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", n)
}

// checkNodes refuses what nodes cannot be measured with.
func (c *Config) checkNodes() error {
	if u, err := url.Parse(c.Store); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errors.New("bench: the store must be named by a URL, such as postgres://belay@db/belay")
	}
	if i := slices.IndexFunc(c.Nodes, func(n int) bool { return n < 1 || n > 64 }); i >= 0 {
		return fmt.Errorf("bench: %d nodes: must be 1 to 64", c.Nodes[i])
	}
	return nil
}
