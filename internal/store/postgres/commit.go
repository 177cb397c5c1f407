package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// Commit carries out a batch bucket by bucket, changes of scope zero first: each
// in one transaction, which is one round trip where it has no changes. The answer
// comes when the database has it on disk, and on its synchronous standby's where
// there is one. A caller that gives up does not take back what was begun.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (*store.Result, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.exit()
	r := &store.Result{
		Changes: make([]store.Changed, len(b.Changes)),
		Cancels: make([]store.Canceled, len(b.Cancels)),
		Reports: make([]store.Reported, len(b.Reports)),
		Saves:   make([]store.Saved, len(b.Saves)),
		Purges:  make([]store.Purged, len(b.Purges)),

		Deliveries: make([]store.Saved, len(b.Deliveries)),
	}
	ctx = context.WithoutCancel(ctx)
	for i, p := range split(b, r) {
		p.fence = b.Fence
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("postgres: commit: %w", err)
		}
		if err := s.commit(ctx, p); err != nil {
			if i > 0 {
				err = fmt.Errorf("%w: a part of the batch was kept: %w", store.ErrUncertain, err)
			}
			return nil, fmt.Errorf("postgres: commit: %w", err)
		}
	}
	return r, nil
}

// act is one act of a batch with the place for its answer.
type act[A, R any] struct {
	do     *A
	answer *R
}

// part is what a batch has for one bucket, or for scope zero.
type part struct {
	global  bool
	fence   int64 // that the bucket must have; 0 for any
	bucket  uint8
	changes []act[store.Change, store.Changed]
	cancels []act[store.Cancel, store.Canceled]
	reports []act[store.Report, store.Reported]
	saves   []act[store.Save, store.Saved]
	entries []*store.Entry
	told    []act[store.DeliverySave, store.Saved]
	purges  []act[store.Purge, store.Purged]
}

// split sorts a batch into parts, scope zero's in front.
func split(b *store.Batch, r *store.Result) []*part {
	var parts []*part
	of := func(site belay.ID) *part {
		bucket := belay.Bucket(site)
		for _, p := range parts {
			if p.bucket == bucket && !p.global {
				return p
			}
		}
		parts = append(parts, &part{bucket: bucket})
		return parts[len(parts)-1]
	}
	global := &part{global: true}
	for i := range b.Changes {
		c := act[store.Change, store.Changed]{&b.Changes[i], &r.Changes[i]}
		if p := global; c.do.Scope.IsZero() {
			p.changes = append(p.changes, c)
		} else {
			p = of(c.do.Scope)
			p.changes = append(p.changes, c)
		}
	}
	for i := range b.Cancels {
		p := of(b.Cancels[i].SiteID)
		p.cancels = append(p.cancels, act[store.Cancel, store.Canceled]{&b.Cancels[i], &r.Cancels[i]})
	}
	for i := range b.Reports {
		p := of(b.Reports[i].Event.SiteID)
		p.reports = append(p.reports, act[store.Report, store.Reported]{&b.Reports[i], &r.Reports[i]})
	}
	for i := range b.Saves {
		p := of(b.Saves[i].Activation.SiteID)
		p.saves = append(p.saves, act[store.Save, store.Saved]{&b.Saves[i], &r.Saves[i]})
	}
	for i := range b.Entries {
		p := of(b.Entries[i].SiteID)
		p.entries = append(p.entries, &b.Entries[i])
	}
	for i := range b.Deliveries {
		p := of(b.Deliveries[i].Delivery.SiteID)
		p.told = append(p.told, act[store.DeliverySave, store.Saved]{&b.Deliveries[i], &r.Deliveries[i]})
	}
	for i := range b.Purges {
		p := of(b.Purges[i].SiteID)
		p.purges = append(p.purges, act[store.Purge, store.Purged]{&b.Purges[i], &r.Purges[i]})
	}
	if len(global.changes) > 0 {
		parts = append([]*part{global}, parts...)
	}
	return parts
}

