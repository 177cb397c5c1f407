package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// What a lane takes into memory at once, and how often it looks at the most. What
// does not fit stays in the store.
const (
	laneWindow  = 512
	laneLargest = 8192
	lanePause   = 10 * time.Millisecond
	countEvery  = time.Minute
	countLimit  = 10_000
)

// rowKey is an entity of a site, whose deliveries go out one after the other.
type rowKey struct{ site, entity belay.ID }

// deliveryLane sends what one app is told: many entities at once, each in order.
type deliveryLane struct {
	o     *outbox
	app   belay.ID
	kicks chan struct{}
	slots chan struct{} // one for each entity that is being served

	mu      sync.Mutex
	busy    map[rowKey]bool
	all     bool           // everything is to be looked at, not some buckets only
	buckets *store.Buckets // where something new is
	starved bool           // more was left in the store than was taken up
	count   int            // that wait, as last counted
	oldest  belay.Instant
	at      belay.Instant // when they were counted
}

func (l *deliveryLane) kick(bucket uint8) {
	l.mu.Lock()
	if l.buckets == nil {
		l.buckets = &store.Buckets{}
	}
	l.buckets.Add(bucket)
	l.mu.Unlock()
	l.wake()
}

func (l *deliveryLane) kickAll() {
	l.mu.Lock()
	l.all = true
	l.mu.Unlock()
	l.wake()
}

func (l *deliveryLane) wake() {
	select {
	case l.kicks <- struct{}{}:
	default:
	}
}

func (l *deliveryLane) counted() (n int, oldest belay.Instant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, l.oldest
}

// run looks for what is due and sends it until ctx ends, or until the app listens
// no more and nothing is left.
func (l *deliveryLane) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	everything, window := true, laneWindow
	var next time.Time      // when everything is looked at anew
	var ahead belay.Instant // when the first that is not due yet will be, 0 for none
	for {
		buckets := l.take(everything)
		found, soon, err := l.look(ctx, buckets, window)
		wait := l.o.e.o.Poll
		if err != nil && ctx.Err() == nil {
			l.o.e.metrics.loadErrors.Inc()
			l.o.e.log.Error("due deliveries could not be read; trying again", "app", l.app, "error", err)
			wait = min(wait, time.Second)
		}
		started := l.serveAll(ctx, found)
		switch {
		case len(found) < window || started:
			window = laneWindow
		default: // one entity alone fills the window
			window = min(2*window, laneLargest)
		}
		if everything && err == nil && len(found) == 0 && soon == 0 && !l.o.listens(l.app) && l.o.close(l) {
			return
		}
		now := l.o.e.Now().Time()
		if everything {
			next, ahead = now.Add(wait), soon
		} else if soon != 0 && (ahead == 0 || soon < ahead) {
			ahead = soon
		}
		at := next
		if ahead != 0 && ahead.Time().Before(at) {
			at = ahead.Time()
		}
		timer.Reset(max(at.Sub(now), lanePause))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			everything = true
		case <-l.kicks:
			everything = false
			select { // what comes together is looked at together
			case <-time.After(lanePause):
			case <-ctx.Done():
				return
			}
		}
	}
}

// take returns the buckets to look at, of those that this node looks after.
func (l *deliveryLane) take(everything bool) *store.Buckets {
	owned := l.o.e.members.owned.Load()
	l.mu.Lock()
	defer l.mu.Unlock()
	some, all := l.buckets, everything || l.all || l.starved
	l.buckets, l.all = nil, false
	if all {
		return owned
	}
	if some == nil {
		return &store.Buckets{}
	}
	if owned != nil {
		for i := range some {
			some[i] &= owned[i]
		}
	}
	return some
}

