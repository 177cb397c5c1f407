package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/belaytest/pgtest"
	"github.com/belay-events/belay/internal/store"
)

// load makes reports as they come in: random GUIDs for entities, 300 random bytes
// of payload, due times over thirty days, all of one site.
type load struct {
	*rand.Rand
	now belay.Instant
}

func newLoad() *load { return &load{rand.New(rand.NewPCG(1, 2)), 1_800_000_000_000} }

func (l *load) bytes(n int) []byte {
	b := make([]byte, (n+7)/8*8)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], l.Uint64())
	}
	return b[:n]
}

func (l *load) guid() belay.ID { return belay.ID(l.bytes(16)) }

func (l *load) id() belay.ID { return belay.NewID(l.now.Time(), [10]byte(l.bytes(10))) }

func (l *load) report() store.Report {
	l.now++
	e := belay.Event{
		ID: l.id(), SiteID: belay.ID{1, 15: 1}, AppID: belay.ID{2, 15: 2}, TriggerKey: "invoice.overdue", EntityID: l.guid(),
		IdempotencyKey: l.guid().String(), RequestID: l.guid().String(), ReportedAt: l.now, Payload: l.bytes(300),
	}
	due := l.now + belay.Instant(l.Int64N(30*24*3600*1000))
	a := belay.Activation{
		ID: l.id(), SiteID: e.SiteID, EventID: e.ID, AutomationID: belay.ID{3, 15: byte(l.IntN(5))}, AppID: e.AppID, Revision: 1,
		TriggerKey: e.TriggerKey, EntityID: e.EntityID, Status: belay.Scheduled, Version: 1,
		Due: due, StartsAt: due, InitiatedAt: l.now, ScheduledAt: l.now,
	}
	e.Activations = []belay.ID{a.ID}
	return store.Report{Event: e, Activations: []belay.Activation{a}, Now: l.now, KeyUntil: l.now.Add(24 * time.Hour)}
}

// startOf is an activation with its first attempt out.
func startOf(a belay.Activation, now belay.Instant) store.Save {
	s := store.Save{Activation: a, Version: a.Version}
	s.Activation.Version++
	s.Activation.Status, s.Activation.StartedAt, s.Activation.Due = belay.Started, now, now+60_000
	s.Activation.Actions = []belay.ActionState{{
		ActionID: "one", Type: belay.AppDefined, Status: belay.ActionStarted, StartedAt: now, InFlight: true,
		Attempts: []belay.Attempt{{Number: 1, StartedAt: now, Node: "node"}}, Input: make([]byte, 200),
	}}
	return s
}

// durable is a server that syncs, with a database of its own.
func durable(b *testing.B) string {
	b.Helper()
	url := pgtest.Start(b, pgtest.Options{Durable: true}).Database(b)
	if _, _, err := Migrate(b.Context(), url); err != nil {
		b.Fatal(err)
	}
	return url
}

func benchConnect(b *testing.B, url string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	return conn
}

func written(b *testing.B, conn *pgx.Conn) (bytes float64) {
	b.Helper()
	if err := conn.QueryRow(b.Context(), `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`).Scan(&bytes); err != nil {
		b.Fatal(err)
	}
	return bytes
}