func (p *part) acts() int {
	return len(p.changes) + len(p.cancels) + len(p.reports) + len(p.saves) + len(p.entries) + len(p.told) + len(p.purges)
}

func (p *part) check() error {
	for _, r := range p.reports {
		if len(r.do.Event.TriggerKey) > maxText {
			return errLong
		}
	}
	for _, e := range p.entries {
		if len(e.Stream) > maxText {
			return errLong
		}
	}
	return nil
}

// crowded is how many commits of a bucket lock it first, after one that did not was
// in vain.
const crowded = 64

// settle queues the settings of a commit, where the connection does not have them.
func (s *Store) settle(out *pipeline) {
	if !s.settled {
		out.add(sqlSettings, nil)
	}
}

// tries bounds how often a commit that did not happen is begun anew here.
const tries = 5

func (s *Store) commit(ctx context.Context, p *part) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	var err error
	for range tries {
		err = s.attempt(ctx, p)
		switch {
		case errors.Is(err, errFenced):
			s.buckets[p.bucket].fence.Store(0)
			s.buckets[p.bucket].crowded.Store(crowded)
		case errors.Is(err, errLocked):
			s.evict(ctx)
		case errors.Is(err, errAgain):
		default:
			return err
		}
	}
	return fmt.Errorf("%w: given up after %d tries: %w", store.ErrUnreachable, tries, err)
}

// attempt is one transaction.
func (s *Store) attempt(ctx context.Context, p *part) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	defer release(conn)
	if p.global {
		s.global.Lock()
		defer s.global.Unlock()
		return s.changeGlobal(ctx, conn, p)
	}
	b := &s.buckets[p.bucket]
	fence, err := s.fence(ctx, conn, p.bucket)
	if err == nil && p.fence != 0 && p.fence != fence {
		b.fence.Store(0) // what is known of it may be old
		if fence, err = s.fence(ctx, conn, p.bucket); err == nil && p.fence != fence {
			return store.ErrFenced
		}
	}
	if err != nil {
		return failure(err, false)
	}
	out := newPipeline(p.bucket)
	// What is told of an act depends on whether it happened, and so takes round
	// trips more; where nobody listens, there are none.
	tells := p.tells()
	explicit := tells || len(p.changes) > 0
	if explicit {
		out.add(`begin`, nil)
	}
	s.settle(out)
	// A commit of reports decides on them with its first statement, unless other
	// nodes have lately been at the bucket in the same moment.
	atOnce := !explicit && len(p.cancels) == 0 && len(p.reports) > 0 && b.crowded.Load() == 0
	if atOnce {
		out.fence = fence
	} else {
		out.add(sqlLock, nil, out.bucket, fence)
		if n := b.crowded.Load(); n > 0 {
			b.crowded.CompareAndSwap(n, n-1)
		}
	}
	if err = s.change(ctx, conn, out, p); err != nil {
		s.rollback(conn)
		return failure(err, false)
	}
	swept, err := s.queue(ctx, conn, out, p, tells)
	if err == nil && explicit {
		out.add(`commit`, nil)
	}
	if err != nil {
		if explicit {
			s.rollback(conn)
		}
		return failure(err, false)
	}
	if err := s.end(ctx, conn, out, p, explicit); err != nil {
		if errors.Is(err, store.ErrUncertain) {
			b.suspect.Store(true)
		}
		return err
	}
	b.keys.Add(-swept)
	return nil
}

// end sends the last of a transaction, and counts it where it was carried out;
// begun says that it was begun by a statement of its own.
func (s *Store) end(ctx context.Context, conn *pgxpool.Conn, out *pipeline, p *part, begun bool) error {
	if err := out.run(ctx, conn); err != nil {
		err = failure(err, true)
		if begun && !errors.Is(err, store.ErrUncertain) {
			s.rollback(conn)
		}
		if errors.Is(err, store.ErrUnreachable) {
			s.renew(conn)
		}
		return err
	}
	s.counts.commits.Add(1)
	s.counts.statements.Add(int64(out.sent))
	s.counts.acts.Add(int64(p.acts()))
	return nil
}

