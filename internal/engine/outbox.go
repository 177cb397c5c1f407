package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belay-events/belay/internal/action"
	"github.com/belay-events/belay/internal/action/webhook"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Sender sends one delivery to its receiver, once, and returns when that is over
// or ctx has ended.
type Sender interface {
	Send(ctx context.Context, to webhook.Receiver, d *belay.Delivery) action.Outcome
}

// outbox sends deliveries, those of each app in a lane of its own, so that a
// receiver that is slow or gone delays no other, and nothing else at all. Like the
// scheduler it claims nothing: which node sends follows from who looks after the
// site's bucket, and the version of the row decides what is recorded. Two nodes
// that both think it is theirs send twice, and nothing is lost.
type outbox struct {
	e   *Engine
	out atomic.Int64 // being sent

	mu    sync.Mutex
	ctx   context.Context // of run; nil before
	lanes map[belay.ID]*deliveryLane
}

func newOutbox(e *Engine) *outbox {
	return &outbox{e: e, lanes: make(map[belay.ID]*deliveryLane)}
}

// run sends until ctx ends; what is being sent then is recorded by goroutines of
// Engine.work.
func (o *outbox) run(ctx context.Context) {
	if o.e.o.Webhooks == nil {
		return
	}
	o.mu.Lock()
	o.ctx = ctx
	o.mu.Unlock()
	o.review()
	<-ctx.Done()
}

// review opens a lane for each app that listens and has none.
func (o *outbox) review() {
	apps := o.e.book.Listening()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx == nil || o.ctx.Err() != nil {
		return
	}
	for _, app := range apps {
		if o.lanes[app] == nil {
			l := &deliveryLane{o: o, app: app, kicks: make(chan struct{}, 1), busy: map[rowKey]bool{}, slots: make(chan struct{}, o.e.o.PerReceiver)}
			o.lanes[app] = l
			o.e.work.Go(func() { l.run(o.ctx) })
		}
	}
}

// close takes a lane away whose app listens no more; false where it does again.
func (o *outbox) close(l *deliveryLane) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.listens(l.app) {
		return false
	}
	delete(o.lanes, l.app)
	return true
}

func (o *outbox) listens(app belay.ID) bool {
	for _, id := range o.e.book.Listening() {
		if id == app {
			return true
		}
	}
	return false
}

// kick has what is new on a site sent. Where another node looks after the site, it
// is left to that node's next look.
func (o *outbox) kick(site belay.ID) {
	if !o.e.members.owns(site) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.lanes {
		l.kick(belay.Bucket(site))
	}
}

// shared is called when this node's buckets have changed: all are looked at.
func (o *outbox) shared() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.lanes {
		l.kickAll()
	}
}

// waiting returns how many deliveries wait, and the age of the oldest, as last
// counted.
func (o *outbox) waiting() (n int, age time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.e.Now()
	for _, l := range o.lanes {
		count, oldest := l.counted()
		n += count
		if count > 0 {
			age = max(age, now.Sub(oldest))
		}
	}
	return n, age
}

// RetryDelivery returns the wait before attempt n of a delivery, from 2: seconds
// first, hours in the end. It is stretched by up to a fifth, jitter in [0,1)
// choosing how much.
func RetryDelivery(n int, jitter float64) time.Duration {
	waits := action.RetrySchedule{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
	}
	wait, _ := waits.RetryWait(min(n, len(waits)+1), jitter)
	return wait
}

// recordDelivery returns a delivery after an attempt at it. What was not delivered
// is tried again until giveUp after the first attempt, and once more at that time.
func recordDelivery(d belay.Delivery, began, now belay.Instant, got action.Outcome, node string, giveUp time.Duration, jitter float64) belay.Delivery {
	try := belay.Attempt{
		StartedAt: began, EndedAt: now, Status: got.Status, Code: got.Code, Detail: got.Detail,
		Latency: got.Latency.Milliseconds(), Lateness: max(0, began.Sub(d.Due).Milliseconds()), Node: node, Result: "RETRY",
	}
	delivered := got.Verdict == action.Delivered
	if delivered {
		try.Result = "DELIVERED"
	}
	d = d.With(try)
	last := d.Since.Add(giveUp)
	switch wait := max(RetryDelivery(d.Tries+1, jitter), got.After); {
	case delivered:
		return d.End(belay.DeliveryDelivered, now)
	case now >= last:
		return d.End(belay.DeliveryFailed, now)
	default:
		d.Due = min(now.Add(wait), last)
		return d
	}
}