// BenchmarkCommit commits so many reports, and then starts of what they made, at
// once. What it is compared with, in the same run, keeps each act by itself: a
// transaction of one statement for each row.
func BenchmarkCommit(b *testing.B) {
	url := durable(b)
	conn := benchConnect(b, url)
	s, err := Open(b.Context(), url, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	l := newLoad()
	commit := func(batch *store.Batch) {
		if _, err := s.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for range 20 {
		batch := &store.Batch{}
		for range 500 {
			batch.Reports = append(batch.Reports, l.report())
		}
		commit(batch)
	}
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var reports, starts, byRow, byRowStarts figures
			for b.Loop() {
				r, v := &store.Batch{}, &store.Batch{}
				for range n {
					one := l.report()
					r.Reports = append(r.Reports, one)
					v.Saves = append(v.Saves, startOf(one.Activations[0], l.now))
				}
				before := s.Counts()
				reports.measure(b, conn, n, func() { commit(r) })
				between := s.Counts()
				starts.measure(b, conn, n, func() { commit(v) })
				after := s.Counts()
				reports.statements += float64(between.Statements - before.Statements)
				starts.statements += float64(after.Statements - between.Statements)

				few := min(n, 20)
				rows := make([]store.Report, few)
				for i := range rows {
					rows[i] = l.report()
				}
				byRow.measure(b, conn, few, func() {
					for i := range rows {
						insertByRow(b, conn, s.codec, &rows[i])
					}
				})
				byRowStarts.measure(b, conn, few, func() {
					for i := range rows {
						save := startOf(rows[i].Activations[0], l.now)
						saveByRow(b, conn, s.codec, &save)
					}
				})
			}
			reports.report(b, "report", &byRow)
			starts.report(b, "start", &byRowStarts)
		})
	}
}

// figures are what acts cost together.
type figures struct {
	acts       int
	took       time.Duration
	wal        float64
	statements float64
}

func (f *figures) measure(b *testing.B, conn *pgx.Conn, acts int, do func()) {
	before := written(b, conn)
	began := time.Now()
	do()
	f.took += time.Since(began)
	f.wal += written(b, conn) - before
	f.acts += acts
}

func (f *figures) perAct() float64 { return float64(f.took.Microseconds()) / float64(f.acts) }

func (f *figures) report(b *testing.B, act string, other *figures) {
	b.ReportMetric(f.perAct(), "µs/"+act)
	b.ReportMetric(other.perAct()/f.perAct(), act+"s-by-row/this")
	b.ReportMetric(f.wal/float64(f.acts), "WAL-B/"+act)
	b.ReportMetric(f.statements/float64(f.acts), "statements/"+act)
}

func insertByRow(b *testing.B, conn *pgx.Conn, c codec, r *store.Report) {
	body, err := c.event(r.Event)
	if err != nil {
		b.Fatal(err)
	}
	var columns activationColumns
	if err := columns.add(c, &r.Activations[0]); err != nil {
		b.Fatal(err)
	}
	bucket, e, a := int16(belay.Bucket(r.Event.SiteID)), &r.Event, &r.Activations[0]
	tx, err := conn.Begin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	exec := func(sql string, args ...any) {
		if _, err := tx.Exec(b.Context(), sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	exec(`insert into idempotency (bucket, site, hash, event, until) values ($1, $2, $3, $4, $5)`,
		bucket, raw(e.SiteID), hashKey(e), raw(e.ID), int64(r.KeyUntil))
	exec(`insert into event (bucket, site, id, app, trigger_key, entity, made, body) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		bucket, raw(e.SiteID), raw(e.ID), raw(e.AppID), []byte(e.TriggerKey), raw(e.EntityID), raws(e.Activations), body)
	exec(`insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final, app, automation, event, entity, trigger_key, body)
		values ($1, $2, $3, 1, $4, 0, 2, 0, false, $5, $6, $7, $8, $9, $10)`,
		bucket, raw(a.SiteID), raw(a.ID), int64(a.Due), raw(a.AppID), raw(a.AutomationID), raw(a.EventID), raw(a.EntityID), []byte(a.TriggerKey), columns.bodies[0])
	if err := tx.Commit(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func saveByRow(b *testing.B, conn *pgx.Conn, c codec, v *store.Save) {
	body, err := c.activation(&v.Activation)
	if err != nil {
		b.Fatal(err)
	}
	a := &v.Activation
	tag, err := conn.Exec(b.Context(), `update activation set version = $4, due = $5, status = $6, in_flight = 1, body = $7
		where bucket = $1 and site = $2 and id = $3 and version = $4 - 1`,
		int16(belay.Bucket(a.SiteID)), raw(a.SiteID), raw(a.ID), a.Version, int64(a.Due), int16(a.Status), body)
	if err != nil || tag.RowsAffected() != 1 {
		b.Fatal(tag, err)
	}
}