// look returns what is due, and when the first of what is not yet will be, if
// that is before the next poll.
func (l *deliveryLane) look(ctx context.Context, buckets *store.Buckets, window int) (found []store.DueDelivery, soon belay.Instant, err error) {
	st, now := l.o.e.Store(), l.o.e.Now()
	found, err = st.DueDeliveries(ctx, store.DueDeliveryQuery{
		AppID: l.app, Buckets: buckets, Until: now.Add(l.o.e.o.Poll) + 1, Limit: window,
	})
	if err != nil {
		return nil, 0, err
	}
	l.mu.Lock()
	l.starved = len(found) == window
	stale := now.Sub(l.at) >= countEvery
	l.mu.Unlock()
	for i, d := range found {
		if d.At > now {
			found, soon = found[:i], d.At
			break
		}
	}
	if stale {
		err = l.recount(ctx, now)
	}
	return found, soon, err
}

func (l *deliveryLane) recount(ctx context.Context, now belay.Instant) error {
	all, err := l.o.e.Store().DueDeliveries(ctx, store.DueDeliveryQuery{
		AppID: l.app, Buckets: l.o.e.members.owned.Load(), Until: never, Limit: countLimit,
	})
	if err != nil {
		return err
	}
	oldest := now
	for i := range all {
		oldest = min(oldest, all[i].DeliveryID.MadeAt())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count, l.oldest, l.at = len(all), oldest, now
	return nil
}

// never is later than any due time.
const never = belay.Instant(1<<62 - 1)

// serveAll serves the entities of what was found, as there are slots, and reports
// whether there was any that was not being served.
func (l *deliveryLane) serveAll(ctx context.Context, found []store.DueDelivery) (started bool) {
	of := map[rowKey][]belay.ID{}
	var order []rowKey
	for _, d := range found {
		key := rowKey{d.SiteID, d.EntityID}
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], d.DeliveryID)
	}
	for _, key := range order {
		l.mu.Lock()
		busy := l.busy[key]
		l.busy[key] = true
		l.mu.Unlock()
		if busy {
			continue
		}
		started = true
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return started
		}
		l.o.e.work.Go(func() {
			l.serve(l.o.e.life, key, of[key])
			<-l.slots
			l.mu.Lock()
			delete(l.busy, key)
			starved := l.starved
			l.mu.Unlock()
			if starved {
				l.wake()
			} else {
				l.kick(belay.Bucket(key.site)) // what came meanwhile was passed by
			}
		})
	}
	return started
}

// serve sends an entity's deliveries one after the other, until there is none left
// or one must be tried again later. Those known to be behind that one wait for it.
func (l *deliveryLane) serve(ctx context.Context, key rowKey, known []belay.ID) {
	for {
		again, first, until, err := l.deliver(ctx, key)
		if err == nil && !again {
			err = l.postpone(ctx, key, known, first, until)
		}
		switch {
		case errors.Is(err, store.ErrNotFound):
			return
		case err != nil:
			if ctx.Err() == nil {
				l.o.e.log.Error("a delivery could not be made; it stays due", "site", key.site, "app", l.app, "entity", key.entity, "error", err)
			}
			return
		case !again || l.o.stopping():
			return
		}
	}
}

func (o *outbox) stopping() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ctx.Err() != nil
}

// postpone makes deliveries due when the first of their entity is, so that they
// are not found again before.
func (l *deliveryLane) postpone(ctx context.Context, key rowKey, known []belay.ID, first belay.ID, until belay.Instant) error {
	var batch store.Batch
	for _, id := range known {
		if id == first {
			continue
		}
		d, err := l.o.e.Store().Delivery(ctx, key.site, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (d.Final() || d.Due >= until) {
			continue
		}
		if err != nil {
			return err
		}
		was := d.Version
		d.Due, d.Version = until, was+1
		batch.Deliveries = append(batch.Deliveries, store.DeliverySave{Delivery: d, Version: was})
	}
	if len(batch.Deliveries) == 0 {
		return nil
	}
	_, err := l.o.e.commits.must(ctx, &batch)
	return err
}

func jitter() float64 { return rand.Float64() }