// deliver sends the first delivery of an entity that is ready, records what came
// of it, and says whether the next may follow at once. until is when the first is
// tried again where none is ready.
func (l *deliveryLane) deliver(ctx context.Context, key rowKey) (again bool, first belay.ID, until belay.Instant, err error) {
	e := l.o.e
	d, err := e.Store().FirstDelivery(ctx, key.site, l.app, key.entity)
	if err != nil {
		return false, belay.ID{}, 0, err
	}
	now := e.Now()
	if d.Tries > 0 && d.Due > now {
		return false, d.ID, d.Due, nil
	}
	next, result, err := l.attempt(ctx, d)
	if err != nil {
		return false, d.ID, 0, err
	}
	saved, err := e.commits.must(ctx, &store.Batch{Deliveries: []store.DeliverySave{{Delivery: next, Version: d.Version}}})
	if err != nil {
		return false, d.ID, 0, err
	}
	if saved.Deliveries[0] == store.Lost {
		e.metrics.conflicts.Inc() // another node was first; what it recorded decides
		return true, d.ID, 0, nil
	}
	e.metrics.deliveries.WithLabelValues(result).Inc()
	if next.Status == belay.DeliveryFailed {
		try := next.Attempts[len(next.Attempts)-1]
		e.log.WarnContext(ctx, "delivery given up", "site", d.SiteID, "app", d.AppID, "delivery", d.ID, "event", d.Topic,
			"entity", d.EntityID, "attempts", next.Tries, "status", try.Status, "code", try.Code)
	}
	return next.Final(), d.ID, next.Due, nil
}

// attempt sends d, or drops it where nobody is to be told of it any more.
func (l *deliveryLane) attempt(ctx context.Context, d belay.Delivery) (next belay.Delivery, result string, err error) {
	e := l.o.e
	hook, instance, ok, err := e.webhook(ctx, &d)
	if err != nil {
		return d, "", err
	}
	if !ok {
		next = d
		next.Version++
		return next.End(belay.DeliveryDropped, e.Now()), "dropped", nil
	}
	began := e.Now()
	l.o.out.Add(1)
	got := e.o.Webhooks.Send(ctx, webhook.Receiver{Webhook: hook, Instance: instance, Now: began.Time()}, &d)
	l.o.out.Add(-1)
	if ctx.Err() != nil {
		return d, "", ctx.Err() // it is repeated after the next start
	}
	e.metrics.sendTime.Observe(got.Latency.Seconds())
	next = recordDelivery(d, began, e.Now(), got, e.o.Node, e.o.GiveUp, jitter())
	switch next.Status {
	case belay.DeliveryDelivered:
		result = "delivered"
	case belay.DeliveryFailed:
		result = "failed"
	default:
		result = "retry"
	}
	return next, result, nil
}

// webhook returns where a delivery goes, as it is configured now.
func (e *Engine) webhook(ctx context.Context, d *belay.Delivery) (hook belay.Webhook, instance belay.ID, ok bool, err error) {
	s, err := e.book.Snapshot(ctx, d.SiteID)
	if err == nil {
		hook, instance, ok = s.Webhook(d.AppID, d.Topic)
	}
	if err == nil && !ok && !e.members.alone() {
		// Another node may have set it up since.
		if s, err = e.book.Refresh(ctx, d.SiteID); err == nil {
			hook, instance, ok = s.Webhook(d.AppID, d.Topic)
		}
	}
	if belay.CodeOf(err) == belay.NotFound { // the site is gone
		return hook, instance, false, nil
	}
	return hook, instance, ok, err
}
