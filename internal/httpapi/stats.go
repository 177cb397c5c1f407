package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/engine"
	"github.com/belay-events/belay/internal/figures"
)

func (d *door) statsRoutes() []route {
	return []route{{
		method: "GET", patterns: own("/stats"), id: "getStats", group: groupServer, access: operators,
		summary: "Get the figures of the server, with their history", operation: does(d.getStats),
	}}
}

// statsPoints is how many steps a history has at most.
const statsPoints = 180

func (d *door) getStats(ctx context.Context, _ *call, in *api.StatsRequest) (*api.Stats, error) {
	span := time.Duration(cmp.Or(in.Minutes, 60)) * time.Minute
	now, err := d.recorder.Now(time.Now())
	if err != nil {
		return nil, fmt.Errorf("httpapi: read metrics: %w", err)
	}
	samples := append(d.recorder.Since(now.At.Add(-span)), now)
	first := samples[0]
	backlog, err := d.engine.Backlog(ctx)
	if err != nil {
		return nil, fmt.Errorf("httpapi: backlog: %w", err)
	}
	kept, counted, err := d.engine.StoreFigures(ctx)
	if err != nil {
		return nil, fmt.Errorf("httpapi: figures of the store: %w", err)
	}
	nodes := d.engine.Nodes()
	answer := &api.Stats{
		Version: d.version, Date: api.Time{Time: now.At}, Nodes: len(nodes), Alone: !d.engine.Shared(), RetentionDays: d.engine.RetentionDays(),
		History: historyOf(samples, span), Lateness: latenessOf(samples), Commits: commitsOf(first, now),
		Queues: api.StatsQueues{
			Commits: int(now.Waiting), Near: int(now.Near), Due: int(now.Due), Overdue: int(now.Overdue),
			Attempts: int(now.Out), Deliveries: int(now.Deliveries),
		},
		Backlog: backlogOf(&backlog),
		Store: api.StatsStore{
			CountedDate: api.Time{Time: counted}, Events: api.Int64(kept.Events), Activations: api.Int64(kept.Activations),
			Pending: api.Int64(kept.Pending), DiskBytes: api.Int64(kept.DiskBytes),
		},
	}
	for _, n := range nodes {
		if n.Self {
			answer.Node = n.Name
		}
	}
	if took := now.At.Sub(first.At); took >= 10*time.Minute && first.StoreBytes > 0 {
		answer.Store.GrowthBytesPerDay = math.Round((now.StoreBytes - first.StoreBytes) / took.Hours() * 24)
	}
	d.top(answer)
	return answer, nil
}

func (d *door) top(answer *api.Stats) {
	tops := d.engine.Tops()
	answer.FailingHosts, answer.Sites, answer.Apps = []api.StatsHost{}, []api.StatsReports{}, []api.StatsReports{}
	for _, h := range tops.Failing {
		answer.FailingHosts = append(answer.FailingHosts, api.StatsHost{Host: h.Name, Attempts: api.Int64(h.Count), Failed: api.Int64(h.Failed)})
	}
	for _, s := range tops.Sites {
		answer.Sites = append(answer.Sites, api.StatsReports{ID: s.Name.String(), Name: d.book.NameOfSite(s.Name), Events: api.Int64(s.Count)})
	}
	for _, a := range tops.Apps {
		answer.Apps = append(answer.Apps, api.StatsReports{ID: a.Name.String(), Name: d.book.NameOfApp(a.Name), Events: api.Int64(a.Count)})
	}
}

// historyOf makes steps of samples, the last ending with the last of them.
func historyOf(samples []figures.Sample, span time.Duration) api.StatsHistory {
	step := max(figures.Every, (span / statsPoints).Round(figures.Every))
	h := api.StatsHistory{StepSeconds: int(step.Seconds())}
	each := int(step / figures.Every)
	last := samples[len(samples)-1]
	var ends []figures.Sample
	for i := len(samples) - 1; i >= 0; i -= each {
		ends = append([]figures.Sample{samples[i]}, ends...)
	}
	h.StartDate = api.Time{Time: last.At.Add(-step * time.Duration(max(len(ends)-2, 0)))}
	for i := 1; i < len(ends); i++ {
		was, is := &ends[i-1], &ends[i]
		seconds := max(is.At.Sub(was.At).Seconds(), 0.001)
		rate := func(a, b float64) float64 { return math.Round((b-a)/seconds*100) / 100 }
		h.Events, h.Started, h.Canceled = append(h.Events, rate(was.Events, is.Events)), append(h.Started, rate(was.Activations, is.Activations)), append(h.Canceled, rate(was.Canceled, is.Canceled))
		h.Acts, h.Attempts, h.Failed = append(h.Acts, rate(was.Acts, is.Acts)), append(h.Attempts, rate(was.Attempts, is.Attempts)), append(h.Failed, rate(was.Failed, is.Failed))
		late, ok := is.Lateness.Since(was.Lateness).Quantile(0.99)
		if !ok {
			late = -0.001
		}
		h.LateMs = append(h.LateMs, late*1000)
		h.Behind, h.StoreBytes = append(h.Behind, is.Due+is.Overdue), append(h.StoreBytes, is.StoreBytes)
	}
	return h
}

func latenessOf(samples []figures.Sample) api.StatsLateness {
	now := samples[len(samples)-1]
	whole := now.Lateness.Since(samples[0].Lateness)
	recent := samples[0]
	for i := range samples {
		if now.At.Sub(samples[i].At) <= 5*time.Minute {
			recent = samples[i]
			break
		}
	}
	ms := func(h figures.Histogram, q float64) float64 {
		late, _ := h.Quantile(q)
		return late * 1000
	}
	return api.StatsLateness{
		Attempts: int64(whole.Count()), P50Ms: ms(whole, 0.5), P95Ms: ms(whole, 0.95), P99Ms: ms(whole, 0.99),
		Recent99: ms(now.Lateness.Since(recent.Lateness), 0.99),
	}
}

func commitsOf(first, now figures.Sample) api.StatsCommits {
	n := now.Commits - first.Commits
	c := api.StatsCommits{Commits: int64(n), Sizes: []api.StatsSize{}}
	if n > 0 {
		c.MeanActs = math.Round((now.Acts-first.Acts)/n*10) / 10
		c.MeanMs = math.Round((now.CommitSeconds-first.CommitSeconds)/n*1e5) / 100
	}
	sizes, before := now.CommitSizes.Since(first.CommitSizes), 0.0
	for i, count := range sizes.Counts {
		if here := count - before; here > 0 {
			size := api.StatsSize{Commits: int64(here)}
			if !math.IsInf(sizes.Bounds[i], 1) {
				size.UpTo = int(sizes.Bounds[i])
			}
			c.Sizes = append(c.Sizes, size)
		}
		before = count
	}
	return c
}

func backlogOf(b *engine.Backlog) api.StatsBacklog {
	told := api.StatsBacklog{CountedDate: when(b.At)}
	if b.Oldest != 0 {
		told.OldestDueDate = when(b.Oldest)
	}
	for i, until := range []string{"NOW", "MINUTE", "HOUR", "DAY", "WEEK", "LATER"} {
		told.Parts = append(told.Parts, api.StatsBacklogPart{Until: until, Count: b.Counts[i], More: b.Counts[i] >= engine.BacklogMost})
	}
	return told
}