// queue puts the acts of a part in order, and returns how many idempotency keys
// were accounted for.
func (s *Store) queue(ctx context.Context, conn *pgxpool.Conn, out *pipeline, p *part, tells bool) (swept int64, err error) {
	if err := s.cancels(out, p.cancels); err != nil {
		return 0, err
	}
	if tells {
		if err := s.calledOff(ctx, conn, out); err != nil {
			return 0, err
		}
	}
	if err := s.reports(out, p.reports); err != nil {
		return 0, err
	}
	swept = s.sweep(out, p)
	if err := s.saves(out, p.saves); err != nil {
		return 0, err
	}
	s.entries(out, p.entries)
	if tells {
		if err := s.tell(ctx, conn, out, p); err != nil {
			return 0, err
		}
	}
	if err := s.deliverySaves(out, p.told); err != nil {
		return 0, err
	}
	s.purges(out, p.purges)
	return swept, nil
}

// fence returns the bucket's fence. Where the answer to a commit was lost, it
// raises it first: when that is answered, the commit either is there or will never
// be.
func (s *Store) fence(ctx context.Context, conn *pgxpool.Conn, bucket uint8) (int64, error) {
	b := &s.buckets[bucket]
	if b.suspect.Load() {
		var fence int64
		out := newPipeline(bucket)
		s.settle(out) // so that it does not wait for ever either
		out.add(sqlRaiseFence, func(rows pgx.Rows) error { return rows.Scan(&fence) }, out.bucket)
		if err := out.run(ctx, conn); err != nil {
			return 0, err
		}
		b.fence.Store(fence)
		b.suspect.Store(false)
		return fence, nil
	}
	if fence := b.fence.Load(); fence != 0 {
		return fence, nil
	}
	var fence int64
	if err := conn.QueryRow(ctx, sqlFence, int16(bucket)).Scan(&fence); err != nil {
		return 0, err
	}
	b.fence.Store(fence)
	return fence, nil
}

// Fence returns the fence of a bucket where it is known.
func (s *Store) Fence(bucket uint8) (fence int64, ok bool) {
	b := &s.buckets[bucket]
	fence = b.fence.Load()
	return fence, fence != 0 && !b.suspect.Load()
}

// Doubt has the next commit of a bucket raise its fence.
func (s *Store) Doubt(bucket uint8) { s.buckets[bucket].suspect.Store(true) }

// rollback ends a transaction that was begun, by ending its connection where that
// cannot be said.
func (s *Store) rollback(conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, `rollback`); err != nil {
		_ = conn.Conn().Close(ctx)
	}
}

// renew has the pool connect anew: what answers may be a standby by now.
func (s *Store) renew(conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Conn().Close(ctx)
	s.pool.Reset()
}

// A commit is sent in one go, but the network may lose its end and hide that the
// client is gone; the database then waits for it for ever, with the bucket locked.
const sqlEvict = `
select count(pg_terminate_backend(pid)) from pg_stat_activity
where application_name = 'belay' and datname = current_database() and usename = current_user
    and pid <> pg_backend_pid() and wait_event = 'ClientRead' and backend_xid is not null
    and xact_start < clock_timestamp() - interval '4 seconds'`

// evict ends transactions of nodes that vanished in the midst of one.
func (s *Store) evict(ctx context.Context) {
	var n int64
	if err := s.pool.QueryRow(ctx, sqlEvict).Scan(&n); err != nil {
		s.log.Warn("a bucket of the database is locked, and who holds it cannot be ended", "error", err)
		return
	}
	s.log.Warn("a bucket of the database was locked by clients that vanished", "ended", n)
}
